"""What is known of a call's inputs: literals, constants, the payload, parameters; nothing that is not sure."""

from __future__ import annotations

from typing import Any

import pytest

from automation_role.values.patterns import Pattern
from automation_role.values.value import UNKNOWN, Text
from tests.unit.scripts import read


def inputs_of(script: str, **more: Any) -> Any:
    _, _, calls = read(script, **more)
    (call,) = calls
    return dict(call.inputs) if call.complete else {**call.inputs, "...": None}


def text(*options: str) -> Text:
    return Text(tuple(Pattern.of(option) for option in options))


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("Bucket='b'", {"Bucket": text("b")}),
        ("Bucket=NAME", {"Bucket": text("b")}),
        ("Bucket=f'{NAME}-logs'", {"Bucket": text("b-logs")}),
        ("Bucket=NAME + '-' + e['x']", {"Bucket": text("b-*")}),
        ("Bucket='a' if e['x'] else 'b'", {"Bucket": text("a", "b")}),
        ("Bucket=e['x']", {"Bucket": UNKNOWN}),
        ("Bucket='%s-%s' % (NAME, e['x'])", {"Bucket": text("b-*")}),
        ("Bucket='{}/{}'.format(NAME, e['x'])", {"Bucket": text("b/*")}),
        ("Bucket=['a', e['x']][0]", {"Bucket": text("a")}),
        ("**{'Bucket': 'b', 'Prefix': 'p'}", {"Bucket": text("b"), "Prefix": text("p")}),
        ("**dict(Bucket='b')", {"Bucket": text("b")}),
        ("Bucket='b', **e['more']", {"Bucket": text("b"), "...": None}),
        ("Bucket=NAMES[e['x']]", {"Bucket": text("one", "two")}),
        ("Bucket=NAME.upper().lower()", {"Bucket": text("b")}),
        ("Bucket=helper('x')", {"Bucket": text("x-bucket")}),
    ],
)
def test_an_input_is_known_as_far_as_it_is_sure(written: str, known: dict[str, Any]) -> None:
    script = f"""
        import boto3
        NAME = "b"
        NAMES = {{"1": "one", "2": "two"}}
        def helper(x): return x + "-bucket"
        def handler(e, c):
            boto3.client("s3").list_objects_v2({written})
    """
    assert inputs_of(script) == known


def test_the_payload_brings_literals_parameters_and_what_is_not_known() -> None:
    script = """
        import boto3
        def handler(e, c):
            boto3.client("ec2").create_tags(Resources=[e["Id"], e["Fixed"]], Tags=e["Tags"], DryRun=e.get("No"))
    """
    payload = {"Id": "{{ Id }}", "Fixed": "i-1", "Tags": "{{ other.Step }}"}
    parameters = {"Id": {"type": "String", "allowedValues": ["i-2", "i-3"]}}
    assert inputs_of(script, payload=payload, parameters=parameters) == {
        "Resources": (text("i-2", "i-3"), text("i-1")),
        "Tags": UNKNOWN,
        "DryRun": None,
    }


def test_a_condition_narrows_what_an_input_may_be() -> None:
    script = """
        import boto3
        def handler(e, c):
            name = e["Name"]
            if name not in ("a", "b"):
                raise ValueError(name)
            boto3.client("s3").delete_bucket(Bucket=name)
    """
    assert inputs_of(script) == {"Bucket": text("a", "b")}


def test_a_resource_passes_its_identifiers_on() -> None:
    script = """
        import boto3
        def handler(e, c):
            boto3.resource("iam").Role("admin").attach_policy(PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    """
    assert inputs_of(script) == {"RoleName": text("admin"), "PolicyArn": text("arn:aws:iam::aws:policy/ReadOnlyAccess")}


def test_members_of_a_collection_know_their_parent() -> None:
    script = """
        import boto3
        def handler(e, c):
            boto3.resource("s3").Bucket("b").object_versions.delete()
    """
    _, _, calls = read(script)
    assert {call.operation: dict(call.inputs) for call in calls} == {
        "ListObjectVersions": {"Bucket": text("b")},
        "DeleteObject": {"Bucket": text("b"), "Key": UNKNOWN, "VersionId": UNKNOWN},
    }


def test_a_list_that_grows_is_never_taken_for_what_it_was() -> None:
    script = """
        import boto3
        def handler(e, c):
            ids = ["i-1"]
            for x in e["more"]:
                ids.append(x)
            boto3.client("ec2").stop_instances(InstanceIds=ids)
    """
    assert inputs_of(script) == {"InstanceIds": (text("i-1"), UNKNOWN)}
