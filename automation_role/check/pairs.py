"""Joins runbooks and roles from the same sources: each pair that belongs together, and what has no counterpart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..derive.derivation import Derivation, derive
from ..errors import Problem
from ..sources.assumed import assumed_among, assuming
from ..sources.collect import Collected
from ..sources.join import Link, Unjoined, join
from ..sources.model import FoundRole, Location, Situation
from ..values.place import Place
from .files import can_be_assumed, subject
from .fit import check
from .report import Certainty, Report, RoleReport
from .subjects import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A runbook and a role that it runs as, or that its scripts assume.

    Attributes:
        runbook: the runbook's name.
        role: index of the role among the report's roles.
        through: what links them.
        missing: permissions that this runbook lacks, by certainty.
        gaps: what could not be derived from this runbook.
    """

    runbook: str
    role: int
    through: str
    missing: dict[Certainty, int]
    gaps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedReport:
    """What was found about sources that hold both runbooks and roles.

    Attributes:
        report: the roles that runbooks run as or assume, each judged by all of its runbooks.
        subjects: the same roles.
        places: where each runbook is, by its name; then where each role is.
        pairs: each runbook with its role, in the order of the runbooks.
        unjoined: runbooks whose role is not in the sources.
        unused: roles that Automation can assume and no runbook here runs as: label and place.
        unread: files whose roles could not be read.
        invalid: what is wrong with runbooks that were found in directories; they were not checked.
        idle: files that the user named and that have no runbook, no role, and nothing that starts one.
    """

    report: Report
    subjects: tuple[Subject, ...]
    places: dict[str, Location]
    role_places: tuple[Location, ...]
    pairs: tuple[Pair, ...]
    unjoined: tuple[Unjoined, ...]
    unused: tuple[tuple[str, Location], ...]
    unread: tuple[Problem, ...]
    invalid: tuple[Problem, ...]
    idle: tuple[str, ...] = ()

    def fits(self, *, strict: bool = False) -> bool:
        """Whether every runbook is valid and every role fits its own; when strict, also whether each has its role here and all was read."""
        return self.report.fits(strict=strict) and not self.invalid and not (strict and (self.unjoined or self.unread))

    def to_json(self, *, strict: bool = False) -> dict[str, Any]:
        """What `check --format json` prints."""
        return {
            **self.report.to_json(strict=strict),
            "fits": self.fits(strict=strict),
            "pairs": [self._pair(pair, strict=strict) for pair in self.pairs],
            "withoutRole": [{"runbook": one.runbook, **self.places[one.runbook].to_json(), "reason": one.reason} for one in self.unjoined],
            "withoutRunbook": [{"role": label, **place.to_json()} for label, place in self.unused],
            "unread": [{"source": one.source, "message": one.message} for one in self.unread],
            "invalid": [{"source": one.source, "line": one.line, "message": one.message} for one in self.invalid],
        }

    def _pair(self, pair: Pair, *, strict: bool) -> dict[str, Any]:
        role = self.report.roles[pair.role]
        return {
            "runbook": pair.runbook,
            **self.places[pair.runbook].to_json(),
            "role": role.role,
            "roleAt": self.role_places[pair.role].to_json(),
            "through": pair.through,
            "fits": pair_fits(pair, role, strict=strict),
            **{certainty.value: pair.missing.get(certainty, 0) for certainty in Certainty},
            "unused": unused_actions(role),
            "risky": sum(not risk.accepted for risk in role.risky),
            "gaps": pair.gaps,
        }


def unused_actions(role: RoleReport) -> int:
    """How many actions a role allows that no runbook of it needs."""
    return len({action for one in role.unused for action in one.actions})


def pair_fits(pair: Pair, role: RoleReport, *, strict: bool = False) -> bool:
    """Whether a role fits one of its runbooks."""
    lacks = sum(count for certainty, count in pair.missing.items() if strict or certainty is not Certainty.PARTLY)
    risky = any(not risk.accepted for risk in role.risky)
    return not (lacks or risky or (strict and (role.unused or role.blind)))


