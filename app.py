#!/usr/bin/env python3
"""The sample app: two runbooks, the role they run as, and the people who may start them."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from automation_role import AutomationRole

RUNBOOKS = Path(__file__).parent / "runbooks"


class AutomationSample(cdk.Stack):
    """What a team that runs automations has: its runbooks, their role, and access for its operators."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        # Only IAM and documents: no assets, so the account need not be bootstrapped. In one that is, leaving this synthesizer out
        # deploys through the bootstrap's roles.
        super().__init__(scope, construct_id, synthesizer=cdk.BootstraplessSynthesizer())

        documents = [
            self.runbook("RestartInstance", "restart-instance"),
            self.runbook("ConfigureBucketLogging", "configure-bucket-logging"),
        ]

        role = AutomationRole(self, "AutomationRole", description="Runs the team's Systems Manager automations")

        # An automation that starts an instance gives it this role, and no other.
        instance_role = iam.Role(self, "InstanceRole", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
        iam.InstanceProfile(self, "InstanceProfile", role=instance_role)

        operators = iam.Role(self, "Operators", assumed_by=iam.AccountRootPrincipal(), description="Starts and watches automations")
        operator = iam.User(self, "Operator")
        for grantee in (operators, operator):
            role.grant_start_automation(grantee, *documents)
            role.grant_operate(grantee)

        cdk.CfnOutput(self, "AutomationRoleArn", value=role.role_arn)
        for document in documents:
            cdk.CfnOutput(self, f"{document.node.id}Name", value=document.ref)

    def runbook(self, construct_id: str, name: str) -> ssm.CfnDocument:
        """A runbook of ours as a document of the same name."""
        document = ssm.CfnDocument(
            self, construct_id, name=name, document_type="Automation", document_format="YAML", update_method="NewVersion", content={}
        )
        # As text, to keep its comments and the lines of its scripts; the property itself takes no text.
        document.add_property_override("Content", (RUNBOOKS / f"{name}.yaml").read_text())
        return document


def main() -> None:
    """Synthesize, as the CDK CLI asks for it."""
    app = cdk.App()
    AutomationSample(app, "AutomationSample")
    app.synth()


if __name__ == "__main__":
    main()
