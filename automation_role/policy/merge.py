"""Merges permissions into the fewest statements that allow exactly the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from ..values.patterns import ANY, Part, Pattern
from .statement import Statement

if TYPE_CHECKING:
    from ..values.calls import Condition, Permission


def merged(permissions: Iterable[Permission]) -> list[Statement]:
    """Each action under the same conditions once, with all its resources; then actions of one service that share them together."""
    resources: dict[tuple[str, tuple[Condition, ...]], dict[Pattern, None]] = {}
    for permission in permissions:
        key = (permission.action, _sorted_conditions(permission.conditions))
        resources.setdefault(key, {}).update(dict.fromkeys(permission.resources))
    comparing = _Comparing()
    needed = _any_of({key: comparing.widest(patterns) for key, patterns in resources.items()}, comparing)
    together: dict[tuple[str, tuple[Condition, ...], tuple[Pattern, ...]], list[str]] = {}
    for (action, conditions), patterns in needed.items():
        unconditioned = needed.get((action, ()), ()) if conditions else ()
        left = patterns
        if unconditioned:
            same, wide = frozenset(unconditioned), Wide(unconditioned, comparing)
            left = tuple(pattern for pattern in patterns if pattern not in same and not wide.covers(pattern))
        if left:
            together.setdefault((action.partition(":")[0], conditions, left), []).append(action)
    statements = [
        Statement(actions=tuple(sorted(actions)), resources=patterns, conditions=conditions)
        for (_, conditions, patterns), actions in together.items()
    ]
    return sorted(statements, key=_order)


# Operators for which one matching value is enough.
_ONE_OF: Final = frozenset({"ArnEquals", "ArnLike", "Bool", "StringEquals", "StringLike"})


def _any_of(
    needed: dict[tuple[str, tuple[Condition, ...]], tuple[Pattern, ...]],
    comparing: _Comparing,
) -> dict[tuple[str, tuple[Condition, ...]], tuple[Pattern, ...]]:
    """An action on the same resources under one condition each, which differ only in their values: merge them into one with all the values."""
    values: dict[tuple[str, str, str, tuple[Pattern, ...]], dict[Pattern, None]] = {}
    made: dict[tuple[str, tuple[Condition, ...]], tuple[Pattern, ...]] = {}
    for (action, conditions), patterns in needed.items():
        if len(conditions) == 1 and conditions[0][0] in _ONE_OF:
            operator, key, some = conditions[0]
            values.setdefault((action, operator, key, patterns), {}).update(dict.fromkeys(some))
        else:
            made[action, conditions] = patterns
    for (action, operator, key, patterns), found in values.items():
        condition = (operator, key, comparing.widest(found) if operator.endswith("Like") else tuple(sorted(found, key=Pattern.sort_key)))
        made[action, (condition,)] = comparing.widest((*made.get((action, (condition,)), ()), *patterns))
    return made


class _Comparing:
    """The comparisons of one merge: how many are left, and their results."""

    def __init__(self) -> None:
        self.left = _MOST_PAIRS
        self._found: dict[tuple[Pattern, ...], tuple[Pattern, ...]] = {}  # many actions are needed on the same resources

    def widest(self, patterns: Iterable[Pattern]) -> tuple[Pattern, ...]:
        """The patterns that no other one covers, sorted. Of two different patterns, only one can cover the other."""
        given = tuple(dict.fromkeys(patterns))
        if len(given) < 2:
            return given
        found = self._found.get(given)
        if found is None:
            ordered = sorted(given, key=Pattern.sort_key)
            wide = Wide(ordered, self)
            found = self._found[given] = tuple(pattern for pattern in ordered if not wide.covers(pattern))
        return found


class Wide:
    """Patterns with holes, indexed by their beginning, to find which patterns they cover.

    Only patterns with the same text before the first hole are compared, and only a limited number of pairs: beyond it, a pattern counts as
    not covered. Then the policy lists a resource that another one covers, and allows the same.
    """

    def __init__(self, patterns: Iterable[Pattern], comparing: _Comparing) -> None:
        self._comparing = comparing
        self._beginnings: dict[tuple[Part, ...], dict[str, list[Pattern]]] = {}
        self._lengths: dict[tuple[Part, ...], list[int]] = {}
        for pattern in patterns:
            if ANY in pattern.parts:
                *before, last = pattern.parts[: pattern.parts.index(ANY)] or ("",)
                beginning, text = (tuple(before), last) if isinstance(last, str) else ((*before, last), "")
                self._beginnings.setdefault(beginning, {}).setdefault(text, []).append(pattern)
        for beginning, texts in self._beginnings.items():
            self._lengths[beginning] = sorted({len(text) for text in texts})

    def covers(self, pattern: Pattern) -> bool:
        """Whether another pattern certainly covers this one."""
        for wide in self._candidates(pattern.parts):
            if self._comparing.left <= 0:
                return False
            self._comparing.left -= 1
            if wide is not pattern and wide.covers(pattern):
                return True
        return False

    def _candidates(self, parts: tuple[Part, ...]) -> Iterator[Pattern]:
        for at in range(len(parts) + 1):
            texts = self._beginnings.get(parts[:at])
            if texts is None:
                continue
            following = parts[at] if at < len(parts) else ""
            text = following if isinstance(following, str) else ""
            for length in self._lengths[parts[:at]]:
                if length > len(text):
                    break
                self._comparing.left -= 1
                yield from texts.get(text[:length], ())


# 0.1 s of comparing in a whole policy; no AWS-owned runbook needs more than 36.
_MOST_PAIRS: Final = 30_000


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
