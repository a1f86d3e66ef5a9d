"""`automation_role.testing` as its users see it: names, messages, what raises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from automation_role.errors import AutomationRoleError
from automation_role.iam.documents import PolicyDocumentError
from automation_role.testing import Authorization, Outcome, UndecidedError


def test_a_failing_assertion_says_what_was_asked_and_why_not(auth: Authorization, pytester_message):
    message = pytester_message(lambda: auth.principal("Starter").may("ssm:SendCommand", resource="*"))
    assert message.startswith("denied: role 'Starter")
    assert "ssm:SendCommand on *: no statement allows it" in message


@pytest.fixture
def pytester_message() -> Any:
    """The text that pytest's rewritten assertion shows."""

    def run(ask: Any) -> str:
        with pytest.raises(AssertionError) as raised:
            assert ask()
        return str(raised.value).removeprefix("assert ")

    return run


def test_a_decision_names_its_statement(auth: Authorization):
    found = auth.principal("Passer").may_pass("AutomationRole")
    assert found.outcome is Outcome.ALLOWED
    assert found.policy is not None
    assert found.policy.startswith("PasserDefaultPolicy")
    assert found.statement == "statement 1"


def test_a_start_that_is_denied_says_for_what(auth: Authorization):
    found = auth.principal("Starter").may_start("RestartInstance", role="InstanceRole")
    assert "start RestartInstance as InstanceRole: iam:PassRole on arn:aws:iam::111122223333:role/" in str(found)


@pytest.mark.parametrize("truth", [True, False])
def test_rejects_to_answer_for_an_unknown_version(auth: Authorization, truth):
    """Neither `assert` nor `assert not` passes."""
    found = auth.principal("VersionStarter").may_start("RestartInstance", role="AutomationRole")
    with pytest.raises(UndecidedError, match=r"'ssm:DocumentVersion' is not known: ask about one, version=…"):
        assert bool(found) is truth


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Startr", "'Startr': no user or role or group of the template has this name → one of "),
        ("Bounded", "'Bounded': no user or role or group of the template has this name → one of "),
        (" ", "a name is ' ' → a logical ID, a construct path or a construct ID; pass one"),
    ],
)
def test_rejects_a_name_that_is_nobodys_or_several(auth: Authorization, name, message):
    with pytest.raises(AutomationRoleError) as raised:
        auth.principal(name)
    assert str(raised.value).startswith(message)


def test_offers_the_nearest_name(auth: Authorization):
    with pytest.raises(AutomationRoleError, match=r"did you mean 'Starter'\?$"):
        auth.principal("Startr")


def test_rejects_a_role_that_is_a_user(auth: Authorization):
    with pytest.raises(AutomationRoleError, match="'Outsider': no role of the template has this name"):
        auth.role("Outsider")


def test_rejects_a_caller_that_is_nobody(auth: Authorization):
    with pytest.raises(AutomationRoleError) as raised:
        auth.role("AutomationRole").may_be_assumed_by("ssm")
    assert str(raised.value) == "caller 'ssm' → a service principal such as 'ssm.amazonaws.com', an ARN, or a Principal"


def test_rejects_a_resource_with_a_variable(auth: Authorization):
    with pytest.raises(AutomationRoleError, match="a request has no policy variables"):
        auth.principal("Starter").may("s3:GetObject", resource="arn:aws:s3:::${aws:username}")


# -- several accounts ------------------------------------------------------------------------------------------------------------------

CENTRAL, TARGET, OUTSIDE = "111111111111", "222222222222", "333333333333"
EXECUTION_ROLE = f"arn:aws:iam::{TARGET}:role/Execution"


