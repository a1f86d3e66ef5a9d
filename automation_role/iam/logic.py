"""Three-valued logic (Kleene): yes, no, or undecided when a part of the policy or request is unknown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Undecided:
    """Neither yes nor no; the reasons say what is missing."""

    reasons: tuple[str, ...]

    def __bool__(self) -> bool:
        """Raises, so that it never counts as yes or no by accident."""
        raise TypeError("not known: " + "; ".join(self.reasons))


Truth: TypeAlias = bool | Undecided


def undecided(reason: str) -> Undecided:
    """Undecided, for one reason."""
    return Undecided((reason,))


def all_of(truths: Iterable[Truth]) -> Truth:
    """No when one is no, even if others are undecided; else all the reasons of the undecided ones."""
    reasons: dict[str, None] = {}
    for truth in truths:
        if isinstance(truth, Undecided):
            reasons.update(dict.fromkeys(truth.reasons))
        elif not truth:
            return False
    return Undecided(tuple(reasons)) if reasons else True


def any_of(truths: Iterable[Truth]) -> Truth:
    """Yes when one is yes, even if others are undecided; else all the reasons of the undecided ones."""
    return negate(all_of(negate(truth) for truth in truths))


def negate(truth: Truth) -> Truth:
    """No for yes, yes for no; undecided stays undecided."""
    return truth if isinstance(truth, Undecided) else not truth
