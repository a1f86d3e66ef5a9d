"""The strings that a value may be, as patterns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ....values.patterns import Pattern
from ....values.value import Text
from .thing import DATA, UnknownValue

MAX_TEXTS: Final = 64  # more texts than this for one variable are an unknown text


def patterns(value: str | Text) -> tuple[Pattern, ...]:
    """Every text that a value may be."""
    return (Pattern.literal(value),) if isinstance(value, str) else value.options


def text_of(options: Sequence[Pattern]) -> str | Text | UnknownValue:
    """A string that may be any of these."""
    if len(options) == 1:
        text = options[0].text
        return text if text is not None else DATA if options[0].is_any else Text((options[0],))
    return DATA if len(options) > MAX_TEXTS or any(option.is_any for option in options) else Text(tuple(options))
