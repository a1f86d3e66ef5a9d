"""What an input of a call brings with it: rights that AWS documents beside the one that is named after the call."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.test_resources import HERE, derived

AT = "eu-west-1:111122223333"
ANY = "{{ Name }}"
ARN = f"arn:aws:ec2:{AT}:instance/i-1"
KEY = f"arn:aws:kms:{AT}:key/k"


def created(service: str) -> str:
    """What creates the service-linked role of a service, and no other."""
    return f"arn:aws:iam::111122223333:role/aws-service-role/{service}/* if iam:AWSServiceName={service}"


def needs(service: str, api: str, inputs: dict[str, Any]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Action -> resources with their conditions, and finding -> message."""
    found = derived(service, api, inputs)
    written: dict[str, list[str]] = {}
    for permission in found.permissions:
        only = "".join(
            f" if {key}={'|'.join(text for value in values for text in HERE.write(value))}" for _, key, values in permission.conditions
        )
        written.setdefault(permission.action, []).extend(text + only for resource in permission.resources for text in HERE.write(resource))
    told: dict[str, str] = {}
    for finding in found.findings:
        told[finding.id] = f"{told.get(finding.id, '')} {finding.message}"
    return written, told


def logging(**given: Any) -> dict[str, Any]:
    return {
        "Id": "D",
        "DistributionConfig": {"Logging": {"Enabled": True, "IncludeCookies": False, "Bucket": "logs.s3.amazonaws.com", **given}},
    }


