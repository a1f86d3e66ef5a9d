"""Derived policies, put to the evaluator: they allow all that was derived, and no statement is there for nothing."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from automation_role.catalog import operations as catalog
from automation_role.check.coverage import Need, needs
from automation_role.derive.derivation import Derivation, derive
from automation_role.iam.context import hidden_context
from automation_role.iam.decision import Outcome
from automation_role.iam.documents import PolicyDocument
from automation_role.iam.identities import Identity
from automation_role.runbook.model import Runbook
from automation_role.values.place import Place

CORPUS = os.environ.get("AUTOMATION_ROLE_CORPUS")
HERE = Place(
    partition="aws", account="111122223333", regions=("us-east-1", "eu-west-1"), role_arn="arn:aws:iam::111122223333:role/automation/Me"
)


def role(statements: list[dict[str, Any]]) -> Identity:
    policy = PolicyDocument.read("Derived", {"Version": "2012-10-17", "Statement": statements})
    return Identity(
        kind="role", label="Me", name="Me", arn=str(HERE.role_arn), account=HERE.account, policies=(policy,), context=hidden_context()
    )


def refused(statements: list[dict[str, Any]], derivation: Derivation) -> list[Need]:
    return [need for need in needs(role(statements), derivation, HERE) if need.decision.outcome is not Outcome.ALLOWED]


def about(derivation: Derivation, statement: dict[str, Any]) -> Derivation:
    """What was derived for a statement's actions."""
    steps = (
        step._replace(permissions=tuple(one for one in step.permissions if one.action in statement["Action"])) for step in derivation.steps
    )
    return derivation._replace(steps=tuple(steps))


def check(derivation: Derivation) -> int:
    """How many statements there are."""
    statements: list[dict[str, Any]] = derivation.policy().to_json(HERE)["Statement"]
    assert refused(statements, derivation) == []
    for statement in statements:
        rest = [other for other in statements if other is not statement]
        assert refused(rest, about(derivation, statement)), f"{statement['Sid']} is there for nothing"
    return len(statements)


SERVICES = ("ec2", "s3", "iam", "rds", "lambda", "sns", "sqs", "dynamodb", "kms", "ssm", "cloudformation", "ecs", "logs", "redshift")
STEPS: list[dict[str, Any]] = [
    {"action": "aws:changeInstanceState", "inputs": {"InstanceIds": ["i-0123456789abcdef0"], "DesiredState": "stopped"}},
    {"action": "aws:changeInstanceState", "inputs": {"InstanceIds": ["{{ Name }}"], "DesiredState": "running"}},
    {"action": "aws:createImage", "inputs": {"InstanceId": "{{ Name }}", "ImageName": "image"}},
    {"action": "aws:runCommand", "inputs": {"DocumentName": "AWS-RunShellScript", "InstanceIds": ["{{ Name }}"]}},
    {"action": "aws:invokeLambdaFunction", "inputs": {"FunctionName": "{{ Choice }}"}},
    {"action": "aws:deleteStack", "inputs": {"StackName": "team-*"}},
    {"action": "aws:executeStateMachine", "inputs": {"stateMachineArn": "arn:aws:states:us-east-1:111122223333:stateMachine:x"}},
    {"action": "aws:sleep", "inputs": {"Duration": "PT1S"}},
]


def generated(seed: int) -> Runbook:
    """A runbook of steps by chance: any operation of these services, and the other actions."""
    chance = random.Random(seed)
    steps = []
    for i in range(chance.randint(1, 8)):
        if chance.random() < 0.3:
            step = chance.choice(STEPS)
        else:
            service = catalog.service(chance.choice(SERVICES))
            assert service is not None
            inputs = {"Service": service.name, "Api": chance.choice(sorted(service.operations))}
            named = chance.choice([{}, {"Bucket": "b"}, {"TableName": "{{ Choice }}"}, {"RoleArn": "{{ AutomationAssumeRole }}"}])
            step = {"action": "aws:executeAwsApi", "inputs": {**inputs, **named}}
        steps.append({"name": f"step{i}", **step})
    document = {
        "schemaVersion": "0.3",
        "assumeRole": "{{ AutomationAssumeRole }}",
        "parameters": {
            "AutomationAssumeRole": {"type": "AWS::IAM::Role::Arn"},
            "Name": {"type": "String"},
            "Choice": {"type": "String", "allowedValues": ["one", "two"]},
        },
        "mainSteps": steps,
    }
    return Runbook.from_mapping(document, name=f"Generated{seed}")


@pytest.mark.parametrize("tens", range(10))
def test_a_derived_policy_fits_and_has_nothing_superfluous(tens):
    found = [check(derive([generated(tens * 10 + i)], role_known=True)) for i in range(10)]
    assert sum(found) > 10


def test_a_policy_of_several_runbooks_fits_and_has_nothing_superfluous():
    assert check(derive([generated(1000 + i) for i in range(12)], role_known=True)) > 10


def documents() -> Iterator[Path]:
    yield from sorted(Path(CORPUS or "/nowhere").glob("*.json"))


@pytest.mark.skipif(CORPUS is None, reason="AUTOMATION_ROLE_CORPUS names no folder of Automation documents")
def test_the_policies_of_a_whole_corpus_fit_and_have_nothing_superfluous():
    found = [
        check(derive([Runbook.from_file(path)], role_known=True))
        for path in documents()
        if json.loads(path.read_text(encoding="utf-8")).get("schemaVersion") == "0.3"
    ]
    assert found


def test_a_missing_statement_is_named_with_the_step_that_would_fail():
    derivation = derive([generated(1000 + i) for i in range(3)], role_known=True)
    missing = refused(derivation.policy().to_json(HERE)["Statement"][1:], derivation)
    assert missing
    assert all(need.origins[0].step.startswith("step") for need in missing)
