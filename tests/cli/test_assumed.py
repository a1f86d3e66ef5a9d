"""Roles that scripts assume, as the command shows them: their policies by name, their findings, the steps that use them."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from automation_role.explain.html import page
from automation_role.explain.html.frame import packaged
from tests.cli.conftest import LOOK, Run
from tests.report.samples import CONTEXT, explained
from tests.unit.test_assumed_roles import ROLE, book

STOPS = f"boto3.client('ec2', **keys(assume('{ROLE}'))).stop_instances(InstanceIds=['i-1'])"
TWO = f"{STOPS}\nboto3.client('s3', **keys(assume(e['Role']))).list_buckets()"
GAP = f"getattr(boto3.client('ec2', **keys(assume('{ROLE}'))), e['Role'])()"
NAMES = [ROLE, "{{ Role }}"]


def text_of(body: str) -> bytes:
    return book(body).text.encode()


@pytest.mark.parametrize(("form", "parse"), [("json", json.loads), ("yaml", yaml.safe_load)])
def test_a_policy_for_each_role_by_its_name(run: Run, form: str, parse: object) -> None:
    done = run("policy", "-", "--assumed", "--format", form, "--account", "111111111111", stdin=text_of(TWO))
    policies = parse(done.out)  # type: ignore[operator]
    assert done.code == 0
    assert sorted(policies) == sorted(NAMES)
    assert policies[ROLE]["Version"] == "2012-10-17"
    assert policies[ROLE]["Statement"][0]["Resource"] == ["arn:aws:ec2:*:222222222222:instance/i-1"]


def test_the_table_has_a_part_for_each_role(run: Run) -> None:
    lines = run("policy", "-", "--assumed", "--format", "table", stdin=text_of(TWO)).out.splitlines()
    assert [line for line in lines if line in NAMES] == NAMES
    assert any(line.startswith("ec2:StopInstances") for line in lines)


def test_what_is_not_derived_of_a_role_is_reported_with_its_policy(run: Run) -> None:
    assert run("policy", "-", "--assumed", "--strict", stdin=text_of(TWO)).code == 0
    done = run("policy", "-", "--assumed", "--strict", stdin=text_of(GAP))
    assert done.code == 1
    assert "[dynamicOperation]" in done.err
    assert f"note: {ROLE}: " in done.err


def test_the_role_that_runs_the_runbooks_is_complete_without_it(run: Run) -> None:
    done = run("policy", "-", "--strict", stdin=text_of(STOPS))
    assert (done.code, "[otherRoleCalls]" in done.err, "no gaps" in done.err) == (0, True, True)
    done = run("policy", "-", "--strict", stdin=text_of(GAP))
    assert (done.code, "[otherRoleGaps]" in done.err, "no gaps" in done.err) == (1, True, True)


def test_without_assumed_roles_there_is_no_policy(run: Run) -> None:
    done = run("policy", "-", "--assumed", stdin=LOOK.encode())
    assert (done.code, json.loads(done.out)) == (0, {})
    assert "no script of the runbooks makes API calls as a role that it assumes" in done.err


def test_alerts_are_those_of_the_roles(run: Run) -> None:
    found = json.loads(run("policy", "-", "--assumed", "--format", "sarif", stdin=text_of(GAP)).out)
    assert {each["ruleId"] for each in found["runs"][0]["results"]} == {"dynamicOperation"}


def test_explain_shows_the_steps_that_use_a_role(run: Run) -> None:
    roles = json.loads(run("explain", "-", "--format", "json", stdin=text_of(TWO)).out)["assumedRoles"]
    assert sorted(each["role"] for each in roles) == sorted(NAMES)
    (first,) = [each for each in roles if each["role"] == ROLE]
    (step,) = first["runbooks"][0]["steps"]
    assert (step["name"], step["calls"], first["findings"]) == ("run", [{"service": "ec2", "operation": "StopInstances"}], [])
    tree = run("explain", "-", stdin=text_of(TWO)).out
    assert all(f"as {name}  assumed by scripts" in tree for name in NAMES)
    assert "assumedRoles" not in json.loads(run("explain", "-", "--format", "json", stdin=LOOK.encode()).out)


def test_the_page_shows_them_too() -> None:
    shown = explained(book(TWO))
    text = page(shown, context=CONTEXT)
    assert all(name in text for name in NAMES)
    assert "arn:aws:ec2:eu-central-1:222222222222:instance/i-1" in text
    assert 'href="#assumed"' in text
    assert 'href="#assumed"' not in page(explained(book("boto3.client('s3').list_buckets()")), context=CONTEXT)


def test_the_script_of_the_page_counts_what_can_be_found() -> None:
    kinds = set(re.findall(r'data-find="(\w+)"', page(explained(book(TWO)), context=CONTEXT)))
    counted = re.search(r"counts = \{(.*)\};", packaged("automation_role.explain.html", "page.js"))
    assert counted is not None
    assert kinds <= set(re.findall(r"(\w+): \[", counted[1]))
    assert "role" in kinds
