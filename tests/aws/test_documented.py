"""What AWS documents for runbooks whose scripts are in attachments: used where nothing was derived, and said so everywhere."""

from __future__ import annotations

import json
from pathlib import Path

import aws_cdk as cdk
import pytest

from automation_role import AutomationRole, Findings, Runbook
from automation_role.catalog import aws_runbooks
from automation_role.catalog.iam_actions import canonical_action
from automation_role.derive.derivation import Derivation, derive
from automation_role.explain.html import page as html
from automation_role.explain.model import explain
from automation_role.findings import gaps
from automation_role.values.place import Place
from tests.cli.conftest import Run
from tests.construct.synth import Template

PAGES = json.loads((Path(aws_runbooks.__file__).parent / "aws" / "documented.json").read_text())
VPN = "AWSSupport-TroubleshootVPN"
DOCUMENTED = {
    "ec2:DescribeVpnConnections",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:GetQueryResults",
    "logs:StartQuery",
}


@pytest.fixture(scope="module")
def vpn() -> Derivation:
    return derive([Runbook.aws(VPN)])


def test_at_least_35_runbooks_with_attachments_are_answered():
    answered = [name for name in PAGES if any(each.id == "documentedPermissions" for each in derive([Runbook.aws(name)]).findings)]
    assert len(answered) >= 35


def test_a_page_has_its_url_its_day_and_actions_that_exist():
    assert list(PAGES) == sorted(PAGES)
    for name, page in PAGES.items():
        assert aws_runbooks.facts(name) is not None, name
        assert page["page"].startswith("https://docs.aws.amazon.com/systems-manager-automation-runbooks/latest/userguide/"), name
        assert len(page["read"]) == 10, name
        assert page["actions"], name
        assert [action for action in page["actions"] if canonical_action(action) != action] == [], name
        assert [action for action in page.get("not_actions", ()) if canonical_action(action) is not None] == [], name


def test_the_listed_actions_are_allowed_on_their_types_and_nothing_is_left_to_answer(vpn: Derivation):
    assert {permission.action for permission in vpn.permissions} == DOCUMENTED
    assert {each.id for each in vpn.findings} == {"documentedPermissions"}
    assert gaps(vpn.findings) == ()
    (query,) = [each for each in vpn.permissions if each.action == "logs:StartQuery"]
    assert [Place().write(each) for each in query.resources] == [("arn:*:logs:*:*:log-group:*",)]


def test_what_was_derived_is_not_taken_from_the_page():
    """AWS lists `ec2:DescribeInstances` too, and a step that was read calls it."""
    permissions = derive([Runbook.aws("AWSSupport-ContainEC2Instance")]).permissions
    derived, documented = ({each.action for each in permissions if bool(each.documented) is which} for which in (False, True))
    assert "ec2:DescribeInstances" in derived
    assert documented
    assert derived & documented == set()


def test_no_role_may_be_passed_because_a_page_lists_it():
    for name in PAGES:
        derivation = derive([Runbook.aws(name)])
        assert [each for each in derivation.permissions if each.documented and each.action == "iam:PassRole"] == [], name


def test_a_script_that_is_provided_is_read_and_the_page_is_not_used():
    document = {
        "schemaVersion": "0.3",
        "mainSteps": [{"name": "look", "action": "aws:executeAwsApi", "inputs": {"Service": "s3", "Api": "ListBuckets"}}],
    }
    derivation = derive([Runbook.from_mapping(document, name=VPN)])
    assert {permission.action for permission in derivation.permissions} == {"s3:ListAllMyBuckets"}


def test_every_step_that_was_not_read_says_so(vpn: Derivation):
    unread = {needs.step.name for needs in vpn.steps if not needs.calls}
    assert {finding.step for finding in vpn.findings} == unread
    assert len(unread) == 3


def test_explain_says_of_each_that_it_was_not_derived(vpn: Derivation):
    explanation = explain(vpn, Place())
    (step, *_) = [each for each in explanation.to_json()["runbooks"][0]["steps"] if each["permissions"]]
    assert {each["documented"] for each in step["permissions"]} == {PAGES[VPN]["page"]}
    assert f"documented by AWS, not derived: {PAGES[VPN]['page']}" in html(explanation, Place())


def test_the_command_says_so_and_strict_passes(run: Run):
    done = run("policy", VPN, "--strict", "--format", "table")
    assert done.code == 0
    assert done.out.count("documented by AWS, not derived") == len(DOCUMENTED)
    assert f"(documented by AWS, not derived): {PAGES[VPN]['page']} (read {PAGES[VPN]['read']})" in done.err
    assert "warning" not in done.err


def test_a_construct_says_so_as_information_even_where_findings_are_errors(stack: cdk.Stack):
    AutomationRole(stack, "Role", runbooks=[VPN], findings=Findings.ERROR)
    template = Template(stack)
    assert template.actions() >= DOCUMENTED
    assert template.told() == template.told("error") == []
    ((_, said),) = template.told("info")
    assert said.endswith("[automation-role:documentedPermissions]")
