"""Values -> CDK: the one door through which policies reach jsii, which takes plain lists and dictionaries alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

from .policy import VERSION, Statement
from .trust import trust
from .values import Context


@cache
def here(*, role_arn: str | None = None, regions: tuple[str, ...] = ("*",)) -> Context:
    """Where a stack is, in the words of CloudFormation: the same in every partition, account and Region."""
    return Context(partition=_partition(), account=_account(), regions=regions, role_arn=role_arn)


# Read once a process: each reading is a call into Node.js.
@cache
def _partition() -> str:
    return Aws.PARTITION


@cache
def _account() -> str:
    return Aws.ACCOUNT_ID


def policy_json(statements: Iterable[Statement], context: Context) -> dict[str, Any]:
    """A policy document in IAM's JSON."""
    return {"Version": VERSION, "Statement": [statement.to_json(context) for statement in statements]}


def document(policy: dict[str, Any]) -> iam.PolicyDocument:
    """A policy document of CDK's: one call into Node.js, however many statements."""
    return iam.PolicyDocument.from_json(policy)


@cache
def service_principal(service: str, *, restrict: bool) -> iam.IPrincipal:
    """A service that may assume the role, under the conditions of `trust`."""
    conditions = trust(service, restrict=restrict).to_json(here()).get("Condition")
    return iam.ServicePrincipal(service, conditions=conditions)


def principals(services: Sequence[str], *, restrict: bool) -> iam.IPrincipal:
    """Several services, each with a statement of its own."""
    each = [service_principal(service, restrict=restrict) for service in services]
    return each[0] if len(each) == 1 else iam.CompositePrincipal(*each)
