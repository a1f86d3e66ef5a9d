"""The execution role in every target account: rolled out by CloudFormation StackSets."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from aws_cdk import Annotations, App, Aws, BootstraplessSynthesizer, CfnParameter, Stack
from aws_cdk import aws_cloudformation as cloudformation
from aws_cdk import aws_iam as iam
from constructs import Construct

from ..automation_runbook import AutomationRunbook
from ..errors import AutomationRoleError
from ..runbook import Runbook
from ..target_locations import ACCOUNT, REGION, account_problems, unit_problems
from ..values import is_opaque
from .execution import AutomationExecutionRole

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html: a template in the request itself
TEMPLATE_QUOTA: Final = 51_200

STACK_SET_EXECUTION_ROLE: Final = "AWSCloudFormationStackSetExecutionRole"
_PARAMETER: Final = "AdministrationAccount"


class AutomationExecutionRoleStackSet(Construct):
    """Roll the execution role out to many accounts, from the central one.

    Creates one ``AWS::CloudFormation::StackSet`` whose template is an `AutomationExecutionRole`, synthesized here: self-contained, the
    same bytes for the same runbooks. Accounts that join a unit get the role by themselves. One Region is enough, for roles are global.

    Automation carries a central start into an account only if the runbook is there or shared with it, and CloudFormation cannot share
    documents. With `documents=True` each account gets its own; otherwise that is told at synthesis.

    Args:
        organizational_units: ids of units or of the root; with it the roll-out is service-managed by AWS Organizations. Left out:
            self-managed, with `accounts`.
        accounts: account ids. With units: only these accounts of them; without: the accounts of a self-managed roll-out.
        exclude_accounts: accounts of the units that are left out. Left out: none.
        region: the Region in which the stacks are made. Left out: the Region of the stack that this construct is in.
        runbooks: what the role must be able to run.
        documents: whether every account gets the runbooks as documents of its own, in that Region alone. Left out: ``False``.
        administration_account: Left out: the account of the stack that this construct is in.
        delegated_administrator: whether that account is a delegated administrator rather than the management account (service-managed).
            Left out: ``False``.
        retain_roles: whether an account that leaves its unit keeps the role. Left out: ``False``.
        max_concurrent_percentage: accounts at a time, 1 to 100. Left out: 100, IAM has no order to keep.
        failure_tolerance_percentage: failures that do not stop the roll-out, 0 to 99. Left out: 0.
        stack_set_name: Left out: the construct's id and path, made unique.
        stack_set_administration_role: role with which CloudFormation acts in this account (self-managed). Left out: one is made that may
            assume `stack_set_execution_role_name` in exactly `accounts`.
        stack_set_execution_role_name: role that CloudFormation assumes in each account (self-managed), to be made there beforehand; see
            `StackSetExecutionRole`. Left out: `AWSCloudFormationStackSetExecutionRole`.
        execution_role: further arguments of `AutomationExecutionRole`, given to it as they are.

    Raises:
        AutomationRoleError: accounts, units and the kind of roll-out do not go together, an id is none, or the template is over 51,200
            bytes or not self-contained.

    Warns:
        automation-role:shareRunbook: runbooks that have to be shared with the target accounts by hand.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-stackset.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        organizational_units: Sequence[str] = (),
        accounts: Sequence[str] = (),
        exclude_accounts: Sequence[str] = (),
        region: str | None = None,
        runbooks: Sequence[Runbook] = (),
        documents: bool = False,
        administration_account: str | None = None,
        delegated_administrator: bool = False,
        retain_roles: bool = False,
        max_concurrent_percentage: int = 100,
        failure_tolerance_percentage: int = 0,
        stack_set_name: str | None = None,
        stack_set_administration_role: iam.IRole | None = None,
        stack_set_execution_role_name: str = STACK_SET_EXECUTION_ROLE,
        execution_role: dict[str, Any] | None = None,
    ) -> None:
        where = f"{scope.node.path}/{construct_id}"
        service_managed = bool(organizational_units)
        problems = [
            *account_problems("accounts", accounts, where=where),
            *account_problems("exclude_accounts", exclude_accounts, where=where),
            *unit_problems(organizational_units, where=where),
            *_together(where, organizational_units, accounts, exclude_accounts, delegated=delegated_administrator),
            *_numbers(where, max_concurrent_percentage, failure_tolerance_percentage),
            *_place(where, region, administration_account),
        ]
        if problems:
            raise AutomationRoleError("\n".join(problems))
        self.template_body = _template(where, lambda stack, account: _inner(stack, account, runbooks, documents, execution_role or {}))

        super().__init__(scope, construct_id)
        administration: iam.IRole | None = None
        if not service_managed:
            administration = stack_set_administration_role or _administration(self, accounts, stack_set_execution_role_name)
        self.stack_set = cloudformation.CfnStackSet(
            self,
            "Resource",
            stack_set_name=stack_set_name or self.node.path.replace("/", "-")[:128],
            description="The role that a central account's automations run as here",
            template_body=self.template_body,
            parameters=[
                cloudformation.CfnStackSet.ParameterProperty(
                    parameter_key=_PARAMETER, parameter_value=administration_account or Aws.ACCOUNT_ID
                )
            ],
            capabilities=["CAPABILITY_NAMED_IAM"],
            permission_model="SERVICE_MANAGED" if service_managed else "SELF_MANAGED",
            call_as="DELEGATED_ADMIN" if delegated_administrator else None,
            auto_deployment=cloudformation.CfnStackSet.AutoDeploymentProperty(enabled=True, retain_stacks_on_account_removal=retain_roles)
            if service_managed
            else None,
            administration_role_arn=administration.role_arn if administration is not None else None,
            execution_role_name=None if service_managed else stack_set_execution_role_name,
            managed_execution={"Active": True},
            operation_preferences=cloudformation.CfnStackSet.OperationPreferencesProperty(
                max_concurrent_percentage=max_concurrent_percentage, failure_tolerance_percentage=failure_tolerance_percentage
            ),
            stack_instances_group=[
                cloudformation.CfnStackSet.StackInstancesProperty(
                    regions=[region or Aws.REGION],
                    deployment_targets=_targets(organizational_units, accounts, exclude_accounts),
                )
            ],
        )
        if administration is not None:
            self.stack_set.node.add_dependency(administration)
        own = [runbook.name for runbook in runbooks]
        if own and not documents:
            Annotations.of(self).add_warning_v2(
                "automation-role:shareRunbook",
                f"CloudFormation cannot share documents: share {', '.join(own)} with the target accounts (aws ssm modify-document-permission "
                f"--permission-type Share --account-ids-to-add ... --name ...), or give every account its own with documents=True",
            )


