"""Calls are made in the Region of their client: a literal one, any when it is not known, else the automation's own."""

from __future__ import annotations

from textwrap import indent

import pytest

from automation_role.derive.derivation import derive
from automation_role.findings import to_answer
from automation_role.values.patterns import Pattern
from automation_role.values.place import Place
from tests.unit.scripts import runbook_of

PLACE = Place(partition="aws", account="111122223333", regions=("eu-west-1",))
STOP = "stop_instances(InstanceIds=['i-1'])"
INSTANCE = "arn:aws:ec2:{}:111122223333:instance/i-1"
OWN, ANYWHERE, THERE = (INSTANCE.format(region) for region in ("eu-west-1", "*", "us-east-1"))
CASES = [
    ("none is given", f"boto3.client('ec2').{STOP}", OWN),
    ("a literal", f"boto3.client('ec2', region_name='us-east-1').{STOP}", THERE),
    ("in its place", f"boto3.client('ec2', 'us-east-1').{STOP}", THERE),
    ("of a resource", "boto3.resource('ec2', region_name='us-east-1').Instance('i-1').stop()", THERE),
    ("of a session", f"boto3.Session(region_name='us-east-1').client('ec2').{STOP}", THERE),
    ("of a client of a session", f"boto3.Session(region_name='us-west-2').client('ec2', region_name='us-east-1').{STOP}", THERE),
    ("of the default session", f"boto3.setup_default_session(region_name='us-east-1')\nboto3.client('ec2').{STOP}", THERE),
    ("of a configuration", f"boto3.client('ec2', config=Config(region_name='us-east-1')).{STOP}", THERE),
    ("unknown", f"boto3.client('ec2', region_name=events['Region']).{STOP}", ANYWHERE),
    ("every one", f"for r in boto3.client('ec2').describe_regions()['Regions']: boto3.client('ec2', region_name=r['RegionName']).{STOP}", ANYWHERE),
    ("several", f"for r in ['us-east-1', 'eu-west-1']: boto3.client('ec2', region_name=r).{STOP}", f"{OWN} {THERE}"),
    ("perhaps another", f"boto3.client('ec2', region_name='us-east-1' if events else None).{STOP}", f"{OWN} {THERE}"),
    ("its own, of a session", f"boto3.client('ec2', region_name=boto3.Session().region_name).{STOP}", OWN),
    ("its own, of a client", f"boto3.client('ec2', region_name=boto3.client('sns').meta.region_name).{STOP}", OWN),
    ("its own, of the environment", f"boto3.client('ec2', region_name=os.environ['AWS_REGION']).{STOP}", OWN),
    ("set in the environment", f"os.environ['AWS_DEFAULT_REGION'] = 'us-east-1'\nboto3.client('ec2').{STOP}", f"{OWN} {THERE}"),
    ("of a paginator", "boto3.client('sns', 'us-east-1').get_paginator('list_subscriptions_by_topic').paginate(TopicArn='arn:aws:sns:us-east-1:111122223333:t')", "arn:aws:sns:us-east-1:111122223333:t"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "resources"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_resources_are_in_the_region_of_the_client(body: str, resources: str) -> None:
    assert resources_of(body) == set(resources.split())


def resources_of(body: str) -> set[str]:
    script = f"import boto3, os\nfrom botocore.config import Config\ndef handler(events, context):\n{indent(body, '    ')}\n"
    statements = derive([runbook_of(script)]).policy().statements
    return {text for statement in statements for pattern in statement.resources for text in PLACE.write(pattern)} - {"*"}


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:sns:{boto3.Session().region_name}:{boto3.client('sts').get_caller_identity()['Account']}:t",
        "arn:{boto3.Session().get_partition_for_region('x')}:sns:{os.environ.get('AWS_REGION')}:{boto3.client('sts').get_caller_identity().get('Account')}:t",
        "arn:aws:sns:{boto3.client('ec2').meta.region_name}:{boto3.client('sts').get_caller_identity()['Arn'].split(':')[4]}:t",
    ],
)
def test_the_callers_account_and_region_are_the_roles_own(arn: str) -> None:
    body = f'boto3.client("sns").publish(TopicArn=f"{arn}", Message="x")'
    assert resources_of(body) == {"arn:aws:sns:eu-west-1:111122223333:t"}


