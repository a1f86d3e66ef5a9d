"""Our decisions against another judge: an emulator that enforces IAM, asked by really making the calls, and by reading back.

What the emulator does not do as AWS documents it is left out of the table (ARN operators in which a wildcard would have to stay inside
its part of the ARN, `iam:PassRole`, requests across accounts) or marked in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from automation_role.testing import Authorization

from .conftest import Emulator, Keys

ACCOUNT = "123456789012"
BUCKET, OTHER = "judged-bucket", "other-bucket"
OBJECTS, OTHERS = f"arn:aws:s3:::{BUCKET}/*", f"arn:aws:s3:::{OTHER}/*"


@dataclass(frozen=True, slots=True)
class Call:
    """A call that can be made as somebody, and of which one can see afterwards whether it was.

    Attributes:
        action: what IAM calls it.
        resource: on what.
        make: makes it.
        made: whether it was made, as the root sees it; undoes it.
        context: the condition keys that it comes with.
    """

    action: str
    resource: str
    make: Callable[[Emulator, Keys], Any]
    made: Callable[[Emulator], bool]
    context: Mapping[str, Any]


def put(bucket: str, key: str) -> Call:
    def made(emulator: Emulator) -> bool:
        s3 = emulator.client("s3")
        found = "Contents" in s3.list_objects_v2(Bucket=bucket, Prefix=key)
        s3.delete_object(Bucket=bucket, Key=key)
        return found

    return Call(
        "s3:PutObject",
        f"arn:aws:s3:::{bucket}/{key}",
        lambda emulator, keys: emulator.client("s3", keys).put_object(Bucket=bucket, Key=key, Body=b"x"),
        made,
        {},
    )


def create_user(name: str, **tags: str) -> Call:
    def made(emulator: Emulator) -> bool:
        try:
            emulator.client("iam").delete_user(UserName=name)
        except emulator.client("iam").exceptions.NoSuchEntityException:
            return False
        return True

    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    return Call(
        "iam:CreateUser",
        f"arn:aws:iam::{ACCOUNT}:user/{name}",
        lambda emulator, keys: emulator.client("iam", keys).create_user(UserName=name, **({"Tags": listed} if tags else {})),
        made,
        {**{f"aws:RequestTag/{key}": value for key, value in tags.items()}, **({"aws:TagKeys": list(tags)} if tags else {})},
    )


def send(queue: str = "judged") -> Call:
    def made(emulator: Emulator) -> bool:
        sqs = emulator.client("sqs")
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        found = bool(sqs.receive_message(QueueUrl=url).get("Messages"))
        sqs.purge_queue(QueueUrl=url)
        return found

    return Call(
        "sqs:SendMessage",
        f"arn:aws:sqs:us-east-1:{ACCOUNT}:{queue}",
        lambda emulator, keys: emulator.client("sqs", keys).send_message(QueueUrl=f"{emulator.url}/{ACCOUNT}/{queue}", MessageBody="x"),
        made,
        {},
    )


def allow(action: Any, resource: Any = "*", **condition: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **({"Condition": condition} if condition else {})}


def deny(action: Any, resource: Any = "*", **condition: Any) -> dict[str, Any]:
    return {**allow(action, resource, **condition), "Effect": "Deny"}


TAGGED = {"aws:RequestTag/stage": "prod"}

# case, statements of the user, statements of its boundary (None: it has none), the call, whether it is allowed
CASES: list[tuple[str, list[dict[str, Any]], list[dict[str, Any]] | None, Call, bool]] = [
    ("nothing allows", [], None, put(BUCKET, "k"), False),
    ("an allow", [allow("s3:PutObject", OBJECTS)], None, put(BUCKET, "k"), True),
    ("another action", [allow("s3:GetObject", OBJECTS)], None, put(BUCKET, "k"), False),
    ("another resource", [allow("s3:PutObject", OTHERS)], None, put(BUCKET, "k"), False),
    ("action in another case", [allow("S3:putobject", OBJECTS)], None, put(BUCKET, "k"), True),
    ("resource in another case", [allow("s3:PutObject", f"arn:aws:s3:::{BUCKET}/K")], None, put(BUCKET, "k"), False),
    ("wildcard in the action", [allow("s3:Put*", OBJECTS)], None, put(BUCKET, "k"), True),
    ("wildcard that does not reach", [allow("s3:Put*Acl", OBJECTS)], None, put(BUCKET, "k"), False),
    ("one character", [allow("s3:PutObject", f"arn:aws:s3:::{BUCKET}/?")], None, put(BUCKET, "k"), True),
    ("one character is not two", [allow("s3:PutObject", f"arn:aws:s3:::{BUCKET}/?")], None, put(BUCKET, "kk"), False),
    ("slashes are characters", [allow("s3:PutObject", f"arn:aws:s3:::{BUCKET}/*/c")], None, put(BUCKET, "a/b/c"), True),
    ("an explicit deny", [allow("s3:*"), deny("s3:PutObject")], None, put(BUCKET, "k"), False),
    ("a deny elsewhere", [allow("s3:*"), deny("s3:PutObject", OTHERS)], None, put(BUCKET, "k"), True),
    ("a deny before the allow", [deny("s3:PutObject"), allow("s3:*")], None, put(BUCKET, "k"), False),
    ("NotAction", [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], None, put(BUCKET, "k"), True),
    ("NotAction that names it", [{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], None, put(BUCKET, "k"), False),
    ("NotAction denies", [allow("*"), {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}], None, put(BUCKET, "k"), False),
    ("NotResource", [{"Effect": "Allow", "Action": "s3:*", "NotResource": OTHERS}], None, put(BUCKET, "k"), True),
    ("NotResource that names it", [{"Effect": "Allow", "Action": "s3:*", "NotResource": OBJECTS}], None, put(BUCKET, "k"), False),
    ("a boundary that allows", [allow("s3:*")], [allow("s3:Put*")], put(BUCKET, "k"), True),
    ("a boundary that does not", [allow("s3:*")], [allow("sqs:*")], put(BUCKET, "k"), False),
    ("a boundary that denies", [allow("s3:*")], [allow("*"), deny("s3:PutObject", OBJECTS)], put(BUCKET, "k"), False),
    ("a boundary alone", [], [allow("*")], put(BUCKET, "k"), False),
    ("StringEquals", [allow("iam:*", StringEquals=TAGGED)], None, create_user("made", stage="prod"), True),
    ("StringEquals, another value", [allow("iam:*", StringEquals=TAGGED)], None, create_user("made", stage="test"), False),
    ("StringEquals minds the case", [allow("iam:*", StringEquals=TAGGED)], None, create_user("made", stage="PROD"), False),
    ("StringEquals, no key", [allow("iam:*", StringEquals=TAGGED)], None, create_user("made"), False),
    ("StringEqualsIfExists, no key", [allow("iam:*", StringEqualsIfExists=TAGGED)], None, create_user("made"), True),
    ("StringEqualsIgnoreCase", [allow("iam:*", StringEqualsIgnoreCase=TAGGED)], None, create_user("made", stage="PROD"), True),
    ("StringNotEquals, no key", [allow("iam:*", StringNotEquals=TAGGED)], None, create_user("made"), True),
    ("StringNotEquals denies", [allow("*"), deny("*", StringNotEquals=TAGGED)], None, create_user("made", stage="test"), False),
    ("StringLike", [allow("iam:*", StringLike={"aws:RequestTag/stage": "pr*"})], None, create_user("made", stage="prod"), True),
    ("StringNotLike", [allow("iam:*", StringNotLike={"aws:RequestTag/stage": "pr*"})], None, create_user("made", stage="prod"), False),
    ("Null", [allow("iam:*", Null={"aws:RequestTag/stage": "false"})], None, create_user("made", stage="x"), True),
    ("Null, no key", [allow("iam:*", Null={"aws:RequestTag/stage": "false"})], None, create_user("made"), False),
    (
        "one of several values",
        [allow("iam:*", StringEquals={"aws:RequestTag/stage": ["a", "b"]})],
        None,
        create_user("made", stage="b"),
        True,
    ),
    ("both conditions", [allow("iam:*", StringEquals={**TAGGED, "aws:RequestTag/x": "y"})], None, create_user("made", stage="prod"), False),
    (
        "ForAllValues",
        [allow("iam:*", **{"ForAllValues:StringEquals": {"aws:TagKeys": ["stage", "team"]}})],
        None,
        create_user("made", stage="a", team="b"),
        True,
    ),
    (
        "ForAllValues, one too many",
        [allow("iam:*", **{"ForAllValues:StringEquals": {"aws:TagKeys": ["stage"]}})],
        None,
        create_user("made", stage="a", team="b"),
        False,
    ),
    (
        "ForAnyValue",
        [allow("iam:*", **{"ForAnyValue:StringEquals": {"aws:TagKeys": ["stage"]}})],
        None,
        create_user("made", stage="a", team="b"),
        True,
    ),
    (
        "ForAnyValue, none",
        [allow("iam:*", **{"ForAnyValue:StringEquals": {"aws:TagKeys": ["owner"]}})],
        None,
        create_user("made", stage="a"),
        False,
    ),
    ("IpAddress", [allow("sqs:*", IpAddress={"aws:SourceIp": "127.0.0.0/8"})], None, send(), True),
    ("NotIpAddress", [allow("sqs:*", NotIpAddress={"aws:SourceIp": "127.0.0.0/8"})], None, send(), False),
    ("Bool", [allow("sqs:*", Bool={"aws:SecureTransport": "true"})], None, send(), False),
    ("a date", [allow("sqs:*", DateGreaterThan={"aws:CurrentTime": "2020-01-01T00:00:00Z"})], None, send(), True),
    ("ArnLike", [allow("sqs:*", ArnLike={"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:user/jud*"})], None, send(), True),
    ("ArnNotLike", [allow("sqs:*", ArnNotLike={"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:user/jud*"})], None, send(), False),
    ("the queue of this account", [allow("sqs:SendMessage", f"arn:aws:sqs:*:{ACCOUNT}:judged")], None, send(), True),
    ("the queue of another account", [allow("sqs:SendMessage", "arn:aws:sqs:*:999999999999:judged")], None, send(), False),
]

# What the emulator's requests have, and nobody says: they come from this machine, without TLS, now.
REQUEST: dict[str, str | bool] = {"aws:SourceIp": "127.0.0.1", "aws:SecureTransport": False, "aws:CurrentTime": "2026-01-01T00:00:00Z"}


@pytest.fixture(scope="module")
def judged(emulator: Emulator) -> Iterator[Keys]:
    emulator.reset()
    for bucket in (BUCKET, OTHER):
        emulator.client("s3").create_bucket(Bucket=bucket)
    emulator.client("sqs").create_queue(QueueName="judged")
    yield emulator.user("judged")
    emulator.reset()


def is_let_through(call: Callable[[], Any]) -> bool:
    try:
        call()
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("AccessDenied", "AccessDeniedException"):
            raise
        return False
    return True


def document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


def ours(statements: list[dict[str, Any]], boundary: list[dict[str, Any]] | None, call: Call) -> bool:
    """The decision from a template that has the same user."""
    properties: dict[str, Any] = {
        "UserName": "judged",
        "Policies": [{"PolicyName": "Own", "PolicyDocument": document(statements)}] if statements else [],
    }
    resources: dict[str, Any] = {"Judged": {"Type": "AWS::IAM::User", "Properties": properties}}
    if boundary is not None:
        properties["PermissionsBoundary"] = {"Ref": "Boundary"}
        resources["Boundary"] = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document(boundary)}}
    auth = Authorization({"Resources": resources}, account=ACCOUNT, context=REQUEST)
    return bool(auth.principal("judged").may(call.action, resource=call.resource, context=call.context))


def theirs(emulator: Emulator, keys: Keys, statements: list[dict[str, Any]], boundary: list[dict[str, Any]] | None, call: Call) -> bool:
    """Whether the call is let through; what is said and what is there afterwards must agree."""
    iam = emulator.client("iam")
    if statements:
        iam.put_user_policy(UserName="judged", PolicyName="Own", PolicyDocument=json.dumps(document(statements)))
    arn = None
    if boundary is not None:
        arn = iam.create_policy(PolicyName="Boundary", PolicyDocument=json.dumps(document(boundary)))["Policy"]["Arn"]
        iam.put_user_permissions_boundary(UserName="judged", PermissionsBoundary=arn)
    try:
        allowed = is_let_through(lambda: call.make(emulator, keys))
        assert call.made(emulator) is allowed, "the emulator says one thing and does another"
        return allowed
    finally:
        if statements:
            iam.delete_user_policy(UserName="judged", PolicyName="Own")
        if arn is not None:
            iam.delete_user_permissions_boundary(UserName="judged")
            iam.delete_policy(PolicyArn=arn)


@pytest.mark.parametrize(("case", "statements", "boundary", "call", "expected"), CASES, ids=[case[0] for case in CASES])
def test_decides_as_an_aws_that_enforces_iam_does(emulator, judged, case, statements, boundary, call, expected):
    assert ours(statements, boundary, call) is expected
    assert theirs(emulator, judged, statements, boundary, call) is expected


# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html: "You can do either …", a policy of the user or its name in
# the trust policy. The emulator asks for the user's policy, too.
BY_NAME_ALONE = "names the user"

TRUSTS: list[tuple[str, Any, list[dict[str, Any]], bool]] = [
    (BY_NAME_ALONE, {"AWS": f"arn:aws:iam::{ACCOUNT}:user/judged"}, [], True),
    ("names the user, who may", {"AWS": f"arn:aws:iam::{ACCOUNT}:user/judged"}, [allow("sts:AssumeRole")], True),
    ("names another", {"AWS": f"arn:aws:iam::{ACCOUNT}:user/other"}, [allow("sts:AssumeRole")], False),
    ("names the account, and the user may", {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, [allow("sts:AssumeRole")], True),
    ("names the account, and the user may not", {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, [], False),
    ("names a service", {"Service": "ssm.amazonaws.com"}, [allow("sts:AssumeRole")], False),
    ("names the user, who must not", {"AWS": f"arn:aws:iam::{ACCOUNT}:user/judged"}, [allow("*"), deny("sts:AssumeRole")], False),
]


@pytest.mark.parametrize(("case", "principal", "statements", "expected"), TRUSTS, ids=[case[0] for case in TRUSTS])
def test_a_trust_policy_admits_as_an_aws_that_enforces_iam_does(emulator, judged, case, principal, statements, expected):
    trust = document([{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}])
    own = [{"PolicyName": "Own", "PolicyDocument": document(statements)}] if statements else []
    template = {
        "Resources": {
            "Judged": {"Type": "AWS::IAM::User", "Properties": {"UserName": "judged", "Policies": own}},
            "Trusting": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "trusting", "AssumeRolePolicyDocument": trust}},
        }
    }
    auth = Authorization(template, account=ACCOUNT, context=REQUEST)
    assert bool(auth.role("trusting").may_be_assumed_by(auth.principal("judged"))) is expected
    assert is_assumed(emulator, judged, trust, statements) is (expected and case != BY_NAME_ALONE)


def is_assumed(emulator: Emulator, keys: Keys, trust: dict[str, Any], statements: list[dict[str, Any]]) -> bool:
    """Whether the role can be assumed, and the credentials are the role's."""
    iam, sts = emulator.client("iam"), emulator.client("sts", keys)
    if statements:
        iam.put_user_policy(UserName="judged", PolicyName="Own", PolicyDocument=json.dumps(document(statements)))
    arn = iam.create_role(RoleName="trusting", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    answers: list[dict[str, Any]] = []
    try:
        if not is_let_through(lambda: answers.append(sts.assume_role(RoleArn=arn, RoleSessionName="judged"))):
            return False
        found = answers[0]["Credentials"]
        assumed = Keys(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
        who = emulator.client("sts", assumed).get_caller_identity()["Arn"]
        assert who == f"arn:aws:sts::{ACCOUNT}:assumed-role/trusting/judged"
        return True
    finally:
        iam.delete_role(RoleName="trusting")
        if statements:
            iam.delete_user_policy(UserName="judged", PolicyName="Own")
