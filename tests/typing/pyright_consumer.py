"""Consumer code that pyright takes without an error. Never run.

`iam.ServicePrincipal` and other classes of CDK's own are not what their interfaces say to pyright; what is made of them is left out here.
"""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_config as config
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm
from aws_cdk import aws_stepfunctions as sfn

from automation_role import (
    AutomationAdministrationRole,
    AutomationAssociation,
    AutomationExecutionRole,
    AutomationExecutionRoleStackSet,
    AutomationMaintenanceWindowTask,
    AutomationPolicyValidation,
    AutomationRemediation,
    AutomationRole,
    AutomationRunbook,
    AutomationScheduleTarget,
    AutomationStartTask,
    AutomationTarget,
    ExecutionRoleArguments,
    Findings,
    IAutomationRole,
    JustInTimeNodeAccess,
    Runbook,
    StackSetExecutionRole,
    TargetLocation,
    Targets,
    __version__,
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


def with_every_argument(
    stack: cdk.Stack, runbook: Runbook, instances: iam.Role, given: iam.IRole, queue: sqs.Queue, alarm: cloudwatch.Alarm
) -> str:
    """Every kind of argument that the docs name."""
    parameters = {
        "Text": "a",
        "Number": 1,
        "Flag": True,
        "List": ["a", cdk.Aws.REGION],
        "Map": {"a": "b"},
        "Token": cdk.Fn.import_value("X"),
    }
    boundary = iam.ManagedPolicy.from_aws_managed_policy_name("PowerUserAccess")
    role = AutomationRole(
        stack,
        "Every",
        runbooks=[runbook, "AWS-RestartEC2Instance", runbook.given(parameters=parameters)],
        extra_statements={("Restart", "stop"): [iam.PolicyStatement(actions=["sns:Publish"], resources=["*"])]},
        findings=Findings.ERROR,
        regions=("eu-central-1", cdk.Aws.REGION),
        automation_managed_policy=None,
        invoke_all_functions=False,
        managed_policies=[boundary],
        inline_policies={"A": iam.PolicyDocument(), "B": {"Statement": []}},
        pass_roles={"ec2.amazonaws.com": [instances, given]},
        trusted_services=["events.amazonaws.com"],
        restrict_trust_to_account=True,
        script_logs=logs.LogGroup.from_log_group_name(stack, "Logs", "team"),
        deny_self_change=True,
        role_name="Team",
        description="Runs",
        path="/team/",
        max_session_duration=cdk.Duration.hours(2),
        permissions_boundary=boundary,
    )
    document = AutomationRunbook(
        stack,
        "EveryDocument",
        runbook,
        document_name="Restart",
        role=given,
        target_type="/AWS::EC2::Instance",
        version_name="one",
        attachments=[ssm.CfnDocument.AttachmentsSourceProperty(key="S3FileUrl", values=["s3://b/a.zip"], name="a.zip")],
    )
    named = AutomationRunbook.from_document_name(stack, "Named", "Patch")
    shared = AutomationRunbook.from_document_arn(stack, "Shared", "arn:aws:ssm:eu-central-1:111122223333:document/Patch")
    target = AutomationTarget(
        named,
        role=role,
        parameters=parameters,
        version="1",
        role_parameter="Role",
        event_role=given,
        dead_letter_queue=queue,
        max_event_age=cdk.Duration.hours(1),
        retry_attempts=3,
    )
    document.on_execution("Changed", statuses=["Success"], target=target, description="d")
    document.on_execution_failed("Failed")
    AutomationScheduleTarget(
        shared,
        role=role,
        parameters={"Id": "i"},
        targets=Targets.tag("Team", "a", "b"),
        target_parameter="Ids",
        max_concurrency="10%",
        max_errors="1",
        tags={"Team": cdk.Aws.STACK_NAME},
        alarm=alarm,
        ignore_poll_alarm_failure=True,
        schedule_role=instances,
        dead_letter_queue=queue,
        max_event_age=cdk.Duration.hours(1),
        retry_attempts=0,
    )
    task = AutomationStartTask(
        stack, "State", runbook="Patch", role=role, tags={}, alarm="Alarm", result_path=sfn.JsonPath.DISCARD, comment="c"
    )
    sfn.StateMachine(stack, "Machine", definition_body=sfn.DefinitionBody.from_chainable(task))
    AutomationAssociation(
        stack,
        "EveryAssociation",
        runbook=document,
        role=role,
        schedule="cron(0 2 ? * SUN *)",
        only_at_schedule=True,
        schedule_offset=2,
        targets=Targets.parameter_values("a"),
        target_parameter="Ids",
        association_name="Team",
        calendar_names=["Open"],
    )
    JustInTimeNodeAccess.grant_request(instances, nodes=["i-0123456789abcdef0"])
    JustInTimeNodeAccess.grant_approve(iam.Group(stack, "Approvers"))
    cdk.Validations.of(stack).add_plugins(AutomationPolicyValidation(accept=["passRoleAnyRole"]))
    return f"{__version__} {role.derived.assumed_roles} {role.role_name}"


def rolled_out(stack: cdk.Stack, instances: iam.Role) -> None:
    """A roll-out and what it needs in the accounts."""
    arguments: ExecutionRoleArguments = {
        "role_name": "Automation",
        "findings": Findings.ERROR,
        "pass_roles": {"ec2.amazonaws.com": [instances]},
    }
    AutomationExecutionRoleStackSet(
        stack, "RollOut", accounts=["111122223333"], runbooks=["AWS-RestartEC2Instance"], documents=True, execution_role=arguments
    )
    StackSetExecutionRole(stack, "There", administration_account=cdk.Aws.ACCOUNT_ID, administration_role_name="Central")
    AutomationAdministrationRole(stack, "Organization", organization_id="o-a1b2c3d4e5", organizational_units=True)
    TargetLocation(organizational_units=["ou-ab12-cdefgh34"], regions=["eu-central-1"], exclude_accounts=["111122223333"], max_errors="10%")
