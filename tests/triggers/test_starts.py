"""What goes into a start: every kind of value, of runbook, of version and of role, as each service takes it; and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import Aws, CfnParameter, Duration, Fn, Stack, assertions
from aws_cdk import aws_config as config
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
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
from automation_role.start.request import StartError
from automation_role.testing import Authorization
from tests.triggers.test_triggers import IDS, NO_ROLE, RESTART, flat, of_type, rule, schedule, stack_and_role

VALUES = Runbook.from_text(
    """
schemaVersion: '0.3'
assumeRole: '{{ AutomationAssumeRole }}'
parameters:
  AutomationAssumeRole: {type: AWS::IAM::Role::Arn}
  Ids: {type: StringList, default: []}
  Picked: {type: 'List<AWS::EC2::Instance::Id>', default: []}
  Text: {type: String, default: ''}
  Number: {type: Integer, default: 1}
  Map: {type: StringMap, default: {}}
mainSteps:
  - {name: wait, action: 'aws:sleep', inputs: {Duration: PT1S}}
""",
    name="Values",
)
FIELD = events.EventField.from_path


def resources(stack: Stack) -> dict[str, Any]:
    return dict(assertions.Template.from_stack(stack).to_json()["Resources"])


def rule_target(make: Callable[[Stack], Any], name: str, *, runbook: Runbook | str = VALUES) -> dict[str, Any]:
    stack, role = stack_and_role()
    rule(stack, "Rule", AutomationTarget(runbook, role=role, parameters={name: make(stack)}))
    (target,) = of_type(resources(stack), "AWS::Events::Rule")["Properties"]["Targets"]
    return dict(target)


# -- values in EventBridge's JSON ----------------------------------------------------------------------------------------------------


def without_tokens(given: object) -> str | None:
    """A token's number is another in each process, and the workers that share the tests have to find the same ones."""
    return "token" if "Token[" in str(given) else None


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Ids", [FIELD("$.detail.id")], '"Ids":[<detail-id>]'),  # one item
        ("Ids", FIELD("$.detail.ids"), '"Ids":<detail-ids>'),  # a list of the event's
        ("Ids", [FIELD("$.detail.a"), FIELD("$.detail.b")], '"Ids":[<detail-a>,<detail-b>]'),
        ("Picked", FIELD("$.resources"), '"Picked":<resources>'),
        ("Picked", [FIELD("$.detail.id")], '"Picked":[<detail-id>]'),
        ("Text", FIELD("$.detail.id"), '"Text":[<detail-id>]'),
        ("Text", [FIELD("$.detail.id")], '"Text":[<detail-id>]'),
        ("Text", f"of {FIELD('$.detail.id')}", '"Text":["of <detail-id>"]'),
    ],
    ids=without_tokens,
)
def test_a_field_of_the_event_becomes_a_list(name: str, value: Any, expected: str) -> None:
    target = rule_target(lambda _: value, name)
    assert flat(target["InputTransformer"]["InputTemplate"]).startswith("{" + expected + ",")


def test_of_a_runbook_known_by_name_a_field_is_one_item() -> None:
    target = rule_target(lambda _: FIELD("$.detail.id"), "InstanceId", runbook="AWS-RestartEC2Instance")
    assert flat(target["InputTransformer"]["InputTemplate"]).startswith('{"InstanceId":[<detail-id>],')