@pytest.mark.parametrize("method", ["upload_file('f', ", "upload_fileobj(open('f'), ", "copy({'Bucket': 'a', 'Key': 'k'}, "])
def test_what_goes_up_in_parts_with_a_key_is_decrypted_too(method: str) -> None:
    key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    body = f"boto3.client('s3').{method}'b', 'k', ExtraArgs={{'ServerSideEncryption': 'aws:kms', 'SSEKMSKeyId': '{key}'}})"
    script = f"import boto3\ndef handler(events, context):\n    {body}\n"
    on_key = {each.action for each in derive([runbook_of(script)]).permissions if Pattern.literal(key) in each.resources}
    assert on_key == {"kms:Decrypt", "kms:GenerateDataKey"}


@pytest.mark.parametrize(
    "method",
    [
        *(
            "Bucket('b').upload_file('f', 'k', {0})",
            "Bucket('b').upload_fileobj(f, 'k', ExtraArgs={0})",
            "Object('b', 'k').upload_file('f', {0})",
        ),
        *(
            "Bucket('b').copy({{'Bucket': 'a', 'Key': 'k'}}, 'k', {0})",
            "Object('b', 'k').copy({{'Bucket': 'a', 'Key': 'k'}}, ExtraArgs={0})",
        ),
    ],
)
def test_a_resource_passes_its_extra_arguments(method: str) -> None:
    key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    body = method.format(f"{{'ServerSideEncryption': 'aws:kms', 'SSEKMSKeyId': '{key}'}}")
    script = f"import boto3\ndef handler(events, context):\n    boto3.resource('s3').{body}\n"
    on_key = {each.action for each in derive([runbook_of(script)]).permissions if Pattern.literal(key) in each.resources}
    assert on_key == {"kms:Decrypt", "kms:GenerateDataKey"}


@pytest.mark.parametrize("extra", ["events['x']", "{**events['x']}", "{'ServerSideEncryption': 'AES256', **events['x']}"])
@pytest.mark.parametrize(
    ("method", "may_need"),
    [
        ("client('s3').upload_file('f', 'b', 'k', {0})", ["kms:GenerateDataKey", "kms:Decrypt"]),
        ("client('s3').copy({{'Bucket': 'a', 'Key': 'k'}}, 'b', 'k', {0})", ["kms:GenerateDataKey", "kms:Decrypt"]),
        ("resource('s3').Bucket('b').upload_file('f', 'k', {0})", ["kms:GenerateDataKey", "kms:Decrypt"]),
    ],
)
def test_extra_arguments_that_are_runtime_values_may_have_a_key(method: str, may_need: list[str], extra: str) -> None:
    script = f"import boto3\ndef handler(events, context):\n    boto3.{method.format(extra)}\n"
    said = " ".join(each.message for each in derive([runbook_of(script)]).findings if each.id == "mayAlsoNeed")
    assert [action for action in may_need if action not in said] == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("Instance(events['x']).create_tags(Tags=[])", ":instance"),
        ("Instance(events['x']).delete_tags(Tags=[])", ":instance"),
        ("instances.filter(Filters=[]).create_tags(Tags=[])", ":instance"),
        ("create_instances(ImageId='ami-1')[0].create_tags(Tags=[])", ":instance"),
        ("Instance(events['x']).volumes.create_tags(Tags=[])", ":volume"),
        ("NetworkAcl(events['x']).create_tags(Tags=[])", ":network-acl"),
    ],
)
def test_tags_of_a_resource_are_of_its_type(body: str, kind: str) -> None:
    script = f"import boto3\ndef handler(events, context):\n    boto3.resource('ec2').{body}\n"
    found = derive([runbook_of(script)])
    (tags,) = [each for each in found.permissions if each.action in {"ec2:CreateTags", "ec2:DeleteTags"}]
    assert [text for each in tags.resources for text in PLACE.write(each)] == [f"arn:aws:ec2:eu-west-1:111122223333{kind}/*"]
    assert not to_answer(found.findings)


@pytest.mark.parametrize("changed", ["os.environ['AWS_REGION'] = 'us-east-1'", "boto3.setup_default_session(region_name='us-east-1')"])
def test_the_region_of_the_default_session_may_change_between_two_calls_of_a_function(changed: str) -> None:
    body = f"def stop(): boto3.client('ec2').stop_instances(InstanceIds=['i-1'])\nstop()\n{changed}\nstop()"
    assert resources_of(body) == {f"arn:aws:ec2:{region}:111122223333:instance/i-1" for region in ("eu-west-1", "us-east-1")}


def test_a_new_session_is_in_the_region_of_the_environment() -> None:
    body = "boto3.setup_default_session(region_name='us-east-1')\nboto3.Session().client('ec2').stop_instances(InstanceIds=['i-1'])"
    assert resources_of(body) == {"arn:aws:ec2:eu-west-1:111122223333:instance/i-1"}
