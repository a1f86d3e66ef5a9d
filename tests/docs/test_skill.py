"""The skill for agents: every command in it runs, and what it says of the JSON is so."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path

import pytest
import yaml

from automation_role.cli.commands import COMMANDS
from automation_role.findings import OTHER, WIDER
from automation_role.runbook.lint import Severity
from automation_role.why.causes import CAUSES
from tests.docs.fences import commands, fences, run

ROOT = Path(__file__).resolve().parents[2]
SKILL = ROOT / "skills" / "automation-role" / "SKILL.md"
TEXT = SKILL.read_text()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all its commands ran, in their order."""
    where = tmp_path_factory.mktemp("skill")
    shutil.copytree(ROOT / "runbooks", where / "runbooks")
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "PYTHONDONTWRITEBYTECODE": "1"}
    for fence in fences(SKILL):
        assert fence.language == "console", f"{fence}: a block of the skill is commands"
        for command in commands(fence.text):
            run(command, where, environment)
    return where


def test_every_command_of_the_skill_runs_and_writes_json(folder: Path) -> None:
    written = {path.name: json.loads(path.read_text()) for path in folder.glob("*.json")}
    assert set(written) == {"explained.json", "policy.json", "checked.json", "changed.json", "why.json"}
    assert written["checked.json"]["fits"] is True


def test_what_it_says_of_an_answer_is_in_the_answer(folder: Path) -> None:
    data = json.loads((folder / "why.json").read_text())
    (failure,) = data["failures"]
    table = TEXT.partition("| field | use |")[2].partition("## ")[0]
    fields = [name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`([\w.]+)`", row)]
    assert len(fields) > 6
    for name in fields:
        value = failure
        for part in name.split("."):
            assert part in value, name
            value = value[part]
    assert {"statements", "later", "cdk", "terraform"} <= set(failure["fix"])


def test_the_commands_options_and_ids_that_it_names_are_there() -> None:
    named = set(re.findall(r"`automation-role (\w+)", TEXT))
    assert named == {"policy", "explain", "check", "diff", "why"}
    assert named <= set(COMMANDS)
    causes = set(re.findall(r"`(\w+)`", TEXT.partition("when the cause is ")[2].partition(":")[0])) | {"roleLacks"}
    assert causes <= set(CAUSES)
    wider = set(re.findall(r"`(\w+)`", TEXT.partition("more than is needed (")[2].partition(")")[0]))
    assert wider == set(WIDER)
    assert not wider & set(OTHER)
    assert all(severity.value in TEXT for severity in Severity)


def test_its_head_says_what_it_is_for() -> None:
    head = yaml.safe_load(TEXT.split("---")[1])
    assert head["name"] == SKILL.parent.name
    assert 50 < len(head["description"]) <= 1024
