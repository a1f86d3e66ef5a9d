"""What a fix says for CDK and Terraform is what it says as IAM's JSON; and a report holds nothing of the reader's own."""

from __future__ import annotations

import json
import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from automation_role import AutomationRole, Runbook
from automation_role.derive.derivation import derive
from automation_role.values.place import Place
from automation_role.why.answer import Answer, answer
from automation_role.why.reading import read
from tests.why.test_failures import BOOKS, ENTRIES

ACCOUNT = "111122223333"


def of(name: str) -> tuple[Answer, Runbook]:
    (entry,) = [entry for entry in ENTRIES if entry["name"] == name]
    runbook = Runbook.from_file(BOOKS[entry["runbooks"][0]])
    (failure,) = read(entry["text"]).failures
    return answer(failure, derive([runbook], role_known=True), [], Place()), runbook


def statements(stack: cdk.Stack) -> list[dict[str, Any]]:
    policies = Template.from_stack(stack).find_resources("AWS::IAM::Policy")
    return [one for policy in policies.values() for one in policy["Properties"]["PolicyDocument"]["Statement"]]


@pytest.fixture
def stack() -> cdk.Stack:
    return cdk.Stack(cdk.App(analytics_reporting=False), "Operations", env=cdk.Environment(account=ACCOUNT, region="eu-central-1"))


@pytest.mark.parametrize("name", ["the automation may not pass the role of an instance", "the botocore wrapper, an API call"])
def test_the_code_for_a_role_allows_what_the_statement_does(stack: cdk.Stack, name: str) -> None:
    found, _ = of(name)
    role = AutomationRole(stack, "Role", runbooks=[])
    exec(found.fix.cdk, {"role": role, "iam": iam})
    (written,) = statements(stack)
    (meant,) = found.fix.statements
    assert written["Action"] == meant["Action"][0]
    assert written["Resource"] == meant["Resource"][0]
    assert written.get("Condition") == meant.get("Condition")


def test_the_code_for_a_derivation_that_lacks_it_closes_the_step(stack: cdk.Stack) -> None:
    found, runbook = of("a call that is derived, refused for an action that is not: the derivation is at fault")
    exec(
        f"AutomationRole(stack, 'Role', runbooks=[runbook], {found.fix.cdk})",
        {"AutomationRole": AutomationRole, "stack": stack, "runbook": runbook, "iam": iam},
    )
    assert "kms:GenerateDataKey" in [one["Action"] for one in statements(stack)]


def test_terraform_has_every_action_resource_and_condition() -> None:
    found, _ = of("the automation may not pass the role of an instance")
    (meant,) = found.fix.statements
    for text in (*meant["Action"], *meant["Resource"], "StringEquals", "iam:PassedToService", "ec2.amazonaws.com"):
        assert json.dumps(text) in found.fix.terraform
    assert found.fix.terraform.count("{") == found.fix.terraform.count("}")


def test_a_report_has_no_account_and_no_name_of_the_reader() -> None:
    found, _ = of("a call that is derived, refused for an action that is not: the derivation is at fault")
    assert "kms:GenerateDataKey" in found.report
    assert "secretsmanager PutSecretValue" in found.report
    assert not re.search(r"1234abcd|role/Secrets|app/password", found.report)
    assert set(re.findall(r"\d{12}", found.report)) <= {"111122223333"}
