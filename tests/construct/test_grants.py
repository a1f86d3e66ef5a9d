"""Task 4: what people may do with the role; and the same on a role made elsewhere."""

from __future__ import annotations

from types import SimpleNamespace

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_ssm as ssm

from automation_role import AutomationRole
from automation_role.errors import AutomationRoleError
from tests.construct.synth import POLICY, ROLE, Template, listed, new_stack

HERE = "arn:${AWS::Partition}:ssm:*:${AWS::AccountId}:"
AWS_OWNED = "arn:${AWS::Partition}:ssm:*::"
PASS = {
    "Action": "iam:PassRole",
    "Effect": "Allow",
    "Resource": "${Role.Arn}",
    "Condition": {"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}},
}


def people(stack):
    return SimpleNamespace(
        role=iam.Role(stack, "Operators", assumed_by=iam.AccountRootPrincipal()),
        user=iam.User(stack, "Operator"),
        group=iam.Group(stack, "Team"),
    )


def start(*resources, **condition):
    statement = {"Action": "ssm:StartAutomationExecution", "Effect": "Allow", "Resource": list(resources)}
    return {**statement, **condition}


# -- what is granted ----------------------------------------------------------------------------------------------------------------


def test_pass_this_role_to_systems_manager_and_nothing_else(stack):
    grant = AutomationRole(stack, "Role").grant_pass_role(people(stack).user)
    assert Template(stack).statements("Operator") == [PASS]
    assert grant.success


def test_start_a_runbook_of_ours_in_every_form_of_its_arn_and_pass_this_role(stack):
    grant = AutomationRole(stack, "Role").grant_start_automation(people(stack).role, "RestartInstance")
    assert grant.success
    assert Template(stack).statements("Operators") == [
        start(HERE + "document/RestartInstance", HERE + "automation-definition/RestartInstance:*", HERE + "automation-execution/*"),
        PASS,
    ]


def test_start_a_runbook_of_aws_whose_arn_has_no_account(stack):
    AutomationRole(stack, "Role").grant_start_automation(people(stack).role, "AWS-RestartEC2Instance")
    assert Template(stack).statements("Operators")[0] == start(
        AWS_OWNED + "document/AWS-RestartEC2Instance",
        AWS_OWNED + "automation-definition/AWS-RestartEC2Instance:*",
        HERE + "automation-execution/*",
    )


def test_start_a_shared_runbook_by_its_arn(stack):
    shared = "arn:aws:ssm:eu-central-1:444455556666:document/Shared"
    AutomationRole(stack, "Role").grant_start_automation(people(stack).role, shared)
    assert Template(stack).statements("Operators")[0] == start(
        shared, "arn:aws:ssm:eu-central-1:444455556666:automation-definition/Shared:*", HERE + "automation-execution/*"
    )


def test_start_a_document_of_this_stack(stack):
    document = ssm.CfnDocument(stack, "Document", document_type="Automation", content={})
    AutomationRole(stack, "Role").grant_start_automation(people(stack).role, document)
    assert Template(stack).statements("Operators")[0] == start(
        HERE + "document/${Document}", HERE + "automation-definition/${Document}:*", HERE + "automation-execution/*"
    )


def test_start_one_version_leaves_executions_without_the_condition(stack):
    AutomationRole(stack, "Role").grant_start_automation(people(stack).role, "RestartInstance", version="5")
    assert Template(stack).statements("Operators") == [
        start(Condition={"ForAnyValue:StringEquals": {"ssm:DocumentVersion": "5"}}) | {"Resource": HERE + "document/RestartInstance"},
        start(HERE + "automation-definition/RestartInstance:5", HERE + "automation-execution/*"),
        PASS,
    ]


def test_start_several_runbooks_in_one_grant_and_no_other(stack):
    AutomationRole(stack, "Role").grant_start_automation(people(stack).role, "One", "Two", "AWS-Three", "One")
    allowed, _ = Template(stack).statements("Operators")
    assert sorted(allowed["Resource"]) == sorted(
        [
            *(HERE + f"document/{name}" for name in ("One", "Two")),
            *(HERE + f"automation-definition/{name}:*" for name in ("One", "Two")),
            AWS_OWNED + "document/AWS-Three",
            AWS_OWNED + "automation-definition/AWS-Three:*",
            HERE + "automation-execution/*",
        ]
    )


def test_a_token_for_a_runbook_and_a_version_is_not_looked_into(stack):
    name, version = cdk.CfnParameter(stack, "Name").value_as_string, cdk.CfnParameter(stack, "Version").value_as_string
    AutomationRole(stack, "Role").grant_start_automation(people(stack).role, name, version=version)
    first, second, _ = Template(stack).statements("Operators")
    assert first["Resource"] == HERE + "document/${Name}"
    assert first["Condition"] == {"ForAnyValue:StringEquals": {"ssm:DocumentVersion": "${Version}"}}
    assert second["Resource"] == [HERE + "automation-definition/${Name}:${Version}", HERE + "automation-execution/*"]


def test_the_regions_of_the_role_narrow_what_may_be_started(stack):
    role = AutomationRole(stack, "Role", regions=["eu-central-1", "eu-west-1"])
    role.grant_start_automation(people(stack).role, "One")
    resources = Template(stack).statements("Operators")[0]["Resource"]
    assert {resource.split(":")[5] for resource in resources} == {"eu-central-1", "eu-west-1"}


def test_operate_lists_reads_stops_and_signals_as_narrowly_as_iam_can(stack):
    AutomationRole(stack, "Role").grant_operate(people(stack).role)
    assert Template(stack).statements("Operators") == [
        {"Action": "ssm:DescribeAutomationExecutions", "Effect": "Allow", "Resource": "*"},
        {
            "Action": [
                "ssm:DescribeAutomationStepExecutions",
                "ssm:GetAutomationExecution",
                "ssm:SendAutomationSignal",
                "ssm:StopAutomationExecution",
            ],
            "Effect": "Allow",
            "Resource": HERE + "automation-execution/*",
        },
    ]


def test_duties_are_granted_apart(stack):
    role, document = AutomationRole(stack, "Role"), ssm.CfnDocument(stack, "Document", document_type="Automation", content={})
    who = people(stack)
    assert role.grant_view(who.role, document, "AWS-RestartEC2Instance").success
    assert role.grant_stop(who.user, tags={"Team": "ops"}).success
    assert role.grant_approve(who.group).success
    template = Template(stack)
    assert template.statements("Operators")[-1] == {
        "Action": ["ssm:DescribeDocument", "ssm:GetDocument", "ssm:ListDocumentVersions"],
        "Effect": "Allow",
        "Resource": [HERE + "document/${Document}", AWS_OWNED + "document/AWS-RestartEC2Instance"],
    }
    assert template.statements("Operator") == [
        {
            "Action": "ssm:StopAutomationExecution",
            "Effect": "Allow",
            "Resource": HERE + "automation-execution/*",
            "Condition": {"StringEquals": {"aws:ResourceTag/Team": "ops"}},
        }
    ]
    assert "ssm:StopAutomationExecution" not in template.actions("Team")
    assert "ssm:SendAutomationSignal" in template.actions("Team")


def test_a_start_with_tags(stack):
    AutomationRole(stack, "Role").grant_start_automation(people(stack).role, "RestartInstance", tags={"Team": "ops"})
    documents, executions, tagging, passing = Template(stack).statements("Operators")
    assert documents == start(HERE + "document/RestartInstance", HERE + "automation-definition/RestartInstance:*")
    requested = {"StringEquals": {"aws:RequestTag/Team": "ops"}}
    assert executions == {**start(), "Resource": HERE + "automation-execution/*", "Condition": requested}
    assert tagging["Action"] == "ssm:AddTagsToResource"
    assert tagging["Condition"] == {"ForAllValues:StringEquals": {"aws:TagKeys": "Team"}, **requested}
    assert passing == PASS


def test_full_access_is_the_managed_policy_and_passing_this_role(stack):
    who, role = people(stack), AutomationRole(stack, "Role")
    for identity in (who.role, who.user, who.group):
        assert role.grant_full_access(identity).success
    template = Template(stack)
    for kind, name in ((ROLE, "Operators"), ("AWS::IAM::User", "Operator"), ("AWS::IAM::Group", "Team")):
        attached = template.resources(kind)[name]["ManagedPolicyArns"]
        assert attached == ["arn:${AWS::Partition}:iam::aws:policy/AmazonSSMFullAccess"]
        assert template.statements(name) == [PASS]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "runbook '' → a name of 3 to 128 letters, digits and _.-, or the ARN of a document; pass one of these"),
        (
            "Restart Instance",
            "runbook 'Restart Instance' → a name of 3 to 128 letters, digits and _.-, or the ARN of a document; pass one of these",
        ),
        ("*", "runbook '*' → a name of 3 to 128 letters, digits and _.-, or the ARN of a document; pass one of these"),
    ],
)
def test_rejects_an_invalid_runbook_name(stack, name, problem):
    with pytest.raises(AutomationRoleError) as refused:
        AutomationRole(stack, "Role").grant_start_automation(people(stack).role, name)
    assert str(refused.value) == f"Stack/Role: {problem}"


