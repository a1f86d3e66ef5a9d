"""An automation that starts another one: what it needs besides the call, and whether the other one was read.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-executeAutomation.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ..catalog import aws_runbooks
from ..findings import BIND, BY_HAND, Finding
from ..runbook.model import Runbook
from ..runbook.parameters import ROLE_PARAMETERS
from ..runbook.references import resolve
from ..values.arns import plain
from ..values.calls import ApiCall, Permission
from ..values.cutting import after_last
from ..values.patterns import Bound, Pattern, Slot
from ..values.placeholders import generated, is_generated_name
from ..values.value import UNKNOWN, Text, Value
from .automation_targets import finding_targets, in_locations
from .inputs import given
from .passing import ANY_ROLE, pass_role, role_arns

_STARTS: Final = frozenset({("ssm", "StartAutomationExecution"), ("ssm", "StartChangeRequestExecution")})


def needs_of_start(call: ApiCall, runbooks: Mapping[str, Runbook]) -> Iterator[ApiCall | Permission | Finding]:
    """What a call that starts an automation needs, in an `aws:executeAutomation` step, an API step or a script.

    The other runbook's own needs are derived if it is among the runbooks; if not, a finding reports it: it may run as this role.

    Args:
        call: any call; only those that start an automation need something.
        runbooks: name -> runbook.
    """
    for start in starts_of(call):
        names = names_of_start(start.get("DocumentName"))
        children = [runbooks[name] for name in names or () if name in runbooks]
        for role in (*_passed(start, children), *_defaults(start, children)):
            yield from _pass(call, role)
        if (children or names is None) and _may_hide_role(call, start):
            message = (
                f"Parameters of {call.service} {call.operation} is a runtime value; if it contains a role, iam:PassRole is missing; "
                f"add it {BY_HAND}"
            )
            yield call.origin.finding("unreadableStep", message)
        yield from finding_targets(start.get("Targets"), call.origin)
        yield from in_locations(start.get("TargetLocations"), call.origin)
        yield from _runbook_missing(call, names, runbooks)


def _may_hide_role(call: ApiCall, start: Mapping[str, Value]) -> bool:
    """Whether the child's parameters are unknown, so that a role may be in them."""
    parameters = start.get("Parameters")
    return not isinstance(parameters, Mapping) and (parameters is not None or not call.complete)


def starts_of(call: ApiCall) -> Iterator[Mapping[str, Value]]:
    """The inputs of each automation that a call starts: a change request starts its template, and the runbooks that it lists.

    Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartChangeRequestExecution.html (Runbooks)
    """
    if (call.service, call.operation) not in _STARTS:
        return
    yield call.inputs
    for each in given(call.inputs, "Runbooks"):
        yield each if isinstance(each, Mapping) else {"DocumentName": UNKNOWN}


def children(call: ApiCall, runbooks: Mapping[str, Runbook]) -> Iterator[Runbook]:
    """The AWS-owned runbooks that a call starts as this role and that are not among `runbooks`: their names are enough.

    Runbooks that run as another role are left out: a role that the call names, or, with target locations, the role of the other account.
    """
    parent = runbooks[call.origin.runbook]
    for start in starts_of(call):
        for name in dict.fromkeys(names_of_start(start.get("DocumentName")) or ()) if not start.get("TargetLocations") else ():
            if name not in runbooks and aws_runbooks.facts(name) is not None:
                child = Runbook.aws(name)
                if not any(_is_another_role(role, parent) for role in _passed(start, [child])):
                    yield child


def _is_another_role(role: Value, parent: Runbook) -> bool:
    """Whether a role is known, and differs from the parent's."""
    options = role.options if isinstance(role, Text) else ()
    own = any(isinstance(part, Bound) and part.parameter == parent.assume_role_parameter for option in options for part in option.parts)
    return bool(options) and not own and all(plain(option).text for option in options)


def names_of_start(document: Value) -> tuple[str, ...] | None:
    """The runbooks' names when they are known: an ARN's last part."""
    names = [_name(option) for option in document.options] if isinstance(document, Text) else [None]
    return None if None in names else tuple(name for name in names if name is not None)


def _name(document: Pattern) -> str | None:
    """The runbook's name if it is known; for a name that CloudFormation generates, the resource's name in the template."""
    name = after_last(plain(document), "/")
    if len(name.parts) == 1 and isinstance(name.parts[0], Bound) and is_generated_name(name.parts[0].value):
        return generated(name.parts[0].value)
    return name.text.partition(":")[0] if name.text is not None else None


def _passed(start: Mapping[str, Value], children: list[Runbook]) -> Iterator[Value]:
    """The roles that the child may run as: those passed in its role's parameter, or the one that its own document names."""
    parameters = start.get("Parameters")
    taking = {child.assume_role_parameter for child in children if child.assume_role_parameter}
    known = isinstance(parameters, Mapping) or parameters is None
    if isinstance(parameters, Mapping):
        for name, value in parameters.items():
            if name in taking or name.lower() in ROLE_PARAMETERS or _is_this_role(value):
                yield from value if isinstance(value, tuple) else (value,)
                taking.discard(name)
    for child in children:
        if child.assume_role_parameter is None and child.assume_role is not None:
            yield resolve(child.assume_role, child)  # a literal ARN in the child's own document
        elif known and child.assume_role_parameter in taking:
            yield resolve(child.parameters[child.assume_role_parameter].default, child)  # the start sets no role: the default


def _defaults(start: Mapping[str, Value], children: list[Runbook]) -> Iterator[Value]:
    """The roles that the children run as when their parameters are unknown, and have no role."""
    parameters = start.get("Parameters")
    if parameters is not None and not isinstance(parameters, Mapping):
        for child in children:
            if child.assume_role_parameter is not None:
                yield resolve(child.parameters[child.assume_role_parameter].default, child)


def _is_this_role(value: Value) -> bool:
    if isinstance(value, tuple):
        return any(_is_this_role(item) for item in value)
    return isinstance(value, Text) and any(Slot.ROLE in option.parts for option in value.options)


def _pass(call: ApiCall, role: Value) -> Iterator[Permission | Finding]:
    """`iam:PassRole` on a role that is passed to Systems Manager; nothing for an empty one."""
    options = [option for option in role.options if option.parts] if isinstance(role, Text) else None
    if options == [] or role is None:
        return
    from ..policy.trust import SSM  # few automations pass a role

    resources = (ANY_ROLE,) if options is None else tuple(dict.fromkeys(arn for option in options for arn in role_arns(plain(option))))
    yield pass_role(call, (ANY_ROLE,) if ANY_ROLE in resources else resources, SSM)
    if ANY_ROLE in resources:
        message = f"an automation is started with a role that is a runtime value, so any role of the account can be passed to Systems Manager; {BIND}"
        yield call.origin.finding("passedRoleUnknown", message)


def _runbook_missing(call: ApiCall, names: tuple[str, ...] | None, runbooks: Mapping[str, Runbook]) -> Iterator[Finding]:
    if names is None:
        message = f"the name of the runbook that it starts is a runtime value, so that runbook's permissions were not derived; {BIND}"
        yield call.origin.finding("nestedRunbook", message)
        return
    for name in names:
        if name not in runbooks and aws_runbooks.facts(name) is None:
            message = (
                f"runbook {name!r} is started, but was not provided; if it runs as this role, provide its file, too "
                f"(automation-role fetch {name})"
            )
            yield call.origin.finding("nestedRunbook", message)
