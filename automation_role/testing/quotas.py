"""Refuses templates with policies that exceed IAM's quotas: a deployment would fail, so the answers would be about nothing.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ..iam.documents import PolicyDocumentError
from ..policy.quotas import INLINE_QUOTA, MANAGED_QUOTA, size

_INLINE: Final[Mapping[str, int]] = {"AWS::IAM::Role": INLINE_QUOTA, "AWS::IAM::User": 2_048, "AWS::IAM::Group": 5_120}
_HOLDERS: Final[Mapping[str, str]] = {"Roles": "AWS::IAM::Role", "Users": "AWS::IAM::User", "Groups": "AWS::IAM::Group"}
# As far as they can be raised.
_TRUST: Final = 4_096
_ATTACHED: Final = 20


def check_quotas(resources: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse policies that are too long, counting what CloudFormation fills in with its shortest text, and too many managed ones.

    Args:
        resources: of one template, by logical ID.

    Raises:
        PolicyDocumentError: it names the resource.
    """
    for logical_id, resource in resources.items():
        properties = resource.get("Properties")
        if isinstance(properties, Mapping):
            for what, taken, quota in _taken(str(resource.get("Type")), properties):
                if taken > quota:
                    raise PolicyDocumentError(f"{logical_id}: {what}: {taken:,} → IAM allows at most {quota:,}; use less")


def _taken(kind: str, properties: Mapping[str, Any]) -> Iterator[tuple[str, int, int]]:
    """What is counted, how much of it there is, and the quota."""
    characters = "characters of inline policies"
    if kind in _INLINE:
        inline = properties.get("Policies")
        documents = (
            [each["PolicyDocument"] for each in inline if isinstance(each, Mapping) and "PolicyDocument" in each]
            if isinstance(inline, list)
            else []
        )
        yield characters, sum(size(each, longest=False) for each in documents), _INLINE[kind]
        attached = properties.get("ManagedPolicyArns")
        yield "managed policies", len(attached) if isinstance(attached, list) else 0, _ATTACHED
    if kind == "AWS::IAM::Policy":
        held = [_INLINE[holder] for name, holder in _HOLDERS.items() if properties.get(name)]
        yield characters, size(properties.get("PolicyDocument"), longest=False), min(held, default=INLINE_QUOTA)
    if kind == "AWS::IAM::ManagedPolicy":
        yield "characters of a managed policy", size(properties.get("PolicyDocument"), longest=False), MANAGED_QUOTA
    if kind == "AWS::IAM::Role":
        yield "characters of its trust policy", size(properties.get("AssumeRolePolicyDocument"), longest=False), _TRUST
