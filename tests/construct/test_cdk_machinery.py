"""CDK's own machinery works on what the construct makes: aspects, boundaries, customized roles, acknowledgements, grants."""

from __future__ import annotations

import json

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from automation_role import AutomationRole
from tests.construct.synth import POLICY, ROLE, Template, new_app, new_stack

RULE = "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonSSMAutomationRole]"


def test_what_is_granted_to_it_goes_to_its_role(stack):
    s3.Bucket(stack, "Bucket").grant_read(AutomationRole(stack, "Role"))
    assert "s3:GetObject*" in Template(stack).actions()


def test_aspects_visit_every_resource(stack):
    role = AutomationRole(stack, "Role", deny_self_change=True)
    visited = []

    @jsii.implements(cdk.IAspect)
    class Visit:
        def visit(self, node):
            if isinstance(node, cdk.CfnResource):
                visited.append(node.cfn_resource_type)

    cdk.Aspects.of(role).add(Visit())
    Template(stack)
    assert sorted(visited) == [POLICY, POLICY, ROLE]


def test_a_permissions_boundary_of_the_whole_app(stack):
    AutomationRole(stack, "Role")
    iam.PermissionsBoundary.of(stack).apply(iam.ManagedPolicy.from_aws_managed_policy_name("PowerUserAccess"))
    assert Template(stack).role()["PermissionsBoundary"] == "arn:${AWS::Partition}:iam::aws:policy/PowerUserAccess"


@pytest.mark.parametrize("context", [{}, {"@aws-cdk/core:permissionsBoundary": {"name": "Bound"}}])
def test_a_permissions_boundary_from_context(tmp_path, context):
    stack = new_stack(tmp_path, context=context)
    AutomationRole(stack, "Role")
    assert ("PermissionsBoundary" in Template(stack).role()) is bool(context)


def test_roles_created_by_hand_get_everything_in_the_report_and_nothing_in_the_template(stack):
    iam.Role.customize_roles(stack, use_precreated_roles={"Role/Resource": "MadeByHand"})
    role = AutomationRole(
        stack,
        "Role",
        inline_policies={"Tags": {"Statement": [{"Effect": "Allow", "Action": "ec2:DescribeTags", "Resource": "*"}]}},
        invoke_functions=[],
        managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name("ReadOnlyAccess")],
        deny_self_change=True,
    )
    profile = iam.Role.from_role_name(stack, "Profile", "profile")
    role.allow_pass_role(profile, "ec2.amazonaws.com")
    role.allow_pass_role(profile, "lambda.amazonaws.com")
    s3.Bucket(stack, "Bucket").grant_read(role)
    operators = iam.User(stack, "Operator")
    role.grant_start_automation(operators, "One")
    template = Template(stack)
    assert template.resources(ROLE) == {}
    assert template.statements("MadeByHand") == []
    assert template.statements("Operator")[1]["Resource"] == "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/MadeByHand"
    report = json.loads((template.directory / "iam-policy-report.json").read_text())
    (reported,) = [each for each in report["roles"] if each["roleConstructPath"] == "Stack/Role/Resource"]
    assert reported["managedPolicyArns"] == [
        f"arn:(PARTITION):iam::aws:policy/{name}" for name in ("ReadOnlyAccess", "service-role/AmazonSSMAutomationRole")
    ]
    assert set(reported["assumeRolePolicy"][0]["Condition"]) == {"ArnLike", "StringEquals"}
    said = [str(statement["Action"]) for statement in reported["identityPolicyStatements"]]
    assert sorted(action for action in said if action.startswith("iam:PassRole")) == ["iam:PassRole", "iam:PassRole"]  # itself, the profile
    assert "ec2:DescribeTags" in said
    assert any("s3:GetObject*" in action for action in said)
    (guard,) = [statement for statement in reported["identityPolicyStatements"] if "iam:PutRolePolicy" in statement["Action"]]
    assert guard["Resource"] == [f"arn:(PARTITION):iam::{name}" for name in ("(ACCOUNT):role/MadeByHand", "aws:policy/ReadOnlyAccess")]
    passed = [
        s["Condition"]["StringEquals"]["iam:PassedToService"] for s in reported["identityPolicyStatements"] if s["Action"] == "iam:PassRole"
    ]
    assert ["ec2.amazonaws.com", "lambda.amazonaws.com"] in passed


def test_a_grant_to_a_role_made_by_hand_is_a_success(stack):
    iam.Role.customize_roles(stack, use_precreated_roles={"Operators": "Hands", "Role/Resource": "MadeByHand"})
    grantee = iam.Role(stack, "Operators", assumed_by=iam.AccountRootPrincipal())
    imported = iam.Role.from_role_arn(stack, "Imported", "arn:aws:iam::111122223333:role/imported")
    role = AutomationRole(stack, "Role")
    assert role.grant_pass_role(grantee).success
    assert role.grant_pass_role(imported).success
    template = Template(stack)
    assert template.told() == []
    assert (template.directory / "iam-policy-report.txt").read_text().count("PassedToService") == 3


@pytest.mark.skipif(not hasattr(cdk, "Validations"), reason="cdk-nag 3 needs CDK's own validations")
def test_cdk_nag_acknowledgements(tmp_path):
    cdk_nag = pytest.importorskip("cdk_nag")
    for acknowledged in (True, False):
        app = new_app(tmp_path / str(acknowledged))
        stack = cdk.Stack(app, "Stack", synthesizer=cdk.BootstraplessSynthesizer())
        role = AutomationRole(stack, "Role")
        cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app))
        if acknowledged:
            cdk.Validations.of(role).acknowledge(cdk.Acknowledgment(id=RULE, reason="the guide's own policy"))
            app.synth()
        else:
            with pytest.raises(RuntimeError, match="AwsSolutions-IAM4"):
                app.synth()


def test_its_warnings_can_be_acknowledged(stack):
    role = AutomationRole(stack, "Role", trusted_services=["ec2.amazonaws.com"])
    cdk.Annotations.of(role).acknowledge_warning("automation-role:unrestrictedTrust", "an old instance still uses it")
    assert Template(stack).told() == []


def test_cdks_merging_changes_no_meaning_and_does_not_touch_the_role(tmp_path):
    templates = {}
    for minimize in (True, False):
        stack = new_stack(tmp_path / str(minimize), context={"@aws-cdk/aws-iam:minimizePolicies": minimize})
        AutomationRole(stack, "Role", trusted_services=["ec2.amazonaws.com"], deny_self_change=True)
        templates[minimize] = Template(stack).json
    assert templates[True] == templates[False]


@pytest.mark.parametrize("region", ["eu-central-1", "cn-north-1", "us-gov-west-1", "us-iso-east-1", "eusc-de-east-1"])
def test_the_same_template_in_every_partition(tmp_path, guide, region):
    stack = new_stack(tmp_path, account="111122223333", region=region)
    AutomationRole(stack, "Role")
    assert Template(stack).json == guide.json


def test_refuses_before_anything_is_built(stack):
    with pytest.raises(ValueError, match="Stack/Role: role_name"):
        AutomationRole(stack, "Role", role_name="not a name")
    assert stack.node.children == []
    AutomationRole(stack, "Role")
    Template(stack)
