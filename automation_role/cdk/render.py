"""Values -> CDK: the only place that passes policies to jsii, which takes only plain lists and dictionaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

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


def document(policy: iam.PolicyDocument | Mapping[str, Any]) -> iam.PolicyDocument:
    """A policy as a CDK document."""
    if isinstance(policy, iam.PolicyDocument):
        return policy
    statements = policy["Statement"]
    listed = [statements] if isinstance(statements, Mapping) else list(statements)
    return iam.PolicyDocument.from_json({"Version": policy.get("Version", "2012-10-17"), "Statement": [dict(each) for each in listed]})
