"""The policies of a role, each its own resource, and whether they fit into IAM's quotas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from ..policy import checks, quotas
from ..policy.policy import Policy
from ..values.place import Place
from .attaching_policies import attached
from .render import document


class RolePolicies:
    """The policies of a role, each its own resource, so that a policy can reference the role, or what references it, without a cycle.

    A policy that grows is replaced under the same id, which keeps its logical ID.
    """

    def __init__(self, scope: Construct, role: iam.Role, *, reported: bool) -> None:
        self._scope, self._role = scope, role
        # Under customize_roles, CDK copies a policy into the report when it is attached: attach it late, at its full size.
        self._attach_late = reported
        self._inline: dict[str, iam.Policy] = {}
        self._known: dict[str, tuple[Policy, Place]] = {}
        self._given = 0  # characters of documents in IAM's JSON
        self._documents: dict[str, iam.PolicyDocument] = {}
        self._managed: dict[str, iam.ManagedPolicy] = {}

    def put(self, policy_id: str, policy: Policy, context: Place) -> None:
        """Attach statements, replacing those of the same id; none: just remove them."""
        if self._inline.pop(policy_id, None) is not None:
            self._scope.node.try_remove_child(policy_id)
            del self._known[policy_id]
        if policy.statements:
            self._put(policy_id, iam.PolicyDocument.from_json(policy.to_json(context)))
            self._known[policy_id] = policy, context

    def put_given(self, policy_id: str, name: str, policy: iam.PolicyDocument | Mapping[str, Any]) -> None:
        """Attach a policy of the user's, under its own name; a CDK document can still grow."""
        self._put(policy_id, document(policy), name)
        if isinstance(policy, iam.PolicyDocument):
            self._documents[name] = policy
        else:
            self._given += quotas.size(policy)

    def put_growing(self, policy_id: str, policy: Policy, context: Place) -> None:
        """Attach statements with a token whose length is known only at synthesis."""
        self._documents[policy_id] = iam.PolicyDocument.from_json(policy.to_json(context))
        self._put(policy_id, self._documents[policy_id])

    def put_managed(self, prefix: str, policies: Sequence[tuple[Policy, Place]]) -> None:
        """Attach statements as managed policies, replacing those with the same prefix."""
        for policy_id in [known for known in self._managed if known.rstrip("0123456789") == prefix]:
            self._scope.node.try_remove_child(policy_id)
            del self._managed[policy_id]
        for number, (policy, context) in enumerate(policies, 1):
            written = iam.PolicyDocument.from_json(policy.to_json(context))
            self._managed[f"{prefix}{number}"] = iam.ManagedPolicy(self._scope, f"{prefix}{number}", document=written, roles=[self._role])

    def known_size(self) -> int:
        """Characters of the inline policies that can no longer grow."""
        return self._given + sum(policy.size(context) for policy, context in self._known.values())

    def several(self) -> bool:
        """Whether there is more than one inline policy: a single one fits, or was rejected."""
        return len(self._inline) > 1

    # -- at synthesis ----------------------------------------------------------------------------------------------------------

    def problems(self) -> Iterator[str]:
        """Attach what was postponed; then find what is empty, and what exceeds IAM's quotas together with policies that attach themselves from elsewhere."""
        self._attach()
        yield from map(checks.empty_document, self._empty())
        elsewhere = list(attached(self._role, inside=self._scope))
        inline = self._inline_size() + sum(each.size for each in elsewhere if not each.managed)
        managed = self._managed_count() + len([each for each in elsewhere if each.managed])
        yield from filter(None, (quotas.over_inline(inline), quotas.over_managed(managed), quotas.over_trust(self._trust_size())))

    def unguarded(self) -> Iterator[str]:
        """At synthesis: the paths of managed policies that attach themselves from elsewhere, which `guarded` does not see."""
        return (each.policy.node.path for each in attached(self._role, inside=self._scope) if each.managed)

    def _attach(self) -> None:
        if self._attach_late:
            for policy in self._inline.values():
                self._role.attach_inline_policy(policy)

    def _empty(self) -> list[str]:
        return [name for name, document in self._documents.items() if document.is_empty]

    def _inline_size(self) -> int:
        """Characters of all inline policies, grants to the role included."""
        documents = list(self._documents.values())
        granted = self._role.node.try_find_child("DefaultPolicy")
        if isinstance(granted, iam.Policy):
            documents.append(granted.document)
        return self.known_size() + sum(map(self._resolved_size, documents))

    def _managed_count(self) -> int:
        """How many managed policies are attached, including those that CDK split off the role's grants."""
        return attached_count(self._role) + len(self._managed)

    def _trust_size(self) -> int:
        trusted = self._role.assume_role_policy
        return self._resolved_size(trusted) if trusted is not None else 0

    def _resolved_size(self, document: iam.PolicyDocument) -> int:
        return quotas.size(Stack.of(self._scope).resolve(document))

    def _put(self, policy_id: str, document: iam.PolicyDocument, name: str | None = None) -> None:
        roles = None if self._attach_late else [self._role]
        self._inline[policy_id] = iam.Policy(self._scope, policy_id, document=document, policy_name=name, roles=roles)


def attached_count(role: iam.Role) -> int:
    """At synthesis: how many managed policies a role has, including those that CDK split off its grants."""
    resource = role.node.default_child
    attached = Stack.of(role).resolve(resource.managed_policy_arns) if isinstance(resource, iam.CfnRole) else None
    return len(attached or ()) + len([child for child in role.node.children if isinstance(child, iam.ManagedPolicy)])


def least_inline_size(role: iam.Role) -> int:
    """At synthesis: characters of a role's inline policies, counting CloudFormation's values at their shortest."""
    stack, resource = Stack.of(role), role.node.default_child
    inline = stack.resolve(resource.policies) if isinstance(resource, iam.CfnRole) else None
    own = [each["policyDocument"] for each in inline or () if "policyDocument" in each]
    granted = [stack.resolve(child.document) for child in role.node.children if isinstance(child, iam.Policy)]
    return sum(quotas.size(each, longest=False) for each in (*own, *granted))
