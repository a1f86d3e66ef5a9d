"""Yes, no, or not known: what a policy decides when not all of it, or not all of the request, is known (Kleene's three values)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Undecided:
    """Neither yes nor no; the reasons say what would have to be known."""

    reasons: tuple[str, ...]

    def __bool__(self) -> bool:
        """Never a yes or a no by accident."""
        raise TypeError("not known: " + "; ".join(self.reasons))


Truth: TypeAlias = bool | Undecided


def undecided(reason: str) -> Undecided:
    """Not known, for one reason."""
    return Undecided((reason,))


def all_of(truths: Iterable[Truth]) -> Truth:
    """No when one is no, whatever is not known; the reasons of all that are not known otherwise."""
    reasons: dict[str, None] = {}
    for truth in truths:
        if isinstance(truth, Undecided):
            reasons.update(dict.fromkeys(truth.reasons))
        elif not truth:
            return False
    return Undecided(tuple(reasons)) if reasons else True


def any_of(truths: Iterable[Truth]) -> Truth:
    """Yes when one is yes, whatever is not known; the reasons of all that are not known otherwise."""
    return negate(all_of(negate(truth) for truth in truths))


def negate(truth: Truth) -> Truth:
    """No for yes, yes for no; what is not known stays so."""
    return truth if isinstance(truth, Undecided) else not truth
