"""Every text of failures.toml: the step, the cause and the fix that its entry says."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from automation_role import Runbook
from automation_role.check.policies import of_policies
from automation_role.check.subjects import Subject
from automation_role.derive.derivation import Derivation, derive
from automation_role.sources.model import Situation
from automation_role.values.place import Place
from automation_role.why.answer import Answer, answer, to_json
from automation_role.why.causes import CAUSES
from automation_role.why.message_shapes import SHAPES
from automation_role.why.reading import read
from automation_role.why.rendering import markdown, text

ROOT = Path(__file__).resolve().parents[2]
BOOKS = {path.stem: path for folder in ("tests/enforced/runbooks", "runbooks") for path in (ROOT / folder).glob("*.yaml")}
ENTRIES: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("failures.toml").read_text())["failure"]
EACH = pytest.mark.parametrize("entry", ENTRIES, ids=[entry["name"] for entry in ENTRIES])

_DERIVED: dict[tuple[str, ...], Derivation] = {}


def derivation(names: list[str]) -> Derivation:
    key = tuple(names)
    if key not in _DERIVED:
        _DERIVED[key] = derive([Runbook.from_file(BOOKS[name]) for name in names], role_known=True)
    return _DERIVED[key]


def role(entry: dict[str, Any], folder: Path) -> list[Subject]:
    if "policies" not in entry:
        return []
    path = folder / "own.json"
    path.write_text(json.dumps({"Version": "2012-10-17", "Statement": json.loads(entry["policies"])}))
    place = Place(role_arn=None)
    return [of_policies([str(path)], None, place, Situation())]


def answers(entry: dict[str, Any], folder: Path) -> list[Answer]:
    given = Place(role_arn=entry.get("role_arn"))
    told = read(entry["text"])
    assert len(told.failures) == entry.get("failures", 1)
    return [answer(one, derivation(entry["runbooks"]), role(entry, folder), given) for one in told.failures]


@EACH
def test_the_step_and_the_cause(entry: dict[str, Any], tmp_path: Path) -> None:
    found = answers(entry, tmp_path)[entry.get("index", 0)]
    steps = [f"{one.runbook.name}:{one.step.name}" if ":" in "".join(entry["at"]) else one.step.name for one in found.at]
    assert steps == entry["at"]
    assert found.cause.id == entry["cause"]
    assert found.certain is entry.get("certain", not entry.get("ambiguous", False))
    assert entry.get("says", "") in found.cause.message
    if "line" in entry:
        assert [one.line for one in found.at] == [entry["line"]]
    if "script_line" in entry:
        assert [one.script_line for one in found.at] == [entry["script_line"]]
    if "derived" in entry:
        assert found.derived.value == entry["derived"]
    if "shapes" in entry:
        assert set(found.failure.shapes) == set(entry["shapes"])
    if "settle" in entry:
        assert any(entry["settle"] in command for command in found.cause.settle), found.cause.settle
    if not found.certain:
        assert found.cause.settle or len(found.at) != 1, "what is not certain says what settles it"
    assert bool(found.report) is entry.get("report", False)


@EACH
def test_the_fix(entry: dict[str, Any], tmp_path: Path) -> None:
    found = answers(entry, tmp_path)[entry.get("index", 0)]
    assert found.fix.message
    written = [f"{action} {on}" for one in found.fix.statements for action in one["Action"] for on in _listed(one.get("Resource", "*"))]
    assert not any("_ARN" in json.dumps(one) for one in found.fix.statements)
    if "trusts" in entry:
        (one,) = found.fix.statements
        assert one["Condition"]["StringEquals"] == {"aws:SourceAccount": entry["trusts"]}
    if "allows" in entry:
        assert written == entry["allows"]
    if "principal" in entry:
        assert [one["Principal"] for one in found.fix.statements] == [{"AWS": entry["principal"]}]
    for one in found.fix.statements:
        if "iam:PassRole" in one["Action"]:
            assert list(one["Condition"].values()) == [{"iam:PassedToService": entry.get("passes", "ssm.amazonaws.com")}]
            assert "*" not in one["Resource"]


@EACH
def test_what_fails_next(entry: dict[str, Any], tmp_path: Path) -> None:
    found = answers(entry, tmp_path)[entry.get("index", 0)]
    assert found.checked is ("policies" in entry)
    for name, lacks in (("later", found.later), ("elsewhere", found.elsewhere)):
        if name in entry:
            assert [f"{one.origins[0].step} {one.action}" for one in lacks] == entry[name]


@EACH
def test_it_can_be_printed(entry: dict[str, Any], tmp_path: Path) -> None:
    every = answers(entry, tmp_path)
    for printed in (text(every, {}), markdown(every, {})):
        assert printed.endswith("\n")
        assert "\x1b" not in printed
    data = to_json(every, derivation(entry["runbooks"]))
    assert json.loads(json.dumps(data)) == data


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def test_every_shape_and_every_cause_has_a_text(tmp_path: Path) -> None:
    found = [one for entry in ENTRIES for one in answers(entry, tmp_path)]
    unseen = {shape.id for shape in SHAPES} - {shape for one in found for shape in one.failure.shapes}
    assert unseen == set()
    assert set(CAUSES) - {one.cause.id for one in found} == set()


def test_there_are_forty_texts_or_more_over_ten_runbooks_or_more() -> None:
    assert len({entry["text"] for entry in ENTRIES}) >= 40
    assert len({name for entry in ENTRIES for name in entry["runbooks"]}) >= 10


def test_the_page_has_every_shape_and_every_cause() -> None:
    page = (ROOT / "docs" / "access-denied.md").read_text()
    rows = [f"| `{shape.id}` | {shape.means} |" for shape in SHAPES]
    rows += [f"| `{name}` | {kind.means} | {kind.where} |" for name, kind in CAUSES.items()]
    assert [row for row in rows if row not in page] == []
