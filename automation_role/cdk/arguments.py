"""Arguments of the wrong kind, refused in one line: CDK refuses them in twenty, once the role is half built, or takes them in silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

from aws_cdk import Duration
from aws_cdk import aws_iam as iam

from ..errors import AutomationRoleError

_T = TypeVar("_T")

_POLICY: Final = "an iam.IManagedPolicy; import it with iam.ManagedPolicy.from_managed_policy_arn(...)"
_ROLE: Final = "an iam.IRole; import it with iam.Role.from_role_arn(...)"

# Argument -> what it takes, and how to come by one. These are interfaces, for which Python has no `isinstance`: what is no construct at
# all, the name or the ARN of one, is told apart.
_CONSTRUCTS: Final[Mapping[str, str]] = {
    "managed_policies": _POLICY,
    "permissions_boundary": _POLICY,
    "pass_roles": _ROLE,
    "allow_pass_role": _ROLE,
    "from_role": "an iam.IRole; write from_role_arn(...) for an ARN",
    "event_role": _ROLE,
    "schedule_role": _ROLE,
    "dispatch_role": _ROLE,
    "service_role": _ROLE,
    "dead_letter_queue": "an sqs.IQueue; import it with sqs.Queue.from_queue_arn(...)",
    "rule": "a config.IRule; import it with config.ManagedRule.from_config_rule_name(...)",
    "invoke_functions": "a lambda.IFunction; import it with lambda_.Function.from_function_arn(...)",
    "allow_invoke": "a lambda.IFunction; import it with lambda_.Function.from_function_arn(...)",
}


def listed(name: str, given: Sequence[_T]) -> tuple[_T, ...]:
    """Each once, in the order given; refuse what is no list."""
    if isinstance(given, str):
        raise AutomationRoleError(f"{name} is the text {given!r} → a list; write {name}=[{given!r}]")
    if isinstance(given, Mapping) or not isinstance(given, Sequence):
        raise AutomationRoleError(f"{name} is one {type(given).__name__} → a list; write {name}=[...]")
    return tuple(each for at, each in enumerate(given) if each not in given[:at])


def constructs(name: str, given: Sequence[_T], *, at: str = "") -> tuple[_T, ...]:
    """Each once, in the order given; refuse what is no list of constructs."""
    for each in (once := listed(f"{name}{at}", given)):
        construct(name, each)
    return once


def mapped(name: str, given: Mapping[Any, Any], what: str) -> None:
    """Refuse what is no dictionary."""
    if not isinstance(given, Mapping):
        raise AutomationRoleError(f"{name} is a {type(given).__name__} → a dict, {what}; write {name}={{...: ...}}")


def construct(name: str, given: object) -> None:
    """Refuse a name, an ARN or other plain data where a construct goes."""
    if given is None or isinstance(given, (str, bytes, int, float, Mapping, Sequence)):
        raise AutomationRoleError(f"{name}: {given!r} → {_CONSTRUCTS[name]}")


def kinds(**given: object) -> None:
    """Refuse a name or an ARN where a construct goes, and what is no text elsewhere; what was left out passes."""
    for name, value in given.items():
        if name not in _CONSTRUCTS:
            texts(**{name: value})
        elif value is not None:
            construct(name, value)


def texts(**given: object) -> None:
    """Refuse what is no text."""
    for name, value in given.items():
        if value is not None and not isinstance(value, str):
            raise AutomationRoleError(f"{name} is {value!r} → a text; leave it out for AWS's own choice")


def duration(name: str, given: object) -> None:
    """Refuse a number, whose unit nobody knows."""
    if given is not None and not isinstance(given, Duration):
        raise AutomationRoleError(f"{name} is {given!r} → a Duration; write cdk.Duration.hours(...)")


def statements(name: str, given: Mapping[Any, Any]) -> None:
    """Refuse what is no list of statements."""
    mapped(name, given, "(runbook, step) to statements")
    for key, value in given.items():
        if isinstance(value, str) or not isinstance(value, Sequence) or not all(isinstance(each, iam.PolicyStatement) for each in value):
            raise AutomationRoleError(
                f"{name}[{key!r}] is no list of iam.PolicyStatement → such a list, or [] when nothing is missing; write one"
            )
