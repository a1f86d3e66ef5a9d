"""What IAM allows as a name, a description, a path, a policy, a Region: anything else is refused in one line, before anything is built.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..errors import AutomationRoleError, did_you_mean
from ..iam.documents import PolicyDocument
from ..values.tokens import is_opaque, is_opaque_list
from .statement import VERSION

ROLE_NAME: Final = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)


def check_name(name: str | None) -> None:
    """Refuse a role name that IAM does not allow."""
    if name is None or is_opaque(name) or ROLE_NAME.fullmatch(name):
        return
    given = f"role_name {name!r} has {len(name)} characters" if len(name) > 64 else f"role_name is {name!r}"
    raise AutomationRoleError(f"{given} → IAM allows 1 to 64 letters, digits and +=,.@_-; leave it out and CloudFormation generates one")


def check_description(description: str | None) -> None:
    """Refuse a description that IAM does not allow.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
    """
    if description is None or is_opaque(description):
        return
    if len(description) > 1000:
        raise AutomationRoleError(f"description has {len(description):,} characters → IAM allows 1,000; shorten it")
    if strange := re.search(r"[^\t\n\r\u0020-\u007E\u00A1-\u00FF]", description):
        raise AutomationRoleError(f"description has the character {strange[0]!r} → IAM allows only those of Latin-1; replace it")


def check_path(path: str | None) -> None:
    """Refuse a path that IAM does not allow."""
    if path is None or is_opaque(path) or (re.fullmatch(r"/|/[!-~]+/", path) and len(path) <= 512):
        return
    given = f"path has {len(path)} characters" if len(path) > 512 else f"path is {path!r}"
    raise AutomationRoleError(f"{given} → IAM allows at most 512 characters, beginning and ending with '/', such as '/automation/'")


def check_session(seconds: float | None) -> None:
    """Refuse a session length that IAM does not allow."""
    if seconds is not None and not 3600 <= seconds <= 43200:
        raise AutomationRoleError(
            f"max_session_duration is {seconds:g} seconds → IAM allows 1 to 12 hours; leave it out for IAM's default of 1 hour"
        )


def check_policy_name(name: str) -> None:
    """Refuse a name of an inline policy that IAM does not allow."""
    if not is_opaque(name) and not re.fullmatch(r"[\w+=,.@-]{1,128}", name, re.ASCII):
        raise AutomationRoleError(f"inline policy {name!r} → IAM allows names of 1 to 128 letters, digits and +=,.@_-; rename it")


def check_document(name: str, document: Any) -> None:
    """Refuse an inline policy that isn't valid IAM JSON."""
    if not isinstance(document, Mapping):
        raise AutomationRoleError(
            f"inline policy {name!r} is a {type(document).__name__} → an iam.PolicyDocument or IAM's JSON as a dict; pass one"
        )
    if unknown := [str(key) for key in document if key not in _KEYS]:
        raise AutomationRoleError(
            f"inline policy {name!r} has {unknown[0]!r} → {', '.join(_KEYS)}{did_you_mean(unknown[0], _KEYS) or '; leave it out'}"
        )
    statements = document.get("Statement")
    listed = [statements] if isinstance(statements, Mapping) else statements
    if not isinstance(listed, (list, tuple)) or not listed or not all(isinstance(each, Mapping) for each in listed):
        raise AutomationRoleError(f"inline policy {name!r} has no statement → at least one; write {{'Statement': [...]}}")
    if document.get("Version", VERSION) != VERSION:
        raise AutomationRoleError(
            f"inline policy {name!r} has Version {document['Version']!r} → {VERSION!r}, which CDK writes, and in which ${{...}} is a variable; "
            f"write that one"
        )
    # CDK treats a statement without `Effect` as an allow, and drops elements that it does not know: `Conditions` would be lost.
    # The values of conditions are left to CDK: CloudFormation may fill them in.
    PolicyDocument.read(name, {"Version": VERSION, "Statement": list(map(_without_values, listed))}, strict=True)


def _without_values(statement: Mapping[str, Any]) -> dict[str, Any]:
    """A statement with only the operators of its conditions."""
    conditions = statement.get("Condition")
    return {**statement, **({"Condition": {operator: {} for operator in conditions}} if isinstance(conditions, Mapping) else {})}


def empty_document(name: str) -> str:
    """The error for an inline policy that stayed empty."""
    return f"inline policy {name!r} has no statement → at least one; add it, or leave the policy out"


_KEYS: Final = ("Version", "Id", "Statement")


def check_regions(regions: Sequence[str] | None) -> None:
    """Refuse invalid Regions."""
    if regions is None:
        return
    if isinstance(regions, str) or not regions:
        raise AutomationRoleError(f"regions is {regions!r} → a list of at least one Region, such as ['eu-central-1']; leave it out for any")
    if is_opaque_list(regions):
        raise AutomationRoleError(
            "regions is a list whose items are known only at deployment → known items, since they go into ARNs; pass each item separately, with Fn.select"
        )
    for region in regions:
        if not is_opaque(region) and not re.fullmatch(r"[a-z]{2,}(-[a-z]+)+-\d+", region):
            raise AutomationRoleError(f"regions has {region!r} → names such as 'eu-central-1'; leave regions out for any Region")
