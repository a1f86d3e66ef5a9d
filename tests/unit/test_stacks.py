"""What a stack that a runbook creates without a role of its own needs."""

from __future__ import annotations

from typing import Any

import pytest

from automation_role.catalog import operations as catalog
from automation_role.derive.derivation import Derivation, derive
from automation_role.derive.stack_types import NAMING
from automation_role.runbook.model import Runbook
from automation_role.values.place import Place

BUCKET = "Resources:\n  Logs:\n    Type: AWS::S3::Bucket\n"
HERE = Place(partition="aws", account="111122223333")


def created(template: Any = BUCKET, **inputs: Any) -> Derivation:
    body = {} if template is None else {"TemplateBody": template}
    step = {"name": "make", "action": "aws:createStack", "inputs": {"StackName": "S", **body, **inputs}}
    return derive([Runbook.from_mapping({"schemaVersion": "0.3", "mainSteps": [step]}, name="Test")])


def actions(derivation: Derivation) -> set[str]:
    return {permission.action for permission in derivation.permissions}


def told(derivation: Derivation) -> list[str]:
    return [finding.id for finding in derivation.findings]


def test_with_a_role_only_that_role_is_passed():
    derivation = created(RoleARN="arn:aws:iam::111122223333:role/Stack")
    assert actions(derivation) == {"cloudformation:CreateStack", "cloudformation:DescribeStacks", "iam:PassRole"}
    passed = next(permission for permission in derivation.permissions if permission.action == "iam:PassRole")
    assert [HERE.write(resource) for resource in passed.resources] == [("arn:aws:iam::111122223333:role/Stack",)]
    assert "cloudformation.amazonaws.com" in str(passed.conditions)
    assert told(derivation) == []


@pytest.mark.parametrize(
    "template",
    [
        BUCKET,
        '{"Resources": {"Logs": {"Type": "AWS::S3::Bucket"}}}',
        {"Resources": {"Logs": {"Type": "AWS::S3::Bucket"}}},
        BUCKET.splitlines(),
    ],
)
def test_without_one_what_its_resources_need_to_be_created_and_deleted(template: Any):
    derivation = created(template)
    assert {"cloudformation:CreateStack", "s3:CreateBucket", "s3:DeleteBucket"} <= actions(derivation)
    assert told(derivation) == []


def test_references_to_parameters_inside_a_template_do_not_matter():
    derivation = created("Resources:\n  {{ X }}Logs:\n    Type: AWS::S3::Bucket\n    Properties: {BucketName: !Sub '{{ X }}-logs'}\n")
    assert "s3:CreateBucket" in actions(derivation)


@pytest.mark.parametrize("named", [{"BucketName": "{{ X }}-logs"}, {"BucketName": {"Fn::Sub": "{{ X }}-logs"}}])
def test_a_reference_in_a_template_that_is_data_may_be_any_text_too(named: dict[str, Any]):
    derivation = created({"Resources": {"Logs": {"Type": "AWS::S3::Bucket", "Properties": named}}})
    (made,) = [permission for permission in derivation.permissions if permission.action == "s3:CreateBucket"]
    assert "arn:aws:s3:::*-logs" in [text for resource in made.resources for text in HERE.write(resource)]


def test_a_permission_for_a_property_that_is_not_set_is_left_out():
    policy = "Resources:\n  P:\n    Type: AWS::IAM::Policy\n    Properties: {PolicyName: p, Roles: [r]}\n"
    assert {"iam:PutRolePolicy", "iam:DeleteRolePolicy"} <= actions(created(policy))
    assert not {"iam:PutUserPolicy", "iam:PutGroupPolicy"} & actions(created(policy))
    function = "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties: {Role: !GetAtt R.Arn, Code: {ZipFile: x}}\n"
    assert "iam:PassRole" in actions(created(function))
    assert not {"ec2:DescribeVpcs", "kms:Decrypt", "lambda:PutFunctionConcurrency"} & actions(created(function))
    assert "ec2:DescribeVpcs" in actions(created(function.replace("Code:", "VpcConfig: {}, Code:")))


def test_a_role_that_cloudformation_names_is_any_of_the_account_for_one_service_and_reported():
    derivation = created("Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties: {Role: !GetAtt R.Arn}\n")
    passed = next(permission for permission in derivation.permissions if permission.action == "iam:PassRole")
    assert "lambda.amazonaws.com" in str(passed.conditions)
    assert told(derivation) == ["passedRoleUnknown"]


