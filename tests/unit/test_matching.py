"""`allowedPattern`: the same answer as Python's `re` gives, in bounded time."""

from __future__ import annotations

import random
import re
import time

import pytest

from automation_role import Runbook
from automation_role.runbook.matching import matches

PIECES = [
    "a",
    "b",
    "ab",
    ".",
    "[ab]",
    "[^a]",
    r"\d",
    r"\w",
    "(a|b)",
    "(?:ab|a)",
    "^",
    "$",
    r"\b",
    "(?=a)",
    "(?!b)",
    "(?<!a)",
    "(?<=b)",
    "-",
]
REPEATS = ["", "", "*", "+", "?", "{2}", "{1,2}", "{2,}", "*?"]


def some_pattern(chance: random.Random, depth: int = 2) -> str:
    pieces = []
    for _ in range(chance.randint(1, 3)):
        piece = f"({some_pattern(chance, depth - 1)})" if depth and chance.random() < 0.3 else chance.choice(PIECES)
        pieces.append(piece + (chance.choice(REPEATS) if piece[0] not in "^$\\" and not piece.startswith("(?=") else ""))
    return "|".join(["".join(pieces)] * (1 if chance.random() < 0.8 else 2))


def test_the_answer_is_that_of_python_wherever_there_is_one():
    chance = random.Random(7)
    judged = 0
    for _ in range(3_000):
        pattern = some_pattern(chance)
        try:
            search = re.compile(pattern).search
        except re.error:
            continue
        for _ in range(4):
            text = "".join(chance.choice("ab-1\n") for _ in range(chance.randint(0, 6)))
            answer = matches(pattern, text)
            judged += answer is not None
            assert answer in (None, search(text) is not None), (pattern, text)
    assert judged > 10_000


@pytest.mark.parametrize(
    ("pattern", "text", "answer"),
    [
        (r"^i-[a-f0-9]{8}(?:[a-f0-9]{9})?$", "i-0123456789abcdef0", True),
        (r"^i-[a-f0-9]{8}(?:[a-f0-9]{9})?$", "i-0123", False),
        (r"^(?!env-)[a-z-]+$", "env-a", False),
        (r"(\w)\1", "aa", None),  # a backreference
        (r"(?i)^a$", "A", None),
        (r"^\p{Alpha}+$", "a", None),  # of Java only
        ("(" * 5_000 + "a" + ")" * 5_000, "b", None),
        ("a{4294967296}", "a", None),
    ],
)
def test_what_is_not_judged_is_left_to_automation(pattern, text, answer):
    assert matches(pattern, text) is answer


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("^(a+)+$", "a" * 40 + "!"),
        ("^(a|aa)+$", "a" * 3_000 + "!"),
        ("^(a*)*b$", "a" * 3_000),
        ("^(.*a){25}$", "a" * 3_000 + "!"),
        ("a*" * 200 + "b", "a" * 3_000),
        ("^((a{1,1000}){1,1000}){1,1000}$", "a" * 3_000 + "!"),
        ("^(){1000000000}$", ""),
        ("(?=(?=(?=a*)a*)a*)" * 100 + "b", "a" * 3_000),
    ],
)
def test_no_pattern_takes_long(pattern, text):
    before = time.process_time()
    assert matches(pattern, text) is not True or re.fullmatch(pattern, text)
    assert time.process_time() - before < 2


def test_a_bound_value_is_checked_without_going_back():
    document = {
        "schemaVersion": "0.3",
        "parameters": {"Name": {"type": "String", "allowedPattern": "^(a+)+$"}},
        "mainSteps": [{"name": "wait", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}],
    }
    with pytest.raises(ValueError, match=r"allowedPattern is '\^\(a\+\)\+\$'; pass a value that matches"):
        Runbook.from_mapping(document, name="Wait", parameters={"Name": "a" * 40 + "!"})
