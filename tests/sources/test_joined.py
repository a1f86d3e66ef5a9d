"""Roles of accounts and assemblies, stacks that export to each other, and what starts a runbook."""

from __future__ import annotations

import copy
import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.sources.conftest import Run

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ssm.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
        }
    ],
}
LOOK = {"name": "look", "action": "aws:executeAwsApi", "inputs": {"Service": "ec2", "Api": "DescribeInstances"}}
ALLOW: dict[str, Any] = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:DescribeInstances", "Resource": "*"}]}


def document(role: Any = None, **parameters: Any) -> dict[str, Any]:
    given = {name: {"type": "String", **({"default": default} if default else {})} for name, default in parameters.items()}
    content = {
        "schemaVersion": "0.3",
        "mainSteps": [LOOK],
        **({"assumeRole": role} if role else {}),
        **({"parameters": given} if given else {}),
    }
    return {"Type": "AWS::SSM::Document", "Properties": {"DocumentType": "Automation", "Content": content}}


def role(allowed: Any = ALLOW, **properties: Any) -> dict[str, Any]:
    policies = [{"PolicyName": "P", "PolicyDocument": allowed}] if allowed else []
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST, "Policies": policies, **properties}}


ARN = {"Fn::GetAtt": ["Role", "Arn"]}
PASSED = "{{ AutomationAssumeRole }}"
WAITS = document(PASSED, AutomationAssumeRole=None)
DEFINITION = {"Fn::Sub": "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:automation-definition/${Doc}:$DEFAULT"}


def links(ran: Any) -> list[tuple[str, str, str]]:
    return [(pair["runbook"], pair["role"], pair["through"]) for pair in ran.json["pairs"]]


@pytest.mark.parametrize(
    ("assume", "name"),
    [
        (ARN, None),
        ({"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/ops"}, "ops"),
        ("arn:aws:iam::111122223333:role/ops", "ops"),
        ("arn:aws:iam::{{ global:ACCOUNT_ID }}:role/ops", "ops"),
    ],
)
def test_a_document_s_role_is_found_however_it_is_written(run: Run, assume: Any, name: str | None):
    resources = {"Doc": document(assume), "Role": role(**({"RoleName": name} if name else {}))}
    ran = run("check", "t.json", "--strict", "--format", "json", files={"t.json": {"Resources": resources}})
    assert (ran.code, links(ran)) == (0, [("Doc", "Role", "its assumeRole")])


def test_a_parameter_s_default_is_the_role(run: Run):
    resources = {"Doc": document(PASSED, AutomationAssumeRole=ARN), "Role": role()}
    assert links(run("check", "t.json", "--format", "json", files={"t.json": {"Resources": resources}})) == [
        ("Doc", "Role", "its assumeRole")
    ]


STATES = {
    "StartAt": "Both",
    "States": {
        "Both": {
            "Type": "Parallel",
            "Branches": [
                {
                    "States": {
                        "Start": {
                            "Type": "Task",
                            "Resource": "arn:aws:states:::aws-sdk:ssm:startAutomationExecution",
                            "Parameters": {"DocumentName": "DOC", "Parameters": {"AutomationAssumeRole": ["ROLE"], "Id.$": "$.id"}},
                        }
                    }
                }
            ],
        }
    },
}


def machine(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"RoleArn": "arn:aws:iam::111122223333:role/other", **properties}}


def starting(*statements: dict[str, Any]) -> dict[str, Any]:
    """The role of a function that starts a runbook in its code."""
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **one} for one in statements]}
    policies = [{"PolicyName": "start", "PolicyDocument": policy}]
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust, "Policies": policies}}


