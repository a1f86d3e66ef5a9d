#!/usr/bin/env python3
"""One central account, many target accounts: who may start what where, and how the role gets into every account."""

from __future__ import annotations

import json
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from automation_role import (
    AutomationAdministrationRole,
    AutomationExecutionRoleStackSet,
    AutomationRunbook,
    Runbook,
    StackSetExecutionRole,
    TargetLocation,
)

RESTART = Runbook.from_file(Path(__file__).parent / "runbooks" / "restart-now.yaml")

# What a self-managed roll-out needs to be called alike on both of its sides.
ROLL_OUT_ROLE = "automation-roll-out"


class AutomationCentral(cdk.Stack):
    """The central account: the administration role, the runbook, and who may start it in the target accounts."""

    def __init__(
        self, scope: Construct, construct_id: str, *, organization: str | None = None, accounts: list[str], location: TargetLocation
    ) -> None:
        # Only IAM and documents, no assets: the account need not be bootstrapped.
        super().__init__(scope, construct_id, synthesizer=cdk.BootstraplessSynthesizer())
        AutomationRunbook(self, "RestartNow", RESTART)

        # May assume the execution role in the accounts of this organization, or in those of the list, and nothing else.
        role = AutomationAdministrationRole(self, "AdministrationRole", organization_id=organization, target_accounts=accounts or None)

        operators = iam.Role(self, "Operators", assumed_by=iam.AccountRootPrincipal(), description="Restart instances in every account")
        role.grant_start_automation(operators, RESTART)
        role.grant_operate(operators)

        cdk.CfnOutput(self, "AdministrationRoleArn", value=role.role_arn)
        cdk.CfnOutput(self, "TargetLocations", value=json.dumps([location.to_json()]))


class AutomationRollOut(cdk.Stack):
    """The execution role and the runbook in every account of a unit; or, without an organization, in the accounts of a list."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        organization: str | None = None,
        unit: str | None = None,
        accounts: list[str],
        region: str,
        delegated_administrator: bool = False,
    ) -> None:
        super().__init__(scope, construct_id, synthesizer=cdk.BootstraplessSynthesizer())
        AutomationExecutionRoleStackSet(
            self,
            "ExecutionRoles",
            stack_set_name="automation-execution-roles",
            organizational_units=[unit] if unit else [],
            accounts=accounts,
            region=region,
            runbooks=[RESTART],
            documents=True,
            delegated_administrator=delegated_administrator,
            stack_set_administration_role_name=None if unit else ROLL_OUT_ROLE,
            execution_role={"organization_id": organization},
        )


class AutomationTarget(cdk.Stack):
    """What a target account deploys itself before a self-managed roll-out can reach it."""

    def __init__(self, scope: Construct, construct_id: str, *, central: str) -> None:
        super().__init__(scope, construct_id, synthesizer=cdk.BootstraplessSynthesizer())
        StackSetExecutionRole(self, "StackSets", administration_account=central, administration_role_name=ROLL_OUT_ROLE)


def main() -> None:
    """Synthesize, as the CDK CLI asks for it; cdk.json has the organization, its unit and the Region."""
    app = cdk.App()
    organization, unit, region = (app.node.get_context(name) for name in ("organization", "unit", "region"))
    listed = app.node.try_get_context("accounts")
    if listed is None:
        delegated = app.node.try_get_context("delegatedAdministrator") in (True, "true")  # a text from the command line
        location = TargetLocation(organizational_units=[unit], regions=[region], max_concurrency="10%", max_errors="5%")
        AutomationCentral(app, "AutomationCentral", organization=organization, accounts=[], location=location)
        AutomationRollOut(
            app, "AutomationRollOut", organization=organization, unit=unit, accounts=[], region=region, delegated_administrator=delegated
        )
    else:  # cdk synth -c accounts=222222222222,333333333333 -c central=111111111111
        accounts = listed.split(",")
        location = TargetLocation(accounts=accounts, regions=[region], max_concurrency="10%", max_errors="5%")
        AutomationCentral(app, "AutomationCentral", accounts=accounts, location=location)
        AutomationRollOut(app, "AutomationRollOut", accounts=accounts, region=region)
        AutomationTarget(app, "AutomationTarget", central=app.node.get_context("central"))
    app.synth()


if __name__ == "__main__":
    main()