def check_joined(
    found: Collected,
    derivation: Derivation,
    context: Place,
    situation: Situation,
    *,
    accepted: Collection[str] = (),
    invalid: Iterable[Problem] = (),
) -> JoinedReport:
    """Check each role with the runbooks that run as it.

    Args:
        found: the sources.
        derivation: of their runbooks, whose role is known.
        context: where the automations run.
        situation: what else is known.
        accepted: ids of `RISKS` that the user accepts.
        invalid: what is wrong with runbooks that are not among those found.

    Raises:
        AutomationRoleError: the policies of a source cannot be read.
    """
    unread: list[Problem] = []
    roles = list(found.roles(unread))
    joined = join(found.origins, derivation, roles, found.starts(), found.people())
    assumed = assumed_among(derivation, [role.identity.arn for role in roles])
    taken = list(dict.fromkeys([*(link.role for link in joined.links), *assumed]))
    subjects = tuple(subject(roles[index], context, situation) for index in taken)
    reports = tuple(
        _report(one, derivation, [link for link in joined.links if link.role == index], assumed.get(index), accepted)
        for index, one in zip(taken, subjects, strict=True)
    )
    linked = [(link.runbook, link.role, link.through) for link in joined.links]
    linked += [(runbook, index, through) for index, needs in assumed.items() for runbook, through in assuming(needs)]
    pairs = tuple(_pair(runbook, taken.index(role), through, reports[taken.index(role)]) for runbook, role, through in linked)
    return JoinedReport(
        report=Report(runbooks=derivation.runbooks, roles=reports),
        subjects=subjects,
        places=places_of(found, derivation),
        role_places=tuple(roles[index].place for index in taken),
        pairs=pairs,
        unjoined=joined.unjoined,
        unused=tuple(_unused(roles, taken, context, situation)),
        unread=tuple(unread),
        invalid=tuple(invalid),
        idle=tuple(_idle(found, roles, unread)),
    )


def _idle(found: Collected, roles: Iterable[FoundRole], unread: Iterable[Problem]) -> Iterator[str]:
    places = [*(one.place for one in found.origins), *(one.place for one in roles), *(one.place for one in found.starts())]
    used = {*(place.source for place in places), *(problem.source for problem in unread), *found.scanned.found}
    yield from dict.fromkeys(source.path for source in found.scanned.sources if source.path not in used)


def places_of(found: Collected, derivation: Derivation) -> dict[str, Location]:
    """Where each runbook is, by its name."""
    return {
        **{runbook.name: Location(source=runbook.source) for runbook in derivation.runbooks},  # AWS-owned runbooks, which others start
        **{one.name: one.place for one in found.origins},
    }


def _report(
    subject: Subject, derivation: Derivation, links: Sequence[Link], assumed: Derivation | None, accepted: Collection[str]
) -> RoleReport:
    """What the runbooks of a role lack, and those that assume it, and what is risky in it."""
    needs = derivation.only({link.runbook for link in links})
    return check(
        subject,
        needs.with_needs_of(assumed) if assumed is not None else needs,
        accepted=accepted,
        runs=any(not link.as_caller for link in links),
    )


def check_each(subjects: Sequence[Subject], derivation: Derivation, accepted: Collection[str]) -> tuple[RoleReport, ...]:
    """Check roles with the same runbooks: one that scripts assume and Automation cannot, only with what they need from it."""
    assumed = assumed_among(derivation, [one.identity.arn for one in subjects])
    reports = []
    for index, one in enumerate(subjects):
        theirs = assumed.get(index)
        runs = theirs is None or can_be_assumed(one)
        needs = derivation if theirs is None else derivation.with_needs_of(theirs) if runs else theirs
        reports.append(check(one, needs, accepted=accepted, runs=runs))
    return tuple(reports)


class RolesBeside(NamedTuple):
    """Roles in the same sources as runbooks.

    Attributes:
        runs: a runbook's name -> the role that it runs as, where the sources have one and no other.
        assumed: the roles that scripts of the runbooks assume.
    """

    runs: dict[str, Subject]
    assumed: tuple[Subject, ...]


def roles_beside(found: Collected, context: Place, situation: Situation) -> RolesBeside:
    """The roles that the runbooks run as, and those that they assume.

    Args:
        found: the sources.
        context: where the automations run.
        situation: what else is known.
    """
    roles = list(found.roles([]))
    if not roles:
        return RolesBeside({}, ())
    derivation = derive(found.runbooks, role_known=True)
    several: dict[str, set[int]] = defaultdict(set)
    for link in join(found.origins, derivation, roles, found.starts(), found.people()).links:
        several[link.runbook].add(link.role)
    runs = {runbook: subject(roles[min(indices)], context, situation) for runbook, indices in several.items() if len(indices) == 1}
    assumed = assumed_among(derivation, [role.identity.arn for role in roles])
    return RolesBeside(runs, tuple(subject(roles[index], context, situation) for index in assumed))


def _pair(runbook: str, role: int, through: str, report: RoleReport) -> Pair:
    lacks = [one.certainty for one in report.missing if any(origin.runbook == runbook for origin in one.origins)]
    return Pair(
        runbook=runbook,
        role=role,
        through=through,
        missing={certainty: lacks.count(certainty) for certainty in Certainty if certainty in lacks},
        gaps=sum(one.runbook == runbook for one in report.blind),
    )


def _unused(roles: list[FoundRole], taken: list[int], context: Place, situation: Situation) -> list[tuple[str, Location]]:
    return [
        (role.identity.label, role.place)
        for index, role in enumerate(roles)
        if index not in taken and can_be_assumed(subject(role, context, situation))
    ]
