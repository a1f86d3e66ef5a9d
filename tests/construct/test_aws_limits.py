"""What AWS's API models accept, at the limit and one over it: refused at synthesis, not halfway through a deployment.

The limits are those of botocore's models of StartAutomationExecution, CreateAssociation, RegisterTaskWithMaintenanceWindow, CreateDocument,
PutRule and PutTargets, which the API references repeat.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_config as config
from aws_cdk import aws_events as events
from aws_cdk import aws_ssm as ssm
from aws_cdk import aws_stepfunctions as sfn

from automation_role import (
    AutomationAssociation,
    AutomationMaintenanceWindowTask,
    AutomationRemediation,
    AutomationRole,
    AutomationRunbook,
    AutomationScheduleTarget,
    AutomationStartTask,
    AutomationTarget,
    Runbook,
    Targets,
)
from automation_role.errors import AutomationRoleError

SLEEP = "mainSteps:\n  - {name: wait, action: 'aws:sleep', inputs: {Duration: PT1S}}\n"
PLAIN = Runbook.from_text(f"schemaVersion: '0.3'\n{SLEEP}", name="Plain")
FILES = Runbook.from_text(f"schemaVersion: '0.3'\nfiles:\n  a.zip: {{}}\n  b.zip: {{}}\n{SLEEP}", name="Files")
Make = Callable[[cdk.Stack, AutomationRole, Any], object]


def target(parameters: Callable[[Any], Any]) -> Make:
    return lambda _, role, given: AutomationTarget("Restart", role=role, parameters=parameters(given))


def association(arguments: Callable[[Any], dict[str, Any]]) -> Make:
    return lambda stack, role, given: AutomationAssociation(stack, "It", runbook="Restart", role=role, **arguments(given))


def targeting(targets: Callable[[Any], Targets]) -> Make:
    return association(lambda given: {"targets": targets(given), "target_parameter": "Id"})


def state(name: Callable[[Any], str], **arguments: Any) -> Make:
    return lambda stack, role, given: AutomationStartTask(stack, name(given), runbook="Restart", role=role, **arguments)


def sources(*given: tuple[str, list[str], str | None]) -> list[ssm.CfnDocument.AttachmentsSourceProperty]:
    return [ssm.CfnDocument.AttachmentsSourceProperty(key=key, values=values, name=name) for key, values, name in given]


def remediation(stack: cdk.Stack, role: AutomationRole, resource_type: str) -> None:
    rule = config.ManagedRule.from_config_rule_name(stack, "Rule", "tagged")
    AutomationRemediation(stack, "It", rule=rule, runbook="Restart", role=role, resource_type=resource_type)


def attached(stack: cdk.Stack, _: AutomationRole, given: list[ssm.CfnDocument.AttachmentsSourceProperty]) -> None:
    AutomationRunbook(stack, "It", FILES, attachments=given)


A, B = (("S3FileUrl", [f"s3://bucket/{name}"], name) for name in ("a.zip", "b.zip"))
# What is limited -> how it is written, what is just accepted, what is not, and what is said.
LIMITS: dict[str, tuple[Make, Any, Any, str]] = {
    "parameters": (target(lambda count: {f"P{at}": "x" for at in range(count)}), 199, 200, "201 parameters → Automation accepts at most 200"),
    "a parameter's name": (target(lambda size: {"P" * size: "x"}), 50, 51, "→ a name of 1 to 50 characters that is known at synthesis"),
    "a name of CloudFormation's": (target(lambda name: {name: "x"}), "P", cdk.Aws.REGION, "→ a name of 1 to 50 characters that is known at"),
    "the role's parameter": (
        lambda _, role, name: AutomationTarget("Restart", role=role, role_parameter=name),
        "Role",
        " ",
        "parameter ' ' → a name of 1 to 50 characters",
    ),
    "values": (target(lambda count: {"P": ["x"] * count}), 50, 51, "parameter 'P' has 51 values → Automation accepts at most 50"),
    "a value": (target(lambda size: {"P": "x" * size}), 512, 513, "a value of 513 characters → Automation accepts 1 to 512; shorten it"),
    "no value": (target(lambda size: {"P": "x" * size}), 1, 0, "→ Automation accepts 1 to 512; leave it out for the runbook's default"),
    "no number": (target(lambda number: {"P": number}), 1.5, float("nan"), "parameter 'P' is nan → a string, number, boolean, list"),
    "an event field": (
        target(lambda size: {"P": events.EventField.from_path("$." + "x" * (size - 2))}),
        256,
        257,
        "has 257 characters → EventBridge accepts at most 256",
    ),
    "a tag's value": (
        lambda _, role, value: AutomationScheduleTarget("Restart", role=role, tags={"Team": value}),
        "x" * 256,
        "a\nb",
        r"tag 'Team' is 'a\nb' → a string of 1 to 256 letters",
    ),
    "an alarm's name": (
        lambda _, role, name: AutomationScheduleTarget("Restart", role=role, alarm=name),
        "x" * 255,
        "a\nb",
        r"alarm is 'a\nb' → an alarm, or its name of 1 to 255 characters",
    ),
    "a tag's name of targets": (targeting(lambda size: Targets.tag("x" * size, "y")), 128, 129, "→ this trigger accepts tag:"),
    "a group": (targeting(Targets.resource_group), "g", "", "targets by ResourceGroup have '' → a string of at least one character"),
    "instances": (targeting(Targets.instances), "mi-0123456789abcdef0", "web-1", "targets by InstanceIds have 'web-1' → an instance's ID"),
    "window targets": (
        lambda stack, role, given: AutomationMaintenanceWindowTask(
            stack, "It", window="mw-0123456789abcdef0", runbook="Restart", role=role, targets=Targets.window_targets(given)
        ),
        "11111111-2222-3333-4444-555555555555",
        "linux",
        "targets by WindowTargetIds have 'linux' → the ID of a window target",
    ),
    "a priority": (
        lambda stack, role, given: AutomationMaintenanceWindowTask(
            stack, "It", window="mw-0123456789abcdef0", runbook="Restart", role=role, priority=given
        ),
        2**31 - 1,
        2**31,
        "priority is 2147483648 → 0 to 2,147,483,647",
    ),
    "a schedule": (
        association(lambda size: {"schedule": f"cron(0 2 ? * {'S' * (size - 16)} *)"}),
        256,
        257,
        "→ rate(…), cron(…) or at(…), at most 256 characters",
    ),
    "a resource type": (remediation, "AWS::EC2::Instance", "ec2", "resource_type is 'ec2' → a type such as 'AWS::EC2::Instance'"),
    "a state's name": (state(lambda size: "x" * size), 80, 81, "the state's name has 81 characters → at most 80"),
    "a result path": (
        lambda stack, role, path: AutomationStartTask(stack, "It", runbook="Restart", role=role, result_path=path),
        sfn.JsonPath.DISCARD,
        "automation",
        "result_path is 'automation' → a path such as '$.automation'",
    ),
    "a rule's description": (
        lambda stack, _, size: AutomationRunbook(stack, "It", PLAIN).on_execution("Rule", description="x" * size),
        512,
        513,
        "Stack/It/Rule: description of 513 characters → at most 512",
    ),
    "an attachment's key": (attached, sources(A, B), sources(("S3Url", ["s3://b/a.zip"], "a.zip"), B), "attachments[0] has the key 'S3Url' → "),
    "an attachment's place": (attached, sources(("SourceUrl", ["s3://b/f"], None)), sources(A, ("S3FileUrl", [], "b.zip")), "attachments[1] has 0 values → one"),
    "an attachment's name": (attached, sources(B, A), sources(A, ("S3FileUrl", ["s3://b/b.zip"], None)), "attachments[1] has no name → one of 'a.zip'"),
    "each attachment once": (attached, sources(A, B), sources(A, A), "attachments has 'a.zip' twice → each file once"),
    "every attachment": (attached, sources(A, B), sources(A), "attachments lack 'b.zip', which runbook 'Files' lists"),
    "attachments": (attached, sources(("SourceUrl", ["s3://b/f"], None)), sources(A) * 21, "21 attachments → CreateDocument accepts at most 20"),
}  # fmt: skip


@pytest.mark.parametrize("what", LIMITS)
def test_what_aws_accepts_is_accepted_and_what_it_does_not_is_refused(stack: cdk.Stack, what: str) -> None:
    make, accepted, over, message = LIMITS[what]
    role = AutomationRole(stack, "Role", runbooks=[])
    before = [child.node.id for child in stack.node.children]
    with pytest.raises(AutomationRoleError) as caught:
        make(stack, role, over)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    left = [child.node.id for child in stack.node.children if child.node.id not in {*before, "Rule"}]
    assert left == (["It"] if what == "a rule's description" else [])
    stack.node.try_remove_child("It")
    stack.node.try_remove_child("Rule")
    make(stack, role, accepted)