@pytest.mark.parametrize(
    ("name", "make", "expected"),
    [
        ("Ids", lambda _: Aws.STACK_NAME, ["[AWS::StackName]"]),  # no field: one item, however it is given
        ("Text", lambda _: 'a"b\\c', ['a"b\\c']),
        ("Map", lambda _: {"k": 'a"b', "n": 1, "t": True}, ['{"k":"a\\"b","n":1,"t":true}']),
        ("Map", lambda stack: {"k": CfnParameter(stack, "P").value}, ['{"k":"[P]"}']),
        ("Number", lambda stack: CfnParameter(stack, "P", type="Number").value_as_number, ["[P]"]),
        ("Text", lambda stack: CfnParameter(stack, "P").value, ["[P]"]),
        ("Ids", lambda stack: [Fn.select(0, CfnParameter(stack, "P", type="CommaDelimitedList").value_as_list)], ["[P.0]"]),
    ],
)
def test_every_kind_of_value_is_a_list_of_texts(name: str, make: Callable[[Stack], Any], expected: list[str]) -> None:
    target = rule_target(make, name)
    text = "".join(
        piece if isinstance(piece, str) else f"[{piece['Fn::Select'][1]['Ref']}.0]" if "Fn::Select" in piece else flat(piece)
        for piece in target["Input"]["Fn::Join"][1]
    )
    assert json.loads(text)[name] == expected


@pytest.mark.parametrize("target", [AutomationTarget, AutomationScheduleTarget])
def test_rejects_a_list_that_cdk_would_write_into_json_as_a_text(target: Any) -> None:
    stack, role = stack_and_role()
    items = CfnParameter(stack, "P", type="CommaDelimitedList").value_as_list
    with pytest.raises(StartError) as raised:
        target(VALUES, role=role, parameters={"Ids": items})
    assert str(raised.value) == (
        f"{target.__name__}: parameter 'Ids' is a list whose items are known only at deployment → known items, since they go into JSON; "
        "pass each item separately, with Fn.select"
    )
    AutomationAssociation(stack, "Association", runbook=VALUES, role=role, parameters={"Ids": items})
    assert of_type(resources(stack), "AWS::SSM::Association")["Properties"]["Parameters"]["Ids"] == {"Ref": "P"}


@pytest.mark.parametrize("value", [None, {"a"}, [None], object])
@pytest.mark.parametrize("runbook", [VALUES, "Values"])
def test_rejects_an_invalid_value(value: Any, runbook: Any) -> None:
    _, role = stack_and_role()
    with pytest.raises(
        StartError, match=r"AutomationTarget: parameter 'Text' is .* → a string, number, boolean, list, mapping or CDK token"
    ):
        AutomationTarget(runbook, role=role, parameters={"Text": value})


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("Text", f"of {FIELD('$.detail.id')}", 1),
        ("Map", {"k": FIELD("$.detail.id")}, 1),
        ("Text", FIELD("$.detail.id"), 0),
        ("Text", f"of {Aws.REGION}", 0),
    ],
    ids=without_tokens,
)
def test_warns_about_a_field_in_a_text_where_eventbridge_does_not_escape_it(name: str, value: Any, told: int) -> None:
    stack, role = stack_and_role()
    rule(stack, "Rule", AutomationTarget(VALUES, role=role, parameters={name: value}))
    found = assertions.Annotations.from_stack(stack).find_warning("*", assertions.Match.string_like_regexp("does not escape it"))
    assert len(found) == told


def test_rejects_a_text_that_eventbridge_would_take_for_a_field() -> None:
    stack, role = stack_and_role()
    fields = {"Ids": FIELD("$.resources")}
    with pytest.raises(StartError) as raised:
        AutomationTarget(VALUES, role=role, parameters={**fields, "Text": "see <resources>"})
    assert str(raised.value) == (
        "AutomationTarget: parameter 'Text' has '<resources>' next to an event field → EventBridge would read it as a field; "
        "write it without < and >, or use no event fields"
    )
    for parameters in ({"Text": "see <resources>"}, {**fields, "Text": "1 < 2"}, {**fields, "Text": "<aws.events.rule-name>"}):
        rule(stack, f"Rule{len(stack.node.children)}", AutomationTarget(VALUES, role=role, parameters=parameters))


# -- what a runbook was read for ------------------------------------------------------------------------------------------------------