def test_rejects_a_start_of_nothing_and_of_no_version(stack):
    role, who = AutomationRole(stack, "Role"), people(stack).role
    with pytest.raises(AutomationRoleError) as refused:
        role.grant_start_automation(who)
    assert str(refused.value) == (
        "Stack/Role: grant_start_automation without a runbook → at least one; pass its name, such as 'AWS-RestartEC2Instance'"
    )
    with pytest.raises(AutomationRoleError) as refused:
        role.grant_start_automation(who, "One", version="latest")
    assert str(refused.value) == (
        "Stack/Role: version is 'latest' → a number such as '5', '$DEFAULT' or '$LATEST'; leave it out for any version"
    )


def test_a_version_by_name_gets_a_warning_since_aws_does_not_document_what_iam_sees(stack):
    role, who = AutomationRole(stack, "Role"), people(stack).role
    role.grant_start_automation(who, "One", version="$DEFAULT")
    role.grant_start_automation(who, "Two", version="2")
    ((path, warning),) = Template(stack).told()
    assert path == "/Stack/Role"
    assert warning.startswith("'Stack/Operators' can start only version '$DEFAULT', and AWS does not document")
    assert "automation-role:versionByName" in warning


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (["One", "Two"], "pass several as separate arguments, not as a list"),
        (5, "pass one of these"),
        (None, "pass one of these"),
    ],
)
def test_rejects_what_stands_for_no_runbook(stack, given, problem):
    with pytest.raises(AutomationRoleError) as refused:
        AutomationRole(stack, "Role").grant_start_automation(people(stack).role, given)
    assert (
        str(refused.value)
        == f"Stack/Role: {given!r} is not a runbook → its name, ARN, Runbook, AutomationRunbook or ssm.CfnDocument; {problem}"
    )


