"""What inputs narrow permissions to, service by service: what IAM authorizes on is not always what an input says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.test_resources import EC2, SSM, TOKEN, conditions, derived, needs

AT = "eu-west-1:111122223333"
ELSEWHERE = "eu-west-1:444455556666"
ANY = "{{ Name }}"
ROLE = "arn:aws:iam::111122223333:role/R"


@pytest.mark.parametrize(
    ("service", "api", "inputs", "action", "resources"),
    [
        # what is AWS's own has no account, or AWS's
        ("ssm", "GetParameter", {"Name": "/aws/service/a/b"}, "ssm:GetParameter", ["arn:aws:ssm:eu-west-1::parameter/aws/service/a/b"]),
        ("ssm", "GetParameter", {"Name": ANY}, "ssm:GetParameter", [f"{SSM}:parameter/*", "arn:aws:ssm:eu-west-1::parameter/aws/service/*"]),
        ("ssm", "PutParameter", {"Name": ANY}, "ssm:PutParameter", [f"{SSM}:parameter/*"]),
        ("ssm", "GetPatchBaseline", {"BaselineId": ANY}, "ssm:GetPatchBaseline", [f"{SSM}:patchbaseline/*", "arn:aws:ssm:eu-west-1:*:patchbaseline/*"]),
        ("iam", "GetPolicy", {"PolicyArn": ANY}, "iam:GetPolicy", ["arn:aws:iam::111122223333:policy/*", "arn:aws:iam::aws:policy/*"]),
        ("iam", "DeletePolicy", {"PolicyArn": ANY}, "iam:DeletePolicy", ["arn:aws:iam::111122223333:policy/*"]),
        ("iam", "GetPolicy", {"PolicyArn": "arn:aws:iam::aws:policy/P"}, "iam:GetPolicy", ["arn:aws:iam::aws:policy/P"]),
        # an ARN, where what an input names is only said for one action
        *(
            ("rds", "CopyDBSnapshot", {"SourceDBSnapshotIdentifier": source, "TargetDBSnapshotIdentifier": "t"}, "rds:CopyDBSnapshot", [arn, f"arn:aws:rds:{AT}:snapshot:t"])
            for source, arn in (("s", f"arn:aws:rds:{AT}:snapshot:s"), (f"arn:aws:rds:{ELSEWHERE}:snapshot:s", f"arn:aws:rds:{ELSEWHERE}:snapshot:s"))
        ),
        *(
            ("neptune", "FailoverDBCluster", {"DBClusterIdentifier": "c", **given}, "rds:FailoverDBCluster", [f"arn:aws:rds:{AT}:cluster:c", f"arn:aws:rds:{AT}:db:{name}"])
            for given, name in (({"TargetDBInstanceIdentifier": "i"}, "i"), ({}, "*"))
        ),
        # what is left out stays as it is: only a call that creates uses a default
        ("rds", "ModifyDBInstance", {"DBInstanceIdentifier": "d"}, "rds:ModifyDBInstance", [f"arn:aws:rds:{AT}:db:d"]),
        ("rds", "ModifyDBInstance", {"DBInstanceIdentifier": "d", "OptionGroupName": "o"}, "rds:ModifyDBInstance", [f"arn:aws:rds:{AT}:db:d", f"arn:aws:rds:{AT}:og:o"]),
        ("neptune", "ModifyDBCluster", {"DBClusterIdentifier": "c"}, "rds:ModifyDBCluster", [f"arn:aws:rds:{AT}:cluster:c"]),
        ("ecs", "UpdateClusterSettings", {}, "ecs:UpdateClusterSettings", [f"arn:aws:ecs:{AT}:cluster/default"]),
        # whose it is, where an input says
        ("lambda", "GetFunction", {"FunctionName": "444455556666:function:F"}, "lambda:GetFunction", [f"arn:aws:lambda:{ELSEWHERE}:function:F"]),
        ("sqs", "SendMessage", {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/444455556666/Q"}, "sqs:SendMessage", [f"arn:aws:sqs:{ELSEWHERE}:Q"]),
        ("sqs", "SendMessage", {"QueueUrl": "https://sqs.{{ global:REGION }}.amazonaws.com/{{ global:ACCOUNT_ID }}/Q"}, "sqs:SendMessage", [f"arn:aws:sqs:{AT}:Q"]),
        ("sqs", "GetQueueUrl", {"QueueName": "Q", "QueueOwnerAWSAccountId": "444455556666"}, "sqs:GetQueueUrl", [f"arn:aws:sqs:{ELSEWHERE}:Q"]),
        ("ecr", "DescribeImages", {"repositoryName": "r", "registryId": "444455556666"}, "ecr:DescribeImages", [f"arn:aws:ecr:{ELSEWHERE}:repository/r"]),
        ("ecr", "DescribeImages", {"repositoryName": "r", "registryId": ANY}, "ecr:DescribeImages", ["arn:aws:ecr:eu-west-1:*:repository/r"]),
        (
            "glue",
            "GetTables",
            {"DatabaseName": "d", "CatalogId": "444455556666"},
            "glue:GetTables",
            [f"arn:aws:glue:{ELSEWHERE}:{each}" for each in ("catalog/*", "database/d", "catalog", "table/d/*")],
        ),
        # a name and what is written behind it
        ("ecs", "RunTask", {"taskDefinition": "f:3"}, "ecs:RunTask", [f"arn:aws:ecs:{AT}:task-definition/f:3", f"arn:aws:ecs:{AT}:task-definition/f"]),
        ("ecs", "RunTask", {"taskDefinition": "f"}, "ecs:RunTask", [f"arn:aws:ecs:{AT}:task-definition/f:*", f"arn:aws:ecs:{AT}:task-definition/f"]),
        ("batch", "DeregisterJobDefinition", {"jobDefinition": "j:3"}, "batch:DeregisterJobDefinition", [f"arn:aws:batch:{AT}:job-definition/j:3"]),
        ("cloudformation", "DeleteStackSet", {"StackSetName": "s:1-2"}, "cloudformation:DeleteStackSet", [f"arn:aws:cloudformation:{AT}:stackset/s:*"]),
        ("lambda", "PutProvisionedConcurrencyConfig", {"FunctionName": "F", "Qualifier": "live"}, "lambda:PutProvisionedConcurrencyConfig", [f"arn:aws:lambda:{AT}:function:F:live"]),
        # ARNs that are not whole, or more than whole
        ("secretsmanager", "GetSecretValue", {"SecretId": f"arn:aws:secretsmanager:{AT}:secret:db"}, "secretsmanager:GetSecretValue", [f"arn:aws:secretsmanager:{AT}:secret:db", f"arn:aws:secretsmanager:{AT}:secret:db-??????"]),
        ("secretsmanager", "GetSecretValue", {"SecretId": f"arn:aws:secretsmanager:{AT}:secret:db-a1B2c3"}, "secretsmanager:GetSecretValue", [f"arn:aws:secretsmanager:{AT}:secret:db-a1B2c3"]),
        ("stepfunctions", "StartExecution", {"stateMachineArn": f"arn:aws:states:{AT}:stateMachine:M:PROD"}, "states:StartExecution", [f"arn:aws:states:{AT}:stateMachine:M:PROD", f"arn:aws:states:{AT}:stateMachine:M"]),
        # the type that an identifier is of
        ("ec2", "AssociateRouteTable", {"RouteTableId": "rtb-1", "GatewayId": "vgw-1"}, "ec2:AssociateRouteTable", [f"{EC2}:ipv4pool-ec2/*", f"{EC2}:route-table/rtb-1", f"{EC2}:vpn-gateway/vgw-1"]),
        ("efs", "TagResource", {"ResourceId": "fsap-1"}, "elasticfilesystem:TagResource", [f"arn:aws:elasticfilesystem:{AT}:access-point/fsap-1"]),
        ("ssm", "StartSession", {"Target": "i-1"}, "ssm:StartSession", [f"{EC2}:instance/i-1"]),
        ("opensearch", "AddTags", {"ARN": f"arn:aws:es:{AT}:domain/d"}, "es:AddTags", [f"arn:aws:es:{AT}:domain/d"]),
        # what is meant when nothing is said, and what is not
        ("ec2", "DetachVolume", {"VolumeId": "vol-1"}, "ec2:DetachVolume", [f"{EC2}:instance/*", f"{EC2}:volume/vol-1"]),
        ("ec2", "CreateSecurityGroup", {"GroupName": "g"}, "ec2:CreateSecurityGroup", [f"{EC2}:security-group/*", f"{EC2}:vpc/*"]),
        ("ec2", "ModifyInstanceAttribute", {"InstanceId": "i-1"}, "ec2:ModifyInstanceAttribute", [f"{EC2}:instance/i-1"]),
        ("kms", "UpdateAlias", {"AliasName": "alias/a", "TargetKeyId": "k"}, "kms:UpdateAlias", [f"arn:aws:kms:{AT}:alias/a", f"arn:aws:kms:{AT}:key/*"]),
        # a filter is not what is listed
        ("rds", "DescribeDBSnapshots", {"DBInstanceIdentifier": "d"}, "rds:DescribeDBSnapshots", [f"arn:aws:rds:{AT}:db:d", f"arn:aws:rds:{AT}:snapshot:*"]),
        # two of a type
        ("rds", "CopyDBSnapshot", {"SourceDBSnapshotIdentifier": "A", "TargetDBSnapshotIdentifier": "b"}, "rds:CopyDBSnapshot", [f"arn:aws:rds:{AT}:snapshot:a", f"arn:aws:rds:{AT}:snapshot:b"]),
        # of no resource at all
        ("sns", "Publish", {"PhoneNumber": "+1"}, "sns:Publish", ["*"]),
        ("sns", "Unsubscribe", {"SubscriptionArn": f"arn:aws:sns:{AT}:T:1"}, "sns:Unsubscribe", [f"arn:aws:sns:{AT}:T"]),
        ("sns", "Unsubscribe", {"SubscriptionArn": f"arn:aws:sns:{AT}:T:{ANY}"}, "sns:Unsubscribe", [f"arn:aws:sns:{AT}:T"]),
        ("sns", "Unsubscribe", {"SubscriptionArn": ANY}, "sns:Unsubscribe", [f"arn:aws:sns:{AT}:*"]),
        ("ecs", "ListTasks", {"cluster": "c"}, "ecs:ListTasks", ["*"]),
        ("cloudwatch", "DescribeAlarms", {"AlarmNames": ["a"]}, "cloudwatch:DescribeAlarms", [f"arn:aws:cloudwatch:{AT}:alarm:*"]),
        ("cloudwatch", "DescribeAlarms", {"AlarmTypes": ["CompositeAlarm"]}, "cloudwatch:DescribeAlarms", ["*"]),
        ("cloudwatch", "DescribeAlarms", {"AlarmTypes": ANY}, "cloudwatch:DescribeAlarms", ["*"]),
        # of the organization, whose ARNs are the management account's
        ("organizations", "DescribeAccount", {"AccountId": "444455556666"}, "organizations:DescribeAccount", ["arn:aws:organizations::*:account/*/444455556666"]),
        ("organizations", "DescribePolicy", {"PolicyId": "p-1"}, "organizations:DescribePolicy", ["arn:aws:organizations::*:policy/*/*/p-1"]),
        ("stepfunctions", "DescribeExecution", {"executionArn": f"arn:aws:states:{AT}:execution:m:e"}, "states:DescribeExecution", [f"arn:aws:states:{AT}:execution:m:e"]),
        ("stepfunctions", "DescribeExecution", {"executionArn": ANY}, "states:DescribeExecution", [f"arn:aws:states:{AT}:execution:*:*", f"arn:aws:states:{AT}:express:*:*:*"]),
        ("cloudwatch", "PutMetricAlarm", {"AlarmName": "a"}, "cloudwatch:PutMetricAlarm", [f"arn:aws:cloudwatch:{AT}:alarm:a"]),
        ("redshift-data", "ExecuteStatement", {"ClusterIdentifier": "c", "Sql": "q"}, "redshift-data:ExecuteStatement", [f"arn:aws:redshift:{AT}:cluster:c"]),
        # two APIs share actions, and each has its own types
        ("events", "PutEvents", {"Entries": [{"Source": "s"}]}, "events:PutEvents", [f"arn:aws:events:{AT}:event-bus/default"]),
        ("elbv2", "AddTags", {"ResourceArns": [f"arn:aws:elasticloadbalancing:{AT}:targetgroup/t/1"]}, "elasticloadbalancing:AddTags", [f"arn:aws:elasticloadbalancing:{AT}:targetgroup/t/1"]),
        ("elbv2", "CreateLoadBalancer", {"Name": "b"}, "elasticloadbalancing:CreateLoadBalancer", [f"arn:aws:elasticloadbalancing:{AT}:loadbalancer/{each}/b/*" for each in ("app", "gwy", "net")]),
        ("elbv2", "DeleteLoadBalancer", {"LoadBalancerArn": ANY}, "elasticloadbalancing:DeleteLoadBalancer", [f"arn:aws:elasticloadbalancing:{AT}:loadbalancer/{each}/*/*" for each in ("app", "gwy", "net")]),
        ("elb", "DeleteLoadBalancer", {"LoadBalancerName": "b"}, "elasticloadbalancing:DeleteLoadBalancer", [f"arn:aws:elasticloadbalancing:{AT}:loadbalancer/b"]),
        ("cloudwatch", "PutMetricData", {"Namespace": "n"}, "cloudwatch:PutMetricData", ["*"]),
        # names that only their operation shows to be the resource's
        ("codepipeline", "StartPipelineExecution", {"name": "P"}, "codepipeline:StartPipelineExecution", [f"arn:aws:codepipeline:{AT}:P"]),
        ("eks", "UpdateClusterVersion", {"name": "c"}, "eks:UpdateClusterVersion", [f"arn:aws:eks:{AT}:cluster/c"]),
        ("glue", "StartWorkflowRun", {"Name": "w"}, "glue:StartWorkflowRun", [f"arn:aws:glue:{AT}:workflow/w"]),
        # an image by a parameter is any
        ("ec2", "RunInstances", {"ImageId": "resolve:ssm:/aws/service/a"}, "ssm:GetParameters", ["arn:aws:ssm:eu-west-1::parameter/aws/service/a"]),
        ("ec2", "RegisterImage", {"Name": "n", "BlockDeviceMappings": [{"Ebs": {"SnapshotId": "snap-1"}}]}, "ec2:RegisterImage", ["arn:aws:ec2:eu-west-1::image/*", "arn:aws:ec2:eu-west-1::snapshot/snap-1"]),
        ("ec2", "ModifyVpcEndpoint", {"VpcEndpointId": "vpce-1", "AddSubnetIds": ["subnet-1"], "RemoveRouteTableIds": ["rtb-1"]}, "ec2:ModifyVpcEndpoint", [f"arn:aws:ec2:{AT}:{each}" for each in ("route-table/rtb-1", "subnet/subnet-1", "vpc-endpoint/vpce-1")]),
        # an identifier's beginning says of what it is, and so does an input beside it
        ("ec2", "CreateFlowLogs", {"ResourceIds": ["vpc-1", "eni-1"]}, "ec2:CreateFlowLogs", [f"arn:aws:ec2:{AT}:{each}" for each in ("network-interface/eni-1", "vpc/vpc-1", "vpc-flow-log/*")]),
        ("ec2", "CreateFlowLogs", {"ResourceType": "Subnet", "ResourceIds": ["{{ Name }}"]}, "ec2:CreateFlowLogs", [f"arn:aws:ec2:{AT}:{each}" for each in ("subnet/*", "vpc-flow-log/*")]),
        ("organizations", "AttachPolicy", {"PolicyId": "p-1", "TargetId": "ou-ab12-1"}, "organizations:AttachPolicy", ["arn:aws:organizations::*:ou/*/ou-ab12-1", "arn:aws:organizations::*:policy/*/*/p-1"]),
        ("organizations", "MoveAccount", {"AccountId": "444455556666", "SourceParentId": "r-ab12", "DestinationParentId": "ou-ab12-1"}, "organizations:MoveAccount", ["arn:aws:organizations::*:account/*/444455556666", "arn:aws:organizations::*:ou/*/ou-ab12-1", "arn:aws:organizations::*:root/*/r-ab12"]),
        # what is exported, and the bus of each event: the default one's name is known
        ("rds", "StartExportTask", {"SourceArn": f"arn:aws:rds:{AT}:snapshot:s"}, "rds:StartExportTask", [f"arn:aws:rds:{AT}:snapshot:s"]),
        ("events", "PutEvents", {"Entries": [{"EventBusName": "b"}, {"Source": "s"}]}, "events:PutEvents", [f"arn:aws:events:{AT}:event-bus/b", f"arn:aws:events:{AT}:event-bus/default"]),
        ("events", "PutEvents", {"Entries": [{"EventBusName": "{{ Name }}"}]}, "events:PutEvents", [f"arn:aws:events:{AT}:event-bus/*"]),
        ("athena", "StartQueryExecution", {"QueryString": "q"}, "athena:StartQueryExecution", [f"arn:aws:athena:{AT}:workgroup/primary"]),
        ("wafv2", "GetWebACL", {"Name": "n", "Id": "i", "Scope": "REGIONAL"}, "wafv2:GetWebACL", [f"arn:aws:wafv2:{AT}:regional/webacl/n/i"]),
        ("wafv2", "GetWebACL", {"Name": "n", "Id": "i", "Scope": "{{ Name }}"}, "wafv2:GetWebACL", [f"arn:aws:wafv2:{AT}:*/webacl/n/i"]),
        # tags come with the operation: on the type that it makes
        ("cloudfront", "CreateDistributionWithTags", {"DistributionConfigWithTags": {}}, "cloudfront:TagResource", ["arn:aws:cloudfront::111122223333:distribution/*"]),
        ("storagegateway", "ActivateGateway", {"Tags": [{"Key": "a", "Value": "b"}]}, "storagegateway:AddTagsToResource", [f"arn:aws:storagegateway:{AT}:gateway/*"]),
        ("datasync", "CreateLocationEfs", {"Tags": [{"Key": "a", "Value": "b"}]}, "datasync:TagResource", [f"arn:aws:datasync:{AT}:location/*"]),
        ("securityhub", "EnableSecurityHubV2", {"Tags": {"a": "b"}}, "securityhub:TagResource", [f"arn:aws:securityhub:{AT}:hubv2/*"]),
        # a service-linked role is below its service
        ("iam", "CreateServiceLinkedRole", {"AWSServiceName": "ssm.amazonaws.com"}, "iam:CreateServiceLinkedRole", ["arn:aws:iam::111122223333:role/aws-service-role/ssm.amazonaws.com/*"]),
        # a service is where its cluster is; of two clusters nobody knows which
        ("ecs", "UpdateService", {"service": "s", "cluster": "arn:aws:ecs:us-east-1:444455556666:cluster/c"}, "ecs:UpdateService", ["arn:aws:ecs:us-east-1:444455556666:service/c/s", "arn:aws:ecs:us-east-1:444455556666:service/s"]),
        ("ecs", "UpdateService", {"service": "s", "cluster": "c"}, "ecs:UpdateService", [f"arn:aws:ecs:{AT}:service/c/s", f"arn:aws:ecs:{AT}:service/s"]),
        ("ecs", "UpdateService", {"service": "s", "cluster": "arn:aws:ecs:{{ global:REGION }}:{{ global:ACCOUNT_ID }}:cluster/c"}, "ecs:UpdateService", [f"arn:aws:ecs:{AT}:service/c/s", f"arn:aws:ecs:{AT}:service/s"]),
        ("ecs", "DescribeServices", {"services": ["s"], "cluster": "arn:aws:ecs:{{ Name }}:444455556666:cluster/c"}, "ecs:DescribeServices", [f"arn:aws:ecs:{AT}:service/c/s", f"arn:aws:ecs:{AT}:service/s"]),
        # where logs go to is not always a destination
        ("logs", "PutSubscriptionFilter", {"logGroupName": "g", "destinationArn": f"arn:aws:lambda:{AT}:function:f"}, "logs:PutSubscriptionFilter", [f"arn:aws:logs:{AT}:log-group:g", f"arn:aws:logs:{AT}:log-group:g:*"]),
    ],
)  # fmt: skip
def test_inputs_narrow_to_what_is_authorized(service: str, api: str, inputs: dict[str, Any], action: str, resources: list[str]):
    assert needs(service, api, **inputs)[action] == resources


def test_the_token_of_a_role_is_not_a_resource_of_the_call():
    found = needs("ec2", "CreateFlowLogs", {"Arn": TOKEN}, DeliverLogsPermissionArn="{{ Arn }}", ResourceIds=["vpc-1"])
    assert TOKEN not in found["ec2:CreateFlowLogs"]
    assert f"{EC2}:vpc-flow-log/*" in found["ec2:CreateFlowLogs"]
    assert found["iam:PassRole"] == [TOKEN]


def test_what_a_launch_template_names_is_not_known():
    assert f"{EC2}:key-pair/*" in needs("ec2", "RunInstances", KeyName="k", LaunchTemplate={"LaunchTemplateId": "lt-1"})["ec2:RunInstances"]
    assert f"{EC2}:key-pair/k" in needs("ec2", "RunInstances", KeyName="k")["ec2:RunInstances"]


@pytest.mark.parametrize(
    ("service", "api", "inputs", "follows"),
    [
        ("lambda", "UpdateFunctionCode", {"S3Bucket": "b", "S3Key": "k"}, {"s3:GetObject": ["arn:aws:s3:::b/k"]}),
        ("lambda", "UpdateFunctionConfiguration", {"Layers": [f"arn:aws:lambda:{AT}:layer:l:1"]}, {"lambda:GetLayerVersion": [f"arn:aws:lambda:{AT}:layer:l:1"]}),
        ("ssm", "GetParameter", {"Name": "/aws/reference/secretsmanager/db"}, {"secretsmanager:GetSecretValue": [f"arn:aws:secretsmanager:{AT}:secret:db-??????"]}),
        ("secretsmanager", "RotateSecret", {"RotationLambdaARN": f"arn:aws:lambda:{AT}:function:f"}, {"lambda:InvokeFunction": [f"arn:aws:lambda:{AT}:function:f"]}),
        ("resource-groups", "ListGroupResources", {"Group": "g"}, {"tag:GetResources": ["*"], "cloudformation:ListStackResources": [f"arn:aws:cloudformation:{AT}:stack/*/*"]}),
        ("efs", "DeleteMountTarget", {"MountTargetId": "fsmt-1"}, {"ec2:DeleteNetworkInterface": [f"{EC2}:network-interface/*"]}),
        ("kms", "ReplicateKey", {"KeyId": "k", "ReplicaRegion": "us-east-1"}, {"kms:CreateKey": ["*"]}),
        ("cognito-identity", "SetIdentityPoolRoles", {"IdentityPoolId": "p", "Roles": {"authenticated": ROLE}}, {"iam:PassRole": [ROLE]}),
        ("ssm", "CreateAssociation", {"Name": "D", "Parameters": {"AutomationAssumeRole": [ROLE]}}, {"iam:PassRole": [ROLE]}),
        (
            "athena",
            "StartQueryExecution",
            {"QueryString": "q", "ResultConfiguration": {"OutputLocation": "s3://b/p/"}},
            {"s3:GetBucketLocation": ["arn:aws:s3:::b"], "s3:PutObject": ["arn:aws:s3:::b/p/*"]},
        ),
        ("dynamodb", "RestoreTableFromBackup", {"TargetTableName": "T"}, {"dynamodb:BatchWriteItem": [f"arn:aws:dynamodb:{AT}:table/T"]}),
        ("dynamodb", "UpdateTable", {"TableName": "T", "ReplicaUpdates": [{"Create": {"RegionName": "r"}}]}, {"dynamodb:CreateTableReplica": [f"arn:aws:dynamodb:{AT}:table/T"]}),
        ("cloudformation", "DescribeStacks", {}, {"cloudformation:ListStacks": ["*"]}),
        ("rds", "DeleteDBInstance", {"DBInstanceIdentifier": "d", "FinalDBSnapshotIdentifier": "s"}, {"rds:CreateDBSnapshot": [f"arn:aws:rds:{AT}:snapshot:s", f"arn:aws:rds:{AT}:db:d"]}),
        ("redshift", "DeleteCluster", {"ClusterIdentifier": "c", "FinalClusterSnapshotIdentifier": "s"}, {"redshift:CreateClusterSnapshot": [f"arn:aws:redshift:{AT}:snapshot:c/s"]}),
        ("sts", "AssumeRole", {"RoleArn": ROLE, "Tags": [{"Key": "k", "Value": "v"}]}, {"sts:TagSession": [ROLE]}),
        ("wafv2", "AssociateWebACL", {"ResourceArn": f"arn:aws:elasticloadbalancing:{AT}:loadbalancer/app/a/b"}, {"elasticloadbalancing:SetWebAcl": ["*"]}),
        ("autoscaling", "UpdateAutoScalingGroup", {"AutoScalingGroupName": "g", "LaunchTemplate": {"LaunchTemplateId": "lt-1"}}, {"iam:PassRole": ["arn:aws:iam::111122223333:role/*"]}),
        ("apigateway", "UpdateAccount", {"patchOperations": [{"op": "replace", "path": "/cloudwatchRoleArn", "value": ROLE}]}, {"iam:PassRole": [ROLE]}),
        ("redshift-data", "ExecuteStatement", {"ClusterIdentifier": "c", "Database": "d"}, {"redshift:GetClusterCredentialsWithIAM": [f"arn:aws:redshift:{AT}:dbname:c/d"]}),
        ("logs", "PutAccountPolicy", {"policyType": "DATA_PROTECTION_POLICY"}, {"logs:PutDataProtectionPolicy": [f"arn:aws:logs:{AT}:log-group:*"]}),
        ("ds", "DeleteDirectory", {"DirectoryId": "d-1"}, {"ec2:DeleteNetworkInterface": [f"{EC2}:network-interface/*"]}),
        ("route53resolver", "AssociateResolverRule", {"VPCId": "vpc-1"}, {"ec2:DescribeVpcs": ["*"]}),
        ("securityhub", "EnableOrganizationAdminAccount", {"AdminAccountId": "444455556666"}, {"organizations:EnableAWSServiceAccess": ["*"]}),
        ("sns", "SetSMSAttributes", {"attributes": {"DeliveryStatusIAMRole": ROLE}}, {"iam:PassRole": [ROLE]}),
        ("servicecatalog", "CreateServiceAction", {"Definition": {"AssumeRole": ROLE}}, {"iam:PassRole": [ROLE]}),
    ],
)  # fmt: skip
def test_what_an_input_brings_with_it(service: str, api: str, inputs: dict[str, Any], follows: dict[str, list[str]]):
    assert needs(service, api, **inputs).items() >= follows.items()


@pytest.mark.parametrize(
    ("service", "api", "inputs", "action", "resource"),
    [
        ("fis", "CreateExperimentTemplate", {"tags": {"k": "v"}}, "fis:TagResource", f"arn:aws:fis:{AT}:experiment-template/*"),
        ("kinesis", "CreateStream", {"StreamName": "s", "Tags": {"k": "v"}}, "kinesis:AddTagsToStream", f"arn:aws:kinesis:{AT}:stream/s"),
        ("mq", "CreateBroker", {"BrokerName": "b", "Tags": {"k": "v"}}, "mq:CreateTags", f"arn:aws:mq:{AT}:broker:*:*"),
        ("budgets", "CreateBudget", {"ResourceTags": [{"Key": "k", "Value": "v"}]}, "budgets:TagResource", "arn:aws:budgets::111122223333:budget/*"),
        ("apigateway", "CreateRestApi", {"name": "a", "tags": {"k": "v"}}, "apigateway:PUT", "arn:aws:apigateway:eu-west-1::/tags/*"),
    ],
)  # fmt: skip
def test_what_is_created_with_tags_is_tagged_by_the_service_s_own_action(
    service: str, api: str, inputs: dict[str, Any], action: str, resource: str
):
    assert resource in needs(service, api, **inputs)[action]
    without = {name: value for name, value in inputs.items() if "tags" not in name.lower()}
    assert action not in needs(service, api, **without)


@pytest.mark.parametrize(
    ("service", "api", "inputs", "action", "resources"),
    [
        ("ssm", "CreateOpsItem", {"Title": "t", "Tags": []}, "ssm:AddTagsToResource", [f"{SSM}:opsitem/*"]),
        ("fis", "CreateExperimentTemplate", {"tags": {}}, "fis:TagResource", [f"arn:aws:fis:{AT}:experiment-template/*"]),
        ("ecs", "RunTask", {"taskDefinition": "f:3", "tags": []}, "ecs:TagResource", [f"arn:aws:ecs:{AT}:{each}" for each in ("task/*/*",)]),
        ("rds", "CreateDBInstance", {"DBInstanceIdentifier": "d", "Tags": []}, "rds:AddTagsToResource", [f"arn:aws:rds:{AT}:db:d"]),
        ("rds", "RestoreDBInstanceFromDBSnapshot", {"DBInstanceIdentifier": "d", "Tags": []}, "rds:AddTagsToResource", [f"arn:aws:rds:{AT}:db:d"]),
        ("rds", "CreateDBInstanceReadReplica", {"DBInstanceIdentifier": "d", "SourceDBInstanceIdentifier": "d", "Tags": []}, "rds:AddTagsToResource", [f"arn:aws:rds:{AT}:db:*"]),
        ("memorydb", "CreateCluster", {"ClusterName": "c", "Tags": []}, "memorydb:TagResource", [f"arn:aws:memorydb:{AT}:cluster/*"]),
        ("rds", "CreateDBSubnetGroup", {"DBSubnetGroupName": "g", "Tags": []}, "rds:AddTagsToResource", [f"arn:aws:rds:{AT}:subgrp:g"]),
        ("fsx", "CreateVolumeFromBackup", {"BackupId": "b", "Tags": []}, "fsx:TagResource", [f"arn:aws:fsx:{AT}:volume/*/*"]),
        ("elasticache", "CreateSnapshot", {"SnapshotName": "s", "Tags": []}, "elasticache:AddTagsToResource", [f"arn:aws:elasticache:{AT}:snapshot:s"]),
        ("elbv2", "CreateRule", {"ListenerArn": f"arn:aws:elasticloadbalancing:{AT}:listener/app/a/b/c", "Tags": []}, "elasticloadbalancing:AddTags", [f"arn:aws:elasticloadbalancing:{AT}:{each}" for each in ("listener-rule/app/*/*/*/*", "listener-rule/net/*/*/*/*")]),
    ],
)  # fmt: skip
def test_tags_are_on_what_the_operation_makes(service: str, api: str, inputs: dict[str, Any], action: str, resources: list[str]):
    tags = next(name for name in inputs if name.lower() == "tags")
    one = {"k": "v"} if isinstance(inputs[tags], dict) else [{"Key": "k", "Value": "v"}]
    assert needs(service, api, **{**inputs, tags: one})[action] == resources


@pytest.mark.parametrize(
    ("service", "api", "inputs"),
    [
        ("servicecatalog", "ProvisionProduct", {"Tags": [{"Key": "k", "Value": "v"}]}),
        ("glue", "ListJobs", {"Tags": {"k": "v"}}),
        ("ecs", "RunTask", {"taskDefinition": "f", "propagateTags": "SERVICE"}),
        ("rds", "CopyDBSnapshot", {"SourceDBSnapshotIdentifier": "s", "CopyTags": True}),
    ],
)
def test_tags_that_are_looked_for_or_come_with_the_action_take_no_other(service: str, api: str, inputs: dict[str, Any]):
    assert [action for action in needs(service, api, **inputs) if "Tag" in action] == []


@pytest.mark.parametrize(
    ("service", "api", "inputs", "action", "condition"),
    [
        ("ecs", "ListTasks", {"cluster": "c"}, "ecs:ListTasks", ("ArnLike", "ecs:cluster", [f"arn:aws:ecs:{AT}:cluster/c"])),
        ("ecs", "ListServices", {"cluster": f"arn:aws:ecs:{AT}:cluster/c"}, "ecs:ListServices", ("ArnLike", "ecs:cluster", [f"arn:aws:ecs:{AT}:cluster/c"])),
        ("cloudwatch", "PutMetricData", {"Namespace": "A/B"}, "cloudwatch:PutMetricData", ("StringLike", "cloudwatch:namespace", ["A/B"])),
        ("kms", "Decrypt", {"KeyId": "alias/a"}, "kms:Decrypt", ("StringLike", "kms:RequestAlias", ["alias/a"])),
    ],
)  # fmt: skip
def test_what_resources_cannot_say_conditions_do(
    service: str, api: str, inputs: dict[str, Any], action: str, condition: tuple[str, str, list[str]]
):
    assert conditions(service, api, **inputs)[action] == [condition]
    unknown = dict.fromkeys(inputs, "{{ Given }}")
    assert conditions(service, api, **unknown)[action] == []


def test_temporary_credentials_are_the_role_s_own_where_nobody_else_is_named():
    inputs = {"ClusterIdentifier": "c", "Database": "d", "Sql": "q"}
    assert "redshift:GetClusterCredentialsWithIAM" not in needs("redshift-data", "ExecuteStatement", **inputs, DbUser="u")
    assert "redshift:GetClusterCredentialsWithIAM" not in needs("redshift-data", "ExecuteStatement", **inputs, SecretArn="{{ Arn }}")


def test_a_web_acl_of_an_unknown_resource_may_be_of_any_service():
    assert {"elasticloadbalancing:SetWebAcl", "apigateway:SetWebACL"} <= needs("wafv2", "AssociateWebACL", ResourceArn="{{ Arn }}").keys()
    known = needs("wafv2", "AssociateWebACL", ResourceArn=f"arn:aws:elasticloadbalancing:{AT}:loadbalancer/app/a/b")
    assert "apigateway:SetWebACL" not in known


def test_a_role_goes_to_either_of_two_services_where_what_is_published_differs():
    passed = conditions("rds", "ModifyDBInstance", DBInstanceIdentifier="d", MonitoringRoleArn=ROLE)["iam:PassRole"]
    assert passed == [("StringEquals", "iam:PassedToService", ["monitoring.rds.amazonaws.com", "rds.amazonaws.com"])]


def test_a_service_has_the_roles_of_its_new_task_definition_and_no_others():
    assert "iam:PassRole" in needs("ecs", "UpdateService", service="s", taskDefinition="f:3")
    assert "iam:PassRole" not in needs("ecs", "UpdateService", service="s", forceNewDeployment=True)


def test_a_task_may_pass_any_role_and_a_finding_reports_it():
    assert needs("ecs", "RunTask", taskDefinition="f")["iam:PassRole"] == ["arn:aws:iam::111122223333:role/*"]
    assert [finding.id for finding in derived("ecs", "RunTask", {"taskDefinition": "f"}).findings] == ["passedRoleUnknown"]


def table(name: str) -> str:
    return f"arn:aws:dynamodb:{AT}:table/{name}"


@pytest.mark.parametrize(
    ("api", "inputs", "found"),
    [
        (
            "TransactWriteItems",
            {"TransactItems": [{"Put": {"TableName": "A"}}, {"Delete": {"TableName": "B"}}]},
            {"dynamodb:PutItem": [table("A")], "dynamodb:DeleteItem": [table("B")]},
        ),
        (
            "TransactWriteItems",
            {"TransactItems": ANY},
            {f"dynamodb:{kind}Item": [table("*")] for kind in ("Put", "Update", "Delete", "ConditionCheck")},
        ),
        (
            "ExecuteStatement",
            {"Statement": 'SELECT * FROM "T"."I" WHERE k = ?'},
            {"dynamodb:PartiQLSelect": [table("T"), table("T/index/I")]},
        ),
        ("execute_statement", {"Statement": " insert into T VALUE {}"}, {"dynamodb:PartiQLInsert": [table("T")]}),
        ("ExecuteStatement", {"Statement": 'UPDATE "{{ Name }}" SET a = 1'}, {"dynamodb:PartiQLUpdate": [table("*")]}),
        ("ExecuteStatement", {"Statement": "DELETE FROM T{{ Name }} WHERE k = 1"}, {"dynamodb:PartiQLDelete": [table("*")]}),
        (
            "BatchExecuteStatement",
            {"Statements": [{"Statement": "DELETE FROM A WHERE k = 1"}, {"Statement": "EXISTS(SELECT * FROM B WHERE k = 1)"}]},
            {"dynamodb:PartiQLDelete": [table("A")], "dynamodb:PartiQLSelect": [table("B")]},
        ),
    ],
)
def test_dynamodb_takes_the_actions_that_its_items_and_statements_show(api: str, inputs: dict[str, Any], found: dict[str, list[str]]):
    assert needs("dynamodb", api, **inputs) == found


def test_a_statement_that_nobody_sees_may_be_any():
    found = needs("dynamodb", "ExecuteStatement", Statement=ANY)
    assert sorted(found) == [f"dynamodb:PartiQL{verb}" for verb in ("Delete", "Insert", "Select", "Update")]


# -- s3 ------------------------------------------------------------------------------------------------------------------------------

EXPRESS = "arn:aws:s3express:eu-west-1:111122223333:bucket"


@pytest.mark.parametrize(
    ("api", "inputs", "expected"),
    [
        ("GetObject", {"Bucket": "b--euw1-az1--x-s3", "Key": "k"}, {"s3express:CreateSession": [f"{EXPRESS}/b--euw1-az1--x-s3"]}),
        ("PutObject", {"Bucket": "{{ Name }}--x-s3", "Key": "k"}, {"s3express:CreateSession": [f"{EXPRESS}/*--x-s3"]}),
        ("ListObjectsV2", {"Bucket": "b--euw1-az1--x-s3"}, {"s3express:CreateSession": [f"{EXPRESS}/b--euw1-az1--x-s3"]}),
        ("HeadBucket", {"Bucket": "b--euw1-az1--x-s3"}, {"s3express:CreateSession": [f"{EXPRESS}/b--euw1-az1--x-s3"]}),
        ("CreateBucket", {"Bucket": "b--euw1-az1--x-s3"}, {"s3express:CreateBucket": [f"{EXPRESS}/b--euw1-az1--x-s3"]}),
        (
            "GetBucketEncryption",
            {"Bucket": "b--euw1-az1--x-s3"},
            {"s3express:GetEncryptionConfiguration": [f"{EXPRESS}/b--euw1-az1--x-s3"]},
        ),
        ("DeleteBucketPolicy", {"Bucket": "b--euw1-az1--x-s3"}, {"s3express:DeleteBucketPolicy": [f"{EXPRESS}/b--euw1-az1--x-s3"]}),
        ("GetObject", {"Bucket": "b--x-s3-not", "Key": "k"}, {"s3:GetObject": ["arn:aws:s3:::b--x-s3-not/k"]}),
        (
            "CopyObject",
            {"Bucket": "b--x-s3", "Key": "k", "CopySource": "c--x-s3/k"},
            {"s3express:CreateSession": [f"{EXPRESS}/b--x-s3", f"{EXPRESS}/c--x-s3"]},
        ),
        (
            "CopyObject",
            {"Bucket": "b", "Key": "k", "CopySource": "c--x-s3/k"},
            {
                "s3:GetObject": ["arn:aws:s3:::c--x-s3/k"],
                "s3:PutObject": ["arn:aws:s3:::b/k"],
                "s3express:CreateSession": [f"{EXPRESS}/c--x-s3"],
            },
        ),
    ],
)
def test_directory_buckets_have_actions_of_their_own(api: str, inputs: dict[str, Any], expected: dict[str, list[str]]) -> None:
    assert needs("s3", api, **inputs) == expected


@pytest.mark.parametrize(
    ("interfaces", "resources"),
    [
        (
            [{"SubnetId": "subnet-1", "Groups": ["sg-1"]}, {"SubnetId": "subnet-2", "Groups": ["sg-2"]}],
            {"network-interface/*", "security-group/sg-1", "security-group/sg-2", "subnet/subnet-1", "subnet/subnet-2"},
        ),
        # one that names neither leaves open which it has
        ([{"SubnetId": "subnet-1", "Groups": ["sg-1"]}, {}], {"network-interface/*", "security-group/*", "security-group/sg-1", "subnet/*", "subnet/subnet-1"}),
        ([{"NetworkInterfaceId": "eni-1"}], {"network-interface/eni-1", "security-group/*", "subnet/*"}),
        ("{{ Name }}", {"network-interface/*", "security-group/*", "subnet/*"}),
    ],
)  # fmt: skip
def test_a_launch_is_narrowed_by_each_of_its_network_interfaces(interfaces: Any, resources: set[str]):
    found = {
        each.removeprefix(f"arn:aws:ec2:{AT}:") for each in needs("ec2", "RunInstances", NetworkInterfaces=interfaces)["ec2:RunInstances"]
    }
    kinds = ("network-interface/", "security-group/", "subnet/")
    assert {each for each in found if each.startswith(kinds)} == resources
