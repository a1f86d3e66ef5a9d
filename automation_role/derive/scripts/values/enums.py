"""Kinds of `Enum`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumKind:
    """What makes a class an `Enum`.

    Attributes:
        has_members: its members aren't texts or numbers when it has no other base: none is equal to its value, and all count as true.
        auto_is_name: `auto()` gives the name in lower case.
        combines: a value may be several members, or none.
    """

    has_members: bool = False
    auto_is_name: bool = False
    combines: bool = False
