"""A directory of runbooks: all of them, and nothing else; what is wrong with any is reported together."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from automation_role import Runbook
from automation_role.errors import RunbookError

VALID = """
schemaVersion: "0.3"
mainSteps: [{name: wait, action: aws:sleep, inputs: {Duration: PT1S}}]
"""
COMMAND = """
schemaVersion: "2.2"
mainSteps: [{name: run, action: aws:runShellScript, inputs: {runCommand: [uptime]}}]
"""


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def refused(folder: Path) -> list[str]:
    with pytest.raises(RunbookError) as raised:
        Runbook.from_directory(folder)
    return [str(problem) for problem in raised.value.problems]


def test_every_runbook_sorted_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, second_yml=VALID, first_yaml=VALID, sub__third_json=json.dumps({"schemaVersion": "0.3", "mainSteps": []}).replace(
        "[]", '[{"name": "wait", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}]'
    ))  # fmt: skip
    write(tmp_path, command_yaml=COMMAND, package_json="{}", notes_txt=VALID, broken_yaml="a: [", node__x_yaml="- 1")
    write(tmp_path, cdk__x_yaml=VALID)
    (tmp_path / "cdk").rename(tmp_path / "cdk.out")
    write(tmp_path, hidden__x_yaml=VALID)
    (tmp_path / "hidden").rename(tmp_path / ".hidden")
    found = Runbook.from_directory(tmp_path)
    assert [(runbook.name, runbook.source) for runbook in found] == [
        ("first", f"{tmp_path}/first.yaml"),
        ("second", f"{tmp_path}/second.yml"),
        ("third", f"{tmp_path}/sub/third.json"),
    ]


def test_the_sample_runbooks() -> None:
    assert [runbook.name for runbook in Runbook.from_directory("runbooks")] == sorted(path.stem for path in Path("runbooks").glob("*.yaml"))


def test_rejects_all_that_is_wrong_at_once(tmp_path: Path) -> None:
    write(tmp_path, a_yaml=VALID.replace("name: wait, ", ""), b_yaml=VALID, c__b_yaml=VALID, d_yaml=VALID.replace("PT1S}}]", ""))
    problems = refused(tmp_path)
    assert [problem.removeprefix(f"{tmp_path}/").partition(":")[0] for problem in problems] == ["a.yaml", "d.yaml", "c/b.yaml"]
    assert "name" in problems[0]
    assert problems[2].endswith(
        f"has the same name as {tmp_path}/b.yaml, 'b' → a different name; rename the file, or read it with Runbook.from_file(path, name=...)"
    )


def test_rejects_a_directory_without_one(tmp_path: Path) -> None:
    write(tmp_path, command_yaml=COMMAND)
    assert refused(tmp_path) == [f"{tmp_path}: contains no runbook → .yaml, .yml, .json files of schemaVersion 0.3"]
    assert refused(tmp_path / "none") == [f"{tmp_path}/none: cannot be read: no such file or directory"]
    assert refused(tmp_path / "command.yaml") == [f"{tmp_path}/command.yaml: cannot be read: not a directory"]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    write(tmp_path, a_yaml=VALID)
    os.mkfifo(tmp_path / "b.yaml")
    assert [runbook.name for runbook in Runbook.from_directory(tmp_path)] == ["a"]
