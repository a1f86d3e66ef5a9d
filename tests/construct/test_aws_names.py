"""AWS-owned runbooks by name where the constructs take a runbook."""

from __future__ import annotations

import re

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from automation_role import AutomationExecutionRoleStackSet, AutomationRole, AutomationRunbook, Runbook
from automation_role.errors import AutomationRoleError
from tests.construct.synth import Template

NAME = "AWS-RestartEC2Instance"
PARENT = """
schemaVersion: "0.3"
mainSteps:
  - {name: start, action: aws:executeAutomation, inputs: {DocumentName: AWS-RunPacker}}
"""


def test_a_role_takes_names_beside_runbooks(stack: cdk.Stack):
    AutomationRole(stack, "Role", runbooks=[NAME, Runbook.aws("AWS-RebootRdsInstance")])
    assert {"ec2:StopInstances", "rds:RebootDBInstance"} <= Template(stack).actions()


def test_values_of_the_app_narrow_it(stack: cdk.Stack):
    parameter = cdk.CfnParameter(stack, "Instance")
    AutomationRole(stack, "Role", runbooks=[Runbook.aws(NAME, parameters={"InstanceId": [parameter.value_as_string]})])
    (stop,) = [each for each in Template(stack).statements() if "ec2:StopInstances" in each["Action"]]
    assert stop["Resource"] == "arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:instance/${Instance}"


def test_a_runbook_may_be_added_by_name(stack: cdk.Stack):
    role = AutomationRole(stack, "Role", runbooks=[])
    role.add_runbook(NAME)
    assert "ec2:StartInstances" in Template(stack).actions()


def test_rejects_a_name_that_does_not_exist(stack: cdk.Stack):
    message = (
        "Stack/Role: 'AWS-RestartEC2Instances': is not an AWS-owned runbook that this version knows → one of 497 names; "
        "did you mean 'AWS-RestartEC2Instance'?"
    )
    with pytest.raises(AutomationRoleError, match=f"^{re.escape(message)}$"):
        AutomationRole(stack, "Role", runbooks=["AWS-RestartEC2Instances"])


def test_what_a_person_knows_closes_a_finding_of_one_that_another_starts(stack: cdk.Stack):
    known = iam.PolicyStatement(actions=["ec2:RunInstances"], resources=["*"])
    parent = Runbook.from_text(PARENT, name="Parent")
    AutomationRole(stack, "Role", runbooks=[parent], extra_statements={("AWS-RunPacker", "RunPackerProcessTemplate"): [known]})
    template = Template(stack)
    assert template.told() == template.told("error") == []


def test_rejects_to_deploy_it_as_a_document(stack: cdk.Stack):
    with pytest.raises(AutomationRoleError, match="'AWS-RestartEC2Instance' is AWS-owned, referenced by name → a runbook to deploy"):
        AutomationRunbook(stack, "Document", Runbook.aws(NAME), document_name="Mine")


def test_a_roll_out_shares_and_deploys_no_document_of_it(stack: cdk.Stack):
    AutomationExecutionRoleStackSet(
        stack,
        "Roles",
        runbooks=[NAME],
        documents=True,
        organizational_units=["ou-ab12-cdefgh34"],
        execution_role={"organization_id": "o-a1b2c3d4e5"},
    )
    template = Template(stack)
    assert "AWS::SSM::Document" not in str(template.json)
    assert "ec2:StopInstances" in str(template.json)
    assert template.told() == []
    ((_, information),) = template.told("info")
    assert information.startswith(
        "Stack/Roles/ExecutionRole: runbook 'AWS-RestartEC2Instance', step 'startInstances' (line 25): if a customer"
    )