def read_for(value: Any) -> Runbook:
    return Runbook.from_text(VALUES.text, name="Values", parameters={"Text": value})


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [({}, ["mine"]), ({"Text": "mine"}, ["mine"]), ({"Text": FIELD("$.detail.id")}, None), ({"Number": 2}, ["mine"])],
)
def test_a_start_gives_what_the_runbook_was_read_for(parameters: dict[str, Any], expected: list[str] | None) -> None:
    stack, role = stack_and_role()
    AutomationAssociation(stack, "Association", runbook=read_for("mine"), role=role, parameters=parameters)
    given = of_type(resources(stack), "AWS::SSM::Association")["Properties"]["Parameters"]["Text"]
    assert expected is None or given == expected


def test_rejects_another_value_than_the_runbook_was_read_for() -> None:
    stack, role = stack_and_role()
    with pytest.raises(StartError) as raised:
        AutomationAssociation(stack, "Association", runbook=read_for("mine"), role=role, parameters={"Text": "other"})
    assert str(raised.value) == (
        "Stack/Association: parameter 'Text' of runbook 'Values' is 'other' → the runbook was read with parameters={'Text': …} for 'mine', "
        "and its role can act only on that; pass that value"
    )
    AutomationAssociation(stack, "Token", runbook=read_for(Aws.STACK_NAME), role=role, parameters={"Text": "other"})


# -- which runbook, which version ----------------------------------------------------------------------------------------------------


def test_an_automation_definitions_arn_names_the_version_too() -> None:
    stack, role = stack_and_role()
    arn = "arn:aws:ssm:eu-west-1:444455556666:automation-definition/Shared:3"
    document = "arn:aws:ssm:eu-west-1:444455556666:document/Shared"
    rule(stack, "Rule", AutomationTarget(arn, role=role))
    schedule(stack, "Schedule", AutomationScheduleTarget(arn, role=role))
    AutomationAssociation(stack, "Association", runbook=arn, role=role)
    AutomationMaintenanceWindowTask(stack, "Task", window="mw-0123456789abcdef0", runbook=arn, role=role)
    AutomationRemediation(stack, "Remediation", rule=config.ManagedRule(stack, "Found", identifier="X"), runbook=arn, role=role)
    made = resources(stack)
    assert of_type(made, "AWS::Events::Rule")["Properties"]["Targets"][0]["Arn"] == arn
    asked = json.loads(flat(of_type(made, "AWS::Scheduler::Schedule")["Properties"]["Target"]["Input"]))
    assert (asked["DocumentName"], asked["DocumentVersion"]) == (document, "3")
    association = of_type(made, "AWS::SSM::Association")["Properties"]
    assert (association["Name"], association["DocumentVersion"]) == (document, "3")
    task = of_type(made, "AWS::SSM::MaintenanceWindowTask")["Properties"]
    assert task["TaskArn"] == document
    assert task["TaskInvocationParameters"]["MaintenanceWindowAutomationParameters"]["DocumentVersion"] == "3"
    remediation = of_type(made, "AWS::Config::RemediationConfiguration")["Properties"]
    assert (remediation["TargetId"], remediation["TargetVersion"]) == (document, "3")
    with pytest.raises(StartError, match="version is '4' and the runbook's ARN has '3' → one version; leave version out"):
        AutomationTarget(arn, role=role, version="4")


