"""A failure with the credentials of a role that a script assumes: its step, and that role's policies."""

from __future__ import annotations

from typing import Any

import pytest

from automation_role.derive.derivation import derive
from automation_role.runbook.model import Runbook
from automation_role.values.place import Place
from automation_role.why.answer import Answer, answer
from automation_role.why.reading import read

ROLE = "arn:aws:iam::444455556666:role/team/Other"
KEYS = "dict(aws_access_key_id=keys['AccessKeyId'], aws_secret_access_key=keys['SecretAccessKey'], aws_session_token=keys['SessionToken'])"
SCRIPT = f"""import boto3
def handler(e, c):
    keys = boto3.client("sts").assume_role(RoleArn=%s, RoleSessionName="x")["Credentials"]
    ec2 = boto3.client("ec2", **{KEYS})
    ec2.describe_instances()
    ec2.stop_instances(InstanceIds=["i-0123456789abcdef0"])
"""
STOP = "ec2:StopInstances"


def document(role: str = f'"{ROLE}"') -> dict[str, Any]:
    inputs = {"Runtime": "python3.11", "Handler": "handler", "Script": SCRIPT % role, "InputPayload": {"role": "{{ Role }}"}}
    return {
        "schemaVersion": "0.3",
        "assumeRole": "arn:aws:iam::111122223333:role/Runs",
        "parameters": {"Role": {"type": "String"}},
        "mainSteps": [
            {"name": "own", "action": "aws:executeAwsApi", "inputs": {"Service": "ec2", "Api": "StopInstances", "InstanceIds": ["i-1"]}},
            {"name": "cross", "action": "aws:executeScript", "inputs": inputs},
        ],
    }


def denied(session: str = "444455556666:assumed-role/Other/x", action: str = STOP) -> str:
    return (
        f"User: arn:aws:sts::{session} is not authorized to perform: {action} on resource: "
        "arn:aws:ec2:eu-west-1:444455556666:instance/i-0123456789abcdef0 because no identity-based policy allows the action"
    )


def said(text: str, role: str = f'"{ROLE}"', place: Place = Place()) -> Answer:  # noqa: B008
    derivation = derive([Runbook.from_mapping(document(role), name="book")], role_known=True)
    (failure,) = read(text).failures
    return answer(failure, derivation, [], place)


def where(found: Answer) -> tuple[list[str], str]:
    return [one.step.name for one in found.at], found.assumed


def test_the_step_is_the_one_that_assumes_the_role_and_the_fix_is_in_that_role():
    found = said(denied())
    assert where(found) == (["cross"], ROLE)
    assert (found.cause.id, found.fix.where) == ("roleLacks", f"the policies of {ROLE}, which the step assumes")
    assert found.fix.statements[0]["Resource"] == ["arn:aws:ec2:eu-west-1:444455556666:instance/i-0123456789abcdef0"]
    assert "policy --assumed" in found.fix.message
    assert found.fix.cdk == ""


def test_the_same_call_of_the_automation_s_own_role_is_another_step():
    own = said(denied("111122223333:assumed-role/Runs/Automation-0b1c2d3e-1111-4222-8333-444455556666"))
    assert where(own) == (["own"], "")


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ('f"arn:aws:iam::{e[0]}:role/team/Other"', (["cross"], "arn:aws:iam::*:role/team/Other")),
        ('"arn:aws:iam::444455556666:role/" + e["name"] + "er"', (["cross"], "arn:aws:iam::444455556666:role/*er")),
        ('e["role"]', (["cross"], "arn:aws:iam::444455556666:role/Other")),  # a runtime value: the call says that it is this one
        ('"arn:aws:iam::444455556666:role/Another"', (["own"], "")),
        ('"arn:aws:iam::777788889999:role/Other"', (["own"], "")),
    ],
)
def test_as_far_as_the_script_says_the_role_it_is_that_role(role: str, expected: tuple[list[str], str]):
    assert where(said(denied(), role)) == expected


def test_a_role_that_is_a_runtime_value_does_not_take_what_others_were_refused():
    assert where(said(denied(action="ec2:TerminateInstances"), 'e["role"]'))[1] == ""
    own = denied("111122223333:assumed-role/Runs/Automation-0b1c2d3e-1111-4222-8333-444455556666")
    assert where(said(own, 'e["role"]')) == (["own"], "")


def test_the_role_that_the_user_says_runs_the_automation_is_not_an_assumed_one():
    found = said(denied(), place=Place(role_arn="arn:aws:iam::444455556666:role/team/Other", account="444455556666"))
    assert found.assumed == ""
