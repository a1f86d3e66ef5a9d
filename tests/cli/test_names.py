"""Names of AWS-owned runbooks where the command takes a runbook."""

from __future__ import annotations

import json
from pathlib import Path

from automation_role import Runbook
from tests.cli.conftest import LOOK, Run, refused


def resources(text: str, action: str) -> list[str]:
    return [each for statement in json.loads(text)["Statement"] if action in statement["Action"] for each in statement["Resource"]]


def test_policy_takes_a_name(run: Run, folder: Path):
    done = run("policy", "AWS-RestartEC2Instance", "-p", "InstanceId=i-1")
    assert done.code == 0
    assert resources(done.out, "ec2:StopInstances") == ["arn:*:ec2:*:*:instance/i-1"]


def test_names_and_files_go_together(run: Run, folder: Path):
    (folder / "look.yaml").write_text(LOOK)
    done = run("policy", "look.yaml", "AWS-RestartEC2Instance", "AWS-RestartEC2Instance")
    assert done.code == 0
    assert {action for each in json.loads(done.out)["Statement"] for action in each["Action"]} == {
        "ec2:DescribeInstances",
        "ec2:DescribeInstanceStatus",
        "ec2:StartInstances",
        "ec2:StopInstances",
    }


def test_a_file_of_that_name_outranks_the_name(run: Run, folder: Path):
    (folder / "AWS-RestartEC2Instance").write_text(LOOK)
    assert resources(run("policy", "AWS-RestartEC2Instance").out, "ec2:DescribeInstances") == ["*"]


def test_a_wrong_name_gets_the_nearest(run: Run, folder: Path):
    refused(
        run("policy", "AWS-RestartEC2"),
        "'AWS-RestartEC2': is not an AWS-owned runbook that this version knows → one of 497 names; did you mean 'AWS-RestartEC2Instance'?",
    )
    refused(
        run("policy", "RestartEC2Instance"),
        "RestartEC2Instance: cannot be read: no such file or directory; did you mean 'AWS-RestartEC2Instance'?",
    )


def test_what_can_only_be_a_path_is_taken_for_one(run: Run, folder: Path):
    refused(run("policy", "AWS-RestartEC2Instance.json"), "AWS-RestartEC2Instance.json: cannot be read: no such file or directory")


def test_explain_and_diff_take_names(run: Run, folder: Path):
    explained = json.loads(run("explain", "AWS-RestartEC2Instance", "--format", "json").out)
    assert [step["name"] for step in explained["runbooks"][0]["steps"]] == ["stopInstances", "startInstances"]
    done = run("diff", "AWS-StopEC2Instance", "AWS-RestartEC2Instance", "--format", "json")
    assert (done.code, "ec2:StartInstances" in done.out) == (0, True)


def test_the_report_has_its_branches(run: Run, folder: Path):
    page = run("explain", "AWSSupport-TroubleshootSSH", "--format", "html").out
    assert "branchOnAllowOffline" in page
    assert Runbook.aws("AWSSupport-TroubleshootSSH").all_steps()[3].inputs["Choices"]