@pytest.mark.parametrize(("version", "others"), [("3", False), ("$DEFAULT", True), ("$LATEST", True), (None, True)])
def test_the_right_is_held_to_a_version_that_iam_is_asked_about(version: str | None, others: bool) -> None:
    stack, role = stack_and_role()
    rule(stack, "Rule", AutomationTarget(VALUES, role=role, version=version))
    schedule(stack, "Schedule", AutomationScheduleTarget(VALUES, role=role, version=version))
    AutomationAssociation(stack, "Association", runbook=VALUES, role=role, version=version)
    AutomationMaintenanceWindowTask(stack, "Task", window="mw-0123456789abcdef0", runbook=VALUES, role=role, version=version)
    auth = Authorization(assertions.Template.from_stack(stack))
    for name in ("RuleTarget0Role", "ScheduleStartRole", "AssociationDispatchRole", "TaskServiceRole"):
        starter = auth.principal(name)
        assert starter.may_start("Values", role="AutomationRole", version="3")
        assert bool(starter.may_start("Values", role="AutomationRole", version="4")) is others
        assert not starter.may_start("Restart", role="AutomationRole", version="3")
        assert not starter.may_start("Values", role=name, version="3")
        assert not starter.may_pass("AutomationRole", to="ec2.amazonaws.com")


def test_rejects_a_document_that_is_not_an_automation() -> None:
    stack, role = stack_and_role()
    content = {"schemaVersion": "2.2", "mainSteps": [{"action": "aws:runShellScript", "name": "x", "inputs": {"runCommand": ["ls"]}}]}
    command = ssm.CfnDocument(stack, "Document", document_type="Command", content=content)
    with pytest.raises(
        StartError, match="document 'Stack/Document' is of type 'Command' → Automation starts documents of type 'Automation'"
    ):
        AutomationTarget(command, role=role)


@pytest.mark.parametrize("role", ["arn:aws:iam::111122223333:role/Mine", None, iam.ServicePrincipal("ssm.amazonaws.com")])
def test_rejects_anything_but_an_automation_role(role: Any) -> None:
    with pytest.raises(
        StartError, match=r"role is .* → an AutomationRole; for a role created elsewhere write AutomationRole.from_role\(...\)"
    ):
        AutomationTarget("Values", role=role)


@pytest.mark.parametrize(
    ("runbook", "version", "message"),
    [
        ("a b", None, "Stack/Remediation: runbook 'a b' → a name of 3 to 128 letters, digits and _.-"),
        ("Mine", "latest", "Stack/Remediation: version is 'latest' → a number such as '5', '$DEFAULT' or '$LATEST'"),
        ("Mine", 3, "Stack/Remediation: version is 3 → a string; write '3'"),
    ],
)
def test_rejects_a_runbook_or_version_that_cannot_be_where_nothing_is_granted_either(runbook: str, version: Any, message: str) -> None:
    stack, role = stack_and_role()
    found = config.ManagedRule(stack, "Found", identifier="X")
    with pytest.raises(StartError) as raised:
        AutomationRemediation(stack, "Remediation", rule=found, runbook=runbook, role=role, version=version)
    assert str(raised.value).startswith(message)


# -- the role ------------------------------------------------------------------------------------------------------------------------


def test_a_start_waits_for_the_policies_of_a_role_created_elsewhere_in_the_app() -> None:
    stack, _ = stack_and_role()
    mine = iam.Role(stack, "Mine", assumed_by=iam.ServicePrincipal("ssm.amazonaws.com"))
    mine.add_to_policy(iam.PolicyStatement(actions=["ec2:RebootInstances"], resources=["*"]))
    AutomationAssociation(stack, "Association", runbook=VALUES, role=AutomationRole.from_role(stack, "Role", mine))
    made = resources(stack)
    waits = of_type(made, "AWS::SSM::Association")["DependsOn"]
    assert [name for name in waits if made[name]["Type"] == "AWS::IAM::Policy" and name.startswith("Mine")] != []


@pytest.mark.parametrize(
    "start",
    [
        lambda stack, role: AutomationScheduleTarget(
            VALUES, role=role, targets=Targets.tag("a", "b"), target_parameter="AutomationAssumeRole"
        ),
        lambda stack, role: AutomationRemediation(
            stack,
            "Remediation",
            rule=config.ManagedRule(stack, "Found", identifier="X"),
            runbook="AWS-Y",
            role=role,
            resource_parameter="AutomationAssumeRole",
        ),
    ],
)
def test_rejects_a_target_in_the_place_of_the_role(start: Callable[[Stack, AutomationRole], Any]) -> None:
    with pytest.raises(StartError, match="parameter 'AutomationAssumeRole' takes the role → the target goes into another parameter"):
        start(*stack_and_role())


