"""Grants on an automation's role: the same for a role created here and for an imported one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from aws_cdk import Annotations
from aws_cdk import aws_iam as iam

from ..errors import AutomationRoleError
from ..policy import access
from ..policy.statement import Statement
from .arguments import checked
from .granting import named
from .startable_role import StartableRole
from .started_documents import RunbookReference, StartedDocument, document_of


class AutomationRoleBase(StartableRole):
    """The grants of `AutomationRole`, on any role."""

    @checked()
    def grant_pass_role(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a grantee pass this role to Systems Manager, and to no other service.

        Adds `iam:PassRole` on this role with `iam:PassedToService` = `ssm.amazonaws.com`.

        Args:
            grantee: a user, group or role of the role's own account.

        Returns:
            The grant; its `success` is `False` if nothing could be added.

        Raises:
            AutomationRoleError: the grantee cannot hold policies, or is in another account.

        Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
        """
        return self._grant(grantee, (access.pass_role(),))

    @checked()
    def grant_start_automation(
        self, grantee: iam.IGrantable, *runbooks: RunbookReference, version: str | None = None, tags: Mapping[str, str] = {}
    ) -> iam.Grant:
        """Let a grantee start these runbooks as this role.

        Adds `ssm:StartAutomationExecution` on the runbooks (documents, definitions and executions) and `iam:PassRole` on this role
        for Systems Manager: only this role.

        Args:
            grantee: a user, group or role of the role's own account.
            runbooks: each by its name, ARN, `Runbook`, `AutomationRunbook` or `ssm.CfnDocument`. For an AWS-owned one the name is enough; one
                that another account shares needs its ARN.
            version: the only version that can be started: a number as a string, as AWS documents; or `$DEFAULT` or `$LATEST`, where
                AWS does not document whether IAM checks that name or the number it stands for. Left out: any.
            tags: the tags that every start must set on its execution, and that other grants can require. This also allows
                `ssm:AddTagsToResource` with exactly these tags, on any execution of the account: IAM cannot recognize a new one. Left
                out: starts have no tags.

        Returns:
            The grant; its `success` is `False` if nothing could be added.

        Raises:
            AutomationRoleError: there is no runbook, a runbook, the version or a tag is invalid, or the grantee cannot hold policies or
                is in another account.

        Warns:
            automation-role:versionByName: the version is `$DEFAULT` or `$LATEST`.

        Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-identity-based-policies.html
        """
        if not runbooks:
            raise self._error("grant_start_automation without a runbook → at least one; pass its name, such as 'AWS-RestartEC2Instance'")
        try:
            documents = tuple(map(document_of, runbooks))
            start = access.start((document.reference for document in documents), version=version, tags=tags)
        except AutomationRoleError as error:
            raise self._error(str(error)) from None
        self._doubt(documents)
        for runbook in filter(None, (document.runbook for document in documents)):
            self.check_start(self, runbook, elsewhere=True)
        if version in ("$DEFAULT", "$LATEST"):
            Annotations.of(self).add_warning_v2(
                "automation-role:versionByName",
                f"{named(grantee)} can start only version {version!r}, and AWS does not document whether IAM checks that name or the number "
                f"it stands for, so a start may be denied; try one, or pass the number",
            )
        return self._grant(grantee, (*start, access.pass_role()))

    @checked()
    def grant_view(self, grantee: iam.IGrantable, *runbooks: RunbookReference, tags: Mapping[str, str] = {}) -> iam.Grant:
        """Let a grantee list and read automations, and find and read these runbooks' documents.

        IAM identifies an automation by its account and tags, not by its runbook or role. Listing (`ssm:DescribeAutomationExecutions`,
        `ssm:ListDocuments`) and reading an execution's steps cannot be narrowed at all.

        Args:
            grantee: a user, group or role of the role's own account.
            runbooks: the documents that can be read; each as for `grant_start_automation`. Left out: none.
            tags: only executions that have these tags (`tags` of `grant_start_automation`). Left out: every automation of the account.

        Returns:
            The grant; its `success` is `False` if nothing could be added.

        Raises:
            AutomationRoleError: a runbook or a tag is invalid, the grantee cannot hold policies, or is in another account.

        Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_ssm.html
        """
        return self._with_documents(grantee, access.view, runbooks, tags)

    @checked()
    def grant_stop(self, grantee: iam.IGrantable, *, tags: Mapping[str, str] = {}) -> iam.Grant:
        """Let a grantee stop automations.

        IAM identifies an automation by its account and tags, not by its runbook or role.

        Args:
            grantee: a user, group or role of the role's own account.
            tags: only executions that have these tags (`tags` of `grant_start_automation`). Left out: every automation of the account.

        Returns:
            The grant; its `success` is `False` if nothing could be added.

        Raises:
            AutomationRoleError: a tag is invalid, the grantee cannot hold policies, or is in another account.

        Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_ssm.html
        """
        return self._with_documents(grantee, lambda _, *, tags: access.stop(tags=tags), (), tags)

    @checked()
    def grant_approve(self, grantee: iam.IGrantable, *, tags: Mapping[str, str] = {}) -> iam.Grant:
        """Let a grantee approve or reject automations that wait for approval, and list and read them.

        Like AWS's `AmazonSSMAutomationApproverAccess`, which covers every automation. IAM does not see which signal is sent: an approver
        can also resume an automation, and start and stop its steps. The runbook's `aws:approve` step says who is asked.

        Args:
            grantee: a user, group or role of the role's own account.
            tags: only executions that have these tags (`tags` of `grant_start_automation`). Left out: every automation of the account.

        Returns:
            The grant; its `success` is `False` if nothing could be added.

        Raises:
            AutomationRoleError: a tag is invalid, the grantee cannot hold policies, or is in another account.

        Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/running-automations-require-approvals.html
        """
        return self._with_documents(grantee, lambda _, *, tags: access.approve(tags=tags), (), tags)

    @checked()
    def grant_operate(self, grantee: iam.IGrantable, *runbooks: RunbookReference, tags: Mapping[str, str] = {}) -> iam.Grant:
        """Let a grantee do everything that `grant_view`, `grant_stop` and `grant_approve` allow.

        Without tags, this covers all automations of the account, whoever started them. If those who start automations should not
        approve them, grant the parts to different people.

        Args:
            grantee: a user, group or role of the role's own account.
            runbooks: the documents that can be read, as for `grant_view`. Left out: none.
            tags: only executions that have these tags (`tags` of `grant_start_automation`). Left out: every automation of the account.

        Returns:
            The grant; its `success` is `False` if nothing could be added.

        Raises:
            AutomationRoleError: a runbook or a tag is invalid, the grantee cannot hold policies, or is in another account.

        Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_ssm.html
        """
        return self._with_documents(grantee, access.operate, runbooks, tags)

    @checked()
    def grant_full_access(self, identity: iam.IIdentity) -> iam.Grant:
        """Let an identity do everything in Systems Manager, and pass this role to it.

        Attaches `AmazonSSMFullAccess` and adds `iam:PassRole` on this role, as in task 4 of the set-up guide.

        Args:
            identity: a user, group or role created in this app: CloudFormation cannot attach an AWS managed policy to others.

        Returns:
            The grant of `iam:PassRole`.

        Raises:
            AutomationRoleError: the identity is imported or immutable, or is in another account.

        Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup.html
        """
        if not isinstance(identity, (iam.Role, iam.LazyRole, iam.User, iam.Group)):
            raise self._error(
                f"{named(identity)} is not created in this app → an iam.Role, iam.User or iam.Group that is; "
                f"attach AmazonSSMFullAccess where the identity is created and use grant_pass_role here"
            )
        grant = self.grant_pass_role(identity)
        identity.add_managed_policy(iam.ManagedPolicy.from_aws_managed_policy_name("AmazonSSMFullAccess"))
        return grant

    # -- inside --------------------------------------------------------------------------------------------------------------------

    def _with_documents(
        self,
        grantee: iam.IGrantable,
        allowed: Callable[..., tuple[Statement, ...]],
        runbooks: Sequence[RunbookReference],
        tags: Mapping[str, str],
    ) -> iam.Grant:
        try:
            documents = tuple(map(document_of, runbooks))
            statements = allowed([document.reference for document in documents], tags=tags)
        except AutomationRoleError as error:
            raise self._error(str(error)) from None
        self._doubt(documents)
        return self._grant(grantee, statements)

    def _doubt(self, documents: Iterable[StartedDocument]) -> None:
        for doubt in filter(None, (document.doubt for document in documents)):
            Annotations.of(self).add_warning_v2("automation-role:documentByToken", doubt)
