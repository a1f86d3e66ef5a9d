"""Tasks 1 and 3: Lambda functions, inline policies, passing itself and other roles, the guard."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ssm as ssm

from automation_role import AutomationRole, Runbook
from automation_role.errors import AutomationRoleError
from tests.construct.synth import POLICY, ROLE, Template, listed, new_app, new_stack

AUTOMATION, LAMBDA = "service-role/AmazonSSMAutomationRole", "service-role/AWSLambdaRole"
PASS_ITSELF = {
    "Action": "iam:PassRole",
    "Effect": "Allow",
    "Resource": "${Role.Arn}",
    "Condition": {"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}},
}

# https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-iam.html
GUIDE_S3 = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject"], "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*"}],
}
GUIDE_EC2 = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "ec2:CreateSnapshot", "Resource": "*"},
        {"Effect": "Allow", "Action": "ec2:DescribeSnapshots", "Resource": "*"},
    ],
}


OBJECT = {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}


def object_but(**changed):
    """A policy with one statement, which has other elements; without those that are `None`."""
    return {"Statement": [{key: value for key, value in {**OBJECT["Statement"], **changed}.items() if value is not None}]}


def function(stack, name="Function", **properties):
    code = lambda_.Code.from_inline("def handler(event, context): ...")
    return lambda_.Function(stack, name, runtime=lambda_.Runtime.PYTHON_3_13, handler="index.handler", code=code, **properties)


def allow(action, resource):
    return iam.PolicyStatement(actions=[action], resources=[resource])


def policy(template, name):
    return template.resources(POLICY)[name]


# -- Lambda ----------------------------------------------------------------------------------------------------------------------


def test_may_invoke_exactly_these_functions_with_their_versions_and_aliases(stack):
    given, later = function(stack), lambda_.Function.from_function_arn(stack, "L", "arn:aws:lambda:eu-west-1:111122223333:function:later")
    role = AutomationRole(stack, "Role", invoke_functions=[given])
    role.allow_invoke(later)
    role.allow_invoke(given)
    (statement,) = policy(Template(stack), "RoleInvokeFunctions")["PolicyDocument"]["Statement"]
    assert statement == {
        "Action": "lambda:InvokeFunction",
        "Effect": "Allow",
        "Resource": [
            "${Function.Arn}",
            "${Function.Arn}:*",
            "arn:aws:lambda:eu-west-1:111122223333:function:later",
            "arn:aws:lambda:eu-west-1:111122223333:function:later:*",
        ],
    }


def test_all_functions_only_on_request(guide, everything):
    attached = "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaRole"
    assert attached in everything.the(ROLE)["ManagedPolicyArns"]
    assert attached not in guide.the(ROLE)["ManagedPolicyArns"]


# -- inline policies ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("minimize", [True, False])
@pytest.mark.parametrize("as_document", [True, False])
def test_the_guides_two_inline_policies(tmp_path, minimize, as_document):
    stack = new_stack(tmp_path, context={"@aws-cdk/aws-iam:minimizePolicies": minimize})
    guides = {"ObjectAccess": GUIDE_S3, "Snapshots": GUIDE_EC2}
    AutomationRole(
        stack,
        "Role",
        inline_policies={name: iam.PolicyDocument.from_json(guide) if as_document else guide for name, guide in guides.items()},
    )
    template = Template(stack)
    objects, snapshots = policy(template, "RoleInlineObjectAccess"), policy(template, "RoleInlineSnapshots")
    assert (objects["PolicyName"], snapshots["PolicyName"]) == ("ObjectAccess", "Snapshots")
    if minimize:
        assert {(action, s["Resource"]) for s in objects["PolicyDocument"]["Statement"] for action in s["Action"]} == {
            ("s3:GetObject", "arn:aws:s3:::amzn-s3-demo-bucket/*"),
            ("s3:PutObject", "arn:aws:s3:::amzn-s3-demo-bucket/*"),
        }
        assert snapshots["PolicyDocument"]["Statement"] == [
            {"Effect": "Allow", "Action": ["ec2:CreateSnapshot", "ec2:DescribeSnapshots"], "Resource": "*"}
        ]
    else:
        assert objects["PolicyDocument"] == GUIDE_S3
        assert snapshots["PolicyDocument"] == GUIDE_EC2


def test_an_inline_policy_may_be_one_statement_and_may_grow(stack):
    document = iam.PolicyDocument()
    one = {"Effect": "Allow", "Action": "ec2:DescribeInstances", "Resource": "*"}
    AutomationRole(stack, "Role", inline_policies={"One": {"Statement": one}, "Growing": document})
    document.add_statements(iam.PolicyStatement(actions=["ec2:DescribeTags"], resources=["*"]))
    template = Template(stack)
    assert policy(template, "RoleInlineOne")["PolicyDocument"]["Statement"] == [one]
    assert "ec2:DescribeTags" in template.actions()


def test_rejects_an_inline_policy_that_stays_empty(stack):
    AutomationRole(stack, "Role", inline_policies={"Empty": iam.PolicyDocument()})
    with pytest.raises(
        RuntimeError, match=r"Stack/Role: inline policy 'Empty' has no statement → at least one; add it, or leave the policy out"
    ):
        Template(stack)


@pytest.mark.parametrize(
    ("name", "document", "problem"),
    [
        ("a/b", GUIDE_S3, "inline policy 'a/b' → IAM allows names of 1 to 128 letters, digits and +=,.@_-; rename it"),
        ("P", {"Statement": []}, "inline policy 'P' has no statement → at least one; write {'Statement': [...]}"),
        ("P", {"Statments": []}, "inline policy 'P' has 'Statments' → Version, Id, Statement; did you mean 'Statement'?"),
        ("P", "{}", "inline_policies['P'] is '{}' → an iam.PolicyDocument or a dict; pass one"),
        (
            "P",
            {"Version": "2008-10-17", **OBJECT},
            "inline policy 'P' has Version '2008-10-17' → '2012-10-17', which CDK writes, and in which ${...} is a variable; write that one",
        ),
        # Each of these CDK takes: as a statement that allows, without its condition, or with an effect that IAM refuses.
        ("P", object_but(Effect=None), "policy 'P': statement 1: Effect is None → 'Allow' or 'Deny'"),
        ("P", object_but(Effect="allow"), "policy 'P': statement 1: Effect is 'allow' → 'Allow' or 'Deny'"),
        ("P", object_but(Conditions={"Bool": {}}), "policy 'P': statement 1: unknown element 'Conditions'; did you mean 'Condition'?"),
        ("P", object_but(Condition="mfa"), "policy 'P': statement 1: Condition is 'mfa' → a mapping of operators"),
        # These CDK refuses, in several lines and with the role half built.
        ("P", object_but(Action=[]), "policy 'P': statement 1: Action is [] → a string or a list of strings"),
        ("P", object_but(Resource=None), "policy 'P': statement 1: has neither Resource nor NotResource → one of Resource and NotResource"),
        ("P", object_but(Principal="*"), "policy 'P': statement 1: has a Principal → a policy of a user, group or role has none"),
    ],
)
def test_rejects_an_inline_policy_that_is_not_a_policy(stack, name, document, problem):
    with pytest.raises(AutomationRoleError) as refused:
        AutomationRole(stack, "Role", inline_policies={name: document})
    assert str(refused.value) == f"Stack/Role: {problem}"
    assert stack.node.children == []


def test_an_inline_policys_conditions_may_be_what_cloudformation_fills_in(stack):
    account = {"StringEquals": {"aws:ResourceAccount": cdk.Fn.import_value("account")}}
    AutomationRole(stack, "Role", runbooks=[], inline_policies={"P": object_but(Condition=account)})
    (statement,) = Template(stack).statements()
    assert statement["Condition"] == {"StringEquals": {"aws:ResourceAccount": {"Fn::ImportValue": "account"}}}


# -- passing itself -------------------------------------------------------------------------------------------------------------


def test_may_pass_itself_only_to_systems_manager(guide):
    assert guide.statements() == [PASS_ITSELF]


def test_with_runbooks_it_can_pass_itself_only_when_they_do(stack):
    AutomationRole(stack, "Role", runbooks=[])
    assert Template(stack).statements() == []


def references(template, logical_id):
    """Logical IDs that a resource needs before it."""
    found, seen = [], template.json["Resources"][logical_id]

    def walk(value):
        if isinstance(value, dict):
            if "Ref" in value:
                found.append(value["Ref"])
            if "Fn::GetAtt" in value:
                found.append(value["Fn::GetAtt"][0])
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(seen.get("Properties", {}))
    depends = seen.get("DependsOn", [])
    return {*found, *([depends] if isinstance(depends, str) else depends)} & set(template.json["Resources"])


def test_no_cycle_when_a_document_a_function_and_a_bucket_refer_to_the_role(stack):
    role = AutomationRole(stack, "Role", deny_self_change=True)
    own = function(stack, "Own", role=role.role, environment={"ROLE": role.role_arn})
    role.allow_invoke(own)
    role.allow_pass_role(iam.Role(stack, "Other", assumed_by=iam.ArnPrincipal(role.role_arn)), "ec2.amazonaws.com")
    document = ssm.CfnDocument(stack, "Document", document_type="Automation", content={"assumeRole": role.role_arn})
    operators = iam.Role(stack, "Operators", assumed_by=iam.ArnPrincipal(role.role_arn))
    role.grant_start_automation(operators, document)
    bucket = s3.Bucket(stack, "Bucket")
    bucket.grant_read(role)
    bucket.add_to_resource_policy(iam.PolicyStatement(actions=["s3:GetObject"], resources=["*"], principals=[role.grant_principal]))
    template = Template(stack)
    resources = list(template.json["Resources"])
    waiting = {logical_id: references(template, logical_id) for logical_id in resources}
    while waiting:
        ready = [logical_id for logical_id, needs in waiting.items() if not needs & set(waiting)]
        assert ready, f"a cycle among {sorted(waiting)}"
        for logical_id in ready:
            del waiting[logical_id]


# -- passing other roles ----------------------------------------------------------------------------------------------------------


def test_each_role_goes_to_its_services_and_to_no_other(stack):
    profile = iam.Role(stack, "Profile", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    builder = iam.Role(stack, "Builder", assumed_by=iam.ServicePrincipal("cloudformation.amazonaws.com"))
    role = AutomationRole(stack, "Role", runbooks=[], pass_roles={"ec2.amazonaws.com": [profile]})
    role.allow_pass_role(builder, "cloudformation.amazonaws.com", "states.amazonaws.com")
    role.allow_pass_role(profile, "lambda.amazonaws.com")
    role.allow_pass_role(profile, "ec2.amazonaws.com")
    passed = {s["Resource"]: s["Condition"]["StringEquals"]["iam:PassedToService"] for s in Template(stack).statements()}
    assert passed == {
        "${Profile.Arn}": ["ec2.amazonaws.com", "lambda.amazonaws.com"],
        "${Builder.Arn}": ["cloudformation.amazonaws.com", "states.amazonaws.com"],
    }


@pytest.mark.parametrize(
    ("region", "names"), [("eu-central-1", "ec2.amazonaws.com"), ("cn-north-1", ["ec2.amazonaws.com", "ec2.amazonaws.com.cn"])]
)
def test_a_role_is_passed_to_ec2_under_its_chinese_name_only_there(tmp_path, region, names):
    stack = new_stack(tmp_path, account="111122223333", region=region)
    profile = iam.Role(stack, "Profile", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    starts = {"ImageId": "ami-1", "IamInstanceProfileName": "web"}
    runbook = Runbook.from_mapping(
        {"schemaVersion": "0.3", "mainSteps": [{"name": "start", "action": "aws:runInstances", "inputs": starts}]}, name="start"
    )
    AutomationRole(stack, "Role", runbooks=[runbook], pass_roles={"ec2.amazonaws.com": [profile]})
    passing = [statement for statement in Template(stack).statements() if statement["Action"] == "iam:PassRole"]
    assert len(passing) == 2
    assert [statement["Condition"]["StringEquals"]["iam:PassedToService"] for statement in passing] == [names, names]


def test_rejects_passing_a_role_to_no_service_to_an_invalid_one_or_to_another_account(tmp_path):
    stack = new_stack(tmp_path, account="111122223333", region="eu-central-1")
    role = AutomationRole(stack, "Role")
    other = iam.Role(stack, "Other", assumed_by=iam.AccountRootPrincipal())
    foreign = iam.Role.from_role_arn(stack, "Foreign", "arn:aws:iam::444455556666:role/Foreign")
    for passed, services, problem in [
        (
            other,
            (),
            "allow_pass_role of 'Stack/Other' without a service → at least one service principal; pass it, such as 'ec2.amazonaws.com'",
        ),
        (other, ("ec2",), "'ec2' is not a service principal → a name such as 'events.amazonaws.com'; did you mean 'ec2.amazonaws.com'?"),
        (
            foreign,
            ("ec2.amazonaws.com",),
            (
                "'Stack/Foreign' is in account '444455556666' and this role in '111122223333' → a role can be passed only within its own account; "
                "use a role in '111122223333'"
            ),
        ),
    ]:
        with pytest.raises(AutomationRoleError) as refused:
            role.allow_pass_role(passed, *services)
        assert str(refused.value) == f"Stack/Role: {problem}"


def test_a_role_that_is_refused_late_leaves_nothing_behind(tmp_path):
    stack = new_stack(tmp_path, account="111122223333", region="eu-central-1")
    foreign = iam.Role.from_role_arn(stack, "Foreign", "arn:aws:iam::444455556666:role/Foreign")
    with pytest.raises(AutomationRoleError):
        AutomationRole(stack, "Role", pass_roles={"ec2.amazonaws.com": [foreign]})
    assert stack.node.try_find_child("Role") is None


# -- the guard ----------------------------------------------------------------------------------------------------------------------


def test_the_guard_is_off_by_default_and_denies_changing_itself_when_on(guide, everything):
    assert all(statement["Effect"] == "Allow" for statement in guide.statements())
    (guard,) = [statement for statement in everything.statements() if statement["Effect"] == "Deny"]
    assert {
        "iam:AttachRolePolicy",
        "iam:DetachRolePolicy",
        "iam:PutRolePolicy",
        "iam:DeleteRolePolicy",
        "iam:UpdateAssumeRolePolicy",
        "iam:PutRolePermissionsBoundary",
        "iam:DeleteRolePermissionsBoundary",
        "iam:DeleteRole",
        "iam:CreatePolicyVersion",
        "iam:SetDefaultPolicyVersion",
    } <= set(guard["Action"])
    assert guard["Resource"] == [
        "${Role.Arn}",
        *(f"arn:${{AWS::Partition}}:iam::aws:policy/{name}" for name in ("ReadOnlyAccess", AUTOMATION, LAMBDA, "PowerUserAccess")),
    ]
    assert "Condition" not in guard


def guarded(template):
    (guard,) = [statement for statement in template.statements() if statement["Effect"] == "Deny"]
    return listed(guard["Resource"])


@pytest.mark.parametrize("minimize", [True, False])
def test_the_guard_covers_managed_policies_that_come_later_and_those_that_cdk_splits_off(tmp_path, minimize):
    stack = new_stack(tmp_path, context={"@aws-cdk/aws-iam:minimizePolicies": minimize})
    role = AutomationRole(stack, "Role", runbooks=[], deny_self_change=True)
    role.role.add_managed_policy(iam.ManagedPolicy(stack, "Later", statements=[allow("s3:GetObject", "*")]))
    role.role.add_managed_policy(iam.ManagedPolicy.from_managed_policy_name(stack, "Imported", "Ours"))
    for number in range(4):
        role.role.add_to_policy(allow(f"s3:Action{number}", f"arn:aws:s3:::{'x' * 3000}{number}"))
    assert set(guarded(Template(stack))) == {
        "${Role.Arn}",
        "${Later}",
        "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/Ours",
        "${RoleOverflowPolicy1}",
    }


def test_the_guard_covers_a_managed_policy_of_another_stack(tmp_path):
    app = new_app(tmp_path)
    stack, other = (cdk.Stack(app, name, synthesizer=cdk.BootstraplessSynthesizer()) for name in ("Stack", "Other"))
    role = AutomationRole(stack, "Role", runbooks=[], deny_self_change=True)
    role.role.add_managed_policy(iam.ManagedPolicy(other, "Theirs", statements=[allow("s3:GetObject", "*")]))
    template = Template(stack)
    (theirs,) = template.the(ROLE)["ManagedPolicyArns"]
    assert guarded(template) == ["${Role.Arn}", theirs]


@pytest.mark.parametrize(
    ("boundary", "arn"),
    [
        ({"name": "Bound"}, "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/Bound"),
        ({"name": "cdk-${Qualifier}-bound"}, "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/cdk-*-bound"),
        ({"arn": "arn:aws:iam::111122223333:policy/Bound"}, "arn:aws:iam::111122223333:policy/Bound"),
    ],
)
def test_the_guard_covers_the_boundary_of_the_whole_app(tmp_path, boundary, arn):
    stack = new_stack(tmp_path, context={"@aws-cdk/core:permissionsBoundary": boundary})
    AutomationRole(stack, "Role", runbooks=[], deny_self_change=True)
    template = Template(stack)
    assert guarded(template) == ["${Role.Arn}", arn]
    assert "PermissionsBoundary" in template.role()


def test_tokens_go_where_texts_go(stack):
    name, service = cdk.CfnParameter(stack, "Name").value_as_string, cdk.CfnParameter(stack, "Service").value_as_string
    other = iam.Role.from_role_arn(stack, "Other", cdk.Fn.import_value("other"))
    AutomationRole(
        stack,
        "Role",
        role_name=name,
        description=name,
        path=name,
        regions=[cdk.Aws.REGION],
        pass_roles={service: [other]},
        trusted_services=[service],
        runbooks=[],
    )
    template = Template(stack)
    role = template.role()
    assert (role["RoleName"], role["Description"], role["Path"]) == ("${Name}", "${Name}", "${Name}")
    assert role["AssumeRolePolicyDocument"]["Statement"][1]["Principal"] == {"Service": "${Service}"}
    (statement,) = template.statements()
    assert statement["Resource"] == {"Fn::ImportValue": "other"}
    assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": "${Service}"}}


# -- the logs of scripts --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["default", "name", "log group"])
def test_a_derived_role_writes_the_logs_of_scripts_when_asked_for_it(stack, given):
    made: Any = {"default": True, "name": "/team/scripts", "log group": logs.LogGroup(stack, "Logs")}[given]
    group = {"default": "/aws/ssm/automation/executeScript", "name": "/team/scripts", "log group": "${Logs}"}[given]
    AutomationRole(stack, "Role", runbooks=[], script_logs=made)
    arn = "arn:${AWS::Partition}:logs:*:${AWS::AccountId}:log-group:" + group
    assert Template(stack).statements() == [
        {"Action": "logs:DescribeLogGroups", "Effect": "Allow", "Resource": "*"},
        {"Action": ["logs:CreateLogGroup", "logs:DescribeLogStreams"], "Effect": "Allow", "Resource": [arn, f"{arn}:*"]},
        {"Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Effect": "Allow", "Resource": f"{arn}:log-stream:*"},
    ]


def test_without_it_there_is_nothing_about_logs(stack):
    AutomationRole(stack, "Role", runbooks=[])
    assert Template(stack).statements() == []


@pytest.mark.parametrize(("given", "told"), [(5, "script_logs is 5 → "), ("a b", "script_logs is 'a b' → ")])
def test_rejects_what_is_not_a_log_group(stack, given, told):
    with pytest.raises(AutomationRoleError, match=f"^Stack/Role: {told}"):
        AutomationRole(stack, "Role", runbooks=[], script_logs=given)


def test_an_inline_policy_with_a_name_that_only_cloudformation_knows(stack):
    name = cdk.CfnParameter(stack, "Name").value_as_string
    AutomationRole(
        stack, "Role", runbooks=[], inline_policies={name: {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}}
    )
    assert [each["PolicyName"] for each in Template(stack).resources("AWS::IAM::Policy").values()] == ["${Name}"]


def test_a_log_group_by_its_name_is_that_log_group(stack):
    """Its ARN ends in a wildcard, which stands for its streams."""
    AutomationRole(stack, "Role", runbooks=[], script_logs=logs.LogGroup.from_log_group_name(stack, "Logs", "team"))
    assert ":log-group:team:log-stream:*" in str(Template(stack).statements())
