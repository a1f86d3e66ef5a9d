"""AWS-owned runbooks by name: what is derived of the shipped facts, with no document and no network."""

from __future__ import annotations

import json
from typing import Any

import pytest

from automation_role import Runbook
from automation_role.catalog import aws_runbooks
from automation_role.catalog.iam_actions import action_exists
from automation_role.derive.derivation import Derivation, derive
from automation_role.errors import RunbookError
from automation_role.findings import gaps
from automation_role.values.arns import is_aws_owned
from automation_role.values.place import Place

NAMES = aws_runbooks.names()


def needed(*runbooks: Runbook) -> dict[str, list[str]]:
    """Action -> resources, of all that the runbooks need."""
    found: dict[str, list[str]] = {}
    for statement in derive(runbooks).policy().to_json(Place())["Statement"]:
        for action in statement["Action"]:
            found.setdefault(action, []).extend(statement["Resource"])
    return found


@pytest.fixture(scope="module")
def derivations() -> dict[str, Derivation]:
    return {name: derive([Runbook.aws(name)]) for name in NAMES}


# -- all of them ---------------------------------------------------------------------------------------------------------------------


def test_there_are_497_sorted_and_each_once():
    assert len(NAMES) == 497
    assert list(NAMES) == sorted(set(NAMES))


def test_every_action_that_one_needs_exists(derivations: dict[str, Derivation]):
    for name, derivation in derivations.items():
        for permission in derivation.permissions:
            assert action_exists(permission.action), (name, permission.action)


def test_no_aws_owned_runbook_that_another_starts_is_unknown(derivations: dict[str, Derivation]):
    told = [finding for each in derivations.values() for finding in each.findings if finding.id == "nestedRunbook"]
    assert [finding for finding in told if any(f"'{name}'" in finding.message for name in NAMES)] == []


def texts(data: Any, key: str = "") -> list[tuple[str, str]]:
    if isinstance(data, dict):
        return [found for name, value in data.items() for found in texts(value, name)]
    if isinstance(data, list):
        return [found for value in data for found in texts(value, key)]
    return [(key, data)] if isinstance(data, str) else []


def test_the_facts_hold_names_and_no_text_of_aws():
    """Scripts, templates and descriptions have lines, or are long."""
    for name in NAMES:
        for key, text in texts(aws_runbooks.facts(name)):
            if key != "pattern":  # a regular expression that values must match
                assert "\n" not in text, (name, key)
                assert len(text) <= 300, (name, key, text)


# -- one ----------------------------------------------------------------------------------------------------------------------------


def test_a_name_needs_what_its_steps_call():
    assert needed(Runbook.aws("AWS-RestartEC2Instance")) == {
        "ec2:DescribeInstanceStatus": ["*"],
        "ec2:StartInstances": ["arn:*:ec2:*:*:instance/*"],
        "ec2:StopInstances": ["arn:*:ec2:*:*:instance/*"],
    }


def test_values_narrow_it_as_they_narrow_a_file():
    found = needed(Runbook.aws("AWS-RestartEC2Instance", parameters={"InstanceId": ["i-1", "i-2"]}))
    assert found["ec2:StopInstances"] == ["arn:*:ec2:*:*:instance/i-1", "arn:*:ec2:*:*:instance/i-2"]


def test_a_value_that_decides_what_is_called_leaves_the_rest_out():
    """`DeleteRDSCluster` takes a last snapshot unless an input says not to."""
    name, snapshot = "AWSConfigRemediation-DeleteRDSCluster", "rds:CreateDBClusterSnapshot"
    assert snapshot in needed(Runbook.aws(name))
    assert snapshot not in needed(Runbook.aws(name, parameters={"SkipFinalSnapshot": True}))
    assert snapshot not in needed(Runbook.aws(name, parameters={"SkipFinalSnapshot": "true"}))
    assert snapshot in needed(Runbook.aws(name, parameters={"SkipFinalSnapshot": "false"}))


def test_it_says_which_step_and_line_asks():
    (needs, *_) = derive([Runbook.aws("AWS-RestartEC2Instance")]).steps
    assert (needs.step.name, needs.step.action, needs.step.line) == ("stopInstances", "aws:changeInstanceState", 17)
    assert {(call.service, call.operation) for call in needs.calls} == {("ec2", "StopInstances"), ("ec2", "DescribeInstanceStatus")}


def test_a_token_is_never_looked_into():
    token = "${Token[TOKEN.7]}"
    found = needed(Runbook.aws("AWS-RestartEC2Instance", parameters={"InstanceId": [token]}))
    assert found["ec2:StopInstances"] == [f"arn:*:ec2:*:*:instance/{token}"]


