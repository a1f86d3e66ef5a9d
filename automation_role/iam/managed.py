"""AWS managed policies by name, from the files beside this module (`tools/build_managed_policies.py` says from where)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from .documents import PolicyDocument
from .text import opaques

_FILE: Final = Path(__file__).parent / "managed_policies.json"
_ALLOW_ONLY: Final = Path(__file__).parent / "managed_allow_only.txt"
_AWS_MANAGED = re.compile(r"arn:([^:]+):iam::aws:policy/(.+)")


@cache
def kept() -> Mapping[str, Any]:
    """The file's content: the texts' source, their partition, and the policies by the name after `policy/`."""
    data: Mapping[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return data


@cache
def allow_only() -> frozenset[str]:
    """The names of the AWS managed policies that have no `Deny`, of the same partition and date as those kept."""
    return frozenset(_ALLOW_ONLY.read_text(encoding="ascii").split())


def version_of(name: str) -> str:
    """Which text of a bundled policy is used, and where it is from."""
    one = kept()["policies"][name]
    return f"AWS's text {one['version']} of {one['updated'][:10]}, from {kept()['source'].partition(',')[0]}"


def managed(arn: str, given: Mapping[str, Any]) -> PolicyDocument:
    """A managed policy's document.

    Args:
        arn: of the policy; AWS's are `arn:aws:iam::aws:policy/…`.
        given: documents that the user passes, by ARN, by the name after `policy/`, or by its last part; they take precedence over AWS's.

    Returns:
        The document. If the policy is neither provided nor kept, its document is unknown, or only known to deny nothing.
    """
    if arn not in given and (unclear := opaques(arn)):  # in a plan, an ARN with a name to come is one of its policies
        return PolicyDocument.unreadable("a managed policy", f"the ARN of a managed policy is unknown: {unclear[0].reason}")
    name = arn.partition(":policy/")[2] or arn
    for key in (arn, name, name.rpartition("/")[2]):
        if key in given:
            return PolicyDocument.read(name, given[key])
    doubt = f"the managed policy {arn!r} is not known: pass its document (managed_policies, --managed-policy)"
    match = _AWS_MANAGED.fullmatch(arn)
    if match is None or match[1] != kept()["partition"]:
        return PolicyDocument.unreadable(name, doubt)
    if match[2] in kept()["policies"]:
        return replace(PolicyDocument.read(match[2], kept()["policies"][match[2]]["document"]), by_aws=True)
    return PolicyDocument.unreadable(name, doubt, effect="Allow" if match[2] in allow_only() else None)
