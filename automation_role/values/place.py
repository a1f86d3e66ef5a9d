"""Where the role is, and how a text with holes is written in a policy there."""

from __future__ import annotations

import re
from typing import NamedTuple

from .patterns import ONE, Bound, Part, Pattern, Slot
from .placeholders import ACCOUNT, PARTITION, PLACEHOLDER, REGION, has_placeholder
from .tokens import KnownToken, is_opaque


class Place(NamedTuple):
    """Where the role is; fills in the slots when a policy is written.

    Attributes:
        partition: `aws`, `aws-cn`, …, or a CDK token; `*` when unknown.
        account: 12 digits, or a CDK token; `*` when unknown.
        regions: the Regions in which the automations act; `("*",)`: any (a role is global).
        role_arn: ARN of the role that runs the automations; `None`: unknown; any role of the account is written instead.
        in_china: whether it is known to be in `aws-cn`, where roles are passed to some services under another name.
        keeps_placeholders: whether what only a deployment knows stays a placeholder, as `check` needs it; else it becomes `*`.
    """

    partition: str = "*"
    account: str = "*"
    regions: tuple[str, ...] = ("*",)
    role_arn: str | None = None
    in_china: bool = False
    keeps_placeholders: bool = False

    def write(self, pattern: Pattern) -> tuple[str, ...]:
        """The texts of a pattern in a policy: one, or one a Region; unknown parts become `*`, literal wildcards are escaped."""
        in_region = any(map(_names_region, pattern.parts))
        regions = self.regions if in_region else ("*",)
        return tuple(_STARS.sub("*", "".join([self._write(part, region) for part in pattern.parts])) for region in regions)

    def _write(self, part: Part, region: str) -> str:
        if isinstance(part, str):
            return self._filled(escape(part), region) if "⟨" in part or "‹" in part else escape(part)
        if isinstance(part, Bound):
            return self._deployed(part.value, region) if is_opaque(part.value) else escape(part.value)
        if part is Slot.PARTITION:
            return self.partition
        if part is Slot.REGION:
            return region
        if part is Slot.ACCOUNT:
            return self.account
        if part is Slot.ROLE:
            return self.role_arn if self.role_arn is not None else f"arn:{self.partition}:iam::{self.account}:role/*"
        return "?" if part is ONE else "*"

    def _deployed(self, text: str, region: str) -> str:
        """A value that only a deployment knows: a CDK token unchanged, a placeholder unchanged or as its known form."""
        if isinstance(text, KnownToken) and text.form and has_placeholder(text) and not self.keeps_placeholders:
            return "".join(self._write(part, region) for part in Pattern.of(text.form).parts)
        return self._filled(text, region)

    def _filled(self, text: str, region: str) -> str:
        """A text with its stand-ins filled in, and `*` for placeholders."""
        for stand_in, value in ((PARTITION, self.partition), (ACCOUNT, self.account), (REGION, region)):
            text = text.replace(stand_in, value)
        return text if self.keeps_placeholders else PLACEHOLDER.sub("*", text)


def _names_region(part: Part) -> bool:
    """Whether a Region is filled in."""
    if isinstance(part, Bound):
        form = part.value.form if isinstance(part.value, KnownToken) and has_placeholder(part.value) else ""
        return REGION in part.value or "{R}" in form
    return part is Slot.REGION or (isinstance(part, str) and REGION in part)


def escape(text: str) -> str:
    """A literal text, escaped for IAM, so that it has no wildcards or policy variables.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
    """
    return _SPECIAL.sub(lambda match: "${" + match[0] + "}", text)


_SPECIAL = re.compile(r"[*?]|\$(?=\{)")
_STARS = re.compile(r"(?<!\$\{)\*{2,}")
