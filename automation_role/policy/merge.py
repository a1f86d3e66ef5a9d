"""Permissions -> the fewest statements that allow exactly the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from ..values.patterns import Pattern
from .statement import Statement

if TYPE_CHECKING:
    from ..values.calls import Condition, Permission


def merged(permissions: Iterable[Permission]) -> list[Statement]:
    """Each action under the same conditions once, with all its resources; then actions of one service that share them together."""
    resources: dict[tuple[str, tuple[Condition, ...]], dict[Pattern, None]] = {}
    for permission in permissions:
        key = (permission.action, _sorted_conditions(permission.conditions))
        resources.setdefault(key, {}).update(dict.fromkeys(permission.resources))
    needed = _any_of({key: _widest(patterns) for key, patterns in resources.items()})
    together: dict[tuple[str, tuple[Condition, ...], tuple[Pattern, ...]], list[str]] = {}
    for (action, conditions), patterns in needed.items():
        unconditioned = needed.get((action, ()), ()) if conditions else ()
        left = tuple(p for p in patterns if not any(wide.covers(p) for wide in unconditioned))
        if left:
            together.setdefault((action.partition(":")[0], conditions, left), []).append(action)
    statements = [
        Statement(actions=tuple(sorted(actions)), resources=patterns, conditions=conditions)
        for (_, conditions, patterns), actions in together.items()
    ]
    return sorted(statements, key=_order)


# Operators of which one value that matches is enough.
_ONE_OF: Final = frozenset({"ArnEquals", "ArnLike", "Bool", "StringEquals", "StringLike"})


def _any_of(
    needed: dict[tuple[str, tuple[Condition, ...]], tuple[Pattern, ...]],
) -> dict[tuple[str, tuple[Condition, ...]], tuple[Pattern, ...]]:
    """An action on the same resources under one condition each, which differ in their values alone: once, with all the values."""
    values: dict[tuple[str, str, str, tuple[Pattern, ...]], dict[Pattern, None]] = {}
    made: dict[tuple[str, tuple[Condition, ...]], tuple[Pattern, ...]] = {}
    for (action, conditions), patterns in needed.items():
        if len(conditions) == 1 and conditions[0][0] in _ONE_OF:
            operator, key, some = conditions[0]
            values.setdefault((action, operator, key, patterns), {}).update(dict.fromkeys(some))
        else:
            made[action, conditions] = patterns
    for (action, operator, key, patterns), found in values.items():
        condition = (operator, key, _widest(found) if operator.endswith("Like") else tuple(sorted(found, key=Pattern.sort_key)))
        made[action, (condition,)] = _widest((*made.get((action, (condition,)), ()), *patterns))
    return made


def _widest(patterns: Iterable[Pattern]) -> tuple[Pattern, ...]:
    """The patterns that no other one covers, sorted."""
    kept: list[Pattern] = []
    for pattern in sorted(patterns, key=Pattern.sort_key):
        if not any(wide.covers(pattern) for wide in kept):
            kept = [narrow for narrow in kept if not pattern.covers(narrow)]
            kept.append(pattern)
    return tuple(kept)


def _sorted_conditions(conditions: Sequence[Condition]) -> tuple[Condition, ...]:
    return tuple(
        sorted(
            ((operator, key, tuple(sorted(dict.fromkeys(values), key=Pattern.sort_key))) for operator, key, values in conditions),
            key=lambda condition: condition[:2],
        )
    )


def _order(statement: Statement) -> tuple[Any, ...]:
    return (
        statement.actions[0].partition(":")[0],
        [resource.sort_key() for resource in statement.resources],
        [(operator, key, [value.sort_key() for value in values]) for operator, key, values in statement.conditions],
        statement.actions,
    )