def test_a_role_of_a_database_goes_to_either_service_that_is_published():
    derivation = created("Resources:\n  D:\n    Type: AWS::RDS::DBInstance\n    Properties: {MonitoringRoleArn: !GetAtt R.Arn}\n")
    passed = next(permission for permission in derivation.permissions if permission.action == "iam:PassRole")
    assert [str(value.text) for value in passed.conditions[0][2]] == ["monitoring.rds.amazonaws.com", "rds.amazonaws.com"]


def test_a_custom_resource_invokes_its_function():
    assert "lambda:InvokeFunction" in actions(created("Resources:\n  C:\n    Type: Custom::Thing\n    Properties: {ServiceToken: x}\n"))


@pytest.mark.parametrize(
    ("template", "finding"),
    [
        (None, "templateNotInline"),
        ("{{ Template }}", "templateNotInline"),
        ("Resources: [", "templateNotInline"),
        ("Parameters: {}", "templateNotInline"),
        ("Resources:\n  A:\n    Type: AWS::Nonsense::Thing\n", "templateTypeUnknown"),
        ("Resources:\n  A: {}\n", "templateTypeUnknown"),
        ("Transform: AWS::Serverless-2016-10-31\n" + BUCKET, "templateTypeUnknown"),
    ],
)
def test_parts_of_a_template_that_cannot_be_read_are_reported(template: Any, finding: str):
    assert told(created(template)) == [finding]


def test_deleting_a_stack_that_the_runbook_does_not_create_is_reported():
    step = {"name": "drop", "action": "aws:deleteStack", "inputs": {"StackName": "Other"}}
    derivation = derive([Runbook.from_mapping({"schemaVersion": "0.3", "mainSteps": [step]}, name="Test")])
    assert told(derivation) == ["templateNotInline"]
    assert actions(derivation) == {"cloudformation:DeleteStack", "cloudformation:DescribeStacks"}


def called(api: str, service: str = "cloudformation", **inputs: Any) -> Derivation:
    step = {"name": "call", "action": "aws:executeAwsApi", "inputs": {"Service": service, "Api": api, **inputs}}
    return derive([Runbook.from_mapping({"schemaVersion": "0.3", "mainSteps": [step]}, name="Test")])


def test_a_call_that_creates_a_stack_without_a_role_needs_what_its_template_needs():
    derivation = called("create_stack", StackName="S", TemplateBody=BUCKET)
    assert {"cloudformation:CreateStack", "s3:CreateBucket", "s3:DeleteBucket"} <= actions(derivation)
    assert told(derivation) == []


@pytest.mark.parametrize(
    ("service", "api", "inputs"),
    [
        ("cloudformation", "UpdateStack", {"StackName": "S", "UsePreviousTemplate": True}),
        ("cloudformation", "CreateStack", {"StackName": "S", "TemplateURL": "https://b.s3.amazonaws.com/t"}),
        ("cloudformation", "ExecuteChangeSet", {"ChangeSetName": "C"}),
        ("cloudformation", "DeleteStack", {"StackName": "S"}),
        ("cloudcontrol", "CreateResource", {"TypeName": "{{ global:REGION }}"}),
        ("cloudcontrol", "ListResources", {"TypeName": "{{ global:REGION }}"}),
    ],
)
def test_a_call_that_changes_an_unknown_stack_with_the_role_s_own_rights_is_reported(service: str, api: str, inputs: dict[str, Any]):
    assert told(called(api, service, **inputs)) == ["templateNotInline"]
    role = {"RoleARN" if service == "cloudformation" else "RoleArn": "arn:aws:iam::111122223333:role/Stack"}
    if api != "ExecuteChangeSet":
        assert told(called(api, service, **inputs, **role)) == []


FUNCTION = """
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: f, Role: "arn:aws:iam::111122223333:role/Run", Code: {ZipFile: pass}}
"""


def test_updating_a_stack_needs_what_its_resources_need_to_be_updated():
    update = {"lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"}
    assert {*update, "lambda:CreateFunction", "lambda:DeleteFunction"} <= actions(
        called("UpdateStack", StackName="S", TemplateBody=FUNCTION)
    )
    assert update.isdisjoint(actions(called("CreateStack", StackName="S", TemplateBody=FUNCTION)))


