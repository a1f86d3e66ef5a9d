"""Alerts as workflow commands, which GitHub Actions shows beside the lines of a pull request.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from .alerts import Alert, Level
from .visible import visible

_COMMANDS: Final = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def github(alerts: Iterable[Alert]) -> str:
    """A line for each alert; nothing for none."""
    return "".join(_line(alert) for alert in alerts)


def _line(alert: Alert) -> str:
    properties = {"file": alert.source, "line": str(alert.line or ""), "title": alert.rule}
    said = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    return f"::{_COMMANDS[alert.level]} {said}::{_data(visible(alert.message))}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")
