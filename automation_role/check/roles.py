"""The roles to check: of a template, or made of policy documents; and where they are taken to live."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from ..errors import AutomationRoleError, did_you_mean
from ..iam.conditions import Context, Hidden
from ..iam.documents import PolicyDocument, PolicyDocumentError
from ..iam.identities import Identity, Outcome, given_context, hidden_context
from ..iam.managed import kept, managed
from ..iam.text import literal
from ..policy.policy import Policy
from ..policy.trust import SSM
from ..template.template import Template, construct_name, load
from ..template.text import TemplateTextError, parse
from ..values.place import Place
from .standins import ACCOUNT, REGION, ROLE
from .trusting import admission

_ARN: Final = re.compile(r"arn:(?P<partition>[^:]*):[^:]*:(?P<region>[^:]*):(?P<account>[^:]*):", re.ASCII)
_NAMED: Final = re.compile(r"[^*?{}$⟨⟩]+")
_PARTITION: Final = re.compile(r"\barn:(aws[a-z-]*):")
_PARTITION_OF_MOST: Final = "aws"
_VARIABLE: Final = re.compile(r"\$\{\s*([^{},\s]+)\s*(?:,[^{}]*)?\}")
_TWELVE: Final = re.compile(r"[0-9]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A role to check.

    Attributes:
        identity: its policies, boundary and trust.
        source: the file it is from.
        context: where it lives, to fill what was derived; stand-ins where nobody said.
        accounts: the one it lives in; when nobody said, also the others that its policies name.
        managed: ARNs of the managed policies that make up what it may do; `None`: not known.
    """

    identity: Identity
    source: str
    context: Place
    accounts: tuple[str, ...]
    managed: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is said of the roles beside their policies.

    Attributes:
        keys: condition keys that every request has.
        managed_policies: documents of managed policies that are not kept here, by ARN or name.
        parameters: values of the template's parameters and pseudo parameters.
        imports: values of other stacks' exports, by the export's name.
    """

    keys: Mapping[str, str]
    managed_policies: Mapping[str, Any]
    parameters: Mapping[str, str]
    imports: Mapping[str, str]


# -- of a template -----------------------------------------------------------------------------------------------------------------


def of_template(path: str, place: Place, beside: Beside, names: Sequence[str]) -> list[Subject]:
    """The roles of a template.

    Args:
        path: the template's.
        place: where it is deployed; `*` for what nobody said.
        beside: what else is known.
        names: logical IDs, or construct IDs; empty: each role that Automation can assume; the only role there is, whoever can.

    Raises:
        AutomationRoleError: it is no template, or has no such role.
    """
    data = load(path)
    try:
        partition = place.partition if place.partition != "*" else _partition(data)
        template = Template(
            data,
            account=place.account if place.account != "*" else ACCOUNT,
            region=place.regions[0] if len(place.regions) == 1 and place.regions != ("*",) else REGION,
            partition=partition,
            parameters=beside.parameters,
            managed_policies=beside.managed_policies,
            context=given_context(beside.keys),
            imports=beside.imports,
        )
    except AutomationRoleError as error:
        raise AutomationRoleError(f"{path}: {error}") from None
    except RecursionError:
        raise AutomationRoleError(f"{path}: nested too deeply to be read → a template that CloudFormation takes") from None
    roles = {key: one for key, one in template.identities.items() if one.kind == "role"}
    if not roles:
        raise AutomationRoleError(f"{path}: the template has no role → one with an AWS::IAM::Role, or --policy FILE")
    subjects = [
        _subject(identity, path, replace(place, partition=partition), template.managed_arns(key), beside.keys)
        for key, identity in roles.items()
        if not names or key in {_named(name, roles, path) for name in names}
    ]
    if names or len(subjects) == 1:
        return subjects
    able = [one for one in subjects if admission(one.identity, one.accounts, one.context.regions).outcome is not Outcome.DENIED]
    if not able:
        raise AutomationRoleError(f"{path}: {SSM} can assume none of its roles → name the one to check: --role {' or '.join(roles)}")
    return able


def _named(name: str, roles: Mapping[str, Identity], path: str) -> str:
    for found in ([key for key in roles if key == name], [key for key in roles if construct_name(key) == name]):
        if len(found) == 1:
            return found[0]
    found = [key for key in roles if key.startswith(name)]
    if len(found) == 1:
        return found[0]
    near = did_you_mean(name, [*roles, *map(construct_name, roles)]) if not found else ""
    raise AutomationRoleError(f"--role {name!r} → one role of {path}: {', '.join(found or roles)}{near}")


# -- of policy documents -----------------------------------------------------------------------------------------------------------


def of_policies(policies: Sequence[str], trust: str | None, boundary: str | None, place: Place, beside: Beside) -> Subject:
    """A role that has these policies.

    Args:
        policies: files, or names or ARNs of managed policies.
        trust: file of its trust policy; `None`: not known.
        boundary: its permissions boundary, as one of `policies`; `None`: it has none.
        place: where it lives; `*` for what nobody said.
        beside: what else is known.

    Raises:
        AutomationRoleError: one of them cannot be read, or is no policy.
    """
    texts = [_Text.of(policy, beside.managed_policies) for policy in policies]
    bounds = [_Text.of(boundary, beside.managed_policies)] if boundary is not None else []
    trusting = PolicyDocument.read(trust, read_policy(trust), trust=True) if trust is not None else None
    partition = place.partition if place.partition != "*" else _partition([text.data for text in (*texts, *bounds)])
    account = place.account if place.account != "*" else ACCOUNT
    arn = place.role_arn or f"arn:{partition}:iam::{account}:role/{ROLE}"
    identity = Identity(
        kind="role",
        label=arn.rpartition("/")[2] if place.role_arn else " + ".join(text.name for text in texts),
        name=arn.rpartition("/")[2],
        arn=arn,
        account=account,
        policies=tuple(text.document for text in texts),
        boundary=bounds[0].document if bounds else None,
        trust=trusting,
        context={**_role_keys(arn, account), **given_context(beside.keys)},
    )
    return _subject(identity, ", ".join(policies), replace(place, partition=partition), None, beside.keys)


def of_derived(policy: Policy, role_arn: str | None) -> Subject:
    """The role, wherever it is, that has what was derived and nothing else."""
    arn = role_arn or f"arn:{_PARTITION_OF_MOST}:iam::{ACCOUNT}:role/{ROLE}"
    _, partition, _, _, account, name = arn.split(":", 5)
    document = PolicyDocument.read("derived", policy.to_json(Place(role_arn=arn)))
    identity = Identity(
        kind="role",
        label=name,
        name=name.rpartition("/")[2],
        arn=arn,
        account=account,
        policies=(document,),
        context=_role_keys(arn, account),
    )
    return _subject(identity, document.name, Place(partition=partition, account=account, role_arn=arn), None, {})


def _role_keys(arn: str, account: str) -> Context:
    """The keys that requests of a role have (see `Template`)."""
    given = {
        "aws:PrincipalArn": arn,
        "aws:PrincipalAccount": account,
        "aws:PrincipalType": "AssumedRole",
        "aws:PrincipalIsAWSService": "false",
    }
    return {**hidden_context(), **{key.lower(): (literal(value),) for key, value in given.items()}}


@dataclass(frozen=True, slots=True)
class _Text:
    """A policy that was named on its own."""

    name: str
    data: Any
    document: PolicyDocument

    @classmethod
    def of(cls, given: str, documents: Mapping[str, Any]) -> _Text:
        """A file; else a managed policy, by its ARN, or by its name when it is given or kept."""
        if Path(given).exists():
            data = read_policy(given)
            return cls(given, data, PolicyDocument.read(given, data))
        arn = given if given.startswith("arn:") else _kept_arn(given)
        if arn is None and given in documents:
            arn = given
        if arn is None:
            names = [name.rpartition("/")[2] for name in kept()["policies"]]
            near = did_you_mean(given, names)
            raise AutomationRoleError(
                f"--policy {given!r}: no such file → a policy document, the ARN of a managed policy, or the name of one that is kept: "
                f"{', '.join(names)}{near}"
            )
        return cls(given, None, managed(arn, documents))


def _kept_arn(name: str) -> str | None:
    found = next((one for one in kept()["policies"] if name in (one, one.rpartition("/")[2])), None)
    return f"arn:{kept()['partition']}:iam::aws:policy/{found}" if found is not None else None


# What the AWS CLI and its SDKs print around a document.
_AROUND: Final = (
    *(("PolicyVersion", "Document"), ("PolicyDocument",)),
    *(("Role", "AssumeRolePolicyDocument"), ("AssumeRolePolicyDocument",)),
)


def read_policy(path: str) -> Any:
    """A policy document in JSON or YAML, also as `aws iam get-policy-version`, `get-role-policy`, `get-role` and `list-roles` print it."""
    data = _read(path)
    for keys in _AROUND:
        found = data
        for key in keys:
            found = found.get(key) if isinstance(found, Mapping) else None
        if isinstance(found, Mapping | str):
            return found
    if isinstance(data, Mapping) and "Resources" in data and "Statement" not in data:
        raise PolicyDocumentError(f"{path}: a CloudFormation template → a policy document; or --template {path}")
    return data


def _read(path: str) -> Any:
    """A document in JSON or YAML, as data.

    Raises:
        AutomationRoleError: it cannot be read.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror or "").lower() if isinstance(error, OSError) else "it is not UTF-8"
        raise AutomationRoleError(f"{path}: cannot be read ({reason}) → a policy document, JSON or YAML") from None
    try:
        return parse(text)
    except TemplateTextError as error:
        where = f"{path}:{error.line}" if error.line is not None else path
        raise AutomationRoleError(f"{where}: neither JSON nor YAML ({error.problem})") from None


