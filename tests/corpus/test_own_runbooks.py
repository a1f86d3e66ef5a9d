"""Runbooks written for this project, in the styles of public ones, with what each needs: README.md in this folder says who wrote it down.

`needs/NAME.txt` has a line for each action on a resource, under a condition, of `runbooks/NAME.yaml`:

    ec2:StopInstances arn:{P}:ec2:{R}:{A}:instance/*            needed, and derived
    + sns:Publish *                                             derived, but not needed: it allows too much
    - ec2:CreateTags arn:{P}:ec2:{R}:{A}:image/*                needed, but not derived: the run would fail
    ! unknownReference step                                     reported

A change of the derivation changes these files; read each changed line. Lines with `+` and `-` may only become fewer.
UPDATE_CORPUS=1 writes the lines without a mark again, and keeps the marked ones as long as they are true. It leaves the `INDEPENDENT` ones alone.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from automation_role.derive.derivation import derive
from automation_role.runbook.model import Runbook
from automation_role.values.place import Place

HERE = Path(__file__).parent
RUNBOOKS = sorted((HERE / "runbooks").glob("*.yaml"))
PLACE = Place(partition="{P}", account="{A}", regions=("{R}",), role_arn="{ROLE}")

# All the lines that say that something is wrong today. Lower them when you can; nobody raises them, except for a runbook that is added.
TOO_WIDE = 19
MISSING = 0

# Written down from AWS's references before the derived permissions were seen: UPDATE_CORPUS=1 does not write them, a person does.
INDEPENDENT = frozenset(
    {
        "approve-then-terminate",
        "attach-volume",
        "back-up-table",
        "block-public-buckets",
        "close-ports",
        "create-alarm",
        "deny-traffic",
        "deploy-service",
        "drain-container-instance",
        "exclude-by-table",
        "failover-global-database",
        "golden-image",
        "isolate-instance",
        "pause-queues",
        "reboot-broker",
        "rotate-access-key",
        "share-database-snapshot",
        "share-image",
        "signal-stack",
        "snapshot-by-tag",
        "standby-instance",
        "take-out-of-balancer",
        "turn-on-trail",
    }
)


def derived(path: Path) -> set[str]:
    derivation = derive([Runbook.from_file(path)])
    lines = {f"! {finding.id} {finding.step or 'the runbook'}" for finding in derivation.findings}
    for permission in derivation.permissions:
        conditions = "".join(
            f" if {operator} {key} {'|'.join(text for value in values for text in PLACE.write(value))}"
            for operator, key, values in permission.conditions
        )
        lines |= {f"{permission.action} {text}{conditions}" for resource in permission.resources for text in PLACE.write(resource)}
    return lines


def reviewed(path: Path) -> list[str]:
    needs = HERE / "needs" / f"{path.stem}.txt"
    return needs.read_text(encoding="utf-8").splitlines() if needs.exists() else []


def split(lines: list[str]) -> tuple[set[str], set[str], set[str]]:
    """What is right, what is too wide, what is missing."""
    wide = {line.removeprefix("+ ") for line in lines if line.startswith("+ ")}
    missing = {line.removeprefix("- ") for line in lines if line.startswith("- ")}
    return {line for line in lines if not line.startswith(("+ ", "- "))}, wide, missing


@pytest.mark.parametrize("path", RUNBOOKS, ids=lambda path: path.stem)
def test_what_is_derived_is_what_was_reviewed(path: Path) -> None:
    found = derived(path)
    right, wide, missing = split(reviewed(path))
    if os.environ.get("UPDATE_CORPUS") and path.stem not in INDEPENDENT:
        lines = [*sorted(found - wide), *sorted(f"+ {line}" for line in wide & found), *sorted(f"- {line}" for line in missing - found)]
        (HERE / "needs").mkdir(exist_ok=True)
        (HERE / "needs" / f"{path.stem}.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return
    assert missing & found == set(), "derived now: remove the '-' before these lines"
    assert wide - found == set(), "no longer derived: remove these '+' lines"
    assert found - wide - right == set(), "not reviewed: is it needed?"
    assert right - found == set(), "no longer derived"


def test_what_is_wrong_only_becomes_less() -> None:
    marks = [line[:1] for path in RUNBOOKS for line in reviewed(path)]
    assert (marks.count("+"), marks.count("-")) == (TOO_WIDE, MISSING), "lower TOO_WIDE or MISSING; they are not raised"


def test_every_review_has_a_runbook_and_there_are_forty() -> None:
    assert {path.stem for path in (HERE / "needs").glob("*.txt")} == {path.stem for path in RUNBOOKS}
    assert len(RUNBOOKS) >= 40
    assert {path.stem for path in RUNBOOKS} >= INDEPENDENT
