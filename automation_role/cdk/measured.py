"""At synthesis: do the grants fit into IAM's quotas for their grantee?"""

from __future__ import annotations

from typing import Final
from weakref import WeakKeyDictionary

import jsii
from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Dependable, IConstruct, IValidation

from ..policy.quotas import over_grant, over_granted
from .role_policies import attached_count, least_inline_size

# The largest statement of a grant, so that CDK can move it: it fills managed policies up to 6,000 characters, and counts 150
# for each ARN with a token in it (aws-cdk-lib aws-iam/lib/role.js, policy-statement.js).
CHARACTERS: Final = 5_500
RESOURCES: Final = 36

_MEASURED: Final[WeakKeyDictionary[IConstruct, set[str]]] = WeakKeyDictionary()  # by app: paths that are checked already


def measure(principal: iam.IPrincipal, grant: iam.Grant) -> None:
    """Have CDK check at synthesis that the grants fit, once per grantee; an `AutomationRole` has its own check."""
    if isinstance(principal, iam.Role):
        if _first(principal) and not hasattr(principal.node.scope, "grant_start_automation"):
            principal.node.add_validation(_RoleFits(principal))
        return
    for policy in Dependable.of(grant).dependency_roots:
        if isinstance(policy, (iam.Policy, iam.ManagedPolicy)) and _first(policy):
            policy.node.add_validation(_Fits(policy))


def _first(holder: IConstruct) -> bool:
    paths = _MEASURED.setdefault(holder.node.root, set())
    path = holder.node.path
    if path in paths:
        return False
    paths.add(path)
    return True


@jsii.implements(IValidation)
class _Fits:
    """CDK calls it at synthesis: grants may make a policy too large for a user, a group or an imported role."""

    def __init__(self, policy: iam.Policy | iam.ManagedPolicy) -> None:
        self._policy = policy

    def validate(self) -> list[str]:
        stack, resource = Stack.of(self._policy), self._policy.node.default_child
        inline = isinstance(resource, iam.CfnPolicy)
        held = {"user": resource.users, "group": resource.groups, "role": resource.roles} if isinstance(resource, iam.CfnPolicy) else {}
        holders = [kind for kind, names in held.items() if stack.resolve(names)]
        if inline and not holders:
            return []
        problem = over_grant(stack.resolve(self._policy.document), holders)
        return [] if problem is None else [f"{self._policy.node.path}: {problem}"]


@jsii.implements(IValidation)
class _RoleFits:
    """CDK calls it at synthesis: CDK splits the grants of a role created here, but does not reject what exceeds IAM's quotas."""

    def __init__(self, role: iam.Role) -> None:
        self._role = role

    def validate(self) -> list[str]:
        problem = over_granted(attached_count(self._role), least_inline_size(self._role))
        return [] if problem is None else [f"{self._role.node.path}: {problem}"]
