"""What a roll-out passes to the role in each account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from ...findings import Findings
from ..role_arguments import Inline
from ..types import AnyRole


class ExecutionRoleArguments(TypedDict, total=False):
    """The arguments of `AutomationExecutionRole` that a roll-out does not set itself; see there for what each means.

    A `dict` at run time: a type checker knows its keys and their types, and the roll-out rejects any other key.
    """

    administration_role_name: str
    organization_id: str | None
    other_runbooks: Sequence[str]
    automation_managed_policy: bool
    targeting: bool
    role_name: str | None
    extra_statements: Mapping[tuple[str, str], Sequence[iam.PolicyStatement]]
    findings: Findings
    managed_policies: Sequence[iam.IManagedPolicy]
    inline_policies: Mapping[str, Inline]
    invoke_functions: Sequence[lambda_.IFunction]
    pass_roles: Mapping[str, Sequence[AnyRole]]
    script_logs: bool | str | logs.ILogGroup
    deny_self_change: bool
    description: str | None
    permissions_boundary: iam.IManagedPolicy | None
