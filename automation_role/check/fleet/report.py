"""What a check of a fleet found: values, and their JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ...errors import Problem
from ...sources.model import Location
from ..report import Blind, Certainty, Missing, Risk, missing_to_json

# Risks of a role that others than Automation in its own account can assume.
OPEN_TRUST: Final = frozenset({"trustAnyone", "trustWithoutSource"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbookPair:
    """A runbook that runs as a role or assumes it, and whether the role fits it.

    Attributes:
        runbook: the runbook's name.
        through: what says that it runs as the role, or assumes it.
        missing: permissions that this runbook lacks, by certainty.
        gaps: what could not be derived from this runbook.
    """

    runbook: str
    through: str
    missing: tuple[tuple[Certainty, int], ...]
    gaps: int

    @property
    def lacks(self) -> int:
        """How many calls fail, or may fail because it is not known whether they are allowed."""
        return sum(count for certainty, count in self.missing if certainty is not Certainty.PARTLY)

    @property
    def partly(self) -> int:
        """How many calls are allowed in part."""
        return sum(count for certainty, count in self.missing if certainty is Certainty.PARTLY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """An entry of a statement that allows more than the runbooks need.

    Attributes:
        policy, statement, pattern: see `Unused`.
        unused: how many of its actions are never needed.
        used: how many are needed.
        needed_when: see `Unused`; such actions do not count as unused.
    """

    policy: str
    statement: str
    pattern: str
    unused: int
    used: int
    needed_when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleAnswer:
    """What was found about a role, in each account where it is the same; `${AWS::AccountId}` in its texts is that account's ID.

    Attributes:
        role: its name.
        arn: its ARN.
        pairs: the runbooks that run as it.
        missing, risky, blind: see `RoleReport`; what could not be derived is in `FleetReport.gaps`, by runbook.
        allowed: what it allows and no runbook needs.
        unused: how many actions these are.
    """

    role: str
    arn: str
    pairs: tuple[RunbookPair, ...]
    missing: tuple[Missing, ...]
    risky: tuple[Risk, ...]
    blind: tuple[Blind, ...]
    allowed: tuple[Allowed, ...]
    unused: int

    @property
    def lacks(self) -> int:
        """How many permissions are missing, or may be."""
        return sum(one.certainty is not Certainty.PARTLY for one in self.missing)

    @property
    def partly(self) -> int:
        """How many are allowed in part."""
        return len(self.missing) - self.lacks

    @property
    def risks(self) -> int:
        """How many risks nobody accepted."""
        return sum(not risk.accepted for risk in self.risky)

    @property
    def open_trust(self) -> bool:
        """Whether others than Automation in the role's account can assume it, and nobody accepted that."""
        return any(risk.id in OPEN_TRUST and not risk.accepted for risk in self.risky)

    @property
    def gaps(self) -> int:
        """How much could not be checked, about the role and its runbooks."""
        return len(self.blind) + sum(pair.gaps for pair in self.pairs)

    def fits(self, *, strict: bool = False) -> bool:
        """As `RoleReport.fits`."""
        return not (self.lacks or self.risks or (strict and (self.partly or self.unused or self.gaps)))

    def pair_fits(self, pair: RunbookPair, *, strict: bool = False) -> bool:
        """Whether it fits one of its runbooks (see `pairs.pair_fits`)."""
        return not (pair.lacks or self.risks or (strict and (pair.partly or self.unused or self.gaps)))

    @property
    def weight(self) -> tuple[object, ...]:
        """Sorts the report: roles that lack something first, then those with an open trust policy, then risky ones, then the widest."""
        return (not self.lacks, not self.open_trust, not self.risks, -self.lacks, -self.risks, -self.unused)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """An answer, and the accounts that it is about."""

    answer: RoleAnswer
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountReport:
    """What was found in an account.

    Attributes:
        id: 12 digits.
        partition: where it is.
        sources: its dumps.
        roles: how many roles it has.
        results: the answers about its roles, as indices of the fleet's results.
        idle: how many roles Automation can assume and no runbook runs as.
    """

    id: str
    partition: str
    sources: tuple[str, ...]
    roles: int
    results: tuple[int, ...]
    idle: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutRole:
    """A runbook whose role was not found.

    Attributes:
        runbook: its name.
        reason: why.
        accounts: where the role that it names is not; empty: it names none that could be in an account.
    """

    runbook: str
    reason: str
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetReport:
    """What was found about all accounts.

    Attributes:
        places: where each runbook is, by its name.
        gaps: for each runbook, what could not be derived from it.
        results: the distinct answers, what matters most first.
        accounts: in the order of their IDs.
        unjoined: runbooks without a role, in some accounts or all.
        idle: roles that Automation can assume and no runbook runs as: name -> the accounts.
        unread: what could not be read of the dumps.
        invalid: what is wrong with runbooks in directories.
        bundled: the managed policies of AWS that no dump has, whose bundled texts were used.
    """

    places: Mapping[str, Location]
    gaps: Mapping[str, tuple[Blind, ...]]
    results: tuple[Result, ...]
    accounts: tuple[AccountReport, ...]
    unjoined: tuple[WithoutRole, ...]
    idle: Mapping[str, tuple[str, ...]]
    unread: tuple[Problem, ...]
    invalid: tuple[Problem, ...] = ()
    bundled: tuple[str, ...] = ()

    def fits(self, *, strict: bool = False) -> bool:
        """Whether every runbook is valid and every role fits its own; when strict, also whether each has its role and all was read."""
        fits = all(one.answer.fits(strict=strict) for one in self.results) and not self.invalid
        return fits and not (strict and (self.unjoined or self.unread))

    def account_fits(self, account: AccountReport, *, strict: bool = False) -> bool:
        """Whether the roles of an account fit."""
        return all(self.results[index].answer.fits(strict=strict) for index in account.results)

    def to_json(self, *, strict: bool = False) -> dict[str, Any]:
        """What `check --fleet --format json` prints."""
        sources = {name: place.source for name, place in self.places.items()}
        return {
            "fits": self.fits(strict=strict),
            "runbooks": [
                {"name": name, **place.to_json(), "gaps": [_blind(one) for one in self.gaps.get(name, ())]}
                for name, place in self.places.items()
            ],
            "accounts": [
                {
                    "account": one.id,
                    "partition": one.partition,
                    "sources": list(one.sources),
                    "fits": self.account_fits(one, strict=strict),
                    "roles": one.roles,
                    "results": list(one.results),
                    "withoutRunbook": one.idle,
                }
                for one in self.accounts
            ],
            "results": [_result(one, sources, strict=strict) for one in self.results],
            "withoutRole": [
                {"runbook": one.runbook, **self.places[one.runbook].to_json(), "reason": one.reason, "accounts": list(one.accounts)}
                for one in self.unjoined
            ],
            "withoutRunbook": [{"role": role, "accounts": list(accounts)} for role, accounts in self.idle.items()],
            "unread": [{"source": one.source, "message": one.message} for one in self.unread],
            "invalid": [{"source": one.source, "line": one.line, "message": one.message} for one in self.invalid],
        }


