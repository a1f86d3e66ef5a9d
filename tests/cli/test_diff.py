"""`automation-role diff`: what a new version needs more, or no longer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from automation_role.derive.derivation import Derivation
from automation_role.derive.step_needs import StepNeeds
from automation_role.explain.compare import Differences, compare
from automation_role.findings import Finding
from automation_role.runbook.model import Runbook
from automation_role.values.calls import Condition, Origin, Permission
from automation_role.values.patterns import ANY, Bound, Pattern
from automation_role.values.place import Place
from tests.cli.conftest import GAP, LOOK, TELL, TOPIC, Run, refused

HERE = Place()
TO_EC2: tuple[Condition, ...] = (("StringEquals", "iam:PassedToService", (Pattern.literal("ec2.amazonaws.com"),)),)


def derivation(
    *needs: tuple[str, str, Pattern | str] | tuple[str, str, Pattern | str, tuple[Condition, ...]], findings: tuple[Finding, ...] = ()
) -> Derivation:
    """A derivation by hand: (step, action, resource) or (step, action, resource, conditions)."""
    runbook = Runbook.from_text(LOOK, name="book")
    steps = []
    for step, action, resource, *conditions in needs:
        assert isinstance(action, str)
        assert isinstance(step, str)
        pattern = resource if isinstance(resource, Pattern) else Pattern.of(str(resource))
        permission = Permission(
            action=action, resources=(pattern,), conditions=conditions[0] if conditions else (), origins=(Origin("book", step, 1),)
        )
        at = Runbook.from_text(LOOK.replace("name: look", f"name: {step}"), name="book").steps[0]
        steps.append(StepNeeds(runbook="book", step=at, calls=(), permissions=(permission,)))
    return Derivation(runbooks=(runbook,), steps=tuple(steps), findings=findings)


def told(differences: Differences) -> tuple[list[tuple[str, str, list[str]]], list[tuple[str, str, list[str]]]]:
    """(action, resource, steps) of what is needed more, and no longer."""

    def each(changes: Any) -> list[tuple[str, str, list[str]]]:
        return [
            (change.need.action, resource.text, [step for _, step, _ in change.steps])
            for change in changes
            for resource in change.need.resources
        ]

    return each(differences.more), each(differences.no_longer)


def test_more_and_no_longer() -> None:
    old = derivation(("a", "s3:GetObject", "arn:{P}:s3:::b/*"), ("b", "ec2:RunInstances", "*"))
    new = derivation(("a", "s3:GetObject", "arn:{P}:s3:::b/*"), ("c", "ec2:StopInstances", "*"))
    assert told(compare(old, new, HERE)) == ([("ec2:StopInstances", "*", ["c"])], [("ec2:RunInstances", "*", ["b"])])
    assert not compare(old, old, HERE)


def test_narrower_is_nothing_more_and_wider_is_nothing_less() -> None:
    wide = derivation(("a", "ec2:StopInstances", "arn:{P}:ec2:{R}:{A}:instance/*"))
    narrow = derivation(("a", "ec2:StopInstances", "arn:{P}:ec2:{R}:{A}:instance/i-1"))
    narrower = compare(wide, narrow, HERE)
    assert told(narrower) == ([], [("ec2:StopInstances", "arn:*:ec2:*:*:instance/*", ["a"])])
    assert [resource.text for need in narrower.no_longer[0].other for resource in need.resources] == ["arn:*:ec2:*:*:instance/i-1"]
    assert told(compare(narrow, wide, HERE)) == ([("ec2:StopInstances", "arn:*:ec2:*:*:instance/*", ["a"])], [])


@pytest.mark.parametrize(
    ("context", "covered"),
    [
        (Place(), True),
        (Place(partition="aws", account="111122223333", regions=("eu-west-1",)), True),
        (Place(regions=("eu-west-1", "eu-west-2")), True),
        (Place(partition="aws-cn"), False),
        (Place(account="999999999999"), False),
        (Place(regions=("eu-west-2",)), False),
    ],
)
def test_what_is_compared_is_what_is_written(context: Place, covered: bool) -> None:
    any_topic = derivation(("a", "sns:Publish", "arn:{P}:sns:{R}:{A}:*"))
    one_topic = derivation(("a", "sns:Publish", "arn:aws:sns:eu-west-1:111122223333:alarms"))
    assert bool(compare(any_topic, one_topic, context).more) is not covered


def test_this_role_is_compared_too() -> None:
    this, some = derivation(("a", "iam:PassRole", "{ROLE}")), derivation(("a", "iam:PassRole", "arn:aws:iam::111122223333:role/Me"))
    assert not compare(this, some, HERE).more
    assert not compare(this, some, Place(role_arn="arn:aws:iam::111122223333:role/Me"))
    assert compare(this, some, Place(role_arn="arn:aws:iam::111122223333:role/You")).more


def test_a_condition_that_goes_is_more_and_one_that_comes_is_less() -> None:
    with_condition = derivation(("a", "iam:PassRole", "*", TO_EC2))
    without = derivation(("a", "iam:PassRole", "*"))
    gone = compare(with_condition, without, HERE)
    assert told(gone) == ([("iam:PassRole", "*", ["a"])], [])
    assert gone.more[0].other[0].conditions == {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    come = compare(without, with_condition, HERE)
    assert told(come) == ([], [("iam:PassRole", "*", ["a"])])
    assert come.no_longer[0].need.conditions == {}


def test_only_the_steps_that_ask_for_what_changed_are_named() -> None:
    old = derivation(("a", "s3:GetObject", "arn:{P}:s3:::one/*"))
    new = derivation(("a", "s3:GetObject", "arn:{P}:s3:::one/*"), ("b", "s3:GetObject", "arn:{P}:s3:::two/*"))
    assert told(compare(old, new, HERE)) == ([("s3:GetObject", "arn:*:s3:::two/*", ["b"])], [])


def test_the_same_value_for_a_parameter_is_the_same_whatever_the_runbooks_are_called() -> None:
    def with_bound(runbook: str, value: str) -> Derivation:
        return derivation(("a", "s3:GetObject", Pattern((Bound("Bucket", runbook, value), "/", ANY))))

    assert not compare(with_bound("v1", "logs"), with_bound("v2", "logs"), HERE)
    assert compare(with_bound("v1", "logs"), with_bound("v2", "other"), HERE)


def finding(line: int, message: str = "m", runbook: str = "book") -> Finding:
    return Finding(id="unreadableStep", runbook=runbook, step="a", line=line, message=message)


def test_a_finding_that_moved_is_the_same() -> None:
    assert not compare(derivation(findings=(finding(3),)), derivation(findings=(finding(9),)), HERE)
    assert not compare(derivation(findings=(finding(3),)), derivation(findings=(finding(3, runbook="other"),)), HERE)
    more = compare(derivation(findings=(finding(3),)), derivation(findings=(finding(3), finding(4))), HERE)
    assert (more.new_findings, more.gone_findings) == ((finding(4),), ())
    changed = compare(derivation(findings=(finding(3),)), derivation(findings=(finding(3, "n"),)), HERE)
    assert (changed.new_findings, changed.gone_findings) == ((finding(3, "n"),), (finding(3),))


# -- the command ---------------------------------------------------------------------------------------------------------------------

KEYS = (
    "if a customer managed key encrypts the topic, sns Publish also needs kms:Decrypt, kms:GenerateDataKey on that key; if so, add it by hand "
    "(in CDK: extra_statements)"
)


@pytest.fixture
def versions(folder: Path) -> Path:
    (folder / "old.yaml").write_text(LOOK)
    (folder / "new.yaml").write_text(GAP + TELL.partition("mainSteps:\n")[2].replace('"{{ Topic }}"', TOPIC))
    return folder


@pytest.mark.usefixtures("versions")
def test_the_table(run: Run) -> None:
    done = run("diff", "old.yaml", "new.yaml")
    assert done.code == 0
    assert [" ".join(line.split()) for line in done.out.splitlines()] == [
        "needs more",
        "action resources steps",
        f"+ sns:Publish {TOPIC} tell",
        "",
        "could not be derived, new",
        "+ later, line 8: unknown action 'aws:inventedLater'; its permissions were not derived; add them by hand (in CDK: extra_statements) [unknownAction]",
        f"+ tell, line 10: {KEYS} [mayAlsoNeed]",
    ]
    assert done.err == (
        "automation-role: note: new.yaml: 1 runbook, 3 steps: 2 actions, 1 on named resources, "
        "1 on * (IAM offers nothing narrower); for information: 1 finding; 1 gap: the policy may lack permissions\n"
    )
    back = run("diff", "new.yaml", "old.yaml")
    assert back.out.startswith("no longer needs\n")
    assert "could not be derived, no longer there\n- later, line 8: " in back.out


@pytest.mark.usefixtures("versions")
def test_no_difference_is_said(run: Run) -> None:
    assert run("diff", "old.yaml", "old.yaml").out == "no difference\n"
    assert run("diff", "old.yaml", "-", stdin=LOOK.encode()).out == "no difference\n"


@pytest.mark.usefixtures("versions")
def test_json(run: Run) -> None:
    told = json.loads(run("diff", "old.yaml", "new.yaml", "--format", "json").out)
    assert told == {
        "more": [
            {
                "action": "sns:Publish",
                "resources": [TOPIC],
                "conditions": {},
                "steps": [{"runbook": "new", "step": "tell", "line": 10}],
                "otherVersion": [],
            }
        ],
        "noLonger": [],
        "findings": {
            "more": [
                {
                    "id": "unknownAction",
                    "runbook": "new",
                    "step": "later",
                    "line": 8,
                    "message": "unknown action 'aws:inventedLater'; its permissions were not derived; add them by hand (in CDK: extra_statements)",
                },
                {"id": "mayAlsoNeed", "runbook": "new", "step": "tell", "line": 10, "message": KEYS},
            ],
            "noLonger": [],
        },
    }


def test_the_needs_of_the_other_version_are_shown(run: Run, folder: Path) -> None:
    (folder / "old.yaml").write_text(TELL)
    (folder / "new.yaml").write_text(TELL.replace('"{{ Topic }}"', TOPIC))
    out = run("diff", "old.yaml", "new.yaml").out
    assert "needs more" not in out
    assert f"is: {TOPIC}" in out
    back = json.loads(run("diff", "new.yaml", "old.yaml", "--format", "json").out)["more"]
    assert [change["otherVersion"] for change in back] == [[{"resources": [TOPIC], "conditions": {}}]]


def test_directories_are_compared_runbook_by_runbook(run: Run, folder: Path) -> None:
    for version, texts in {"v1": {"a": LOOK, "b": GAP}, "v2": {"a": GAP, "b": LOOK}}.items():
        (folder / version).mkdir()
        for name, text in texts.items():
            (folder / version / f"{name}.yaml").write_text(text)
    out = run("diff", "v1", "v2").out
    assert "new\n+ a, later, line 8: " in out
    assert "no longer there\n- b, later, line 8: " in out


@pytest.mark.usefixtures("versions")
def test_a_value_may_be_for_one_of_the_two(run: Run, folder: Path) -> None:
    (folder / "tell.yaml").write_text(TELL)
    assert TOPIC in run("diff", "old.yaml", "tell.yaml", "-p", f"Topic={TOPIC}").out
    assert run("diff", "old.yaml", "old.yaml", "-p", f"Topic={TOPIC}").code == 2


def test_standard_input_is_one_of_the_two(run: Run) -> None:
    refused(run("diff", "-", "-", stdin=GAP.encode()), "OLD and NEW are both '-' → standard input for one of them, a file for the other")


@pytest.mark.usefixtures("versions")
def test_strict_reports_the_findings_that_both_versions_have(run: Run) -> None:
    done = run("diff", "new.yaml", "new.yaml", "--strict")
    assert (done.code, done.out) == (1, "no difference\n")
    assert "[unknownAction]" in done.said[0]


@pytest.mark.usefixtures("versions")
def test_problems_with_both_are_reported_at_once(run: Run, folder: Path) -> None:
    (folder / "bad.yaml").write_text("")
    refused(
        run("diff", "bad.yaml", "nowhere.yaml"),
        "bad.yaml: is empty → a runbook in YAML or JSON",
        "nowhere.yaml: cannot be read: no such file or directory",
    )
