"""The sample app as a user would synthesize and check it: the real CDK CLI, cdk.json's feature flags, validation on."""

from __future__ import annotations

import json
import re
import subprocess
from copy import deepcopy
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import cfnlint.api
import pytest
import yaml
from cdk_nag import AwsSolutionsChecks

from app import AutomationSample
from tools.local_aws import ACCOUNT, ROOT, cdk_environment

# What the AwsSolutions pack says of the sample, and why it stays: (construct path, finding) -> reason.
ACKNOWLEDGED = {
    ("AutomationRole/Derived/.*", r"AwsSolutions-IAM5\[Resource::\*\]"): "describing instances has no resource in IAM",
    (
        "AutomationRole/Derived/.*",
        r"AwsSolutions-IAM5\[Resource::arn:.*:ec2:\*:.*:instance/\*\]",
    ): "which instance is restarted is said when the automation is started",
    ("AutomationRole/Derived/.*", r"AwsSolutions-IAM5\[Resource::arn:.*:s3:::\*\]"): "so is which bucket is logged",
    ("(Operators?|Approvers)/.*", r"AwsSolutions-IAM5\[Resource::\*\]"): "listing executions and documents has no resource in IAM",
    (
        "(Operators?|Approvers)/.*",
        r"AwsSolutions-IAM5\[Resource::arn:.*:ssm:\*:.*:automation-execution/\*\]",
    ): "an execution's id is not known before it starts",
    (
        "(Operators?|Approvers)/.*",
        r"AwsSolutions-IAM5\[Resource::arn:.*:ssm:\*:.*:automation-definition/<\w+>:\*\]",
    ): "every version of the runbook may be started",
    (
        "(Operators?|Approvers)/.*",
        r"AwsSolutions-IAM5\[Resource::arn:.*:ssm:\*:.*:document/<\w+>\]",
    ): "the runbook of this name in any Region",
}


def test_validation_finds_nothing(assembly: Path) -> None:
    assert json.loads((assembly / "validation-report.json").read_text())["pluginReports"] == []


def test_it_needs_no_bootstrapped_account(assembly: Path, template: dict[str, Any]) -> None:
    assert "Parameters" not in template
    assert "Rules" not in template
    stack = json.loads((assembly / "manifest.json").read_text())["artifacts"]["AutomationSample"]
    assert "requiresBootstrapStackVersion" not in stack["properties"]
    assert {resource["Type"].rpartition("::")[0] for resource in template["Resources"].values()} == {"AWS::IAM", "AWS::SSM"}


def test_it_prints_the_role_and_the_documents(template: dict[str, Any]) -> None:
    assert set(template["Outputs"]) == {"AutomationRoleArn", "RestartInstanceDocument", "ConfigureBucketLoggingDocument"}


def test_cfn_lint_finds_nothing(template: dict[str, Any]) -> None:
    assert cfnlint.api.lint_all(json.dumps(template)) == []


def test_cfn_lint_finds_nothing_in_the_documents_as_data(template: dict[str, Any]) -> None:
    """cfn-lint 1.58 fails on a document given as text (E3051, "a string or stream input is required"), and checks one given as data."""
    template = deepcopy(template)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::SSM::Document":
            del resource["Metadata"]["cfn-lint"]
            _, pieces = resource["Properties"]["Content"]["Fn::Join"]
            text = "".join(piece if isinstance(piece, str) else f"arn:aws:iam::{ACCOUNT}:role/automations" for piece in pieces)
            resource["Properties"]["Content"] = yaml.safe_load(text)
    assert cfnlint.api.lint_all(json.dumps(template)) == []
    broken = deepcopy(template)
    document = next(resource for resource in broken["Resources"].values() if resource["Type"] == "AWS::SSM::Document")
    document["Properties"]["Content"] = {"schemaVersion": "9.9"}
    assert "E3051" in [match.rule.id for match in cfnlint.api.lint_all(json.dumps(broken))]


@pytest.fixture(scope="session")
def nagged(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """(construct path, finding) for each finding of cdk-nag's AwsSolutions pack."""
    output = tmp_path_factory.mktemp("nag")
    app = cdk.App(outdir=str(output), context=json.loads((ROOT / "cdk.json").read_text())["context"])
    AutomationSample(app, "AutomationSample")
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    (report,) = json.loads((output / "validation-report.json").read_text())["pluginReports"]
    return [
        (construct["constructPath"].removeprefix("AutomationSample/"), violation["ruleName"])
        for violation in report["violations"]
        for construct in violation["violatingConstructs"]
    ]


def test_cdk_nag_finds_nothing_but_what_has_a_reason(nagged: list[tuple[str, str]]) -> None:
    open_findings = [found for found in nagged if not any(_is(found, acknowledged) for acknowledged in ACKNOWLEDGED)]
    assert open_findings == []


def test_no_acknowledgement_is_left_over(nagged: list[tuple[str, str]]) -> None:
    assert [acknowledged for acknowledged in ACKNOWLEDGED if not any(_is(found, acknowledged) for found in nagged)] == []


def _is(found: tuple[str, str], acknowledged: tuple[str, str]) -> bool:
    return all(re.fullmatch(pattern, text) for pattern, text in zip(acknowledged, found, strict=True))


def test_cdk_json_has_the_feature_flags_of_a_fresh_app(tmp_path: Path) -> None:
    subprocess.run(
        ["cdk", "init", "app", "--language", "python", "--generate-only", "--no-notices"],
        cwd=tmp_path,
        env=cdk_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    fresh = json.loads((tmp_path / "cdk.json").read_text())
    ours = json.loads((ROOT / "cdk.json").read_text())
    assert ours["context"] == fresh["context"]
    assert ours["app"] == fresh["app"]
