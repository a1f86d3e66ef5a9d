"""What starts an automation puts the role into the runbook's parameter, may start that runbook as that role, and nothing else."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from aws_cdk import App, Duration, Stack, assertions
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_config as config
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm

from automation_role import (
    AutomationAssociation,
    AutomationMaintenanceWindowTask,
    AutomationRemediation,
    AutomationRole,
    AutomationScheduleTarget,
    AutomationTarget,
    Runbook,
    Targets,
)
from automation_role.errors import AutomationRoleError
from automation_role.testing import Authorization

RESTART = Runbook.from_text(
    """
schemaVersion: '0.3'
assumeRole: '{{ AutomationAssumeRole }}'
parameters:
  AutomationAssumeRole: {type: AWS::IAM::Role::Arn}
  InstanceIds: {type: StringList}
  Mode: {type: String, default: soft, allowedValues: [soft, hard]}
  Ticket: {type: String, default: OPS-1, allowedPattern: '^OPS-[0-9]+$'}
  Dry: {type: Boolean, default: false}
  Tries: {type: Integer, default: 1}
mainSteps:
  - name: restart
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: RebootInstances, InstanceIds: '{{ InstanceIds }}'}
""",
    name="Restart",
)
OWN_ROLE = Runbook.from_text(
    """
schemaVersion: '0.3'
assumeRole: '{{ Role }}'
parameters:
  Role: {type: String, default: ''}
mainSteps:
  - {name: wait, action: 'aws:sleep', inputs: {Duration: PT1S}}
""",
    name="OwnRole",
)
NO_ROLE = Runbook.from_text(
    "schemaVersion: '0.3'\nmainSteps:\n  - {name: wait, action: 'aws:sleep', inputs: {Duration: PT1S}}\n", name="NoRole"
)
IDS = ["i-0123456789abcdef0"]


def stack_and_role() -> tuple[Stack, AutomationRole]:
    stack = Stack(App(), "Stack")
    return stack, AutomationRole(stack, "AutomationRole", runbooks=[RESTART])


def rule(stack: Stack, name: str, *targets: events.IRuleTarget) -> events.Rule:
    return events.Rule(stack, name, event_pattern=events.EventPattern(source=["aws.health"]), targets=list(targets))


def schedule(stack: Stack, name: str, target: scheduler.IScheduleTarget) -> scheduler.Schedule:
    return scheduler.Schedule(stack, name, schedule=scheduler.ScheduleExpression.rate(Duration.days(1)), target=target)


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    """Every trigger once, in one stack."""
    stack, role = stack_and_role()
    queue = sqs.Queue(stack, "Dead")
    rule(
        stack,
        "Rule",
        AutomationTarget(
            RESTART,
            role=role,
            parameters={"InstanceIds": events.EventField.from_path("$.detail.ids"), "Dry": True},
            version="3",
            dead_letter_queue=queue,
            max_event_age=Duration.hours(1),
            retry_attempts=2,
        ),
        AutomationTarget("AWS-RestartEC2Instance", role=role, parameters={"InstanceId": events.EventField.from_path("$.detail.id")}),
    )
    schedule(
        stack,
        "Schedule",
        AutomationScheduleTarget(
            RESTART,
            role=role,
            parameters={"Mode": "hard"},
            targets=Targets.tag("Patch", "nightly"),
            target_parameter="InstanceIds",
            max_concurrency="10%",
            max_errors="1",
            dead_letter_queue=queue,
            retry_attempts=0,
        ),
    )
    AutomationRemediation(
        stack,
        "Remediation",
        rule=config.ManagedRule(stack, "ConfigRule", identifier="EC2_INSTANCE_MANAGED_BY_SSM"),
        runbook=RESTART,
        role=role,
        resource_parameter="InstanceIds",
        parameters={"Tries": 2},
        automatic=True,
        maximum_automatic_attempts=3,
        retry_interval=Duration.minutes(5),
        error_percentage=20,
    )
    AutomationAssociation(
        stack,
        "Association",
        runbook=RESTART,
        role=role,
        schedule="cron(0 2 ? * SUN *)",
        only_at_schedule=True,
        schedule_offset=2,
        targets=Targets.tag("Patch", "nightly"),
        target_parameter="InstanceIds",
        max_concurrency="5",
        max_errors="10%",
    )
    AutomationMaintenanceWindowTask(
        stack,
        "Task",
        window="mw-0123456789abcdef0",
        runbook=RESTART,
        role=role,
        parameters={"InstanceIds": ["{{ TARGET_ID }}"]},
        targets=Targets.window_targets("11111111-2222-3333-4444-555555555555"),
    )
    made: dict[str, Any] = assertions.Template.from_stack(stack).to_json()["Resources"]
    return made


def of_type(template: dict[str, Any], kind: str) -> dict[str, Any]:
    (found,) = [resource for resource in template.values() if resource["Type"] == kind]
    return copy.deepcopy(found)


def role_arn(template: dict[str, Any]) -> Any:
    (logical_id,) = [name for name in template if name.startswith("AutomationRole") and template[name]["Type"] == "AWS::IAM::Role"]
    return {"Fn::GetAtt": [logical_id, "Arn"]}


def flat(value: Any) -> str:
    """A text of CloudFormation's, its references written in brackets."""
    if isinstance(value, str):
        return value
    if "Fn::Join" in value:
        return "".join(flat(part) for part in value["Fn::Join"][1])
    return "[" + str(value.get("Ref") or ".".join(value["Fn::GetAtt"])) + "]"


