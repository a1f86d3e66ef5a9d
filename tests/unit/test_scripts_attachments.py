"""Scripts in attachments: reported if they are not passed, read if they are."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from automation_role.runbook.model import Runbook
from tests.unit.scripts import found_in

HELPER = "import boto3\ndef make(name): return boto3.client(name)\n"
MAIN = "from helpers import common\nfrom .near import also\ndef handler(e, c):\n    common.make('sqs').list_queues()\n    also()\n"
NEAR = "import boto3\ndef also(): boto3.client('sns').list_topics()\n"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "code.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("main.py", MAIN)
        made.writestr("near.py", NEAR)
        made.writestr("helpers/__init__.py", "")
        made.writestr("helpers/common.py", HELPER)
        made.writestr("readme.txt", "not code")
    return path


def read(inputs: dict[str, Any], **more: Any) -> tuple[set[str], list[tuple[str, int]]]:
    step = {"name": "run", "action": "aws:executeScript", "inputs": {"Runtime": "python3.11", **inputs}}
    document = {"schemaVersion": "0.3", "mainSteps": [step], "files": {"code.zip": {"checksums": {"sha256": "0"}}}}
    runbook = Runbook.from_mapping(document, name="book", **more)
    calls, findings, _ = found_in(runbook.steps[0], runbook)
    return {f"{call.service}:{call.operation}" for call in calls}, [(finding.id, finding.line) for finding in findings]


def test_an_attachment_that_is_given_is_read(archive: Path) -> None:
    inputs = {"Handler": "main.handler", "Attachment": "code.zip"}
    assert read(inputs, attachments={"code.zip": archive}) == ({"sqs:ListQueues", "sns:ListTopics"}, [])


def test_an_attachment_that_was_not_passed_is_reported_once() -> None:
    calls, told = read({"Handler": "main.handler", "Attachment": "code.zip"})
    assert (calls, [name for name, _ in told]) == (set(), ["attachedScript"])


def test_a_script_in_the_runbook_is_read_although_files_are_attached() -> None:
    script = "import boto3\ndef handler(e, c): boto3.client('ec2').describe_vpcs()"
    assert read({"Handler": "handler", "Script": script}) == ({"ec2:DescribeVpcs"}, [])
    assert read({"Handler": "handler", "Script": script, "Attachment": "code.zip"}) == ({"ec2:DescribeVpcs"}, [])


def test_a_script_that_imports_from_a_missing_attachment_is_reported_and_read_otherwise() -> None:
    script = "import boto3\nfrom helpers import common\ndef handler(e, c):\n    boto3.client('ec2').describe_vpcs()\n    common.x()"
    calls, told = read({"Handler": "handler", "Script": script})
    assert (calls, [name for name, _ in told]) == ({"ec2:DescribeVpcs"}, ["attachedScript"])


def test_a_handler_that_no_file_has_is_reported(archive: Path) -> None:
    calls, told = read({"Handler": "mian.handler", "Attachment": "code.zip"}, attachments={"code.zip": archive})
    assert (calls, [name for name, _ in told]) == (set(), ["unreadableScript"])


def test_a_file_that_is_not_python_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "code.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("main.py", "def handler(e, c:\n")
    calls, told = read({"Handler": "main.handler", "Attachment": "code.zip"}, attachments={"code.zip": path})
    assert (calls, [name for name, _ in told]) == (set(), ["unreadableScript"])


@pytest.mark.parametrize(
    "line",
    [
        "SigV4Auth(None, 's3', 'x').add_auth(request)",
        "urlopen('http://169.254.169.254/latest/meta-data/iam/security-credentials/')",
        "hmac.new(('AWS4' + secret).encode(), date)",
        "from botocore.utils import InstanceMetadataFetcher",
    ],
)
def test_requests_that_a_file_signs_by_itself_are_reported_if_it_is_read(tmp_path: Path, line: str) -> None:
    path = tmp_path / "code.zip"
    for used in (True, False):
        with zipfile.ZipFile(path, "w") as made:
            made.writestr("main.py", f"{'import sign' if used else ''}\ndef handler(e, c): pass\n")
            made.writestr("sign.py", f"def sign(request, secret, date):\n    {line}\n")
        _, told = read({"Handler": "main.handler", "Attachment": "code.zip"}, attachments={"code.zip": path})
        assert [name for name, _ in told] == ["otherAwsAccess"] * used
