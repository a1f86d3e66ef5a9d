"""What each `aws:` action type needs: a row for every type, and for every input that changes what a step needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pytest

from automation_role.catalog import operations as catalog
from automation_role.derive.derivation import derive
from automation_role.derive.readings import READINGS
from automation_role.findings import to_answer
from automation_role.runbook.actions import ACTIONS, ActionType, Call
from automation_role.runbook.model import Runbook
from automation_role.values.place import Place

HERE = Place(partition="aws", account="111122223333", regions=("eu-west-1",), role_arn="arn:aws:iam::111122223333:role/Automation")
EC2: Final = "arn:aws:ec2:eu-west-1:111122223333:"
EC2_OF_NOBODY: Final = "arn:aws:ec2:eu-west-1::"
SSM: Final = "arn:aws:ssm:eu-west-1:111122223333:"
STACKS: Final = "arn:aws:cloudformation:eu-west-1:111122223333:"
STATES: Final = "arn:aws:states:eu-west-1:111122223333:"
ROLES: Final = "arn:aws:iam::111122223333:role/"
KMS: Final = "arn:aws:kms:eu-west-1:111122223333:"
SNS: Final = "arn:aws:sns:eu-west-1:111122223333:"
S: Final = f"{STACKS}stack/S/*"
CHILD: Final = f"{SSM}automation-definition/Child:* {SSM}automation-execution/* {SSM}document/Child"
# https://docs.aws.amazon.com/systems-manager/latest/userguide/creating-webhook-integrations.html
WEBHOOKS: Final = f"{SSM}parameter/d9d01087-4a3f-49e0-b0b4-d568d7826553/ssm/integrations/webhook/"


@dataclass(frozen=True)
class Row:
    """A step's action and inputs, and all that it needs: `action resources if condition`, without what IAM asks about only if it is used."""

    action: str
    inputs: dict[str, Any]
    needs: list[str]
    findings: str = ""


