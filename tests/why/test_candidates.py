"""Which steps could have made the call that was refused: only those that the strongest evidence leaves."""

from __future__ import annotations

import pytest

from automation_role import Runbook
from automation_role.derive.derivation import derive
from automation_role.why.candidates import candidates
from automation_role.why.reading import read

BOOK = """\
schemaVersion: "0.3"
mainSteps:
  - {name: one, action: "aws:executeAwsApi", inputs: {Service: sns, Api: Publish, TopicArn: "arn:aws:sns:eu-central-1:111122223333:one", Message: a}}
  - {name: two, action: "aws:executeAwsApi", inputs: {Service: sns, Api: Publish, TopicArn: "arn:aws:sns:eu-central-1:111122223333:two", Message: a}}
  - {name: tell, action: "aws:executeAwsApi", inputs: {Service: sns, Api: ListTopics}}
"""
REFUSED = "User: arn:aws:sts::111122223333:assumed-role/R/x is not authorized to perform: "


@pytest.mark.parametrize(
    ("refused", "steps"),
    [
        ("SNS:Publish on resource: arn:aws:sns:eu-central-1:111122223333:two", ["two"]),
        ("SNS:Publish on resource: arn:aws:sns:eu-central-1:111122223333:three", ["one", "two"]),  # it fits none, so it says nothing
        ("SNS:Publish", ["one", "two"]),
        ("SNS:ListTopics on resource: arn:aws:sns:eu-central-1:111122223333:one", ["tell"]),  # the action is the stronger evidence
    ],
)
def test_stronger_evidence_excludes_places_without_it(refused: str, steps: list[str]) -> None:
    (failure,) = read(f"{REFUSED}{refused} because no identity-based policy allows the action").failures
    assert [place.step.name for place in candidates(failure, derive([Runbook.from_text(BOOK, name="Tell")]))] == steps
