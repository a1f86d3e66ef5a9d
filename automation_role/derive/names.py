"""What an input says -> what stands in its resource's ARN.

Mostly that is the same text. Where a service takes other spellings, they are one entry in a table (`spellings`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from ..catalog.operations import ResourceType
from ..values.arns import is_cut_short, may_be_arn
from ..values.cutting import after_first, after_last, before, cut, ends, holds, is_token, starts
from ..values.patterns import ANY, Bound, Pattern
from ..values.placeholders import has_placeholder
from ..values.tokens import KnownToken
from ..values.value import Value
from .inputs import UNKNOWN_TEXT, texts
from .spellings import PARAMETER, SPELLINGS, Spellings, is_public


def names_of(value: Pattern, kind: ResourceType, hole: str, inputs: Mapping[str, Value]) -> Spellings:
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
        whole = _form(kind.arn).covers(form_of(value)) or partial_arn(value, kind) is not None
        return () if whole else (_of_other(value, kind),)
    if partial_arn(value, kind) is not None:
        return ()
    service = kind.arn.split(":")[2]
    spelling = SPELLINGS.get((service, f"{kind.name}.{hole}")) or SPELLINGS.get((service, hole))
    return tuple(any_identifier(name, hole) for name in (spelling(value, inputs) if spelling is not None else (value,)))


def any_identifier(name: Pattern, hole: str) -> Pattern:
    """`*` for `i-*`: all identifiers of a type begin so, and it says no more than the type's ARN does."""
    if not hole.endswith("Id") or len(name.parts) != _BEGINNING or name.parts[1] is not ANY:
        return name
    return UNKNOWN_TEXT if isinstance(name.parts[0], str) and re.fullmatch(r"[a-z]+(-[a-z]+)?-", name.parts[0]) else name


_BEGINNING: Final = 2


def _of_other(arn: Pattern, kind: ResourceType) -> Pattern:
    """The name in another type's ARN: that of a cluster, in its service's."""
    return UNKNOWN_TEXT if kind.name == "key" or is_token(arn) else after_last(after_last(arn, ":"), "/")


def is_access_point(value: Pattern) -> bool:
    """Whether the ARN of an access point stands where a bucket's name does.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-naming.html
    """
    return is_arn(value) and holds(value, ":accesspoint/")


def partial_arn(value: Pattern, kind: ResourceType) -> Pattern | None:
    """The ARN of what names its account, too, as an ARN's end, a URL or the ARN of a key's alias does; `None` for a mere name.

    Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html (FunctionName: "Partial ARN – 123456789012:function:my-function"),
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html (queue URL)
    """
    if kind.name == "function" and holds(value, ":function:") and not is_arn(value):
        return Pattern.of("arn:{P}:lambda:{R}:") + value
    if kind.name == "key" and is_arn(value) and holds(value, ":alias/"):
        return before(value, ":alias/") + Pattern((":key/", ANY))
    if kind.name == "queue" and holds(value, "://"):
        path = after_first(after_first(value, "://"), "/")
        return (
            Pattern.of("arn:{P}:sqs:{R}:") + before(path, "/") + Pattern.literal(":") + after_first(path, "/") if holds(path, "/") else None
        )
    return None


def whole_arns(value: Pattern, kind: ResourceType, inputs: Mapping[str, Value]) -> Spellings:
    """The ARNs of an input that holds whole ARNs of a type, or what stands for one."""
    first = value.parts[0] if len(value.parts) == 1 else None
    if isinstance(first, Bound) and has_placeholder(first.value):  # what the template knows it as, and that it has the type's form
        return (Pattern((replace(first, value=KnownToken(first.value, _NAME.sub("*", kind.arn))),)),)
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
        bare = value if not ends(value, ":*") else cut(value, ":*")
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
        return (kind.arn, *(form for form in kind.formats if not _form(kind.arn).covers(_form(form))))
    if kind.aws_owned_names and any(name.text in kind.aws_owned_names for name in names.values()):
        return (kind.aws_owned,)
    name = names.get(PARAMETER)
    if name is not None and is_public(name):
        return ("arn:{P}:ssm:{R}::parameter/{" + PARAMETER + "}",)
    if name is not None and name.parts and isinstance(name.parts[0], Bound):
        return (kind.arn, kind.arn.replace(f"/{{{PARAMETER}}}", f"{{{PARAMETER}}}"))
    return kind.formats


_NAME: Final = re.compile(r"\{(?![PRA]\})\w+\}")


@cache
def _form(arn: str) -> Pattern:
    """Every ARN of a type, whosever and wherever."""
    return Pattern.of(re.sub(r"\{\w+\}", "*", arn))


def is_arn(text: Pattern) -> bool:
    """Whether a text begins as ARNs do, or is a token of one."""
    return starts(form_of(text), "arn:")


def form_of(text: Pattern) -> Pattern:
    """What a token of a whole ARN is known to look like; any other text is what it is."""
    first = text.parts[0] if len(text.parts) == 1 else None
    return Pattern.of(first.value.form) if isinstance(first, Bound) and isinstance(first.value, KnownToken) else text
