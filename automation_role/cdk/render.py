"""Values -> CDK: the only place that passes policies to jsii, which accepts only plain lists and dictionaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

from ..policy.trust import trust
from ..values.place import Place


def here(*, role_arn: str | None = None, regions: tuple[str, ...] = ("*",), china: bool = False) -> Place:
    """Where a stack is, as CloudFormation pseudo parameters: right in every partition, account and Region."""
    partition, account = _pseudo_parameters()
    return Place(partition=partition, account=account, regions=regions, role_arn=role_arn, in_china=china)


@cache  # cached: each read is a call into Node.js
def _pseudo_parameters() -> tuple[str, str]:
    return Aws.PARTITION, Aws.ACCOUNT_ID


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
