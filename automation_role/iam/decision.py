"""Whether IAM would allow a request of an identity: THE decision, from its policies, permissions boundary and guard rails.

An explicit deny wins; otherwise an identity policy, the boundary and each guard rail must allow the request.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from ..errors import AutomationRoleError
from .conditions import Hidden
from .documents import PolicyDocument
from .identities import Identity, rails_of
from .logic import Truth, Undecided, all_of, negate
from .statements import PolicyStatement, Request
from .text import has_wildcards

_SHOWN = 5  # at most this many parts in a message


class UndecidedError(AutomationRoleError):
    """The question cannot be answered from what is known; the message says what is missing."""


class Outcome(StrEnum):
    """The outcome of a decision."""

    ALLOWED = "allowed"
    DENIED = "denied"
    PARTLY = "allowed in part"
    """The question covers many requests (a wildcard): not all of them are allowed, but some may be."""
    UNDECIDED = "undecided"
    """It depends on something unknown or not modelled."""

    def __bool__(self) -> bool:
        """Refuse to be a condition: every text is true, `denied` too."""
        message = (
            f"an outcome ({self.value!r}) is not a yes or no → the decision itself, or a comparison: decision.outcome is Outcome.ALLOWED"
        )
        raise TypeError(message)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Decision:
    """The answer to a question, with the statement that decided it.

    True and false as a condition: `assert decision`, `assert not decision`. Neither when it is undecided or allowed in part:
    then that raises `UndecidedError`, so that a test never passes by a guess.

    Attributes:
        question: what was asked, in words.
        outcome: the answer.
        reason: why, in words.
        policy: name of the policy that decided; `None` when none did (nothing allows it).
        statement: `Sid` of the statement that decided, `statement 2` when it has none.
        parts: the decisions that this one summarizes, if any.
        unknown: what is missing for a decision, when it is undecided.
    """

    question: str
    outcome: Outcome
    reason: str
    policy: str | None = None
    statement: str | None = None
    parts: tuple[Decision, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether it is allowed.

        Raises:
            UndecidedError: it is undecided, or allowed in part.
        """
        if self.outcome in (Outcome.ALLOWED, Outcome.DENIED):
            return self.outcome is Outcome.ALLOWED
        raise UndecidedError(str(self))

    def __bool__(self) -> bool:
        return self.allowed

    def __str__(self) -> str:
        return f"{self.outcome.value}: {self.question}: {self.reason}"

    __repr__ = __str__

    @classmethod
    def all(cls, question: str, parts: Iterable[Decision], reason: str) -> Decision:
        """Allowed when all the parts are (then `reason` says so); else the most serious part decides."""
        parts = tuple(parts)
        for outcome in (Outcome.DENIED, Outcome.UNDECIDED, Outcome.PARTLY):
            wrong = [part for part in parts if part.outcome is outcome]
            if wrong:
                first, who = wrong[0], question.partition(": ")[0] + ": "
                shown = [f"{part.question.removeprefix(who)}: {part.reason}" for part in wrong[:_SHOWN]]
                why = " | ".join([*shown, *([f"and {len(wrong) - _SHOWN} more"] if len(wrong) > _SHOWN else [])])
                return cls(question=question, outcome=outcome, reason=why, policy=first.policy, statement=first.statement, parts=parts)
        return cls(question=question, outcome=Outcome.ALLOWED, reason=reason, parts=parts)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a statement of one effect applies to a request: which one, or the one that comes closest."""

    truth: Truth
    document: PolicyDocument | None = None
    statement: PolicyStatement | None = None
    missed: str = ""  # the test that the closest statement did not pass

    @property
    def where(self) -> str:
        """The statement, in words."""
        assert self.document is not None  # noqa: S101
        assert self.statement is not None  # noqa: S101
        return f"{self.statement.label!r} of policy {self.document.name!r}"


def verdict(documents: Iterable[PolicyDocument], effect: str, request: Request, *, every: bool) -> Verdict:
    """Whether a statement of this effect applies to the request (see `PolicyStatement.about` for `every`)."""
    reasons: dict[str, None] = {}
    unclear: tuple[PolicyDocument, PolicyStatement] | None = None
    nearest, passed = Verdict(truth=False), 0
    for document in documents:
        for statement in document.statements:
            if statement.effect not in (effect, None):
                continue
            truth: Truth = True
            for i, (what, stage) in enumerate(statement.stages(request, every=every)):
                truth = all_of((truth, stage))
                if truth is False:
                    if i > passed:
                        nearest, passed = Verdict(False, document, statement, what), i
                    break
            if truth is True:
                return Verdict(True, document, statement)
            if isinstance(truth, Undecided):
                reasons.update(dict.fromkeys(truth.reasons))
                unclear = unclear or (document, statement)
    return Verdict(Undecided(tuple(reasons)), *unclear) if unclear else nearest


def decide(identity: Identity, request: Request) -> Decision:
    """Whether an identity's policies allow a request.

    An explicit deny wins. Otherwise an identity policy must allow it, and so must the permissions boundary, if any, and each level of the
    organization's policies, if passed. Session policies and resource policies are not considered.
    """
    request = replace(request, context={**identity.context, **request.context})
    question = f"{identity}: {request}"
    every = judge(identity, request, every=True)
    if every.truth is False and _is_many(request):
        some = judge(identity, request, every=False)
        if some.truth is not False:
            reason = f"not every such request is allowed: {every.reason}; ask about one of them"
            return Decision(question=question, outcome=Outcome.PARTLY, reason=reason, policy=every.policy, statement=every.statement)
    return every.decision(question)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The decision of the policies together, and why."""

    truth: Truth
    reason: str
    policy: str | None = None
    statement: str | None = None

    @classmethod
    def by(cls, truth: Truth, reason: str, verdict: Verdict) -> Judgement:
        """With the statement that decided it."""
        assert verdict.document is not None  # noqa: S101
        assert verdict.statement is not None  # noqa: S101
        return cls(truth, reason, verdict.document.name, verdict.statement.label)

    def decision(self, question: str) -> Decision:
        """As an answer."""
        if isinstance(self.truth, Undecided):
            return Decision(question=question, outcome=Outcome.UNDECIDED, reason=self.reason, unknown=self.truth.reasons)
        outcome = Outcome.ALLOWED if self.truth else Outcome.DENIED
        return Decision(question=question, outcome=outcome, reason=self.reason, policy=self.policy, statement=self.statement)


