"""A script that was read leaves nothing behind that only the garbage collector can free: its search would take the longer, the more there is."""

from __future__ import annotations

import gc
from textwrap import dedent

import pytest

from automation_role.derive.scripts.script import Script, read_script

SCRIPTS = {
    "functions in functions": """
        def handler(events, context):
            client = boto3.client("ec2")
            def stop(ids):
                def one(each):
                    return stop([each]) if each else client.stop_instances(InstanceIds=ids)
                return [one(each) for each in ids]
            return stop(events["ids"])
        """,
    "classes": """
        class Base:
            def run(self):
                return self.act()
        class Job(Base):
            def __init__(self, name):
                self.name, self.me, self.later = name, self, lambda: self.run()
            def act(self):
                return boto3.client("ec2").stop_instances(InstanceIds=[self.name])
        def handler(events, context):
            jobs = [Job(each) for each in events["ids"]]
            for each in jobs:
                each.jobs = jobs
                each.later()
        """,
    "one that is too complex": """
        def deeper(number, *more):
            return lambda: deeper(number + 1, *more, more) + deeper(number, deeper)
        def handler(events, context):
            try:
                deeper(0)()()()
            except Exception as error:
                raise ValueError(deeper, error)
        """,
}


@pytest.mark.parametrize("what", SCRIPTS)
def test_a_script_that_was_read_is_freed_at_once(what: str) -> None:
    def text(number: int) -> str:
        return f"import boto3\nnumber = {number}\n" + dedent(SCRIPTS[what])

    read_script(Script(text=text(0), handler="handler", files={}))  # what is read of libraries is kept
    gc.collect()
    gc.disable()
    try:
        read_script(Script(text=text(1), handler="handler", files={}))
        found = gc.collect()
    finally:
        gc.enable()
    assert found == 0
