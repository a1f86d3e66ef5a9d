"""What an API step's inputs narrow its permissions to, and what follows from them."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

import pytest

from automation_role.catalog import operations as catalog
from automation_role.derive.derivation import Derivation, derive
from automation_role.derive.operations import permissions_of
from automation_role.errors import RunbookError
from automation_role.findings import to_answer
from automation_role.runbook.model import Runbook
from automation_role.values.calls import ApiCall, Origin
from automation_role.values.patterns import ANY, Bound, Pattern
from automation_role.values.place import Place
from automation_role.values.value import Text

AT: Final = Origin("x", "step", 1)

HERE = Place(partition="aws", account="111122223333", regions=("eu-west-1",), role_arn="arn:aws:iam::111122223333:role/Automation")
TOKEN = "${Token[TOKEN.7]}"
EC2 = "arn:aws:ec2:eu-west-1:111122223333"
SSM = "arn:aws:ssm:eu-west-1:111122223333"


def derived(service: str, api: str, inputs: dict[str, Any], parameters: dict[str, Any] | None = None) -> Derivation:
    step = {"name": "call", "action": "aws:executeAwsApi", "inputs": {"Service": service, "Api": api, **inputs}}
    document = {
        "schemaVersion": "0.3",
        "parameters": {name: {"type": "String"} for name in ("Name", "Arn", "Given")},
        "mainSteps": [step],
    }
    return derive([Runbook.from_mapping(document, name="Test", parameters=parameters or {})])


def needs(service: str, api: str, parameters: dict[str, Any] | None = None, /, **inputs: Any) -> dict[str, list[str]]:
    """Action -> resources, as they are written."""
    found: dict[str, list[str]] = {}
    for permission in derived(service, api, inputs, parameters).permissions:
        found.setdefault(permission.action, []).extend(text for resource in permission.resources for text in HERE.write(resource))
    return found


def conditions(service: str, api: str, **inputs: Any) -> dict[str, list[tuple[str, str, list[str]]]]:
    return {
        permission.action: [
            (operator, key, [text for value in values for text in HERE.write(value)]) for operator, key, values in permission.conditions
        ]
        for permission in derived(service, api, inputs).permissions
    }


@pytest.mark.parametrize(
    ("service", "api", "inputs", "action", "resources"),
    [
        # names and identifiers
        ("ec2", "StartInstances", {"InstanceIds": ["i-1", "i-2"]}, "ec2:StartInstances", [f"{EC2}:instance/i-1", f"{EC2}:instance/i-2"]),
        ("s3", "PutBucketLogging", {"Bucket": "logs"}, "s3:PutBucketLogging", ["arn:aws:s3:::logs"]),
        ("s3", "GetObject", {"Bucket": "b", "Key": "a/c.txt"}, "s3:GetObject", ["arn:aws:s3:::b/a/c.txt"]),
        ("s3", "ListObjectsV2", {"Bucket": "b"}, "s3:ListBucket", ["arn:aws:s3:::b"]),
        ("dynamodb", "PutItem", {"TableName": "T"}, "dynamodb:PutItem", ["arn:aws:dynamodb:eu-west-1:111122223333:table/T"]),
        ("dynamodb", "Query", {"TableName": "T"}, "dynamodb:Query", ["arn:aws:dynamodb:eu-west-1:111122223333:table/T"]),
        (
            "dynamodb",
            "Query",
            {"TableName": "T", "IndexName": "I"},
            "dynamodb:Query",
            ["arn:aws:dynamodb:eu-west-1:111122223333:table/T/index/I", "arn:aws:dynamodb:eu-west-1:111122223333:table/T"],
        ),
        ("rds", "StopDBInstance", {"DBInstanceIdentifier": "Prod"}, "rds:StopDBInstance", ["arn:aws:rds:eu-west-1:111122223333:db:prod"]),
        ("iam", "GetRole", {"RoleName": "R"}, "iam:GetRole", ["arn:aws:iam::111122223333:role/R", "arn:aws:iam::111122223333:role/*/R"]),
        ("secretsmanager", "GetSecretValue", {"SecretId": "db"}, "secretsmanager:GetSecretValue", ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-??????"]),
        ("cloudformation", "DeleteStack", {"StackName": "S"}, "cloudformation:DeleteStack", ["arn:aws:cloudformation:eu-west-1:111122223333:stack/S/*"]),
        ("route53", "GetHostedZone", {"Id": "/hostedzone/Z1"}, "route53:GetHostedZone", ["arn:aws:route53:::hostedzone/Z1"]),
        # a path's leading slash, and where it is part of the name
        ("ssm", "GetParameter", {"Name": "/a/b:3"}, "ssm:GetParameter", [f"{SSM}:parameter/a/b"]),
        ("ssm", "GetServiceSetting", {"SettingId": "/ssm/x"}, "ssm:GetServiceSetting", [f"{SSM}:servicesetting/ssm/x"]),
        ("logs", "CreateLogGroup", {"logGroupName": "/x"}, "logs:CreateLogGroup", ["arn:aws:logs:eu-west-1:111122223333:log-group:/x", "arn:aws:logs:eu-west-1:111122223333:log-group:/x:*"]),
        # functions, with qualifiers
        ("lambda", "Invoke", {"FunctionName": "F"}, "lambda:InvokeFunction", ["arn:aws:lambda:eu-west-1:111122223333:function:F"]),
        ("lambda", "Invoke", {"FunctionName": "F", "Qualifier": "live"}, "lambda:InvokeFunction", ["arn:aws:lambda:eu-west-1:111122223333:function:F:live"]),
        ("lambda", "Invoke", {"FunctionName": "444455556666:function:F"}, "lambda:InvokeFunction", ["arn:aws:lambda:eu-west-1:444455556666:function:F"]),
        # whole ARNs stay as they are, whosever they are
        ("lambda", "Invoke", {"FunctionName": "arn:aws:lambda:us-east-1:444455556666:function:F"}, "lambda:InvokeFunction", ["arn:aws:lambda:us-east-1:444455556666:function:F"]),
        ("sns", "Publish", {"TopicArn": "arn:aws:sns:us-east-1:444455556666:T"}, "sns:Publish", ["arn:aws:sns:us-east-1:444455556666:T"]),
        ("kms", "Encrypt", {"KeyId": "arn:aws:kms:us-east-1:444455556666:key/k"}, "kms:Encrypt", ["arn:aws:kms:us-east-1:444455556666:key/k"]),
        ("s3", "GetObject", {"Bucket": "arn:aws:s3:eu-west-1:111122223333:accesspoint/ap", "Key": "k"}, "s3:GetObject", ["arn:aws:s3:eu-west-1:111122223333:accesspoint/ap/object/k"]),
        ("s3", "ListObjectsV2", {"Bucket": "arn:aws:s3:eu-west-1:111122223333:accesspoint/ap"}, "s3:ListBucket", ["arn:aws:s3:eu-west-1:111122223333:accesspoint/ap"]),
        # a key's alias says nothing of the key
        ("kms", "Encrypt", {"KeyId": "alias/a"}, "kms:Encrypt", ["arn:aws:kms:eu-west-1:111122223333:key/*"]),
        ("kms", "Encrypt", {"KeyId": "1234"}, "kms:Encrypt", ["arn:aws:kms:eu-west-1:111122223333:key/1234"]),
        # URLs
        ("sqs", "SendMessage", {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/Q"}, "sqs:SendMessage", ["arn:aws:sqs:eu-west-1:111122223333:Q"]),
        # what only a running automation knows
        ("ec2", "StopInstances", {"InstanceIds": ["{{ Name }}"]}, "ec2:StopInstances", [f"{EC2}:instance/*"]),
        ("s3", "GetObject", {"Bucket": "b", "Key": "x/{{ Name }}.json"}, "s3:GetObject", ["arn:aws:s3:::b/x/*.json"]),
        ("s3", "GetObject", {"Bucket": "{{ Name }}-{{ global:ACCOUNT_ID }}", "Key": "k"}, "s3:GetObject", ["arn:aws:s3:::*-111122223333/k"]),
        ("iam", "GetRole", {"RoleName": "{{ Name }}"}, "iam:GetRole", ["arn:aws:iam::111122223333:role/*"]),
        # both formats that its ARN can have, also when no part of it is known
        ("ecs", "UpdateContainerInstancesState", {"containerInstances": ["{{ Name }}"]}, "ecs:UpdateContainerInstancesState", ["arn:aws:ecs:eu-west-1:111122223333:container-instance/*/*", "arn:aws:ecs:eu-west-1:111122223333:container-instance/*"]),
        # the type, by the identifier or by what the input says
        ("ec2", "CreateTags", {"Resources": ["vol-1", "ami-2"]}, "ec2:CreateTags", [f"{EC2}:volume/vol-1", "arn:aws:ec2:eu-west-1::image/ami-2"]),
        ("ssm", "AddTagsToResource", {"ResourceType": "Parameter", "ResourceId": "/p"}, "ssm:AddTagsToResource", [f"{SSM}:parameter/p"]),
        ("lambda", "TagResource", {"Resource": "arn:aws:lambda:eu-west-1:1:function:f"}, "lambda:TagResource", ["arn:aws:lambda:eu-west-1:1:function:f"]),
        # an instance is not a managed node, and the other way round
        ("ssm", "SendCommand", {"DocumentName": "D", "InstanceIds": ["i-1"]}, "ssm:SendCommand", [f"{SSM}:document/D", f"{EC2}:instance/i-1"]),
        ("ssm", "SendCommand", {"DocumentName": "AWS-D", "InstanceIds": ["mi-1"]}, "ssm:SendCommand", ["arn:aws:ssm:eu-west-1::document/AWS-D", f"{SSM}:managed-instance/mi-1"]),
        # an optional type whose input is not given is not meant; one that is required is any
        ("ecs", "UpdateService", {"service": "s"}, "ecs:UpdateService", ["arn:aws:ecs:eu-west-1:111122223333:service/*/s", "arn:aws:ecs:eu-west-1:111122223333:service/s"]),
        ("events", "PutRule", {"Name": "R"}, "events:PutRule", ["arn:aws:events:eu-west-1:111122223333:rule/R"]),
        ("events", "PutRule", {"Name": "R", "EventBusName": "B"}, "events:PutRule", ["arn:aws:events:eu-west-1:111122223333:rule/B/R", "arn:aws:events:eu-west-1:111122223333:rule/R"]),
        # API Gateway: verbs on paths
        ("apigateway", "UpdateStage", {"restApiId": "a", "stageName": "s"}, "apigateway:PATCH", ["arn:aws:apigateway:eu-west-1::/restapis/a/stages/s"]),
        ("apigatewayv2", "GetStage", {"ApiId": "{{ Name }}", "StageName": "s"}, "apigateway:GET", ["arn:aws:apigateway:eu-west-1::/apis/*/stages/s"]),
        # documents in every form that starting is authorized on
        (
            "ssm",
            "StartAutomationExecution",
            {"DocumentName": "AWS-R", "DocumentVersion": "3"},
            "ssm:StartAutomationExecution",
            ["arn:aws:ssm:eu-west-1::automation-definition/AWS-R:3", f"{SSM}:automation-execution/*", "arn:aws:ssm:eu-west-1::document/AWS-R"],
        ),
        # nothing narrower in IAM
        ("ec2", "DescribeInstances", {"InstanceIds": ["i-1"]}, "ec2:DescribeInstances", ["*"]),
    ],
)  # fmt: skip
def test_inputs_narrow_an_action_to_their_resources(service: str, api: str, inputs: dict[str, Any], action: str, resources: list[str]):
    assert needs(service, api, **inputs)[action] == resources


@pytest.mark.parametrize(
    ("service", "api", "inputs", "action", "resources"),
    [
        ("s3", "PutBucketLogging", {"Bucket": "{{ Name }}"}, "s3:PutBucketLogging", [f"arn:aws:s3:::{TOKEN}"]),
        ("sns", "Publish", {"TopicArn": "{{ Arn }}"}, "sns:Publish", [TOKEN]),
        # nobody can see whether a token begins with a slash
        ("ssm", "GetParameter", {"Name": "{{ Name }}"}, "ssm:GetParameter", [f"{SSM}:parameter/{TOKEN}", f"{SSM}:parameter{TOKEN}"]),
        # nor the name of a queue in the token of its URL
        ("sqs", "SendMessage", {"QueueUrl": "{{ Name }}"}, "sqs:SendMessage", ["arn:aws:sqs:eu-west-1:111122223333:*"]),
    ],
)
def test_a_token_bound_to_a_parameter_goes_into_the_arn_unchanged(
    service: str, api: str, inputs: dict[str, Any], action: str, resources: list[str]
):
    assert needs(service, api, {"Name": TOKEN, "Arn": TOKEN}, **inputs)[action] == resources


def test_an_arn_with_tokens_in_it_is_one():
    function = f"arn:{TOKEN}:lambda:{TOKEN}:{TOKEN}:function:mine"
    assert needs("lambda", "Invoke", {"Name": function}, FunctionName="{{ Name }}") == {"lambda:InvokeFunction": [function]}
    assert needs("lambda", "Invoke", FunctionName=function) == {"lambda:InvokeFunction": [function]}
    assert needs("kms", "Decrypt", {"Name": f"arn:{TOKEN}:kms:{TOKEN}"}, KeyId="{{ Name }}:1:key/k") == {
        "kms:Decrypt": [f"arn:{TOKEN}:kms:{TOKEN}:1:key/k"]
    }


def test_what_stands_between_tokens_is_read():
    url = f"https://sqs.{TOKEN}.amazonaws.com/111122223333/mine"
    assert needs("sqs", "SendMessage", {"Name": url}, QueueUrl="{{ Name }}") == {
        "sqs:SendMessage": ["arn:aws:sqs:eu-west-1:111122223333:mine"]
    }


def test_literal_stars_are_not_wildcards():
    assert needs("s3", "GetObject", Bucket="b", Key="a*?")["s3:GetObject"] == ["arn:aws:s3:::b/a${*}${?}"]


# -- what follows --------------------------------------------------------------------------------------------------------------------


def test_nothing_follows_from_inputs_that_are_not_set():
    assert list(needs("lambda", "UpdateFunctionConfiguration", FunctionName="F")) == ["lambda:UpdateFunctionConfiguration"]
    assert list(needs("ec2", "CreateVolume", AvailabilityZone="eu-west-1a")) == ["ec2:CreateVolume"]
    assert list(needs("s3", "DeleteObject", Bucket="b", Key="k", BypassGovernanceRetention=False)) == ["s3:DeleteObject"]


def test_a_role_is_passed_only_to_its_service():
    role = "arn:aws:iam::111122223333:role/Function"
    assert needs("lambda", "UpdateFunctionConfiguration", FunctionName="F", Role=role)["iam:PassRole"] == [role]
    passed = conditions("lambda", "UpdateFunctionConfiguration", FunctionName="F", Role=role)["iam:PassRole"]
    assert passed == [("StringEquals", "iam:PassedToService", ["lambda.amazonaws.com"])]


def test_a_role_by_its_name_is_found_under_any_path():
    found = needs("iam", "AddRoleToInstanceProfile", RoleName="R", InstanceProfileName="P")
    assert found["iam:PassRole"] == ["arn:aws:iam::111122223333:role/R", "arn:aws:iam::111122223333:role/*/R"]


@pytest.mark.parametrize(
    ("service", "api", "inputs"),
    [
        ("lambda", "UpdateFunctionConfiguration", {"FunctionName": "F", "Role": "{{ Arn }}"}),
        ("ec2", "RunInstances", {"ImageId": "ami-1", "IamInstanceProfile": {"Name": "P"}}),
    ],
)
def test_any_role_may_be_passed_if_nothing_is_known_and_a_finding_reports_it(service: str, api: str, inputs: dict[str, Any]):
    assert needs(service, api, **inputs)["iam:PassRole"] == ["arn:aws:iam::111122223333:role/*"]
    assert [finding.id for finding in to_answer(derived(service, api, inputs).findings)] == ["passedRoleUnknown"]


def test_a_role_that_may_be_in_an_unknown_input_is_reported_and_not_granted():
    inputs = {"Rule": "R", "Targets": "{{ Name }}"}
    assert "iam:PassRole" not in needs("events", "PutTargets", **inputs)
    assert ["Targets" in finding.message for finding in derived("events", "PutTargets", inputs).findings] == [True]


def test_an_attribute_that_holds_a_role_passes_it_and_no_other_attribute_does():
    role = "arn:aws:iam::111122223333:role/Feedback"
    attribute = {"TopicArn": "arn:aws:sns:eu-west-1:111122223333:T", "AttributeValue": role}
    assert needs("sns", "SetTopicAttributes", AttributeName="LambdaSuccessFeedbackRoleArn", **attribute)["iam:PassRole"] == [role]
    assert "iam:PassRole" not in needs("sns", "SetTopicAttributes", AttributeName="DisplayName", **attribute)


def test_tags_of_what_ec2_creates_are_only_for_that():
    inputs = {"AvailabilityZone": "a", "TagSpecifications": [{"ResourceType": "volume", "Tags": [{"Key": "k", "Value": "v"}]}]}
    assert needs("ec2", "CreateVolume", **inputs)["ec2:CreateTags"] == [f"{EC2}:volume/*"]
    assert conditions("ec2", "CreateVolume", **inputs)["ec2:CreateTags"] == [("StringEquals", "ec2:CreateAction", ["CreateVolume"])]


def test_tags_of_other_services_are_on_what_is_made():
    found = needs("iam", "CreateRole", RoleName="R", AssumeRolePolicyDocument="{}", Tags=[{"Key": "k", "Value": "v"}])
    assert found["iam:TagRole"] == found["iam:CreateRole"]


def test_a_key_that_is_set_is_used_and_grants_on_it_are_for_the_service():
    inputs = {"AvailabilityZone": "a", "Encrypted": True, "KmsKeyId": "k"}
    assert needs("ec2", "CreateVolume", **inputs)["kms:CreateGrant"] == ["arn:aws:kms:eu-west-1:111122223333:key/k"]
    assert conditions("ec2", "CreateVolume", **inputs)["kms:CreateGrant"] == [("Bool", "kms:GrantIsForAWSResource", ["true"])]


def test_a_copy_reads_one_object_and_writes_another():
    both = {"s3:GetObject": ["arn:aws:s3:::from/a.txt"], "s3:PutObject": ["arn:aws:s3:::to/b.txt"]}
    version = {"s3:GetObjectVersion": ["arn:aws:s3:::from/a.txt"]}
    assert needs("s3", "CopyObject", CopySource={"Bucket": "from", "Key": "a.txt"}, Bucket="to", Key="b.txt") == both
    assert needs("s3", "CopyObject", CopySource="/from/a.txt?versionId=1", Bucket="to", Key="b.txt") == both | version


def sent(targets: Any) -> list[tuple[list[str], list[Any]]]:
    """Resources and conditions of what sends a command."""
    return [
        ([text for resource in permission.resources for text in HERE.write(resource)], [key for _, key, _ in permission.conditions])
        for permission in derived("ssm", "SendCommand", {"DocumentName": "D", "Targets": targets}).permissions
    ]


def test_a_command_to_tagged_nodes_is_held_to_their_tags():
    documents, nodes = sent([{"Key": "tag:Env", "Values": ["Prod"]}])
    assert documents == ([f"{SSM}:document/D"], [])
    assert nodes == ([f"{EC2}:instance/*", f"{SSM}:managed-instance/*"], ["ssm:resourceTag/Env"])


def test_a_command_to_nodes_by_their_identifiers_is_held_to_these():
    targets = [{"Key": "InstanceIds", "Values": ["i-1", "mi-2"]}]
    assert sent(targets) == [([f"{SSM}:document/D", f"{EC2}:instance/i-1", f"{SSM}:managed-instance/mi-2"], [])]


@pytest.mark.parametrize(
    "targets",
    [
        [{"Key": "tag:Env", "Values": ["{{ Name }}"]}],
        [{"Key": "InstanceIds", "Values": ["*"]}],
        [{"Key": "tag:Env", "Values": ["Prod"]}, {"Key": "resource-groups:Name", "Values": ["g"]}],
        "{{ Name }}",
    ],
)
def test_a_command_to_nodes_that_are_not_known_is_to_any(targets: Any):
    assert sent(targets) == [([f"{SSM}:document/D", f"{EC2}:instance/*", f"{SSM}:managed-instance/*"], [])]


def test_attaching_a_policy_is_attaching_that_policy():
    policy = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    assert conditions("iam", "AttachRolePolicy", RoleName="R", PolicyArn=policy)["iam:AttachRolePolicy"] == [
        ("ArnLike", "iam:PolicyARN", [policy])
    ]
    assert conditions("iam", "AttachRolePolicy", RoleName="R", PolicyArn="{{ Arn }}")["iam:AttachRolePolicy"] == []
    any_of_aws = conditions("iam", "AttachRolePolicy", RoleName="R", PolicyArn="arn:aws:iam::aws:policy/{{ Name }}")
    assert any_of_aws["iam:AttachRolePolicy"] == [("ArnLike", "iam:PolicyARN", ["arn:aws:iam::aws:policy/*"])]


@pytest.mark.parametrize(
    ("parameter", "resource"),
    [
        ({"type": "AWS::EC2::Instance::Id"}, "instance/*"),
        ({"type": "String", "allowedPattern": "^vol-[0-9a-f]+$"}, "volume/*"),
    ],
)
def test_a_parameter_whose_identifiers_are_of_one_type_names_that_type(parameter: dict[str, Any], resource: str):
    tag = {"name": "tag", "action": "aws:createTags", "inputs": {"ResourceIds": ["{{ Id }}"], "Tags": [{"Key": "k", "Value": "v"}]}}
    document = {"schemaVersion": "0.3", "parameters": {"Id": parameter}, "mainSteps": [tag]}
    derivation = derive([Runbook.from_mapping(document, name="Test")])
    assert derivation.findings == ()
    created = next(permission for permission in derivation.permissions if permission.action == "ec2:CreateTags")
    assert [HERE.write(each) for each in created.resources] == [(f"{EC2}:{resource}",)]


def test_a_name_is_narrowed_to_how_its_pattern_begins():
    step = {"name": "s", "action": "aws:executeAwsApi", "inputs": {"Service": "s3", "Api": "GetBucketAcl", "Bucket": "{{ B }}"}}
    parameters = {"B": {"type": "String", "allowedPattern": "^team-logs-[a-z]+$"}}
    derivation = derive([Runbook.from_mapping({"schemaVersion": "0.3", "parameters": parameters, "mainSteps": [step]}, name="Test")])
    assert [HERE.write(each) for each in derivation.permissions[0].resources] == [("arn:aws:s3:::team-logs-*",)]


def test_more_types_than_can_be_listed_are_all_of_the_service_and_a_finding_reports_it():
    inputs = {"Resources": ["{{ Name }}"], "Tags": [{"Key": "k"}]}
    assert needs("ec2", "CreateTags", **inputs)["ec2:CreateTags"] == [
        "arn:aws:ec2:eu-west-1:111122223333:*",
        "arn:aws:ec2:eu-west-1::*",
        "arn:aws:ec2::111122223333:*",
    ]
    assert [finding.id for finding in derived("ec2", "CreateTags", inputs).findings] == ["manyResourceTypes"]


@pytest.mark.parametrize(
    ("service", "api", "finding", "hint"),
    [
        ("ec3", "StartInstances", "unknownService", "did you mean 'ec2'?"),
        ("ec2", "StartInstance", "unknownOperation", "did you mean 'StartInstances'?"),
        ("ec2", "GetImageFindings", "unmappedOperation", "extra_statements"),
    ],
)
def test_what_the_catalog_does_not_have_is_reported_with_the_nearest_name(service: str, api: str, finding: str, hint: str):
    derivation = derived(service, api, {})
    assert derivation.permissions == ()
    assert [(each.id, each.step, hint in each.message) for each in derivation.findings] == [(finding, "call", True)]


@pytest.mark.parametrize("spelling", ["DescribeInstances", "describe_instances", "describeInstances", "DESCRIBEINSTANCES"])
def test_an_operation_is_found_in_every_spelling(spelling: str):
    assert list(needs("EC2", spelling)) == ["ec2:DescribeInstances"]


# -- never what IAM refuses ------------------------------------------------------------------------------------------------------------

ARN = re.compile(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+", re.DOTALL)
GIVEN = {
    "a name": Pattern.literal("lit"),
    "half an ARN": Pattern.literal("arn:x"),
    "a URL": Pattern.literal("https://x/y"),
    "a bound name": Pattern((Bound("P", "r", "lit"),)),
    "an ARN cut short": Pattern(("arn:aws", ANY)),
    "what begins unknown": Pattern((ANY, "/x")),
}


@pytest.mark.parametrize("value", GIVEN.values(), ids=GIVEN)
def test_whatever_stands_in_an_input_a_resource_is_an_arn_or_all(value: Pattern):
    wrong = [
        f"{service} {operation}: {permission.action} on {text}"
        for service, operation in operations_that_differ()
        for permission in permissions_of(
            ApiCall(service=service, operation=operation, inputs=given_everywhere(service, operation, value), origin=AT)
        )[0]
        for resource in permission.resources
        for text in Place().write(resource)
        if text != "*" and not ARN.fullmatch(text)
    ]
    assert wrong == []


@cache
def operations_that_differ() -> list[tuple[str, str]]:
    """One operation of all that have the same inputs for the same resource types: what stands in an input does the same to all of these."""
    found: dict[object, tuple[str, str]] = {}
    for service in catalog.services():
        for operation in known(service).operations:
            types = [catalog.resource_types(action) for action in known(service).actions_of(operation) or ()]
            found.setdefault((repr(known(service).details(operation)), repr(types)), (service, operation))
    return list(found.values())


def known(name: str) -> catalog.Service:
    service = catalog.service(name)
    assert service is not None
    return service


def given_everywhere(service: str, operation: str, value: Pattern) -> dict[str, Any]:
    """The same text in each input that says something of a resource or a role."""
    details = known(service).details(operation)
    inputs: dict[str, Any] = {}
    for path in [
        *(member for spec in details.fills.values() for member in re.split(r"[|!]", spec.rstrip("?"))),
        *(path.partition(" where ")[0] for path in details.passes),
    ]:
        *above, last = path.removesuffix("{}").split(".")
        at = inputs
        for word in above:
            at = at[word] if isinstance(at.get(word), dict) else at.setdefault(word, {}) if word not in at else {}
        at.setdefault(last, Text((value,)))
    return inputs


def test_a_name_instead_of_an_arn_is_reported_and_allows_any_of_the_type():
    done = derived("sns", "Publish", {"TopicArn": "lit"})
    assert [(finding.id, finding.message) for finding in to_answer(done.findings)] == [
        ("noArn", "TopicArn of sns Publish is 'lit', which is not an ARN, so any resource of the type is allowed; write the whole ARN")
    ]
    assert needs("sns", "Publish", TopicArn="lit") == {"sns:Publish": ["arn:aws:sns:eu-west-1:111122223333:*"]}


def publishing(parameter: dict[str, Any], *names: str) -> dict[str, Any]:
    """A document whose steps of these names publish to the topic that a parameter holds."""
    inputs = {"Service": "sns", "Api": "Publish", "TopicArn": "{{ Topic }}"}
    steps = [{"name": name, "action": "aws:executeAwsApi", "inputs": inputs} for name in names]
    return {"schemaVersion": "0.3", "parameters": {"Topic": {"type": "String", **parameter}}, "mainSteps": steps}


def test_allowed_values_that_are_not_arns_are_left_out():
    topic = "arn:aws:sns:eu-central-1:111122223333:x"
    done = derive([Runbook.from_mapping(publishing({"allowedValues": ["none", topic]}, "tell"), name="x")])
    assert [HERE.write(resource) for permission in done.permissions for resource in permission.resources] == [(topic,)]
    assert to_answer(done.findings) == ()


def test_a_value_that_a_user_gives_where_an_arn_must_stand_is_refused():
    document = publishing({}, "tell", "again")
    with pytest.raises(RunbookError) as refused:
        derive([Runbook.from_mapping(document, name="x", parameters={"Topic": "lit"})])
    told = "<mapping>:4: parameters: 'Topic' is 'lit' → an ARN, because step '{}' passes it to sns Publish as TopicArn; pass the whole ARN"
    assert [str(problem) for problem in refused.value.problems] == [told.format("tell"), told.format("again")]
    assert to_answer(derive([Runbook.from_mapping(document, name="x", parameters={"Topic": "${Token[TOKEN.1]}"})]).findings) == ()


PASSING = {
    "schemaVersion": "0.3",
    "parameters": {
        "Role": {"type": "String", "allowedPattern": "^arn:aws.*:role/.*"},
        "Topic": {"type": "String", "allowedPattern": "^arn:.*:sns:.*"},
    },
    "mainSteps": [
        {
            "name": "make",
            "action": "aws:executeAwsApi",
            "inputs": {"Service": "lambda", "Api": "CreateFunction", "FunctionName": "f", "Role": "{{ Role }}"},
        },
        {
            "name": "start",
            "action": "aws:executeAutomation",
            "inputs": {"DocumentName": "Other", "RuntimeParameters": {"AutomationAssumeRole": "{{ Role }}"}},
        },
        {"name": "tell", "action": "aws:executeAwsApi", "inputs": {"Service": "sns", "Api": "Publish", "TopicArn": "{{ Topic }}"}},
    ],
}


def test_an_arn_with_only_a_known_beginning_means_any_resource_of_its_type():
    done = derive([Runbook.from_mapping(PASSING, name="x")])
    written = {(each.action, text) for each in done.permissions for resource in each.resources for text in HERE.write(resource)}
    assert {text for action, text in written if action == "iam:PassRole"} == {"arn:aws:iam::111122223333:role/*"}
    assert {text for action, text in written if action == "sns:Publish"} == {"arn:aws:sns:eu-west-1:111122223333:*"}
    assert [finding.step for finding in done.findings if finding.id == "passedRoleUnknown"] == ["make", "start"]


def test_a_role_that_an_automation_is_passed_by_name_is_written_as_an_arn():
    document = {**PASSING, "parameters": {"Role": {"type": "String"}, "Topic": {"type": "String"}}}
    done = derive([Runbook.from_mapping(document, name="x", parameters={"Role": "Own"})])
    (start,) = (each for each in done.permissions if each.action == "iam:PassRole" and each.origins[0].step == "start")
    assert [HERE.write(resource)[0] for resource in start.resources] == [
        f"arn:aws:iam::111122223333:role/{name}" for name in ("Own", "*/Own")
    ]
