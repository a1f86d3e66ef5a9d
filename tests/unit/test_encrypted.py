"""What a step also needs if a customer managed key encrypts what its calls use: said once a step, with the actions of each call."""

from __future__ import annotations

from typing import Any

import pytest

from automation_role.derive.derivation import derive
from automation_role.findings import INFORMATION
from automation_role.runbook.model import Runbook
from tests.unit.scripts import runbook_of
from tests.unit.test_follows import KEY
from tests.unit.test_resources import derived

EBS = "kms:CreateGrant, kms:Decrypt, kms:DescribeKey, kms:GenerateDataKeyWithoutPlaintext, kms:ReEncryptFrom, kms:ReEncryptTo"


def note(service: str, api: str, inputs: dict[str, Any]) -> str:
    return " ".join(each.message for each in derived(service, api, inputs).findings if "customer managed key" in each.message)


@pytest.mark.parametrize(
    ("service", "api", "inputs", "said"),
    [
        ("ec2", "StartInstances", {"InstanceIds": ["i-1"]}, "encrypts the volumes, ec2 StartInstances also needs kms:CreateGrant on that key"),
        ("ec2", "AttachVolume", {"InstanceId": "i-1", "VolumeId": "vol-1", "Device": "/dev/sdf"}, "AttachVolume also needs kms:CreateGrant on"),
        ("ec2", "RunInstances", {"ImageId": "ami-1", "MinCount": 1, "MaxCount": 1}, f"ec2 RunInstances also needs {EBS} on that key"),
        ("ec2", "CopySnapshot", {"SourceSnapshotId": "snap-1", "SourceRegion": "eu-west-1", "KmsKeyId": KEY}, EBS),  # the source's key
        ("ec2", "CreateVolume", {"SnapshotId": "snap-1", "AvailabilityZone": "a"}, EBS),
        ("ec2", "CreateVolume", {"Size": 8, "AvailabilityZone": "a"}, EBS),  # the account's default key
        ("s3", "GetObject", {"Bucket": "b", "Key": "k"}, "s3 GetObject also needs kms:Decrypt on that key"),
        ("s3", "PutObject", {"Bucket": "b", "Key": "k"}, "s3 PutObject also needs kms:GenerateDataKey on that key"),
        ("s3", "PutObject", {"Bucket": "b", "Key": "k", "ServerSideEncryption": "aws:kms"}, "kms:GenerateDataKey"),
        ("s3", "CopyObject", {"Bucket": "b", "Key": "k", "CopySource": "a/b", "ServerSideEncryption": "AES256"}, "needs kms:Decrypt on"),
        ("ssm", "GetParameter", {"Name": "/p", "WithDecryption": True}, "ssm GetParameter also needs kms:Decrypt on that key"),
        ("secretsmanager", "GetSecretValue", {"SecretId": "s"}, "kms:Decrypt"),
        ("secretsmanager", "PutSecretValue", {"SecretId": "s", "SecretString": "x"}, "kms:Decrypt, kms:GenerateDataKey"),
        ("sqs", "SendMessage", {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/q", "MessageBody": "x"}, "kms:GenerateDataKey"),
        ("sns", "Publish", {"TopicArn": "arn:aws:sns:eu-west-1:111122223333:t", "Message": "x"}, "kms:Decrypt, kms:GenerateDataKey"),
        ("dynamodb", "GetItem", {"TableName": "t", "Key": {}}, "kms:Decrypt"),
        ("kinesis", "PutRecord", {"StreamName": "s"}, "kms:GenerateDataKey"),
        ("rds", "RestoreDBInstanceFromDBSnapshot", {"DBInstanceIdentifier": "d"}, "kms:CreateGrant, kms:DescribeKey"),
        ("lambda", "UpdateFunctionConfiguration", {"FunctionName": "f", "Environment": {"Variables": {"a": "b"}}}, "kms:Decrypt, kms:Encrypt"),
        ("sso-admin", "ListAccountAssignments", {"InstanceArn": "arn:aws:sso:::instance/ssoins-1"}, "kms:Decrypt"),  # the reference's dependent actions
    ],
)  # fmt: skip
def test_a_key_that_only_the_resource_names_is_information(service: str, api: str, inputs: dict[str, Any], said: str) -> None:
    found = derived(service, api, inputs)
    assert said in note(service, api, inputs)
    assert {each.id for each in found.findings} <= INFORMATION
    assert all(not each.action.startswith("kms:") for each in found.permissions) or "KmsKeyId" in inputs


@pytest.mark.parametrize(
    ("service", "api", "inputs"),
    [
        ("ec2", "StopInstances", {"InstanceIds": ["i-1"]}),
        ("ec2", "CreateSnapshot", {"VolumeId": "vol-1"}),  # has its volume's data key: https://docs.aws.amazon.com/kms/latest/developerguide/services-ebs.html
        ("ec2", "CreateVolume", {"Size": 8, "AvailabilityZone": "a", "KmsKeyId": KEY}),  # derived
        ("s3", "PutObject", {"Bucket": "b", "Key": "k", "SSEKMSKeyId": KEY}),  # derived
        ("s3", "PutObject", {"Bucket": "b", "Key": "k", "ServerSideEncryption": "AES256"}),
        ("s3", "GetObject", {"Bucket": "b", "Key": "k", "SSECustomerAlgorithm": "AES256"}),
        ("s3", "ListObjectsV2", {"Bucket": "b"}),
        ("ssm", "GetParameter", {"Name": "/p"}),
        ("ssm", "GetParameter", {"Name": "/p", "WithDecryption": False}),
        ("sqs", "DeleteMessage", {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/q"}),
        ("secretsmanager", "UpdateSecret", {"SecretId": "s", "Description": "d"}),
    ],
)  # fmt: skip
def test_no_key_is_spoken_of_where_none_is_used(service: str, api: str, inputs: dict[str, Any]) -> None:
    assert note(service, api, inputs) == ""


def test_a_step_has_one_note_however_many_calls_its_script_makes() -> None:
    script = (
        "import boto3\ndef handler(events, context):\n    s3 = boto3.client('s3')\n    s3.get_object(Bucket='b', Key='k')\n"
        "    s3.get_object(Bucket='b', Key='l')\n    s3.head_object(Bucket='b', Key='k')\n    boto3.client('ec2').start_instances(InstanceIds=['i-1'])\n"
    )
    (found,) = derive([runbook_of(script)]).findings
    assert found.id == "mayAlsoNeed"
    assert "the object, s3 GetObject and s3 HeadObject also need kms:Decrypt on that key" in found.message
    assert "the volumes, ec2 StartInstances also needs kms:CreateGrant on that key" in found.message


def test_the_same_note_is_said_once_a_step() -> None:
    script = "import boto3\ndef handler(events, context):\n    a = boto3.client('athena')\n    a.get_query_results(QueryExecutionId='1')\n    a.get_query_results(QueryExecutionId='2')\n"
    found = derive([runbook_of(script)]).findings
    assert len({each.message for each in found}) == len(found) == 2


@pytest.mark.parametrize(
    ("action", "inputs", "said"),
    [
        ("aws:changeInstanceState", {"InstanceIds": ["i-1"], "DesiredState": "running"}, "StartInstances also needs kms:CreateGrant"),
        ("aws:runInstances", {"ImageId": "ami-1"}, "RunInstances also needs"),
        ("aws:copyImage", {"SourceRegion": "eu-west-1", "SourceImageId": "ami-1", "ImageName": "n"}, "CopyImage also needs"),
        ("aws:approve", {"Approvers": ["a"], "NotificationArn": "arn:aws:sns:eu-west-1:111122223333:AutomationT"}, "Publish also needs"),
    ],
)
def test_an_action_has_the_note_of_its_calls(action: str, inputs: dict[str, Any], said: str) -> None:
    step = {"name": "s", "action": action, "inputs": inputs}
    runbook = Runbook.from_mapping({"schemaVersion": "0.3", "mainSteps": [step]}, name="r")
    assert [said in each.message for each in derive([runbook]).findings if "customer managed key" in each.message] == [True]
