"""Runbooks in CloudFormation templates: found, read with their lines, and what only a deployment knows kept apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.sources.conftest import TRUST, Run

# A team's template: a runbook beside what it works on, some of it named by parameters.
BACKUP = f"""\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Env: {{Type: String}}
  Alarms: {{Type: String}}
Resources:
  Backups:
    Type: AWS::S3::Bucket
  Compress:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: !Sub "${{Env}}-compress"
      Role: !ImportValue compress-role
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
{TRUST}
      Policies:
        - PolicyName: Backup
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {{Effect: Allow, Action: lambda:InvokeFunction, Resource: !GetAtt Compress.Arn}}
              - {{Effect: Allow, Action: s3:PutObject, Resource: !Sub "${{Backups.Arn}}/nightly/*"}}
              - {{Effect: Allow, Action: sns:Publish, Resource: !Ref Alarms}}
  Nightly:
    Type: AWS::SSM::Document
    Properties:
      DocumentType: Automation
      Name: team-nightly
      Content:
        schemaVersion: "0.3"
        assumeRole: !GetAtt Role.Arn
        mainSteps:
          - name: compress
            action: aws:invokeLambdaFunction
            inputs: {{FunctionName: !GetAtt Compress.Arn}}
          - !If
            - Never
            - {{name: no, action: "aws:sleep", inputs: {{Duration: PT1S}}}}
            - !Ref AWS::NoValue
          - name: store
            action: aws:executeScript
            inputs:
              Runtime: python3.11
              Handler: store
              Script: !Sub |
                import boto3
                def store(events, context):
                    s3 = boto3.client("s3", region_name="${{AWS::Region}}")
                    s3.put_object(Bucket="${{Backups}}", Key="nightly/" + events["day"])
          - name: tell
            action: aws:executeAwsApi
            inputs: {{Service: sns, Api: Publish, TopicArn: !Ref Alarms, Message: done}}
Conditions:
  Never: !Equals [a, b]