ROWS: Final = [
    Row("aws:approve", {"Approvers": [f"{ROLES}A"]}, []),
    Row("aws:approve", {"NotificationArn": "", "Approvers": ["a"]}, []),
    Row("aws:approve", {"NotificationArn": f"{SNS}T", "Approvers": ["a"]}, [f"sns:Publish {SNS}T"]),
    Row(
        "aws:assertAwsResourceProperty",
        {"Service": "ec2", "Api": "DescribeInstances", "InstanceIds": ["i-1"], "PropertySelector": "$.x", "DesiredValues": ["y"]},
        ["ec2:DescribeInstances *"],
    ),
    Row(
        "aws:waitForAwsResourceProperty",
        {"Service": "rds", "Api": "DescribeDBInstances", "DBInstanceIdentifier": "D", "PropertySelector": "$.x", "DesiredValues": ["y"]},
        ["rds:DescribeDBInstances arn:aws:rds:eu-west-1:111122223333:db:d"],
    ),
    Row("aws:executeAwsApi", {"Service": "s3", "Api": "GetObject", "Bucket": "b", "Key": "k"}, ["s3:GetObject arn:aws:s3:::b/k"]),
    Row(
        "aws:executeAwsApi", {"Service": "EC2", "Api": "start_instances", "InstanceIds": ["i-1"]}, [f"ec2:StartInstances {EC2}instance/i-1"]
    ),
    Row(
        "aws:executeAwsApi",
        {"Service": "ec2", "Api": "{{ Either }}", "InstanceIds": ["i-1"]},
        [f"ec2:StartInstances {EC2}instance/i-1", f"ec2:StopInstances {EC2}instance/i-1"],
    ),
    Row("aws:executeAwsApi", {"Service": "ec2", "Api": "{{ Name }}"}, [], "unreadableStep"),
    Row("aws:executeAwsApi", {"Service": "{{ Name }}", "Api": "DescribeInstances"}, [], "unreadableStep"),
    Row("aws:branch", {"Choices": [{"NextStep": "act", "Variable": "{{ Name }}", "StringEquals": "x"}], "Default": "act"}, []),
    Row(
        "aws:changeInstanceState",
        {"InstanceIds": ["i-1"], "DesiredState": "running"},
        ["ec2:DescribeInstanceStatus *", f"ec2:StartInstances {EC2}instance/i-1"],
    ),
    Row(
        "aws:changeInstanceState",
        {"InstanceIds": ["i-1"], "DesiredState": "stopped", "Force": True},
        ["ec2:DescribeInstanceStatus *", f"ec2:StopInstances {EC2}instance/i-1"],
    ),
    Row(
        "aws:changeInstanceState",
        {"InstanceIds": ["i-1"], "DesiredState": "terminated"},
        ["ec2:DescribeInstanceStatus *", f"ec2:TerminateInstances {EC2}instance/i-1"],
    ),
    Row(
        "aws:changeInstanceState",
        {"InstanceIds": ["i-1"], "DesiredState": "{{ Name }}"},
        [
            "ec2:DescribeInstanceStatus *",
            f"ec2:StartInstances {EC2}instance/i-1",
            f"ec2:StopInstances {EC2}instance/i-1",
            f"ec2:TerminateInstances {EC2}instance/i-1",
        ],
    ),
    Row(
        "aws:changeInstanceState",
        {"InstanceIds": ["i-1"], "DesiredState": "hibernated"},
        ["ec2:DescribeInstanceStatus *"],
        "unreadableStep",
    ),
    Row(
        "aws:changeInstanceState",
        {"InstanceIds": ["i-1"], "DesiredState": "stopped", "CheckStateOnly": True},
        ["ec2:DescribeInstanceStatus *"],
    ),
    Row(
        "aws:copyImage",
        {"SourceImageId": "ami-1", "SourceRegion": "eu-west-1", "ImageName": "n"},
        [f"ec2:CopyImage {EC2_OF_NOBODY}image/* {EC2_OF_NOBODY}snapshot/*", "ec2:DescribeImages *"],
    ),
    Row(
        "aws:copyImage",
        {"SourceImageId": "ami-1", "SourceRegion": "eu-west-1", "ImageName": "n", "Encrypted": True, "KmsKeyId": "k-1"},
        [
            f"ec2:CopyImage {EC2_OF_NOBODY}image/* {EC2_OF_NOBODY}snapshot/*",
            "ec2:DescribeImages *",
            f"kms:CreateGrant {KMS}key/k-1 if kms:GrantIsForAWSResource=true",
            f"kms:Decrypt {KMS}key/k-1",
            f"kms:DescribeKey {KMS}key/k-1",
            f"kms:GenerateDataKeyWithoutPlaintext {KMS}key/k-1",
            f"kms:ReEncryptFrom {KMS}key/k-1",
            f"kms:ReEncryptTo {KMS}key/k-1",
        ],
    ),
    Row(
        "aws:createImage",
        {"InstanceId": "i-1", "ImageName": "n", "NoReboot": True},
        [f"ec2:CreateImage {EC2_OF_NOBODY}image/* {EC2}instance/i-1 {EC2_OF_NOBODY}snapshot/*", "ec2:DescribeImages *"],
    ),
    Row(
        "aws:createStack",
        {"StackName": "S", "TemplateBody": "Resources: {T: {Type: AWS::SNS::Topic}}"},
        [
            f"cloudformation:CreateStack {S}",
            f"cloudformation:DescribeStacks {S}",
            f"sns:CreateTopic {SNS}S-T-*",
            f"sns:DeleteTopic {SNS}S-T-*",
            f"sns:GetTopicAttributes {SNS}S-T-*",
            f"sns:TagResource {SNS}S-T-*",
        ],
    ),
    Row(
        "aws:createStack",
        {"StackName": "S", "RoleARN": f"{ROLES}R", "TemplateBody": "Resources: {T: {Type: AWS::SNS::Topic}}"},
        [
            f"cloudformation:CreateStack {S}",
            f"cloudformation:DescribeStacks {S}",
            f"iam:PassRole {ROLES}R if iam:PassedToService=cloudformation.amazonaws.com",
        ],
    ),
    Row(
        "aws:createStack",
        {"StackName": "S", "RoleARN": f"{ROLES}R", "TemplateURL": "https://s3.amazonaws.com/b/t.yaml"},
        [
            f"cloudformation:CreateStack {S}",
            f"cloudformation:DescribeStacks {S}",
            f"iam:PassRole {ROLES}R if iam:PassedToService=cloudformation.amazonaws.com",
            "s3:GetObject arn:aws:s3:::b/t.yaml",
        ],
    ),
    Row(
        "aws:createStack",
        {"StackName": "S", "RoleARN": f"{ROLES}R", "TemplateURL": "https://b.s3.eu-west-1.amazonaws.com/t.yaml?versionId=3"},
        [
            f"cloudformation:CreateStack {S}",
            f"cloudformation:DescribeStacks {S}",
            f"iam:PassRole {ROLES}R if iam:PassedToService=cloudformation.amazonaws.com",
            "s3:GetObject arn:aws:s3:::b/t.yaml",
            "s3:GetObjectVersion arn:aws:s3:::b/t.yaml",
        ],
    ),
    Row(
        "aws:createStack",
        {"StackName": "S", "TemplateURL": "{{ Name }}"},
        [f"cloudformation:CreateStack {S}", f"cloudformation:DescribeStacks {S}", "s3:GetObject arn:aws:s3:::*/*"],
        "templateNotInline",
    ),
    Row(
        "aws:createStack",
        {"StackName": "S", "RoleARN": f"{ROLES}R", "TemplateBody": "x", "StackPolicyURL": "https://b.s3.amazonaws.com/p.json"},
        [
            f"cloudformation:CreateStack {S}",
            f"cloudformation:DescribeStacks {S}",
            f"iam:PassRole {ROLES}R if iam:PassedToService=cloudformation.amazonaws.com",
            "s3:GetObject arn:aws:s3:::b/p.json",
        ],
    ),
    Row(
        "aws:createStack",
        {
            "StackName": "S",
            "RoleARN": f"{ROLES}R",
            "TemplateBody": "x",
            "NotificationARNs": [f"{SNS}T"],
            "Tags": [{"Key": "k", "Value": "v"}],
        },
        [
            f"cloudformation:CreateStack {S}",
            f"cloudformation:DescribeStacks {S}",
            f"cloudformation:TagResource {S}",
            f"iam:PassRole {ROLES}R if iam:PassedToService=cloudformation.amazonaws.com",
        ],
    ),
    Row(
        "aws:createTags",
        {"ResourceIds": ["i-1", "vol-1"], "Tags": [{"Key": "k", "Value": "v"}]},
        [f"ec2:CreateTags {EC2}instance/i-1 {EC2}volume/vol-1", "ec2:DescribeTags *"],
    ),
    Row(
        "aws:createTags",
        {"ResourceType": "EC2", "ResourceIds": ["i-1"], "Tags": []},
        [f"ec2:CreateTags {EC2}instance/i-1", "ec2:DescribeTags *"],
    ),
    Row(
        "aws:createTags",
        {"ResourceType": "ManagedInstance", "ResourceIds": ["mi-1"], "Tags": []},
        [f"ssm:AddTagsToResource {SSM}managed-instance/mi-1", f"ssm:ListTagsForResource {SSM}managed-instance/mi-1"],
    ),
    Row(
        "aws:createTags",
        {"ResourceType": "MaintenanceWindow", "ResourceIds": ["mw-1"], "Tags": []},
        [f"ssm:AddTagsToResource {SSM}maintenancewindow/mw-1", f"ssm:ListTagsForResource {SSM}maintenancewindow/mw-1"],
    ),
    Row(
        "aws:createTags",
        {"ResourceType": "Parameter", "ResourceIds": ["/p"], "Tags": []},
        [f"ssm:AddTagsToResource {SSM}parameter/p", f"ssm:ListTagsForResource {SSM}parameter/p"],
    ),
    Row(
        "aws:createTags",
        {"ResourceType": "{{ Name }}", "ResourceIds": ["x"], "Tags": []},
        [
            f"ec2:CreateTags {EC2}* {EC2_OF_NOBODY}* arn:aws:ec2::111122223333:*",
            "ec2:DescribeTags *",
            f"ssm:AddTagsToResource {SSM}maintenancewindow/x",
            f"ssm:AddTagsToResource {SSM}managed-instance/x",
            f"ssm:AddTagsToResource {SSM}parameter/x",
            f"ssm:ListTagsForResource {SSM}maintenancewindow/x",
            f"ssm:ListTagsForResource {SSM}managed-instance/x",
            f"ssm:ListTagsForResource {SSM}parameter/x",
        ],
        "manyResourceTypes",
    ),
    Row(
        "aws:deleteImage",
        {"ImageId": "ami-1"},
        [f"ec2:DeleteSnapshot {EC2_OF_NOBODY}snapshot/*", f"ec2:DeregisterImage {EC2_OF_NOBODY}image/ami-1", "ec2:DescribeImages *"],
    ),
    Row(
        "aws:deleteStack",
        {"StackName": "S"},
        [f"cloudformation:DeleteStack {S}", f"cloudformation:DescribeStacks {S}"],
        "templateNotInline",
    ),
    Row(
        "aws:deleteStack",
        {"StackName": "S", "RoleARN": f"{ROLES}R"},
        [
            f"cloudformation:DeleteStack {S}",
            f"cloudformation:DescribeStacks {S}",
            f"iam:PassRole {ROLES}R if iam:PassedToService=cloudformation.amazonaws.com",
        ],
    ),
    Row(
        "aws:executeAutomation",
        {"DocumentName": "Child"},
        [
            f"ssm:GetAutomationExecution {SSM}automation-execution/*",
            f"ssm:StartAutomationExecution {SSM}automation-execution/* {SSM}document/Child",
        ],
        "nestedRunbook",
    ),
    Row(
        "aws:executeAutomation",
        {"DocumentName": "Child", "RuntimeParameters": {"AutomationAssumeRole": [f"{ROLES}R"]}},
        [
            f"iam:PassRole {ROLES}R if iam:PassedToService=ssm.amazonaws.com",
            f"ssm:GetAutomationExecution {SSM}automation-execution/*",
            f"ssm:StartAutomationExecution {SSM}automation-execution/* {SSM}document/Child",
        ],
        "nestedRunbook",
    ),
    Row(
        "aws:executeAutomation",
        {"DocumentName": "Child", "RuntimeParameters": {"AutomationAssumeRole": "{{ AutomationAssumeRole }}"}},
        [
            f"iam:PassRole {ROLES}Automation if iam:PassedToService=ssm.amazonaws.com",
            f"ssm:GetAutomationExecution {SSM}automation-execution/*",
            f"ssm:StartAutomationExecution {SSM}automation-execution/* {SSM}document/Child",
        ],
        "nestedRunbook",
    ),
    Row(
        "aws:executeAutomation",
        {"DocumentName": "Child", "Targets": [{"Key": "tag:Stage", "Values": ["x"]}]},
        [
            f"ssm:GetAutomationExecution {SSM}automation-execution/*",
            f"ssm:StartAutomationExecution {SSM}automation-execution/* {SSM}document/Child",
            "tag:GetResources *",
        ],
        "nestedRunbook",
    ),
    Row(
        "aws:executeAutomation",
        {"DocumentName": "Child", "Targets": [{"Key": "ResourceGroup", "Values": ["x"]}]},
        [
            f"cloudformation:DescribeStacks {STACKS}stack/*/*",
            f"cloudformation:ListStackResources {STACKS}stack/*/*",
            "resource-groups:ListGroupResources arn:aws:resource-groups:eu-west-1:111122223333:group/*",
            f"ssm:GetAutomationExecution {SSM}automation-execution/*",
            f"ssm:StartAutomationExecution {SSM}automation-execution/* {SSM}document/Child",
            "tag:GetResources *",
        ],
        "nestedRunbook",
    ),
    Row(
        "aws:executeAutomation",
        {"DocumentName": "Child", "Targets": [{"Key": "InstanceIds", "Values": ["i-1"]}]},
        [
            "ec2:DescribeInstances *",
            f"ssm:GetAutomationExecution {SSM}automation-execution/*",
            f"ssm:StartAutomationExecution {SSM}automation-execution/* {SSM}document/Child",
        ],
        "nestedRunbook",
    ),
    Row(
        "aws:executeAutomation",
        {"DocumentName": "Child", "Targets": [{"Key": "ParameterValues", "Values": ["i-1"]}]},
        [
            f"ssm:GetAutomationExecution {SSM}automation-execution/*",
            f"ssm:StartAutomationExecution {SSM}automation-execution/* {SSM}document/Child",
        ],
        "nestedRunbook",
    ),
    Row(
        "aws:executeAutomation",
        {"DocumentName": "Child", "Targets": "{{ Name }}"},
        [
            f"cloudformation:DescribeStacks {STACKS}stack/*/*",
            f"cloudformation:ListStackResources {STACKS}stack/*/*",
            "ec2:DescribeInstances *",
            "resource-groups:ListGroupResources arn:aws:resource-groups:eu-west-1:111122223333:group/*",
            f"ssm:GetAutomationExecution {SSM}automation-execution/*",
            f"ssm:StartAutomationExecution {SSM}automation-execution/* {SSM}document/Child",
            "tag:GetResources *",
        ],
        "nestedRunbook",
    ),
    Row(
        "aws:executeAutomation",
        {"DocumentName": "Child", "TargetLocations": [{"Accounts": ["444455556666"], "Regions": ["eu-west-1"]}]},
        [
            f"ssm:GetAutomationExecution {SSM}automation-execution/*",
            f"ssm:StartAutomationExecution {SSM}automation-execution/* {SSM}document/Child",
            "sts:AssumeRole arn:aws:iam::444455556666:role/AWS-SystemsManager-AutomationExecutionRole",
        ],
        "nestedRunbook",
    ),
    Row(
        "aws:executeAutomation",
        {"DocumentName": "Child", "TargetLocations": [{"Accounts": ["444455556666"], "ExecutionRoleName": "X", "Regions": ["eu-west-1"]}]},
        [
            f"ssm:GetAutomationExecution {SSM}automation-execution/*",
            f"ssm:StartAutomationExecution {SSM}automation-execution/* {SSM}document/Child",
            "sts:AssumeRole arn:aws:iam::444455556666:role/X",
        ],
        "nestedRunbook",
    ),
    Row(
        "aws:executeAutomation",
        {"DocumentName": "Child", "TargetLocations": [{"Accounts": ["ou-abcd-12345678"], "Regions": ["eu-west-1"]}]},
        [
            "organizations:ListAccountsForParent arn:aws:organizations::*:ou/*/* arn:aws:organizations::*:root/*/*",
            f"ssm:GetAutomationExecution {SSM}automation-execution/*",
            f"ssm:StartAutomationExecution {SSM}automation-execution/* {SSM}document/Child",
            "sts:AssumeRole arn:aws:iam::*:role/AWS-SystemsManager-AutomationExecutionRole",
        ],
        "nestedRunbook",
    ),
    Row(
        "aws:executeAutomation",
        {"DocumentName": "Child", "TargetLocations": "{{ Name }}"},
        [
            "organizations:ListAccountsForParent arn:aws:organizations::*:ou/*/* arn:aws:organizations::*:root/*/*",
            f"ssm:GetAutomationExecution {SSM}automation-execution/*",
            f"ssm:StartAutomationExecution {SSM}automation-execution/* {SSM}document/Child",
            "sts:AssumeRole arn:aws:iam::*:role/*",
        ],
        "nestedRunbook",
    ),
    Row(
        "aws:executeScript",
        {"Runtime": "python3.11", "Handler": "f", "Script": "import boto3\ndef f(e, c):\n    boto3.client('sqs').list_queues()\n"},
        ["sqs:ListQueues *"],
    ),
    Row(
        "aws:executeStateMachine",
        {"stateMachineArn": f"{STATES}stateMachine:M"},
        [
            f"states:DescribeExecution {STATES}execution:M:*",
            f"states:StartExecution {STATES}stateMachine:M",
            f"states:StopExecution {STATES}execution:M:*",
        ],
    ),
    Row(
        "aws:executeStateMachine",
        {"stateMachineArn": "{{ Name }}"},
        [
            f"states:DescribeExecution {STATES}execution:*:* {STATES}express:*:*:*",
            f"states:StartExecution {STATES}stateMachine:*",
            f"states:StopExecution {STATES}execution:*:*",
        ],
    ),
    Row("aws:invokeLambdaFunction", {"FunctionName": "F"}, ["lambda:InvokeFunction arn:aws:lambda:eu-west-1:111122223333:function:F"]),
    Row(
        "aws:installDistributorPackageOnAzure",
        {"CloudConnector": "11111111-2222-3333-4444-555555555555", "PackageName": "Scanner", "AzureVmResourceId": "/subscriptions/1"},
        [
            "ssm:GetCloudConnector arn:aws:ssm:eu-west-1:111122223333:cloud-connector/11111111-2222-3333-4444-555555555555",
            "ssm:GetDocument arn:aws:ssm:eu-west-1:111122223333:document/Scanner",
            "sts:AssumeRole arn:aws:iam::111122223333:role/*",
            "sts:GetWebIdentityToken *",
        ],
    ),
    Row(
        "aws:invokeLambdaFunction",
        {"FunctionName": "F", "Qualifier": "live"},
        ["lambda:InvokeFunction arn:aws:lambda:eu-west-1:111122223333:function:F:live"],
    ),
    Row("aws:invokeWebhook", {"IntegrationName": "W", "Body": "x"}, [f"ssm:GetParameter {WEBHOOKS}W"]),
    Row("aws:invokeWebhook", {"IntegrationName": "{{ Name }}"}, [f"ssm:GetParameter {WEBHOOKS}*"]),
    Row("aws:loop", {"Iterators": ["1"], "Steps": [{"name": "inner", "action": "aws:sleep", "inputs": {"Duration": "PT1M"}}]}, []),
    Row("aws:pause", {}, []),
    Row(
        "aws:runCommand",
        {"DocumentName": "AWS-RunShellScript", "InstanceIds": ["i-1"], "Parameters": {"commands": ["ls"]}},
        [
            "ssm:DescribeInstanceInformation *",
            "ssm:ListCommandInvocations *",
            "ssm:ListCommands *",
            f"ssm:SendCommand arn:aws:ssm:eu-west-1::document/AWS-RunShellScript {EC2}instance/i-1",
        ],
    ),
    Row(
        "aws:runCommand",
        {"DocumentName": "Own", "Targets": [{"Key": "tag:Stage", "Values": ["x"]}]},
        [
            "ssm:DescribeInstanceInformation *",
            "ssm:ListCommandInvocations *",
            "ssm:ListCommands *",
            f"ssm:SendCommand {EC2}instance/* {SSM}managed-instance/* if ssm:resourceTag/Stage=x",
            f"ssm:SendCommand {SSM}document/Own",
        ],
    ),
    Row(
        "aws:runCommand",
        {
            "DocumentName": "Own",
            "InstanceIds": ["i-1"],
            "ServiceRoleArn": f"{ROLES}R",
            "NotificationConfig": {"NotificationArn": f"{SNS}T"},
        },
        [
            f"iam:PassRole {ROLES}R if iam:PassedToService=ssm.amazonaws.com",
            "ssm:DescribeInstanceInformation *",
            "ssm:ListCommandInvocations *",
            "ssm:ListCommands *",
            f"ssm:SendCommand {SSM}document/Own {EC2}instance/i-1",
        ],
    ),
    Row(
        "aws:runCommand",
        {"DocumentName": "Own", "InstanceIds": ["i-1"], "OutputS3BucketName": "b"},
        [
            "ssm:DescribeInstanceInformation *",
            "ssm:ListCommandInvocations *",
            "ssm:ListCommands *",
            f"ssm:SendCommand arn:aws:s3:::b {SSM}document/Own {EC2}instance/i-1",
        ],
    ),
    Row(
        "aws:runInstances",
        {"ImageId": "ami-1", "SubnetId": "subnet-1"},
        [
            "ec2:DescribeInstanceStatus *",
            f"ec2:RunInstances {EC2_OF_NOBODY}image/ami-1 {EC2}instance/* {EC2}network-interface/* {EC2}security-group/* {EC2}subnet/subnet-1 {EC2}volume/*",
        ],
    ),
    Row(
        "aws:runInstances",
        {"ImageId": "resolve:ssm:/images/web", "SubnetId": "subnet-1", "SecurityGroupIds": ["sg-1"]},
        [
            "ec2:DescribeInstanceStatus *",
            f"ec2:RunInstances {EC2_OF_NOBODY}image/* {EC2}instance/* {EC2}network-interface/* {EC2}security-group/sg-1 {EC2}subnet/subnet-1 {EC2}volume/*",
            f"ssm:GetParameters {SSM}parameter/images/web",
        ],
    ),
    Row(
        "aws:runInstances",
        {"ImageId": "ami-1", "SubnetId": "subnet-1", "IamInstanceProfileName": "P"},
        [
            "ec2:DescribeInstanceStatus *",
            f"ec2:RunInstances {EC2_OF_NOBODY}image/ami-1 {EC2}instance/* {EC2}network-interface/* {EC2}security-group/* {EC2}subnet/subnet-1 {EC2}volume/*",
            f"iam:PassRole {ROLES}* if iam:PassedToService=ec2.amazonaws.com",
        ],
        "passedRoleUnknown",
    ),
    Row(
        "aws:runInstances",
        {"ImageId": "ami-1", "SubnetId": "subnet-1", "IamInstanceProfileArn": "arn:aws:iam::111122223333:instance-profile/P"},
        [
            "ec2:DescribeInstanceStatus *",
            f"ec2:RunInstances {EC2_OF_NOBODY}image/ami-1 {EC2}instance/* {EC2}network-interface/* {EC2}security-group/* {EC2}subnet/subnet-1 {EC2}volume/*",
            f"iam:PassRole {ROLES}* if iam:PassedToService=ec2.amazonaws.com",
        ],
        "passedRoleUnknown",
    ),
    Row(
        "aws:runInstances",
        {
            "ImageId": "ami-1",
            "SubnetId": "subnet-1",
            "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "k", "Value": "v"}]}],
        },
        [
            f"ec2:CreateTags {EC2}instance/* if ec2:CreateAction=RunInstances",
            "ec2:DescribeInstanceStatus *",
            f"ec2:RunInstances {EC2_OF_NOBODY}image/ami-1 {EC2}instance/* {EC2}network-interface/* {EC2}security-group/* {EC2}subnet/subnet-1 {EC2}volume/*",
        ],
    ),
    Row(
        "aws:runInstances",
        {"ImageId": "ami-1", "SubnetId": "subnet-1", "KeyName": "K", "BlockDeviceMappings": [{"Ebs": {"KmsKeyId": "k-1"}}]},
        [
            "ec2:DescribeInstanceStatus *",
            f"ec2:RunInstances {EC2_OF_NOBODY}image/ami-1 {EC2}instance/* {EC2}key-pair/K {EC2}network-interface/* {EC2}security-group/* {EC2}subnet/subnet-1 {EC2}volume/*",
            f"kms:CreateGrant {KMS}key/k-1 if kms:GrantIsForAWSResource=true",
            f"kms:Decrypt {KMS}key/k-1",
            f"kms:DescribeKey {KMS}key/k-1",
            f"kms:GenerateDataKeyWithoutPlaintext {KMS}key/k-1",
            f"kms:ReEncryptFrom {KMS}key/k-1",
            f"kms:ReEncryptTo {KMS}key/k-1",
        ],
    ),
    Row("aws:sleep", {"Duration": "PT1M"}, []),
    Row("aws:updateVariable", {"Name": "variable:V", "Value": "x"}, []),
]


