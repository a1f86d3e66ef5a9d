"""CloudFormation template -> users, roles and groups with all the policies that apply to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ..iam.conditions import Context, Hidden
from ..iam.context import hidden_context
from ..iam.documents import PolicyDocument
from ..iam.identities import Identity
from ..iam.logic import Truth, Undecided, all_of, any_of
from ..iam.managed import managed
from ..iam.matches import matches
from ..iam.text import literal, opaques
from ..values.placeholders import name_of, not_known
from .resolver import Resolver

_KINDS: Mapping[str, tuple[str, str]] = {
    "AWS::IAM::User": ("user", "Users"),
    "AWS::IAM::Role": ("role", "Roles"),
    "AWS::IAM::Group": ("group", "Groups"),
}
# Policies that name the identities they are attached to: type -> the properties with these names.
_ATTACHING: Mapping[str, Mapping[str, str]] = {
    "AWS::IAM::Policy": {"user": "Users", "role": "Roles", "group": "Groups"},
    "AWS::IAM::ManagedPolicy": {"user": "Users", "role": "Roles", "group": "Groups"},
    "AWS::IAM::UserPolicy": {"user": "UserName"},
    "AWS::IAM::RolePolicy": {"role": "RoleName"},
    "AWS::IAM::GroupPolicy": {"group": "GroupName"},
}


@dataclass(frozen=True, slots=True)
class _Made:
    """A policy that the template creates.

    Attributes:
        document: as in the template, resolved.
        label: its logical ID, after the name of its stack if that is another one.
        doubt: why it may not be created.
        to: the kind of identity -> the names of those that it is attached to.
        arn: its ARN; `None`: it is not a managed policy.
        strict: as for `PolicyDocument.read`.
    """

    document: Any
    label: str
    doubt: str | None
    to: Mapping[str, Any]
    arn: str | None
    strict: bool

    def read(self, attached: Truth = True) -> PolicyDocument:  # noqa: FBT002
        doubt = self.doubt or (attached.reasons[0] if isinstance(attached, Undecided) else None)
        return PolicyDocument.read(self.label, self.document, doubt=doubt, strict=self.strict)


class Template:
    """The users, roles and groups of one template, and what else affects their requests.

    Args:
        resolver: resolves the template (see `load`, `validated`).
        managed_policies: documents of managed policies that the template does not create, by ARN or name.
        context: condition keys that every request of these principals has.
        strict: whether a policy that IAM would not accept is refused (see `PolicyDocument.read`).
        others: the templates of the same account that this one is read with, whose policies may be attached to its roles.
        one_app: whether the others are stacks of the same app. If not, they were only found next to it, and their policies whose role is unknown
            are not attached to a role of this template.

    Raises:
        TemplateError: it refers to what it does not have.
        PolicyDocumentError: it has an invalid policy.
    """

    def __init__(
        self,
        resolver: Resolver,
        *,
        managed_policies: Mapping[str, Any],
        context: Context,
        strict: bool = False,
        others: Callable[[], Iterable[Template]] = tuple,
        one_app: bool = True,
    ) -> None:
        self._strict = strict
        self.resolver = resolver
        self.account = _text(resolver.ref("AWS::AccountId"))
        self._given = managed_policies
        self._context = context
        self._made = tuple(self._policies())
        self._others = others
        self._one_app = one_app

    @cached_property
    def identities(self) -> Mapping[str, Identity]:
        """Its users, roles and groups, by logical ID."""
        return {logical_id: self._identity(logical_id, kind) for logical_id, kind in self._present(_KINDS)}

    @cached_property
    def _attached_beside(self) -> tuple[_Made, ...]:
        """The policies of the other templates that may be attached to identities of this one."""
        return tuple(
            replace(made, label=f"{other.resolver.scope}.{made.label}")
            for other in self._others()
            if other is not self
            for made in other._attached_elsewhere  # noqa: SLF001
        )

    @cached_property
    def _attached_elsewhere(self) -> tuple[_Made, ...]:
        """The policies of this template that are attached, or may be, to identities of others. Most are not."""
        own = {name_of(f"{self.resolver.scope}.{one}" if self.resolver.scope else one) for one, _ in self._present(_KINDS)}
        return tuple(made for made in self._made if any(_text(one) not in own for to in made.to.values() for one in _list(to)))

    @cached_property
    def _managed_beside(self) -> Mapping[str, _Made]:
        """The managed policies of the other templates, by their ARNs."""
        others = (other for other in self._others() if other is not self)
        return {
            made.arn: replace(made, label=f"{other.resolver.scope}.{made.label}")
            for other in others
            for made in other._made  # noqa: SLF001
            if made.arn is not None
        }

    def _attached(self, kind: str, name: str) -> Iterator[tuple[_Made, Truth]]:
        """The policies that name an identity, or may do so."""
        for made in self._made:
            attached = _is_among(name, made.to.get(kind, []))
            if attached is not False:
                yield made, attached
        for made in self._attached_beside:
            attached = _is_among(name, made.to.get(kind, [])) if made.to.get(kind) else False
            if attached is True or (attached is not False and self._one_app):
                yield made, attached

    def _present(self, types: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """The resources of these types whose condition holds, with their type."""
        for logical_id, resource in self.resolver.resources.items():
            if resource["Type"] in types and self.resolver.exists(logical_id) is not False:
                yield logical_id, resource["Type"]

    def _doubt(self, logical_id: str) -> str | None:
        truth = self.resolver.exists(logical_id)
        return truth.reasons[0] if isinstance(truth, Undecided) else None

    def _policies(self) -> Iterator[_Made]:
        for logical_id, kind in self._present(_ATTACHING):
            properties = self.resolver.properties(logical_id)
            yield _Made(
                document=properties.get("PolicyDocument", not_known(f"the document of {logical_id!r}")),
                label=logical_id,
                doubt=self._doubt(logical_id),
                to={who: properties.get(name, []) for who, name in _ATTACHING[kind].items()},
                arn=self.resolver.ref(logical_id) if kind == "AWS::IAM::ManagedPolicy" else None,
                strict=self._strict,
            )

    def _identity(self, logical_id: str, resource_type: str) -> Identity:
        kind = _KINDS[resource_type][0]
        properties = self.resolver.properties(logical_id)
        name = self.resolver.physical_name(logical_id)
        policies = list(self._own(logical_id, kind, name, properties))
        if kind == "user":
            policies += self._through_groups(name, properties)
        boundary = properties.get("PermissionsBoundary")
        trust = properties.get("AssumeRolePolicyDocument")
        arn = self.resolver.attribute(logical_id, "Arn")
        return Identity(
            kind=kind,
            label=logical_id,
            name=name,
            arn=arn,
            account=self.account,
            policies=tuple(policies),
            boundary=None if boundary is None else self._managed(_text(boundary)),
            trust=None
            if trust is None
            else PolicyDocument.read(f"{logical_id}/AssumeRolePolicyDocument", trust, trust=True, strict=self._strict),
            context=self._principal_context(kind, name, arn, properties),
        )

    def _own(self, logical_id: str, kind: str, name: str, properties: Mapping[str, Any]) -> Iterator[PolicyDocument]:
        """Inline policies, managed policies, and the policies that name it."""
        for inline in _list(properties.get("Policies")):
            if isinstance(inline, Mapping):
                label = f"{logical_id}/{_text(inline.get('PolicyName'))}"
                yield PolicyDocument.read(label, inline.get("PolicyDocument"), strict=self._strict)
            else:
                yield PolicyDocument.unreadable(f"{logical_id}/Policies", _reason(inline))
        for arn in _list(properties.get("ManagedPolicyArns")):
            yield self._managed(_text(arn))
        for made, attached in self._attached(kind, name):
            yield made.read(attached)

    def _through_groups(self, name: str, properties: Mapping[str, Any]) -> Iterator[PolicyDocument]:
        named = properties.get("Groups", [])
        for group_id, _ in self._present({"AWS::IAM::Group": None}):
            group = self.resolver.physical_name(group_id)
            joined = [_is_among(group, named)]
            for addition_id, _ in self._present({"AWS::IAM::UserToGroupAddition": None}):
                addition = self.resolver.properties(addition_id)
                joined.append(all_of((_is_among(group, addition.get("GroupName", [])), _is_among(name, addition.get("Users", [])))))
            member = any_of(joined)
            if member is True:
                yield from self._own(group_id, "group", group, self.resolver.properties(group_id))
            elif isinstance(member, Undecided):
                yield PolicyDocument.unreadable(f"policies of group {group_id!r}", member.reasons[0])
        for group in _list(named):
            text = _text(group)
            ours = (_is_among(self.resolver.physical_name(group_id), [text]) for group_id, _ in self._present({"AWS::IAM::Group": None}))
            if any_of(ours) is False:
                yield PolicyDocument.unreadable(
                    f"policies of group {text!r}", f"group {text!r} is not in the template: its policies are not known"
                )

    def managed_arns(self, logical_id: str) -> tuple[str, ...]:
        """The ARNs of the managed policies of a user, role or group, including its permissions boundary."""
        kind = _KINDS[self.resolver.resources[logical_id]["Type"]][0]
        properties, name = self.resolver.properties(logical_id), self.resolver.physical_name(logical_id)
        attached = [_text(arn) for arn in _list(properties.get("ManagedPolicyArns"))]
        attached += [made.arn for made, _ in self._attached(kind, name) if made.arn is not None]
        return tuple(dict.fromkeys([*attached, *map(_text, _list(properties.get("PermissionsBoundary")))]))

    def _managed(self, arn: str) -> PolicyDocument:
        """A managed policy: created in this template, passed, or AWS's."""
        for made in self._made:
            if made.arn == arn:
                return made.read()
        beside = self._managed_beside.get(arn)
        return beside.read() if beside is not None else managed(arn, self._given)

    def _principal_context(self, kind: str, name: str, arn: str, properties: Mapping[str, Any]) -> Context:
        context: dict[str, tuple[Any, ...] | Hidden] = dict(hidden_context())
        if kind != "role":  # only temporary credentials have these
            for key in ("aws:TokenIssueTime", "aws:SourceIdentity"):
                del context[key.lower()]
        given = {
            "aws:PrincipalArn": arn,
            "aws:PrincipalAccount": self.account,
            "aws:PrincipalType": "AssumedRole" if kind == "role" else "User",
            "aws:PrincipalIsAWSService": "false",
            **({"aws:username": name} if kind == "user" else {}),
        }
        for tag in _list(properties.get("Tags")):
            if isinstance(tag, Mapping) and isinstance(tag.get("Key"), str):
                given[f"aws:PrincipalTag/{tag['Key']}"] = _text(tag.get("Value", ""))
        context.update({key.lower(): (literal(value),) for key, value in given.items()})
        context.update(self._context)
        return context


def _is_among(name: str, names: Any) -> Truth:
    """Whether a name is one of these (a list or a single one)."""
    return any_of(matches(literal(_text(one)), literal(name), every=True) for one in _list(names))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else not_known(str(value))


def _reason(value: Any) -> str:
    found: Iterable[Any] = opaques(value) if isinstance(value, str) else ()
    return next((opaque.reason for opaque in found), f"{value!r} is not known")


_CDK_HASH = re.compile(r"[0-9A-F]{8}")


def construct_name(logical_id: str) -> str:
    """A CDK logical id without its hash: the construct ids on its path, joined."""
    return logical_id[:-8] if _CDK_HASH.fullmatch(logical_id[-8:]) else logical_id
