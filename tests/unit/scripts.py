"""Scripts for the tests of the reader: what they call, and what is told of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

from automation_role.derive.scripts import calls_of_script
from automation_role.runbook.model import Runbook
from automation_role.values.calls import ApiCall


@dataclass(frozen=True)
class Case:
    """A script, the API calls that it makes (`service:Operation`), and the ids of the findings."""

    name: str
    script: str
    calls: str
    told: str = ""
    handler: str | None = "handler"
    payload: Any = field(default_factory=dict)
    attachments: dict[str, Path] = field(default_factory=dict)


def runbook_of(script: str, *, handler: str | None = "handler", payload: Any = None, parameters: Any = None, **more: Any) -> Runbook:
    """A runbook whose one step runs the script; left out, nothing is known of its payload."""
    data = "{{ Payload }}" if payload is None else payload
    inputs = {"Runtime": "python3.11", "Handler": handler, "Script": dedent(script), "InputPayload": data}
    step = {"name": "run", "action": "aws:executeScript", "inputs": {name: value for name, value in inputs.items() if value is not None}}
    document = {"schemaVersion": "0.3", "parameters": {"Payload": {"type": "StringMap"}, **(parameters or {})}, "mainSteps": [step]}
    return Runbook.from_mapping(document, name="book", **more)


def read(script: str, **more: Any) -> tuple[set[str], set[str], list[ApiCall]]:
    """The calls, the findings' ids, and the calls themselves with their inputs."""
    runbook = runbook_of(script, **more)
    calls, findings = calls_of_script(runbook.steps[0], runbook)
    return {f"{call.service}:{call.operation}" for call in calls}, {finding.id for finding in findings}, list(calls)


def check(case: Case) -> None:
    """The calls are these, neither more nor less, and so are the findings."""
    calls, told, _ = read(case.script, handler=case.handler, payload=case.payload or None)
    assert (calls, told) == (set(case.calls.split()), set(case.told.split()))
