"""Maintenance windows: an automation as a task of a window."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from ..grants import IAutomationRole, RunbookReference
from ..start import StartError, Targets, check_rate, check_targets
from ._common import after_the_role, checked_start, ssm_role


class AutomationMaintenanceWindowTask(Construct):
    """Start an automation as a task of a maintenance window.

    Creates one ``AWS::SSM::MaintenanceWindowTask`` and an ``AWS::IAM::Role`` for the window's service that may start this runbook, pass
    this role, and nothing else. `{{TARGET_ID}}` and `{{RESOURCE_ID}}` in a parameter become the target's id.

    Args:
        window: the window, or its id.
        runbook: its name, ARN, `Runbook`, `AutomationRunbook` or `ssm.CfnDocument`. With a `Runbook`, parameters are checked.
        role: the role that the automation runs as.
        parameters: runbook parameter -> value or list of values; the role's own parameter is filled in.
        version: the document version. Left out: AWS's default.
        role_parameter: as for `AutomationTarget`.
        priority: 0 or more; 0 is the highest. Left out: 1.
        targets: `Targets.window_targets(…)` or `.instances(…)`. Left out: none, the task runs once a window.
        max_concurrency: targets at a time; only with targets. Left out: 1.
        max_errors: errors until it stops; only with targets. Left out: 0.
        task_name: Left out: none.
        description: Left out: none.
        service_role: the role with which the window starts it; must trust `ssm.amazonaws.com`. Left out: one of its own.

    Raises:
        StartError: a parameter does not fit the runbook, or targets and rates do not go together.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/mw-cli-register-tasks-examples.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        window: ssm.CfnMaintenanceWindow | str,
        runbook: RunbookReference,
        role: IAutomationRole,
        parameters: Mapping[str, Any] | None = None,
        version: str | None = None,
        role_parameter: str | None = None,
        priority: int = 1,
        targets: Targets | None = None,
        max_concurrency: str | None = None,
        max_errors: str | None = None,
        task_name: str | None = None,
        description: str | None = None,
        service_role: iam.IRole | None = None,
    ) -> None:
        where = f"{scope.node.path}/{construct_id}"
        if priority < 0:
            raise StartError(f"{where}: priority is {priority} → 0 (the highest) or more; leave it out for 1")
        if targets is None and (max_concurrency is not None or max_errors is not None):
            raise StartError(
                f"{where}: max_concurrency and max_errors without targets → they say how targets are worked through; add targets"
            )
        check_targets(where, targets, allowed=_WINDOW_TARGETS)
        check_rate(where, max_concurrency=max_concurrency, max_errors=max_errors)
        super().__init__(scope, construct_id)
        start = checked_start(
            self,
            where,
            runbook,
            role=role,
            role_parameter=role_parameter,
            version=version,
            parameters=parameters or {},
            placeholder=_WINDOW,
        )
        self.service_role: iam.IRole = service_role or ssm_role(self, "ServiceRole")
        task = ssm.CfnMaintenanceWindowTask
        self.task = task(
            self,
            "Resource",
            window_id=window if isinstance(window, str) else window.ref,
            task_type="AUTOMATION",
            task_arn=start.document,
            priority=priority,
            name=task_name,
            description=description,
            targets=None if targets is None else [task.TargetProperty(key=targets.key, values=list(targets.values))],
            # Without targets AWS takes no value, with targets it requires both.
            max_concurrency=None if targets is None else max_concurrency or "1",
            max_errors=None if targets is None else max_errors or "0",
            service_role_arn=self.service_role.role_arn,
            task_invocation_parameters=task.TaskInvocationParametersProperty(
                maintenance_window_automation_parameters=task.MaintenanceWindowAutomationParametersProperty(
                    document_version=start.version, parameters=start.parameters
                )
            ),
        )
        role.grant_start_automation(self.service_role, runbook, version=version).apply_before(self.task)
        after_the_role(self.task, role)


_WINDOW: Final = re.compile(
    r"\{\{\s*(TARGET_ID|RESOURCE_ID|WINDOW_ID|WINDOW_TASK_ID|WINDOW_EXECUTION_ID|TASK_EXECUTION_ID|INVOCATION_ID|TARGET_TYPE)\s*\}\}"
)
_WINDOW_TARGETS: Final = ("WindowTargetIds", "InstanceIds")