def statement(effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": effect, **elements}]}


def account(
    number: str, role: str, trust: dict[str, Any], policy: dict[str, Any] | None = None, organization: str = "o-a1b2c3d4e5"
) -> Authorization:
    properties: dict[str, Any] = {"RoleName": role, "AssumeRolePolicyDocument": trust}
    if policy is not None:
        properties["Policies"] = [{"PolicyName": "Own", "PolicyDocument": policy}]
    return Authorization(
        {"Resources": {role: {"Type": "AWS::IAM::Role", "Properties": properties}}}, account=number, organization_id=organization
    )


BY_SERVICE = statement(Principal={"Service": "ssm.amazonaws.com"}, Action="sts:AssumeRole")
ASSUME_IN_ORGANIZATION = statement(
    Action="sts:AssumeRole",
    Resource="arn:aws:iam::*:role/Execution",
    Condition={"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}},
)
TRUST_ADMINISTRATION = statement(
    Principal={"AWS": f"arn:aws:iam::{CENTRAL}:role/Administration"},
    Action="sts:AssumeRole",
    Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
)

ATTEMPTS = [
    ("the central role", account(CENTRAL, "Administration", BY_SERVICE, ASSUME_IN_ORGANIZATION), True),
    ("without its own permission", account(CENTRAL, "Administration", BY_SERVICE), False),
    ("another role of the central account", account(CENTRAL, "Other", BY_SERVICE, ASSUME_IN_ORGANIZATION), False),
    ("the same name in another account", account(OUTSIDE, "Administration", BY_SERVICE, ASSUME_IN_ORGANIZATION), False),
    (
        "the central role, in another organization",
        account(CENTRAL, "Administration", BY_SERVICE, ASSUME_IN_ORGANIZATION, "o-f6g7h8i9j0"),
        False,
    ),
    ("the central role, in none", account(CENTRAL, "Administration", BY_SERVICE, ASSUME_IN_ORGANIZATION, ""), False),
]


@pytest.mark.parametrize(("case", "central", "expected"), ATTEMPTS, ids=[case[0] for case in ATTEMPTS])
def test_a_role_of_another_account_needs_both_sides(case, central, expected):
    target = account(TARGET, "Execution", TRUST_ADMINISTRATION)
    found = target.role("Execution").may_be_assumed_by(central.roles()[0])
    assert bool(found) is expected, found


def test_only_the_callers_side_can_be_asked():
    central = account(CENTRAL, "Administration", BY_SERVICE, ASSUME_IN_ORGANIZATION).principal("Administration")
    assert central.may("sts:AssumeRole", resource=EXECUTION_ROLE, context={"aws:ResourceOrgID": "o-a1b2c3d4e5"})
    assert not central.may("sts:AssumeRole", resource=EXECUTION_ROLE, context={"aws:ResourceOrgID": "o-f6g7h8i9j0"})
    assert central.may("sts:AssumeRole", resource=EXECUTION_ROLE).outcome is Outcome.UNDECIDED


# -- questions that would be answered with no, whatever the template says -------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (
            lambda auth: auth.principal("Starter").may("ssm:StopAutomationExecutions"),
            "action 'ssm:StopAutomationExecutions' does not exist in IAM → an action such as 'ssm:StartAutomationExecution'; did you mean",
        ),
        (lambda auth: auth.principal("Starter").may("sms:SendCommand"), "action 'sms:SendCommand' does not exist in IAM → "),
        (lambda auth: auth.principal("Starter").may("SendCommand"), "action 'SendCommand' does not exist in IAM → "),
        (
            lambda auth: auth.principal("Starter").may("s3:GetObject", resource="bucket/key"),
            "resource 'bucket/key' is not an ARN → an ARN, ",
        ),
        (lambda auth: auth.principal("Starter").may("s3:GetObject", resource=""), "resource '' is not an ARN → an ARN, "),
        (
            lambda auth: auth.principal("Passer").may_pass("AutomationRole", to="ssm"),
            "'ssm' is not a service principal → a name such as 'events.amazonaws.com'; did you mean 'ssm.amazonaws.com'?",
        ),
        (lambda auth: auth.role("AutomationRole").may_run("RestartInstance"), "Role.may_run: runbooks is 'RestartInstance' → a Runbook; "),
        (lambda auth: auth.role("AutomationRole").may_run(), "may_run without a runbook → at least one Runbook; "),
    ],
)
def test_rejects_a_question_that_is_always_answered_with_no(auth: Authorization, ask: Callable[[Authorization], object], told: str) -> None:
    with pytest.raises(AutomationRoleError) as caught:
        ask(auth)
    assert str(caught.value).startswith(told)


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ({"Action": "s3"}, "action 's3' → a service and an action, such as 's3:GetObject', or '*'"),
        ({"Resource": "bucket"}, "resource 'bucket' → an ARN, such as 'arn:aws:s3:::bucket/*', or '*'"),
        ({"Condition": {"StringIs": {"aws:a": "b"}}}, "condition operator 'StringIs' is not one of IAM's"),
        ({"Condition": {"ForAnyValue:StringLikes": {"aws:a": "b"}}}, "condition operator 'ForAnyValue:StringLikes' is not one of IAM's"),
        ({"Sid": "a b"}, "Sid is 'a b' → only letters and digits; remove the others"),
        ({"Sid": "Twice"}, "Sid 'Twice' occurs twice → each once in a policy; rename one"),
    ],
)
@pytest.mark.parametrize("where", ["inline", "policy", "managed"])
def test_rejects_a_template_with_a_policy_that_iam_would_not_take(broken: dict[str, Any], told: str, where: str) -> None:
    fine = {"Effect": "Allow", "Action": "s3:Get*", "Resource": {"Fn::GetAtt": ["Other", "Arn"]}}
    document = {"Version": "2012-10-17", "Statement": [{"Sid": "Twice", **fine}, {**fine, **broken}]}
    trust = {"Version": "2012-10-17", "Statement": []}
    inline = [{"PolicyName": "Own", "PolicyDocument": document}] if where == "inline" else []
    resources = {
        "R": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust, "Policies": inline}},
        "Other": {"Type": "AWS::S3::Bucket"},
    }
    if where != "inline":
        kind = "AWS::IAM::Policy" if where == "policy" else "AWS::IAM::ManagedPolicy"
        resources["P"] = {"Type": kind, "Properties": {"PolicyDocument": document, "Roles": [{"Ref": "R"}]}}
    with pytest.raises(PolicyDocumentError) as caught:
        Authorization({"Resources": resources})
    assert told in str(caught.value)
