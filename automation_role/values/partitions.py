"""The partitions of AWS, and which Regions are in which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html, and the isolated ones as aws-cdk-lib's region-info has them
PARTITIONS: Final = ("aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc")
# How a Region's name begins -> its partition; every other is in `aws`.
_ELSEWHERE: Final[Mapping[str, str]] = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
    "eusc-": "aws-eusc",
}


def partition_of(region: str) -> str:
    """The partition of a Region."""
    return next((found for begin, found in _ELSEWHERE.items() if region.startswith(begin)), "aws")
