"""Questions with a mistake in them: each raises, for `assert not` would pass whatever the policies say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from automation_role import Runbook
from automation_role.errors import AutomationRoleError
from automation_role.testing import Authorization, Decision, Outcome

ACCOUNT = "111122223333"
EXECUTIONS = f"arn:aws:ssm:*:{ACCOUNT}:automation-execution/*"


def role(trusted: dict[str, str], *statements: dict[str, Any], condition: dict[str, Any] | None = None) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole", **({"Condition": condition} if condition else {})}
    policies = [{"PolicyName": "Own", "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)}}] if statements else []
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": [trust]}, "Policies": policies}}


TEMPLATE = {
    "Resources": {
        "OperatorsAB12CD34": role(
            {"AWS": ACCOUNT},
            {
                "Effect": "Allow",
                "Action": "ssm:StartAutomationExecution",
                "Resource": [f"arn:aws:ssm:*:{ACCOUNT}:document/RestartInstance", EXECUTIONS],
            },
            {
                "Effect": "Allow",
                "Action": "iam:PassRole",
                "Resource": {"Fn::GetAtt": ["AutomationRole", "Arn"]},
                "Condition": {"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}},
            },
        ),
        "AutomationRole": role({"Service": "ssm.amazonaws.com"}, condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
        "RestartInstance": {
            "Type": "AWS::SSM::Document",
            "Properties": {"Name": "RestartInstance", "DocumentType": "Automation", "Content": {}},
        },
    }
}
AUTH = Authorization(TEMPLATE)
OPERATORS, ROLE = AUTH.principal("Operators"), AUTH.role("AutomationRole")
WAIT = Runbook.from_text(
    "schemaVersion: '0.3'\nmainSteps:\n  - {name: wait, action: 'aws:sleep', inputs: {Duration: PT1S}}\n", name="restart-instance"
)
START = "ssm:StartAutomationExecution"
DOCUMENT = f"arn:aws:ssm:us-east-1:{ACCOUNT}:document/RestartInstance"

MISTAKES: dict[str, tuple[Callable[[], object], str]] = {
    "an action with a wildcard": (lambda: OPERATORS.may("ssm:*"), "action 'ssm:*' does not exist in IAM"),
    "an action with a space": (lambda: OPERATORS.may(f" {START}"), f"did you mean '{START}'?"),
    "another service's resource": (
        lambda: OPERATORS.may(START, resource=f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-0"),
        f"is not one that IAM checks {START} on → arn:*:ssm:*:*:automation-definition/*:*, ",
    ),
    "the bucket of an object": (lambda: OPERATORS.may("s3:GetObject", resource="arn:aws:s3:::bucket"), "arn:*:s3:::*/*; correct it, or leave it out"),
    "a kind of resource that there is not": (lambda: OPERATORS.may(START, resource=DOCUMENT.replace("document", "documents")), "is not one that IAM checks"),
    "no Region": (lambda: OPERATORS.may(START, resource=DOCUMENT.replace("us-east-1", "")), "is not one that IAM checks"),
    "a resource where IAM checks none": (lambda: OPERATORS.may("ssm:DescribeAutomationExecutions", resource=DOCUMENT), "which IAM checks on no resource → '*'"),
    "an account of fewer digits": (lambda: OPERATORS.may(START, resource=DOCUMENT.replace(ACCOUNT, "1111")), "has the account '1111' → 12 digits"),
    "a partition that there is not": (lambda: OPERATORS.may(START, resource=DOCUMENT.replace("aws", "awss", 1)), "has the partition 'awss' → one of aws, aws-cn"),
    "a misspelt key": (
        lambda: OPERATORS.may("iam:PassRole", resource=ROLE.arn, context={"iam:PassedToServce": "ssm.amazonaws.com"}),
        "context has 'iam:PassedToServce', which no policy here names → a condition key of the request; did you mean 'iam:PassedToService'?",
    ),
    "a misspelt global key": (lambda: ROLE.may_be_assumed_by("ssm.amazonaws.com", context={"aws:SourceAcount": ACCOUNT}), "did you mean 'aws:SourceAccount'?"),
    "a key without its service": (lambda: OPERATORS.may(START, context={"PassedToService": "x"}), "'PassedToService', which is not a condition key"),
    "a misspelt key of every request": (lambda: Authorization(TEMPLATE, context={"aws:SecureTransprt": True}), "did you mean 'aws:SecureTransport'?"),
    "a misspelt service": (lambda: OPERATORS.may_pass("AutomationRole", to="smm.amazonaws.com"), "did you mean 'ssm.amazonaws.com'?"),
    "a misspelt caller": (lambda: ROLE.may_be_assumed_by("event.amazonaws.com"), "did you mean 'events.amazonaws.com'?"),
    "a user for a role": (lambda: OPERATORS.may_pass(f"arn:aws:iam::{ACCOUNT}:user/x"), "is not one that IAM checks iam:PassRole on"),
    "callers for one": (lambda: ROLE.may_be_assumed_by(f"arn:aws:iam::{ACCOUNT}:role/*"), "→ the ARN of one user, role or role session"),
    "a bucket for a caller": (lambda: ROLE.may_be_assumed_by("arn:aws:s3:::bucket"), "→ the ARN of one user, role or role session"),
    "a misspelt document": (
        lambda: OPERATORS.may_start("RestartInstnce"),
        "no document here is named 'RestartInstnce' → a name, or the ARN of a document that is deployed elsewhere; did you mean 'RestartInstance'?",
    ),
    "a runbook that is deployed by another name": (lambda: OPERATORS.may_start(WAIT), "named 'restart-instance' → "),
    "a misspelt name of AWS's": (lambda: OPERATORS.may_start("AWS-RestartEC2Instances"), "did you mean 'AWS-RestartEC2Instance'?"),
    "no document's name": (lambda: OPERATORS.may_start("a b"), "runbook 'a b' → a name of 3 to 128 letters"),
    "an empty name": (lambda: OPERATORS.may_start(""), "a name is '' → "),
    "another ARN": (lambda: OPERATORS.may_start(DOCUMENT.replace("document", "parameter")), "or the ARN of a document"),
    "a version that there is not": (lambda: OPERATORS.may_start("RestartInstance", version="latest"), "version is 'latest' → a number such as '5'"),
    "a tag without a name": (lambda: OPERATORS.may_start("RestartInstance", tags={"": "x"}), "tags has the name ''"),
    "no Regions": (lambda: ROLE.may_run(WAIT, regions=[]), "regions is [] → a list of at least one Region"),
    "a Region that cannot be": (lambda: ROLE.may_run(WAIT, regions=["eu-central1"]), "regions has 'eu-central1'"),
    "an account that cannot be": (lambda: Authorization(TEMPLATE, account="1111"), "account is '1111' → 12 digits"),
    "a Region of no form": (lambda: Authorization(TEMPLATE, region="frankfurt"), "region is 'frankfurt' → a Region such as"),
    "a partition of no kind": (lambda: Authorization(TEMPLATE, partition="china"), "partition is 'china' → one of aws, aws-cn"),
    "no organization's ID": (lambda: Authorization(TEMPLATE, organization_id="ours"), "organization_id is 'ours' → an ID such as"),
    "the beginning of a name": (lambda: AUTH.principal("Operator"), "no user or role or group of the template has this name"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_question_with_a_mistake_in_it_raises(mistake: str) -> None:
    ask, told = MISTAKES[mistake]
    with pytest.raises(AutomationRoleError) as caught:
        ask()
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


RIGHT: dict[str, Callable[[], object]] = {
    "every document": lambda: OPERATORS.may(START, resource="arn:aws:ssm:us-east-1:*:document/*"),
    "any resource of the account": lambda: OPERATORS.may("s3:GetObject", resource="arn:aws:s3:::*"),
    "a service's key like a global one": lambda: OPERATORS.may(START, resource=DOCUMENT, context={"ssm:ResourceTag/Team": "a"}),
    "a key that no policy names": lambda: OPERATORS.may(START, resource=DOCUMENT, context={"aws:Ec2InstanceSourceVpc": "vpc-1"}),
    "another tag": lambda: OPERATORS.may(START, resource=DOCUMENT, context={"aws:RequestTag/Taem": "a"}),
    "a service that is like another one": lambda: OPERATORS.may_pass("AutomationRole", to="ecs.amazonaws.com"),
    "a service without actions": lambda: OPERATORS.may_pass("AutomationRole", to="edgelambda.amazonaws.com"),
    "a service of a Region": lambda: OPERATORS.may_pass("AutomationRole", to="states.us-east-1.amazonaws.com"),
    "a document elsewhere": lambda: OPERATORS.may_start(f"arn:aws:ssm:us-east-1:{ACCOUNT}:document/RestartInstnce"),
    "an unknown document": lambda: OPERATORS.may_start("Patch"),
    "another service's caller": lambda: ROLE.may_be_assumed_by("lambda.amazonaws.com"),
}


@pytest.mark.parametrize("what", RIGHT)
def test_a_question_without_one_is_answered(what: str) -> None:
    assert isinstance(RIGHT[what](), Decision)


def test_a_definition_is_its_document() -> None:
    definition = DOCUMENT.replace("document", "automation-definition")
    assert OPERATORS.may_start(definition, role="AutomationRole")
    assert OPERATORS.may_start(f"{definition}:*", role="AutomationRole")


def test_the_partition_is_that_of_the_region() -> None:
    assert Authorization(TEMPLATE, region="cn-north-1").role("AutomationRole").arn.startswith("arn:aws-cn:iam::")


def test_an_outcome_is_not_a_condition() -> None:
    """`denied` is a text, and so would be true."""
    outcome = OPERATORS.may("s3:GetObject").outcome
    assert outcome is Outcome.DENIED
    with pytest.raises(TypeError, match="is not a yes or no → the decision itself"):
        bool(outcome)


def trusting(**changed: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Principal": {"Service": "ssm.amazonaws.com"}, "Action": "sts:AssumeRole", **changed}]}


def allowing(*resources: str, **changed: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": list(resources or "*"), **changed}]}


def buckets(count: int) -> list[str]:
    return [f"arn:aws:s3:::a-bucket-of-the-team-{number:04}/*" for number in range(count)]


FINE = {"AssumeRolePolicyDocument": trusting()}
REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "another kind of principal": ("Role", {"AssumeRolePolicyDocument": trusting(Principal={"Svc": "ssm.amazonaws.com"})}, "Principal has 'Svc' → AWS, "),
    "no service": ("Role", {"AssumeRolePolicyDocument": trusting(Principal={"Service": "ssm"})}, "Principal.Service is 'ssm' → a service principal"),
    "no account": ("Role", {"AssumeRolePolicyDocument": trusting(Principal={"AWS": "1111"})}, "Principal.AWS is '1111' → an account of 12 digits"),
    "another action": ("Role", {"AssumeRolePolicyDocument": trusting(Action="s3:GetObject")}, "'s3:GetObject' → an action of STS"),
    "a long trust": ("Role", {"AssumeRolePolicyDocument": trusting(Principal={"AWS": [f"{n:012}" for n in range(300)]})}, "Thing: characters of its trust policy: 4,"),
    "another version": ("Role", {**FINE, "Policies": [{"PolicyName": "P", "PolicyDocument": {**allowing(), "Version": "2012-10-18"}}]}, "Version is '2012-10-18' → "),
    "half an ARN": ("Role", {**FINE, "Policies": [{"PolicyName": "P", "PolicyDocument": allowing("arn:aws:s3")}]}, "resource 'arn:aws:s3' → an ARN"),
    "long inline policies": (
        "Role",
        {**FINE, "Policies": [{"PolicyName": name, "PolicyDocument": allowing(*buckets(120))} for name in "PQ"]},
        "Thing: characters of inline policies: 10,",
    ),
    "a long policy of a group": ("Policy", {"PolicyName": "P", "Groups": ["G"], "PolicyDocument": allowing(*buckets(120))}, "characters of inline policies: 5,"),
    "a long managed policy": ("ManagedPolicy", {"PolicyDocument": allowing(*buckets(150))}, "characters of a managed policy: 6,"),
    "many managed policies": ("User", {"ManagedPolicyArns": [f"arn:aws:iam::{ACCOUNT}:policy/P{n}" for n in range(21)]}, "managed policies: 21 → IAM allows at most 20"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_template_that_iam_would_not_take_raises(what: str) -> None:
    kind, properties, told = REFUSED[what]
    with pytest.raises(AutomationRoleError) as caught:
        Authorization({"Resources": {"Thing": {"Type": f"AWS::IAM::{kind}", "Properties": properties}}})
    assert told in str(caught.value)


def test_what_iam_takes_is_taken_up_to_its_quotas() -> None:
    users = {"AWS": [ACCOUNT, "*", "arn:aws:iam::111122223333:root", "AROAIDPPEZS35WEXAMPLE", {"Fn::GetAtt": ["Other", "Arn"]}]}
    role = {"AssumeRolePolicyDocument": {"Version": "2008-10-17", **trusting(Principal=users, Action=["sts:AssumeRole", "sts:TagSession"])}}
    inline = [
        {"PolicyName": "P", "PolicyDocument": allowing(*buckets(110))},
        {"PolicyName": "Q", "PolicyDocument": allowing(*buckets(110))},
    ]
    resources = {
        "Thing": {"Type": "AWS::IAM::Role", "Properties": {**role, "Policies": inline}},
        "Other": {"Type": "AWS::IAM::Role", "Properties": FINE},
        "M": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"PolicyDocument": allowing(*buckets(135), "arn:aws:s3:::*", "arn:aws:s3*")},
        },
    }
    assert Authorization({"Resources": resources}).role("Thing").may("s3:GetObject", resource="arn:aws:s3:::a-bucket-of-the-team-0001/x")
