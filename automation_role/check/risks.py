"""What in a role is dangerous, or does not do what it seems to."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from typing import Final

from ..catalog import operations as catalog
from ..iam.conditions import Context, PolicyCondition
from ..iam.decision import Outcome, decide
from ..iam.documents import PolicyDocument
from ..iam.matches import matches
from ..iam.statements import PolicyStatement, Request
from ..iam.text import literal, opaques, wild
from ..iam.trust import ServicePrincipal, may_assume
from ..policy.trust import SERVICES
from ..values.placeholders import ACCOUNT, REGION, readable
from .missing import conditional
from .report import RISKS, Risk
from .standins import OTHER, POLICY
from .subjects import Subject, documents
from .trust import admission
from .unused import expand
from .widening import REWRITING, WIDENING

_PASSING: Final = "iam:PassRole"
# Actions by which a role widens itself, besides those of `widening`, when what it removes is a deny or its boundary.
_TAKING_DENIES_AWAY: Final = ("iam:DeleteRolePolicy", "iam:DetachRolePolicy")
_TAKING_THE_BOUNDARY_AWAY: Final = ("iam:DeleteRolePermissionsBoundary",)

# https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html: the keys that say for whom a service acts
_SOURCES: Final = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"})
# The keys that identify a caller. A stranger chooses its own tags and session name, and an external ID isn't a secret.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html ("The meaning of public")
_CALLERS: Final = _SOURCES | {
    *("aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:userid"),
    *("aws:sourceip", "aws:sourcevpc", "aws:sourcevpcarn", "aws:sourcevpce", "aws:vpcsourceip"),
}
_NOTHING: Final[Context] = {}
_MET_WITHOUT: Final = re.compile("^ForAllValues:|IfExists$", re.IGNORECASE)
_OTHER_SERVICE: Final = f"{OTHER}.amazonaws.com"


def risks(subject: Subject) -> tuple[Risk, ...]:
    """Everything risky about a role, in the order of `RISKS`."""
    found = [*_passing(subject), *_widening(subject), *_trusting(subject), *_unknown_actions(subject)]
    order = list(RISKS)
    return tuple(sorted(dict.fromkeys(found), key=lambda risk: order.index(risk.id)))


def _risk(name: str, document: PolicyDocument | None, statement: PolicyStatement | None, message: str) -> Risk:
    return Risk(
        id=name,
        policy=document.name if document is not None else "",
        statement=statement.label if statement is not None else "",
        message=readable(message),
    )


def _may(subject: Subject, action: str, resource: str, context: Context = _NOTHING) -> bool:
    """Whether the role can do this to some such resource of an account that may be its own, under any condition."""
    for account in subject.accounts:
        decision = decide(subject.identity, Request(action, wild(resource.replace(ACCOUNT, account)), context))
        if decision.outcome in (Outcome.ALLOWED, Outcome.PARTLY) or conditional(subject.identity, decision):
            return True
    return False


def _holds(condition: PolicyCondition, keys: Container[str], other: str) -> bool:
    """Whether a condition restricts one of these keys to a value that others don't have; for an ARN, its account counts."""
    key = condition.key.lower()
    if key not in keys or not condition.names:
        return False
    values = map(_account, condition.values) if key.endswith("arn") else condition.values
    return not any(value.endswith("/0") or matches(wild(value), literal(other), every=True) is True for value in values)


def _account(arn: str) -> str:
    """The account of an ARN; that of `arn:aws:ssm:*` is any."""
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 else parts[-1]


# -- passing roles ----------------------------------------------------------------------------------------------------------------


def _passing(subject: Subject) -> Iterator[Risk]:
    roles = f"arn:{subject.context.partition}:iam::{ACCOUNT}:role/"
    any_role = _may(subject, _PASSING, f"{roles}{OTHER}")
    for document, statement in _allowing(subject, _PASSING):
        if any_role and (statement.not_resources or _covers(subject, statement, f"{roles}{OTHER}")):
            message = "can pass every role of the account → name the roles"
            yield _risk("passRoleAnyRole", document, statement, message)
        named = [text for text in statement.resources if "${" not in text] if not statement.not_resources else []
        to_other: Context = {"iam:passedtoservice": (literal(_OTHER_SERVICE),)}
        held = any(_holds(condition, to_other, _OTHER_SERVICE) for condition in statement.conditions)
        if not held and any(_may(subject, _PASSING, text, to_other) for text in named or [f"{roles}*"]):
            message = 'can pass a role to any service → add a condition, {"StringEquals": {"iam:PassedToService": …}}'
            yield _risk("passRoleAnyService", document, statement, message)


def _covers(subject: Subject, statement: PolicyStatement, resource: str) -> bool:
    """Whether one of the statement's entries covers this resource in an account that may be the role's own."""
    texts = [wild(resource.replace(ACCOUNT, account)) for account in subject.accounts]
    return any(matches(wild(one), text, every=True) is True for one in statement.resources for text in texts)


def _allowing(subject: Subject, action: str) -> Iterator[tuple[PolicyDocument, PolicyStatement]]:
    for document in subject.identity.policies:
        for statement in document.statements:
            if statement.effect == "Allow" and _has(statement, action):
                yield document, statement


