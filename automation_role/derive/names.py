"""What an input says -> what stands in its resource's ARN.

Mostly that is the same text. Where a service takes other spellings, they are one entry in a table here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final, TypeAlias

from ..catalog.operations import ResourceType
from ..values.arns import is_cut_short, may_be_arn
from ..values.patterns import ANY, Bound, Pattern
from ..values.tokens import KnownToken
from ..values.value import Value
from .inputs import UNKNOWN_TEXT, texts

_Names: TypeAlias = tuple[Pattern, ...]


def names_of(value: Pattern, kind: ResourceType, hole: str, inputs: Mapping[str, Value]) -> _Names:
    """What fills a hole of a type's ARN when an input holds this; nothing when it names another type.

    Args:
        value: what the input holds: a name, an identifier, an ARN, a CDK token, or unknown in parts.
        kind: the resource type.
        hole: the hole of its ARN (`InstanceId`).
        inputs: all of the call's, for the few that say the rest of a name.
    """
    if value.is_any or not value.parts:
        return (UNKNOWN_TEXT,)
    if kind.small_letters:
        value = Pattern(tuple(part.lower() if isinstance(part, str) and not part.startswith("arn:") else part for part in value.parts))
    if is_access_point(value):
        return ()
    if is_arn(value):
        return () if _form(kind.arn).covers(form_of(value)) else (_of_other(value, kind),)
    if partial_arn(value, kind) is not None:
        return ()
    service = kind.arn.split(":")[2]
    spelling = _SPELLINGS.get((service, f"{kind.name}.{hole}")) or _SPELLINGS.get((service, hole))
    return tuple(any_identifier(name, hole) for name in (spelling(value, inputs) if spelling is not None else (value,)))


def any_identifier(name: Pattern, hole: str) -> Pattern:
    """`*` for `i-*`: all identifiers of a type begin so, and it says no more than the type's ARN does."""
    if not hole.endswith("Id") or len(name.parts) != _BEGINNING or name.parts[1] is not ANY:
        return name
    return UNKNOWN_TEXT if isinstance(name.parts[0], str) and re.fullmatch(r"[a-z]+(-[a-z]+)?-", name.parts[0]) else name


_BEGINNING: Final = 2


def _of_other(arn: Pattern, kind: ResourceType) -> Pattern:
    """The name in another type's ARN: that of a cluster, in its service's; of a key's alias, no key's."""
    return UNKNOWN_TEXT if kind.name == "key" or _is_opaque(arn) else after_last(after_last(arn, ":"), "/")


def is_alias(key: Pattern) -> bool:
    """Whether a key is given by the name of an alias."""
    return _starts(key, "alias/")


def is_access_point(value: Pattern) -> bool:
    """Whether the ARN of an access point stands where a bucket's name does.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-naming.html
    """
    return is_arn(value) and _holds(value, ":accesspoint/")


def partial_arn(value: Pattern, kind: ResourceType) -> Pattern | None:
    """The ARN of what names its account, too, as an ARN's end or a URL does; `None` for a mere name.

    Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html (FunctionName: "Partial ARN – 123456789012:function:my-function"),
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html (queue URL)
    """
    if kind.name == "function" and _holds(value, ":function:") and not is_arn(value):
        return Pattern.of("arn:{P}:lambda:{R}:") + value
    if kind.name == "queue" and _holds(value, "://"):
        path = after_first(after_first(value, "://"), "/")
        return (
            Pattern.of("arn:{P}:sqs:{R}:") + before(path, "/") + Pattern.literal(":") + after_first(path, "/")
            if _holds(path, "/")
            else None
        )
    return None


