"""At synthesis: do the grants fit into IAM's quotas for their grantee?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from weakref import WeakKeyDictionary

import jsii
from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import IConstruct, IValidation

from ..policy.quotas import over_grant, over_granted
from .role_policies import attached_count, least_inline_size

# The largest statement of a grant, so that CDK can move it: it fills managed policies up to 6,000 characters, and counts 150
# for each ARN with a token in it (aws-cdk-lib aws-iam/lib/role.js, policy-statement.js).
CHARACTERS: Final = 5_500
RESOURCES: Final = 36


def measure(principal: iam.IPrincipal, roots: Sequence[IConstruct]) -> None:
    """Have CDK check at synthesis that the grants fit, once per grantee; an `AutomationRole` has its own check.

    Args:
        principal: who received the grant.
        roots: the policies that the grant is in, which its users wait for. For a role created here, CDK only knows them at synthesis.
    """
    if isinstance(principal, iam.Role):
        _check(principal)
    for policy in roots:
        if isinstance(policy, (iam.Policy, iam.ManagedPolicy)):
            _check(policy)


def _check(holder: iam.Role | iam.Policy | iam.ManagedPolicy) -> None:
    stack = Stack.of(holder)
    if stack not in _GRANTS:
        _GRANTS[stack] = _Grants()
        stack.node.add_validation(_GRANTS[stack])
    # By its path: what CDK creates (a grantee's policy) is another object in Python each time.
    _GRANTS[stack].holders.setdefault(holder.node.path, holder)


@jsii.implements(IValidation)
class _Grants:
    """CDK calls it at synthesis, once for all grantees of a stack."""

    def __init__(self) -> None:
        self.holders: dict[str, iam.Role | iam.Policy | iam.ManagedPolicy] = {}

    def validate(self) -> list[str]:
        found = {path: _over_role(each) if isinstance(each, iam.Role) else _over_policy(each) for path, each in self.holders.items()}
        return [f"{path}: {problem}" for path, problem in found.items() if problem is not None]


def _over_role(role: iam.Role) -> str | None:
    """CDK splits the grants of a role created here, but does not reject what exceeds IAM's quotas; an `AutomationRole` has its own check."""
    if hasattr(role.node.scope, "grant_start_automation"):
        return None
    return over_granted(attached_count(role), least_inline_size(role))


def _over_policy(policy: iam.Policy | iam.ManagedPolicy) -> str | None:
    """Grants may make a policy too large for a user, a group or an imported role."""
    stack, resource = Stack.of(policy), policy.node.default_child
    if not isinstance(resource, iam.CfnPolicy):
        return over_grant(stack.resolve(policy.document), [])
    held = stack.resolve({"user": resource.users, "group": resource.groups, "role": resource.roles})
    holders = [kind for kind in ("user", "group", "role") if held.get(kind)]
    return over_grant(stack.resolve(policy.document), holders) if holders else None


_GRANTS: Final[WeakKeyDictionary[Stack, _Grants]] = WeakKeyDictionary()
