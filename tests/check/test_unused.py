"""What is allowed and never needed, wildcards written out."""

from __future__ import annotations

import pytest

from automation_role.catalog import operations as catalog
from automation_role.check.unused import expand
from tests.check.conftest import LOOK, Run, allow, deny, policy, role

FITS = (LOOK, allow("ec2:StopInstances", on="arn:aws:ec2:*:*:instance/*"))

PAYLOAD = """\
schemaVersion: "0.3"
mainSteps:
  - name: get
    action: aws:executeAwsApi
    inputs: {Service: s3, Api: GetObject, Bucket: example, Key: "a/b"}
"""


@pytest.mark.parametrize(
    ("statement", "unused"),
    [
        (allow("ec2:StartInstances"), [("ec2:StartInstances", ["ec2:StartInstances"])]),
        (allow("EC2:startinstances"), [("EC2:startinstances", ["ec2:StartInstances"])]),
        (allow("ec2:St?pInstances"), []),
        (allow("ec2:StartInst*", "ec2:StartInstances"), [("ec2:StartInst*", ["ec2:StartInstances"])]),
        (allow("ec2:DescribeInstances"), []),
        (deny("ec2:StartInstances"), []),
    ],
)
def test_what_is_never_needed_is_reported(check: Run, statement, unused):
    ran = check(policy(*FITS, statement))
    assert (ran.code, ran.unused()) == (0, unused)
    assert check(policy(*FITS, statement), "--strict").code == (1 if unused else 0)


@pytest.mark.parametrize(
    ("action", "when"),
    [
        ("sts:AssumeRole", "if the automation is started in other accounts"),
        ("iam:CreateServiceLinkedRole", "the first time a service is used in the account"),
        ("kms:Decrypt", "if what the steps read or write is encrypted with a key of your own"),
        ("kms:GenerateDataKey*", "if what the steps read or write is encrypted with a key of your own"),
        ("tag:GetResources", "if the automation is started with targets"),
    ],
)
def test_what_no_runbook_shows_is_not_called_unused(check: Run, action: str, when: str):
    ran = check(policy(*FITS, allow(action)), "--strict")
    assert (ran.code, ran.unused()) == (0, [])
    assert [(one["pattern"], one["neededWhen"]) for one in ran.role["unjudged"]] == [(action, when)]


def test_what_starts_runbooks_as_the_role_itself_is_not_called_unused(check_template: Run):
    def unused(passed: object) -> list[tuple[str, list[str]]]:
        me = role(*FITS, ManagedPolicyArns=[])
        own = policy(allow("ssm:StartAutomationExecution"), {**allow("iam:PassRole"), "Resource": passed})
        passing = {"Type": "AWS::IAM::Policy", "Properties": {"PolicyName": "p", "Roles": [{"Ref": "Me"}], "PolicyDocument": own}}
        return check_template({"Me": me, "Passing": passing}).unused()

    assert unused({"Fn::GetAtt": ["Me", "Arn"]}) == []
    assert [pattern for pattern, _ in unused("arn:aws:iam::111122223333:role/other")] == ["ssm:StartAutomationExecution", "iam:PassRole"]


@pytest.mark.parametrize("pattern", ["sts:*", "kms:*", "iam:Create*"])
def test_a_wildcard_with_more_than_that_is_unused(check: Run, pattern: str):
    ran = check(policy(*FITS, allow(pattern)))
    assert [one for one, _ in ran.unused()] == [pattern]
    assert ran.role["unjudged"] == []


def test_an_assumed_role_that_a_runbook_shows_is_judged(check: Run):
    script = """\
schemaVersion: "0.3"
mainSteps:
  - name: assume
    action: aws:executeAwsApi
    inputs: {Service: sts, Api: AssumeRole, RoleArn: "arn:aws:iam::111122223333:role/other", RoleSessionName: x}
"""
    allowed = [allow("sts:AssumeRole", on=f"arn:aws:iam::111122223333:role/{name}") for name in ("other", "another")]
    ran = check(policy(*allowed), runbook=script)
    assert (ran.missing(), ran.unused()) == ([], [("sts:AssumeRole", ["sts:AssumeRole"])])


def test_the_needed_actions_of_a_wildcard_are_distinguished(check: Run):
    ran = check(policy(allow("ec2:*")))
    (one,) = ran.role["unused"]
    assert one["used"] == ["ec2:DescribeInstances", "ec2:StopInstances"]
    assert sorted([*one["actions"], *one["used"]]) == sorted(catalog.actions("ec2"))
    assert f"{len(one['actions']):,} actions never used" in ran.err


def test_administrator_access_is_every_action_there_is(check: Run):
    (one,) = check("--policy", "AdministratorAccess").role["unused"]
    assert len(one["actions"]) + 2 == sum(len(catalog.actions(prefix)) for prefix in catalog.prefixes()) > 15_000