@pytest.mark.parametrize(
    "starter",
    [
        {"Type": "AWS::SSM::Association", "Properties": {"Name": {"Ref": "Doc"}, "Parameters": {"AutomationAssumeRole": [ARN]}}},
        {
            "Type": "AWS::Config::RemediationConfiguration",
            "Properties": {"TargetId": {"Ref": "Doc"}, "Parameters": {"AutomationAssumeRole": {"StaticValue": {"Values": [ARN]}}}},
        },
        {
            "Type": "AWS::SSM::MaintenanceWindowTask",
            "Properties": {
                "TaskType": "AUTOMATION",
                "TaskArn": {"Ref": "Doc"},
                "TaskInvocationParameters": {"MaintenanceWindowAutomationParameters": {"Parameters": {"AutomationAssumeRole": [ARN]}}},
            },
        },
        {
            "Type": "AWS::Events::Rule",
            "Properties": {"Targets": [{"Arn": DEFINITION, "Input": {"Fn::Sub": '{"AutomationAssumeRole": ["${Role.Arn}"]}'}}]},
        },
        {
            "Type": "AWS::Scheduler::Schedule",
            "Properties": {
                "Target": {
                    "Arn": "arn:aws:scheduler:::aws-sdk:ssm:startAutomationExecution",
                    "Input": {"Fn::Sub": '{"DocumentName": "${Doc}", "Parameters": {"AutomationAssumeRole": ["${Role.Arn}"]}}'},
                }
            },
        },
        machine(DefinitionString={"Fn::Sub": json.dumps(STATES).replace("DOC", "${Doc}").replace("ROLE", "${Role.Arn}")}),
        machine(
            Definition={**json.loads(json.dumps(STATES).replace("DOC", "${D}").replace("ROLE", "${R}"))},
            DefinitionSubstitutions={"D": {"Ref": "Doc"}, "R": ARN},
        ),
        {
            **machine(Definition=json.loads(json.dumps(STATES).replace('"DOC"', '{"Ref": "Doc"}').replace('"ROLE"', json.dumps(ARN)))),
            "Type": "AWS::Serverless::StateMachine",
        },
        starting({"Action": "ssm:StartAutomationExecution", "Resource": DEFINITION}, {"Action": ["iam:PassRole"], "Resource": ARN}),
    ],
    ids=lambda starter: starter["Type"],
)
def test_what_starts_a_runbook_passes_its_role(run: Run, starter: dict[str, Any]):
    resources = {"Doc": WAITS, "Role": role(), "Start": starter}
    ran = run("check", "t.json", "--format", "json", files={"t.json": {"Resources": resources}})
    assert links(ran) == [("Doc", "Role", "passed by Start")]
    other = json.loads(json.dumps(resources).replace('"Ref": "Doc"', '"Ref": "Role"').replace("${Doc}", "Other"))
    assert links(run("check", "t.json", "--format", "json", files={"t.json": {"Resources": other}})) == []


def test_what_starts_a_runbook_in_a_stack_set_s_template_passes_its_role(run: Run):
    start = {"Type": "AWS::SSM::Association", "Properties": {"Name": {"Ref": "Doc"}, "Parameters": {"AutomationAssumeRole": [ARN]}}}
    inner = {"Resources": {"Doc": WAITS, "Role": role(), "Start": start}}
    outer = {"Set": {"Type": "AWS::CloudFormation::StackSet", "Properties": {"TemplateBody": json.dumps(inner)}}}
    ran = run("check", "t.json", "--format", "json", files={"t.json": {"Resources": outer}})
    assert links(ran) == [("Set.Doc", "Role", "passed by Start")]


def test_a_runbook_without_a_role_of_its_own_runs_as_the_rule_s(run: Run):
    rule = {"Type": "AWS::Events::Rule", "Properties": {"Targets": [{"Arn": DEFINITION, "RoleArn": ARN}]}}
    resources = {"Doc": document(), "Role": role(), "Rule": rule}
    assert links(run("check", "t.json", "--format", "json", files={"t.json": {"Resources": resources}})) == [
        ("Doc", "Role", "started by Rule")
    ]


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([{"Action": "ssm:StartAutomationExecution", "Resource": DEFINITION}], [("Doc", "Start", "started by Start")]),
        ([{"Action": "ssm:*", "Resource": DEFINITION}], []),
        ([{"Action": "ssm:StartAutomationExecution", "Resource": "*"}], []),
        ([{"Action": "ssm:StartAutomationExecution", "Resource": DEFINITION}, {"Action": "iam:PassRole", "Resource": "*"}], []),
    ],
)
def test_a_runbook_without_a_role_of_its_own_runs_as_the_role_that_may_start_it_without_passing_one(
    run: Run, statements: Any, expected: Any
):
    resources = {"Doc": document(), "Role": role(), "Start": starting(*statements, {"Action": "ec2:DescribeInstances", "Resource": "*"})}
    ran = run("check", "t.json", "--format", "json", files={"t.json": {"Resources": resources}})
    assert links(ran) == expected
    assert ran.code == 0  # Automation does not assume the role of a function


@pytest.mark.parametrize("kind", ["Group", "User"])
@pytest.mark.parametrize("attached", ["own", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"])
def test_people_who_can_start_a_runbook_pass_its_role(run: Run, kind: str, attached: str):
    start, passing = {"Action": "ssm:StartAutomationExecution", "Resource": DEFINITION}, {"Action": "iam:PassRole", "Resource": ARN}

    def found(*statements: dict[str, Any], doc: dict[str, Any] = WAITS) -> list[tuple[str, str, str]]:
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **one} for one in statements]}
        own = {"Policies": [{"PolicyName": "start", "PolicyDocument": policy}]} if attached == "own" else {}
        separate = {"Type": attached, "Properties": {"PolicyName": "start", "PolicyDocument": policy, f"{kind}s": [{"Ref": "Operators"}]}}
        resources = {"Doc": doc, "Role": role(), "Operators": {"Type": f"AWS::IAM::{kind}", "Properties": own}}
        files = {"t.json": {"Resources": {**resources, **({} if own else {"Policy": separate})}}}
        return links(run("check", "t.json", "--format", "json", files=files))

    assert found(start, passing) == [("Doc", "Role", "passed by Operators")]
    assert found(start, passing, {**passing, "Resource": "arn:aws:iam::111122223333:role/b"}) == []  # which of them is not known
    assert found(passing) == []
    assert found(start, doc=document()) == []  # it runs as the person


