"""Who can assume a role: its trust policy, and the caller's own policies where these count, too.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from .conditions import Context, Hidden
from .context import hidden_context
from .decision import Decision, Judgement, Outcome, judge, nearly, verdict
from .documents import PolicyDocument
from .identities import Identity
from .logic import Truth, Undecided, all_of, any_of, negate, undecided
from .matches import matches
from .statements import PolicyStatement, Request
from .text import literal, opaques


class PrincipalMatch(Enum):
    """What a trust statement grants to a caller that its `Principal` matches."""

    SELF = "self"  # it names the caller
    EVERYONE = "everyone"
    ACCOUNT = "account"  # it names the caller's account, whose own policies then decide


@dataclass(frozen=True, slots=True)
class ServicePrincipal:
    """An AWS service as the caller: `ssm.amazonaws.com`."""

    principal: str

    def __str__(self) -> str:
        return f"service {self.principal!r}"


@dataclass(frozen=True, slots=True)
class Stranger:
    """A user or role with a known ARN and unknown policies."""

    arn: str

    def __str__(self) -> str:
        return self.arn


Caller = Identity | ServicePrincipal | Stranger


def may_assume(role: Identity, caller: Caller, context: Context) -> Decision:
    """Whether a caller can assume a role with `sts:AssumeRole`.

    A service needs only the trust policy. In the role's own account, a trust that names the user or role is enough (its boundary must
    allow it when it is a role); one that names the account leaves it to the caller's policies. From another account, both must allow it.
    """
    assert role.trust is not None  # noqa: S101
    question = f"{caller}: sts:AssumeRole of {role}"
    request = Request("sts:AssumeRole", literal(role.arn), _context(role, caller, context))
    denied = _trusts(role.trust, "Deny", caller, request, None)
    if denied.truth is True:
        return denied.decision_against(question)
    reached = {reach: _trusts(role.trust, "Allow", caller, request, reach) for reach in PrincipalMatch}
    found = [one for one in reached.values() if one.truth is not False]
    if not found:
        nearest = verdict((role.trust,), "Allow", request, every=True)  # whoever asks
        why = "; its statements name others" if nearest.truth is True else nearly(nearest)
        return Decision(question=question, outcome=Outcome.DENIED, reason=f"the trust policy {role.trust.name!r} does not allow it{why}")
    ways = [_way(reach, one, role, caller, request) for reach, one in reached.items() if one.truth is not False]
    best = next((way for way in ways if way.truth is True), None) or next((w for w in ways if isinstance(w.truth, Undecided)), ways[0])
    truth = all_of((negate(denied.truth), any_of(way.truth for way in ways)))
    if isinstance(truth, Undecided):
        return Judgement(truth, "; ".join(truth.reasons)).decision(question)
    return replace(best, truth=truth).decision(question)


@dataclass(frozen=True, slots=True)
class _Trusted:
    truth: Truth
    document: PolicyDocument
    statement: PolicyStatement | None = None

    @property
    def where(self) -> str:
        label = self.statement.label if self.statement is not None else "a statement"
        return f"{label!r} of the trust policy {self.document.name!r}"

    def judgement(self, truth: Truth, reason: str) -> Judgement:
        return Judgement(truth, reason, self.document.name, self.statement.label if self.statement is not None else None)

    def decision_against(self, question: str) -> Decision:
        return self.judgement(truth=False, reason=f"{self.where} denies it").decision(question)


def _trusts(document: PolicyDocument, effect: str, caller: Caller, request: Request, reach: PrincipalMatch | None) -> _Trusted:
    """Whether a statement of this effect is about the caller, by this reach (`None`: by any)."""
    unclear: dict[str, None] = {}
    at = None
    for statement in document.statements:
        if statement.effect not in (effect, None):
            continue
        names = statement.principals or (("*", "*"),)  # an unreadable statement may name anyone
        admitted = any_of(_names(kind, name, caller, reach) for kind, name in names)
        truth = all_of((admitted, statement.about(request, every=True))) if admitted is not False else False
        if truth is True:
            return _Trusted(True, document, statement)
        if isinstance(truth, Undecided):
            unclear.update(dict.fromkeys(truth.reasons))
            at = at or statement
    return _Trusted(Undecided(tuple(unclear)) if unclear else False, document, at)


def _way(reach: PrincipalMatch, trusted: _Trusted, role: Identity, caller: Caller, request: Request) -> Judgement:
    """The decision on this path: what is needed in addition to the trust policy."""
    allows = f"{trusted.where} allows it"
    if isinstance(caller, ServicePrincipal):
        return trusted.judgement(trusted.truth, allows)
    account = caller.account if isinstance(caller, Identity) else _account(caller.arn)
    if account == role.account and reach is not PrincipalMatch.ACCOUNT:
        own = _not_limited(caller, reach, request)
    elif isinstance(caller, Stranger):
        own = Judgement(undecided(f"the policies of {caller} are not known: pass it as a principal of its own template"), "")
    else:
        own = judge(caller, replace(request, context={**caller.context, **request.context}), every=True)
    if own.truth is False:
        return replace(own, reason=f"{allows}, but in the caller's own policies, {own.reason}")
    truth = all_of((trusted.truth, own.truth))
    return trusted.judgement(truth, allows if not own.reason else f"{allows}, and {own.reason}")


def _not_limited(caller: Identity | Stranger, reach: PrincipalMatch, request: Request) -> Judgement:
    """Within one account the trust policy is enough, unless there is an explicit deny; the boundary of a role that its ARN names must allow it, too."""
    if isinstance(caller, Stranger):
        return Judgement(undecided(f"the policies of {caller} are not known: pass it as a principal of its own template"), "")
    bounds = (caller.boundary,) if caller.boundary is not None else ()
    request = replace(request, context={**caller.context, **request.context})
    denied = verdict((*caller.policies, *bounds), "Deny", request, every=False)
    if denied.truth is True:
        return Judgement.by(False, f"{denied.where} denies it", denied)
    if bounds and caller.kind == "role" and reach is PrincipalMatch.SELF:
        bounded = verdict(bounds, "Allow", request, every=True)
        if bounded.truth is False:
            return Judgement(False, f"the permissions boundary {bounds[0].name!r} does not allow it{nearly(bounded)}")
        return Judgement(all_of((negate(denied.truth), bounded.truth)), "")
    return Judgement(negate(denied.truth), "")


# -- principals --------------------------------------------------------------------------------------------------------------------

_SESSION = re.compile(r"arn:[^:]+:sts::([^:]+):assumed-role/([^/]+)/.*")


def _names(kind: str, name: str, caller: Caller, reach: PrincipalMatch | None) -> Truth:
    """Whether one entry of a `Principal` is about the caller, by this reach."""
    if kind == "*" or (kind == "AWS" and name == "*"):
        if reach not in (PrincipalMatch.EVERYONE, None):
            return False
        if kind == "AWS" and isinstance(caller, ServicePrincipal):
            return undecided('AWS does not document whether {"AWS": "*"} includes services')
        return True if name == "*" else Undecided(tuple(opaque.reason for opaque in opaques(name)))
    return _KINDS.get(kind, _nobody)(name, caller, reach)


def _service(name: str, caller: Caller, reach: PrincipalMatch | None) -> Truth:
    if not isinstance(caller, ServicePrincipal) or reach not in (PrincipalMatch.SELF, None):
        return False
    return matches(literal(name), literal(caller.principal), every=True)


def _aws(name: str, caller: Caller, reach: PrincipalMatch | None) -> Truth:
    if isinstance(caller, ServicePrincipal):
        return False
    account = caller.account if isinstance(caller, Identity) else _account(caller.arn)
    by = []
    if reach in (PrincipalMatch.SELF, None):
        by.append(_is(name, caller))
    if reach in (PrincipalMatch.ACCOUNT, None):
        partition = caller.arn.split(":")[1]
        root = f"arn:{partition}:iam::{account}:root"
        by += [matches(literal(name), literal(root), every=True), matches(literal(name), literal(account), every=True)]
    return any_of(by)


def _is(name: str, caller: Identity | Stranger) -> Truth:
    session = _SESSION.fullmatch(name)
    if session and isinstance(caller, Identity) and caller.kind == "role" and (session[1], session[2]) == (caller.account, caller.name):
        return undecided(f"whether the caller's session is {name}")
    return matches(literal(name), literal(caller.arn), every=True)


def _nobody(name: str, caller: Caller, reach: PrincipalMatch | None) -> Truth:  # noqa: ARG001
    return False


# Federated and CanonicalUser principals do not call sts:AssumeRole.
_KINDS: dict[str, Callable[[str, Caller, PrincipalMatch | None], Truth]] = {"AWS": _aws, "Service": _service}


def _account(arn: str) -> str:
    return arn.split(":")[4] if arn.count(":") >= 5 else ""


def _context(role: Identity, caller: Caller, given: Context) -> Context:
    """The caller's keys, those that STS adds, and those that were passed."""
    if isinstance(caller, ServicePrincipal):
        context = dict(hidden_context(without=("aws:PrincipalOrgID", "aws:PrincipalOrgPaths")))
        context["aws:principalisawsservice"] = (literal("true"),)
        context["aws:principalservicename"] = (literal(caller.principal),)
    else:
        context = dict(caller.context if isinstance(caller, Identity) else _stranger(caller))
        context["sts:rolesessionname"] = Hidden("sts:RoleSessionName", certain=True)
    context["aws:resourceaccount"] = (literal(role.account),)
    organization = role.context.get("aws:principalorgid")
    if organization is not None and not isinstance(organization, Hidden):
        context["aws:resourceorgid"] = organization
    context.update(given)
    return context


def _stranger(caller: Stranger) -> Context:
    keys = {"aws:principalarn": caller.arn, "aws:principalaccount": _account(caller.arn)}
    return {**hidden_context(), **{key: (literal(value),) for key, value in keys.items()}}
