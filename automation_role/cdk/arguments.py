"""Reject arguments of the wrong kind in one line: CDK would report them in twenty, after half the role is built, or accept them silently."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, ParamSpec, TypeVar

from aws_cdk import App, Duration, Stage
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_config as config
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from ..errors import AutomationRoleError
from ..runbook.model import Runbook
from ..start.target_locations import TargetLocation
from ..start.targets import Targets
from ..values import kinds
from ..values.arns import wildcard
from ..values.kinds import ArgumentKind, has
from ..values.tokens import is_opaque
from .types import IAutomationRole

_T = TypeVar("_T")
_P = ParamSpec("_P")
_R = TypeVar("_R")

_ROLE: Final = ArgumentKind("an iam.IRole", "import it with iam.Role.from_role_arn(...)", ("role_arn", "attach_inline_policy"))

# What the constructs take: CDK's interfaces, which `isinstance` cannot check, by what distinguishes them from each other.
_KINDS: Final[Mapping[Any, ArgumentKind]] = {
    Construct: ArgumentKind("a construct", "pass the stack or construct that it belongs to", ("node",)),
    Duration: ArgumentKind("a Duration", "write cdk.Duration.minutes(...)"),
    Targets: ArgumentKind("targets", "write Targets.tag('Name', 'value'), or another method of Targets"),
    TargetLocation: ArgumentKind("a TargetLocation", "write TargetLocation(regions=[...], accounts=[...])"),
    Runbook: ArgumentKind("a Runbook", "read a file with Runbook.from_file(path)"),
    IAutomationRole: ArgumentKind(
        "an AutomationRole",
        "for a role created elsewhere write AutomationRole.from_role(...) or .from_role_arn(...)",
        ("grant_start_automation",),
    ),
    iam.IRole: _ROLE,
    iam.Role: _ROLE,
    iam.IGrantable: ArgumentKind(
        "a user, a group, a role, or a construct that has a role", "pass the construct, not its name", ("grant_principal",)
    ),
    iam.IManagedPolicy: ArgumentKind(
        "an iam.IManagedPolicy", "import it with iam.ManagedPolicy.from_managed_policy_arn(...)", ("managed_policy_arn",)
    ),
    tuple[str, str]: ArgumentKind("(runbook, step)", "write one such as ('RestartInstance', 'restart')"),
    iam.PolicyDocument: ArgumentKind("an iam.PolicyDocument"),
    iam.PolicyStatement: ArgumentKind("an iam.PolicyStatement"),
    lambda_.IFunction: ArgumentKind(
        "a lambda.IFunction", "import it with lambda_.Function.from_function_arn(...)", ("function_arn", "grant_invoke")
    ),
    logs.ILogGroup: ArgumentKind("a logs.ILogGroup", "import it with logs.LogGroup.from_log_group_name(...)", ("log_group_arn",)),
    sqs.IQueue: ArgumentKind("an sqs.IQueue", "import it with sqs.Queue.from_queue_arn(...)", ("queue_arn", "grant_send_messages")),
    cloudwatch.IAlarm: ArgumentKind("a cloudwatch.IAlarm", "import it with cloudwatch.Alarm.from_alarm_name(...)", ("alarm_arn",)),
    config.IRule: ArgumentKind("a config.IRule", "import it with config.ManagedRule.from_config_rule_name(...)", ("config_rule_name",)),
    events.IRuleTarget: ArgumentKind("an events.IRuleTarget", "write one of aws_events_targets, or an AutomationTarget", ("bind",)),
}


def checked(error: type[AutomationRoleError] = AutomationRoleError) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """Check the arguments of a constructor or method against their annotations (see `values.kinds`)."""
    return kinds.checked(_KINDS, error=error, also=_misplaced)


def _misplaced(given: Mapping[str, Any]) -> str | None:
    """The problem with a place in the tree in which nothing can be created."""
    if isinstance(given.get("scope"), (App, Stage)):
        return f"scope is {kinds.shown(given['scope'])} → a stack, or a construct in one; pass a cdk.Stack"
    construct_id = given.get("construct_id")
    if construct_id is not None and (not construct_id or is_opaque(construct_id)):
        return f"construct_id is {construct_id!r} → a name that is known at synthesis; pass one"
    return None


def once(given: Sequence[_T]) -> tuple[_T, ...]:
    """Each item once, in order."""
    return tuple(each for at, each in enumerate(given) if each not in given[:at])


_ARNS: Final = ("role_arn", "managed_policy_arn", "function_arn", "queue_arn")


def single(**given: object) -> None:
    """Reject a construct whose ARN has a wildcard, in lists, too: it would stand in a policy."""
    for name, value in given.items():
        for each in value if isinstance(value, (list, tuple)) else (value,):
            arn = next((getattr(each, attribute) for attribute in _ARNS if has(each, attribute)), None)
            if wildcard(arn):
                raise AutomationRoleError(f"{name}: {arn!r} has a wildcard → the ARN of one resource; pass each ARN separately")
