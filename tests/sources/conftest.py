"""Templates as people write them, and the commands run on them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from automation_role.cli import main


@dataclass(frozen=True)
class Ran:
    """What a run of the command gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code in (0, 1), self.err
        return json.loads(self.out)

    @property
    def said(self) -> list[str]:
        return [line.removeprefix("automation-role: ") for line in self.err.splitlines()]

    def needs(self) -> list[tuple[str, int, str, list[str]]]:
        """(step, line, action, resources) of `explain --format json`."""
        return [
            (step["name"], step["line"], each["action"], each["resources"])
            for runbook in self.json["runbooks"]
            for step in runbook["steps"]
            for each in step["permissions"]
        ]

    def pairs(self) -> list[tuple[str, str, bool]]:
        """(runbook, role, fits) of `check --format json`."""
        return [(pair["runbook"], pair["role"], pair["fits"]) for pair in self.json["pairs"]]

    def missing(self) -> list[tuple[str, str, list[str]]]:
        """(step, action, resources) that roles lack."""
        return [(one["steps"][0]["step"], one["action"], one["resources"]) for role in self.json["roles"] for one in role["missing"]]


Run = Callable[..., Ran]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, where the command runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], folder: Path) -> Run:
    """Runs the command on files: `run("check", "a.yaml", files={"a.yaml": …})`; data is written as JSON."""

    def run(*arguments: str, files: dict[str, Any] | None = None) -> Ran:
        for name, content in (files or {}).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content if isinstance(content, str) else json.dumps(content, indent=2))
        capsys.readouterr()
        code = main(list(arguments))
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    return run


TRUST = """\
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {Service: ssm.amazonaws.com}
            Action: sts:AssumeRole
            Condition: {StringEquals: {"aws:SourceAccount": !Ref AWS::AccountId}}
"""