FINDING = ("resource-groups:ListGroupResources", "resource-groups:ListGroups", "tag:GetResources")


@pytest.mark.parametrize("targets", [Targets.tag("Patch", "nightly"), Targets.resource_group("Web"), Targets.parameter_values("i-1")])
def test_a_schedule_and_an_association_start_and_pass_and_nothing_more_whatever_their_targets(targets: Targets) -> None:
    stack, role = stack_and_role()
    schedule(stack, "Schedule", AutomationScheduleTarget(VALUES, role=role, targets=targets, target_parameter="Ids"))
    AutomationAssociation(stack, "Association", runbook=VALUES, role=role, targets=targets, target_parameter="Ids")
    policies = [each["Properties"] for each in resources(stack).values() if each["Type"] == "AWS::IAM::Policy"]
    for starter in ("ScheduleStartRole", "AssociationDispatchRole"):
        (policy,) = [each for each in policies if each["Roles"][0]["Ref"].startswith(starter)]
        assert {each["Action"] for each in policy["PolicyDocument"]["Statement"]} == {"ssm:StartAutomationExecution", "iam:PassRole"}


@pytest.mark.parametrize(
    ("targets", "found"),
    [(None, ()), (Targets.instances("i-0123456789abcdef0"), ()), (Targets.window_targets("11111111-2222-3333-4444-555555555555"), FINDING)],
)
def test_a_window_follows_what_it_started_and_finds_what_is_registered_with_it(targets: Targets | None, found: tuple[str, ...]) -> None:
    stack, role = stack_and_role()
    AutomationMaintenanceWindowTask(stack, "Task", window="mw-0123456789abcdef0", runbook=VALUES, role=role, targets=targets)
    starter = Authorization(assertions.Template.from_stack(stack)).principal("TaskServiceRole")
    execution = "arn:aws:ssm:us-east-1:111122223333:automation-execution/1"
    assert starter.may("ssm:GetAutomationExecution", resource=execution)
    assert not starter.may("ssm:StopAutomationExecution", resource=execution)
    assert tuple(filter(starter.may, FINDING)) == found


# -- dead letters and retries --------------------------------------------------------------------------------------------------------


def test_eventbridge_may_use_the_key_of_its_dead_letter_queue() -> None:
    stack, role = stack_and_role()
    queue = sqs.Queue(stack, "Dead", encryption_master_key=kms.Key(stack, "Key"))
    rule(stack, "Rule", AutomationTarget(VALUES, role=role, dead_letter_queue=queue))
    _, statement = of_type(resources(stack), "AWS::KMS::Key")["Properties"]["KeyPolicy"]["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
        "Resource": "*",
        "Principal": {"Service": "events.amazonaws.com"},
        "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    }


def test_warns_if_the_key_or_the_queue_is_imported() -> None:
    stack, role = stack_and_role()
    key = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555"
    queue = sqs.Queue.from_queue_attributes(stack, "Dead", queue_arn="arn:aws:sqs:eu-west-1:111122223333:dead", key_arn=key)
    rule(stack, "Rule", AutomationTarget(VALUES, role=role, dead_letter_queue=queue))
    told = assertions.Annotations.from_stack(stack).find_warning("*", assertions.Match.string_like_regexp("is imported, so its policy"))
    assert len(told) == 2


@pytest.mark.parametrize("target", [AutomationTarget, AutomationScheduleTarget])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"max_event_age": Duration.seconds(10)}, "max_event_age is 10 seconds → 60 to 86,400 seconds; leave it out for 24 hours"),
        ({"max_event_age": Duration.days(2)}, "max_event_age is 172,800 seconds → 60 to 86,400 seconds"),
        ({"max_event_age": Duration.millis(90_500)}, "max_event_age is 90.5 seconds → 60 to 86,400 seconds"),
        ({"retry_attempts": 186}, "retry_attempts is 186 → 0 to 185; leave it out for 185"),
        ({"retry_attempts": -1}, "retry_attempts is -1 → 0 to 185"),
        ({"retry_attempts": "3"}, "retry_attempts is '3' → a number"),
        ({"max_event_age": 300}, "max_event_age is 300 → a Duration; write cdk.Duration.minutes(...)"),
    ],
)
def test_rejects_retries_that_aws_does_not_take(target: Any, arguments: dict[str, Any], message: str) -> None:
    _, role = stack_and_role()
    with pytest.raises(StartError) as raised:
        target(VALUES, role=role, **arguments)
    assert str(raised.value).startswith(f"{target.__name__}: {message}")


