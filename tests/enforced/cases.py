"""The runbooks that are run: what there is before, which steps run, what is there afterwards.

Before and after are the account's root's; nothing that the automation says of itself counts.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .conftest import ACCOUNT, REGION, Emulator

Parameters = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A runbook that is run.

    Attributes:
        runbook: its file's name; of the first, when it starts others.
        starts: the others.
        before: makes what the runbook needs, and gives its parameters.
        steps: those that run, in order.
        after: sees that what it is for was done.
        names: the parameters that name the resources that it acts on.
        unasked: actions that AWS asks about in this run and the emulator does not.
        idle: actions in the derived policy that this run has no use for: action -> why not.
    """

    runbook: str
    starts: tuple[str, ...] = ()
    before: Callable[[Emulator], dict[str, Any]]
    steps: str
    after: Callable[[Emulator, Parameters], object]
    names: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()
    idle: Mapping[str, str] = field(default_factory=dict)


# -- EC2 ---------------------------------------------------------------------------------------------------------------------------


def launched(aws: Emulator, count: int = 1) -> list[str]:
    ec2 = aws.client("ec2")
    made = ec2.run_instances(ImageId="ami-0abcdef1234567890", MinCount=count, MaxCount=count, SubnetId="subnet-00000001")
    return [instance["InstanceId"] for instance in made["Instances"]]


def states(aws: Emulator, instances: list[str]) -> list[str]:
    found = aws.client("ec2").describe_instances(InstanceIds=instances)["Reservations"]
    state = {instance["InstanceId"]: instance["State"]["Name"] for reservation in found for instance in reservation["Instances"]}
    return [state[instance] for instance in instances]


def before_launch(aws: Emulator) -> dict[str, Any]:
    iam = aws.client("iam")
    iam.create_role(RoleName="of-instances", AssumeRolePolicyDocument=trust("ec2.amazonaws.com"))
    iam.create_instance_profile(InstanceProfileName="instances")
    iam.add_role_to_instance_profile(InstanceProfileName="instances", RoleName="of-instances")
    return {"ImageId": "ami-0abcdef1234567890", "SubnetId": "subnet-00000001", "InstanceProfileName": "instances"}


def after_launch(aws: Emulator, _: Parameters) -> None:
    found = aws.client("ec2").describe_instances()["Reservations"]
    (instance,) = [instance for reservation in found for instance in reservation["Instances"]]
    assert instance["State"]["Name"] == "terminated"
    assert instance["SubnetId"] == "subnet-00000001"
    assert {"Key": "MadeBy", "Value": "automation"} in instance["Tags"]


def volume(aws: Emulator) -> dict[str, Any]:
    return {"VolumeId": aws.client("ec2").create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]}


def after_tag(aws: Emulator, parameters: Parameters) -> None:
    (found,) = aws.client("ec2").describe_volumes(VolumeIds=[parameters["VolumeId"]])["Volumes"]
    assert found["Tags"] == [{"Key": "Backup", "Value": f"by {REGION}"}]


def after_snapshot(aws: Emulator, parameters: Parameters) -> None:
    ec2 = aws.client("ec2")
    (found,) = ec2.describe_snapshots(Filters=[{"Name": "volume-id", "Values": [parameters["VolumeId"]]}])["Snapshots"]
    assert found["State"] == "completed"
    assert found["Tags"] == [{"Key": "Of", "Value": parameters["VolumeId"]}]
    assert parameters["VolumeId"] not in {each["VolumeId"] for each in ec2.describe_volumes()["Volumes"]}


def open_group(aws: Emulator) -> dict[str, Any]:
    ec2 = aws.client("ec2")
    group = ec2.create_security_group(GroupName="open", Description="open")["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0")
    return {"GroupId": group}


def after_close(aws: Emulator, parameters: Parameters) -> None:
    (group,) = aws.client("ec2").describe_security_groups(GroupIds=[parameters["GroupId"]])["SecurityGroups"]
    assert group["IpPermissions"] == []


