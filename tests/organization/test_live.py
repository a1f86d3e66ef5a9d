"""Opt-in, in real accounts: what no documentation confirms and the organization's constructs rest on, a test each (docs/organization.md).

    AUTOMATION_ROLE_LIVE=1 AUTOMATION_ROLE_LIVE_CENTRAL=PROFILE AUTOMATION_ROLE_LIVE_TARGET=PROFILE python -m pytest tests/organization/test_live.py

Two profiles of ~/.aws, that may make stacks, roles and documents in two accounts (one account will do for both, but shows less). Besides:
AUTOMATION_ROLE_LIVE_REGION (eu-west-1); for units, AUTOMATION_ROLE_LIVE_ORGANIZATION (o-…), AUTOMATION_ROLE_LIVE_UNIT, with the target account
directly in it, and AUTOMATION_ROLE_LIVE_PARENT_UNIT, the unit above that one. Everything made is named after AutomationRoleLive and removed again.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from aws_cdk import App, BootstraplessSynthesizer, Environment, Stack, assertions
from aws_cdk import aws_iam as iam
from botocore.exceptions import ClientError

from automation_role import (
    AutomationAdministrationRole,
    AutomationExecutionRoleStackSet,
    AutomationRunbook,
    Runbook,
    TargetLocation,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.environ.get("AUTOMATION_ROLE_LIVE") != "1", reason="AUTOMATION_ROLE_LIVE=1 runs it in your accounts"),
]

NAME = "AutomationRoleLive"
REGION = os.environ.get("AUTOMATION_ROLE_LIVE_REGION", "eu-west-1")


def probe(name: str, duration: str = "PT1S") -> Runbook:
    """A runbook that changes nothing: it sleeps, and says who it is."""
    return Runbook.from_text(
        f"""
schemaVersion: "0.3"
assumeRole: "{{{{ AutomationAssumeRole }}}}"
parameters:
  AutomationAssumeRole: {{type: "AWS::IAM::Role::Arn"}}
  Name: {{type: String, default: ""}}
mainSteps:
  - {{name: sleep, action: "aws:sleep", inputs: {{Duration: {duration}}}}}
  - name: whoami
    action: aws:executeAwsApi
    inputs: {{Service: sts, Api: GetCallerIdentity}}
    outputs: [{{Name: Arn, Selector: "$.Arn", Type: String}}]
    isEnd: true