def test_a_construct_that_is_not_a_runbook_is_named_by_its_path(stack):
    with pytest.raises(AutomationRoleError, match=r"^Stack/Role: a Role, 'Stack/Nested/Operators' is not a runbook → "):
        AutomationRole(stack, "Role").grant_start_automation(people(stack).user, people(cdk.Stack(stack, "Nested")).role)


# -- who it is granted to -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["role", "user", "group"])
def test_users_groups_and_roles_hold_a_policy(stack, who):
    grantee = getattr(people(stack), who)
    AutomationRole(stack, "Role").grant_start_automation(grantee, "One")
    template = Template(stack)
    assert template.actions({"role": "Operators", "user": "Operator", "group": "Team"}[who]) == {
        "ssm:StartAutomationExecution",
        "iam:PassRole",
    }


IMPORTED = {
    "role by ARN": lambda stack: iam.Role.from_role_arn(stack, "I", "arn:aws:iam::111122223333:role/path/imported"),
    "role by name": lambda stack: iam.Role.from_role_name(stack, "I", "imported"),
    "user": lambda stack: iam.User.from_user_name(stack, "I", "imported"),
    "group": lambda stack: iam.Group.from_group_name(stack, "I", "imported"),
}


@pytest.mark.parametrize("account", ["111122223333", None])
@pytest.mark.parametrize("kind", list(IMPORTED))
def test_an_imported_identity_gets_a_policy_of_its_own(tmp_path, kind, account):
    stack = new_stack(tmp_path, account=account, region="eu-central-1" if account else None)
    grant = AutomationRole(stack, "Role").grant_pass_role(IMPORTED[kind](stack))
    assert grant.success
    template = Template(stack)
    (key,) = [key for key, policy in template.resources(POLICY).items() if "imported" in str(policy)]
    assert key.startswith("I")
    assert template.statements("imported") == [PASS]


