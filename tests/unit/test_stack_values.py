"""What the values of a stack's template decide: names by every function, what CloudFormation looks up, roles in launch templates."""

from __future__ import annotations

import pytest

from automation_role.derive.derivation import Derivation, derive
from automation_role.runbook.model import Runbook
from automation_role.values.place import Place

HERE = Place(partition="aws", account="111122223333", regions=("eu-west-1",))
HEAD = """\
Parameters:
  Env: {Type: String, Default: dev}
  Open: {Type: String}
Mappings:
  Names: {dev: {queue: dev-queue}, prod: {queue: prod-queue}}
Conditions:
  Dev: !Equals [!Ref Env, dev]
  Prod: !Not [!Condition Dev]
  Both: !And [!Condition Dev, !Equals [!Ref Open, x]]
  Either: !Or [!Condition Dev, !Equals [!Ref Open, x]]
Resources:
"""


def created(resources: str, **inputs: object) -> Derivation:
    step = {"name": "make", "action": "aws:createStack", "inputs": {"StackName": "S", "TemplateBody": HEAD + resources, **inputs}}
    return derive([Runbook.from_mapping({"schemaVersion": "0.3", "mainSteps": [step]}, name="Test")])


def on(derivation: Derivation, action: str) -> set[str]:
    return {
        text
        for permission in derivation.permissions
        if permission.action == action
        for resource in permission.resources
        for text in HERE.write(resource)
    }


def queue(name: str, **inputs: object) -> set[str]:
    found = on(created(f"  Q: {{Type: AWS::SQS::Queue, Properties: {{QueueName: {name}}}}}\n", **inputs), "sqs:CreateQueue")
    return {arn.removeprefix("arn:aws:sqs:eu-west-1:111122223333:") for arn in found}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("literal", {"literal"}),
        ("!Ref Env", {"dev"}),
        ("!Ref Open", {"*"}),
        ('!Sub "${AWS::StackName}-${Env}-q"', {"S-dev-q"}),
        ('!Sub ["${A}-${Open}", {A: !Ref Env}]', {"dev-*"}),
        ('!Sub ["${A}", {A: !FindInMap [Names, !Ref Env, queue]}]', {"dev-queue"}),
        ("!Join ['-', [!Ref Env, q]]", {"dev-q"}),
        ("!FindInMap [Names, !Ref Env, queue]", {"dev-queue"}),
        ("!FindInMap [Names, !Ref Open, queue]", {"dev-queue", "prod-queue"}),
        ("!FindInMap [Nothing, !Ref Env, queue]", {"*"}),
        ("!If [Dev, one, other]", {"one"}),
        ("!If [Prod, one, other]", {"other"}),
        ("!If [Either, one, other]", {"one"}),
        ("!If [Both, one, other]", {"one", "other"}),
        ("!If [Both, one, !Ref 'AWS::NoValue']", {"*"}),  # CloudFormation may generate it
        ("!Join ['-', [!If [Both, a, b], !If [Both, c, d]]]", {"a-c", "a-d", "b-c", "b-d"}),
        ("'{{resolve:ssm:/name}}'", {"*"}),
        ('!Sub "q-{{resolve:ssm:/${Env}/name:2}}-x"', {"q-*-x"}),
        ("!GetAtt Other.Name", {"*"}),
    ],
)
def test_a_name_is_what_its_functions_make_of_what_is_known(name: str, expected: set[str]) -> None:
    assert queue(name) == expected


def test_a_parameter_of_the_step_decides_too() -> None:
    given = [{"ParameterKey": "Env", "ParameterValue": "prod"}]
    assert queue("!If [Dev, one, other]", Parameters=given) == {"other"}
    assert queue("!FindInMap [Names, !Ref Env, queue]", Parameters=given) == {"prod-queue"}
    assert queue("!If [Dev, one, other]", Parameters=[{"ParameterKey": "Env", "ParameterValue": "{{ automation:EXECUTION_ID }}"}]) == {
        "one",
        "other",
    }


