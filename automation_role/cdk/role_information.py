"""Information about roles, reported at synthesis: one message for all roles of a stack that it is about.

A hundred roles of one runbook would otherwise say the same a hundred times, and each message is two calls into Node.js.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from weakref import WeakKeyDictionary

import jsii
from aws_cdk import Annotations, Stack
from constructs import IValidation

_SHOWN: Final = 5  # roles in one message


def inform(stack: Stack, role: str, messages: Sequence[str]) -> None:
    """Report information about a role at synthesis, replacing what was reported about it before.

    Args:
        stack: the role's stack, where it is reported.
        role: the path of the role's construct.
        messages: what to report; there is nothing to acknowledge.
    """
    if stack in _GATHERED:
        _GATHERED[stack].about[role] = messages
    elif messages:
        _GATHERED[stack] = _Information(stack)
        _GATHERED[stack].about[role] = messages
        stack.node.add_validation(_GATHERED[stack])


@jsii.implements(IValidation)
class _Information:
    """CDK calls it at synthesis, when the roles have all their runbooks; more than once if the app is synthesized again."""

    def __init__(self, stack: Stack) -> None:
        self._stack, self._said = stack, set[str]()
        self.about: dict[str, Sequence[str]] = {}

    def validate(self) -> list[str]:
        roles: dict[str, list[str]] = {}
        for role, messages in self.about.items():
            for message in messages:
                roles.setdefault(message, []).append(role)
        annotations = Annotations.of(self._stack)
        for message, about in roles.items():
            more = f" and {len(about) - _SHOWN} more" if len(about) > _SHOWN else ""
            text = f"{', '.join(about[:_SHOWN])}{more}: {message}"
            if text not in self._said:
                self._said.add(text)
                annotations.add_info(text)  # not add_info_v2: the oldest supported CDK does not have it
        return []


_GATHERED: Final[WeakKeyDictionary[Stack, _Information]] = WeakKeyDictionary()
