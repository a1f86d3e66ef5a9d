"""`automation-role check`: which roles of a template, what it prints, how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from automation_role.cli import main
from tests.check.conftest import LOOK, SSM_TRUST, STOP, STOP_LINE, Run, allow, deny, policy, role

STOPS = allow("ec2:StopInstances", on="arn:aws:ec2:*:*:instance/*")
EC2_TRUST = policy({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})


def roles(ran: Any) -> list[str]:
    return [one["role"] for one in ran.report["roles"]]


# -- which roles -----------------------------------------------------------------------------------------------------------------------


def test_each_role_that_automation_can_assume_is_checked(check_template: Run):
    template = {"Fits": role(LOOK, STOPS), "Lacks": role(LOOK), "Web": role(trust=EC2_TRUST)}
    ran = check_template(template)
    assert (roles(ran), ran.code) == (["Fits", "Lacks"], 1)
    assert [one["fits"] for one in ran.report["roles"]] == [True, False]


@pytest.mark.parametrize(
    ("arguments", "checked", "code"),
    [
        (["--role", "Fits"], ["Fits"], 0),
        (["--role", "Web"], ["Web0123ABCD"], 1),
        (["--role", "Web0123ABCD"], ["Web0123ABCD"], 1),
        (["--role", "Lacks", "--role", "Fits"], ["Fits", "Lacks"], 1),
    ],
)
def test_a_role_can_be_named_by_its_logical_id_or_construct_id(check_template: Run, arguments, checked, code):
    template = {"Fits": role(LOOK, STOPS), "Lacks": role(LOOK), "Web0123ABCD": role(LOOK, STOPS, trust=EC2_TRUST)}
    ran = check_template(template, *arguments)
    assert (roles(ran), ran.code) == (checked, code)


def test_a_role_that_automation_cannot_assume_is_only_checked_when_it_is_named(check_template: Run):
    ran = check_template({"Web": role(LOOK, STOPS, trust=EC2_TRUST)})
    assert (ran.code, ran.out) == (2, "")
    assert "cannot assume any of its roles → name the one to check: --role Web" in ran.err
    ran = check_template({"Web": role(LOOK, STOPS, trust=EC2_TRUST)}, "--role", "Web")
    assert (ran.code, ran.risky()) == (1, ["trustNotAutomation"])


def test_nobody_can_assume_a_role_without_a_trust_policy(check_template: Run):
    resource = role(LOOK, STOPS)
    del resource["Properties"]["AssumeRolePolicyDocument"]
    ran = check_template({"Web": resource}, "--role", "Web")
    assert (ran.code, ran.risky()) == (1, ["trustNotAutomation"])
    assert "it has no trust policy" in ran.role["risky"][0]["message"]


@pytest.mark.parametrize(
    ("resources", "arguments", "message"),
    [
        (
            {"A": role(trust=EC2_TRUST), "B": role(trust=EC2_TRUST)},
            [],
            "cannot assume any of its roles → name the one to check: --role A or B",
        ),
        ({"A": role()}, ["--role", "B"], "--role 'B' → one role of "),
        ({"Web1": role(), "Web2": role()}, ["--role", "Web"], "Web1, Web2"),
        ({"Topic": {"Type": "AWS::SNS::Topic"}}, [], "has no role → a file with a role, or --policy FILE"),
    ],
)
def test_rejects_a_template_without_the_role(check_template: Run, resources, arguments, message):
    ran = check_template(resources, *arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert message in ran.err


def test_what_a_template_leaves_to_its_parameters_can_be_said(check_template: Run):
    template = {
        "Parameters": {"Instance": {"Type": "String"}},
        "Resources": {"Me": role(LOOK, allow("ec2:StopInstances", on={"Fn::Sub": "arn:aws:ec2:*:*:instance/${Instance}"}))},
    }
    ran = check_template(template)
    assert (ran.code, ran.missing()) == (1, [("stop", "ec2:StopInstances", "undecided")])
    assert "parameter 'Instance' is not known" in ran.role["missing"][0]["reason"]
    assert check_template(template, "--template-parameter", "Instance=*").missing() == []
    ran = check_template(template, "--template-parameter", "Instances=*")
    assert (ran.code, ran.out) == (2, "")
    assert "--template-parameter 'Instances' → Instance; did you mean 'Instance'?" in ran.err


@pytest.mark.parametrize("arguments", [[], ["--account", "111122223333", "--region", "eu-west-1"]])
def test_intrinsic_functions_are_resolved(check_template: Run, arguments):
    where = {"Fn::Sub": "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:instance/*"}
    ran = check_template({"Me": role(LOOK, allow("ec2:StopInstances", on=where))}, *arguments, "--strict")
    assert (ran.missing(), ran.code) == ([], 0)


def test_short_forms_in_yaml_are_read(run: Run, tmp_path):
    (tmp_path / "stop.yaml").write_text(STOP)
    (tmp_path / "template.yaml").write_text(
        f"""\