def _has(statement: PolicyStatement, action: str) -> bool:
    found = any(matches(wild(pattern.lower()), wild(action.lower()), every=True) is True for pattern in statement.actions)
    return found is not statement.not_actions


# -- widening itself -----------------------------------------------------------------------------------------------------------------


def may_widen(subject: Subject) -> tuple[str, ...]:
    """The actions by which a role could widen itself."""
    role = subject.identity
    actions = [*WIDENING]
    if any(statement.effect == "Deny" for document in role.policies for statement in document.statements):
        actions += _TAKING_DENIES_AWAY
    if role.boundary is not None:
        actions += _TAKING_THE_BOUNDARY_AWAY
    # The key is the boundary of the role that is changed, here its own. Without a boundary, the request does not have the key.
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
    own_boundary: Context = {"iam:permissionsboundary": ()} if role.boundary is None else {}
    contexts = {"iam:PutRolePermissionsBoundary": _NOTHING}  # here the key is the new boundary
    able = [action for action in actions if _may(subject, action, role.arn, contexts.get(action, own_boundary))]
    own = (
        [arn for arn in subject.managed if ":iam::aws:" not in arn]
        if subject.managed is not None
        else [f"arn:{subject.context.partition}:iam::{ACCOUNT}:policy/{POLICY}"]
    )
    able += [action for action in REWRITING if any(_may(subject, action, arn) for arn in own)]
    return tuple(able)


def _widening(subject: Subject) -> Iterator[Risk]:
    able = may_widen(subject)
    if able:
        statements = [(document, statement) for action in able for document, statement in _allowing(subject, action)]
        document, statement = statements[0] if statements else (None, None)
        message = f"can widen itself: {', '.join(able)} on itself or its policies → deny these actions, or name other roles and policies"
        yield _risk("selfWidening", document, statement, message)


# -- trust ---------------------------------------------------------------------------------------------------------------------------


def _trusting(subject: Subject) -> Iterator[Risk]:
    trust = subject.identity.trust
    if trust is None and subject.managed is None:  # it was not passed
        return
    decision = admission(subject.identity, subject.accounts, subject.context.regions)
    if decision.outcome is Outcome.DENIED:
        yield _risk("trustNotAutomation", trust, None, f"no automation can run as this role: {decision.reason}")
    for statement in trust.statements if trust is not None else ():
        if statement.effect != "Allow" or not _has(statement, "sts:AssumeRole"):
            continue
        if any(kind in ("*", "AWS") and name == "*" for kind, name in statement.principals) and not _held(statement):
            yield _risk("trustAnyone", trust, statement, "lets anyone assume the role → name who can")
        if any(_holds(condition, _SOURCES, OTHER) for condition in statement.conditions):
            continue
        services = [name for kind, name in statement.principals if kind == "Service" and _says_its_source(name)]
        open_to = [name for name in services if not _denied_to_others(subject, name)]
        if open_to:
            message = f"trusts {', '.join(open_to)} on behalf of any account → add conditions on aws:SourceAccount and aws:SourceArn"
            yield _risk("trustWithoutSource", trust, statement, message)


def _held(statement: PolicyStatement) -> bool:
    """Whether a condition says who can assume the role; one that holds without the key (`IfExists`, `ForAllValues`) does not."""
    return any(_holds(condition, _CALLERS, OTHER) and not _MET_WITHOUT.search(condition.operator) for condition in statement.conditions)


def _denied_to_others(subject: Subject, service: str) -> bool:
    """Whether a statement of the trust policy denies a service that acts for another account."""
    arn = f"arn:{subject.context.partition}:{service.partition('.')[0]}:{REGION}:{OTHER}:{OTHER}"
    context = {key: (literal(arn if key == "aws:sourcearn" else OTHER),) for key in _SOURCES}
    decision = may_assume(subject.identity, ServicePrincipal(service), context)
    return decision.outcome is Outcome.DENIED and decision.policy is not None


def _says_its_source(service: str) -> bool:
    sends = SERVICES.get(service)
    return sends is not None and (sends.account or sends.arn is not None)


# -- actions that do not exist ---------------------------------------------------------------------------------------------------------


def _unknown_actions(subject: Subject) -> Iterator[Risk]:
    trust = (subject.identity.trust,) if subject.identity.trust is not None else ()
    for document in (*documents(subject.identity), *trust):
        for statement in document.statements:
            for pattern in () if document.by_aws else statement.actions:  # AWS keeps actions of services that it has ended
                if not opaques(pattern) and not expand(pattern):
                    yield _risk("unknownAction", document, statement, f"the action {pattern!r} does not exist{_meant(pattern)}")


def _meant(action: str) -> str:
    """What an API operation of that name needs, else the nearest action."""
    prefix, _, name = action.partition(":")
    service = catalog.service(prefix)
    operation = service.operation(name) if service is not None else None
    if service is not None and operation is not None and (needed := service.actions_of(operation)) is not None:
        return f"; the API operation {operation} needs {', '.join(needed) or 'no permission'}"
    near = catalog.nearest_action(action)
    return f"; did you mean {near!r}?" if near is not None else ""
