"""Errors about the user's input: one line that says what to do.

Every message reads *where: what was given → what is allowed; what to do*, on one line, without a full stop.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

# A longer value is not a name, and would make the line too long.
_LONGEST: Final = 80


class AutomationRoleError(ValueError):
    """The user's input cannot be used; the message says where, what, and what to do."""


class Problem(NamedTuple):
    """One thing that is wrong in a file.

    Attributes:
        source: the file's path, or `<text>`, `<stdin>`…
        line: line in that file, counted from 1; `None` when it is about the whole file.
        message: what was given, what is allowed, what to do.
    """

    source: str
    line: int | None
    message: str

    def __str__(self) -> str:
        where = self.source if self.line is None else f"{self.source}:{self.line}"
        return f"{where}: {self.message}"


class RunbookError(AutomationRoleError):
    """A runbook cannot be used; `problems` has everything that is wrong with it, in the order of its lines."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def quoted(value: object) -> str:
    """A value in quotes, shortened if it is too long for a name."""
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def did_you_mean(given: str, allowed: Iterable[str]) -> str:
    """`; did you mean 'x'?` for the nearest allowed word, or nothing."""
    near = nearest(given, allowed)
    return f"; did you mean {quoted(near)}?" if near is not None else ""


def nearest(given: str, allowed: Iterable[str]) -> str | None:
    """The allowed word nearest to this one, in any letter case, if one is near."""
    import difflib  # needed only for mistakes

    by_lower = {word.lower(): word for word in sorted(allowed, reverse=True)}
    near = difflib.get_close_matches(given.lower(), by_lower, n=1)
    return by_lower[near[0]] if near else None
