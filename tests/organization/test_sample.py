"""examples/organization is what its README says: every command of it is run, in a copy of the folder."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from automation_role.testing import Authorization
from tests.docs.fences import commands, fences, run, same
from tools.local_aws import ROOT, cdk_environment

SAMPLE = ROOT / "examples" / "organization"
README = SAMPLE / "README.md"
CENTRAL, TARGET = "111111111111", "222222222222"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample, in which its README's commands have been run."""
    copy = tmp_path_factory.mktemp("organization") / "sample"
    shutil.copytree(SAMPLE, copy)
    environment = {**cdk_environment(), "CDK_VALIDATION": "false", "NO_COLOR": "1"}
    for fence in fences(README):
        assert fence.language == "console", f"{fence}: nothing checks this block"
        for command in commands(fence.text):
            if "accounts=" in command.line:
                (copy / "cdk.out").rename(copy / "service-managed")
            printed = run(command, copy, environment)
            if os.environ.get("UPDATE_DOCS") and not same(command.printed, printed):
                page = README.read_text()
                told = f"$ {command.line}\n{command.printed}\n" if command.printed else f"$ {command.line}\n"
                README.write_text(page.replace(told, f"$ {command.line}\n{printed}\n", 1))
                continue
            assert same(command.printed, printed), f"{fence}: $ {command.line}\n{printed}"
    return copy


def synthesized(folder: Path, stack: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "service-managed" / f"{stack}.template.json").read_text())
    return found


def inner(folder: Path) -> dict[str, Any]:
    (body,) = (
        resource["Properties"]["TemplateBody"]
        for resource in synthesized(folder, "AutomationRollOut")["Resources"].values()
        if resource["Type"] == "AWS::CloudFormation::StackSet"
    )
    found: dict[str, Any] = json.loads(body)
    return found


def test_every_command_of_the_readme_prints_what_it_says(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} >= {"cdk.out", "service-managed"}  # the fixture has compared what they print


def test_without_an_organization_a_target_lets_in_the_one_role_that_rolls_out(folder: Path) -> None:
    found = {
        name: json.loads((folder / "cdk.out" / f"{name}.template.json").read_text()) for name in ("AutomationRollOut", "AutomationTarget")
    }
    central = Authorization(found["AutomationRollOut"], account=CENTRAL).role("automation-roll-out")
    target = Authorization(found["AutomationTarget"], account=TARGET).role("StackSets")
    assert central.may("sts:AssumeRole", resource=target.arn)
    assert target.may_be_assumed_by(central)
    assert not target.may_be_assumed_by(Authorization(found["AutomationTarget"], account=CENTRAL).role("StackSets"))


def test_without_an_organization_the_runbook_is_started_in_the_accounts_of_the_list_and_in_no_other(folder: Path) -> None:
    found = {
        name: json.loads((folder / "cdk.out" / f"{name}.template.json").read_text()) for name in ("AutomationCentral", "AutomationRollOut")
    }
    central = Authorization(found["AutomationCentral"], account=CENTRAL, region="eu-west-1", organization_id="")
    (body,) = (r["Properties"]["TemplateBody"] for r in found["AutomationRollOut"]["Resources"].values() if "StackSet" in r["Type"])
    parameters = {"AdministrationAccount": CENTRAL}
    target = Authorization(json.loads(body), account=TARGET, region="eu-west-1", organization_id="", parameters=parameters)
    administration, execution = central.role("AdministrationRole"), target.role("ExecutionRole")
    assert central.principal("Operators").may_start("restart-now", role="AdministrationRole")
    assert administration.may("sts:AssumeRole", resource=execution.arn)
    assert not administration.may("sts:AssumeRole", resource=execution.arn.replace(TARGET, "999999999999"))
    assert execution.may_be_assumed_by(administration)
    locations = json.loads(found["AutomationCentral"]["Outputs"]["TargetLocations"]["Value"])
    assert [location["Accounts"] for location in locations] == [[TARGET, "333333333333"]]


def test_every_link_of_the_readme_leads_to_a_file() -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", README.read_text())
    assert [link for link in links if not (README.parent / link).exists()] == []


def test_operators_start_the_runbook_everywhere_in_the_organization_and_nowhere_else(folder: Path) -> None:
    central = Authorization(synthesized(folder, "AutomationCentral"), account=CENTRAL, region="eu-west-1", organization_id="o-a1b2c3d4e5")
    target = Authorization(
        inner(folder),
        account=TARGET,
        region="eu-west-1",
        organization_id="o-a1b2c3d4e5",
        parameters={"AdministrationAccount": CENTRAL},
    )
    operators, administration, execution = central.principal("Operators"), central.role("AdministrationRole"), target.role("ExecutionRole")
    assert operators.may_start("restart-now", role="AdministrationRole")
    assert administration.may("sts:AssumeRole", resource=execution.arn, context={"aws:ResourceOrgID": "o-a1b2c3d4e5"})
    assert not administration.may("sts:AssumeRole", resource=execution.arn, context={"aws:ResourceOrgID": "o-f6g7h8i9j0"})
    assert execution.may_be_assumed_by(administration)
    assert not execution.may_be_assumed_by(operators)
    assert execution.may_start("restart-now", role="ExecutionRole")
