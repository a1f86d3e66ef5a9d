"""The partitions of AWS, and which Regions are in which."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

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


_IN_ARNS: Final = re.compile(r"\barn:(aws[a-z-]*):")


def partition_in(data: Any) -> str:
    """The partition that the ARNs in some data name, when they name only one; else the largest, `aws`."""
    named = set(_IN_ARNS.findall(json.dumps(data, default=str)))
    return named.pop() if len(named) == 1 else "aws"


def partition_of(region: str) -> str:
    """The partition of a Region."""
    return next((found for begin, found in _ELSEWHERE.items() if region.startswith(begin)), "aws")
