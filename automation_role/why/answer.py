"""Compares a failure with the runbooks and the role: the answer, and its JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from ..check.files import can_be_assumed
from ..check.missing import missing
from ..check.pairs import RolesBeside
from ..check.report import Missing, missing_to_json
from ..check.subjects import Subject
from ..derive.derivation import AssumedRole, Derivation
from ..sources.assumed import assumed_in_session
from ..sources.assumed import is_named as is_named_by_script
from ..values.calls import Origin
from ..values.place import Place
from .candidates import Candidate, action_of, candidates, surest
from .causes import Cause, cause_of, lacks
from .failure import Failure, Layer
from .fixes import Fix, fix_of
from .later import later
from .place import is_named, place_of, subject_of
from .reproducer import reproducer

NOTHING_BESIDE: Final = RolesBeside({}, ())
_LISTED: Final = 20  # at most this many candidates in an answer


class Derived(StrEnum):
    """Whether what is derived from the runbooks allows the call."""

    HAS = "has"
    """It allows the call: as far as the role's own policies go, a role with that policy would not have been refused."""
    NARROWER = "narrower"
    """It has the action, but on other resources."""
    LACKS = "lacks"
    """It does not have the action."""
    UNKNOWN = "unknown"
    """The failure does not name an action."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Why one failure happened.

    Attributes:
        failure: what the message says.
        at: the step that failed; several when they can't be distinguished; empty when it failed before any step, or in another runbook.
        candidates: every step that could have made the call, the most likely first.
        cause: what refused it.
        derived: whether the derived policy has it.
        checked: whether the role's policies were available; without them, `later` and `elsewhere` are unknown.
        later: what else fails in the rest of the run.
        elsewhere: what fails in runs that take other branches.
        fix: the smallest change.
        report: when the derivation is at fault, what to send its authors; without names and accounts.
        assumed: the role that made the call, if a script assumed it: its ARN, as far as the script shows it.
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
    assumed: str = ""

    @property
    def certain(self) -> bool:
        """Whether both the place and the cause are known."""
        return self.cause.certain and ((len(self.at) == 1 and self.at[0].shown) or self.cause.id in _NO_STEP)

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
            "assumedRole": self.assumed,
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


def answer(
    failure: Failure, derivation: Derivation, subjects: Sequence[Subject], given: Place, beside: RolesBeside = NOTHING_BESIDE
) -> Answer:
    """Why a failure happened.

    Args:
        failure: what the message says.
        derivation: of the runbooks that ran, or may have.
        subjects: the roles that may have run it; empty when unavailable.
        given: where the role is, as far as the user says; the failure fills in the rest.
        beside: the roles that the same sources have; asked when `subjects` has none.
    """
    assumed = _assumed(failure, derivation, subjects, given)
    if assumed is not None:
        there = [one for one in (*subjects, *beside.assumed) if _is_of(one, failure)]
        found = _answer(failure, assumed.needs, there[:1], assumed.place(given), {})
        name = f"arn:{failure.partition}:iam::{failure.account}:role/{failure.role}"
        return _in_assumed_role(found, assumed.name(given) if is_named_by_script(assumed) else name)
    return _answer(failure, derivation, subjects, given, beside.runs)


def _assumed(failure: Failure, derivation: Derivation, subjects: Sequence[Subject], given: Place) -> AssumedRole | None:
    """The role of a script's other credentials with which the call was made; `None`: the automation's own, or unknown."""
    if not failure.role or not failure.session:
        return None
    own = [(given.account, given.role_arn.rpartition("/")[2])] if given.role_arn else []
    own += [(one.identity.account, one.identity.name) for one in subjects if can_be_assumed(one)]
    if any(name == failure.role and account in ("*", failure.account) for account, name in own):
        return None
    found = assumed_in_session(derivation, failure.account, failure.role)
    if found is None or is_named_by_script(found):
        return found
    # Of a role that is a runtime value, the call itself has to say that it was this one.
    ours = not failure.by_automation and not failure.starting
    return found if ours and any(one.calls or one.permissions for one in candidates(failure, found.needs)) else None


def _is_of(subject: Subject, failure: Failure) -> bool:
    """Whether a role is the one of the failure's session."""
    account = subject.identity.account
    return subject.identity.name == failure.role and (account == failure.account or not account.isdigit())


def _in_assumed_role(answer: Answer, name: str) -> Answer:
    """The answer about a role that a script assumes: its own policies are to be changed."""
    message = answer.fix.message
    if answer.fix.statements and answer.at and answer.at[0].fits:
        message = "deploy the policy that is derived for it (automation-role policy --assumed; in CDK: derived.assumed_roles), or add this statement"
    where = f"the policies of {name}, which the step assumes" if answer.cause.id in ("roleLacks", "untold") else answer.fix.where
    return replace(answer, assumed=name, fix=replace(answer.fix, where=where, message=message, cdk=""))


def _answer(failure: Failure, derivation: Derivation, subjects: Sequence[Subject], given: Place, beside: Mapping[str, Subject]) -> Answer:
    places = candidates(failure, derivation)
    subject = subject_of(failure, subjects) or _beside(places, beside)
    role = (
        given.role_arn.rpartition("/")[2]
        if given.role_arn
        else subject.identity.name
        if subject is not None and len(subjects) == 1 and is_named(subject)
        else ""
    )
    place = place_of(failure, given, subject)
    lacking = _lacking(failure, places, derivation, subject)
    places = lacking or places
    at = surest(places) if places else ()
    cause = lacks(at) if lacking else cause_of(failure, at, subject, role)
    if cause.id == "starter" or (cause.id == "trust" and failure.starting and not failure.step):
        at = ()
    elif cause.id == "otherRole" and not failure.step and not any(one.findings for one in at):
        at = at if at and at[0].shown else ()
    derived = _derived(failure, at)
    rest: tuple[Missing, ...] = ()
    elsewhere: tuple[Missing, ...] = ()
    if cause.id == "otherRole":
        subject = None  # its policies don't say what the other role can do
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


def _beside(places: Sequence[Candidate], beside: Mapping[str, Subject]) -> Subject | None:
    """The role of the runbook that failed, or of all that may have."""
    found = {id(role): role for one in (surest(places) if places else ()) if (role := beside.get(one.runbook.name)) is not None}
    return next(iter(found.values())) if len(found) == 1 else None


def _lacking(failure: Failure, places: tuple[Candidate, ...], derivation: Derivation, subject: Subject | None) -> tuple[Candidate, ...]:
    """For a refusal that names no action: the calls that the role lacks permissions for; empty when unknown."""
    if subject is None or failure.action or failure.layer is not Layer.UNTOLD or failure.encoded:
        return ()
    lacked = missing(subject, derivation)[0]
    return tuple(found for place in places if (found := _with(place, lacked, derivation)) is not None)


def _with(place: Candidate, lacked: Sequence[Missing], derivation: Derivation) -> Candidate | None:
    """A step with what the role lacks there; `None` when it lacks nothing."""
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
    """Whether the derivation is wrong: the step makes the call, the policy lacks it, and there is no finding."""
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