def test_a_policy_that_passes_several_roles_does_not_show_which(run: Run):
    both = starting(
        {"Action": "ssm:StartAutomationExecution", "Resource": DEFINITION},
        {"Action": "iam:PassRole", "Resource": [ARN, "arn:aws:iam::111122223333:role/b"]},
    )
    resources = {"Doc": WAITS, "Role": role(), "Start": both}
    assert links(run("check", "t.json", "--format", "json", files={"t.json": {"Resources": resources}})) == []


def test_an_administration_role_runs_nothing_itself(run: Run):
    """A runbook that is started in other accounts runs there as another role."""
    assuming = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*:role/x"}],
    }
    starter = starting({"Action": "ssm:StartAutomationExecution", "Resource": DEFINITION}, {"Action": "iam:PassRole", "Resource": ARN})
    for allowed, expected in ((assuming, []), (ALLOW, [("Doc", "Role", "passed by Start")])):
        resources = {"Doc": WAITS, "Role": role(allowed), "Start": starter}
        assert links(run("check", "t.json", "--format", "json", files={"t.json": {"Resources": resources}})) == expected


def test_what_has_no_counterpart_is_listed_once(run: Run):
    ec2 = json.loads(json.dumps(role()).replace("ssm.amazonaws.com", "ec2.amazonaws.com"))
    resources = {"Doc": WAITS, "Elsewhere": document("arn:aws:iam::111122223333:role/elsewhere"), "Idle": role(), "Web": ec2}
    files = {"t.json": {"Resources": resources}}
    ran = run("check", "t.json", "--format", "json", files=files)
    assert (ran.code, ran.json["pairs"]) == (0, [])
    assert [(one["runbook"], one["reason"]) for one in ran.json["withoutRole"]] == [
        ("Doc", "whoever starts it passes its role (AutomationAssumeRole)"),
        ("Elsewhere", "its assumeRole is arn:aws:iam::111122223333:role/elsewhere, which is not in the sources"),
    ]
    assert [one["role"] for one in ran.json["withoutRunbook"]] == ["Idle"]
    assert run("check", "t.json", "--strict").code == 1
    assert "Idle" in run("check", "t.json").out


def test_roles_without_any_runbook_are_not_checked_and_a_note_says_so(run: Run):
    note = "no role checked: there is no runbook in these files → pass the runbooks, too"
    ran = run("check", "t.json", files={"t.json": {"Resources": {"Idle": role()}}})
    assert (ran.code, note in ran.err) == (0, True)
    assert note not in run("check", "t.json", files={"t.json": {"Resources": {"Idle": role(), "Doc": WAITS}}}).err


def test_stacks_know_what_others_export_and_no_name_of_theirs_is_mixed_up(run: Run):
    roles = {
        "Resources": {"Role": role(), "Data": {"Type": "AWS::S3::Bucket"}},
        "Outputs": {"Arn": {"Value": ARN, "Export": {"Name": "automation-role"}}},
    }
    read = {
        "name": "read",
        "action": "aws:executeAwsApi",
        "inputs": {"Service": "s3", "Api": "GetObject", "Bucket": {"Ref": "Data"}, "Key": "a"},
    }
    doc = document({"Fn::ImportValue": "automation-role"})
    doc["Properties"]["Content"]["mainSteps"].append(read)
    reads: dict[str, Any] = copy.deepcopy(ALLOW)
    reads["Statement"].append({"Effect": "Allow", "Action": "s3:GetObject", "Resource": {"Fn::Sub": "${Data.Arn}/*"}})
    files = {
        "roles.json": {**roles, "Resources": {**roles["Resources"], "Role": role(reads)}},
        "docs.json": {"Resources": {"Doc": doc, "Data": {"Type": "AWS::S3::Bucket"}}},
    }
    ran = run("check", ".", "--format", "json", files=files)
    assert [pair["role"] for pair in ran.json["pairs"]] == ["Role"]
    assert ran.missing() == [("read", "s3:GetObject", ["arn:aws:s3:::${docs.Data}/a"])]


