"""A rule with its target and a schedule deployed to MiniStack, read back, and held against the template and the services' own API models.

What MiniStack does not make (remediations, associations, maintenance windows) is only shown on templates, see test_triggers.py and
test_lint.py.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from aws_cdk import App, BootstraplessSynthesizer, Duration, Environment, Stack, assertions
from aws_cdk import aws_events as events
from aws_cdk import aws_scheduler as scheduler
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from automation_role import AutomationRole, AutomationScheduleTarget, AutomationTarget, Targets
from tests.enforced.conftest import Emulator, Keys, emulator  # noqa: F401  (the fixture)
from tests.triggers.test_triggers import RESTART

pytestmark = pytest.mark.slow

ACCOUNT = Keys("111111111111", "test")
DEFINITION = "arn:aws:ssm:us-east-1:111111111111:automation-definition/Restart:$DEFAULT"


@pytest.fixture(scope="module")
def aws(emulator: Emulator) -> Iterator[Emulator]:  # noqa: F811
    stack = Stack(App(), "Starting", env=Environment(account=ACCOUNT.access, region="us-east-1"), synthesizer=BootstraplessSynthesizer())
    role = AutomationRole(stack, "AutomationRole", runbooks=[RESTART], role_name="Automation")
    rule = events.Rule(stack, "Rule", rule_name="starting", event_pattern=events.EventPattern(source=["mine"]))
    rule.add_target(AutomationTarget(RESTART, role=role, parameters={"InstanceIds": ["i-1"], "Dry": True}, retry_attempts=2))
    nightly = AutomationScheduleTarget(
        RESTART, role=role, targets=Targets.tag("Patch", "nightly"), target_parameter="InstanceIds", max_concurrency="10%"
    )
    scheduler.Schedule(
        stack, "Nightly", schedule_name="nightly", schedule=scheduler.ScheduleExpression.rate(Duration.days(1)), target=nightly
    )
    client = emulator.client("cloudformation", ACCOUNT)
    client.create_stack(
        StackName="Starting",
        TemplateBody=json.dumps(assertions.Template.from_stack(stack).to_json()),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    deadline = time.monotonic() + 60
    while (status := client.describe_stacks(StackName="Starting")["Stacks"][0]["StackStatus"]).endswith("IN_PROGRESS"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert status == "CREATE_COMPLETE"
    yield emulator
    emulator.reset()


def assert_fits_the_api(service: str, operation: str, sent: dict[str, Any]) -> None:
    """Nothing in it is unknown to the API, missing, or of another type."""
    shape = ServiceModel(Loader().load_service_model(service, "service-2")).operation_model(operation).input_shape
    report = ParamValidator().validate(sent, shape)
    assert not report.has_errors(), report.generate_report()


def test_the_rules_target_is_there_as_the_service_takes_it(aws: Emulator) -> None:
    (target,) = aws.client("events", ACCOUNT).list_targets_by_rule(Rule="starting")["Targets"]
    assert target["Arn"] == DEFINITION
    assert json.loads(target["Input"]) == {
        "InstanceIds": ["i-1"],
        "Dry": ["true"],
        "AutomationAssumeRole": ["arn:aws:iam::111111111111:role/Automation"],
    }
    assert target["RetryPolicy"]["MaximumRetryAttempts"] == 2
    assert "RoleArn" in target
    assert_fits_the_api("events", "PutTargets", {"Rule": "starting", "Targets": [target]})


def test_the_schedule_starts_the_runbook_as_the_service_takes_it(aws: Emulator) -> None:
    found = aws.client("scheduler", ACCOUNT).get_schedule(Name="nightly")
    target = found["Target"]
    assert target["Arn"] == "arn:aws:scheduler:::aws-sdk:ssm:startAutomationExecution"
    sent = json.loads(target["Input"])
    assert sent["DocumentName"] == "Restart"
    assert sent["Parameters"]["AutomationAssumeRole"] == ["arn:aws:iam::111111111111:role/Automation"]
    assert sent["Targets"] == [{"Key": "tag:Patch", "Values": ["nightly"]}]
    assert_fits_the_api("ssm", "StartAutomationExecution", sent)
    wanted = {name: found[name] for name in ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target")}
    assert_fits_the_api("scheduler", "CreateSchedule", wanted)
