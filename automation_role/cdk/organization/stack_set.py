"""The execution role in every target account: rolled out by CloudFormation StackSets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aws_cdk import Annotations, Aws, Names, Stack
from aws_cdk import aws_cloudformation as cloudformation
from aws_cdk import aws_iam as iam
from constructs import Construct

from ...errors import AutomationRoleError
from ...policy.policy import Packed
from ...runbook.model import Runbook
from ...start.target_locations import account_problems, in_arns, unit_problems
from ..arguments import checked
from ..automation_runbook import AutomationRunbook
from ..construct_errors import located
from ..render import here
from ..role_plan import check_runbooks
from ..role_policies import RolePolicies
from ..surroundings import surroundings
from ..types import AnyRole
from ..unique_names import check_once
from . import account_checks, assumable_roles, roll_out_checks
from .arguments import ExecutionRoleArguments
from .execution import AutomationExecutionRole
from .nested_app import PARAMETER, NestedApp
from .stack_set_role import STACK_SET_EXECUTION_ROLE


class AutomationExecutionRoleStackSet(Construct):
    """Roll the execution role out to many accounts, from the central one.

    Creates one ``AWS::CloudFormation::StackSet`` whose template is an `AutomationExecutionRole`, synthesized here: self-contained, the
    same bytes for the same runbooks. Accounts that join a unit get the role automatically. One Region is enough, because roles are global.

    Automation runs a central start in an account only if the runbook is there or shared with it, and CloudFormation cannot share
    documents. With `documents=True` each account gets its own; otherwise a warning at synthesis says so.

    Args:
        organizational_units: ids of units or of the root, at most 50; with it the roll-out is service-managed by AWS Organizations,
            which reaches all of their accounts except the management account. Left out: self-managed, with `accounts`.
        accounts: account ids. With units: only these accounts of them; without: the accounts of a self-managed roll-out.
        exclude_accounts: accounts of the units that are left out. Left out: none.
        region: the Region in which the stacks are created. Left out: the Region of the stack that this construct is in.
        runbooks: what the role must be able to run.
        documents: whether every account gets the runbooks as documents of its own, only in that Region. Left out: ``False``.
        administration_account: Left out: the account of the stack that this construct is in.
        delegated_administrator: whether that account is a delegated administrator rather than the management account (service-managed).
            Left out: ``False``.
        retain_roles: whether an account that leaves its unit keeps the role (service-managed). Left out: ``False``.
        max_concurrent_percentage: accounts at a time, 1 to 100, however many fail. Left out: 100, since the roles don't depend on each other. Accounts that
            join a unit later are not counted.
        failure_tolerance_percentage: failures that do not stop the roll-out, 0 to 99; what is under way is finished. Left out: 0.
        stack_set_name: a letter, then letters, digits and `-`, at most 128. Left out: the construct's path, made unique.
        stack_set_administration_role: role with which CloudFormation acts in this account (self-managed). Left out: one is created that can
            assume `stack_set_execution_role_name` in exactly `accounts`.
        stack_set_administration_role_name: the name of the one that is created, for `StackSetExecutionRole` to trust. Left out:
            CloudFormation generates one.
        stack_set_execution_role_name: role that CloudFormation assumes in each account (self-managed), to be created there beforehand; see
            `StackSetExecutionRole`. Left out: `AWSCloudFormationStackSetExecutionRole`.
        execution_role: further arguments of `AutomationExecutionRole`, as a `dict`: `{"role_name": "Automation"}`. Left out: its defaults.

    Raises:
        AutomationRoleError: accounts, units and the kind of roll-out do not go together, an id is invalid, more accounts than IAM's quotas
            hold, or the template is over 51,200 bytes or not self-contained.

    Warns:
        automation-role:shareRunbook: runbooks that have to be shared with the target accounts by hand.
        automation-role:attachedScript and the other ids of `FINDINGS`: what could not be derived, as on `AutomationExecutionRole`.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-stackset.html
    """

    @checked()
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        organizational_units: Sequence[str] = (),
        accounts: Sequence[str] = (),
        exclude_accounts: Sequence[str] = (),
        region: str | None = None,
        runbooks: Sequence[Runbook | str] = (),
        documents: bool = False,
        administration_account: str | None = None,
        delegated_administrator: bool = False,
        retain_roles: bool = False,
        max_concurrent_percentage: float = 100,
        failure_tolerance_percentage: float = 0,
        stack_set_name: str | None = None,
        stack_set_administration_role: AnyRole | None = None,
        stack_set_administration_role_name: str | None = None,
        stack_set_execution_role_name: str = STACK_SET_EXECUTION_ROLE,
        execution_role: ExecutionRoleArguments | None = None,
    ) -> None:
        where = f"{scope.node.path}/{construct_id}"
        service_managed = bool(organizational_units)
        own_role = not service_managed and stack_set_administration_role is None
        problems = [
            *account_problems("accounts", accounts, where=where),
            *(in_arns(where, "accounts", accounts) if own_role else ()),
            *account_problems("exclude_accounts", exclude_accounts, where=where),
            *unit_problems(organizational_units, where=where),
            *roll_out_checks.places(
                where, organizational_units, accounts, exclude_accounts, delegated=delegated_administrator, retained=retain_roles
            ),
            *roll_out_checks.roles(
                where,
                stack_set_administration_role,
                stack_set_administration_role_name,
                stack_set_execution_role_name,
                service_managed=service_managed,
            ),
            *roll_out_checks.numbers(where, max_concurrent_percentage, failure_tolerance_percentage),
            *roll_out_checks.place(where, region, stack_set_name),
            *(() if administration_account is None else account_checks.account(where, "administration_account", administration_account)),
            *roll_out_checks.arguments(where, execution_role or {}),
        ]
        problems = problems or [*roll_out_checks.elsewhere(scope, where, execution_role or {}, () if service_managed else accounts)]
        if problems:
            raise AutomationRoleError("\n".join(problems))
        with located(where):
            known = check_runbooks(runbooks)
            check_once(scope, "stack_set_name", stack_set_name, where)
            check_once(scope, "role_name", stack_set_administration_role_name, where)
        reach = _accounts(where, accounts, stack_set_execution_role_name) if own_role else None
        inner = NestedApp(scope, where, lambda stack, account: _inner(stack, account, known, documents, execution_role or {}))

        super().__init__(scope, construct_id)
        self.template_body = inner.template
        inner.repeat_messages(self)
        administration = stack_set_administration_role
        if reach is not None:
            administration = _administration(self, reach, stack_set_administration_role_name)
        self.stack_set = cloudformation.CfnStackSet(
            self,
            "Resource",
            stack_set_name=stack_set_name or Names.unique_resource_name(self, max_length=128, separator="-"),
            description="The role that a central account's automations run as here",
            template_body=self.template_body,
            parameters=[
                cloudformation.CfnStackSet.ParameterProperty(
                    parameter_key=PARAMETER, parameter_value=administration_account or Aws.ACCOUNT_ID
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
            # By default, CloudFormation works on one account more at a time than may fail: with no failures tolerated, one by one.
            # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/concurrency-mode.html
            operation_preferences=cloudformation.CfnStackSet.OperationPreferencesProperty(
                concurrency_mode="SOFT_FAILURE_TOLERANCE",
                max_concurrent_percentage=max_concurrent_percentage,
                failure_tolerance_percentage=failure_tolerance_percentage,
            ),
            stack_instances_group=[
                cloudformation.CfnStackSet.StackInstancesProperty(
                    regions=[region or Aws.REGION],
                    deployment_targets=_targets(organizational_units, accounts, exclude_accounts),
                )
            ],
        )
        if administration is not None:  # removed before the policies with which it removes the roles
            policies = [child for child in administration.node.children if isinstance(child, (iam.Policy, iam.ManagedPolicy))]
            self.stack_set.node.add_dependency(*(policies if reach is not None else [administration]))
        own = [runbook.name for runbook in known if runbook.facts is None]
        if own and not documents:
            Annotations.of(self).add_warning_v2(
                "automation-role:shareRunbook",
                f"CloudFormation cannot share documents: share {', '.join(own)} with the target accounts (aws ssm modify-document-permission "
                f"--permission-type Share --account-ids-to-add ... --name ...), or give every account its own with documents=True",
            )


def _targets(
    units: Sequence[str], accounts: Sequence[str], excluded: Sequence[str]
) -> cloudformation.CfnStackSet.DeploymentTargetsProperty:
    narrowing = [*accounts, *excluded]
    return cloudformation.CfnStackSet.DeploymentTargetsProperty(
        organizational_unit_ids=list(units) or None,
        accounts=narrowing or None,
        account_filter_type=None if not units or not narrowing else "INTERSECTION" if accounts else "DIFFERENCE",
    )


def _accounts(where: str, accounts: Sequence[str], execution_role: str) -> Packed:
    try:
        return assumable_roles.packed(execution_role, accounts)
    except AutomationRoleError as error:
        instead = "pass organizational_units (service-managed), or your own stack_set_administration_role"
        raise AutomationRoleError(f"{where}: {error}; {instead}") from None


def _administration(scope: Construct, reach: Packed, role_name: str | None) -> iam.Role:
    """The role that CloudFormation acts with in this account; only for this account's own stack sets.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
    """
    source = f"arn:{Aws.PARTITION}:cloudformation:*:{Aws.ACCOUNT_ID}:stackset/*"
    conditions = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}, "StringLike": {"aws:SourceArn": source}}
    trusted = iam.ServicePrincipal("cloudformation.amazonaws.com", conditions=conditions)
    role = iam.Role(scope, "AdministrationRole", role_name=role_name, assumed_by=trusted)
    policies = RolePolicies(role, role, reported=surroundings(scope).reported)
    policies.put("AssumeExecutionRole", reach.inline, here())
    policies.put_managed("AssumeExecutionRoleManaged", [(policy, here()) for policy in reach.managed])
    return role


_ROLE: Final = "ExecutionRole"


def _inner(stack: Stack, account: str, runbooks: Sequence[Runbook], documents: bool, arguments: ExecutionRoleArguments) -> None:  # noqa: FBT001
    AutomationExecutionRole(stack, _ROLE, administration_account=account, runbooks=runbooks, **arguments)
    if documents:
        folder = Construct(stack, "Documents")
        for runbook in (each for each in runbooks if each.facts is None):
            AutomationRunbook(folder, runbook.name, runbook)
