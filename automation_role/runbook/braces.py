"""Finds `{{ }}` in a text."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

# White space inside the braces is optional; `{{{{` never occurs. Source: the 497 AWS-owned runbooks, in both spellings.
_REFERENCE: Final = re.compile(r"\{\{\s*([A-Za-z0-9_.:/\[\]*-]+)\s*\}\}")


# A text that is only one reference, to a name without a `.` or `:`.
_ONLY_A_NAME: Final = re.compile(r"\s*\{\{\s*([A-Za-z0-9_/\[\]*-]+)\s*\}\}\s*")


class Reference(NamedTuple):
    """One `{{ expression }}` in a text, from `start` to `end`."""

    expression: str
    start: int
    end: int


def references_in(text: str) -> tuple[Reference, ...]:
    """Every `{{ }}` in a text, in order."""
    return tuple([Reference(match[1], match.start(), match.end()) for match in _REFERENCE.finditer(text)]) if "{{" in text else ()


def expressions_in(text: str) -> list[str]:
    """The expressions of every `{{ }}` in a text, in order."""
    return _REFERENCE.findall(text) if "{{" in text else []


def around_references(text: str) -> str:
    """A text without its `{{ }}`."""
    return _REFERENCE.sub("", text)


def parameter_named_in(text: str) -> str | None:
    """The parameter in a text that is only one reference (`{{ AutomationAssumeRole }}`), else `None`."""
    found = _ONLY_A_NAME.fullmatch(text)
    return found[1] if found is not None else None
