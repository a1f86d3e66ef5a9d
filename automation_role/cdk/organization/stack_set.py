"""The execution role in every target account: rolled out by CloudFormation StackSets."""

from __future__ import annotations

import inspect
import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from aws_cdk import Annotations, App, Aws, BootstraplessSynthesizer, CfnParameter, Names, Stack
from aws_cdk import aws_cloudformation as cloudformation
from aws_cdk import aws_iam as iam
from constructs import Construct

from ...errors import AutomationRoleError, did_you_mean
from ...policy.access import given
from ...policy.policy import Packed, Policy, Statement
from ...runbook.model import Runbook
from ...start.request import is_number
from ...start.target_locations import EXECUTION_ROLE, account_problems, fits, in_arns, in_both, region_problem, unit_problems
from ...values.patterns import Pattern
from ..automation_runbook import AutomationRunbook
from ..plan import check_runbooks
from ..render import CUSTOMIZE_ROLES, RolePolicies, here, reported
from . import _checks, _reach
from .execution import AutomationExecutionRole

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html: a template in the request itself
TEMPLATE_QUOTA: Final = 51_200
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStackInstances.html
UNITS_QUOTA: Final = 50

STACK_SET_EXECUTION_ROLE: Final = "AWSCloudFormationStackSetExecutionRole"
_PARAMETER: Final = "AdministrationAccount"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStackSet.html
_NAME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9-]{0,127}")


