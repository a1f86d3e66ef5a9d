"""The form of a resource type's ARN, `arn:{P}:ec2:{R}:{A}:instance/{InstanceId}`, and ARNs written in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from ..catalog.operations import ResourceType
from ..values.patterns import ANY, Part, Pattern, Slot

ANYTHING: Final = Pattern.of("*")
# The holes for the account and the Region, where an input says whose the resource is, or where.
ACCOUNT: Final = "A"
REGION: Final = "R"
PLACE: Final = frozenset({ACCOUNT, REGION})


class ArnForm(NamedTuple):
    """An ARN's form, split at its holes.

    Attributes:
        parts: its pieces; a hole is a tuple with its name.
        holes: the names of its holes, in their order.
    """

    parts: tuple[Part | tuple[str], ...]
    holes: tuple[str, ...]

    def write(self, names: Mapping[str, Pattern]) -> Pattern:
        """The ARN with these names in its holes, and `*` in the others."""
        made: list[Part] = []
        for part in self.parts:
            if isinstance(part, tuple):
                made.extend(names[part[0]].parts if part[0] in names else (ANY,))
            elif part is Slot.ACCOUNT and ACCOUNT in names:
                made.extend(names[ACCOUNT].parts)
            elif part is Slot.REGION and REGION in names:
                made.extend(names[REGION].parts)
            else:
                made.append(part)
        return Pattern(tuple(made))


@cache
def form(arn: str) -> ArnForm:
    """The form of a type's ARN."""
    parts: list[Part | tuple[str]] = []
    for piece in re.split(r"(\{\w{2,}\})", arn):
        parts.extend([(piece[1:-1],)] if re.fullmatch(r"\{\w{2,}\}", piece) and piece != "{ROLE}" else Pattern.of(piece).parts)
    return ArnForm(tuple(parts), tuple(part[0] for part in parts if isinstance(part, tuple)))


@cache
def wildcard(arn: str) -> Pattern:
    """Every resource of a type, in the role's account if the ARN has an account."""
    return form(arn).write({})


@cache
def in_any_account(arn: str) -> Pattern:
    """Every resource of a type, in any account and Region."""
    return Pattern.of(HOLE.sub("*", arn))


HOLE: Final = re.compile(r"\{\w+\}")


def account_wide(action: str, types: tuple[ResourceType, ...]) -> tuple[Pattern, ...]:
    """All of the service's resources in the account; also those whose ARN has no account, if a type has such an ARN."""
    prefix = action.partition(":")[0]
    own = [each for each in types if each.service == prefix] or types
    return tuple(dict.fromkeys(Pattern.of(":".join([*each.arn.split(":", 5)[:5], "*"])) for each in own))
