"""No script takes more than its share: what is too much to follow is reported, and what was found before that is kept."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from automation_role.derive.scripts.reader import limits
from automation_role.derive.scripts.script import Script, read_script
from automation_role.values.value import UNKNOWN, Text
from tests.unit import nasty

FEW = ["mutually_recursive_clients", "a_dict_that_holds_itself_under_four_keys", "contexts_that_hold_the_context", "loops_in_loops"]


def _run(names: list[str]) -> list[dict[str, Any]]:
    done = subprocess.run([sys.executable, "-m", "tests.unit.nasty", *names], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def _problems(names: list[str]) -> list[dict[str, Any]]:
    found = _run(names)
    assert [each["name"] for each in found] == names
    return [
        each
        for each in found
        if each["seconds"] is None
        or each["seconds"] > nasty.CPU_SECONDS
        or each["megabytes"] > nasty.MEGABYTES
        or each["bytes"] > 64 * 1024
        or not ("ec2:DescribeInstances" in each["calls"] or "unreadableScript" in each["findings"])
    ]


def test_a_few_nasty_scripts_stay_below_two_seconds_and_300_megabytes() -> None:
    assert _problems(FEW) == []


@pytest.mark.slow
def test_no_nasty_script_takes_over_two_seconds_or_300_megabytes() -> None:
    assert _problems([name for name in nasty.NASTY if name not in FEW]) == []


def test_what_was_found_before_the_work_was_spent_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    script = nasty.handler(*["print(events)"] * 50, "boto3.client('s3').list_buckets()")
    whole = read_script(Script(text=script, handler="handler", files={}))
    assert {operation for _, operation, _ in whole.calls} == {"DescribeInstances", "ListBuckets"}
    assert whole.reported == {}
    monkeypatch.setattr("automation_role.derive.scripts.reader.results.MAX_WORK", 100)
    part = read_script(Script(text=script, handler="handler", files={}, names={"not_read_before": UNKNOWN}))
    assert {operation for _, operation, _ in part.calls} == {"DescribeInstances"}
    assert part.reported == {("unreadableScript", 1): limits.TOO_COMPLEX}


def test_a_script_reads_the_same_from_any_depth_of_calls() -> None:
    """The reader counts the depth itself; it neither runs into Python's own limit nor changes it."""
    before = sys.getrecursionlimit()
    names = [
        "long_call_chains",
        "partials_that_call_partials",
        "nested_lambdas",
        "deep_blocks",
        "instances_that_look_elsewhere",
        "deep_calls",
    ]

    def read(name: str, levels: int, *, what: str) -> object:
        if levels:
            return read(name, levels - 1, what=what)
        found = read_script(Script(text=nasty.NASTY[name](), handler="handler", files={}, names={what: UNKNOWN}))  # a name: read again
        return found.calls, found.reported

    for name in names:
        assert read(name, 200, what="deep") == read(name, 0, what="shallow"), name
    assert sys.getrecursionlimit() == before


def test_what_many_instances_of_one_line_call_is_found_in_a_long_script() -> None:
    """After many statements one instance stands for all that a line creates: then each may be any of them."""
    text = "\n".join(
        [
            "import boto3",
            "class Bucket:",
            "    def __init__(self, name): self.name = name",
            "    def delete(self): boto3.client('s3').delete_bucket(Bucket=self.name)",
            "def made(name): return Bucket(name)",
            "def handler(events, context):",
            *["    x = 1"] * 1_100,
            "    one, other = made('one'), made('other')",
            "    one.delete()",
            "    other.delete()",
        ]
    )
    calls = read_script(Script(text=text, handler="handler", files={})).calls
    known = [each.inputs["Bucket"] for several in calls.values() for each in several]
    assert {name for each in known if isinstance(each, Text) for name in each.literals or ()} == {"one", "other"}
