"""`automation-role policy`: only the policy on stdout, in three equivalent forms; how exact it is on stderr."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import GAP, LOOK, TELL, TOPIC, Done, Run

ROLE = "arn:aws:iam::111122223333:role/Automation"
# Hands this role on to a runbook that is not at hand.
NESTED = """\
schemaVersion: "0.3"
assumeRole: "{{ AutomationAssumeRole }}"
parameters:
  AutomationAssumeRole:
    type: String
mainSteps:
  - name: other
    action: aws:executeAutomation
    inputs:
      DocumentName: Other
      RuntimeParameters:
        AutomationAssumeRole: "{{ AutomationAssumeRole }}"
"""


def statements(done: Done) -> dict[str, list[str]]:
    """Action -> resources."""
    assert done.code == 0, done.err
    policy = json.loads(done.out)
    assert policy["Version"] == "2012-10-17"
    return {action: statement["Resource"] for statement in policy["Statement"] for action in statement["Action"]}


def test_the_policy_as_json(run: Run) -> None:
    done = run("policy", "-", stdin=LOOK.encode())
    assert done.out == (
        json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {"Sid": "Ec2DescribeInstances", "Effect": "Allow", "Action": ["ec2:DescribeInstances"], "Resource": ["*"]},
                ],
            },
            indent=2,
        )
        + "\n"
    )
    assert done.err == "automation-role: note: 1 runbook, 1 step: 1 action, 1 on * (IAM offers nothing narrower); no gaps\n"


def test_yaml_says_the_same(run: Run, folder: Path) -> None:
    (folder / "look.yaml").write_text(LOOK)
    (folder / "tell.yaml").write_text(TELL)
    as_json, as_yaml = run("policy", "."), run("policy", ".", "--format", "yaml")
    assert yaml.safe_load(as_yaml.out) == json.loads(as_json.out)
    assert as_yaml.out.startswith("Version: '2012-10-17'\nStatement:\n- Sid: ")
    assert as_yaml.err == as_json.err


def test_the_table_has_a_row_for_each_action_and_says_who_asks(run: Run, folder: Path) -> None:
    (folder / "look.yaml").write_text(LOOK)
    (folder / "tell.yaml").write_text(TELL)
    rows = run("policy", ".", "--format", "table", "-p", f"Topic={TOPIC}").out.splitlines()
    assert [row.split() for row in rows] == [
        ["action", "resources", "steps"],
        ["ec2:DescribeInstances", "*", "look:", "look"],
        ["sns:Publish", TOPIC, "tell:", "tell"],
    ]
    assert not [row for row in rows if row != row.rstrip()]


def test_a_table_is_as_wide_as_columns_says_and_loses_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    rows = run("policy", "-", "--format", "table", "-p", f"Topic={TOPIC}", stdin=TELL.encode()).out.splitlines()
    assert max(map(len, rows)) <= 40
    assert TOPIC in "".join(row[rows[0].index("resources") : rows[0].index("steps")].strip() for row in rows[1:])


@pytest.mark.parametrize("columns", ["1", "8"])
def test_a_table_loses_nothing_where_there_is_no_room_for_it(run: Run, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert "sns:Publish" in run("policy", "-", "--format", "table", stdin=TELL.encode()).out


def test_the_same_input_is_the_same_bytes(run: Run, folder: Path) -> None:
    for name, text in (("look", LOOK), ("tell", TELL), ("gap", GAP)):
        (folder / f"{name}.yaml").write_text(text)
    done = run("policy", "gap.yaml", "tell.yaml", "look.yaml")
    assert run("policy", "gap.yaml", "tell.yaml", "look.yaml") == done
    assert run("policy", "look.yaml", "tell.yaml", "gap.yaml").out == done.out


@pytest.mark.parametrize(
    ("options", "resources"),
    [
        ([], ["arn:*:sns:*:*:*"]),
        (["--account", "111122223333"], ["arn:*:sns:*:111122223333:*"]),
        (["--partition", "aws-cn"], ["arn:aws-cn:sns:*:*:*"]),
        (["--region", "eu-west-1", "--region", "eu-west-2"], ["arn:aws:sns:eu-west-1:*:*", "arn:aws:sns:eu-west-2:*:*"]),
        (["--region", "us-gov-west-1"], ["arn:aws-us-gov:sns:us-gov-west-1:*:*"]),
        (["--region", "eusc-de-east-1"], ["arn:aws-eusc:sns:eusc-de-east-1:*:*"]),
        (["--role-arn", ROLE], ["arn:aws:sns:*:111122223333:*"]),
        (["--role-arn", ROLE, "--account", "111122223333", "--partition", "aws"], ["arn:aws:sns:*:111122223333:*"]),
        (["-p", f"Topic={TOPIC}"], [TOPIC]),
        (["-p", "Topic=arn:aws:sns:*:*:a?${b}"], ["arn:aws:sns:${*}:${*}:a${?}${$}{b}"]),
    ],
)
def test_options_fill_the_arns(run: Run, options: list[str], resources: list[str]) -> None:
    assert statements(run("policy", "-", *options, stdin=TELL.encode())) == {"sns:Publish": resources}


def test_without_the_roles_arn_any_role_may_be_passed_and_that_is_a_finding(run: Run) -> None:
    done = run("policy", "-", stdin=NESTED.encode())
    assert statements(done)["iam:PassRole"] == ["arn:*:iam::*:role/*"]
    assert "[thisRoleUnknown]" in done.err
    assert "with wildcards" in done.said[-1]
    assert "wider than needed: 1 finding; 1 gap" in done.said[-1]
    done = run("policy", "-", "--role-arn", ROLE, stdin=NESTED.encode())
    assert statements(done)["iam:PassRole"] == [ROLE]
    assert "thisRoleUnknown" not in done.err


def test_findings_are_warnings_with_file_and_line(run: Run, folder: Path) -> None:
    (folder / "gap.yaml").write_text(GAP)
    done = run("policy", "gap.yaml")
    assert done.said[0].startswith("automation-role: warning: gap.yaml:8: step 'later': unknown action 'aws:inventedLater'")
    assert done.said[0].endswith(" [unknownAction]")
    assert done.said[-1].endswith("; 1 gap: the policy may lack permissions")


WIDENS = """\
schemaVersion: "0.3"
parameters:
  Role: {type: String}