def whole_arns(value: Pattern, kind: ResourceType, inputs: Mapping[str, Value]) -> _Names:
    """The ARNs of an input that holds whole ARNs of a type, or what stands for one."""
    # IAM takes no ARN that begins with a wildcard, or ends before it has all its fields.
    if value.is_any or (value.parts[0] is ANY and kind.name != "object") or (is_arn(value) and is_cut_short(value)):
        return (Pattern.of(_NAME.sub("*", kind.arn)),)
    if kind.name == "object" and not (is_arn(value) and may_be_arn(value)):  # CopySource: `bucket/key?versionId=…`
        first = value.parts[0]
        source = after_first(value, "/") if isinstance(first, str) and first.startswith("/") else value
        return (Pattern.of("arn:{P}:s3:::") + before(source, "?"),)
    if kind.name == "accesspointobject":
        return tuple(value + Pattern.literal("/object/") + key for key in texts(inputs, "Key")) or (value + Pattern(("/object/", ANY)),)
    if kind.name == "function":
        return tuple(value + Pattern.literal(":") + qualifier for qualifier in texts(inputs, "Qualifier")) or (value,)
    if kind.name == "topic":
        return (_fields(value, _TOPIC),)
    if kind.name in _QUALIFIED:
        return tuple(dict.fromkeys((value, _unqualified(value, _QUALIFIED[kind.name]))))
    if kind.name == "secret" and value.text is not None and not re.search(r"-[A-Za-z0-9]{6}$", value.text):
        return (value, value + Pattern(("-", ANY)))  # an ARN may be given without the six characters that end it
    if kind.name == "log-group":
        bare = value if not _ends(value, ":*") else _cut(value, ":*")
        return (bare, bare + Pattern((":", ANY)))
    return (value,)


# Type -> how many colons its ARNs have; more are of a version, or an alias, and authorized by the ARN without them:
# https://docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html
_QUALIFIED: Final = {"statemachine": 6}


# A subscription's ARN is its topic's, of six fields, with an identifier: https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
_TOPIC: Final = 6


def _fields(arn: Pattern, most: int) -> Pattern:
    """An ARN with no more than so many of its fields."""
    seen = 1
    for at, part in enumerate(arn.parts):
        pieces = part.split(":") if isinstance(part, str) else [""]
        if seen + len(pieces) - 1 > most:
            return Pattern((*arn.parts[:at], ":".join(pieces[: most - seen + 1])))
        seen += len(pieces) - 1
    return arn


def _unqualified(arn: Pattern, colons: int) -> Pattern:
    """An ARN without what follows its last colon, when that is one too many."""
    text = arn.text
    return arn if text is None or text.count(":") <= colons else Pattern.literal(text.rpartition(":")[0])


# Stands among an ARN's holes for the account, where an input says whose the resource is.
ACCOUNT: Final = "A"


def forms(kind: ResourceType, names: Mapping[str, Pattern]) -> tuple[str, ...]:
    """How a type's ARN is written with these names.

    Of a token nobody can see whether it begins with the slash that a parameter's ARN has no second one of, so it is written both ways.
    """
    if all(name.is_any for hole, name in names.items() if hole != ACCOUNT):
        return (kind.arn,)
    name = names.get(_PARAMETER)
    if name is not None and is_public(name):
        return ("arn:{P}:ssm:{R}::parameter/{" + _PARAMETER + "}",)
    if name is not None and name.parts and isinstance(name.parts[0], Bound):
        return (kind.arn, kind.arn.replace(f"/{{{_PARAMETER}}}", f"{{{_PARAMETER}}}"))
    return kind.formats


def is_public(parameter: Pattern) -> bool:
    """Whether a parameter is of AWS's public ones, whose ARNs have no account.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html
    """
    return _starts(parameter, "aws/service/")


_PARAMETER: Final = "ParameterNameWithoutLeadingSlash"
_NAME: Final = re.compile(r"\{(?![PRA]\})\w+\}")


@cache
def _form(arn: str) -> Pattern:
    """Every ARN of a type, whosever and wherever."""
    return Pattern.of(re.sub(r"\{\w+\}", "*", arn))


def is_arn(text: Pattern) -> bool:
    """Whether a text begins as ARNs do, or is a token of one."""
    return _starts(form_of(text), "arn:")


def form_of(text: Pattern) -> Pattern:
    """What a token of a whole ARN is known to look like; any other text is what it is."""
    first = text.parts[0] if len(text.parts) == 1 else None
    return Pattern.of(first.value.form) if isinstance(first, Bound) and isinstance(first.value, KnownToken) else text


_S3_URL: Final = re.compile(r"https://(?:s3[.-][^/]*/(?P<path_bucket>[^/]+)|(?P<host_bucket>[^/]+?)\.s3[.-][^/]*)/(?P<key>[^?]+)(?:\?.*)?")


def object_of_url(url: Pattern) -> Pattern:
    """The ARN of an object in S3, any object where its URL is not known.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
    """
    match = _S3_URL.fullmatch(url.text or "")
    if match is None:
        return Pattern.of("arn:{P}:s3:::*/*")
    return Pattern.of("arn:{P}:s3:::") + Pattern.literal(f"{match['path_bucket'] or match['host_bucket']}/{match['key']}")


