"""`logging`."""

from __future__ import annotations

from typing import Final

# Also methods of loggers: they write their arguments, and call none of them.
WRITING: Final = frozenset(
    f"logging.{name}" for name in ("debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log")
)
STATEFUL: Final = ("logging.getLogger",)