@pytest.mark.parametrize("target", [AutomationTarget, AutomationScheduleTarget])
def test_rejects_a_fifo_queue(target: Any) -> None:
    stack, role = stack_and_role()
    with pytest.raises(StartError, match="dead_letter_queue 'Stack/Dead' is a FIFO queue → a standard queue"):
        target(VALUES, role=role, dead_letter_queue=sqs.Queue(stack, "Dead", fifo=True))


# -- where it is refused -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", [AutomationTarget, AutomationScheduleTarget])
def test_a_target_is_refused_where_it_is_written(target: Any) -> None:
    """Later, when CDK asks for it, its error would come out as a bare `RuntimeError`."""
    _, role = stack_and_role()
    with pytest.raises(StartError, match=f"^{target.__name__}: runbook 'Values' has no parameter 'Txet' → .*; did you mean 'Text'\\?$"):
        target(VALUES, role=role, parameters={"Txet": "x"})


def test_what_is_refused_leaves_nothing_behind() -> None:
    stack, role = stack_and_role()
    found = config.ManagedRule(stack, "Found", identifier="X")
    wrong: dict[str, Any] = {"role": role, "runbook": VALUES, "parameters": {"Txet": "x"}}
    for make in (
        lambda: AutomationAssociation(stack, "Start", **wrong),
        lambda: AutomationRemediation(stack, "Start", rule=found, **wrong),
        lambda: AutomationMaintenanceWindowTask(stack, "Start", window="mw-0123456789abcdef0", **wrong),
    ):
        with pytest.raises(StartError, match=r"^Stack/Start: "):
            make()
        assert stack.node.try_find_child("Start") is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"error_percentage": 101}, "error_percentage is 101 → 1 to 100; leave it out for 50"),
        ({"concurrent_execution_rate_percentage": 0}, "concurrent_execution_rate_percentage is 0 → 1 to 100; leave it out for 10"),
        ({"retry_interval": Duration.minutes(1)}, "retry_interval without automatic=True"),
        (
            {"automatic": True, "retry_interval": Duration.days(32)},
            "retry_interval is 2,764,800 seconds → 1 to 2,678,000 seconds; leave it out for 60 seconds",
        ),
        ({"automatic": True, "maximum_automatic_attempts": 26}, "maximum_automatic_attempts is 26 → 1 to 25"),
        ({"parameters": {"Text": "x" * 257}}, "parameter 'Text' has a value of 257 characters → AWS Config accepts 1 to 256"),
        ({"parameters": {"Ids": IDS * 26}}, "parameter 'Ids' has 26 values → AWS Config accepts at most 25; pass fewer"),
        ({"automatic": True, "runbook": NO_ROLE}, "the runbook has no parameter for its role → an automatic remediation needs it in"),
        (
            {"runbook": "AWS-X", "parameters": {f"P{number}": "x" for number in range(25)}},
            "26 parameters → AWS Config accepts at most 25, including the role's",
        ),
    ],
)
def test_rejects_what_config_does_not_take(arguments: dict[str, Any], message: str) -> None:
    stack, role = stack_and_role()
    found = config.ManagedRule(stack, "Found", identifier="X")
    with pytest.raises(StartError) as raised:
        AutomationRemediation(stack, "Remediation", **{"rule": found, "runbook": VALUES, "role": role, **arguments})
    assert str(raised.value).startswith(f"Stack/Remediation: {message}")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"parameters": {"Text": "{{TARGTE_ID}}"}}, "parameter 'Text' has {{TARGTE_ID}} → a window fills in INVOCATION_ID,"),
        ({"parameters": {"Text": "{{ TARGET_ID }}"}}, "parameter 'Text' has {{TARGET_ID}} without targets → there is no target to fill in"),
        ({"window": "mine"}, "window is 'mine' → a CfnMaintenanceWindow, or an id such as 'mw-0123456789abcdef0'"),
        ({"priority": -1}, "priority is -1 → 0 to 2,147,483,647; leave it out for 1"),
        ({"priority": 1.5}, "priority is 1.5 → 0 to 2,147,483,647; leave it out for 1"),
        ({"task_name": "a b"}, "task_name is 'a b' → 3 to 128 letters, digits and _.-"),
        ({"description": "x" * 129}, "description of 129 characters → 1 to 128"),
    ],
)
def test_rejects_what_a_window_does_not_take(arguments: dict[str, Any], message: str) -> None:
    stack, role = stack_and_role()
    with pytest.raises(StartError) as raised:
        AutomationMaintenanceWindowTask(stack, "Task", **{"window": "mw-0123456789abcdef0", "runbook": VALUES, "role": role, **arguments})
    assert str(raised.value).startswith(f"Stack/Task: {message}")