mainSteps:
  - {name: attach, action: 'aws:executeAwsApi', inputs: {Service: iam, Api: AttachRolePolicy, RoleName: "{{ Role }}", PolicyArn: x}}
  - {name: look, action: 'aws:executeAwsApi', inputs: {Service: iam, Api: GetRole, RoleName: "{{ Role }}"}}
  - {name: version, action: 'aws:executeAwsApi', inputs: {Service: iam, Api: CreatePolicyVersion, PolicyArn: "{{ Role }}", PolicyDocument: x}}
"""


def widening(done: Done) -> list[str]:
    return [line for line in done.said if line.startswith("automation-role: note: the role can widen its own permissions")]


@pytest.mark.parametrize("command", ["policy", "explain"])
def test_a_role_that_could_widen_itself_is_reported_once_with_the_steps(run: Run, command: str) -> None:
    done = run(
        command, "-", "--strict", stdin=WIDENS.replace("PolicyArn: x", "PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess'").encode()
    )
    (line,) = widening(done)
    assert (
        ": step 'attach' of 'stdin' (iam:AttachRolePolicy), step 'version' of 'stdin' (iam:CreatePolicyVersion) → bind the parameter"
        in line
    )
    assert done.code == 0


@pytest.mark.parametrize(("own", "told"), [("Automation", True), ("Other", False)])
def test_a_role_that_is_bound_widens_itself_only_when_it_is_that_one(run: Run, own: str, told: bool) -> None:
    one = "\n".join(WIDENS.splitlines()[:-1]).replace("PolicyArn: x", "PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess'")
    done = run("policy", "-", "-p", "Role=Automation", "--role-arn", f"arn:aws:iam::111122223333:role/{own}", stdin=one.encode())
    assert bool(widening(done)) is told


def test_a_policy_without_statements_is_reported(run: Run) -> None:
    wait = LOOK.replace("executeAwsApi", "sleep").replace("Service: ec2\n      Api: DescribeInstances", "Duration: PT1S")
    done = run("policy", "-", stdin=wait.encode())
    assert json.loads(done.out) == {"Version": "2012-10-17", "Statement": []}
    assert done.said[0] == "automation-role: note: the runbooks need no permissions; IAM does not accept a policy without statements"


def test_a_policy_over_iams_quota_is_reported(run: Run) -> None:
    head, step = TELL.split("mainSteps:\n")
    steps = [step.replace("tell", f"tell{number}").replace("{{ Topic }}", f"{TOPIC}{number:03}") for number in range(200)]
    done = run("policy", "-", stdin=f"{head}mainSteps:\n{''.join(steps)}".encode())
    assert done.code == 0
    assert " characters → IAM allows 6,144 in a managed policy, 10,240 in all inline policies of a role; split it" in "".join(done.said)
    assert "split it" not in "".join(run("policy", "-", stdin=f"{head}mainSteps:\n{''.join(steps[:20])}".encode()).said)


def test_a_list_of_values_is_each_of_them(run: Run) -> None:
    stop = """\
