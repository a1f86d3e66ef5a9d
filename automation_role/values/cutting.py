"""Searches and splits texts with holes, by their literal parts."""

from __future__ import annotations

from .patterns import Bound, Pattern


def after_last(text: Pattern, separator: str) -> Pattern:
    """The text after the last separator; the whole text if it has none."""
    for at in range(len(text.parts) - 1, -1, -1):
        part = text.parts[at]
        if isinstance(part, str) and separator in part:
            return Pattern((part.rpartition(separator)[2], *text.parts[at + 1 :]))
    return text


def after_first(text: Pattern, separator: str) -> Pattern:
    """The text after the first separator; the whole text if it has none."""
    for at, part in enumerate(text.parts):
        if isinstance(part, str) and separator in part:
            return Pattern((part.partition(separator)[2], *text.parts[at + 1 :]))
    return text


def before(text: Pattern, separator: str) -> Pattern:
    """The text before the first separator; the whole text if it has none."""
    for at, part in enumerate(text.parts):
        if isinstance(part, str) and separator in part:
            return Pattern((*text.parts[:at], part.partition(separator)[0]))
    return text


def starts(text: Pattern, beginning: str) -> bool:
    """Whether a text certainly begins with this."""
    return bool(text.parts) and isinstance(text.parts[0], str) and text.parts[0].startswith(beginning)


def holds(text: Pattern, piece: str) -> bool:
    """Whether a text certainly contains this."""
    return any(isinstance(part, str) and piece in part for part in text.parts)


def ends(text: Pattern, end: str) -> bool:
    """Whether a text certainly ends with this."""
    return bool(text.parts) and isinstance(text.parts[-1], str) and text.parts[-1].endswith(end)


def cut(text: Pattern, end: str) -> Pattern:
    """A text without this end."""
    return Pattern((*text.parts[:-1], str(text.parts[-1]).removesuffix(end)))


def replaced(text: Pattern, old: str, new: str) -> Pattern | None:
    """A text with one piece in place of another; `None` when it does not surely have it."""
    if not holds(text, old):
        return None
    return Pattern(tuple(part.replace(old, new, 1) if isinstance(part, str) else part for part in text.parts))


def begins_bound(text: Pattern) -> bool:
    """Whether a text begins with a bound value."""
    return bool(text.parts) and isinstance(text.parts[0], Bound)