class AutomationExecutionRoleStackSet(Construct):
    """Roll the execution role out to many accounts, from the central one.

    Creates one ``AWS::CloudFormation::StackSet`` whose template is an `AutomationExecutionRole`, synthesized here: self-contained, the
    same bytes for the same runbooks. Accounts that join a unit get the role by themselves. One Region is enough, for roles are global.

    Automation carries a central start into an account only if the runbook is there or shared with it, and CloudFormation cannot share
    documents. With `documents=True` each account gets its own; otherwise that is told at synthesis.

    Args:
        organizational_units: ids of units or of the root, at most 50; with it the roll-out is service-managed by AWS Organizations,
            which reaches every account of them but the management account. Left out: self-managed, with `accounts`.
        accounts: account ids. With units: only these accounts of them; without: the accounts of a self-managed roll-out.
        exclude_accounts: accounts of the units that are left out. Left out: none.
        region: the Region in which the stacks are made. Left out: the Region of the stack that this construct is in.
        runbooks: what the role must be able to run.
        documents: whether every account gets the runbooks as documents of its own, in that Region alone. Left out: ``False``.
        administration_account: Left out: the account of the stack that this construct is in.
        delegated_administrator: whether that account is a delegated administrator rather than the management account (service-managed).
            Left out: ``False``.
        retain_roles: whether an account that leaves its unit keeps the role (service-managed). Left out: ``False``.
        max_concurrent_percentage: accounts at a time, 1 to 100, however many fail. Left out: 100, IAM has no order to keep. Accounts that
            join a unit later are not counted.
        failure_tolerance_percentage: failures that do not stop the roll-out, 0 to 99; what is under way goes on. Left out: 0.
        stack_set_name: a letter, then letters, digits and `-`, at most 128. Left out: the construct's path, made unique.
        stack_set_administration_role: role with which CloudFormation acts in this account (self-managed). Left out: one is made that may
            assume `stack_set_execution_role_name` in exactly `accounts`.
        stack_set_administration_role_name: the name of the one that is made, for `StackSetExecutionRole` to trust. Left out:
            CloudFormation makes one up.
        stack_set_execution_role_name: role that CloudFormation assumes in each account (self-managed), to be made there beforehand; see
            `StackSetExecutionRole`. Left out: `AWSCloudFormationStackSetExecutionRole`.
        execution_role: further arguments of `AutomationExecutionRole`, given to it as they are.

    Raises:
        AutomationRoleError: accounts, units and the kind of roll-out do not go together, an id is none, more accounts than IAM's quotas
            hold, or the template is over 51,200 bytes or not self-contained.

    Warns:
        automation-role:shareRunbook: runbooks that have to be shared with the target accounts by hand.
        automation-role:attachedScript and the other ids of `FINDINGS`: what could not be derived, as on `AutomationExecutionRole`.

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
        max_concurrent_percentage: float = 100,
        failure_tolerance_percentage: float = 0,
        stack_set_name: str | None = None,
        stack_set_administration_role: iam.IRole | None = None,
        stack_set_administration_role_name: str | None = None,
        stack_set_execution_role_name: str = STACK_SET_EXECUTION_ROLE,
        execution_role: Mapping[str, Any] | None = None,
    ) -> None:
        where = f"{scope.node.path}/{construct_id}"
        service_managed = bool(organizational_units)
        own_role = not service_managed and stack_set_administration_role is None
        problems = [
            *account_problems("accounts", accounts, where=where),
            *(in_arns(where, "accounts", accounts) if own_role else ()),
            *account_problems("exclude_accounts", exclude_accounts, where=where),
            *unit_problems(organizational_units, where=where),
            *_together(where, organizational_units, accounts, exclude_accounts, delegated=delegated_administrator, retained=retain_roles),
            *_roles(
                where,
                stack_set_administration_role,
                stack_set_administration_role_name,
                stack_set_execution_role_name,
                service_managed=service_managed,
            ),
            *_numbers(where, max_concurrent_percentage, failure_tolerance_percentage),
            *_place(where, region, stack_set_name),
            *(() if administration_account is None else _checks.account(where, "administration_account", administration_account)),
            *_arguments(where, execution_role or {}),
        ]
        problems = problems or [*_elsewhere(scope, where, execution_role or {}, () if service_managed else accounts)]
        if problems:
            raise AutomationRoleError("\n".join(problems))
        try:
            runbooks = check_runbooks(runbooks)
        except AutomationRoleError as error:
            raise AutomationRoleError(f"{where}: {error}") from None
        reach = _accounts(where, accounts, stack_set_execution_role_name) if own_role else None
        inner = _Inner(scope, where, lambda stack, account: _inner(stack, account, runbooks, documents, execution_role or {}))

        super().__init__(scope, construct_id)
        self.template_body = inner.template
        inner.tell(self)
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
            # Left to itself, CloudFormation takes one account more at a time than may fail: with no failures tolerated, one by one.
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
    and delete what the roll-out consists of: the execution role and its policies, and Systems Manager documents. Whoever may give
    policies to a role may do through it what they like: this role is worth an administrator's, and so is the central account.

    Args:
        administration_account: id of the central account.
        administration_role_name: the role there that CloudFormation acts with (`stack_set_administration_role_name` of the roll-out).
            Left out: any role of that account that may assume this one.
        execution_role_name: the one role that it may make. Left out: `AWS-SystemsManager-AutomationExecutionRole`.
        role_name: Left out: `AWSCloudFormationStackSetExecutionRole`.

    Raises:
        AutomationRoleError: an account or a name that is none.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
    """

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
            *_checks.account(where, "administration_account", administration_account),
            *(() if administration_role_name is None else _checks.role_name(where, "administration_role_name", administration_role_name)),
            *_checks.role_name(where, "execution_role_name", execution_role_name),
            *_checks.role_name(where, "role_name", role_name),
        ]
        if problems:
            raise AutomationRoleError("\n".join(problems))
        super().__init__(scope, construct_id)
        central: iam.PrincipalBase = iam.AccountPrincipal(administration_account)
        if administration_role_name is not None:
            arn = f"arn:{Aws.PARTITION}:iam::{administration_account}:role/{administration_role_name}"
            central = central.with_conditions({"ArnEquals": {"aws:PrincipalArn": arn}})
        self.role = iam.Role(self, "Resource", role_name=role_name, assumed_by=central)
        RolePolicies(self, self.role, reported=reported(scope)).put("Policy", _rolls_out(execution_role_name), here())


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
    # Policies that get no name are named after their stack, and the stacks of a stack set begin so.
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


# -- what is given together --------------------------------------------------------------------------------------------------------


def _together(
    where: str, units: Sequence[str], accounts: Sequence[str], excluded: Sequence[str], *, delegated: bool, retained: bool
) -> Iterator[str]:
    if not units and not accounts:
        yield f"{where}: neither organizational_units nor accounts → where to roll out; give units (service-managed) or accounts (self-managed)"
    if not units and excluded:
        yield f"{where}: exclude_accounts without organizational_units → accounts of units; leave them out of accounts instead"
    if not units and delegated:
        yield f"{where}: delegated_administrator without organizational_units → only a service-managed roll-out has one; give units"
    if not units and retained:
        yield f"{where}: retain_roles without organizational_units → only accounts of units leave by themselves; leave it out"
    if units and accounts and excluded:
        yield f"{where}: accounts and exclude_accounts → one of them narrows the units; leave one out"
    for account in in_both(accounts, excluded):
        yield f"{where}: account {account!r} is in accounts and in exclude_accounts → one of them; remove it from the other"
    if len(units) > UNITS_QUOTA and not isinstance(units, str):
        yield f"{where}: {len(units)} organizational_units → at most {UNITS_QUOTA}; give a unit above them"


