"""A role that writes the logs of scripts may do that, and nothing else in CloudWatch Logs."""

from __future__ import annotations

import pytest

from automation_role.catalog.iam_actions import action_exists
from automation_role.errors import AutomationRoleError
from automation_role.iam.decision import decide
from automation_role.iam.documents import PolicyDocument
from automation_role.iam.identities import Identity
from automation_role.iam.statements import Request
from automation_role.policy.script_logs import ACTIONS, DEFAULT_GROUP, script_logs
from automation_role.values.place import Place

ROLE = "arn:aws:iam::111122223333:role/R"
GROUP = "arn:aws:logs:eu-central-1:111122223333:log-group:/team/scripts"
NEEDED = {
    "logs:DescribeLogGroups": ("*",),
    "logs:CreateLogGroup": (GROUP, f"{GROUP}:*"),
    "logs:DescribeLogStreams": (GROUP, f"{GROUP}:*"),
    "logs:CreateLogStream": (f"{GROUP}:log-stream:x",),
    "logs:PutLogEvents": (f"{GROUP}:log-stream:x",),
}


def may(action: str, resource: str) -> bool:
    place = Place(partition="aws", account="111122223333")
    document = {"Version": "2012-10-17", "Statement": [each.to_json(place) for each in script_logs("/team/scripts")]}
    policy = PolicyDocument.read("P", document, strict=True)
    who = Identity(kind="role", label="R", name="R", arn=ROLE, account="111122223333", policies=(policy,))
    return bool(decide(who, Request.of(action, resource, {})))


def test_it_is_the_five_actions_that_aws_names() -> None:
    assert set(ACTIONS) == set(NEEDED) == {action for each in script_logs(DEFAULT_GROUP) for action in each.actions}
    assert all(map(action_exists, ACTIONS))


def test_they_are_allowed_only_on_this_log_group() -> None:
    for action, resources in NEEDED.items():
        for resource in resources:
            assert may(action, resource)
            assert resource == "*" or not may(action, resource.replace("/team/scripts", "/team/other"))


@pytest.mark.parametrize("action", ["logs:GetLogEvents", "logs:DeleteLogGroup", "logs:PutRetentionPolicy"])
def test_nothing_else_is(action: str) -> None:
    assert not may(action, GROUP)


@pytest.mark.parametrize("name", ["", "a b", "/team/*", "x" * 513])
def test_rejects_what_is_not_a_log_group(name: str) -> None:
    with pytest.raises(AutomationRoleError, match="→ True for '/aws/ssm/automation/executeScript', a log group, or its name"):
        script_logs(name)
