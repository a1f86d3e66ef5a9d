"""Asks the role's policies about each derived permission."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..catalog import operations as catalog
from ..derive.derivation import Derivation
from ..iam.conditions import Hidden
from ..iam.decision import Decision, Outcome, decide
from ..iam.identities import Identity
from ..iam.logic import Undecided
from ..iam.statements import Request
from ..iam.text import Atoms, expand, literal, no_variables, show, wild
from ..values.calls import Condition, Origin, Permission
from ..values.patterns import Pattern
from ..values.place import Place
from ..values.tokens import is_token

_ONE_ACCOUNT = re.compile("[^*?⟨⟩]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One permission that the runbooks need, and whether the role has it.

    Attributes:
        action: the IAM action.
        resource: the ARN; with `*` in it, every such resource.
        conditions: the request's condition keys, as (key, value).
        origins: the steps that need it.
        decision: the role's answer.
        perhaps: whether IAM checks the resource only when the call uses one, and nothing shows whether it does.
        either: whether the call may be about another resource instead; only a run decides.
    """

    action: str
    resource: str
    conditions: tuple[tuple[str, str], ...]
    origins: tuple[Origin, ...]
    decision: Decision
    perhaps: bool = False
    either: bool = False


def needs(role: Identity, derivation: Derivation, context: Place) -> tuple[Need, ...]:
    """Ask a role's policies and boundary about everything that was derived.

    Args:
        role: whose policies.
        derivation: of the runbooks.
        context: where they run; fills in the partition, account, Regions and role ARN.

    Returns:
        One entry for each action, resource and conditions, in the order of the steps.
    """
    origins: dict[tuple[str, str, tuple[tuple[str, str], ...]], dict[Origin, None]] = {}
    sure, single = set(), set()
    for step in derivation.steps:
        for permission in step.permissions:
            for asked, pattern in _asked(permission, context):
                key = (permission.action, *asked)
                origins.setdefault(key, {}).update(dict.fromkeys(permission.origins))
                if pattern not in permission.perhaps:
                    sure.add(key)
                if pattern not in permission.either:
                    single.add(key)
    return tuple(
        Need(
            action=action,
            resource=resource,
            conditions=conditions,
            origins=tuple(who),
            decision=_decide(role, action, resource, conditions),
            perhaps=(action, resource, conditions) not in sure,
            either=(action, resource, conditions) not in single,
        )
        for (action, resource, conditions), who in origins.items()
    )


def _asked(permission: Permission, context: Place) -> Iterator[tuple[tuple[str, tuple[tuple[str, str], ...]], Pattern]]:
    """Every resource with every combination of the conditions' values, and what the resource was written from."""
    combinations = list(itertools.product(*(_given(condition, context) for condition in permission.conditions)))
    for pattern in permission.resources:
        for resource in context.write(pattern):
            for combination in combinations:
                yield (resource, combination), pattern


def _given(condition: Condition, context: Place) -> list[tuple[str, str]]:
    _, key, patterns = condition
    return [(key, text) for pattern in patterns for text in context.write(pattern)]


def _decide(role: Identity, action: str, resource: str, conditions: tuple[tuple[str, str], ...]) -> Decision:
    request = request_of(action, resource, conditions)
    if isinstance(request, Undecided):
        question = f"{role}: {action} on {resource}"
        return Decision(question=question, outcome=Outcome.UNDECIDED, reason=request.reasons[0], unknown=request.reasons)
    return decide(role, request)


def request_of(action: str, resource: str, conditions: Sequence[tuple[str, str]]) -> Request | Undecided:
    """The request for a need, or why it is unknown."""
    read = [_read(text) for text in (resource, *(value for _, value in conditions))]
    if resource == "*" and not catalog.resource_types(action):
        read[0] = literal("*")  # no wildcard: the request is about no particular resource, so a deny on some instances does not apply
    for one in read:
        if isinstance(one, Undecided):
            return one
    texts = [one for one in read if not isinstance(one, Undecided)]
    given: dict[str, tuple[Atoms, ...] | Hidden] = {key.lower(): (text,) for (key, _), text in zip(conditions, texts[1:], strict=True)}
    account = account_of(texts[0])
    if account is not None:
        given["aws:resourceaccount"] = (literal(account),)
    return Request(action, texts[0], given)


def _read(text: str) -> Atoms | Undecided:
    if is_token(text):
        return Undecided(
            (
                f"{text!r} is a CDK token, which the template does not have → the resource's name there; bind the parameter to Authorization.name_of(…)",
            )
        )
    read = expand(text, no_variables, wildcards=True)
    return wild(text) if read is None else read


def account_of(resource: Atoms) -> str | None:
    """The account in an ARN, when it is written out."""
    parts = show(resource).split(":", 5)
    return parts[4] if len(parts) == 6 and _ONE_ACCOUNT.fullmatch(parts[4]) else None
