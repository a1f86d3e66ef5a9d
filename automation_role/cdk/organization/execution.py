"""The role of a target account: the central account's administration role assumes it, and automations run there as it."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping, Sequence

import jsii
from aws_cdk import Annotations, Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from ...errors import AutomationRoleError
from ...findings import Findings
from ...policy.access import pass_role, start
from ...policy.pack import PolicySizeError
from ...policy.policy import Packed, Policy
from ...policy.quotas import INLINE_QUOTA, MANAGED_COUNT
from ...policy.statement import Statement
from ...runbook.model import Runbook
from ...start.target_locations import EXECUTION_ROLE, approvals, in_arns
from ...values.arns import AUTOMATION_EXECUTIONS, definition_arn, document_arn, is_aws_owned
from ...values.given import given
from ...values.patterns import Pattern
from ...values.place import Place
from ...values.tokens import is_opaque
from ..arguments import checked
from ..construct_errors import located
from ..render import here
from ..role import AutomationRole
from ..role_arguments import Inline
from ..role_plan import check_runbooks
from ..types import AnyRole
from . import account_checks
from .administration import ADMINISTRATION_ROLE


@jsii.implements(iam.IGrantable)
class AutomationExecutionRole(AutomationRole):
    """Define the role that a target account's automations run as, started from a central account.

    An `AutomationRole` that the administration role of one account can also assume. It can start the given runbooks in its own account
    (that is how Automation runs a central start there), pass itself to Systems Manager for them, find their targets, and do what the
    runbooks need.

    Args:
        administration_account: id of the central account, 12 digits; can be a CDK token.
        administration_role_name: the only role there that can assume this one. Left out:
            `AWS-SystemsManager-AutomationAdministrationRole`.
        organization_id: `o-…`; the administration role can assume this one only while its account is in this organization. Left out: not checked.
        runbooks: what this role must be able to run, as for `AutomationRole`; they may be this account's own documents or shared by the
            central account. Left out: none.
        other_runbooks: names or ARNs of runbooks that may be started here although their permissions are not derived (AWS's own, with
            `inline_policies` or `managed_policies` for what they need). Left out: none.
        automation_managed_policy: attach the broad `AmazonSSMAutomationRole`, as AWS's sample does. Left out: ``False``.
        targeting: whether it may find targets by tag and by resource group. Left out: ``True``.
        role_name: Left out: `AWS-SystemsManager-AutomationExecutionRole`, the name that a start uses by default.
        extra_statements: as for `AutomationRole`, like all the arguments that follow.
        findings: how to report what could not be derived: a CDK warning, or an error.
        managed_policies: further managed policies to attach.
        inline_policies: name to policy.
        invoke_functions: Lambda functions of this account that the role may invoke.
        pass_roles: service principal to roles of this account that the role can pass to it.
        script_logs: whether it may write the logs of scripts, as for `AutomationRole`.
        deny_self_change: deny the role the usual ways to widen itself.
        description: at most 1,000 characters.
        permissions_boundary: managed policy that the role's permissions cannot go beyond.

    Raises:
        AutomationRoleError: an invalid account ID, organization ID or role name; as for `AutomationRole`.

    Warns:
        automation-role:approvalAcrossAccounts: a runbook waits for approval, which does not work in a run from a central account.

    Sources:
        https://docs.aws.amazon.com/systems-manager/latest/userguide/running-automations-multiple-accounts-regions.html
        https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-approve.html
    """

    @checked()
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        administration_account: str,
        administration_role_name: str = ADMINISTRATION_ROLE,
        organization_id: str | None = None,
        runbooks: Sequence[Runbook | str] = (),
        other_runbooks: Sequence[str] = (),
        automation_managed_policy: bool = False,
        targeting: bool = True,
        role_name: str | None = EXECUTION_ROLE,
        extra_statements: Mapping[tuple[str, str], Sequence[iam.PolicyStatement]] = {},
        findings: Findings = Findings.WARN,
        managed_policies: Sequence[iam.IManagedPolicy] = (),
        inline_policies: Mapping[str, Inline] = {},
        invoke_functions: Sequence[lambda_.IFunction] = (),
        pass_roles: Mapping[str, Sequence[AnyRole]] = {},
        script_logs: bool | str | logs.ILogGroup = False,
        deny_self_change: bool = False,
        description: str | None = None,
        permissions_boundary: iam.IManagedPolicy | None = None,
    ) -> None:
        where = f"{scope.node.path}/{construct_id}"
        problems = [
            *account_checks.account(where, "administration_account", administration_account),
            *account_checks.role_name(where, "administration_role_name", administration_role_name),
            *account_checks.organization(where, organization_id),
            *in_arns(where, "other_runbooks", other_runbooks),
        ]
        if problems:
            raise AutomationRoleError("\n".join(problems))
        self._administration_account = administration_account
        self._targeting = targeting
        with located(where):
            runbooks = check_runbooks(runbooks)
            self._started = [*(runbook.name for runbook in runbooks), *other_runbooks]
            self._carried = self._pack()
        self._reserved = _taken(self._carried)
        super().__init__(
            scope,
            construct_id,
            runbooks=runbooks,
            extra_statements=extra_statements,
            findings=findings,
            automation_managed_policy=automation_managed_policy,
            managed_policies=managed_policies,
            inline_policies=inline_policies,
            invoke_functions=invoke_functions,
            pass_roles=pass_roles,
            script_logs=script_logs,
            deny_self_change=deny_self_change,
            role_name=role_name,
            description=description,
            permissions_boundary=permissions_boundary,
        )
        self._trust(administration_role_name, organization_id)
        self._carry_in()
        for runbook in runbooks:
            self._approvals(runbook)

    @checked()
    def add_runbook(self, runbook: Runbook | str) -> None:
        """Let the role start and run another runbook; as `AutomationRole.add_runbook`."""
        try:
            (runbook,) = check_runbooks([runbook])
        except AutomationRoleError as error:
            raise self._error(str(error)) from None
        before = self._carried, self._runbooks.room, self._reserved
        self._started.append(runbook.name)
        try:
            try:
                self._carried = self._pack()
            except AutomationRoleError as error:
                raise self._error(str(error)) from None
            inline, managed = self._reserved
            self._reserved = _taken(self._carried)
            characters, policies = self._runbooks.room
            self._runbooks.room = max(0, characters + inline - self._reserved[0]), policies + managed - self._reserved[1]
            super().add_runbook(runbook)
        except AutomationRoleError:
            self._started.pop()
            self._carried, self._runbooks.room, self._reserved = before
            raise
        self._carry_in()
        self._approvals(runbook)

    def _trust(self, administration_role: str, organization: str | None) -> None:
        """Let the administration role assume this one, by its name.

        The principal is the account, and a condition names the role. With the role as principal, IAM would refuse a role that doesn't exist
        yet, and would store its ID, which changes when the role is created again. No other role of that account can assume this one, whatever
        its own policies allow.
        Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
        """
        role = f"arn:{Aws.PARTITION}:iam::{self._administration_account}:role/{administration_role}"
        conditions: dict[str, object] = {"ArnEquals": {"aws:PrincipalArn": role}}
        if organization is not None:
            conditions["StringEquals"] = {"aws:PrincipalOrgID": organization}
        trusted = self._own.assume_role_policy
        assert trusted is not None  # noqa: S101  (a role created here has one)
        trusted.add_statements(
            iam.PolicyStatement(
                actions=["sts:AssumeRole"], principals=[iam.AccountPrincipal(self._administration_account)], conditions=conditions
            )
        )

    def _approvals(self, runbook: Runbook) -> None:
        for warning in approvals(runbook):
            Annotations.of(self).add_warning_v2("automation-role:approvalAcrossAccounts", warning)

    def _carry_in(self) -> None:
        self._allowed.put("Execution", *self._carried.inline.statements)
        self._allowed.put_managed("ExecutionManaged", self._carried.managed)

    def _pack(self) -> Packed:
        """The statements for central starts. They may use half of IAM's quotas; the derived ones use what remains."""
        names = tuple(dict.fromkeys(self._started))
        try:
            return self._packed(names)
        except PolicySizeError as error:
            most = bisect.bisect_left(range(len(names)), True, key=lambda count: self._is_over(names[: count + 1]))
            raise AutomationRoleError(
                f"starting {len(names)} runbooks takes {error.characters:,} characters of policies, more than IAM's quotas allow → "
                f"at most {most}; create a second role for the others, with its own role_name"
            ) from None

    def _packed(self, names: Sequence[str]) -> Packed:
        policy = Policy(tuple(_carried_in(names, self._administration_account, targeting=self._targeting)))
        return policy.pack(_measured(), inline=INLINE_QUOTA // 2, managed=MANAGED_COUNT // 2)

    def _is_over(self, names: Sequence[str]) -> bool:
        try:
            self._packed(names)
        except PolicySizeError:
            return True
        return False


def _measured() -> Place:
    """The place with the longest possible ARN of the role: before the role is created, its ARN is unknown."""
    return here(role_arn="arn:aws-us-gov:iam::123456789012:role/" + "x" * 64)


def _taken(packed: Packed) -> tuple[int, int]:
    return packed.inline.size(_measured()), len(packed.managed)


def _carried_in(runbooks: Sequence[str], administration_account: str, *, targeting: bool) -> Iterator[Statement]:
    if runbooks:
        (started,) = start(runbooks)
        shared = [name for name in runbooks if not is_opaque(name) and not name.startswith("arn:") and not is_aws_owned(name)]
        central = [Pattern.of("arn:{P}:ssm:{R}:") + given(administration_account) for _ in shared]
        arns = [
            form(account + Pattern.literal(f":document/{name}"))
            for account, name in zip(central, shared, strict=True)
            for form in (document_arn, definition_arn)
        ]
        yield Statement(sid="StartHere", actions=started.actions, resources=(*started.resources, *arns))
        yield Statement(sid="ReadExecutions", actions=("ssm:GetAutomationExecution",), resources=(AUTOMATION_EXECUTIONS,))
    yield pass_role()
    if targeting:
        # AWS's sample of this role has the same three actions, all on `*`.
        groups = Pattern.of("arn:{P}:resource-groups:{R}:{A}:group/*")
        yield Statement(sid="FindGroups", actions=("resource-groups:ListGroupResources",), resources=(groups,))
        yield Statement(sid="FindTargets", actions=("ec2:DescribeInstances", "tag:GetResources"), resources=(Pattern.of("*"),))