def test_a_parameter_of_the_step_may_have_several_values() -> None:
    body = HEAD + "  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !If [Dev, !Sub '${Env}-q', other]}}\n"
    given = [{"ParameterKey": "Env", "ParameterValue": "{{ Stage }}"}]
    step = {"name": "make", "action": "aws:createStack", "inputs": {"StackName": "S", "TemplateBody": body, "Parameters": given}}
    parameters = {"Stage": {"type": "String", "allowedValues": ["dev", "test"]}}
    book = Runbook.from_mapping({"schemaVersion": "0.3", "parameters": parameters, "mainSteps": [step]}, name="Test")
    found = on(derive([book]), "sqs:CreateQueue")
    assert {arn.rpartition(":")[2] for arn in found} == {"dev-q", "test-q", "other"}


def test_a_resource_whose_condition_is_false_needs_nothing() -> None:
    assert on(created("  Q: {Type: AWS::SQS::Queue, Condition: Prod}\n"), "sqs:CreateQueue") == set()
    assert on(created("  Q: {Type: AWS::SQS::Queue, Condition: Both}\n"), "sqs:CreateQueue") != set()


def test_a_condition_that_refers_to_itself_is_unknown() -> None:
    body = "Conditions: {A: !Condition B, B: !Condition A}\nResources: {Q: {Type: AWS::SQS::Queue, Condition: A}}\n"
    step = {"name": "make", "action": "aws:createStack", "inputs": {"StackName": "S", "TemplateBody": body}}
    found = derive([Runbook.from_mapping({"schemaVersion": "0.3", "mainSteps": [step]}, name="Test")])
    assert on(found, "sqs:CreateQueue") == {"arn:aws:sqs:eu-west-1:111122223333:S-Q-*"}


@pytest.mark.parametrize(
    ("value", "action", "arn"),
    [
        ("'{{resolve:ssm:/a/b:3}}'", "ssm:GetParameters", "arn:aws:ssm:eu-west-1:111122223333:parameter/a/b"),
        ("'{{resolve:ssm:/aws/service/x}}'", "ssm:GetParameters", "arn:aws:ssm:eu-west-1::parameter/aws/service/x"),
        ("'{{resolve:ssm-secure:pw:1}}'", "ssm:GetParameters", "arn:aws:ssm:eu-west-1:111122223333:parameter/pw"),
        ('!Sub "{{resolve:ssm:/${Env}/${Open}}}"', "ssm:GetParameters", "arn:aws:ssm:eu-west-1:111122223333:parameter/dev/*"),
        (
            "!Join ['', ['{{resolve:secretsmanager:', !Ref Env, ':SecretString:pw}}']]",
            "secretsmanager:GetSecretValue",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:dev-??????",
        ),
        (
            "'{{resolve:secretsmanager:arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-a1b2c3:SecretString:pw}}'",
            "secretsmanager:GetSecretValue",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-a1b2c3",
        ),
    ],
)
def test_a_dynamic_reference_is_read_with_the_rights_of_the_role(value: str, action: str, arn: str) -> None:
    assert on(created(f"  T: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: {value}}}}}\n"), action) == {arn}


def test_a_parameter_whose_value_is_in_parameter_store_is_read_with_the_rights_of_the_role() -> None:
    body = "Parameters: {Ami: {Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: /ami}}\nResources: {T: {Type: AWS::SNS::Topic}}\n"
    assert on(created("", TemplateBody=body), "ssm:GetParameters") == {"arn:aws:ssm:eu-west-1:111122223333:parameter/ami"}
    given = [{"ParameterKey": "Ami", "ParameterValue": "/other"}]
    assert on(created("", TemplateBody=body, Parameters=given), "ssm:GetParameters") == {
        "arn:aws:ssm:eu-west-1:111122223333:parameter/other"
    }
    assert on(created("", TemplateBody=body, RoleARN="arn:aws:iam::111122223333:role/cfn"), "ssm:GetParameters") == set()