@pytest.mark.parametrize(
    ("api", "inputs", "needed", "other"),
    [
        ("CreateResource", {"DesiredState": '{"FunctionName": "f"}'}, "CreateFunction", "DeleteFunction"),
        ("DeleteResource", {"Identifier": "f"}, "DeleteFunction", "CreateFunction"),
        ("UpdateResource", {"Identifier": "f", "PatchDocument": "[]"}, "UpdateFunctionCode", "DeleteFunction"),
        ("GetResource", {"Identifier": "f"}, "GetFunction", "UpdateFunctionCode"),
        ("ListResources", {}, "ListFunctions", "GetFunction"),
    ],
)
def test_cloud_control_needs_what_the_handler_of_the_type_needs(api: str, inputs: dict[str, Any], needed: str, other: str):
    derivation = called(api, "cloudcontrol", TypeName="AWS::Lambda::Function", **inputs)
    assert f"lambda:{needed}" in actions(derivation)
    assert f"lambda:{other}" not in actions(derivation)
    if needed != "ListFunctions":
        assert resources(derivation, f"lambda:{needed}") == {"arn:*:lambda:*:*:function:f"}
    role = called(api, "cloudcontrol", TypeName="AWS::Lambda::Function", RoleArn="arn:aws:iam::111122223333:role/R", **inputs)
    assert {f"cloudformation:{api}", "iam:PassRole"} == actions(role)


def test_a_resource_of_cloud_control_whose_type_is_not_known_is_reported_as_what_it_is():
    derivation = called("DeleteResource", "cloudcontrol", TypeName="Some::Own::Type", Identifier="x")
    assert [(each.id, each.message.split(";")[0]) for each in derivation.findings] == [
        ("templateTypeUnknown", "the resource has the type Some::Own::Type, whose permissions are not known")
    ]


def test_a_desired_state_that_is_not_known_may_have_any_property():
    derivation = called("CreateResource", "cloudcontrol", TypeName="AWS::Lambda::Function", DesiredState="{{ global:DATE }}")
    assert "ec2:DescribeVpcs" in actions(derivation)


def test_a_script_that_changes_a_stack_with_the_role_s_own_rights_is_reported():
    script = "import boto3\ndef handler(e, c):\n    boto3.client('cloudformation').update_stack(StackName='S', UsePreviousTemplate=True)\n"
    inputs = {"Runtime": "python3.11", "Handler": "handler", "Script": script}
    step = {"name": "run", "action": "aws:executeScript", "inputs": inputs}
    derivation = derive([Runbook.from_mapping({"schemaVersion": "0.3", "mainSteps": [step]}, name="Test")])
    assert told(derivation) == ["templateNotInline"]


def test_a_resource_without_a_role_does_not_read_one():
    assert "iam:GetRole" not in actions(created("Resources:\n  T:\n    Type: AWS::SNS::Topic\n"))


def resources(derivation: Derivation, action: str) -> set[str]:
    return {
        text
        for permission in derivation.permissions
        if permission.action == action
        for resource in permission.resources
        for text in Place().write(resource)
    }


def of(kind: str, properties: dict[str, Any] | None = None, **others: Any) -> dict[str, Any]:
    return {"Resources": {"Thing": {"Type": kind, "Properties": properties or {}}, **others.pop("resources", {})}, **others}


@pytest.mark.parametrize(
    ("kind", "properties", "never"),
    [
        ("AWS::Lambda::Function", {"Code": {"ZipFile": "x"}}, {"s3:GetObject", "kms:Decrypt"}),
        ("AWS::SQS::Queue", {"Tags": [{"Key": "KmsKeyId", "Value": "role"}]}, {"kms:Decrypt", "kms:CreateGrant"}),
        ("AWS::ECR::Repository", {"Tags": [{"Key": "a", "Value": "b"}]}, {"kms:CreateGrant", "kms:DescribeKey"}),
        (
            "AWS::DynamoDB::Table",
            {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]},
            {"kms:Decrypt", "kinesis:PutRecords", "dynamodb:Scan", "dynamodb:ImportTable", "iam:CreateServiceLinkedRole", "s3:GetObject"},
        ),
        ("AWS::IAM::Role", {"AssumeRolePolicyDocument": {}}, {"iam:AttachRolePolicy", "iam:PutRolePolicy"}),
        ("AWS::Lambda::Function", {"Environment": {"Variables": {"S3_BUCKET": "b", "ROLE": "r"}}}, {"s3:GetObject", "iam:PassRole"}),
    ],
)
def test_a_property_counts_where_it_stands(kind: str, properties: dict[str, Any], never: set[str]):
    assert not never & actions(created(of(kind, properties)))


