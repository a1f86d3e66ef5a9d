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
        parts: its pieces, each with the name of its hole; the name is empty for a piece that is always there.
        holes: the names of its holes, in their order, without those for the place.
    """

    parts: tuple[tuple[Part, str], ...]
    holes: tuple[str, ...]

    def write(self, names: Mapping[str, Pattern]) -> Pattern:
        """The ARN with these names in its holes, and `*` in the others."""
        return Pattern(tuple([each for part, hole in self.parts for each in (names[hole].parts if hole in names else (part,))]))


@cache
def form(arn: str) -> ArnForm:
    """The form of a type's ARN."""
    parts: list[tuple[Part, str]] = []
    for place, piece in enumerate(_NAMED.split(arn)):
        parts.extend([(ANY, piece)] if place % 2 else [(part, _PLACES.get(part, "")) for part in Pattern.of(piece).parts])
    return ArnForm(tuple(parts), tuple(hole for _, hole in parts if hole and hole not in PLACE))


_NAMED: Final = re.compile(r"\{(?!ROLE\})(\w{2,})\}")
_PLACES: Final[Mapping[Part, str]] = {Slot.ACCOUNT: ACCOUNT, Slot.REGION: REGION}


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
