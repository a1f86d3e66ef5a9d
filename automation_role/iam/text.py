"""Texts of policies and requests: wildcards, unknown parts, and whether one covers another.

A text is a tuple of atoms: characters, wildcards, and *opaque* atoms, which only a deployment knows. In plain strings these are
placeholders (`values.placeholders`): `⟨Bucket83908E77⟩` is the name that CloudFormation generates for that resource,
`⟨?import 'X'⟩` is anything at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final, TypeAlias

from ..values.placeholders import PLACEHOLDER
from .logic import Truth, Undecided, all_of, undecided


class Wild(Enum):
    """A wildcard."""

    STAR = "*"
    ONE = "?"
    NAME = "name"  # any characters of a name: what precedes the random end of a name that CloudFormation generates


STAR: Final = Wild.STAR
ONE: Final = Wild.ONE


@dataclass(frozen=True, slots=True)
class Opaque:
    """An unknown piece of text that is the same wherever it occurs.

    Attributes:
        label: the resource whose name CloudFormation generates, or why the text is unknown.
        name: whether it is a generated name: without `:` and `/`, and different from every literal text and other name.
    """

    label: str
    name: bool

    @property
    def reason(self) -> str:
        """What is missing, and how to provide it."""
        if self.name:
            return f"the name that CloudFormation will give {self.label!r} is not known"
        ask = next((ask for what, ask in _ASKS.items() if self.label.startswith(what)), "")
        return f"{self.label} is not known{ask}"


Atom: TypeAlias = str | Wild | Opaque
Atoms: TypeAlias = tuple[Atom, ...]

# How a placeholder begins -> how to provide its value, in a test and in the command.
_ASKS: Final = {
    "parameter ": ": pass it (parameters, --template-parameter)",
    "the import of ": ": pass it (imports, --template-import)",
    "the condition ": ": pass the parameters it depends on (parameters, --template-parameter)",
}

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_DEFAULT = re.compile(r"\s*([^,]*?)\s*,\s*'([^']*)'\s*")


def opaques(text: str) -> tuple[Opaque, ...]:
    """The opaque pieces of a plain string."""
    return tuple(_opaque(label) for label in PLACEHOLDER.findall(text))


def _opaque(label: str) -> Opaque:
    return Opaque(label.removeprefix("?"), name=not label.startswith("?"))


@lru_cache(maxsize=1 << 14)
def literal(text: str) -> Atoms:
    """A text in which `*` and `?` are plain characters."""
    pieces = PLACEHOLDER.split(text)
    return tuple(atom for i, piece in enumerate(pieces) for atom in ((_opaque(piece),) if i % 2 else piece))


@lru_cache(maxsize=1 << 14)
def wild(text: str) -> Atoms:
    """A text in which `*` and `?` are wildcards; runs of `*` are one."""
    atoms: list[Atom] = []
    for atom in literal(text):
        if atom == "*" and atoms[-1:] == [STAR]:
            continue
        atoms.append(STAR if atom == "*" else ONE if atom == "?" else atom)
    return tuple(atoms)


def no_variables(key: str) -> Atoms | Undecided | None:
    """For texts that have escapes (`${*}`) but no variables."""
    return undecided(f"the policy variable '${{{key}}}' is not known")


def expand(text: str, variable: Callable[[str], Atoms | Undecided | None], *, wildcards: bool) -> Atoms | Undecided | None:
    """A policy's text with its variables filled in.

    `${*}`, `${?}` and `${$}` are those characters; a variable's value is taken literally.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html

    Args:
        text: as written.
        variable: a context key's value; `None` when the request does not have it.
        wildcards: whether `*` and `?` are wildcards here.

    Returns:
        The text; `None` when a variable has no value, so that nothing matches it; or why it is unknown.
    """
    read = wild if wildcards else literal
    if "${" not in text:
        return read(text)
    atoms: list[Atom] = []
    for i, piece in enumerate(_VARIABLE.split(text)):
        if i % 2 == 0:
            atoms += read(piece)
        elif piece in ("*", "?", "$"):
            atoms.append(piece)
        else:
            match = _DEFAULT.fullmatch(piece)
            value = variable(match[1] if match else piece)
            if value is None and match:
                value = literal(match[2])
            if value is None or isinstance(value, Undecided):
                return value
            atoms += value
    return tuple(atoms)


def show(text: Atoms) -> str:
    """The text for people."""
    return "".join(atom if isinstance(atom, str) else atom.value if isinstance(atom, Wild) else f"⟨{atom.label}⟩" for atom in text)


def fold(text: Atoms) -> Atoms:
    """The text in lower case, for names that ignore case."""
    return tuple(atom.lower() if isinstance(atom, str) else atom for atom in text)


def has_wildcards(text: Atoms) -> bool:
    """Whether the text matches more than one text."""
    return any(isinstance(atom, Wild) for atom in text)


def matches(pattern: Atoms, text: Atoms, *, every: bool) -> Truth:
    """Whether a pattern matches a text; a text with wildcards stands for all the texts that it matches.

    Args:
        pattern: of a policy.
        text: of a request.
        every: whether the pattern must match every text that `text` stands for, or only one of them.
    """
    return False if _begin_or_end_otherwise(pattern, text) else _compared(pattern, text, every=every)


def _begin_or_end_otherwise(pattern: Atoms, text: Atoms) -> bool:
    """Whether two texts differ in a character before the first wildcard or after the last: most do, and this is seen at once."""
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

    A pattern's wildcard may reach over colons. But what comes before the resource in an ARN that there is has none, so no volume is among
    the instances because its `*` for the account could be `111122223333:instance/i-1`.
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

    What a wildcard of `text` stands for is worst when it is characters that `pattern` names nowhere, so one such character stands for
    them all, and the pattern's possible positions, as bits, are followed through every length of it. Exact; an opaque atom is a letter
    of its own that `*` takes and `?` does not.
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
    """Whether both match some common text: a walk over pairs of positions, those of the longer side as bits."""
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
    """Positions of a text as bits: which of its atoms go together with an atom of another text."""

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
