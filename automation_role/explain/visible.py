"""Texts of a document, made safe to show to people; numbers with a noun."""

from __future__ import annotations

import re
from typing import Final

# C0 and C1 control characters, and those that change the direction of text: a document must not control a terminal or a page.
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """A text on one line, with its control characters made visible and harmless."""
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def count_of(number: int, what: str) -> str:
    """`1 step`, `2,000 steps`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
