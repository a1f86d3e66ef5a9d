"""State Manager: an automation when an association is created, and on its schedule."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from aws_cdk import aws_ssm as ssm
from constructs import Construct

from ...errors import quoted
from ...policy import access
from ...start.request import StartError, check_name, check_number
from ...start.targets import Targets
from ...values.tokens import is_opaque
from .. import arguments as _arguments
from ..arguments import checked
from ..started_documents import RunbookReference
from ..types import AnyRole, IAutomationRole
from .start import check_single, checked_start
from .starter_role import check_accounts, check_starter, let_start, ssm_role
from .targeting import check_targeting


class AutomationAssociation(Construct):
    """Start an automation through State Manager: when it is created, and on a schedule.

    Creates one ``AWS::SSM::Association`` and, as its `AssociationDispatchAssumeRole`, an ``AWS::IAM::Role`` that may start this runbook
    and pass this role, and nothing else; with a cloud connector, also find its machines, but not assume its federation role. The association is created after both roles have their policies, because it runs at once.

    Args:
        runbook: its name, ARN, `Runbook`, `AutomationRunbook` or `ssm.CfnDocument`. With a `Runbook`, parameters are checked.
        role: the role that the automation runs as.
        parameters: runbook parameter -> value or list of values; the role's own parameter is filled in.
        version: the document version. Left out: AWS's default.
        role_parameter: as for `AutomationTarget`.
        schedule: `rate(…)`, from 30 minutes to under 31 days, `cron(…)` or `at(…)`, as State Manager writes them. Left out: it runs once, at creation.
        only_at_schedule: do not run at creation or when it changes; not with `rate(…)`. Left out: ``False``.
        schedule_offset: days to wait after the day of the schedule, 1 to 6; with `cron(…)` and `only_at_schedule`. Left out: none.
        targets: resources to run on, one child automation each; with `target_parameter`. Left out: one automation.
        target_parameter: the runbook's parameter that takes each target.
        max_concurrency: targets at a time, `"10"` or `"10%"`. Left out: AWS's default.
        max_errors: errors until it stops, `"1"` or `"10%"`. Left out: AWS's default.
        association_name: 3 to 128 letters, digits and `_.-`. Left out: none.
        calendar_names: Change Calendars that must be open. Left out: none.
        dispatch_role: the role with which State Manager starts it; must trust `ssm.amazonaws.com`. Left out: one of its own.

    Raises:
        StartError: a parameter does not fit the runbook, or the schedule, targets and rates do not go together.

    Sources:
        https://docs.aws.amazon.com/systems-manager/latest/userguide/scheduling-automations-state-manager-associations.html
        https://docs.aws.amazon.com/systems-manager/latest/userguide/state-manager-about.html
    """

    @checked(StartError)
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        runbook: RunbookReference,
        role: IAutomationRole,
        parameters: Mapping[str, Any] | None = None,
        version: str | None = None,
        role_parameter: str | None = None,
        schedule: str | None = None,
        only_at_schedule: bool = False,
        schedule_offset: float | None = None,
        targets: Targets | None = None,
        target_parameter: str | None = None,
        max_concurrency: str | None = None,
        max_errors: str | None = None,
        association_name: str | None = None,
        calendar_names: Sequence[str] = (),
        dispatch_role: AnyRole | None = None,
    ) -> None:
        where = f"{scope.node.path}/{construct_id}"
        check_single(where, dispatch_role=dispatch_role)
        _check_schedule(where, schedule, only_at_schedule=only_at_schedule, offset=schedule_offset)
        check_name(where, "association_name", association_name)
        calendars = _arguments.once(calendar_names)
        check_targeting(
            where, targets, target_parameter, allowed=_ASSOCIATION_TARGETS, max_concurrency=max_concurrency, max_errors=max_errors
        )
        start = checked_start(
            where,
            runbook,
            role=role,
            role_parameter=role_parameter,
            version=version,
            parameters=parameters,
            fills=("target_parameter", target_parameter),
        )
        check_accounts(where, role, scope=scope, given=("dispatch_role", dispatch_role))
        super().__init__(scope, construct_id)
        start.warn(self)
        self.dispatch_role: AnyRole = dispatch_role or ssm_role(self, "DispatchRole")
        self.association = ssm.CfnAssociation(
            self,
            "Resource",
            name=start.document,
            document_version=start.version,
            parameters=start.parameters,
            association_name=association_name,
            schedule_expression=schedule,
            apply_only_at_cron_interval=True if only_at_schedule else None,
            schedule_offset=schedule_offset,
            automation_target_parameter_name=target_parameter,
            targets=None if targets is None else [ssm.CfnAssociation.TargetProperty(key=targets.key, values=list(targets.values))],
            max_concurrency=max_concurrency,
            max_errors=max_errors,
            calendar_names=list(calendars) or None,
        )
        # As an override: older versions of CDK do not know the property.
        self.association.add_property_override("AssociationDispatchAssumeRole", self.dispatch_role.role_arn)
        connector = None if targets is None else targets.connector_id
        finding = () if connector is None else access.find_connector_targets(connector)
        let_start(self.association, self.dispatch_role, role, start, *finding)
        check_starter(self, "dispatch_role", dispatch_role, "ssm.amazonaws.com")


_ASSOCIATION_TARGETS: Final = ("tag:", "ResourceGroup", "ParameterValues", "InstanceIds", "CloudConnector")
# https://docs.aws.amazon.com/systems-manager/latest/userguide/reference-cron-and-rate-expressions.html
_RATE: Final = re.compile(r"rate\((?P<number>[1-9][0-9]{0,6}) (?P<unit>minute|hour|day)s?\)")
_CRON: Final = re.compile(r"cron\(\S+( \S+){4,6}\)")  # with or without a year, and seconds
_AT: Final = re.compile(r"at\([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]+\)")
_MINUTES: Final = {"minute": 1, "hour": 60, "day": 24 * 60}
_SCHEDULE: Final = 256
_SHORTEST: Final = 30
_LONGEST: Final = 31 * 24 * 60


def _check_schedule(where: str, schedule: str | None, *, only_at_schedule: bool, offset: object) -> None:
    """Check a schedule against the API model of CreateAssociation.

    Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateAssociation.html
    """
    known = None if schedule is None or is_opaque(schedule) else schedule
    if known is not None and not (len(known) <= _SCHEDULE and any(form.fullmatch(known) for form in (_RATE, _CRON, _AT))):
        raise StartError(
            f"{where}: schedule is {quoted(known)} → rate(…), cron(…) or at(…), at most {_SCHEDULE} characters; such as 'rate(1 day)' or 'cron(0 2 ? * SUN *)'"
        )
    rate = None if known is None else _RATE.fullmatch(known)
    if rate is not None and not _SHORTEST <= int(rate["number"]) * _MINUTES[rate["unit"]] < _LONGEST:
        raise StartError(
            f"{where}: schedule is {known!r} → State Manager accepts rates from 30 minutes to under 31 days; choose one of these"
        )
    if only_at_schedule and schedule is None:
        raise StartError(f"{where}: only_at_schedule without a schedule → it would never run; add schedule")
    if only_at_schedule and known is not None and known.startswith("rate("):
        raise StartError(
            f"{where}: only_at_schedule with {known!r} → State Manager accepts it only with cron(…); write the schedule as cron(…)"
        )
    check_number(where, "schedule_offset", offset, least=1, most=6, default="none")
    if offset is not None and not (only_at_schedule and (known is None or known.startswith("cron("))):
        raise StartError(f"{where}: schedule_offset → only with cron(…) and only_at_schedule=True; add these or leave it out")
