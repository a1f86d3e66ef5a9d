"""Whether a policy's text matches a request's: all that it stands for, or some; in bounded work."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from .logic import Truth, Undecided, all_of, undecided
from .text import ONE, STAR, Atom, Atoms, Opaque, Wild, has_wildcards, literal, show


def matches(pattern: Atoms, text: Atoms, *, every: bool) -> Truth:
    """Whether a pattern matches a text; a text with wildcards stands for all the texts that it matches.

    Args:
        pattern: of a policy.
        text: of a request.
        every: whether the pattern must match every text that `text` stands for, or only one of them.
    """
    return False if _begin_or_end_otherwise(pattern, text) else _compared(pattern, text, every=every)


def _begin_or_end_otherwise(pattern: Atoms, text: Atoms) -> bool:
    """Whether two texts differ in a character before the first wildcard or after the last: most do, and this is a quick test."""
    for ends in (zip(reversed(pattern), reversed(text), strict=False), zip(pattern, text, strict=False)):
        for one, other in ends:
            if not isinstance(one, str) or not isinstance(other, str):
                break
            if one != other:
                return True
    return False


@lru_cache(maxsize=1 << 16)
def _compared(pattern: Atoms, text: Atoms, *, every: bool) -> Truth:
    try:
        return _matches(pattern, text, every=every)
    except _TooMuchError:
        return undecided(f"{_shortened(pattern)!r} and {_shortened(text)!r} have too many wildcards, or are too long, to be compared")


class _TooMuchError(Exception):
    """Two texts that were written to be hard to compare."""


# An object's ARN has at most 1,024 characters of its key: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
_LONGEST: Final = 2_048
# Sets of positions beyond one for each atom of a text; what people write needs ten.
_MOST_SETS: Final = 2_000


def _shortened(text: Atoms) -> str:
    shown = show(text[:40])
    return shown if len(text) <= 40 else f"{shown}…"


def _matches(pattern: Atoms, text: Atoms, *, every: bool) -> Truth:
    if covers(pattern, text) if every else _overlaps(pattern, text, loose=False):
        return True
    unclear = [atom for atom in (*pattern, *text) if isinstance(atom, Opaque)]
    if not unclear:
        return False
    if every and not any(isinstance(atom, Opaque) for atom in text):
        possible = covers(tuple(STAR if isinstance(a, Opaque) and not a.name else a for a in pattern), text)
    else:
        possible = _overlaps(_loosened(pattern), _loosened(text), loose=True)
    return Undecided(tuple(dict.fromkeys(atom.reason for atom in unclear))) if possible else False


def touches(pattern: Atoms, text: Atoms) -> Truth:
    """Whether a pattern matches some of the ARNs that a text stands for.

    A pattern's wildcard may match colons. But in a real ARN no field before the resource has one. So a volume with `*` for its account is not
    among the instances, although that `*` could stand for `111122223333:instance/i-1`.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    truth = matches(pattern, text, every=False)
    parts, others = six(pattern), six(text)
    if truth is False or parts is None or others is None or not has_wildcards(text) or not _may_be_account(parts[4]):
        return truth
    return all_of(matches(one, other, every=False) for one, other in zip(parts, others, strict=True))


def six(text: Atoms) -> list[Atoms] | None:
    """The parts of an ARN."""
    parts: list[list[Atom]] = [[]]
    for atom in text:
        if atom == ":" and len(parts) < 6:
            parts.append([])
        else:
            parts[-1].append(atom)
    return [tuple(part) for part in parts] if len(parts) == 6 else None


def _may_be_account(part: Atoms) -> bool:
    """Not a resource type: then a wildcard before it does cross a colon."""
    return part == literal("aws") or not any(isinstance(atom, str) and "a" <= atom <= "z" for atom in part)


def covers(pattern: Atoms, text: Atoms) -> bool:
    """Whether `pattern` matches every text that `text` stands for."""
    if pattern == (STAR,):
        return True
    if len(text) > _LONGEST:
        raise _TooMuchError
    return not _asks_for_more(pattern, text) and _follows(pattern, text)


