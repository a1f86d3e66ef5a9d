"""A failure put to the runbooks and the role: the answer, and its JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from ..check.missing import missing
from ..check.report import Missing, missing_to_json
from ..check.subjects import Subject
from ..derive.derivation import Derivation
from ..values.calls import Origin
from ..values.place import Place
from .candidates import Candidate, action_of, candidates, surest
from .causes import Cause, cause_of, lacks
from .failure import Failure, Layer
from .fixes import Fix, fix_of
from .later import later
from .reproducer import reproducer

_LISTED: Final = 20  # candidates of an answer


class Derived(StrEnum):
    """Whether what is derived from the runbooks allows the call."""

    HAS = "has"
    """It does: a role with that policy would have been let through, as far as the role's own policies go."""
    NARROWER = "narrower"
    """It has the action, but on other resources."""
    LACKS = "lacks"
    """It does not have the action."""
    UNKNOWN = "unknown"
    """The failure names no action."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Why one failure happened.

    Attributes:
        failure: what was said.
        at: the step that failed; several when nothing tells them apart; none when it was before any step, or in none of these runbooks.
        candidates: every step that could have made the call, the likeliest first.
        cause: what refused it.
        derived: whether the derived policy has it.
        checked: whether the role's policies were at hand, so that `later` and `elsewhere` are known.
        later: what else fails in the rest of the run.
        elsewhere: what fails in runs that go another way.
        fix: the smallest change.
        report: of a fault of the derivation, what to send its authors; names and accounts are taken out.
    """

    failure: Failure
    at: tuple[Candidate, ...]
    candidates: tuple[Candidate, ...]
    cause: Cause
    derived: Derived
    checked: bool
    later: tuple[Missing, ...]
    elsewhere: tuple[Missing, ...]
    fix: Fix
    report: str = ""

    @property
    def certain(self) -> bool:
        """Whether both the place and the cause are known."""
        return self.cause.certain and (len(self.at) == 1 or self.cause.id in _NO_STEP)

    def to_json(self, sources: Mapping[str, str]) -> dict[str, Any]:
        """As `why --format json` has it; `sources`: a runbook's name -> its file."""
        failure = self.failure
        return {
            "message": failure.text,
            "shapes": list(failure.shapes),
            "code": failure.code,
            "principal": failure.principal,
            "action": action_of(failure),
            "resource": failure.resource,
            "service": failure.service,
            "operation": failure.operation,
            "execution": failure.execution,
            "certain": self.certain,
            "steps": [_candidate(one, sources) for one in self.at],
            "candidates": [_candidate(one, sources) for one in self.candidates[:_LISTED]],
            "cause": {
                "id": self.cause.id,
                "message": self.cause.message,
                "certain": self.cause.certain,
                "settle": list(self.cause.settle),
            },
            "derived": self.derived.value,
            "checked": self.checked,
            "later": [missing_to_json(one, sources) for one in self.later],
            "elsewhere": [missing_to_json(one, sources) for one in self.elsewhere],
            "fix": {
                "where": self.fix.where,
                "message": self.fix.message,
                "statements": [dict(one) for one in self.fix.statements],
                "later": [dict(one) for one in self.fix.later],
                "cdk": self.fix.cdk,
                "terraform": self.fix.terraform,
            },
            "report": self.report,
        }


_NO_STEP: Final = frozenset({"starter", "trust", "notPermission"})


def _candidate(one: Candidate, sources: Mapping[str, str]) -> dict[str, Any]:
    return {
        "runbook": one.runbook.name,
        "source": sources.get(one.runbook.name, one.runbook.source),
        "step": one.step.name,
        "line": one.line,
        "scriptLine": one.script_line,
        "calls": [{"service": service, "operation": operation} for service, operation in one.calls],
        "findings": [finding.id for finding in one.findings],
        "reasons": list(one.reasons),
    }


