"""S3's directory buckets, recognized by their names: other actions authorize calls on them and their objects.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-authenticating-authorizing.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ..catalog import operations as catalog
from ..values.arns import plain
from ..values.patterns import Pattern
from ..values.value import Value
from .inputs import texts
from .resources import named

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/directory-bucket-naming-rules.html
_ENDING: Final = "--x-s3"
_SESSION: Final = "s3express:CreateSession"


def of_directories(actions: tuple[str, ...], inputs: Mapping[str, Value]) -> dict[str, tuple[Pattern, ...]] | None:
    """The actions that a call of S3 needs, with their resources. `None`: it names no directory bucket.

    Any call on its objects needs a session; a call on the bucket itself needs the action of the same name.
    """
    buckets = [plain(each) for each in texts(inputs, "Bucket")]
    sources = [_bucket(plain(each)) for each in texts(inputs, "CopySource")]
    several = tuple(dict.fromkeys((*buckets, *sources)))
    directories = tuple(each for each in several if _is_directory(each))
    taken = dict.fromkeys(each for action in actions for each in _instead(action))
    if not directories or not taken:
        return None
    found: dict[str, tuple[Pattern, ...]] = {} if directories == several else dict.fromkeys(actions, ())
    return {**found, **{action: named(action, "bucket", directories) for action in taken}}


def _instead(action: str) -> Iterator[str]:
    """The action of directory buckets for one of other buckets; empty if they don't have it."""
    name = action.partition(":")[2]
    if catalog.action_exists(f"s3express:{name}"):
        yield f"s3express:{name}"
    elif name in _IN_BUCKET or any(kind.name == "object" for kind in catalog.resource_types(action)):
        yield _SESSION


# https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html, API_ListObjectsV2.html, API_ListMultipartUploads.html
_IN_BUCKET: Final = frozenset({"ListBucket", "ListBucketMultipartUploads"})


def _is_directory(bucket: Pattern) -> bool:
    last = bucket.parts[-1] if bucket.parts else ""
    return isinstance(last, str) and last.endswith(_ENDING)


def _bucket(source: Pattern) -> Pattern:
    """The bucket of `bucket/key`."""
    parts = []
    for part in source.parts:
        before, slash, _ = part.partition("/") if isinstance(part, str) else (part, "", "")
        parts.append(before)
        if slash:
            break
    return Pattern(tuple(parts))
