"""What a role derives: findings gathered, answers checked, policies in IAM's sizes. No CDK."""

from __future__ import annotations

from typing import Any

import pytest

from automation_role import Runbook
from automation_role.cdk.role_plan import check_answers, check_runbooks, gathered, make_plan, unknown_answers
from automation_role.errors import AutomationRoleError
from automation_role.findings import Finding
from automation_role.values.place import Place


def runbook(name: str, *operations: str) -> Runbook:
    steps: list[dict[str, Any]] = [
        {"name": f"step{number}", "action": "aws:executeAwsApi", "inputs": {"Service": "sqs", "Api": operation}}
        for number, operation in enumerate(operations, 1)
    ]
    return Runbook.from_mapping({"schemaVersion": "0.3", "mainSteps": steps}, name=name)


def finding(runbook: str, kind: str, step: str, line: int = 1) -> Finding:
    return Finding(id=kind, runbook=runbook, step=step, line=line, message="something is missing; give it")


ONE, TWO = runbook("One", "ListQueues"), runbook("Two", "ListQueues", "GetQueueURL")


def plan(*runbooks, answered=()):
    return make_plan(runbooks, answered=answered, context=Place(), inline=10_240, managed=10)


def test_what_all_runbooks_need_is_merged_into_one_policy():
    assert sorted(statement.actions for statement in plan(ONE, TWO).packed.inline.statements) == [("sqs:GetQueueUrl",), ("sqs:ListQueues",)]


def test_an_answer_closes_only_the_findings_of_its_step():
    unknown = runbook("Unknown", "NoSuchThing", "NorThis")
    assert [each.step for each in plan(unknown).findings] == ["step1", "step2"]
    assert [each.step for each in plan(unknown, answered=[("Unknown", "step1")]).findings] == ["step2"]
    assert [each.step for each in plan(unknown, answered=[("Other", "step1")]).findings] == ["step1", "step2"]


def test_findings_are_gathered_by_runbook_and_kind_in_an_order_of_their_own():
    found = [finding("B", "x", "1"), finding("A", "y", "2", 5), finding("B", "x", "3", 9), finding("A", "x", "")]
    assert list(gathered(found)) == [
        ("A", "x", "runbook 'A', line 1: something is missing; give it"),
        ("A", "y", "runbook 'A', step '2' (line 5): something is missing; give it"),
        ("B", "x", "runbook 'B', step '1' (line 1): something is missing; give it; step '3' (line 9): something is missing; give it"),
    ]


def test_many_findings_are_counted_not_listed():
    ((_, _, message),) = gathered([finding("A", "x", str(step)) for step in range(9)])
    assert message.count("something is missing") == 5
    assert message.endswith("; and 4 more, see `automation-role explain`")


@pytest.mark.parametrize("given", ["restart.yaml", ONE])
def test_rejects_one_where_a_list_goes(given):
    with pytest.raises(AutomationRoleError, match=r"→ a list of Runbook; write runbooks=\[...\]"):
        check_runbooks(given)


def test_the_same_runbook_twice_is_one():
    assert list(check_runbooks([ONE, TWO, ONE])) == [ONE, TWO]


def test_rejects_different_runbooks_of_one_name():
    with pytest.raises(AutomationRoleError) as refused:
        check_runbooks([ONE, runbook("One", "GetQueueURL")])
    assert str(refused.value) == (
        "two different runbooks are named 'One' (<mapping> and <mapping>) → a different name for each; rename one with name=..."
    )


@pytest.mark.parametrize("answer", [("One", "step1"), ("One", ""), ("Later", "any")])
def test_takes_answers_to_steps_to_whole_runbooks_and_to_runbooks_that_may_come(answer):
    check_answers([ONE, TWO], [answer])


def test_rejects_an_answer_to_no_step():
    with pytest.raises(AutomationRoleError) as refused:
        check_answers([ONE, TWO], [("Two", "absent")])
    assert str(refused.value) == "extra_statements names step 'absent' of runbook 'Two' → its steps are 'step1', 'step2'; name one of these"


def test_reports_an_answer_for_a_runbook_that_was_never_added():
    assert list(unknown_answers([ONE], [("One", "step1"), ("Tow", "a"), ("Tow", "b")])) == [
        "extra_statements names runbook 'Tow' → this role's runbooks are 'One'; add the runbook or leave the statements out"
    ]
