"""The tables of spellings: how an input's text is spelled in an ARN, where a service spells it differently."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from ..values.arns import may_be_arn
from ..values.cutting import after_first, after_last, before, begins_bound, holds, starts
from ..values.patterns import ANY, Pattern
from ..values.value import Value
from .inputs import UNKNOWN_TEXT, texts

Spellings: TypeAlias = tuple[Pattern, ...]
PARAMETER: Final = "ParameterNameWithoutLeadingSlash"


def alias_of(key: Pattern) -> Pattern | None:
    """The alias (`alias/NAME`) that names a key, by itself or in an ARN; `None` for another name of a key."""
    if is_alias(key):
        return key
    return Pattern.literal("alias/") + after_first(key, ":alias/") if starts(key, "arn:") and holds(key, ":alias/") else None


def is_alias(key: Pattern) -> bool:
    """Whether an alias names the key."""
    return starts(key, "alias/")


def is_public(parameter: Pattern) -> bool:
    """Whether a parameter is of AWS's public ones, whose ARNs have no account.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html
    """
    return starts(parameter, "aws/service/")


def _parameter(value: Pattern, inputs: Mapping[str, Value]) -> Spellings:  # noqa: ARG001  (every entry has the same shape)
    """`/a/b:3` is `parameter/a/b`; the image of an instance may be `resolve:ssm:/a/b`.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html
    """
    first = value.parts[0]
    bare = Pattern((first.removeprefix("resolve:ssm:").removeprefix("/"), *value.parts[1:])) if isinstance(first, str) else value
    name = before(bare, ":")
    return (name if name.parts else UNKNOWN_TEXT,)


def _setting(value: Pattern, inputs: Mapping[str, Value]) -> Spellings:  # noqa: ARG001
    """`/ssm/opsitem/EC2` is `servicesetting/ssm/opsitem/EC2`.

    Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetServiceSetting.html
    """
    return (after_first(value, "/"),) if starts(value, "/") else (value,)


def _function(value: Pattern, inputs: Mapping[str, Value]) -> Spellings:
    """`NAME` or `NAME:ALIAS`; a qualifier is part of what the call is authorized on.

    Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html (FunctionName, Qualifier)
    """
    qualifiers = texts(inputs, "Qualifier")
    if not qualifiers or holds(value, ":"):
        return (value,)
    return tuple(value + Pattern.literal(":") + qualifier for qualifier in qualifiers)


def _key(value: Pattern, inputs: Mapping[str, Value]) -> Spellings:  # noqa: ARG001
    """An alias does not say which key it names, and IAM authorizes the call on the key.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
    """
    return (UNKNOWN_TEXT,) if is_alias(value) else (value,)


def _alias(value: Pattern, inputs: Mapping[str, Value]) -> Spellings:  # noqa: ARG001
    """`alias/NAME`, whose ARN has the word only once."""
    return (after_first(value, "alias/"),)


def _queue(value: Pattern, inputs: Mapping[str, Value]) -> Spellings:  # noqa: ARG001
    """`https://sqs.eu-central-1.amazonaws.com/123456789012/NAME`; a token may be that, too, and is opaque."""
    return (UNKNOWN_TEXT,) if begins_bound(value) else (after_last(value, "/"),)


def _before_colon(value: Pattern, inputs: Mapping[str, Value]) -> Spellings:  # noqa: ARG001
    """`FAMILY` of `FAMILY:3`, `NAME` of `NAME:UUID`."""
    return (before(value, ":"),)


def _after_colon(value: Pattern, inputs: Mapping[str, Value]) -> Spellings:  # noqa: ARG001
    """`3` of `FAMILY:3`; any revision if there is none."""
    return (after_first(value, ":"),) if holds(value, ":") else (UNKNOWN_TEXT,)


def _secret(value: Pattern, inputs: Mapping[str, Value]) -> Spellings:  # noqa: ARG001
    """A parameter's name may be that of a secret.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html
    """
    return (after_first(value, _REFERENCE),) if starts(value, _REFERENCE) else (value,)


_REFERENCE: Final = "/aws/reference/secretsmanager/"


def _task(value: Pattern, inputs: Mapping[str, Value]) -> Spellings:  # noqa: ARG001
    """A session's `ecs:CLUSTER_TASK_CONTAINER`; an instance isn't a task.

    Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartSession.html (Target)
    """
    if starts(value, "i-") or starts(value, "mi-"):
        return ()
    return (UNKNOWN_TEXT,) if starts(value, "ecs:") else (value,)


def _last_of_path(value: Pattern, inputs: Mapping[str, Value]) -> Spellings:  # noqa: ARG001
    """`/hostedzone/Z1` is `Z1`."""
    return (after_last(value, "/"),)


# The path of service-linked roles.
LINKED: Final = "aws-service-role/"


def _role(value: Pattern, inputs: Mapping[str, Value]) -> Spellings:
    """The name of a role; only the service of a new service-linked role is known, which is in its path.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
    """
    return (Pattern.literal(LINKED) + value + Pattern.of("/*"),) if "AWSServiceName" in inputs else (value,)


_SCOPES: Final = {"REGIONAL": "regional", "CLOUDFRONT": "global"}


def _scope(value: Pattern, inputs: Mapping[str, Value]) -> Spellings:  # noqa: ARG001
    """A web ACL is regional, or CloudFront's.

    Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html (Scope)
    """
    scope = _SCOPES.get(value.text or "")
    return (Pattern.literal(scope) if scope is not None else UNKNOWN_TEXT,)


# (the ARN's service, its hole) -> how an input's text is written there
SPELLINGS: Final[Mapping[tuple[str, str], Callable[[Pattern, Mapping[str, Value]], Spellings]]] = {
    ("ssm", PARAMETER): _parameter,
    ("ssm", "ResourceId"): _setting,
    ("iam", "role.RoleNameWithPath"): _role,
    ("lambda", "function.FunctionName"): _function,
    ("kms", "KeyId"): _key,
    ("kms", "Alias"): _alias,
    ("sqs", "QueueName"): _queue,
    ("route53", "Id"): _last_of_path,
    ("ecs", "TaskDefinitionFamilyName"): _before_colon,
    ("ecs", "TaskDefinitionRevisionNumber"): _after_colon,
    ("ecs", "task.TaskId"): _task,
    ("batch", "job-definition-revision.JobDefinitionName"): _before_colon,
    ("batch", "job-definition-revision.Revision"): _after_colon,
    ("cloudformation", "StackSetName"): _before_colon,
    ("codebuild", "ProjectName"): _before_colon,
    ("secretsmanager", "SecretId"): _secret,
    ("wafv2", "Scope"): _scope,
}


# -- whole ARNs --------------------------------------------------------------------------------------------------------------------------


def _partial_function(value: Pattern) -> Pattern | None:
    """`123456789012:function:NAME`.

    Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html (FunctionName: "Partial ARN – 123456789012:function:my-function")
    """
    return Pattern.of("arn:{P}:lambda:{R}:") + value if holds(value, ":function:") and not starts(value, "arn:") else None


def _key_of_alias(value: Pattern) -> Pattern | None:
    """The keys in the account and Region of an alias's ARN."""
    return before(value, ":alias/") + Pattern((":key/", ANY)) if starts(value, "arn:") and holds(value, ":alias/") else None