def _follows(pattern: Atoms, text: Atoms) -> bool:
    """As `covers`.

    The hardest text that a wildcard of `text` can stand for consists of characters that `pattern` does not have. So one such character stands for
    all of them, and the pattern's possible positions, as bits, are followed through every length of it. The answer is exact. An opaque atom is a
    character of its own that `*` matches and `?` does not.
    """
    left = _MOST_SETS
    star, one, letters = _positions(pattern)
    end = 1 << len(pattern)

    def close(at: int) -> int:
        return at | (at & star) << 1

    def step(at: int, letter: Atom | None) -> int:
        forward = at & letters.get(letter, 0) if letter is not None else 0
        if not isinstance(letter, Opaque):
            forward |= at & one
        return close(at & star | forward << 1)

    reached = {close(1)}
    for atom in text:
        if atom is STAR:
            grown, fresh = set(reached), reached
            while fresh := {step(at, None) for at in fresh} - grown:
                grown |= fresh
                if len(grown) > left:
                    raise _TooMuchError
            reached = grown
        else:
            reached = {step(at, None if atom is ONE else atom) for at in reached}
        if 0 in reached:
            return False
        left -= len(reached) - 1
        if left < 0:
            raise _TooMuchError
    return all(at & end for at in reached)


def _asks_for_more(pattern: Atoms, text: Atoms) -> bool:
    """Whether a pattern has a character, before its first wildcard or after its last, where the text may have another one."""
    for ends in (zip(reversed(pattern), reversed(text), strict=False), zip(pattern, text, strict=False)):
        for own, other in ends:
            if isinstance(own, Wild):
                break
            if own != other:
                return True
    return False


def _positions(pattern: Atoms) -> tuple[int, int, dict[Atom, int]]:
    star = one = 0
    letters: dict[Atom, int] = {}
    for i, atom in enumerate(pattern):
        if atom is STAR:
            star |= 1 << i
        elif atom is ONE:
            one |= 1 << i
        else:
            letters[atom] = letters.get(atom, 0) | 1 << i
    return star, one, letters


def _overlaps(one: Atoms, other: Atoms, *, loose: bool) -> bool:
    """Whether some text matches both: a walk over pairs of positions, those of the longer side as bits."""
    if min(len(one), len(other)) > _LONGEST:
        raise _TooMuchError
    rows, columns = (one, other) if len(one) <= len(other) else (other, one)
    masks = _Masks(columns, loose=loose)
    reached = masks.spread(1, 0)
    for atom in rows:
        taken, stay, step = masks.of(atom)
        at = masks.spread(reached, stay)  # the atom matches some of the columns
        reached = masks.spread((at & taken) | (at & step) << 1, 0)
        if not reached:
            return False
    return bool(reached >> len(columns) & 1)


class _Masks:
    """Positions of a text as bits: which of its atoms can match an atom of another text."""

    def __init__(self, text: Atoms, *, loose: bool) -> None:
        self._length, self._loose = len(text), loose
        self._all = (1 << len(text) + 1) - 1
        self._letters: dict[Atom, int] = {}
        self._characters = self._in_names = 0
        for i, atom in enumerate(text):
            bit = 1 << i
            self._letters[atom] = self._letters.get(atom, 0) | bit
            self._characters |= bit * (isinstance(atom, str) or (loose and isinstance(atom, Opaque)))
            self._in_names |= bit * _is_in_names(atom)
        self._stars, self._names = self._letters.get(STAR, 0), self._letters.get(Wild.NAME, 0)

    def of(self, atom: Atom) -> tuple[int, int, int]:
        """Where the atom can end while the text stays (its wildcards match it), where it matches an atom and stays, where both advance."""
        if atom is STAR:
            return self._all, self._all, 0
        if atom is Wild.NAME:
            return self._all, self._in_names, 0
        step = self._letters.get(atom, 0)
        if atom is ONE:
            step |= self._characters
        elif isinstance(atom, str) or self._loose:
            step |= self._letters.get(ONE, 0)
        return self._stars | (self._names if _is_in_names(atom) else 0), 0, step

    def spread(self, at: int, stay: int) -> int:
        """All positions reached from these over the text's own wildcards, which may be empty, and over the atoms in `stay`."""
        over, width = (self._stars | self._names | stay) << 1, 1
        while width <= self._length:
            at |= over & at << width
            over &= over << width
            width <<= 1
        return at & self._all


def _is_in_names(atom: Atom) -> bool:
    """Whether the wildcard for a name matches it."""
    return atom in (ONE, Wild.NAME) or (isinstance(atom, str) and atom not in ":/")


def _loosened(text: Atoms) -> Atoms:
    """Opaque pieces as what they could be: anything, or for a generated name some characters and an end that no literal text has."""
    return tuple(a for atom in text for a in (((Wild.NAME, atom) if atom.name else (STAR,)) if isinstance(atom, Opaque) else (atom,)))
