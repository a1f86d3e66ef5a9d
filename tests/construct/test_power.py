"""What a power user's app does by mistake: it is split, refused or warned about, and nothing widens in silence."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_config as config
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Annotations, Match

from automation_role import (
    AutomationAdministrationRole,
    AutomationAssociation,
    AutomationExecutionRoleStackSet,
    AutomationMaintenanceWindowTask,
    AutomationRemediation,
    AutomationRole,
    AutomationRunbook,
    AutomationScheduleTarget,
    AutomationTarget,
    Runbook,
    StackSetExecutionRole,
    TargetLocation,
)
from automation_role.errors import AutomationRoleError
from automation_role.start.request import StartError
from tests.construct.synth import MANAGED, Template, new_stack


def names(count: int, prefix: str = "Document-of-the-team") -> list[str]:
    return [f"{prefix}-{number}" for number in range(count)]


def refused(stack: cdk.Stack) -> str:
    with pytest.raises(RuntimeError) as caught:
        Template(stack)
    return re.sub(r"\s+", " ", str(caught.value))


# -- grants that are large ----------------------------------------------------------------------------------------------------------


def test_a_grant_of_many_runbooks_is_split_so_that_iam_takes_every_policy(stack: cdk.Stack) -> None:
    grantee = iam.Role(stack, "Operators", assumed_by=iam.AccountRootPrincipal())
    AutomationRole(stack, "Role", runbooks=[]).grant_start_automation(grantee, *names(100))
    template = Template(stack)
    sizes = [len(json.dumps(each["PolicyDocument"])) for each in template.resources(MANAGED).values()]
    assert sizes
    assert max(sizes) < 6_144
    started = [arn for each in template.statements("Operators") for arn in each["Resource"] if ":document/" in arn]
    assert sorted(started) == sorted({f"arn:${{AWS::Partition}}:ssm:*:${{AWS::AccountId}}:document/{name}" for name in names(100)})


@pytest.mark.parametrize(
    ("holder", "told"),
    [
        (iam.Role, "[Stack] Stack/Operators: with what was granted, 22 managed policies are attached → IAM attaches at most 10 to a role; grant some of the runbooks to a second role"),
        (iam.User, "→ IAM allows 2,048 for a user; grant some of it to an iam.Group that it is in, or an iam.ManagedPolicy that is attached to it"),
        (iam.Group, "→ IAM allows 5,120 for a group; grant some of it to a second group, or an iam.ManagedPolicy that is attached to it"),
    ],
)  # fmt: skip
def test_rejects_more_grants_than_the_grantee_can_hold(tmp_path: Path, holder: Any, told: str) -> None:
    stack = new_stack(tmp_path)
    grantee = holder(stack, "Operators", **({"assumed_by": iam.AccountRootPrincipal()} if holder is iam.Role else {}))
    role = AutomationRole(stack, "Role", runbooks=[])
    for name in names(250):
        role.grant_start_automation(grantee, name)
    assert told in refused(stack)


def test_what_a_grantee_has_already_is_counted(stack: cdk.Stack) -> None:
    policies = [iam.ManagedPolicy.from_managed_policy_name(stack, f"P{at}", f"Team{at}") for at in range(10)]
    grantee = iam.Role(stack, "Operators", assumed_by=iam.AccountRootPrincipal(), managed_policies=policies)
    AutomationRole(stack, "Role", runbooks=[]).grant_start_automation(grantee, *names(100))
    assert "Stack/Operators: with what was granted, 16 managed policies are attached" in refused(stack)


# -- a role that cannot run the runbook ---------------------------------------------------------------------------------------------

WAIT = Runbook.from_text(
    "schemaVersion: '0.3'\nassumeRole: '{{ AutomationAssumeRole }}'\nparameters:\n  AutomationAssumeRole: {type: String, default: ''}\n"
    "mainSteps:\n  - {name: wait, action: 'aws:sleep', inputs: {Duration: PT1S}}\n",
    name="Wait",
)
REBOOT = Runbook.from_text(
    WAIT.text + "  - name: reboot\n    action: aws:executeAwsApi\n    inputs: {Service: ec2, Api: RebootInstances, InstanceIds: [i-0]}\n",
    name="Reboot",
)
LONE = Runbook.from_text("schemaVersion: '0.3'\nmainSteps:\n  - {name: wait, action: 'aws:sleep', inputs: {Duration: PT1S}}\n", name="Lone")
MISFIT = (
    "Stack/Role cannot run runbook 'Reboot': step 'reboot' (line 7) needs ec2:RebootInstances, which its policies do not allow; "
    "derive the role from this runbook, too (runbooks=[...] or add_runbook) [ack: automation-role:roleDoesNotFit]"
)


def rule(stack: cdk.Stack, target: AutomationTarget) -> None:
    events.Rule(stack, "Rule", event_pattern=events.EventPattern(source=["aws.ec2"]), targets=[target])


STARTS: dict[str, Callable[[cdk.Stack, AutomationRole, Runbook], object]] = {
    "/Stack/Role": lambda stack, role, runbook: role.grant_start_automation(iam.User(stack, "Who"), runbook),
    "/Stack/Rule": lambda stack, role, runbook: rule(stack, AutomationTarget(runbook, role=role)),
    "/Stack/Association": lambda stack, role, runbook: AutomationAssociation(stack, "Association", runbook=runbook, role=role),
    "/Stack/Document": lambda stack, role, runbook: AutomationRunbook(stack, "Document", runbook, role=role),
}


@pytest.mark.parametrize("path", STARTS)
def test_a_role_that_cannot_run_what_it_is_started_with_is_warned_about(tmp_path: Path, path: str) -> None:
    stack = new_stack(tmp_path)
    STARTS[path](stack, AutomationRole(stack, "Role", runbooks=[WAIT]), REBOOT)
    assert Template(stack).told() == [(path, MISFIT)]


@pytest.mark.parametrize("allowed", ["derived", "added later", "granted", "inline", "managed", "nothing needed"])
def test_a_role_that_can_run_it_is_not(tmp_path: Path, allowed: str) -> None:
    stack = new_stack(tmp_path)
    reboots = iam.PolicyStatement(actions=["ec2:RebootInstances"], resources=["arn:aws:ec2:*:111122223333:instance/*"])
    role = AutomationRole(
        stack,
        "Role",
        runbooks=[REBOOT] if allowed == "derived" else [],
        inline_policies={"Reboots": iam.PolicyDocument(statements=[reboots])} if allowed == "inline" else {},
        managed_policies=[iam.ManagedPolicy.from_managed_policy_name(stack, "Own", "Own")] if allowed == "managed" else [],
    )
    role.grant_start_automation(iam.User(stack, "Who"), WAIT if allowed == "nothing needed" else REBOOT)
    if allowed == "added later":
        role.add_runbook(REBOOT)
    if allowed == "granted":
        iam.Grant.add_to_principal(grantee=role, actions=["ec2:Reboot*"], resource_arns=["*"])
    assert Template(stack).told() == []


def test_the_warning_is_acknowledged_like_any_of_cdks(stack: cdk.Stack) -> None:
    role = AutomationRole(stack, "Role", runbooks=[])
    role.grant_start_automation(iam.User(stack, "Who"), REBOOT)
    # On the role itself, CDK 2.200 does not find what was acknowledged before the warning was added.
    cdk.Annotations.of(stack).acknowledge_warning("automation-role:roleDoesNotFit", "it is attached elsewhere")
    assert Template(stack).told() == []


def test_a_runbook_that_takes_no_role_is_warned_about_in_a_grant_too(stack: cdk.Stack) -> None:
    AutomationRole(stack, "Role", runbooks=[LONE]).grant_start_automation(iam.User(stack, "Who"), LONE)
    ((path, text),) = Template(stack).told()
    assert path == "/Stack/Role"
    assert text.startswith("runbook 'Lone' has no parameter for its role")


def test_an_administration_role_runs_nothing_in_its_own_account(stack: cdk.Stack) -> None:
    role = AutomationAdministrationRole(stack, "Role", target_accounts=["111122223333"])
    rule(stack, AutomationTarget(WAIT, role=role))
    location = TargetLocation(accounts=["111122223333"], regions=["eu-central-1"])
    target = AutomationScheduleTarget(WAIT, role=role, target_locations=[location])
    scheduler.Schedule(stack, "Schedule", schedule=scheduler.ScheduleExpression.rate(cdk.Duration.days(1)), target=target)
    ((path, text),) = Template(stack).told()
    assert path == "/Stack/Rule"
    assert "which only assumes 'AWS-SystemsManager-AutomationExecutionRole' in target accounts" in text


# -- Regions, accounts, ARNs --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("region", "told"), [("us-east-1", True), ("eu-central-1", False), (None, False)])
def test_what_starts_in_a_region_may_start_there(tmp_path: Path, region: str | None, told: bool) -> None:
    stack = new_stack(tmp_path, region=region)
    rule(stack, AutomationTarget("Restart", role=AutomationRole(stack, "Role", runbooks=[], regions=["eu-central-1"])))
    template = Template(stack)
    assert template.statements("RuleTarget0Role")[0]["Resource"][0] == (
        f"arn:${{AWS::Partition}}:ssm:{region or '${AWS::Region}'}:${{AWS::AccountId}}:document/Restart"
    )
    assert [text.partition(" →")[0] for _, text in template.told()] == (
        ["automations start in 'us-east-1', and Stack/Role acts only in eu-central-1"] if told else []
    )


EVERY_ROLE = "arn:aws:iam::111122223333:role/*"


@pytest.mark.parametrize("arn", [EVERY_ROLE, "arn:aws:iam::111122223333:role/Team?", "arn:aws:iam::ACCOUNT:role/*"])
def test_rejects_an_arn_of_many_roles(stack: cdk.Stack, arn: str) -> None:
    arn = arn.replace("ACCOUNT", cdk.Aws.ACCOUNT_ID)
    with pytest.raises(AutomationRoleError, match="is not the ARN of one role"):
        AutomationRole.from_role_arn(stack, "Imported", arn)
    with pytest.raises(AutomationRoleError, match="has a wildcard → the ARN of one resource; pass each ARN separately"):
        AutomationRole.from_role(stack, "Wrapped", iam.Role.from_role_arn(stack, "Many", arn))
    assert [child.node.id for child in stack.node.children] == ["Many"]


@pytest.mark.parametrize("name", ["pass_roles", "invoke_functions", "dead_letter_queue", "AutomationRunbook"])
def test_rejects_an_arn_of_many_wherever_it_would_stand_in_a_policy(stack: cdk.Stack, name: str) -> None:
    every_queue = sqs.Queue.from_queue_arn(stack, "Queue", "arn:aws:sqs:eu-central-1:111122223333:*")
    every_role = iam.Role.from_role_arn(stack, "Many", EVERY_ROLE)
    every_function = lambda_.Function.from_function_arn(stack, "Functions", "arn:aws:lambda:eu-central-1:111122223333:function:*")
    with pytest.raises(AutomationRoleError, match="has a wildcard → the ARN of one"):
        {
            "pass_roles": lambda: AutomationRole(stack, "Role", pass_roles={"ec2.amazonaws.com": [every_role]}),
            "invoke_functions": lambda: AutomationRole(stack, "Role", invoke_functions=[every_function]),
            "dead_letter_queue": lambda: AutomationTarget("Restart", role=AutomationRole(stack, "Role"), dead_letter_queue=every_queue),
            "AutomationRunbook": lambda: AutomationRunbook(stack, "Document", WAIT, role=every_role),
        }[name]()


ELSEWHERE = "arn:aws:iam::444455556666:role/Automation"


def starting(name: str, stack: cdk.Stack, **arguments: Any) -> Any:
    """A construct of this kind, `It`."""
    if name == "AutomationRunbook":
        return AutomationRunbook(stack, "It", WAIT, **arguments)
    if name == "AutomationRemediation":
        rule = config.ManagedRule.from_config_rule_name(stack, "Rule", "tagged")
        return AutomationRemediation(stack, "It", rule=rule, runbook=WAIT, **arguments)
    if name == "AutomationAssociation":
        return AutomationAssociation(stack, "It", runbook=WAIT, **arguments)
    if name == "AutomationMaintenanceWindowTask":
        return AutomationMaintenanceWindowTask(stack, "It", window="mw-0123456789abcdef0", runbook=WAIT, **arguments)
    if name == "AutomationTarget":
        every_day = events.Schedule.rate(cdk.Duration.days(1))
        return events.Rule(stack, "It", schedule=every_day).add_target(AutomationTarget(WAIT, **arguments))
    return scheduler.Schedule(
        stack,
        "It",
        schedule=scheduler.ScheduleExpression.rate(cdk.Duration.days(1)),
        target=AutomationScheduleTarget(WAIT, **arguments),
    )


OTHER_ACCOUNT = (
    "Stack/It: role 'Stack/Role/Resource' is in account '444455556666' and this stack in '111122223333' → "
    "a role can be passed only within its own account; use a role in '111122223333'"
)


@pytest.mark.parametrize("name", ["AutomationRunbook", "AutomationRemediation", "AutomationAssociation", "AutomationMaintenanceWindowTask"])
def test_rejects_a_role_of_another_account(tmp_path: Path, name: str) -> None:
    stack = new_stack(tmp_path, account="111122223333", region="eu-central-1")
    other = AutomationRole.from_role_arn(stack, "Role", ELSEWHERE)
    with pytest.raises(AutomationRoleError) as caught:
        starting(name, stack, role=other)
    assert str(caught.value) == OTHER_ACCOUNT
    assert stack.node.try_find_child("It") is None


@pytest.mark.parametrize("name", ["AutomationTarget", "AutomationScheduleTarget"])
def test_what_is_refused_when_cdk_asks_for_a_target_is_an_error_at_its_construct(tmp_path: Path, name: str) -> None:
    """Not a `RuntimeError` with a traceback through Node.js: `cdk synth` prints the one line and fails."""
    stack = new_stack(tmp_path, account="111122223333", region="eu-central-1")
    starting(name, stack, role=AutomationRole.from_role_arn(stack, "Role", ELSEWHERE))
    (error,) = Annotations.from_stack(stack).find_error("*", Match.any_value())
    assert (error.id, error.entry.data) == ("/Stack/It", OTHER_ACCOUNT)


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("AutomationTarget", "event_role"),
        ("AutomationScheduleTarget", "schedule_role"),
        ("AutomationAssociation", "dispatch_role"),
        ("AutomationMaintenanceWindowTask", "service_role"),
    ],
)
def test_rejects_a_starter_of_another_account_where_it_is_written(tmp_path: Path, name: str, argument: str) -> None:
    stack = new_stack(tmp_path, account="111122223333", region="eu-central-1")
    role = AutomationRole(stack, "Role", runbooks=[WAIT])
    with pytest.raises(
        StartError, match=f"{argument} 'Stack/Other' is in account '444455556666' and the role that it passes in '111122223333' →"
    ):
        starting(name, stack, role=role, **{argument: iam.Role.from_role_arn(stack, "Other", ELSEWHERE)})


# -- documents that only CloudFormation knows ---------------------------------------------------------------------------------------


def test_a_token_that_may_be_an_arn_is_warned_about(stack: cdk.Stack) -> None:
    AutomationRole(stack, "Role").grant_start_automation(iam.User(stack, "Who"), cdk.Fn.import_value("Runbook"))
    ((path, text),) = Template(stack).told()
    assert path == "/Stack/Role"
    assert "is treated as a document's name: if it is an ARN, nothing can be started; write AutomationRunbook.from_document_name(" in text


def test_a_token_that_is_an_arn_is_refused(stack: cdk.Stack) -> None:
    topic = sns.Topic(stack, "Topic")
    with pytest.raises(
        AutomationRoleError, match=r"is an ARN that only CloudFormation knows → a name; write AutomationRunbook.from_document"
    ):
        AutomationRole(stack, "Role").grant_start_automation(iam.User(stack, "Who"), topic.topic_arn)


def test_a_token_is_what_people_say_it_is(stack: cdk.Stack) -> None:
    name = AutomationRunbook.from_document_name(stack, "Name", cdk.Fn.import_value("Name"))
    arn = AutomationRunbook.from_document_arn(stack, "Arn", cdk.Fn.import_value("Arn"))
    AutomationRole(stack, "Role").grant_start_automation(iam.User(stack, "Who"), name, arn)
    assembly = stack.node.root.synth()  # type: ignore[attr-defined]
    template = assembly.get_stack_by_name("Stack").template
    assert list(assembly.get_stack_by_name("Stack").messages) == []
    (statements,) = (
        each["Properties"]["PolicyDocument"]["Statement"] for key, each in template["Resources"].items() if key.startswith("WhoD")
    )
    written = [each["Fn::Join"][1] for each in statements[0]["Resource"]]
    assert [{"Fn::ImportValue": "Name"} in each for each in written] == [True, False, True, False, False]
    field = {at: {"Fn::Select": [at, {"Fn::Split": [":", {"Fn::ImportValue": "Arn"}]}]} for at in (1, 3, 4, 5)}
    last = {"Fn::Select": [1, {"Fn::Split": ["/", field[5]]}]}
    before = ["arn:", field[1], ":ssm:", field[3], ":", field[4]]
    assert written[1] == [*before, ":document/", last]
    assert written[3] == [*before, ":automation-definition/", last, ":*"]


def test_a_document_by_its_literal_arn_or_name(stack: cdk.Stack) -> None:
    shared = "arn:aws:ssm:eu-central-1:444455556666:document/Shared"
    imported = AutomationRunbook.from_document_arn(stack, "Shared", shared)
    assert (imported.document_arn, imported.document_name, imported.document_reference) == (shared, "Shared", shared)
    for make, wrong in ((AutomationRunbook.from_document_arn, "Shared"), (AutomationRunbook.from_document_name, shared)):
        with pytest.raises(AutomationRoleError, match=r"^Stack/Wrong: "):
            make(stack, "Wrong", wrong)


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:ssm:eu-central-1:444455556666:document/*",
        f"arn:{cdk.Aws.PARTITION}:ssm:eu-central-1:444455556666:document/*",
        "arn:aws:ssm:eu-central-1:444455556666:automation-definition/Shared:1",
        "arn:aws:s3:::bucket",
    ],
    ids=["any document", "any document of a token's partition", "a definition", "another service"],
)
def test_rejects_an_arn_that_is_not_one_documents(stack: cdk.Stack, arn: str) -> None:
    with pytest.raises(
        AutomationRoleError, match=r"^Stack/Wrong: 'arn:.* is not the ARN of a document → such as 'arn:aws:ssm:eu-central-1"
    ):
        AutomationRunbook.from_document_arn(stack, "Wrong", arn)
    assert stack.node.try_find_child("Wrong") is None


# -- wrong kinds --------------------------------------------------------------------------------------------------------------------

ROLE_KIND = "an iam.IRole; import it with iam.Role.from_role_arn(...)"
POLICY_KIND = "an iam.IManagedPolicy; import it with iam.ManagedPolicy.from_managed_policy_arn(...)"


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda it: AutomationRole(it.stack, "It", permissions_boundary=it.bucket), f"permissions_boundary is a Bucket, 'Stack/Bucket' → {POLICY_KIND}"),
        (lambda it: AutomationRole(it.stack, "It", managed_policies=[it.bucket]), f"managed_policies[0] is a Bucket, 'Stack/Bucket' → {POLICY_KIND}"),
        (lambda it: AutomationRole(it.stack, "It", pass_roles={"ec2.amazonaws.com": [it.user]}), f"pass_roles['ec2.amazonaws.com'][0] is a User, 'Stack/User' → {ROLE_KIND}"),
        (lambda it: it.role.allow_pass_role(it.profile, "ec2.amazonaws.com"), f"role is an InstanceProfile, 'Stack/Profile' → {ROLE_KIND}; write its .role"),
        (lambda it: it.role.allow_pass_role(it.role, "ec2.amazonaws.com"), f"role is an AutomationRole, 'Stack/Role' → {ROLE_KIND}; write its .role"),
        (lambda it: it.role.allow_invoke(it.bucket), "function is a Bucket, 'Stack/Bucket' → a lambda.IFunction; import it with lambda_.Function.from_function_arn(...)"),
        (lambda it: AutomationRunbook(it.stack, "It", WAIT, role=it.arn), "role is 'arn:aws:iam::111122223333:role/R' → an AutomationRole or an iam.IRole; for a role created elsewhere write AutomationRole.from_role(...) or .from_role_arn(...)"),
        (lambda it: AutomationRunbook(it.stack, "It", WAIT, role=it.user), "role is a User, 'Stack/User' → an AutomationRole or an iam.IRole; for a role created elsewhere write AutomationRole.from_role(...) or .from_role_arn(...)"),
        (lambda it: AutomationRole.from_role(it.stack, "It", it.role), f"role is an AutomationRole, 'Stack/Role' → {ROLE_KIND}; write its .role"),
        (lambda it: AutomationTarget(WAIT, role=it.role, event_role=it.user), f"event_role is a User, 'Stack/User' → {ROLE_KIND}"),
        (lambda it: AutomationTarget(WAIT, role=it.user), "role is a User, 'Stack/User' → an AutomationRole; for a role created elsewhere write AutomationRole.from_role(...) or .from_role_arn(...)"),
    ],
)  # fmt: skip
def test_rejects_a_construct_of_the_wrong_kind(stack: cdk.Stack, make: Callable[[Any], object], told: str) -> None:
    role = iam.Role(stack, "Instances", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    it = SimpleNamespace(
        stack=stack,
        bucket=s3.Bucket(stack, "Bucket"),
        user=iam.User(stack, "User"),
        arn="arn:aws:iam::111122223333:role/R",
        profile=iam.InstanceProfile(stack, "Profile", role=role),
        role=AutomationRole(stack, "Role"),
    )
    with pytest.raises(AutomationRoleError) as caught:
        make(it)
    assert str(caught.value).partition(": ")[2] == told
    assert stack.node.try_find_child("It") is None


def test_takes_every_kind_of_role_policy_queue_and_function(stack: cdk.Stack) -> None:
    imported = iam.Role.from_role_arn(stack, "Imported", "arn:aws:iam::111122223333:role/R")
    made = iam.Role(stack, "Made", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    for at, role in enumerate((imported, iam.Role.from_role_name(stack, "Named", "R"), made.without_policy_updates())):
        AutomationRole(stack, f"Role{at}", pass_roles={"ec2.amazonaws.com": [role]})
    alias = lambda_.Function.from_function_name(stack, "Function", "f").latest_version
    AutomationRole(
        stack, "Role", invoke_functions=[alias], permissions_boundary=iam.ManagedPolicy.from_managed_policy_name(stack, "B", "B")
    )


# -- once in a stack ----------------------------------------------------------------------------------------------------------------


def test_rejects_one_name_twice_in_a_stack(stack: cdk.Stack) -> None:
    AutomationRole(stack, "First", role_name="Team")
    AutomationRunbook(stack, "Wait", WAIT)
    config_rule = config.ManagedRule.from_config_rule_name(stack, "Rule", "tagged")
    AutomationRemediation(stack, "Remedy", rule=config_rule, runbook="Wait", role=AutomationRole(stack, "Role"))
    for make, told in (
        (lambda: AutomationRole(stack, "It", role_name="Team"), "role_name 'Team' is already used by 'Stack/First' → once in a stack; rename one of them"),
        (lambda: AutomationRunbook(stack, "It", WAIT), "document_name 'Wait' is already used by 'Stack/Wait' → once in a stack; rename one of them"),
        (
            lambda: AutomationRemediation(stack, "It", rule=config_rule, runbook="Wait", role=AutomationRole(stack, "Other")),
            "rule 'Stack/Rule' is already used by 'Stack/Remedy' → once in a stack; AWS Config accepts one remediation per rule; remove one",
        ),
        (lambda: AutomationRole(stack, "It", role_name="TEAM"), "role_name 'TEAM' is already used by 'Stack/First' → once in a stack; rename one of them"),
        (lambda: AutomationAdministrationRole(stack, "It", target_accounts=["111122223333"], role_name="Team"), "role_name 'Team' is already used by 'Stack/First' → once in a stack; rename one of them"),
        (lambda: StackSetExecutionRole(stack, "It", administration_account="111122223333", role_name="Team"), "role_name 'Team' is already used by 'Stack/First' → once in a stack; rename one of them"),
        (lambda: AutomationExecutionRoleStackSet(stack, "It", accounts=["111122223333"], stack_set_administration_role_name="Team"), "role_name 'Team' is already used by 'Stack/First' → once in a stack; rename one of them"),
    ):  # fmt: skip
        with pytest.raises(AutomationRoleError) as caught:
            make()
        assert str(caught.value) == f"Stack/It: {told}"
        assert stack.node.try_find_child("It") is None
    AutomationRole(cdk.Stack(cdk.App(), "Second"), "It", role_name="Team")  # another account's, perhaps
