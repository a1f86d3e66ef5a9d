"""What the construct's grants really give, and what they do not: a yes and a no for each."""

from __future__ import annotations

from typing import Any

import pytest

from automation_role.testing import Authorization, Decision, Outcome

HERE, THERE = "111122223333", "444455556666"
SSM, EC2 = "ssm.amazonaws.com", "ec2.amazonaws.com"
EXECUTION = f"arn:aws:ssm:us-east-1:{HERE}:automation-execution/00000000-0000-0000-0000-000000000000"

# who, the runbook, the role, the version, whether it may be started (None: the version that is started is not known)
STARTS: list[tuple[str, str, str | None, str | None, bool | None]] = [
    ("Starter", "RestartInstance", "AutomationRole", None, True),
    ("Starter", "RestartInstance", "AutomationRole", "7", True),
    ("Starter", "AWS-RestartEC2Instance", "AutomationRole", None, True),
    ("Starter", "RestartInstance", None, None, True),  # as themselves: nothing is passed
    ("Starter", "OtherRunbook", "AutomationRole", None, False),
    ("Starter", "restartInstance", "AutomationRole", None, False),
    ("Starter", "RestartInstance2", "AutomationRole", None, False),
    ("Starter", "AWS-StopEC2Instance", "AutomationRole", None, False),
    ("Starter", f"arn:aws:ssm:us-east-1:{THERE}:document/RestartInstance", "AutomationRole", None, False),
    ("Starter", "RestartInstance", "InstanceRole", None, False),
    ("Starter", "RestartInstance", "BoundedRole", None, False),
    ("Starter", "RestartInstance", f"arn:aws:iam::{HERE}:role/Admin", None, False),
    ("VersionStarter", "RestartInstance", "AutomationRole", "5", True),
    ("VersionStarter", "RestartInstance", "AutomationRole", "4", False),
    ("VersionStarter", "RestartInstance", "AutomationRole", "55", False),
    ("VersionStarter", "RestartInstance", "AutomationRole", "$LATEST", False),
    ("VersionStarter", "RestartInstance", "AutomationRole", None, None),
    ("VersionStarter", "OtherRunbook", "AutomationRole", "5", False),
    ("Member", "RestartInstance", "AutomationRole", None, True),
    ("Group", "RestartInstance", "AutomationRole", None, True),
    ("Outsider", "RestartInstance", "AutomationRole", None, False),
    ("Passer", "RestartInstance", "AutomationRole", None, False),
    ("Watcher", "RestartInstance", "AutomationRole", None, False),
    ("Administrator", "AnyRunbook", "AutomationRole", None, True),
    ("Administrator", "AnyRunbook", "InstanceRole", None, False),
    ("BoundedStarter", "RestartInstance", "BoundedRole", None, True),
    ("BoundedStarter", "RestartInstance", "AutomationRole", None, False),
]


def is_(decision: Decision, expected: bool | None) -> bool:
    return decision.outcome is {True: Outcome.ALLOWED, False: Outcome.DENIED, None: Outcome.UNDECIDED}[expected]


@pytest.mark.parametrize(("who", "runbook", "role", "version", "expected"), STARTS)
def test_starts_what_was_granted_and_nothing_else(auth: Authorization, who, runbook, role, version, expected):
    found = auth.principal(who).may_start(runbook, role=role, version=version)
    assert is_(found, expected), found


PASSES = [
    ("Passer", "AutomationRole", SSM, True),
    ("Passer", "AutomationRole", EC2, False),
    ("Passer", "AutomationRole", "lambda.amazonaws.com", False),
    ("Passer", "InstanceRole", SSM, False),
    ("Passer", "BoundedRole", SSM, False),
    ("Passer", f"arn:aws:iam::{THERE}:role/AutomationRole", SSM, False),
    ("Starter", "AutomationRole", SSM, True),
    ("Starter", "AutomationRole", EC2, False),
    ("Administrator", "AutomationRole", SSM, True),
    ("Administrator", "InstanceRole", SSM, False),
    ("Watcher", "AutomationRole", SSM, False),
    ("Outsider", "AutomationRole", SSM, False),
    ("AutomationRole", "AutomationRole", SSM, True),  # task 2 of the guide: the role may hand on itself
    ("AutomationRole", "AutomationRole", EC2, False),
    ("AutomationRole", "InstanceRole", EC2, True),
    ("AutomationRole", "InstanceRole", SSM, False),
    ("AutomationRole", "BoundedRole", SSM, False),
    ("BoundedRole", "BoundedRole", SSM, True),
]


