"""Consumer code that pyright takes without an error. Never run.

`iam.ServicePrincipal` and other classes of CDK's own are not what their interfaces say to pyright; what is made of them is left out here.
"""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_config as config
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_ssm as ssm

from automation_role import (
    AutomationAdministrationRole,
    AutomationAssociation,
    AutomationExecutionRole,
    AutomationMaintenanceWindowTask,
    AutomationPolicyValidation,
    AutomationRemediation,
    AutomationRole,
    AutomationRunbook,
    AutomationScheduleTarget,
    AutomationTarget,
    IAutomationRole,
    Runbook,
    TargetLocation,
)


def made_here(stack: cdk.Stack, person: iam.User, instances: iam.Role, runbook: Runbook) -> None:
    """A role, its documents, its people and what starts it."""
    role = AutomationRole(
        stack,
        "Role",
        runbooks=[runbook],
        pass_roles={"ec2.amazonaws.com": [instances]},
        invoke_functions=[lambda_.Function.from_function_name(stack, "Function", "f")],
        permissions_boundary=iam.ManagedPolicy.from_managed_policy_name(stack, "Boundary", "b"),
        script_logs=True,
    )
    role.allow_pass_role(instances, "ec2.amazonaws.com")
    document = AutomationRunbook(stack, "Document", runbook, role=role)
    role.grant_start_automation(person, runbook, document, "AWS-RestartEC2Instance", tags={"Team": "ops"})
    role.grant_view(person, document)
    role.grant_approve(instances)
    s3.Bucket(stack, "Bucket").grant_read(role)
    events.Rule(stack, "Rule", targets=[AutomationTarget(document, role=role, event_role=instances)])
    daily = scheduler.ScheduleExpression.rate(cdk.Duration.days(1))
    scheduler.Schedule(stack, "Schedule", schedule=daily, target=AutomationScheduleTarget(document, role=role))
    AutomationAssociation(stack, "Association", runbook=document, role=role, dispatch_role=instances)
    AutomationRemediation(
        stack, "Remediation", rule=config.ManagedRule.from_config_rule_name(stack, "Config", "c"), runbook=document, role=role
    )
    window = ssm.CfnMaintenanceWindow(
        stack, "Window", allow_unassociated_targets=False, cutoff=1, duration=2, name="w", schedule="cron(0 2 ? * SUN *)"
    )
    AutomationMaintenanceWindowTask(stack, "Task", window=window, runbook=document, role=role, service_role=instances)
    cdk.Validations.of(stack).add_plugins(AutomationPolicyValidation())


def anybodys(role: IAutomationRole, person: iam.User) -> str:
    """Whatever is a role for automations."""
    role.grant_operate(person)
    return role.role.role_arn


def of_an_organization(stack: cdk.Stack, person: iam.User, given: iam.IRole) -> None:
    """Every kind of role goes where a role for automations goes."""
    administration = AutomationAdministrationRole(stack, "Administration", target_accounts=["111122223333"])
    execution = AutomationExecutionRole(stack, "Execution", administration_account="111122223333")
    for role in (administration, execution, AutomationRole.from_role(stack, "Given", given)):
        anybodys(role, person)
    anybodys(AutomationRole.from_role_arn(stack, "Arn", "arn:aws:iam::111122223333:role/R"), person)
    location = TargetLocation(accounts=["111122223333"], regions=["eu-central-1"])
    AutomationScheduleTarget("Restart", role=administration, target_locations=[location])