def starter(template: dict[str, Any], logical_id: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A starter's role and every statement of its policies."""
    policies = [r for r in template.values() if r["Type"] == "AWS::IAM::Policy" and {"Ref": logical_id} in r["Properties"]["Roles"]]
    return template[logical_id], [s for p in policies for s in p["Properties"]["PolicyDocument"]["Statement"]]


def role_of(arn: dict[str, list[str]]) -> str:
    return arn["Fn::GetAtt"][0]


def started(statements: list[dict[str, Any]]) -> list[str]:
    resources = [s["Resource"] for s in statements if s["Action"] == "ssm:StartAutomationExecution"]
    return sorted(flat(r) for found in resources for r in (found if isinstance(found, list) else [found]))


ARN = "arn:[AWS::Partition]:ssm:*"
OWN = [
    f"{ARN}:[AWS::AccountId]:automation-definition/Restart:*",
    f"{ARN}:[AWS::AccountId]:automation-execution/*",
    f"{ARN}:[AWS::AccountId]:document/Restart",
]


def test_a_rules_target_is_the_runbooks_definition_and_passes_lists(template: dict[str, Any]) -> None:
    own, aws_owned = of_type(template, "AWS::Events::Rule")["Properties"]["Targets"]
    assert flat(own["Arn"]) == "arn:[AWS::Partition]:ssm:[AWS::Region]:[AWS::AccountId]:automation-definition/Restart:3"
    assert flat(aws_owned["Arn"]) == "arn:[AWS::Partition]:ssm:[AWS::Region]::automation-definition/AWS-RestartEC2Instance:$DEFAULT"
    role = flat(role_arn(template))
    assert flat(own["InputTransformer"]["InputTemplate"]) == (
        f'{{"InstanceIds":<detail-ids>,"Dry":["true"],"AutomationAssumeRole":["{role}"]}}'
    )
    assert own["InputTransformer"]["InputPathsMap"] == {"detail-ids": "$.detail.ids"}
    assert flat(aws_owned["InputTransformer"]["InputTemplate"]) == f'{{"InstanceId":[<detail-id>],"AutomationAssumeRole":["{role}"]}}'


def test_a_rules_target_keeps_its_retries_and_dead_letters(template: dict[str, Any]) -> None:
    own, aws_owned = of_type(template, "AWS::Events::Rule")["Properties"]["Targets"]
    assert own["RetryPolicy"] == {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 2}
    assert own["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": [next(n for n in template if n.startswith("Dead")), "Arn"]}}
    assert "RetryPolicy" not in aws_owned
    assert "DeadLetterConfig" not in aws_owned
    (statement,) = of_type(template, "AWS::SQS::QueuePolicy")["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Action"] == "sqs:SendMessage"
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert list(statement["Condition"]["ArnEquals"]) == ["aws:SourceArn"]