@pytest.mark.parametrize(("who", "role", "service", "expected"), PASSES)
def test_passes_that_role_to_that_service_and_nothing_else(auth: Authorization, who, role, service, expected):
    found = auth.principal(who).may_pass(role, to=service)
    assert is_(found, expected), found


def test_does_not_pass_a_role_without_saying_to_whom(auth: Authorization):
    assert not auth.principal("Passer").may("iam:PassRole", resource=auth.arn_of("AutomationRole"))


MAY = [
    ("Watcher", "ssm:DescribeAutomationExecutions", "*", True),
    ("Watcher", "ssm:GetAutomationExecution", EXECUTION, True),
    ("Watcher", "ssm:StopAutomationExecution", EXECUTION, True),
    ("Watcher", "ssm:SendAutomationSignal", EXECUTION, True),
    ("Watcher", "ssm:StopAutomationExecution", EXECUTION.replace(HERE, THERE), False),
    ("Watcher", "ssm:StartAutomationExecution", EXECUTION, False),
    ("Watcher", "ssm:SendCommand", "*", False),
    ("Starter", "ssm:StopAutomationExecution", EXECUTION, False),
    ("Administrator", "ssm:SendCommand", "*", True),
    ("Administrator", "ec2:StopInstances", "*", False),
    ("AutomationRole", "ec2:StopInstances", "*", True),  # by the guide's managed policy
    ("AutomationRole", "s3:GetObject", "*", False),
    ("AutomationRole", "iam:AttachRolePolicy", "{AutomationRole}", False),
    ("BoundedRole", "ssm:GetParameter", "*", True),
    ("BoundedRole", "ec2:StopInstances", "*", False),  # over the boundary
]


@pytest.mark.parametrize(("who", "action", "resource", "expected"), MAY)
def test_may_what_was_granted_and_nothing_else(auth: Authorization, who, action, resource, expected):
    found = auth.principal(who).may(action, resource=resource.replace("{AutomationRole}", auth.arn_of("AutomationRole")))
    assert is_(found, expected), found


def test_the_guard_against_widening_itself_is_an_explicit_deny(auth: Authorization):
    found = auth.role("AutomationRole").may("iam:PutRolePolicy", resource=auth.arn_of("AutomationRole"))
    assert found.outcome is Outcome.DENIED
    assert found.policy is not None
    assert found.policy.startswith("AutomationRoleDenySelfChange")


def automation(account: str | None = HERE, arn: str | None = EXECUTION) -> dict[str, Any]:
    return {"aws:SourceAccount": account, "aws:SourceArn": arn}


ASSUMES = [
    ("AutomationRole", SSM, automation(), True),
    ("AutomationRole", SSM, automation(THERE), False),
    ("AutomationRole", SSM, automation(arn=EXECUTION.replace(HERE, THERE)), False),
    ("AutomationRole", SSM, automation(arn=f"arn:aws:ssm:us-east-1:{HERE}:document/X"), False),
    ("AutomationRole", SSM, automation(arn=EXECUTION.replace("arn:aws:", "arn:aws-cn:")), False),
    ("AutomationRole", SSM, automation(account=None), False),
    ("AutomationRole", SSM, automation(arn=None), False),
    ("AutomationRole", SSM, {}, False),
    ("AutomationRole", EC2, automation(), False),
    ("AutomationRole", "events.amazonaws.com", automation(), False),
    ("AutomationRole", f"arn:aws:iam::{HERE}:user/Someone", {}, False),
    ("AutomationRole", f"arn:aws:iam::{THERE}:root", {}, False),
    ("OpenRole", SSM, {}, True),
    ("OpenRole", "events.amazonaws.com", {}, True),
    ("OpenRole", EC2, {}, False),
]


@pytest.mark.parametrize(("role", "caller", "context", "expected"), ASSUMES)
def test_is_assumed_by_automation_only_for_this_account(auth: Authorization, role, caller, context, expected):
    found = auth.role(role).may_be_assumed_by(caller, context=context)
    assert is_(found, expected), found


@pytest.mark.parametrize("who", ["Starter", "Administrator", "Outsider", "Member"])
def test_people_do_not_assume_the_role(auth: Authorization, who):
    assert not auth.role("AutomationRole").may_be_assumed_by(auth.principal(who))


@pytest.mark.parametrize(("partition", "region"), [("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")])
def test_the_grants_hold_in_other_partitions(template, partition, region):
    elsewhere = Authorization(template, partition=partition, region=region)
    starter = elsewhere.principal("Starter")
    assert starter.may_start("RestartInstance", role="AutomationRole")
    assert not starter.may_start("RestartInstance", role="InstanceRole")
    assert not starter.may("ssm:StartAutomationExecution", resource=f"arn:aws:ssm:us-east-1:{HERE}:document/RestartInstance")