_BUCKET_URL: Final = re.compile(r"s3://([^/]+)(/.*)?")


def bucket_of_url(url: Pattern) -> tuple[Pattern, Pattern]:
    """The bucket of `s3://BUCKET/PREFIX`, and all objects below the prefix."""
    match = _BUCKET_URL.fullmatch(url.text or "")
    if match is None:
        return Pattern.of("arn:{P}:s3:::*"), Pattern.of("arn:{P}:s3:::*/*")
    bucket = Pattern.of("arn:{P}:s3:::") + Pattern.literal(match[1])
    return (bucket, bucket + Pattern.literal((match[2] or "/").rstrip("/") + "/") + UNKNOWN_TEXT)


def after_last(text: Pattern, separator: str) -> Pattern:
    """What comes after the last of a separator, the whole text when it has none."""
    for at in range(len(text.parts) - 1, -1, -1):
        part = text.parts[at]
        if isinstance(part, str) and separator in part:
            return Pattern((part.rpartition(separator)[2], *text.parts[at + 1 :]))
    return text


def after_first(text: Pattern, separator: str) -> Pattern:
    """What comes after the first of a separator, the whole text when it has none."""
    for at, part in enumerate(text.parts):
        if isinstance(part, str) and separator in part:
            return Pattern((part.partition(separator)[2], *text.parts[at + 1 :]))
    return text


def before(text: Pattern, separator: str) -> Pattern:
    """What comes before the first of a separator, the whole text when it has none."""
    for at, part in enumerate(text.parts):
        if isinstance(part, str) and separator in part:
            return Pattern((*text.parts[:at], part.partition(separator)[0]))
    return text


def _starts(text: Pattern, beginning: str) -> bool:
    return bool(text.parts) and isinstance(text.parts[0], str) and text.parts[0].startswith(beginning)


def _holds(text: Pattern, piece: str) -> bool:
    return any(isinstance(part, str) and piece in part for part in text.parts)


def _ends(text: Pattern, end: str) -> bool:
    return bool(text.parts) and isinstance(text.parts[-1], str) and text.parts[-1].endswith(end)


def _cut(text: Pattern, end: str) -> Pattern:
    return Pattern((*text.parts[:-1], str(text.parts[-1]).removesuffix(end)))


def _is_opaque(text: Pattern) -> bool:
    return bool(text.parts) and isinstance(text.parts[0], Bound)


# -- spellings: of texts that are no ARNs --------------------------------------------------------------------------------------------


def _parameter(value: Pattern, inputs: Mapping[str, Value]) -> _Names:  # noqa: ARG001  (every entry has the same shape)
    """`/a/b:3` is `parameter/a/b`; `resolve:ssm:/a/b` is how the image of an instance may be given.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html
    """
    first = value.parts[0]
    bare = Pattern((first.removeprefix("resolve:ssm:").removeprefix("/"), *value.parts[1:])) if isinstance(first, str) else value
    name = before(bare, ":")
    return (name if name.parts else UNKNOWN_TEXT,)


def _setting(value: Pattern, inputs: Mapping[str, Value]) -> _Names:  # noqa: ARG001
    """`/ssm/opsitem/EC2` is `servicesetting/ssm/opsitem/EC2`.

    Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetServiceSetting.html
    """
    return (after_first(value, "/"),) if _starts(value, "/") else (value,)


def _function(value: Pattern, inputs: Mapping[str, Value]) -> _Names:
    """`NAME` or `NAME:ALIAS`; a qualifier is part of what the call is authorized on.

    Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html (FunctionName, Qualifier)
    """
    qualifiers = texts(inputs, "Qualifier")
    if not qualifiers or _holds(value, ":"):
        return (value,)
    return tuple(value + Pattern.literal(":") + qualifier for qualifier in qualifiers)


def _key(value: Pattern, inputs: Mapping[str, Value]) -> _Names:  # noqa: ARG001
    """A key's alias says nothing of the key, which is what is authorized.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
    """
    return (UNKNOWN_TEXT,) if is_alias(value) else (value,)


def _alias(value: Pattern, inputs: Mapping[str, Value]) -> _Names:  # noqa: ARG001
    """`alias/NAME`, whose ARN has the word but once."""
    return (after_first(value, "alias/"),)


