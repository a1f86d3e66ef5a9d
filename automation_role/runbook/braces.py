"""Finds `{{ }}` in a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# White space inside the braces is optional; `{{{{` never occurs. Source: the 497 AWS-owned runbooks, in both spellings.
_REFERENCE: Final = re.compile(r"\{\{\s*([A-Za-z0-9_.:/\[\]*-]+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Reference:
    """One `{{ expression }}` in a text, from `start` to `end`."""

    expression: str
    start: int
    end: int


def references_in(text: str) -> tuple[Reference, ...]:
    """Every `{{ }}` in a text, in order."""
    return tuple(Reference(match[1], match.start(), match.end()) for match in _REFERENCE.finditer(text)) if "{{" in text else ()


def parameter_named_in(text: str) -> str | None:
    """The parameter in a text that is only one reference (`{{ AutomationAssumeRole }}`), else `None`."""
    found = references_in(text.strip())
    if len(found) == 1 and found[0].start == 0 and found[0].end == len(text.strip()) and not re.search(r"[.:]", found[0].expression):
        return found[0].expression
    return None
