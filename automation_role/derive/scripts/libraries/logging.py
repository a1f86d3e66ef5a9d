"""`logging`."""

from __future__ import annotations

from typing import Final

# Of loggers, too: they write what they are given, and call none of it.
WRITING: Final = frozenset(
    f"logging.{name}" for name in ("debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log")
)
STATEFUL: Final = ("logging.getLogger",)
