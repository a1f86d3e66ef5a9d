#!/usr/bin/env python3
"""The sample app: two runbooks, the role they run as, and the people who may start them."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from automation_role import AutomationRole, AutomationRunbook, Runbook

RUNBOOKS = Path(__file__).parent / "runbooks"


class AutomationSample(cdk.Stack):
    """What a team that runs automations has: its runbooks, their role, and access for its operators."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        # Only IAM and documents, no assets: the account need not be bootstrapped. In one that is, leaving this synthesizer out deploys
        # through the bootstrap's roles.
        super().__init__(scope, construct_id, synthesizer=cdk.BootstraplessSynthesizer())
        restart = Runbook.from_file(RUNBOOKS / "restart-instance.yaml")
        configure_logging = Runbook.from_file(RUNBOOKS / "configure-bucket-logging.yaml")

        # An automation that starts an instance gives it this role, and no other.
        instance_role = iam.Role(self, "InstanceRole", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
        iam.InstanceProfile(self, "InstanceProfile", role=instance_role)

        # May do what the two runbooks' steps need, and pass the instances' role to EC2.
        role = AutomationRole(
            self,
            "AutomationRole",
            description="Runs the team's Systems Manager automations",
            runbooks=[restart, configure_logging],
            pass_roles={"ec2.amazonaws.com": [instance_role]},
        )

        # The documents run as the role unless a start names another.
        documents = [
            AutomationRunbook(self, "RestartInstance", restart, role=role),
            AutomationRunbook(self, "ConfigureBucketLogging", configure_logging, role=role),
        ]

        # Who starts automations does not approve them, and who approves them does not start any.
        operators = iam.Role(self, "Operators", assumed_by=iam.AccountRootPrincipal(), description="Start, watch and stop automations")
        operator = iam.User(self, "Operator")
        for grantee in (operators, operator):
            role.grant_start_automation(grantee, *documents)
            role.grant_view(grantee, *documents)
            role.grant_stop(grantee)
        approvers = iam.Role(self, "Approvers", assumed_by=iam.AccountRootPrincipal(), description="Approve automations")
        role.grant_approve(approvers)

        cdk.CfnOutput(self, "AutomationRoleArn", value=role.role_arn)
        for document in documents:
            cdk.CfnOutput(self, f"{document.node.id}Document", value=document.document_name)


def main() -> None:
    """Synthesize, as the CDK CLI asks for it."""
    app = cdk.App()
    AutomationSample(app, "AutomationSample")
    app.synth()


if __name__ == "__main__":
    main()
