"""The IAM role that AWS Systems Manager Automation runs your runbooks as, its policy derived from the runbooks.

The public names are loaded when they are first used: reading and deriving need no AWS CDK and no Node.js.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._lazy import loader
from ._version import __version__ as __version__

if TYPE_CHECKING:
    from .automation_runbook import AutomationRunbook as AutomationRunbook
    from .findings import Findings as Findings
    from .grants import IAutomationRole as IAutomationRole
    from .organization.administration import AutomationAdministrationRole as AutomationAdministrationRole
    from .organization.execution import AutomationExecutionRole as AutomationExecutionRole
    from .organization.stack_set import AutomationExecutionRoleStackSet as AutomationExecutionRoleStackSet
    from .organization.stack_set import StackSetExecutionRole as StackSetExecutionRole
    from .role import AutomationRole as AutomationRole
    from .runbook.model import Runbook as Runbook
    from .start.request import Targets as Targets
    from .start.target_locations import TargetLocation as TargetLocation
    from .triggers.config import AutomationRemediation as AutomationRemediation
    from .triggers.eventbridge import AutomationTarget as AutomationTarget
    from .triggers.maintenance_window import AutomationMaintenanceWindowTask as AutomationMaintenanceWindowTask
    from .triggers.scheduler import AutomationScheduleTarget as AutomationScheduleTarget
    from .triggers.state_manager import AutomationAssociation as AutomationAssociation

# public name -> the module that has it
_HOME = {
    "AutomationAdministrationRole": "organization.administration",
    "AutomationAssociation": "triggers.state_manager",
    "AutomationExecutionRole": "organization.execution",
    "AutomationExecutionRoleStackSet": "organization.stack_set",
    "AutomationMaintenanceWindowTask": "triggers.maintenance_window",
    "AutomationRemediation": "triggers.config",
    "AutomationRole": "role",
    "AutomationRunbook": "automation_runbook",
    "AutomationScheduleTarget": "triggers.scheduler",
    "AutomationTarget": "triggers.eventbridge",
    "Findings": "findings",
    "IAutomationRole": "grants",
    "Runbook": "runbook.model",
    "StackSetExecutionRole": "organization.stack_set",
    "TargetLocation": "start.target_locations",
    "Targets": "start.request",
}

__all__ = [
    "AutomationAdministrationRole",
    "AutomationAssociation",
    "AutomationExecutionRole",
    "AutomationExecutionRoleStackSet",
    "AutomationMaintenanceWindowTask",
    "AutomationRemediation",
    "AutomationRole",
    "AutomationRunbook",
    "AutomationScheduleTarget",
    "AutomationTarget",
    "Findings",
    "IAutomationRole",
    "Runbook",
    "StackSetExecutionRole",
    "TargetLocation",
    "Targets",
    "__version__",
]

__getattr__ = loader(__name__, _HOME)


def __dir__() -> list[str]:
    return sorted(__all__)
