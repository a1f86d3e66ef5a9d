"""What is known before a run about a value in a runbook: a text's options, a mapping, a list, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final, TypeAlias

from .patterns import LONG, Pattern


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A string: every text that it may be, in the order found (one for a literal, several for `allowedValues`)."""

    options: tuple[Pattern, ...]

    @classmethod
    def literal(cls, text: str) -> Text:
        """Exactly this text."""
        return _short(text) if len(text) < LONG else cls((Pattern.literal(text),))

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Text) and self.options == other.options)

    def __hash__(self) -> int:
        return hash(self.options)

    @property
    def literals(self) -> tuple[str, ...] | None:
        """All its texts when every one of them is literal, else `None`."""
        texts = tuple(option.text for option in self.options)
        return tuple(t for t in texts if t is not None) if None not in texts else None


@lru_cache(maxsize=8_192)
def _short(text: str) -> Text:
    """A literal, cached as its pattern is: ten thousand steps keep one `Text` for an input that all of them have."""
    return Text((Pattern.literal(text),))


class Unknown(Enum):
    """A whole value (of any shape) that is a runtime value."""

    UNKNOWN = "unknown"

    __hash__ = object.__hash__  # as for `patterns.Slot`


UNKNOWN: Final = Unknown.UNKNOWN

Value: TypeAlias = Text | Unknown | Mapping[str, "Value"] | tuple["Value", ...] | bool | int | float | None
