"""The command, run in this process; and runbooks whose derivation is plain."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import pytest
from botocore import session

from automation_role.cli import main

# Describes instances, on `*`: EC2 offers nothing narrower.
LOOK = """\
schemaVersion: "0.3"
mainSteps:
  - name: look
    action: aws:executeAwsApi
    inputs:
      Service: ec2
      Api: DescribeInstances
"""
# Publishes to a topic that a parameter may name.
TELL = """\
schemaVersion: "0.3"
parameters:
  Topic:
    type: String
mainSteps:
  - name: tell
    action: aws:executeAwsApi
    inputs:
      Service: sns
      Api: Publish
      TopicArn: "{{ Topic }}"
      Message: hello
"""
TOPIC = "arn:aws:sns:eu-central-1:111122223333:alarms"
# A step that this version does not know.
GAP = LOOK + "  - name: later\n    action: aws:inventedLater\n"


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def said(self) -> list[str]:
        return self.err.splitlines()


class Run(Protocol):
    def __call__(self, *arguments: str | Path, stdin: bytes = b"") -> Done: ...


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def command(*arguments: str | Path, stdin: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        code = main(list(map(str, arguments)))
        printed = capsys.readouterr()
        return Done(code, printed.out, printed.err)

    return command


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, where the command runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> None:
    """All sessions of boto3 share the models of the services, which otherwise each of them reads again: half of what such a test takes."""
    monkeypatch.setattr(session, "create_loader", _shared_loader)


_shared_loader = cache(session.create_loader)


def refused(done: Done, *messages: str) -> None:
    """Bad input: exit code 2, nothing on stdout, these lines and no others."""
    assert done == Done(2, "", "".join(f"automation-role: error: {message}\n" for message in messages))
