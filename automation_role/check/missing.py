"""Which calls fail, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from ..derive.derivation import Derivation
from ..iam.conditions import Hidden
from ..iam.decision import Decision, Outcome
from ..iam.identities import Identity, rails_of
from ..iam.logic import Undecided
from ..iam.statements import PolicyStatement, Request
from ..values.calls import Origin
from ..values.placeholders import ACCOUNT, readable
from .coverage import Need, needs, request_of
from .report import Certainty, Missing
from .standins import any_of_them
from .subjects import Subject


def missing(subject: Subject, derivation: Derivation) -> tuple[tuple[Missing, ...], tuple[Need, ...]]:
    """What the role lacks, in the order of the steps; and every need that was decided.

    When the account is unknown, a call that is refused is checked again for any account: an ARN with an account may be in this one.
    """
    asked = needs(subject.identity, derivation, subject.context)
    anywhere = needs(subject.identity, derivation, subject.context._replace(account="*")) if subject.context.account == ACCOUNT else ()
    by_question = {(need.action, need.resource, need.conditions): need for need in anywhere}
    found: dict[tuple[Any, ...], Lack] = {}
    place = _places(derivation)
    for need in asked:
        lack = lack_of(subject.identity, need, asked)
        if lack is None:
            continue
        elsewhere = by_question.get(_question(need))
        if lack.certainty is Certainty.FAILS and elsewhere is not None and elsewhere.decision.outcome is Outcome.PARTLY:
            lack = lack_of(subject.identity, elsewhere, anywhere) or lack
        key = (lack.certainty, need.action, need.conditions, need.origins, lack.reason)
        found.setdefault(key, lack).resources.setdefault(need.resource, None)
    return tuple(
        Missing(
            certainty=lack.certainty,
            action=action,
            resources=tuple(dict.fromkeys(readable(any_of_them(text)) for text in lack.resources)),
            conditions=tuple((name, readable(any_of_them(value))) for name, value in conditions),
            origins=origins,
            reason=lack.reason,
            policy=lack.decision.policy,
            statement=lack.decision.statement,
        )
        for (_, action, conditions, origins, _), lack in sorted(found.items(), key=lambda item: min(map(place, item[0][3])))
    ), asked


def _question(need: Need) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    everywhere = tuple((key, value.replace(ACCOUNT, "*")) for key, value in need.conditions)
    return need.action, need.resource.replace(ACCOUNT, "*"), everywhere


def _places(derivation: Derivation) -> Callable[[Origin], tuple[int, int]]:
    """Tells where a call is, in the order of the runbooks and their lines."""
    order = {runbook.name: index for index, runbook in enumerate(derivation.runbooks)}
    return lambda origin: (order.get(origin.runbook, len(order)), origin.line)


_SHOWN: Final = 3  # at most this many statements in a reason


@dataclass(frozen=True, slots=True)
class Lack:
    """What is not allowed, or only in some cases, and why."""

    certainty: Certainty
    reason: str
    decision: Decision
    resources: dict[str, None]


def lack_of(role: Identity, need: Need, asked: Iterable[Need]) -> Lack | None:
    """What a role lacks for one need; `None` when it is allowed."""
    lack = _surely(role, need)
    if lack is None:
        return None
    if need.perhaps:
        why = "the call may need it, but nothing shows that it does"
    elif need.either and any(_is_instead(other, need) for other in asked):
        why = "the resource's type is a runtime value, and the role allows the call on another type"
    else:
        return lack
    return replace(lack, certainty=Certainty.PARTLY, reason=f"{why}; {lack.reason}")


def _is_instead(other: Need, need: Need) -> bool:
    """Whether the call may be about another resource instead, and that one is not refused."""
    same = (other.action, other.conditions) == (need.action, need.conditions) and not set(need.origins).isdisjoint(other.origins)
    return same and other is not need and other.either and other.decision.outcome is not Outcome.DENIED


def _surely(role: Identity, need: Need) -> Lack | None:
    decision = need.decision
    if decision.outcome is Outcome.ALLOWED:
        return None
    if decision.outcome is Outcome.DENIED:
        return Lack(Certainty.FAILS, readable(decision.reason), decision, {})
    if decision.outcome is Outcome.PARTLY:
        return Lack(Certainty.PARTLY, readable(_part(role, need) or decision.reason), decision, {})
    hidden = _hidden(role)
    if conditional(role, decision):
        ask = " ".join(f"--context {hidden[reason].key}=…" for reason in decision.unknown)
        shown = _part(role, need)
        return Lack(
            Certainty.PARTLY, readable(f"{shown}; say what the requests contain: {ask}" if shown else decision.reason), decision, {}
        )
    return Lack(Certainty.UNDECIDED, readable("; ".join(reason for reason in decision.unknown if reason not in hidden)), decision, {})


def _hidden(role: Identity) -> dict[str, Hidden]:
    """The condition keys whose values are unknown, by reason."""
    return {reason: value for value in role.context.values() if isinstance(value, Hidden) for reason in value.undecided.reasons}


def conditional(role: Identity, decision: Decision) -> bool:
    """Whether a decision is undecided only because the values of conditions are unknown."""
    return bool(decision.unknown) and _hidden(role).keys() >= set(decision.unknown)


# -- partly allowed ---------------------------------------------------------------------------------------------------------


def _part(role: Identity, need: Need) -> str:
    """The part of a need that the role allows, and what denies the rest."""
    request = request_of(need.action, need.resource, need.conditions)
    assert not isinstance(request, Undecided)  # noqa: S101  (there is an answer in part)
    request = replace(request, context={**role.context, **request.context})
    rails = rails_of(role)
    bounds = tuple(document for rail in rails for document in rail.documents)
    shown = []
    for effect, policies, verb in (
        ("Deny", (*role.policies, *bounds), "denied on"),
        ("Allow", role.policies, "allowed on"),
        *(("Allow", rail.documents, f"its {rail.kind} allows it on") for rail in rails),
    ):
        some = [
            f"{_on(statement, request)}{_if(statement, request)} ({statement.label!r} of policy {document.name!r})"
            for document in policies
            for statement in document.statements
            if statement.effect == effect and statement.about(request, every=False) is not False
        ]
        if some:
            shown.append(f"{verb} {', '.join(some[:_SHOWN])}{f' and {len(some) - _SHOWN} more' if len(some) > _SHOWN else ''}")
    return "; ".join(shown)


def _on(statement: PolicyStatement, request: Request) -> str:
    """The statement's resources that are among those of the request."""
    if statement.not_resources:
        return f"all but {', '.join(statement.resources)}"
    return ", ".join(one for one in statement.resources if replace(statement, resources=(one,)).about(request, every=False) is not False)


def _if(statement: PolicyStatement, request: Request) -> str:
    """The statement's conditions that some of these requests don't meet."""
    conditions = [str(one) for one in statement.conditions if one.holds(request.context, every=True) is not True]
    return f" if {' and '.join(conditions)}" if conditions else ""