def _blind(one: Blind) -> dict[str, Any]:
    return {"id": one.id, "step": one.step, "line": one.line, "message": one.message}


def _result(result: Result, sources: Mapping[str, str], *, strict: bool) -> dict[str, Any]:
    answer = result.answer
    return {
        "role": answer.role,
        "arn": answer.arn,
        "accounts": list(result.accounts),
        "fits": answer.fits(strict=strict),
        "missing": [missing_to_json(one, sources) for one in answer.missing],
        "unused": answer.unused,
        "allowed": [
            {
                "policy": one.policy,
                "statement": one.statement,
                "pattern": one.pattern,
                "unused": one.unused,
                "used": one.used,
                "neededWhen": one.needed_when,
            }
            for one in answer.allowed
        ],
        "risky": [
            {"id": one.id, "policy": one.policy, "statement": one.statement, "message": one.message, "accepted": one.accepted}
            for one in answer.risky
        ],
        "blind": [{"id": one.id, "message": one.message} for one in answer.blind],
        "runbooks": [
            {
                "runbook": pair.runbook,
                "through": pair.through,
                "fits": answer.pair_fits(pair, strict=strict),
                **{certainty.value: dict(pair.missing).get(certainty, 0) for certainty in Certainty},
                "gaps": pair.gaps,
            }
            for pair in answer.pairs
        ],
    }
