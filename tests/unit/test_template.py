"""Templates: which policies count for whom, and what of a template is known."""

from __future__ import annotations

import json
from typing import Any

import pytest

from automation_role.iam.decision import Outcome
from automation_role.template.intrinsics import TemplateError
from automation_role.template.load import load
from automation_role.template.resolver import Resolver
from automation_role.testing import Authorization, Decision

TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "ssm.amazonaws.com"}, "Action": "sts:AssumeRole"},
}


def document(action: Any = "s3:*", resource: Any = "*", effect: str = "Allow") -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": resource}]}


def role(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST, **properties}}


def user(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::IAM::User", "Properties": properties}


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def asked(resources: dict[str, Any], who: str, *, action: str = "s3:PutObject", on: str = "arn:aws:s3:::b/k", **sections: Any) -> Decision:
    options = {key: sections.pop(key) for key in ("parameters", "imports", "managed_policies", "partition", "region") if key in sections}
    return Authorization({"Resources": resources, **sections}, **options).principal(who).may(action, resource=on)


INLINE = [{"PolicyName": "Own", "PolicyDocument": document()}]

ATTACHED = [
    ("an inline policy of a role", {"R": role(Policies=INLINE)}, "R"),
    ("an inline policy of a user", {"U": user(Policies=INLINE)}, "U"),
    (
        "AWS::IAM::Policy",
        {"R": role(), "P": resource("AWS::IAM::Policy", PolicyName="p", PolicyDocument=document(), Roles=[{"Ref": "R"}])},
        "R",
    ),
    (
        "by the role's literal name",
        {"R": role(RoleName="named"), "P": resource("AWS::IAM::Policy", PolicyName="p", PolicyDocument=document(), Roles=["named"])},
        "named",
    ),
    ("AWS::IAM::RolePolicy", {"R": role(), "P": resource("AWS::IAM::RolePolicy", PolicyDocument=document(), RoleName={"Ref": "R"})}, "R"),
    ("AWS::IAM::UserPolicy", {"U": user(), "P": resource("AWS::IAM::UserPolicy", PolicyDocument=document(), UserName={"Ref": "U"})}, "U"),
    (
        "a managed policy that names the role",
        {"R": role(), "P": resource("AWS::IAM::ManagedPolicy", PolicyDocument=document(), Roles=[{"Ref": "R"}])},
        "R",
    ),
    (
        "a managed policy that the role names",
        {"R": role(ManagedPolicyArns=[{"Ref": "P"}]), "P": resource("AWS::IAM::ManagedPolicy", PolicyDocument=document())},
        "R",
    ),
    (
        "by its written ARN",
        {
            "R": role(ManagedPolicyArns=["arn:aws:iam::111122223333:policy/team/mine"]),
            "P": resource("AWS::IAM::ManagedPolicy", ManagedPolicyName="mine", Path="/team/", PolicyDocument=document()),
        },
        "R",
    ),
    ("a group that the user names", {"U": user(Groups=[{"Ref": "G"}]), "G": resource("AWS::IAM::Group", Policies=INLINE)}, "U"),
    (
        "a group that the user is added to",
        {
            "U": user(),
            "G": resource("AWS::IAM::Group"),
            "P": resource("AWS::IAM::GroupPolicy", PolicyDocument=document(), GroupName={"Ref": "G"}),
            "A": resource("AWS::IAM::UserToGroupAddition", GroupName={"Ref": "G"}, Users=[{"Ref": "U"}]),
        },
        "U",
    ),
    (
        "a managed policy of the group",
        {
            "U": user(Groups=[{"Ref": "G"}]),
            "G": resource("AWS::IAM::Group", ManagedPolicyArns=[{"Ref": "P"}]),
            "P": resource("AWS::IAM::ManagedPolicy", PolicyDocument=document()),
        },
        "U",
    ),
    ("a group itself", {"G": resource("AWS::IAM::Group", Policies=INLINE)}, "G"),
    ("administrators by AWS's policy", {"R": role(ManagedPolicyArns=["arn:aws:iam::aws:policy/AdministratorAccess"])}, "R"),
]


@pytest.mark.parametrize(("how", "resources", "who"), ATTACHED, ids=[case[0] for case in ATTACHED])
def test_a_policy_counts_for_whom_it_is_attached_to(how, resources, who):
    assert asked(resources, who)
    assert (
        not asked(resources, who, action="sqs:SendMessage", on="arn:aws:sqs:eu-west-1:111122223333:q")
        or how == "administrators by AWS's policy"
    )


def test_a_policy_does_not_count_for_others():
    resources = {
        "R": role(),
        "Other": role(),
        "U": user(Groups=[{"Ref": "G"}]),
        "G": resource("AWS::IAM::Group"),
        "H": resource("AWS::IAM::Group", Policies=INLINE),
        "P": resource("AWS::IAM::Policy", PolicyName="p", PolicyDocument=document(), Roles=[{"Ref": "Other"}], Users=["someone"]),
    }
    assert not asked(resources, "R")
    assert not asked(resources, "U")
    assert asked(resources, "Other")


@pytest.mark.parametrize(
    ("boundary", "allowed"),
    [({"Ref": "P"}, True), ("arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess", False)],
)
def test_the_boundary_counts(boundary, allowed):
    resources = {
        "R": role(Policies=INLINE, PermissionsBoundary=boundary),
        "P": resource("AWS::IAM::ManagedPolicy", PolicyDocument=document("s3:Put*")),
    }
    assert bool(asked(resources, "R")) is allowed


# -- managed policies ----------------------------------------------------------------------------------------------------------------

UNKNOWN_POLICY = {"R": role(ManagedPolicyArns=["arn:aws:iam::aws:policy/AmazonEC2FullAccess"])}


def test_rejects_to_guess_a_managed_policy():
    found = asked(UNKNOWN_POLICY, "R")
    assert found.outcome is Outcome.UNDECIDED
    assert found.reason == (
        "the managed policy 'arn:aws:iam::aws:policy/AmazonEC2FullAccess' is not known: "
        "pass its document (managed_policies, --managed-policy)"
    )


@pytest.mark.parametrize(
    ("policy", "outcome"),
    [
        ("AmazonEC2FullAccess", Outcome.ALLOWED),  # its text is not kept, but it has no Deny
        ("AWSLakeFormationDataAdmin", Outcome.UNDECIDED),  # it has one
        ("AmazonOfTomorrow", Outcome.UNDECIDED),  # AWS published it later
        ("ReadOnlyAccess", Outcome.ALLOWED),
    ],
)
def test_an_allow_elsewhere_decides_unless_a_managed_policy_may_deny(policy, outcome):
    resources = {"R": role(ManagedPolicyArns=[f"arn:aws:iam::aws:policy/{policy}"], Policies=INLINE)}
    assert asked(resources, "R").outcome is outcome
    elsewhere = {"R": role(ManagedPolicyArns=[f"arn:aws-cn:iam::aws:policy/{policy}"], Policies=INLINE)}
    assert asked(elsewhere, "R").outcome is Outcome.UNDECIDED  # only the policies of the partition `aws` are known


def test_an_operator_with_read_only_access_is_decided():
    resources = {"R": role(ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"])}
    assert asked(resources, "R", action="ssm:DescribeAutomationExecutions", on="*")
    assert not asked(resources, "R", action="ssm:StartAutomationExecution", on="*")


def test_an_import_can_be_given():
    resources = {"R": role(ManagedPolicyArns=[{"Fn::ImportValue": "Shared"}])}
    assert asked(resources, "R").outcome is Outcome.UNDECIDED
    assert asked(resources, "R", imports={"Shared": "arn:aws:iam::aws:policy/AdministratorAccess"})


@pytest.mark.parametrize("name", ["arn:aws:iam::aws:policy/AmazonEC2FullAccess", "AmazonEC2FullAccess"])
def test_a_managed_policy_can_be_given(name):
    assert asked(UNKNOWN_POLICY, "R", managed_policies={name: document()})
    assert not asked(UNKNOWN_POLICY, "R", managed_policies={name: document("ec2:*")})


@pytest.mark.parametrize(
    ("name", "action", "expected"),
    [
        ("service-role/AmazonSSMAutomationRole", "ec2:StartInstances", True),
        ("service-role/AmazonSSMAutomationRole", "ec2:DescribeInstances", False),
        ("service-role/AmazonSSMAutomationRole", "iam:PassRole", False),
        ("service-role/AWSLambdaRole", "lambda:InvokeFunction", True),
        ("AmazonSSMAutomationApproverAccess", "ssm:SendAutomationSignal", True),
        ("AmazonSSMAutomationApproverAccess", "ssm:StartAutomationExecution", False),
    ],
)
def test_aws_managed_policies_of_systems_manager_are_known(name, action, expected):
    resources = {"R": role(ManagedPolicyArns=[{"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/" + name}])}
    assert bool(asked(resources, "R", action=action, on="*")) is expected


def test_rejects_to_take_one_partitions_text_for_anothers():
    resources = {"R": role(ManagedPolicyArns=[{"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess"}])}
    assert asked(resources, "R", partition="aws-cn").outcome is Outcome.UNDECIDED


# -- what a template leaves open -----------------------------------------------------------------------------------------------------

PARAMETERS = {
    "Bucket": {"Type": "String"},
    "Named": {"Type": "String", "Default": "b"},
    "Stored": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/bucket/name"},
    "Names": {"Type": "CommaDelimitedList", "Default": "a, b"},
}
SECTIONS: dict[str, Any] = {
    "Parameters": PARAMETERS,
    "Conditions": {
        "Yes": {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]},
        "No": {"Fn::Not": [{"Condition": "Yes"}]},
        "Maybe": {"Fn::Equals": [{"Ref": "Bucket"}, "b"]},
        "NoWhatever": {"Fn::And": [{"Condition": "Maybe"}, {"Condition": "No"}]},
        "YesWhatever": {"Fn::Or": [{"Condition": "Maybe"}, {"Condition": "Yes"}]},
    },
    "Mappings": {"Of": {"us-east-1": {"bucket": "b"}, "eu-west-1": {"bucket": "c"}}},
}

# resource of the statement -> whether the role may put arn:aws:s3:::b/k (None: it cannot be known)
RESOLVED = [
    ({"Fn::Sub": "arn:${AWS::Partition}:s3:::${Named}/*"}, True),
    ({"Fn::Sub": ["arn:aws:s3:::${X}/*", {"X": {"Ref": "Named"}}]}, True),
    ({"Fn::Sub": "arn:aws:s3:::${!Named}/*"}, False),  # the text ${Named}
    ({"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::", {"Ref": "Named"}, "/*"]]}, True),
    ({"Fn::Sub": "arn:aws:s3:::${Bucket}/*"}, None),
    ({"Fn::Sub": "arn:aws:sqs:::${Bucket}/*"}, False),  # whatever it is
    ({"Fn::Sub": "arn:aws:s3:::${Stored}/*"}, None),
    ({"Fn::ImportValue": "X"}, None),
    ({"Fn::Transform": {"Name": "X"}}, None),
    ({"Fn::Sub": ["arn:aws:s3:::${X}/*", {"X": {"Fn::Select": [1, {"Ref": "Names"}]}}]}, True),
    ({"Fn::Sub": ["arn:aws:s3:::${X}/*", {"X": {"Fn::Select": ["0", {"Ref": "Names"}]}}]}, False),
    ({"Fn::Sub": ["arn:aws:s3:::${X}/*", {"X": {"Fn::Select": [2, {"Fn::Split": ["-", "c-a-b"]}]}}]}, True),
    ({"Fn::Sub": ["arn:aws:s3:::${X}/*", {"X": {"Fn::FindInMap": ["Of", {"Ref": "AWS::Region"}, "bucket"]}}]}, True),
    ({"Fn::If": ["Yes", "arn:aws:s3:::b/*", {"Fn::ImportValue": "X"}]}, True),
    ({"Fn::If": ["No", "arn:aws:s3:::b/*", "arn:aws:s3:::c/*"]}, False),
    ({"Fn::If": ["Maybe", "arn:aws:s3:::b/*", "arn:aws:s3:::c/*"]}, None),
    ({"Fn::If": ["Maybe", "arn:aws:s3:::b/*", "arn:aws:s3:::b/*"]}, True),  # the same either way
    ({"Fn::If": ["NoWhatever", "arn:aws:s3:::c/*", "arn:aws:s3:::b/*"]}, True),
    ({"Fn::If": ["YesWhatever", "arn:aws:s3:::b/*", "arn:aws:s3:::c/*"]}, True),
    ([{"Fn::If": ["Yes", {"Ref": "AWS::NoValue"}, "arn:aws:s3:::b/*"]}, "arn:aws:s3:::c/*"], False),
    ({"Fn::GetAtt": ["TheBucket", "Arn"]}, False),  # a bucket of another name
    ({"Fn::Sub": "${TheBucket.Arn}/*"}, False),
    ({"Fn::Sub": "arn:aws:s3:::${TheBucket}*"}, False),
    ({"Ref": "Odd"}, None),
    ({"Fn::Sub": "arn:aws:s3:::${AWS::NoValue}/*"}, None),  # CloudFormation refuses it
]


