"""IAM's quotas for policies, and whether something fits.

Sizes are counted as IAM counts them, without white space. What CloudFormation fills in (a `Ref`, a CDK token) counts with the longest
text it commonly becomes, so a size never depends on a token's text, and what fits here fits in every account.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

INLINE_QUOTA: Final = 10_240  # all inline policies of a role together
MANAGED_QUOTA: Final = 6_144  # one managed policy
MANAGED_COUNT: Final = 10  # managed policies attached to a role
TRUST_QUOTA: Final = 2_048

# Characters of the inline quota that derived statements leave free, so that later grants to the role (`grant_read`,
# `allow_pass_role`) still fit: about eight.
ROOM_TO_GROW: Final = 2_048


def over_managed(count: int) -> str | None:
    """The error for too many managed policies; `None` when they fit."""
    if count <= MANAGED_COUNT:
        return None
    return f"{count} managed policies are attached → IAM attaches at most {MANAGED_COUNT} to a role; put several into one"


def over_granted(managed: int, inline: int) -> str | None:
    """The error for a role whose grants exceed its quotas; `None` when they fit.

    Args:
        managed: number of managed policies attached to it, including those that CDK split off its grants.
        inline: characters of its inline policies.
    """
    instead = "grant some of the runbooks to a second role"
    if managed > MANAGED_COUNT:
        return f"with what was granted, {managed} managed policies are attached → IAM attaches at most {MANAGED_COUNT} to a role; {instead}"
    if inline > INLINE_QUOTA:
        return f"with what was granted, its inline policies have {inline:,} characters → IAM allows {INLINE_QUOTA:,} for a role; {instead}"
    return None


def over_inline(size: int) -> str | None:
    """The error for inline policies that are too long together; `None` when they fit."""
    if size <= INLINE_QUOTA:
        return None
    return (
        f"the role's inline policies have {size:,} characters → IAM allows {INLINE_QUOTA:,} for all of a role; "
        f"move some into an iam.ManagedPolicy and pass it in managed_policies"
    )


def over_trust(size: int) -> str | None:
    """The error for a trust policy that is too long; `None` when it fits."""
    if size <= TRUST_QUOTA:
        return None
    return f"the trust policy has {size:,} characters → IAM allows {TRUST_QUOTA:,}; trust fewer services, or create a second role for some"


# The quota of all inline policies together, by who has them (the properties of `AWS::IAM::Policy`).
_HOLDERS: Final = (("user", 2_048), ("group", 5_120), ("role", INLINE_QUOTA))


def over_grant(document: Any, holders: Collection[str]) -> str | None:
    """The error for a policy whose grants cannot fit; `None` when they may.

    Args:
        document: as it is in a template. What CloudFormation fills in counts with its shortest text, so that nothing that may fit is refused.
        holders: which of `user`, `group`, `role` have it inline; empty for a managed policy.
    """
    kind, quota = next(((kind, quota) for kind, quota in _HOLDERS if kind in holders), ("managed policy", MANAGED_QUOTA))
    taken = size(document, longest=False)
    if taken <= quota:
        return None
    instead = {"user": "an iam.Group that it is in, or", "group": "a second group, or"}.get(kind, "")
    instead = f"{instead} an iam.ManagedPolicy that is attached to it".strip() if holders else "a second one"
    return f"what was granted needs at least {taken:,} characters → IAM allows {quota:,} for a {kind}; grant some of it to {instead}"


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
_SUBSTITUTED = re.compile(r"\$\{(!?)([^{}]*)\}")


def size(document: Any, *, longest: bool = True) -> int:
    """Characters of a policy document as IAM JSON, with CDK tokens or as it is in a template.

    Args:
        document: the policy.
        longest: whether what CloudFormation fills in counts with its longest common text, or with its shortest.
    """
    fill = _Fill(_LONGEST, _UNKNOWN) if longest else _Fill(_SHORTEST, 1)
    return len(json.dumps(fill.filled(document), separators=(",", ":"), ensure_ascii=False))


def shortest(text: str) -> str:
    """A text with its tokens replaced by the fewest letters that CloudFormation fills in: those of a role's ARN."""
    return _TOKEN.sub("x" * len("arn:aws:iam::123456789012:role/x"), text)


class _Fill(NamedTuple):
    """Replaces what CloudFormation fills in by as many letters."""

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
                if str(key).startswith("Fn::"):
                    return self._returned(key, inner)
            return {key: self.filled(inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.filled(inner) for inner in value]
        return value

    def _returned(self, function: str, argument: Any) -> str:
        """What a function returns."""
        match function, argument:
            case "Fn::Join", [separator, [*parts]]:
                return str(separator).join(str(self.filled(part)) for part in parts)
            case "Fn::Sub", str():
                return self._substituted(argument, {})
            case "Fn::Sub", [str() as text, Mapping() as own]:
                return self._substituted(text, own)
        return self._text()

    def _substituted(self, text: str, own: Mapping[str, Any]) -> str:
        """A text with each `${Name}` filled in; `${!Name}` becomes the policy variable `${Name}`."""

        def fill(match: re.Match[str]) -> str:
            literally, name = match.groups()
            if literally:
                return "${" + name + "}"
            return str(self.filled(own[name])) if name in own else self._text(name)

        return _SUBSTITUTED.sub(fill, text)

    def _text(self, name: str = "") -> str:
        return "x" * self.known.get(name, self.unknown)

    def _token(self, name: str) -> str:
        # CDK names the tokens of pseudo parameters after them: `AWS.AccountId.0`.
        return self._text("::".join(name.split(".")[:2]))
