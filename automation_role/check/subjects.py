"""The roles to check, and where they are assumed to be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from ..iam.conditions import Context, Hidden
from ..iam.context import hidden_context
from ..iam.documents import PolicyDocument
from ..iam.identities import Identity
from ..iam.text import literal
from ..policy.policy import Policy
from ..sources.model import Situation
from ..values.place import Place
from ..values.placeholders import ACCOUNT, REGION
from .standins import ROLE

_ARN: Final = re.compile(r"arn:(?P<partition>[^:]*):[^:]*:(?P<region>[^:]*):(?P<account>[^:]*):", re.ASCII)
_NAMED: Final = re.compile(r"[^*?{}$⟨⟩]+")
_VARIABLE: Final = re.compile(r"\$\{\s*([^{},\s]+)\s*(?:,[^{}]*)?\}")
_TWELVE: Final = re.compile(r"[0-9]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A role to check.

    Attributes:
        identity: its policies, boundary and trust.
        source: the file it is from.
        context: where it is, to fill in what was derived; stand-ins for what is unknown.
        accounts: its account; when unknown, also the others that its policies name.
        managed: ARNs of its managed policies; `None`: unknown.
    """

    identity: Identity
    source: str
    context: Place
    accounts: tuple[str, ...]
    managed: tuple[str, ...] | None


def of_derived(policy: Policy, role_arn: str | None) -> Subject:
    """A role anywhere that has what was derived and nothing else."""
    arn = role_arn or f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"
    _, partition, _, _, account, name = arn.split(":", 5)
    document = PolicyDocument.read("derived", policy.to_json(Place(role_arn=arn)))
    identity = Identity(
        kind="role",
        label=name,
        name=name.rpartition("/")[2],
        arn=arn,
        account=account,
        policies=(document,),
        context=role_keys(arn, account),
    )
    return settled(identity, document.name, Place(partition=partition, account=account, role_arn=arn), None, Situation())


def role_keys(arn: str, account: str) -> Context:
    """The keys that requests of a role have (see `Template`)."""
    given = {
        "aws:PrincipalArn": arn,
        "aws:PrincipalAccount": account,
        "aws:PrincipalType": "AssumedRole",
        "aws:PrincipalIsAWSService": "false",
    }
    return {**hidden_context(), **{key.lower(): (literal(value),) for key, value in given.items()}}


# -- where they are ---------------------------------------------------------------------------------------------------------------


def settled(identity: Identity, source: str, place: Place, managed_arns: tuple[str, ...] | None, situation: Situation) -> Subject:
    """The role in its account, under the guard rails of that account.

    Args:
        identity: the role.
        source: the file it is from.
        place: where it is; what is unknown is taken from its policies when they name only one.
        managed_arns: see `Subject.managed`.
        situation: what else is known.
    """
    identity = replace(identity, rails=situation.rails, boundary=situation.boundary or identity.boundary)
    named = list(_named_places(identity))
    accounts = dict.fromkeys(account for _, account in named if account == ACCOUNT or _TWELVE.fullmatch(account))
    regions = dict.fromkeys(region for region, _ in named if region == REGION or _NAMED.fullmatch(region))
    account = place.account if place.account != "*" else _only(accounts) or ACCOUNT
    return Subject(
        identity=_opened(_trusted_to_allow(_in(identity, account)), situation.keys),
        source=source,
        context=Place(
            partition=place.partition,
            account=account,
            regions=place.regions if place.regions != ("*",) else (_only(regions) or "*",),
            role_arn=identity.arn.replace(ACCOUNT, account) if managed_arns is not None else place.role_arn,
            keeps_placeholders=True,
        ),
        accounts=tuple(dict.fromkeys([account, *(accounts if place.account == "*" else ())])),
        managed=managed_arns,
    )


def _in(identity: Identity, account: str) -> Identity:
    """The role in an account."""
    arn = identity.arn.replace(ACCOUNT, account)
    context = {**identity.context, "aws:principalaccount": (literal(account),), "aws:principalarn": (literal(arn),)}
    return replace(identity, account=account, arn=arn, context=context)


def _only(found: Iterable[str]) -> str | None:
    distinct = list(dict.fromkeys(found))
    return distinct[0] if len(distinct) == 1 else None


def documents(identity: Identity) -> Iterator[PolicyDocument]:
    """All policy documents that decide about a role's requests."""
    yield from identity.policies
    if identity.boundary is not None:
        yield identity.boundary


def _trusted_to_allow(identity: Identity) -> Identity:
    """The role, where a policy with unknown content is assumed to deny nothing: few of AWS's do, and the user is warned."""
    policies = (
        replace(one, statements=tuple(replace(each, effect=each.effect or "Allow") for each in one.statements)) for one in identity.policies
    )
    return replace(identity, policies=tuple(policies))


def _named_places(identity: Identity) -> Iterator[tuple[str, str]]:
    """(Region, account) of every ARN that the role's policies and trust policy allow; also an account that a condition names.

    A statement that denies everything except some ARNs counts as allowing those.
    """
    trust = (identity.trust,) if identity.trust is not None else ()
    for document in (*documents(identity), *trust):
        for statement in document.statements:
            if statement.effect == "Allow":
                on = () if statement.not_resources else statement.resources
                naming = [condition for condition in statement.conditions if condition.names]
            else:
                on = ()
                naming = [condition for condition in statement.conditions if condition.names_others]
            for text in (*on, *(value for condition in naming for value in condition.values)):
                match = _ARN.match(text)
                if match:
                    yield match["region"], match["account"]
                elif text == ACCOUNT or _TWELVE.fullmatch(text):
                    yield "", text


def _opened(identity: Identity, keys: Iterable[str]) -> Identity:
    """The role, where each condition key that its policies use and nobody set is unknown rather than absent.

    A request has more keys than the runbook shows, such as the tags of an instance.
    """
    asked: dict[str, str] = {}
    for document in (*documents(identity), *(document for rail in identity.rails for document in rail.documents)):
        for statement in document.statements:
            for condition in statement.conditions:
                asked.setdefault(condition.key.lower(), condition.key)
            for text in (*statement.resources, *(value for condition in statement.conditions for value in condition.values)):
                asked.update({key.lower(): key for key in _VARIABLE.findall(text) if ":" in key})
    asked.pop("aws:username", None)  # roles have none
    context: dict[str, Any] = dict(identity.context)
    for key, spelling in asked.items():
        if key not in context or isinstance(context[key], Hidden):
            certain = isinstance(context.get(key), Hidden) and context[key].certain
            context[key] = Hidden(spelling, certain, ask=f"pass --context {spelling}=VALUE")
    # Systems Manager and boto3 call AWS over TLS.
    if "aws:securetransport" not in {key.lower() for key in keys}:
        context["aws:securetransport"] = (literal("true"),)
    return replace(identity, context=context)