def test_a_schedules_target_calls_start_automation_execution(template: dict[str, Any]) -> None:
    target = of_type(template, "AWS::Scheduler::Schedule")["Properties"]["Target"]
    assert flat(target["Arn"]) == "arn:[AWS::Partition]:scheduler:::aws-sdk:ssm:startAutomationExecution"
    assert json.loads(flat(target["Input"])) == {
        "DocumentName": "Restart",
        "Parameters": {"Mode": ["hard"], "AutomationAssumeRole": [flat(role_arn(template))]},
        "TargetParameterName": "InstanceIds",
        "Targets": [{"Key": "tag:Patch", "Values": ["nightly"]}],
        "MaxConcurrency": "10%",
        "MaxErrors": "1",
    }
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 0}
    assert list(target["DeadLetterConfig"]) == ["Arn"]


def test_a_remediations_parameters_have_the_apis_own_key_case(template: dict[str, Any]) -> None:
    made = of_type(template, "AWS::Config::RemediationConfiguration")
    assert made["Properties"] == {
        "ConfigRuleName": {"Ref": next(n for n in template if n.startswith("ConfigRule"))},
        "TargetId": "Restart",
        "TargetType": "SSM_DOCUMENT",
        "Automatic": True,
        "MaximumAutomaticAttempts": 3,
        "RetryAttemptSeconds": 300,
        "ExecutionControls": {"SsmControls": {"ErrorPercentage": 20}},
        "Parameters": {
            "InstanceIds": {"ResourceValue": {"Value": "RESOURCE_ID"}},
            "Tries": {"StaticValue": {"Values": ["2"]}},
            "AutomationAssumeRole": {"StaticValue": {"Values": [role_arn(template)]}},
        },
    }


def test_an_association_runs_the_runbook_as_the_role_through_a_dispatch_role(template: dict[str, Any]) -> None:
    made = of_type(template, "AWS::SSM::Association")
    dispatch = made["Properties"].pop("AssociationDispatchAssumeRole")
    assert made["Properties"] == {
        "Name": "Restart",
        "Parameters": {"AutomationAssumeRole": [role_arn(template)]},
        "ScheduleExpression": "cron(0 2 ? * SUN *)",
        "ScheduleOffset": 2,
        "ApplyOnlyAtCronInterval": True,
        "AutomationTargetParameterName": "InstanceIds",
        "Targets": [{"Key": "tag:Patch", "Values": ["nightly"]}],
        "MaxConcurrency": "5",
        "MaxErrors": "10%",
    }
    role, statements = starter(template, role_of(dispatch))
    (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "ssm.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    assert started(statements) == OWN


def test_a_window_task_takes_lists_and_the_targets_id(template: dict[str, Any]) -> None:
    made = of_type(template, "AWS::SSM::MaintenanceWindowTask")["Properties"]
    made.pop("ServiceRoleArn")
    assert made == {
        "WindowId": "mw-0123456789abcdef0",
        "TaskType": "AUTOMATION",
        "TaskArn": "Restart",
        "Priority": 1,
        "MaxConcurrency": "1",
        "MaxErrors": "0",
        "Targets": [{"Key": "WindowTargetIds", "Values": ["11111111-2222-3333-4444-555555555555"]}],
        "TaskInvocationParameters": {
            "MaintenanceWindowAutomationParameters": {
                "Parameters": {"InstanceIds": ["{{TARGET_ID}}"], "AutomationAssumeRole": [role_arn(template)]}
            }
        },
    }


def starters(template: dict[str, Any]) -> dict[str, tuple[dict[str, Any], list[dict[str, Any]]]]:
    first, second = of_type(template, "AWS::Events::Rule")["Properties"]["Targets"]
    arns = {
        "rule": first["RoleArn"],
        "rule, AWS-owned": second["RoleArn"],
        "schedule": of_type(template, "AWS::Scheduler::Schedule")["Properties"]["Target"]["RoleArn"],
        "association": of_type(template, "AWS::SSM::Association")["Properties"]["AssociationDispatchAssumeRole"],
        "window task": of_type(template, "AWS::SSM::MaintenanceWindowTask")["Properties"]["ServiceRoleArn"],
    }
    return {name: starter(template, role_of(arn)) for name, arn in arns.items()}


def test_every_starter_has_a_role_of_its_own(template: dict[str, Any]) -> None:
    assert len({json.dumps(role) + json.dumps(statements) for role, statements in starters(template).values()}) >= 4
    first, second = of_type(template, "AWS::Events::Rule")["Properties"]["Targets"]
    assert first["RoleArn"] != second["RoleArn"]


# Dead letters; of a window's role, following what was started and finding the window's targets.
MORE = {
    "schedule": {"sqs:SendMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"},
    "window task": {"ssm:GetAutomationExecution", "resource-groups:ListGroupResources", "resource-groups:ListGroups", "tag:GetResources"},
}


@pytest.mark.parametrize("name", ["rule", "rule, AWS-owned", "schedule", "association", "window task"])
def test_every_starter_may_pass_this_role_to_systems_manager_and_no_other(template: dict[str, Any], name: str) -> None:
    _, statements = starters(template)[name]
    (passing,) = [s for s in statements if s["Action"] == "iam:PassRole"]
    assert passing["Resource"] == role_arn(template)
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}}
    actions = {action for s in statements for action in ([s["Action"]] if isinstance(s["Action"], str) else s["Action"])}
    assert actions == {"iam:PassRole", "ssm:StartAutomationExecution"} | MORE.get(name, set())