@pytest.mark.parametrize(
    ("service", "api", "inputs", "expected"),
    [
        # tags, by the service that owns the resource: https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_TagResources.html
        ("resourcegroupstaggingapi", "TagResources", {"ResourceARNList": [ARN], "Tags": {"a": "b"}}, {"ec2:CreateTags": [ARN]}),
        ("resourcegroupstaggingapi", "UntagResources", {"ResourceARNList": [ARN], "TagKeys": ["a"]}, {"ec2:DeleteTags": [ARN]}),
        (
            "resourcegroupstaggingapi",
            "TagResources",
            {"ResourceARNList": ["arn:aws:s3:::b", f"arn:aws:rds:{AT}:db:d", f"arn:aws:lambda:{AT}:function:f", f"arn:aws:sqs:{AT}:q"]},
            {
                "s3:PutBucketTagging": ["arn:aws:s3:::b"],
                "rds:AddTagsToResource": [f"arn:aws:rds:{AT}:db:d"],
                "lambda:TagResource": [f"arn:aws:lambda:{AT}:function:f"],
                "sqs:TagQueue": [f"arn:aws:sqs:{AT}:q"],
            },
        ),
        (
            "resourcegroupstaggingapi",
            "TagResources",
            {"ResourceARNList": [f"arn:aws:ec2:{AT}:volume/{ANY}"]},
            {"ec2:CreateTags": [f"arn:aws:ec2:{AT}:volume/*"]},
        ),
        # access logs
        ("cloudfront", "UpdateDistribution", logging(), {"s3:GetBucketAcl": ["arn:aws:s3:::logs"], "s3:PutBucketAcl": ["arn:aws:s3:::logs"]}),
        ("cloudfront", "UpdateDistribution", logging(Enabled=False), {"s3:PutBucketAcl": []}),
        ("cloudfront", "UpdateDistribution", logging(Bucket=f"{ANY}.s3.amazonaws.com"), {"s3:PutBucketAcl": ["arn:aws:s3:::*"]}),
        (
            "cloudfront",
            "CreateDistributionWithTags",
            {"DistributionConfigWithTags": {"DistributionConfig": logging()["DistributionConfig"], "Tags": {}}},
            {"s3:PutBucketAcl": ["arn:aws:s3:::logs"]},
        ),
        # what the documentation says in prose
        ("logs", "CreateExportTask", {"logGroupName": "g", "destination": "b"}, {"s3:PutObject": ["arn:aws:s3:::b/*"]}),
        (
            "elasticache",
            "DeleteServerlessCache",
            {"ServerlessCacheName": "c", "FinalSnapshotName": "s"},
            {"elasticache:CreateServerlessCacheSnapshot": [f"arn:aws:elasticache:{AT}:serverlesscache:c", f"arn:aws:elasticache:{AT}:serverlesscachesnapshot:s"]},
        ),
        ("elasticache", "DeleteServerlessCache", {"ServerlessCacheName": "c"}, {"elasticache:CreateServerlessCacheSnapshot": []}),
        (
            "elasticbeanstalk",
            "CreateApplicationVersion",
            {"ApplicationName": "a", "VersionLabel": "v", "SourceBundle": {"S3Bucket": "b", "S3Key": "k.zip"}},
            {"s3:GetObject": ["arn:aws:s3:::b/k.zip"]},
        ),
        ("sagemaker", "CreateNotebookInstance", {"NotebookInstanceName": "n", "SubnetId": "subnet-1"}, {"ec2:DescribeSubnets": ["*"]}),
        ("sagemaker", "CreateNotebookInstance", {"NotebookInstanceName": "n"}, {"ec2:DescribeSubnets": []}),
        # service-linked roles
        ("cloudwatch", "PutMetricAlarm", {"AlarmName": "a", "AlarmActions": ["arn:aws:automate:eu-west-1:ec2:stop"]}, {"iam:CreateServiceLinkedRole": [created("events.amazonaws.com")]}),
        ("cloudwatch", "PutMetricAlarm", {"AlarmName": "a", "OKActions": [f"arn:aws:ssm:{AT}:opsitem:3"]}, {"iam:CreateServiceLinkedRole": [created("ssm.alarms.cloudwatch.amazonaws.com")]}),
        ("cloudwatch", "PutMetricAlarm", {"AlarmName": "a", "AlarmActions": [f"arn:aws:sns:{AT}:t"]}, {"iam:CreateServiceLinkedRole": []}),
        ("rds", "CreateDBInstance", {"DBInstanceIdentifier": "d"}, {"iam:CreateServiceLinkedRole": [created("rds.amazonaws.com")]}),
        ("elbv2", "CreateLoadBalancer", {"Name": "b"}, {"iam:CreateServiceLinkedRole": [created("elasticloadbalancing.amazonaws.com")]}),
        ("autoscaling", "CreateAutoScalingGroup", {"AutoScalingGroupName": "g"}, {"iam:CreateServiceLinkedRole": [created("autoscaling.amazonaws.com")]}),
        ("application-autoscaling", "RegisterScalableTarget", {"ServiceNamespace": "ecs"}, {"iam:CreateServiceLinkedRole": [created("ecs.application-autoscaling.amazonaws.com")]}),
        ("kms", "CreateKey", {}, {"iam:CreateServiceLinkedRole": []}),
        ("kms", "CreateKey", {"MultiRegion": True}, {"iam:CreateServiceLinkedRole": [created("mrk.kms.amazonaws.com")]}),
        (
            "guardduty",
            "CreateIPSet",
            {"DetectorId": "d", "Name": "n"},
            {"iam:PutRolePolicy": ["arn:aws:iam::111122223333:role/aws-service-role/guardduty.amazonaws.com/*"]},
        ),
        # attachments and templates are read with the caller's rights
        ("ssm", "CreateDocument", {"Name": "n", "Attachments": [{"Key": "SourceUrl", "Values": ["s3://b/p"]}]}, {"s3:GetObject": ["arn:aws:s3:::b/p/*"]}),
        ("ssm", "UpdateDocument", {"Name": "n", "Attachments": [{"Key": "S3FileUrl", "Values": ["s3://b/p/f.zip"]}]}, {"s3:GetObject": ["arn:aws:s3:::b/p/f.zip"]}),
        ("ssm", "CreateDocument", {"Name": "n"}, {"s3:GetObject": []}),
        (
            "cloudformation",
            "CreateStack",
            {"StackName": "S", "TemplateURL": "https://b.s3.{{ global:REGION }}.amazonaws.com/t.yaml?versionId=7"},
            {"s3:GetObject": ["arn:aws:s3:::b/t.yaml"], "s3:GetObjectVersion": ["arn:aws:s3:::b/t.yaml"]},
        ),
        ("cloudformation", "CreateStack", {"StackName": "S", "TemplateURL": f"https://s3.amazonaws.com/b/{ANY}/t.yaml"}, {"s3:GetObject": ["arn:aws:s3:::b/*/t.yaml"]}),
        ("config", "PutConformancePack", {"ConformancePackName": "n", "TemplateS3Uri": "s3://b/t"}, {"s3:GetObject": ["arn:aws:s3:::b/t"]}),
        # logs that are delivered
        ("ec2", "CreateFlowLogs", {"LogDestinationType": "s3", "LogDestination": "arn:aws:s3:::b"}, {"logs:CreateLogDelivery": ["*"], "logs:DeleteLogDelivery": ["*"]}),
        (
            "wafv2",
            "PutLoggingConfiguration",
            {"LoggingConfiguration": {"ResourceArn": ANY, "LogDestinationConfigs": ["arn:aws:s3:::aws-waf-logs-b"]}},
            {"logs:CreateLogDelivery": ["*"], "s3:PutBucketPolicy": ["arn:aws:s3:::aws-waf-logs-b"], "logs:PutResourcePolicy": []},
        ),
        ("apigatewayv2", "CreateStage", {"ApiId": "a", "StageName": "s", "AccessLogSettings": {"DestinationArn": f"arn:aws:logs:{AT}:log-group:g"}}, {"logs:CreateLogDelivery": ["*"]}),
        # roles in launch templates, and the keys of customers
        ("ec2", "RunInstances", {"LaunchTemplate": {"LaunchTemplateId": "lt-1"}}, {"iam:PassRole": ["arn:aws:iam::111122223333:role/* if iam:PassedToService=ec2.amazonaws.com"]}),
        (
            "ec2",
            "CreateFleet",
            {"LaunchTemplateConfigs": [{"LaunchTemplateSpecification": {"LaunchTemplateId": "lt-1"}}]},
            {"iam:PassRole": ["arn:aws:iam::111122223333:role/* if iam:PassedToService=ec2.amazonaws.com"]},
        ),
        (
            "autoscaling",
            "StartInstanceRefresh",
            {"AutoScalingGroupName": "g", "DesiredConfiguration": {"LaunchTemplate": {"LaunchTemplateId": "lt-1"}}},
            {"iam:PassRole": ["arn:aws:iam::111122223333:role/* if iam:PassedToService=ec2.amazonaws.com"]},
        ),
        ("dynamodb", "CreateTable", {"TableName": "t", "SSESpecification": {"KMSMasterKeyId": "k"}}, {"kms:DescribeKey": [KEY], "kms:CreateGrant": [f"{KEY} if kms:GrantIsForAWSResource=true"]}),
        ("eks", "CreateCluster", {"name": "c", "encryptionConfig": [{"provider": {"keyArn": KEY}}]}, {"kms:DescribeKey": [KEY]}),
        # an image in S3 is read as the caller
        (
            "rekognition",
            "CompareFaces",
            {"SourceImage": {"S3Object": {"Bucket": "b", "Name": "k", "Version": "1"}}, "TargetImage": {"S3Object": {"Bucket": "c", "Name": ANY}}},
            {"s3:GetObject": ["arn:aws:s3:::b/k", "arn:aws:s3:::c/*"], "s3:GetObjectVersion": ["arn:aws:s3:::b/k"]},
        ),
        ("rekognition", "DetectLabels", {"Image": {"Bytes": "x"}}, {"s3:GetObject": []}),
        # AWS's own policies of organizations
        ("organizations", "AttachPolicy", {"PolicyId": "p-FullAWSAccess", "TargetId": "444455556666"}, {"organizations:AttachPolicy": ["arn:aws:organizations::*:account/*/444455556666", "arn:aws:organizations::aws:policy/*/p-FullAWSAccess"]}),
    ],
)  # fmt: skip
def test_an_input_brings_its_rights(service: str, api: str, inputs: dict[str, Any], expected: dict[str, list[str]]):
    written, _ = needs(service, api, inputs)
    assert {action: written.get(action, []) for action in expected} == expected