def test_a_window_fills_in_what_its_page_lists() -> None:
    stack, role = stack_and_role()
    parameters = {"InstanceIds": ["{{ WINDOW_TARGET_ID }}", "{{RESOURCE_ID}}"], "Ticket": "{{ WINDOW_ID }}"}
    targets = Targets.instances("i-0123456789abcdef0")
    window = "mw-0123456789abcdef0"
    AutomationMaintenanceWindowTask(stack, "Task", window=window, runbook=RESTART, role=role, parameters=parameters, targets=targets)
    task = of_type(resources(stack), "AWS::SSM::MaintenanceWindowTask")["Properties"]["TaskInvocationParameters"]
    found = task["MaintenanceWindowAutomationParameters"]["Parameters"]
    assert found["InstanceIds"] == ["{{WINDOW_TARGET_ID}}", "{{RESOURCE_ID}}"]
    assert found["Ticket"] == ["{{WINDOW_ID}}"]


def test_a_time_of_the_scheduler_passes() -> None:
    stack, role = stack_and_role()
    schedule(stack, "Schedule", AutomationScheduleTarget(VALUES, role=role, parameters={"Text": scheduler.ContextAttribute.scheduled_time}))
    asked = json.loads(flat(of_type(resources(stack), "AWS::Scheduler::Schedule")["Properties"]["Target"]["Input"]))
    assert asked["Parameters"]["Text"] == ["<aws.scheduler.scheduled-time>"]


# -- numbers that only CloudFormation knows ------------------------------------------------------------------------------------------