def test_every_starter_may_start_its_runbook_and_no_other(template: dict[str, Any]) -> None:
    found = {name: started(statements) for name, (_, statements) in starters(template).items()}
    assert found["schedule"] == found["association"] == found["window task"] == OWN
    assert found["rule"] == [OWN[0].replace(":*", ":3").replace("ssm:3", "ssm:*"), OWN[1], OWN[2]]
    assert found["rule, AWS-owned"] == [
        f"{ARN}::automation-definition/AWS-RestartEC2Instance:*",
        f"{ARN}::document/AWS-RestartEC2Instance",
        OWN[1],
    ]


@pytest.mark.parametrize(("name", "service"), [("rule", "events.amazonaws.com"), ("schedule", "scheduler.amazonaws.com")])
def test_a_starter_trusts_its_service_only_for_this_account(template: dict[str, Any], name: str, service: str) -> None:
    role, _ = starters(template)[name]
    (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": service}
    assert trust["Condition"]["StringEquals"]["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}


@pytest.mark.parametrize(
    "kind",
    ["AWS::Events::Rule", "AWS::Scheduler::Schedule", "AWS::SSM::Association", "AWS::SSM::MaintenanceWindowTask"],
)
def test_what_is_started_waits_for_the_grants_that_allow_it(template: dict[str, Any], kind: str) -> None:
    waits = of_type(template, kind)["DependsOn"]
    assert any(template[name]["Type"] == "AWS::IAM::Policy" and not name.startswith("AutomationRole") for name in waits)


@pytest.mark.parametrize(
    "kind",
    [
        "AWS::Config::RemediationConfiguration",
        "AWS::Events::Rule",
        "AWS::Scheduler::Schedule",
        "AWS::SSM::Association",
        "AWS::SSM::MaintenanceWindowTask",
    ],
)
def test_what_is_started_waits_for_what_the_role_may_do(template: dict[str, Any], kind: str) -> None:
    waits = of_type(template, kind)["DependsOn"]
    assert any(template[name]["Type"] == "AWS::IAM::Policy" and name.startswith("AutomationRole") for name in waits)


# -- what is refused ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"InstanceIds": IDS, "Moed": "hard"}, "runbook 'Restart' has no parameter 'Moed' → AutomationAssumeRole, InstanceIds, Mode"),
        ({"InstanceIds": IDS, "Moed": "hard"}, "did you mean 'Mode'?"),
        ({}, "runbook 'Restart' requires parameter 'InstanceIds', which is missing; add it to parameters"),
        ({"InstanceIds": IDS, "Mode": "hrad"}, "is 'hrad' → allowedValues are soft, hard; did you mean 'hard'?"),
        ({"InstanceIds": IDS, "Ticket": "x"}, "is 'x' → allowedPattern is '^OPS-[0-9]+$'; pass a value that matches"),
        ({"InstanceIds": IDS, "Mode": ["soft", "hard"]}, "is a list of 2 → its type is String, which accepts one value; pass one"),
        ({"InstanceIds": "i-1"}, "is 'i-1' → its type is StringList; pass a list"),
        ({"InstanceIds": IDS, "Tries": "many"}, "is 'many' → an Integer is a whole number"),
        ({"InstanceIds": IDS, "Dry": "maybe"}, "is 'maybe' → a Boolean is true or false"),
        ({"InstanceIds": IDS, "AutomationAssumeRole": "x"}, "parameter 'AutomationAssumeRole' is set → it is filled in here"),
    ],
)
def test_rejects_parameters_that_the_runbook_does_not_take(parameters: dict[str, Any], message: str) -> None:
    stack, role = stack_and_role()
    with pytest.raises(AutomationRoleError) as raised:
        AutomationAssociation(stack, "Association", runbook=RESTART, role=role, parameters=parameters)
    assert message in str(raised.value)
    assert all(line.startswith("Stack/Association: ") for line in str(raised.value).splitlines())