@pytest.mark.parametrize(("written", "expected"), RESOLVED, ids=[json.dumps(case[0])[:60] for case in RESOLVED])
def test_intrinsic_functions_are_resolved_as_far_as_they_can_be(written, expected):
    resources = {
        "R": role(Policies=[{"PolicyName": "P", "PolicyDocument": document(resource=written)}]),
        "TheBucket": resource("AWS::S3::Bucket"),
        "Odd": resource("Custom::Something"),
    }
    found = asked(resources, "R", **SECTIONS)
    assert found.outcome is {True: Outcome.ALLOWED, False: Outcome.DENIED, None: Outcome.UNDECIDED}[expected], found


def test_a_parameter_that_is_given_settles_it():
    resources = {"R": role(Policies=[{"PolicyName": "P", "PolicyDocument": document(resource={"Fn::Sub": "arn:aws:s3:::${Bucket}/*"})}])}
    assert asked(resources, "R", parameters={"Bucket": "b"}, **SECTIONS)
    assert not asked(resources, "R", parameters={"Bucket": "c"}, **SECTIONS)


@pytest.mark.parametrize(("condition", "outcome"), [("Yes", Outcome.ALLOWED), ("No", Outcome.DENIED), ("Maybe", Outcome.UNDECIDED)])
def test_a_conditional_policy_counts_when_it_is_made(condition, outcome):
    made = resource("AWS::IAM::Policy", PolicyName="p", PolicyDocument=document(), Roles=[{"Ref": "R"}])
    assert asked({"R": role(), "P": {**made, "Condition": condition}}, "R", **SECTIONS).outcome is outcome


