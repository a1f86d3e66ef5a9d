"""A roll-out's template is self-contained, is the same wherever it is synthesized, and keeps all warnings of the role inside."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from aws_cdk import Annotations, App, Environment, Stack, assertions
from aws_cdk import aws_iam as iam

from automation_role import (
    AutomationAdministrationRole,
    AutomationExecutionRole,
    AutomationExecutionRoleStackSet,
    Findings,
    Runbook,
    StackSetExecutionRole,
)
from automation_role.errors import AutomationRoleError
from automation_role.policy import quotas
from automation_role.policy.quotas import INLINE_QUOTA, MANAGED_COUNT, MANAGED_QUOTA
from automation_role.testing import Authorization

CENTRAL, TARGET = "111111111111", "222222222222"
ROOT = Path(__file__).parents[2]
RESTART = Runbook.from_file(ROOT / "runbooks" / "restart-instance.yaml")
LOGGING = Runbook.from_file(ROOT / "runbooks" / "configure-bucket-logging.yaml")

NESTING = Runbook.from_text(
    """
schemaVersion: "0.3"
assumeRole: "{{ AutomationAssumeRole }}"
parameters: {AutomationAssumeRole: {type: String}}
mainSteps:
  - {name: next, action: "aws:executeAutomation", inputs: {DocumentName: another}}