# -- where they live ---------------------------------------------------------------------------------------------------------------


def _subject(identity: Identity, source: str, place: Place, managed_arns: tuple[str, ...] | None, keys: Mapping[str, str]) -> Subject:
    """The role where it lives: what nobody said is what its policies name, when they name one alone."""
    named = list(_named_places(identity))
    accounts = dict.fromkeys(account for _, account in named if account == ACCOUNT or _TWELVE.fullmatch(account))
    regions = dict.fromkeys(region for region, _ in named if region == REGION or _NAMED.fullmatch(region))
    account = place.account if place.account != "*" else _only(accounts) or ACCOUNT
    return Subject(
        identity=_opened(_trusted_to_allow(_in(identity, account)), keys),
        source=source,
        context=Place(
            partition=place.partition,
            account=account,
            regions=place.regions if place.regions != ("*",) else (_only(regions) or "*",),
            role_arn=identity.arn.replace(ACCOUNT, account) if managed_arns is not None else place.role_arn,
        ),
        accounts=tuple(dict.fromkeys([account, *(accounts if place.account == "*" else ())])),
        managed=managed_arns,
    )


def _in(identity: Identity, account: str) -> Identity:
    """The role in an account."""
    arn = identity.arn.replace(ACCOUNT, account)
    context = {**identity.context, "aws:principalaccount": (literal(account),), "aws:principalarn": (literal(arn),)}
    return replace(identity, account=account, arn=arn, context=context)


