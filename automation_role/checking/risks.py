"""What in a role is dangerous, or does not do what it seems to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .. import catalog
from ..evaluate.conditions import Condition
from ..evaluate.documents import Document, Request, Statement
from ..evaluate.identities import Outcome, decide
from ..evaluate.text import matches, opaques, wild
from ..trust import SERVICES
from .missing import conditional
from .report import RISKS, Risk
from .roles import Subject, documents
from .standins import ACCOUNT, POLICY, words
from .trusting import admission
from .unused import expand

_HAND_ON: Final = "iam:PassRole"
# What a role could do to itself; those that only take away widen it when they take away a deny or a boundary.
_WIDENING: Final = ("iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary", "iam:UpdateAssumeRolePolicy")
_TAKING_DENIES_AWAY: Final = ("iam:DeleteRolePolicy", "iam:DetachRolePolicy")
_TAKING_THE_BOUNDARY_AWAY: Final = ("iam:DeleteRolePermissionsBoundary",)
_REWRITING: Final = ("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion")

# https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html: the keys that hold a service to whom it acts for
_SOURCES: Final = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"})


def risks(subject: Subject) -> tuple[Risk, ...]:
    """All that is risky about a role, in the order of `RISKS`."""
    found = [*_passing(subject), *_widening(subject), *_trusting(subject), *_unknown_actions(subject)]
    order = list(RISKS)
    return tuple(sorted(dict.fromkeys(found), key=lambda risk: order.index(risk.id)))


def _risk(name: str, document: Document | None, statement: Statement | None, message: str) -> Risk:
    return Risk(
        id=name,
        policy=document.name if document is not None else "",
        statement=statement.label if statement is not None else "",
        message=words(message),
    )


def _may(subject: Subject, action: str, resource: str) -> bool:
    """Whether the role may do this to some such resource of an account that may be its own, under whatever condition."""
    for account in subject.accounts:
        decision = decide(subject.identity, Request(action, wild(resource.replace(ACCOUNT, account)), {}))
        if decision.outcome in (Outcome.ALLOWED, Outcome.PARTLY) or conditional(subject.identity, decision):
            return True
    return False


# -- handing roles on ----------------------------------------------------------------------------------------------------------------


def _passing(subject: Subject) -> Iterator[Risk]:
    every = f"arn:{subject.context.partition}:iam::{ACCOUNT}:role/*"
    if not _may(subject, _HAND_ON, every):
        return
    for document, statement in _allowing(subject, _HAND_ON):
        if statement.not_resources or _covers(subject, statement, every):
            message = "hands on every role of the account → name the roles"
            yield _risk("passRoleAnyRole", document, statement, message)
        if not any(_holds(condition, "iam:passedtoservice") for condition in statement.conditions):
            message = 'hands a role to any service → a condition, {"StringEquals": {"iam:PassedToService": …}}'
            yield _risk("passRoleAnyService", document, statement, message)


def _covers(subject: Subject, statement: Statement, resource: str) -> bool:
    """Whether one of the statement's entries has every such resource of an account that may be the role's own."""
    texts = [wild(resource.replace(ACCOUNT, account)) for account in subject.accounts]
    return any(matches(wild(one), text, every=True) is True for one in statement.resources for text in texts)


def _allowing(subject: Subject, action: str) -> Iterator[tuple[Document, Statement]]:
    for document in subject.identity.policies:
        for statement in document.statements:
            if statement.effect == "Allow" and _has(statement, action):
                yield document, statement


def _has(statement: Statement, action: str) -> bool:
    found = any(matches(wild(pattern.lower()), wild(action.lower()), every=True) is True for pattern in statement.actions)
    return found is not statement.not_actions


def _holds(condition: Condition, key: str) -> bool:
    """Whether a condition holds a key to something."""
    return condition.key.lower() == key and condition.names and "*" not in condition.values


# -- widening itself -----------------------------------------------------------------------------------------------------------------


def _widening(subject: Subject) -> Iterator[Risk]:
    role = subject.identity
    actions = [*_WIDENING]
    if any(statement.effect == "Deny" for document in role.policies for statement in document.statements):
        actions += _TAKING_DENIES_AWAY
    if role.boundary is not None:
        actions += _TAKING_THE_BOUNDARY_AWAY
    able = [action for action in actions if _may(subject, action, role.arn)]
    own = (
        [arn for arn in subject.managed if ":iam::aws:" not in arn]
        if subject.managed is not None
        else [f"arn:{subject.context.partition}:iam::{ACCOUNT}:policy/{POLICY}"]
    )
    able += [action for action in _REWRITING if any(_may(subject, action, arn) for arn in own)]
    if able:
        statements = [(document, statement) for action in able for document, statement in _allowing(subject, action)]
        document, statement = statements[0] if statements else (None, None)
        message = f"may widen itself: {', '.join(able)} on itself or its policies → deny it these, or name other roles and policies"
        yield _risk("selfWidening", document, statement, message)


# -- trust ---------------------------------------------------------------------------------------------------------------------------


def _trusting(subject: Subject) -> Iterator[Risk]:
    trust = subject.identity.trust
    if trust is None and subject.managed is None:  # nobody gave it
        return
    decision = admission(subject.identity, subject.accounts, subject.context.regions)
    if decision.outcome is Outcome.DENIED:
        yield _risk("trustNotAutomation", trust, None, f"no automation can run as this role: {decision.reason}")
    for statement in trust.statements if trust is not None else ():
        if statement.effect != "Allow":
            continue
        if not statement.conditions and any(kind in ("*", "AWS") and name == "*" for kind, name in statement.principals):
            yield _risk("trustAnyone", trust, statement, "admits everyone → name who may assume the role")
        if any(_holds(condition, key) for condition in statement.conditions for key in _SOURCES):
            continue
        open_to = [name for kind, name in statement.principals if kind == "Service" and _says_its_source(name)]
        if open_to:
            message = f"admits {', '.join(open_to)} on behalf of any account → conditions on aws:SourceAccount and aws:SourceArn"
            yield _risk("trustWithoutSource", trust, statement, message)


def _says_its_source(service: str) -> bool:
    sends = SERVICES.get(service)
    return sends is not None and (sends.account or sends.arn is not None)


# -- actions that do not exist ---------------------------------------------------------------------------------------------------------


def _unknown_actions(subject: Subject) -> Iterator[Risk]:
    for document in documents(subject.identity):
        for statement in document.statements:
            for pattern in statement.actions:
                if not opaques(pattern) and not expand(pattern):
                    near = catalog.nearest_action(pattern)
                    hint = f"; did you mean {near!r}?" if near is not None else ""
                    yield _risk("unknownAction", document, statement, f"the action {pattern!r} does not exist{hint}")