""",
        name=name,
    )


OWN, LONG, SHARED = probe(f"{NAME}Own"), probe(f"{NAME}Long", "PT15M"), probe(f"{NAME}Shared")


@dataclass(frozen=True)
class Account:
    session: Any
    id: str

    def client(self, service: str) -> Any:
        return self.session.client(service, region_name=REGION, endpoint_url=os.environ.get("AUTOMATION_ROLE_LIVE_ENDPOINT"))


def account(variable: str) -> Account:
    """An account by its profile; from ~/.aws, which the other tests do not see."""
    core = botocore.session.Session(profile=os.environ[variable])
    core.set_config_variable("config_file", str(Path.home() / ".aws" / "config"))
    core.set_config_variable("credentials_file", str(Path.home() / ".aws" / "credentials"))
    session = boto3.Session(botocore_session=core)
    found = Account(session, "")
    return Account(session, found.client("sts").get_caller_identity()["Account"])


@pytest.fixture(scope="module")
def central() -> Account:
    return account("AUTOMATION_ROLE_LIVE_CENTRAL")


@pytest.fixture(scope="module")
def target() -> Account:
    return account("AUTOMATION_ROLE_LIVE_TARGET")


@pytest.fixture(scope="module")
def organization() -> str | None:
    return os.environ.get("AUTOMATION_ROLE_LIVE_ORGANIZATION")


@pytest.fixture(scope="module")
def deployed(central: Account, target: Account, organization: str | None) -> Iterator[None]:
    """Both roles and the runbooks; SHARED is only in the central account, and shared with the target."""
    at = Environment(account=central.id, region=REGION)
    stack = Stack(App(), "Central", env=at, synthesizer=BootstraplessSynthesizer())
    AutomationAdministrationRole(
        stack,
        "Administration",
        organization_id=organization,
        target_accounts=None if organization else [target.id],
        role_name=f"{NAME}Administration",
        execution_role_name=f"{NAME}Execution",
    )
    assume = iam.PolicyDocument(statements=[iam.PolicyStatement(actions=["sts:AssumeRole"], resources=["*"])])
    iam.Role(stack, "Other", role_name=f"{NAME}Other", assumed_by=iam.AccountRootPrincipal(), inline_policies={"Assume": assume})
    same = central.id == target.id  # then the roll-out makes these documents
    for runbook in (SHARED,) if same else (OWN, LONG, SHARED):
        AutomationRunbook(stack, runbook.name, runbook)

    shared = f"arn:aws:ssm:{REGION}:{central.id}:document/{SHARED.name}"
    roll_out = AutomationExecutionRoleStackSet(
        Stack(App(), "RollOut"),
        "Roles",
        accounts=[target.id],
        runbooks=[OWN, LONG],
        documents=True,
        execution_role={
            "role_name": f"{NAME}Execution",
            "administration_role_name": f"{NAME}Administration",
            "organization_id": organization,
            "other_runbooks": [shared],
        },
    )
    made: list[tuple[Account, str]] = []
    share, sharing = central.client("ssm").modify_document_permission, {"Name": SHARED.name, "PermissionType": "Share"}
    is_shared = False
    try:
        deploy(central, f"{NAME}Central", dict(assertions.Template.from_stack(stack).to_json()), made)
        deploy(target, f"{NAME}Target", json.loads(roll_out.template_body), made, AdministrationAccount=central.id)
        if not same:
            share(**sharing, AccountIdsToAdd=[target.id])
            is_shared = True
        time.sleep(15)  # IAM is eventually consistent
        yield
    finally:
        if is_shared:  # a shared document is not deleted
            share(**sharing, AccountIdsToRemove=[target.id])
        for where, name in reversed(made):
            client = where.client("cloudformation")
            client.delete_stack(StackName=name)
            client.get_waiter("stack_delete_complete").wait(StackName=name)


def deploy(where: Account, name: str, template: dict[str, Any], made: list[tuple[Account, str]], **parameters: str) -> None:
    client = where.client("cloudformation")
    client.create_stack(
        StackName=name,
        TemplateBody=json.dumps(template),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    made.append((where, name))
    client.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 5, "MaxAttempts": 60})


# -- runs ----------------------------------------------------------------------------------------------------------------------------

ENDED = {"Success", "Failed", "TimedOut", "Cancelled", "CompletedWithSuccess", "CompletedWithFailure", "Rejected", "Exited"}


def start(central: Account, document: str, location: TargetLocation, **more: Any) -> str:
    started = central.client("ssm").start_automation_execution(
        DocumentName=document,
        Parameters={"AutomationAssumeRole": [f"arn:aws:iam::{central.id}:role/{NAME}Administration"]},
        TargetLocations=[location.to_json()],
        **more,
    )
    return str(started["AutomationExecutionId"])


def ended(where: Account, execution: str) -> dict[str, Any]:
    """The automation, when it is over."""
    deadline = time.monotonic() + 900
    while True:
        found: dict[str, Any] = where.client("ssm").get_automation_execution(AutomationExecutionId=execution)["AutomationExecution"]
        if found["AutomationExecutionStatus"] in ENDED:
            return found
        assert time.monotonic() < deadline, found["AutomationExecutionStatus"]
        time.sleep(5)


def children(central: Account, execution: str) -> list[str]:
    """The automations that it started in the accounts: their ids are what its steps put out."""
    steps = central.client("ssm").describe_automation_step_executions(AutomationExecutionId=execution)["StepExecutions"]
    found = re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", json.dumps([step.get("Outputs", {}) for step in steps]))
    return list(dict.fromkeys(found))  # more than one output may name it


def location(accounts: Sequence[str] = (), **more: Any) -> TargetLocation:
    return TargetLocation(accounts=accounts, regions=[REGION], execution_role_name=f"{NAME}Execution", **more)


def succeeded(central: Account, target: Account, execution: str) -> None:
    parent = ended(central, execution)
    assert parent["AutomationExecutionStatus"] in {"Success", "CompletedWithSuccess"}, parent.get("FailureMessage")
    (child,) = children(central, execution)
    found = ended(target, child)
    assert found["AutomationExecutionStatus"] == "Success", found.get("FailureMessage")
    who = [step["Outputs"]["Arn"] for step in found["StepExecutions"] if step["StepName"] == "whoami"]
    assert f":assumed-role/{NAME}Execution/" in who[0][0]


# -- one test a point of docs/organization.md ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("deployed")
def test_a_central_run_goes_through_both_trusts_and_runs_the_accounts_own_copy(central: Account, target: Account) -> None:
    succeeded(central, target, start(central, OWN.name, location([target.id])))


@pytest.mark.usefixtures("deployed")
def test_a_shared_runbook_is_started_by_its_arn(central: Account, target: Account) -> None:
    document = f"arn:aws:ssm:{REGION}:{central.id}:document/{SHARED.name}"
    succeeded(central, target, start(central, document, location([target.id])))


@pytest.mark.usefixtures("deployed")
def test_a_cancelled_central_run_is_cancelled_in_the_account(central: Account, target: Account) -> None:
    execution = start(central, LONG.name, location([target.id]))
    deadline = time.monotonic() + 300
    while not (started := children(central, execution)):
        assert time.monotonic() < deadline
        time.sleep(5)
    central.client("ssm").stop_automation_execution(AutomationExecutionId=execution, Type="Cancel")
    ended(central, execution)
    try:
        status = ended(target, started[0])["AutomationExecutionStatus"]
        assert status == "Cancelled", "the execution role needs ssm:StopAutomationExecution"
    finally:
        target.client("ssm").stop_automation_execution(AutomationExecutionId=started[0], Type="Cancel")


@pytest.mark.usefixtures("deployed")
def test_targets_are_found_in_a_resource_group_that_is_a_stack(central: Account, target: Account) -> None:
    groups = target.client("resource-groups")
    (stack,) = target.client("cloudformation").describe_stacks(StackName=f"{NAME}Target")["Stacks"]
    query = json.dumps({"ResourceTypeFilters": ["AWS::AllSupported"], "StackIdentifier": stack["StackId"]})
    groups.create_group(Name=NAME, ResourceQuery={"Type": "CLOUDFORMATION_STACK_1_0", "Query": query})
    try:
        targets = {"TargetParameterName": "Name", "Targets": [{"Key": "ResourceGroup", "Values": [NAME]}]}
        parent = ended(central, start(central, OWN.name, location([target.id]), **targets))
        assert "ListStackResources" not in json.dumps(parent, default=str), "the execution role needs cloudformation:ListStackResources"
        assert parent["AutomationExecutionStatus"] in {"Success", "CompletedWithSuccess"}, parent.get("FailureMessage")
    finally:
        groups.delete_group(Group=NAME)


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize("variable", ["AUTOMATION_ROLE_LIVE_UNIT", "AUTOMATION_ROLE_LIVE_PARENT_UNIT"])
def test_a_unit_is_resolved_only_with_list_accounts_for_parent(
    central: Account, target: Account, organization: str | None, variable: str
) -> None:
    unit = os.environ.get(variable)
    if unit is None or organization is None:
        pytest.skip(f"needs AUTOMATION_ROLE_LIVE_ORGANIZATION and {variable}")
    below = variable.endswith("PARENT_UNIT")
    accounts = location(organizational_units=[unit], include_child_organization_units=below)
    execution = start(central, OWN.name, accounts)
    parent = ended(central, execution)
    assert "organizations:" not in parent.get("FailureMessage", ""), "the administration role needs that action, too"
    assert any(ran(target, child) for child in children(central, execution)), parent.get("FailureMessage")


def ran(where: Account, execution: str) -> bool:
    try:
        return where.client("ssm").get_automation_execution(AutomationExecutionId=execution) is not None
    except ClientError:  # of another account of the unit
        return False


@pytest.mark.usefixtures("deployed")
def test_another_role_of_the_central_account_is_refused(central: Account, target: Account) -> None:
    other = central.client("sts").assume_role(RoleArn=f"arn:aws:iam::{central.id}:role/{NAME}Other", RoleSessionName="live")["Credentials"]
    session = boto3.Session(
        aws_access_key_id=other["AccessKeyId"],
        aws_secret_access_key=other["SecretAccessKey"],
        aws_session_token=other["SessionToken"],
    )
    intruder = Account(session, central.id).client("sts")
    with pytest.raises(ClientError, match="AccessDenied"):
        intruder.assume_role(RoleArn=f"arn:aws:iam::{target.id}:role/{NAME}Execution", RoleSessionName="live")
