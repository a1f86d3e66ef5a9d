"""Which calls fail: named by step and line; what is allowed in part is distinguished from what is denied."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from automation_role.derive.derivation import derive
from automation_role.runbook.model import Runbook
from automation_role.values.place import Place
from tests.check.conftest import LOOK, STOP, STOP_LINE, Run, allow, deny, policy, role

ROOT = Path(__file__).resolve().parents[2]
ANY_INSTANCE = "arn:aws:ec2:*:*:instance/*"
ONE_INSTANCE = "arn:aws:ec2:*:*:instance/i-0123456789abcdef0"
FAILS = [("stop", "ec2:StopInstances", "fails")]
PARTLY = [("stop", "ec2:StopInstances", "partly")]
UNDECIDED = [("stop", "ec2:StopInstances", "undecided")]


def test_a_role_that_fits_is_reported_as_such(check: Run):
    ran = check(policy(LOOK, allow("ec2:StopInstances", on=ANY_INSTANCE)), "--strict")
    assert (ran.code, ran.missing(), ran.report["fits"]) == (0, [], True)
    assert ran.err.endswith("fits\n")


def test_one_permission_too_few_names_the_step_that_fails(check: Run, tmp_path):
    ran = check(policy(LOOK))
    assert ran.code == 1
    assert ran.report["fits"] is False
    assert ran.role["missing"] == [
        {
            "certainty": "fails",
            "action": "ec2:StopInstances",
            "resources": [ANY_INSTANCE],
            "conditions": {},
            "reason": "no statement allows it",
            "policy": None,
            "statement": None,
            "steps": [{"runbook": "stop", "source": str(tmp_path / "stop.yaml"), "step": "stop", "line": STOP_LINE}],
        }
    ]


@pytest.mark.parametrize("path", sorted((ROOT / "runbooks").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_action_that_is_taken_away_is_missed_at_the_steps_that_need_it(run: Run, tmp_path, path):
    derivation = derive([Runbook.from_file(path)])
    statements = derivation.policy().to_json(Place())["Statement"]
    needed: dict[str, set[str]] = {}
    for step in derivation.steps:
        for permission in step.permissions:
            needed.setdefault(permission.action, set()).add(step.step.name)
    for action, steps in needed.items():
        rest = [{**one, "Action": [a for a in one["Action"] if a != action]} for one in statements]
        (tmp_path / "policy.json").write_text(json.dumps(policy(*(one for one in rest if one["Action"]))))
        ran = run(path, "--policy", tmp_path / "policy.json", "--format", "json")
        assert {(step, found) for step, found, _ in ran.missing()} == {(step, action) for step in steps}
        assert {certainty for *_, certainty in ran.missing()} == {"fails"}
        assert (ran.code, ran.unused(), ran.risky()) == (1, [], [])


# -- denies and boundaries -----------------------------------------------------------------------------------------------------------


def test_an_explicit_deny_counts(check: Run):
    ran = check(policy(LOOK, allow("ec2:*"), deny("ec2:StopInstances", Sid="Never")))
    assert ran.missing() == FAILS
    (lack,) = ran.role["missing"]
    assert (lack["statement"], lack["reason"].partition(" of ")[0]) == ("Never", "'Never'")
    assert lack["reason"].endswith("denies it")


def test_a_permissions_boundary_counts(check: Run):
    fits = policy(LOOK, allow("ec2:StopInstances", on=ANY_INSTANCE))
    assert check(fits, boundary=policy(allow("ec2:*"))).missing() == []
    ran = check(fits, boundary=policy(LOOK))
    assert ran.missing() == FAILS
    assert "the permissions boundary" in ran.role["missing"][0]["reason"]


def test_a_boundary_can_be_a_managed_policy_of_aws(check: Run):
    fits = policy(LOOK, allow("ec2:StopInstances", on=ANY_INSTANCE))
    assert check(fits, "--boundary", "AdministratorAccess").missing() == []
    assert check(fits, "--boundary", "AmazonSSMReadOnlyAccess").code == 1


# -- one instance of many --------------------------------------------------------------------------------------------------------------


def test_one_instance_is_a_part_of_all_and_is_reported_without_failing(check: Run):
    one = policy(LOOK, allow("ec2:StopInstances", on=ONE_INSTANCE, Sid="One"))
    ran = check(one)
    assert (ran.code, ran.missing()) == (0, PARTLY)
    assert f"allowed on {ONE_INSTANCE} ('One' of policy" in ran.role["missing"][0]["reason"]
    assert "1 allowed in part" in ran.err
    assert check(one, "--strict").code == 1


@pytest.mark.parametrize(("instance", "missing"), [("i-0123456789abcdef0", []), ("i-0ffffffffffffffff", FAILS)])
def test_which_instance_it_is_can_be_said(check: Run, instance, missing):
    one = policy(LOOK, allow("ec2:StopInstances", on=ONE_INSTANCE))
    ran = check(one, "--strict", "-p", f"InstanceId={instance}")
    assert (ran.missing(), ran.code) == (missing, 1 if missing else 0)


LAUNCH = """\
schemaVersion: "0.3"
mainSteps:
  - name: launch
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: RunInstances, ImageId: ami-1, MinCount: 1, MaxCount: 1, SubnetId: subnet-1, SecurityGroupIds: [sg-1], KEY}
"""
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html
LAUNCHED = [
    "arn:aws:ec2:*::image/ami-*",
    *(f"arn:aws:ec2:*:*:{kind}/*" for kind in ("instance", "subnet", "volume", "network-interface", "security-group")),
]


@pytest.mark.parametrize(
    ("named", "fails"),
    [("KeyName: k", {"key-pair/k"}), ("Monitoring: {Enabled: false}", set()), ("Placement: {GroupName: g}", {"placement-group/*"})],
)
def test_what_iam_asks_about_only_when_it_is_used_fails_only_when_it_is(check: Run, named, fails):
    ran = check(policy(allow("ec2:RunInstances", on=LAUNCHED)), runbook=LAUNCH.replace("KEY", named))
    found = {(one["certainty"], arn.split(":", 5)[5]) for one in ran.role["missing"] for arn in one["resources"]}
    assert {arn for certainty, arn in found if certainty == "fails"} == fails
    assert ("partly", "capacity-reservation/*") in found
    assert ran.code == (1 if fails else 0)
    assert "the call may need it" in "".join(one["reason"] for one in ran.role["missing"])


def test_what_is_nearly_always_asked_about_fails(check: Run):
    without_volumes = [arn for arn in LAUNCHED if "volume" not in arn]
    ran = check(policy(allow("ec2:RunInstances", on=without_volumes)), runbook=LAUNCH.replace("KEY", "Monitoring: {Enabled: false}"))
    assert [arn for one in ran.role["missing"] if one["certainty"] == "fails" for arn in one["resources"]] == ["arn:aws:ec2:*:*:volume/*"]


def test_a_start_is_asked_about_on_the_document_and_the_execution(check: Run):
    start = "  - {name: start, action: aws:executeAutomation, inputs: {DocumentName: Other}}\n"
    runbook = f'schemaVersion: "0.3"\nmainSteps:\n{start}'
    look = allow("ssm:GetAutomationExecution")
    both = ["arn:aws:ssm:*:*:document/Other", "arn:aws:ssm:*:*:automation-execution/*"]
    ran = check(policy(look, allow("ssm:StartAutomationExecution", on=both)), runbook=runbook)
    assert (ran.missing(), ran.code) == ([("start", "ssm:StartAutomationExecution", "partly")], 0)
    for one in both:
        assert ("start", "ssm:StartAutomationExecution", "fails") in check(
            policy(look, allow("ssm:StartAutomationExecution", on=one)), runbook=runbook
        ).missing()


COMMAND = """\
schemaVersion: "0.3"
parameters: {Node: {type: String}}
mainSteps:
  - name: command
    action: aws:executeAwsApi
    inputs: {Service: ssm, Api: SendCommand, DocumentName: AWS-RunPatchBaseline, InstanceIds: ["{{ Node }}"]}