def test_a_functions_role_and_another_automation_role_are_grantees_too(stack):
    code = lambda_.Code.from_inline("def handler(event, context): ...")
    function = lambda_.Function(stack, "Function", runtime=lambda_.Runtime.PYTHON_3_13, handler="index.handler", code=code)
    parent, role = AutomationRole(stack, "Parent", runbooks=[]), AutomationRole(stack, "Role")
    assert role.grant_start_automation(function, "One").success
    assert role.grant_start_automation(parent, "One").success
    template = Template(stack)
    assert "ssm:StartAutomationExecution" in template.actions("FunctionServiceRole")
    assert "ssm:StartAutomationExecution" in template.actions("Parent")


def test_a_policy_is_a_grantee_too(stack):
    policy = iam.ManagedPolicy(stack, "Policy")
    assert AutomationRole(stack, "Role").grant_operate(policy).success
    (document,) = [each["PolicyDocument"] for each in Template(stack).resources("AWS::IAM::ManagedPolicy").values()]
    assert "ssm:StopAutomationExecution" in document["Statement"][1]["Action"]


@pytest.mark.parametrize(
    "grantee",
    [
        iam.ServicePrincipal("lambda.amazonaws.com"),
        iam.AccountPrincipal("111122223333"),
        iam.ArnPrincipal("arn:aws:iam::111122223333:role/R"),
    ],
    ids=lambda principal: type(principal).__name__,
)
def test_rejects_who_cannot_hold_a_policy(stack, grantee):
    with pytest.raises(AutomationRoleError) as refused:
        AutomationRole(stack, "Role").grant_pass_role(grantee)
    assert str(refused.value) == (
        f"Stack/Role: {'an' if type(grantee).__name__[0] == 'A' else 'a'} {type(grantee).__name__} cannot hold a policy → a user, a group or a role of this account; grant it to one of these"
    )
    assert Template(stack).statements("Operators") == []


@pytest.mark.parametrize("given", ["operators", None, 5])
def test_rejects_a_grantee_that_is_not_a_construct(stack, given):
    with pytest.raises(AutomationRoleError) as refused:
        AutomationRole(stack, "Role").grant_pass_role(given)
    assert str(refused.value) == (
        f"Stack/Role: grantee is {given!r} → a user, a group, a role, or a construct that has a role; pass the construct, not its name"
    )


def test_rejects_a_principal_whose_conditions_the_policy_would_forget(stack):
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    role, user = AutomationRole(stack, "Role"), people(stack).user
    for narrowed in (iam.PrincipalWithConditions(user, mfa), iam.SessionTagsPrincipal(user)):
        with pytest.raises(AutomationRoleError) as refused:
            role.grant_start_automation(narrowed, "One")
        assert str(refused.value) == (
            f"Stack/Role: a {type(narrowed).__name__} is a principal with conditions, which a grant would drop → a user, a group or a role; "
            f"grant it to one of these, and put the condition into its trust policy"
        )
    assert Template(stack).statements("Operator") == []


FOREIGN = {
    "role": lambda stack: iam.Role.from_role_arn(stack, "Foreign", "arn:aws:iam::444455556666:role/foreign"),
    "user": lambda stack: iam.User.from_user_arn(stack, "Foreign", "arn:aws:iam::444455556666:user/foreign"),
    "group": lambda stack: iam.Group.from_group_arn(stack, "Foreign", "arn:aws:iam::444455556666:group/foreign"),
}


@pytest.mark.parametrize("kind", list(FOREIGN))
def test_rejects_an_identity_of_another_account(tmp_path, kind):
    stack = new_stack(tmp_path, account="111122223333", region="eu-central-1")
    role = AutomationRole(stack, "Role")
    with pytest.raises(AutomationRoleError) as refused:
        role.grant_pass_role(FOREIGN[kind](stack))
    assert str(refused.value) == (
        "Stack/Role: 'Stack/Foreign' is in account '444455556666' and this role in '111122223333' → a role can be passed only within its own account; "
        "grant it to a role in '111122223333' that the other account can assume"
    )


IMMUTABLE = {
    "without_policy_updates": lambda stack: people(stack).role.without_policy_updates(),
    "mutable=False": lambda stack: iam.Role.from_role_arn(stack, "I", "arn:aws:iam::111122223333:role/imported", mutable=False),
    "no role": lambda stack: lambda_.Function.from_function_arn(stack, "I", "arn:aws:lambda:eu-west-1:111122223333:function:f"),
}