Resources:
  Me:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {json.dumps(SSM_TRUST)}
      ManagedPolicyArns: [!Sub "arn:${{AWS::Partition}}:iam::aws:policy/AdministratorAccess"]
"""
    )
    assert run(tmp_path / "stop.yaml", "--template", tmp_path / "template.yaml").code == 1  # of what AdministratorAccess may
    done = run(tmp_path / "stop.yaml", "--template", tmp_path / "template.yaml", "--format", "json")
    assert (done.missing(), done.risky()) == ([], ["passRoleAnyRole", "passRoleAnyService", "selfWidening"])


# -- what it prints --------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stop.yaml").write_text(STOP)
    (tmp_path / "policy.json").write_text(json.dumps(policy(allow("ec2:StartInstances", "ec2:Stop*", on="arn:aws:ec2:*:*:instance/i-1"))))
    (tmp_path / "trust.json").write_text(json.dumps(EC2_TRUST))
    return tmp_path


def test_the_table_says_all_a_person_needs(run: Run, files):
    ran = run("stop.yaml", "--policy", "policy.json", "--trust", "trust.json")
    where = "'statement 1' of policy 'policy.json'"
    assert ran.code == 1
    assert [line.split("  ") for line in ran.out.replace("    ", "  ").splitlines() if line][:1] == [["missing: these calls will fail"]]
    lines = ran.out.splitlines()
    at = lines.index(f"stop.yaml:{STOP_LINE - 3} look  ec2:DescribeInstances  *")
    assert lines[at + 1].strip() == "no statement allows it"
    assert f"stop.yaml:{STOP_LINE} stop  ec2:StopInstances  arn:aws:ec2:*:*:instance/*" in ran.out
    assert f"allowed on arn:aws:ec2:*:*:instance/i-1 ({where})" in ran.out
    assert "trustNotAutomation  trust.json  no automation can run as this role" in ran.out
    assert "policy.json: statement 1  ec2:StartInstances" in ran.out
    assert ran.err == "automation-role: note: policy.json: does not fit: 1 missing, 1 allowed in part, 1 risky, 1 action never used\n"


def test_a_wildcard_is_shortened(run: Run, files):
    (files / "policy.json").write_text(json.dumps(policy(allow("ec2:*"))))
    out = run("stop.yaml", "--policy", "policy.json").out
    assert "ec2:*: " in out
    assert "more" in out
    assert "needed of it: ec2:DescribeInstances, ec2:StopInstances" in out


def test_the_steps_that_lack_one_thing_are_shortened(run: Run, files):
    look = {"action": "aws:executeAwsApi", "inputs": {"Service": "sqs", "Api": "ListQueues"}}
    steps = [{"name": f"look{i}", **look} for i in range(1, 10)]
    (files / "look.json").write_text(json.dumps({"schemaVersion": "0.3", "mainSteps": steps}, indent=1))
    out = run("look.json", "--policy", "policy.json").out
    assert "look6" in out
    assert "and 3 more" in out
    assert "look7" not in out
    report = run("look.json", "--policy", "policy.json", "--format", "json").role
    assert [step["step"] for step in report["missing"][0]["steps"]] == [step["name"] for step in steps]


def test_the_same_input_gives_the_same_bytes(run: Run, files):
    arguments = ("stop.yaml", "--policy", "policy.json", "--trust", "trust.json", "--format")
    for form in ("json", "table"):
        assert run(*arguments, form).out == run(*arguments, form).out


def test_several_roles_are_distinguished(check_template: Run, run: Run, tmp_path):
    check_template({"Fits": role(LOOK, STOPS), "Lacks": role(LOOK)})
    ran = run(tmp_path / "stop.yaml", "--template", tmp_path / "template.json")
    assert [line for line in ran.out.splitlines() if line.startswith(("role ", "nothing", "missing"))] == [
        "role Fits",
        "nothing is missing, risky or unused",
        "role Lacks",
        "missing: these calls will fail",
    ]


def test_what_could_not_be_derived_is_reported_and_fails_when_strict(check: Run, run: Run, tmp_path):
    script = """\
schemaVersion: "0.3"
mainSteps:
  - name: ask
    action: aws:executeScript
    inputs:
      Runtime: python3.11
      Handler: ask
      Script: |
        import boto3
        def ask(events, context):
            return boto3.client(events["service"]).describe_it()