@pytest.mark.parametrize(
    "parameters",
    [
        {"InstanceIds": IDS},
        {"InstanceIds": IDS, "Mode": ["hard"], "Ticket": "OPS-12", "Dry": True, "Tries": 3},
        {"InstanceIds": ["${Token[TOKEN.1]}"]},
    ],
)
def test_takes_parameters_that_fit(parameters: dict[str, Any]) -> None:
    stack, role = stack_and_role()
    AutomationAssociation(stack, "Association", runbook=RESTART, role=role, parameters=parameters)


@pytest.mark.parametrize("regions", [(), ("eastus", "westus2")])
def test_an_association_onboards_machines_of_another_cloud(regions: tuple[str, ...]) -> None:
    """Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/cloud-connector-enable-vm-onboarding.html"""
    stack, role = stack_and_role()
    AutomationAssociation(
        stack,
        "Association",
        runbook=RESTART,
        role=role,
        targets=Targets.cloud_connector("11111111-2222-3333-4444-555555555555", regions=regions),
        target_parameter="InstanceIds",
    )
    made = of_type(assertions.Template.from_stack(stack).to_json()["Resources"], "AWS::SSM::Association")["Properties"]
    ((key, (value,)),) = [(each["Key"], each["Values"]) for each in made["Targets"]]
    chosen = {"CloudProviderRegions": list(regions)} if regions else {}
    assert (key, json.loads(value)) == (
        "CloudConnector",
        {"CloudConnectorId": "11111111-2222-3333-4444-555555555555", "SsmManagedNodeFilter": "UNMANAGED", **chosen},
    )
    dispatch = Authorization(assertions.Template.from_stack(stack)).role("AssociationDispatchRole")
    connector = "arn:aws:ssm:us-east-1:111122223333:cloud-connector/{}".format
    assert dispatch.may("ssm:GetCloudConnector", resource=connector("11111111-2222-3333-4444-555555555555"))
    assert not dispatch.may("ssm:GetCloudConnector", resource=connector("99999999-2222-3333-4444-555555555555"))
    assert dispatch.may("ssm:ListCloudConnectors")
    assert dispatch.may("iam:ListRoleTags", resource="arn:aws:iam::111122223333:role/service-role/R")
    assert not dispatch.may("sts:AssumeRole", resource="arn:aws:iam::111122223333:role/service-role/R")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Targets.cloud_connector("MyConnector"),
        lambda: Targets("CloudConnector", ("MyConnector",)),
        lambda: Targets("CloudConnector", ()),
    ],
)
def test_rejects_what_is_not_a_connector(make: Any) -> None:
    with pytest.raises(AutomationRoleError, match=r"^Targets.*(such as '1111|write Targets.cloud_connector)"):
        make()