def test_a_generated_name_is_the_same_wherever_it_is_used():
    resources = {
        "R": role(Policies=[{"PolicyName": "P", "PolicyDocument": document(resource={"Fn::Sub": "${TheBucket.Arn}/*"})}]),
        "TheBucket": resource("AWS::S3::Bucket"),
        "OtherBucket": resource("AWS::S3::Bucket"),
    }
    auth = Authorization({"Resources": resources})
    assert auth.principal("R").may("s3:PutObject", resource=f"{auth.arn_of('TheBucket')}/k")
    assert not auth.principal("R").may("s3:PutObject", resource=f"{auth.arn_of('OtherBucket')}/k")
    assert auth.arn_of("TheBucket") == f"arn:aws:s3:::{auth.name_of('TheBucket')}"


def test_a_path_is_part_of_a_roles_arn():
    auth = Authorization({"Resources": {"R": role(RoleName="named", Path="/team/")}}, account="444455556666", partition="aws-cn")
    assert auth.role("R").arn == "arn:aws-cn:iam::444455556666:role/team/named"


# -- resource policies ---------------------------------------------------------------------------------------------------------------

GUARDED = [
    ({"G": resource("AWS::S3::BucketPolicy", Bucket="b", PolicyDocument={})}, "s3:PutObject", "arn:aws:s3:::b/k"),
    (
        {"G": resource("AWS::SNS::TopicPolicy", Topics=[{"Ref": "T"}]), "T": resource("AWS::SNS::Topic", TopicName="t")},
        "sns:Publish",
        "arn:aws:sns:us-east-1:111122223333:t",
    ),
    (
        {"G": resource("AWS::SQS::QueuePolicy", Queues=[{"Ref": "Q"}]), "Q": resource("AWS::SQS::Queue", QueueName="q")},
        "sqs:SendMessage",
        "arn:aws:sqs:us-east-1:111122223333:q",
    ),
    ({"G": resource("AWS::Organizations::Policy", Type="SERVICE_CONTROL_POLICY")}, "sqs:SendMessage", "*"),
    (
        {"G": resource("AWS::Lambda::Permission", FunctionName="f", Principal="111122223333")},
        "lambda:InvokeFunction",
        "arn:aws:lambda:us-east-1:111122223333:function:f",
    ),
]


