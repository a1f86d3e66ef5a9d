"""Statements for people, for services, and for the role itself."""

from __future__ import annotations

import pytest

from automation_role.errors import AutomationRoleError
from automation_role.iam.context import given_context
from automation_role.iam.decision import decide
from automation_role.iam.documents import PolicyDocument
from automation_role.iam.identities import Identity
from automation_role.iam.statements import Request
from automation_role.policy import access
from automation_role.policy.self_change import deny_self_change
from automation_role.values.place import Place

ROLE = "arn:aws-us-gov:iam::111122223333:role/R"
HERE = Place(partition="aws-us-gov", account="111122223333", role_arn=ROLE)
OWN = "arn:aws-us-gov:ssm:*:111122223333:"
EXECUTIONS = OWN + "automation-execution/*"


def resources(statements):
    return [resource for statement in statements for resource in statement.to_json(HERE)["Resource"]]


def test_pass_role_names_one_role_and_every_service_once():
    written = access.pass_role(["ec2.amazonaws.com", "ssm.amazonaws.com", "ec2.amazonaws.com"]).to_json(HERE)
    assert written == {
        "Effect": "Allow",
        "Action": ["iam:PassRole"],
        "Resource": [ROLE],
        "Condition": {"StringEquals": {"iam:PassedToService": ["ec2.amazonaws.com", "ssm.amazonaws.com"]}},
    }


@pytest.mark.parametrize(
    ("runbook", "document", "definition"),
    [
        ("Mine", OWN + "document/Mine", OWN + "automation-definition/Mine:*"),
        (
            "AWS-StopEC2Instance",
            "arn:aws-us-gov:ssm:*::document/AWS-StopEC2Instance",
            "arn:aws-us-gov:ssm:*::automation-definition/AWS-StopEC2Instance:*",
        ),
        ("AWSSupport-X", "arn:aws-us-gov:ssm:*::document/AWSSupport-X", "arn:aws-us-gov:ssm:*::automation-definition/AWSSupport-X:*"),
        ("Outlaws-X", OWN + "document/Outlaws-X", OWN + "automation-definition/Outlaws-X:*"),
        (
            "arn:aws:ssm:eu-central-1:444455556666:document/Shared",
            "arn:aws:ssm:eu-central-1:444455556666:document/Shared",
            "arn:aws:ssm:eu-central-1:444455556666:automation-definition/Shared:*",
        ),
        (
            "arn:aws:ssm:eu-central-1:444455556666:automation-definition/Shared:*",
            "arn:aws:ssm:eu-central-1:444455556666:document/Shared",
            "arn:aws:ssm:eu-central-1:444455556666:automation-definition/Shared:*",
        ),
        ("${Token[TOKEN.1]}", OWN + "document/${Token[TOKEN.1]}", OWN + "automation-definition/${Token[TOKEN.1]}:*"),
        (
            "arn:${Token[P.1]}:ssm:*:${Token[A.2]}:document/Mine",
            "arn:${Token[P.1]}:ssm:*:${Token[A.2]}:document/Mine",
            "arn:${Token[P.1]}:ssm:*:${Token[A.2]}:automation-definition/Mine:*",
        ),
    ],
)
def test_starting_is_allowed_on_every_form_of_the_arn(runbook, document, definition):
    assert resources(access.start([runbook])) == [document, definition, EXECUTIONS]


def test_one_version_is_a_condition_only_on_the_document():
    document, rest = (statement.to_json(HERE) for statement in access.start(["Mine"], version="5"))
    assert document["Resource"] == [OWN + "document/Mine"]
    assert document["Condition"] == {"ForAnyValue:StringEquals": {"ssm:DocumentVersion": "5"}}
    assert rest["Resource"] == [OWN + "automation-definition/Mine:5", EXECUTIONS]
    assert "Condition" not in rest


