"""What the template lets everybody do: run by `pytest`, offline, before anything is deployed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template
from operations import STOP_INSTANCE, Operations
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from automation_role.testing import Authorization


@pytest.fixture(scope="module")
def template() -> Template:
    return Template.from_stack(Operations(cdk.App(), "Operations"))


@pytest.fixture(scope="module")
def auth(template: Template) -> Authorization:
    return Authorization(template, account="111122223333", region="eu-central-1")


def test_operators_start_the_runbook_as_its_role(auth: Authorization) -> None:
    assert auth.principal("Operators").may_start("StopInstance", role="AutomationRole")


def test_operators_start_nothing_else_and_hand_the_role_to_nobody_else(auth: Authorization) -> None:
    operators = auth.principal("Operators")
    assert not operators.may_start("AWS-StopEC2Instance", role="AutomationRole")
    assert not operators.may_pass("AutomationRole", to="ec2.amazonaws.com")
    assert not operators.may("ec2:StopInstances", resource="arn:aws:ec2:eu-central-1:111122223333:instance/i-0123456789abcdef0")


def test_readers_start_nothing(auth: Authorization) -> None:
    assert not auth.principal("Readers").may_start("StopInstance", role="AutomationRole")


def test_the_role_may_do_what_the_runbook_does(auth: Authorization) -> None:
    assert auth.role("AutomationRole").may_run(STOP_INSTANCE)


def test_only_automations_of_this_account_assume_the_role(auth: Authorization) -> None:
    role = auth.role("AutomationRole")

    def automation_of(account: str) -> dict[str, str]:
        return {"aws:SourceAccount": account, "aws:SourceArn": f"arn:aws:ssm:eu-central-1:{account}:automation-execution/1"}

    assert role.may_be_assumed_by("ssm.amazonaws.com", context=automation_of("111122223333"))
    assert not role.may_be_assumed_by("ssm.amazonaws.com", context=automation_of("444455556666"))


def test_the_role_cannot_widen_itself(auth: Authorization) -> None:
    role = auth.role("AutomationRole")
    assert not role.may("iam:PutRolePolicy", resource=role.arn)


def test_the_template_is_what_was_reviewed(
    template: Template, stable_template: Callable[[Any], dict[str, Any]], snapshot: SnapshotAssertion
) -> None:
    """`pytest --snapshot-update` writes it again; asset hashes and CDK's own version are not in it."""
    assert stable_template(template) == snapshot(extension_class=JSONSnapshotExtension)
