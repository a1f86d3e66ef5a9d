"""Roles that scripts assume: the construct passes what they need to the stacks that create them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from automation_role import AutomationExecutionRole, AutomationRole
from tests.construct.synth import ROLE as ROLE_TYPE
from tests.construct.synth import Template, new_stack
from tests.unit.test_assumed_roles import ROLE, book

STOPS = f"boto3.client('ec2', **keys(assume('{ROLE}'))).stop_instances(InstanceIds=['i-1'])"
LISTS = "boto3.client('s3', **keys(assume(f\"arn:aws:iam::{e['Account']}:role/Reader\"))).get_object(Bucket='b', Key='k')"


def test_each_role_has_its_own_policy(tmp_path: Path) -> None:
    role = AutomationRole(new_stack(tmp_path), "Role", runbooks=[book(f"{STOPS}\n{LISTS}")])
    reader, other = role.derived.assumed_roles
    assert (reader.role_arn, other.role_arn) == ("arn:aws:iam::{{ Account }}:role/Reader", ROLE)
    target = new_stack(tmp_path)
    document = other.policy_document()
    iam.Role(target, "Other", assumed_by=iam.AccountRootPrincipal(), inline_policies={"Derived": document})
    (statement,) = statements(target)
    assert (statement["Action"], statement["Resource"]) == ("ec2:StopInstances", "arn:aws:ec2:*:222222222222:instance/i-1")
    assert [each.actions for each in reader.statements()] == [["s3:GetObject"]]


def statements(stack: cdk.Stack) -> list[dict[str, Any]]:
    """Those in the only role of a stack."""
    found: list[dict[str, Any]] = Template(stack).the(ROLE_TYPE)["Policies"][0]["PolicyDocument"]["Statement"]
    return found


def test_an_account_that_is_a_runtime_value_is_that_of_the_stack_that_creates_the_role(tmp_path: Path) -> None:
    there = LISTS.replace("s3", "sqs").replace("get_object(Bucket='b', Key='k')", "list_queue_tags(QueueUrl=e['Role'])")
    (reader,) = AutomationRole(new_stack(tmp_path), "Role", runbooks=[book(there)], regions=["eu-west-1"]).derived.assumed_roles
    target = new_stack(tmp_path)
    iam.Role(target, "Reader", assumed_by=iam.AccountRootPrincipal(), inline_policies={"Derived": reader.policy_document()})
    (statement,) = statements(target)
    assert statement["Resource"] == "arn:aws:sqs:eu-west-1:${AWS::AccountId}:*"


def test_a_bound_role_is_named_by_its_token(tmp_path: Path) -> None:
    stack = new_stack(tmp_path)
    given = cdk.CfnParameter(stack, "Given")
    body = "boto3.client('ec2', **keys(assume(e['Role']))).stop_instances(InstanceIds=['i-1'])"
    (assumed,) = AutomationRole(stack, "Role", runbooks=[book(body, parameters={"Role": given.value_as_string})]).derived.assumed_roles
    assert stack.resolve(assumed.role_arn) == {"Ref": "Given"}


def test_runbooks_that_are_added_later_count(tmp_path: Path) -> None:
    role = AutomationRole(new_stack(tmp_path), "Role", runbooks=[])
    assert not role.derived.assumed_roles
    role.add_runbook(book(STOPS))
    assert [each.role_arn for each in role.derived.assumed_roles] == [ROLE]
    assert AutomationRole(new_stack(tmp_path), "Guide").derived.assumed_roles == ()


def test_an_execution_role_takes_what_scripts_need_there(tmp_path: Path) -> None:
    (other,) = AutomationRole(new_stack(tmp_path), "Role", runbooks=[book(STOPS)]).derived.assumed_roles
    target = new_stack(tmp_path)
    AutomationExecutionRole(
        target, "Execution", administration_account="111111111111", inline_policies={"Scripts": other.policy_document()}
    )
    assert any(statement["Action"] == "ec2:StopInstances" for statement in Template(target).statements("Execution"))


def test_what_is_derived_of_a_role_is_information_and_the_rest_a_warning(tmp_path: Path) -> None:
    stack = new_stack(tmp_path)
    AutomationRole(stack, "Role", runbooks=[book(f"{STOPS}\ngetattr(boto3.client('ec2', **keys(assume('{ROLE}'))), e['Role'])()")])
    told = {level: message for level, _, message in Template(stack).messages if "otherRole" in message}
    assert set(told) == {"info", "warning"}
    assert "[automation-role:otherRoleCalls]" in told["info"]
    assert "[ack: automation-role:otherRoleGaps]" in told["warning"]
