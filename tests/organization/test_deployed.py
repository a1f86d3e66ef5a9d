"""The two roles deployed to two accounts of one emulator, read back, and tried: MiniStack takes a 12-digit access key for an account's root.

What it cannot show, and only the templates do (test_attempts.py): Automation itself, whose conditions on its source no caller here can have;
`aws:PrincipalOrgID` and `aws:ResourceOrgID`, for every account is an organization of its own; and the stack set, which it does not make.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from aws_cdk import App, BootstraplessSynthesizer, Environment, Stack, assertions
from aws_cdk import aws_iam as iam
from botocore.exceptions import ClientError

from automation_role import AutomationAdministrationRole, AutomationExecutionRoleStackSet, Runbook
from tests.enforced.conftest import Emulator, Keys, emulator  # noqa: F401  (the fixture)
from tools.local_aws import ROOT

pytestmark = pytest.mark.slow

CENTRAL, TARGET, BYSTANDER = (Keys(account, "test") for account in ("111111111111", "222222222222", "333333333333"))
ADMINISTRATION, EXECUTION = "AWS-SystemsManager-AutomationAdministrationRole", "AWS-SystemsManager-AutomationExecutionRole"
RESTART = Runbook.from_file(ROOT / "examples" / "organization" / "runbooks" / "restart-now.yaml")
OF_EXECUTION, OF_BYSTANDER = (f"arn:aws:iam::{keys.access}:role/{EXECUTION}" for keys in (TARGET, BYSTANDER))


def central() -> dict[str, Any]:
    """What the central account deploys, and a role beside it that may assume everything."""
    stack = Stack(App(), "Central", env=Environment(account=CENTRAL.access, region="us-east-1"), synthesizer=BootstraplessSynthesizer())
    AutomationAdministrationRole(stack, "Administration", target_accounts=[TARGET.access])
    anything = iam.PolicyDocument(statements=[iam.PolicyStatement(actions=["sts:AssumeRole"], resources=["*"])])
    iam.Role(stack, "Other", role_name="Other", assumed_by=iam.AccountRootPrincipal(), inline_policies={"All": anything})
    return dict(assertions.Template.from_stack(stack).to_json())


def target() -> dict[str, Any]:
    """What the roll-out deploys in each account: the template in the stack set."""
    roll_out = AutomationExecutionRoleStackSet(Stack(App(), "RollOut"), "Roles", accounts=[TARGET.access], runbooks=[RESTART])
    inner: dict[str, Any] = json.loads(roll_out.template_body)
    return inner


def deploy(aws: Emulator, keys: Keys, template: dict[str, Any], **parameters: str) -> None:
    client = aws.client("cloudformation", keys)
    client.create_stack(
        StackName="Automation",
        TemplateBody=json.dumps(template),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
    )
    deadline = time.monotonic() + 60
    while (status := client.describe_stacks(StackName="Automation")["Stacks"][0]["StackStatus"]).endswith("IN_PROGRESS"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert status == "CREATE_COMPLETE"


@pytest.fixture(scope="module")
def aws(emulator: Emulator) -> Iterator[Emulator]:  # noqa: F811
    deploy(emulator, CENTRAL, central())
    for keys in (TARGET, BYSTANDER):  # the bystander trusts the central account, which was not told to go there
        deploy(emulator, keys, target(), AdministrationAccount=CENTRAL.access)
    yield emulator
    emulator.reset()


def trust(aws: Emulator, keys: Keys, role: str) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = aws.client("iam", keys).get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]["Statement"]
    return statements


def statements(aws: Emulator, keys: Keys, role: str) -> dict[str, dict[str, Any]]:
    """What the role's inline policies say, by `Sid`."""
    client = aws.client("iam", keys)
    documents = [
        client.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in client.list_role_policies(RoleName=role)["PolicyNames"]
    ]
    return {statement.get("Sid", str(at)): statement for at, statement in enumerate(s for each in documents for s in each["Statement"])}


