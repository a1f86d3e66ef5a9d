"""What starts an automation: EventBridge, Scheduler, Config, State Manager, maintenance windows; a file each.

Every one of them needs the right to start that runbook and to pass the role, and puts the role into the runbook's parameter. All walk
one road: a start is checked once (`start.py`, `_common.py`), then rendered as that service wants it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._lazy import loader

if TYPE_CHECKING:
    from .config import AutomationRemediation as AutomationRemediation
    from .eventbridge import AutomationTarget as AutomationTarget
    from .maintenance_window import AutomationMaintenanceWindowTask as AutomationMaintenanceWindowTask
    from .scheduler import AutomationScheduleTarget as AutomationScheduleTarget
    from .state_manager import AutomationAssociation as AutomationAssociation

__all__ = [
    "AutomationAssociation",
    "AutomationMaintenanceWindowTask",
    "AutomationRemediation",
    "AutomationScheduleTarget",
    "AutomationTarget",
]

__getattr__ = loader(
    __name__,
    {
        "AutomationAssociation": "state_manager",
        "AutomationMaintenanceWindowTask": "maintenance_window",
        "AutomationRemediation": "config",
        "AutomationScheduleTarget": "scheduler",
        "AutomationTarget": "eventbridge",
    },
)