def answer(failure: Failure, derivation: Derivation, subjects: Sequence[Subject], given: Place) -> Answer:
    """Why a failure happened.

    Args:
        failure: what was said.
        derivation: of the runbooks that ran, or may have.
        subjects: the roles that may have run it; empty: not at hand.
        given: where the role lives, as far as the user says; what the failure says fills the rest.
    """
    subject = _subject(failure, subjects)
    role = (
        given.role_arn.rpartition("/")[2]
        if given.role_arn
        else subject.identity.name
        if subject is not None and len(subjects) == 1 and _real(subject)
        else ""
    )
    place = _place(failure, given, subject)
    places = candidates(failure, derivation)
    lacking = _lacking(failure, places, derivation, subject)
    places = lacking or places
    at = surest(places) if places else ()
    cause = lacks(at) if lacking else cause_of(failure, at, subject, role)
    if cause.id == "starter" or (cause.id == "trust" and failure.starting and not failure.step):
        at = ()
    elif cause.id == "otherRole" and not failure.step and not any(one.findings for one in at):
        at = at if at and at[0].weight > 1 else ()
    derived = _derived(failure, at)
    rest: tuple[Missing, ...] = ()
    elsewhere: tuple[Missing, ...] = ()
    if subject is not None:
        rest, elsewhere = later(derivation, subject, at, action_of(failure))
    return Answer(
        failure=failure,
        at=at,
        candidates=places if at else (),
        cause=cause,
        derived=derived,
        checked=subject is not None,
        later=rest,
        elsewhere=elsewhere,
        fix=fix_of(failure, cause, at, derivation=derivation, rest=rest, place=place),
        report=reproducer(failure, at[0]) if _at_fault(failure, at, cause, derived) else "",
    )


def _real(subject: Subject) -> bool:
    """Whether the subject's name is a role's, not a stand-in."""
    return "‹" not in subject.identity.name and "⟨" not in subject.identity.name


def _subject(failure: Failure, subjects: Sequence[Subject]) -> Subject | None:
    """The role that made the call; the only one there is."""
    if len(subjects) == 1:
        return subjects[0]
    return next((one for one in subjects if failure.role and one.identity.name == failure.role), None)


def _place(failure: Failure, given: Place, subject: Subject | None) -> Place:
    """Where the role lives: what was said, else what the failure names."""
    parts = failure.resource.split(":", 5)
    region = parts[3] if len(parts) == 6 and parts[3] not in ("", "*") else failure.region
    role = given.role_arn or (subject.context.role_arn if subject is not None and _real(subject) else None)
    partition = (
        given.partition if given.partition != "*" else failure.partition or (subject.context.partition if subject is not None else "*")
    )
    return replace(
        given,
        partition=partition,
        in_china=partition == "aws-cn",
        account=given.account if given.account != "*" else failure.account or "*",
        regions=given.regions if given.regions != ("*",) or not region else (region,),
        role_arn=role,
    )


def _lacking(failure: Failure, places: tuple[Candidate, ...], derivation: Derivation, subject: Subject | None) -> tuple[Candidate, ...]:
    """Of a refusal that names no action, the calls that the role lacks something for; none when that is not known."""
    if subject is None or failure.action or failure.layer is not Layer.UNTOLD or failure.encoded:
        return ()
    lacked = missing(subject, derivation)[0]
    return tuple(found for place in places if (found := _with(place, lacked, derivation)) is not None)


def _with(place: Candidate, lacked: Sequence[Missing], derivation: Derivation) -> Candidate | None:
    """A place with what the role lacks there; `None`: nothing."""
    here = Origin(place.runbook.name, place.step.name, place.line)
    wanted = {one.action for one in lacked if here in one.origins}
    needed = tuple(p for p in derivation.permissions if p.action in wanted and here in p.origins)
    names = ", ".join(dict.fromkeys(p.action for p in needed))
    return replace(place, permissions=needed, fits=True, reasons=(*place.reasons, f"the role lacks {names}")) if needed else None


def _derived(failure: Failure, at: Sequence[Candidate]) -> Derived:
    if not failure.action:
        return Derived.HAS if any(one.fits and one.permissions for one in at) else Derived.UNKNOWN
    if any(one.permissions for one in at):
        return Derived.HAS if any(one.fits for one in at) else Derived.NARROWER
    return Derived.LACKS


def _at_fault(failure: Failure, at: Sequence[Candidate], cause: Cause, derived: Derived) -> bool:
    """Whether the derivation should have had it: the step makes the call, and no finding says that it is not all."""
    if derived is not Derived.LACKS or len(at) != 1 or cause.id not in ("roleLacks", "untold"):
        return False
    return not at[0].findings and bool(at[0].calls or failure.step)


def to_json(answers: Sequence[Answer], derivation: Derivation) -> dict[str, Any]:
    """What `why --format json` prints."""
    sources = {runbook.name: runbook.source for runbook in derivation.runbooks}
    return {
        "runbooks": [{"name": runbook.name, "source": runbook.source} for runbook in derivation.runbooks],
        "certain": all(one.certain for one in answers),
        "failures": [one.to_json(sources) for one in answers],
    }
