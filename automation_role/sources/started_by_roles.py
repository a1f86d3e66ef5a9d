"""Which runbooks a role starts, and which role it passes to them, by what its policies allow.

A Lambda function or a pipeline starts runbooks in code that isn't read here, but its role has to be allowed to start each one, and to pass
the role that it runs as.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-iam.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from .model import FoundRole, Starter

if TYPE_CHECKING:
    from ..iam.statements import PolicyStatement

_START: Final = "ssm:startautomationexecution"
_PASSES: Final = "iam:passrole"
_ASSUMES: Final = "sts:assumerole"
_DOCUMENT: Final = re.compile(r"arn:[^:]*:ssm:[^:]*:[^:]*:(?:document|automation-definition)/(?P<name>[^:*?]+)(?::.*)?")


def permitted(roles: Sequence[FoundRole], is_role: Callable[[str], bool]) -> Iterator[Starter]:
    """A start for each runbook that a role's policies name, where they name one role to pass and no other, or none.

    Args:
        roles: that were found.
        is_role: whether a text is the ARN of one of them.
    """
    # These start runbooks in other accounts, where the steps run as another role.
    administrators = {role.identity.arn for role in roles if any(_allowed(role, _ASSUMES))}
    for starter in roles:
        started = list(dict.fromkeys(match["name"] for one in _allowed(starter, _START) if (match := _DOCUMENT.fullmatch(one))))
        if not started:
            continue
        passed = list(dict.fromkeys(_allowed(starter, _PASSES)))
        one = passed[0] if len(passed) == 1 and is_role(passed[0]) and passed[0] not in administrators else ""
        for name in started:
            caller = starter.identity.arn if not passed else ""
            yield Starter(place=starter.place, runbook=name, parameters={}, caller=caller, role=one)


def _allowed(role: FoundRole, action: str) -> Iterator[str]:
    """The resources on which a role's policies allow an action by its name."""
    for document in role.identity.policies:
        for statement in document.statements:
            if _allows(statement, action):
                yield from statement.resources


def _allows(statement: PolicyStatement, action: str) -> bool:
    return (
        statement.effect == "Allow"
        and not statement.not_actions
        and not statement.not_resources
        and any(one.lower() == action for one in statement.actions)
    )
