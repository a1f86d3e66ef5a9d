"""Each rule of the runbook lint: what it reports, and a similar runbook that it does not report."""

from __future__ import annotations

from pathlib import Path

import pytest

from automation_role.runbook.lint import RULES, Lint, Severity, lint
from automation_role.runbook.model import Runbook

ROOT = Path(__file__).resolve().parents[2]

HEAD = 'schemaVersion: "0.3"\n'
SCRIPT = """\
  - name: run
    action: aws:executeScript
    inputs: {{Runtime: {runtime}, Handler: main, Script: "def main(e, c): return 1"}}
    {more}
"""


def of(text: str, *ignore: str) -> list[tuple[str, str, int]]:
    return [(one.id, one.step, one.line) for one in found(text, *ignore)]


def found(text: str, *ignore: str) -> tuple[Lint, ...]:
    return lint(Runbook.from_text(text, name="book"), ignore=ignore)


def script(runtime: str, more: str = "isEnd: true") -> str:
    return f"{HEAD}mainSteps:\n{SCRIPT.format(runtime=runtime, more=more)}"


def sleep(name: str, *more: str) -> str:
    return f"  - name: {name}\n    action: aws:sleep\n    inputs: {{Duration: PT1S}}\n" + "".join(f"    {line}\n" for line in more)


def book(*steps: str, head: str = "") -> str:
    return f"{HEAD}{head}mainSteps:\n{''.join(steps)}"


@pytest.mark.parametrize("runtime", ["python3.6", "python3.7", "python3.8", "python3.9", "PowerShell Core 6.0", "PowerShell 7.0"])
def test_a_runtime_that_aws_no_longer_runs_is_an_error(runtime: str) -> None:
    assert of(script(runtime)) == [("runtimeEnded", "run", 5)]
    (one,) = found(script(runtime))
    assert one.severity is Severity.ERROR
    assert repr(runtime) in one.message


@pytest.mark.parametrize("runtime", ["python3.10", "python3.11", "PowerShell 7.4", '"{{ Runtime }}"'])
def test_a_supported_or_unknown_runtime_is_not_reported(runtime: str) -> None:
    text = script(runtime).replace(HEAD, f"{HEAD}parameters:\n  Runtime: {{type: String}}\n" if "{{" in runtime else HEAD)
    assert of(text) == []


def test_an_unknown_runtime_is_a_warning_with_the_nearest_one() -> None:
    (one,) = found(script("python3.111"))
    assert (one.id, one.severity) == ("unknownRuntime", Severity.WARNING)
    assert one.message.endswith("did you mean 'python3.11'?")


def test_a_step_that_no_way_leads_to_is_reported_once_for_a_row() -> None:
    assert of(book(sleep("a", "isEnd: true"), sleep("b"), sleep("c"))) == [("unreachableStep", "b", 7)]


def test_two_lost_steps_that_lead_to_each_other_are_reported() -> None:
    assert of(book(sleep("a", "isEnd: true"), sleep("b", "nextStep: c"), sleep("c", "nextStep: b"))) == [("unreachableStep", "b", 7)]


@pytest.mark.parametrize(
    "way",
    [
        [sleep("a", "nextStep: c"), sleep("b", "isEnd: true"), sleep("c", "nextStep: b")],
        [sleep("a", "onFailure: step:b", "isEnd: true"), sleep("b")],
        [sleep("a", "onCancel: step:b", "isEnd: true"), sleep("b")],
        [sleep("a", "onFailure: Continue"), sleep("b")],
        [
            "  - name: a\n    action: aws:branch\n    inputs: {Choices: [{NextStep: c, Variable: x, StringEquals: x}], Default: b}\n",
            sleep("b", "isEnd: true"),
            sleep("c"),
        ],
        [
            (
                "  - name: a\n    action: aws:loop\n    inputs:\n      Iterators: [x]\n      Steps:\n"
                "        - {name: in, action: 'aws:sleep', inputs: {Duration: PT1S}}\n        - {name: next, action: 'aws:sleep', inputs: {Duration: PT1S}}\n"
            ),
            sleep("b"),
        ],
    ],
    ids=["nextStep", "onFailure", "onCancel", "Continue", "a branch", "a loop"],
)
def test_a_reachable_step_is_not_reported(way: list[str]) -> None:
    assert of(book(*way)) == []


def test_a_step_that_falls_through_into_the_failure_path() -> None:
    steps = [sleep("a", "onFailure: step:reportFailure"), sleep("b"), sleep("reportFailure", "isEnd: true")]
    assert of(book(*steps)) == [("fallsIntoFailure", "b", 7)]


