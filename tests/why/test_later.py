"""What fails next: the steps that a run can come to from the one that failed, through branches, loops and runbooks that it starts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from automation_role import Runbook
from automation_role.check.policies import of_policies
from automation_role.check.report import Missing
from automation_role.derive.derivation import derive
from automation_role.sources.model import Situation
from automation_role.values.place import Place
from automation_role.why.answer import Answer, answer
from automation_role.why.later import _graph
from automation_role.why.reading import read
from tests.why.test_failures import BOOKS

NOTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "a4b:*", "Resource": "*"}]}
CHAIN = """\
schemaVersion: "0.3"
mainSteps:
  - name: choose
    action: aws:branch
    inputs: {Choices: [{NextStep: left, Variable: x, StringEquals: x}], Default: right}
  - {name: left, action: "aws:executeAwsApi", onFailure: "step:sorry", isEnd: true, inputs: {Service: sqs, Api: ListQueues}}
  - {name: right, action: "aws:executeAwsApi", onFailure: Continue, inputs: {Service: sns, Api: ListTopics}}
  - {name: last, action: "aws:executeAwsApi", isEnd: true, inputs: {Service: kms, Api: ListKeys}}
  - {name: sorry, action: "aws:executeAwsApi", inputs: {Service: ec2, Api: DescribeVpcs}}
"""


def of(runbooks: list[Runbook], action: str, folder: Path) -> Answer:
    """The answer to a refusal of an action, to a role that has nothing."""
    (folder / "nothing.json").write_text(json.dumps(NOTHING))
    role = of_policies([str(folder / "nothing.json")], None, Place(), Situation())
    (failure,) = read(
        f"User: arn:aws:sts::111122223333:assumed-role/R/x is not authorized to perform: {action} because no identity-based policy allows the {action} action"
    ).failures
    return answer(failure, derive(runbooks, role_known=True), [role], Place())


def steps(lacks: tuple[Missing, ...]) -> list[str]:
    return list(dict.fromkeys(one.origins[0].step for one in lacks))


@pytest.mark.parametrize(
    ("action", "later", "elsewhere"),
    [
        ("sqs:ListQueues", ["sorry"], ["right", "last"]),
        ("sns:ListTopics", ["last"], ["left", "sorry"]),
        ("kms:ListKeys", [], ["left", "right", "sorry"]),
        ("ec2:DescribeVpcs", [], ["left", "right", "last"]),
    ],
)
def test_branches_and_failure_paths(tmp_path: Path, action: str, later: list[str], elsewhere: list[str]) -> None:
    found = of([Runbook.from_text(CHAIN, name="chain")], action, tmp_path)
    assert (steps(found.later), sorted(steps(found.elsewhere))) == (later, sorted(elsewhere))


def test_inside_a_loop_the_next_turn_and_what_comes_after_it(tmp_path: Path) -> None:
    found = of([Runbook.from_file(BOOKS["disable-access-keys"])], "iam:UpdateAccessKey", tmp_path)
    assert (steps(found.later), steps(found.elsewhere)) == (["note"], ["list"])
    found = of([Runbook.from_file(BOOKS["quarantine-role"])], "iam:ListAttachedRolePolicies", tmp_path)
    assert steps(found.later) == ["detach", "attach", "deny"]
    found = of([Runbook.from_file(BOOKS["drain-queue"])], "sqs:DeleteMessage", tmp_path)
    assert steps(found.later) == ["receive"]


def test_in_a_runbook_that_is_started_and_after_it(tmp_path: Path) -> None:
    books = [Runbook.from_file(BOOKS[name]) for name in ("parent", "child")]
    assert steps(of(books, "ssm:StartAutomationExecution", tmp_path).later) == ["startChild", "write", "label"]
    found = of(books, "ssm:PutParameter", tmp_path)
    assert (steps(found.later), steps(found.elsewhere)) == (["label"], ["startChild"])


def test_runbooks_that_start_each_other_have_each_step_once() -> None:
    """Each of these steps can follow each: listing one twice doubles what follows it, and 30 such steps would never end."""
    starts = "".join(f"  - {{name: s{n}, action: 'aws:executeAutomation', inputs: {{DocumentName: itself}}}}\n" for n in range(18))
    onwards = _graph(derive([Runbook.from_text(f'schemaVersion: "0.3"\nmainSteps:\n{starts}', name="itself")]))
    assert {where: len(list(following)) for where, following in onwards.items()} == {("itself", f"s{n}"): 18 for n in range(18)}


def test_further_down_in_the_script_that_failed(tmp_path: Path) -> None:
    found = of([Runbook.from_file(BOOKS["move-objects"])], "s3:PutObject", tmp_path)
    assert [one.action for one in found.later] == ["s3:DeleteObject", "s3:PutBucketTagging"]
    assert [one.action for one in found.elsewhere] == ["s3:ListBucket", "s3:GetObject"]


def test_the_fix_has_a_statement_for_all_of_it(tmp_path: Path) -> None:
    found = of([Runbook.from_file(BOOKS["move-objects"])], "s3:PutObject", tmp_path)
    assert [action for one in found.fix.statements for action in one["Action"]] == ["s3:PutObject"]
    assert sorted(action for one in found.fix.later for action in one["Action"]) == ["s3:DeleteObject", "s3:PutBucketTagging"]


def test_a_start_that_was_refused_has_all_of_the_run_before_it(tmp_path: Path) -> None:
    (tmp_path / "nothing.json").write_text(json.dumps(NOTHING))
    role = of_policies([str(tmp_path / "nothing.json")], None, Place(), Situation())
    (failure,) = read("The defined assume role is unable to be assumed.").failures
    found = answer(failure, derive([Runbook.from_text(CHAIN, name="chain")], role_known=True), [role], Place())
    assert (steps(found.later), found.elsewhere) == (["left", "right", "last", "sorry"], ())