@pytest.mark.parametrize(
    ("service", "api", "inputs", "named"),
    [
        ("athena", "StartQueryExecution", {"QueryString": "q"}, "glue:GetTable"),
        ("cloudfront", "UpdateDistribution", {"Id": "D", "DistributionConfig": ANY}, "s3:PutBucketAcl"),
        ("cloudwatch", "PutMetricAlarm", {"AlarmName": "a", "AlarmActions": [ANY]}, "iam:CreateServiceLinkedRole"),
        ("servicecatalog", "ProvisionProduct", {"ProductId": "p"}, "cloudformation:CreateStack"),
        ("ec2", "CreateFlowLogs", {"LogDestinationType": "s3", "LogDestination": "arn:aws:s3:::b"}, "s3:PutBucketPolicy"),
        ("elasticbeanstalk", "UpdateEnvironment", {"EnvironmentName": "e"}, "cloudformation:UpdateStack"),
        ("dsql", "CreateStream", {"clusterIdentifier": "c"}, "kms:Decrypt"),
        ("config", "DeleteOrganizationConfigRule", {"OrganizationConfigRuleName": "r"}, "organizations:ListDelegatedAdministrators"),
        ("rds", "RestoreDBInstanceFromDBSnapshot", {"DBInstanceIdentifier": "d", "DBSnapshotIdentifier": "s"}, "kms:CreateGrant"),
        ("ssm", "GetParameter", {"Name": "/p", "WithDecryption": True}, "kms:Decrypt"),
        (
            "notifications",
            "UpdateManagedNotificationChannelAssociation",
            {"isSensitiveEventsSubscribed": True},
            "notifications:SubscribeSensitiveEvents",
        ),
    ],
)
def test_what_is_not_certain_is_information(service: str, api: str, inputs: dict[str, Any], named: str):
    written, told = needs(service, api, inputs)
    assert named not in written
    assert named in told["mayAlsoNeed"]


