"""From URLs of S3 to ARNs; unknown parts stay unknown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ..values.patterns import Part, Pattern
from .inputs import UNKNOWN_TEXT

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html,
# https://docs.aws.amazon.com/AmazonS3/latest/API/s3_example_s3_Scenario_ParseUri_section.html
_ADDRESS: Final = re.compile(
    r"(?:https://s3[.-][^/]*/(?P<path>[^/?]+)|https://(?P<host>[^/]+?)\.s3[.-][^/]*|s3://(?P<uri>[^/?]+))(?:/(?P<key>[^?]*))?(?:\?.*)?"
)
_DOMAIN: Final = re.compile(r"(?P<bucket>.+?)\.s3[.-][^/]*")
_BUCKET: Final = "arn:{P}:s3:::"


def object_of_url(url: Pattern) -> Pattern:
    """The ARN of the object at a URL; any object if the URL is unknown."""
    found = _taken_apart(_ADDRESS, url)
    if found is None or not found.get("key"):
        return Pattern.of("arn:{P}:s3:::*/*")
    return Pattern.of(_BUCKET) + _bucket(found) + Pattern.literal("/") + found["key"]


def bucket_of_url(url: Pattern) -> tuple[Pattern, Pattern]:
    """The ARN of the bucket of a URL, and that of all objects below the URL."""
    found = _taken_apart(_ADDRESS, url)
    if found is None:
        return Pattern.of("arn:{P}:s3:::*"), Pattern.of("arn:{P}:s3:::*/*")
    bucket = Pattern.of(_BUCKET) + _bucket(found)
    key = found.get("key", Pattern(()))
    last = key.parts[-1] if key.parts else ""
    slash = "" if not key.parts or (isinstance(last, str) and last.endswith("/")) else "/"
    return bucket, bucket + Pattern.literal("/") + key + Pattern.literal(slash) + UNKNOWN_TEXT


def bucket_of_domain(domain: Pattern) -> Pattern:
    """The ARN of the bucket of a domain name (`NAME.s3.amazonaws.com`); any bucket if it is unknown."""
    found = _taken_apart(_DOMAIN, domain)
    return Pattern.of("arn:{P}:s3:::*") if found is None else Pattern.of(_BUCKET) + found["bucket"]


def _bucket(found: dict[str, Pattern]) -> Pattern:
    return next(found[kind] for kind in ("path", "host", "uri") if kind in found)


def _taken_apart(expression: re.Pattern[str], text: Pattern) -> dict[str, Pattern] | None:
    """The groups of a regular expression that matches the whole text, in which each part that is not literal counts as one letter."""
    held = [part for part in text.parts if not isinstance(part, str)]
    if len(held) > _MOST or any(_LETTERS.search(part) for part in text.parts if isinstance(part, str)):
        return None
    letters = iter(range(len(held)))
    match = expression.fullmatch("".join(part if isinstance(part, str) else chr(_PRIVATE + next(letters)) for part in text.parts))
    if match is None:
        return None
    return {name: _with_parts(found, held) for name, found in match.groupdict().items() if found is not None}


def _with_parts(text: str, held: Sequence[Part]) -> Pattern:
    return Pattern(tuple(held[ord(each) - _PRIVATE] if at % 2 else each for at, each in enumerate(_LETTERS.split(text))))


# Unicode's letters of private use: one for each part that is not literal.
_PRIVATE: Final = 0xF0000  # the second area: of the first one, Python compiles a set of letters ten times as long
_MOST: Final = 0x1900
_LETTERS: Final = re.compile(f"([{chr(_PRIVATE)}-{chr(_PRIVATE + _MOST - 1)}])")