def assume(aws: Emulator, keys: Keys, role: str) -> Keys | None:
    """Credentials of the role; `None` when that is refused."""
    try:
        got = aws.client("sts", keys).assume_role(RoleArn=role, RoleSessionName="attempt")["Credentials"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "AccessDenied":
            raise
        return None
    return Keys(got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"])


def test_the_administration_role_is_read_back_as_it_was_written(aws: Emulator) -> None:
    (service,) = trust(aws, CENTRAL, ADMINISTRATION)
    assert service["Principal"] == {"Service": "ssm.amazonaws.com"}
    assert service["Condition"] == {
        "ArnLike": {"aws:SourceArn": "arn:aws:ssm:*:*:automation-execution/*"},
        "StringEquals": {"aws:SourceAccount": CENTRAL.access},
    }
    assert statements(aws, CENTRAL, ADMINISTRATION)["AssumeExecutionRole"]["Resource"] == OF_EXECUTION


def test_the_execution_role_is_read_back_as_it_was_written(aws: Emulator) -> None:
    service, administration = trust(aws, TARGET, EXECUTION)
    assert service["Principal"] == {"Service": "ssm.amazonaws.com"}
    assert service["Condition"] == {
        "ArnLike": {"aws:SourceArn": f"arn:aws:ssm:*:{TARGET.access}:automation-execution/*"},
        "StringEquals": {"aws:SourceAccount": TARGET.access},
    }
    assert administration["Principal"] == {"AWS": f"arn:aws:iam::{CENTRAL.access}:root"}
    assert administration["Condition"] == {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{CENTRAL.access}:role/{ADMINISTRATION}"}}
    written = statements(aws, TARGET, EXECUTION)
    assert "ec2:StopInstances" in written["Ec2OnInstance"]["Action"]
    assert f"arn:aws:ssm:*:{TARGET.access}:document/restart-now" in written["StartHere"]["Resource"]


def test_only_the_administration_role_gets_in_and_only_where_it_was_sent(aws: Emulator) -> None:
    arn = f"arn:aws:iam::{CENTRAL.access}:role/{ADMINISTRATION}"
    assert assume(aws, CENTRAL, arn) is None  # Automation alone may
    # So that it can be tried here: let the account's root in, and spell the role in the condition as the emulator does, as the session.
    allow(aws, CENTRAL, ADMINISTRATION, [{"Effect": "Allow", "Principal": {"AWS": CENTRAL.access}, "Action": "sts:AssumeRole"}])
    session = f"arn:aws:sts::{CENTRAL.access}:assumed-role/{ADMINISTRATION}/*"
    for keys in (TARGET, BYSTANDER):
        respelled = json.loads(json.dumps(trust(aws, keys, EXECUTION)).replace(arn, session))
        allow(aws, keys, EXECUTION, respelled)

    administration = assume(aws, CENTRAL, arn)
    other = assume(aws, CENTRAL, f"arn:aws:iam::{CENTRAL.access}:role/Other")
    assert administration is not None
    assert other is not None

    execution = assume(aws, administration, OF_EXECUTION)
    assert execution is not None
    assert aws.client("sts", execution).get_caller_identity()["Account"] == TARGET.access
    assert assume(aws, administration, OF_BYSTANDER) is None, "it is not among the target accounts"
    assert assume(aws, other, OF_EXECUTION) is None, "another role of the central account"
    assert assume(aws, CENTRAL, OF_EXECUTION) is None, "the central account's root"
    assert assume(aws, BYSTANDER, OF_EXECUTION) is None, "another account"
    assert assume(aws, execution, OF_BYSTANDER) is None, "one account's execution role, in another"


def allow(aws: Emulator, keys: Keys, role: str, trusted: list[dict[str, Any]]) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": trusted})
    aws.client("iam", keys).update_assume_role_policy(RoleName=role, PolicyDocument=document)


def test_a_removed_roll_out_leaves_no_role_behind(aws: Emulator) -> None:
    client = aws.client("cloudformation", TARGET)
    client.delete_stack(StackName="Automation")
    deadline = time.monotonic() + 60
    while EXECUTION in [role["RoleName"] for role in aws.client("iam", TARGET).list_roles()["Roles"]]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