def test_rejects_a_cloud_connector_where_only_state_manager_knows_it() -> None:
    _, role = stack_and_role()
    with pytest.raises(AutomationRoleError, match="targets by 'CloudConnector' → this trigger accepts"):
        AutomationScheduleTarget(
            RESTART, role=role, targets=Targets.cloud_connector("11111111-2222-3333-4444-555555555555"), target_parameter="InstanceIds"
        )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"targets": Targets.tag("a", "b")}, "targets without target_parameter → Automation accepts both or neither"),
        ({"target_parameter": "InstanceIds"}, "target_parameter without targets"),
        ({"targets": Targets.tag("a", "b"), "target_parameter": "InstanceId"}, "did you mean 'InstanceIds'?"),
        ({"targets": Targets.window_targets("x"), "target_parameter": "InstanceIds"}, "this trigger accepts tag:, ResourceGroup"),
        ({"max_errors": "1"}, "max_concurrency and max_errors without targets"),
        ({"schedule": "daily"}, "schedule is 'daily' → rate(…), cron(…) or at(…)"),
        ({"only_at_schedule": True}, "only_at_schedule without a schedule → it would never run"),
        (
            {"only_at_schedule": True, "schedule": "rate(1 day)"},
            "only_at_schedule with 'rate(1 day)' → State Manager accepts it only with cron(…)",
        ),
        ({"schedule_offset": 2, "schedule": "cron(0 2 ? * SUN *)"}, "schedule_offset → only with cron(…) and only_at_schedule=True"),
        ({"schedule_offset": 7, "schedule": "cron(0 2 ? * SUN *)", "only_at_schedule": True}, "schedule_offset is 7 → 1 to 6"),
        ({"schedule": "rate(29 minutes)"}, "schedule is 'rate(29 minutes)' → State Manager accepts rates from 30 minutes to under 31 days"),
        ({"schedule": "rate(31 days)"}, "schedule is 'rate(31 days)' → State Manager accepts rates from 30 minutes to under 31 days"),
        ({"schedule": "cron(0)"}, "schedule is 'cron(0)' → rate(…), cron(…) or at(…)"),
        ({"calendar_names": "Open"}, "calendar_names is the string 'Open' → a list; write calendar_names=['Open']"),
        (
            {"targets": "tag:a", "target_parameter": "InstanceIds"},
            "targets is 'tag:a' → targets; write Targets.tag('Name', 'value'), or another method of Targets",
        ),
        ({"association_name": "a b"}, "association_name is 'a b' → 3 to 128 letters, digits and _.-"),
        (
            {"targets": Targets.parameter_values(*map(str, range(51))), "target_parameter": "InstanceIds"},
            "51 target values → Automation accepts 1 to 50",
        ),
        (
            {"targets": Targets.tag("a", "b"), "target_parameter": "InstanceIds", "max_concurrency": "0"},
            "max_concurrency is '0' → a number from 1 or a percentage",
        ),
    ],
)
def test_rejects_targets_and_schedules_that_do_not_go_together(arguments: dict[str, Any], message: str) -> None:
    stack, role = stack_and_role()
    with pytest.raises(AutomationRoleError) as raised:
        AutomationAssociation(stack, "Association", runbook=RESTART, role=role, parameters={}, **arguments)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)
    assert stack.node.try_find_child("Association") is None


def test_rejects_an_automatic_remediation_whose_role_parameter_has_another_name() -> None:
    stack, role = stack_and_role()
    managed = config.ManagedRule(stack, "Rule", identifier="X")
    with pytest.raises(AutomationRoleError, match="takes its role in 'Role' → an automatic remediation needs it in 'AutomationAssumeRole'"):
        AutomationRemediation(stack, "Automatic", rule=managed, runbook=OWN_ROLE, role=role, automatic=True)
    AutomationRemediation(stack, "ByHand", rule=managed, runbook=OWN_ROLE, role=role)
    made = of_type(assertions.Template.from_stack(stack).to_json()["Resources"], "AWS::Config::RemediationConfiguration")
    assert list(made["Properties"]["Parameters"]) == ["Role"]


def test_warns_if_the_runbook_takes_no_role() -> None:
    stack, role = stack_and_role()
    AutomationAssociation(stack, "Association", runbook=NO_ROLE, role=role)
    told = assertions.Annotations.from_stack(stack).find_warning("*", assertions.Match.string_like_regexp("has no parameter for its role"))
    assert len(told) == 1


def test_a_document_created_in_the_app_is_checked_like_its_runbook() -> None:
    stack, role = stack_and_role()
    content = {
        "schemaVersion": "0.3",
        "parameters": {"Name": {"type": "String"}},
        "mainSteps": [{"name": "a", "action": "aws:pause", "inputs": {}}],
    }
    document = ssm.CfnDocument(stack, "Document", content=content, document_type="Automation")
    with pytest.raises(AutomationRoleError, match="requires parameter 'Name'"):
        AutomationAssociation(stack, "Association", runbook=document, role=role)