def _numbers(where: str, concurrent: object, tolerance: object) -> Iterator[str]:
    if not is_number(concurrent, 1, 100):
        yield f"{where}: max_concurrent_percentage is {concurrent!r} → a whole number, 1 to 100"
    if not is_number(tolerance, 0, 99):
        yield f"{where}: failure_tolerance_percentage is {tolerance!r} → a whole number, 0 to 99"


def _roles(
    where: str, administration: iam.IRole | None, administration_name: str | None, execution_name: str, *, service_managed: bool
) -> Iterator[str]:
    if administration_name is not None:
        yield from _checks.role_name(where, "stack_set_administration_role_name", administration_name)
    yield from _checks.role_name(where, "stack_set_execution_role_name", execution_name)
    if service_managed and (administration is not None or administration_name is not None or execution_name != STACK_SET_EXECUTION_ROLE):
        yield f"{where}: roles of StackSets with organizational_units → AWS Organizations has its own; leave stack_set_…_role… out"
    if administration is not None and administration_name is not None:
        yield f"{where}: stack_set_administration_role and its name → the role has one; leave stack_set_administration_role_name out"


def _place(where: str, region: str | None, name: str | None) -> Iterator[str]:
    if region is not None and (problem := region_problem(region)):
        yield f"{where}: region is {problem}"
    if name is not None and not fits(name, _NAME):
        yield f"{where}: stack_set_name is {name!r} → a letter, then letters, digits and -, at most 128; leave it out and one is made"


# Arguments of the execution role that the roll-out gives itself.
_OWN: Final = ("self", "scope", "construct_id", "administration_account", "runbooks")


def _arguments(where: str, arguments: Mapping[str, Any]) -> Iterator[str]:
    allowed = [name for name in inspect.signature(AutomationExecutionRole.__init__).parameters if name not in _OWN]
    for name in arguments:
        if name in _OWN:
            yield f"{where}: execution_role has {name!r} → an argument of the roll-out itself; give {name}=... to it"
        elif name not in allowed:
            yield f"{where}: execution_role has {name!r} → an argument of AutomationExecutionRole{did_you_mean(name, allowed)}"


def _elsewhere(scope: Construct, where: str, arguments: Mapping[str, Any], accounts: Sequence[str]) -> Iterator[str]:
    """A line for each role and policy of one account that every account would be told to use: IAM takes its own account's alone.

    A stack with an account of its own writes that account into what it imports by name.
    """
    around: Mapping[str, str] = scope.node.try_get_context(_BOUNDARY) or {}
    passed = arguments.get("pass_roles", {}).values()
    named = [
        ("the app around has a permissions boundary", around.get("arn")),
        *_arns("permissions_boundary", [arguments.get("permissions_boundary")], "managed_policy_arn"),
        *_arns("managed_policies", arguments.get("managed_policies"), "managed_policy_arn"),
        *(each for roles in passed for each in _arns("pass_roles", roles, "role_arn")),
    ]
    for what, arn in named:
        found = _OF_ONE_ACCOUNT.search(arn or "")
        if found is not None and [*accounts] != [found[1]]:
            yield (
                f"{where}: {what} with {found[2]!r} of account {found[1]!r} → each account's own; "
                f'import it by f"arn:{{Aws.PARTITION}}:iam::{{Aws.ACCOUNT_ID}}:{found[2]}"'
            )


def _arns(what: str, given: object, attribute: str) -> Iterator[tuple[str, str | None]]:
    """The ARNs of what is given, if it is what it should be: the role inside says what is not."""
    if isinstance(given, Sequence):
        yield from ((f"execution_role has {what}", getattr(each, attribute, None)) for each in given)


# Where CDK keeps what PermissionsBoundary.from_name and from_arn gave to the app, a stage or a stack.
_BOUNDARY: Final = "@aws-cdk/core:permissionsBoundary"
_OF_ONE_ACCOUNT: Final = re.compile(r":iam::([0-9]{12}):(.+)")


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
        return _reach.packed(execution_role, accounts)
    except AutomationRoleError as error:
        instead = "give organizational_units (service-managed), or a stack_set_administration_role of your own"
        raise AutomationRoleError(f"{where}: {error}; {instead}") from None


def _administration(scope: Construct, reach: Packed, role_name: str | None) -> iam.Role:
    """The role that CloudFormation acts with in this account; for this account's own stack sets alone.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
    """
    source = f"arn:{Aws.PARTITION}:cloudformation:*:{Aws.ACCOUNT_ID}:stackset/*"
    conditions = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}, "StringLike": {"aws:SourceArn": source}}
    trusted = iam.ServicePrincipal("cloudformation.amazonaws.com", conditions=conditions)
    role = iam.Role(scope, "AdministrationRole", role_name=role_name, assumed_by=trusted)
    policies = RolePolicies(role, role, reported=reported(scope))
    policies.put("AssumeExecutionRole", reach.inline, here())
    policies.put_managed("AssumeExecutionRoleManaged", [(policy, here()) for policy in reach.managed])
    return role