@pytest.mark.parametrize(
    ("kind", "properties", "needed"),
    [
        ("AWS::Lambda::Function", {"Code": {"S3Bucket": "b", "S3Key": "k"}}, "s3:GetObject"),
        ("AWS::Lambda::Function", {"Code": {"Fn::If": ["A", {"S3Bucket": "b"}, {"ZipFile": "x"}]}}, "s3:GetObject"),
        ("AWS::DynamoDB::Table", {"SSESpecification": {"SSEEnabled": True}}, "kms:Decrypt"),
        ("AWS::IAM::Role", {"ManagedPolicyArns": ["a"]}, "iam:AttachRolePolicy"),
        ("AWS::KMS::Key", {"KeyPolicy": {}}, "kms:CreateKey"),
    ],
)
def test_a_property_that_is_set_brings_its_permission(kind: str, properties: dict[str, Any], needed: str):
    assert needed in actions(created(of(kind, properties)))


@pytest.mark.parametrize(
    ("template", "inputs", "action", "expected"),
    [
        (of("AWS::Lambda::Function", {"FunctionName": "helper-fn"}), {}, "lambda:CreateFunction", {"arn:*:lambda:*:*:function:helper-fn"}),
        (of("AWS::Lambda::Function"), {}, "lambda:CreateFunction", {"arn:*:lambda:*:*:function:S-Thing-*"}),
        (of("AWS::Lambda::Function"), {"StackName": "{{ global:REGION }}x"}, "lambda:CreateFunction", {"arn:*:lambda:*:*:function:*"}),
        (of("AWS::Lambda::Function"), {"StackName": "s" * 60}, "lambda:CreateFunction", {"arn:*:lambda:*:*:function:*"}),
        (of("AWS::S3::Bucket"), {}, "s3:CreateBucket", {"arn:*:s3:::s-thing-*"}),
        (of("AWS::SSM::Parameter", {"Name": "/a/b"}), {}, "ssm:AddTagsToResource", {"arn:*:ssm:*:*:parameter/a/b"}),
        (of("AWS::SSM::Parameter"), {}, "ssm:AddTagsToResource", {"arn:*:ssm:*:*:parameter/*"}),
        (
            of("AWS::SNS::Topic", {"TopicName": {"Ref": "Name"}}, Parameters={"Name": {"Type": "String", "Default": "default"}}),
            {},
            "sns:CreateTopic",
            {"arn:*:sns:*:*:default"},
        ),
        (
            of("AWS::SNS::Topic", {"TopicName": {"Fn::Sub": "${Name}-${AWS::Region}"}}, Parameters={"Name": {"Type": "String"}}),
            {"Parameters": [{"ParameterKey": "Name", "ParameterValue": "given"}]},
            "sns:CreateTopic",
            {"arn:*:sns:*:*:given-*"},
        ),
        (
            of("AWS::SNS::Topic", {"TopicName": {"Fn::Join": ["-", [{"Ref": "AWS::StackName"}, "t"]]}}),
            {},
            "sns:CreateTopic",
            {"arn:*:sns:*:*:S-t"},
        ),
        (of("AWS::SNS::Topic", {"TopicName": {"Fn::ImportValue": "x"}}), {}, "sns:CreateTopic", {"arn:*:sns:*:*:*"}),
    ],
)
def test_a_resource_is_named_as_far_as_its_template_says(template: Any, inputs: dict[str, Any], action: str, expected: set[str]):
    assert resources(created(template, **inputs), action) == expected


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("arn:aws:iam::111122223333:role/helper-exec", {"arn:aws:iam::111122223333:role/helper-exec"}),
        ({"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/exec"}, {"arn:*:iam::*:role/exec"}),
        ({"Fn::GetAtt": ["Exec", "Arn"]}, {"arn:*:iam::*:role/S-Exec-*"}),
        ({"Fn::GetAtt": "Named.Arn"}, {"arn:*:iam::*:role/automation/named"}),
    ],
)
def test_the_role_that_a_template_names_is_the_only_one_passed(role: Any, expected: set[str]):
    others = {
        "Exec": {"Type": "AWS::IAM::Role"},
        "Named": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "named", "Path": "/automation/"}},
    }
    derivation = created(of("AWS::Lambda::Function", {"Role": role}, resources=others))
    assert resources(derivation, "iam:PassRole") == expected
    assert told(derivation) == []