schemaVersion: "0.3"
parameters:
  Ids: {type: StringList}
mainSteps:
  - name: stop
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: StopInstances, InstanceIds: "{{ Ids }}"}
"""
    for value in ("i-1, i-2", "i-1,i-2", '["i-1", "i-2"]'):
        done = run("policy", "-", "-p", f"Ids={value}", stdin=stop.encode())
        assert statements(done) == {"ec2:StopInstances": ["arn:*:ec2:*:*:instance/i-1", "arn:*:ec2:*:*:instance/i-2"]}


def test_the_lint_of_a_runbook_in_a_template_has_the_templates_lines(run: Run, folder: Path) -> None:
    (folder / "app.yaml").write_text(
        """\
Resources:
  Book:
    Type: AWS::SSM::Document
    Properties:
      DocumentType: Automation
      Name: old-script
      Content:
        schemaVersion: "0.3"
        mainSteps:
          - name: run
            action: aws:executeScript
            inputs:
              Runtime: python3.8
              Handler: main
              Script: "def main(e, c): return 1"
"""
    )
    done = run("policy", "app.yaml", "--strict")
    assert (done.code, done.said[0].partition(" →")[0]) == (
        1,
        "automation-role: warning: app.yaml:13: step 'run': AWS no longer runs Runtime 'python3.8'",
    )
    assert run("policy", "app.yaml", "--strict", "--ignore", "runtimeEnded").code == 0


def test_only_rules_can_be_ignored(run: Run, folder: Path) -> None:
    (folder / "gap.yaml").write_text(GAP)
    done = run("policy", "gap.yaml", "--ignore", "unknownAction")
    assert (done.code, done.out) == (2, "")
    assert done.said[0].startswith("automation-role: error: --ignore 'unknownAction' → runtimeEnded, ")


def test_the_trust_policy_is_restricted_to_the_accounts_automations(run: Run, folder: Path) -> None:
    (folder / "look.yaml").write_text(LOOK)
    done = run("policy", "look.yaml", "--trust", "--role-arn", ROLE)
    assert (done.code, done.err) == (0, "")
    (statement,) = json.loads(done.out)["Statement"]
    assert (statement["Principal"], statement["Action"]) == ({"Service": ["ssm.amazonaws.com"]}, ["sts:AssumeRole"])
    assert statement["Condition"] == {
        "ArnLike": {"aws:SourceArn": "arn:aws:ssm:*:111122223333:automation-execution/*"},
        "StringEquals": {"aws:SourceAccount": "111122223333"},
    }
    as_yaml = run("policy", "look.yaml", "--trust", "--role-arn", ROLE, "--format", "yaml")
    assert yaml.safe_load(as_yaml.out) == json.loads(done.out)


def test_check_accepts_the_trust_policy(run: Run, folder: Path) -> None:
    (folder / "look.yaml").write_text(LOOK)
    (folder / "policy.json").write_text(run("policy", "look.yaml").out)
    (folder / "trust.json").write_text(run("policy", "look.yaml", "--trust", "--role-arn", ROLE).out)
    done = run("check", "look.yaml", "--policy", "policy.json", "--trust", "trust.json", "--role-arn", ROLE)
    assert (done.code, done.out) == (0, "nothing is missing, risky or unused\n")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "--trust without the account, to which it is restricted → --account ID, or --role-arn ARN"),
        (("--account", "111122223333", "--assumed"), "--trust and --assumed are both set → one of them"),
        (("--account", "111122223333", "--format", "table"), "--trust with --format table → json or yaml"),
    ],
)
def test_rejects_a_trust_policy_that_nobody_could_use(run: Run, folder: Path, options: tuple[str, ...], said: str) -> None:
    (folder / "look.yaml").write_text(LOOK)
    done = run("policy", "look.yaml", "--trust", *options)
    assert (done.code, done.out, done.said) == (2, "", [f"automation-role: error: {said}"])


def test_a_trust_policy_of_a_runbook_that_cannot_be_read_is_an_error(run: Run) -> None:
    done = run("policy", "-", "--trust", "--role-arn", ROLE, stdin=b"mainSteps: []")
    assert (done.code, done.out) == (2, "")
