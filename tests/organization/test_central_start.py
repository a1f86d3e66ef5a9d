"""A start from the central account says where it runs, checked against what Automation takes and what its role reaches."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Aws, Duration, Stack, assertions
from aws_cdk import aws_scheduler as scheduler

from automation_role import (
    AutomationAdministrationRole,
    AutomationRole,
    AutomationScheduleTarget,
    IAutomationRole,
    Runbook,
    TargetLocation,
)
from automation_role.derive.derivation import derive
from automation_role.errors import AutomationRoleError
from automation_role.start.target_locations import rendered
from automation_role.values.place import Place


def schedule(stack: Stack, name: str, target: scheduler.IScheduleTarget) -> scheduler.Schedule:
    return scheduler.Schedule(stack, name, schedule=scheduler.ScheduleExpression.rate(Duration.days(1)), target=target)


def test_a_schedule_starts_in_other_accounts_as_the_administration_role() -> None:
    stack = Stack(App(), "Central")
    role = AutomationAdministrationRole(stack, "Administration", target_accounts=["222222222222"], execution_role_name="Runner")
    here = TargetLocation(accounts=["222222222222"], regions=["eu-west-1"], execution_role_name="Runner", max_concurrency="10%")
    schedule(stack, "Nightly", AutomationScheduleTarget("AWS-StopEC2Instance", role=role, target_locations=[here]))
    template = dict(assertions.Template.from_stack(stack).to_json())
    (target,) = [r["Properties"]["Target"] for r in template["Resources"].values() if r["Type"] == "AWS::Scheduler::Schedule"]
    request = json.loads("".join(piece if isinstance(piece, str) else "-" for piece in target["Input"]["Fn::Join"][1]))
    assert request["TargetLocations"] == [here.to_json()]
    assert list(request["Parameters"]) == ["AutomationAssumeRole"]


@pytest.mark.parametrize(
    ("role", "location", "message"),
    [
        (
            lambda stack: AutomationRole(stack, "Role", runbooks=[]),
            TargetLocation(accounts=["222222222222"], regions=["eu-west-1"]),
            "AutomationScheduleTarget: target_locations with role 'S/Role', which cannot reach other accounts → an AutomationAdministrationRole",
        ),
        (
            lambda stack: AutomationAdministrationRole(
                stack, "Role", target_accounts=["222222222222"], execution_role_name="Runner"
            ),
            TargetLocation(accounts=["222222222222"], regions=["eu-west-1"]),
            "the administration role can assume only 'Runner'; write execution_role_name='Runner'",
        ),
        (
            lambda stack: AutomationAdministrationRole(stack, "Role", target_accounts=["222222222222"]),
            TargetLocation(accounts=["222222222222", "333333333333"], regions=["eu-west-1"]),
            "AutomationScheduleTarget: a target location has account '333333333333' → the administration role's target_accounts; add it there",
        ),
        (
            lambda stack: AutomationAdministrationRole(stack, "Role", target_accounts=["222222222222"]),
            TargetLocation(organizational_units=["r-ab12"], regions=["eu-west-1"]),
            "AutomationScheduleTarget: a target location has unit 'r-ab12' → accounts, because the administration role can't list the accounts of a unit; create it with",
        ),
        (
            lambda stack: AutomationAdministrationRole(stack, "Role", target_accounts=["222222222222"]),
            {"Accounts": ["222222222222"], "Regions": ["eu-west-1"]},
            "AutomationScheduleTarget: target_locations[0] is {'Accounts': ['222222222222'], 'Regions': ['eu-west-1']} → a TargetLocation; write TargetLocation(regions=[...], accounts=[...])",
        ),
    ],
)  # fmt: skip
def test_rejects_a_schedule_for_accounts_that_its_role_does_not_reach(
    role: Callable[[Stack], IAutomationRole], location: Any, message: str
) -> None:
    stack = Stack(App(), "S")
    with pytest.raises(AutomationRoleError) as raised:
        AutomationScheduleTarget("AWS-StopEC2Instance", role=role(stack), target_locations=[location])
    assert message in str(raised.value)


@pytest.mark.parametrize(
    "role",
    [
        lambda stack: AutomationAdministrationRole(stack, "Role", organization_id="o-a1b2c3d4e5"),
        lambda stack: AutomationAdministrationRole(
            stack, "Role", target_accounts=["222222222222"], organization_id="o-a1b2c3d4e5", organizational_units=True
        ),
        lambda stack: AutomationAdministrationRole(
            stack, "Role", target_accounts=[Aws.ACCOUNT_ID], organization_id="o-a1b2c3d4e5", organizational_units=True
        ),
        lambda stack: AutomationRole.from_role_arn(stack, "Role", "arn:aws:iam::111111111111:role/Administration"),
    ],
)  # fmt: skip
def test_a_schedule_goes_where_its_role_reaches(role: Callable[[Stack], IAutomationRole]) -> None:
    stack = Stack(App(), "S")
    location = TargetLocation(accounts=["222222222222"], organizational_units=["r-ab12"], regions=["eu-west-1"])
    schedule(stack, "Nightly", AutomationScheduleTarget("AWS-StopEC2Instance", role=role(stack), target_locations=[location]))
    assertions.Template.from_stack(stack).resource_count_is("AWS::Scheduler::Schedule", 1)


def test_a_schedule_over_accounts_with_a_runbook_that_waits_for_approval_is_reported() -> None:
    restart = Runbook.from_file(Path(__file__).parents[2] / "runbooks" / "restart-instance.yaml")
    stack = Stack(App(), "S")
    role = AutomationAdministrationRole(stack, "Role", target_accounts=["222222222222"])
    here = TargetLocation(accounts=["222222222222"], regions=["eu-west-1"])
    parameters = {"InstanceId": "i-0123456789abcdef0", "Approvers": ["arn:aws:iam::111111111111:role/Approver"]}
    for name, locations in (("Here", ()), ("There", (here,))):
        schedule(stack, name, AutomationScheduleTarget(restart, role=role, parameters=parameters, target_locations=locations))
    warnings = assertions.Annotations.from_stack(stack).find_warning("*", assertions.Match.any_value())
    (told,) = [each for each in warnings if "aws:approve does not work" in str(each.entry.data)]
    assert told.id == "/S/There"
    assert "runbook 'restart-instance', step 'approve' (line 15)" in str(told.entry.data)


# -- a runbook that starts in other accounts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accounts", "name", "roles", "looks_up"),
    [
        ('["222222222222", 33333333333]', "Runner", ["222222222222:role/Runner", "033333333333:role/Runner"], False),
        ('["{{ Account }}"]', "Runner", ["222222222222:role/Runner", "333333333333:role/Runner"], False),
        ('["222222222222"]', None, ["222222222222:role/AWS-SystemsManager-AutomationExecutionRole"], False),
        ('["222222222222", "ou-ab12-cdefgh34"]', "Runner", ["*:role/Runner"], True),
        ('"{{ Accounts }}"', "Runner", ["*:role/Runner"], True),
        ("[]", "Runner", ["*:role/Runner"], True),
    ],
)
def test_a_runbook_that_starts_in_other_accounts_assumes_the_role_there_and_nowhere_else(
    accounts: str, name: str | None, roles: list[str], looks_up: bool
) -> None:
    runbook = Runbook.from_text(
        f"""
