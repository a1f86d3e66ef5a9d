"""What `deny_self_change` protects: the role, all its managed policies, whenever they are attached, and its boundary."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import jsii
from aws_cdk import IAnyProducer, IResolveContext, Lazy, Stack, Token
from aws_cdk import aws_iam as iam

# A boundary for all roles of an app, by name or ARN.
# https://docs.aws.amazon.com/cdk/v2/guide/customize-permissions-boundaries.html
_BOUNDARY: Final = "@aws-cdk/core:permissionsBoundary"


def guarded(role: iam.Role, policies: Sequence[iam.IManagedPolicy], boundary: iam.IManagedPolicy | None, *, later: bool) -> Sequence[str]:
    """ARNs of a role, its managed policies, and its boundary.

    Args:
        role: the role.
        policies: the managed policies that it was created with.
        boundary: its own permissions boundary.
        later: whether they are looked up when the template is written. CDK's report on roles created by hand accepts only strings.
    """
    if later:
        return Token.as_list(Lazy.uncached_any(_Guarded(role, boundary)))
    return [role.role_arn, *(policy.managed_policy_arn for policy in (*policies, *([boundary] if boundary is not None else [])))]


@jsii.implements(IAnyProducer)
class _Guarded:
    """CDK calls it more than once: when it looks for references to other stacks, and when it writes the template."""

    def __init__(self, role: iam.Role, boundary: iam.IManagedPolicy | None) -> None:
        self._role, self._boundary = role, boundary

    def produce(self, context: IResolveContext) -> Any:
        return list({json.dumps(arn, sort_keys=True): arn for arn in map(context.resolve, self._arns(context))}.values())

    def _arns(self, context: IResolveContext) -> Iterator[Any]:
        yield self._role.role_arn
        resource = self._role.node.default_child
        if isinstance(resource, iam.CfnRole):
            yield from context.resolve(resource.managed_policy_arns) or ()
        maker = self._role.node.scope
        # Derived policies are siblings of the role; the ones that CDK splits off its grants are its children.
        for child in (*(maker.node.children if maker is not None else ()), *self._role.node.children):
            if isinstance(child, iam.ManagedPolicy):
                yield child.managed_policy_arn
        if self._boundary is not None:
            yield self._boundary.managed_policy_arn
        everywhere = self._role.node.try_get_context(_BOUNDARY)
        if isinstance(everywhere, Mapping) and (everywhere.get("arn") or everywhere.get("name")):
            arn = everywhere.get("arn") or Stack.of(self._role).format_arn(
                service="iam", region="", resource="policy", resource_name=everywhere["name"]
            )
            # CDK fills in `${Qualifier}` and `${AWS::AccountId}` later: guard any value.
            yield re.sub(r"\$\{(Qualifier|AWS::\w+)\}", "*", arn)
