"""`check --scp … --rcp … --boundary …`: each level must allow, and a call that lacks says which policy denies it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.check.conftest import LOOK, Run, allow, deny, policy

STOPS = allow("ec2:StopInstances", on="arn:aws:ec2:*:*:instance/*")
FULL = policy(allow("*"))


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def held(check: Run, files: Path) -> Run:
    """Checks a role that fits, held by these policies: `held("--scp", "a.json", a=policy(…))`."""

    def held(*options: str, **documents: Mapping[str, Any]) -> Any:
        for name, document in documents.items():
            (files / f"{name}.json").write_text(json.dumps(document))
        return check(policy(LOOK, STOPS), *options)

    return held


@pytest.mark.parametrize(
    ("options", "documents"),
    [
        (["--scp", "a.json"], {"a": FULL}),
        (["--scp", "FullAWSAccess", "--scp", "a.json,FullAWSAccess"], {"a": policy(deny("s3:*"))}),
        (["--scp", "a.json"], {"a": policy(allow("ec2:*"))}),
        (["--scp", "a.json,b.json"], {"a": policy(allow("ec2:Describe*")), "b": policy(allow("ec2:Stop*"))}),
        (["--rcp", "a.json"], {"a": policy(deny("s3:*", Principal="*"))}),
        (["--boundary", "a.json"], {"a": policy(allow("ec2:*"))}),
    ],
)
def test_a_role_fits_when_every_level_allows(held: Run, options: list[str], documents: dict[str, Any]):
    ran = held(*options, **documents)
    assert (ran.code, ran.missing()) == (0, [])


@pytest.mark.parametrize(
    ("options", "documents", "reason"),
    [
        (["--scp", "a.json,FullAWSAccess"], {"a": policy(deny("ec2:Stop*", Sid="NoStops"))}, "'NoStops' of policy 'a.json' denies it"),
        (
            ["--scp", "FullAWSAccess", "--scp", "a.json"],
            {"a": policy(allow("ec2:Describe*"))},
            "the service control policy 'a.json' does not allow it",
        ),
        (
            ["--scp", "a.json", "--scp", "b.json"],
            {"a": policy(allow("ec2:Stop*", "ec2:Describe*")), "b": policy(allow("ec2:Describe*"))},
            "'b.json' does not allow it",
        ),
        (["--rcp", "a.json"], {"a": policy(deny("ec2:StopInstances", Principal="*", Sid="Held"))}, "'Held' of policy 'a.json' denies it"),
        (["--boundary", "a.json"], {"a": policy(allow("ec2:Describe*"))}, "the permissions boundary 'a.json' does not allow it"),
    ],
)
def test_a_missing_call_says_which_policy_denies_it(held: Run, options: list[str], documents: dict[str, Any], reason: str):
    ran = held(*options, **documents)
    assert (ran.code, ran.missing()) == (1, [("stop", "ec2:StopInstances", "fails")])
    assert reason in ran.role["missing"][0]["reason"]


def test_a_condition_that_nothing_shows_is_allowed_in_part(held: Run):
    document = policy(deny("*", Condition={"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}))
    ran = held("--scp", "a.json,FullAWSAccess", a=document)
    assert {certainty for _, _, certainty in ran.missing()} == {"partly"}
    assert "--context aws:RequestedRegion=" in ran.role["missing"][0]["reason"]
    assert held("--scp", "a.json,FullAWSAccess", "--context", "aws:RequestedRegion=eu-west-1").missing() == []


@pytest.mark.parametrize(
    ("options", "document", "message"),
    [
        (["--scp", "a.json"], policy(deny("s3:*")), "--scp 'a.json': no policy of this level allows anything"),
        (["--scp", "a.json"], policy(allow("s3:*", Principal="*")), "has a Principal"),
        (["--scp", "nowhere.json"], {}, "nowhere.json: cannot be read"),
        (["--rcp", "a.json"], policy(deny("s3:*", Principal={"AWS": "111122223333"})), "--rcp a.json: statement 1: Principal is"),
        (["--rcp", "a.json"], policy(allow("s3:*", Principal="*")), "Effect is 'Allow' → 'Deny'"),
        (["--rcp", "a.json"], policy(deny("*", Principal="*")), "covers every service, and which services"),
        (["--rcp", "a.json"], {"a": 1}, "policy 'a.json': not a policy document"),
    ],
)
def test_rejects_what_is_not_such_a_policy(held: Run, options: list[str], document: dict[str, Any], message: str):
    ran = held(*options, a=document)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert ran.err.count("\n") == 1


def test_an_organization_s_policies_apply_to_the_roles_of_a_template(check_template: Run, files: Path):
    from tests.check.conftest import role

    (files / "a.json").write_text(json.dumps(policy(deny("ec2:StopInstances"))))
    ran = check_template({"Me": role(LOOK, STOPS)}, "--scp", f"{files}/a.json,FullAWSAccess")
    assert ran.missing() == [("stop", "ec2:StopInstances", "fails")]