@pytest.mark.parametrize("kind", list(IMMUTABLE))
def test_an_identity_that_takes_no_policies_gets_a_warning_and_no_success(stack, kind):
    grant = AutomationRole(stack, "Role").grant_start_automation(IMMUTABLE[kind](stack), "One")
    assert not grant.success
    template = Template(stack)
    (warning,) = [text for path, text in template.told() if path == "/Stack/Role"]
    assert "nothing was granted" in warning
    assert "ssm:StartAutomationExecution" in warning
    assert "automation-role:immutableGrantee" in warning
    assert len(template.resources(POLICY)) == 1  # the role's own


def test_rejects_full_access_for_who_is_not_made_here(stack):
    role = AutomationRole(stack, "Role")
    who = people(stack)
    for identity in (iam.User.from_user_name(stack, "I", "imported"), who.role.without_policy_updates()):
        with pytest.raises(AutomationRoleError) as refused:
            role.grant_full_access(identity)
        assert "is not created in this app → an iam.Role, iam.User or iam.Group that is" in str(refused.value)
    assert "Operators" in Template(stack).resources(ROLE)
    assert Template(stack).statements("Operators") == Template(stack).statements("imported") == []


# -- a role made elsewhere ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["from_role_arn", "from_role"])
def test_the_same_grants_on_a_role_made_elsewhere(stack, how):
    arn = "arn:aws:iam::111122223333:role/automation/Elsewhere"
    if how == "from_role_arn":
        role = AutomationRole.from_role_arn(stack, "Role", arn)
    else:
        role = AutomationRole.from_role(stack, "Role", iam.Role.from_role_arn(stack, "Imported", arn))
    who = people(stack)
    role.grant_start_automation(who.role, "One")
    role.grant_operate(who.role)
    role.grant_pass_role(who.user)
    role.grant_full_access(who.group)
    template = Template(stack)
    assert set(template.resources(ROLE)) == {"Operators"}
    assert (role.role_arn, role.role_name) == (arn, "Elsewhere")
    assert template.statements("Operator") == [PASS | {"Resource": arn}]
    assert {"ssm:StartAutomationExecution", "ssm:StopAutomationExecution", "iam:PassRole"} <= template.actions("Operators")
    assert PASS | {"Resource": arn} in template.statements("Team")


def test_a_grant_to_a_role_created_elsewhere_goes_to_that_role(stack):
    role = AutomationRole.from_role_arn(stack, "Role", "arn:aws:iam::111122223333:role/Elsewhere")
    iam.Grant.add_to_principal(grantee=role, actions=["s3:GetObject"], resource_arns=["*"])
    assert Template(stack).actions("Elsewhere") == {"s3:GetObject"}


def test_a_role_made_elsewhere_may_be_a_token(stack):
    role = AutomationRole.from_role_arn(stack, "Role", cdk.Fn.import_value("role"))
    role.grant_pass_role(people(stack).user)
    assert Template(stack).statements("Operator")[0]["Resource"] == {"Fn::ImportValue": "role"}


def test_rejects_an_arn_of_anything_but_a_role(stack):
    with pytest.raises(AutomationRoleError) as refused:
        AutomationRole.from_role_arn(stack, "Role", "arn:aws:iam::111122223333:user/somebody")
    assert str(refused.value) == (
        "Stack/Role: 'arn:aws:iam::111122223333:user/somebody' is not the ARN of one role → such as 'arn:aws:iam::111122223333:role/Automation'; "
        "look it up in IAM"
    )


def test_rejects_anything_but_a_role(stack):
    with pytest.raises(AutomationRoleError) as refused:
        AutomationRole.from_role(stack, "Role", "arn:aws:iam::111122223333:role/R")  # type: ignore[arg-type]
    assert str(refused.value) == (
        "Stack/Role: role is 'arn:aws:iam::111122223333:role/R' → an iam.IRole; import it with iam.Role.from_role_arn(...)"
    )
    assert stack.node.children == []


def test_grants_can_be_waited_for(stack):
    who = people(stack)
    grant = AutomationRole(stack, "Role").grant_start_automation(who.user, "One")
    waiting = cdk.CfnResource(stack, "Waiting", type="AWS::SNS::Topic")
    grant.apply_before(waiting)
    depends = listed(Template(stack).json["Resources"]["Waiting"].get("DependsOn", []))
    assert [name for name in depends if name.startswith("OperatorDefaultPolicy")]
