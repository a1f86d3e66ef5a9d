"""The roles of an organization reach exactly the accounts they are made for, and nobody else reaches them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Aws, Environment, Stack, assertions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from automation_role import (
    AutomationAdministrationRole,
    AutomationExecutionRole,
    AutomationExecutionRoleStackSet,
    Runbook,
    StackSetExecutionRole,
    TargetLocation,
)
from automation_role.errors import AutomationRoleError
from automation_role.testing import Authorization

CENTRAL, TARGETS, OUTSIDER = "111111111111", ("222222222222", "333333333333", "444444444444"), "999999999999"
ORGANIZATION, OTHER_ORGANIZATION = "o-a1b2c3d4e5", "o-f6g7h8i9j0"
ADMINISTRATION = f"arn:aws:iam::{CENTRAL}:role/AWS-SystemsManager-AutomationAdministrationRole"
EXECUTION = "AWS-SystemsManager-AutomationExecutionRole"
RESTART = Runbook.from_file(Path(__file__).parents[2] / "runbooks" / "restart-instance.yaml")


def stack(account: str | None = None) -> Stack:
    return Stack(App(), "Stack", env=None if account is None else Environment(account=account, region="eu-west-1"))


def template(made: Stack) -> dict[str, Any]:
    return dict(assertions.Template.from_stack(made).to_json())


def central(*, organization: bool) -> Authorization:
    made = stack(CENTRAL)
    reach: dict[str, Any] = {"organization_id": ORGANIZATION} if organization else {"target_accounts": TARGETS}
    role = AutomationAdministrationRole(made, "Administration", **reach)
    operators = iam.Role(made, "Operators", assumed_by=iam.AccountRootPrincipal())
    role.grant_start_automation(operators, RESTART)
    iam.Role(
        made,
        "Other",
        assumed_by=iam.AccountRootPrincipal(),
        inline_policies={"All": iam.PolicyDocument(statements=[iam.PolicyStatement(actions=["sts:AssumeRole"], resources=["*"])])},
    )
    return Authorization(template(made), account=CENTRAL, organization_id=ORGANIZATION)


def target(account: str, *, organization: bool) -> Authorization:
    made = stack(account)
    AutomationExecutionRole(
        made,
        "Execution",
        administration_account=CENTRAL,
        organization_id=ORGANIZATION if organization else None,
        runbooks=[RESTART],
    )
    iam.Role(
        made,
        "Local",
        assumed_by=iam.AccountRootPrincipal(),
        inline_policies={"All": iam.PolicyDocument(statements=[iam.PolicyStatement(actions=["sts:AssumeRole"], resources=["*"])])},
    )
    return Authorization(template(made), account=account, organization_id=ORGANIZATION)


def outsider(name: str, organization: str | None = OTHER_ORGANIZATION) -> Authorization:
    """An account that is none of ours, with a role of a chosen name that may assume everything."""
    made = stack(OUTSIDER)
    iam.Role(
        made,
        "Intruder",
        role_name=name,
        assumed_by=iam.ServicePrincipal("ssm.amazonaws.com"),
        inline_policies={"All": iam.PolicyDocument(statements=[iam.PolicyStatement(actions=["sts:AssumeRole"], resources=["*"])])},
    )
    return Authorization(template(made), account=OUTSIDER, organization_id=organization)


def execution(account: str, of: str = "automation-execution/1234") -> dict[str, Any]:
    """What Systems Manager says when it assumes a role for an automation of an account."""
    return {"aws:SourceAccount": account, "aws:SourceArn": f"arn:aws:ssm:eu-west-1:{account}:{of}"}


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "organization"])
def organization(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


# -- who may assume what, from where -----------------------------------------------------------------------------------------------


def attempts(*, organization: bool) -> list[tuple[str, bool, Any]]:
    """(attempt, whether it must succeed, decision)."""
    centre = central(organization=organization)
    administration = centre.role("Administration")
    accounts = {account: target(account, organization=organization) for account in TARGETS}
    tried: list[tuple[str, bool, Any]] = []
    for account, its in accounts.items():
        role = its.role("Execution")
        tried += [
            (f"administration role → execution role of {account}", True, role.may_be_assumed_by(administration)),
            (f"another role of the central account → {account}", False, role.may_be_assumed_by(centre.principal("Other"))),
            (f"operators of the central account → {account}", False, role.may_be_assumed_by(centre.principal("Operators"))),
            (f"a role of {account} itself", False, role.may_be_assumed_by(its.principal("Local"))),
            (f"Automation for {account}", True, role.may_be_assumed_by("ssm.amazonaws.com", context=execution(account))),
            (
                f"Automation for the central account → {account}",
                False,
                role.may_be_assumed_by("ssm.amazonaws.com", context=execution(CENTRAL)),
            ),
            (f"Automation for an outsider → {account}", False, role.may_be_assumed_by("ssm.amazonaws.com", context=execution(OUTSIDER))),
            (
                f"another feature of Systems Manager → {account}",
                False,
                role.may_be_assumed_by("ssm.amazonaws.com", context=execution(account, "opsitem/oi-1")),
            ),
            (f"EC2 → {account}", False, role.may_be_assumed_by("ec2.amazonaws.com")),
        ]
        for name in ("Intruder", "AWS-SystemsManager-AutomationAdministrationRole"):
            intruder = outsider(name).principal("Intruder")
            tried.append((f"role {name!r} of an outsider → {account}", False, role.may_be_assumed_by(intruder)))
    operators = centre.principal("Operators")
    ours, theirs = {"aws:ResourceOrgID": ORGANIZATION}, {"aws:ResourceOrgID": OTHER_ORGANIZATION}
    # The outsider's account trusts the central one as the targets do: it is the central account's side that must hold.
    lured = target(OUTSIDER, organization=False).role("Execution")
    for account, role, of in (*((account, its.role("Execution"), ours) for account, its in accounts.items()), (OUTSIDER, lured, theirs)):
        for runbook, given in (("restart-instance", account != OUTSIDER), ("AWS-StopEC2Instance", False)):
            way = (
                operators.may_start(runbook, role="Administration"),
                administration.may("sts:AssumeRole", resource=role.arn, context=of),
                role.may_be_assumed_by(administration),
            )
            tried.append((f"operators start {runbook} in {account}", given, all(way[: 2 if account == OUTSIDER else 3])))
    first, second = (accounts[account] for account in TARGETS[:2])
    tried += [
        ("execution role of one target → another's", False, second.role("Execution").may_be_assumed_by(first.role("Execution"))),
        (
            "Automation for the central account → administration role",
            True,
            administration.may_be_assumed_by("ssm.amazonaws.com", context=execution(CENTRAL)),
        ),
        (
            "Automation for an outsider → administration role",
            False,
            administration.may_be_assumed_by("ssm.amazonaws.com", context=execution(OUTSIDER)),
        ),
        ("Automation without a source → administration role", False, administration.may_be_assumed_by("ssm.amazonaws.com")),
        ("operators → administration role", False, administration.may_be_assumed_by(centre.principal("Operators"))),
    ]
    return tried


def test_every_attempt_to_assume_a_role_ends_as_it_must(organization: bool, capsys: pytest.CaptureFixture[str]) -> None:
    tried = attempts(organization=organization)
    with capsys.disabled():  # the table of attempts is for reading
        print(f"\n{'organization' if organization else 'plain'} variant")  # noqa: T201
        for attempt, must, decision in tried:
            print(f"  {'may    ' if decision else 'may not'}  {attempt}{'' if bool(decision) == must else '   <-- WRONG'}")  # noqa: T201
    assert [attempt for attempt, must, decision in tried if bool(decision) != must] == []


def test_an_administration_role_that_left_the_organization_is_refused() -> None:
    role = target(TARGETS[0], organization=True).role("Execution")
    made = stack(CENTRAL)
    AutomationAdministrationRole(made, "Administration", target_accounts=TARGETS)
    for left, must in ((ORGANIZATION, True), (OTHER_ORGANIZATION, False)):
        caller = Authorization(template(made), account=CENTRAL, organization_id=left).role("Administration")
        assert bool(role.may_be_assumed_by(caller)) == must


@pytest.mark.parametrize(
    ("account", "its_organization", "allowed"), [(TARGETS[0], ORGANIZATION, True), (OUTSIDER, OTHER_ORGANIZATION, False)]
)
def test_the_administration_role_reaches_its_organization_alone(account: str, its_organization: str, allowed: bool) -> None:
    role = central(organization=True).role("Administration")
    arn = f"arn:aws:iam::{account}:role/{EXECUTION}"
    assert bool(role.may("sts:AssumeRole", resource=arn, context={"aws:ResourceOrgID": its_organization})) == allowed


@pytest.mark.parametrize(
    ("arn", "allowed"),
    [
        (f"arn:aws:iam::{TARGETS[0]}:role/{EXECUTION}", True),
        (f"arn:aws:iam::{OUTSIDER}:role/{EXECUTION}", False),
        (f"arn:aws:iam::{TARGETS[0]}:role/Admin", False),
        (f"arn:aws:iam::{TARGETS[0]}:role/{EXECUTION}-2", False),
    ],
)
def test_the_administration_role_reaches_the_execution_role_of_its_targets_alone(arn: str, allowed: bool) -> None:
    assert bool(central(organization=False).role("Administration").may("sts:AssumeRole", resource=arn)) == allowed


def test_central_operators_may_start_the_given_runbook_as_the_administration_role_and_no_other() -> None:
    auth = central(organization=False)
    operators = auth.principal("Operators")
    assert operators.may_start("restart-instance", role="Administration")
    assert not operators.may_start("AWS-StopEC2Instance", role="Administration")
    assert not operators.may_pass("Other", to="ssm.amazonaws.com")
    assert not operators.may_pass("Administration", to="ec2.amazonaws.com")


def test_the_execution_role_may_do_what_its_runbooks_need_and_be_handed_on() -> None:
    auth = target(TARGETS[0], organization=False)
    role = auth.role("Execution")
    assert role.may_run(RESTART)
    assert role.may_pass("Execution", to="ssm.amazonaws.com")
    assert not role.may_pass("Local", to="ssm.amazonaws.com")
    assert role.may_start("restart-instance", role="Execution")
    shared = f"arn:aws:ssm:eu-west-1:{CENTRAL}:document/restart-instance"
    assert role.may("ssm:StartAutomationExecution", resource=shared)
    assert not role.may("ssm:StartAutomationExecution", resource=f"arn:aws:ssm:eu-west-1:{OUTSIDER}:document/restart-instance")
    assert not role.may("s3:GetObject", resource="arn:aws:s3:::bucket/key")


# -- the templates -----------------------------------------------------------------------------------------------------------------


def test_an_account_more_or_less_changes_nothing_but_its_own_arn() -> None:
    def resources(accounts: tuple[str, ...]) -> str:
        made = stack()
        AutomationAdministrationRole(made, "Administration", target_accounts=accounts)
        return json.dumps(template(made)["Resources"], sort_keys=True)

    assert resources(TARGETS).replace(TARGETS[2], "") != resources(TARGETS[:2])
    assert set(json.loads(resources(TARGETS))) == set(json.loads(resources(TARGETS[:2])))
    assert all(account in resources(TARGETS) for account in TARGETS)
    assert TARGETS[2] not in resources(TARGETS[:2])


def test_a_renamed_execution_role_is_the_one_that_is_assumed() -> None:
    made = stack()
    AutomationAdministrationRole(made, "Administration", target_accounts=TARGETS, execution_role_name="Runner")
    written = json.dumps(template(made))
    assert ":role/Runner" in written
    assert EXECUTION not in written
    assert TargetLocation(accounts=TARGETS, regions=["eu-west-1"], execution_role_name="Runner").to_json()["ExecutionRoleName"] == "Runner"


def test_many_accounts_go_into_managed_policies_and_too_many_are_refused() -> None:
    accounts = [f"{number:012}" for number in range(1, 1001)]
    made = stack()
    AutomationAdministrationRole(made, "Administration", target_accounts=accounts[:400])
    kinds = [resource["Type"] for resource in template(made)["Resources"].values()]
    assert kinds.count("AWS::IAM::ManagedPolicy") >= 2
    with pytest.raises(
        AutomationRoleError, match=r"1,000 accounts → IAM's quotas hold some \d+ on a role; give organization_id instead of target_accounts"
    ):
        AutomationAdministrationRole(stack(), "Administration", target_accounts=accounts)


def stack_set(made: Stack) -> dict[str, Any]:
    (found,) = [r["Properties"] for r in template(made)["Resources"].values() if r["Type"] == "AWS::CloudFormation::StackSet"]
    return dict(found)


def test_a_service_managed_roll_out_goes_to_units_and_to_accounts_that_join_them() -> None:
    made = stack()
    AutomationExecutionRoleStackSet(
        made, "RollOut", organizational_units=["ou-ab12-cdefgh34"], exclude_accounts=[OUTSIDER], runbooks=[RESTART], region="eu-west-1"
    )
    properties = stack_set(made)
    assert properties["PermissionModel"] == "SERVICE_MANAGED"
    assert properties["AutoDeployment"] == {"Enabled": True, "RetainStacksOnAccountRemoval": False}
    assert properties["StackInstancesGroup"] == [
        {
            "Regions": ["eu-west-1"],
            "DeploymentTargets": {
                "OrganizationalUnitIds": ["ou-ab12-cdefgh34"],
                "Accounts": [OUTSIDER],
                "AccountFilterType": "DIFFERENCE",
            },
        }
    ]
    assert properties["ManagedExecution"] == {"Active": True}
    assert properties["Capabilities"] == ["CAPABILITY_NAMED_IAM"]
    assert "AdministrationRoleARN" not in properties


def test_a_self_managed_roll_out_acts_with_a_role_that_reaches_its_accounts_alone() -> None:
    made = stack(CENTRAL)
    AutomationExecutionRoleStackSet(made, "RollOut", accounts=TARGETS, runbooks=[RESTART])
    written = template(made)
    properties = stack_set(made)
    assert properties["PermissionModel"] == "SELF_MANAGED"
    assert properties["StackInstancesGroup"][0]["DeploymentTargets"] == {"Accounts": list(TARGETS)}
    auth = Authorization(written, account=CENTRAL)
    role = auth.role("RollOutAdministrationRole")
    for account, allowed in ((TARGETS[0], True), (OUTSIDER, False)):
        arn = f"arn:aws:iam::{account}:role/AWSCloudFormationStackSetExecutionRole"
        assert bool(role.may("sts:AssumeRole", resource=arn)) == allowed


def test_the_template_inside_is_the_execution_role_alone_and_the_same_each_time() -> None:
    bodies = []
    for _ in range(2):
        made = stack()
        AutomationExecutionRoleStackSet(made, "RollOut", accounts=TARGETS, runbooks=[RESTART])
        bodies.append(stack_set(made)["TemplateBody"])
    assert bodies[0] == bodies[1]
    inner = json.loads(bodies[0])
    assert set(inner) == {"Parameters", "Resources"}
    assert {resource["Type"] for resource in inner["Resources"].values()} == {"AWS::IAM::Role", "AWS::IAM::Policy"}
    auth = Authorization(inner, account=TARGETS[0], organization_id=ORGANIZATION, parameters={"AdministrationAccount": CENTRAL})
    assert auth.role("ExecutionRole").may_be_assumed_by(central(organization=False).role("Administration"))
    assert auth.role("ExecutionRole").may_run(RESTART)


def test_every_account_gets_the_documents_if_wanted_and_sharing_is_told_if_not() -> None:
    own, shared = stack(), stack()
    AutomationExecutionRoleStackSet(own, "RollOut", accounts=TARGETS, runbooks=[RESTART], documents=True)
    AutomationExecutionRoleStackSet(shared, "RollOut", accounts=TARGETS, runbooks=[RESTART])
    kinds = [resource["Type"] for resource in json.loads(stack_set(own)["TemplateBody"])["Resources"].values()]
    assert kinds.count("AWS::SSM::Document") == 1
    told = assertions.Match.string_like_regexp("share restart-instance with the target accounts .* documents=True")
    assert assertions.Annotations.from_stack(own).find_warning("*", told) == []
    assert len(assertions.Annotations.from_stack(shared).find_warning("*", told)) == 1


def test_the_stack_sets_role_in_a_target_lets_the_central_account_in_alone() -> None:
    made = stack(TARGETS[0])
    StackSetExecutionRole(made, "StackSets", administration_account=CENTRAL, administration_role_name="RollOut")
    role = Authorization(template(made), account=TARGETS[0]).role("StackSets")
    anyone = iam.PolicyDocument(statements=[iam.PolicyStatement(actions=["sts:AssumeRole"], resources=["*"])])
    centre = stack(CENTRAL)
    for name in ("RollOut", "Other"):
        iam.Role(centre, name, role_name=name, assumed_by=iam.AccountRootPrincipal(), inline_policies={"All": anyone})
    callers = Authorization(template(centre), account=CENTRAL)
    assert role.may_be_assumed_by(callers.principal("RollOut"))
    assert not role.may_be_assumed_by(callers.principal("Other"))
    assert role.may("iam:CreateRole", resource=f"arn:aws:iam::{TARGETS[0]}:role/{EXECUTION}")
    assert not role.may("ec2:TerminateInstances", resource=f"arn:aws:ec2:eu-west-1:{TARGETS[0]}:instance/i-1")


@pytest.mark.parametrize(("partition", "region"), [("aws", "eu-west-1"), ("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")])
def test_the_roles_work_in_every_partition(partition: str, region: str) -> None:
    made = Stack(App(), "Stack", env=Environment(account=CENTRAL, region=region))
    AutomationAdministrationRole(made, "Administration", target_accounts=[CENTRAL])
    AutomationExecutionRole(made, "Execution", administration_account=CENTRAL, runbooks=[RESTART])
    auth = Authorization(template(made), account=CENTRAL, region=region, partition=partition)
    roll_out = AutomationExecutionRoleStackSet(made, "RollOut", accounts=[TARGETS[0]], runbooks=[RESTART])
    parameters = {"AdministrationAccount": CENTRAL}
    rolled = Authorization(json.loads(roll_out.template_body), account=CENTRAL, region=region, partition=partition, parameters=parameters)
    for role in (auth.role("Execution"), rolled.role("ExecutionRole")):
        assert role.arn.startswith(f"arn:{partition}:iam::")
        assert role.may_be_assumed_by(auth.role("Administration"))
        assert role.may_run(RESTART)


# -- what is refused ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda s: AutomationAdministrationRole(s, "R"), "Stack/R: neither target_accounts nor organization_id"),
        (lambda s: AutomationAdministrationRole(s, "R", target_accounts=[]), "Stack/R: target_accounts is empty → at least one account"),
        (
            lambda s: AutomationAdministrationRole(s, "R", target_accounts=["1234567890123"]),
            "Stack/R: target_accounts has '1234567890123' (13 digits) → an account id of 12 digits",
        ),
        (lambda s: AutomationAdministrationRole(s, "R", organization_id="org"), "Stack/R: organization_id is 'org' → an id such as"),
        (
            lambda s: AutomationAdministrationRole(s, "R", target_accounts=TARGETS, organizational_units=True),
            "Stack/R: organizational_units without organization_id",
        ),
        (lambda s: AutomationExecutionRole(s, "R", administration_account="12"), "Stack/R: administration_account is '12' (2 digits) → an account id"),
        (lambda s: AutomationExecutionRoleStackSet(s, "R"), "Stack/R: neither organizational_units nor accounts → where to roll out"),
        (
            lambda s: AutomationExecutionRoleStackSet(s, "R", organizational_units=["ou-1"]),
            "Stack/R: organizational_units has 'ou-1' → an id such as 'ou-ab12-cdefgh34'",
        ),
        (
            lambda s: AutomationExecutionRoleStackSet(s, "R", accounts=TARGETS, delegated_administrator=True),
            "Stack/R: delegated_administrator without organizational_units",
        ),
        (
            lambda s: AutomationExecutionRoleStackSet(s, "R", organizational_units=["r-ab12"], accounts=TARGETS, exclude_accounts=TARGETS[:1]),
            f"Stack/R: account '{TARGETS[0]}' is in accounts and in exclude_accounts",
        ),
        (lambda _: TargetLocation(accounts=["1" * 13], regions=["eu-west-1"]), "accounts has '1111111111111' (13 digits)"),
        (lambda _: TargetLocation(accounts=TARGETS, regions=[]), "0 Regions → 1 to 50"),
        (lambda _: TargetLocation(regions=["eu-west-1"]), "0 accounts and organizational units → 1 to 50"),
        (lambda _: TargetLocation(accounts=[f"{n:012}" for n in range(51)], regions=["eu-west-1"]), "51 accounts and organizational units"),
        (
            lambda _: TargetLocation(accounts=TARGETS, regions=["eu-west-1"], exclude_accounts=TARGETS[:1]),
            f"account '{TARGETS[0]}' is in accounts and in exclude_accounts",
        ),
        (
            lambda _: TargetLocation(organizational_units=["r-ab12"], regions=["eu-west-1"], exclude_accounts=[f"{n:012}" for n in range(5001)]),
            "5,001 excluded accounts → at most 5,000",
        ),
    ],
)  # fmt: skip
def test_rejects_what_cannot_be(make: Any, message: str) -> None:
    made = stack()
    with pytest.raises(AutomationRoleError) as raised:
        make(made)
    assert message in str(raised.value)
    assert made.node.try_find_child("R") is None


def test_rejects_a_roll_out_bound_to_this_apps_resources() -> None:
    made = stack()
    bucket = s3.Bucket(made, "Bucket")
    reads = iam.PolicyDocument(statements=[iam.PolicyStatement(actions=["s3:GetObject"], resources=[bucket.arn_for_objects("*")])])
    with pytest.raises(AutomationRoleError, match="the stack set's template cannot stand alone"):
        AutomationExecutionRoleStackSet(made, "RollOut", accounts=TARGETS, execution_role={"inline_policies": {"Reads": reads}})


def test_the_central_account_of_an_agnostic_stack_is_handed_in_as_a_parameter() -> None:
    made = stack()
    AutomationExecutionRoleStackSet(made, "RollOut", accounts=TARGETS)
    properties = stack_set(made)
    assert properties["Parameters"] == [{"ParameterKey": "AdministrationAccount", "ParameterValue": {"Ref": "AWS::AccountId"}}]
    assert Aws.ACCOUNT_ID not in properties["TemplateBody"]
    assert '{"Ref":"AdministrationAccount"}' in properties["TemplateBody"]


# -- what is not confirmed ----------------------------------------------------------------------------------------------------------


def test_each_point_that_is_not_confirmed_names_a_live_test() -> None:
    here = Path(__file__)
    page = (
        (here.parents[2] / "docs" / "organization.md").read_text().partition("## What is not confirmed")[2].partition("Whatever turns")[0]
    )
    rows = [row for row in page.splitlines() if row.startswith("| ")][2:-1]  # the last one is for reading
    tests = re.findall(r"def (test_\w+)", here.with_name("test_live.py").read_text())
    named = [re.findall(r"`([a-z]+(?:_[a-z]+){3,})`", row.split(" | ")[-1]) for row in rows]
    assert len(rows) == 8
    assert all(names or "the same" in row for row, names in zip(rows, named, strict=True))
    assert [name for names in named for name in names if not any(name in test for test in tests)] == []