@pytest.mark.parametrize(
    "steps",
    [
        [sleep("a", "onFailure: step:reportFailure"), sleep("b", "isEnd: true"), sleep("reportFailure")],
        [sleep("a", "onFailure: step:reportFailure"), sleep("b", "nextStep: reportFailure"), sleep("reportFailure")],
        [sleep("a", "onFailure: step:cleanUp"), sleep("b"), sleep("cleanUp")],
        [sleep("a", "onFailure: step:rollback"), sleep("b"), sleep("rollback")],
        [sleep("a"), sleep("failover")],
    ],
    ids=["isEnd", "nextStep says so", "a cleanup is for both", "a rollback is for both", "nothing fails into it"],
)
def test_a_step_that_is_meant_to_continue_is_not_reported(steps: list[str]) -> None:
    assert of(book(*steps)) == []


def approve(inputs: str) -> str:
    return book(f"  - name: ask\n    action: aws:approve\n    inputs: {inputs}\n", head="parameters:\n  Who: {type: StringList}\n")


@pytest.mark.parametrize("inputs", ["{Approvers: []}", "{Approvers: ['']}", "{Approvers: [jane], MinRequiredApprovals: 2}"])
def test_an_approval_that_nobody_can_give_is_an_error(inputs: str) -> None:
    (one,) = [one for one in found(approve(inputs)) if one.step]
    assert (one.id, one.severity) == ("noApprovers", Severity.ERROR)


@pytest.mark.parametrize(
    "inputs",
    [
        "{Approvers: [jane]}",
        "{Approvers: [jane, joe], MinRequiredApprovals: 2}",
        "{Approvers: ['{{ Who }}'], MinRequiredApprovals: 3}",
        "{Approvers: '{{ Who }}'}",
    ],
)
def test_an_approval_that_somebody_can_make_is_not_reported(inputs: str) -> None:
    assert of(approve(inputs)) == []


def test_the_change_request_fills_in_the_approvers_of_a_change_template() -> None:
    text = approve("{Approvers: []}")
    assert [one.id for one in found(text)] == ["noApprovers"]
    assert found(text.replace("mainSteps:", "templateInformation: A change\nmainSteps:")) == ()


ROLE = 'parameters:\n  AutomationAssumeRole: {type: "AWS::IAM::Role::Arn"}\n'


def test_a_role_that_nothing_uses() -> None:
    assert of(book(sleep("a"), head=ROLE)) == [("unusedRole", "", 3)]


@pytest.mark.parametrize("use", ['assumeRole: "{{ AutomationAssumeRole }}"\n', "outputs: [a.x]\n"])
def test_a_role_that_is_used(use: str) -> None:
    passing = "  - name: a\n    action: aws:executeAutomation\n    inputs: {DocumentName: b, RuntimeParameters: {R: '{{AutomationAssumeRole}}'}}\n"
    assert of(book(sleep("a") if "assume" in use else passing, head=use + ROLE)) == []


def test_outputs_that_nothing_reads_are_a_note_a_step() -> None:
    more = "outputs: [{Name: a, Selector: $.a, Type: String}, {Name: b, Selector: $.b, Type: String}, {Name: c, Selector: $.c, Type: StringMap}]"
    reading = "  - name: next\n    action: aws:sleep\n    inputs: {Duration: '{{ run.c.x }}'}\n"
    (one,) = found(script("python3.11", more) + reading)
    assert (one.id, one.severity) == ("unusedOutput", Severity.NOTE)
    assert "no step reads outputs 'a', 'b'" in one.message
    assert of(script("python3.11", more).replace("mainSteps", "outputs: [run.a, run.b, run.c]\nmainSteps")) == []


def test_rules_are_ignored_by_their_ids() -> None:
    assert of(script("python3.8"), "runtimeEnded") == []


def test_json_runbooks_have_their_lines_as_well() -> None:
    text = '{"schemaVersion": "0.3",\n "mainSteps": [\n  {"name": "run", "action": "aws:executeScript",\n   "inputs": {\n    "Runtime": "python3.7", "Handler": "m", "Script": "def m(e, c): pass"}}]}'
    assert of(text) == [("runtimeEnded", "run", 5)]


def test_the_page_has_every_rule_with_its_severity() -> None:
    page = (ROOT / "docs" / "lint.md").read_text()
    assert [name for name, rule in RULES.items() if f"| `{name}` | {rule.severity.value} | {rule.means} |" not in page] == []
    assert [name for name in RULES if f"\n## {name}\n" not in page] == []


def test_of_an_aws_owned_runbook_by_its_name_nothing_is_reported() -> None:
    assert lint(Runbook.aws("AWS-StopEC2Instance")) == ()