@pytest.mark.parametrize(("resources", "action", "on"), GUARDED, ids=[case[0]["G"]["Type"] for case in GUARDED])
@pytest.mark.parametrize("allowed", [True, False])
def test_rejects_to_answer_where_a_resource_policy_decides_too(resources, action, on, allowed):
    found = asked(
        {"R": role(Policies=[{"PolicyName": "P", "PolicyDocument": document(action if allowed else "x:Y")}]), **resources},
        "R",
        action=action,
        on=on,
    )
    assert found.outcome is Outcome.UNDECIDED
    assert f"{resources['G']['Type']} 'G'" in found.reason


def test_an_explicit_deny_stands_whatever_a_resource_policy_says():
    resources = {"R": role(Policies=[{"PolicyName": "P", "PolicyDocument": document("s3:*", effect="Deny")}]), **GUARDED[0][0]}
    assert asked(resources, "R").outcome is Outcome.DENIED


@pytest.mark.parametrize(
    "other",
    [
        resource("AWS::S3::BucketPolicy", Bucket="other", PolicyDocument={}),
        resource("AWS::Lambda::Permission", FunctionName="b", Principal="events.amazonaws.com"),
    ],
)
def test_the_policy_of_another_resource_does_not_matter(other):
    assert asked({"R": role(Policies=INLINE), "G": other}, "R")


