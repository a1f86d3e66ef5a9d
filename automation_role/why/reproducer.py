"""The report to send when the derivation is at fault: the step and the message, without names and accounts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from .candidates import Candidate, action_of
from .failure import Failure

_ACCOUNT: Final = re.compile(r"(?<!\d)\d{12}(?!\d)")
_ARN: Final = re.compile(
    r"arn:(?P<partition>[a-z-]{2,20}):(?P<service>[a-z0-9-]{0,40}):(?P<region>[a-z0-9-]{0,30}):\d{0,12}:[^\s\"',]{1,2000}"
)
# Only these inputs are shown, since they identify the call; other values may be confidential.
_KEPT: Final = frozenset({"Service", "Api", "Runtime", "Handler", "DesiredState", "PropertySelector", "ResourceType", "DocumentName"})
_CONTEXT: Final = 2  # this many lines of the script before and after the call


def reproducer(failure: Failure, at: Candidate) -> str:
    """A report in Markdown; read it before you send it."""
    step: dict[str, Any] = {"name": "step", "action": at.step.action, "inputs": _inputs(at.step.inputs)}
    lines = [
        f"AWS asked for {action_of(failure) or 'a permission'}, and it is not derived.",
        "",
        f"- action type: {at.step.action}",
        f"- calls: {', '.join(f'{service} {operation}' for service, operation in at.calls) or failure.operation or 'none derived'}",
        f"- message: {redacted(failure.text)}",
        "",
        "    " + json.dumps(step),
    ]
    script = at.step.inputs.get("Script")
    if isinstance(script, str) and (number := at.script_line or _line(at)) is not None:
        around = script.splitlines()[max(0, number - 1 - _CONTEXT) : number + _CONTEXT]
        lines += ["", "The script around the call; take out what is yours:", "", *(f"    {redacted(line)}" for line in around)]
    return "\n".join(lines)


def _line(at: Candidate) -> int | None:
    return at.line - at.step.script_line + 1 if at.step.script_line is not None and at.line >= at.step.script_line else None


def _inputs(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if name in _KEPT and isinstance(value, str) else "…" for name, value in inputs.items()}


def redacted(text: str) -> str:
    """A text without accounts, and without the names in ARNs."""
    return _ACCOUNT.sub("111122223333", _ARN.sub(lambda m: f"arn:{m['partition']}:{m['service']}:{m['region']}:111122223333:…", text))