"""
DOCUMENT = "arn:aws:ssm:*:*:document/AWS-RunPatchBaseline"
TAG = """\
schemaVersion: "0.3"
parameters: {Id: {type: String}}
mainSteps:
  - name: tag
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: CreateTags, Resources: ["{{ Id }}"], Tags: [{Key: a, Value: b}]}
"""


@pytest.mark.parametrize(
    ("runbook", "action", "on", "certainties"),
    [
        (COMMAND, "ssm:SendCommand", [DOCUMENT, "arn:aws:ec2:*:*:instance/*"], {"partly"}),
        (COMMAND, "ssm:SendCommand", [DOCUMENT, "arn:aws:ec2:*:*:instance/i-1"], {"partly"}),
        (COMMAND, "ssm:SendCommand", [DOCUMENT, "arn:aws:ec2:*:*:instance/*", "arn:aws:ssm:*:*:managed-instance/*"], set()),
        (COMMAND, "ssm:SendCommand", [DOCUMENT], {"fails"}),
        (COMMAND, "ssm:SendCommand", ["arn:aws:ec2:*:*:instance/*", "arn:aws:ssm:*:*:managed-instance/*"], {"fails"}),
        (TAG, "ec2:CreateTags", ["arn:aws:ec2:*:*:instance/*"], {"partly"}),
        (TAG, "ec2:CreateTags", ["arn:aws:s3:::b"], {"fails"}),
    ],
)
def test_of_types_of_which_it_is_one_or_another_one_is_a_part(check: Run, runbook, action, on, certainties):
    ran = check(policy(allow(action, on=on)), runbook=runbook)
    assert {one["certainty"] for one in ran.role["missing"]} == certainties
    assert ran.code == (1 if "fails" in certainties else 0)


def test_resources_of_another_type_are_not_a_part(check: Run):
    ran = check(policy(LOOK, allow("ec2:StopInstances", on="arn:aws:ec2:*:*:volume/*")))
    assert ran.missing() == FAILS
    assert "has the action, but on arn:aws:ec2:*:*:volume/*" in ran.role["missing"][0]["reason"]


def test_a_call_about_nothing_in_particular_takes_a_statement_on_everything(check: Run):
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html: DescribeInstances has no resource types."""
    stops = allow("ec2:StopInstances", on=ANY_INSTANCE)
    ran = check(policy(allow("ec2:DescribeInstances", on=ANY_INSTANCE), stops))
    assert ran.missing() == [("look", "ec2:DescribeInstances", "fails")]
    assert check(policy(LOOK, stops, deny("ec2:*", on="arn:aws:ec2:*:*:volume/*"))).missing() == []


