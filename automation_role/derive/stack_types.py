"""CloudFormation's resource types: which property needs which permission, what names a resource, and to which service a role is passed.

A handler's schema lists the permissions for everything that a type can have. Those for a property that the template does not set are not needed.
Source: the types' properties, https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

# Type -> handler permissions that only some uses need -> where a property is set in these uses: `Code.S3Bucket`, any beginning of a
# path that matches. The forty types that runbooks create most were reviewed by hand.
_USES: Final[Mapping[str, Mapping[str, str]]] = {
    # Of all that its handler lists of EC2, what AWS's own policy for users of Auto Scaling has:
    # https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AutoScalingFullAccess.html
    "AWS::AutoScaling::AutoScalingGroup": {
        r"ec2:Describe(AccountAttributes|AvailabilityZones|Images|InstanceAttribute|Instances|KeyPairs|LaunchTemplate\w*|PlacementGroups"
        r"|SecurityGroups|SpotInstanceRequests|Subnets)$": r"",
        r"ec2:(Describe|Get)": r"(?!)",
        r"ssm:GetParameters$": r"LaunchTemplate|MixedInstancesPolicy",
        r"ssm:": r"(?!)",
        r"vpc-lattice:": r"TrafficSources",
        r"managed-fleets:": r"(?!)",
        r"autoscaling:PutNotificationConfiguration": r"NotificationConfiguration",
        r"autoscaling:EnableMetricsCollection": r"MetricsCollection",
    },
    "AWS::DynamoDB::Table": {
        r"kinesis:|dynamodb:(En|Dis)ableKinesisStreamingDestination": r"KinesisStreamSpecification",
        r"s3:|logs:|dynamodb:(Describe)?Import": r"ImportSourceSpecification",
        # The handlers also list these for global tables, which copy a table's items.
        r"dynamodb:(BatchWriteItem|DeleteItem|GetItem|PutItem|Query|Scan|UpdateItem|\w+TableReplica)": r"Replicas",
        r"iam:CreateServiceLinkedRole": r"Replicas|KinesisStreamSpecification|ContributorInsightsSpecification",
        r"dynamodb:PutResourcePolicy": r"ResourcePolicy",
        r"dynamodb:UpdateContinuousBackups": r"PointInTimeRecoverySpecification",
        r"dynamodb:UpdateContributorInsights": r"ContributorInsightsSpecification|GlobalSecondaryIndexes",
        r"dynamodb:UpdateTimeToLive": r"TimeToLiveSpecification",
    },
    "AWS::EC2::EIP": {r"ec2:AcceptAddressTransfer": r"TransferAddress", r"ec2:(Dis)?[Aa]ssociateAddress": r"InstanceId"},
    "AWS::EC2::FlowLog": {r"s3:|logs:": r"LogDestination"},
    "AWS::EC2::Instance": {
        r"ssm:": r"SsmAssociations",
        r"ec2:(Attach|Detach)Volume": r"Volumes",
        r"ec2:(Associate|Disassociate|Replace)IamInstanceProfile": r"IamInstanceProfile",
        r"ec2:ModifyInstanceCreditSpecification": r"CreditSpecification",
        r"ec2:ModifyInstancePlacement": r"Affinity|Host|Placement|Tenancy",
        r"ec2:ModifyPrivateDnsNameOptions": r"PrivateDnsNameOptions",
        r"ec2:MonitorInstances": r"Monitoring",
    },
    "AWS::EC2::SecurityGroup": {r"ec2:AuthorizeSecurityGroupIngress": r"SecurityGroupIngress"},
    "AWS::EC2::Subnet": {
        r"ec2:ModifySubnetAttribute": r"MapPublicIpOnLaunch|AssignIpv6|EnableDns64|PrivateDnsNameOptions|EnableLniAtDeviceIndex",
    },
    "AWS::EC2::VPC": {r"ec2:ModifyVpcAttribute": r"EnableDns", r"ec2:CreateVpcEncryptionControl": r"VpcEncryptionControl"},
    "AWS::EC2::VPCGatewayAttachment": {r"ec2:\w+VpnGateway": r"VpnGatewayId", r"ec2:\w+InternetGateway": r"InternetGatewayId"},
    "AWS::EC2::Volume": {r"ec2:CopyVolumes": r"SourceVolumeId", r"ec2:ModifyVolumeAttribute": r"AutoEnableIO"},
    "AWS::ECR::Repository": {r"ecr:PutLifecyclePolicy": r"LifecyclePolicy", r"ecr:SetRepositoryPolicy": r"RepositoryPolicyText"},
    "AWS::IAM::ManagedPolicy": {
        r"iam:(Attach|Detach)GroupPolicy": r"Groups",
        r"iam:(Attach|Detach)RolePolicy": r"Roles",
        r"iam:(Attach|Detach)UserPolicy": r"Users",
    },
    "AWS::IAM::Policy": {r"iam:\w+GroupPolicy": r"Groups", r"iam:\w+RolePolicy": r"Roles", r"iam:\w+UserPolicy": r"Users"},
    # AWS documents that attaching is also needed for a stack whose role has inline policies:
    # https://docs.aws.amazon.com/systems-manager-automation-runbooks/latest/userguide/aws-setup-jupyter.html
    "AWS::IAM::Role": {r"iam:(Attach|Detach)RolePolicy": r"ManagedPolicyArns|Policies", r"iam:(Put|Delete)RolePolicy": r"Policies"},
    "AWS::IAM::User": {
        r"iam:(AddUserTo|RemoveUserFrom)Group": r"Groups",
        r"iam:(Attach|Detach)UserPolicy": r"ManagedPolicyArns",
        r"iam:(Create|Delete)LoginProfile": r"LoginProfile",
        r"iam:(Put|Delete)UserPolicy": r"Policies",
    },
    "AWS::KMS::Key": {r"kms:EnableKeyRotation": r"EnableKeyRotation", r"kms:DisableKey": r"Enabled"},
    "AWS::Kinesis::Stream": {
        r"kinesis:EnableEnhancedMonitoring": r"DesiredShardLevelMetrics",
        r"kinesis:IncreaseStreamRetentionPeriod": r"RetentionPeriodHours",
        r"kinesis:StartStreamEncryption": r"StreamEncryption",
        r"kinesis:UpdateMaxRecordSize": r"MaxRecordSize",
        r"kinesis:UpdateStreamWarmThroughput": r"WarmThroughput",
    },
    "AWS::Lambda::Function": {
        r"ec2:": r"VpcConfig",
        r"(elasticfilesystem|s3files):": r"FileSystemConfigs",
        r"lambda:GetLayerVersion": r"Layers",
        r"s3:GetObjectVersion": r"Code\.S3ObjectVersion",
        r"lambda:PassCapacityProvider": r"CapacityProviderConfig",
        r"lambda:PutFunctionConcurrency": r"ReservedConcurrentExecutions",
        r"lambda:PutFunctionRecursionConfig": r"RecursiveLoop",
        r"lambda:PutFunctionScalingConfig": r"FunctionScalingConfig",
        r"lambda:PutRuntimeManagementConfig": r"RuntimeManagementConfig",
    },
    "AWS::Lambda::LayerVersion": {r"s3:GetObjectVersion": r"Content\.S3ObjectVersion"},
    "AWS::Logs::LogGroup": {
        r"firehose:|logs:CreateLogDelivery": r"LogGroupClass",
        r"logs:PutBearerTokenAuthentication": r"BearerToken",
        r"logs:(Put|Delete)DataProtectionPolicy": r"DataProtectionPolicy",
        r"logs:PutIndexPolicy": r"FieldIndexPolicies",
        r"logs:PutResourcePolicy": r"ResourcePolicyDocument",
        r"logs:PutRetentionPolicy": r"RetentionInDays",
    },
    "AWS::RDS::DBInstance": {
        r"secretsmanager:": r"ManageMasterUserPassword|MasterUserSecret",
        r"rds:AddRoleToDBInstance": r"AssociatedRoles",
        r"rds:CreateDBInstanceReadReplica": r"SourceDB",
        r"rds:RestoreDBInstanceFromDBSnapshot": r"DB(Cluster)?SnapshotIdentifier",
        r"rds:RestoreDBInstanceToPointInTime": r"RestoreTime|UseLatestRestorableTime|Source",
        r"rds:StartDBInstanceAutomatedBackupsReplication": r"AutomaticBackupReplication",
    },
    "AWS::S3::Bucket": {
        r"s3tables:|s3:\w+BucketMetadataTableConfiguration": r"Metadata(Table)?Configuration",
        r"s3:PutAccelerateConfiguration": r"AccelerateConfiguration",
        r"s3:PutAnalyticsConfiguration": r"AnalyticsConfigurations",
        r"s3:PutBucketAbac": r"AbacStatus",
        r"s3:PutBucketCORS": r"CorsConfiguration",
        r"s3:PutBucketLogging": r"LoggingConfiguration",
        r"s3:PutBucketNotification": r"NotificationConfiguration",
        r"s3:PutBucketObjectLockConfiguration": r"ObjectLock",
        r"s3:PutBucketOwnershipControls": r"OwnershipControls",
        r"s3:PutBucketPublicAccessBlock": r"PublicAccessBlockConfiguration",
        r"s3:PutBucketVersioning": r"VersioningConfiguration|ObjectLock|ReplicationConfiguration",
        r"s3:PutBucketWebsite": r"WebsiteConfiguration",
        r"s3:PutEncryptionConfiguration": r"BucketEncryption",
        r"s3:PutIntelligentTieringConfiguration": r"IntelligentTieringConfigurations",
        r"s3:PutInventoryConfiguration": r"InventoryConfigurations",
        r"s3:PutLifecycleConfiguration": r"LifecycleConfiguration",
        r"s3:PutMetricsConfiguration": r"MetricsConfigurations",
        r"s3:PutReplicationConfiguration": r"ReplicationConfiguration",
    },
    "AWS::SNS::Topic": {r"sns:Subscribe": r"Subscription", r"sns:PutDataProtectionPolicy": r"DataProtectionPolicy"},
    "AWS::SecretsManager::Secret": {
        r"secretsmanager:GetRandomPassword": r"GenerateSecretString",
        r"secretsmanager:(RemoveRegionsFromReplication|ReplicateSecretToRegions)": r"ReplicaRegions",
    },
}
# The same for all types, by a part of a property's name, at any level. Not for the service's own types.
_USES_OF_ALL: Final[Mapping[str, str]] = {
    r"iam:(Get|Pass)Role$": r"(?i)role|instanceprofile",
    r"kms:": r"(?i)kms|encrypt|\bsse|keyarn\b",
    r"s3:GetObject": r"(?i)s3|bucket|codeuri|templateurl|location|attachment|artifact",
}


def is_used(kind: str, action: str, places: str) -> bool:
    """Whether a type's handler needs this permission when these properties are set.

    Args:
        kind: `AWS::Lambda::Function`.
        action: one of its handlers' permissions.
        places: where properties are set, one a line: `Code.ZipFile`.
    """
    use = _use(kind, action)
    return use is None or (places != "" and use.search(places) is not None)


@cache
def _use(kind: str, action: str) -> re.Pattern[str] | None:
    """What is set when this permission is needed; `None`: it is always needed."""
    own = next((where for which, where in _USES.get(kind, {}).items() if re.match(which, action)), None)
    if own is not None:
        return re.compile(rf"^(?:{own})", re.MULTILINE)
    if action.partition(":")[0] == kind.split("::")[1].lower():
        return None
    return next((re.compile(word) for which, word in _USES_OF_ALL.items() if re.match(which, action)), None)


class Naming(NamedTuple):
    """How a resource of a type gets its name.

    Attributes:
        resource: IAM's name for the type.
        given: the property with the name; empty: CloudFormation always generates it.
        longest: characters that a generated name `STACK-LOGICALID-SUFFIX` may have before CloudFormation shortens it; 0: generated in another way.
        small: whether a generated name is in lower case.
    """

    resource: str
    given: str
    longest: int = 0
    small: bool = False


# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html and each type's page.
NAMING: Final[Mapping[str, Naming]] = {
    "AWS::Athena::WorkGroup": Naming("workgroup", "Name"),
    "AWS::AutoScaling::AutoScalingGroup": Naming("autoscalinggroup", "AutoScalingGroupName"),
    "AWS::AutoScaling::LaunchConfiguration": Naming("launchconfiguration", "LaunchConfigurationName"),
    "AWS::Backup::BackupVault": Naming("backupvault", "BackupVaultName"),
    "AWS::Batch::ComputeEnvironment": Naming("compute-environment", "ComputeEnvironmentName"),
    "AWS::CloudFormation::Stack": Naming("stack", "", 128),
    "AWS::CloudTrail::Trail": Naming("trail", "TrailName"),
    "AWS::CloudWatch::Alarm": Naming("alarm", "AlarmName", 255),
    "AWS::CloudWatch::Dashboard": Naming("dashboard", "DashboardName"),
    "AWS::CodeCommit::Repository": Naming("repository", "RepositoryName"),
    "AWS::CodePipeline::Pipeline": Naming("pipeline", "Name"),
    "AWS::DynamoDB::Table": Naming("table", "TableName", 255),
    "AWS::ECR::Repository": Naming("repository", "RepositoryName", 256, small=True),
    "AWS::ECS::Cluster": Naming("cluster", "ClusterName", 255),
    "AWS::ECS::TaskDefinition": Naming("task-definition", "Family"),
    "AWS::EKS::Cluster": Naming("cluster", "Name"),
    "AWS::Events::EventBus": Naming("event-bus", "Name"),
    "AWS::Glue::Job": Naming("job", "Name"),
    "AWS::IAM::Group": Naming("group", "GroupName", 128),
    "AWS::IAM::InstanceProfile": Naming("instance-profile", "InstanceProfileName", 128),
    "AWS::IAM::ManagedPolicy": Naming("policy", "ManagedPolicyName", 128),
    "AWS::IAM::Role": Naming("role", "RoleName", 64),
    "AWS::IAM::User": Naming("user", "UserName", 64),
    "AWS::KMS::Alias": Naming("alias", "AliasName"),
    "AWS::Kinesis::Stream": Naming("stream", "Name", 128),
    "AWS::KinesisFirehose::DeliveryStream": Naming("deliverystream", "DeliveryStreamName"),
    "AWS::Lambda::Function": Naming("function", "FunctionName", 64),
    "AWS::Logs::LogGroup": Naming("log-group", "LogGroupName", 512),
    "AWS::Pipes::Pipe": Naming("pipe", "Name"),
    "AWS::RDS::DBInstance": Naming("db", "DBInstanceIdentifier", 63, small=True),
    "AWS::S3::Bucket": Naming("bucket", "BucketName", 63, small=True),
    "AWS::SNS::Topic": Naming("topic", "TopicName", 256),
    "AWS::SQS::Queue": Naming("queue", "QueueName", 80),
    "AWS::SSM::Document": Naming("document", "Name", 128),
    "AWS::SSM::Parameter": Naming("parameter", "Name"),
    "AWS::SageMaker::NotebookInstance": Naming("notebook-instance", "NotebookInstanceName"),
    "AWS::SecretsManager::Secret": Naming("secret", "Name"),
    "AWS::StepFunctions::Activity": Naming("activity", "Name"),
    "AWS::StepFunctions::StateMachine": Naming("statemachine", "StateMachineName"),
    "AWS::Synthetics::Canary": Naming("canary", "Name"),
}
SUFFIX: Final = len("-") + 13

# The service that a resource passes its role to, where no call of its handlers says so (`stack_calls.passed_to`).
PASSED_TO: Final[Mapping[str, str]] = {
    "AWS::IAM::InstanceProfile": "ec2.amazonaws.com",
    "AWS::ApiGateway::RestApi": "apigateway.amazonaws.com",
    "AWS::S3::Bucket": "s3.amazonaws.com",
    "AWS::SSM::Document": "ssm.amazonaws.com",
}
