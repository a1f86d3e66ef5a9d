"""Where a step goes on."""

from __future__ import annotations

from typing import Any

import pytest

from automation_role.runbook.flow import Transition, condition, transitions
from tests.report.samples import api, branch, runbook

NEXT = api("next", "sqs", "ListQueues")


def onwards(step: dict[str, Any], *following: dict[str, Any], in_loop: bool = False) -> tuple[Transition, ...]:
    """The ways on from the first of these steps; a step that jumps elsewhere needs its target in the runbook."""
    read = runbook(step, *following, NEXT)
    return transitions(read.steps[0], read.steps[1] if following else None, in_loop=in_loop)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, Transition("", "next")),
        ({"nextStep": "next"}, Transition("", "next")),
        ({"isEnd": True}, Transition("", None, "the end")),
        ({"isEnd": "true"}, Transition("", None, "the end")),
        ({"isEnd": False}, Transition("", "next")),
        ({"onFailure": "Abort"}, Transition("", "next")),
    ],
)
def test_a_step_goes_on_to_one_place(more, expected):
    read = runbook(api("first", "sqs", "ListQueues", **more), NEXT)
    assert transitions(read.steps[0], read.steps[1]) == (expected,)


def test_the_last_step_ends_the_automation_or_the_turn_of_its_loop():
    assert onwards(api("only", "sqs", "ListQueues")) == (Transition("", None, "the end"),)
    assert onwards(api("only", "sqs", "ListQueues"), in_loop=True) == (Transition("", None, "the end of this turn"),)


@pytest.mark.parametrize(
    ("more", "transition"),
    [
        ({"onFailure": "step:next"}, Transition("on failure", "next")),
        ({"onFailure": "Continue"}, Transition("on failure", None, "continues with the next step")),
        ({"onCancel": "step:next"}, Transition("when cancelled", "next")),
    ],
)
def test_failure_and_cancellation_have_ways_of_their_own(more, transition):
    assert onwards(api("first", "sqs", "ListQueues", **more), api("second", "sqs", "ListQueues")) == (Transition("", "second"), transition)


def test_a_branch_goes_by_its_choices_and_then_its_default():
    found = onwards(branch("choose", ("Linux", "next"), default="second"), api("second", "sqs", "ListQueues"))
    assert found == (Transition('if {{ Os }} StringEquals "Linux"', "next"), Transition("otherwise", "second"))


def test_a_branch_without_default_goes_on_to_the_following_step():
    step = branch("choose", ("Linux", "next"), default="second")
    del step["inputs"]["Default"]
    assert onwards(step, api("second", "sqs", "ListQueues"))[-1] == Transition("otherwise", "second")
    assert onwards(step | {"isEnd": True}, api("second", "sqs", "ListQueues"))[-1] == Transition("otherwise", None, "the end")


def test_in_a_loop_break_and_continue_are_not_steps():
    loop = {
        "name": "loop",
        "action": "aws:loop",
        "inputs": {"Iterators": ["a"], "IteratorDataType": "String", "Steps": [branch("in", ("x", "Break"), default="Continue")]},
    }
    inner = runbook(loop).steps[0].steps[0]
    assert [transition.words for transition in transitions(inner, None, in_loop=True)] == ["breaks the loop", "continues the loop"]
    assert [transition.target for transition in transitions(inner, None, in_loop=True)] == [None, None]


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"Variable": "{{ a }}", "NumericGreater": 3}, "{{ a }} NumericGreater 3"),
        ({"Not": {"Variable": "{{ a }}", "StringEquals": "é"}}, 'not ({{ a }} StringEquals "é")'),
        (
            {
                "And": [
                    {"Variable": "a", "BooleanEquals": True},
                    {"Or": [{"Variable": "b", "Contains": "x"}, {"Variable": "c", "Contains": "y"}]},
                ]
            },
            '(a BooleanEquals true and (b Contains "x" or c Contains "y"))',
        ),
        ({}, "always"),
    ],
)
def test_a_condition_is_said_in_its_own_words(choice, said):
    assert condition({**choice, "NextStep": "somewhere"}) == said
