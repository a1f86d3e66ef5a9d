"""How a script is written in the runbook: with `{{ }}` in its text, or as a list of its lines."""

from __future__ import annotations

from textwrap import dedent
from time import process_time
from typing import Any

import pytest

from automation_role.runbook.model import Runbook
from automation_role.values.patterns import Pattern
from automation_role.values.value import UNKNOWN, Text
from tests.unit.scripts import found_in, read

_PARAMETERS = {
    "Service": {"type": "String", "allowedValues": ["ec2", "rds"]},
    "Verb": {"type": "String", "allowedValues": ["start", "stop"]},
    "Ids": {"type": "StringList"},
    "Bucket": {"type": "String"},
}


@pytest.mark.parametrize(
    ("script", "calls"),
    [
        ("boto3.client('{{ Service }}').describe_account_attributes()", "ec2:DescribeAccountAttributes rds:DescribeAccountAttributes"),
        ("boto3.client('{{Service}}').describe_vpcs() if '{{ Service }}' == 'ec2' else None", "ec2:DescribeVpcs"),
        ("getattr(boto3.client('ec2'), '{{ Verb }}_instances')(InstanceIds={{ Ids }})", "ec2:StartInstances ec2:StopInstances"),
        ("getattr(boto3.client('ec2'), f'{{{{ Verb }}}}_instances')(InstanceIds=[])".replace("{{{{", "{{").replace("}}}}", "}}"),
         "ec2:StartInstances ec2:StopInstances"),
        ("boto3.client('ec2', region_name={{ global:REGION }}).stop_instances(InstanceIds={{ Ids }})", "ec2:StopInstances"),
        ("boto3.client('ec2').stop_instances(InstanceIds=[{{ before.Ids }}])", "ec2:StopInstances"),
        ("name='ec2'; getattr(boto3.client(name), f'{{name}}'.replace('{name}', 'describe_vpcs'))()", "ec2:DescribeVpcs"),
    ],
)  # fmt: skip
def test_references_in_the_text(script: str, calls: str) -> None:
    text = f"import boto3\ndef handler(e, c):\n    {script}\n"
    steps = {"name": "before", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}
    found, told, _ = _read(text, steps)
    assert (found, told) == (set(calls.split()), set())


def _read(text: Any, *before: dict[str, Any], **more: Any) -> tuple[set[str], set[str], list[Any]]:
    step = {"name": "run", "action": "aws:executeScript", "inputs": {"Runtime": "python3.11", "Handler": "handler", "Script": text}}
    runbook = Runbook.from_mapping({"schemaVersion": "0.3", "parameters": _PARAMETERS, "mainSteps": [*before, step]}, name="book", **more)
    calls, findings, _ = found_in(runbook.steps[-1], runbook)
    return {f"{call.service}:{call.operation}" for call in calls}, {finding.id for finding in findings}, list(calls)


def test_a_bound_parameter_is_an_input() -> None:
    text = "import boto3\ndef handler(e, c):\n    boto3.client('s3').delete_bucket(Bucket='{{ Bucket }}-logs')\n"
    _, _, (call,) = _read(text, parameters={"Bucket": "b"})
    value = call.inputs["Bucket"]
    assert isinstance(value, Text)
    assert [str(option.parts[-1]) for option in value.options] == ["-logs"]
    _, _, (call,) = _read(text)
    assert call.inputs["Bucket"] == Text((Pattern.of("*-logs"),))


def test_a_list_of_lines() -> None:
    lines = ["import boto3", "def handler(e, c):", "    boto3.client('ec2').describe_vpcs()"]
    assert _read(lines)[:2] == ({"ec2:DescribeVpcs"}, set())


def test_runtime_values_are_reported() -> None:
    script = dedent(
        """
        import boto3
        x = "{{ Payload }}"
        def handler(e,c):
            boto3.client(x).describe_vpcs()
        """
    )
    _, told, _ = read(script)
    assert told == {"dynamicService"}


@pytest.mark.parametrize(
    "body",
    [
        ["s = 'a'", *["s = s + s"] * 60],
        ["s = 'a' + e['x']", *["s = s + s"] * 60],
        ["s = 'aaaaaaaa'", *["s = s.replace('a', s)"] * 12],
        ["s = 'a'", *["s = f'{s}{s}'"] * 60],
        ["s = 'a'", *["s = '{0}{0}'.format(s)"] * 60],
        ["s = 'a'", *["s = s.join([s, s, s])"] * 60],
    ],
    ids=["added", "of unknown length", "replaced", "in an f-string", "formatted", "joined"],
)
def test_texts_do_not_grow_for_ever(body: list[str]) -> None:
    lines = ["import boto3", "def handler(e, c):", *body, "boto3.client('s3').delete_bucket(Bucket=s)"]
    _, _, (call,) = _read("\n    ".join(lines).replace("\n    def", "\ndef").replace("\n    import", "\nimport"))
    assert call.inputs["Bucket"] is UNKNOWN


def test_loops_in_loops_are_not_read_for_each_element() -> None:
    loops = " ".join(f"for v{place} in L" for place in range(9))
    script = f"import boto3\nL = {list('abcdefgh')}\ndef handler(e, c):\n    [boto3.client('ec2').describe_vpcs(DryRun=v8) {loops}]\n"
    started = process_time()
    assert _read(script)[:2] == ({"ec2:DescribeVpcs"}, set())
    assert process_time() - started < 2
