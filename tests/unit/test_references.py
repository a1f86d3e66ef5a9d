"""What an input may be, before the automation runs: literals, slots, bound values, allowed values, and unknown parts."""

from __future__ import annotations

from typing import Any

import pytest

from automation_role.runbook.braces import parameter_named_in
from automation_role.runbook.model import Runbook
from automation_role.runbook.references import resolve
from automation_role.values.place import Place
from automation_role.values.value import UNKNOWN, Text, Value

TEXT = """
schemaVersion: '0.3'
assumeRole: '{{ Role }}'
parameters:
  Role: {type: String, default: ''}
  Free: {type: String, default: kept}
  Mode: {type: String, allowedValues: [soft, hard]}
  Size: {type: Integer, allowedValues: [1, 2]}
  Many: {type: String, allowedValues: [MANY]}
  Names: {type: StringList, allowedValues: [a, b]}
  Bound: {type: String}
  List: {type: StringList}
  Map: {type: StringMap}
mainSteps:
- {name: a, action: 'aws:pause', inputs: {}}
""".replace("MANY", ", ".join(f"v{i}" for i in range(30)))

TOKEN = "${Token[TOKEN.7]}"
RUNBOOK = Runbook.from_text(TEXT, name="R", parameters={"Bound": TOKEN, "List": ["x", TOKEN], "Map": {"k": "v*"}})
HERE = Place(partition="aws", account="1", regions=("eu-west-1",), role_arn="ROLE")


def written(value: Value) -> Any:
    """A value with its patterns written out."""
    if isinstance(value, Text):
        return [text for option in value.options for text in HERE.write(option)]
    if isinstance(value, tuple):
        return tuple(map(written, value))
    if isinstance(value, dict):
        return {key: written(item) for key, item in value.items()}
    return value


@pytest.mark.parametrize(
    ("data", "known"),
    [
        ("plain", ["plain"]),
        ("a*b", ["a${*}b"]),
        (5, 5),
        (True, True),
        (None, None),
        ("{{ Free }}", UNKNOWN),
        ("x-{{Free}}", ["x-*"]),
        ("{{ Mode }}", ["soft", "hard"]),
        ("{{Size}}", ["1", "2"]),
        ("{{ Names }}", (["a", "b"],)),
        ("{{ Mode }}/{{ Size }}", ["soft/1", "soft/2", "hard/1", "hard/2"]),
        ("{{ Many }}{{ Many }}{{ Many }}", [f"v{i}*" for i in range(30)]),
        ("{{ Role }}", ["ROLE"]),
        ("{{Bound}}", [TOKEN]),
        ("arn:{{ global:AWS_PARTITION }}:sns:{{global:REGION}}:{{ global:ACCOUNT_ID }}:{{ Bound }}", [f"arn:aws:sns:eu-west-1:1:{TOKEN}"]),
        ("{{ List }}", (["x"], [TOKEN])),
        ("{{ Map }}", {"k": ["v${*}"]}),
        ("{{ step.Output }}", UNKNOWN),
        ("{{ variable:x }}", UNKNOWN),
        ("{{ automation:EXECUTION_ID }}", UNKNOWN),
        ("{{ global:DATE }}", UNKNOWN),
        ("{{ Missing }}", UNKNOWN),
        ("{{ loop.CurrentIteratorValue }}x", ["*x"]),
        (["{{ Mode }}", {"k": "{{Bound}}"}], (["soft", "hard"], {"k": [TOKEN]})),
        ({"{{ a }}": "b"}, {"{{ a }}": ["b"]}),
        ("${Token[T.1]}/{{ Free }}/${Token[T.2]}", ["${Token[T.1]}/*/${Token[T.2]}"]),
        (["#{Token[T.1]}"], UNKNOWN),
    ],
)
def test_an_input_is_known_as_far_as_it_can_be(data: Any, known: Any) -> None:
    assert written(resolve(data, RUNBOOK)) == known


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{{ A }}", "A"),
        ("{{A}}", "A"),
        (" {{ A }} ", "A"),
        ("arn:{{ A }}", None),
        ("{{ s.O }}", None),
        ("{{ global:X }}", None),
        ("A", None),
    ],
)
def test_a_whole_reference_names_its_parameter(text: str, named: str | None) -> None:
    assert parameter_named_in(text) == named


def test_a_default_is_not_taken_for_what_is_given() -> None:
    assert resolve("{{ Free }}", RUNBOOK) is UNKNOWN


def test_the_assume_role_parameter_may_be_bound_to_another_role() -> None:
    runbook = Runbook.from_text(TEXT, name="R", parameters={"Role": "arn:aws:iam::1:role/Other"})
    assert written(resolve("{{ Role }}", runbook)) == ["arn:aws:iam::1:role/Other"]
