"""What a parameter's declaration says of how its values begin."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation_role.runbook.model import Runbook
from automation_role.runbook.prefixes_declared import beginnings_of
from automation_role.runbook.references import resolve
from automation_role.values.patterns import ANY, Pattern
from automation_role.values.value import UNKNOWN, Text


@pytest.mark.parametrize(
    ("pattern", "beginnings"),
    [
        ("^i-[a-z0-9]{8,17}$", ("i-",)),
        ("^$|^sg-[0-9a-f]+$", ("", "sg-")),
        (r"^arn:(aws|aws-cn):s3:::logs$", ("arn:",)),
        (r"^a\.b\-c", ("a.b-c",)),
        (r"^[|]x|^b", None),
        ("^ab?c", ("a",)),
        ("^ab*", ("a",)),
        ("^a{2}", None),
        ("^(a|b)", None),
        ("^a(b|c)|^d", ("a", "d")),
        ("i-[a-z0-9]+", None),
        ("^i-x|vol-x", None),
        (r"^\d+", None),
        ("^a[])]|b", None),  # the bracket in the class ends nothing, so what is in a group is unclear
        (".*", None),
    ],
)
def test_a_pattern_says_how_its_texts_begin(pattern: str, beginnings: tuple[str, ...] | None):
    assert beginnings_of(pattern) == beginnings


@given(
    pattern=st.lists(st.sampled_from(["^", "$", "|", "(", ")", "a", "b", "-", "?", "*", "+", "{1}", "[ab]", "\\.", "\\d", "."])).map(
        "".join
    ),
    text=st.text("ab-.1", max_size=6),
)
def test_every_text_that_matches_begins_as_is_said(pattern: str, text: str):
    beginnings = beginnings_of(pattern)
    try:
        matches = re.search(pattern, text)
    except re.error:
        return
    if beginnings is not None and matches:
        assert any(text.startswith(begin) for begin in beginnings if begin) or ("" in beginnings and text == ""), beginnings


def parameter(**fields: Any) -> Any:
    document = {
        "schemaVersion": "0.3",
        "parameters": {"P": {"type": "String", **fields}},
        "mainSteps": [{"name": "s", "action": "aws:pause", "inputs": {}}],
    }
    return resolve("{{ P }}", Runbook.from_mapping(document, name="Test"))


def test_a_parameter_begins_as_its_pattern_says_or_is_its_default():
    assert parameter(allowedPattern="^sg-.+$", default="") == Text((Pattern(("sg-", ANY)), Pattern(())))
    assert parameter(type="AWS::EC2::Instance::Id") == Text((Pattern(("i-", ANY)),))
    assert parameter(type="StringList", allowedPattern="^sg-.+$") == (Text((Pattern(("sg-", ANY)),)),)


def test_listed_values_say_more_and_others_nothing():
    assert parameter(allowedPattern="^a", allowedValues=["ab"]) == Text.literal("ab")
    assert parameter(allowedPattern="[a-z]+") is UNKNOWN
    assert parameter(type="StringMap", allowedPattern="^a") is UNKNOWN
    assert parameter() is UNKNOWN