""",
    name="nesting",
)

# As many as the tests of quotas need.
ACCOUNTS = [f"{number:012}" for number in range(1, 1_001)]


def stack(context: dict[str, Any] | None = None) -> Stack:
    return Stack(App(context=context), "Stack", env=Environment(account=CENTRAL, region="eu-west-1"))


def template(made: Stack) -> dict[str, Any]:
    return dict(assertions.Template.from_stack(made).to_json())


def of_type(written: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [dict(resource["Properties"]) for resource in written["Resources"].values() if resource["Type"] == kind]


def warnings(made: Stack) -> dict[str, str]:
    """Construct path -> the messages there."""
    found = assertions.Annotations.from_stack(made).find_warning("*", assertions.Match.any_value())
    return {message.id: str(message.entry.data) for message in found}


def reads(name: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=["s3:GetObject"], resources=[f"arn:aws:s3:::{name}/*"])


# -- the same, wherever it is made --------------------------------------------------------------------------------------------------

_MAKES = """
import sys
from aws_cdk import App, Stack
from automation_role import AutomationExecutionRoleStackSet, Runbook
made = AutomationExecutionRoleStackSet(
    Stack(App(), "Stack"), "RollOut", accounts=["222222222222"], runbooks=[Runbook.from_file(sys.argv[1])], documents=True
)
print(made.template_body)
"""


@pytest.mark.slow
def test_the_template_inside_is_the_same_from_the_cdk_cli_and_from_a_test() -> None:
    """The CLI passes its options and the feature flags to the app in the environment; the app inside must not take the options from there."""
    flags = json.loads((ROOT / "cdk.json").read_text())["context"]
    options = {"aws:cdk:enable-path-metadata": True, "aws:cdk:enable-asset-metadata": True, "aws:cdk:version-reporting": True}
    command = [sys.executable, "-c", _MAKES, str(ROOT / "runbooks" / "restart-instance.yaml")]
    environment = {**os.environ, "CDK_CONTEXT_JSON": json.dumps({**flags, **options})}
    printed = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    here = AutomationExecutionRoleStackSet(stack(flags), "RollOut", accounts=[TARGET], runbooks=[RESTART], documents=True)
    assert printed == here.template_body + "\n"
    assert not {"AWS::CDK::Metadata", "aws:cdk:path"} & set(re.findall(r"AWS::CDK::Metadata|aws:cdk:path", printed))


def test_the_feature_flags_of_the_surrounding_app_apply_inside_too() -> None:
    sizes = []
    for minimize in (False, True):
        read = iam.PolicyDocument(statements=[reads("one"), reads("two")])
        made = stack({"@aws-cdk/aws-iam:minimizePolicies": minimize})
        roll_out = AutomationExecutionRoleStackSet(made, "R", accounts=[TARGET], execution_role={"inline_policies": {"Read": read}})
        (policy,) = [p for p in of_type(json.loads(roll_out.template_body), "AWS::IAM::Policy") if p["PolicyName"] == "Read"]
        sizes.append(len(policy["PolicyDocument"]["Statement"]))
    assert sizes == [2, 1]


def test_it_is_a_role_of_the_account_also_where_other_roles_are_created_by_hand() -> None:
    made = stack()
    iam.Role.customize_roles(made)
    body = AutomationExecutionRoleStackSet(made, "RollOut", organizational_units=["r-ab12"], runbooks=[RESTART]).template_body
    assert len(of_type(json.loads(body), "AWS::IAM::Role")) == 1


# -- nothing is lost ----------------------------------------------------------------------------------------------------------------


def test_what_could_not_be_derived_is_reported_on_the_roll_out_and_acknowledged_there() -> None:
    made = stack()
    roll_out = AutomationExecutionRoleStackSet(made, "RollOut", accounts=[TARGET], runbooks=[NESTING], documents=True)
    told = warnings(made)
    assert list(told) == ["/Stack/RollOut/ExecutionRole/Findings/nesting"]
    assert "runbook 'nesting', step 'next' (line 6)" in told["/Stack/RollOut/ExecutionRole/Findings/nesting"]
    assert "[ack: automation-role:nestedRunbook]" in told["/Stack/RollOut/ExecutionRole/Findings/nesting"]

    Annotations.of(roll_out.node.find_child("ExecutionRole").node.find_child("Findings").node.find_child("nesting")).acknowledge_warning(
        "automation-role:nestedRunbook"
    )
    assert warnings(made) == {}


def test_a_finding_that_must_stop_the_synthesis_does() -> None:
    made = stack()
    AutomationExecutionRoleStackSet(made, "RollOut", accounts=[TARGET], runbooks=[NESTING], execution_role={"findings": Findings.ERROR})
    (error,) = assertions.Annotations.from_stack(made).find_error("*", assertions.Match.any_value())
    assert error.id == "/Stack/RollOut/ExecutionRole/Findings/nesting"
    assert "runbook 'another' is started, but was not provided" in str(error.entry.data)


def test_a_runbook_that_waits_for_approval_is_reported() -> None:
    direct, rolled = stack(), stack()
    role = AutomationExecutionRole(direct, "Role", administration_account=CENTRAL)
    assert warnings(direct) == {}
    role.add_runbook(RESTART)
    AutomationExecutionRoleStackSet(rolled, "RollOut", accounts=[TARGET], runbooks=[RESTART], documents=True)
    for told in (warnings(direct)["/Stack/Role"], warnings(rolled)["/Stack/RollOut/ExecutionRole"]):
        assert (
            "runbook 'restart-instance', step 'approve' (line 15): aws:approve does not work in automations across several accounts" in told
        )
        assert "[ack: automation-role:approvalAcrossAccounts]" in told


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"role_nme": "x"}, "Stack/R: execution_role has 'role_nme' → an argument of AutomationExecutionRole; did you mean 'role_name'?"),
        (
            {"runbooks": []},
            "Stack/R: execution_role has 'runbooks' → an argument of the roll-out itself; pass runbooks=... to the roll-out",
        ),
        ({"role_name": "a b"}, "Stack/R/ExecutionRole: role_name is 'a b' → IAM allows"),
        (
            {"pass_roles": {"ec2.amazonaws.com": "arn:aws:iam::222222222222:role/Instance"}},
            "Stack/R/ExecutionRole: pass_roles['ec2.amazonaws.com'] is the string 'arn:aws:iam::222222222222:role/Instance' → a list",
        ),
        ({"administration_role_name": "*"}, "Stack/R/ExecutionRole: administration_role_name is '*' → a role's name"),
    ],
)
def test_rejects_what_the_role_inside_cannot_take(arguments: Any, message: str) -> None:
    made = stack()
    with pytest.raises(AutomationRoleError) as raised:
        AutomationExecutionRoleStackSet(made, "R", accounts=[TARGET], execution_role=arguments)
    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)
    assert made.node.try_find_child("R") is None


def test_rejects_what_has_become_too_much_for_the_role_inside() -> None:
    documents = {f"Policy{i}": iam.PolicyDocument(statements=[reads("a" * 2_000)]) for i in range(5)}
    documents["Empty"] = iam.PolicyDocument()
    made = stack()
    with pytest.raises(AutomationRoleError) as raised:
        AutomationExecutionRoleStackSet(made, "R", accounts=[TARGET], execution_role={"inline_policies": documents})
    assert str(raised.value).startswith("Stack/R/ExecutionRole: ")
    assert "stand alone" not in str(raised.value)


# -- names, units, accounts ---------------------------------------------------------------------------------------------------------


def test_a_stack_sets_name_is_one_that_cloudformation_takes_and_keeps() -> None:
    made = stack()
    for name in ("Roll.Out_1", "x" * 200):
        AutomationExecutionRoleStackSet(made, name, accounts=[TARGET])
    names = [properties["StackSetName"] for properties in of_type(template(made), "AWS::CloudFormation::StackSet")]
    assert len(set(names)) == 2
    for name in names:
        assert len(name) <= 128
        assert name[0].isalpha()
        assert set(name) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"accounts": TARGET}, "Stack/R: accounts is the string '222222222222' → a list; write accounts=['222222222222']"),
        ({"accounts": [222222222222]}, "Stack/R: accounts[0] is 222222222222 → a string; write '222222222222'"),
        ({"organizational_units": "r-ab12"}, "Stack/R: organizational_units is the string 'r-ab12' → a list"),
        ({"organizational_units": [f"ou-ab12-{n:08}" for n in range(51)]}, "Stack/R: 51 organizational_units → at most 50"),
        ({"accounts": [TARGET], "stack_set_name": "1st"}, "Stack/R: stack_set_name is '1st' → a letter, then letters"),
        ({"accounts": [TARGET], "stack_set_execution_role_name": "*"}, "Stack/R: stack_set_execution_role_name is '*' → a role's name"),
        (
            {"organizational_units": ["r-ab12"], "stack_set_administration_role_name": "RollOut"},
            "Stack/R: StackSets roles with organizational_units → AWS Organizations uses its own roles",
        ),
    ],
)
def test_rejects_names_units_and_accounts_that_cannot_be(arguments: dict[str, Any], message: str) -> None:
    made = stack()
    with pytest.raises(AutomationRoleError) as raised:
        AutomationExecutionRoleStackSet(made, "R", **arguments)
    assert message in str(raised.value)
    assert made.node.try_find_child("R") is None


@pytest.mark.parametrize("name", ["*", "a/b", "Admin?"])
def test_rejects_a_role_to_trust_whose_name_would_let_in_others(name: str) -> None:
    for make in (AutomationExecutionRole, StackSetExecutionRole):
        with pytest.raises(AutomationRoleError, match="administration_role_name is"):
            make(stack(), "R", administration_account=CENTRAL, administration_role_name=name)


# -- IAM's quotas -------------------------------------------------------------------------------------------------------------------


def sizes(written: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """(kind, characters) of every policy, what CloudFormation fills in at its longest."""
    for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        for properties in of_type(written, kind):
            yield kind, quotas.size(properties["PolicyDocument"])


def test_as_many_accounts_as_the_message_says_fit() -> None:
    makes: list[Callable[[Stack, list[str]], object]] = [
        lambda made, accounts: AutomationAdministrationRole(made, "R", target_accounts=accounts),
        lambda made, accounts: AutomationExecutionRoleStackSet(made, "R", accounts=accounts),
    ]
    for make in makes:
        with pytest.raises(AutomationRoleError) as raised:
            make(stack(), ACCOUNTS)
        most = int(str(raised.value).partition("→ about ")[2].partition(",")[0])
        assert make(stack(), ACCOUNTS[:most]) is not None
        with pytest.raises(AutomationRoleError, match=f"about {most}, which is what IAM's quotas allow"):
            make(stack(), ACCOUNTS[: most + 30])
        assert most > 700


@pytest.mark.parametrize("count", [1, 100, 400, 700])
def test_a_self_managed_roll_outs_role_is_within_iams_quotas(count: int) -> None:
    made = stack()
    AutomationExecutionRoleStackSet(made, "RollOut", accounts=ACCOUNTS[:count])
    written = template(made)
    found = list(sizes(written))
    assert all(size <= (INLINE_QUOTA if kind == "AWS::IAM::Policy" else MANAGED_QUOTA) for kind, size in found)
    assert [kind for kind, _ in found].count("AWS::IAM::ManagedPolicy") <= MANAGED_COUNT
    role = Authorization(written, account=CENTRAL).role("RollOutAdministrationRole")
    for account, allowed in ((ACCOUNTS[0], True), (ACCOUNTS[count - 1], True), (ACCOUNTS[count], False)):
        assert bool(role.may("sts:AssumeRole", resource=f"arn:aws:iam::{account}:role/AWSCloudFormationStackSetExecutionRole")) == allowed


def test_too_many_accounts_of_a_self_managed_roll_out_are_refused() -> None:
    with pytest.raises(
        AutomationRoleError,
        match=r"Stack/R: 1,000 accounts → about \d+, which is what IAM's quotas allow one role; pass organizational_units",
    ):
        AutomationExecutionRoleStackSet(stack(), "R", accounts=ACCOUNTS)


def test_the_administration_role_leaves_room_for_what_is_granted_to_it() -> None:
    made = stack()
    AutomationAdministrationRole(made, "Role", target_accounts=ACCOUNTS[:400])
    inline = sum(size for kind, size in sizes(template(made)) if kind == "AWS::IAM::Policy")
    assert inline <= INLINE_QUOTA - 2_000


def test_what_many_runbooks_need_to_be_started_and_to_run_is_within_iams_quotas() -> None:
    made = stack()
    others = [f"AWS-{'Runbook' * 5}{number}" for number in range(30)]
    role = AutomationExecutionRole(made, "Role", administration_account=CENTRAL, other_runbooks=others, deny_self_change=True)
    names = [f"configure-bucket-logging-of-team-{number:02}" for number in range(12)]
    for name in names:
        role.add_runbook(Runbook.from_text(LOGGING.text, name=name))
    written = template(made)
    found = list(sizes(written))
    assert sum(size for kind, size in found if kind == "AWS::IAM::Policy") <= INLINE_QUOTA
    managed = [size for kind, size in found if kind == "AWS::IAM::ManagedPolicy"]
    assert managed
    assert max(managed) <= MANAGED_QUOTA
    asked = Authorization(written, account=CENTRAL).role("Role")
    assert all(asked.may_start(name, role="Role") for name in (*others, *names))
    for policy in [name for name, one in written["Resources"].items() if one["Type"] == "AWS::IAM::ManagedPolicy"]:
        (guard,) = [p for p in of_type(written, "AWS::IAM::Policy") if p["PolicyName"].startswith("RoleDenySelfChange")]
        assert {"Ref": policy} in guard["PolicyDocument"]["Statement"][0]["Resource"]


def test_what_starts_runbooks_goes_around_what_they_need_and_is_guarded_with_it() -> None:
    steps = [
        {"name": f"step{number}", "action": "aws:executeAwsApi", "inputs": {"Service": "s3", "Api": "GetBucketTagging", "Bucket": bucket}}
        for number, bucket in enumerate(f"{'bucket' * 8}-{number:03}" for number in range(150))
    ]
    large = Runbook.from_mapping({"schemaVersion": "0.3", "mainSteps": steps}, name="large")
    made = stack()
    others = [f"AWS-{'Runbook' * 5}{number}" for number in range(60)]
    AutomationExecutionRole(
        made, "Role", administration_account=CENTRAL, runbooks=[large], other_runbooks=others, deny_self_change=True
    )  # fmt: skip
    written = template(made)
    assert sum(size for kind, size in sizes(written) if kind == "AWS::IAM::Policy") <= INLINE_QUOTA
    managed = {name for name, one in written["Resources"].items() if one["Type"] == "AWS::IAM::ManagedPolicy"}
    assert {name.rstrip("0123456789ABCDEF") for name in managed} == {"RoleDerivedManaged", "RoleExecutionManaged"}
    (guard,) = [policy for policy in of_type(written, "AWS::IAM::Policy") if policy["PolicyName"].startswith("RoleDenySelfChange")]
    assert {reference["Ref"] for reference in guard["PolicyDocument"]["Statement"][0]["Resource"][1:]} == managed


def fill(role: AutomationExecutionRole, count: int) -> None:
    for number in range(count):
        role.add_runbook(Runbook.from_text(LOGGING.text, name=f"{'logging' * 15}-{number}"))


def test_rejects_anything_but_a_runbook() -> None:
    with pytest.raises(AutomationRoleError, match=r"^Stack/R: "):
        AutomationExecutionRole(stack(), "R", administration_account=CENTRAL, runbooks=["restart.yaml"])


def test_too_many_runbooks_are_refused_and_leave_the_role_as_it_was() -> None:
    made = stack()
    others = [f"AWS-Runbook{number}" for number in range(800)]
    with pytest.raises(
        AutomationRoleError, match=r"Stack/Many: starting 800 runbooks takes .* more than IAM's quotas allow → at most \d+; create"
    ):
        AutomationExecutionRole(made, "Many", administration_account=CENTRAL, other_runbooks=others)
    full = AutomationExecutionRole(made, "Full", administration_account=CENTRAL, role_name=None, other_runbooks=others[:200])
    with pytest.raises(AutomationRoleError, match=r"^Stack/Full: starting \d+ runbooks takes"):
        fill(full, 20)
    role = AutomationExecutionRole(made, "Role", administration_account=CENTRAL, runbooks=[LOGGING])
    with pytest.raises(AutomationRoleError, match="configure-bucket-logging"):
        role.add_runbook(Runbook.from_text(RESTART.text, name=LOGGING.name))
    role.add_runbook(RESTART)
    assert Authorization(template(made), account=CENTRAL).role("Role").may_start("restart-instance", role="Role")


def test_the_number_of_runbooks_that_is_advised_is_one_that_fits_and_the_next_does_not() -> None:
    names = [f"The-runbook-of-our-team-with-a-long-name-{number:04}" for number in range(400)]

    def make(count: int) -> None:
        AutomationExecutionRole(stack(), "Role", administration_account=CENTRAL, other_runbooks=names[:count])

    with pytest.raises(AutomationRoleError) as caught:
        make(len(names))
    advised = int(re.search(r"→ at most (\d+);", str(caught.value))[1])  # type: ignore[index]
    make(advised)
    with pytest.raises(AutomationRoleError, match=f"→ at most {advised};"):
        make(advised + 1)


# -- the role with which StackSets acts ---------------------------------------------------------------------------------------------


def handlers(kind: str) -> set[str]:
    """What CloudFormation calls to make, change and delete a resource of a type, as its schema has it."""
    schemas = pytest.importorskip("cfnlint.data.schemas")
    for path in (Path(next(iter(schemas.__path__))) / "resources").iterdir():
        schema = json.loads(path.read_text())
        if schema.get("typeName") == kind:
            used = ("create", "read", "update", "delete")
            return {action for name, handler in schema["handlers"].items() if name in used for action in handler["permissions"]}
    raise AssertionError(kind)


# Of a type's handlers, what a roll-out does not use: policies of users and groups, attachments and roles of documents.
UNUSED = {
    *(f"iam:{verb}{who}Policy" for verb in ("Attach", "Delete", "Detach", "Get", "Put") for who in ("User", "Group")),
    "s3:GetObject",
    "iam:PassRole",
}


@pytest.mark.parametrize("kind", ["AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::SSM::Document"])
def test_the_stack_sets_role_in_a_target_may_do_what_the_rolled_out_types_need_and_on_nothing_else(kind: str) -> None:
    made = stack()
    StackSetExecutionRole(made, "StackSets", administration_account=CENTRAL)
    role = Authorization(template(made), account=TARGET).role("StackSets")
    ours = f"arn:aws:iam::{TARGET}:role/AWS-SystemsManager-AutomationExecutionRole"
    policy = f"arn:aws:iam::{TARGET}:policy/StackSet-RollOut-1234-ExecutionRoleDerivedManaged1"
    document = f"arn:aws:ssm:eu-west-1:{TARGET}:document/restart-instance"
    on_policies = ("CreatePolicy", "DeletePolicy", "GetPolicy", "ListPolicyVersions", "ListEntitiesForPolicy")
    for action in sorted(handlers(kind) - UNUSED):
        name = action.partition(":")[2]
        resource = document if action.startswith("ssm:") else policy if name.startswith(on_policies) else ours
        assert role.may(action, resource=resource), action
        other = (
            resource.replace("restart", "*")
            if resource == document
            else f"arn:aws:iam::{TARGET}:{'policy' if resource == policy else 'role'}/Other"
        )
        assert resource == document or not role.may(action, resource=other), action


# -- what is inside is CloudFormation -----------------------------------------------------------------------------------------------


def test_cfn_lint_finds_nothing_in_what_is_rolled_out() -> None:
    cfnlint = pytest.importorskip("cfnlint.api")
    made = stack()
    roll_out = AutomationExecutionRoleStackSet(made, "RollOut", accounts=[TARGET], runbooks=[RESTART, LOGGING], documents=True)
    inner = json.loads(roll_out.template_body)
    for properties in (resource["Properties"] for resource in inner["Resources"].values() if resource["Type"] == "AWS::SSM::Document"):
        properties["Content"] = yaml.safe_load(properties["Content"])  # cfn-lint 1.58 fails on a document given as text
    for written in (inner, template(made)):
        assert [match for match in cfnlint.lint_all(json.dumps(written)) if not match.rule.id.startswith("I")] == []
