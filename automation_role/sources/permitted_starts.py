"""Which runbooks a role, a user or a group starts, and which role it passes to them, by what its policies allow.

A Lambda function or a pipeline starts runbooks in code that isn't read here, and people start them by hand, but the role, user or group has to be
allowed to start each one, and to pass the role that it runs as.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-iam.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from .model import FoundPerson, FoundRole, Starter

if TYPE_CHECKING:
    from ..iam.documents import PolicyDocument
    from ..iam.statements import PolicyStatement

_START: Final = "ssm:startautomationexecution"
_PASSES: Final = "iam:passrole"
_ASSUMES: Final = "sts:assumerole"
_DOCUMENT: Final = re.compile(r"arn:[^:]*:ssm:[^:]*:[^:]*:(?:document|automation-definition)/(?P<name>[^:*?]+)(?::.*)?")


def permitted(roles: Sequence[FoundRole], people: Iterable[FoundPerson], is_role: Callable[[str], bool]) -> Iterator[Starter]:
    """A start for each runbook that policies name, where they name one role to pass and no other; those of a role may also name none.

    Args:
        roles: that were found.
        people: users and groups that were found.
        is_role: whether a text is the ARN of one of them.
    """
    # These start runbooks in other accounts, where the steps run as another role.
    administrators = {role.identity.arn for role in roles if any(_allowed(role.identity.policies, _ASSUMES))}
    starters = [
        *((role.place, role.identity.policies, role.identity.arn) for role in roles),
        *((person.place, person.policies, "") for person in people),
    ]
    for place, policies, arn in starters:
        started = list(dict.fromkeys(match["name"] for one in _allowed(policies, _START) if (match := _DOCUMENT.fullmatch(one))))
        if not started:
            continue
        passed = list(dict.fromkeys(_allowed(policies, _PASSES)))
        one = passed[0] if len(passed) == 1 and is_role(passed[0]) and passed[0] not in administrators else ""
        for name in started:
            yield Starter(place=place, runbook=name, parameters={}, caller=arn if not passed else "", role=one)


def _allowed(policies: Sequence[PolicyDocument], action: str) -> Iterator[str]:
    """The resources on which policies allow an action by its name."""
    for document in policies:
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
