"""`check --fleet`: the roles of many accounts, each with the runbooks that run as it."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from automation_role.check import fit
from automation_role.check.fleet import roles as fleet_roles
from automation_role.check.subjects import Subject
from automation_role.sources.dumps import Dumps
from tests.check.conftest import Ran, Run, allow, deny
from tests.check.fleets import LOOK, ONE, THREE, TWO, Fleet, call, dump, managed, role, runbook, trust, write

SEES = allow("ec2:DescribeInstances")


@pytest.fixture
def fleet(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fleet:
    """Checks these files as a fleet: `fleet({"a.json": …}, "--strict")`."""
    monkeypatch.chdir(tmp_path)

    def fleet(files: dict[str, Any], *arguments: str, form: str = "json", paths: tuple[str, ...] = (".",)) -> Ran:
        write(tmp_path, files)
        return run("--fleet", *paths, "--format", form, *arguments)

    return fleet


def said(ran: Ran) -> list[str]:
    return [line.removeprefix("automation-role: ") for line in ran.err.splitlines()]


def results(ran: Ran) -> list[tuple[str, list[str], bool]]:
    return [(one["role"], one["accounts"], one["fits"]) for one in ran.report["results"]]


def test_each_account_s_role_is_checked_with_the_runbook_that_names_it(fleet: Fleet):
    files = {
        "one.json": dump(role(ONE, "Ops", SEES)),
        "two.json": dump(role(TWO, "Ops", allow("ec2:DescribeImages"))),
        "three.json": dump(role(THREE, "Ops", SEES)),
        "look.json": runbook(),
    }
    ran = fleet(files)
    assert (ran.code, results(ran)) == (1, [("Ops", [TWO], False), ("Ops", [ONE, THREE], True)])
    lacking, fitting = ran.report["results"]
    assert lacking["arn"] == "arn:aws:iam::${AWS::AccountId}:role/Ops"
    assert [(one["action"], one["certainty"], one["steps"][0]["source"]) for one in lacking["missing"]] == [
        ("ec2:DescribeInstances", "fails", "look.json")
    ]
    assert lacking["unused"] == 1
    assert lacking["runbooks"] == [
        {"runbook": "look", "through": "its assumeRole", "fits": False, "fails": 1, "partly": 0, "undecided": 0, "gaps": 0}
    ]
    assert fitting["runbooks"][0]["fits"]
    assert [(one["account"], one["fits"], one["roles"], one["results"]) for one in ran.report["accounts"]] == [
        (ONE, True, 1, [1]),
        (TWO, False, 1, [0]),
        (THREE, True, 1, [1]),
    ]
    assert said(ran) == ["note: 3 accounts, 1 runbook: 3 pairs of a runbook and a role; 1 of 3 roles does not fit"]


def test_what_matters_most_comes_first(fleet: Fleet):
    accounts = [f"{number:012}" for number in (10, 11, 12, 13, 14)]
    fits, wide, risky, open_to_all, lacks = accounts
    files = {
        "fits.json": dump(role(fits, "Ops", SEES)),
        "wide.json": dump(role(wide, "Ops", allow("ec2:*"))),
        "risky.json": dump(role(risky, "Ops", SEES, allow("iam:PassRole"))),
        "open.json": dump(role(open_to_all, "Ops", SEES, AssumeRolePolicyDocument=trust(None))),
        "lacks.json": dump(role(lacks)),
        "look.json": runbook(),
    }
    assert [theirs[0] for _, theirs, _ in results(fleet(files))] == [lacks, open_to_all, risky, wide, fits]
    assert fleet(files, "--accept", "trustWithoutSource").report["results"][1]["accounts"] == [risky]


@pytest.mark.parametrize("form", ["json", "table", "html"])
def test_the_order_of_the_files_changes_nothing(fleet: Fleet, form: str):
    files = {"a.json": dump(role(ONE, "Ops", SEES)), "b.json": dump(role(TWO)), "c.json": dump(role(THREE)), "look.json": runbook()}
    first = fleet(files, form=form, paths=tuple(files))
    assert first.code == 1
    assert fleet(files, form=form, paths=tuple(reversed(files))).out == first.out


# -- which runbook runs as which role ----------------------------------------------------------------------------------------------------


def test_an_account_without_the_role_is_listed_with_its_runbook(fleet: Fleet):
    files = {"one.json": dump(role(ONE, "Ops", SEES)), "two.json": dump(role(TWO, "Web")), "look.json": runbook()}
    ran = fleet(files)
    assert (ran.code, [(one["runbook"], one["accounts"], one["reason"]) for one in ran.report["withoutRole"]]) == (
        0,
        [("look", [TWO], "its assumeRole is arn:aws:iam::${AWS::AccountId}:role/Ops, which is not in the account")],
    )
    assert fleet(files, "--strict").code == 1


def test_the_other_accounts_do_not_need_a_role_of_one_account(fleet: Fleet):
    files = {
        "one.json": dump(role(ONE, "Ops", SEES)),
        "two.json": dump(role(TWO)),
        "look.json": runbook(role=f"arn:aws:iam::{ONE}:role/Ops"),
        "gone.json": runbook(role=f"arn:aws:iam::{THREE}:role/Ops"),
    }
    ran = fleet(files)
    assert results(ran) == [("Ops", [ONE], True)]
    assert [(one["runbook"], one["accounts"]) for one in ran.report["withoutRole"]] == [("gone", [])]
    assert ran.report["withoutRunbook"] == [{"role": "Ops", "accounts": [TWO]}]


def test_a_runbook_that_takes_its_role_when_it_starts_is_checked_with_the_role_that_the_user_names(fleet: Fleet):
    files = {
        "one.json": dump(role(ONE, "Ops", SEES)),
        "two.json": dump(role(TWO, "Ops"), role(TWO, "Other")),
        "three.json": dump(role(THREE, "Other")),
        "look.json": runbook(role="{{ AutomationAssumeRole }}", AutomationAssumeRole={}),
    }
    ran = fleet(files)
    assert (ran.code, results(ran)) == (0, [])
    assert ran.report["withoutRole"][0]["reason"] == "whoever starts it passes its role (AutomationAssumeRole)"
    named = fleet(files, "--role", "Ops")
    assert (named.code, results(named)) == (1, [("Ops", [TWO], False), ("Ops", [ONE], True)])
    assert named.report["results"][0]["runbooks"][0]["through"] == "--role"
    assert [(one["accounts"], one["reason"]) for one in named.report["withoutRole"]] == [
        ([THREE], "--role is Ops, which is not in the account")
    ]
    refused = fleet(files, "--role", "Nobody")
    assert (refused.code, said(refused)) == (
        2,
        ["error: --role 'Nobody': no account has a role of this name → the name of a role, without its path"],
    )


def test_what_starts_a_runbook_and_what_a_runbook_starts_have_their_roles_in_each_account(fleet: Fleet):
    starter = {
        "Type": "AWS::SSM::Association",
        "Properties": {
            "Name": {"Ref": "Doc"},
            "Parameters": {"AutomationAssumeRole": [{"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/Ops"}]},
        },
    }
    parent = runbook(role="{{ AutomationAssumeRole }}", AutomationAssumeRole={})
    parent["mainSteps"].append({"name": "down", "action": "aws:executeAutomation", "inputs": {"DocumentName": "child"}})
    document = {"Type": "AWS::SSM::Document", "Properties": {"DocumentType": "Automation", "Name": "parent", "Content": parent}}
    files = {
        "one.json": dump(role(ONE, "Ops", SEES)),
        "two.json": dump(role(TWO, "Ops", SEES, allow("ssm:*"), allow("s3:*"))),
        "stack.json": {"Resources": {"Doc": document, "Start": starter}},
        "child.json": runbook(call("s3", "ListBuckets"), role=None),
    }
    ran = fleet(files)
    assert [{pair["runbook"]: pair["through"] for pair in one["runbooks"]} for one in ran.report["results"]] == [
        {"child": "passed by step 'down' of parent", "parent": "passed by Start"}
    ] * 2
    assert {one["action"] for one in ran.report["results"][0]["missing"]} == {
        "s3:ListAllMyBuckets",
        "ssm:StartAutomationExecution",
        "ssm:GetAutomationExecution",
    }


def test_roles_of_templates_are_not_the_fleet_s(fleet: Fleet):
    files = {
        "one.json": dump(role(ONE, "Ops", SEES)),
        "stack.json": {"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust(ONE)}}}},
        "look.json": runbook(),
    }
    ran = fleet(files)
    assert results(ran) == [("Ops", [ONE], True)]
    assert said(ran)[0] == (
        "note: 1 role of a template or a plan not checked: a fleet's roles are those of the accounts → check without --fleet"
    )


# -- the same role in many accounts ------------------------------------------------------------------------------------------------------


def test_a_role_that_was_rolled_out_is_checked_once(fleet: Fleet, monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []

    def counted(subject: Subject, *arguments: Any, **more: Any) -> Any:
        asked.append(subject.identity.arn)
        return fit.check(subject, *arguments, **more)

    monkeypatch.setattr(fleet_roles, "check", counted)
    accounts = [f"{number * 11:012}" for number in range(5, 25)]
    files: dict[str, Any] = {
        f"{one}.json": dump(
            role(one, "Ops", SEES, allow("s3:GetObject", on=f"arn:aws:s3:::logs-{one}/*"), Tags=[{"Key": "Of", "Value": one}])
        )
        for one in accounts
    }
    ran = fleet({**files, "look.json": runbook(LOOK, call("s3", "GetObject", Bucket="logs-{{ global:ACCOUNT_ID }}", Key="k"))})
    assert (ran.code, results(ran), len(asked)) == (0, [("Ops", accounts, True)], 1)


def test_a_part_of_an_account_s_id_is_compared_with_that_account_s(fleet: Fleet):
    reads = allow("s3:GetObject", on="arn:aws:s3:::logs-1*")
    files = {
        "one.json": dump(role(ONE, "Ops", reads)),
        "two.json": dump(role(TWO, "Ops", reads)),
        "read.json": runbook(call("s3", "GetObject", Bucket="logs-{{ global:ACCOUNT_ID }}", Key="k")),
    }
    assert results(fleet(files)) == [("Ops", [TWO], False), ("Ops", [ONE], True)]


def test_an_account_that_a_runbook_names_is_that_account(fleet: Fleet):
    passes = [role(one, "Ops", allow("s3:GetObject", on=f"arn:aws:s3:::logs-{one}/*")) for one in (ONE, TWO)]
    files = {
        "one.json": dump(passes[0]),
        "two.json": dump(passes[1]),
        "read.json": runbook(call("s3", "GetObject", Bucket=f"logs-{ONE}", Key="k")),
    }
    assert results(fleet(files)) == [("Ops", [TWO], False), ("Ops", [ONE], True)]


PIECES = ("*", "logs-*", "logs-{own}", "logs-{one}", "logs-1*", "logs-*6", "x{own}9", "?ogs-{own}", "{own}-*", "*{own}", "000000000000", "")


def random_role(chance: random.Random, account: str) -> dict[str, Any]:
    """A role whose policies name accounts in many ways."""

    def bucket() -> str:
        return f"arn:aws:s3:::{chance.choice(PIECES).format(own=account, one=ONE)}/*"

    statements: list[dict[str, Any]] = []
    for _ in range(chance.randint(1, 3)):
        make = chance.choice((allow, allow, deny))
        condition: dict[str, Any] = chance.choice(
            (
                {},
                {"StringEquals": {"aws:ResourceAccount": chance.choice((account, ONE))}},
                {"StringLike": {"aws:PrincipalAccount": chance.choice(("1*", "*6", "4444????6666", "*"))}},
                {"ArnLike": {"aws:PrincipalArn": chance.choice((f"arn:aws:iam::{account}:role/*", "arn:aws:iam::*:role/O*"))}},
            )
        )
        named = {"Condition": condition} if condition else {}
        statements.append(make("s3:GetObject", "ec2:DescribeInstances", on=chance.choice((bucket(), [bucket(), bucket()], "*")), **named))
    more: dict[str, Any] = chance.choice(({}, {"AssumeRolePolicyDocument": trust(chance.choice((account, ONE, "4444*")))}))
    return role(account, "Ops", *statements, **more)


@pytest.mark.parametrize("seed", range(25))
def test_a_fleet_reports_for_each_account_what_a_check_of_it_reports(fleet: Fleet, run: Run, tmp_path: Path, seed: int):
    accounts = (ONE, TWO, THREE)
    strict = ["--strict"] if seed % 2 else []
    chance = random.Random(seed)
    seeds = [chance.random() for _ in range(2)]  # so that accounts have the same role but for their IDs, often
    dumps = {one: dump(random_role(random.Random(chance.choice(seeds)), one)) for one in accounts}
    reads = call(
        "s3",
        "GetObject",
        Bucket=chance.choice(("logs-{{ global:ACCOUNT_ID }}", f"logs-{ONE}", "{{ B }}", "logs-1{{ B }}", "x{{ global:ACCOUNT_ID }}9")),
        Key="k",
    )
    ran = fleet({**{f"{one}.json": dumps[one] for one in accounts}, "read.json": runbook(LOOK, reads, B={})}, *strict)
    for one in accounts:
        found = [each for each in ran.report["results"] if one in each["accounts"]]
        (ours,) = json.loads(json.dumps(found).replace("${AWS::AccountId}", one))
        (theirs,) = run(tmp_path / f"{one}.json", tmp_path / "read.json", "--format", "json", *strict).report["roles"]
        for each in theirs["missing"]:
            each["steps"] = [{**step, "source": "read.json"} for step in each["steps"]]
        assert [ours[key] for key in ("missing", "risky", "fits")] == [theirs[key] for key in ("missing", "risky", "fits")]
        assert ours["unused"] == len({action for each in theirs["unused"] for action in each["actions"]})
        assert [each["id"] for each in ours["blind"]] == [each["id"] for each in theirs["blind"] if not each["runbook"]]


# -- dumps -------------------------------------------------------------------------------------------------------------------------------

MINE = f"arn:aws:iam::{ONE}:policy/Mine"
OF_AWS = "arn:aws:iam::aws:policy/SomebodySees"


@pytest.mark.parametrize("order", [("1", "2", "3"), ("3", "2", "1")])
def test_an_account_may_be_in_pages(fleet: Fleet, order: tuple[str, ...]):
    pages = [
        dump(role(ONE, "Ops", attached=(MINE, OF_AWS)), IsTruncated=True, Marker="m"),
        dump(policies=(managed(MINE, {"Version": "2012-10-17", "Statement": [allow("s3:ListAllMyBuckets")]}),), IsTruncated=True),
        dump(policies=(managed(OF_AWS, {"Version": "2012-10-17", "Statement": [SEES]}),)),
    ]
    files = {f"dumps/{name}.json": page for name, page in zip(order, pages, strict=True)}
    ran = fleet({**files, "look.json": runbook(LOOK, call("s3", "ListBuckets"))}, "--strict")
    assert (ran.code, results(ran), len(said(ran))) == (0, [("Ops", [ONE], True)], 1)


def test_a_page_that_is_not_there_is_missed(fleet: Fleet):
    ran = fleet({"dumps/1.json": dump(role(ONE, "Ops", SEES), IsTruncated=True, Marker="m"), "look.json": runbook()})
    assert (ran.code, said(ran)[0]) == (
        0,
        f"warning: dumps/1.json: isn't the last page of account {ONE}, and the next one is missing → all pages of the dump",
    )
    assert fleet({}, "--strict").code == 1


def test_a_file_may_have_several_accounts(fleet: Fleet):
    files = {"all.json": dump(role(TWO), role(ONE, "Ops", SEES)), "more.json": dump(role(TWO, "Web")), "look.json": runbook()}
    ran = fleet(files)
    assert [(one["account"], one["roles"], one["sources"]) for one in ran.report["accounts"]] == [
        (ONE, 1, ["all.json"]),
        (TWO, 2, ["all.json", "more.json"]),
    ]


def test_two_dumps_of_an_account_must_say_the_same(fleet: Fleet):
    old = {"old.json": dump(role(ONE)), "look.json": runbook()}
    assert results(fleet({**old, "same.json": dump(role(ONE))})) == [("Ops", [ONE], False)]
    ran = fleet({**old, "same.json": dump(role(ONE, "Ops", SEES))})
    arn = f"arn:aws:iam::{ONE}:role/Ops"
    assert (ran.code, ran.out, said(ran)) == (
        2,
        "",
        [f"error: same.json: differs from old.json about {arn} → keep one dump of each account"],
    )


def test_a_role_that_cannot_be_read_is_named_and_the_others_are_checked(fleet: Fleet):
    broken = role(ONE, "Broken", {"Effect": "Maybe", "Action": "*", "Resource": "*"})
    ran = fleet({"one.json": dump(broken, role(ONE, "Ops", SEES)), "look.json": runbook()})
    assert (ran.code, results(ran)) == (0, [("Ops", [ONE], True)])
    assert said(ran)[0] == (
        "warning: one.json: was not read: role 'Broken': policy 'Broken/Own': statement 1: Effect is 'Maybe' → 'Allow' or 'Deny'"
    )
    assert ran.report["unread"][0]["source"] == "one.json"
    assert fleet({}, "--strict").code == 1


def test_a_runbook_that_is_not_valid_is_named_and_the_others_are_checked(fleet: Fleet):
    files = {"books/odd.json": {"schemaVersion": "0.3", "mainSteps": []}, "one.json": dump(role(ONE, "Ops", SEES))}
    alone = fleet(files)
    assert (alone.code, alone.out, len(said(alone))) == (2, "", 1)
    ran = fleet({"books/look.json": runbook()})
    assert (ran.code, results(ran), ran.report["fits"]) == (1, [("Ops", [ONE], True)], False)
    assert [(one["source"], said(ran)[0].startswith("error: books/odd.json")) for one in ran.report["invalid"]] == [
        ("books/odd.json", True)
    ]
    assert "odd.json" in fleet(files, form="html").out


def test_what_no_runbook_shows_is_not_called_unused(fleet: Fleet):
    files = {"one.json": dump(role(ONE, "Ops", SEES, allow("sts:AssumeRole", on=f"arn:aws:iam::{TWO}:role/x"))), "look.json": runbook()}
    (one,) = fleet(files).report["results"]
    assert (one["unused"], [(each["pattern"], bool(each["neededWhen"])) for each in one["allowed"]]) == (0, [("sts:AssumeRole", True)])
    assert "Not judged" in fleet(files, form="html").out


def test_a_last_page_with_only_policies_of_aws_completes_one_account_and_no_more(fleet: Fleet):
    of_aws = dump(policies=(managed(OF_AWS, {"Version": "2012-10-17", "Statement": [allow("s3:ListAllMyBuckets")]}),))
    first = {account: dump(role(account, "Ops", SEES), IsTruncated=True, Marker="m") for account in (ONE, TWO)}
    ran = fleet({"dumps/1.json": first[ONE], "dumps/2.json": of_aws, "look.json": runbook()})
    assert not any("isn't the last page" in line for line in said(ran))
    ran = fleet({"dumps/1.json": first[ONE], "dumps/2.json": of_aws, "dumps/3.json": first[TWO], "look.json": runbook()})
    assert sum("isn't the last page" in line for line in said(ran)) == 2  # of which account it is, nothing says


def test_such_a_page_that_another_one_follows_is_not_the_last(fleet: Fleet):
    of_aws = dump(policies=(managed(OF_AWS, {"Version": "2012-10-17", "Statement": [SEES]}),), IsTruncated=True, Marker="n")
    ran = fleet({"dumps/1.json": dump(role(ONE, "Ops", SEES), IsTruncated=True), "dumps/2.json": of_aws, "look.json": runbook()})
    assert sum("isn't the last page" in line for line in said(ran)) == 1


def test_a_boundary_that_names_an_account_means_that_one(fleet: Fleet, tmp_path: Path):
    bound = allow("s3:GetObject", on=f"arn:aws:s3:::logs-{ONE}/*")
    write(tmp_path, {"elsewhere/b.json": {"Version": "2012-10-17", "Statement": [bound]}})
    files: dict[str, Any] = {f"{one}.json": dump(role(one, "Ops", allow("s3:GetObject"))) for one in (ONE, TWO)}
    files["read.json"] = runbook(call("s3", "GetObject", Bucket="logs-{{ global:ACCOUNT_ID }}", Key="k"))
    ran = fleet(files, "--boundary", "elsewhere/b.json", paths=tuple(files))
    assert results(ran) == [("Ops", [TWO], False), ("Ops", [ONE], True)]


def test_which_text_of_aws_s_policies_was_used_is_said_when_no_dump_has_it(fleet: Fleet):
    admin = "arn:aws:iam::aws:policy/AdministratorAccess"
    files = {"one.json": dump(role(ONE, "Ops", attached=(admin,))), "look.json": runbook()}
    assert [line for line in said(fleet(files)) if "AdministratorAccess" in line] == [
        "note: AdministratorAccess: not in a dump; AWS's text v1 of 2015-02-06, from moto 5.2.5"
    ]
    with_text = dump(role(ONE, "Ops", attached=(admin,)), policies=(managed(admin, {"Version": "2012-10-17", "Statement": [allow("*")]}),))
    assert not [line for line in said(fleet({**files, "one.json": with_text})) if "AdministratorAccess" in line]


HALF = '{"RoleDetailList": [{"RoleName": "Ops", "Arn": "arn:aws:iam::111122223333:role/Ops",\n'


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"half.json": HALF}, r"half\.json:1: is not valid JSON \(.+\) → what `aws iam get-account-authorization-details` prints"),
        (
            {"empty.json": {"RoleDetailList": [], "Policies": []}, "look.json": runbook()},
            r"\.: no account → what `aws iam get-account-authorization-details` prints, a file or more for each account",
        ),
        (
            {"odd.json": {"RoleDetailList": [{"RoleName": "Ops"}, role(ONE)]}},
            r"odd\.json: a role has the Arn None → what get-account-authorization-details prints",
        ),
        (
            {"odd.json": {"RoleDetailList": [{"Arn": "arn:aws:iam::nobody:role/Ops"}, role(ONE)]}},
            r"odd\.json: a role has the Arn 'arn:aws:iam::nobody:role/Ops' → an ARN with a 12-digit account",
        ),
        (
            {
                "odd.json": {"RoleDetailList": [{"Arn": "arn:aws:iam::nobody:role/Ops"}]},
                "one.json": dump(role(ONE)),
                "look.json": runbook(),
            },
            r"odd\.json: a role has the Arn 'arn:aws:iam::nobody:role/Ops' → an ARN with a 12-digit account",
        ),
    ],
)
def test_a_dump_that_cannot_be_used_is_one_line(fleet: Fleet, files: dict[str, Any], message: str):
    ran = fleet(files)
    assert (ran.code, ran.out, len(said(ran))) == (2, "", 1)
    assert re.fullmatch(f"error: {message}", said(ran)[0])


@pytest.mark.parametrize("more", [[], ["--fleet"]])
def test_half_a_dump_in_a_directory_is_reported_and_the_rest_is_checked(run: Run, tmp_path: Path, more: list[str]):
    write(tmp_path, {"half.json": HALF, "one.json": dump(role(ONE, "Ops", SEES)), "look.json": runbook()})
    ran = run(*more, tmp_path, "--format", "json")
    assert (ran.code, ran.report["fits"]) == (1, False)
    assert [one["source"] for one in ran.report["invalid"]] == [str(tmp_path / "half.json")]
    assert next(line for line in said(ran) if line.startswith("error: ")).startswith(f"error: {tmp_path}/half.json:1: is not valid JSON")
    named = run(*more, tmp_path / "half.json", tmp_path / "one.json", tmp_path / "look.json")
    assert (named.code, len(said(named))) == (2, 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--template", "t.json"], "--template with --fleet → leave --template out; the roles are those of the accounts' dumps"),
        (["--account", ONE], "--account with --fleet → leave --account out; the roles are those of the accounts' dumps"),
        (["--from", "account"], "--from with --fleet → leave --from out; the roles are those of the accounts' dumps"),
        (["--role", "A", "--role", "B"], "--role with --fleet: set twice → the name of one role, which each account has"),
        (["--format", "sarif"], "--format sarif with --fleet → table, json, html"),
        (["--output", ""], "--output '' → a file, or -"),
    ],
)
def test_options_that_do_not_fit_a_fleet_are_refused(fleet: Fleet, arguments: list[str], message: str):
    ran = fleet({"one.json": dump(role(ONE))}, *arguments)
    assert (ran.code, said(ran)) == (2, [f"error: {message}"])


def test_a_page_needs_a_fleet(run: Run, tmp_path: Path):
    write(tmp_path, {"look.json": runbook()})
    ran = run(tmp_path / "look.json", "--format", "html")
    assert (ran.code, said(ran)) == (
        2,
        ["error: --format html without --fleet → table, json, sarif, github; or --fleet with the dumps of accounts"],
    )


def test_guard_rails_apply_to_the_roles_of_all_accounts(fleet: Fleet, tmp_path: Path):
    write(tmp_path, {"scp.json": {"Version": "2012-10-17", "Statement": [deny("ec2:Describe*")]}})
    files = {"one.json": dump(role(ONE, "Ops", SEES)), "two.json": dump(role(TWO, "Ops", SEES)), "look.json": runbook()}
    ran = fleet(files, "--scp", "scp.json,FullAWSAccess", paths=("one.json", "two.json", "look.json"))
    assert results(ran) == [("Ops", [ONE, TWO], False)]
    assert "'statement 1' of policy 'scp.json' denies it" in ran.report["results"][0]["missing"][0]["reason"]


def test_one_account_is_read_at_a_time():
    dumps = Dumps()
    for account in (ONE, TWO):
        dumps.take(f"{account}.json", dump(role(account)))
    (first,) = (one for one in [next(dumps.accounts(), None)] if one is not None)
    assert (first.id, [problem.source for problem in dumps.problems]) == (
        ONE,
        [f"{ONE}.json"],
    )  # it is not there; the other was not asked for


# -- what people read --------------------------------------------------------------------------------------------------------------------


def test_the_table_has_roles_accounts_and_the_details(fleet: Fleet, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "140")
    files = {
        "one.json": dump(role(ONE, "Ops", SEES), role(ONE, "Idle", allow("s3:*"))),
        "two.json": dump(role(TWO)),
        "three.json": dump(role(THREE, "Ops", SEES)),
        "look.json": runbook(),
    }
    ran = fleet(files, form="table")
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert lines[:3] == [
        "role accounts runbooks fits lacks in part trust risky unused gaps",
        f"Ops {TWO} 1 no 1 - - - - -",
        "Ops 2 1 yes - - - - - -",
    ]
    assert f"{TWO} no 1 1 1 - - -" in lines
    assert f"Idle {ONE}" in lines
    assert f"role Ops {TWO}" in lines
    assert any(line.endswith("no statement allows it") for line in lines)


def test_an_account_without_a_checked_role_neither_fits_nor_fails(fleet: Fleet):
    ran = fleet({"one.json": dump(role(ONE, "Idle"))}, form="table")
    assert f"{ONE} - 1 - - - - -" in [" ".join(line.split()) for line in ran.out.splitlines()]
    assert said(ran) == ["note: 1 account, 0 runbooks: 0 pairs of a runbook and a role; no role checked"]


def test_a_long_table_says_what_it_leaves_out(fleet: Fleet):
    accounts = [f"{number * 7:012}" for number in range(1, 60)]
    files: dict[str, Any] = {f"{one}.json": dump(role(one, f"Ops{at}", SEES)) for at, one in enumerate(accounts)}
    books = {f"look{at}.json": runbook(role=f"arn:aws:iam::{one}:role/Ops{at}") for at, one in enumerate(accounts)}
    ran = fleet({**files, **books}, form="table")
    assert ran.out.count("and 19 more: --format json or html has them") == 2


def test_an_answer_goes_to_a_file(fleet: Fleet, tmp_path: Path):
    files = {"one.json": dump(role(ONE, "Ops", SEES)), "look.json": runbook()}
    ran = fleet(files, "-o", "out/fleet.json")
    assert (ran.code, said(ran)) == (2, ["error: out/fleet.json: cannot be written: no such file or directory"])
    ran = fleet(files, "-o", "fleet.json")
    assert (ran.code, ran.out) == (0, "")
    assert json.loads((tmp_path / "fleet.json").read_text())["fits"] is True
