"""Scripts for the tests of the reader: what they call, and what is reported about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

from automation_role.derive.scripts import needs_of_script
from automation_role.derive.step_context import AsRole
from automation_role.findings import Finding
from automation_role.runbook.model import Runbook, Step
from automation_role.values.calls import ApiCall


@dataclass(frozen=True)
class Case:
    """A script, the API calls that it makes (`service:Operation`), the ids of the findings, and the calls that it makes as other roles."""

    name: str
    script: str
    calls: str
    told: str = ""
    handler: str | None = "handler"
    payload: Any = field(default_factory=dict)
    attachments: dict[str, Path] = field(default_factory=dict)
    assumed: str = ""


def runbook_of(script: str, *, handler: str | None = "handler", payload: Any = None, parameters: Any = None, **more: Any) -> Runbook:
    """A runbook whose one step runs the script; left out, nothing is known of its payload."""
    data = "{{ Payload }}" if payload is None else payload
    inputs = {"Runtime": "python3.11", "Handler": handler, "Script": dedent(script), "InputPayload": data}
    step = {"name": "run", "action": "aws:executeScript", "inputs": {name: value for name, value in inputs.items() if value is not None}}
    document = {"schemaVersion": "0.3", "parameters": {"Payload": {"type": "StringMap"}, **(parameters or {})}, "mainSteps": [step]}
    return Runbook.from_mapping(document, name="book", **more)


def found_in(step: Step, runbook: Runbook) -> tuple[list[ApiCall], list[Finding], list[AsRole]]:
    """The calls of a step's script, the findings, and what it needs of other roles."""
    needs = list(needs_of_script(step, runbook))
    calls = [each for each in needs if isinstance(each, ApiCall)]
    return calls, [each for each in needs if isinstance(each, Finding)], [each for each in needs if isinstance(each, AsRole)]


def read(script: str, **more: Any) -> tuple[set[str], set[str], list[ApiCall]]:
    """The calls, the findings' ids, and the calls themselves with their inputs."""
    runbook = runbook_of(script, **more)
    calls, findings, _ = found_in(runbook.steps[0], runbook)
    return {f"{call.service}:{call.operation}" for call in calls}, {finding.id for finding in findings}, calls


def check(case: Case) -> None:
    """The calls are these, neither more nor less, and so are the findings."""
    runbook = runbook_of(case.script, handler=case.handler, payload=case.payload or None)
    calls, findings, others = found_in(runbook.steps[0], runbook)
    found = [
        {f"{each.service}:{each.operation}" for each in some}
        for some in (calls, [each.need for each in others if isinstance(each.need, ApiCall)])
    ]
    assert (*found, {each.id for each in findings}) == tuple(set(each.split()) for each in (case.calls, case.assumed, case.told))
