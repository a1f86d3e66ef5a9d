"""What an automation's role is: the types that the constructs accept and return."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeAlias

from aws_cdk import aws_iam as iam

from .started_documents import RunbookReference

AnyRole: TypeAlias = iam.IRole | iam.Role
"""A role. In CDK's Python, the grants of `iam.Role` and `iam.IRole` name their parameters differently, so pyright does not accept a role as an `iam.IRole`."""


class IAutomationRole(Protocol):
    """A role that runs automations, created by `AutomationRole` or elsewhere (`AutomationRole.from_role`, `.from_role_arn`)."""

    @property
    def role(self) -> AnyRole:
        """The role itself."""

    @property
    def role_arn(self) -> str:
        """The role's ARN: the value of a runbook's `AutomationAssumeRole`."""

    @property
    def role_name(self) -> str:
        """The role's name, without its path."""

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """Grants to this construct go to the role itself."""

    def grant_pass_role(self, grantee: iam.IGrantable) -> iam.Grant:
        """See `AutomationRole.grant_pass_role`."""

    def grant_start_automation(
        self, grantee: iam.IGrantable, *runbooks: RunbookReference, version: str | None = None, tags: Mapping[str, str] = {}
    ) -> iam.Grant:
        """See `AutomationRole.grant_start_automation`."""

    def grant_view(self, grantee: iam.IGrantable, *runbooks: RunbookReference, tags: Mapping[str, str] = {}) -> iam.Grant:
        """See `AutomationRole.grant_view`."""

    def grant_stop(self, grantee: iam.IGrantable, *, tags: Mapping[str, str] = {}) -> iam.Grant:
        """See `AutomationRole.grant_stop`."""

    def grant_approve(self, grantee: iam.IGrantable, *, tags: Mapping[str, str] = {}) -> iam.Grant:
        """See `AutomationRole.grant_approve`."""

    def grant_operate(self, grantee: iam.IGrantable, *runbooks: RunbookReference, tags: Mapping[str, str] = {}) -> iam.Grant:
        """See `AutomationRole.grant_operate`."""

    def grant_full_access(self, identity: iam.IIdentity) -> iam.Grant:
        """See `AutomationRole.grant_full_access`."""
