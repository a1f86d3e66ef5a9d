"""`x.name`, a method that may be called later."""

from __future__ import annotations

from .arguments import Args, Machine
from .thing import DATA, Abstract, EqualByParts
from .unions import join_all, members, things


class BoundMethod(EqualByParts):
    """`x.name`, a method that may be called later."""

    __slots__ = ("name", "target")

    def __init__(self, target: Abstract, name: str) -> None:
        self.target = target
        self.name = name

    def parts(self) -> tuple[object, ...]:
        return (self.name, self.target)

    def escaped(self, machine: Machine, args: Args, at: int, _nested: int = 0) -> None:
        if any(each.is_aws for each in things(self.target)):
            machine.call(self, args, at)

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        return machine.invoke(self.target, self.name, args, at)

    def attribute(self, machine: Machine, name: str, at: int) -> Abstract:
        if name in {"__self__", "__name__"}:
            return self.target if name == "__self__" else self.name
        return join_all(machine.attribute(each, name, at) for each in members(self._inside()))

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        return join_all(machine.invoke(each, name, args, at) for each in members(self._inside()))

    def item(self, _machine: Machine, _key: Abstract, _at: int) -> Abstract:
        return self._inside()

    def elements(self, _machine: Machine, _at: int) -> list[Abstract]:
        return [self._inside()]

    def _inside(self) -> Abstract:
        """An unknown attribute: of a container, it may be the container, or hold anything that it holds; of an instance, it may be anything."""
        return join_all([each.unknown_attribute() for each in things(self.target)] or [DATA])
