"""EventBridge Scheduler: an automation at a time, or again and again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import jsii
from aws_cdk import Annotations, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from ...policy import access
from ...start.request import StartError
from ...start.target_locations import TargetLocation, TargetLocationError, approvals, rendered
from ...start.targets import Targets
from ...values.patterns import Pattern
from ..arguments import checked
from ..organization.administration import AutomationAdministrationRole
from ..render import here
from ..role import AutomationRole
from ..started_documents import RunbookReference
from ..types import AnyRole, IAutomationRole
from .delivery import checked_delivery
from .start import check_single, checked_alarm, checked_start, checked_tags
from .starter_role import annotated, check_accounts, check_starter, let_start, starter_role
from .targeting import check_targeting


@jsii.implements(scheduler.IScheduleTarget)
class AutomationScheduleTarget:
    """Start an automation on an EventBridge Scheduler schedule.

    Calls `ssm:StartAutomationExecution` through Scheduler's universal target, with a role of its own for each schedule that may start this
    runbook, pass this role, and nothing else.

    Args:
        runbook: its name, ARN, `Runbook`, `AutomationRunbook` or `ssm.CfnDocument`. With a `Runbook`, parameters are checked.
        role: the role that the automation runs as.
        parameters: runbook parameter -> value or list of values; the role's own parameter is filled in.
        version: the document version, a number as text, `$DEFAULT` or `$LATEST`. Left out: AWS's default, `$DEFAULT`.
        role_parameter: as for `AutomationTarget`.
        targets: resources to run on, one child automation each; with `target_parameter`. Left out: one automation.
        target_parameter: the runbook's parameter that takes each target.
        target_locations: accounts and Regions to run in, at most 100; `role` is then an `AutomationAdministrationRole`. Left out: here.
        max_concurrency: targets at a time, `"10"` or `"10%"`. Left out: AWS's default, 10.
        max_errors: errors until it stops, `"1"` or `"10%"`. Left out: AWS's default, 0.
        tags: tags of the execution, at most 5, to which grants on executions can be limited. The schedule's role can set exactly these.
            Left out: none.
        alarm: the CloudWatch alarm of this account and Region that stops the automation when it goes off, or its name. Left out: none.
        ignore_poll_alarm_failure: whether the automation continues when the state of the alarm cannot be read. Left out: ``False``, it stops.
        schedule_role: the role with which Scheduler starts it; must trust `scheduler.amazonaws.com`. Left out: one of its own.
        dead_letter_queue: where starts go that failed, a standard queue. Left out: none.
        max_event_age: 1 minute to 24 hours. Left out: 24 hours.
        retry_attempts: 0 to 185. Left out: 185.

    Raises:
        StartError: a parameter does not fit the runbook, targets and their parameter do not go together, the role does not reach the
            target locations, retries that AWS does not accept, or a FIFO queue.

    Warns:
        automation-role:approvalAcrossAccounts: the runbook waits for approval, and has target locations.

    Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
    """

    @checked(StartError)
    def __init__(
        self,
        runbook: RunbookReference,
        *,
        role: IAutomationRole,
        parameters: Mapping[str, Any] | None = None,
        version: str | None = None,
        role_parameter: str | None = None,
        targets: Targets | None = None,
        target_parameter: str | None = None,
        target_locations: Sequence[TargetLocation] = (),
        max_concurrency: str | None = None,
        max_errors: str | None = None,
        tags: Mapping[str, str] = {},
        alarm: cloudwatch.IAlarm | str | None = None,
        ignore_poll_alarm_failure: bool = False,
        schedule_role: AnyRole | None = None,
        dead_letter_queue: sqs.IQueue | None = None,
        max_event_age: Duration | None = None,
        retry_attempts: float | None = None,
    ) -> None:
        where = "AutomationScheduleTarget"
        check_single(where, schedule_role=schedule_role, dead_letter_queue=dead_letter_queue)
        check_targeting(where, targets, target_parameter, allowed=_START_TARGETS, max_concurrency=max_concurrency, max_errors=max_errors)
        self._role, self._schedule_role = role, schedule_role
        self._delivery = checked_delivery(where, max_event_age=max_event_age, retry_attempts=retry_attempts, queue=dead_letter_queue)
        self._start = checked_start(
            where,
            runbook,
            role=role,
            role_parameter=role_parameter,
            version=version,
            parameters=parameters,
            fills=("target_parameter", target_parameter),
            placeholder=_SCHEDULER,
            in_json=True,
        )
        check_accounts(where, role, given=("schedule_role", schedule_role))
        request: dict[str, Any] = {
            "DocumentName": self._start.document,
            "DocumentVersion": self._start.version,
            "Parameters": self._start.parameters,
            "TargetParameterName": target_parameter,
            "Targets": None if targets is None else [targets.to_json()],
            "MaxConcurrency": max_concurrency,
            "MaxErrors": max_errors,
            "Tags": checked_tags(where, tags),
            "AlarmConfiguration": checked_alarm(where, alarm, ignored=ignore_poll_alarm_failure),
            "TargetLocations": _rendered(where, role, target_locations) if target_locations else None,
        }
        known = self._start.runbook if target_locations else None
        self._approvals = () if known is None else tuple(approvals(known))
        self._tags = dict(tags)
        self._request = {name: value for name, value in request.items() if value is not None}

    def bind(self, _schedule: scheduler.ISchedule) -> scheduler.ScheduleTargetConfig:
        """What the schedule's target is; called by CDK when the schedule is created."""
        schedule = _schedule  # the name that CDK's interface gives it, which pyright compares
        assert isinstance(schedule, Construct)  # noqa: S101  (every schedule is a construct)
        self._start.warn(schedule, elsewhere="TargetLocations" in self._request)
        for warning in self._approvals:
            Annotations.of(schedule).add_warning_v2("automation-role:approvalAcrossAccounts", warning)
        # Beside the schedule, not inside: the schedule depends on the role's policy, and everything inside it would depend on it, too.
        beside = schedule.node.scope or schedule
        assert isinstance(beside, Construct)  # noqa: S101  (what a construct is in, is one)
        starter = self._schedule_role or starter_role(beside, f"{schedule.node.id}StartRole", "scheduler.amazonaws.com")
        with annotated(schedule):
            check_accounts(schedule.node.path, self._role, scope=schedule)
            watching = (access.link_systems_manager(),) if "AlarmConfiguration" in self._request else ()
            let_start(schedule, starter, self._role, self._start, *watching, tags=self._tags)
        check_starter(schedule, "schedule_role", self._schedule_role, "scheduler.amazonaws.com")
        queue = self._delivery.queue
        if queue is not None:
            queue.grant_send_messages(starter)
        return scheduler.ScheduleTargetConfig(
            arn=here().write(_UNIVERSAL_TARGET)[0],
            role=starter,
            input=scheduler.ScheduleTargetInput.from_object(self._request),
            dead_letter_config=self._delivery.dead_letters(scheduler.CfnSchedule.DeadLetterConfigProperty),
            retry_policy=self._delivery.retry_policy(scheduler.CfnSchedule.RetryPolicyProperty),
        )


def _rendered(where: str, role: IAutomationRole, locations: Sequence[TargetLocation]) -> list[dict[str, Any]]:
    if isinstance(role, AutomationRole):
        raise StartError(
            f"{where}: target_locations with role {role.node.path!r}, which cannot reach other accounts → an AutomationAdministrationRole"
        )
    try:
        return rendered(locations, reach=role.reach if isinstance(role, AutomationAdministrationRole) else None)
    except TargetLocationError as error:
        raise StartError(f"{where}: {error}") from None


_UNIVERSAL_TARGET: Final = Pattern.of("arn:{P}:scheduler:::aws-sdk:ssm:startAutomationExecution")
# https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
_SCHEDULER: Final = re.compile(r"<aws\.scheduler\.[a-z-]+>")
_START_TARGETS: Final = ("tag:", "ResourceGroup", "ParameterValues")