"""
    ran = check(policy(LOOK), runbook=script)
    assert (ran.code, ran.blind()) == (0, ["dynamicService"])
    assert ran.role["blind"][0]["step"] == "ask"
    nothing = policy(deny("s3:*"))
    assert (check(nothing, runbook=script).code, check(nothing, "--strict", runbook=script).code) == (0, 1)
    check(policy(LOOK), runbook=script)
    out = run(tmp_path / "stop.yaml", "--policy", tmp_path / "policy0.json").out
    assert "unused: allowed and not needed by what could be checked" in out
    assert "[dynamicService]" in out


def test_a_finding_that_is_not_about_permissions_is_not_reported(check: Run):
    long = STOP.replace("mainSteps:", f"description: {'x' * 70_000}\nmainSteps:")
    ran = check(policy(LOOK, STOPS), "--strict", runbook=long)
    assert (ran.code, ran.blind()) == (0, [])


# -- bad input -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["stop.yaml", "--role", "R"],
            "--role without a role's file → also pass --template FILE, or --policy FILE for each of its policies",
        ),
        (["stop.yaml", "--policy", "policy.json", "--template", "t.json"], "--template and --policy: both are set"),
        (["stop.yaml", "--policy", "policy.json", "--role", "R"], "--role with --policy → leave --role out"),
        (["stop.yaml", "--policy", "policy.json", "--template-parameter", "A=1"], "--template-parameter 'A' → the templates have none"),
        (["stop.yaml", "--template", "t.json", "--trust", "trust.json"], "--trust with --template → leave --trust out"),
        (["stop.yaml", "--template", "t.json", "--role-arn", "arn:aws:iam::111122223333:role/R"], "--role-arn with --template"),
        (["stop.yaml", "--template", "t.json"], "t.json: cannot be read: no such file or directory"),
        (["stop.yaml", "--template", "trust.json"], "trust.json: has no roles"),
        (["stop.yaml", "--policy", "nowhere.json"], "--policy 'nowhere.json': no such file → a policy document, the ARN"),
        (["stop.yaml", "--policy", "AmazonSSMAutomationRol"], "did you mean 'AmazonSSMAutomationRole'?"),
        (["stop.yaml", "--policy", "trust.json"], "policy 'trust.json': statement 1: has a Principal"),
        (["stop.yaml", "--policy", "stop.yaml"], "policy 'stop.yaml': not a policy document"),
        (["stop.yaml", "--policy", "."], ".: cannot be read (is a directory) → a policy document, JSON or YAML"),
        (["stop.yaml", "--policy", "broken"], "broken:2: neither JSON nor YAML"),
        (["stop.yaml", "--policy", "binary"], "binary: cannot be read (it is not UTF-8)"),
        (
            ["stop.yaml", "--policy", "template.json"],
            "template.json: a CloudFormation template → a policy document; or --template template.json",
        ),
        (["stop.yaml", "--policy", "policy.json", "--trust", "policy.json"], "policy 'policy.json': statement 1: has no Principal"),
        (["stop.yaml", "--policy", "policy.json", "--accept", "passRole"], "--accept 'passRole' → passRoleAnyRole"),
        (["stop.yaml", "--policy", "policy.json", "--context", "a"], "--context 'a' → KEY=VALUE"),
        (["stop.yaml", "--policy", "policy.json", "--managed-policy", "X=nowhere"], "nowhere: cannot be read"),
        (["stop.yaml", "--policy", "policy.json", "--account", "12"], "--account '12' → 12 digits"),
        (["nowhere.yaml", "--policy", "policy.json"], "nowhere.yaml"),
        (["policy.json", "--policy", "policy.json"], "policy.json"),
        (["stop.yaml", "--template", "circular.json"], "circular.json: "),
        (["stop.yaml", "--template", "wrong.json"], "wrong.json: Fn::Join 1 → the arguments that CloudFormation accepts there"),
        (["stop.yaml", "--template", "properties.json"], "properties.json: resource 'R': its Properties are None → a mapping"),
    ],
)
def test_rejects_bad_input_in_a_line(run: Run, files, arguments, message):
    (files / "broken").write_text("a: b\n  c: [")
    (files / "binary").write_bytes(b"\xff\xfe\x00")
    (files / "template.json").write_text(json.dumps({"Resources": {}}))
    (files / "circular.json").write_text(
        json.dumps({"Conditions": {"A": {"Condition": "A"}}, "Resources": {"R": {**role(), "Condition": "A"}}})
    )
    (files / "wrong.json").write_text(json.dumps({"Resources": {"R": role(RoleName={"Fn::Join": 1})}}))
    (files / "properties.json").write_text(json.dumps({"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": None}}}))
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert "should not happen" not in ran.err
    assert all(line.startswith("automation-role: error: ") for line in ran.err.splitlines())


def test_help_names_every_option(capsys):
    main(["check", "--help"])
    told = capsys.readouterr().out
    for option in ("--template", "--role", "--policy", "--trust", "--boundary", "--managed-policy", "--context", "--accept", "--strict"):
        assert option in told
