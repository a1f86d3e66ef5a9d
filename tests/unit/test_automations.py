"""What starting another automation takes, whoever starts it: a step of its own, an API step, a script."""

from __future__ import annotations

from typing import Any

import pytest

from automation_role.derive.derivation import derive
from automation_role.runbook.model import Runbook
from tests.unit.test_resources import HERE

ROLE = "arn:aws:iam::111122223333:role/Automation"
OTHER = "arn:aws:iam::111122223333:role/Other"
FOREIGN = "arn:aws:iam::444455556666:role/AWS-SystemsManager-AutomationExecutionRole"


def book(name: str, *steps: dict[str, Any], default: str = "", **parameters: Any) -> Runbook:
    roles = {"AutomationAssumeRole": {"type": "String", "default": default}, "M": {"type": "StringMap"}}
    document = {
        "schemaVersion": "0.3",
        "assumeRole": "{{ AutomationAssumeRole }}",
        "parameters": {**roles, **parameters},
        "mainSteps": list(steps),
    }
    return Runbook.from_mapping(document, name=name)


def child(default: str = "") -> Runbook:
    return book("Child", {"name": "wait", "action": "aws:sleep", "inputs": {"Duration": "PT1M"}}, default=default)


def started(how: str, start: dict[str, Any]) -> dict[str, Any]:
    """A step that starts an automation, with the API's own names of the inputs."""
    if how == "step":
        renamed = {"RuntimeParameters" if name == "Parameters" else name: value for name, value in start.items()}
        return {"name": "start", "action": "aws:executeAutomation", "inputs": renamed}
    if how == "api":
        return {"name": "start", "action": "aws:executeAwsApi", "inputs": {"Service": "ssm", "Api": "start_automation_execution", **start}}
    given = ", ".join(f"{name}={value!r}" for name, value in start.items())
    script = f"import boto3\ndef run(events, context):\n    boto3.client('ssm').start_automation_execution({given})\n"
    return {"name": "start", "action": "aws:executeScript", "inputs": {"Runtime": "python3.11", "Handler": "run", "Script": script}}


def needs(*runbooks: Runbook) -> tuple[dict[str, list[str]], set[str]]:
    found = derive(runbooks, role_known=True)
    written: dict[str, list[str]] = {}
    for permission in found.permissions:
        written.setdefault(permission.action, []).extend(text for each in permission.resources for text in HERE.write(each))
    return written, {finding.id for finding in found.findings}


@pytest.mark.parametrize("how", ["step", "api", "script"])
@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ({"Targets": [{"Key": "tag:Stage", "Values": ["x"]}], "TargetParameterName": "P"}, {"tag:GetResources": ["*"]}),
        ({"TargetLocations": [{"Accounts": ["444455556666"], "Regions": ["eu-west-1"]}]}, {"sts:AssumeRole": [FOREIGN], "organizations:ListAccountsForParent": []}),
        (
            {"TargetLocations": [{"Accounts": ["ou-abcd-12345678"], "Regions": ["eu-west-1"], "ExecutionRoleName": "X"}]},
            {"sts:AssumeRole": ["arn:aws:iam::*:role/X"], "organizations:ListAccountsForParent": ["arn:aws:organizations::*:ou/*/*", "arn:aws:organizations::*:root/*/*"]},
        ),
        ({"Parameters": {"AutomationAssumeRole": [OTHER]}}, {"iam:PassRole": [OTHER]}),
        ({"Parameters": {"X": ["y"]}}, {"iam:PassRole": []}),
    ],
)  # fmt: skip
def test_a_start_needs_the_same_whoever_makes_it(how: str, start: dict[str, Any], expected: dict[str, list[str]]):
    written, _ = needs(book("Parent", started(how, {"DocumentName": "Child", **start})), child())
    assert {action: written.get(action, []) for action in expected} == expected


def test_a_change_request_starts_the_runbooks_that_it_lists():
    runbooks = [
        {"DocumentName": "Child", "Parameters": {"AutomationAssumeRole": [OTHER]}, "TargetLocations": [{"Accounts": ["444455556666"]}]}
    ]
    inputs = {"Service": "ssm", "Api": "StartChangeRequestExecution", "DocumentName": "Template", "Runbooks": runbooks}
    written, _ = needs(book("Parent", {"name": "ask", "action": "aws:executeAwsApi", "inputs": inputs}), child())
    assert (written["iam:PassRole"], written["sts:AssumeRole"]) == ([OTHER], [FOREIGN])


def test_a_child_that_is_started_without_a_role_runs_as_its_default():
    parent = book("Parent", started("step", {"DocumentName": "Child"}))
    assert needs(parent, child(default=OTHER))[0]["iam:PassRole"] == [OTHER]
    assert "iam:PassRole" not in needs(parent, child())[0]


@pytest.mark.parametrize("how", ["step", "api"])
def test_parameters_that_are_not_known_may_hold_a_role(how: str):
    written, told = needs(book("Parent", started(how, {"DocumentName": "Child", "Parameters": "{{ M }}"})), child())
    assert ("iam:PassRole" in written, "unreadableStep" in told) == (False, True)


def test_without_a_role_in_what_is_passed_the_child_runs_as_its_default():
    written, told = needs(book("Parent", started("step", {"DocumentName": "Child", "Parameters": "{{ M }}"})), child(default=OTHER))
    assert (written["iam:PassRole"], "unreadableStep" in told) == ([OTHER], True)


RESTARTS = """import boto3
def run(events, context):
    ssm = boto3.client("ssm")
    own = ssm.get_automation_execution(AutomationExecutionId=events["ExecutionId"])["AutomationExecution"]
    parameters = own["Parameters"]
    parameters["IsRollback"] = ["true"]
    ssm.start_automation_execution(DocumentName=own["DocumentName"], DocumentVersion=own["DocumentVersion"], Parameters=parameters)
"""


def restarting(execution: str) -> Runbook:
    inputs = {"Runtime": "python3.11", "Handler": "run", "Script": RESTARTS, "InputPayload": {"ExecutionId": execution}}
    return book("Book", {"name": "again", "action": "aws:executeScript", "inputs": inputs}, Execution={"type": "String"})


def test_a_runbook_that_restarts_itself_passes_its_own_role():
    written, told = needs(restarting("{{automation:EXECUTION_ID}}"))
    assert written["iam:PassRole"] == [ROLE]
    assert told == set()


def test_the_parameters_of_another_execution_are_not_known():
    written, told = needs(restarting("{{ Execution }}"))
    assert "iam:PassRole" not in written
    assert told == {"nestedRunbook", "unreadableStep"}


def test_what_an_api_step_reads_of_its_own_execution_is_known_to_the_next_one():
    read = {"Service": "ssm", "Api": "GetAutomationExecution", "AutomationExecutionId": "{{ automation:EXECUTION_ID }}"}
    outputs = [{"Name": "All", "Selector": "$.AutomationExecution.Parameters", "Type": "StringMap"}]
    start = {"Service": "ssm", "Api": "StartAutomationExecution", "DocumentName": "Book", "Parameters": "{{ read.All }}"}
    written, told = needs(
        book(
            "Book",
            {"name": "read", "action": "aws:executeAwsApi", "inputs": read, "outputs": outputs},
            {"name": "again", "action": "aws:executeAwsApi", "inputs": start},
        )
    )
    assert (written["iam:PassRole"], told) == ([ROLE], set())
