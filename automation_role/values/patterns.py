"""Texts with holes: literal parts, slots, bound values, and runtime values.

They stay symbolic until a policy is written (`Place`). So the order never depends on the text of a CDK token, and the same derivation
serves every account, partition and Region.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final, TypeAlias


class Slot(Enum):
    """What a `Place` fills in when a policy is written."""

    PARTITION = "partition"
    REGION = "region"
    ACCOUNT = "account"
    ROLE = "role"  # the ARN of the role that runs the automation: *this role*

    __hash__ = object.__hash__  # instead of Enum's, which is slower: a pattern's hash calls it for each slot


class Hole(Enum):
    """A part of a text that is a runtime value: `*` in a policy, `?` for a single character."""

    ANY = "*"
    ONE = "?"

    __hash__ = object.__hash__  # as for `Slot`


ANY: Final = Hole.ANY
ONE: Final = Hole.ONE


@dataclass(frozen=True, slots=True)
class Bound:
    """A value that the user set for a runbook's parameter: opaque, and ordered by parameter and runbook, never by its text."""

    parameter: str
    runbook: str
    value: str


Part: TypeAlias = str | Slot | Hole | Bound


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """One text with holes in it: literal parts, slots, bound values, unknowns."""

    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        """Neighbouring literals become one and runs of unknowns one unknown, so that equal patterns compare equal."""
        before: Part | None = None
        for part in self.parts:
            if part == "" or (part is ANY and before is ANY) or (type(part) is str and type(before) is str):
                break
            before = part
        else:
            return  # as nearly always
        joined: list[Part] = []
        for part in self.parts:
            if isinstance(part, str) and joined and isinstance(joined[-1], str):
                joined[-1] += part
            elif part != "" and not (part is ANY and joined and joined[-1] is ANY):
                joined.append(part)
        object.__setattr__(self, "parts", tuple(joined))

    @classmethod
    def of(cls, template: str) -> Pattern:
        """From a template: `arn:{P}:ec2:{R}:{A}:instance/*`, with `{ROLE}` for this role; `*` and `?` in it are unknown."""
        return cls(tuple(_TEMPLATE_PARTS.get(piece, piece) for piece in _TEMPLATE.split(template) if piece))

    @classmethod
    def literal(cls, text: str) -> Pattern:
        """Exactly this text; a `*` in it is escaped when the policy is written."""
        return _short(text) if len(text) < LONG else cls((text,))

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Pattern) and self.parts == other.parts)

    def __hash__(self) -> int:
        return hash(self.parts)

    @property
    def text(self) -> str | None:
        """The text when every part is literal, else `None`."""
        if not self.parts:
            return ""
        first = self.parts[0]
        return first if len(self.parts) == 1 and isinstance(first, str) else None  # neighbouring literals are one

    @property
    def beginning(self) -> str:
        """The text that it begins with, as far as it is known."""
        first = self.parts[0] if self.parts else ""
        return first if isinstance(first, str) else ""

    @property
    def ending(self) -> str:
        """The text that it ends with, as far as it is known."""
        last = self.parts[-1] if self.parts else ""
        return last if isinstance(last, str) else ""

    def shown(self, hole: str = "*") -> str:
        """The text, with the same characters in place of each part that isn't literal."""
        return "".join([part if isinstance(part, str) else hole for part in self.parts])

    def covers(self, other: Pattern) -> bool:
        """Whether this pattern matches every text that `other` may be; `False` when that is not certain."""
        return _covers(self.parts, other.parts)

    @property
    def is_any(self) -> bool:
        """Whether nothing is known."""
        return len(self.parts) == 1 and self.parts[0] is ANY  # runs of unknowns are one

    def __add__(self, other: Pattern) -> Pattern:
        return Pattern(self.parts + other.parts)

    def sort_key(self) -> tuple[tuple[str, ...], ...]:
        """A deterministic order: bound values by parameter and runbook."""
        return tuple([("1", part) if isinstance(part, str) else _part_key(part) for part in self.parts])


LONG: Final = 128  # characters of a text that is not cached


@lru_cache(maxsize=8_192)
def _short(text: str) -> Pattern:
    """A literal, cached: runbooks and scripts repeat the same ones."""
    return Pattern((text,) if text else ())


def _covers(wide: tuple[Part, ...], narrow: tuple[Part, ...]) -> bool:
    """Glob matching: each literal character, slot and bound value is one atom; the wide side's unknowns match any run of atoms.

    Both sides become plain texts, in which an unused character stands for each part that is not a literal, so Python's own linear search does
    the work.
    """
    if ANY not in wide:
        return wide == narrow
    star = wide.index(ANY)
    if star:  # both begin with the same parts; the narrow side's last one may be longer
        last, other = wide[star - 1], narrow[star - 1] if len(narrow) >= star else ""
        if wide[: star - 1] != narrow[: star - 1] or not _begins(other, last):
            return False
    if star == len(wide) - 1:
        return True
    letters: dict[Part, str] = {ANY: _LETTERS}
    pattern, text = _spelled(wide, letters), _spelled(narrow, letters)
    if pattern is None or text is None:
        return False
    first, *middle, last = pattern.split(_LETTERS)
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


# The end of Unicode's last private plane, from here on: one for each part that is not a literal.
_LETTERS: Final = "\U0010f000"


def _spelled(parts: tuple[Part, ...], letters: dict[Part, str]) -> str | None:
    """The parts as one text; `None` when a literal contains one of the characters that represent other parts, or these run out."""
    pieces = []
    for part in parts:
        if not isinstance(part, str):
            pieces.append(letters.setdefault(part, chr(min(ord(_LETTERS) + len(letters), 0x10FFFF))))
        elif part and max(part) >= _LETTERS:
            return None
        else:
            pieces.append(part)
    return "".join(pieces) if len(letters) < _MOST_LETTERS else None


_MOST_LETTERS: Final = 0x1000


def _begins(part: Part, beginning: Part) -> bool:
    return part == beginning or (isinstance(part, str) and isinstance(beginning, str) and part.startswith(beginning))


def _part_key(part: Slot | Hole | Bound) -> tuple[str, ...]:
    return ("2", part.parameter, part.runbook) if isinstance(part, Bound) else _OTHER_KEYS[part]


_OTHER_KEYS: Final[Mapping[Slot | Hole, tuple[str, ...]]] = {part: ("0", part.value) for part in (*Slot, *Hole)}


_TEMPLATE = re.compile(r"(\{P\}|\{R\}|\{A\}|\{ROLE\}|[*?])")
_TEMPLATE_PARTS: Mapping[str, Part] = {
    "{P}": Slot.PARTITION,
    "{R}": Slot.REGION,
    "{A}": Slot.ACCOUNT,
    "{ROLE}": Slot.ROLE,
    "*": ANY,
    "?": ONE,
}
