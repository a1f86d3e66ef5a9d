"""What is known of libraries is in tables; each table of each file is read."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from automation_role.derive.scripts import libraries
from tests.unit.scripts import read

TABLES = {
    "BASES",
    "DECORATORS",
    "ENUMS",
    "FIELD_BASES",
    "FIELD_DECORATORS",
    "FUNCTIONS",
    "HARMLESS",
    "HARMLESS_BEGINNINGS",
    "LANGUAGE",
    "LAZY",
    "METHODS",
    "METHODS_OPENING_URLS",
    "OPENING_URLS",
    "PLAIN_BASES",
    "PURE",
    "SDKS",
    "STATEFUL",
    "VALUES",
    "WRITING",
}
FILES = sorted(path.stem for path in Path(libraries.__file__).parent.glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("name", FILES)
def test_every_table_of_every_library_is_read(name: str) -> None:
    module = importlib.import_module(f"{libraries.__name__}.{name}")
    tables = {each for each in vars(module) if each.isupper() and not each.startswith("_")} & TABLES
    assert not tables or module in libraries._FILES
    if module in libraries._FILES:
        own = {each for each, value in vars(module).items() if each.isupper() and isinstance(value, (dict, frozenset, tuple))}
        assert {each for each in own if not each.startswith("_")} - {"NO_ARGS", "OWN"} <= TABLES


@pytest.mark.parametrize(
    ("table", "name", "entry", "script"),
    [
        (
            "functions",
            "json.client",
            lambda machine, args, at: machine.libraries.functions["boto3.client"](machine, args, at),
            "json.client('ec2')",
        ),
        ("values", "json.ec2", None, "(json.ec2 or boto3.client('ec2'))"),
        (
            "methods",
            "make",
            lambda machine, args, at: machine.libraries.functions["boto3.client"](machine, args, at),
            "asyncio.x().make('ec2')",
        ),
    ],
)
def test_a_new_function_is_one_entry(table: str, name: str, entry: object, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(getattr(libraries.LIBRARIES, table), name, entry)
    calls, _, _ = read(f"import asyncio, boto3, json\ndef handler(events, context):\n    {script}.describe_instances()\n")
    assert calls == {"ec2:DescribeInstances"}


def test_a_batch_is_a_tuple_of_elements() -> None:
    # From Python 3.12 on, so no test can run it on 3.11.
    calls, _, _ = read(
        "import boto3, itertools\ndef handler(events, context):\n"
        "    for batch in itertools.batched([boto3.client('sqs')], 2):\n        batch[0].list_queues()\n"
    )
    assert calls == {"sqs:ListQueues"}


@pytest.mark.parametrize("made", ["Queue()", "SimpleQueue()", "JoinableQueue()", "Manager().Queue()", "get_context('fork').SimpleQueue()"])
def test_a_queue_of_processes_gives_back_what_was_put_into_it(made: str) -> None:
    # A client can't be pickled, so no test can run it.
    calls, _, _ = read(
        f"import boto3, multiprocessing\ndef handler(events, context):\n    x = multiprocessing.{made}\n"
        "    x.put(boto3.client('ec2'))\n    x.get().describe_instances()\n"
    )
    assert calls == {"ec2:DescribeInstances"}


@pytest.mark.parametrize(
    "script",
    [
        "boto3.client(textwrap.dedent('  ec2')).describe_instances()",
        "boto3.client(urllib.parse.unquote('e%632')).describe_instances()",
        "boto3.client(os.path.basename(html.unescape('&#47;ec2'))).describe_instances()",
        "Maker.make(boto3.client('ec2')).describe_instances()",
    ],
)
def test_one_entry_is_a_text_function_or_a_decorator(script: str) -> None:
    calls, findings, _ = read(
        "import abc, boto3, html, os, textwrap, urllib.parse\n"
        "class Maker:\n    @abc.abstractclassmethod\n    def make(cls, client):\n        return client\n"
        f"def handler(events, context):\n    {script}\n"
    )
    assert (calls, findings) == ({"ec2:DescribeInstances"}, set())


def test_a_text_function_with_unknown_arguments_is_unknown() -> None:
    _, findings, _ = read(
        "import boto3, html\ndef handler(events, context):\n    boto3.client(html.escape('ec2', **events)).describe_instances()\n"
    )
    assert findings == {"dynamicService"}


def test_calling_a_container_class_makes_a_container() -> None:
    assert libraries.LIBRARIES.bases.keys() <= libraries.LIBRARIES.functions.keys()
    calls, _, _ = read(
        "import boto3, weakref\ndef handler(events, context):\n"
        "    x = weakref.WeakValueDictionary(a=boto3.client('ec2'), b=boto3.client('autoscaling'))\n    x['a'].describe_tags()\n"
    )
    assert calls == {"ec2:DescribeTags"}