def derived(action: str, inputs: dict[str, Any]) -> tuple[list[str], str]:
    step = {"name": "act", "action": action, "inputs": inputs}
    names = {"Name": {"type": "String"}, "AutomationAssumeRole": {"type": "String"}}
    either = {"Either": {"type": "String", "allowedValues": ["StartInstances", "StopInstances"]}}
    document = {
        "schemaVersion": "0.3",
        "assumeRole": "{{ AutomationAssumeRole }}",
        "parameters": {**names, **either},
        "variables": {"V": {"type": "String"}},
        "mainSteps": [step],
    }
    found = derive([Runbook.from_mapping(document, name="Test")], role_known=True)
    needs = []
    for permission in found.permissions:
        sure = [each for each in permission.resources if each not in permission.perhaps] or permission.resources
        resources = [text for each in sure for text in HERE.write(each)]
        conditions = [(key, [text for value in values for text in HERE.write(value)]) for _, key, values in permission.conditions]
        needs.append(" ".join([permission.action, *resources, *(f"if {key}={'|'.join(values)}" for key, values in conditions)]))
    return sorted(needs), " ".join(sorted({finding.id for finding in to_answer(found.findings)}))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.action}-{'-'.join(row.inputs)}")
def test_a_step_needs_exactly_this(row: Row):
    assert derived(row.action, row.inputs) == (row.needs, row.findings)


def test_every_action_type_has_a_row():
    assert {row.action for row in ROWS} == set(ACTIONS)


def test_every_declared_call_is_an_operation():
    for name, action in ACTIONS.items():
        for call in action.calls:
            service = catalog.service(call.service)
            assert service is not None, name
            assert call.operation in service.operations, name


def test_every_reading_is_named_by_an_action_type_and_the_other_way_round():
    assert {action.reading for action in ACTIONS.values() if action.reading} == set(READINGS)


def test_every_action_type_has_a_page_of_its_own():
    assert len({action.page for action in ACTIONS.values()}) == len(ACTIONS)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"inside": True, "reading": "api"},
        {"inside": True, "calls": (Call(service="ec2", operation="DescribeImages"),)},
        {"reading": "api", "calls": (Call(service="ec2", operation="DescribeImages"),)},
    ],
)
def test_an_action_type_says_in_one_way_what_it_calls(said: dict[str, Any]):
    with pytest.raises(ValueError, match="must say in one way what it calls: calls, a reading, or inside"):
        ActionType(page="https://example.com/new", **said)
