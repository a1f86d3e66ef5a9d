"""Whatever is given to the reader: a runbook or a RunbookError, never anything else.

AUTOMATION_ROLE_FUZZ=20000 tries that many of each kind.
"""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automation_role.derive.derivation import derive
from automation_role.errors import RunbookError
from automation_role.runbook.document import read
from automation_role.runbook.model import Runbook
from automation_role.values.place import Place

TRIES = int(os.environ.get("AUTOMATION_ROLE_FUZZ", "30"))
SAMPLES = sorted((Path(__file__).parents[2] / "runbooks").glob("*.yaml"))
fuzz = settings(max_examples=TRIES, deadline=None, suppress_health_check=list(HealthCheck))

KEYS = st.sampled_from(
    ["schemaVersion", "mainSteps", "parameters", "name", "action", "inputs", "type", "default", "assumeRole", "Steps", "x"]
)
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5),
    st.sampled_from(["0.3", "aws:loop", "aws:branch", "String", "{{ x }}", "step:x", "aws:executeScript", "aws:createStack"]),
)  # fmt: skip
DATA = st.recursive(LEAVES, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=5)), max_leaves=25)


def try_text(text: str) -> None:
    runbook, told = None, []
    try:
        runbook = Runbook.from_text(text, name="fuzz")
    except RunbookError as error:
        told = [str(problem) for problem in error.problems]
    if runbook is None:
        assert told
        assert all("\n" not in line for line in told)
    else:
        derive([runbook]).policy().to_json(Place())


@fuzz
@given(st.one_of(st.text(), st.text(alphabet="{}[]:,-&*!#|>'\"ab \n\t")))
def test_any_text_is_a_runbook_or_refused(text: str) -> None:
    try_text(text)


@fuzz
@given(DATA)
def test_any_data_is_a_runbook_or_refused(data: Any) -> None:
    try_text(json.dumps(data))


@fuzz
@given(DATA, st.lists(DATA, max_size=3))
def test_any_steps_are_derived_or_refused(inputs: Any, more: list[Any]) -> None:
    actions = [
        "aws:executeAwsApi",
        "aws:executeAutomation",
        "aws:runCommand",
        "aws:createStack",
        "aws:runInstances",
        "aws:createTags",
        "aws:executeScript",
    ]
    steps = [{"name": f"s{i}", "action": actions[i % len(actions)], "inputs": {"Service": "ec2", "Api": "RunInstances", "Targets": data, "TemplateBody": data, "Script": data, "InstanceIds": data, "TargetLocations": data, "ResourceType": data, "DocumentName": data, "RuntimeParameters": data}} for i, data in enumerate([inputs, *more])]  # fmt: skip
    try_text(json.dumps({"schemaVersion": "0.3", "mainSteps": steps}))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_any_damage_to_a_runbook_is_read_or_refused(path: Path) -> None:
    text, chance = path.read_text(), random.Random(path.stem)
    for _ in range(TRIES):
        damaged = list(text)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(damaged))
            damaged[at : at + chance.randint(0, 3)] = chance.choice(
                ["", "\n", "  ", ":", "-", "{", "}", "'", '"', "&a", "*a", "0.3", "\t", "é", "{{"]
            )
        try_text("".join(damaged))


@fuzz
@given(DATA, st.sampled_from([None, 1, 3]))
def test_the_quick_lines_of_json_are_those_of_the_thorough_reading(data: Any, indent: int | None) -> None:
    text = json.dumps({"a": data, "mainSteps": [data, data]}, indent=indent).replace("Infinity", "9e99")  # which JSON has not
    document = read(text, "")
    paths = [*document.lines]
    random.Random(text).shuffle(paths)  # each search leaves positions behind for the next ones
    for path in paths:
        assert document.line(path) == document.lines[path]
        assert document.line((*path, "nothing", 7)) == document.lines[path]
    assert document.data == json.loads(text)


@fuzz
@given(DATA)
def test_lines_of_json_are_where_things_are(data: Any) -> None:
    text = json.dumps({"a": data}, indent=1).replace("Infinity", "9e99")  # which JSON has not
    lines = text.splitlines()
    for path, line in read(text, "x").lines.items():
        if path and isinstance(path[-1], str):
            assert lines[line - 1].lstrip().startswith(json.dumps(path[-1]))
