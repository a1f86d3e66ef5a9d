"""Which quota is reached first with 10, 1,000 and 5,000 target accounts: `python tools/scale.py [--write]`.

Prints the tables of docs/scale.md; with --write, writes them there. The first is the same on every machine, and a test checks it; the second
has the times, with the machine and the versions.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import statistics
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from aws_cdk import App, BootstraplessSynthesizer, Environment, Stack
from aws_cdk import aws_iam as iam

from automation_role import AutomationAdministrationRole, AutomationExecutionRoleStackSet, Runbook, TargetLocation
from automation_role.cdk.organization.nested_app import TEMPLATE_QUOTA
from automation_role.errors import AutomationRoleError
from automation_role.policy import quotas
from automation_role.policy.quotas import INLINE_QUOTA, MANAGED_COUNT
from automation_role.start.target_locations import rendered

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "scale.md"
RUNBOOK: Final = Runbook.from_file(ROOT / "examples" / "organization" / "runbooks" / "restart-now.yaml")
COUNTS: Final = (10, 1_000, 5_000)
ORGANIZATION, UNIT, REGION = "o-a1b2c3d4e5", "ou-ab12-cdefgh34", "eu-west-1"

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
TEMPLATE_IN_BUCKET, INSTANCES, INSTANCES_AT_A_TIME = 1_048_576, 100_000, 10_000
# https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-ssm-sharing.html
SHARED = 1_000
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartAutomationExecution.html, API_TargetLocation.html
LOCATIONS, ACCOUNTS_EACH = 100, 50

Build = Callable[[Stack, list[str]], object]


def accounts(count: int) -> list[str]:
    return [f"{number:012}" for number in range(100_000_000_001, 100_000_000_001 + count)]


def reach_by_list(stack: Stack, targets: list[str]) -> object:
    return AutomationAdministrationRole(stack, "Role", target_accounts=targets)


def reach_by_organization(stack: Stack, targets: list[str]) -> object:  # noqa: ARG001  (any number of them)
    return AutomationAdministrationRole(stack, "Role", organization_id=ORGANIZATION)


def roll_out_by_unit(stack: Stack, targets: list[str]) -> object:  # noqa: ARG001
    return AutomationExecutionRoleStackSet(stack, "Roles", organizational_units=[UNIT], runbooks=[RUNBOOK], documents=True)


def roll_out_by_list(stack: Stack, targets: list[str]) -> object:
    return AutomationExecutionRoleStackSet(stack, "Roles", accounts=targets, runbooks=[RUNBOOK], documents=True)


def roll_out_with_given_role(stack: Stack, targets: list[str]) -> object:
    role = iam.Role.from_role_arn(stack, "Given", "arn:aws:iam::111111111111:role/AWSCloudFormationStackSetAdministrationRole")
    return AutomationExecutionRoleStackSet(
        stack, "Roles", accounts=targets, runbooks=[RUNBOOK], documents=True, stack_set_administration_role=role
    )


def synthesized(build: Build, count: int) -> str:
    """The template as CDK writes it.

    Raises:
        AutomationRoleError: the construct refuses so many.
    """
    with tempfile.TemporaryDirectory() as folder:
        app = App(outdir=folder, analytics_reporting=False)
        environment = Environment(account="111111111111", region=REGION)
        stack = Stack(app, "Central", env=environment, synthesizer=BootstraplessSynthesizer())
        build(stack, accounts(count))
        return Path(app.synth().get_stack_by_name("Central").template_full_path).read_text()


def or_refused(measure: Callable[[str], str]) -> Callable[[Build, int], str]:
    def cell(build: Build, count: int) -> str:
        try:
            return measure(synthesized(build, count))
        except AutomationRoleError:
            return "refused"

    return cell


def policies(template: str) -> str:
    found = [resource for resource in json.loads(template)["Resources"].values() if resource["Type"].endswith("Policy")]
    characters = sum(quotas.size(resource["Properties"]["PolicyDocument"]) for resource in found)
    managed = sum(resource["Type"] == "AWS::IAM::ManagedPolicy" for resource in found)
    return f"{characters:,} characters, {managed} managed"


def size(template: str) -> str:
    return f"{len(template.encode()):,} bytes"


def inside(template: str) -> str:
    (body,) = (r["Properties"]["TemplateBody"] for r in json.loads(template)["Resources"].values() if "StackSet" in r["Type"])
    return f"{len(body.encode()):,} bytes"


def locations(count: int) -> str:
    listed = accounts(count)
    made = [TargetLocation(accounts=listed[at : at + ACCOUNTS_EACH], regions=[REGION]) for at in range(0, count, ACCOUNTS_EACH)]
    return f"{len(rendered(made))}"


def holds(build: Callable[[int], object]) -> int:
    """The largest number that is not refused."""
    low, high = 1, 2
    while accepted(build, high):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if accepted(build, middle) else (low, middle)
    return low


def accepted(build: Callable[[int], object], number: int) -> bool:
    try:
        build(number)
    except AutomationRoleError:
        return False
    return True


def new_stack() -> Stack:
    return Stack(App(), "Central", env=Environment(account="111111111111", region=REGION))


def rolled_out(number: int, *, documents: bool) -> object:
    runbooks = [Runbook.from_text(RUNBOOK.text, name=f"restart-now-{each}") for each in range(number)]
    return AutomationExecutionRoleStackSet(new_stack(), "Roles", organizational_units=[UNIT], runbooks=runbooks, documents=documents)


def numbers() -> str:
    """The table that is the same on every machine."""
    sized, counted, body = or_refused(size), or_refused(policies), or_refused(inside)
    one_policy = f"{INLINE_QUOTA:,} characters inline, {MANAGED_COUNT} managed policies"
    rows: list[tuple[str, str, Callable[[int], str]]] = [
        ("IAM: administration role with `organization_id`", one_policy, lambda n: counted(reach_by_organization, n)),
        ("IAM: administration role with `target_accounts`", one_policy, lambda n: counted(reach_by_list, n)),
        ("IAM: StackSets role, self-managed", one_policy, lambda n: counted(roll_out_by_list, n)),
        ("CloudFormation: stack set's template", f"{TEMPLATE_QUOTA:,} bytes", lambda n: body(roll_out_by_unit, n)),
        ("CloudFormation: roll-out's template, units", f"{TEMPLATE_IN_BUCKET:,} bytes", lambda n: sized(roll_out_by_unit, n)),
        ("… a list, with your own StackSets role", f"{TEMPLATE_IN_BUCKET:,} bytes", lambda n: sized(roll_out_with_given_role, n)),
        ("CloudFormation: stack instances", f"{INSTANCES:,} a stack set", lambda n: f"{n / INSTANCES:.2%}"),
        ("CloudFormation: instances at a time", f"{INSTANCES_AT_A_TIME:,} a Region", lambda n: f"{n / INSTANCES_AT_A_TIME:.1%}"),
        ("Systems Manager: accounts a runbook is shared with", f"{SHARED:,}", lambda n: f"{n / SHARED:.0%}"),
        ("… with `documents=True`", f"{SHARED:,}", lambda n: "0%"),  # noqa: ARG005
        ("Automation: target locations, one unit", f"{LOCATIONS} a start", lambda n: "1"),  # noqa: ARG005
        ("Automation: target locations, accounts listed", f"{LOCATIONS} a start of {ACCOUNTS_EACH} accounts", locations),
    ]
    table = [
        f"| quota | AWS's limit | {' | '.join(f'{count:,} accounts' for count in COUNTS)} |",
        f"| --- | --- |{' --- |' * len(COUNTS)}",
        *(f"| {what} | {limit} | {' | '.join(cell(count) for count in COUNTS)} |" for what, limit, cell in rows),
    ]
    most = {
        "`target_accounts` of an administration role": holds(lambda n: reach_by_list(new_stack(), accounts(n))),
        "`accounts` of a self-managed roll-out that creates its own StackSets role": holds(
            lambda n: roll_out_by_list(new_stack(), accounts(n))
        ),
        "runbooks such as the sample's in one roll-out, with `documents=True`": holds(lambda n: rolled_out(n, documents=True)),
        "runbooks such as the sample's in one roll-out, without": holds(lambda n: rolled_out(n, documents=False)),
    }
    return "\n".join([*table, "", "| at most | |", "| --- | --- |", *(f"| {what} | {number:,} |" for what, number in most.items())])


def times(runs: int) -> str:
    """The table of this machine."""
    rows: dict[str, Build] = {
        "administration role, `organization_id`": reach_by_organization,
        "administration role, `target_accounts`": reach_by_list,
        "roll-out to units": roll_out_by_unit,
        "roll-out to a list, creates the StackSets role": roll_out_by_list,
        "roll-out to a list, your own StackSets role": roll_out_with_given_role,
    }
    cores = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"
    versions = f"Python {platform.python_version()}, aws-cdk-lib {version('aws-cdk-lib')}, jsii {version('jsii')}"
    lines = [f"{cores}; {versions}; median of {runs} runs after a first one:", ""]
    lines += [f"| seconds to synthesize | {' | '.join(f'{count:,} accounts' for count in COUNTS)} |", f"| --- |{' --- |' * len(COUNTS)}"]
    lines += [f"| {name} | {' | '.join(took(build, count, runs) for count in COUNTS)} |" for name, build in rows.items()]
    return "\n".join(lines)


def took(build: Build, count: int, runs: int) -> str:
    measured: list[float] = []
    for _ in range(runs + 1):
        began = time.perf_counter()
        try:
            synthesized(build, count)
        except AutomationRoleError:
            return "refused"
        measured.append(time.perf_counter() - began)
    return f"{statistics.median(measured[1:]):.2f}"


def put(page: str, name: str, text: str) -> str:
    """The page with this table between its two marks."""
    return re.sub(rf"(<!-- {name} -->\n).*?(\n<!-- /{name} -->)", lambda match: f"{match[1]}\n{text}\n{match[2]}", page, flags=re.DOTALL)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the tables into docs/scale.md")
    parser.add_argument("--runs", type=int, default=5)
    given: Any = parser.parse_args(argv)
    os.environ.setdefault("CDK_VALIDATION", "false")
    made = {"numbers": numbers(), "times": times(given.runs)}
    print("\n\n".join(made.values()))
    if given.write:
        page = PAGE.read_text()
        for name, text in made.items():
            page = put(page, name, text)
        PAGE.write_text(page)


if __name__ == "__main__":
    main()