# -- the template inside -----------------------------------------------------------------------------------------------------------

# CDK's own validation of an app costs seconds, in versions that have it.
_UNVALIDATED: Final[dict[str, Any]] = {
    name: False for name in ("builtin_cloud_formation_validation",) if name in inspect.signature(App.__init__).parameters
}
_STACK: Final = "Execution"
_ROLE: Final = "ExecutionRole"


def _inner(stack: Stack, account: str, runbooks: Sequence[Runbook], documents: bool, arguments: Mapping[str, Any]) -> None:  # noqa: FBT001
    AutomationExecutionRole(stack, _ROLE, administration_account=account, runbooks=runbooks, **arguments)
    if documents:
        folder = Construct(stack, "Documents")
        for runbook in runbooks:
            AutomationRunbook(folder, runbook.name, runbook)


class _Inner:
    """The template of an app of its own: nothing of the app around it can get in, and nothing of it out, but what it has to tell."""

    def __init__(self, scope: Construct, where: str, build: Callable[[Stack, str], None]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            app = App(outdir=folder, post_cli_context=_context(scope), **_UNVALIDATED)
            stack = Stack(app, _STACK, synthesizer=BootstraplessSynthesizer(), analytics_reporting=False)
            parameter = CfnParameter(
                stack, _PARAMETER, description="The account whose automations reach into this one", allowed_pattern="[0-9]{12}"
            )
            try:
                build(stack, parameter.value_as_string)
            except AutomationRoleError as error:
                raise AutomationRoleError(_outer(where, str(error))) from None
            try:
                artifact = app.synth().get_stack_by_name(_STACK)
            except RuntimeError as error:
                raise AutomationRoleError(_unusable(where, error)) from None
            if artifact.assets:
                raise AutomationRoleError(
                    f"{where}: the stack set's template has {len(artifact.assets)} assets → none; give plain policies"
                )
            self.template = json.dumps(artifact.template, separators=(",", ":"), ensure_ascii=False)
            self._told = [(message.id, str(message.level), str(message.entry.data)) for message in artifact.messages]
        size = len(self.template.encode())
        if size > TEMPLATE_QUOTA:
            raise AutomationRoleError(
                f"{where}: the stack set's template has {size:,} bytes → at most {TEMPLATE_QUOTA:,}; "
                f"roll out fewer runbooks together, or without documents"
            )

    def tell(self, outer: Construct) -> None:
        """Say on the roll-out what was said on the role inside, at constructs of the same ids: there it can be acknowledged."""
        for path, level, text in self._told:
            at = outer
            for name in path.strip("/").split("/")[1:]:
                child = at.node.try_find_child(name)
                at = child if isinstance(child, Construct) else Construct(at, name)
            message = _ACKNOWLEDGED.fullmatch(text)
            if "ERROR" in level:
                Annotations.of(at).add_error(text)
            elif message is not None:
                Annotations.of(at).add_warning_v2(message["id"], message["text"])
            else:
                Annotations.of(at).add_warning(text)


# How CDK writes the id of a warning into its text.
_ACKNOWLEDGED: Final = re.compile(r"(?P<text>.*) \[ack: (?P<id>[^\]]+)\]", re.DOTALL)


def _context(scope: Construct) -> dict[str, Any]:
    """The feature flags of the app around and its permissions boundary, and nothing else of its context: the same bytes from `cdk synth`, a test, or another command.

    The CDK CLI hands its options over in the environment, which an app inside would read again.
    """
    around = scope.node.get_all_context() or {}
    flags = {name: value for name, value in around.items() if name.startswith("@aws-cdk/") and name != CUSTOMIZE_ROLES}
    return {**flags, "aws:cdk:enable-path-metadata": False, "aws:cdk:enable-asset-metadata": False}


def _outer(where: str, message: str) -> str:
    return message.replace(f"{_STACK}/", f"{where}/")


def _unusable(where: str, error: RuntimeError) -> str:
    said = " ".join(str(error).split())
    if (at := said.find(f"] {_STACK}/")) >= 0:  # a validation of ours: what has become too much
        return _outer(where, said[at + 2 :])
    return f"{where}: the stack set's template cannot stand alone ({said[:300]}) → values known at synthesis; bind none of this app's resources"
