"""The resource policies in a template: not evaluated, but reported, because they may allow or deny what an identity policy does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..iam.matches import matches
from ..iam.text import Atoms, wild
from .resolver import Resolver


@dataclass(frozen=True, slots=True)
class Guarded:
    """Resources to which an unmodelled policy also applies.

    Attributes:
        by: the policy, in words.
        resources: patterns of their ARNs.
    """

    by: str
    resources: tuple[str, ...]

    def concerns(self, resource: Atoms) -> bool:
        """Whether it certainly applies to (one of) these resources."""
        return any(matches(wild(pattern), resource, every=False) is True for pattern in self.resources)


def guarded(resolver: Resolver) -> Iterator[Guarded]:
    """The resources to which the template's resource policies and organization policies apply."""
    for logical_id, resource in resolver.resources.items():
        find = _POLICIES.get(resource["Type"])
        if find is not None and resolver.exists(logical_id) is not False:
            patterns = tuple(find(resolver, logical_id, resolver.properties(logical_id)))
            if patterns:
                yield Guarded(f"{resource['Type']} {logical_id!r}", patterns)


_Find = Callable[[Resolver, str, Mapping[str, Any]], Iterator[str]]


def _texts(value: Any) -> Iterator[str]:
    yield from (one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str))


def _bucket(resolver: Resolver, logical_id: str, properties: Mapping[str, Any]) -> Iterator[str]:  # noqa: ARG001
    partition = resolver.ref("AWS::Partition")
    for name in _texts(properties.get("Bucket")):
        yield f"arn:{partition}:s3:::{name}"
        yield f"arn:{partition}:s3:::{name}/*"


def _topics(resolver: Resolver, logical_id: str, properties: Mapping[str, Any]) -> Iterator[str]:  # noqa: ARG001
    yield from _texts(properties.get("Topics"))


def _queues(resolver: Resolver, logical_id: str, properties: Mapping[str, Any]) -> Iterator[str]:  # noqa: ARG001
    where = ":".join(resolver.ref(f"AWS::{one}") for one in ("Region", "AccountId"))
    for url in _texts(properties.get("Queues")):
        yield f"arn:{resolver.ref('AWS::Partition')}:sqs:{where}:{url.rpartition('/')[2]}"


def _key(resolver: Resolver, logical_id: str, properties: Mapping[str, Any]) -> Iterator[str]:  # noqa: ARG001
    yield resolver.attribute(logical_id, "Arn")


def _secret(resolver: Resolver, logical_id: str, properties: Mapping[str, Any]) -> Iterator[str]:  # noqa: ARG001
    yield from _texts(properties.get("SecretId"))


def _function(resolver: Resolver, logical_id: str, properties: Mapping[str, Any]) -> Iterator[str]:  # noqa: ARG001
    """A permission for a service does not affect users and roles."""
    if str(properties.get("Principal", "")).endswith((".amazonaws.com", ".amazonaws.com.cn")):
        return
    for name in _texts(properties.get("FunctionName")):
        partition, region, account = (resolver.ref(f"AWS::{one}") for one in ("Partition", "Region", "AccountId"))
        yield name if name.startswith("arn:") else f"arn:{partition}:lambda:{region}:{account}:function:{name}"


def _everything(resolver: Resolver, logical_id: str, properties: Mapping[str, Any]) -> Iterator[str]:  # noqa: ARG001
    if properties.get("Type") in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
        yield "*"


_POLICIES: Final[Mapping[str, _Find]] = {
    "AWS::S3::BucketPolicy": _bucket,
    "AWS::SNS::TopicPolicy": _topics,
    "AWS::SQS::QueuePolicy": _queues,
    "AWS::KMS::Key": _key,
    "AWS::SecretsManager::ResourcePolicy": _secret,
    "AWS::Lambda::Permission": _function,
    "AWS::Organizations::Policy": _everything,
}
