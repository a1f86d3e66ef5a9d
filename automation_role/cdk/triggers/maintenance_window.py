"""Maintenance windows: an automation as a task of a window."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from aws_cdk import aws_ssm as ssm
from constructs import Construct

from ...errors import did_you_mean
from ...policy import access
from ...start.request import StartError, check_name, check_number, check_rate
from ...start.targets import Targets, check_targets
from ...values.tokens import is_opaque
from ..arguments import checked
from ..started_documents import RunbookReference
from ..types import AnyRole, IAutomationRole
from .start import check_single, checked_start
from .starter_role import check_accounts, check_starter, let_start, ssm_role


class AutomationMaintenanceWindowTask(Construct):
    """Start an automation as a task of a maintenance window.

    Creates one ``AWS::SSM::MaintenanceWindowTask`` and an ``AWS::IAM::Role`` for the window's service that may start this runbook, pass
    this role, read automations to follow it, find the window's targets, and nothing else. `{{TARGET_ID}}` and `{{RESOURCE_ID}}` in a parameter become the target's id. For a member of a resource
    group, `{{TARGET_ID}}` is its ARN.

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
        task_name: 3 to 128 letters, digits and `_.-`. Left out: none.
        description: at most 128 characters. Left out: none.
        service_role: the role with which the window starts it; must trust `ssm.amazonaws.com`. Left out: one of its own.

    Raises:
        StartError: a parameter does not fit the runbook, targets and rates do not go together, or a parameter waits for a target's id
            where there are none.

    Sources:
        https://docs.aws.amazon.com/systems-manager/latest/userguide/mw-cli-register-tasks-examples.html
        https://docs.aws.amazon.com/systems-manager/latest/userguide/maintenance-window-tasks-pseudo-parameters.html
    """

    @checked(StartError)
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
        priority: float = 1,
        targets: Targets | None = None,
        max_concurrency: str | None = None,
        max_errors: str | None = None,
        task_name: str | None = None,
        description: str | None = None,
        service_role: AnyRole | None = None,
    ) -> None:
        where = f"{scope.node.path}/{construct_id}"
        check_single(where, service_role=service_role)
        window_id = _window_id(where, window)
        check_number(where, "priority", priority, least=0, most=_PRIORITY, default="1")
        if targets is None and (max_concurrency is not None or max_errors is not None):
            raise StartError(f"{where}: max_concurrency and max_errors without targets → they apply only to targets; add targets")
        check_targets(where, targets, allowed=_WINDOW_TARGETS)
        check_rate(where, max_concurrency=max_concurrency, max_errors=max_errors)
        check_name(where, "task_name", task_name)
        if description is not None and not is_opaque(description) and not 1 <= len(description) <= _DESCRIPTION:
            raise StartError(f"{where}: description of {len(description)} characters → 1 to {_DESCRIPTION}; shorten it or leave it out")
        start = checked_start(
            where,
            runbook,
            role=role,
            role_parameter=role_parameter,
            version=version,
            parameters=parameters,
            placeholder=_PSEUDO,
        )
        check_accounts(where, role, scope=scope, given=("service_role", service_role))
        filled_in = {name: [_pseudo(where, name, value, targets) for value in values] for name, values in start.parameters.items()}
        super().__init__(scope, construct_id)
        start.warn(self)
        self.service_role: AnyRole = service_role or ssm_role(self, "ServiceRole")
        task = ssm.CfnMaintenanceWindowTask
        self.task = task(
            self,
            "Resource",
            window_id=window_id,
            task_type="AUTOMATION",
            task_arn=start.document,
            priority=priority,
            name=task_name,
            description=description,
            targets=None if targets is None else [task.TargetProperty(key=targets.key, values=list(targets.values))],
            # Without targets AWS accepts no value, with targets it requires both.
            max_concurrency=None if targets is None else max_concurrency or "1",
            max_errors=None if targets is None else max_errors or "0",
            service_role_arn=self.service_role.role_arn,
            task_invocation_parameters=task.TaskInvocationParametersProperty(
                maintenance_window_automation_parameters=task.MaintenanceWindowAutomationParametersProperty(
                    document_version=start.version, parameters=filled_in
                )
            ),
        )
        by_id = targets is None or targets.key != "WindowTargetIds"
        finding = () if by_id else (access.find_window_targets(),)
        let_start(self.task, self.service_role, role, start, *finding, access.watch_automations())
        check_starter(self, "service_role", service_role, "ssm.amazonaws.com")


# https://docs.aws.amazon.com/systems-manager/latest/userguide/maintenance-window-tasks-pseudo-parameters.html
_OF_A_TARGET: Final = ("RESOURCE_ID", "TARGET_ID", "TARGET_TYPE", "WINDOW_TARGET_ID")
_PSEUDO_PARAMETERS: Final = ("INVOCATION_ID", "TASK_EXECUTION_ID", "WINDOW_EXECUTION_ID", "WINDOW_ID", "WINDOW_TASK_ID", *_OF_A_TARGET)
_PSEUDO: Final = re.compile(r"\{\{\s*([A-Z]+(?:_[A-Z]+)*)\s*\}\}")
_WINDOW_TARGETS: Final = ("WindowTargetIds", "InstanceIds")
_DESCRIPTION: Final = 128
_PRIORITY: Final = 2**31 - 1  # the API model's integer


def _window_id(where: str, window: object) -> str:
    if isinstance(window, ssm.CfnMaintenanceWindow):
        return window.ref
    if isinstance(window, str) and (is_opaque(window) or re.fullmatch(r"mw-[0-9a-f]{17}", window)):
        return window
    raise StartError(f"{where}: window is {window!r} → a CfnMaintenanceWindow, or an id such as 'mw-0123456789abcdef0'; pass one of these")


def _pseudo(where: str, name: str, value: str, targets: Targets | None) -> str:
    """A value with its pseudo parameters as the page writes them: without spaces."""
    for found in _PSEUDO.findall(value):
        if found not in _PSEUDO_PARAMETERS:
            near = did_you_mean(found, _PSEUDO_PARAMETERS)
            raise StartError(f"{where}: parameter {name!r} has {{{{{found}}}}} → a window fills in {', '.join(_PSEUDO_PARAMETERS)}{near}")
        if targets is None and found in _OF_A_TARGET:
            raise StartError(
                f"{where}: parameter {name!r} has {{{{{found}}}}} without targets → there is no target to fill in; add targets"
            )
    return _PSEUDO.sub(r"{{\1}}", value)
