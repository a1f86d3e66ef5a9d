"""AutomationRole: the service role that Systems Manager Automation runs runbooks as."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import jsii
from aws_cdk import Annotations, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from ..derive.derivation import roles_by_name
from ..errors import AutomationRoleError
from ..findings import Findings
from ..policy import checks, quotas
from ..policy.quotas import INLINE_QUOTA, MANAGED_COUNT
from ..policy.trust import check_service, unrestricted
from ..runbook.model import Runbook
from . import arguments as _arguments
from . import role_arguments
from .construct_errors import located
from .derived_needs import DerivedNeeds, derived
from .granting import check_account
from .grants import AutomationRoleBase
from .imported_role import ImportedAutomationRole, check_role_arn
from .render import here, principals
from .role_arguments import Inline
from .role_checks import RoleChecks
from .role_findings import RoleFindings
from .role_fit import check_fit
from .role_permissions import RolePermissions
from .role_policies import RolePolicies
from .role_runbooks import RoleRunbooks
from .surroundings import surroundings
from .types import AnyRole
from .unique_names import check_once


@jsii.implements(iam.IGrantable)
class AutomationRole(AutomationRoleBase):
    """Define the role that Systems Manager Automation assumes to run your runbooks.

    Creates one `AWS::IAM::Role`, and each of its policies as a resource of its own (`AWS::IAM::Policy`, and `AWS::IAM::ManagedPolicy`
    when IAM's quota for inline policies is used up), so that a policy can reference the role, or a resource that
    references the role, without a cycle. Add tags with CDK's `Tags.of(automation_role).add(...)`.

    Args:
        scope: the construct that this one is created in.
        construct_id: its name there; the role's logical ID is derived from it.
        runbooks: the runbooks this role must be able to run. Their permissions are derived, every branch included, and nothing else is
            allowed; with an empty list, only what the other arguments and `add_runbook` add. Left out: what the set-up guide
            builds, the managed policy `AmazonSSMAutomationRole` and permission to pass itself to Systems Manager (`iam:PassRole`).
        extra_statements: what you know that could not be derived: (runbook, step) to statements. Closes the findings of that step;
            an empty list says that nothing is missing. The step `""` stands for what is about the whole runbook.
        findings: how to report what could not be derived: `Findings.WARN`, a CDK warning for each runbook and kind of finding, which can
            be acknowledged once all runbooks are added; or `Findings.ERROR`, an error that stops `cdk synth`.
        regions: the Regions in which the automations act. Left out: any, since a role is global.
        automation_managed_policy: whether `AmazonSSMAutomationRole` is attached, which allows `ssm:*` and much of EC2 and CloudFormation,
            and invokes only those Lambda functions whose names begin with `Automation` (see `invoke_functions`). Left out: only when
            `runbooks` is left out.
        invoke_all_functions: attach `AWSLambdaRole`, which lets the role invoke every Lambda function in the account.
        managed_policies: further managed policies to attach.
        inline_policies: name to policy, as an `iam.PolicyDocument` or in IAM's JSON.
        invoke_functions: Lambda functions that the role can invoke, whatever their names, with their versions and aliases.
        pass_roles: service principal to roles that the role can pass to it: an instance profile's role to `ec2.amazonaws.com`, a stack's
            service role to `cloudformation.amazonaws.com`.
        trusted_services: service principals that can assume the role besides `ssm.amazonaws.com`, each limited to this account's own
            resources if the service sends the source resource.
        restrict_trust_to_account: whether the role can be assumed only for this account's own automations (`aws:SourceAccount` and
            `aws:SourceArn`). `False` leaves the role open to the confused-deputy problem.
        script_logs: let Automation write the output of the runbooks' scripts to CloudWatch Logs, when that is on in the account: ``True``
            for the log group that it uses by default, `/aws/ssm/automation/executeScript`, or the log group of the setting or its name.
            Left out: not allowed; where the setting is on, the logs of scripts are missing.
        deny_self_change: deny the role the usual ways to widen itself: changing its own policies, its trust policy or its permissions boundary.
            Guards every managed policy of the role, including those attached later, and a boundary from `permissions_boundary` or CDK's
            context; not a policy that attaches itself (`iam.ManagedPolicy(roles=[...])`), which is warned about, or a boundary that an
            aspect sets.
        role_name: at most 64 characters. Left out: CloudFormation generates one.
        description: at most 1,000 characters.
        path: beginning and ending with `/`, at most 512 characters. Left out: IAM's default, `/`.
        max_session_duration: 1 to 12 hours. Left out: IAM's default, 1 hour. It does not limit automations: AWS services are exempt.
        permissions_boundary: managed policy that the role's permissions cannot go beyond.

    Raises:
        AutomationRoleError: an argument is invalid, or exceeds IAM's quotas.
        RunbookError: a runbook cannot be read.

    Warns:
        automation-role:unrestrictedTrust: a trusted service does not say for which resource it assumes the role.
        automation-role:attachedScript and the other ids of `FINDINGS`: what could not be derived.
        automation-role:unguardedPolicy: a managed policy attaches itself, and `deny_self_change` does not cover it.
        automation-role:selfWidening (for information): the derived permissions would let the role widen itself.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-iam.html
    """

    _reserved = (0, 0)  # what a subclass also attaches: characters of inline policies, and managed policies

    @_arguments.checked()
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        runbooks: Sequence[Runbook | str] | None = None,
        extra_statements: Mapping[tuple[str, str], Sequence[iam.PolicyStatement]] = {},
        findings: Findings = Findings.WARN,
        regions: Sequence[str] | None = None,
        automation_managed_policy: bool | None = None,
        invoke_all_functions: bool = False,
        managed_policies: Sequence[iam.IManagedPolicy] = (),
        inline_policies: Mapping[str, Inline] = {},
        invoke_functions: Sequence[lambda_.IFunction] = (),
        pass_roles: Mapping[str, Sequence[AnyRole]] = {},
        trusted_services: Sequence[str] = (),
        restrict_trust_to_account: bool = True,
        script_logs: bool | str | logs.ILogGroup = False,
        deny_self_change: bool = False,
        role_name: str | None = None,
        description: str | None = None,
        path: str | None = None,
        max_session_duration: Duration | None = None,
        permissions_boundary: iam.IManagedPolicy | None = None,
    ) -> None:
        around = surroundings(scope)
        with located(f"{around.path}/{construct_id}"):
            role_arguments.properties(role_name=role_name, description=description, path=path, session=max_session_duration)
            asked = role_arguments.permissions(
                trusted_services=trusted_services,
                restrict=restrict_trust_to_account,
                pass_roles=pass_roles,
                invoke_functions=invoke_functions,
                managed_policies=managed_policies,
                boundary=permissions_boundary,
                automation=automation_managed_policy if automation_managed_policy is not None else runbooks is None,
                invoke_all=invoke_all_functions,
                inline_policies=inline_policies,
                script_logs=script_logs,
            )
            # Room for derived statements: characters of inline policies, and managed policies.
            inline, carried = self._reserved
            room = (
                max(0, INLINE_QUOTA - quotas.ROOM_TO_GROW - asked.inline_size - inline),
                MANAGED_COUNT - len(asked.attached) - carried,
            )
            checks.check_regions(regions)
            self._regions, self._in_china = ("*",) if regions is None else tuple(regions), around.in_china
            place = here(regions=self._regions, china=self._in_china)
            mode = Findings(findings)
            answered = role_arguments.answers(extra_statements, runbooks)
            self._runbooks = RoleRunbooks(runbooks, answered=answered, place=place, room=room)
            if role_name is not None:
                check_once(scope, "role_name", role_name, f"{around.path}/{construct_id}")
            plan = self._runbooks.plan()

        super().__init__(scope, construct_id)
        self._role = self._own = iam.Role(
            self,
            "Resource",
            assumed_by=principals(asked.services, restrict=restrict_trust_to_account),
            managed_policies=asked.attached,
            role_name=role_name,
            description=description,
            path=path,
            max_session_duration=max_session_duration,
            permissions_boundary=permissions_boundary,
        )
        policies = RolePolicies(self, self._own, reported=around.reported)
        reported = RoleFindings(self, construct_id, around, mode, held_back=deny_self_change or permissions_boundary is not None)
        self._checks = RoleChecks(self, self._own, policies, answered=answered)
        self._allowed = RolePermissions(policies, reported, self._checks, place=place, place_of_role=self._context)
        if deny_self_change:
            self._checks.guard(asked.managed, permissions_boundary, later=not around.reported)

        for warning in filter(None, map(unrestricted, asked.services)):
            Annotations.of(self).add_warning_v2("automation-role:unrestrictedTrust", warning)
        try:
            self._allowed.put_given(inline_policies, extra_statements)
            for service, roles in asked.passed.items():
                for role in roles:
                    self.allow_pass_role(role, service)
            for function in asked.invoked:
                self.allow_invoke(function)
            self._allowed.put("ScriptLogs", *asked.logs)
            self._allowed.attach(plan)
        except AutomationRoleError:
            scope.node.try_remove_child(construct_id)
            raise
        if answered or around.reported or any(isinstance(policy, iam.PolicyDocument) for policy in inline_policies.values()):
            self._checks.watch()

    @classmethod
    @_arguments.checked()
    def from_role(cls, scope: Construct, construct_id: str, role: AnyRole) -> ImportedAutomationRole:
        """The grants of an automation's role, on a role created elsewhere in this app or imported by CDK.

        Args:
            scope: the construct that the result is created in.
            construct_id: its name there.
            role: the role, which Systems Manager must be able to assume.

        Raises:
            AutomationRoleError: it is not the right construct.
        """
        with located(f"{scope.node.path}/{construct_id}"):
            _arguments.single(role=role)
        return ImportedAutomationRole(scope, construct_id, role)

    @classmethod
    @_arguments.checked()
    def from_role_arn(cls, scope: Construct, construct_id: str, arn: str) -> ImportedAutomationRole:
        """The grants of an automation's role, on an existing role.

        Args:
            scope: the construct that the result is created in.
            construct_id: its name there.
            arn: the role's ARN; can be a CDK token.

        Raises:
            AutomationRoleError: it is not the ARN of a role.
        """
        check_role_arn(f"{scope.node.path}/{construct_id}", arn)
        return ImportedAutomationRole(scope, construct_id, arn)

    @property
    def role(self) -> iam.Role:
        """The `iam.Role` that this construct creates."""
        self._checks.watch()
        return self._own

    @property
    def derived(self) -> DerivedNeeds:
        """What the runbooks need from other roles: `derived.assumed_roles`, the policies of the roles that their scripts assume."""
        place = here(regions=self._regions, china=self._in_china)
        return derived(roles_by_name(self._allowed.assumed, place), place)

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The role: grants to this construct (`bucket.grant_read(automation_role)`) go to it."""
        self._checks.watch()
        return self._own

    def check_start(self, scope: Construct, runbook: Runbook | None, *, elsewhere: bool) -> None:
        """Warn about a runbook that this role cannot run, or that does not run as this role."""
        super().check_start(scope, runbook, elsewhere=elsewhere)
        if runbook is not None and runbook.assume_role_parameter is not None and runbook not in self._runbooks:
            check_fit(scope, self, self._own, runbook, self._regions)

    @_arguments.checked()
    def add_runbook(self, runbook: Runbook | str) -> None:
        """Let the role run another runbook: the permissions of all its runbooks are derived again, together.

        Args:
            runbook: it can start the others, and be started by them.

        Raises:
            AutomationRoleError: the role was created without `runbooks`, another runbook has this name, or the policies exceed IAM's quotas.
        """
        if not self._runbooks.are_known:
            raise self._error(
                "add_runbook on a role with the set-up guide's permissions → a role whose permissions are derived; create it with runbooks=[]"
            )
        try:
            plan = self._runbooks.add(runbook)
        except AutomationRoleError as error:
            raise self._error(str(error)) from None
        self._allowed.attach(plan)

    @_arguments.checked()
    def allow_pass_role(self, role: AnyRole, *services: str) -> None:
        """Let the role pass another role to services: an instance profile's role to EC2, a stack's service role to CloudFormation.

        Adds `iam:PassRole` on that role with `iam:PassedToService`.

        Args:
            role: a role of the same account; its own role for an instance profile (`profile.role`).
            services: service principals, such as `ec2.amazonaws.com`.

        Raises:
            AutomationRoleError: there is no service, one is not a service principal, or the role is in another account.

        Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
        """
        self._check(_arguments.single, role=role)
        path = role.node.path
        if not services:
            raise self._error(
                f"allow_pass_role of {path!r} without a service → at least one service principal; pass it, such as 'ec2.amazonaws.com'"
            )
        for service in services:
            self._check(check_service, service)
        check_account(self, self._role, role, role, instead="use a role in {!r}")
        self._allowed.pass_role(path, role, services)

    @_arguments.checked()
    def allow_invoke(self, function: lambda_.IFunction) -> None:
        """Let the role invoke a Lambda function, whatever its name, with its versions and aliases.

        Adds `lambda:InvokeFunction` on exactly this function.

        Args:
            function: for a version or an alias, only that one is allowed. A function in another account must also allow this role.

        Raises:
            AutomationRoleError: it is not the right construct.

        Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-lamb.html
        """
        self._check(_arguments.single, function=function)
        self._allowed.invoke(function.resource_arns_for_grant_invoke)

    # -- inside -----------------------------------------------------------------------------------------------------------------------

    def _check(self, check: Callable[..., None], *given: object, **named: object) -> None:
        try:
            check(*given, **named)
        except AutomationRoleError as error:
            raise self._error(str(error)) from None
