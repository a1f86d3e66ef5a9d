"""Templates to ask, synthesized once."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from automation_role import AutomationRole
from automation_role.testing import Authorization


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A role with every grant, each to somebody of its own."""
    app = cdk.App(outdir=str(tmp_path_factory.mktemp("grants")), analytics_reporting=False)
    stack = cdk.Stack(app, "Grants", synthesizer=cdk.BootstraplessSynthesizer())
    boundary = iam.ManagedPolicy(stack, "Boundary", statements=[iam.PolicyStatement(actions=["ssm:*", "iam:PassRole"], resources=["*"])])
    instances = iam.Role(stack, "InstanceRole", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    role = AutomationRole(stack, "AutomationRole", pass_roles={"ec2.amazonaws.com": [instances]}, deny_self_change=True)
    bounded = AutomationRole(stack, "BoundedRole", permissions_boundary=boundary)
    AutomationRole(stack, "OpenRole", restrict_trust_to_account=False, trusted_services=["events.amazonaws.com"])

    def person(name: str) -> iam.Role:
        return iam.Role(stack, name, assumed_by=iam.AccountRootPrincipal())

    role.grant_start_automation(person("Starter"), "RestartInstance", "AWS-RestartEC2Instance")
    role.grant_start_automation(person("VersionStarter"), "RestartInstance", version="5")
    role.grant_pass_role(person("Passer"))
    role.grant_operate(person("Watcher"))
    role.grant_full_access(person("Administrator"))
    group = iam.Group(stack, "Group")
    role.grant_start_automation(group, "RestartInstance")
    group.add_user(iam.User(stack, "Member"))
    iam.User(stack, "Outsider")
    bounded.grant_start_automation(person("BoundedStarter"), "RestartInstance")
    return Template.from_stack(stack)


@pytest.fixture(scope="session")
def auth(template: Template) -> Authorization:
    return Authorization(template)
