"""What is dangerous in a role: for each risk, roles that have it and roles that have not."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from automation_role.check.report import RISKS
from automation_role.iam.managed import kept
from tests.check.conftest import LOOK, SSM_TRUST, Run, allow, deny, policy, role

ROOT = Path(__file__).resolve().parents[2]
FITS = (LOOK, allow("ec2:StopInstances", on="arn:aws:ec2:*:*:instance/*"))
TO_EC2 = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
ONE_ROLE = "arn:aws:iam::111122223333:role/Web"


@pytest.mark.parametrize(
    ("statement", "risks"),
    [
        (allow("iam:PassRole", on=ONE_ROLE, Condition=TO_EC2), []),
        (allow("iam:PassRole", on=ONE_ROLE), ["passRoleAnyService"]),
        (allow("iam:PassRole", on="*", Condition=TO_EC2), ["passRoleAnyRole"]),
        (allow("iam:PassRole", on="arn:aws:iam::*:role/*", Condition=TO_EC2), ["passRoleAnyRole"]),
        (allow("iam:PassRole", on="arn:aws:iam::111122223333:*", Condition=TO_EC2), ["passRoleAnyRole"]),
        (allow("iam:PassRole", on="arn:aws:iam::111122223333:role/web/*", Condition=TO_EC2), []),
        (allow("IAM:passrole"), ["passRoleAnyRole", "passRoleAnyService"]),
        (allow("iam:P*ssRole", on=ONE_ROLE), ["passRoleAnyService"]),
        (allow("iam:PassRole", on=ONE_ROLE, Condition={"StringLike": {"iam:PassedToService": "*"}}), ["passRoleAnyService"]),
        (allow("iam:PassRole", on=ONE_ROLE, Condition={"StringNotEquals": {"iam:PassedToService": "x"}}), ["passRoleAnyService"]),
        (allow("iam:PassRole", on=ONE_ROLE, Condition={"StringLikeIfExists": {"IAM:passedtoservice": "e*"}}), []),
        (allow("iam:PassRole", on=ONE_ROLE, Condition={"StringLike": {"iam:PassedToService": "*.amazonaws.com"}}), ["passRoleAnyService"]),
        (allow("iam:PassRole", on=ONE_ROLE, Condition={"StringLike": {"iam:PassedToService": "ecs*.amazonaws.com"}}), []),
        (allow("iam:PassRole", on="arn:aws:iam::*:role/?*", Condition=TO_EC2), ["passRoleAnyRole"]),
        ({"Effect": "Allow", "NotAction": "s3:*", "NotResource": ONE_ROLE, "Condition": TO_EC2}, ["passRoleAnyRole", "selfWidening"]),
        (deny("iam:PassRole"), []),
    ],
)
def test_handing_on_any_role_or_to_any_service_is_risky(check: Run, statement, risks):
    ran = check(policy(*FITS, statement))
    assert (ran.risky(), ran.code) == (risks, 1 if risks else 0)


def test_what_is_denied_is_not_a_risk(check: Run):
    ran = check(policy(*FITS, allow("iam:*"), deny("iam:*")))
    assert ran.risky() == []


@pytest.mark.parametrize(
    ("denied", "risks"),
    [
        (deny("iam:PassRole", Condition={"StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}), ["passRoleAnyRole"]),
        ({"Effect": "Deny", "Action": "iam:PassRole", "NotResource": ONE_ROLE}, ["passRoleAnyService"]),
        (deny("iam:PassRole", on=ONE_ROLE), ["passRoleAnyRole", "passRoleAnyService"]),
    ],
)
def test_a_deny_that_leaves_only_what_is_meant_counts(check: Run, denied, risks):
    assert check(policy(*FITS, allow("iam:PassRole"), denied)).risky() == risks


def test_a_role_without_a_boundary_does_not_widen_itself_where_one_is_asked_for(check: Run):
    bound = {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/Bound"}}
    for action, risks in (("iam:PutRolePolicy", []), ("iam:PutRolePermissionsBoundary", ["selfWidening"])):
        assert check(policy(*FITS, allow(action, Condition=bound))).risky() == risks


@pytest.mark.parametrize(
    ("statements", "widens"),
    [
        ([allow("iam:PutRolePolicy")], True),
        ([allow("iam:AttachRolePolicy", on="arn:aws:iam::111122223333:role/*")], True),
        ([allow("iam:UpdateAssumeRolePolicy", on="arn:aws:iam::*:role/*")], True),
        ([allow("iam:CreatePolicyVersion")], True),
        ([allow("iam:PutRolePolicy", on="arn:aws:iam::111122223333:role/Other")], False),
        ([allow("iam:PutRolePolicy", on="arn:aws:iam::111122223333:role/other/*")], False),
        ([allow("iam:CreatePolicyVersion", on="arn:aws:iam::111122223333:policy/other/*")], False),
        ([allow("iam:DeleteRolePolicy")], False),
        ([allow("iam:DeleteRolePolicy"), deny("s3:*")], True),
        ([allow("iam:PutRolePolicy"), deny("iam:*", on="arn:aws:iam::*:role/*")], False),
        ([allow("iam:PutRolePolicy", Condition={"StringEquals": {"aws:ResourceTag/Mine": "yes"}})], True),
    ],
)
def test_widening_itself_is_risky(check: Run, statements, widens):
    assert check(policy(*FITS, *statements)).risky() == (["selfWidening"] if widens else [])


def test_of_a_role_that_is_known_its_own_name_counts(check: Run):
    own, other = "arn:aws:iam::111122223333:role/automation/Me", "arn:aws:iam::111122223333:role/automation/Other"
    for arn, risks in ((own, ["selfWidening"]), (other, [])):
        assert check(policy(*FITS, allow("iam:PutRolePolicy", on=arn)), "--role-arn", own).risky() == risks


def test_in_a_template_its_own_policies_count(check_template: Run):
    def resources(rewrites: Any) -> dict[str, Any]:
        return {
            "Me": role(*FITS, ManagedPolicyArns=[{"Ref": "Mine"}, "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"]),
            "Mine": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": policy(LOOK)}},
            "Theirs": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": policy(LOOK)}},
            "Rewrite": {
                "Type": "AWS::IAM::Policy",
                "Properties": {
                    "PolicyName": "Rewrite",
                    "PolicyDocument": policy(allow("iam:CreatePolicyVersion", on=rewrites)),
                    "Roles": [{"Ref": "Me"}],
                },
            },
        }

    assert check_template(resources({"Ref": "Mine"})).risky() == ["selfWidening"]
    assert check_template(resources({"Ref": "Theirs"})).risky() == []
    assert check_template(resources("arn:aws:iam::aws:policy/*")).risky() == []


def test_a_boundary_that_may_be_taken_away_is_risky(check: Run):
    given = policy(*FITS, allow("iam:DeleteRolePermissionsBoundary"))
    assert check(given).risky() == []
    assert check(given, boundary=policy(allow("*"))).risky() == ["selfWidening"]
    assert check(given, boundary=policy(allow("ec2:*"))).risky() == []


# -- trust -----------------------------------------------------------------------------------------------------------------------------


def trust(principal: Any, condition: Any = None) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return policy({**statement, "Condition": condition} if condition else statement)


def denied_to_others(key: str, value: str) -> dict[str, Any]:
    operator = "ArnNotLike" if key.endswith("Arn") else "StringNotEquals"
    return {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": {operator: {key: value}}}


SSM = {"Service": "ssm.amazonaws.com"}
OURS = {"StringEquals": {"aws:SourceAccount": "111122223333"}}


@pytest.mark.parametrize(
    ("document", "risks"),
    [
        (SSM_TRUST, []),
        (trust(SSM, OURS), []),
        (trust(SSM, {"ArnLike": {"AWS:sourcearn": "arn:aws:ssm:*:111122223333:automation-execution/*"}}), []),
        (trust(SSM, {"ArnLike": {"aws:SourceArn": "arn:aws:ssm:eu-west-1:111122223333:*"}}), []),
        (trust(SSM, {"StringEquals": {"aws:SourceOrgID": "o-1234567890"}}), []),
        (trust(SSM), ["trustWithoutSource"]),
        (trust(SSM, {"StringLike": {"aws:SourceAccount": "*"}}), ["trustWithoutSource"]),
        (trust(SSM, {"StringNotEquals": {"aws:SourceAccount": "444455556666"}}), ["trustWithoutSource"]),
        (trust(SSM, {"ArnLike": {"aws:SourceArn": "arn:aws:ssm:*:*:automation-execution/*"}}), ["trustWithoutSource"]),
        (trust(SSM, {"StringLike": {"aws:SourceArn": "arn:aws:ssm:*"}}), ["trustWithoutSource"]),
        (trust(SSM, {"StringLike": {"aws:SourceArn": "arn:aws:ssm:*:111122223333:*"}}), []),
        (policy(*trust(SSM)["Statement"], denied_to_others("aws:SourceAccount", "111122223333")), []),
        (policy(*trust(SSM)["Statement"], denied_to_others("aws:SourceArn", "arn:aws:ssm:*:111122223333:*")), []),
        (policy(*trust(SSM)["Statement"], denied_to_others("aws:SourceArn", "arn:aws:ssm:*")), ["trustWithoutSource"]),
        (trust(SSM, {"ArnLike": {"aws:SourceArn": "arn:aws:lambda:*:111122223333:function:*"}}), ["trustNotAutomation"]),
        (trust({"Service": "ec2.amazonaws.com"}), ["trustNotAutomation"]),
        (trust({"AWS": "111122223333"}), ["trustNotAutomation"]),
        (trust({"Service": ["ssm.amazonaws.com", "ec2.amazonaws.com"]}, OURS), []),
        (trust("*"), ["trustAnyone"]),
        (trust({"AWS": "*"}), ["trustAnyone"]),
        (trust({"AWS": "*"}, {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}), ["trustNotAutomation"]),
        (trust({"AWS": "*"}, {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1234567890"}}), ["trustAnyone"]),
        (trust({"AWS": "*"}, {"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-1234567890/*"}}), ["trustAnyone"]),
        (trust({"AWS": "*"}, {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1234567890/*"}}), ["trustNotAutomation"]),
        (trust({"AWS": "*"}, {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/Operator"}}), ["trustAnyone", "trustNotAutomation"]),
        (trust({"AWS": "*"}, {"Bool": {"aws:SecureTransport": "true"}}), ["trustAnyone"]),
        (trust({"AWS": "*"}, {"StringEquals": {"sts:ExternalId": "12345"}}), ["trustAnyone", "trustNotAutomation"]),
        (trust({"AWS": "*"}, {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}), []),
        (trust({"AWS": "*"}, {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}), ["trustAnyone"]),
        (
            {"Version": "2012-10-17", "Statement": [{**trust(SSM)["Statement"][0], "Action": "sts:Assume"}]},
            ["trustNotAutomation", "unknownAction"],
        ),
    ],
)
def test_a_trust_that_admits_too_many_or_not_automation_is_risky(check: Run, document, risks):
    ran = check(policy(*FITS), trust=document)
    assert (ran.risky(), ran.code) == (risks, 1 if risks else 0)


def test_services_that_do_not_send_whom_they_act_for_are_not_a_risk(check: Run):
    document = copy.deepcopy(SSM_TRUST)
    document["Statement"] += trust({"Service": "lambda.amazonaws.com"})["Statement"]
    assert check(policy(*FITS), trust=document).risky() == []
    document["Statement"] += trust({"Service": "events.amazonaws.com"})["Statement"]
    ran = check(policy(*FITS), trust=document)
    assert ran.risky() == ["trustWithoutSource"]
    assert "events.amazonaws.com" in ran.role["risky"][0]["message"]


def test_a_trust_for_another_account_admits_no_automation_of_this_one(check: Run):
    assert check(policy(*FITS), "--account", "111122223333", trust=SSM_TRUST).risky() == []
    assert check(policy(*FITS), "--account", "444455556666", trust=SSM_TRUST).risky() == ["trustNotAutomation"]


def test_an_unknown_value_that_decides_whether_it_can_be_assumed_is_reported(check: Run):
    ran = check(policy(*FITS), trust=trust(SSM, {**OURS, "Bool": {"aws:MultiFactorAuthPresent": "true"}}))
    assert (ran.risky(), ran.blind(), ran.code) == ([], ["unknownTrust"], 0)
    told = "whether Automation can assume it: the request's 'aws:MultiFactorAuthPresent' is not known"
    assert ran.role["blind"][0]["message"].startswith(told)


def test_a_trust_policy_as_the_aws_command_prints_it_is_read(check: Run):
    role = {"RoleName": "R", "AssumeRolePolicyDocument": SSM_TRUST}
    for printed in ({"Role": role}, role):
        assert check(policy(*FITS), trust=printed).risky() == []


def test_without_a_trust_policy_the_report_says_that_it_was_not_checked(check: Run):
    assert "its trust policy was not provided" in check(policy(*FITS)).err
    assert "its trust policy was not provided" not in check(policy(*FITS), trust=SSM_TRUST).err


# -- actions ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("ec2:StopInstance", "the action 'ec2:StopInstance' does not exist; did you mean 'ec2:StopInstances'?"),
        ("ec22:*", "the action 'ec22:*' does not exist"),
        ("s3:ListObjectsV2", "the action 's3:ListObjectsV2' does not exist; the API operation ListObjectsV2 needs s3:ListBucket"),
        ("ec2:Sto*", None),
        ("*", None),
    ],
)
@pytest.mark.parametrize("make", [allow, deny])
def test_an_action_that_does_not_exist_is_reported(check: Run, make, action, message):
    ran = check(policy(*FITS, make(action, on="arn:aws:ec2:*:*:volume/none")))
    told = [risk["message"] for risk in ran.role["risky"] if risk["id"] == "unknownAction"]
    assert [one[: len(message or "")] for one in told] == ([message] if message else [])


@pytest.mark.parametrize("name", kept()["policies"])
def test_no_action_that_aws_writes_is_reported(check: Run, name):
    assert "unknownAction" not in check("--policy", name).risky()


# -- accepting -------------------------------------------------------------------------------------------------------------------------


def test_an_accepted_risk_is_still_reported(check: Run):
    given = policy(*FITS, allow("iam:PassRole"))
    ran = check(given, "--accept", "passRoleAnyRole")
    assert (ran.code, [(one["id"], one["accepted"]) for one in ran.role["risky"]]) == (
        1,
        [("passRoleAnyRole", True), ("passRoleAnyService", False)],
    )
    assert check(given, "--accept", "passRoleAnyRole", "--accept", "passRoleAnyService").code == 0


def test_the_page_has_every_risk_by_its_id():
    rows = "".join(f"| `{name}` | {meaning} |\n" for name, meaning in RISKS.items())
    assert "| id | what it means |\n| --- | --- |\n" + rows + "\n" in (ROOT / "docs" / "check.md").read_text()


def test_every_risk_is_tried_here():
    tried = {"passRoleAnyRole", "passRoleAnyService", "selfWidening", "trustAnyone", "trustWithoutSource", "trustNotAutomation"}
    assert set(RISKS) == tried | {"unknownAction"}
