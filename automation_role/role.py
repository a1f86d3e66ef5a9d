"""AutomationRole: the service role that Systems Manager Automation runs runbooks as."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import jsii
from aws_cdk import Annotations, Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from . import access
from ._render import document, policy_json, principals
from .errors import AutomationRoleError
from .grants import AutomationRoleBase
from .policy import Statement
from .runbook import Runbook
from .trust import SSM, check_principal, unrestricted


@jsii.implements(iam.IGrantable)
class AutomationRole(AutomationRoleBase):
    """Define the role that Systems Manager Automation assumes to run your runbooks."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        runbooks: Sequence[Runbook] | None = None,
        automation_managed_policy: bool | None = None,
        invoke_all_functions: bool = False,
        managed_policies: Sequence[iam.IManagedPolicy] = (),
        trusted_services: Sequence[str] = (),
        restrict_trust_to_account: bool = True,
        role_name: str | None = None,
        description: str | None = None,
        path: str | None = None,
        max_session_duration: Duration | None = None,
        permissions_boundary: iam.IManagedPolicy | None = None,
    ) -> None:
        services = tuple(dict.fromkeys((SSM, *trusted_services)))
        try:
            for service in services:
                check_principal(service)
        except AutomationRoleError as error:
            raise AutomationRoleError(f"{scope.node.path}/{construct_id}: {error}") from None
        attached = list(managed_policies)
        if automation_managed_policy if automation_managed_policy is not None else runbooks is None:
            attached.append(iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AmazonSSMAutomationRole"))
        if invoke_all_functions:
            attached.append(iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AWSLambdaRole"))

        super().__init__(scope, construct_id)
        self._role = self.role = iam.Role(
            self,
            "Resource",
            assumed_by=principals(services, restrict=restrict_trust_to_account),
            managed_policies=attached,
            role_name=role_name,
            description=description,
            path=path,
            max_session_duration=max_session_duration,
            permissions_boundary=permissions_boundary,
        )
        for service in services[1:]:
            if warning := unrestricted(service):
                Annotations.of(self).add_warning_v2("automation-role:unrestrictedTrust", warning)
        if runbooks is None:
            self._attach("PassItself", [access.pass_role()])

    @classmethod
    def from_role(cls, scope: Construct, construct_id: str, role: iam.IRole) -> ImportedAutomationRole:
        """The grants of an automation's role on one made elsewhere in this app, or imported by CDK."""
        return ImportedAutomationRole(scope, construct_id, role=role)

    @classmethod
    def from_role_arn(cls, scope: Construct, construct_id: str, arn: str) -> ImportedAutomationRole:
        """The grants of an automation's role on one made elsewhere, by its ARN."""
        return ImportedAutomationRole(scope, construct_id, arn=arn)

    def _attach(self, policy_id: str, statements: Iterable[Statement]) -> None:
        iam.Policy(self, policy_id, document=document(policy_json(statements, self._context())), roles=[self.role])


@jsii.implements(iam.IGrantable)
class ImportedAutomationRole(AutomationRoleBase):
    """A role made elsewhere, with the grants of an automation's role."""

    def __init__(self, scope: Construct, construct_id: str, *, role: iam.IRole | None = None, arn: str | None = None) -> None:
        super().__init__(scope, construct_id)
        self._role = role if role is not None else iam.Role.from_role_arn(self, "Resource", arn or "")

    @property
    def role(self) -> iam.IRole:
        """The role itself."""
        return self._role
