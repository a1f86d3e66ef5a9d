"""The IAM role that AWS Systems Manager Automation runs your runbooks as, with a policy derived from the runbooks.

The public names are loaded on first use: reading runbooks and deriving permissions need neither AWS CDK nor Node.js.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._lazy import loader
from ._version import __version__ as __version__

if TYPE_CHECKING:
    from .cdk.automation_runbook import AutomationRunbook as AutomationRunbook
    from .cdk.node_access import JustInTimeNodeAccess as JustInTimeNodeAccess
    from .cdk.organization.administration import AutomationAdministrationRole as AutomationAdministrationRole
    from .cdk.organization.arguments import ExecutionRoleArguments as ExecutionRoleArguments
    from .cdk.organization.execution import AutomationExecutionRole as AutomationExecutionRole
    from .cdk.organization.stack_set import AutomationExecutionRoleStackSet as AutomationExecutionRoleStackSet
    from .cdk.organization.stack_set_role import StackSetExecutionRole as StackSetExecutionRole
    from .cdk.policy_validation import AutomationPolicyValidation as AutomationPolicyValidation
    from .cdk.role import AutomationRole as AutomationRole
    from .cdk.triggers.config import AutomationRemediation as AutomationRemediation
    from .cdk.triggers.eventbridge import AutomationTarget as AutomationTarget
    from .cdk.triggers.maintenance_window import AutomationMaintenanceWindowTask as AutomationMaintenanceWindowTask
    from .cdk.triggers.scheduler import AutomationScheduleTarget as AutomationScheduleTarget
    from .cdk.triggers.state_manager import AutomationAssociation as AutomationAssociation
    from .cdk.triggers.step_functions import AutomationStartTask as AutomationStartTask
    from .cdk.types import IAutomationRole as IAutomationRole
    from .findings import Findings as Findings
    from .runbook.model import Runbook as Runbook
    from .start.target_locations import TargetLocation as TargetLocation
    from .start.targets import Targets as Targets

# public name -> the module that has it
_HOME = {
    "AutomationAdministrationRole": "cdk.organization.administration",
    "AutomationAssociation": "cdk.triggers.state_manager",
    "AutomationExecutionRole": "cdk.organization.execution",
    "AutomationExecutionRoleStackSet": "cdk.organization.stack_set",
    "AutomationMaintenanceWindowTask": "cdk.triggers.maintenance_window",
    "AutomationPolicyValidation": "cdk.policy_validation",
    "AutomationRemediation": "cdk.triggers.config",
    "AutomationRole": "cdk.role",
    "AutomationRunbook": "cdk.automation_runbook",
    "AutomationScheduleTarget": "cdk.triggers.scheduler",
    "AutomationStartTask": "cdk.triggers.step_functions",
    "AutomationTarget": "cdk.triggers.eventbridge",
    "ExecutionRoleArguments": "cdk.organization.arguments",
    "Findings": "findings",
    "IAutomationRole": "cdk.types",
    "JustInTimeNodeAccess": "cdk.node_access",
    "Runbook": "runbook.model",
    "StackSetExecutionRole": "cdk.organization.stack_set_role",
    "TargetLocation": "start.target_locations",
    "Targets": "start.targets",
}

__all__ = [
    "AutomationAdministrationRole",
    "AutomationAssociation",
    "AutomationExecutionRole",
    "AutomationExecutionRoleStackSet",
    "AutomationMaintenanceWindowTask",
    "AutomationPolicyValidation",
    "AutomationRemediation",
    "AutomationRole",
    "AutomationRunbook",
    "AutomationScheduleTarget",
    "AutomationStartTask",
    "AutomationTarget",
    "ExecutionRoleArguments",
    "Findings",
    "IAutomationRole",
    "JustInTimeNodeAccess",
    "Runbook",
    "StackSetExecutionRole",
    "TargetLocation",
    "Targets",
    "__version__",
]

__getattr__ = loader(__name__, _HOME)


def __dir__() -> list[str]:
    return sorted(__all__)
