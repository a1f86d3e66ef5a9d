"""What is deployed: templates, each in its account and Region, and who and what is in them by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from ..catalog import aws_runbooks
from ..check.coverage import account_of
from ..errors import AutomationRoleError, did_you_mean
from ..iam.conditions import Context, Hidden
from ..iam.context import Values, given_context
from ..iam.decision import Decision, Outcome, decide
from ..iam.documents import PolicyDocument
from ..iam.identities import Identity
from ..iam.statements import Request
from ..iam.text import literal
from ..policy.runbook_names import check_start
from ..runbook.model import Runbook
from ..template.identities import Template, construct_name
from ..template.resource_policies import Guarded, guarded
from ..template.stacks import Stack
from ..values.arns import is_aws_owned
from .questions import check_document
from .quotas import check_quotas

_DOCUMENT: Final = "AWS::SSM::Document"


@dataclass(frozen=True, slots=True, eq=False)
class Home:
    """A template where it is deployed."""

    scope: str
    account: str
    region: str
    partition: str
    template: Template
    guarded: tuple[Guarded, ...]
    paths: Mapping[str, str]

    def document(self, name: str, *, account: str | None = None) -> str:
        """The ARN of a document here."""
        owner = "" if is_aws_owned(name) else account or self.account
        return f"arn:{self.partition}:ssm:{self.region}:{owner}:document/{name}"

    def construct_path(self, logical_id: str) -> str:
        """The path of the construct that a resource is made for, if CDK wrote it into the template or beside it."""
        metadata = self.template.resolver.resources[logical_id].get("Metadata")
        path = self.paths.get(logical_id) or (metadata.get("aws:cdk:path") if isinstance(metadata, Mapping) else None)
        return _OWN.sub("", path) if isinstance(path, str) else ""


def _check_name(name: str) -> None:
    if not name.strip():
        raise AutomationRoleError(f"a name is {name!r} → a logical ID, a construct path or a construct ID; pass one")


# What CDK calls the main resource of a construct, and the main construct of one of ours.
_OWN: Final = re.compile(r"(/Resource)+$")


def homes(stacks: Sequence[Stack], *, managed_policies: Mapping[str, Any], context: Context) -> tuple[Home, ...]:
    """The stacks of one deployment, whose policies may be attached to each other's roles.

    Raises:
        TemplateError: a template refers to what it does not have.
        PolicyDocumentError: IAM would reject a policy.
    """
    made: list[Home] = []

    def beside(account: str, partition: str) -> Callable[[], Iterable[Template]]:
        return lambda: (home.template for home in made if (home.account, home.partition) == (account, partition))

    for stack in stacks:
        template = Template(
            stack.resolver,
            managed_policies=managed_policies,
            context=context,
            strict=True,
            others=beside(stack.account, stack.partition),
        )
        check_quotas(template.resolver.resources)
        policies = tuple(guarded(template.resolver))
        made.append(Home(stack.scope, stack.account, stack.region, stack.partition, template, policies, stack.paths))
    for home in made:
        _ = home.template.identities  # what IAM would reject is reported at once
    return tuple(made)


@dataclass(frozen=True)
class Deployment:
    """Everything that is asked about.

    Attributes:
        homes: the templates.
        organization_id: of all accounts; empty: they are in none; `None`: unknown.
        what: what messages call it: `template` or `app`.
    """

    homes: tuple[Home, ...]
    organization_id: str | None
    what: str = field(default="template")

    @cached_property
    def _resources(self) -> Mapping[str, tuple[Home, str]]:
        """Every resource: its name in messages -> where it is."""
        several = len(self.homes) > 1
        return {
            f"{home.scope}.{logical_id}" if several else logical_id: (home, logical_id)
            for home in self.homes
            for logical_id in home.template.resolver.resources
        }

    def identities(self, kinds: Sequence[str]) -> Iterator[tuple[str, Home, Identity]]:
        """The users, roles or groups, each with its name in messages."""
        for label, (home, logical_id) in self._resources.items():
            identity = home.template.identities.get(logical_id)
            if identity is not None and identity.kind in kinds:
                yield label, home, replace(identity, label=label)

    def identity(self, name: str, kinds: Sequence[str]) -> tuple[Home, Identity]:
        """A user, role or group by name.

        Raises:
            AutomationRoleError: there is none, or more than one.
        """
        known = {label: (home, identity) for label, home, identity in self.identities(kinds)}
        by_name = [label for label, (_, identity) in known.items() if identity.name == name]
        found = by_name if by_name and name not in known else self._candidates(name, known)
        return known[self._only(name, found, known, " or ".join(kinds))]

    def resource(self, name: str) -> tuple[Home, str]:
        """Any resource by name.

        Raises:
            AutomationRoleError: there is none, or more than one.
        """
        return self._resources[self._only(name, self._candidates(name, self._resources), self._resources, "resource")]

    @cached_property
    def documents(self) -> tuple[PolicyDocument, ...]:
        """Every policy of every user, role and group."""
        identities = [identity for home in self.homes for identity in home.template.identities.values()]
        return tuple(
            document
            for identity in identities
            for document in (*identity.policies, identity.boundary, identity.trust)
            if document is not None
        )

    def document(self, runbook: str | Runbook, starter: Home, version: str | None) -> tuple[str, str | None]:
        """The ARN of the document that a start names, and the version.

        Args:
            runbook: a `Runbook`, a document's logical ID, construct ID, construct path or name, or an ARN.
            starter: where whoever starts it is: in it, the name of an unknown document is looked for.
            version: the version that is started; `None`: the default one.

        Raises:
            AutomationRoleError: more than one document has this name, no document can have it, or it is like that of another one.
        """
        if isinstance(runbook, str) and runbook.startswith("arn:"):
            check_start((runbook,), version)
            return re.sub(r":automation-definition/([^:]+)(:\*)?$", r":document/\1", runbook), version
        documents = {
            label: (home, logical_id)
            for label, (home, logical_id) in self._resources.items()
            if home.template.resolver.resources[logical_id]["Type"] == _DOCUMENT
        }
        name = runbook.name if isinstance(runbook, Runbook) else runbook
        _check_name(name)
        check_start((), version)
        found = [] if isinstance(runbook, Runbook) else [label for label in documents if name in self._names(label)]
        found = found or [
            label for label, (home, logical_id) in documents.items() if home.template.resolver.physical_name(logical_id) == name
        ]
        own = [label for label in found if documents[label][0] is starter]
        if not found:
            check_start((name,), version)
            names = [home.template.resolver.physical_name(logical_id) for home, logical_id in documents.values()]
            check_document(name, [*names, *(construct_name(logical_id) for _, logical_id in documents.values())], aws_runbooks.names())
            return starter.document(name), version
        home, logical_id = documents[self._only(name, own or found, documents, "document")]
        return home.document(home.template.resolver.physical_name(logical_id)), version

    def _names(self, label: str) -> tuple[str, ...]:
        home, logical_id = self._resources[label]
        return label, logical_id, construct_name(logical_id), home.construct_path(logical_id)

    def _candidates(self, name: str, among: Mapping[str, Any]) -> list[str]:
        """By logical ID, by construct path, by construct ID."""
        _check_name(name)
        for matches in (
            lambda label: label == name,
            lambda label: self._resources[label][1] == name,
            lambda label: self._resources[label][0].construct_path(self._resources[label][1]) == name,
            lambda label: construct_name(self._resources[label][1]) == name,
        ):
            found = [label for label in among if matches(label)]
            if found:
                return found
        return []

    def _only(self, name: str, found: Sequence[str], of: Mapping[str, Any], kind: str) -> str:
        if len(found) == 1:
            return found[0]
        if found:
            raise AutomationRoleError(f"{name!r}: more than one {kind} of the {self.what} matches → one of {', '.join(found)}")
        near = did_you_mean(name, [construct_name(self._resources[one][1]) for one in of])
        raise AutomationRoleError(f"{name!r}: no {kind} of the {self.what} has this name → one of {', '.join(of) or 'none'}{near}")

    # -- what is asked -------------------------------------------------------------------------------------------------------------

    def request(self, action: str, resource: str, context: Values | None) -> Request:
        """A request of one of the principals."""
        request = Request.of(action, resource, {})
        own: dict[str, tuple[Any, ...] | Hidden] = {}
        account = account_of(request.resource)
        if account is not None:
            own["aws:resourceaccount"] = (literal(account),)
            if self.organization_id is not None and any(account == home.account for home in self.homes):
                own["aws:resourceorgid"] = (literal(self.organization_id),) if self.organization_id else ()
        return Request(request.action, request.resource, {**own, **given_context(context or {})})

    def decide(self, identity: Identity, request: Request) -> Decision:
        """What the policies of a principal decide; undecided where a resource policy also applies."""
        decision = decide(identity, request)
        concerned = [one.by for home in self.homes for one in home.guarded if one.concerns(request.resource)]
        explicit = decision.outcome is Outcome.DENIED and decision.policy is not None
        if not concerned or explicit:
            return decision
        reason = f"{concerned[0]} also applies to this resource, and resource policies are not modelled (without it: {decision.reason})"
        return Decision(question=decision.question, outcome=Outcome.UNDECIDED, reason=reason)