def image(aws: Emulator) -> dict[str, Any]:
    ec2 = aws.client("ec2")
    snapshot = ec2.create_snapshot(VolumeId=volume(aws)["VolumeId"])["SnapshotId"]
    device = {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot}}
    return {"ImageId": ec2.register_image(Name="old", RootDeviceName="/dev/xvda", BlockDeviceMappings=[device])["ImageId"]}


def after_delete_image(aws: Emulator, parameters: Parameters) -> None:
    ec2 = aws.client("ec2")
    assert parameters["ImageId"] not in {each["ImageId"] for each in ec2.describe_images()["Images"]}
    assert ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"] == []


def four_instances(aws: Emulator) -> dict[str, Any]:
    instances = launched(aws, 4)
    aws.client("ec2").stop_instances(InstanceIds=instances[:1])
    return {"InstanceIds": instances}


# -- S3 ----------------------------------------------------------------------------------------------------------------------------


def bucket(aws: Emulator) -> dict[str, Any]:
    aws.client("s3").create_bucket(Bucket="guarded")
    aws.client("s3").delete_public_access_block(Bucket="guarded")
    return {"BucketName": "guarded"}


def after_block(aws: Emulator, _: Parameters) -> None:
    found = aws.client("s3").get_public_access_block(Bucket="guarded")["PublicAccessBlockConfiguration"]
    assert all(found.values())


def after_harden(aws: Emulator, _: Parameters) -> None:
    s3 = aws.client("s3")
    assert s3.get_bucket_versioning(Bucket="guarded")["Status"] == "Enabled"
    (rule,) = s3.get_bucket_encryption(Bucket="guarded")["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert [each["ID"] for each in s3.get_bucket_lifecycle_configuration(Bucket="guarded")["Rules"]] == ["old-versions"]


def two_buckets(aws: Emulator) -> dict[str, Any]:
    s3 = aws.client("s3")
    for name in ("from", "into"):
        s3.create_bucket(Bucket=f"{name}-bucket")
    for key in ("old/1", "old/2", "new/3"):
        s3.put_object(Bucket="from-bucket", Key=key, Body=key.encode())
    return {"From": "from-bucket", "To": "into-bucket"}


def after_move(aws: Emulator, _: Parameters) -> None:
    s3 = aws.client("s3")
    keys = {name: [each["Key"] for each in s3.list_objects_v2(Bucket=name)["Contents"]] for name in ("from-bucket", "into-bucket")}
    assert keys == {"from-bucket": ["new/3"], "into-bucket": ["old/1", "old/2"]}
    assert s3.get_object(Bucket="into-bucket", Key="old/2")["Body"].read() == b"old/2"
    assert s3.get_bucket_tagging(Bucket="into-bucket")["TagSet"] == [{"Key": "Moved", "Value": "2"}]


# -- IAM ---------------------------------------------------------------------------------------------------------------------------


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def user_with_keys(aws: Emulator) -> dict[str, Any]:
    iam = aws.client("iam")
    iam.create_user(UserName="leaver")
    for _ in range(2):
        iam.create_access_key(UserName="leaver")
    return {"UserName": "leaver"}


def after_disable(aws: Emulator, _: Parameters) -> None:
    iam = aws.client("iam")
    assert [key["Status"] for key in iam.list_access_keys(UserName="leaver")["AccessKeyMetadata"]] == ["Inactive", "Inactive"]
    assert iam.list_user_tags(UserName="leaver")["Tags"] == [{"Key": "KeysDisabled", "Value": "true"}]


def strong_role(aws: Emulator) -> dict[str, Any]:
    iam = aws.client("iam")
    iam.create_role(RoleName="strong", AssumeRolePolicyDocument=trust("ec2.amazonaws.com"))
    allow = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
    for name in ("One", "Two"):
        arn = iam.create_policy(PolicyName=name, PolicyDocument=allow)["Policy"]["Arn"]
        iam.attach_role_policy(RoleName="strong", PolicyArn=arn)
    return {"RoleName": "strong"}


def after_quarantine(aws: Emulator, _: Parameters) -> None:
    iam = aws.client("iam")
    attached = iam.list_attached_role_policies(RoleName="strong")["AttachedPolicies"]
    assert [policy["PolicyArn"] for policy in attached] == ["arn:aws:iam::aws:policy/AWSDenyAll"]
    (statement,) = iam.get_role_policy(RoleName="strong", PolicyName="Quarantine")["PolicyDocument"]["Statement"]
    assert statement == {"Effect": "Deny", "Action": "*", "Resource": "*"}


# -- messages ----------------------------------------------------------------------------------------------------------------------


def queue(aws: Emulator, name: str) -> str:
    url: str = aws.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    return url


def received(aws: Emulator, name: str) -> list[str]:
    sqs = aws.client("sqs")
    found = sqs.receive_message(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"], MaxNumberOfMessages=10, VisibilityTimeout=0)
    return [message["Body"] for message in found.get("Messages", [])]


def topic(aws: Emulator) -> dict[str, Any]:
    sns = aws.client("sns")
    arn = sns.create_topic(Name="news")["TopicArn"]
    queue(aws, "readers")
    sns.subscribe(
        TopicArn=arn, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:readers", Attributes={"RawMessageDelivery": "true"}
    )
    allow = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName="readers")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [allow]})})
    return {"TopicArn": arn}


