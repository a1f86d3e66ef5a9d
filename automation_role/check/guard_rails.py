"""An organization's policies for every role of an account: service control policies and resource control policies.

Sources:
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..errors import AutomationRoleError
from ..iam.documents import PolicyDocument
from ..iam.identities import GuardRail
from .policies import read_policy

_SCP: Final = "service control policy"
_RCP: Final = "resource control policy"
# AWS's own policies that allow everything: each level has one until it is detached.
_FULL: Final = {_SCP: "FullAWSAccess", _RCP: "RCPFullAWSAccess"}
_EVERYTHING: Final = {"Version": "2012-10-17", "Statement": [{"Sid": "Everything", "Effect": "Allow", "Action": "*", "Resource": "*"}]}
_EVERYONE: Final = ("*", {"AWS": "*"}, {"AWS": ["*"]})


def guard_rails(scps: Sequence[str], rcps: Sequence[str]) -> tuple[GuardRail, ...]:
    """The levels of an organization, each of which must allow a request.

    Args:
        scps: for each level (root, unit, account) the files of its service control policies, `a.json,b.json`.
        rcps: the same for resource control policies.

    Raises:
        AutomationRoleError: a file cannot be read, or has an element that these policies do not have.
    """
    return (*(_level(_SCP, level) for level in scps), *(_level(_RCP, level) for level in rcps))


def _level(kind: str, given: str) -> GuardRail:
    names = given.split(",")
    documents = tuple(_document(kind, name) for name in names)
    if kind == _RCP:  # AWS attaches its own to each level, and it cannot be removed
        documents = (*documents, PolicyDocument.read(_FULL[_RCP], _EVERYTHING))
    elif not any(statement.effect != "Deny" for document in documents for statement in document.statements):
        raise AutomationRoleError(
            f"--scp {given!r}: no policy of this level allows anything, so nothing in the account would work → the other policies of the "
            f"level, too: {given},{_FULL[_SCP]}"
        )
    return GuardRail(kind=kind, documents=documents)


def _document(kind: str, name: str) -> PolicyDocument:
    if name == _FULL[kind]:
        return PolicyDocument.read(name, _EVERYTHING)
    data = read_policy(name)
    return PolicyDocument.read(name, data if kind == _SCP else _of_resources(name, data))


def _of_resources(name: str, data: Any) -> Any:
    """A resource control policy as an identity policy: it denies everyone something; anything else in it is refused.

    Raises:
        AutomationRoleError: it is not for everyone, allows, or names no service.
    """
    statements = data.get("Statement") if isinstance(data, Mapping) else None
    if statements is None:
        return data
    plain = []
    for number, statement in enumerate(statements if isinstance(statements, list) else [statements], 1):
        if not isinstance(statement, Mapping):
            return data  # its reader says what is wrong
        where = f"--rcp {name}: {statement.get('Sid') or f'statement {number}'}"
        if statement.get("Principal") not in _EVERYONE:
            raise AutomationRoleError(
                f"{where}: Principal is {statement.get('Principal')!r} → '*', the only principal that a resource control policy can have"
            )
        if statement.get("Effect") != "Deny":
            raise AutomationRoleError(
                f"{where}: Effect is {statement.get('Effect')!r} → 'Deny', the only effect that your own resource control policies can have"
            )
        actions = statement.get("Action")
        if actions is None or "*" in (actions if isinstance(actions, list) else [actions]):
            raise AutomationRoleError(
                f"{where}: covers every service, and which services resource control policies apply to is not modelled → a service's actions, such as s3:*"
            )
        plain.append({key: value for key, value in statement.items() if key != "Principal"})
    return {**data, "Statement": plain}
