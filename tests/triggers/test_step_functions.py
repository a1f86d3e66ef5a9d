"""A state that starts an automation: its state machine can start this runbook as this role, and nothing else."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from aws_cdk import App, Environment, Stack, assertions
from aws_cdk import aws_stepfunctions as sfn

from automation_role import AutomationRole, AutomationStartTask, Runbook
from automation_role.start.request import StartError
from automation_role.testing import Authorization

RESTART = Runbook.from_file("runbooks/restart-instance.yaml")
GIVEN = {"InstanceId": "i-0123456789abcdef0", "Approvers": ["arn:aws:iam::111122223333:role/Approvers"]}


def made(**given: Any) -> tuple[Stack, assertions.Template]:
    stack = Stack(App(), "S", env=Environment(account="111122223333", region="eu-central-1"))
    role = AutomationRole(stack, "Role", runbooks=[RESTART], regions=given.pop("regions", None))
    task = AutomationStartTask(stack, "Start", **{"runbook": RESTART, "role": role, "parameters": GIVEN, **given})
    sfn.StateMachine(stack, "Machine", definition_body=sfn.DefinitionBody.from_chainable(task))
    return stack, assertions.Template.from_stack(stack)


def state(template: assertions.Template) -> dict[str, Any]:
    (machine,) = template.find_resources("AWS::StepFunctions::StateMachine").values()
    pieces = machine["Properties"]["DefinitionString"]["Fn::Join"][1]
    text = "".join(piece if isinstance(piece, str) else "X" for piece in pieces)
    found: dict[str, Any] = json.loads(text)["States"]["Start"]
    return found


def test_it_starts_the_runbook_as_the_role() -> None:
    _, template = made()
    task = state(template)
    assert task["Resource"] == "arn:X:states:::aws-sdk:ssm:startAutomationExecution"
    assert task["Parameters"] == {
        "DocumentName": "restart-instance",
        "Parameters": {"InstanceId": ["i-0123456789abcdef0"], "Approvers": GIVEN["Approvers"], "AutomationAssumeRole": ["X"]},
    }


def test_values_come_from_the_states_input() -> None:
    text = sfn.JsonPath.string_at("$.text")
    _, template = made(runbook="Restart", parameters={"Ids": sfn.JsonPath.list_at("$.ids"), "Text": text, "Both": ["here", text]})
    assert state(template)["Parameters"]["Parameters"] == {
        "Ids.$": "$.ids",
        "Text.$": "States.Array($.text)",
        "Both.$": "States.Array('here', $.text)",
        "AutomationAssumeRole": ["X"],
    }


@pytest.mark.parametrize(
    ("given", "allowed", "denied"),
    [
        ({}, {}, None),
        ({"version": "3"}, {"version": "3"}, {"version": "4"}),
        ({"tags": {"Team": "ops"}}, {"tags": {"Team": "ops"}}, {"tags": {"Team": "other"}}),
        ({"version": "3", "tags": {"Team": "ops"}}, {"version": "3", "tags": {"Team": "ops"}}, {"version": "3"}),
    ],
    ids=["plain", "a version", "tags", "both"],
)
def test_its_state_machine_can_start_this_and_nothing_else(
    given: dict[str, Any], allowed: dict[str, Any], denied: dict[str, Any] | None
) -> None:
    _, template = made(**given)
    starter = Authorization(template, region="eu-central-1").principal("MachineRole")
    assert starter.may_start("restart-instance", role="Role", **{"version": "3", **allowed})
    assert not starter.may_start("Another", role="Role", **{"version": "3", **allowed})
    assert not starter.may_pass("MachineRole")
    assert not starter.may_pass("Role", to="ec2.amazonaws.com")
    if denied is not None:
        assert not starter.may_start("restart-instance", role="Role", **denied)


def test_rejects_what_the_runbook_does_not_have() -> None:
    with pytest.raises(StartError, match=re.escape("S/Start: runbook 'restart-instance' has no parameter 'InstanceIds' →")):
        made(parameters={"InstanceIds": ["i-1"]})


def test_a_region_in_which_the_role_does_not_act_is_warned_about() -> None:
    stack, _ = made(regions=["us-east-1"])
    (warning,) = assertions.Annotations.from_stack(stack).find_warning("/S/Start", assertions.Match.any_value())
    assert "automations start in 'eu-central-1', and S/Role acts only in us-east-1" in str(warning.entry.data)


def test_an_alarm_stops_it() -> None:
    _, template = made(alarm="errors")
    assert state(template)["Parameters"]["AlarmConfiguration"] == {"Alarms": [{"Name": "errors"}]}
    starter = Authorization(template, region="eu-central-1").principal("MachineRole")
    role = "arn:aws:iam::111122223333:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM"
    assert starter.may("iam:CreateServiceLinkedRole", resource=role, context={"iam:AWSServiceName": "ssm.amazonaws.com"})
    assert not starter.may("iam:CreateServiceLinkedRole", resource=role, context={"iam:AWSServiceName": "ecs.amazonaws.com"})