# -- files ---------------------------------------------------------------------------------------------------------------------------

YAML = """
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Name: {Type: String, Default: b}
Conditions:
  Here: !Equals [!Ref AWS::Region, us-east-1]
Resources:
  R:
    Type: AWS::IAM::Role
    Condition: Here
    Properties:
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          - {Effect: Allow, Principal: {Service: ssm.amazonaws.com}, Action: sts:AssumeRole}
      Policies:
        - PolicyName: P
          PolicyDocument:
            Version: 2012-10-17
            Statement:
              - Effect: Allow
                Action: !If [Here, "s3:*", "s3:Get*"]
                Resource:
                  - !Sub "${Bucket.Arn}/${!aws:PrincipalAccount}/*"
                  - !Join ["", [!GetAtt Bucket.Arn, "/x"]]
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !Ref Name}
"""


def test_a_yaml_template_with_short_forms_is_read(tmp_path):
    path = tmp_path / "template.yaml"
    path.write_text(YAML, encoding="utf-8")
    who = Authorization(path).principal("R")
    assert who.may("s3:PutObject", resource="arn:aws:s3:::b/x")
    assert who.may("s3:PutObject", resource="arn:aws:s3:::b/111122223333/k")
    assert not who.may("s3:PutObject", resource="arn:aws:s3:::b/444455556666/k")
    assert not Authorization(str(path), region="eu-west-1").roles()


def test_a_json_template_is_read(tmp_path):
    path = tmp_path / "template.json"
    path.write_text(json.dumps({"Resources": {"R": role(Policies=INLINE)}}), encoding="utf-8")
    assert Authorization(path).principal("R").may("s3:PutObject")


def test_what_looks_like_an_assertions_template_is_taken():
    class Looks:
        def to_json(self) -> dict[str, Any]:
            return {"Resources": {"R": role(Policies=INLINE)}}

    assert Authorization(Looks()).principal("R").may("s3:PutObject")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", ":1: neither JSON nor YAML"),
        ("a: 1", ": not a CloudFormation template → a mapping with 'Resources'"),
        ("", ": not a CloudFormation template → a mapping with 'Resources'"),
        ("Resources: {R: {}}", ": resource 'R' has no Type → a mapping with 'Type'; expand Fn::ForEach first"),
    ],
)
def test_rejects_anything_but_a_template(tmp_path, text, message):
    path = tmp_path / "template.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TemplateError) as raised:
        load(path)
    assert str(raised.value).startswith(f"{path}{message}")
    assert "\n" not in str(raised.value)


def test_what_is_unknown_has_the_same_words_in_every_run():
    known = Resolver({"Resources": {}}, account="1", region="r", partition="aws", parameters={})
    assert known.resolve({"Fn::Sub": "${AWS::NoValue}"}) == "⟨?AWS::NoValue⟩"


def test_rejects_a_number_without_end(tmp_path):
    path = tmp_path / "template.json"
    path.write_text('{"Resources": ' + "1" * 6_000 + "}", encoding="utf-8")
    with pytest.raises(TemplateError, match="neither JSON nor YAML"):
        load(path)


def test_rejects_a_file_that_is_not_there(tmp_path):
    with pytest.raises(TemplateError, match=r"cannot be read \(No such file or directory\) → a CloudFormation template"):
        load(tmp_path / "nowhere.json")


@pytest.mark.parametrize(
    ("resources", "options", "message"),
    [
        ({"R": role(RoleName={"Ref": "Nam"})}, {}, "the template has no resource or parameter 'Nam'"),
        (
            {"R": role(Policies=[{"PolicyName": "P", "PolicyDocument": document(resource={"Fn::GetAtt": ["Rr", "Arn"]})}])},
            {},
            "the template has no resource or parameter 'Rr'; did you mean 'R'?",
        ),
        ({"R": role()}, {"parameters": {"X": "1"}}, "parameters: the template has no parameter 'X'"),
        ({"R": {**role(), "Condition": "Nope"}}, {}, "the template has no condition 'Nope'"),
    ],
)
def test_rejects_a_reference_to_nothing(resources, options, message):
    with pytest.raises(TemplateError) as raised:
        Authorization({"Resources": resources}, **options)
    assert str(raised.value) == message