def test_numbers_of_the_templates_parameters_pass_everywhere() -> None:
    stack, role = stack_and_role()
    number = CfnParameter(stack, "Number", type="Number").value_as_number
    cron = "cron(0 2 ? * SUN *)"
    rule(stack, "Rule", AutomationTarget(VALUES, role=role, retry_attempts=number))
    found = config.ManagedRule(stack, "Found", identifier="EC2_INSTANCE_MANAGED_BY_SSM")
    AutomationRemediation(
        stack,
        "Remediation",
        rule=found,
        runbook=VALUES,
        role=role,
        automatic=True,
        maximum_automatic_attempts=number,
        concurrent_execution_rate_percentage=number,
        error_percentage=number,
    )
    AutomationAssociation(stack, "Association", runbook=VALUES, role=role, schedule=cron, only_at_schedule=True, schedule_offset=number)
    AutomationMaintenanceWindowTask(stack, "Task", window="mw-0123456789abcdef0", runbook=VALUES, role=role, priority=number)
    made = {each["Type"]: each["Properties"] for each in resources(stack).values()}
    given = {"Ref": "Number"}
    (target,) = made["AWS::Events::Rule"]["Targets"]
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": given}
    remediation = made["AWS::Config::RemediationConfiguration"]
    assert remediation["MaximumAutomaticAttempts"] == given
    assert remediation["ExecutionControls"] == {"SsmControls": {"ConcurrentExecutionRatePercentage": given, "ErrorPercentage": given}}
    assert made["AWS::SSM::Association"]["ScheduleOffset"] == given
    assert made["AWS::SSM::MaintenanceWindowTask"]["Priority"] == given


@pytest.mark.parametrize("given", [1.0, float("nan"), float("-inf"), -1e289])
def test_rejects_anything_but_a_whole_number(given: Any) -> None:
    _, role = stack_and_role()
    with pytest.raises(StartError, match=r"retry_attempts is .* → 0 to 185"):
        AutomationTarget(VALUES, role=role, retry_attempts=given)


# -- arguments of the wrong kind -----------------------------------------------------------------------------------------------------

NO_ROLE_CONSTRUCT = "an iam.IRole; import it with iam.Role.from_role_arn(...)"
NO_TEXT = "a string; leave it out for the default"


def start_by(kind: str, arguments: dict[str, Any]) -> None:
    stack, role = stack_and_role()
    given = {"runbook": VALUES, "role": role, **arguments}
    if kind == "event":
        AutomationTarget(**given)
    elif kind == "schedule":
        AutomationScheduleTarget(**given)
    elif kind == "association":
        AutomationAssociation(stack, "It", **given)
    elif kind == "task":
        AutomationMaintenanceWindowTask(stack, "It", window="mw-0123456789abcdef0", **given)
    else:
        AutomationRemediation(stack, "It", **{"rule": config.ManagedRule(stack, "Found", identifier="X"), **given})


@pytest.mark.parametrize(
    ("kind", "name", "given", "allowed"),
    [
        ("event", "event_role", "arn:aws:iam::111122223333:role/mine", NO_ROLE_CONSTRUCT),
        ("event", "dead_letter_queue", "mine", "an sqs.IQueue; import it with sqs.Queue.from_queue_arn(...)"),
        ("event", "role_parameter", ["Role"], NO_TEXT),
        ("schedule", "schedule_role", "mine", NO_ROLE_CONSTRUCT),
        ("schedule", "dead_letter_queue", {}, "an sqs.IQueue; import it with sqs.Queue.from_queue_arn(...)"),
        ("schedule", "target_parameter", ["Ids"], NO_TEXT),
        ("association", "dispatch_role", "mine", NO_ROLE_CONSTRUCT),
        ("association", "schedule", 30, "a string; write '30'"),
        ("task", "service_role", "mine", NO_ROLE_CONSTRUCT),
        ("task", "description", 1, "a string; write '1'"),
        ("remediation", "rule", "mine", "a config.IRule; import it with config.ManagedRule.from_config_rule_name(...)"),
        ("remediation", "resource_parameter", ["Ids"], NO_TEXT),
    ],
)
def test_rejects_arguments_of_the_wrong_kind(kind: str, name: str, given: Any, allowed: str) -> None:
    with pytest.raises(StartError) as raised:
        start_by(kind, {name: given})
    where = {"event": "AutomationTarget", "schedule": "AutomationScheduleTarget"}.get(kind, "Stack/It")
    assert str(raised.value) == f"{where}: {name} is {given!r} → {allowed}"
