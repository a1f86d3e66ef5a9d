"""Reject arguments of the wrong kind in one line: CDK takes twenty, after half the role is built, or accepts them silently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from aws_cdk import Duration
from aws_cdk import aws_iam as iam

from ..errors import AutomationRoleError
from ..values.arns import wildcard

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class CdkInterface:
    """A CDK interface, which Python's `isinstance` cannot check.

    Attributes:
        has: properties and methods that distinguish it from the others.
        arn: the property with its ARN; empty: no grant needs one.
        named: what messages call it, and how to get one.
    """

    has: tuple[str, ...]
    arn: str
    named: str


_POLICY: Final = CdkInterface(
    ("managed_policy_arn",), "managed_policy_arn", "an iam.IManagedPolicy; import it with iam.ManagedPolicy.from_managed_policy_arn(...)"
)
_ROLE: Final = CdkInterface(("role_arn", "attach_inline_policy"), "role_arn", "an iam.IRole; import it with iam.Role.from_role_arn(...)")
_FUNCTION: Final = CdkInterface(
    ("function_arn", "grant_invoke"), "function_arn", "a lambda.IFunction; import it with lambda_.Function.from_function_arn(...)"
)

# Argument -> what it takes.
_CONSTRUCTS: Final[Mapping[str, CdkInterface]] = {
    "managed_policies": _POLICY,
    "permissions_boundary": _POLICY,
    "pass_roles": _ROLE,
    "allow_pass_role": _ROLE,
    "from_role": replace(_ROLE, named="an iam.IRole; write from_role_arn(...) for an ARN"),
    "event_role": _ROLE,
    "schedule_role": _ROLE,
    "dispatch_role": _ROLE,
    "service_role": _ROLE,
    "stack_set_administration_role": _ROLE,
    "dead_letter_queue": CdkInterface(
        ("queue_arn", "grant_send_messages"), "queue_arn", "an sqs.IQueue; import it with sqs.Queue.from_queue_arn(...)"
    ),
    "alarm": CdkInterface(("alarm_arn",), "", "a cloudwatch.IAlarm, or its name"),
    "rule": CdkInterface(("config_rule_name",), "", "a config.IRule; import it with config.ManagedRule.from_config_rule_name(...)"),
    "script_logs": CdkInterface(
        ("log_group_arn",), "log_group_arn", "a logs.ILogGroup, its name, or True; import it with logs.LogGroup.from_log_group_name(...)"
    ),
    "invoke_functions": _FUNCTION,
    "allow_invoke": _FUNCTION,
}


def listed(name: str, given: Sequence[_T]) -> tuple[_T, ...]:
    """Each item once, in order; reject anything but a list."""
    if isinstance(given, str):
        raise AutomationRoleError(f"{name} is the string {given!r} → a list; write {name}=[{given!r}]")
    if isinstance(given, Mapping) or not isinstance(given, Sequence):
        raise AutomationRoleError(f"{name} is one {type(given).__name__} → a list; write {name}=[...]")
    return tuple(each for at, each in enumerate(given) if each not in given[:at])


def constructs(name: str, given: Sequence[_T], *, at: str = "") -> tuple[_T, ...]:
    """Each construct once, in order; reject anything but a list of constructs."""
    for each in (once := listed(f"{name}{at}", given)):
        construct(name, each)
    return once


def mapped(name: str, given: Mapping[Any, Any], what: str) -> None:
    """Reject anything but a dictionary."""
    if not isinstance(given, Mapping):
        raise AutomationRoleError(f"{name} is a {type(given).__name__} → a dict, {what}; write {name}={{...: ...}}")


def construct(name: str, given: object) -> None:
    """Reject anything but the right kind of construct, and one whose ARN has a wildcard."""
    kind = _CONSTRUCTS[name]
    if not _is(kind, given):
        raise AutomationRoleError(f"{name}: {shown(given)} → {kind.named}{_part_of(given, kind)}")
    arn = getattr(given, kind.arn) if kind.arn else None
    if wildcard(arn):
        raise AutomationRoleError(f"{name}: {arn!r} has a wildcard → the ARN of one; pass each ARN separately")


def _is(kind: CdkInterface, given: object) -> bool:
    return all(has(given, name) for name in kind.has)


def has(given: object, name: str) -> bool:
    """Whether a value's class has a property or method; looking at the class saves a call into Node.js.

    An object that CDK returns with several interfaces has a class with none of them, and one delegate for each.
    """
    return any(hasattr(type(each), name) for each in (given, *getattr(given, "_delegates", ())))


def shown(given: object) -> str:
    """A value as messages show it: a construct by its class and path."""
    node = getattr(given, "node", None)
    return repr(given) if node is None else f"a {type(given).__name__}, {node.path!r}"


def _part_of(given: object, kind: CdkInterface) -> str:
    """A hint if the construct contains what is needed: an instance profile has a role, and so does an `AutomationRole`."""
    inside = getattr(given, "role", None) if kind.has == _ROLE.has and has(given, "role") else None
    return "; write its .role" if inside is not None else ""


def plain_role(name: str, given: object) -> None:
    """Reject anything but a role, and a role that already has the grants."""
    if has(given, "grant_start_automation"):
        raise AutomationRoleError(f"{name}: {shown(given)} already has these grants → an iam.IRole; use it as it is")
    construct(name, given)


def automation_role(where: str, given: object) -> None:
    """Reject anything but an `AutomationRole` or a role that was imported as one."""
    if callable(getattr(given, "grant_start_automation", None)):
        return
    raise AutomationRoleError(
        f"{where}: role is {shown(given)} → an AutomationRole; for a role created elsewhere write AutomationRole.from_role(...) or .from_role_arn(...)"
    )


def kinds(**given: object) -> None:
    """Reject a name or an ARN where a construct goes, and anything but a string elsewhere; `None` is fine."""
    for name, value in given.items():
        if name not in _CONSTRUCTS:
            texts(**{name: value})
        elif value is not None:
            construct(name, value)


def texts(**given: object) -> None:
    """Reject anything but a string; `None` is fine."""
    for name, value in given.items():
        if value is not None and not isinstance(value, str):
            raise AutomationRoleError(f"{name} is {value!r} → a string; leave it out for AWS's default")


def duration(name: str, given: object) -> None:
    """Reject a number: its unit is unclear."""
    if given is not None and not isinstance(given, Duration):
        raise AutomationRoleError(f"{name} is {given!r} → a Duration; write cdk.Duration.hours(...)")


def statements(name: str, given: Mapping[Any, Any]) -> None:
    """Reject anything but lists of statements."""
    mapped(name, given, "(runbook, step) to statements")
    for key, value in given.items():
        if isinstance(value, str) or not isinstance(value, Sequence) or not all(isinstance(each, iam.PolicyStatement) for each in value):
            raise AutomationRoleError(
                f"{name}[{key!r}] is not a list of iam.PolicyStatement → a list, or [] if nothing is missing; write one"
            )
