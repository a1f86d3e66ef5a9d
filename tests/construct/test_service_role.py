"""Task 1: the service role, its managed policies, its properties."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from automation_role import AutomationRole
from tests.construct.synth import MANAGED, POLICY, ROLE, Template, plain

AUTOMATION = "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonSSMAutomationRole"
LAMBDA = "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaRole"


def test_one_role_and_one_policy_by_default(guide):
    kinds = sorted(resource["Type"] for resource in guide.json["Resources"].values())
    assert kinds == [POLICY, ROLE]


def test_properties_come_out_as_given(everything):
    role = everything.role()
    assert role["RoleName"] == "TeamAutomation"
    assert role["Description"] == "Runs our automations"
    assert role["Path"] == "/automation/"
    assert role["MaxSessionDuration"] == 7200
    assert role["PermissionsBoundary"] == "arn:${AWS::Partition}:iam::aws:policy/PowerUserAccess"
    assert role["Tags"] == [{"Key": "team", "Value": "operations"}]


def test_what_is_left_out_is_left_to_aws(guide):
    assert set(guide.the(ROLE)) == {"AssumeRolePolicyDocument", "ManagedPolicyArns"}


def test_the_guides_managed_policy_in_the_stacks_partition(guide):
    assert guide.the(ROLE)["ManagedPolicyArns"] == [AUTOMATION]


def test_further_managed_policies(everything):
    role = everything.role()
    assert role["ManagedPolicyArns"] == ["arn:${AWS::Partition}:iam::aws:policy/ReadOnlyAccess", AUTOMATION, LAMBDA]


@pytest.mark.parametrize(
    ("runbooks", "asked", "attached"),
    [(None, None, True), (None, True, True), (None, False, False), ([], None, False), ([], True, True), ([], False, False)],
)
def test_the_guides_managed_policy_only_without_runbooks_or_on_request(stack, runbooks, asked, attached):
    AutomationRole(stack, "Role", runbooks=runbooks, automation_managed_policy=asked)
    assert (Template(stack).the(ROLE).get("ManagedPolicyArns") == [AUTOMATION]) is attached


def test_no_runbooks_at_all_is_a_role_that_may_do_nothing(stack):
    AutomationRole(stack, "Role", runbooks=[])
    template = Template(stack)
    assert template.resources(POLICY) == template.resources(MANAGED) == {}
    assert "ManagedPolicyArns" not in template.the(ROLE)


def test_no_policy_inside_the_roles_own_resource(everything):
    assert all("Policies" not in role for role in everything.resources(ROLE).values())


def test_gives_its_role_its_arn_and_its_name(stack):
    role = AutomationRole(stack, "Role")
    assert isinstance(role.role, iam.Role)
    cdk.CfnOutput(stack, "Arn", value=role.role_arn)
    cdk.CfnOutput(stack, "Name", value=role.role_name)
    template = Template(stack)
    outputs = {name: plain(output["Value"]) for name, output in template.json["Outputs"].items()}
    assert outputs == {"Arn": "${Role.Arn}", "Name": "${Role}"}