def after_announce(aws: Emulator, parameters: Parameters) -> None:
    assert aws.client("sns").get_topic_attributes(TopicArn=parameters["TopicArn"])["Attributes"]["DisplayName"] == "Announcements"
    assert sorted(received(aws, "readers")) == ["May we?", f"We may, in {REGION}"]


def two_queues(aws: Emulator) -> dict[str, Any]:
    dead = queue(aws, "dead")
    queue(aws, "living")
    aws.client("sqs").send_message(QueueUrl=dead, MessageBody="again")
    return {"DeadQueue": "dead", "Queue": "living"}


def after_requeue(aws: Emulator, _: Parameters) -> None:
    assert (received(aws, "dead"), received(aws, "living")) == ([], ["again"])


def full_queue(aws: Emulator, messages: int = 1) -> dict[str, Any]:
    url = queue(aws, "full")
    for _ in range(messages):
        aws.client("sqs").send_message(QueueUrl=url, MessageBody="old")
    return {"QueueUrl": url}


def after_purge(aws: Emulator, parameters: Parameters) -> None:
    found = aws.client("sqs").get_queue_attributes(QueueUrl=parameters["QueueUrl"], AttributeNames=["All"])["Attributes"]
    assert found["MessageRetentionPeriod"] == "1209600"
    assert received(aws, "full") == []


def rule(aws: Emulator) -> dict[str, Any]:
    events = aws.client("events")
    events.create_event_bus(Name="orders")
    events.put_rule(Name="nightly", EventBusName="orders", EventPattern='{"source": ["orders"]}')
    return {"BusName": "orders", "RuleName": "nightly"}


def after_pause(aws: Emulator, _: Parameters) -> None:
    assert aws.client("events").describe_rule(Name="nightly", EventBusName="orders")["State"] == "ENABLED"


def stream(aws: Emulator) -> dict[str, Any]:
    aws.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    return {"StreamName": "clicks"}


