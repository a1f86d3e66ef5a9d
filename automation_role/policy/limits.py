"""What IAM takes: names, lengths, numbers. What is over is refused in one line, before anything is built.

Sizes are counted as IAM counts them, without white space. What CloudFormation fills in (a `Ref`, a CDK token) counts with the longest
text it commonly becomes, so a size never depends on the text of a token, and what passes here passes in every account.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..errors import AutomationRoleError, did_you_mean
from ..iam.documents import PolicyDocument
from ..values.tokens import is_opaque, is_opaque_list
from .policy import INLINE_QUOTA, MANAGED_COUNT, MANAGED_QUOTA, VERSION

TRUST_QUOTA: Final = 2_048

# Characters of the inline quota that derived statements leave free, so that what is granted to the role afterwards (`grant_read`,
# `allow_pass_role`) still fits beside them: eight or so grants.
ROOM_TO_GROW: Final = 2_048


ROLE_NAME: Final = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)


def check_name(name: str | None) -> None:
    """Refuse a role name that IAM does not take."""
    if name is None or is_opaque(name) or ROLE_NAME.fullmatch(name):
        return
    given = f"role_name {name!r} has {len(name)} characters" if len(name) > 64 else f"role_name is {name!r}"
    raise AutomationRoleError(f"{given} → IAM takes 1 to 64 letters, digits and +=,.@_-; leave it out and CloudFormation makes one")


def check_description(description: str | None) -> None:
    """Refuse a description that IAM does not take.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
    """
    if description is None or is_opaque(description):
        return
    if len(description) > 1000:
        raise AutomationRoleError(f"description has {len(description):,} characters → IAM takes 1,000; shorten it")
    if strange := re.search(r"[^\t\n\r\u0020-\u007E\u00A1-\u00FF]", description):
        raise AutomationRoleError(f"description has the character {strange[0]!r} → IAM takes those of Latin-1 alone; replace it")


def check_path(path: str | None) -> None:
    """Refuse a path that IAM does not take."""
    if path is None or is_opaque(path) or (re.fullmatch(r"/|/[!-~]+/", path) and len(path) <= 512):
        return
    given = f"path has {len(path)} characters" if len(path) > 512 else f"path is {path!r}"
    raise AutomationRoleError(f"{given} → IAM takes at most 512, beginning and ending in '/'; write it such as '/automation/'")


def check_session(seconds: float | None) -> None:
    """Refuse a session length that IAM does not take."""
    if seconds is not None and not 3600 <= seconds <= 43200:
        raise AutomationRoleError(
            f"max_session_duration is {seconds:g} seconds → IAM takes 1 to 12 hours; leave it out for IAM's default of 1 hour"
        )


def check_policy_name(name: str) -> None:
    """Refuse a name of an inline policy that IAM does not take."""
    if not is_opaque(name) and not re.fullmatch(r"[\w+=,.@-]{1,128}", name, re.ASCII):
        raise AutomationRoleError(f"inline policy {name!r} → IAM takes names of 1 to 128 letters, digits and +=,.@_-; rename it")


def check_document(name: str, document: Any) -> None:
    """Refuse an inline policy that is no policy in IAM's JSON."""
    if not isinstance(document, Mapping):
        raise AutomationRoleError(
            f"inline policy {name!r} is a {type(document).__name__} → an iam.PolicyDocument or IAM's JSON as a dict; give one"
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
    # CDK takes a statement without `Effect` for one that allows, and leaves out what it does not know: `Conditions` would be gone.
    # The values of conditions are CDK's to read: they may be what CloudFormation fills in.
    unconditional = [
        {key: {} if key == "Condition" and isinstance(value, Mapping) else value for key, value in each.items()} for each in listed
    ]
    PolicyDocument.read(name, {"Version": VERSION, "Statement": unconditional})


def empty_document(name: str) -> str:
    """What to say of an inline policy that has stayed empty."""
    return f"inline policy {name!r} has no statement → at least one; add it, or leave the policy out"


_KEYS: Final = ("Version", "Id", "Statement")


def check_regions(regions: Sequence[str] | None) -> None:
    """Refuse what cannot be Regions."""
    if regions is None:
        return
    if isinstance(regions, str) or not regions:
        raise AutomationRoleError(f"regions is {regions!r} → a list of at least one Region, such as ['eu-central-1']; leave it out for any")
    if is_opaque_list(regions):
        raise AutomationRoleError(
            "regions is a list that only CloudFormation knows → its items go into ARNs; give each by itself, with Fn.select"
        )
    for region in regions:
        if not is_opaque(region) and not re.fullmatch(r"[a-z]{2,}(-[a-z]+)+-\d+", region):
            raise AutomationRoleError(f"regions has {region!r} → names such as 'eu-central-1'; leave regions out for any Region")


def over_managed(count: int) -> str | None:
    """What to say of too many managed policies; `None` when there are not."""
    if count <= MANAGED_COUNT:
        return None
    return f"{count} managed policies are attached → IAM attaches at most {MANAGED_COUNT} to a role; put several into one"


def over_inline(size: int) -> str | None:
    """What to say of inline policies that are too long together; `None` when they are not."""
    if size <= INLINE_QUOTA:
        return None
    return (
        f"the role's inline policies take {size:,} characters → IAM takes {INLINE_QUOTA:,} for all of a role; "
        f"move some into an iam.ManagedPolicy and pass it in managed_policies"
    )


def over_trust(size: int) -> str | None:
    """What to say of a trust policy that is too long; `None` when it is not."""
    if size <= TRUST_QUOTA:
        return None
    return f"the trust policy takes {size:,} characters → IAM takes {TRUST_QUOTA:,}; trust fewer services, or make a second role for some"


# What an inline policy takes at most, by who holds it (the properties of `AWS::IAM::Policy`), and all of them together.
_HOLDERS: Final = (("user", 2_048), ("group", 5_120), ("role", INLINE_QUOTA))


def over_grant(document: Any, holders: Collection[str]) -> str | None:
    """What to say of a policy with grants in it that cannot fit; `None` when it may.

    Args:
        document: as it stands in a template. What CloudFormation fills in counts with the least that it becomes: what may fit is taken.
        holders: of `user`, `group`, `role`, those who hold it inline; empty for a managed policy.
    """
    kind, quota = next(((kind, quota) for kind, quota in _HOLDERS if kind in holders), ("managed policy", MANAGED_QUOTA))
    taken = size(document, longest=False)
    if taken <= quota:
        return None
    instead = "an iam.ManagedPolicy that is attached to it" if holders else "a second one"
    return f"what was granted takes at least {taken:,} characters → IAM takes {quota:,} for a {kind}; grant some of it to {instead}"


# -- counting ------------------------------------------------------------------------------------------------------------------

_LONGEST: Final[Mapping[str, int]] = {
    "AWS::AccountId": 12,
    "AWS::Partition": len("aws-us-gov"),
    "AWS::Region": len("ap-southeast-1"),
    "AWS::URLSuffix": len("amazonaws.com.cn"),
}
_SHORTEST: Final[Mapping[str, int]] = {
    "AWS::AccountId": 12,
    "AWS::Partition": len("aws"),
    "AWS::Region": len("us-east-1"),
    "AWS::URLSuffix": len("amazonaws.com"),
}
_UNKNOWN: Final = 128  # most of what CloudFormation fills in is a name (64) or an ARN (under 128)
_TOKEN = re.compile(r"[$#]\{Token\[(?P<name>[^\]]*)\]\}")


def size(document: Any, *, longest: bool = True) -> int:
    """Characters of a policy document in IAM's JSON, with CDK tokens or as it stands in a template.

    Args:
        document: the policy.
        longest: whether what CloudFormation fills in counts with the longest that it commonly becomes, or with the shortest.
    """
    fill = _Fill(_LONGEST, _UNKNOWN) if longest else _Fill(_SHORTEST, 1)
    return len(json.dumps(fill.filled(document), separators=(",", ":"), ensure_ascii=False))


@dataclass(frozen=True, slots=True)
class _Fill:
    """Puts as many letters as there will be where CloudFormation fills in a text."""

    known: Mapping[str, int]
    unknown: int

    def filled(self, value: Any) -> Any:
        if isinstance(value, str):
            return _TOKEN.sub(lambda match: self._token(match["name"]), value)
        if isinstance(value, Mapping):
            if len(value) == 1:
                ((key, inner),) = value.items()
                if key == "Ref":
                    return self._text(str(inner))
                if key == "Fn::Join" and isinstance(inner[1], list):
                    return str(inner[0]).join(str(self.filled(part)) for part in inner[1])
                if key == "Fn::Sub":
                    return inner if isinstance(inner, str) else inner[0]
                if str(key).startswith("Fn::"):
                    return self._text()
            return {key: self.filled(inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.filled(inner) for inner in value]
        return value

    def _text(self, name: str = "") -> str:
        return "x" * self.known.get(name, self.unknown)

    def _token(self, name: str) -> str:
        # CDK names the tokens of pseudo parameters after them: `AWS.AccountId.0`.
        return self._text("::".join(name.split(".")[:2]))
