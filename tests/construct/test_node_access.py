"""Just-in-time node access: who can request, approve and revoke it."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from automation_role import JustInTimeNodeAccess
from automation_role.errors import AutomationRoleError
from automation_role.testing import Authorization
from tests.construct.synth import Template, listed, new_stack


def arn(service: str, resource: str) -> str:
    return "arn:${AWS::Partition}:" + service + ":*:${AWS::AccountId}:" + resource


@pytest.fixture
def stack(tmp_path):
    return new_stack(tmp_path)


@pytest.fixture
def engineers(stack):
    return iam.Role(stack, "Engineers", assumed_by=iam.AccountRootPrincipal())


def on(template: Template, holder: str) -> dict[str, list[tuple[list[str], object]]]:
    """Action -> where it is allowed, and under which conditions."""
    found: dict[str, list[tuple[list[str], object]]] = {}
    for statement in template.statements(holder):
        for action in listed(statement["Action"]):
            found.setdefault(action, []).append((listed(statement["Resource"]), statement.get("Condition")))
    return found


OF_A_REQUEST = {"StringEquals": {"aws:ResourceTag/SystemsManagerJustInTimeNodeAccessManaged": "true"}}
EXECUTIONS = [arn("ssm", "automation-execution/*")]


def test_a_request_needs_these_actions_and_no_session(stack, engineers):
    assert JustInTimeNodeAccess.grant_request(engineers).success
    requests = [([arn("ssm", "opsitem/*")], None)]
    assert on(Template(stack), "Engineers") == {
        "ssm:StartAccessRequest": [([arn("ec2", "instance/*"), arn("ssm", "managed-instance/*")], None)],
        "ssm:CreateOpsItem": requests,
        "ssm:GetAccessToken": requests,
        "ssm:GetOpsItem": requests,
        "ssm:StartAutomationExecution": [
            ([arn("ssm", "document/*")], {"StringEquals": {"ssm:DocumentType": "ManualApprovalPolicy"}}),
            (EXECUTIONS, None),
        ],
        "ssm:StopAutomationExecution": [(EXECUTIONS, OF_A_REQUEST)],
    }


def test_a_request_is_limited_to_nodes(stack, engineers):
    instance = ec2.CfnInstance(stack, "Instance")
    JustInTimeNodeAccess.grant_request(engineers, nodes=["i-0123456789abcdef0", "mi-0123456789abcdef0", instance.ref, instance.ref])
    ((resources, _),) = on(Template(stack), "Engineers")["ssm:StartAccessRequest"]
    assert sorted(resources) == [
        arn("ec2", "instance/${Instance}"),
        arn("ec2", "instance/i-0123456789abcdef0"),
        arn("ssm", "managed-instance/mi-0123456789abcdef0"),
    ]


def test_an_approver_signals_only_the_automations_of_requests(stack):
    assert JustInTimeNodeAccess.grant_approve(iam.Group(stack, "Approvers")).success
    assert on(Template(stack), "Approvers") == {
        "ssm:DescribeOpsItems": [(["*"], None)],
        "ssm:GetOpsItem": [([arn("ssm", "opsitem/*")], None)],
        "ssm:SendAutomationSignal": [(EXECUTIONS, OF_A_REQUEST)],
    }


def test_duties_are_apart(stack, engineers):
    JustInTimeNodeAccess.grant_request(engineers)
    JustInTimeNodeAccess.grant_approve(iam.Group(stack, "Approvers"))
    asked = Authorization(assertions.Template.from_stack(stack))
    node, execution = (
        "arn:aws:ec2:us-east-1:111122223333:instance/i-0123456789abcdef0",
        "arn:aws:ssm:us-east-1:111122223333:automation-execution/1",
    )
    of_a_request = {"aws:ResourceTag/SystemsManagerJustInTimeNodeAccessManaged": "true"}
    requester, approver = asked.principal("Engineers"), asked.principal("Approvers")
    assert requester.may("ssm:StartAccessRequest", resource=node)
    assert not approver.may("ssm:StartAccessRequest", resource=node)
    assert not requester.may("ssm:StartSession", resource=node)
    assert approver.may("ssm:SendAutomationSignal", resource=execution, context=of_a_request)
    assert not approver.may("ssm:SendAutomationSignal", resource=execution, context={})
    assert not requester.may("ssm:SendAutomationSignal", resource=execution, context=of_a_request)


@pytest.mark.parametrize(
    ("nodes", "problem"),
    [
        ([], "Stack/Engineers: nodes is empty → IDs such as 'i-0123456789abcdef0'; leave nodes out for every node of the account"),
        (
            "i-0123456789abcdef0",
            "JustInTimeNodeAccess.grant_request: nodes is the string 'i-0123456789abcdef0' → a list; write nodes=['i-0123456789abcdef0']",
        ),
        (["i-*"], "Stack/Engineers: nodes has 'i-*' → the ID of a node, such as 'i-0123456789abcdef0' or 'mi-0123456789abcdef0'"),
        ([None], "JustInTimeNodeAccess.grant_request: nodes[0] is None → a string; pass one"),
    ],
)
def test_rejects_what_is_not_a_node(stack, engineers, nodes, problem):
    with pytest.raises(AutomationRoleError) as error:
        JustInTimeNodeAccess.grant_request(engineers, nodes=nodes)
    assert str(error.value) == problem
    assert Template(stack).statements("Engineers") == []


@pytest.mark.parametrize("kind", ["User", "Group", "imported"])
def test_rejects_a_request_by_who_has_no_role(stack, kind):
    """Systems Manager accepts only the credentials of AssumeRole."""
    grantee = iam.User.from_user_name(stack, "imported", "Ann") if kind == "imported" else getattr(iam, kind)(stack, kind)
    with pytest.raises(AutomationRoleError) as error:
        JustInTimeNodeAccess.grant_request(grantee)
    assert (
        str(error.value)
        == f"Stack/{kind}: a user's own credentials cannot request node access → a role; grant it to a role that the user can assume"
    )
    assert JustInTimeNodeAccess.grant_approve(grantee).success


def test_rejects_who_cannot_hold_a_policy():
    given = iam.ServicePrincipal("ec2.amazonaws.com")
    for granted in (JustInTimeNodeAccess.grant_request, JustInTimeNodeAccess.grant_approve):
        with pytest.raises(AutomationRoleError, match="ServicePrincipal is not a grantee → a construct that can hold a policy"):
            granted(given)


def test_a_role_that_takes_no_policies_is_warned_about(stack):
    imported = iam.Role.from_role_arn(stack, "Theirs", f"arn:aws:iam::111122223333:role/{cdk.Aws.REGION}", mutable=False)
    assert not JustInTimeNodeAccess.grant_approve(imported).success
    ((_, text),) = Template(stack).told()
    assert text.endswith("[ack: automation-role:immutableGrantee]")
