"""`Authorization.of_app` and `.of_assembly`: all stacks of an app together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from automation_role import AutomationRole, AutomationRunbook, Runbook
from automation_role.errors import AutomationRoleError
from automation_role.template.intrinsics import TemplateError
from automation_role.testing import Authorization, Outcome

CENTRAL, OTHER = "111111111111", "222222222222"
RUNBOOK = Runbook.from_text(
    """
    schemaVersion: "0.3"
    assumeRole: "{{ AutomationAssumeRole }}"
    parameters: {AutomationAssumeRole: {type: AWS::IAM::Role::Arn}}
    mainSteps: [{name: look, action: aws:executeAwsApi, inputs: {Service: ec2, Api: DescribeInstances}}]
    """,
    name="Look",
)


def person(scope: Any, name: str = "Person") -> iam.Role:
    return iam.Role(scope, name, assumed_by=iam.AccountRootPrincipal())


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> cdk.App:
    """A role and its runbook in one stack; who starts it in others, in a nested one, and in another account."""
    app = cdk.App(outdir=str(tmp_path_factory.mktemp("app")), analytics_reporting=False)
    home = cdk.Environment(account=CENTRAL, region="eu-central-1")
    roles = cdk.Stack(app, "Roles", env=home)
    role = AutomationRole(roles, "Role", runbooks=[RUNBOOK])
    AutomationRunbook(roles, "Runbook", RUNBOOK)
    starters = cdk.Stack(app, "Starters", env=home)
    role.grant_start_automation(person(starters), RUNBOOK)  # by an export
    nested = cdk.NestedStack(roles, "Nested")
    role.grant_start_automation(person(nested), RUNBOOK)  # by a parameter of the nested stack
    inner = person(nested, "Inner")
    iam.Policy(
        starters,
        "FromElsewhere",  # a policy of one stack, attached to a role of another
        roles=[iam.Role.from_role_name(starters, "There", "central-auditor")],
        statements=[iam.PolicyStatement(actions=["ssm:DescribeAutomationExecutions"], resources=["*"])],
    )
    iam.Role(roles, "Auditor", role_name="central-auditor", assumed_by=iam.AccountRootPrincipal())
    sub = person(roles, "Caller")
    sub.add_to_policy(iam.PolicyStatement(actions=["sts:AssumeRole"], resources=[inner.role_arn]))  # by an output of the nested stack
    stage = cdk.Stage(app, "Prod")
    other = cdk.Stack(stage, "Other", env=cdk.Environment(account=OTHER, region="us-east-1"))
    person(other).add_to_policy(iam.PolicyStatement(actions=["iam:PassRole", "ssm:*"], resources=["*"]))
    iam.Role(other, "Auditor", role_name="central-auditor", assumed_by=iam.AccountRootPrincipal())
    person(cdk.Stack(app, "Anywhere"))
    return app


@pytest.fixture(scope="session")
def auth(app: cdk.App) -> Authorization:
    return Authorization.of_app(app)


@pytest.mark.parametrize("who", ["Starters/Person", "Roles/Nested/Person"])
def test_what_stacks_take_from_each_other_is_followed(auth: Authorization, who):
    found = auth.principal(who)
    assert found.may_start("Look", role="Roles/Role")
    assert found.may_start("Roles/Runbook", role="Roles/Role")
    assert not found.may_start("Another", role="Roles/Role")
    assert not found.may_pass("Roles/Auditor")


def test_an_output_of_a_nested_stack_is_followed(auth: Authorization):
    caller = auth.principal("Roles/Caller")
    assert caller.may("sts:AssumeRole", resource=auth.arn_of("Roles/Nested/Inner"))
    assert not caller.may("sts:AssumeRole", resource=auth.arn_of("Roles/Nested/Person"))


def test_a_policy_of_another_stack_counts_in_its_account_only(auth: Authorization):
    assert auth.principal("Roles/Auditor").may("ssm:DescribeAutomationExecutions")
    assert not auth.principal("Prod/Other/Auditor").may("ssm:DescribeAutomationExecutions")


def test_each_stack_is_in_its_account_and_region(auth: Authorization):
    assert auth.role("Roles/Role").arn.startswith(f"arn:aws:iam::{CENTRAL}:role/")
    assert auth.role("Prod/Other/Person").arn.startswith(f"arn:aws:iam::{OTHER}:role/")
    assert auth.role("Anywhere/Person").arn.startswith("arn:aws:iam::111122223333:role/")
    assert auth.arn_of("Roles/Runbook") == f"arn:aws:ssm:eu-central-1:{CENTRAL}:document/Look"


def test_a_role_is_passed_in_its_own_account_only(auth: Authorization):
    found = auth.principal("Prod/Other/Person").may_pass("Roles/Role")
    assert found.outcome is Outcome.DENIED
    assert f"this one is in {CENTRAL}" in found.reason


def test_the_role_runs_its_runbook_where_its_stack_is(auth: Authorization):
    assert auth.role("Roles/Role").may_run(RUNBOOK)
    assert not auth.role("Prod/Other/Auditor").may_run(RUNBOOK)


def test_a_name_of_several_stacks_is_asked_for_by_its_path(auth: Authorization):
    with pytest.raises(AutomationRoleError) as raised:
        auth.principal("Person")
    message = str(raised.value)
    assert message.startswith("'Person': more than one user or role or group of the app matches → one of ")
    label = next(one for one in message.partition("one of ")[2].split(", ") if one.startswith("Starters."))
    assert auth.principal(label).arn == auth.principal("Starters/Person").arn


def test_a_folder_says_the_same_as_the_app(app: cdk.App, auth: Authorization):
    again = Authorization.of_assembly(app.synth().directory, account="999999999999", region="cn-north-1")
    assert again.principal("Starters/Person").may_start("Look", role="Roles/Role")
    assert again.role("Anywhere/Person").arn.startswith("arn:aws-cn:iam::999999999999:role/")
    assert [role.arn for role in again.roles()][:3] == [role.arn for role in auth.roles()][:3]


# -- assemblies by hand ------------------------------------------------------------------------------------------------------------


def assembly(folder: Path, stacks: Mapping[str, tuple[str, Mapping[str, Any]]]) -> Path:
    """A folder as `cdk synth` writes it: name -> environment and template."""
    artifacts = {
        name: {"type": "aws:cloudformation:stack", "environment": f"aws://{place}", "properties": {"templateFile": f"{name}.json"}}
        for name, (place, _) in stacks.items()
    }
    folder.mkdir(exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps({"version": "36.0.0", "artifacts": artifacts}))
    for name, (_, template) in stacks.items():
        (folder / f"{name}.json").write_text(json.dumps(template))
    return folder


def giving(value: Any, *, export: Any = None) -> dict[str, Any]:
    return {"Resources": {}, "Outputs": {"Out": {"Value": value, **({} if export is None else {"Export": {"Name": export}})}}}


def taking(value: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": value}
    policy = {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    return {"Resources": {"U": {"Type": "AWS::IAM::User", "Properties": {"Policies": [policy]}}}}


ARN = "arn:aws:ssm:eu-central-1:111111111111:parameter/a"
HERE, FAR, ABROAD = f"{CENTRAL}/eu-central-1", f"{CENTRAL}/us-east-1", f"{OTHER}/eu-central-1"
READER = f"arn:aws:iam::{OTHER}:role/reader"


@pytest.mark.parametrize(
    ("asked", "giver", "outcome"),
    [
        ({"Fn::ImportValue": "Shared"}, (HERE, giving(ARN, export="Shared")), Outcome.ALLOWED),
        ({"Fn::ImportValue": "Shared"}, (FAR, giving(ARN, export="Shared")), Outcome.UNDECIDED),
        ({"Fn::ImportValue": "Shared"}, (HERE, giving({"Fn::ImportValue": "Shared"}, export="Shared")), Outcome.UNDECIDED),
        ({"Fn::GetStackOutput": {"StackName": "Giver", "OutputName": "Out"}}, (HERE, giving(ARN)), Outcome.ALLOWED),
        ({"Fn::GetStackOutput": {"StackName": "Giver", "OutputName": "No"}}, (HERE, giving(ARN)), Outcome.UNDECIDED),
        ({"Fn::GetStackOutput": {"StackName": "Giver", "OutputName": "Out"}}, (FAR, giving(ARN)), Outcome.UNDECIDED),
        ({"Fn::GetStackOutput": {"StackName": "Giver", "OutputName": "Out", "Region": "us-east-1"}}, (FAR, giving(ARN)), Outcome.ALLOWED),
        ({"Fn::GetStackOutput": {"StackName": "Giver", "OutputName": "Out", "RoleArn": READER}}, (ABROAD, giving(ARN)), Outcome.ALLOWED),
        ({"Fn::GetStackOutput": {"StackName": "Giver", "OutputName": "Out"}}, (ABROAD, giving(ARN)), Outcome.UNDECIDED),
    ],
    ids=lambda value: json.dumps(value)[:60] if isinstance(value, dict) else None,
)
def test_values_of_other_stacks(tmp_path: Path, asked, giver, outcome):
    auth = Authorization.of_assembly(assembly(tmp_path, {"Giver": giver, "Taker": (HERE, taking(asked))}))
    assert auth.principal("U").may("ssm:GetParameter", resource=ARN).outcome is outcome


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: Authorization.of_assembly(path / "none"), "none/manifest.json: cannot be read"),
        (lambda path: Authorization.of_assembly(assembly(path, {})), ": the app has no stacks → an app with at least one"),
        (lambda path: Authorization.of_app(str(path)), "→ a cdk.App or cdk.Stage; for a folder write of_assembly(path)"),  # type: ignore[arg-type]
        (
            lambda path: Authorization.of_assembly(assembly(path, {"Giver": (HERE, giving("x"))}), parameters={"Bucket": "b"}),
            "parameters: no template of the app has a parameter 'Bucket'",
        ),
    ],
)
def test_rejects_anything_but_an_app(tmp_path: Path, make, message):
    with pytest.raises(TemplateError) as raised:
        make(tmp_path)
    assert message in str(raised.value)


def test_rejects_a_folder_that_is_not_an_assembly(tmp_path: Path):
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(TemplateError, match=r"not the output of `cdk synth` → a folder with manifest\.json, such as cdk\.out"):
        Authorization.of_assembly(tmp_path)
