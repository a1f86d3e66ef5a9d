"""The role that a self-managed roll-out assumes in each target account."""

from __future__ import annotations

from typing import Final

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from constructs import Construct

from ...errors import AutomationRoleError
from ...policy.policy import Policy
from ...policy.statement import Statement
from ...start.target_locations import EXECUTION_ROLE
from ...values.given import given
from ...values.patterns import Pattern
from ..arguments import checked
from ..construct_errors import located
from ..render import here
from ..role_policies import RolePolicies
from ..surroundings import surroundings
from ..unique_names import check_once
from . import account_checks

STACK_SET_EXECUTION_ROLE: Final = "AWSCloudFormationStackSetExecutionRole"
"""The name that CloudFormation uses for the role in a target account if a stack set names none."""


class StackSetExecutionRole(Construct):
    """Define, in a target account, the role with which a self-managed roll-out acts there.

    Creates one ``AWS::IAM::Role`` that the StackSets administration role of the central account can assume, and that can create, change
    and delete what the roll-out consists of: the execution role and its policies, and Systems Manager documents. Whoever can attach
    policies to a role can do anything through it: protect this role, and the central account, like an administrator's.

    Args:
        administration_account: id of the central account.
        administration_role_name: the role there that CloudFormation acts with (`stack_set_administration_role_name` of the roll-out).
            Left out: any role of that account that is allowed to assume this one.
        execution_role_name: the only role that it can create. Left out: `AWS-SystemsManager-AutomationExecutionRole`.
        role_name: Left out: `AWSCloudFormationStackSetExecutionRole`.

    Raises:
        AutomationRoleError: an invalid account ID or role name.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
    """

    @checked()
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        administration_account: str,
        administration_role_name: str | None = None,
        execution_role_name: str = EXECUTION_ROLE,
        role_name: str = STACK_SET_EXECUTION_ROLE,
    ) -> None:
        where = f"{scope.node.path}/{construct_id}"
        problems = [
            *account_checks.account(where, "administration_account", administration_account),
            *(
                ()
                if administration_role_name is None
                else account_checks.role_name(where, "administration_role_name", administration_role_name)
            ),
            *account_checks.role_name(where, "execution_role_name", execution_role_name),
            *account_checks.role_name(where, "role_name", role_name),
        ]
        if problems:
            raise AutomationRoleError("\n".join(problems))
        with located(where):
            check_once(scope, "role_name", role_name, where)
        super().__init__(scope, construct_id)
        central: iam.PrincipalBase = iam.AccountPrincipal(administration_account)
        if administration_role_name is not None:
            arn = f"arn:{Aws.PARTITION}:iam::{administration_account}:role/{administration_role_name}"
            central = central.with_conditions({"ArnEquals": {"aws:PrincipalArn": arn}})
        self.role = iam.Role(self, "Resource", role_name=role_name, assumed_by=central)
        RolePolicies(self, self.role, reported=surroundings(scope).reported).put("Policy", _rolls_out(execution_role_name), here())


# What the handlers of CloudFormation's resource types call; for SSM documents, without their attachments.
# https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html#schema-properties-handlers
_ON_ROLES: Final = (
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
    "iam:UpdateRoleDescription",
)
_ON_POLICIES: Final = (
    "iam:CreatePolicy",
    "iam:CreatePolicyVersion",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    "iam:ListEntitiesForPolicy",
    "iam:ListPolicyVersions",
)
_ON_DOCUMENTS: Final = (
    "ssm:AddTagsToResource",
    "ssm:CreateDocument",
    "ssm:DeleteDocument",
    "ssm:DescribeDocument",
    "ssm:GetDocument",
    "ssm:ListTagsForResource",
    "ssm:RemoveTagsFromResource",
    "ssm:UpdateDocument",
    "ssm:UpdateDocumentDefaultVersion",
)


def _rolls_out(execution_role: str) -> Policy:
    role = Pattern.of("arn:{P}:iam::{A}:role/") + given(execution_role)
    # Policies without a name of their own are named after their stack, and the names of a stack set's stacks begin like this.
    policies = Pattern.of("arn:{P}:iam::{A}:policy/StackSet-*")
    documents = Pattern.of("arn:{P}:ssm:{R}:{A}:document/*")
    return Policy(
        (
            Statement(sid="RollOutRole", actions=_ON_ROLES, resources=(role,)),
            Statement(sid="RollOutPolicies", actions=_ON_POLICIES, resources=(policies,)),
            Statement(sid="RollOutDocuments", actions=_ON_DOCUMENTS, resources=(documents,)),
            # "Your target account always needs full CloudFormation permissions"
            Statement(sid="RollOutStacks", actions=("cloudformation:*",), resources=(Pattern.of("*"),)),
        )
    )
