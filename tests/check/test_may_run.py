"""One role, asked in two ways: what `check` tells as allowed in part and lets pass, `may_run` denies, and says that it is in part."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from automation_role.iam.decision import Outcome
from automation_role.runbook.model import Runbook
from automation_role.testing import Authorization
from tests.check.conftest import LOOK, STOP, Run, allow, policy, role
from tests.check.test_missing import ANY_INSTANCE, COMMAND, DOCUMENT, LAUNCH, LAUNCHED, ONE_INSTANCE

LAUNCHES = LAUNCH.replace("KEY", "Monitoring: {Enabled: false}")
NODES = ["arn:aws:ec2:*:*:instance/*", "arn:aws:ssm:*:*:managed-instance/*"]
TAGGED = {"StringEquals": {"aws:ResourceTag/Stop": "yes"}}


def both(check: Run, tmp_path: Path, runbook: str, *statements: dict[str, Any], **bound: str) -> tuple[int, set[str], Any]:
    """What `check` says (exit code, certainties), and what `may_run` does."""
    ran = check(policy(*statements), *(word for name, value in bound.items() for word in ("-p", f"{name}={value}")), runbook=runbook)
    auth = Authorization({"Resources": {"Role": role(*statements)}})
    decision = auth.role("Role").may_run(Runbook.from_file(tmp_path / "stop.yaml", parameters=bound))
    return ran.code, {one["certainty"] for one in ran.role["missing"]}, decision


@pytest.mark.parametrize(
    ("runbook", "statements", "why"),
    [
        (STOP, [LOOK, allow("ec2:StopInstances", on=ONE_INSTANCE)], "allowed on "),
        (LAUNCHES, [allow("ec2:RunInstances", on=LAUNCHED)], "the call may need it"),
        (COMMAND, [allow("ssm:SendCommand", on=[DOCUMENT, NODES[0]])], "the resource's type is a runtime value"),
    ],
    ids=["one of many", "only when used", "one type or another"],
)
def test_what_is_allowed_in_part_passes_check_and_is_denied_by_may_run(check: Run, tmp_path, runbook, statements, why):
    code, certainties, decision = both(check, tmp_path, runbook, *statements)
    assert (code, certainties) == (0, {"partly"})
    assert decision.outcome is Outcome.DENIED
    assert f"allowed in part: {why}" in str(decision)


@pytest.mark.parametrize(
    ("runbook", "statements", "bound", "allowed"),
    [
        (STOP, [LOOK, allow("ec2:StopInstances", on=ANY_INSTANCE)], {}, True),
        (STOP, [LOOK, allow("ec2:StopInstances", on=ONE_INSTANCE)], {"InstanceId": "i-0123456789abcdef0"}, True),
        (STOP, [LOOK, allow("ec2:StopInstances", on=ONE_INSTANCE)], {"InstanceId": "i-0ffffffffffffffff"}, False),
        (STOP, [LOOK], {}, False),
        (LAUNCHES, [allow("ec2:RunInstances", on=[*LAUNCHED, "arn:aws:ec2:*:*:*"])], {}, True),
        (COMMAND, [allow("ssm:SendCommand", on=[DOCUMENT, *NODES])], {}, True),
    ],
)
def test_of_all_else_both_say_the_same(check: Run, tmp_path, runbook, statements, bound, allowed):
    code, certainties, decision = both(check, tmp_path, runbook, *statements, **bound)
    assert (code, certainties) == ((0, set()) if allowed else (1, {"fails"}))
    assert decision.outcome is (Outcome.ALLOWED if allowed else Outcome.DENIED)
    assert "in part" not in str(decision)


def test_a_condition_that_the_runbook_does_not_decide_is_met_only_by_the_context(check: Run, tmp_path):
    tagged = allow("ec2:StopInstances", Condition=TAGGED)
    code, certainties, decision = both(check, tmp_path, STOP, LOOK, tagged)
    assert (code, certainties) == (0, {"partly"})
    assert decision.outcome is Outcome.DENIED
    assert "aws:ResourceTag/Stop 'yes' is not met" in str(decision)
    said = Authorization({"Resources": {"Role": role(LOOK, tagged)}}, context={"aws:ResourceTag/Stop": "yes"})
    assert said.role("Role").may_run(Runbook.from_text(STOP, name="stop"))


STACK = """\
schemaVersion: "0.3"
mainSteps:
  - name: create
    action: aws:createStack
    inputs:
      StackName: queue
      TemplateBody: '{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}'
"""


def test_what_a_stack_s_handlers_may_need_is_reported_and_does_not_fail(check: Run):
    certain = [allow("sqs:CreateQueue", "sqs:DeleteQueue", "cloudformation:*")]
    ran = check(policy(*certain), runbook=STACK)
    lacks = {(action, certainty) for _, action, certainty in ran.missing()}
    assert ran.code == 0
    assert ("sqs:TagQueue", "partly") in lacks
    assert all(certainty == "partly" for _, certainty in lacks)
    assert "the call may need it" in ran.role["missing"][0]["reason"]
    ran = check(policy(allow("sqs:DeleteQueue", "cloudformation:*")), runbook=STACK)
    assert (ran.code, ("create", "sqs:CreateQueue", "fails") in ran.missing()) == (1, True)