def after_stream(aws: Emulator, _: Parameters) -> None:
    kinesis = aws.client("kinesis")
    assert kinesis.describe_stream_summary(StreamName="clicks")["StreamDescriptionSummary"]["RetentionPeriodHours"] == 48
    (shard,) = kinesis.list_shards(StreamName="clicks")["Shards"]
    iterator = kinesis.get_shard_iterator(StreamName="clicks", ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    assert [record["Data"] for record in kinesis.get_records(ShardIterator=iterator)["Records"]] == [b"kept longer"]


# -- data --------------------------------------------------------------------------------------------------------------------------


def table(aws: Emulator, name: str) -> str:
    aws.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "Id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "Id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


def items(aws: Emulator, name: str) -> list[Any]:
    found: list[Any] = aws.client("dynamodb").scan(TableName=name)["Items"]
    return found


def two_tables(aws: Emulator) -> dict[str, Any]:
    found = {"From": table(aws, "from"), "To": table(aws, "into")}
    aws.client("dynamodb").put_item(TableName="from", Item={"Id": {"S": "lock"}})
    return found


def after_lock(aws: Emulator, _: Parameters) -> None:
    assert (items(aws, "from"), items(aws, "into")) == ([], [{"Id": {"S": "lock"}}])


def parameter(aws: Emulator, name: str, value: str = "before") -> str:
    aws.client("ssm").put_parameter(Name=name, Value=value, Type="String")
    return name


def value(aws: Emulator, name: str) -> str | None:
    found = aws.client("ssm").get_parameters(Names=[name])["Parameters"]
    return found[0]["Value"] if found else None


def after_retire(aws: Emulator, _: Parameters) -> None:
    assert (value(aws, "/app/old"), value(aws, "/app/new")) == (None, "before")
    tags = aws.client("ssm").list_tags_for_resource(ResourceType="Parameter", ResourceId="/app/new")["TagList"]
    assert tags == [{"Key": "From", "Value": "/app/old"}]


def after_parent(aws: Emulator, _: Parameters) -> None:
    (found,) = aws.client("ssm").get_parameter_history(Name="/app/result")["Parameters"]
    assert (found["Value"], found["Labels"]) == ("written", ["checked"])


def secret(aws: Emulator) -> dict[str, Any]:
    return {"SecretId": aws.client("secretsmanager").create_secret(Name="app/password", SecretString="before")["ARN"]}


def after_secret(aws: Emulator, parameters: Parameters) -> None:
    assert aws.client("secretsmanager").get_secret_value(SecretId=parameters["SecretId"])["SecretString"] == "after"


def key(aws: Emulator) -> str:
    key_id: str = aws.client("kms").create_key()["KeyMetadata"]["KeyId"]
    return key_id


def disabled_key(aws: Emulator) -> dict[str, Any]:
    found = key(aws)
    aws.client("kms").disable_key(KeyId=found)
    return {"KeyId": found}


def after_rotate(aws: Emulator, parameters: Parameters) -> None:
    kms = aws.client("kms")
    assert kms.describe_key(KeyId=parameters["KeyId"])["KeyMetadata"]["KeyState"] == "Enabled"
    assert kms.get_key_rotation_status(KeyId=parameters["KeyId"])["KeyRotationEnabled"]


def after_seal(aws: Emulator, parameters: Parameters) -> None:
    import base64

    sealed = base64.b64decode(value(aws, "/app/sealed") or "")
    assert aws.client("kms").decrypt(CiphertextBlob=sealed)["Plaintext"] == b"open sesame"


# -- code, logs, stacks ------------------------------------------------------------------------------------------------------------


def function(aws: Emulator) -> dict[str, Any]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    return event\n")
    aws.client("lambda").create_function(
        FunctionName="cold", Runtime="python3.11", Handler="index.handler", Code={"ZipFile": packed.getvalue()}, **function_role(aws)
    )
    return {"FunctionName": "cold"}


def function_role(aws: Emulator) -> dict[str, Any]:
    role = aws.client("iam").create_role(RoleName="of-functions", AssumeRolePolicyDocument=trust("lambda.amazonaws.com"))["Role"]
    return {"Role": role["Arn"]}


def configuration(aws: Emulator, name: str) -> Any:
    return aws.client("lambda").get_function_configuration(FunctionName=name)


def before_make_function(aws: Emulator) -> dict[str, Any]:
    return {"FunctionName": "made", "FunctionRole": function_role(aws)["Role"]}


def after_make_function(aws: Emulator, parameters: Parameters) -> None:
    assert configuration(aws, "made")["Role"] == parameters["FunctionRole"]


def after_warm(aws: Emulator, _: Parameters) -> None:
    assert configuration(aws, "cold")["Timeout"] == 30


def state_machine(aws: Emulator) -> dict[str, Any]:
    role = aws.client("iam").create_role(RoleName="of-machines", AssumeRolePolicyDocument=trust("states.amazonaws.com"))["Role"]["Arn"]
    definition = json.dumps({"StartAt": "Only", "States": {"Only": {"Type": "Pass", "End": True}}})
    made = aws.client("stepfunctions").create_state_machine(name="machine", definition=definition, roleArn=role)
    return {"StateMachineArn": made["stateMachineArn"]}


def after_machine(aws: Emulator, parameters: Parameters) -> None:
    machines = aws.client("stepfunctions")
    (execution,) = machines.list_executions(stateMachineArn=parameters["StateMachineArn"])["executions"]
    found = machines.describe_execution(executionArn=execution["executionArn"])
    assert (found["status"], json.loads(found["output"])) == ("SUCCEEDED", {"from": "automation"})


def after_logs(aws: Emulator, _: Parameters) -> None:
    found = aws.client("logs").describe_log_groups(logGroupNamePrefix="/app/made")["logGroups"]
    assert [(group["logGroupName"], group["retentionInDays"]) for group in found] == [("/app/made", 14)]


def alarm(aws: Emulator) -> dict[str, Any]:
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName="old",
        Namespace="AWS/EC2",
        MetricName="CPUUtilization",
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    return {"Old": "old", "New": "new"}


def after_alarm(aws: Emulator, _: Parameters) -> None:
    found = aws.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert [(each["AlarmName"], each["ActionsEnabled"]) for each in found] == [("new", False)]


def after_stack(aws: Emulator, parameters: Parameters) -> None:
    found = aws.client("cloudformation").list_stacks()["StackSummaries"]
    assert [(stack["StackName"], stack["StackStatus"]) for stack in found] == [(parameters["StackName"], "DELETE_COMPLETE")]
    assert aws.client("sqs").list_queues().get("QueueUrls", []) == []


def repository(aws: Emulator) -> dict[str, Any]:
    aws.client("ecr").create_repository(repositoryName="team/app")
    return {"RepositoryName": "team/app"}


def after_repository(aws: Emulator, _: Parameters) -> None:
    (found,) = aws.client("ecr").describe_repositories()["repositories"]
    assert found["imageTagMutability"] == "IMMUTABLE"


# ----------------------------------------------------------------------------------------------------------------------------------

STACK = "CloudFormation makes the stack's resources, and the emulator does so with nobody's credentials"

CASES = (
    Case(
        runbook="restart-instances",
        before=lambda aws: {"InstanceIds": launched(aws, 2)},
        steps="stop letItRest start waitUntilRunning",
        after=lambda aws, given: _is(states(aws, given["InstanceIds"]), ["running", "running"]),
        names=("InstanceIds",),
    ),
    Case(
        runbook="launch-instance",
        before=before_launch,
        steps="launch tag isItKept terminate done",
        after=after_launch,
        names=("SubnetId",),
    ),
    Case(
        runbook="tag-volume",
        before=volume,
        steps="tag checkTag",
        after=after_tag,
    ),
    Case(
        runbook="close-port",
        before=open_group,
        steps="look isOpen close",
        after=after_close,
        names=("GroupId",),
    ),
    Case(
        runbook="snapshot-volume",
        before=volume,
        steps="snapshot waitForIt deleteVolume",
        after=after_snapshot,
        names=("VolumeId",),
        unasked=("ec2:CreateTags",),
    ),
    Case(
        runbook="delete-image",
        before=image,
        steps="delete",
        after=after_delete_image,
    ),
    Case(
        runbook="stop-in-turn",
        before=four_instances,
        steps=f"each look isRunning {2 * 'look isRunning stop count remember '} look isRunning done",
        after=lambda aws, given: _is(states(aws, given["InstanceIds"]), ["stopped", "stopped", "stopped", "running"]),
    ),
    Case(
        runbook="block-public-access",
        before=bucket,
        steps="block check",
        after=after_block,
        names=("BucketName",),
    ),
    Case(
        runbook="harden-bucket",
        before=bucket,
        steps="look isVersioned version encrypt limit",
        after=after_harden,
        names=("BucketName",),
    ),
    Case(
        runbook="move-objects",
        before=two_buckets,
        steps="move checkNumber tagBucket",
        after=after_move,
        names=("From", "To"),
    ),
    Case(
        runbook="disable-access-keys",
        before=user_with_keys,
        steps="list each disable disable note",
        after=after_disable,
        names=("UserName",),
    ),
    Case(
        runbook="quarantine-role",
        before=strong_role,
        steps="approve list each detach detach attach deny",
        after=after_quarantine,
        names=("RoleName",),
    ),
    Case(
        runbook="announce",
        before=topic,
        steps="approve rename announce",
        after=after_announce,
        names=("TopicArn",),
    ),
    Case(
        runbook="requeue",
        before=two_queues,
        steps="findDead find receive send delete",
        after=after_requeue,
        names=("DeadQueue", "Queue"),
    ),
    Case(
        runbook="purge-queue",
        before=full_queue,
        steps="keepLonger check purge",
        after=after_purge,
        names=("QueueUrl",),
    ),
    Case(
        runbook="drain-queue",
        before=lambda aws: full_queue(aws, 2),
        steps=f"each {2 * 'receive isThereOne delete '} receive isThereOne stop done",
        after=lambda aws, _: _is(received(aws, "full"), []),
        names=("QueueUrl",),
    ),
    Case(
        runbook="pause-rule",
        before=rule,
        steps="disable pause enable check",
        after=after_pause,
        names=("RuleName",),
    ),
    Case(
        runbook="keep-stream",
        before=stream,
        steps="waitForIt keep write",
        after=after_stream,
        names=("StreamName",),
    ),
    Case(
        runbook="record-change",
        before=lambda aws: {"TableName": table(aws, "changes")},
        steps="waitForTable write count check",
        after=lambda aws, _: _is(items(aws, "changes"), [{"Id": {"S": "change-1"}, "Count": {"N": "2"}}]),
        names=("TableName",),
    ),
    Case(
        runbook="move-lock",
        before=two_tables,
        steps="move",
        after=after_lock,
        names=("From", "To"),
    ),
    Case(
        runbook="rotate-key",
        before=disabled_key,
        steps="look isDisabled enable rotate check",
        after=after_rotate,
        names=("KeyId",),
    ),
    Case(
        runbook="seal-parameter",
        before=lambda aws: {"KeyId": key(aws), "ParameterName": parameter(aws, "/app/sealed")},
        steps="seal",
        after=after_seal,
        names=("KeyId", "ParameterName"),
    ),
    Case(
        runbook="retire-parameter",
        before=lambda aws: {"Old": parameter(aws, "/app/old"), "New": "/app/new"},
        steps="read remember write tag delete",
        after=after_retire,
        names=("Old", "New"),
    ),
    Case(
        runbook="find-or-make",
        before=lambda _: {"Name": "/app/made"},
        steps="read make",
        after=lambda aws, _: _is(value(aws, "/app/made"), "made"),
        names=("Name",),
    ),
    Case(
        runbook="change-secret",
        before=secret,
        steps="find put check",
        after=after_secret,
        names=("SecretId",),
    ),
    Case(
        runbook="keep-logs",
        before=lambda _: {"LogGroupName": "/app/made"},
        steps="make limit check",
        after=after_logs,
        names=("LogGroupName",),
    ),
    Case(
        runbook="warm-function",
        before=function,
        steps="moreTime waitForIt call",
        after=after_warm,
        names=("FunctionName",),
    ),
    Case(
        runbook="make-function",
        before=before_make_function,
        steps="make check",
        after=after_make_function,
        names=("FunctionName",),
    ),
    Case(
        runbook="run-state-machine",
        before=state_machine,
        steps="run",
        after=after_machine,
        names=("StateMachineArn",),
        idle={"states:StopExecution": "only when the automation is cancelled"},
    ),
    Case(
        runbook="replace-alarm",
        before=alarm,
        steps="make silence delete",
        after=after_alarm,
        names=("New",),
    ),
    Case(
        runbook="try-stack",
        before=lambda _: {"StackName": "tried"},
        steps="make keepAnyway delete",
        after=after_stack,
        names=("StackName",),
        idle={"sqs:*": STACK},
    ),
    Case(
        runbook="parent",
        starts=("child",),
        before=lambda _: {"ParameterName": "/app/result"},
        steps="startChild write label",
        after=after_parent,
        names=("ParameterName",),
    ),
    Case(
        runbook="tag-repository",
        before=repository,
        steps="fix check",
        after=after_repository,
        names=("RepositoryName",),
    ),
)


def _is(found: object, wanted: object) -> None:
    assert found == wanted
