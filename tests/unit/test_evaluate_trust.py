"""Who may assume a role: services, principals of the same account and of others."""

from __future__ import annotations

from typing import Any

import pytest

from automation_role.iam.context import given_context, hidden_context
from automation_role.iam.decision import Decision, Outcome
from automation_role.iam.documents import PolicyDocument, PolicyDocumentError
from automation_role.iam.identities import Identity
from automation_role.iam.trust import ServicePrincipal, Stranger, may_assume
from automation_role.values.placeholders import name_of

LOGIC = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html"
CROSS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html"
PRINCIPAL = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"
DEPUTY = "https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-iam.html"

HERE, THERE = "111122223333", "444455556666"
TARGET = f"arn:aws:iam::{HERE}:role/Target"


def trusts(principal: Any, effect: str = "Allow", **others: Any) -> dict[str, Any]:
    return {"Effect": effect, "Principal": principal, "Action": "sts:AssumeRole", **others}


def target(*statements: dict[str, Any]) -> Identity:
    document = PolicyDocument.read("Target/trust", {"Version": "2012-10-17", "Statement": list(statements)}, trust=True)
    return Identity(kind="role", label="Target", name="Target", arn=TARGET, account=HERE, trust=document)


def caller(account: str = HERE, kind: str = "role", *, may: str | None = None, boundary: str | None = None, deny: bool = False) -> Identity:
    """A caller whose policy allows `may` on the role, or nothing."""
    arn = f"arn:aws:iam::{account}:{kind}/Caller"

    def document(name: str, effect: str, action: str) -> PolicyDocument:
        return PolicyDocument.read(name, {"Version": "2012-10-17", "Statement": {"Effect": effect, "Action": action, "Resource": TARGET}})

    policies = [document("Own", "Allow", may)] if may else []
    policies += [document("Guard", "Deny", "sts:AssumeRole")] if deny else []
    return Identity(
        kind=kind,
        label="Caller",
        name="Caller",
        arn=arn,
        account=account,
        policies=tuple(policies),
        boundary=document("Boundary", "Allow", boundary) if boundary else None,
        context={**hidden_context(), **given_context({"aws:PrincipalArn": arn, "aws:PrincipalAccount": account})},
    )


def asks(role: Identity, who: Identity | ServicePrincipal | Stranger, **context: Any) -> Decision:
    return may_assume(role, who, given_context({key.replace("__", ":"): one for key, one in context.items()}))


NAMED = {"AWS": f"arn:aws:iam::{HERE}:role/Caller"}
USER = {"AWS": f"arn:aws:iam::{HERE}:user/Caller"}
NAMED_THERE = {"AWS": f"arn:aws:iam::{THERE}:role/Caller"}
ROOT = {"AWS": f"arn:aws:iam::{HERE}:root"}
NUMBER_THERE = {"AWS": THERE}

CASES = [
    # in the role's own account
    (LOGIC, "a trust that names the caller is enough", NAMED, caller(), True),
    (LOGIC, "one that names the account is not", ROOT, caller(), False),
    (LOGIC, "but with the caller's own policy", ROOT, caller(may="sts:AssumeRole"), True),
    (LOGIC, "for the role asked about", ROOT, caller(may="sts:TagSession"), False),
    (LOGIC, "without a trust, the caller's own policy is nothing", {"Service": "ssm.amazonaws.com"}, caller(may="sts:*"), False),
    (LOGIC, "an explicit deny of the caller wins", NAMED, caller(deny=True), False),
    (LOGIC, "a role named by its ARN is limited by its boundary", NAMED, caller(boundary="s3:*"), False),
    (LOGIC, "which may allow it", NAMED, caller(boundary="sts:*"), True),
    (LOGIC, "a user named by its ARN is not limited by it", USER, caller(kind="user", boundary="s3:*"), True),
    (PRINCIPAL, "nobody is limited by it where everyone is trusted", "*", caller(boundary="s3:*"), True),
    (PRINCIPAL, "everyone of the account needs nothing else", {"AWS": "*"}, caller(), True),
    (PRINCIPAL, "a name cannot have wildcards", {"AWS": f"arn:aws:iam::{HERE}:role/*"}, caller(may="sts:*"), False),
    (PRINCIPAL, "a role is not a user", USER, caller(may="sts:*"), False),
    (PRINCIPAL, "names mind their case", {"AWS": f"arn:aws:iam::{HERE}:role/caller"}, caller(may="sts:*"), False),
    # from another account: both
    (CROSS, "the trust alone is not enough", NAMED_THERE, caller(THERE), False),
    (CROSS, "with the caller's policy it is", NAMED_THERE, caller(THERE, may="sts:AssumeRole"), True),
    (CROSS, "also when it names the account", NUMBER_THERE, caller(THERE, may="sts:AssumeRole"), True),
    (CROSS, "not without the caller's policy", NUMBER_THERE, caller(THERE), False),
    (CROSS, "everyone else needs their own policy", "*", caller(THERE), False),
    (CROSS, "and then may", "*", caller(THERE, may="sts:AssumeRole"), True),
    (CROSS, "the boundary counts", NAMED_THERE, caller(THERE, may="sts:*", boundary="s3:*"), False),
    (CROSS, "the caller's policy alone is not enough", ROOT, caller(THERE, may="sts:*"), False),
    # services
    (
        PRINCIPAL,
        "a service that is named",
        {"Service": ["ec2.amazonaws.com", "ssm.amazonaws.com"]},
        ServicePrincipal("ssm.amazonaws.com"),
        True,
    ),
    (PRINCIPAL, "another service", {"Service": "ec2.amazonaws.com"}, ServicePrincipal("ssm.amazonaws.com"), False),
    (PRINCIPAL, "a user is no service", {"Service": "ssm.amazonaws.com"}, caller(may="sts:*"), False),
    (PRINCIPAL, "a service is no account", ROOT, ServicePrincipal("ssm.amazonaws.com"), False),
    (PRINCIPAL, "federated users do not call sts:AssumeRole", {"Federated": "accounts.google.com"}, caller(may="sts:*"), False),
]