def _queue_of_url(value: Pattern) -> Pattern | None:
    """`https://sqs.eu-central-1.amazonaws.com/123456789012/NAME`.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html (queue URL)
    """
    path = after_first(after_first(value, "://"), "/")
    if not holds(value, "://") or not holds(path, "/"):
        return None
    return Pattern.of("arn:{P}:sqs:{R}:") + before(path, "/") + Pattern.literal(":") + after_first(path, "/")


# (the ARN's service, its type) -> the ARN of a text that includes the account; `None` for a mere name
PARTIAL: Final[Mapping[tuple[str, str], Callable[[Pattern], Pattern | None]]] = {
    ("lambda", "function"): _partial_function,
    ("kms", "key"): _key_of_alias,
    ("sqs", "queue"): _queue_of_url,
}


def _source(value: Pattern) -> Spellings:
    """`bucket/key?versionId=…` or the ARN of an object.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html (x-amz-copy-source)
    """
    if starts(value, "arn:") and may_be_arn(value):
        return (value,)
    first = value.parts[0]
    source = after_first(value, "/") if isinstance(first, str) and first.startswith("/") else value
    return (Pattern.of("arn:{P}:s3:::") + before(source, "?"),)


def _secret_arn(value: Pattern) -> Spellings:
    """A secret's ARN may be written without the six characters at its end.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
    """
    text = value.text
    return (value, value + _SIX) if text is not None and not re.search(r"-[A-Za-z0-9]{6}$", text) else (value,)


_SIX: Final = Pattern.of("-??????")

# (the ARN's service, its type) -> the ARNs of an input for whole ARNs that may have other spellings
WHOLE: Final[Mapping[tuple[str, str], Callable[[Pattern], Spellings]]] = {
    ("s3", "object"): _source,
    ("secretsmanager", "secret"): _secret_arn,
}