"""
LINES = {line.strip(): number for number, line in enumerate(BACKUP.splitlines(), 1)}


def test_the_policy_keeps_what_is_known_around_what_is_not(run: Run):
    ran = run("explain", "t.yaml", "--format", "json", files={"t.yaml": BACKUP})
    assert ran.needs() == [
        ("compress", LINES["- name: compress"], "lambda:InvokeFunction", ["arn:*:lambda:*:*:function:*-compress"]),
        ("store", LINES["- name: store"], "s3:PutObject", ["arn:*:s3:::*/nightly/*"]),
        ("tell", LINES["- name: tell"], "sns:Publish", ["arn:*:sns:*:*:*"]),
    ]
    assert [one["name"] for one in ran.json["runbooks"]] == ["team-nightly"]


def test_lines_of_a_script_are_the_template_s(run: Run):
    ran = run("explain", "t.yaml", files={"t.yaml": BACKUP})
    line = LINES['s3.put_object(Bucket="${Backups}", Key="nightly/" + events["day"])']
    assert f"calls s3.PutObject (line {line})" in ran.out


def test_parameters_of_the_template_fill_names_in(run: Run):
    ran = run("explain", "t.yaml", "--format", "json", "--template-parameter", "Env=prod", files={"t.yaml": BACKUP})
    assert ran.needs()[0][3] == ["arn:*:lambda:*:*:function:prod-compress"]
    ran = run("policy", "t.yaml", "--template-parameter", "Environment=prod")
    assert (ran.code, ran.said) == (2, ["error: --template-parameter 'Environment' → Env, Alarms"])


def test_a_role_is_joined_and_knows_the_same_things_by_the_same_names(run: Run):
    ran = run("check", "t.yaml", "--format", "json", "--strict", files={"t.yaml": BACKUP})
    assert ran.missing() == []
    assert (ran.code, ran.pairs()) == (0, [("team-nightly", "Role", True)])


@pytest.mark.parametrize(
    ("before", "after", "lack"),
    [
        ("!GetAtt Compress.Arn}\n              -", "!GetAtt Backups.Arn}\n              -", ("compress", "lambda:InvokeFunction")),
        ("${Backups.Arn}/nightly/*", "${Backups.Arn}/weekly/*", ("store", "s3:PutObject")),
        ("sns:Publish, Resource: !Ref Alarms", "sns:Publish, Resource: !Sub 'arn:aws:sns:*:*:${Env}'", ("tell", "sns:Publish")),
    ],
)
def test_a_role_for_something_else_of_the_template_does_not_fit(run: Run, before: str, after: str, lack: tuple[str, str]):
    assert before in BACKUP
    ran = run("check", "t.yaml", "--format", "json", files={"t.yaml": BACKUP.replace(before, after)})
    assert (ran.code, [(step, action) for step, action, _ in ran.missing()]) == (1, [lack])


CONTENT = {
    "schemaVersion": "0.3",
    "mainSteps": [
        {"name": "read", "action": "aws:executeAwsApi", "inputs": {"Service": "s3", "Api": "GetObject", "Bucket": "known", "Key": "a"}}
    ],
}
TEXT = json.dumps(CONTENT)
SUBSTITUTED = TEXT.replace('"known"', '"${Data}"')


@pytest.mark.parametrize(
    ("content", "bucket"),
    [
        (CONTENT, "known"),
        (TEXT, "known"),
        ({"Fn::Sub": SUBSTITUTED}, "*"),
        ({"Fn::Sub": [SUBSTITUTED.replace("Data", "B"), {"B": {"Fn::Join": ["-", [{"Ref": "Data"}, "x"]]}}]}, "*-x"),
        ({"Fn::Join": ["", [TEXT.partition("known")[0], {"Ref": "Data"}, TEXT.partition("known")[2]]]}, "*"),
        ({"Fn::ToJsonString": CONTENT}, "known"),
        (
            'schemaVersion: "0.3"\nmainSteps:\n- name: read\n  action: aws:executeAwsApi\n  inputs: {Service: s3, Api: GetObject, Bucket: known, Key: a}\n',
            "known",
        ),
        (json.loads(TEXT.replace('"known"', '{"Ref": "Data"}')), "*"),
        (json.loads(TEXT.replace('"known"', '{"Fn::If": ["C", "b1", "b2"]}')), "*"),
    ],
)
def test_content_may_be_written_in_every_way_that_cloudformation_takes(run: Run, content: object, bucket: str):
    document = {"Type": "AWS::SSM::Document", "Properties": {"DocumentType": "Automation", "Content": content}}
    conditions = {"C": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}}
    template = {"Conditions": conditions, "Resources": {"Data": {"Type": "AWS::S3::Bucket"}, "Doc": document}}
    ran = run("explain", "t.json", "--format", "json", files={"t.json": template})
    assert [each[2:] for each in ran.needs()] == [("s3:GetObject", [f"arn:*:s3:::{bucket}/a"])]
    assert [each["id"] for each in ran.json["findings"]] == ["mayAlsoNeed"]


def test_other_resources_of_a_template_never_make_a_directory_run_fail(run: Run):
    broken = {
        "Doc": {"Type": "AWS::SSM::Document", "Properties": {"DocumentType": "Automation", "Content": CONTENT}},
        "Fn::ForEach::Topics": ["Name", ["A", "B"], {"Topic${Name}": {"Type": "AWS::SNS::Topic"}}],
        "Odd": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Nowhere"}}},
        "Command": {"Type": "AWS::SSM::Document", "Properties": {"Content": {"schemaVersion": "2.2", "mainSteps": []}}},
    }
    files = {"d/t.json": {"Resources": broken}, "d/values.yaml": "a: !Ref B\n", "d/notes.yaml": "# nothing\n"}
    ran = run("explain", "d", "--format", "json", files=files)
    assert [each[:1] + each[2:] for each in ran.needs()] == [("read", "s3:GetObject", ["arn:*:s3:::known/a"])]
    ran = run("check", "d", "--format", "json", "--strict", files={"d/role.json": {"Resources": {}}})
    assert ran.json["unread"] == []  # there is no role in them
    broken["Role"] = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": []}}}
    ran = run("check", "d", "--format", "json", files={"d/t.json": {"Resources": broken}})
    assert (ran.code, [one["source"] for one in ran.json["unread"]]) == (0, ["d/t.json"])
    assert "expand Fn::ForEach first" in ran.err
    assert run("check", "d", "--strict").code == 1


def test_python_s_environments_are_skipped_whatever_their_names_and_a_directory_has_an_end(run: Run, monkeypatch: pytest.MonkeyPatch):
    files = {f"{name}/look.json": TEXT for name in ("mine", "env/lib/site-packages/x", "tools/py", "node_modules/x", ".git/x")}
    ran = run("policy", ".", files={**files, "tools/pyvenv.cfg": "home = /usr"})
    assert ran.said[-1].startswith("note: 1 runbook, ")
    monkeypatch.setattr("automation_role.sources.files._MOST_ENTRIES", 3)
    ran = run("policy", ".")
    assert (ran.code, ran.out, len(ran.said)) == (2, "", 1)
    assert "more than 100,000 files to look into" in ran.said[0]


@pytest.mark.parametrize("kind", [None, {"Fn::Sub": "x"}, ["AWS::SSM::Document"], 3])
def test_a_resource_whose_type_is_not_a_text_is_skipped(run: Run, kind: object):
    document = {"Type": "AWS::SSM::Document", "Properties": {"DocumentType": "Automation", "Content": CONTENT}}
    ran = run("check", "t.json", "--format", "json", files={"t.json": {"Resources": {"Odd": {"Type": kind}, "Doc": document}}})
    assert (ran.code, [one["runbook"] for one in ran.json["withoutRole"]]) == (0, ["Doc"])


def test_a_template_inside_a_stack_set_is_read(run: Run):
    inner = {"Resources": {"Doc": {"Type": "AWS::SSM::Document", "Properties": {"DocumentType": "Automation", "Content": CONTENT}}}}
    outer = {"Resources": {"Set": {"Type": "AWS::CloudFormation::StackSet", "Properties": {"TemplateBody": json.dumps(inner)}}}}
    ran = run("explain", "t.json", "--format", "json", files={"t.json": outer})
    assert ran.needs() == [("read", 6, "s3:GetObject", ["arn:*:s3:::known/a"])]


def test_a_runbook_that_only_the_deployment_knows_is_reported(run: Run):
    document = {"Type": "AWS::SSM::Document", "Properties": {"DocumentType": "Automation", "Content": {"Ref": "Text"}}}
    template = {"Parameters": {"Text": {"Type": "String"}}, "Resources": {"Doc": document}}
    ran = run("policy", "t.json", "--strict", files={"t.json": template})
    assert ran.code == 1
    assert ran.said[0].startswith(
        "warning: t.json:8: the document's content is only known once it is deployed (parameter 'Text' is not known"
    )
    assert not any("need no permissions" in line for line in ran.said)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"schemaVersion": "0.3"}, "t.json:3: has no mainSteps; add it"),
        ({**CONTENT, "mainSteps": [{"name": "a", "action": "aws:sleeep", "onFailure": "step:b"}]}, "t.json:1"),
        ("a: [", "t.json:7: is not valid YAML: "),
        ({**CONTENT, "description": {"Ref": "Nowhere"}}, "t.json:3: Doc: the template has no resource or parameter 'Nowhere'"),
        (7, "t.json:7: Content of 'Doc' is 7 → a runbook, as a mapping or a string"),
    ],
)
def test_rejects_a_broken_document_with_the_template_s_line(run: Run, content: object, message: str):
    document = {"Type": "AWS::SSM::Document", "Properties": {"DocumentType": "Automation", "Content": content}}
    ran = run("policy", "t.json", files={"t.json": {"Resources": {"Doc": document}}})
    assert (ran.code, ran.out) == (2, "")
    assert ran.said[0].startswith(f"error: {message}")
    assert "should not happen" not in ran.err


def test_a_runbook_that_starts_another_one_of_the_template_is_followed(run: Run):
    parent = {
        "schemaVersion": "0.3",
        "assumeRole": {"Fn::GetAtt": ["Role", "Arn"]},
        "mainSteps": [{"name": "start", "action": "aws:executeAutomation", "inputs": {"DocumentName": {"Ref": "Child"}}}],
    }
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "ssm.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    resources = {
        "Parent": {"Type": "AWS::SSM::Document", "Properties": {"DocumentType": "Automation", "Content": parent}},
        "Child": {"Type": "AWS::SSM::Document", "Properties": {"DocumentType": "Automation", "Content": CONTENT}},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}},
    }
    ran = run("check", "t.json", "--format", "json", files={"t.json": {"Resources": resources}})
    assert [(pair["runbook"], pair["role"], pair["through"]) for pair in ran.json["pairs"]] == [
        ("Parent", "Role", "its assumeRole"),
        ("Child", "Role", "passed by step 'start' of Parent"),
    ]
    assert ("read", "s3:GetObject", ["arn:aws:s3:::known/a"]) in ran.missing()
    assert any(action == "ssm:StartAutomationExecution" for _, action, _ in ran.missing())


def test_a_format_can_be_forced(run: Run, folder: Path):
    (folder / "x.txt").write_text(BACKUP)
    assert run("policy", "x.txt", "--from", "cloudformation").code == 0
    ran = run("policy", "x.txt", "--from", "runbook")
    assert (ran.code, ran.said[0]) == (2, "error: x.txt:11: has the tag '!Sub' → a runbook has none; write the value as plain text")
    (folder / "y.json").write_text(TEXT)
    ran = run("policy", "y.json", "--from", "cloudformation")
    assert (ran.code, ran.said) == (
        2,
        ["error: y.json: is not a CloudFormation or SAM template → a file of that format, or leave --from out"],
    )