@pytest.mark.parametrize(
    ("statement", "said", "missing"),
    [
        (allow("ec2:StopInstances", Condition={"StringEquals": {"aws:ResourceTag/Stop": "yes"}}), "yes", []),
        (allow("ec2:StopInstances", Condition={"StringEquals": {"aws:ResourceTag/Stop": "yes"}}), "no", FAILS),
        (allow("ec2:StopInstances", Condition={"Null": {"aws:ResourceTag/Stop": "false"}}), "no", []),
        (allow("ec2:StopInstances", on="arn:aws:ec2:*:*:instance/${aws:ResourceTag/Stop}"), "i-1", PARTLY),
    ],
)
def test_a_condition_on_what_only_a_run_knows_is_a_part(check: Run, statement, said, missing):
    ran = check(policy(LOOK, statement))
    assert (ran.code, ran.missing()) == (0, PARTLY)
    assert ran.role["missing"][0]["reason"].endswith("say what the requests contain: --context aws:ResourceTag/Stop=…")
    assert check(policy(LOOK, statement), "--context", f"aws:ResourceTag/Stop={said}").missing() == missing


def test_a_deny_under_a_condition_takes_a_part(check: Run):
    ran = check(policy(LOOK, allow("ec2:StopInstances"), deny("*", Condition={"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}})))
    assert ran.missing() == [("look", "ec2:DescribeInstances", "partly"), *PARTLY]
    assert "denied on * if StringNotEquals aws:RequestedRegion 'eu-west-1'" in ran.role["missing"][0]["reason"]


def test_a_deny_of_plain_http_takes_nothing(check: Run):
    plain = deny("*", Condition={"Bool": {"aws:SecureTransport": "false"}})
    assert check(policy(LOOK, allow("ec2:StopInstances"), plain)).missing() == []


# -- where -----------------------------------------------------------------------------------------------------------------------------

HERE = "arn:aws:ec2:eu-west-1:111122223333:instance/*"


def test_the_account_and_region_that_the_policies_name_are_taken(check: Run):
    ran = check(policy(LOOK, allow("ec2:StopInstances", on=HERE)), "--strict")
    assert (ran.code, ran.missing()) == (0, [])
    assert (ran.role["account"], ran.role["regions"]) == ("111122223333", ["eu-west-1"])
    assert "assumed to be in account 111122223333, Region eu-west-1, as its policies say" in ran.err


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        (["--account", "111122223333", "--region", "eu-west-1"], []),
        (["--account", "444455556666"], FAILS),
        (["--region", "us-east-1"], FAILS),
        (["--region", "eu-west-1", "--region", "us-east-1"], FAILS),
    ],
)
def test_where_it_lives_can_be_said(check: Run, arguments, missing):
    assert check(policy(LOOK, allow("ec2:StopInstances", on=HERE)), *arguments).missing() == missing


def test_one_of_several_accounts_or_regions_is_a_part(check: Run):
    other = allow("ec2:StartInstances", on="arn:aws:ec2:us-east-1:444455556666:instance/*")
    assert check(policy(LOOK, allow("ec2:StopInstances", on=HERE), other)).missing() == PARTLY


def test_what_is_denied_elsewhere_does_not_say_where_it_lives(check: Run):
    elsewhere = deny("ec2:*", on="arn:aws:ec2:us-east-1:444455556666:instance/*")
    ran = check(policy(LOOK, allow("ec2:StopInstances", on=HERE), elsewhere))
    assert (ran.missing(), ran.role["account"]) == ([], "111122223333")


def test_a_role_has_no_user_name(check: Run):
    assert check(policy(LOOK, allow("ec2:StopInstances", on="arn:aws:ec2:*:*:instance/${aws:username}"))).missing() == FAILS


@pytest.mark.parametrize("resource", ["*", "arn:aws:ec2:*:*:instance/*", HERE])
@pytest.mark.parametrize("arguments", [[], ["--account", "111122223333"]])
def test_resources_of_its_own_account_are_those_that_are_asked_for(check: Run, resource, arguments):
    own = {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}
    assert check(policy(LOOK, allow("ec2:StopInstances", on=resource, Condition=own)), *arguments).missing() == []


def test_the_partition_is_the_one_that_the_policies_name(check: Run):
    ran = check(policy(LOOK, allow("ec2:StopInstances", on="arn:aws-cn:ec2:*:*:instance/*")), "--strict")
    assert (ran.code, ran.role["partition"]) == (0, "aws-cn")


# -- this role -------------------------------------------------------------------------------------------------------------------------

AGAIN = """\
schemaVersion: "0.3"
assumeRole: "{{ AutomationAssumeRole }}"
parameters:
  AutomationAssumeRole: {type: "AWS::IAM::Role::Arn"}
mainSteps:
  - name: again
    action: aws:executeAutomation
    inputs:
      DocumentName: Other
      RuntimeParameters: {AutomationAssumeRole: "{{ AutomationAssumeRole }}"}
"""
TO_SSM = {"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}}


def test_a_role_of_a_template_may_hand_on_itself(check_template: Run):
    own = {"Fn::GetAtt": ["Me", "Arn"]}
    resources: dict[str, Any] = {
        "Me": role(allow("ssm:StartAutomationExecution", "ssm:GetAutomationExecution")),
        "Pass": {
            "Type": "AWS::IAM::RolePolicy",
            "Properties": {"RoleName": {"Ref": "Me"}, "PolicyName": "P", "PolicyDocument": policy(allow("iam:PassRole", on=own))},
        },
    }
    resources["Pass"]["Properties"]["PolicyDocument"]["Statement"][0]["Condition"] = TO_SSM
    assert check_template(resources, runbook=AGAIN).missing() == []
    del resources["Pass"]
    assert ("again", "iam:PassRole", "fails") in check_template(resources, runbook=AGAIN).missing()


def test_the_arn_of_a_role_that_consists_of_policies_can_be_set(check: Run):
    arn = "arn:aws:iam::111122223333:role/Me"
    statements = policy(allow("ssm:*"), allow("iam:PassRole", on=arn, Condition=TO_SSM))
    assert check(statements, "--role-arn", arn, runbook=AGAIN).missing() == []
    assert check(statements, runbook=AGAIN).missing() == [("again", "iam:PassRole", "partly")]
    assert check(statements, "--role-arn", f"{arn}Too", runbook=AGAIN).missing() == [("again", "iam:PassRole", "fails")]


# -- managed policies ------------------------------------------------------------------------------------------------------------------


def test_a_managed_policy_that_is_not_known_is_a_finding_and_decides_nothing(check: Run, tmp_path):
    name = "arn:aws:iam::aws:policy/AmazonEC2FullAccess"
    ran = check(policy(LOOK), "--policy", name)
    assert (ran.code, ran.missing(), ran.blind()) == (1, UNDECIDED, ["unknownPolicy"])
    assert "--managed-policy" in ran.role["missing"][0]["reason"]
    (tmp_path / "ec2.json").write_text(json.dumps(policy(allow("ec2:*"))))
    ran = check(policy(LOOK), "--policy", name, "--managed-policy", f"{name}={tmp_path / 'ec2.json'}")
    assert (ran.code, ran.missing(), ran.blind()) == (0, [], [])


def test_bundled_policies_of_aws_are_reported_with_their_version_and_source(check: Run):
    ran = check("--policy", "AdministratorAccess")
    assert "AdministratorAccess: AWS's text v1 of 2015-02-06, from moto 5." in ran.err
    assert ran.missing() == []


def test_an_import_of_another_stack_decides_nothing_until_it_is_said(check_template: Run):
    template = {"Me": role(LOOK, allow("ec2:StopInstances", on={"Fn::ImportValue": "Instances"}))}
    ran = check_template(template)
    assert (ran.code, ran.missing()) == (1, UNDECIDED)
    assert ran.role["missing"][0]["reason"] == "the import of 'Instances' is not known: pass it (imports, --template-import)"
    assert check_template(template, "--template-import", f"Instances={ANY_INSTANCE}").missing() == []
    assert check_template(template, "--template-import", "Instances=arn:aws:ec2:*:*:volume/*").missing() == FAILS
    assert check_template(template, "--template-import", "Others=*").missing() == UNDECIDED


def test_the_message_about_an_imported_managed_policy_says_how_to_pass_it(check_template: Run):
    template = {"Me": role(LOOK, ManagedPolicyArns=[{"Fn::ImportValue": "Shared"}])}
    ran = check_template(template)
    assert (ran.code, ran.missing(), ran.blind()) == (1, UNDECIDED, ["unknownPolicy"])
    reason = "the ARN of a managed policy is unknown: the import of 'Shared' is not known: pass it (imports, --template-import)"
    assert ran.role["missing"][0]["reason"] == reason
    assert check_template(template, "--template-import", "Shared=arn:aws:iam::aws:policy/AdministratorAccess").missing() == []


def test_the_message_about_an_unknown_condition_says_how_to_set_it(check_template: Run):
    on = {"Fn::If": ["IsProd", "*", "arn:aws:ec2:*:*:volume/*"]}
    template = {
        "Parameters": {"Env": {"Type": "String"}},
        "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Env"}, "prod"]}},
        "Resources": {"Me": role(LOOK, allow("ec2:StopInstances", on=on))},
    }
    ran = check_template(template)
    ask = "pass the parameters it depends on (parameters, --template-parameter)"
    assert ran.role["missing"][0]["reason"] == f"the condition 'IsProd' is not known: {ask}"
    assert check_template(template, "--template-parameter", "Env=prod").missing() == []
    assert check_template(template, "--template-parameter", "Env=test").missing() == FAILS


