"""Splits statements into policies that fit IAM's quotas."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Final

from ..errors import AutomationRoleError
from ..values.patterns import Bound, Pattern
from ..values.place import Place
from ..values.tokens import is_opaque
from .quotas import MANAGED_QUOTA
from .statement import VERSION, Statement

_EMPTY: Final = len(json.dumps({"Version": VERSION, "Statement": []}, separators=(",", ":")))


class PolicySizeError(AutomationRoleError):
    """Statements do not fit into IAM's quotas.

    Attributes:
        needed: managed policies that would be needed; `None` when a single statement is too long and can't be split further.
        allowed: managed policies that may be used.
        characters: characters of all the statements together.
    """

    def __init__(self, needed: int | None, allowed: int, characters: int) -> None:
        self.needed, self.allowed, self.characters = needed, allowed, characters
        what = "one of their statements is too long on its own" if needed is None else f"{needed} managed policies beside the inline one"
        super().__init__(
            f"the policy's statements need {characters:,} characters, {what} → IAM allows {allowed} more managed policies of "
            f"{MANAGED_QUOTA:,} characters here; split the runbooks over several roles"
        )


def spread(statements: Iterable[Statement], place: Place, *, inline: int, managed: int) -> list[tuple[Statement, ...]]:
    """The statements of the inline policy, then those of each managed policy; statements that are too long are split.

    Raises:
        PolicySizeError: they do not fit.
    """
    measuring = _measuring(place)
    pieces = [piece for statement in statements for piece in _split(statement, measuring)]
    bins: list[tuple[int, list[Statement]]] = [(inline, []), *((MANAGED_QUOTA, []) for _ in range(managed))]
    used = [_EMPTY for _ in bins]
    for piece, size in pieces:
        at = next((i for i, (quota, _) in enumerate(bins) if used[i] + size <= quota), None)
        if at is None:
            raise _too_large([each for _, each in pieces], managed)
        used[at] += size + 1
        bins[at][1].append(piece)
    return [tuple(placed) for _, placed in bins]


def size_of(statements: Iterable[Statement], place: Place) -> int:
    """Characters of a policy as IAM counts them, with CDK tokens at their longest."""
    sizes = [_size(statement, _measuring(place)) for statement in statements]
    return _EMPTY + sum(sizes) + max(0, len(sizes) - 1)


def _measuring(place: Place) -> Place:
    """The same place with every token as the longest text that it can become: sizes must not depend on the token's own text."""
    return place._replace(
        partition=_longest(place.partition, "aws-us-gov"),
        account=_longest(place.account, "123456789012"),
        regions=tuple(_longest(region, "ap-southeast-1") for region in place.regions),
        role_arn=place.role_arn and _longest(place.role_arn, "arn:aws-us-gov:iam::123456789012:role/" + "x" * 64),
    )


def _longest(text: str, longest: str) -> str:
    return longest if is_opaque(text) else text


# Only CloudFormation knows what a bound value becomes: most are names and ids of at most 64 characters; ARNs are longer.
_BOUND_SIZE: Final = 128


def _size(statement: Statement, measuring: Place) -> int:
    measured = statement._replace(
        resources=_measured(statement.resources),
        conditions=tuple((operator, key, _measured(values)) for operator, key, values in statement.conditions),
    )
    return len(json.dumps(measured.to_json(measuring), separators=(",", ":"), ensure_ascii=False))


def _measured(patterns: tuple[Pattern, ...]) -> tuple[Pattern, ...]:
    return tuple(_measurable(pattern, i) for i, pattern in enumerate(patterns))


def _measurable(pattern: Pattern, index: int) -> Pattern:
    """The pattern with texts as long as its bound values may be; they differ, as the values may."""
    if not any(isinstance(part, Bound) and is_opaque(part.value) for part in pattern.parts):
        return pattern
    filler = str(index).rjust(_BOUND_SIZE, "x")
    return Pattern(tuple(filler if isinstance(part, Bound) and is_opaque(part.value) else part for part in pattern.parts))


def _split(statement: Statement, measuring: Place) -> list[tuple[Statement, int]]:
    """Pieces that each fit into a managed policy, with their sizes; together they allow exactly what the statement did."""
    first, *others = _halves(statement, measuring, MANAGED_QUOTA - _EMPTY)
    named = [piece._replace(sid=f"{piece.sid}Part{i}") if piece.sid else piece for i, (piece, _) in enumerate(others, 2)]
    return [first, *((piece, _size(piece, measuring)) for piece in named)]


def in_pieces(statement: Statement, place: Place, *, characters: int, resources: int) -> list[Statement]:
    """A statement split into pieces of at most so many characters and resources; together they allow exactly the same."""
    return [piece for piece, _ in _halves(statement, _measuring(place), characters, resources)]


def _halves(statement: Statement, measuring: Place, characters: int, resources: int = sys.maxsize) -> list[tuple[Statement, int]]:
    size = _size(statement, measuring)
    if size <= characters and len(statement.resources) <= resources:
        return [(statement, size)]
    if half := len(statement.resources) // 2:
        halves = [statement._replace(resources=part) for part in (statement.resources[:half], statement.resources[half:])]
    elif half := len(statement.actions) // 2:
        halves = [statement._replace(actions=part) for part in (statement.actions[:half], statement.actions[half:])]
    else:
        return [(statement, size)]
    return [piece for part in halves for piece in _halves(part, measuring, characters, resources)]


def _too_large(sizes: Sequence[int], managed: int) -> PolicySizeError:
    characters = sum(sizes) + len(sizes)
    unsplittable = any(_EMPTY + size > MANAGED_QUOTA for size in sizes)
    room = MANAGED_QUOTA - _EMPTY
    needed = None if unsplittable else max(managed + 1, -(-characters // room))
    return PolicySizeError(needed, managed, characters)