def _queue(value: Pattern, inputs: Mapping[str, Value]) -> _Names:  # noqa: ARG001
    """`https://sqs.eu-central-1.amazonaws.com/123456789012/NAME`; a token may be that, too, and cannot be looked into."""
    return (UNKNOWN_TEXT,) if _is_opaque(value) else (after_last(value, "/"),)


def _before_colon(value: Pattern, inputs: Mapping[str, Value]) -> _Names:  # noqa: ARG001
    """`FAMILY` of `FAMILY:3`, `NAME` of `NAME:UUID`."""
    return (before(value, ":"),)


def _after_colon(value: Pattern, inputs: Mapping[str, Value]) -> _Names:  # noqa: ARG001
    """`3` of `FAMILY:3`; any, where nothing says."""
    return (after_first(value, ":"),) if _holds(value, ":") else (UNKNOWN_TEXT,)


def _beginning(*prefixes: str) -> Callable[[Pattern, Mapping[str, Value]], _Names]:
    """Identifiers of this type; what begins otherwise is of another."""

    def spelling(value: Pattern, inputs: Mapping[str, Value]) -> _Names:  # noqa: ARG001
        first = value.parts[0]
        return (value,) if not isinstance(first, str) or first.startswith(prefixes) else ()

    return spelling


def _secret(value: Pattern, inputs: Mapping[str, Value]) -> _Names:  # noqa: ARG001
    """A parameter's name may be that of a secret.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html
    """
    return (after_first(value, _REFERENCE),) if _starts(value, _REFERENCE) else (value,)


_REFERENCE: Final = "/aws/reference/secretsmanager/"


def _image(value: Pattern, inputs: Mapping[str, Value]) -> _Names:  # noqa: ARG001
    """`resolve:ssm:PARAMETER` is an image that only the parameter knows."""
    return (UNKNOWN_TEXT,) if _starts(value, "resolve:") else (value,)


def _task(value: Pattern, inputs: Mapping[str, Value]) -> _Names:  # noqa: ARG001
    """A session's `ecs:CLUSTER_TASK_CONTAINER`; an instance is no task.

    Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartSession.html (Target)
    """
    if _starts(value, "i-") or _starts(value, "mi-"):
        return ()
    return (UNKNOWN_TEXT,) if _starts(value, "ecs:") else (value,)


def _last_of_path(value: Pattern, inputs: Mapping[str, Value]) -> _Names:  # noqa: ARG001
    """`/hostedzone/Z1` is `Z1`."""
    return (after_last(value, "/"),)


def _instance(value: Pattern, inputs: Mapping[str, Value]) -> _Names:  # noqa: ARG001
    """`mi-…` is a managed node, not an instance."""
    return () if _starts(value, "mi-") else (value,)


def _node(value: Pattern, inputs: Mapping[str, Value]) -> _Names:  # noqa: ARG001
    """`i-…` is an instance, not a managed node."""
    return () if _starts(value, "i-") else (value,)


# (the ARN's service, its hole) -> how what an input says is written there
_SPELLINGS: Final[Mapping[tuple[str, str], Callable[[Pattern, Mapping[str, Value]], _Names]]] = {
    ("ssm", _PARAMETER): _parameter,
    ("ssm", "ResourceId"): _setting,
    ("lambda", "function.FunctionName"): _function,
    ("kms", "KeyId"): _key,
    ("kms", "Alias"): _alias,
    ("sqs", "QueueName"): _queue,
    ("route53", "Id"): _last_of_path,
    ("ec2", "InstanceId"): _instance,
    ("ssm", "InstanceId"): _node,
    ("ec2", "ImageId"): _image,
    ("ec2", "InternetGatewayId"): _beginning("igw-"),
    ("ec2", "VpnGatewayId"): _beginning("vgw-"),
    ("ecs", "TaskDefinitionFamilyName"): _before_colon,
    ("ecs", "TaskDefinitionRevisionNumber"): _after_colon,
    ("ecs", "task.TaskId"): _task,
    ("batch", "job-definition-revision.JobDefinitionName"): _before_colon,
    ("batch", "job-definition-revision.Revision"): _after_colon,
    ("cloudformation", "StackSetName"): _before_colon,
    ("codebuild", "ProjectName"): _before_colon,
    ("elasticfilesystem", "FileSystemId"): _beginning("fs-"),
    ("elasticfilesystem", "AccessPointId"): _beginning("fsap-"),
    ("secretsmanager", "SecretId"): _secret,
}