def test_a_nested_stack_has_its_arn_its_template_and_a_gap() -> None:
    found = created("  N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://b.s3.amazonaws.com/t.yaml'}}\n")
    assert on(found, "s3:GetObject") == {"arn:aws:s3:::b/t.yaml"}
    assert "arn:aws:cloudformation:eu-west-1:111122223333:stack/S-N-*/*" in on(found, "cloudformation:CreateStack")
    assert [each.id for each in found.findings] == ["templateNotInline"]


def test_code_and_keys_are_those_that_the_properties_name() -> None:
    function = """\
  F:
    Type: AWS::Lambda::Function
    Properties: {Role: "arn:aws:iam::111122223333:role/r", Code: {S3Bucket: code, S3Key: !If [Both, a.zip, b.zip]}, KmsKeyArn: %s}
"""
    key = "arn:aws:kms:eu-west-1:111122223333:key/k"
    found = created(function % key)
    assert on(found, "s3:GetObject") == {"arn:aws:s3:::code/a.zip", "arn:aws:s3:::code/b.zip"}
    assert on(found, "s3:GetObjectVersion") == set()
    assert on(found, "kms:Decrypt") == {key}
    assert on(created(function % "!Ref Open"), "kms:Decrypt") == {"arn:aws:kms:eu-west-1:111122223333:key/*"}


def test_what_belongs_to_a_named_resource_has_its_name() -> None:
    bucket = created("  B: {Type: AWS::S3::Bucket, Properties: {BucketName: mine}}\n")
    assert on(bucket, "s3:DeleteObject") <= {"arn:aws:s3:::mine/*", "arn:aws:s3:eu-west-1:111122223333:accesspoint/*/object/*"}
    task = created("  T: {Type: AWS::ECS::TaskDefinition, Properties: {Family: fam}}\n")
    assert "arn:aws:ecs:eu-west-1:111122223333:task-definition/fam:*" in on(task, "ecs:RegisterTaskDefinition")


@pytest.mark.parametrize(
    ("data", "group", "roles", "told"),
    [
        ("IamInstanceProfile: {Arn: !GetAtt P.Arn}", "LaunchTemplate: {LaunchTemplateId: !Ref LT}", {"role/inst"}, []),
        (
            "IamInstanceProfile: {Name: !Ref P}",
            "MixedInstancesPolicy: {LaunchTemplate: {LaunchTemplateSpecification: {LaunchTemplateId: !Ref LT}}}",
            {"role/inst"},
            [],
        ),
        ("IamInstanceProfile: {Name: p}", "LaunchTemplate: {LaunchTemplateId: !Ref LT}", {"role/*"}, ["passedRoleUnknown"]),
        ("KeyName: k", "LaunchTemplate: {LaunchTemplateId: !Ref LT}", set(), []),
        ("KeyName: k", "LaunchTemplate: {LaunchTemplateName: other}", {"role/*"}, ["passedRoleUnknown"]),
    ],
)
def test_whoever_launches_passes_the_role_in_the_launch_template(data: str, group: str, roles: set[str], told: list[str]) -> None:
    body = f"""\
Resources:
  LT: {{Type: AWS::EC2::LaunchTemplate, Properties: {{LaunchTemplateData: {{{data}}}}}}}
  A: {{Type: AWS::AutoScaling::AutoScalingGroup, Properties: {{{group}}}}}
"""
    own = (
        "  R: {Type: AWS::IAM::Role, Properties: {RoleName: inst}}\n  P: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref R]}}\n"
    )
    found = created("", TemplateBody=body + (own if "P" in data.split() or "P.Arn" in data or "Ref P" in data else ""))
    assert {arn.removeprefix("arn:aws:iam::111122223333:") for arn in on(found, "iam:PassRole")} == roles
    assert [each.id for each in found.findings] == told
