"""Which inputs fill which holes of an ARN, in the words of the catalog (`Details.fills`): `A|B!C?default`."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from ..catalog.operations import Details
from ..values.calls import ApiCall
from ..values.patterns import Pattern
from .inputs import UNKNOWN_TEXT, texts


class Filled(NamedTuple):
    """What fills a hole.

    Attributes:
        members: inputs that name the resource.
        seconds: inputs that name a second resource.
        has_default: whether the service has a default if they are left out.
        default: the default's name, if known.
    """

    members: tuple[str, ...]
    seconds: tuple[str, ...]
    has_default: bool
    default: str

    @staticmethod
    @cache
    def read(spec: str) -> Filled:
        """Parse the catalog's notation."""
        said, has_default, default = spec.partition("?")
        names, _, seconds = said.partition("!")
        return Filled(tuple(names.split("|")), tuple(filter(None, seconds.split("|"))), bool(has_default), default)

    def said(self, call: ApiCall) -> tuple[Pattern, ...]:
        """The texts of the inputs; the default's name, if known, for those that are left out."""
        default = Pattern.literal(self.default) if self.default else UNKNOWN_TEXT
        found = tuple(dict.fromkeys(text for member in self.members for text in texts(call.inputs, member, default)))
        return (default,) if not found and self.default and call.complete else found


def said_in(call: ApiCall, spec: str) -> tuple[Pattern, ...]:
    """The texts of the inputs of a spec."""
    return Filled.read(spec).said(call) if spec else ()


def key_of(details: Details, action: str, kind: str, hole: str) -> str:
    """The key of `fills` for a type's hole: an entry for this action takes precedence over one for all of the operation's."""
    closer = f"{action.rpartition(':')[2]}/{kind}.{hole}"
    return closer if closer in details.fills else f"{kind}.{hole}"


def specs_of(details: Details, kind: str) -> tuple[Filled, ...]:
    """Everything that fills holes of a type, for any action."""
    of_type = f"{kind}."  # a type's name may have slashes, an action's has none
    found = (spec for key, spec in details.fills.items() if key.startswith(of_type) or key.partition("/")[2].startswith(of_type))
    return tuple(map(Filled.read, found))