@pytest.mark.parametrize(
    ("runbook", "problem"),
    [
        *(
            (f"arn:aws:ssm:eu-central-1:444455556666:{form}", f"names version {version!r} → an ARN of all versions; ")
            for form, version in [
                ("automation-definition/Shared:3", "3"),
                ("automation-definition/Shared:$DEFAULT", "$DEFAULT"),
                ("document/Shared:3", "3"),
            ]
        ),
        (
            "arn:aws:ssm:*:444455556666:document/AWS-X",
            "has the account '444455556666' → the ARN of an AWS-owned runbook has none; pass its name, 'AWS-X'",
        ),
        ("arn:aws:ssm:*::document/Shared", "has no account → its owner's account, since AWS does not own it; add the account"),
        *(
            (arn, "→ a name of 3 to 128 letters, digits and _.-, or the ARN of a document; pass one of these")
            for arn in [
                "arn:aws:ssm:*:44445555666:document/Shared",
                "arn:aws:ssm:*:444455556666:document/Sh?red",
                "arn:aws:ssm:*:444455556666:document/Shared:*",
                "arn:aws:ssm:*:444455556666:document/${aws:username}",
                "arn:aws:iam::444455556666:role/R",
            ]
        ),
    ],
)
def test_rejects_an_arn_that_no_runbook_has(runbook, problem):
    with pytest.raises(AutomationRoleError) as refused:
        access.start([runbook])
    assert str(refused.value).startswith(f"runbook {runbook!r} {problem}")


def test_the_arns_of_aws_have_no_account_and_may_name_every_version():
    found = resources(access.start(["arn:aws:ssm:*::document/AWS-X", "arn:aws-cn:ssm:cn-north-1::automation-definition/AWS-Y:*"]))
    assert "arn:aws:ssm:*::automation-definition/AWS-X:*" in found
    assert "arn:aws-cn:ssm:cn-north-1::document/AWS-Y" in found


def test_a_version_may_be_named():
    _, rest = access.start(["Mine"], version="$DEFAULT")
    assert OWN + "automation-definition/Mine:$DEFAULT" in rest.to_json(HERE)["Resource"]


@pytest.mark.parametrize("version", ["", "0", "05", "latest", "1.0", "*", 5])
def test_rejects_an_invalid_version(version):
    with pytest.raises(AutomationRoleError, match="leave it out for any version"):
        access.start(["Mine"], version=version)


@pytest.mark.parametrize("runbook", ["", "ab", "x" * 129, "my runbook", "*", "AWS-*", "arn:aws:s3:::bucket", "arn:aws:ssm:*:1:document/*"])
def test_rejects_anything_but_a_runbook(runbook):
    with pytest.raises(AutomationRoleError, match="pass one of these"):
        access.start([runbook])


def test_only_listing_is_on_everything_for_operators():
    on_everything = [s.actions for s in access.operate() if s.to_json(HERE)["Resource"] == ["*"]]
    assert on_everything == [("ssm:DescribeAutomationExecutions",)]
    assert resources(access.operate()) == ["*", EXECUTIONS]


def test_operators_neither_start_nor_pass():
    actions = {action for statement in access.operate() for action in statement.actions}
    assert actions & {"ssm:StartAutomationExecution", "iam:PassRole"} == set()


def test_functions_are_named_one_by_one_and_only_their_qualifier_is_open():
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:f"
    assert access.invoke([arn, f"{arn}:*", arn]).to_json(HERE)["Resource"] == [arn, f"{arn}:*"]
    assert access.invoke(["${Token[T.1]}", "${Token[T.1]}:*"]).to_json(HERE)["Resource"] == ["${Token[T.1]}", "${Token[T.1]}:*"]


def test_the_guard_denies_on_the_role_and_on_the_policies_that_make_or_bound_it():
    guard = deny_self_change([ROLE, "arn:aws:iam::111122223333:policy/P"]).to_json(HERE)
    assert guard["Effect"] == "Deny"
    assert guard["Resource"] == [ROLE, "arn:aws:iam::111122223333:policy/P"]
    assert {"iam:PutRolePolicy", "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"} <= set(guard["Action"])


# -- separated duties --------------------------------------------------------------------------------------------------------------

SIGNAL, STOP, GET = "ssm:SendAutomationSignal", "ssm:StopAutomationExecution", "ssm:GetAutomationExecution"
LIST, STEPS, START = "ssm:DescribeAutomationExecutions", "ssm:DescribeAutomationStepExecutions", "ssm:StartAutomationExecution"
TAGGED = {"aws:ResourceTag/Team": "ops"}


def may(statements, action, resource, **context):
    document = {"Version": "2012-10-17", "Statement": [statement.to_json(HERE) for statement in statements]}
    read = PolicyDocument.read("P", document, strict=True)
    who = Identity(kind="role", label="R", name="R", arn=ROLE, account=HERE.account, policies=(read,))
    return bool(decide(who, Request.of(action, resource, given_context(context.get("context", {})))))


