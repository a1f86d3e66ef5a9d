"""A role that scripts assume is judged by what they need from it, beside the role that runs the runbook."""

from __future__ import annotations

from typing import Any

import pytest

from automation_role.derive.derivation import AssumedRole, Derivation
from automation_role.sources.assumed import AssumedRoles
from automation_role.values.patterns import ANY, Pattern, Slot
from tests.check.conftest import allow
from tests.check.fleets import ONE, TWO, dump, role
from tests.sources.conftest import Run
from tests.why.test_assumed import ROLE, denied, document

AS_CALLER = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ONE}:role/Runs"}, "Action": "sts:AssumeRole"}]}  # fmt: skip
LOOK, STOP = allow("ec2:DescribeInstances"), allow("ec2:StopInstances")


def other(*statements: Any, account: str = TWO, path: str = "/team/", **more: Any) -> dict[str, Any]:
    arn = f"arn:aws:iam::{account}:role{path}Other"
    return role(account, "Other", *statements, **{"Path": path, "Arn": arn, "AssumeRolePolicyDocument": AS_CALLER, **more})


RUNS = role(ONE, "Runs", STOP, allow("sts:AssumeRole"))


def test_joined_with_both_roles_each_is_judged_by_its_own_needs(run: Run):
    ran = run("check", ".", "--format", "json", files={"book.json": document(), "one.json": dump(RUNS), "two.json": dump(other(LOOK))})
    assert ran.pairs() == [("book", "Runs", True), ("book", "Other", False)]
    assert [pair["through"] for pair in ran.json["pairs"]] == ["its assumeRole", "assumed by step 'cross'"]
    assert [(step, action) for step, action, _ in ran.missing()] == [("cross", "ec2:StopInstances")]
    assert [risk["id"] for one in ran.json["roles"] for risk in one["risky"]] == []  # it need not trust Automation
    assert ran.code == 1


def test_what_the_assumed_role_allows_is_not_missing_in_the_other(run: Run):
    ran = run(
        "check", ".", "--format", "json", files={"book.json": document(), "one.json": dump(RUNS), "two.json": dump(other(LOOK, STOP))}
    )
    assert (ran.code, ran.pairs()) == (0, [("book", "Runs", True), ("book", "Other", True)])


@pytest.mark.parametrize("arguments", [[], ["--role", "Other"]])
def test_a_role_of_a_file_that_only_scripts_assume_is_judged_by_what_they_need(run: Run, arguments: list[str]):
    files = {"book.json": document(), "two.json": dump(other(LOOK))}
    ran = run("check", "book.json", "--template", "two.json", *arguments, "--format", "json", files=files)
    assert [(step, action) for step, action, _ in ran.missing()] == [("cross", "ec2:StopInstances")]
    assert ran.json["roles"][0]["unused"] == ran.json["roles"][0]["risky"] == []


def test_one_that_automation_can_assume_too_is_judged_by_both(run: Run):
    both = other(LOOK, AssumeRolePolicyDocument=role(TWO)["AssumeRolePolicyDocument"])
    ran = run("check", "book.json", "--template", "two.json", "--format", "json", files={"book.json": document(), "two.json": dump(both)})
    lacks = {(one["action"], step["step"]) for one in ran.json["roles"][0]["missing"] for step in one["steps"]}
    assert lacks == {("ec2:StopInstances", "own"), ("ec2:StopInstances", "cross"), ("sts:AssumeRole", "cross")}


def test_a_fleet_has_the_assumed_roles_of_its_accounts(run: Run):
    files = {"book.json": document('f"arn:aws:iam::{e[0]}:role/team/Other"'), "one.json": dump(RUNS)}
    for account, statements in ((TWO, [LOOK]), ("777788889999", [LOOK, STOP]), ("666677778888", [LOOK])):
        files[f"{account}.json"] = dump(other(*statements, account=account))
    files["555566667777.json"] = dump(other(LOOK, account="555566667777", path="/"))  # another path: another role
    ran = run("check", "--fleet", ".", "--format", "json", files=files)
    found = {(one["role"], *one["accounts"]): one for one in ran.json["results"]}
    assert {key: one["fits"] for key, one in found.items()} == {
        ("Runs", ONE): True,
        ("Other", TWO, "666677778888"): False,
        ("Other", "777788889999"): True,
    }
    (lacking,) = (one for one in found.values() if not one["fits"])
    assert [(one["runbook"], one["through"], one["fails"]) for one in lacking["runbooks"]] == [("book", "assumed by step 'cross'", 1)]
    assert lacking["risky"] == []


def test_a_script_that_says_nothing_of_the_role_assumes_no_certain_one(run: Run):
    ran = run(
        "check", ".", "--format", "json", files={"book.json": document('e["role"]'), "one.json": dump(RUNS), "two.json": dump(other())}
    )
    assert ran.pairs() == [("book", "Runs", True)]


@pytest.mark.parametrize(
    ("pattern", "arn", "is_it"),
    [
        (Pattern.literal(ROLE), ROLE, True),
        (Pattern.literal(ROLE), ROLE.replace("/team", ""), False),
        (Pattern.literal(ROLE), "arn:aws:iam::‹ACCOUNT-ID›:role/team/Other", True),
        (Pattern.literal(ROLE), "arn:aws-cn:iam::444455556666:role/team/Other", False),
        (Pattern(("arn:", Slot.PARTITION, ":iam::", Slot.ACCOUNT, ":role/Other")), "arn:aws:iam::444455556666:role/Other", True),
        (Pattern(("arn:aws:iam::", ANY, ":role/Run-", ANY)), "arn:aws:iam::444455556666:role/Run-it", True),
        (Pattern(("arn:aws:iam::", ANY, ":role/Run-", ANY)), "arn:aws:iam::444455556666:role/Ran-it", False),
        (Pattern(("arn:aws:iam::444455556666:role/", ANY)), ROLE, False),
        (Pattern((ANY,)), ROLE, False),
    ],
)
def test_a_role_is_found_by_as_much_of_its_arn_as_a_script_says(pattern: Pattern, arn: str, is_it: bool):
    nothing = Derivation(runbooks=(), steps=(), findings=())
    roles = AssumedRoles(Derivation(runbooks=(), steps=(), findings=(), assumed_roles=(AssumedRole(role=pattern, needs=nothing),)))
    assert bool(roles.matching(arn)) is is_it


@pytest.mark.parametrize("more", [["--template", "two.json"], ["two.json"]])
def test_a_failure_in_an_assumed_role_is_explained_with_its_policies(run: Run, more: list[str]):
    files = {"book.json": document(), "two.json": dump(other(LOOK)), "failure.txt": denied()}
    (one,) = run("why", "book.json", *more, "--failure", "failure.txt", "--format", "json", files=files).json["failures"]
    assert (one["assumedRole"], one["checked"], one["cause"]["certain"]) == (ROLE, True, True)
    assert [step["step"] for step in one["steps"]] == ["cross"]
