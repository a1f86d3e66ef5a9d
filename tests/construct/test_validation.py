"""At synthesis, over a whole app: hand-written documents and roles are checked by the same engine as `check`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from aws_cdk import cloudformation_include as include

from automation_role import AutomationPolicyValidation, AutomationRole, AutomationRunbook, Runbook
from automation_role.errors import AutomationRoleError
from tests.construct.synth import new_app

ROOT = Path(__file__).parents[2]
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ssm.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
        }
    ],
}
RESTART = Runbook.from_file("runbooks/restart-instance.yaml")


@pytest.fixture
def app(tmp_path: Path) -> cdk.App:
    return new_app(tmp_path)


def stack(app: cdk.App, name: str) -> cdk.Stack:
    return cdk.Stack(app, name, synthesizer=cdk.BootstraplessSynthesizer())


def hand_written(scope: cdk.Stack, *actions: str, on: str = "*") -> iam.CfnRole:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": on}
    policy = iam.CfnRole.PolicyProperty(policy_name="Own", policy_document={"Version": "2012-10-17", "Statement": [statement]})
    return iam.CfnRole(scope, "Hand", assume_role_policy_document=TRUST, policies=[policy])


def document(scope: cdk.Stack, role_arn: str, api: str = "RebootInstances") -> ssm.CfnDocument:
    content = {
        "schemaVersion": "0.3",
        "assumeRole": "{{ Role }}",
        "parameters": {"Role": {"type": "String", "default": role_arn}},
        "mainSteps": [{"name": "reboot", "action": "aws:executeAwsApi", "inputs": {"Service": "ec2", "Api": api, "InstanceIds": ["i-0"]}}],
    }
    return ssm.CfnDocument(scope, "Document", document_type="Automation", content=content)


def found(app: cdk.App, **given: Any) -> list[tuple[str, str, str]]:
    """(rule, logical ID, message) of each violation."""
    assembly = app.synth()
    paths = [each.template_full_path for each in assembly.stacks]
    report = AutomationPolicyValidation(**given).validate(SimpleNamespace(template_paths=paths))
    assert report.success == (not report.violations)
    return [(each.rule_name, each.violating_resources[0].resource_logical_id, each.description) for each in report.violations]


MISSING = "needs ec2:RebootInstances on arn:aws:ec2:*:*:instance/i-0: no statement allows it"


@pytest.mark.parametrize("stacks", [1, 2])
def test_a_hand_written_role_that_cannot_run_its_document(app: cdk.App, stacks: int) -> None:
    first = stack(app, "First")
    role = hand_written(first, "ec2:StartInstances")
    document(stack(app, "Second") if stacks == 2 else first, role.attr_arn)
    ((rule, logical_id, message),) = found(app)
    assert (rule, logical_id) == ("missingPermission", "Hand")
    assert message.startswith(f"step 'reboot' of runbook '{'Second' if stacks == 2 else 'First'}.Document' (line ")
    assert message.endswith(MISSING)


def test_what_fits_is_not_a_violation(app: cdk.App) -> None:
    only = stack(app, "Only")
    document(only, hand_written(only, "ec2:RebootInstances").attr_arn)
    role = AutomationRole(only, "Role", runbooks=[RESTART])
    AutomationRunbook(only, "Restart", RESTART, role=role)
    stack(app, "Empty")
    assert found(app) == []


def test_every_role_that_automation_can_assume_is_judged_and_no_other(app: cdk.App) -> None:
    only = stack(app, "Only")
    hand_written(only, "iam:PassRole")
    iam.Role(only, "Other", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com")).add_to_policy(
        iam.PolicyStatement(actions=["iam:PassRole"], resources=["*"])
    )
    assert [(rule, at) for rule, at, _ in found(app)] == [("passRoleAnyRole", "Hand"), ("passRoleAnyService", "Hand")]
    assert found(app, accept=["passRoleAnyRole", "passRoleAnyService"]) == []


def test_a_document_that_is_not_a_valid_runbook(app: cdk.App) -> None:
    only = stack(app, "Only")
    document(only, hand_written(only, "ec2:*").attr_arn).content["mainSteps"][0]["action"] = "aws:noSuch"
    ssm.CfnDocument(only, "Broken", document_type="Automation", content={"schemaVersion": "0.3", "mainSteps": [{"name": "x"}]})
    ((rule, logical_id, message),) = found(app)
    assert (rule, logical_id) == ("invalidRunbook", "Broken")
    assert "action" in message
    assert found(app, accept=["invalidRunbook"]) == []


def violations(app: cdk.App, folder: Path) -> list[tuple[str, str]]:
    """(rule, construct path) of each violation in the report that CDK writes."""
    with pytest.raises(RuntimeError):
        app.synth()
    (report,) = json.loads((folder / "validation-report.json").read_text())["pluginReports"]
    return [(each["ruleName"], each["violatingConstructs"][0]["constructPath"]) for each in report["violations"]]


def nested(app: cdk.App) -> cdk.Stack:
    return cdk.NestedStack(cdk.Stack(app, "Top"), "Nested")


def in_stage(app: cdk.App) -> cdk.Stack:
    return cdk.Stack(cdk.Stage(app, "Prod"), "Only")


def nested_in_stage(app: cdk.App) -> cdk.Stack:
    return cdk.NestedStack(in_stage(app), "Nested")


@pytest.mark.skipif(not hasattr(cdk, "Validations"), reason="older versions of CDK end the process instead of raising")
@pytest.mark.parametrize("inside", [nested, in_stage, nested_in_stage])
def test_stages_and_nested_stacks_are_checked_and_constructs_named(
    app: cdk.App, tmp_path: Path, inside: Callable[[cdk.App], cdk.Stack]
) -> None:
    cdk.Validations.of(app).add_plugins(AutomationPolicyValidation())
    scope = inside(app)
    document(scope, hand_written(scope, "ec2:StartInstances").attr_arn)
    assert violations(app, tmp_path / "cdk.out") == [("missingPermission", f"{scope.node.path}/Hand")]


@pytest.mark.skipif(not hasattr(cdk, "Validations"), reason="older versions of CDK end the process instead of raising")
def test_a_template_that_is_included_is_checked(app: cdk.App, tmp_path: Path) -> None:
    cdk.Validations.of(app).add_plugins(AutomationPolicyValidation())
    written = cdk.App(outdir=str(tmp_path / "old"))
    old = stack(written, "Old")
    document(old, hand_written(old, "ec2:StartInstances").attr_arn)
    template = written.synth().get_stack_by_name("Old").template_full_path
    include.CfnInclude(stack(app, "New"), "Included", template_file=template)
    assert violations(app, tmp_path / "cdk.out") == [("missingPermission", "New/Included/Hand")]


@pytest.mark.skipif(not hasattr(cdk, "Validations"), reason="older versions of CDK end the process instead of raising")
def test_what_cannot_be_read_names_its_construct(app: cdk.App, tmp_path: Path) -> None:
    """In the second stack, and in a nested one."""
    cdk.Validations.of(app).add_plugins(AutomationPolicyValidation())
    stack(app, "First")
    scope = nested(app)
    role = hand_written(scope, "ec2:RebootInstances")
    document(scope, role.attr_arn)
    statement = {"Effect": "allow", "Action": "s3:*", "Resource": "*"}
    iam.CfnPolicy(scope, "Policy", policy_name="p", policy_document={"Version": "2012-10-17", "Statement": [statement]}, roles=[role.ref])
    assert violations(app, tmp_path / "cdk.out") == [("invalidRunbook", "Top/Nested/Policy")]


def test_what_depends_on_a_condition_is_no_violation(app: cdk.App) -> None:
    only = stack(app, "Only")
    statement = {
        "Effect": "Allow",
        "Action": "ec2:RebootInstances",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:ResourceTag/Team": "operations"}},
    }
    policy = iam.CfnRole.PolicyProperty(policy_name="Own", policy_document={"Version": "2012-10-17", "Statement": [statement]})
    document(only, iam.CfnRole(only, "Hand", assume_role_policy_document=TRUST, policies=[policy]).attr_arn)
    assert found(app) == []


def test_rejects_a_rule_that_there_is_not() -> None:
    with pytest.raises(AutomationRoleError, match=r"^accept has 'passRoleAnyrole' → .*; did you mean 'passRoleAnyRole'\?"):
        AutomationPolicyValidation(accept=["passRoleAnyrole"])


@pytest.mark.skipif(not hasattr(cdk, "Validations"), reason="older versions of CDK end the process instead of raising")
def test_cdk_calls_it_and_names_the_construct(app: cdk.App, tmp_path: Path) -> None:
    cdk.Validations.of(app).add_plugins(AutomationPolicyValidation())
    only = stack(app, "Only")
    document(only, hand_written(only, "ec2:StartInstances").attr_arn)
    with pytest.raises(RuntimeError):
        app.synth()
    (report,) = json.loads((tmp_path / "cdk.out" / "validation-report.json").read_text())["pluginReports"]
    assert report["conclusion"] == "failure"
    assert "Only/Hand" in json.dumps(report)


BY_THE_APP = """
import sys
import aws_cdk as cdk
from automation_role import AutomationPolicyValidation
from tests.construct.test_validation import document, hand_written, stack

app = cdk.App(outdir=sys.argv[1], analytics_reporting=False, policy_validation_beta1=[AutomationPolicyValidation()])
only = stack(app, "Only")
document(only, hand_written(only, "ec2:StartInstances").attr_arn)
app.synth()
"""


def test_cdk_calls_it_where_it_is_passed_to_the_app(tmp_path: Path) -> None:
    """In a process of its own: older versions of CDK only print the report, and set the exit code of Node.js."""
    path = tmp_path / "cdk.out"
    done = subprocess.run([sys.executable, "-c", BY_THE_APP, path], cwd=ROOT, capture_output=True, text=True, check=False)
    report = path / "validation-report.json"
    told = done.stdout + done.stderr + (report.read_text() if report.exists() else "")
    assert "missingPermission" in told
    assert "Only/Hand" in told
    assert "failure" in told
    assert (done.returncode != 0) is hasattr(cdk, "Validations")