def test_a_starter_role_that_is_passed_gets_the_same_grants() -> None:
    stack, role = stack_and_role()
    own = iam.Role(stack, "Own", assumed_by=iam.ServicePrincipal("events.amazonaws.com"))
    rule(stack, "Rule", AutomationTarget(RESTART, role=role, parameters={"InstanceIds": IDS}, event_role=own))
    template = assertions.Template.from_stack(stack).to_json()["Resources"]
    (target,) = of_type(template, "AWS::Events::Rule")["Properties"]["Targets"]
    assert started(starter(template, role_of(target["RoleArn"]))[1]) == OWN


STARTERS = {
    "event_role": "events.amazonaws.com",
    "schedule_role": "scheduler.amazonaws.com",
    "dispatch_role": "ssm.amazonaws.com",
    "service_role": "ssm.amazonaws.com",
}


def started_by(name: str, stack: Stack, role: AutomationRole, starter_role: iam.IRole) -> str:
    """The path of what a starter role of this kind was given to."""
    what: Any = {"runbook": RESTART, "role": role, "parameters": {"InstanceIds": IDS}, name: starter_role}
    if name == "event_role":
        return rule(stack, "It", AutomationTarget(**what)).node.path
    if name == "schedule_role":
        return schedule(stack, "It", AutomationScheduleTarget(**what)).node.path
    if name == "dispatch_role":
        return AutomationAssociation(stack, "It", **what).node.path
    window = ssm.CfnMaintenanceWindow(
        stack, "Window", allow_unassociated_targets=True, cutoff=1, duration=2, name="w", schedule="rate(1 day)"
    )
    return AutomationMaintenanceWindowTask(stack, "It", window=window.ref, **what).node.path


