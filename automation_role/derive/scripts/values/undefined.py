"""A name that a script uses and never defines."""

from __future__ import annotations

from .arguments import Args, Machine
from .thing import REPORTED, Abstract, EqualByParts, UnknownValue


class UndefinedName(EqualByParts, UnknownValue):
    """The value of such a name: Python stops where it is used, unless the runbook's text is not all that runs."""

    __slots__ = ()

    def parts(self) -> tuple[object, ...]:
        return (self.name,)

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        return self.call(machine, args, at) if machine.scattered(name, REPORTED) is REPORTED else super().invoke(machine, name, args, at)

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        machine.report(
            "unreadableScript",
            at,
            f"the script uses {self.name!r}, which it never defines, so what is called there is unknown; define it, or import it",
        )
        return machine.escape(args, at, REPORTED)
