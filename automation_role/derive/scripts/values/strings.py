"""The strings that a value may be, as patterns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ....values.patterns import Pattern
from ....values.value import Text
from .thing import DATA, Abstract, UnknownValue

MAX_TEXTS: Final = 64  # more texts than this for one variable are an unknown text


def patterns(value: Abstract) -> tuple[Pattern, ...]:
    """Every text that a value may be; none for what isn't a text."""
    if isinstance(value, str):
        return (Pattern.literal(value),)
    return value.options if isinstance(value, Text) else ()


def may_be(shapes: Sequence[Pattern], text: str) -> bool:
    """Whether one of several texts with holes may be this text."""
    return any(shape.covers(Pattern.literal(text)) for shape in shapes)


def name_may_be(name: Abstract, key: str) -> bool:
    """Whether a name that is not known may be this one; without a shape, it is none of Python's own."""
    shapes = patterns(name)
    return may_be(shapes, key) if shapes else not key.startswith("__")


def text_of(options: Sequence[Pattern]) -> str | Text | UnknownValue:
    """A string that may be any of these."""
    if len(options) == 1:
        text = options[0].text
        return text if text is not None else DATA if options[0].is_any else Text((options[0],))
    return DATA if len(options) > MAX_TEXTS or any(option.is_any for option in options) else Text(tuple(options))
