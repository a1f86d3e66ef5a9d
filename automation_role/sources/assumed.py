"""Finds the roles that scripts assume among others: by their ARNs, as far as the scripts show them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from ..derive.derivation import AssumedRole, Derivation
from ..values.patterns import Pattern
from ..values.place import Place
from ..values.placeholders import ACCOUNT, PARTITION, has_placeholder

_ROLE: Final = re.compile(r"arn:(?P<partition>[^:]*):iam::(?P<account>[^:]*):role/(?P<name>.*)", re.DOTALL)
_ANYWHERE: Final = Place()


class AssumedRoles:
    """What scripts need from the roles that they assume, by these roles' ARNs.

    A role whose ARN is wholly unknown is not among them.
    """

    def __init__(self, derivation: Derivation) -> None:
        self._roles = [(each, role) for role in derivation.assumed_roles if (each := _Named.of(role.role)) is not None]
        self._needs: dict[tuple[int, ...], Derivation] = {}

    def matching(self, arn: str) -> tuple[int, ...]:
        """Which of them a role may be; it has placeholders for what only a deployment knows."""
        match = _ROLE.fullmatch(arn) if self._roles else None
        if match is None:
            return ()
        return tuple(index for index, (named, _) in enumerate(self._roles) if named.is_like(match))

    def needs(self, which: tuple[int, ...]) -> Derivation | None:
        """What is needed from a role that these match; `None` for none. The same object for the same ones."""
        if which and which not in self._needs:
            self._needs[which] = _all([self._roles[index][1] for index in which])
        return self._needs.get(which)


def assumed_among(derivation: Derivation, arns: Iterable[str]) -> dict[int, Derivation]:
    """Index of a role's ARN -> what scripts need from it."""
    roles = AssumedRoles(derivation)
    return {index: needs for index, arn in enumerate(arns) if (needs := roles.needs(roles.matching(arn))) is not None}


def assumed_in_session(derivation: Derivation, account: str, role: str) -> AssumedRole | None:
    """The role of a session that a script may have assumed: its name, without its path, is in the session's ARN.

    If no script names such a role, it is any of those whose ARN is wholly unknown.

    Args:
        derivation: of the runbooks.
        account: of the session.
        role: the name of its role.
    """
    named = [(_Named.of(one.role), one) for one in derivation.assumed_roles]
    theirs = [one for each, one in named if each is not None and _same(each.account, account) and each.last.fullmatch(role)]
    exact = [one for one in theirs if "*" not in _text(one.role).rpartition(":")[2]]
    chosen = exact or theirs or [one for each, one in named if each is None]
    return AssumedRole(role=chosen[0].role, needs=_all(chosen)) if chosen else None


def is_named(role: AssumedRole) -> bool:
    """Whether a script shows any part of a role's name."""
    return _Named.of(role.role) is not None


def assuming(needs: Derivation) -> Iterator[tuple[str, str]]:
    """Each runbook whose scripts assume a role, and what says so."""
    steps: dict[str, dict[str, None]] = {}
    for step in needs.steps:
        steps.setdefault(step.runbook, {})[step.step.name] = None
    for runbook, names in steps.items():
        yield runbook, f"assumed by step {' and '.join(map(repr, names))}"


class _Named(NamedTuple):
    """What a script shows of a role's ARN."""

    partition: str
    account: str
    name: re.Pattern[str]
    last: re.Pattern[str]

    @classmethod
    def of(cls, role: Pattern) -> _Named | None:
        match = _ROLE.fullmatch(_text(role))
        if match is None or not match["name"].strip("*/"):
            return None
        name, last = match["name"], match["name"].rpartition("/")[2]
        return cls(match["partition"], match["account"], _like(name), _like(last))

    def is_like(self, arn: re.Match[str]) -> bool:
        there = _same(self.partition, arn["partition"]) and _same(self.account, arn["account"])
        return there and self.name.fullmatch(arn["name"]) is not None


def _text(role: Pattern) -> str:
    return _ANYWHERE.write(role)[0]


def _like(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, re.split(r"\*+", text))), re.DOTALL)


def _same(one: str, other: str) -> bool:
    return one == other or _open(one) or _open(other)


def _open(text: str) -> bool:
    return "*" in text or text in {ACCOUNT, PARTITION} or has_placeholder(text)


def _all(roles: Sequence[AssumedRole]) -> Derivation:
    first, *others = roles
    for other in others:
        first = first.with_needs_of(other)
    return first.needs