ONE = OWN.replace("*", "eu-central-1") + "automation-execution/1"
DUTIES = {
    "view": (access.view, {LIST, STEPS, GET}),
    "stop": (access.stop, {STOP}),
    "approve": (access.approve, {LIST, STEPS, GET, SIGNAL}),
    "operate": (access.operate, {LIST, STEPS, GET, SIGNAL, STOP}),
}


@pytest.mark.parametrize("duty", DUTIES)
def test_a_duty_is_what_it_says_and_no_other(duty):
    make, allowed = DUTIES[duty]
    asked = {action: "*" if action == LIST else ONE for action in (LIST, STEPS, GET, SIGNAL, STOP, START, "ssm:AddTagsToResource")}
    assert {action for action, resource in asked.items() if may(make(), action, resource)} == allowed


@pytest.mark.parametrize("duty", DUTIES)
def test_a_duty_can_be_held_to_executions_with_tags_where_iam_knows_them(duty):
    make, allowed = DUTIES[duty]
    statements = make(tags={"Team": "ops"})
    for action in allowed - {LIST, STEPS}:
        assert may(statements, action, ONE, context=TAGGED)
        assert not may(statements, action, ONE, context={"aws:ResourceTag/Team": "other"})
        assert not may(statements, action, ONE)
    for action in allowed & {LIST, STEPS}:
        assert may(statements, action, "*" if action == LIST else ONE)


def test_operate_is_the_sum_of_the_others_and_nothing_else():
    def written(statements):
        return {(action, resource) for each in statements for action in each.actions for resource in each.to_json(HERE)["Resource"]}

    names = ["Mine", "AWS-StopEC2Instance"]
    parts = (access.view(names), access.stop(), access.approve())
    assert written(access.operate(names)) == {pair for part in parts for pair in written(part)}


def test_who_views_runbooks_reads_these_documents():
    statements = access.view(["Mine", "AWS-StopEC2Instance"])
    for document in (OWN.replace("*", "eu-central-1") + "document/Mine", "arn:aws-us-gov:ssm:eu-central-1::document/AWS-StopEC2Instance"):
        assert all(may(statements, action, document) for action in ("ssm:GetDocument", "ssm:DescribeDocument", "ssm:ListDocumentVersions"))
    assert not may(statements, "ssm:GetDocument", OWN.replace("*", "eu-central-1") + "document/Other")
    assert may(statements, "ssm:ListDocuments", "*")
    assert not may(access.view(), "ssm:ListDocuments", "*")


@pytest.mark.parametrize("version", [None, "5"])
def test_a_start_with_tags_must_have_them_and_no_others(version):
    statements = access.start(["Mine"], version=version, tags={"Team": "ops", "Stage": "prod"})
    both = {"aws:RequestTag/Team": "ops", "aws:RequestTag/Stage": "prod", "aws:TagKeys": ["Stage", "Team"]}
    assert may(statements, START, OWN.replace("*", "eu-central-1") + "document/Mine", context={**both, "ssm:DocumentVersion": "5"})
    for action in (START, "ssm:AddTagsToResource"):
        assert may(statements, action, ONE, context=both)
        for wrong in (
            {},
            {"aws:RequestTag/Team": "ops", "aws:TagKeys": ["Team"]},
            {**both, "aws:RequestTag/Stage": "test"},
        ):
            assert not may(statements, action, ONE, context=wrong)
    more = {**both, "aws:RequestTag/Extra": "x", "aws:TagKeys": ["Extra", "Stage", "Team"]}
    assert not may(statements, "ssm:AddTagsToResource", ONE, context=more)


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        (["Team"], "tags is ['Team'] → a dict, name to value; write tags={'Team': 'operations'}"),
        ({"aws:Team": "x"}, "tags has the name 'aws:Team' → "),
        ({"T*": "x"}, "tags has the name 'T*' → "),
        ({"": "x"}, "tags has the name '' → "),
        ({"Team": "a*"}, "tag 'Team' is 'a*' → a string of 1 to 256 letters"),
        ({"Team": None}, "tag 'Team' is None → "),
    ],
)
def test_rejects_tags_that_systems_manager_does_not_take(tags, told):
    for make in (lambda: access.start(["Mine"], tags=tags), lambda: access.stop(tags=tags), lambda: access.view(tags=tags)):
        with pytest.raises(AutomationRoleError) as caught:
            make()
        assert str(caught.value).startswith(told)
