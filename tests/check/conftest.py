"""Runbooks, policies and templates as files, and the command run on them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from automation_role.cli import main

# Two steps that act on one instance, and one that asks about all.
STOP = """\
schemaVersion: "0.3"
assumeRole: "{{ AutomationAssumeRole }}"
parameters:
  AutomationAssumeRole: {type: "AWS::IAM::Role::Arn"}
  InstanceId: {type: "AWS::EC2::Instance::Id"}
mainSteps:
  - name: look
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: DescribeInstances}
  - name: stop
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: StopInstances, InstanceIds: ["{{ InstanceId }}"]}
"""
STOP_LINE = 10

SSM_TRUST: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ssm.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": "111122223333"},
                "ArnLike": {"aws:SourceArn": "arn:aws:ssm:*:111122223333:automation-execution/*"},
            },
        }
    ],
}


def policy(*statements: Mapping[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(*actions: str, on: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": on, **more}


def deny(*actions: str, on: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": list(actions), "Resource": on, **more}


LOOK = allow("ec2:DescribeInstances")


@dataclass
class Ran:
    """What a run of the command gave."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.out)
        return data

    @property
    def role(self) -> dict[str, Any]:
        """The only role's report."""
        (role,) = self.report["roles"]
        found: dict[str, Any] = role
        return found

    def missing(self) -> list[tuple[str, str, str]]:
        """(step, action, certainty)."""
        return [(step["step"], one["action"], one["certainty"]) for one in self.role["missing"] for step in one["steps"]]

    def unused(self) -> list[tuple[str, list[str]]]:
        return [(one["pattern"], one["actions"]) for one in self.role["unused"]]

    def risky(self) -> list[str]:
        return [one["id"] for one in self.role["risky"]]

    def blind(self) -> list[str]:
        return [one["id"] for one in self.role["blind"]]


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `automation-role check` with these arguments."""

    def run(*arguments: str | Path) -> Ran:
        code = main(["check", *map(str, arguments)])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run


@pytest.fixture
def check(run: Run, tmp_path: Path) -> Run:
    """Checks a role that has these policies against a runbook: `check(policy(…), …, "--strict", runbook=…)`."""

    def check(*given: Mapping[str, Any] | str | Path, runbook: str = STOP, **documents: Mapping[str, Any]) -> Ran:
        (tmp_path / "stop.yaml").write_text(runbook)
        arguments: list[str | Path] = [tmp_path / "stop.yaml", "--format", "json"]
        for i, one in enumerate(given):
            if isinstance(one, Mapping):
                (tmp_path / f"policy{i}.json").write_text(json.dumps(one))
                arguments += ["--policy", tmp_path / f"policy{i}.json"]
            else:
                arguments.append(one)
        for name, document in documents.items():
            (tmp_path / f"{name}.json").write_text(json.dumps(document))
            arguments += [f"--{name}", tmp_path / f"{name}.json"]
        return run(*arguments)

    return check


@pytest.fixture
def check_template(run: Run, tmp_path: Path) -> Run:
    """Checks the roles of a template with these resources (or a whole template) against a runbook."""

    def check(template: Mapping[str, Any], *arguments: str, runbook: str = STOP) -> Ran:
        (tmp_path / "stop.yaml").write_text(runbook)
        whole = template if "Resources" in template else {"Resources": template}
        (tmp_path / "template.json").write_text(json.dumps(whole))
        return run(tmp_path / "stop.yaml", "--format", "json", "--template", tmp_path / "template.json", *arguments)

    return check


def role(*statements: Mapping[str, Any], trust: Mapping[str, Any] = SSM_TRUST, **properties: Any) -> dict[str, Any]:
    """An AWS::IAM::Role."""
    policies = [{"PolicyName": "Own", "PolicyDocument": policy(*statements)}] if statements else []
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust, "Policies": policies, **properties}}
