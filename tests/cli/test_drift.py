"""`automation-role list`, `drift`, `--check-version` and what a shell completes: AWS-owned runbooks by name, against moto."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from automation_role.catalog import aws_runbooks
from tests.cli.conftest import LOOK, Run, refused

NAME = "AWS-RestartEC2Instance"
SAME: dict[str, Any] = {
    "schemaVersion": "0.3",
    "parameters": {"InstanceId": {"type": "StringList"}},
    "mainSteps": [
        {
            "name": f"{state}Instances",
            "action": "aws:changeInstanceState",
            "inputs": {"InstanceIds": "{{ InstanceId }}", "DesiredState": to},
        }
        for state, to in (("stop", "stopped"), ("start", "running"))
    ],
}
MORE = {
    **SAME,
    "mainSteps": [*SAME["mainSteps"], {"name": "look", "action": "aws:executeAwsApi", "inputs": {"Service": "s3", "Api": "ListBuckets"}}],
}


@pytest.fixture
def account(folder: Path, models: None) -> Iterator[Any]:
    """An account with AWS's documents, as far as a test puts them there."""
    with mock_aws():
        yield boto3.client("ssm")


def put(account: Any, document: dict[str, Any], name: str = NAME) -> None:
    account.create_document(Name=name, Content=json.dumps(document), DocumentType="Automation", DocumentFormat="JSON")


# -- drift ---------------------------------------------------------------------------------------------------------------------------


def test_a_document_that_needs_more_breaks_roles(run: Run, account: Any) -> None:
    put(account, MORE)
    done = run("drift", NAME)
    assert done.code == 1
    assert done.out.startswith(f"{NAME}: version 1 → 1\nneeds more\n")
    assert "s3:ListAllMyBuckets" in done.out
    assert done.said[-1] == "automation-role: note: 1 runbook: unchanged 0, changed 1, needing more 1"


def test_one_that_changed_and_needs_the_same_does_not(run: Run, account: Any) -> None:
    put(account, SAME)
    done = run("drift", NAME, "--format", "json")
    assert done.code == 0
    (found,) = json.loads(done.out)
    assert (found["name"], found["was"], found["now"], found["changed"], found["more"]) == (NAME, "1", "1", True, [])