def test_a_document_written_as_text_is_read(check_template: Run):
    text = json.dumps(policy(LOOK, allow("ec2:StopInstances", on="arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:instance/*")))
    template = {"Me": role(Policies=[{"PolicyName": "Own", "PolicyDocument": {"Fn::Sub": text}}])}
    assert check_template(template).missing() == []


# -- documents -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "around",
    [
        lambda document: document,
        lambda document: {"PolicyVersion": {"VersionId": "v1", "Document": document}},
        lambda document: {"RoleName": "R", "PolicyName": "P", "PolicyDocument": document},
        lambda document: {"PolicyVersion": {"VersionId": "v1", "Document": quote(json.dumps(document))}},
    ],
    ids=["plain", "get-policy-version", "get-role-policy", "percent-encoded"],
)
def test_policies_are_read_as_the_aws_command_prints_them(check: Run, around):
    assert check(around(policy(LOOK, allow("ec2:StopInstances")))).missing() == []


def test_a_policy_may_be_yaml(run: Run, tmp_path):
    (tmp_path / "stop.yaml").write_text(STOP)
    (tmp_path / "policy.yaml").write_text(
        "Version: 2012-10-17\nStatement: {Effect: Allow, Action: ['ec2:StopInstances', 'ec2:DescribeInstances'], Resource: '*'}\n"
    )
    assert run(tmp_path / "stop.yaml", "--policy", tmp_path / "policy.yaml").code == 0


def test_nested_runbooks_are_followed(run: Run, tmp_path):
    (tmp_path / "outer.yaml").write_text(AGAIN.replace("DocumentName: Other", "DocumentName: stop"))
    (tmp_path / "stop.yaml").write_text(STOP)
    (tmp_path / "policy.json").write_text(json.dumps(policy(LOOK, allow("ssm:*", "iam:PassRole"))))
    ran = run(tmp_path / "outer.yaml", tmp_path / "stop.yaml", "--policy", tmp_path / "policy.json", "--format", "json")
    assert ran.missing() == FAILS
    assert ran.role["missing"][0]["steps"][0]["runbook"] == "stop"
