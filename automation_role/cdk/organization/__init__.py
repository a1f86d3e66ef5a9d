"""Many accounts: the role of the central account, the role of each target account, and how that one gets there; a file each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._lazy import loader

if TYPE_CHECKING:
    from .administration import AutomationAdministrationRole as AutomationAdministrationRole
    from .execution import AutomationExecutionRole as AutomationExecutionRole
    from .stack_set import AutomationExecutionRoleStackSet as AutomationExecutionRoleStackSet
    from .stack_set import StackSetExecutionRole as StackSetExecutionRole

__all__ = ["AutomationAdministrationRole", "AutomationExecutionRole", "AutomationExecutionRoleStackSet", "StackSetExecutionRole"]

__getattr__ = loader(
    __name__,
    {
        "AutomationAdministrationRole": "administration",
        "AutomationExecutionRole": "execution",
        "AutomationExecutionRoleStackSet": "stack_set",
        "StackSetExecutionRole": "stack_set",
    },
)