def judge(identity: Identity, request: Request, *, every: bool) -> Judgement:
    """The decision of an identity's policies, boundary and guard rails about every request that `request` stands for, or about one of them."""
    rails = rails_of(identity)
    bounds = [document for rail in rails for document in rail.documents]
    # All are allowed when no deny applies to any of them; some are allowed when no deny applies to all of them.
    denied = verdict((*identity.policies, *bounds), "Deny", request, every=not every)
    if denied.truth is True:
        return Judgement.by(False, f"{denied.where} denies it", denied)
    allowed = verdict(identity.policies, "Allow", request, every=every)
    if allowed.truth is False:
        return Judgement(False, f"no statement allows it{nearly(allowed)}")
    bounded = [verdict(rail.documents, "Allow", request, every=every) for rail in rails]
    for rail, each in zip(rails, bounded, strict=True):
        if each.truth is False:
            return Judgement(False, f"{rail} does not allow it{nearly(each)}")
    truth = all_of((negate(denied.truth), allowed.truth, *(each.truth for each in bounded)))
    if isinstance(truth, Undecided):
        return Judgement(truth, "; ".join(truth.reasons))
    return Judgement.by(True, f"{allowed.where} allows it", allowed)


def nearly(verdict: Verdict) -> str:
    """Which statement came closest, and which test it failed."""
    if verdict.statement is None:
        return ""
    if verdict.missed == "resource":
        other = "all except " if verdict.statement.not_resources else ""
        return f"; {verdict.where} has the action, but on {other}{', '.join(verdict.statement.resources)}"
    return f"; {verdict.where} comes closest, but its {verdict.missed} is not met"


def _is_many(request: Request) -> bool:
    values = (text for value in request.context.values() if not isinstance(value, Hidden) for text in value)
    return has_wildcards(request.resource) or any(has_wildcards(text) for text in values)
