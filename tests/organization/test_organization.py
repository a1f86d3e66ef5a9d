"""The roles of an organization reach exactly the accounts they are made for, and nobody else reaches them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_type_hints

import jsii
import pytest
from aws_cdk import App, Aspects, Aws, CfnParameter, Environment, Fn, IAspect, PermissionsBoundary, Stack, Tags, assertions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import IConstruct

from automation_role import (
    AutomationAdministrationRole,
    AutomationExecutionRole,
    AutomationExecutionRoleStackSet,
    ExecutionRoleArguments,
    StackSetExecutionRole,
    TargetLocation,
)
from automation_role.errors import AutomationRoleError
from automation_role.testing import Authorization
from tests.organization.modelled import (
    CENTRAL,
    EXECUTION,
    ORGANIZATION,
    OTHER_ORGANIZATION,
    OUTSIDER,
    RESTART,
    TARGETS,
    central,
    stack,
    target,
    template,
)

# -- who may assume what, from where; every attempt is in test_attempts.py ----------------------------------------------------------


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
def test_the_administration_role_reaches_only_its_organization(account: str, its_organization: str, allowed: bool) -> None:
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
def test_the_administration_role_reaches_only_the_execution_role_of_its_targets(arn: str, allowed: bool) -> None:
    assert bool(central(organization=False).role("Administration").may("sts:AssumeRole", resource=arn)) == allowed


def test_central_operators_can_start_only_this_runbook_as_the_administration_role() -> None:
    auth = central(organization=False)
    operators = auth.principal("Operators")
    assert operators.may_start("restart-instance", role="Administration")
    assert not operators.may_start("AWS-StopEC2Instance", role="Administration")
    assert not operators.may_pass("Other", to="ssm.amazonaws.com")
    assert not operators.may_pass("Administration", to="ec2.amazonaws.com")


def test_the_execution_role_can_do_what_its_runbooks_need_and_be_passed() -> None:
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
        AutomationRoleError,
        match=r"1,000 accounts → about \d+, which is what IAM's quotas allow one role; pass organization_id instead of target_accounts",
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
    # Without the mode, CloudFormation works on one account more at a time than may fail: here, one by one.
    assert properties["OperationPreferences"] == {
        "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE",
        "MaxConcurrentPercentage": 100,
        "FailureTolerancePercentage": 0,
    }
    assert properties["Capabilities"] == ["CAPABILITY_NAMED_IAM"]
    assert "AdministrationRoleARN" not in properties


def test_a_self_managed_roll_out_acts_with_a_role_that_reaches_only_its_accounts() -> None:
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


def test_tags_of_the_app_are_the_stack_sets_with_which_cloudformation_tags_what_it_makes() -> None:
    made = stack()
    AutomationExecutionRoleStackSet(made, "RollOut", accounts=TARGETS, runbooks=[RESTART])
    Tags.of(made).add("team", "operations")
    properties = stack_set(made)
    assert properties["Tags"] == [{"Key": "team", "Value": "operations"}]
    assert "operations" not in properties["TemplateBody"]


@pytest.mark.parametrize("account", [None, CENTRAL])
def test_what_is_imported_into_the_role_inside_is_each_accounts_own(account: str | None) -> None:
    made = stack(account)
    own = iam.ManagedPolicy.from_managed_policy_arn(made, "Own", f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:policy/Boundary")
    aws = iam.ManagedPolicy.from_aws_managed_policy_name("AmazonS3ReadOnlyAccess")
    arguments: ExecutionRoleArguments = {"permissions_boundary": own, "managed_policies": [own, aws]}
    body = json.loads(AutomationExecutionRoleStackSet(made, "R", accounts=TARGETS, execution_role=arguments).template_body)
    (role,) = [resource["Properties"] for resource in body["Resources"].values() if resource["Type"] == "AWS::IAM::Role"]
    boundary = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::", {"Ref": "AWS::AccountId"}, ":policy/Boundary"]]}
    assert role["PermissionsBoundary"] == role["ManagedPolicyArns"][0] == boundary


@pytest.mark.parametrize("what", ["permissions_boundary", "managed_policies", "pass_roles"])
def test_rejects_a_role_or_policy_of_the_central_account_for_every_account(what: str) -> None:
    made = stack(CENTRAL)  # an import by name has the account of this stack
    policy = iam.ManagedPolicy.from_managed_policy_name(made, "Policy", "Boundary")
    role = iam.Role.from_role_name(made, "Role", "Boundary")
    arguments: Any = {"permissions_boundary": policy, "managed_policies": [policy], "pass_roles": {"ec2.amazonaws.com": [role]}}
    only: Any = {what: arguments[what]}
    with pytest.raises(AutomationRoleError) as raised:
        AutomationExecutionRoleStackSet(made, "R", accounts=TARGETS, execution_role=only)
    kind = "role" if what == "pass_roles" else "policy"
    assert str(raised.value) == (
        f"Stack/R: execution_role has {what} with '{kind}/Boundary' of account '{CENTRAL}' → each account's own; "
        f'import it with f"arn:{{Aws.PARTITION}}:iam::{{Aws.ACCOUNT_ID}}:{kind}/Boundary"'
    )
    AutomationExecutionRoleStackSet(made, "Only", accounts=[CENTRAL], execution_role=only)


def test_the_template_inside_is_only_the_execution_role_and_the_same_each_time() -> None:
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


@pytest.mark.parametrize("own", [False, True])
def test_a_permissions_boundary_of_the_app_is_that_of_each_account_or_refused(own: bool) -> None:
    aws: ExecutionRoleArguments = {"permissions_boundary": iam.ManagedPolicy.from_aws_managed_policy_name("ReadOnlyAccess")}
    arguments = aws if own else None
    named = Stack(App(), "Stack", env=Environment(account=CENTRAL), permissions_boundary=PermissionsBoundary.from_name("Boundary"))
    body = json.loads(AutomationExecutionRoleStackSet(named, "R", accounts=TARGETS, execution_role=arguments).template_body)
    (role,) = [resource["Properties"] for resource in body["Resources"].values() if resource["Type"] == "AWS::IAM::Role"]
    boundary = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::", {"Ref": "AWS::AccountId"}, ":policy/Boundary"]]}
    assert role["PermissionsBoundary"] == boundary

    central = PermissionsBoundary.from_arn(f"arn:aws:iam::{CENTRAL}:policy/Boundary")
    with pytest.raises(
        AutomationRoleError, match=f"^Stack/R: the surrounding app has a permissions boundary with .* of account '{CENTRAL}'"
    ):
        AutomationExecutionRoleStackSet(
            Stack(App(), "Stack", permissions_boundary=central), "R", accounts=TARGETS, execution_role=arguments
        )


@jsii.implements(IAspect)
class _Path:
    def visit(self, node: IConstruct) -> None:
        if isinstance(node, iam.CfnRole):
            node.path = "/of-the-app/"


def test_aspects_of_the_app_do_not_apply_to_the_stack_sets_template() -> None:
    made = stack()
    iam.Role(made, "Own", assumed_by=iam.AccountRootPrincipal())
    AutomationExecutionRoleStackSet(made, "R", accounts=TARGETS)
    Aspects.of(made).add(_Path())
    resources = assertions.Template.from_stack(made).to_json()["Resources"].values()
    assert "/of-the-app/" in {one["Properties"].get("Path") for one in resources if one["Type"] == "AWS::IAM::Role"}
    (body,) = [one["Properties"]["TemplateBody"] for one in resources if one["Type"] == "AWS::CloudFormation::StackSet"]
    assert "/of-the-app/" not in body


def test_a_runbook_given_twice_is_rolled_out_once() -> None:
    bodies = [
        AutomationExecutionRoleStackSet(stack(), "RollOut", accounts=TARGETS, runbooks=runbooks, documents=True).template_body
        for runbooks in ([RESTART], [RESTART, RESTART])
    ]
    assert bodies[0] == bodies[1]


def test_every_account_gets_the_documents_or_a_warning_says_to_share_them() -> None:
    own, shared = stack(), stack()
    AutomationExecutionRoleStackSet(own, "RollOut", accounts=TARGETS, runbooks=[RESTART], documents=True)
    AutomationExecutionRoleStackSet(shared, "RollOut", accounts=TARGETS, runbooks=[RESTART])
    kinds = [resource["Type"] for resource in json.loads(stack_set(own)["TemplateBody"])["Resources"].values()]
    assert kinds.count("AWS::SSM::Document") == 1
    told = assertions.Match.string_like_regexp("share restart-instance with the target accounts .* documents=True")
    assert assertions.Annotations.from_stack(own).find_warning("*", told) == []
    assert len(assertions.Annotations.from_stack(shared).find_warning("*", told)) == 1


def test_the_stack_sets_role_in_a_target_lets_only_the_central_account_in() -> None:
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
            lambda s: AutomationExecutionRoleStackSet(s, "R", organizational_units=["r-ab12", "r-ab12"]),
            "Stack/R: organizational_units has 'r-ab12' twice → each once",
        ),
        (lambda s: AutomationExecutionRoleStackSet(s, "R", accounts=TARGETS, retain_roles=True), "Stack/R: retain_roles without organizational_units"),
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


def test_a_roll_out_takes_numbers_that_only_cloudformation_knows() -> None:
    made = stack()
    percent = CfnParameter(made, "Percent", type="Number").value_as_number
    AutomationExecutionRoleStackSet(
        made, "R", accounts=TARGETS, max_concurrent_percentage=percent, failure_tolerance_percentage=percent, execution_role={}
    )
    (found,) = assertions.Template.from_stack(made).find_resources("AWS::CloudFormation::StackSet").values()
    preferences = found["Properties"]["OperationPreferences"]
    assert preferences["MaxConcurrentPercentage"] == preferences["FailureTolerancePercentage"] == {"Ref": "Percent"}


@pytest.mark.parametrize(
    ("construct", "arguments", "message"),
    [
        (AutomationAdministrationRole, {"target_accounts": set(TARGETS)}, "target_accounts is {"),
        (
            AutomationAdministrationRole,
            {"target_accounts": map(str, TARGETS)},
            "target_accounts is a map → a list; write target_accounts=[...]",
        ),
        (AutomationAdministrationRole, {"target_accounts": TARGETS, "role_name": None}, "role_name is None → a string"),
        (AutomationExecutionRole, {"administration_account": None}, "administration_account is None → a string"),
        (AutomationExecutionRole, {"administration_account": CENTRAL, "organization_id": 1}, "organization_id is 1 → a string; write '1'"),
        (
            AutomationExecutionRole,
            {"administration_account": CENTRAL, "other_runbooks": "AWS-StopEC2Instance"},
            "other_runbooks is the string 'AWS-StopEC2Instance' → a list; write other_runbooks=['AWS-StopEC2Instance']",
        ),
        (
            AutomationExecutionRole,
            {"administration_account": CENTRAL, "other_runbooks": [RESTART]},
            "other_runbooks[0] is Runbook(name='restart-instance', source=",
        ),
        (AutomationExecutionRoleStackSet, {"accounts": None}, "accounts is None → a list"),
        *(
            (
                construct,
                {argument: Fn.split(",", Fn.import_value("Targets"))},
                f"{argument} is a list whose items are known only at deployment → known items",
            )
            for construct, argument in ((AutomationAdministrationRole, "target_accounts"), (AutomationExecutionRoleStackSet, "accounts"))
        ),
        (
            AutomationExecutionRoleStackSet,
            {"accounts": TARGETS, "max_concurrent_percentage": "50%"},
            "max_concurrent_percentage is '50%' → a number",
        ),
        (
            AutomationExecutionRoleStackSet,
            {"accounts": TARGETS, "failure_tolerance_percentage": 0.5},
            "failure_tolerance_percentage is 0.5 → a whole number, 0 to 99",
        ),
        (AutomationExecutionRoleStackSet, {"accounts": TARGETS, "region": ["eu-west-1"]}, "region is ['eu-west-1'] → a string"),
    ],
)
def test_rejects_what_a_type_checker_would_have(construct: Any, arguments: dict[str, Any], message: str) -> None:
    made = stack()
    with pytest.raises(AutomationRoleError) as raised:
        construct(made, "R", **arguments)
    assert str(raised.value).startswith(f"Stack/R: {message}")
    assert made.node.try_find_child("R") is None


def test_rejects_a_roll_out_bound_to_this_apps_resources() -> None:
    made = stack()
    bucket = s3.Bucket(made, "Bucket")
    reads = iam.PolicyDocument(statements=[iam.PolicyStatement(actions=["s3:GetObject"], resources=[bucket.arn_for_objects("*")])])
    with pytest.raises(AutomationRoleError, match="the stack set's template is not self-contained"):
        AutomationExecutionRoleStackSet(made, "RollOut", accounts=TARGETS, execution_role={"inline_policies": {"Reads": reads}})


def test_the_central_account_of_an_agnostic_stack_is_passed_as_a_parameter() -> None:
    made = stack()
    AutomationExecutionRoleStackSet(made, "RollOut", accounts=TARGETS)
    properties = stack_set(made)
    assert properties["Parameters"] == [{"ParameterKey": "AdministrationAccount", "ParameterValue": {"Ref": "AWS::AccountId"}}]
    assert Aws.ACCOUNT_ID not in properties["TemplateBody"]
    assert '{"Ref":"AdministrationAccount"}' in properties["TemplateBody"]


# -- what is not confirmed ----------------------------------------------------------------------------------------------------------


ROOT = Path(__file__).parents[2]


def rows_of(page: str, after: str) -> list[str]:
    """The rows of the first table after a line, without its head."""
    table = re.search(r"(?:^\|.*\n)+", (ROOT / page).read_text().partition(after)[2], flags=re.MULTILINE)
    assert table is not None
    return table[0].splitlines()[2:]


def test_the_readme_leads_to_what_is_not_confirmed() -> None:
    assert "(docs/organization.md#what-is-not-confirmed)" in (ROOT / "README.md").read_text()
    assert "\n## What is not confirmed\n" in (ROOT / "docs" / "organization.md").read_text()


def test_each_point_that_is_not_confirmed_names_a_live_test() -> None:
    here = Path(__file__)
    rows = rows_of("docs/organization.md", "## What is not confirmed")[:-1]  # the last one is for reading
    tests = re.findall(r"def (test_\w+)", here.with_name("test_live.py").read_text())
    named = [re.findall(r"`([a-z]+(?:_[a-z]+){3,})`", row.split(" | ")[-1]) for row in rows]
    assert len(rows) == 8
    assert all(names or "the same" in row for row, names in zip(rows, named, strict=True))
    assert [name for names in named for name in names if not any(name in test for test in tests)] == []


def test_the_arguments_of_a_roll_out_are_those_of_the_role_that_it_does_not_set_itself() -> None:
    own = {"self", "scope", "construct_id", "administration_account", "runbooks"}
    taken = get_type_hints(AutomationExecutionRole.__init__)
    assert get_type_hints(ExecutionRoleArguments) == {name: kind for name, kind in taken.items() if name not in {*own, "return"}}