def test_not_action_is_all_the_others(check: Run):
    statement = {"Effect": "Allow", "NotAction": ["iam:*", "ec2:Describe*"], "Resource": "*"}
    (one,) = check(policy(*FITS, statement)).role["unused"]
    assert one["pattern"] == "NotAction iam:*, ec2:Describe*"
    assert one["used"] == ["ec2:StopInstances"]
    assert {"ec2:StartInstances", "s3:GetObject"} < set(one["actions"])
    assert not {"iam:PassRole", "ec2:DescribeInstances"} & set(one["actions"])


@pytest.mark.parametrize(
    ("resource", "elsewhere"),
    [
        ("arn:aws:s3:::example/*", None),
        ("arn:aws:s3:::example/a/*", None),
        ("*", None),
        ("arn:aws:s3:::other/*", ["s3:GetObject"]),
        ("arn:aws:s3:::example/c/*", ["s3:GetObject"]),
    ],
)
def test_an_action_on_other_resources_is_never_needed(check: Run, resource, elsewhere):
    ran = check(policy(allow("s3:GetObject", on="arn:aws:s3:::example/a/b"), allow("s3:GetObject", on=resource)), runbook=PAYLOAD)
    assert ran.missing() == []
    found = [one["elsewhere"] for one in ran.role["unused"]]
    assert found == ([elsewhere] if elsewhere else [])


@pytest.mark.parametrize(
    ("taking", "unused"),
    [
        (deny("ec2:StartInstances"), []),
        (deny("ec2:Start*", on="*"), []),
        (deny("ec2:StartInstances", on="arn:aws:ec2:*:*:instance/i-1"), ["ec2:StartInstances"]),
        (deny("ec2:StartInstances", Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}), ["ec2:StartInstances"]),
    ],
)
def test_what_is_denied_everywhere_is_not_allowed_and_so_not_unused(check: Run, taking, unused):
    ran = check(policy(*FITS, allow("ec2:StartInstances"), taking))
    assert [action for _, actions in ran.unused() for action in actions] == unused


def test_what_the_boundary_keeps_out_is_not_allowed_either(check: Run):
    given = policy(*FITS, allow("ec2:StartInstances", "ec2:RebootInstances"))
    ran = check(given, boundary=policy(allow("ec2:DescribeInstances", "ec2:StopInstances", "ec2:RebootInstances")))
    assert ran.unused() == [("ec2:RebootInstances", ["ec2:RebootInstances"])]


def test_awss_broad_policy_is_reported_action_by_action(check: Run):
    ran = check("--policy", "AmazonSSMAutomationRole")
    told = dict(ran.unused())
    assert told["ec2:RunInstances"] == ["ec2:RunInstances"]
    assert told["lambda:InvokeFunction"] == ["lambda:InvokeFunction"]
    assert told["ssm:*"] == sorted(catalog.actions("ssm"))
    assert "ec2:StopInstances" not in told
    assert ran.missing() == [("look", "ec2:DescribeInstances", "fails")]


def test_a_policy_that_is_not_known_has_nothing_unused(check: Run):
    assert check(policy(*FITS), "--policy", "arn:aws:iam::aws:policy/AmazonEC2FullAccess").unused() == []


@pytest.mark.parametrize(
    ("pattern", "some"),
    [
        ("*", ["s3:GetObject", "ec2:RunInstances"]),
        ("*:*", ["s3:GetObject", "ec2:RunInstances"]),
        ("s3:get*", ["s3:GetObject"]),
        ("S3:GETOBJECT", ["s3:GetObject"]),
        ("s?:GetObject", ["s3:GetObject"]),
    ],
)
def test_wildcards_stand_for_actions_in_any_letter_case(pattern, some):
    assert set(some) <= set(expand(pattern))


@pytest.mark.parametrize("pattern", ["s3:Nothing", "nothing:*", "s3", "s3:", "s3:*Nothing*", "s3.GetObject"])
def test_an_invalid_action_matches_no_action(pattern):
    assert expand(pattern) == ()


SCRIPT = """\
schemaVersion: "0.3"
mainSteps:
  - name: run
    action: aws:executeScript
    inputs: {Runtime: python3.11, Handler: run, Script: "def run(events, context):\\n    pass\\n"}
"""
LOGS = (
    allow("logs:DescribeLogGroups"),
    allow("logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
)


def test_writing_the_logs_of_scripts_is_not_unused_where_there_are_scripts(check: Run):
    assert check(policy(*LOGS), runbook=SCRIPT).unused() == []
    assert len(check(policy(*FITS, *LOGS)).unused()) == 5
    assert check(policy(*LOGS, allow("logs:GetLogEvents")), runbook=SCRIPT).unused() == [("logs:GetLogEvents", ["logs:GetLogEvents"])]
