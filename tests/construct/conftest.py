"""Stacks for the construct's tests: each app has one stack; what is only read is synthesized once."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from automation_role import AutomationRole
from tests.construct.synth import Template, new_stack


@pytest.fixture
def stack(tmp_path: Path) -> cdk.Stack:
    """An empty stack, for no account or Region in particular."""
    return new_stack(tmp_path)


@pytest.fixture(scope="session")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """What a role with no arguments at all makes."""
    stack = new_stack(tmp_path_factory.mktemp("guide"))
    AutomationRole(stack, "Role")
    return Template(stack)


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A role made with most of what can be given."""
    stack = new_stack(tmp_path_factory.mktemp("everything"))
    role = AutomationRole(
        stack,
        "Role",
        role_name="TeamAutomation",
        description="Runs our automations",
        path="/automation/",
        max_session_duration=cdk.Duration.hours(2),
        permissions_boundary=iam.ManagedPolicy.from_aws_managed_policy_name("PowerUserAccess"),
        managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name("ReadOnlyAccess")],
        trusted_services=["ec2.amazonaws.com", "events.amazonaws.com"],
        invoke_all_functions=True,
        deny_self_change=True,
    )
    cdk.Tags.of(role).add("team", "operations")
    return Template(stack)
