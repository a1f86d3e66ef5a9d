"""`-p NAME='*'` is not any value: it would be the character in an ARN."""

from __future__ import annotations

from pathlib import Path

import pytest

from automation_role.cli import main

RUNBOOK = """schemaVersion: "0.3"
parameters: {InstanceId: {type: String}}
mainSteps:
- {name: stop, action: aws:changeInstanceState, inputs: {InstanceIds: ["{{ InstanceId }}"], DesiredState: stopped}}
"""


def test_a_star_for_a_parameter_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "stop.yaml"
    path.write_text(RUNBOOK, encoding="utf-8")
    assert main(["policy", str(path), "-p", "InstanceId=*"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "leave InstanceId out to allow any" in said.err
    assert main(["policy", str(path), "-p", "InstanceId=i-0123456789abcdef0"]) == 0
