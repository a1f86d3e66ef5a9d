"""Plans and a state that a real Terraform wrote with AWS's provider (`tools/terraform_plans.py`), read as they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.sources.conftest import Ran, Run

FOLDER = Path(__file__).parent / "terraform"


@pytest.fixture
def checked(run: Run, request: pytest.FixtureRequest) -> Ran:
    return run("check", str(FOLDER / f"{request.param}.json"), "--format", "json")


def outcomes(ran: Ran) -> dict[str, tuple[str, str, bool, int]]:
    """Runbook -> its role, what says so, whether it fits, how much isn't decided."""
    return {one["runbook"]: (one["role"], one["through"], one["fits"], one["undecided"]) for one in ran.json["pairs"]}


@pytest.mark.parametrize("checked", ["plan"], indirect=True)
def test_a_first_plan_says_as_much_as_is_known_before_apply(checked: Ran):
    target = "aws_cloudwatch_event_target"
    assert outcomes(checked) == {
        # Its name, its policy and the event's target are only known after apply.
        "Restart": ("aws_iam_role.restart", f"passed by {target}.nightly", True, 0),
        # Each instance has the policy of its own index.
        "Site-eu-west": ('aws_iam_role.site["eu.west"]', f'passed by module.site["eu.west"].{target}.this', True, 0),
        "Site-us": ('aws_iam_role.site["us"]', f'passed by module.site["us"].{target}.this', True, 0),
        # Its policies are attached through a local, of which a plan says nothing.
        **{
            f"Ops-{team}": (
                f'module.ops["{team}"].aws_iam_role.this',
                f'passed by module.ops["{team}"].aws_ssm_maintenance_window_task.this[0]',
                False,
                2,
            )
            for team in ("blue", "green")
        },
    }
    assert [(one["runbook"], one["reason"]) for one in checked.json["withoutRole"]] == [
        ("Inline", "its content is only known once it is deployed, so its role is unknown")
    ]
    assert {one["pattern"] for role in checked.json["roles"] for one in role["unused"]} == {"s3:PutObject"}


@pytest.mark.parametrize("checked", ["state"], indirect=True)
def test_after_apply_everything_is_known(checked: Ran):
    assert checked.code == 0
    assert {name: found[:1] + found[2:] for name, found in outcomes(checked).items()} == {
        "Inline": ("aws_iam_role.restart", True, 0),
        "Restart": ("aws_iam_role.restart", True, 0),
        "Site-eu-west": ('aws_iam_role.site["eu.west"]', True, 0),
        "Site-us": ('aws_iam_role.site["us"]', True, 0),
    }
    assert [one["blind"] for one in checked.json["roles"]] == [[], [], []]


@pytest.mark.parametrize("checked", ["change"], indirect=True)
def test_a_policy_that_the_plan_deletes_no_longer_counts(checked: Ran):
    before = json.loads((FOLDER / "change.json").read_text())["prior_state"]["values"]["root_module"]["resources"]
    assert any(
        "inline_policy" in one["values"] and one["values"]["inline_policy"][0]["name"] == "restart"
        for one in before
        if one["type"] == "aws_iam_role"
    )
    assert checked.code == 1
    assert {(step, action) for step, action, _ in checked.missing()} == {("restart", "ec2:StopInstances"), ("stop", "ec2:StopInstances")}


@pytest.mark.parametrize("name", ["plan", "state", "change"])
def test_every_runbook_is_found_and_no_other_document(run: Run, name: str):
    ran = run("explain", str(FOLDER / f"{name}.json"), "--format", "json")
    assert {one["name"] for one in ran.json["runbooks"]} == {"Restart", "Inline", "Site-eu-west", "Site-us", "Ops-blue", "Ops-green"}
