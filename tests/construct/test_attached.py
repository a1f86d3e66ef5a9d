"""Policies that attach themselves to the role, from wherever they are in the app: counted, and warned about where nothing guards them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_iam as iam

from automation_role import AutomationRole
from automation_role.policy.quotas import INLINE_QUOTA
from tests.construct.synth import new_stack

STATEMENTS = [iam.PolicyStatement(actions=["s3:GetObject"], resources=["*"])]
DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
# (the stack it is in, the role, its ID) -> a managed policy that attaches itself to the role.
MANAGED: dict[str, Callable[[cdk.Stack, AutomationRole, str], Any]] = {
    "iam.ManagedPolicy(roles)": lambda stack, role, name: iam.ManagedPolicy(stack, name, roles=[role.role], statements=STATEMENTS),
    "attach_to_role": lambda stack, role, name: iam.ManagedPolicy(stack, name, statements=STATEMENTS).attach_to_role(role.role),
    "iam.CfnManagedPolicy": lambda stack, role, name: iam.CfnManagedPolicy(stack, name, roles=[role.role_name], policy_document=DOCUMENT),
}


def warned(stack: cdk.Stack) -> list[str]:
    found = assertions.Annotations.from_stack(stack).find_warning("/Stack/Role", assertions.Match.any_value())
    return [str(each.entry.data) for each in found]


def another(stack: cdk.Stack, *, same: bool) -> cdk.Stack:
    app: Any = stack.node.root
    return stack if same else cdk.Stack(app, "Another", env=cdk.Environment(account=stack.account, region=stack.region))


@pytest.mark.parametrize("same", [True, False], ids=["same stack", "another stack"])
@pytest.mark.parametrize("name", MANAGED)
def test_managed_policies_that_attach_themselves_are_counted(tmp_path: Path, name: str, same: bool) -> None:
    stack = new_stack(tmp_path)
    role = AutomationRole(stack, "Role", runbooks=[])
    there = another(stack, same=same)
    for number in range(11):
        MANAGED[name](there, role, f"Policy{number}")
    _ = role.role
    with pytest.raises(RuntimeError, match=r"Stack/Role: 11 managed policies are attached → IAM attaches at most 10 to a role"):
        assertions.Template.from_stack(stack)


@pytest.mark.parametrize(
    "make",
    [
        lambda stack, role, statements: iam.Policy(stack, "Large", roles=[role.role], statements=statements),
        lambda stack, role, statements: iam.CfnPolicy(
            stack,
            "Large",
            policy_name="large",
            roles=[role.role_name],
            policy_document={"Version": "2012-10-17", "Statement": [each.to_statement_json() for each in statements]},
        ),
        lambda stack, role, statements: iam.CfnRolePolicy(
            stack,
            "Large",
            policy_name="large",
            role_name=role.role_name,
            policy_document={"Version": "2012-10-17", "Statement": [each.to_statement_json() for each in statements]},
        ),
    ],
    ids=["iam.Policy", "iam.CfnPolicy", "iam.CfnRolePolicy"],
)
def test_inline_policies_that_attach_themselves_are_counted(tmp_path: Path, make: Any) -> None:
    stack = new_stack(tmp_path)
    role = AutomationRole(stack, "Role", runbooks=[])
    size = INLINE_QUOTA // 100
    make(stack, role, [iam.PolicyStatement(actions=["s3:GetObject"], resources=[f"arn:aws:s3:::{'b' * 90}/{n}"]) for n in range(size)])
    _ = role.role
    with pytest.raises(RuntimeError, match=r"Stack/Role: the role's inline policies have [0-9,]+ characters"):
        assertions.Template.from_stack(stack)


@pytest.mark.parametrize("same", [True, False], ids=["same stack", "another stack"])
@pytest.mark.parametrize("name", MANAGED)
def test_what_deny_self_change_does_not_cover_is_warned_about(tmp_path: Path, name: str, same: bool) -> None:
    stack = new_stack(tmp_path)
    role = AutomationRole(stack, "Role", runbooks=[], deny_self_change=True)
    there = another(stack, same=same)
    MANAGED[name](there, role, "Itself")
    (text,) = warned(stack)
    assert text == (
        f"managed policy '{there.node.path}/Itself' attaches itself to this role, so deny_self_change does not keep the role from changing it; "
        "attach it with managed_policies=[...] or .role.add_managed_policy(...) [ack: automation-role:unguardedPolicy]"
    )


def test_nothing_is_warned_about_where_it_covers_all(tmp_path: Path) -> None:
    stack = new_stack(tmp_path)
    role = AutomationRole(stack, "Role", runbooks=[], deny_self_change=True)
    role.role.add_managed_policy(iam.ManagedPolicy(stack, "Attached", statements=STATEMENTS))
    other = AutomationRole(stack, "Other", runbooks=[])
    MANAGED["iam.ManagedPolicy(roles)"](stack, other, "OfTheOther")
    assert warned(stack) == []


def test_a_role_of_the_same_logical_id_in_another_stack_is_another_role(tmp_path: Path) -> None:
    stack = new_stack(tmp_path)
    AutomationRole(stack, "Role", runbooks=[], deny_self_change=True)
    there = another(stack, same=False)
    MANAGED["iam.ManagedPolicy(roles)"](there, AutomationRole(there, "Role", runbooks=[]), "Itself")
    assert warned(stack) == []