def of_type(kind: str, **properties: Any) -> Derivation:
    return created({"Resources": {"R": {"Type": kind, "Properties": properties}}})


def passed(derivation: Derivation) -> list[tuple[list[str], list[str]]]:
    """(roles, services) of each PassRole."""
    return [
        (
            [text for role in each.resources for text in HERE.write(role)],
            [text for _, _, values in each.conditions for value in values for text in HERE.write(value)],
        )
        for each in derivation.permissions
        if each.action == "iam:PassRole"
    ]


GIVEN = "arn:aws:iam::111122223333:role/Given"


@pytest.mark.parametrize(
    ("kind", "properties", "to"),
    [
        ("AWS::Batch::ComputeEnvironment", {"ServiceRole": GIVEN}, ["batch.amazonaws.com"]),
        ("AWS::EKS::Nodegroup", {"NodeRole": GIVEN}, ["eks.amazonaws.com"]),
        ("AWS::DLM::LifecyclePolicy", {"ExecutionRoleArn": GIVEN}, ["dlm.amazonaws.com"]),
        ("AWS::Synthetics::Canary", {"ExecutionRoleArn": GIVEN}, ["lambda.amazonaws.com", "synthetics.amazonaws.com"]),
        ("AWS::Pipes::Pipe", {"RoleArn": GIVEN}, ["pipes.amazonaws.com"]),
        ("AWS::RDS::DBInstance", {"MonitoringRoleArn": GIVEN}, ["monitoring.rds.amazonaws.com", "rds.amazonaws.com"]),
        ("AWS::S3::Bucket", {"ReplicationConfiguration": {"Role": GIVEN}}, ["s3.amazonaws.com"]),
        ("AWS::Cognito::IdentityPoolRoleAttachment", {"IdentityPoolId": "i", "Roles": {"authenticated": GIVEN}}, ["cognito-identity.amazonaws.com"]),
        ("AWS::EC2::FlowLog", {"DeliverLogsPermissionArn": GIVEN}, ["vpc-flow-logs.amazonaws.com"]),  # not named after a role
        ("AWS::IAM::InstanceProfile", {"InstanceProfileName": "own", "Roles": ["Given"]}, ["ec2.amazonaws.com"]),
    ],
)  # fmt: skip
def test_a_role_that_a_property_holds_is_passed_to_the_service_that_the_call_passes_it_to(
    kind: str, properties: dict[str, Any], to: list[str]
):
    derivation = of_type(kind, **properties)
    assert passed(derivation) == [([GIVEN], to)]
    assert told(derivation) == []


def test_roles_of_different_properties_go_to_different_services():
    derivation = of_type("AWS::RDS::DBInstance", MonitoringRoleArn=GIVEN, DomainIAMRoleName="Joins")
    assert sorted(passed(derivation)) == [
        (["arn:aws:iam::111122223333:role/Given"], ["monitoring.rds.amazonaws.com", "rds.amazonaws.com"]),
        (["arn:aws:iam::111122223333:role/Joins"], ["directoryservice.rds.amazonaws.com", "rds.amazonaws.com"]),
    ]


@pytest.mark.parametrize(
    ("kind", "properties", "service"),
    [
        ("AWS::AutoScaling::AutoScalingGroup", {"MinSize": "1"}, "autoscaling.amazonaws.com"),
        ("AWS::EKS::Nodegroup", {}, "eks-nodegroup.amazonaws.com"),
        ("AWS::RDS::DBCluster", {"Engine": "aurora-mysql"}, "rds.amazonaws.com"),
        ("AWS::ECS::Cluster", {}, "ecs.amazonaws.com"),
    ],
)
def test_only_the_service_linked_role_of_the_calls_is_created(kind: str, properties: dict[str, Any], service: str):
    (creates,) = (each for each in of_type(kind, **properties).permissions if each.action == "iam:CreateServiceLinkedRole")
    assert [text for each in creates.resources for text in HERE.write(each)] == [
        f"arn:aws:iam::111122223333:role/aws-service-role/{service}/*"
    ]
    assert [(key, [text for value in values for text in HERE.write(value)]) for _, key, values in creates.conditions] == [
        ("iam:AWSServiceName", [service])
    ]


