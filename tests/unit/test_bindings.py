"""What is given with a runbook is a value, or is refused: what is not a value would widen the role without a word."""

from __future__ import annotations

import hashlib
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from automation_role.errors import RunbookError
from automation_role.runbook.bindings import ALLOWED
from automation_role.runbook.model import Runbook

NAMES = dict.fromkeys(("BucketName", "TopicArn", "InstanceId", "X"), "String") | {"Names": "StringList", "Map": "StringMap"}


def runbook(files: dict[str, Any] | None = None, **given: Any) -> Runbook:
    document: dict[str, Any] = {
        "schemaVersion": "0.3",
        "parameters": {name: {"type": kind} for name, kind in NAMES.items()},
        "mainSteps": [{"name": "wait", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}],
    }
    return Runbook.from_mapping({**document, **({"files": files} if files else {})}, name="Given", **given)


class Bucket:
    """As CDK's constructs look to Python."""

    node = property(lambda self: None)
    bucket_name = property(lambda self: "b")
    bucket_arn = property(lambda self: "arn")


class Topic:
    node = property(lambda self: None)
    topic_name = property(lambda self: "t")
    topic_arn = property(lambda self: "arn")


class CfnThing:
    node = property(lambda self: None)
    ref = property(lambda self: "r")
    thing_name = property(lambda self: None)


class Token:
    """As CDK's `IResolvable` looks to Python."""

    creation_stack = property(lambda self: [])

    def resolve(self, context: Any) -> Any:
        raise AssertionError("never looked into")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("BucketName", Bucket(), "a Bucket, a construct → %s; pass its bucket_name"),
        ("X", Topic(), "a Topic, a construct → %s; pass its topic_name"),
        ("TopicArn", Topic(), "a Topic, a construct → %s; pass its topic_arn"),
        ("X", CfnThing(), "a CfnThing, a construct → %s; pass its ref"),
        ("X", type("_BucketBaseProxy", (Bucket,), {})(), "a Bucket, a construct → %s; pass its bucket_name"),
        ("BucketName", None, "None → %s; pass one, or leave 'BucketName' out"),
        ("X", Decimal(1), "a Decimal → %s; pass one of these"),
        ("X", Path(), "a PosixPath → %s; pass one of these"),
        ("Names", {"a"}, "a set → %s; pass one of these"),
        ("Names", ["a", Bucket()], "a list whose item 2 is a Bucket, a construct → %s; pass its bucket_name"),
        ("Map", {"k": None}, "a mapping whose 'k' is None → %s; pass one, or leave 'Map' out"),
        ("Map", {1: "v"}, "a mapping with the key 1 → keys are strings; write it in quotes"),
    ],
)
def test_rejects_what_is_not_a_value(name: str, value: Any, told: str) -> None:
    with pytest.raises(RunbookError) as caught:
        runbook(parameters={name: value})
    assert str(caught.value).endswith(f"parameters: {name!r} is {told.replace('%s', ALLOWED)}")


@pytest.mark.parametrize(("name", "value"), [("X", "a"), ("X", 1), ("X", Token()), ("Names", ["a", Token()]), ("Map", {"k": "v"})])
def test_takes_values_and_tokens(name: str, value: Any) -> None:
    assert runbook(parameters={name: value}).bindings == {name: value}


def test_the_file_that_was_read_is_the_one_that_the_runbook_lists(tmp_path: Path) -> None:
    path = tmp_path / "code.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("code.py", "")
    found = hashlib.sha256(path.read_bytes()).hexdigest()

    def listing(checksum: str) -> Runbook:
        return runbook({"code.zip": {"checksums": {"sha256": checksum}}}, attachments={"code.zip": path})

    for same in (found, found.upper(), "filled in when it is deployed"):
        assert listing(same).attachments == {"code.zip": path}
    with pytest.raises(RunbookError) as caught:
        listing("0" * 64)
    assert str(caught.value) == (
        f"<mapping>: attachments: {str(path)!r} has the sha256 {found} → the runbook lists {'0' * 64} for 'code.zip'; "
        "pass the file that is attached, or correct the runbook's checksum"
    )
