"""Tasks 1 and 2: who may assume the role."""

from __future__ import annotations

import pytest

from automation_role import AutomationRole
from automation_role.errors import AutomationRoleError
from automation_role.policy.trust import SERVICES
from tests.construct.synth import ROLE, Template

OWN = {
    "StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"},
    "ArnLike": {"aws:SourceArn": "arn:${AWS::Partition}:ssm:*:${AWS::AccountId}:automation-execution/*"},
}


def trusted(template: Template) -> dict[str, object]:
    """Service -> condition, of a trust policy with one statement a service."""
    statements = template.the(ROLE)["AssumeRolePolicyDocument"]["Statement"]
    assert all(statement["Action"] == "sts:AssumeRole" and statement["Effect"] == "Allow" for statement in statements)
    services = {statement["Principal"]["Service"]: statement.get("Condition") for statement in statements}
    assert len(services) == len(statements)
    return services


def test_systems_manager_for_this_accounts_own_automations(guide):
    assert trusted(guide) == {"ssm.amazonaws.com": OWN}


def test_no_conditions_if_the_restriction_is_switched_off(stack):
    AutomationRole(stack, "Role", restrict_trust_to_account=False)
    assert trusted(Template(stack)) == {"ssm.amazonaws.com": None}


def test_each_further_service_has_its_own_statement_and_conditions(stack):
    AutomationRole(stack, "Role", trusted_services=["ec2.amazonaws.com", "events.amazonaws.com", "ssm-incidents.amazonaws.com"])
    assert trusted(Template(stack)) == {
        "ssm.amazonaws.com": OWN,
        "ec2.amazonaws.com": None,
        "events.amazonaws.com": {
            "StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"},
            "ArnLike": {"aws:SourceArn": "arn:${AWS::Partition}:events:*:${AWS::AccountId}:rule/*"},
        },
        "ssm-incidents.amazonaws.com": {
            "ArnLike": {"aws:SourceArn": "arn:${AWS::Partition}:ssm-incidents:*:${AWS::AccountId}:incident-record/*"},
        },
    }


def test_rejects_a_trust_policy_over_iams_length(stack):
    with pytest.raises(AutomationRoleError) as refused:
        AutomationRole(stack, "Role", trusted_services=list(SERVICES))
    assert str(refused.value) == (
        "Stack/Role: the trust policy has 2,695 characters → IAM allows 2,048; trust fewer services, or create a second role for some"
    )


def test_a_service_that_cannot_be_held_to_the_account_gets_a_warning(everything):
    assert everything.told() == [
        (
            "/Stack/Role",
            (
                "trusted service 'ec2.amazonaws.com' sends no aws:SourceArn or aws:SourceAccount, so its trust has no condition: whatever runs on "
                "an instance with this role in its profile acts with all of the role's permissions; leave it out of trusted_services unless it "
                "is needed [ack: automation-role:unrestrictedTrust]"
            ),
        )
    ]


def test_rejects_anything_but_a_service_principal(stack):
    with pytest.raises(AutomationRoleError) as refused:
        AutomationRole(stack, "Role", trusted_services=["ec2"])
    assert str(refused.value) == (
        "Stack/Role: 'ec2' is not a service principal → a name such as 'events.amazonaws.com'; did you mean 'ec2.amazonaws.com'?"
    )
    assert stack.node.try_find_child("Role") is None


def test_rejects_one_text_where_a_list_goes(stack):
    with pytest.raises(AutomationRoleError) as refused:
        AutomationRole(stack, "Role", trusted_services="ec2.amazonaws.com")
    assert str(refused.value) == (
        "Stack/Role: trusted_services is the string 'ec2.amazonaws.com' → a list; write trusted_services=['ec2.amazonaws.com']"
    )


def test_systems_manager_named_again_is_trusted_once(stack):
    AutomationRole(stack, "Role", trusted_services=["ssm.amazonaws.com", "events.amazonaws.com", "events.amazonaws.com"])
    assert list(trusted(Template(stack))) == ["ssm.amazonaws.com", "events.amazonaws.com"]