@pytest.mark.parametrize(("source", "case", "principal", "who", "expected"), CASES, ids=[case[1] for case in CASES])
def test_admits_as_aws_documents_it(source, case, principal, who, expected):
    assert bool(asks(target(trusts(principal)), who)) is expected, source


RESTRICTED = trusts(
    {"Service": "ssm.amazonaws.com"},
    Condition={
        "StringEquals": {"aws:SourceAccount": HERE},
        "ArnLike": {"aws:SourceArn": f"arn:aws:ssm:*:{HERE}:automation-execution/*"},
    },
)


@pytest.mark.parametrize(
    ("account", "arn", "expected"),
    [
        (HERE, f"arn:aws:ssm:eu-west-1:{HERE}:automation-execution/1", True),
        (THERE, f"arn:aws:ssm:eu-west-1:{HERE}:automation-execution/1", False),
        (HERE, f"arn:aws:ssm:eu-west-1:{THERE}:automation-execution/1", False),
        (HERE, f"arn:aws:ssm:eu-west-1:{HERE}:document/X", False),
        (HERE, f"arn:aws-cn:ssm:cn-north-1:{HERE}:automation-execution/1", False),
        (None, f"arn:aws:ssm:eu-west-1:{HERE}:automation-execution/1", False),
        (HERE, None, False),
    ],
)
def test_a_deputy_is_not_confused(account, arn, expected):
    found = asks(target(RESTRICTED), ServicePrincipal("ssm.amazonaws.com"), aws__SourceAccount=account, aws__SourceArn=arn)
    assert bool(found) is expected, DEPUTY


def test_a_deny_in_the_trust_policy_wins():
    deny = trusts("*", "Deny", Sid="NotUs", Condition={"StringEquals": {"aws:PrincipalAccount": HERE}})
    found = asks(target(trusts(NAMED), deny), caller())
    assert not found
    assert found.statement == "NotUs"
    assert asks(target(trusts(NAMED_THERE), deny), caller(THERE, may="sts:*"))


@pytest.mark.parametrize(("organization", "expected"), [("o-a1b2c3d4e5", True), ("o-f6g7h8i9j0", False), (None, False)])
def test_the_organization_counts(organization, expected):
    role = target(trusts(NAMED, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}))
    assert bool(asks(role, caller(), aws__PrincipalOrgID=organization)) is expected


def test_rejects_to_guess_the_organization():
    role = target(trusts(NAMED, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}))
    assert asks(role, caller()).outcome is Outcome.UNDECIDED


@pytest.mark.parametrize(
    ("principal", "outcome"),
    [
        ({"AWS": f"arn:aws:iam::{THERE}:role/Other"}, Outcome.DENIED),  # whatever its policies say
        (NAMED_THERE, Outcome.UNDECIDED),
    ],
)
def test_a_stranger_is_refused_or_left_open(principal, outcome):
    assert asks(target(trusts(principal)), Stranger(f"arn:aws:iam::{THERE}:role/Caller")).outcome is outcome


def test_rejects_to_guess_which_session_asks():
    session = {"AWS": f"arn:aws:sts::{HERE}:assumed-role/Caller/someone"}
    assert asks(target(trusts(session)), caller()).outcome is Outcome.UNDECIDED
    assert asks(target(trusts(session)), caller(THERE, may="sts:*")).outcome is Outcome.DENIED


def test_rejects_to_guess_what_a_not_principal_in_a_trust_policy_does():
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html: not in a role trust policy."""
    data = {"Effect": "Deny", "NotPrincipal": NAMED, "Action": "sts:AssumeRole"}
    assert asks(target(trusts(NAMED), data), caller()).outcome is Outcome.UNDECIDED


def test_a_principal_with_a_generated_name_is_only_that_resource():
    made = f"arn:aws:iam::{HERE}:role/{name_of('Caller')}"
    role = target(trusts({"AWS": made}))
    assert asks(role, caller()).outcome is Outcome.DENIED


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (
            {"Effect": "Allow", "Action": "sts:AssumeRole"},
            "policy 'T': statement 1: has no Principal → a trust policy says who can assume the role",
        ),
        (
            trusts("ssm.amazonaws.com"),
            "policy 'T': statement 1: Principal is 'ssm.amazonaws.com' → '*' or a mapping such as {'Service': 'ssm.amazonaws.com'}",
        ),
    ],
)
def test_rejects_a_trust_policy_that_iam_would_not_take(statement, message):
    with pytest.raises(PolicyDocumentError) as raised:
        PolicyDocument.read("T", {"Version": "2012-10-17", "Statement": [statement]}, trust=True)
    assert str(raised.value) == message