def test_what_is_certain_is_not_said_to_be_uncertain():
    _, told = needs("cloudwatch", "PutMetricAlarm", {"AlarmName": "a", "AlarmActions": ["arn:aws:automate:eu-west-1:ec2:stop", ANY]})
    assert "mayAlsoNeed" not in told


@pytest.mark.parametrize(
    ("service", "api", "inputs"),
    [
        (
            "athena",
            "CreateWorkGroup",
            {"Name": "w", "Configuration": {"ResultConfiguration": {"EncryptionConfiguration": {"KmsKey": KEY}}}},
        ),
        ("workmail", "CreateOrganization", {"Alias": "o", "KmsKeyArn": KEY}),
        ("rds", "CreateDBInstance", {"DBInstanceIdentifier": "d", "PerformanceInsightsKMSKeyId": KEY}),
        ("ssm-incidents", "CreateReplicationSet", {"regions": {"eu-west-1": {"sseKmsKeyId": KEY}}}),
    ],
)
def test_a_key_without_an_entry_may_need_rights(service: str, api: str, inputs: dict[str, Any]):
    assert "kms:DescribeKey, kms:GenerateDataKey" in needs(service, api, inputs)[1]["mayAlsoNeed"]
    without = {name: value for name, value in inputs.items() if "KMS" not in str(name).upper() and KEY not in str(value)}
    assert "kms:" not in needs(service, api, without)[1].get("mayAlsoNeed", "")


@pytest.mark.parametrize(
    ("service", "api", "inputs"),
    [
        ("dynamodb", "CreateTable", {"TableName": "t", "SSESpecification": {"KMSMasterKeyId": KEY}}),  # derived
        ("securityhub", "BatchImportFindings", {"Findings": [{"Resources": [{"Details": {"AwsEc2Volume": {"KmsKeyId": KEY}}}]}]}),  # data
        ("kms", "Encrypt", {"KeyId": KEY, "Plaintext": "p"}),
    ],
)
def test_a_key_with_an_entry_needs_no_information(service: str, api: str, inputs: dict[str, Any]):
    assert "kms:GenerateDataKey" not in needs(service, api, inputs)[1].get("mayAlsoNeed", "")


