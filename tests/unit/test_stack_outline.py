"""An outline of a stack's template, as the facts of AWS-owned runbooks have it: it needs what the template needs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from automation_role.derive.stack_outline import outline
from automation_role.derive.stacks import needs_of_stack
from automation_role.values.calls import ChangedStack, Origin
from automation_role.values.patterns import ANY, Pattern
from automation_role.values.value import UNKNOWN, Text, Value

ORIGIN = Origin("Test", "make", 7)
ROLES = """\
Parameters:
  Suffix: {Type: String, Default: blue, Description: SECRET}
  Unused: {Type: String, Default: SECRET}
  Alone: {Type: "AWS::SSM::Parameter::Value<String>", Default: /alone}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /SECRET-free}
Conditions:
  Blue: !Equals [!Ref Suffix, blue]
  Green: !Not [!Condition Blue]
Mappings:
  Names: {blue: {queue: blue-queue}, green: {queue: green-queue}}
Resources:
  Helper:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub "helper-${Suffix}"
      Path: /made/
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Action: "sts:AssumeRole", Sid: SECRET}]}
      Policies: [{PolicyName: SECRET, PolicyDocument: {}}]
  Work:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: !Join ["-", [!Ref "AWS::StackName", !Ref Suffix]]
      Role: !GetAtt Helper.Arn
      Code: {ZipFile: SECRET}
      Environment: {Variables: {SECRET_FREE: SECRET}}
      Tags: [{Key: SECRET, Value: SECRET}]
  Other:
    Type: AWS::Lambda::Function
    Properties: {Role: !Ref Stored, Code: {S3Bucket: code, S3Key: !If [Blue, blue.zip, green.zip]}, KmsKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/k"}
  Logs:
    Type: AWS::S3::Bucket
  Named:
    Type: AWS::S3::Bucket
    Properties: {BucketName: "{{ Bucket }}-logs"}
  Profile:
    Type: AWS::IAM::InstanceProfile
    Properties: {Roles: [!Ref Helper]}
  Mapped:
    Type: AWS::SQS::Queue
    Properties: {QueueName: !FindInMap [Names, !Ref Suffix, queue]}
  Green:
    Type: AWS::SNS::Topic
    Condition: Green
    Properties: {TopicName: "{{resolve:ssm:/topic:1}}", DisplayName: !Sub "{{resolve:secretsmanager:${Suffix}:SecretString:name}}"}
  Nested:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: "https://b.s3.amazonaws.com/t.yaml"}
  Template:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateData: {UserData: SECRET, IamInstanceProfile: {Arn: !GetAtt Profile.Arn}}}
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: {LaunchTemplate: {LaunchTemplateId: !Ref Template, Version: SECRET}}
  Own: {Type: "Custom::Thing", Properties: {ServiceToken: SECRET}}
  Strange: {Type: "AWS::Nothing::Known"}
  Untyped: {}
"""
INPUTS: list[dict[str, Value]] = [
    {},
    {"StackName": Text.literal("Stack")},
    {"StackName": Text((Pattern(("made-", ANY)),))},
    {
        "StackName": Text.literal("Stack"),
        "Parameters": ({"ParameterKey": Text.literal("Suffix"), "ParameterValue": Text.literal("green")},),
    },
    {"Parameters": UNKNOWN},
]


def needs(template: Any, inputs: dict[str, Value]) -> list[Any]:
    return list(needs_of_stack(ChangedStack(template=template, inputs=inputs, origin=ORIGIN)))


@pytest.mark.parametrize("inputs", INPUTS, ids=str)
@pytest.mark.parametrize(
    "template",
    [
        ROLES,
        "Transform: AWS::Serverless-2016-10-31\n" + ROLES,
        "Resources:\n  Logs:\n    Type: AWS::S3::Bucket\n    Properties: {'Fn::Transform': {Name: 'AWS::Include', Parameters: {Location: x}}}\n",
        "Resources: {Logs: {Type: 'AWS::S3::Bucket', 'Fn::Transform': {Name: Mine}}, Broken: 7, Worse: {Type: [1], Properties: 3}}",
        {"Resources": {"Logs": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "{{ Bucket }}", "Tags": None}}}},
    ],
    ids=["roles", "macro", "include", "broken", "data"],
)
def test_an_outline_needs_what_its_template_needs(template: Any, inputs: dict[str, Value]):
    kept = outline(template)
    assert needs(json.loads(json.dumps(kept)), inputs) == needs(template, inputs) != []


def test_an_outline_has_types_names_roles_and_which_properties_are_set_but_no_other_value():
    kept = json.dumps(outline(ROLES.replace("SECRET-free", "free").replace("SECRET_FREE", "FREE")))
    assert "SECRET" not in kept
    assert all(word in kept for word in ("helper-${Suffix}", "blue", "/made/", "ZipFile", "AWS::Nothing::Known"))


@pytest.mark.parametrize("template", [None, "{{ Body }}", "Resources: [", "Description: none\n"])
def test_a_template_that_cannot_be_read_has_no_outline(template: Any):
    assert outline(template) is None


@pytest.mark.parametrize("parameters", ["x", 5, ["P"], True])
def test_parameters_that_are_not_a_mapping_have_no_outline(parameters: Any):
    assert outline({"Resources": {}, "Parameters": parameters}) == {"Resources": {}}


@pytest.mark.parametrize("kind", [None, 5, "Foo", "AWS::Foo"])
def test_a_resource_whose_type_does_not_exist_is_kept(kind: Any):
    assert list((outline({"Resources": {"R": {"Type": kind, "Properties": {"RoleArn": "x", "Size": 1}}}}) or {})["Resources"]) == ["R"]
