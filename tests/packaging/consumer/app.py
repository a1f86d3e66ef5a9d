"""A CDK app of somebody else's, on the installed wheel."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from automation_role import (
    AutomationAdministrationRole,
    AutomationExecutionRole,
    AutomationExecutionRoleStackSet,
    AutomationRole,
    Runbook,
)

STOP = Runbook.from_text(
    """
schemaVersion: "0.3"
assumeRole: "{{ AutomationAssumeRole }}"
parameters:
  AutomationAssumeRole: {type: "AWS::IAM::Role::Arn"}
  InstanceId: {type: String}
mainSteps:
  - {name: stop, action: "aws:changeInstanceState", inputs: {InstanceIds: ["{{ InstanceId }}"], DesiredState: stopped}}
""",
    name="stop",
)


class Operations(cdk.Stack):
    def __init__(self, scope: cdk.App, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        role = AutomationRole(self, "AutomationRole", role_name="automations")
        bucket = s3.Bucket(self, "Reports")
        bucket.grant_read(role)
        starter = iam.Role(self, "Starter", assumed_by=iam.AccountRootPrincipal())
        role.grant_start_automation(starter, "AWS-RestartEC2Instance").assert_success()


class Organization(cdk.Stack):
    def __init__(self, scope: cdk.App, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        administration = AutomationAdministrationRole(self, "Administration", organization_id="o-a1b2c3d4e5")
        administration.grant_start_automation(iam.Role(self, "Operators", assumed_by=iam.AccountRootPrincipal()), STOP)
        AutomationExecutionRole(self, "Here", administration_account=self.account, runbooks=[STOP])
        AutomationExecutionRoleStackSet(self, "RollOut", organizational_units=["ou-ab12-cdefgh34"], runbooks=[STOP], documents=True)


app = cdk.App()
Operations(app, "Operations")
Organization(app, "Organization")
app.synth()