@pytest.mark.parametrize(("name", "service"), STARTERS.items(), ids=STARTERS)
def test_rejects_at_synthesis_a_starter_role_that_does_not_trust_its_service(name: str, service: str) -> None:
    stack, role = stack_and_role()
    other = iam.Role(stack, "Other", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    path = started_by(name, stack, role, other)
    with pytest.raises(RuntimeError) as refused:
        assertions.Template.from_stack(stack)
    assert (
        f"{path}: {name} 'Stack/Other' does not trust {service} → a role that this service can assume; "
        f"create it with assumed_by=iam.ServicePrincipal('{service}'), or leave {name} out"
    ) in str(refused.value)


@pytest.mark.parametrize(("name", "service"), STARTERS.items(), ids=STARTERS)
def test_takes_a_starter_role_that_trusts_its_service_or_whose_trust_cannot_be_seen(name: str, service: str) -> None:
    stack, role = stack_and_role()
    later = iam.Role(stack, "Later", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    started_by(name, stack, role, later)
    assert later.assume_role_policy is not None
    later.assume_role_policy.add_statements(iam.PolicyStatement(actions=["sts:AssumeRole"], principals=[iam.ServicePrincipal(service)]))
    assertions.Template.from_stack(stack)
    stack, role = stack_and_role()
    started_by(name, stack, role, iam.Role.from_role_arn(stack, "Other", "arn:aws:iam::111122223333:role/other"))
    assertions.Template.from_stack(stack)


@pytest.mark.parametrize("everybody", [iam.AnyPrincipal(), iam.StarPrincipal()], ids=["AWS", "star"])
def test_takes_a_starter_role_that_trusts_everybody(everybody: iam.IPrincipal) -> None:
    stack, role = stack_and_role()
    started_by("dispatch_role", stack, role, iam.Role(stack, "Open", assumed_by=everybody))
    assertions.Template.from_stack(stack)


def test_rejects_an_input_that_eventbridge_does_not_take():
    role = AutomationRole(Stack(App(), "S"), "Role")
    fields = [events.EventField.from_path(f"$.detail.f{number}") for number in range(101)]
    halves = {"Names": fields[:50], "More": fields[50:100]}
    AutomationTarget("Restart", role=role, parameters={**halves, "Texts": ["x" * 500] * 13})
    with pytest.raises(AutomationRoleError) as paths:
        AutomationTarget("Restart", role=role, parameters={**halves, "One": fields[100:]})
    assert str(paths.value) == "AutomationTarget: 101 event fields → EventBridge accepts at most 100; pass fewer"
    with pytest.raises(AutomationRoleError) as size:
        AutomationTarget("Restart", role=role, parameters={"Texts": ["x" * 509] * 16})
    assert str(size.value) == (
        "AutomationTarget: the parameters take 8,232 characters → EventBridge accepts at most 8,192 as a target's input; add defaults to the runbook"
    )


def scheduled(stack: Stack, **given: Any) -> None:
    target = AutomationScheduleTarget("Restart", role=AutomationRole(stack, "Role", runbooks=[]), **given)
    scheduler.Schedule(stack, "Schedule", schedule=scheduler.ScheduleExpression.rate(Duration.days(1)), target=target)


def test_a_schedule_tags_what_it_starts_and_may_only_add_these_tags():
    stack = Stack(App(), "S")
    scheduled(stack, tags={"Team": "ops", "Stage": "prod"})
    template = assertions.Template.from_stack(stack)
    (schedule,) = template.find_resources("AWS::Scheduler::Schedule").values()
    written = json.dumps(schedule["Properties"]["Target"]["Input"])
    assert json.dumps([{"Key": "Stage", "Value": "prod"}, {"Key": "Team", "Value": "ops"}], separators=(",", ":")) in written.replace(
        '\\"', '"'
    )
    auth = Authorization(template)
    starter = auth.principal("ScheduleStartRole")
    assert starter.may_start("Restart", role="Role", tags={"Team": "ops", "Stage": "prod"})
    assert not starter.may_start("Restart", role="Role", tags={"Team": "other", "Stage": "prod"})
    assert not starter.may_start("Restart", role="Role")


def test_rejects_more_tags_than_a_start_takes():
    with pytest.raises(
        AutomationRoleError, match=r"^AutomationScheduleTarget: 6 tags → StartAutomationExecution accepts at most 5; pass fewer"
    ):
        scheduled(Stack(App(), "S"), tags={f"T{number}": "x" for number in range(6)})
    with pytest.raises(AutomationRoleError, match=r"^AutomationScheduleTarget: tags has the name 'aws:x' → "):
        scheduled(Stack(App(), "S"), tags={"aws:x": "x"})


def test_an_alarm_stops_what_a_schedule_starts():
    stack = Stack(App(), "S")
    metric = cloudwatch.Metric(namespace="Team", metric_name="Errors")
    alarm = cloudwatch.Alarm(stack, "Alarm", metric=metric, threshold=1, evaluation_periods=1, alarm_name="errors")
    scheduled(stack, alarm=alarm, ignore_poll_alarm_failure=True)
    template = assertions.Template.from_stack(stack)
    (schedule,) = template.find_resources("AWS::Scheduler::Schedule").values()
    (logical_id,) = template.find_resources("AWS::CloudWatch::Alarm")
    pieces = schedule["Properties"]["Target"]["Input"]["Fn::Join"][1]
    at = pieces.index({"Ref": logical_id})
    assert pieces[at - 1].endswith('"AlarmConfiguration":{"Alarms":[{"Name":"')
    assert pieces[at + 1].startswith('"}],"IgnorePollAlarmFailure":true}')
    # The service-linked role of Systems Manager reads the alarm.
    starter = Authorization(template).principal("ScheduleStartRole")
    role = "arn:aws:iam::111122223333:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM"
    assert starter.may("iam:CreateServiceLinkedRole", resource=role, context={"iam:AWSServiceName": "ssm.amazonaws.com"})
    assert not starter.may("iam:CreateServiceLinkedRole", resource=role, context={"iam:AWSServiceName": "ecs.amazonaws.com"})


def test_a_schedule_without_an_alarm_creates_no_role():
    stack = Stack(App(), "S")
    scheduled(stack)
    assert "iam:CreateServiceLinkedRole" not in json.dumps(assertions.Template.from_stack(stack).to_json())


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"alarm": ""}, "AutomationScheduleTarget: alarm is '' → an alarm, or its name of 1 to 255 characters"),
        ({"alarm": 5}, "AutomationScheduleTarget: alarm is 5 → a cloudwatch.IAlarm or a string; write '5'"),
        ({"ignore_poll_alarm_failure": True}, "AutomationScheduleTarget: ignore_poll_alarm_failure without an alarm → it is about an alarm; add alarm or leave it out"),
    ],
)  # fmt: skip
def test_rejects_anything_but_an_alarm(given: dict[str, Any], message: str):
    with pytest.raises(AutomationRoleError) as refused:
        scheduled(Stack(App(), "S"), **given)
    assert str(refused.value) == message
