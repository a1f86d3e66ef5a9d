"""examples/patching: what starts each runbook may start that one, as its role, and no more."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, assertions

from automation_role import Runbook
from automation_role.testing import Authorization
from tests.docs.fences import commands, fences, run, same
from tools.local_aws import ROOT, cdk_environment

SAMPLE = ROOT / "examples" / "patching"
PATCH, VERSION = (Runbook.from_file(SAMPLE / "runbooks" / f"{name}.yaml") for name in ("patch-instance", "version-bucket"))


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    spec = importlib.util.spec_from_file_location("patching_app", SAMPLE / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return dict(assertions.Template.from_stack(module.Patching(App(), "Patching")).to_json())


@pytest.fixture(scope="module")
def auth(template: dict[str, Any]) -> Authorization:
    return Authorization(template)


def starter(template: dict[str, Any], service: str) -> str:
    (found,) = [
        name
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Role" and f'"{service}"' in str(resource).replace("'", '"')
    ]
    return str(found)


def test_each_role_runs_its_runbook_and_not_the_other(auth: Authorization) -> None:
    assert auth.role("PatchingRole").may_run(PATCH)
    assert auth.role("VersioningRole").may_run(VERSION)
    assert not auth.role("PatchingRole").may_run(VERSION)
    assert not auth.role("VersioningRole").may_run(PATCH)


def test_the_schedule_starts_patching_only_as_its_role(auth: Authorization, template: dict[str, Any]) -> None:
    schedule = auth.principal(starter(template, "scheduler.amazonaws.com"))
    assert schedule.may_start("patch-instance", role="PatchingRole")
    assert not schedule.may_start("version-bucket", role="PatchingRole")
    assert not schedule.may_start("patch-instance", role="VersioningRole")
    assert not schedule.may_pass("PatchingRole", to="ec2.amazonaws.com")


def test_who_is_on_call_may_approve_and_start_nothing(auth: Authorization) -> None:
    on_call = auth.principal("OnCall")
    assert on_call.may("ssm:SendAutomationSignal", resource="arn:aws:ssm:eu-central-1:111122223333:automation-execution/1")
    assert not on_call.may_start("patch-instance", role="PatchingRole")


def test_the_remediation_passes_the_role_to_the_runbook(template: dict[str, Any]) -> None:
    (remediation,) = [r for r in template["Resources"].values() if r["Type"] == "AWS::Config::RemediationConfiguration"]
    assert remediation["Properties"]["Automatic"] is True
    assert remediation["Properties"]["Parameters"]["BucketName"] == {"ResourceValue": {"Value": "RESOURCE_ID"}}
    assert "AutomationAssumeRole" in remediation["Properties"]["Parameters"]


@pytest.mark.slow
def test_its_readme_is_true(tmp_path: Path) -> None:
    shutil.copytree(SAMPLE, tmp_path / "patching")
    environment = {**cdk_environment(), "CDK_VALIDATION": "false", "NO_COLOR": "1"}
    for fence in fences(SAMPLE / "README.md"):
        for command in commands(fence.text):
            assert same(command.printed, run(command, tmp_path / "patching", environment))
