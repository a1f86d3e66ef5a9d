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

# public name -> the module that has it
_HOME = {
    "AutomationRole": "role",
    "AutomationRunbook": "automation_runbook",
    "Findings": "findings",
    "IAutomationRole": "grants",
    "Runbook": "runbook",
}

__all__ = ["AutomationRole", "AutomationRunbook", "Findings", "IAutomationRole", "Runbook", "__version__"]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
