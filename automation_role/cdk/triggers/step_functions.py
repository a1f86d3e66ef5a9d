"""Step Functions: a state that starts an automation, and grants its state machine what that takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aws_cdk import Aws
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from ...errors import AutomationRoleError
from ...policy import access
from ...start.request import StartError
from ...values.tokens import is_opaque, is_opaque_list
from ..arguments import checked
from ..render import here
from ..startable_role import StartableRole
from ..started_documents import RunbookReference
from ..types import IAutomationRole
from .start import checked_alarm, checked_start, checked_tags
from .starter_role import check_accounts


class AutomationStartTask(tasks.CallAwsService):
    """Start an automation from a state machine.

    A `Task` state that calls `ssm:StartAutomationExecution` and does not wait for its end; its output has the `AutomationExecutionId`. The
    state machine's role can start this runbook and pass this role, and nothing else: CDK adds that with the state.

    Values from the state's input go into `parameters`: `{"InstanceId": sfn.JsonPath.string_at("$.id")}`, or a list with
    `sfn.JsonPath.list_at("$.ids")`.

    Args:
        scope: the construct that this one is created in.
        construct_id: its name there, and the name of the state.
        runbook: its name, ARN, `Runbook`, `AutomationRunbook` or `ssm.CfnDocument`. With a `Runbook`, parameters are checked.
        role: the role that the automation runs as.
        parameters: runbook parameter -> value or list of values; the role's own parameter is filled in.
        version: the document version, a number as text, `$DEFAULT` or `$LATEST`. Left out: AWS's default, `$DEFAULT`.
        role_parameter: as for `AutomationTarget`.
        tags: tags of the execution, at most 5. The state machine can set exactly these. Left out: none.
        alarm: as for `AutomationScheduleTarget`.
        ignore_poll_alarm_failure: as for `AutomationScheduleTarget`.
        result_path: where the output goes in the state's input. Left out: it replaces it.
        comment: of the state. Left out: none.

    Raises:
        StartError: a parameter does not fit the runbook, or the role is in another account.

    Source: https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
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
        tags: Mapping[str, str] = {},
        alarm: cloudwatch.IAlarm | str | None = None,
        ignore_poll_alarm_failure: bool = False,
        result_path: str | None = None,
        comment: str | None = None,
    ) -> None:
        where = f"{scope.node.path}/{construct_id}"
        if len(construct_id) > _STATE_NAME:
            raise StartError(f"{where}: the state's name has {len(construct_id)} characters → at most {_STATE_NAME}; use a shorter id")
        if result_path is not None and not is_opaque(result_path) and not result_path.startswith("$"):
            raise StartError(f"{where}: result_path is {result_path!r} → a path such as '$.automation', or sfn.JsonPath.DISCARD; pass one")
        start = checked_start(where, runbook, role=role, role_parameter=role_parameter, version=version, parameters=parameters)
        check_accounts(where, role, scope=scope)
        request: dict[str, Any] = {
            "DocumentName": start.document,
            "DocumentVersion": start.version,
            "Parameters": {name: _field(values) for name, values in start.parameters.items()},
            "Tags": checked_tags(where, tags),
            "AlarmConfiguration": checked_alarm(where, alarm, ignored=ignore_poll_alarm_failure),
        }
        try:
            allowed = access.start((start.document,), version=start.one_version, tags=tags)
        except AutomationRoleError as error:
            raise StartError(f"{where}: {error}") from None
        place = here(role_arn=role.role_arn, regions=(Aws.REGION,))
        # CDK writes this statement, without conditions, so it must be one of ours that has no conditions.
        own = next(statement for statement in allowed if not statement.conditions)
        watching = () if alarm is None else (access.link_systems_manager(),)
        others = [statement for statement in (*allowed, access.pass_role(), *watching) if statement is not own]
        super().__init__(
            scope,
            construct_id,
            service="ssm",
            action="startAutomationExecution",
            iam_action="ssm:StartAutomationExecution",
            iam_resources=own.to_json(place)["Resource"],
            additional_iam_statements=[iam.PolicyStatement.from_json(statement.to_json(place)) for statement in others],
            parameters={name: value for name, value in request.items() if value is not None},
            result_path=result_path,
            comment=comment,
            integration_pattern=sfn.IntegrationPattern.REQUEST_RESPONSE,
        )
        start.warn(self)
        if isinstance(role, StartableRole):
            role.check_region(self)


# https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html
_STATE_NAME: Final = 80


def _field(values: Any) -> Any:
    """A list as a state writes it; a list with a field of the state's input is built by Step Functions (`States.Array`)."""
    if is_opaque_list(values) or not any(isinstance(value, str) and sfn.JsonPath.is_encoded_json_path(value) for value in values):
        return values
    return sfn.JsonPath.array(*values)
