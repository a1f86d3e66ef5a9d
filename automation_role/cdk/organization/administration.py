"""The role of the central account: it assumes the execution role in each target account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import jsii
from aws_cdk import Annotations, Aws
from aws_cdk import aws_iam as iam
from constructs import Construct

from ...errors import AutomationRoleError
from ...policy import checks, quotas
from ...policy.quotas import INLINE_QUOTA
from ...policy.statement import Statement
from ...policy.trust import SSM
from ...runbook.model import Runbook
from ...start.target_locations import EXECUTION_ROLE, Reach, account_problems, in_arns
from ...values.given import given
from ...values.patterns import Pattern
from ..arguments import checked, single
from ..grants import AutomationRoleBase
from ..render import here
from ..role_fit import ID as ROLE_DOES_NOT_FIT
from ..role_policies import RolePolicies
from ..surroundings import surroundings
from ..unique_names import check_once
from . import account_checks, assumable_roles

ADMINISTRATION_ROLE: Final = "AWS-SystemsManager-AutomationAdministrationRole"
"""The name that AWS's own samples and pages give the role of the central account."""


@jsii.implements(iam.IGrantable)
class AutomationAdministrationRole(AutomationRoleBase):
    """Define the role with which Automation in a central account reaches into target accounts.

    Creates one ``AWS::IAM::Role`` that Systems Manager can assume for automations of this account, and policies that let it assume the
    execution role, by its name, in exactly the target accounts, or in the accounts of one organization. Operators get the grants of
    `AutomationRole`: what they start runs in the accounts that this role can reach, and in no other.

    Args:
        target_accounts: account ids of 12 digits. Left out: every account of `organization_id`.
        organization_id: `o-…`; the role in a target account is assumed only if that account is in this organization. Left out: not checked.
        organizational_units: whether starts may name organizational units (`organizations:ListAccountsForParent` on this organization).
            Left out: if `organization_id` is set and `target_accounts` is not.
        execution_role_name: the role in the target accounts. Left out: `AWS-SystemsManager-AutomationExecutionRole`; with another, every
            start must name it (`TargetLocation.execution_role_name`).
        role_name: Left out: `AWS-SystemsManager-AutomationAdministrationRole`, which `AutomationExecutionRole` trusts by that name.
        description: at most 1,000 characters. Left out: none.
        permissions_boundary: managed policy that the role's permissions cannot go beyond. Left out: none.

    Raises:
        AutomationRoleError: neither accounts nor an organization, an invalid ID, or more accounts than IAM's quotas allow.

    Sources:
        https://docs.aws.amazon.com/systems-manager/latest/userguide/running-automations-multiple-accounts-regions.html
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceorgid
    """

    @checked()
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        target_accounts: Sequence[str] | None = None,
        organization_id: str | None = None,
        organizational_units: bool | None = None,
        execution_role_name: str = EXECUTION_ROLE,
        role_name: str = ADMINISTRATION_ROLE,
        description: str | None = None,
        permissions_boundary: iam.IManagedPolicy | None = None,
    ) -> None:
        where = f"{scope.node.path}/{construct_id}"
        by_unit = organizational_units if organizational_units is not None else organization_id is not None and target_accounts is None
        problems = [
            *_problems(where, target_accounts, organization_id, by_unit=by_unit),
            *account_checks.role_name(where, "role_name", role_name),
            *account_checks.role_name(where, "execution_role_name", execution_role_name),
        ]
        if problems:
            raise AutomationRoleError("\n".join(problems))
        try:
            checks.check_description(description)
            single(permissions_boundary=permissions_boundary)
            check_once(scope, "role_name", role_name, where)
            within = () if organization_id is None else (("StringEquals", "aws:ResourceOrgID", (given(organization_id),)),)
            policies = assumable_roles.packed(
                execution_role_name,
                ("*",) if target_accounts is None else target_accounts,
                conditions=within,
                besides=tuple(_lists_units(organization_id)) if by_unit and organization_id is not None else (),
                inline=INLINE_QUOTA - quotas.ROOM_TO_GROW,
            )
        except AutomationRoleError as error:
            instead = "; pass organization_id instead of target_accounts" if "quotas" in str(error) else ""
            raise AutomationRoleError(f"{where}: {error}{instead}") from None

        super().__init__(scope, construct_id)
        self._role = self._own = iam.Role(
            self,
            "Resource",
            role_name=role_name,
            description=description,
            permissions_boundary=permissions_boundary,
            # The execution may be recorded in another account, so its ARN's account is open; whose automation it is, is not. As in
            # AWS's own AWS-SSM-DiagnosisAdminRole.
            assumed_by=iam.ServicePrincipal(
                SSM,
                conditions={
                    "ArnLike": {"aws:SourceArn": f"arn:{Aws.PARTITION}:ssm:*:*:automation-execution/*"},
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                },
            ),
        )
        # A start as this role is checked against it.
        self.reach = Reach(
            execution_role_name=execution_role_name, accounts=None if target_accounts is None else tuple(target_accounts), units=by_unit
        )
        attached = RolePolicies(self, self._own, reported=surroundings(scope).reported)
        attached.put("AssumeExecutionRole", policies.inline, here())
        attached.put_managed("AssumeExecutionRoleManaged", [(policy, here()) for policy in policies.managed])

    def check_start(self, scope: Construct, runbook: Runbook | None, *, elsewhere: bool) -> None:
        """Warn about a start only in this account, where this role cannot run anything."""
        super().check_start(scope, runbook, elsewhere=elsewhere)
        if not elsewhere:
            Annotations.of(scope).add_warning_v2(
                ROLE_DOES_NOT_FIT,
                f"automations start here as {self.node.path}, which only assumes {self.execution_role_name!r} in target accounts, and the start "
                f"has no target locations → a start with target_locations (AutomationScheduleTarget); add them, or use an AutomationRole",
            )

    @property
    def execution_role_name(self) -> str:
        """The role that it assumes in each target account."""
        return self.reach.execution_role_name

    @property
    def role(self) -> iam.Role:
        """The `iam.Role` that this construct creates."""
        return self._own


def _problems(where: str, accounts: Sequence[str] | None, organization: str | None, *, by_unit: bool) -> Iterator[str]:
    if accounts is None and organization is None:
        yield f"{where}: neither target_accounts nor organization_id, so it could reach every account → at least one of them; pass it"
    if accounts is not None:
        if not accounts:
            yield f"{where}: target_accounts is empty → at least one account, or organization_id"
        yield from account_problems("target_accounts", accounts, where=where)
        yield from in_arns(where, "target_accounts", accounts)
    yield from account_checks.organization(where, organization)
    if by_unit and organization is None:
        yield f"{where}: organizational_units without organization_id → the organization whose units they are; add organization_id"


def _lists_units(organization: str) -> Iterator[Statement]:
    # The account in these ARNs is the management account's, which need not be known here.
    units = tuple(Pattern.of(f"arn:{{P}}:organizations::*:{kind}/") + given(organization) + Pattern.of("/*") for kind in ("ou", "root"))
    yield Statement(sid="ListOrganizationalUnits", actions=("organizations:ListAccountsForParent",), resources=units)
