"""Consumer code: mypy --strict takes it, and refuses each line that is marked. Never run."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from automation_role import (
    AutomationExecutionRoleStackSet,
    AutomationRole,
    AutomationRunbook,
    ExecutionRoleArguments,
    Findings,
    IAutomationRole,
    JustInTimeNodeAccess,
    Runbook,
)

stack = cdk.Stack()
runbook: Runbook = Runbook.from_file("runbooks/restart-instance.yaml", parameters={"InstanceId": cdk.Fn.import_value("Instance")})
profile = iam.Role(stack, "Profile", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
function = lambda_.Function.from_function_name(stack, "Function", "Function")
user, group = iam.User(stack, "User"), iam.Group(stack, "Group")
document = ssm.CfnDocument(stack, "Document", content={})

access: iam.Grant = JustInTimeNodeAccess.grant_request(profile, nodes=["i-0123456789abcdef0"])
JustInTimeNodeAccess.grant_request(profile, nodes=[1])  # type: ignore[list-item]
JustInTimeNodeAccess.grant_approve(group)

role = AutomationRole(
    stack,
    "Role",
    runbooks=[runbook],
    extra_statements={("restart-instance", "start"): [iam.PolicyStatement(actions=["sns:Publish"], resources=["*"])]},
    findings=Findings.ERROR,
    regions=["eu-central-1", cdk.Aws.REGION],
    automation_managed_policy=False,
    managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name("ReadOnlyAccess")],
    inline_policies={"One": iam.PolicyDocument(), "Two": {"Statement": [{"Effect": "Allow", "Action": "a:B", "Resource": "*"}]}},
    invoke_functions=[function],
    pass_roles={"ec2.amazonaws.com": [profile]},
    trusted_services=("events.amazonaws.com",),
    max_session_duration=cdk.Duration.hours(2),
    permissions_boundary=iam.ManagedPolicy.from_managed_policy_name(stack, "Boundary", "Boundary"),
)
construct: Construct = role
made: iam.Role = role.role
arn: str = role.role_arn
name: str = role.role_name
s3.Bucket(stack, "Bucket").grant_read(role)
role.add_runbook(runbook)
role.allow_pass_role(profile, "ec2.amazonaws.com", "cloudformation.amazonaws.com")
role.allow_invoke(function)

deployed = AutomationRunbook(stack, "Restart", runbook, role=role, document_name="Restart", target_type="/AWS::EC2::Instance")
deployed_name: str = deployed.document_name
AutomationRunbook(stack, "Other", runbook, role=profile)


def give_access(automation: IAutomationRole, operators: iam.IGrantable) -> iam.Grant:
    """What takes any automation's role."""
    start = automation.grant_start_automation(operators, "AWS-RestartEC2Instance", runbook, deployed, document, version="1")
    s3.Bucket.from_bucket_name(stack, "Logs", "logs").grant_read(automation)
    return start.combine(automation.grant_operate(operators)).combine(automation.grant_pass_role(operators))


give_access(role, user)
give_access(AutomationRole.from_role_arn(stack, "Imported", "arn:aws:iam::111122223333:role/R"), group)
give_access(AutomationRole.from_role(stack, "Given", profile), role)
full: iam.Grant = role.grant_full_access(group)

arguments: ExecutionRoleArguments = {"role_name": "Automation", "findings": Findings.ERROR, "pass_roles": {"ec2.amazonaws.com": [profile]}}
AutomationExecutionRoleStackSet(stack, "RollOut", accounts=["111122223333"], execution_role=arguments)
AutomationExecutionRoleStackSet(stack, "RollOut2", accounts=["111122223333"], execution_role={"organization_id": "o-a1b2c3d4e5"})

# -- what it refuses -----------------------------------------------------------------------------------------------------------

AutomationRole(stack, "A", [runbook])  # type: ignore[call-arg]
AutomationRole(stack, "B", runbooks=[42])  # type: ignore[list-item]
AutomationRole(stack, "C", runbooks=runbook)  # type: ignore[arg-type]
AutomationRole(stack, "D", findings="errors")  # type: ignore[arg-type]
AutomationRole(stack, "E", max_session_duration=3600)  # type: ignore[arg-type]
AutomationRole(stack, "F", role_nam="Name")  # type: ignore[call-arg]
AutomationRole(stack, "G", extra_statements={"step": []})  # type: ignore[dict-item]
AutomationRole(stack, "H", pass_roles={"ec2.amazonaws.com": profile})  # type: ignore[dict-item]
AutomationRunbook(stack, "I", "runbooks/restart-instance.yaml")  # type: ignore[arg-type]
AutomationRunbook(stack, "J", runbook, role=arn)  # type: ignore[arg-type]
Runbook.from_text("…")  # type: ignore[call-arg]
role.grant_start_automation("operators", "Restart")  # type: ignore[arg-type]
role.grant_start_automation(user, 5)  # type: ignore[arg-type]
role.grant_start_automation(user, "Restart", version=5)  # type: ignore[arg-type]
role.grant_full_access(iam.ServicePrincipal("ec2.amazonaws.com"))  # type: ignore[arg-type]
role.allow_pass_role("profile", "ec2.amazonaws.com")  # type: ignore[arg-type]
role.allow_invoke(arn)  # type: ignore[arg-type]
role.grant_everything(user)  # type: ignore[attr-defined]
role.role_arn = arn  # type: ignore[misc]
AutomationRole.from_role(stack, "K", arn)  # type: ignore[arg-type]
give_access(profile, user)  # type: ignore[arg-type]
AutomationExecutionRoleStackSet(stack, "T", execution_role={"role_nam": "Name"})  # type: ignore[arg-type]
AutomationExecutionRoleStackSet(stack, "U", execution_role={"role_name": 1})  # type: ignore[arg-type]
