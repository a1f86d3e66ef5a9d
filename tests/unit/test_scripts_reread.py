"""Which functions of a script are read again with other arguments, or because something has changed, and which are not (ADR 25)."""

from __future__ import annotations

from collections import Counter
from textwrap import dedent

import pytest

from automation_role.derive.scripts.reader.functions import Functions
from automation_role.derive.scripts.reader.results import Known
from automation_role.derive.scripts.script import Read, Script, read_script
from automation_role.derive.scripts.values.frames import Frame
from automation_role.derive.scripts.values.functions import Function


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the body of each function was read."""
    counted: Counter[str] = Counter()
    read_body = Functions._read_body

    def count(self: Functions, function: Function, frame: Frame, variables: dict[str, object]) -> object:
        counted[function.name] += 1
        return read_body(self, function, frame, variables)  # type: ignore[arg-type]

    monkeypatch.setattr(Functions, "_read_body", count)
    return counted


def _read(script: str) -> Read:
    return read_script(Script(text="import boto3\n" + dedent(script), handler="handler", files={}))


def _operations(read: Read) -> set[str]:
    return {operation for _, operation, _ in read.calls}


def _made(operation: str, read: Read) -> list[Known]:
    """What is known of the calls of an operation."""
    return [known for (_, name, _), several in read.calls.items() for known in several if name == operation]


RECORDS = """
    class Plain:
        pass
    class Other:
        def rest(self): pass
    class Job:
        def start(self):
            boto3.client("ec2").start_instances(InstanceIds=["i-1"])
    def looked_at(data):
        data.start()
    def not_concerned(data):
        return data.name
    def handler(events, context):
        data = events["data"]
        data.note(Plain())
        looked_at(data)
        not_concerned(data)
        data.note({made}())
        looked_at(data)
        not_concerned(data)
"""


def test_a_record_put_into_data_has_what_calls_its_method_read_again(readings: Counter[str]) -> None:
    assert _operations(_read(RECORDS.replace("{made}", "Job"))) == {"StartInstances"}
    assert readings["looked_at"] == 2


def test_a_record_without_the_method_has_nothing_read_again(readings: Counter[str]) -> None:
    assert _operations(_read(RECORDS.replace("{made}", "Other"))) == set()
    assert (readings["looked_at"], readings["not_concerned"]) == (1, 1)


LOGGED = """
    logs, ec2 = boto3.client("logs"), boto3.client("ec2")
    def log(message, region=None, call="describe_instances"):
        logs.put_log_events(logGroupName=message)
        {more}
    def handler(events, context):
        {calls}
"""


def _logged(more: str, *calls: str) -> Read:
    return _read(LOGGED.replace("{more}", more).replace("{calls}", "; ".join(calls)))


def test_a_function_that_only_repeats_a_call_of_any_input_is_not_read_with_every_text(readings: Counter[str]) -> None:
    read = _logged("", *(f"log('message {number}')" for number in range(60)))
    assert readings["log"] < 30
    ((_, operation, _), variants), *others = read.calls.items()
    assert (operation, others) == ("PutLogEvents", [])
    assert variants[-1].is_anything


def test_what_only_a_late_text_leads_to_is_found(readings: Counter[str]) -> None:
    calls = [f"log('message {number}')" for number in range(60)]
    read = _logged("if message == 'stop': ec2.stop_instances(InstanceIds=['i-1'])", *calls, "log('stop')")
    assert readings["log"] < 40
    assert _operations(read) == {"PutLogEvents", "StopInstances"}


def test_one_that_makes_another_call_with_each_text_is_read_with_all_of_them(readings: Counter[str]) -> None:
    calls = [f"log('message {number}', call='describe_{what}')" for number in range(20) for what in ("images", "vpcs")]
    read = _logged("getattr(ec2, call)(Filters=[{'Name': message}])", *calls, "log('last', call='describe_regions')")
    assert readings["log"] > 40
    assert _operations(read) == {"PutLogEvents", "DescribeImages", "DescribeVpcs", "DescribeRegions"}
    assert read.reported == {}


def test_finding_something_new_starts_the_count_again() -> None:
    calls = [f"log('message {number}')" for number in range(30)]
    other, another = "log('one', call='describe_images')", "log('another', call='describe_vpcs')"
    read = _logged("if call != 'describe_instances': getattr(ec2, call)()", *calls[:24], other, *calls[24:], another)
    assert _operations(read) == {"PutLogEvents", "DescribeImages", "DescribeVpcs"}
    assert read.reported == {}


def test_a_call_of_any_input_goes_to_any_region_when_a_later_one_goes_to_another() -> None:
    calls = [f"log('message {number}')" for number in range(40)]
    elsewhere = "boto3.client('s3', region_name=region).delete_bucket(Bucket=message)"
    assert not any(each.regions for each in _made("DeleteBucket", _logged(elsewhere, *calls)))
    assert _made("DeleteBucket", _logged(elsewhere, *calls, "log('last', 'eu-west-1')"))[-1].regions
