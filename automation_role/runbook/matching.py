"""Whether a text matches a runbook's `allowedPattern`, in bounded time whatever the pattern is.

Python's `re` backtracks: with `^(a+)+$`, it would take years to reject fifty letters. Here, all alternatives are followed at
once, as the set of positions that a match has reached, and the work is counted. See docs/adr/0012-allowed-patterns.md.
"""

from __future__ import annotations

import re
import re._constants as sre  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, TypeAlias

_Positions: TypeAlias = frozenset[int]

# At most this many positions: about 0.1 s. Patterns in AWS-owned runbooks need up to 15,000 for a text of 100 characters.
_MOST_WORK: Final = 200_000


def matches(pattern: str, text: str) -> bool | None:
    """Whether the pattern matches in a text; `None`: unknown.

    AWS uses Java's patterns. A pattern is not judged if Python reads it differently or not at all, if it needs more than a list of positions
    (backreferences, possessive repeats, flags), or if it takes too much work: Automation itself checks the value at the start.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-syntax-data-elements-parameters.html
    """
    try:
        read = _read(pattern)
        return None if read is None else bool(_Matcher(text).sequence(read, frozenset(range(len(text) + 1))))
    except (_NotJudgedError, RecursionError):
        return None


@lru_cache(maxsize=256)
def _read(pattern: str) -> Any | None:
    try:
        read = parser.parse(pattern)
    except (re.error, RecursionError, OverflowError):
        return None
    return read if read.state.flags == sre.SRE_FLAG_UNICODE else None


class _NotJudgedError(Exception):
    """An unsupported pattern, or too much work."""


class _Matcher:
    """Follows a parsed pattern through one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._work = _MOST_WORK

    def sequence(self, nodes: Any, starts: _Positions) -> _Positions:
        """The positions where a match of all the nodes in sequence can end, if it begins at one of these positions."""
        for kind, given in nodes:
            if not starts:
                break
            self._work -= len(starts)
            if self._work < 0 or kind not in _NODES:
                raise _NotJudgedError
            starts = _NODES[kind](self, given, starts)
        return starts

    def characters(self, fits: Callable[[str], bool], starts: _Positions) -> _Positions:
        return frozenset(at + 1 for at in starts if at < len(self._text) and fits(self._text[at]))

    def branch(self, given: Any, starts: _Positions) -> _Positions:
        return frozenset[int]().union(*(self.sequence(option, starts) for option in given[1]))

    def group(self, given: Any, starts: _Positions) -> _Positions:
        _, added, removed, nodes = given
        if added or removed:
            raise _NotJudgedError
        return self.sequence(nodes, starts)

    def repeat(self, given: Any, starts: _Positions) -> _Positions:
        least, most, nodes = given
        for _ in range(least):
            starts = self.sequence(nodes, starts)
            if not starts:
                return starts
            self._spend()
        reached, new = set(starts), starts
        for _ in range(min(most, self._work)):
            new = self.sequence(nodes, new) - reached
            if not new:
                break
            reached |= new
        return frozenset(reached)

    def look(self, given: Any, starts: _Positions, *, wanted: bool) -> _Positions:
        direction, nodes = given
        if direction > 0:
            return frozenset(at for at in starts if bool(self.sequence(nodes, frozenset({at}))) is wanted)
        shortest, longest = nodes.getwidth()
        behind = {at: [at - width for width in range(shortest, longest + 1) if at >= width] for at in starts}
        return frozenset(
            at for at, begins in behind.items() if any(at in self.sequence(nodes, frozenset({begin})) for begin in begins) is wanted
        )

    def at(self, place: Any, starts: _Positions) -> _Positions:
        if place not in _PLACES:
            raise _NotJudgedError
        return frozenset(at for at in starts if _PLACES[place](self._text, at))

    def _spend(self) -> None:
        self._work -= 1
        if self._work < 0:
            raise _NotJudgedError


def _is_word(text: str, at: int) -> bool:
    return 0 <= at < len(text) and _CATEGORIES[sre.CATEGORY_WORD](text[at])


def _is_boundary(text: str, at: int) -> bool:
    return _is_word(text, at - 1) is not _is_word(text, at)


_PLACES: Final[Mapping[Any, Callable[[str, int], bool]]] = {
    sre.AT_BEGINNING: lambda _, at: at == 0,
    sre.AT_BEGINNING_STRING: lambda _, at: at == 0,
    sre.AT_END: lambda text, at: at == len(text) or (at == len(text) - 1 and text[at] == "\n"),
    sre.AT_END_STRING: lambda text, at: at == len(text),
    sre.AT_BOUNDARY: _is_boundary,
    sre.AT_NON_BOUNDARY: lambda text, at: bool(text) and not _is_boundary(text, at),
}

_CATEGORIES: Final[Mapping[Any, Callable[[str], bool]]] = {
    sre.CATEGORY_DIGIT: str.isdecimal,
    sre.CATEGORY_NOT_DIGIT: lambda letter: not letter.isdecimal(),
    sre.CATEGORY_SPACE: str.isspace,
    sre.CATEGORY_NOT_SPACE: lambda letter: not letter.isspace(),
    sre.CATEGORY_WORD: lambda letter: letter.isalnum() or letter == "_",
    sre.CATEGORY_NOT_WORD: lambda letter: not (letter.isalnum() or letter == "_"),
}


def _is_in(items: Any, letter: str) -> bool:
    """Whether a character is in a class, `[^a-z]`."""
    code = ord(letter)
    negated = bool(items) and items[0][0] is sre.NEGATE
    for kind, given in items:
        if (
            (kind is sre.LITERAL and given == code)
            or (kind is sre.RANGE and given[0] <= code <= given[1])
            or (kind is sre.CATEGORY and _CATEGORIES[given](letter))
        ):
            return not negated
    return negated


_NODES: Final[Mapping[Any, Callable[[_Matcher, Any, _Positions], _Positions]]] = {
    sre.LITERAL: lambda matcher, code, starts: matcher.characters(lambda letter: ord(letter) == code, starts),
    sre.NOT_LITERAL: lambda matcher, code, starts: matcher.characters(lambda letter: ord(letter) != code, starts),
    sre.ANY: lambda matcher, _, starts: matcher.characters(lambda letter: letter != "\n", starts),
    sre.IN: lambda matcher, items, starts: matcher.characters(lambda letter: _is_in(items, letter), starts),
    sre.BRANCH: _Matcher.branch,
    sre.SUBPATTERN: _Matcher.group,
    sre.MAX_REPEAT: _Matcher.repeat,
    sre.MIN_REPEAT: _Matcher.repeat,
    sre.ASSERT: lambda matcher, given, starts: matcher.look(given, starts, wanted=True),
    sre.ASSERT_NOT: lambda matcher, given, starts: matcher.look(given, starts, wanted=False),
    sre.AT: _Matcher.at,
}