class StackSetExecutionRole(Construct):
    """Define, in a target account, the role with which a self-managed roll-out acts there.

    Creates one ``AWS::IAM::Role`` that the StackSets administration role of the central account may assume, and that may make, change
    and delete what the roll-out consists of: roles and their policies, and Systems Manager documents.

    Args:
        administration_account: id of the central account.
        administration_role_name: the role there that CloudFormation acts with. Left out: any role of that account that may assume this
            one.
        role_name: Left out: `AWSCloudFormationStackSetExecutionRole`.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        administration_account: str,
        administration_role_name: str | None = None,
        role_name: str = STACK_SET_EXECUTION_ROLE,
    ) -> None:
        if not is_opaque(administration_account) and not ACCOUNT.fullmatch(administration_account):
            where = f"{scope.node.path}/{construct_id}"
            raise AutomationRoleError(f"{where}: administration_account is {administration_account!r} → an account id of 12 digits")
        super().__init__(scope, construct_id)
        central: iam.PrincipalBase = iam.AccountPrincipal(administration_account)
        if administration_role_name is not None:
            arn = f"arn:{Aws.PARTITION}:iam::{administration_account}:role/{administration_role_name}"
            central = central.with_conditions({"ArnEquals": {"aws:PrincipalArn": arn}})
        self.role = iam.Role(self, "Resource", role_name=role_name, assumed_by=central)
        iam.Policy(
            self, "Policy", roles=[self.role], document=iam.PolicyDocument.from_json({"Version": "2012-10-17", "Statement": _rolls_out()})
        )


def _rolls_out() -> list[dict[str, Any]]:
    account = f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}"
    return [
        {
            "Sid": "RollOutRoles",
            "Effect": "Allow",
            "Action": [
                "iam:AttachRolePolicy", "iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:CreateRole", "iam:DeletePolicy",
                "iam:DeletePolicyVersion", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:GetPolicy",
                "iam:GetPolicyVersion", "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListPolicyVersions",
                "iam:ListRolePolicies", "iam:PutRolePolicy", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole",
                "iam:UpdateRoleDescription",
            ],
            "Resource": [f"{account}:role/*", f"{account}:policy/*"],
        },
        {
            "Sid": "RollOutDocuments",
            "Effect": "Allow",
            "Action": [
                "ssm:AddTagsToResource", "ssm:CreateDocument", "ssm:DeleteDocument", "ssm:DescribeDocument", "ssm:GetDocument",
                "ssm:ListTagsForResource", "ssm:RemoveTagsFromResource", "ssm:UpdateDocument", "ssm:UpdateDocumentDefaultVersion",
            ],
            "Resource": f"arn:{Aws.PARTITION}:ssm:*:{Aws.ACCOUNT_ID}:document/*",
        },
        {
            "Sid": "RollOutStacks",
            "Effect": "Allow",
            "Action": "cloudformation:*",
            "Resource": f"arn:{Aws.PARTITION}:cloudformation:*:{Aws.ACCOUNT_ID}:stack/StackSet-*",
        },
    ]  # fmt: skip


# -- what is given together --------------------------------------------------------------------------------------------------------


def _together(where: str, units: Sequence[str], accounts: Sequence[str], excluded: Sequence[str], *, delegated: bool) -> Iterator[str]:
    if not units and not accounts:
        yield f"{where}: neither organizational_units nor accounts → where to roll out; give units (service-managed) or accounts (self-managed)"
    if not units and excluded:
        yield f"{where}: exclude_accounts without organizational_units → accounts of units; leave them out of accounts instead"
    if not units and delegated:
        yield f"{where}: delegated_administrator without organizational_units → only a service-managed roll-out has one; give units"
    if units and accounts and excluded:
        yield f"{where}: accounts and exclude_accounts → one of them narrows the units; leave one out"
    for account in accounts:
        if account in excluded:
            yield f"{where}: account {account!r} is in accounts and in exclude_accounts → one of them; remove it from the other"


def _numbers(where: str, concurrent: int, tolerance: int) -> Iterator[str]:
    if not 1 <= concurrent <= 100:
        yield f"{where}: max_concurrent_percentage is {concurrent} → 1 to 100"
    if not 0 <= tolerance < 100:
        yield f"{where}: failure_tolerance_percentage is {tolerance} → 0 to 99"


def _place(where: str, region: str | None, administration_account: str | None) -> Iterator[str]:
    if region is not None and not is_opaque(region) and not REGION.fullmatch(region):
        yield f"{where}: region is {region!r} → a Region such as 'eu-west-1'"
    if administration_account is not None and not is_opaque(administration_account) and not ACCOUNT.fullmatch(administration_account):
        yield f"{where}: administration_account is {administration_account!r} → an account id of 12 digits"


def _targets(
    units: Sequence[str], accounts: Sequence[str], excluded: Sequence[str]
) -> cloudformation.CfnStackSet.DeploymentTargetsProperty:
    narrowing = [*accounts, *excluded]
    return cloudformation.CfnStackSet.DeploymentTargetsProperty(
        organizational_unit_ids=list(units) or None,
        accounts=narrowing or None,
        account_filter_type=None if not units or not narrowing else "INTERSECTION" if accounts else "DIFFERENCE",
    )


def _administration(scope: Construct, accounts: Sequence[str], execution_role: str) -> iam.Role:
    """The role that CloudFormation acts with in this account; for this account's own stack sets alone.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
    """
    source = f"arn:{Aws.PARTITION}:cloudformation:*:{Aws.ACCOUNT_ID}:stackset/*"
    conditions = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}, "StringLike": {"aws:SourceArn": source}}
    role = iam.Role(scope, "AdministrationRole", assumed_by=iam.ServicePrincipal("cloudformation.amazonaws.com", conditions=conditions))
    targets = [f"arn:{Aws.PARTITION}:iam::{account}:role/{execution_role}" for account in accounts]
    iam.Policy(role, "AssumeExecutionRole", roles=[role], statements=[iam.PolicyStatement(actions=["sts:AssumeRole"], resources=targets)])
    return role


# -- the template inside -----------------------------------------------------------------------------------------------------------


def _inner(stack: Stack, account: str, runbooks: Sequence[Runbook], documents: bool, arguments: dict[str, Any]) -> None:  # noqa: FBT001
    AutomationExecutionRole(stack, "ExecutionRole", administration_account=account, runbooks=runbooks, **arguments)
    if documents:
        for runbook in runbooks:
            AutomationRunbook(stack, runbook.name, runbook)


def _template(where: str, build: Callable[[Stack, str], None]) -> str:
    """The template of an app of its own: nothing of the app around it can get in, and nothing of it out."""
    with tempfile.TemporaryDirectory() as folder:
        app = App(outdir=folder, analytics_reporting=False)
        stack = Stack(app, "Execution", synthesizer=BootstraplessSynthesizer())
        parameter = CfnParameter(
            stack, _PARAMETER, description="The account whose automations reach into this one", allowed_pattern="[0-9]{12}"
        )
        build(stack, parameter.value_as_string)
        try:
            artifact = app.synth().get_stack_by_name("Execution")
        except RuntimeError as error:
            raise AutomationRoleError(_unusable(where, error)) from None
        if artifact.assets:
            raise AutomationRoleError(f"{where}: the stack set's template has {len(artifact.assets)} assets → none; give plain policies")
        text = json.dumps(artifact.template, separators=(",", ":"), ensure_ascii=False)
    size = len(text.encode())
    if size > TEMPLATE_QUOTA:
        raise AutomationRoleError(
            f"{where}: the stack set's template has {size:,} bytes → at most {TEMPLATE_QUOTA:,}; roll out fewer runbooks together, or without documents"
        )
    return text


def _unusable(where: str, error: RuntimeError) -> str:
    said = " ".join(str(error).split())
    return f"{where}: the stack set's template cannot stand alone ({said[:300]}) → values known at synthesis; bind none of this app's resources"