def test_the_same_document_is_unchanged_however_it_is_laid_out(run: Run, account: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = {**(aws_runbooks.facts(NAME) or {}), "digest": aws_runbooks.digest_of(MORE)}
    monkeypatch.setattr(aws_runbooks, "facts", lambda _: facts)
    account.create_document(Name=NAME, Content=json.dumps(MORE, indent=7), DocumentType="Automation", DocumentFormat="JSON")
    done = run("drift", NAME)
    assert (done.code, done.out) == (0, "")
    assert done.said == ["automation-role: note: 1 runbook: unchanged 1, changed 0, needing more 0"]


def test_names_are_found_in_a_template(run: Run, folder: Path, account: Any) -> None:
    put(account, MORE)
    (folder / "app.template.json").write_text(json.dumps({"Resource": f"arn:aws:ssm:*::automation-definition/{NAME}:$DEFAULT"}))
    assert run("drift", "app.template.json").code == 1
    (folder / "none.json").write_text("{}")
    refused(run("drift", "none.json"), "none.json: names no AWS-owned runbook → a template or a list that names one")


def test_what_cannot_be_compared_is_said_at_once(run: Run, account: Any) -> None:
    refused(
        run("drift", NAME, "AWS-StopEC2Instance"),
        *(
            f"{name}: is not in eu-central-1, or is not shared with this account → a document that `aws ssm list-documents` has"
            for name in (NAME, "AWS-StopEC2Instance")
        ),
    )


def test_of_all_names_those_that_the_account_has_are_compared(run: Run, account: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    other = "AWS-StopEC2Instance"
    monkeypatch.setattr(aws_runbooks, "names", lambda: (NAME, other))
    put(account, MORE)
    done = run("drift")
    assert (done.code, done.out.splitlines()[0]) == (1, f"{NAME}: version 1 → 1")
    assert done.said == [
        f"automation-role: note: skipped 1 that could not be fetched: {other}",
        "automation-role: note: 1 runbook: unchanged 0, changed 1, needing more 1",
    ]
    account.delete_document(Name=NAME)
    assert run("drift").code == 2


@pytest.mark.usefixtures("account")
def test_a_path_is_not_a_name(run: Run, folder: Path) -> None:
    (folder / "cdk.out").mkdir()
    refused(run("drift", "app.json"), "app.json: cannot be read: no such file or directory")
    refused(run("drift", "cdk.out"), "cdk.out: is a directory → a file")


@pytest.mark.usefixtures("folder")
def test_a_wrong_name_gets_the_nearest(run: Run) -> None:
    done = run("drift", "AWS-RestartEC2Instances")
    assert (done.code, done.out) == (2, "")
    assert done.err.endswith("did you mean 'AWS-RestartEC2Instance'?\n")


# -- versions ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("folder")
def test_policy_says_which_version_it_is_of(run: Run) -> None:
    date = aws_runbooks.source().date
    assert f"automation-role: note: AWS-owned runbooks as of {date}: {NAME} version 1 of 2017-11-22" in run("policy", NAME).said


def test_policy_compares_with_the_account_when_asked(run: Run, account: Any) -> None:
    put(account, MORE)
    done = run("policy", NAME, "--check-version")
    assert done.code == 0
    assert done.said[-1] == (
        f"automation-role: warning: {NAME}: your account has another document: it needs more than this policy allows; "
        f"see automation-role drift {NAME}"
    )


def test_without_credentials_nothing_is_printed(run: Run, account: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    refused(run("policy", NAME, "--check-version"), "no Region is set → --region, AWS_REGION, or a profile that has one")
    assert f"{NAME}: is not in eu-west-1" in run("policy", NAME, "--check-version", "--region", "eu-west-1").err


def test_only_names_have_versions_to_compare(run: Run, folder: Path) -> None:
    (folder / "look.yaml").write_text(LOOK)
    done = run("policy", "look.yaml", "--check-version")
    assert done.code == 0
    assert done.said[-1] == "automation-role: note: --check-version only compares AWS-owned runbooks, and no RUNBOOK is the name of one"


# -- list ----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("folder")
def test_list_prints_a_line_for_each_name_that_has_the_word(run: Run) -> None:
    done = run("list", "restartec2")
    assert done.out == "AWS-RestartEC2Instance  3 actions of ec2\nAWS-RestartEC2InstanceWithApproval  4 actions of ec2, sns\n"
    (row, _) = json.loads(run("list", "restartec2", "--format", "json").out)
    assert row == {
        "name": NAME,
        "version": "1",
        "date": "2017-11-22",
        "actions": ["ec2:DescribeInstanceStatus", "ec2:StartInstances", "ec2:StopInstances"],
        "documented": [],
        "gaps": 0,
    }
    assert run("list", "--format", "names").out.splitlines() == list(aws_runbooks.names())
    refused(run("list", "zebra"), "no AWS-owned runbook has 'zebra' in its name → a part of a name; leave WORD out for all of them")


# -- completion, speed -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("command", "files"), [("policy", True), ("drift", True), ("fetch", False), ("list", False)])
def test_a_shell_completes_names_and_files(monkeypatch: pytest.MonkeyPatch, command: str, files: bool) -> None:
    environment = {"_AUTOMATION_ROLE_COMPLETE": "bash_complete", "COMP_WORDS": f"automation-role {command} AWS-RestartE", "COMP_CWORD": "2"}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    done = subprocess.run([sys.executable, "-c", COMMAND], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [
        "plain,AWS-RestartEC2Instance",
        "plain,AWS-RestartEC2InstanceWithApproval",
        *(["file,AWS-RestartE"] if files else []),
    ]


COMMAND = "import sys; from automation_role.cli import main; sys.exit(main(sys.argv[1:]))"