def _partition(data: Any) -> str:
    """The partition that the ARNs in it name, when it is one alone; else the biggest."""
    return _only(_PARTITION.findall(json.dumps(data, default=str))) or _PARTITION_OF_MOST


def _only(found: Iterable[str]) -> str | None:
    distinct = list(dict.fromkeys(found))
    return distinct[0] if len(distinct) == 1 else None


def documents(identity: Identity) -> Iterator[PolicyDocument]:
    """All that decides about a role's requests."""
    yield from identity.policies
    if identity.boundary is not None:
        yield identity.boundary


def _trusted_to_allow(identity: Identity) -> Identity:
    """The role, its policies of which nothing is known taken to deny nothing: most of AWS's do not, and the user is told."""
    policies = (
        replace(one, statements=tuple(replace(each, effect=each.effect or "Allow") for each in one.statements)) for one in identity.policies
    )
    return replace(identity, policies=tuple(policies))


def _named_places(identity: Identity) -> Iterator[tuple[str, str]]:
    """(Region, account) of every ARN that the role's policies and trust allow; an account that a condition names on its own.

    What is denied to all but some is as good as allowed to those.
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


def _opened(identity: Identity, keys: Mapping[str, str]) -> Identity:
    """The role, with each condition key that its policies ask for and nobody gave: not known, rather than not there.

    What a runbook's text tells of a request is not all that the request has: the tags of an instance, say.
    """
    asked: dict[str, str] = {}
    for document in documents(identity):
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
            context[key] = Hidden(spelling, certain, ask=f"say it with --context {spelling}=VALUE")
    # Systems Manager and boto3 call AWS by TLS.
    if "aws:securetransport" not in {key.lower() for key in keys}:
        context["aws:securetransport"] = (literal("true"),)
    return replace(identity, context=context)