@pytest.mark.parametrize("arns", [ANY, [ANY], [f"arn:aws:{ANY}:{AT}:x/y"]])
def test_tagging_by_an_arn_that_is_not_known_is_a_gap(arns: Any):
    _, told = needs("resourcegroupstaggingapi", "TagResources", {"ResourceARNList": arns, "Tags": {"a": "b"}})
    assert "the permission to tag it was not derived" in told["unreadableStep"]


@pytest.mark.parametrize(
    ("service", "api", "inputs", "expected"),
    [
        (
            "quicksight",
            "CreateDataSet",
            {"DataSetId": "d", "PhysicalTableMap": {"t": {"CustomSql": {"DataSourceArn": f"arn:aws:quicksight:{AT}:datasource/s"}}}},
            {"quicksight:PassDataSource": [f"arn:aws:quicksight:{AT}:datasource/s"]},
        ),
        (
            "quicksight",
            "CreateTopic",
            {"TopicId": "t", "Topic": {"DataSets": [{"DatasetArn": f"arn:aws:quicksight:{AT}:dataset/d"}]}},
            {"quicksight:PassDataSet": [f"arn:aws:quicksight:{AT}:dataset/d"]},
        ),
        (
            "rds",
            "ModifyDBInstance",
            {"DBInstanceIdentifier": "d", "MultiTenant": True},
            {"rds:CreateTenantDatabase": [f"arn:aws:rds:{AT}:db:*", f"arn:aws:rds:{AT}:tenant-database:*"]},
        ),
    ],
)
def test_what_the_reference_calls_dependent_is_derived_where_an_input_shows_it(
    service: str, api: str, inputs: dict[str, Any], expected: dict[str, list[str]]
):
    written, told = needs(service, api, inputs)
    assert {action: sorted(written[action]) for action in expected} == expected
    assert "mayAlsoNeed" not in told


@pytest.mark.parametrize(
    ("service", "api", "inputs", "more", "named"),
    [
        # what an instance of DocumentDB never has: a role, tags when it is changed, tenants
        ("docdb", "ModifyDBInstance", {"DBInstanceIdentifier": "d"}, None, ""),
        ("docdb", "ModifyDBCluster", {"DBClusterIdentifier": "c", "DeletionProtection": True}, None, ""),
        ("rds", "ModifyDBInstance", {"DBInstanceIdentifier": "d", "DeletionProtection": True}, None, ""),
        (
            "rds",
            "ModifyDBCluster",
            {"DBClusterIdentifier": "c", "DeletionProtection": True},
            {"StorageType": "io1"},
            "rds:ModifyDBInstance",
        ),
        ("rds", "DeleteDBInstance", {"DBInstanceIdentifier": "d"}, {"FinalDBSnapshotIdentifier": "s"}, "rds:AddTagsToResource"),
        ("redshift", "ModifyCluster", {"ClusterIdentifier": "c"}, {"ManageMasterPassword": True}, "secretsmanager:UpdateSecret"),
        (
            "service-quotas",
            "GetServiceQuota",
            {"QuotaCode": "L-1", "ServiceCode": "lambda"},
            {"ServiceCode": "rds"},
            "rds:DescribeAccountAttributes",
        ),
        (
            "service-quotas",
            "GetServiceQuota",
            {"QuotaCode": "L-1", "ServiceCode": "lambda"},
            {"ServiceCode": ANY},
            "dynamodb:DescribeLimits",
        ),
        ("s3", "CreateBucket", {"Bucket": "b", "ACL": "private"}, {"ACL": "public-read"}, "s3:PutBucketPublicAccessBlock"),
    ],
)
def test_what_no_input_asks_for_is_not_mentioned(service: str, api: str, inputs: dict[str, Any], more: dict[str, Any] | None, named: str):
    said = needs(service, api, inputs)[1].get("mayAlsoNeed", "")
    if more is None:
        assert said == ""
    else:
        assert named not in said
        assert named in needs(service, api, {**inputs, **more})[1]["mayAlsoNeed"]