def test_where_no_call_says_the_service_it_is_still_a_service_linked_role():
    (creates,) = (each for each in of_type("AWS::Pipes::Pipe").permissions if each.action == "iam:CreateServiceLinkedRole")
    assert [text for each in creates.resources for text in HERE.write(each)] == ["arn:aws:iam::111122223333:role/aws-service-role/*"]


@pytest.mark.parametrize(
    ("kind", "action", "types"),
    [
        ("AWS::EC2::RouteTable", "ec2:CreateTags", {"route-table/*"}),
        ("AWS::EC2::Instance", "ec2:CreateTags", {"instance/*", "volume/*"}),
        ("AWS::ElasticLoadBalancingV2::TargetGroup", "elasticloadbalancing:AddTags", {"targetgroup/*/*"}),
        ("AWS::CloudTrail::Trail", "cloudtrail:AddTags", {"trail/*"}),
        ("AWS::GuardDuty::Detector", "guardduty:TagResource", {"detector/*"}),
        ("AWS::RDS::DBSubnetGroup", "rds:AddTagsToResource", {"subgrp:*"}),
    ],
)
def test_only_what_a_resource_creates_is_tagged(kind: str, action: str, types: set[str]):
    assert {arn.split(":", 5)[5] for arn in resources(of_type(kind), action)} == types


def test_an_auto_scaling_group_reads_no_passwords_and_no_parameters():
    found = actions(of_type("AWS::AutoScaling::AutoScalingGroup", MinSize="1", MaxSize="2"))
    assert {"ec2:DescribeSubnets", "ec2:RunInstances", "autoscaling:CreateAutoScalingGroup"} <= found
    assert {each for each in found if each.startswith(("ec2:Get", "ssm:", "vpc-lattice:"))} == set()
    templated = of_type("AWS::AutoScaling::AutoScalingGroup", LaunchTemplate={"LaunchTemplateId": "lt-1", "Version": "1"})
    assert "ssm:GetParameters" in actions(templated)  # its image may be a parameter


PROFILE = {
    "Own": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "OfTheInstance"}},
    "Profile": {"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": [{"Ref": "Own"}]}},
}


@pytest.mark.parametrize(
    ("properties", "roles", "findings"),
    [
        ({"IamInstanceProfile": {"Ref": "Profile"}}, ["role/OfTheInstance"], []),
        ({"IamInstanceProfile": {"Ref": "Else"}}, ["role/*"], ["passedRoleUnknown"]),
        ({"IamInstanceProfile": "Profile"}, ["role/*"], ["passedRoleUnknown"]),  # a name in the account, not the resource
    ],
)
def test_an_instance_profile_of_the_template_passes_its_roles(properties: dict[str, Any], roles: list[str], findings: list[str]):
    derivation = created({"Resources": {**PROFILE, "I": {"Type": "AWS::EC2::Instance", "Properties": properties}}})
    to_ec2 = {arn.split(":", 5)[5] for arns, services in passed(derivation) if services == ["ec2.amazonaws.com"] for arn in arns}
    assert to_ec2 == {*roles, "role/OfTheInstance"}  # the profile itself passes its role, too
    assert told(derivation) == findings


def test_a_reference_is_not_a_role_s_name():
    derivation = of_type("AWS::IAM::InstanceProfile", Roles={"Ref": "Names"})
    assert passed(derivation) == [(["arn:aws:iam::111122223333:role/*"], ["ec2.amazonaws.com"])]


@pytest.mark.parametrize("kind", [kind for kind, naming in NAMING.items() if naming.given and kind != "AWS::IAM::ManagedPolicy"])
def test_what_a_type_must_do_is_only_allowed_on_the_name_in_the_template(kind: str):
    derivation = of_type(kind, **{NAMING[kind].given: "given-name"})
    certain = {
        each for each in catalog.certain_actions(kind) if NAMING[kind].resource in {one.name for one in catalog.resource_types(each)}
    }
    assert certain, f"{kind}: no action that it needs is about {NAMING[kind].resource}"
    for action in certain:
        assert any("given-name" in arn for arn in resources(derivation, action)), action
