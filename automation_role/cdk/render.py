"""Values -> CDK: the only place that passes policies to jsii, which takes only plain lists and dictionaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from ..policy import quotas
from ..policy.policy import Policy
from ..policy.trust import trust
from ..values.place import Place

# Set by `iam.Role.customize_roles`: roles are created by hand, and CDK writes what they need into a report.
# https://docs.aws.amazon.com/cdk/v2/guide/define-iam-l2.html
CUSTOMIZE_ROLES = "@aws-cdk/iam:customizeRoles"


def here(*, role_arn: str | None = None, regions: tuple[str, ...] = ("*",), china: bool = False) -> Place:
    """Where a stack is, as CloudFormation pseudo parameters: right in every partition, account and Region."""
    partition, account = _pseudo_parameters()
    return Place(partition=partition, account=account, regions=regions, role_arn=role_arn, in_china=china)


@cache  # cached: each read is a call into Node.js
def _pseudo_parameters() -> tuple[str, str]:
    return Aws.PARTITION, Aws.ACCOUNT_ID


_REPORTED: WeakKeyDictionary[Construct, bool] = WeakKeyDictionary()


def reported(scope: Construct) -> bool:
    """Whether roles in this scope are created by hand. Cached per scope: context cannot be set once there is a child."""
    if scope not in _REPORTED:
        _REPORTED[scope] = scope.node.try_get_context(CUSTOMIZE_ROLES) is not None
    return _REPORTED[scope]


_IN_CHINA: WeakKeyDictionary[Construct, bool] = WeakKeyDictionary()


def in_china(scope: Construct) -> bool:
    """Whether the stack of this scope is known to be in a Region of `aws-cn`; an environment-agnostic stack is not."""
    if scope not in _IN_CHINA:
        _IN_CHINA[scope] = Stack.of(scope).region.startswith("cn-")
    return _IN_CHINA[scope]


@cache
def _principal(service: str, *, restrict: bool) -> iam.IPrincipal:
    return iam.ServicePrincipal(service, conditions=trust(service, restrict=restrict).to_json(here()).get("Condition"))


def principals(services: Sequence[str], *, restrict: bool) -> iam.IPrincipal:
    """The services that can assume the role, each with its own statement."""
    each = [_principal(service, restrict=restrict) for service in services]
    return each[0] if len(each) == 1 else iam.CompositePrincipal(*each)


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

    def attach(self) -> None:
        """Attach what was postponed."""
        if self._attach_late:
            for policy in self._inline.values():
                self._role.attach_inline_policy(policy)

    def empty(self) -> list[str]:
        """Names of the documents that are still empty."""
        return [name for name, document in self._documents.items() if document.is_empty]

    def inline_size(self) -> int:
        """Characters of all inline policies, grants to the role included."""
        documents = list(self._documents.values())
        granted = self._role.node.try_find_child("DefaultPolicy")
        if isinstance(granted, iam.Policy):
            documents.append(granted.document)
        return self.known_size() + sum(map(self._resolved_size, documents))

    def managed_count(self) -> int:
        """How many managed policies are attached, including those that CDK split off the role's grants."""
        return attached_count(self._role) + len(self._managed)

    def trust_size(self) -> int:
        """Characters of the trust policy."""
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


def document(policy: iam.PolicyDocument | Mapping[str, Any]) -> iam.PolicyDocument:
    """A policy as a CDK document."""
    if isinstance(policy, iam.PolicyDocument):
        return policy
    statements = policy["Statement"]
    listed = [statements] if isinstance(statements, Mapping) else list(statements)
    return iam.PolicyDocument.from_json({"Version": policy.get("Version", "2012-10-17"), "Statement": [dict(each) for each in listed]})
