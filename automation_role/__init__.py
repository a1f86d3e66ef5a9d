"""The IAM role that AWS Systems Manager Automation runs your runbooks as, its policy derived from the runbooks.

The public names are loaded when they are first used: reading and deriving need no AWS CDK and no Node.js.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ._version import __version__ as __version__

if TYPE_CHECKING:
    from .automation_runbook import AutomationRunbook as AutomationRunbook
    from .findings import Findings as Findings
    from .grants import IAutomationRole as IAutomationRole
    from .role import AutomationRole as AutomationRole
    from .runbook import Runbook as Runbook
    from .start import Targets as Targets
    from .triggers.config import AutomationRemediation as AutomationRemediation
    from .triggers.eventbridge import AutomationTarget as AutomationTarget
    from .triggers.maintenance_window import AutomationMaintenanceWindowTask as AutomationMaintenanceWindowTask
    from .triggers.scheduler import AutomationScheduleTarget as AutomationScheduleTarget
    from .triggers.state_manager import AutomationAssociation as AutomationAssociation

# public name -> the module that has it
_HOME = {
    "AutomationAssociation": "triggers.state_manager",
    "AutomationMaintenanceWindowTask": "triggers.maintenance_window",
    "AutomationRemediation": "triggers.config",
    "AutomationRole": "role",
    "AutomationRunbook": "automation_runbook",
    "AutomationScheduleTarget": "triggers.scheduler",
    "AutomationTarget": "triggers.eventbridge",
    "Findings": "findings",
    "IAutomationRole": "grants",
    "Runbook": "runbook",
    "Targets": "start",
}

__all__ = [
    "AutomationAssociation",
    "AutomationMaintenanceWindowTask",
    "AutomationRemediation",
    "AutomationRole",
    "AutomationRunbook",
    "AutomationScheduleTarget",
    "AutomationTarget",
    "Findings",
    "IAutomationRole",
    "Runbook",
    "Targets",
    "__version__",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
