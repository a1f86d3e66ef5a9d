"""Who may assume the role: the table of services, and what it makes of them."""

from __future__ import annotations

import pytest

from automation_role.errors import AutomationRoleError
from automation_role.policy.trust import SERVICES, check_service, trust, unrestricted
from automation_role.values.place import Place

HERE = Place(partition="aws-cn", account="111122223333", role_arn="arn:aws-cn:iam::111122223333:role/R")


def test_systems_manager_is_held_to_this_accounts_automation_executions():
    assert trust("ssm.amazonaws.com").to_json(HERE) == {
        "Effect": "Allow",
        "Principal": {"Service": ["ssm.amazonaws.com"]},
        "Action": ["sts:AssumeRole"],
        "Condition": {
            "ArnLike": {"aws:SourceArn": "arn:aws-cn:ssm:*:111122223333:automation-execution/*"},
            "StringEquals": {"aws:SourceAccount": "111122223333"},
        },
    }


@pytest.mark.parametrize("service", list(SERVICES))
def test_each_service_gets_the_conditions_it_is_documented_to_send_and_no_other(service):
    sends, written = SERVICES[service], trust(service).to_json(HERE).get("Condition", {})
    assert ("ArnLike" in written) is (sends.arn is not None)
    assert ("StringEquals" in written) is sends.account
    if sends.arn is not None:
        arn = written["ArnLike"]["aws:SourceArn"]
        assert arn.startswith("arn:aws-cn:")
        assert arn.split(":")[3:5] == ["*", "111122223333"]


@pytest.mark.parametrize("service", list(SERVICES))
def test_each_service_has_its_source(service):
    assert SERVICES[service].source.endswith(".html")


@pytest.mark.parametrize("service", [*SERVICES, "unheard-of.amazonaws.com", "${Token[TOKEN.1]}"])
def test_without_restriction_there_are_no_conditions(service):
    assert "Condition" not in trust(service, restrict=False).to_json(HERE)


@pytest.mark.parametrize("service", [*SERVICES, "unheard-of.amazonaws.com", "${Token[TOKEN.1]}"])
def test_a_service_without_conditions_is_warned_about_and_one_with_conditions_is_not(service):
    assert (unrestricted(service) is None) is ("Condition" in trust(service).to_json(HERE))


@pytest.mark.parametrize(
    ("service", "says"),
    [
        ("ec2.amazonaws.com", "sends no aws:SourceArn or aws:SourceAccount"),
        ("unheard-of.amazonaws.com", "is not known to send aws:SourceArn or aws:SourceAccount"),
    ],
)
def test_documented_and_unknown_services_are_distinguished(service, says):
    assert says in str(unrestricted(service))


@pytest.mark.parametrize(
    "service", [*SERVICES, "logs.eu-central-1.amazonaws.com", "codedeploy.cn-north-1.amazonaws.com.cn", "${Token[TOKEN.1]}"]
)
def test_takes_service_principals(service):
    check_service(service)


@pytest.mark.parametrize(
    ("given", "offer"),
    [
        ("ec2", "did you mean 'ec2.amazonaws.com'?"),
        ("event.amazonaws.con", "did you mean 'events.amazonaws.com'?"),
        ("arn:aws:iam::111122223333:root", "write the full name"),
        ("", "write the full name"),
        ("*", "write the full name"),
    ],
)
def test_rejects_an_invalid_service_principal(given, offer):
    with pytest.raises(AutomationRoleError) as refused:
        check_service(given)
    assert str(refused.value) == f"{given!r} is not a service principal → a name such as 'events.amazonaws.com'; {offer}"
