"""AWS managed policies by name, from the texts kept beside this module (`tools/build_managed_policies.py` says from where)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from .documents import PolicyDocument
from .text import opaques

_FILE: Final = Path(__file__).parent / "managed_policies.json"
_AWS_MANAGED = re.compile(r"arn:([^:]+):iam::aws:policy/(.+)")


@cache
def kept() -> Mapping[str, Any]:
    """The file: where the texts are from, of which partition, and the policies by the name after `policy/`."""
    data: Mapping[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return data


def managed(arn: str, given: Mapping[str, Any]) -> PolicyDocument:
    """A managed policy's document.

    Args:
        arn: of the policy; AWS's are `arn:aws:iam::aws:policy/…`.
        given: documents that the user gives, by ARN, by the name after `policy/`, or by the last part of that; they count before AWS's.

    Returns:
        The document; one of which nothing is known when the policy is neither given nor kept.
    """
    if unclear := opaques(arn):
        return PolicyDocument.unreadable("a managed policy", f"the ARN of a managed policy is not known: {unclear[0].reason}")
    name = arn.partition(":policy/")[2] or arn
    for key in (arn, name, name.rpartition("/")[2]):
        if key in given:
            return PolicyDocument.read(name, given[key])
    match = _AWS_MANAGED.fullmatch(arn)
    if match and match[1] == kept()["partition"] and match[2] in kept()["policies"]:
        return PolicyDocument.read(match[2], kept()["policies"][match[2]]["document"])
    return PolicyDocument.unreadable(
        name, f"the managed policy {arn!r} is not known: pass its document (managed_policies, --managed-policy)"
    )
