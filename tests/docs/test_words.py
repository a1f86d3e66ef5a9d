"""Messages, docstrings, comments and pages keep to plain English: words that read as if translated don't come back.

Each rule is a habit that this project had, with what to write instead. A rule reads every sentence, so it must hardly ever be wrong.
"""

from __future__ import annotations

import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path
from re import _parser
from typing import Any, Final

import pytest

ROOT = Path(__file__).parents[2]
READ: Final = ("automation_role/*.py", "tools/*.py", "tools/*.toml", "examples/*.py", "app.py", "*.md")

# pattern -> what to write
RULES: Final = {
    r"\b(is|are|was|were|be|been|being) told\b": "is reported, is warned about",
    r"(?<!there )\b(is|are) no (?!longer\b|more\b|different\b)[a-z]": "isn't a …, is not a valid …",
    r"(?<!leave )(?<!left )\balone\b": "only, by itself",
    r"\bhands? (itself |it |them )?(on|over|to)\b|\bhanded\b": "pass",
    r"(?<!there )\b(is|are) none\b(?! of)": "say what it is: an invalid account ID",
    r"\banew\b": "again",
    r"\bfor ever\b": "without end, indefinitely",
    r"\b(all|nothing|none|anything|everything|,) but for\b|\bbut for (the|those|a|one|empty|explicit|their)\b": "except",
    r"\bno sooner\b": "only known at run time",
    r"\bIAM (takes|does not take|would not take)\b": "IAM allows, accepts",
    r"\bknown (only )?(while|when) (it|the automation|an automation|the script|this one) runs\b": "a runtime value",
    r"(?<!what )\b(is|are|was|were|be|been) (also |only |not )?given\b": "passed, set, provided",
    r"\bblind spot": "finding; gap if it may mean a missing permission",
    r"\bcould not be seen\b": "could not be checked",
    r", for (it|they|this|these|no|nothing|neither|both|its|their|nobody) [a-z]": "because, since",
    r"\bhangs? on\b": "depends on",
    r"\b(nobody|somebody|anybody) (said|says|gave|gives|sees)\b": "unknown",
    r"\b(AWS|AWS Config|State Manager|EventBridge|CreateDocument|StartAutomationExecution|CloudFormation|Systems Manager) takes?\b(?! place| effect)": (
        "accepts, uses, expects"
    ),
    r"\b(both|neither|twice) given\b|\bgiven (twice|by itself)\b": "both are set, set twice, on its own",
    r"\bnot all (that|of) [^.]*\bcould\b": "part of … could not",
    r"\bnot asked\b": "not checked",
    r"\beach by itself\b": "separately, one by one",
    r"\b(is|are) there twice\b": "is used twice",
    r"\blets? in\b": "trusts, allows",
    r"\b(held|hold|holds) to\b": "limited to",
    r"\btruth values?\b": "boolean",
    r"\bwithout (its|their) endings?\b": "without its extension",
    r"\bof which (nothing|not|only|no)\b": "unknown, whose … is unknown",
    r"\bsays? (nothing|no more) of\b": "does not show",
    r"\bmatters? to (nobody|somebody)\b": "does (not) matter",
    r"\bin the house style\b": "say what is wrong",
    r"\bpassed by (name|position)\b": "by its name; a positional argument",
    r"\bor only wider\b": "or was derived wider",
    r"\badmits?\b(?! that)": "allows, trusts",
    r"\bmakes? (one|it) up\b": "generates one",
    r"\ba (AWS|IAM|ARN|S3|SNS|SQS|EC2|ECS|SSM|HTML|API|[aei][a-z]+)\b": "an …",
    r"\b(?P<word>the|a|an|of|to|is|are|in|and|or|it|for|with|by) (?P=word)\b": "once",
}


def needed(pattern: str) -> list[str]:
    """Texts of which every match has one. To look for them is quick; to match each pattern everywhere takes seconds."""

    def of(nodes: Any) -> list[str]:
        found: list[list[str]] = [[""]]
        for kind, value in nodes:
            if str(kind) == "LITERAL":
                found[-1] = [text + chr(value) for text in found[-1]]
                continue
            inside = value[1] if str(kind) == "BRANCH" else [value[-1]] if str(kind) == "SUBPATTERN" else []
            found += [[text for each in inside for text in of(each)] or [""], [""]]
        return max(found, key=lambda texts: min(map(len, texts)))

    return of(_parser.parse(pattern))


NEEDED: Final = {pattern: needed(pattern) for pattern in RULES}


def sentences(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that people read, with their numbers: a page's prose; a program's comments, docstrings and texts."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in {tokenize.COMMENT, tokenize.STRING} or token.type == getattr(tokenize, "FSTRING_MIDDLE", None):
                yield from enumerate(token.string.split("\n"), token.start[0])
        return
    fenced = False
    for number, line in enumerate(text.split("\n"), 1):
        if path.suffix == ".md" and line.lstrip().startswith("```"):
            fenced = not fenced
        elif path.suffix == ".md" and not fenced and not line.startswith("    "):
            yield number, line
        elif path.suffix == ".toml" and "#" in line:
            yield number, line.partition("#")[2]


def files() -> list[Path]:
    found = subprocess.run(["git", "ls-files", "--", *READ], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    return [ROOT / name for name in found]


FILES = files()


def _perhaps_in(text: str) -> list[str]:
    return [pattern for pattern, texts in NEEDED.items() if any(each in text for each in texts) and re.search(pattern, text)]


@pytest.mark.skipif(not FILES, reason="not a git checkout")
def test_no_sentence_has_a_habit_that_reads_as_translated() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match[0]!r} → {RULES[pattern]}: {line.strip()[:120]}"
        for path in FILES
        if (patterns := _perhaps_in(path.read_text(encoding="utf-8")))
        for number, line in sentences(path)
        for pattern in patterns
        if (match := re.search(pattern, line)) is not None
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "a role that is told",
        "an instance is no task",
        "all but for one",
        "the role is handed on",
        "it is given a name",
        "AWS Config takes at most 25",
        "--role: given twice",
        "not all that it needs could be derived",
        "is a AWS::S3::Bucket",
        "the role of the the account",
        "only runbooks that are passed by name",
        "could not be derived, or only wider than needed",
    ],
)
def test_the_rules_see_these(text: str) -> None:
    assert any(re.search(pattern, text) and any(each in text for each in NEEDED[pattern]) for pattern in RULES)
    assert not any(
        re.search(pattern, "the finding is reported, since there is no role, and it is no longer left alone") for pattern in RULES
    )
