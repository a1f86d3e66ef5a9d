"""A script that was read already: it is not read again, and what is said of it is said of where it is."""

from __future__ import annotations

from typing import Any

import pytest

from automation_role.derive.scripts import script
from automation_role.runbook.model import Runbook
from tests.unit.scripts import found_in

STEP = """
  - name: {name}
    action: aws:executeScript
    inputs:
      Runtime: python3.11
      Handler: handler
      InputPayload: {{Name: "{payload}"}}
      Script: |
        import boto3, helper
        def handler(events, context):
            boto3.client("s3").delete_bucket(Bucket=events["Name"])
"""


def runbook(**payloads: str) -> Runbook:
    steps = "".join(STEP.format(name=name, payload=payload) for name, payload in payloads.items())
    return Runbook.from_text(f'schemaVersion: "0.3"\nmainSteps:{steps}', name="book")


def said(book: Runbook) -> list[tuple[str, int, Any, list[int]]]:
    """Of each step: the call's line and what is known of its input, and the findings' lines."""
    found = []
    for step in book.steps:
        (call,), findings, _ = found_in(step, book)
        assert {call.origin.step, *(each.step for each in findings)} == {step.name}
        found.append((step.name, call.origin.line, call.inputs["Bucket"].literals, [each.line for each in findings]))  # type: ignore[union-attr]
    return found


def test_each_step_has_lines_and_inputs_of_its_own() -> None:
    book = runbook(one="a", two="a", three="b")
    first = [step.script_line or 0 for step in book.steps]
    assert said(book) == [
        ("one", first[0] + 2, ("a",), [first[0]]),
        ("two", first[1] + 2, ("a",), [first[1]]),
        ("three", first[2] + 2, ("b",), [first[2]]),
    ]


def test_it_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    before = said(runbook(one="again", two="again"))
    monkeypatch.setattr(script, "parsed", None)
    assert said(runbook(one="again", two="again")) == before
