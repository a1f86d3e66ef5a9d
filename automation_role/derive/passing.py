"""Roles that a call passes to a service: `iam:PassRole`, always with the service.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ..catalog.operations import Passed
from ..findings import BIND, BY_HAND, Finding
from ..values.arns import is_cut_short, may_be_arn
from ..values.calls import ApiCall, Permission
from ..values.patterns import ANY, Bound, Pattern, Slot
from .arn_names import is_arn
from .inputs import may_hide, shown, texts

ANY_ROLE: Final = Pattern.of("arn:{P}:iam::{A}:role/*")


def pass_roles(call: ApiCall, passes: Mapping[str, Passed]) -> Iterator[Permission | Finding]:
    """The permissions to pass the roles in a call's inputs.

    Args:
        call: the call.
        passes: input that holds a role -> the service it goes to. An input that only sometimes holds one is written
            `AttributeValue where AttributeName ends with RoleArn`.
    """
    hidden: dict[str, None] = {}
    is_hidden = False
    for said, (service, holder) in passes.items():
        path, where, condition = said.partition(" where ")
        if where and not _is_said(call, *condition.split(" ends with ")):
            continue
        roles = shown(call.inputs, path)
        if not roles:
            member = path.split(".")[0]
            if may_hide(call.inputs, path):
                hidden[member] = None
            elif not call.complete and member not in call.inputs:
                is_hidden = True
            continue
        if not service:
            message = f"{call.service} {call.operation} passes a role ({path}) to an unknown service, so iam:PassRole was not derived; add it {BY_HAND}"
            yield call.origin.finding("passedToUnknown", message)
        elif holder:
            message = (
                f"{call.service} {call.operation} passes {holder} ({path}), and only the account knows which role is in "
                f"it, so any role of the account can be passed to {_either(service)}; deny passing any other role {BY_HAND}"
            )
            yield pass_role(call, (ANY_ROLE,), service)
            yield call.origin.finding("passedRoleUnknown", message)
        else:
            yield from _pass(call, path, roles, service)
    for member in hidden:
        message = (
            f"{member} of {call.service} {call.operation} is a runtime value; if it contains a role, "
            f"iam:PassRole is missing; add it {BY_HAND}"
        )
        yield call.origin.finding("unreadableStep", message)
    if is_hidden:
        what = f"the script calls {call.service} {call.operation} with ** arguments that are runtime values"
        yield call.origin.finding("unreadableStep", f"{what}; if one of them is a role, iam:PassRole is missing; add it {BY_HAND}")


def _either(service: str) -> str:
    return service.replace("|", " or ")


def _is_said(call: ApiCall, member: str, end: str) -> bool:
    """Whether an attribute's name ends like this, in the input that names attributes: only some attributes of SNS are roles."""
    return any(text.text is not None and text.text.endswith(end) for text in texts(call.inputs, member))


def _pass(call: ApiCall, path: str, roles: tuple[Pattern, ...], service: str) -> Iterator[Permission | Finding]:
    resources = tuple(dict.fromkeys(arn for role in roles for arn in role_arns(role)))
    if ANY_ROLE not in resources:
        yield pass_role(call, resources, service)
        return
    message = (
        f"{call.service} {call.operation} passes a role ({path}) that is a runtime value, so any role of the account can be "
        f"passed to {_either(service)}; {BIND}"
    )
    yield pass_role(call, (ANY_ROLE,), service)
    yield call.origin.finding("passedRoleUnknown", message)


def pass_role(call: ApiCall, roles: tuple[Pattern, ...], service: str) -> Permission:
    """The permission to pass these roles to this service only; `a|b` is either of two."""
    condition = ("StringEquals", "iam:PassedToService", tuple(Pattern.literal(each) for each in sorted(service.split("|"))))
    return Permission(action="iam:PassRole", resources=roles, conditions=(condition,), origins=(call.origin,))


def role_arns(role: Pattern) -> tuple[Pattern, ...]:
    """The ARN of a role: as written, or built from a name, with any path."""
    first = role.parts[0]
    if role.is_any or first is ANY or (is_arn(role) and is_cut_short(role)):
        return (ANY_ROLE,)
    if is_arn(role) and may_be_arn(role):
        return (ANY_ROLE,) if any(part is ANY for part in role.parts) and role.covers(ANY_ROLE) else (role,)
    if first is Slot.ROLE or isinstance(first, Bound):
        return (role,)
    return (Pattern.of("arn:{P}:iam::{A}:role/") + role, Pattern.of("arn:{P}:iam::{A}:role/*/") + role)
