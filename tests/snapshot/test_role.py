"""Whole templates, logical IDs and all: what changes here changes for everybody who has deployed it.

`pytest tests/snapshot --snapshot-update` writes them anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from automation_role import AutomationRole, AutomationRunbook, Runbook
from tests.construct.synth import Template, new_stack

REBOOT = """\
schemaVersion: "0.3"
assumeRole: "{{ AutomationAssumeRole }}"
parameters:
  AutomationAssumeRole: {type: AWS::IAM::Role::Arn}
  InstanceId: {type: String}
mainSteps:
  - name: reboot
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: RebootInstances, InstanceIds: ["{{ InstanceId }}"]}
"""


def guide(stack: cdk.Stack) -> None:
    """The set-up guide's four tasks."""
    role = AutomationRole(stack, "AutomationRole")
    operators = iam.Group(stack, "Operators")
    role.grant_full_access(operators)


def derived(stack: cdk.Stack) -> None:
    """A runbook, the role it runs as, who may start and watch it."""
    runbook = Runbook.from_text(REBOOT, name="Reboot")
    role = AutomationRole(stack, "AutomationRole", runbooks=[runbook])
    document = AutomationRunbook(stack, "Reboot", runbook, role=role)
    operators = iam.Role(stack, "Operators", assumed_by=iam.AccountRootPrincipal())
    role.grant_start_automation(operators, document, "AWS-RestartEC2Instance", version="1")
    role.grant_operate(operators)


def options(stack: cdk.Stack) -> None:
    """Every kind of policy that the role itself can have."""
    profile = iam.Role.from_role_name(stack, "Profile", "Profile")
    role = AutomationRole(
        stack,
        "AutomationRole",
        runbooks=[],
        trusted_services=["ec2.amazonaws.com", "events.amazonaws.com"],
        inline_policies={"Tags": {"Statement": {"Effect": "Allow", "Action": "ec2:DescribeTags", "Resource": "*"}}},
        invoke_functions=[lambda_.Function.from_function_name(stack, "Function", "Function")],
        pass_roles={"ec2.amazonaws.com": [profile]},
        deny_self_change=True,
    )
    role.allow_pass_role(profile, "lambda.amazonaws.com")


MADE = {make.__name__: make for make in (guide, derived, options)}


@pytest.fixture
def templates(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)


def synthesized(folder: Path, make: Callable[[cdk.Stack], None], region: str | None = None) -> dict[str, Any]:
    stack = new_stack(folder, account="111122223333" if region else None, region=region)
    make(stack)
    return Template(stack).json


@pytest.mark.parametrize("made", list(MADE))
def test_the_template_is_as_it_was(tmp_path: Path, templates: SnapshotAssertion, made: str) -> None:
    template = synthesized(tmp_path, MADE[made])
    assert len(json.dumps(template, indent=2).splitlines()) < 320  # a person reads it
    assert template == templates


PARTITIONS = {"aws": "eu-central-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


@pytest.mark.parametrize("partition", list(PARTITIONS))
def test_what_cloudformation_makes_of_it_in_each_partition(tmp_path: Path, templates: SnapshotAssertion, partition: str) -> None:
    template = synthesized(tmp_path, derived, PARTITIONS[partition])
    pseudo = {"AWS::Partition": partition, "AWS::AccountId": "111122223333", "AWS::Region": PARTITIONS[partition]}
    assert {name: deployed(resource["Properties"], pseudo) for name, resource in template["Resources"].items()} == templates


def deployed(value: Any, pseudo: dict[str, str]) -> Any:
    """A property as it is deployed: pseudo parameters filled in, resources by their logical IDs."""
    if isinstance(value, dict):
        if set(value) == {"Ref"}:
            return pseudo.get(value["Ref"], value["Ref"])
        if set(value) == {"Fn::GetAtt"}:
            return f"arn:{pseudo['AWS::Partition']}:iam::{pseudo['AWS::AccountId']}:role/{value['Fn::GetAtt'][0]}"
        if set(value) == {"Fn::Join"}:
            return value["Fn::Join"][0].join(deployed(value["Fn::Join"][1], pseudo))
        return {key: deployed(inner, pseudo) for key, inner in value.items()}
    return [deployed(inner, pseudo) for inner in value] if isinstance(value, list) else value
