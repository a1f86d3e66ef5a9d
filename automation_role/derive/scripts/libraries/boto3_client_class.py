"""`type(client)`: the class of a boto3 client, whose methods take the client first."""

from __future__ import annotations

from typing import Final

from ..values.arguments import Args, Machine
from ..values.asking import texts_in
from ..values.lists import ListValue
from ..values.partials import Partial
from ..values.thing import DATA, Abstract, EqualByParts, Thing
from ..values.unions import join_all


class ClassOf(EqualByParts):
    """`type(client)`: its methods take the client first."""

    __slots__ = ("target",)

    def __init__(self, target: Thing) -> None:
        self.target = target

    def parts(self) -> tuple[object, ...]:
        return (self.target,)

    def attribute(self, _machine: Machine, name: str, _at: int) -> Abstract:
        if name in {"__mro__", "__bases__"}:
            return ListValue([], self)
        if name == "__dict__":
            return self  # its items are its attributes
        return DATA if name in {"__name__", "__qualname__", "__module__"} else Partial(_UNBOUND, Args([self.target, name]))

    def any_attribute(self, machine: Machine, name: Abstract, at: int) -> list[Abstract]:
        return self.target.any_attribute(machine, name, at)

    def item(self, machine: Machine, key: Abstract, at: int) -> Abstract:
        names = texts_in(key)
        return join_all(self.any_attribute(machine, key, at) if names is None else [self.attribute(machine, name, at) for name in names])

    def elements(self, machine: Machine, at: int) -> list[Abstract]:
        return [DATA, *self.any_attribute(machine, DATA, at)]

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        if name == "mro":
            return ListValue([], self)
        if name in {"get", "pop"} and args.positional:  # of `type(client).__dict__`
            return self.item(machine, args.positional[0], at)
        return super().invoke(machine, name, args, at)


class _Unbound(Thing):
    """`type(client).operation`, called with the client."""

    __slots__ = ()

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        target, name = args.positional[:2]
        return machine.invoke(args.get(2, "self", target), str(name), args.after(3), at)


_UNBOUND: Final = _Unbound()
