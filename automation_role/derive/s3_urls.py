"""URLs of objects and buckets in S3 -> their ARNs."""

from __future__ import annotations

import re
from typing import Final

from ..values.patterns import Pattern
from .inputs import UNKNOWN_TEXT

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
