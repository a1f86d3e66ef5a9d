"""What is impossible or over IAM's quotas is refused in one line: what is given by the constructor, what grows later at synthesis."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm

from automation_role import AutomationRole
from automation_role.errors import AutomationRoleError
from tests.construct.synth import Template


def managed(count):
    return [iam.ManagedPolicy.from_aws_managed_policy_name(f"Policy{number}") for number in range(count)]


def of_size(size):
    """A policy of exactly so many characters."""
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ""}
    empty = len('{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::"}]}')
    return {"Statement": [{**statement, "Resource": "arn:aws:s3:::" + "x" * (size - empty)}]}


GIVEN: dict[str, tuple[dict[str, Any], str]] = {
    "name": (
        {"role_name": "x" * 65},
        f"role_name '{'x' * 65}' has 65 characters → IAM allows 1 to 64 letters, digits and +=,.@_-; leave it out and CloudFormation generates one",
    ),
    "name's characters": (
        {"role_name": "my role"},
        "role_name is 'my role' → IAM allows 1 to 64 letters, digits and +=,.@_-; leave it out and CloudFormation generates one",
    ),
    "description": ({"description": "x" * 1001}, "description has 1,001 characters → IAM allows 1,000; shorten it"),
    "description's characters": (
        {"description": "ours — not theirs"},
        "description has the character '—' → IAM allows only those of Latin-1; replace it",
    ),
    "path": (
        {"path": "automation"},
        "path is 'automation' → IAM allows at most 512 characters, beginning and ending with '/', such as '/automation/'",
    ),
    "path's length": (
        {"path": f"/{'x' * 511}/"},
        "path has 513 characters → IAM allows at most 512 characters, beginning and ending with '/', such as '/automation/'",
    ),
    "session": (
        {"max_session_duration": cdk.Duration.hours(13)},
        "max_session_duration is 46800 seconds → IAM allows 1 to 12 hours; leave it out for IAM's default of 1 hour",
    ),
    "short session": (
        {"max_session_duration": cdk.Duration.minutes(30)},
        "max_session_duration is 1800 seconds → IAM allows 1 to 12 hours; leave it out for IAM's default of 1 hour",
    ),
    "managed policies": (
        {"managed_policies": range(10)},
        "11 managed policies are attached → IAM attaches at most 10 to a role; put several into one",
    ),
    "inline policies": (
        {"inline_policies": {"One": of_size(5000), "Two": of_size(5241)}},
        (
            "the role's inline policies have 10,241 characters → IAM allows 10,240 for all of a role; "
            "move some into an iam.ManagedPolicy and pass it in managed_policies"
        ),
    ),
    "Regions": (
        {"regions": []},
        "regions is [] → a list of at least one Region, such as ['eu-central-1']; leave it out for any",
    ),
    "a Region": (
        {"regions": ["Frankfurt"]},
        "regions has 'Frankfurt' → names such as 'eu-central-1'; leave regions out for any Region",
    ),
    "Regions of CloudFormation's": (
        {"regions": cdk.Fn.split(",", cdk.Fn.import_value("Regions"))},
        "regions is a list whose items are known only at deployment → known items, since they go into ARNs; pass each item separately, with Fn.select",
    ),
    "one Region": (
        {"regions": "eu-central-1"},
        "regions is the string 'eu-central-1' → a list; write regions=['eu-central-1']",
    ),
    "runbooks": (
        {"runbooks": ["runbooks/restart-instance.yaml"]},
        "runbooks has a str, 'runbooks/restart-instance.yaml' → a Runbook, or the name of an AWS-owned one; read a file with Runbook.from_file(path)",
    ),
    "a misspelt name": (
        {"runbooks": ["RestartEC2Instance"]},
        (
            "runbooks has a str, 'RestartEC2Instance' → a Runbook, or the name of an AWS-owned one; read a file with Runbook.from_file(path); "
            "did you mean 'AWS-RestartEC2Instance'?"
        ),
    ),
    "one runbook": (
        {"runbooks": "restart-instance.yaml"},
        "runbooks is the string 'restart-instance.yaml' → a list; write runbooks=['restart-instance.yaml']",
    ),
    "findings": ({"findings": "ignore"}, "findings is 'ignore' → one of 'warn', 'error'; leave it out for the default"),
    "extra statements": (
        {"extra_statements": {("One", "step"): []}},
        "extra_statements without runbooks → statements for steps of runbooks; also pass runbooks=[...]",
    ),
    "extra statements' keys": (
        {"extra_statements": {"One": []}, "runbooks": []},
        "extra_statements has the key 'One' → (runbook, step); write one such as ('RestartInstance', 'restart')",
    ),
    **{
        name: ({name: given}, problem)
        for name, given, problem in [
            ("managed_policies", "Ours", "managed_policies is the string 'Ours' → a list; write managed_policies=['Ours']"),
            ("managed_policies", {"Ours": ""}, "managed_policies is {'Ours': ''} → a list; write managed_policies=[...]"),
            (
                "permissions_boundary",
                "Bound",
                "permissions_boundary is 'Bound' → an iam.IManagedPolicy; import it with iam.ManagedPolicy.from_managed_policy_arn(...)",
            ),
            (
                "invoke_functions",
                ["clean-up"],
                "invoke_functions[0] is 'clean-up' → a lambda.IFunction; import it with lambda_.Function.from_function_arn(...)",
            ),
            (
                "pass_roles",
                {"ec2.amazonaws.com": ["Instances"]},
                "pass_roles['ec2.amazonaws.com'][0] is 'Instances' → an iam.IRole; import it with iam.Role.from_role_arn(...)",
            ),
            ("max_session_duration", 3600, "max_session_duration is 3600 → a Duration; write cdk.Duration.minutes(...)"),
            ("path", 5, "path is 5 → a string; write '5'"),
            ("inline_policies", [{}], "inline_policies is [{}] → a dict; write inline_policies={...: ...}"),
            (
                "trusted_services",
                [iam.ServicePrincipal("ec2.amazonaws.com")],
                "trusted_services[0] is a ServicePrincipal → a string; pass one",
            ),
            (
                "extra_statements",
                {("One", "step"): [{"Effect": "Allow"}]},
                ("extra_statements[('One', 'step')][0] is {'Effect': 'Allow'} → an iam.PolicyStatement; pass one"),
            ),
        ]
    },
    "one role passed": (
        {"pass_roles": {"ec2.amazonaws.com": "Instances"}},
        "pass_roles['ec2.amazonaws.com'] is the string 'Instances' → a list; write pass_roles['ec2.amazonaws.com']=['Instances']",
    ),
    "passed to": (
        {"pass_roles": {"ec2": []}},
        "'ec2' is not a service principal → a name such as 'events.amazonaws.com'; did you mean 'ec2.amazonaws.com'?",
    ),
}


@pytest.mark.parametrize("case", list(GIVEN))
def test_rejects_in_the_constructor(stack, case):
    given, problem = GIVEN[case]
    if isinstance(given.get("managed_policies"), range):
        given = {"managed_policies": managed(len(given["managed_policies"]))}
    with pytest.raises(AutomationRoleError) as refused:
        AutomationRole(stack, "Role", **given)
    assert str(refused.value) == f"Stack/Role: {problem}"
    assert "\n" not in str(refused.value)
    assert stack.node.children == []


@pytest.mark.parametrize(
    "given",
    [
        {"role_name": "x" * 64},
        {"description": "x" * 1000},
        {"description": "Führt aus"},
        {"path": "/"},
        {"path": f"/{'x' * 510}/"},
        {"max_session_duration": cdk.Duration.hours(12)},
        {"inline_policies": {"One": of_size(5000), "Two": of_size(4900)}},
        {"regions": ["eu-central-1", "us-gov-west-1", "ap-southeast-7", "mx-central-1", "eusc-de-east-1"]},
        {"regions": [cdk.Aws.REGION]},
    ],
    ids=lambda given: next(iter(given)),
)
def test_takes_what_is_just_within(stack, given):
    AutomationRole(stack, "Role", **given)
    Template(stack)


def refused_at_synthesis(stack):
    with pytest.raises(RuntimeError) as refused:
        Template(stack)
    (line,) = [line for line in str(refused.value).splitlines() if "Stack/Role: " in line]
    return line.partition("] ")[2]


def test_rejects_at_synthesis_what_was_granted_until_it_was_too_much(stack):
    role = AutomationRole(stack, "Role", inline_policies={"One": of_size(9000)})
    for number in range(20):
        iam.Grant.add_to_principal(grantee=role, actions=[f"s3:Action{number}"], resource_arns=[f"arn:aws:s3:::bucket-{number}-{'x' * 40}"])
    line = refused_at_synthesis(stack)
    assert line.startswith("Stack/Role: the role's inline policies have 1")
    assert line.endswith(
        " characters → IAM allows 10,240 for all of a role; move some into an iam.ManagedPolicy and pass it in managed_policies"
    )


def test_rejects_at_synthesis_what_was_allowed_until_it_was_too_much(stack):
    role = AutomationRole(stack, "Role", inline_policies={"One": of_size(9000)})
    for number in range(20):
        passed = iam.Role.from_role_name(stack, f"Passed{number}", f"role-{number}-{'x' * 40}")
        role.allow_pass_role(passed, "ec2.amazonaws.com")
    assert "IAM allows 10,240 for all of a role" in refused_at_synthesis(stack)


def test_rejects_at_synthesis_managed_policies_added_one_by_one(stack):
    role = AutomationRole(stack, "Role")
    for policy in managed(10):
        role.role.add_managed_policy(policy)
    assert refused_at_synthesis(stack) == (
        "Stack/Role: 11 managed policies are attached → IAM attaches at most 10 to a role; put several into one"
    )


def test_rejects_at_synthesis_a_trust_policy_that_has_grown(stack):
    role = AutomationRole(stack, "Role")
    document = role.role.assume_role_policy
    assert document is not None
    for number in range(30):
        principal = iam.ArnPrincipal(f"arn:aws:iam::111122223333:role/{'x' * 40}{number}")
        document.add_statements(iam.PolicyStatement(actions=["sts:AssumeRole"], principals=[principal]))
    line = refused_at_synthesis(stack)
    assert line.startswith("Stack/Role: the trust policy has ")
    assert line.endswith(" characters → IAM allows 2,048; trust fewer services, or create a second role for some")


GRANTEES: dict[str, tuple[Callable[[cdk.Stack], iam.IGrantable], str, int]] = {
    "user": (lambda stack: iam.User(stack, "Who"), "Who/DefaultPolicy", 2048),
    "imported user": (lambda stack: iam.User.from_user_name(stack, "Who", "who"), "Who/Policy", 2048),
    "group": (lambda stack: iam.Group(stack, "Who"), "Who/DefaultPolicy", 5120),
    "imported role": (lambda stack: iam.Role.from_role_name(stack, "Who", "who"), "Who/Policy", 10240),
    "managed policy": (lambda stack: iam.ManagedPolicy(stack, "Who"), "Who", 6144),
}


@pytest.mark.parametrize("kind", GRANTEES)
def test_rejects_at_synthesis_grants_that_are_more_than_their_holder_takes(stack, kind):
    make, path, quota = GRANTEES[kind]
    who = make(stack)
    for name in ("Role", "Another"):  # it is told once
        AutomationRole(stack, name).grant_start_automation(who, *(f"{name}-{'x' * 40}-{number}" for number in range(quota // 350)))
    with pytest.raises(RuntimeError) as refused:
        Template(stack)
    told = re.findall(rf"Stack/{path}: (what was granted needs at least [\d,]+ characters → .*)", str(refused.value))
    holder = kind.removeprefix("imported ")
    besides = {"user": "an iam.Group that it is in, or ", "group": "a second group, or "}.get(holder, "")
    instead = "a second one" if kind == "managed policy" else f"{besides}an iam.ManagedPolicy that is attached to it"
    assert [text.partition(" → ")[2] for text in told] == [f"IAM allows {quota:,} for a {holder}; grant some of it to {instead}"]


def test_a_role_created_here_accepts_any_number_of_grants_since_cdk_splits_them(stack):
    operators = iam.Role(stack, "Operators", assumed_by=iam.AccountRootPrincipal())
    AutomationRole(stack, "Role").grant_start_automation(operators, *(f"{'x' * 60}{number}" for number in range(40)))
    Template(stack)


def test_a_users_grants_may_be_in_a_managed_policy(stack):
    policy = iam.ManagedPolicy(stack, "Starts", users=[iam.User(stack, "Who")])
    AutomationRole(stack, "Role").grant_start_automation(policy, *(f"{'x' * 40}{number}" for number in range(10)))
    Template(stack)


def test_names_that_cloudformation_fills_in_count_with_the_least_they_become(stack):
    documents = [ssm.CfnDocument(stack, f"Document{number}", content={"schemaVersion": "0.3"}) for number in range(9)]
    AutomationRole(stack, "Role").grant_start_automation(iam.User(stack, "Who"), *documents)
    Template(stack)


def test_grants_within_the_quota_are_fine(stack):
    role = AutomationRole(stack, "Role", inline_policies={"One": of_size(8000)})
    for number in range(10):
        iam.Grant.add_to_principal(grantee=role, actions=[f"s3:Action{number}"], resource_arns=[f"arn:aws:s3:::bucket-{number}"])
    Template(stack)
