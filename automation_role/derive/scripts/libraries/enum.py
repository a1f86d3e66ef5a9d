"""`enum`."""

from __future__ import annotations

from typing import Final

from ..values.enums import EnumKind

ENUMS: Final = {
    "enum.Enum": EnumKind(has_members=True),
    **{f"enum.{name}": EnumKind() for name in ("IntEnum", "ReprEnum")},
    "enum.StrEnum": EnumKind(auto_is_name=True),
    **{f"enum.{name}": EnumKind(combines=True) for name in ("Flag", "IntFlag")},
}
STATEFUL: Final = ("enum.auto",)
LANGUAGE: Final = ("enum.",)
