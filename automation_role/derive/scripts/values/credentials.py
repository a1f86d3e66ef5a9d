"""Whose credentials a script makes its calls with: those of the role that runs it, of a role that it assumes, or unknown ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

from ....values.patterns import ANY, Pattern, Slot
from .arguments import Args, Machine
from .thing import DATA, Abstract, EqualByParts, UnknownValue
from .unions import members
from .writing import written

Callers: TypeAlias = tuple[Pattern | None, ...]
"""Who may make a call: the ARNs of roles; `None` is the role that runs the automation."""

OWN: Final[Callers] = (None,)
OF_UNKNOWN_ORIGIN: Final = Pattern(("credentials of unknown origin",))
"""The unknown owner of credentials that a script gets from a parameter, a secret or a file."""
_UNKNOWN: Final = Pattern((ANY,))
_THIS_ROLE: Final = Pattern((Slot.ROLE,))
_MOST: Final = 16  # roles that one value may be of; more are one unknown role


class Credentials(EqualByParts, UnknownValue):
    """The credentials that STS returns for an assumed role: of one of `callers`; also anything that is read from them."""

    __slots__ = ("callers",)

    def __init__(self, callers: Callers) -> None:
        super().__init__("CREDENTIALS")
        self.callers = callers

    def __repr__(self) -> str:
        return f"Credentials{self.callers!r}"

    def parts(self) -> tuple[object, ...]:
        return self.callers

    def consists_of(self) -> tuple[Abstract, ...]:
        return ()

    def is_plain(self) -> bool:
        return True

    def attribute(self, _machine: Machine, _name: str, _at: int) -> Abstract:
        return self

    def item(self, _machine: Machine, _key: Abstract, _at: int) -> Abstract:
        return self

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        machine.escape(args, at, DATA)
        return self if name in _READS else DATA

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        machine.escape(args, at, DATA)
        return DATA


_READS: Final = frozenset({"get", "pop", "setdefault", "copy", "values", "items", "__getitem__", "strip", "get_frozen_credentials"})


def credentials_of(role: Abstract) -> Credentials:
    """The credentials of a role by its ARN."""
    found: dict[Pattern | None, None] = {}
    for each in members(role):
        for arn in written(each):
            found[None if arn == _THIS_ROLE else arn] = None
    return Credentials(tuple(found) if 0 < len(found) <= _MOST else (_UNKNOWN,))


def callers_in(value: Abstract) -> list[Callers]:
    """Whose credentials a value may be, apart from `None`: unknown ones if it isn't known to be credentials."""
    return [each.callers if isinstance(each, Credentials) else (OF_UNKNOWN_ORIGIN,) for each in members(value) if each is not None]


def together(several: list[Callers]) -> Callers:
    """All callers of several sets."""
    return tuple(dict.fromkeys(each for callers in several for each in callers))


def credentials_in(values: Iterable[Abstract]) -> list[Credentials]:
    """Those of some values' alternatives that are credentials."""
    return [each for value in values for each in members(value) if isinstance(each, Credentials)]