schemaVersion: "0.3"
parameters:
  Account: {{type: String, allowedValues: ["222222222222", "333333333333"]}}
  Accounts: {{type: StringList}}
mainSteps:
  - name: everywhere
    action: aws:executeAutomation
    inputs:
      DocumentName: AWS-StopEC2Instance
      TargetLocations: [{{Accounts: {accounts}, Regions: [eu-west-1]{f", ExecutionRoleName: {name}" if name else ""}}}]
""",
        name="central",
    )
    statements = {statement.actions: statement.resources for statement in derive([runbook]).policy().statements}
    place = Place(partition="aws", account="111111111111", regions=("*",), role_arn="arn:aws:iam::111111111111:role/Automation")
    assumed = [arn for resource in statements[("sts:AssumeRole",)] for arn in place.write(resource)]
    assert sorted(assumed) == sorted(f"arn:aws:iam::{role}" for role in roles)
    assert (("organizations:ListAccountsForParent",) in statements) == looks_up


# -- where it runs -------------------------------------------------------------------------------------------------------------------


def test_a_location_is_written_as_the_api_takes_it() -> None:
    location = TargetLocation(
        organizational_units=["ou-ab12-cdefgh34"],
        regions=["eu-west-1", "us-east-1"],
        exclude_accounts=["333333333333"],
        include_child_organization_units=True,
        max_concurrency="10",
        max_errors="5%",
    )
    assert location.to_json() == {
        "Accounts": ["ou-ab12-cdefgh34"],
        "Regions": ["eu-west-1", "us-east-1"],
        "ExcludeAccounts": ["333333333333"],
        "IncludeChildOrganizationUnits": True,
        "TargetLocationMaxConcurrency": "10",
        "TargetLocationMaxErrors": "5%",
    }


def test_a_hundred_locations_hold_five_thousand_accounts_and_no_more() -> None:
    accounts = [f"{number:012}" for number in range(5_050)]
    locations = [TargetLocation(accounts=accounts[at : at + 50], regions=["eu-west-1"]) for at in range(0, 5_050, 50)]
    assert sum(len(each["Accounts"]) for each in rendered(locations[:100])) == 5_000
    with pytest.raises(AutomationRoleError, match="101 target locations → 1 to 100; start several automations"):
        rendered(locations)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"accounts": "222222222222"}, "TargetLocation: accounts is the string '222222222222' → a list"),
        ({"accounts": [222222222222]}, "TargetLocation: accounts[0] is 222222222222 → a string; write '222222222222'"),
        ({"accounts": ["222222222222"] * 2}, "TargetLocation: accounts has '222222222222' twice → each once"),
        ({"accounts": ["222222222222"], "regions": "eu-west-1"}, "TargetLocation: regions is the string 'eu-west-1' → a list"),
        ({"accounts": ["222222222222"], "regions": ["Ireland"]}, "TargetLocation: regions has 'Ireland' → a Region such as"),
        (
            {"accounts": ["222222222222"], "exclude_accounts": ["333333333333"]},
            "TargetLocation: exclude_accounts without organizational_units → it applies only to units",
        ),
        (
            {"accounts": ["222222222222"], "include_child_organization_units": True},
            "TargetLocation: include_child_organization_units without organizational_units → it applies only to units",
        ),
        ({"accounts": ["222222222222"], "regions": ["eu-west-1"] * 2}, "TargetLocation: regions has 'eu-west-1' twice → each once"),
        ({"accounts": ["222222222222"], "regions": [1]}, "TargetLocation: regions[0] is 1 → a string; write '1'"),
        ({"accounts": None}, "TargetLocation: accounts is None → a list"),
        ({"organizational_units": ["r-ab12"] * 2}, "TargetLocation: organizational_units has 'r-ab12' twice → each once"),
        ({"organizational_units": [None]}, "TargetLocation: organizational_units[0] is None → a string"),
        (
            {"accounts": ["222222222222"], "max_concurrency": 10},
            "TargetLocation: max_concurrency is 10 → a string; write '10'",
        ),
        ({"accounts": ["222222222222"], "max_concurrency": "0"}, "TargetLocation: max_concurrency is '0' → a number from 1"),
        ({"accounts": ["222222222222"], "execution_role_name": "a b"}, "TargetLocation: execution_role_name is 'a b' → a role's name"),
    ],
)
def test_rejects_a_location_that_automation_would_refuse(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(AutomationRoleError) as raised:
        TargetLocation(**{"regions": ["eu-west-1"], **fields})
    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)