def test_a_value_that_does_not_fit_is_refused():
    with pytest.raises(
        RunbookError, match=r"AWS-RestartEC2Instance: parameters: the runbook has no parameter 'Instance' → .*did you mean 'InstanceId'\?"
    ):
        Runbook.aws("AWS-RestartEC2Instance", parameters={"Instance": "i-1"})


def test_a_name_that_does_not_exist_gets_the_nearest():
    with pytest.raises(RunbookError) as refused:
        Runbook.aws("AWS-RestartEC2Instances")
    assert str(refused.value) == (
        "'AWS-RestartEC2Instances': is not an AWS-owned runbook that this version knows → one of 497 names; "
        "did you mean 'AWS-RestartEC2Instance'?"
    )


def test_attachments_take_a_document():
    with pytest.raises(RunbookError, match="not its document, so it can't read them"):
        Runbook.aws("AWS-RunPacker").given(attachments={"attachment.zip": "x.zip"})


# -- what others start ---------------------------------------------------------------------------------------------------------------

STARTING = {
    "schemaVersion": "0.3",
    "parameters": {"AutomationAssumeRole": {"type": "String"}, "Other": {"type": "String"}, "Runbook": {"type": "String"}},
    "assumeRole": "{{ AutomationAssumeRole }}",
}


def starting(document: str, **inputs: Any) -> dict[str, Any]:
    step = {"name": "start", "action": "aws:executeAutomation", "inputs": {"DocumentName": document, **inputs}}
    return {**STARTING, "mainSteps": [step]}


def test_an_aws_owned_runbook_that_a_runbook_starts_is_followed():
    parent = Runbook.from_mapping(starting("AWS-RestartEC2Instance"), name="Parent")
    derivation = derive([parent])
    assert [runbook.name for runbook in derivation.runbooks] == ["Parent", "AWS-RestartEC2Instance"]
    assert list(gaps(derivation.findings)) == []
    assert "ec2:StopInstances" in needed(parent)


def test_so_are_those_that_it_starts_itself():
    derivation = derive([Runbook.aws("AWSSupport-ResetAccess")])
    assert "AWSSupport-StartEC2RescueWorkflow" in [runbook.name for runbook in derivation.runbooks]


def test_a_runbook_that_is_passed_replaces_the_facts():
    own = Runbook.aws("AWS-RestartEC2Instance", parameters={"InstanceId": ["i-1"]})
    parent = Runbook.from_mapping(starting("AWS-RestartEC2Instance"), name="Parent")
    assert needed(parent, own)["ec2:StopInstances"] == ["arn:*:ec2:*:*:instance/i-1"]


def test_one_that_runs_as_another_role_does_not_count():
    role = {"AutomationAssumeRole": "arn:aws:iam::111122223333:role/Other"}
    parent = Runbook.from_mapping(starting("AWS-RestartEC2Instance", RuntimeParameters=role), name="Parent")
    assert "ec2:StopInstances" not in needed(parent)
    assert list(gaps(derive([parent]).findings)) == []


def test_one_that_runs_as_this_role_does():
    role = {"AutomationAssumeRole": "{{ AutomationAssumeRole }}"}
    document = starting("AWS-RestartEC2Instance", RuntimeParameters=role)
    for values in ({}, {"AutomationAssumeRole": "arn:aws:iam::111122223333:role/This"}):
        assert "ec2:StopInstances" in needed(Runbook.from_mapping(document, name="Parent", parameters=values))


def test_a_name_in_a_bound_value_is_followed():
    parent = Runbook.from_mapping(starting("{{ Runbook }}"), name="Parent", parameters={"Runbook": "AWS-RestartEC2Instance"})
    assert "ec2:StopInstances" in needed(parent)
    assert list(gaps(derive([parent]).findings)) == []


def test_a_name_that_nobody_knows_is_reported():
    (finding,) = derive([Runbook.from_mapping(starting("AWS-NoSuchRunbook"), name="Parent")]).findings
    assert finding.id == "nestedRunbook"


# -- the data -----------------------------------------------------------------------------------------------------------------------


def test_all_names_are_aws_owned():
    assert [name for name in NAMES if not is_aws_owned(name)] == ["CrowdStrike-FalconSensorDeploy"]


def test_every_line_is_plain_data():
    for name in NAMES:
        assert json.loads(json.dumps(aws_runbooks.facts(name))) == aws_runbooks.facts(name)
