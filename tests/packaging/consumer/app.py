"""A CDK app of somebody else's, on the installed wheel."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from automation_role import AutomationRole


class Operations(cdk.Stack):
    def __init__(self, scope: cdk.App, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        role = AutomationRole(self, "AutomationRole", role_name="automations")
        bucket = s3.Bucket(self, "Reports")
        bucket.grant_read(role)
        starter = iam.Role(self, "Starter", assumed_by=iam.AccountRootPrincipal())
        role.grant_start_automation(starter, "AWS-RestartEC2Instance").assert_success()


app = cdk.App()
Operations(app, "Operations")
app.synth()
