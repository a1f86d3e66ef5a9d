"""What CloudFormation reads or uses beside a template's resources: dynamic references, Parameter Store, objects in S3, keys.

Sources:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
    https://github.com/aws/aws-cdk/issues/20959 (a parameter's value needs `ssm:GetParameters`)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from ..values.patterns import Pattern
from .resources import named
from .s3_urls import object_of_url
from .stack_values import RESOLVE, TemplateValues

# `{{resolve:SERVICE:REFERENCE}}`; `*` in it is what is unknown.
_DYNAMIC: Final = re.compile(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):([^{}]*)\}\}")
_SECRET: Final = re.compile(r"(arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:[^:]*|[^:]*).*")
STORE: Final = "ssm:GetParameters"
SECRETS: Final = "secretsmanager:GetSecretValue"

# Properties that name a key; those that hold the bucket and the key of an object, a URL, and a version.
KEYS: Final = re.compile(r"(?i)(?:kms|cmk|kmskey|kmsmasterkey|kmsencryptionkey|encryptionkey|customermanagedkey)(?:id|arn)?$")
_OBJECTS: Final = (("S3Bucket", "S3Key"), ("Bucket", "Key"))
_URL: Final = "TemplateURL"
# These values count, and those of properties that name keys.
KEPT: Final = frozenset({"Bucket", "Key", "S3Bucket", "S3Key", _URL, "LaunchTemplateId", "LaunchTemplateName"})


def references(values: TemplateValues, properties: Iterable[Any]) -> dict[str, tuple[Pattern, ...]]:
    """What CloudFormation looks up for these properties: action -> the parameters and secrets."""
    found: dict[str, dict[Pattern, None]] = {}
    for name in values.stored:
        found.setdefault(STORE, {}).update(dict.fromkeys(named(STORE, "parameter", (name,))))
    for text in (text for each in properties for text in _dynamic(values, each)):
        for service, said in _DYNAMIC.findall(text.shown()):
            if service == "secretsmanager":
                arns = named(SECRETS, "secret", (Pattern.of(_SECRET.sub(r"\1", said)),))
                found.setdefault(SECRETS, {}).update(dict.fromkeys(arns))
            else:
                found.setdefault(STORE, {}).update(dict.fromkeys(named(STORE, "parameter", (Pattern.of(said),))))
    return {action: tuple(arns) for action, arns in found.items()}


def _dynamic(values: TemplateValues, value: Any) -> Iterator[Pattern]:
    """The texts with dynamic references."""
    if isinstance(value, str):
        yield from values.written(value) if RESOLVE in value else ()
    elif isinstance(value, list):
        for each in value:
            yield from _dynamic(values, each)
    elif isinstance(value, Mapping):
        if any(str(name) in {"Fn::Sub", "Fn::Join"} for name in value) and RESOLVE in str(value):
            yield from values.written(value)
        for each in value.values():
            yield from _dynamic(values, each)


def keys(values: TemplateValues, action: str, properties: Any) -> tuple[Pattern, ...]:
    """The keys that a resource's properties name; empty if one of them is unknown, or there is none."""
    texts = [text for name, value in _set(properties) if KEYS.search(name) for text in values.texts(value)]
    return () if any(text.is_any for text in texts) or not texts else named(action, "key", tuple(texts))


def objects(values: TemplateValues, properties: Any) -> tuple[Pattern, ...]:
    """The objects in S3 that a resource's properties name; empty if there is none."""
    found: dict[Pattern, None] = {}
    for each in _mappings(properties):
        for bucket, key in _OBJECTS:
            if bucket in each and key in each:
                for name in values.texts(each[bucket]):
                    found.update((Pattern.of("arn:{P}:s3:::") + name + Pattern.literal("/") + at, None) for at in values.texts(each[key]))
        if _URL in each:
            found.update(dict.fromkeys(map(object_of_url, values.texts(each[_URL]))))
    return tuple(found)


def _set(value: Any) -> Iterator[tuple[str, Any]]:
    """Every property that is set, at any level."""
    for each in _mappings(value):
        yield from ((str(name), inner) for name, inner in each.items())


def _mappings(value: Any) -> Iterator[Mapping[Any, Any]]:
    if isinstance(value, Mapping):
        yield value
        for each in value.values():
            yield from _mappings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _mappings(each)