ACCOUNT = {
    "RoleDetailList": [
        {
            "RoleName": "ops",
            "Arn": "arn:aws:iam::111122223333:role/ops",
            "AssumeRolePolicyDocument": quote(json.dumps(TRUST).replace('{"Ref": "AWS::AccountId"}', '"111122223333"')),
            "RolePolicyList": [],
            "AttachedManagedPolicies": [{"PolicyName": "look", "PolicyArn": "arn:aws:iam::111122223333:policy/look"}],
        }
    ]
}
POLICIES = {
    "Policies": [
        {
            "PolicyName": "look",
            "Arn": "arn:aws:iam::111122223333:policy/look",
            "DefaultVersionId": "v2",
            "PolicyVersionList": [
                {"VersionId": "v1", "IsDefaultVersion": False, "Document": {"Version": "2012-10-17", "Statement": []}},
                {"VersionId": "v2", "IsDefaultVersion": True, "Document": ALLOW},
            ],
        }
    ]
}


@pytest.mark.parametrize(
    "pages", [{"account.json": {**ACCOUNT, **POLICIES}}, {"1.json": ACCOUNT, "2.json": POLICIES}], ids=["whole", "pages"]
)
def test_an_account_s_roles_are_joined_with_runbooks_in_files(run: Run, pages: dict[str, Any]):
    look = json.dumps(document("arn:aws:iam::111122223333:role/ops")["Properties"]["Content"])
    ran = run("check", ".", "--strict", "--format", "json", files={**pages, "look.json": look})
    assert (ran.code, links(ran), ran.missing()) == (0, [("look", "ops", "its assumeRole")], [])
    assert ran.json["roles"][0]["account"] == "111122223333"


def test_an_assembly_is_all_its_stacks_stages_and_nested_stacks(run: Run):
    stack = {"type": "aws:cloudformation:stack", "environment": "aws://111122223333/eu-west-1"}
    nested = {
        "Type": "AWS::CloudFormation::Stack",
        "Metadata": {"aws:asset:path": "inner.nested.template.json"},
        "Properties": {"Parameters": {"RoleArn": ARN}},
    }
    files = {
        "cdk.out/cdk.out": "{}",
        "cdk.out/manifest.json": {
            "version": "48.0.0",
            "artifacts": {
                "Ops": {**stack, "properties": {"templateFile": "Ops.template.json"}},
                "assembly-Prod": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}},
            },
        },
        "cdk.out/Ops.template.json": {"Resources": {"Role": role(), "Nested": nested}},
        "cdk.out/inner.nested.template.json": {
            "Parameters": {"RoleArn": {"Type": "String"}},
            "Resources": {"Doc": document({"Ref": "RoleArn"})},
        },
        "cdk.out/assembly-Prod/manifest.json": {
            "version": "48.0.0",
            "artifacts": {"Prod": {**stack, "properties": {"templateFile": "P.template.json"}}},
        },
        "cdk.out/assembly-Prod/P.template.json": {
            "Resources": {"Doc": {**document(ARN), "Metadata": {"aws:cdk:path": "Prod/Ops/Doc/Resource"}}, "Role": role(None)}
        },
    }
    ran = run("check", "cdk.out", "--format", "json", files=files)
    assert [(pair["path"], pair["fits"]) for pair in ran.json["pairs"]] == [("Doc", True), ("Prod/Ops/Doc", False)]
    assert {(one["account"], *one["regions"]) for one in ran.json["roles"]} == {("111122223333", "*")}
    assert run("check", ".", "--format", "json").json["pairs"] == ran.json["pairs"]
    assert run("policy", ".").said == ["error: .: contains no runbook → .yaml, .yml, .json, .template files; name a runbook"]


def test_a_broken_assembly_is_one_line(run: Run):
    files = {
        "cdk.out/cdk.out": "{}",
        "cdk.out/manifest.json": {
            "version": "1",
            "artifacts": {"A": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "gone.json"}}},
        },
    }
    ran = run("policy", "cdk.out", files=files)
    assert (ran.code, ran.said) == (2, ["error: cdk.out/gone.json: cannot be read: no such file or directory"])


def test_a_named_file_with_neither_is_reported_and_the_others_are_checked(run: Run):
    topic = {"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}
    one = {"Resources": {"Doc": document(ARN), "Role": role()}}
    ran = run("check", "topic.json", "one.json", "--format", "json", files={"topic.json": topic, "one.json": one})
    assert (ran.code, len(ran.pairs())) == (0, 1)
    assert "note: topic.json: has no runbook and no role" in ran.said


def test_when_none_of_the_named_files_has_either_nothing_was_checked(run: Run):
    topic = {"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}
    ran = run("check", "a.json", "b.json", files={"a.json": topic, "b.json": topic})
    assert (ran.code, ran.out) == (2, "")
    assert ran.said == [f"error: {name}.json: has no runbook and no role → a file with one" for name in "ab"]
    assert run("check", ".").code == 0  # a directory may have none
