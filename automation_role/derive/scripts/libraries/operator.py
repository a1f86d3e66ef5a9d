"""`operator`."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Final

from ..values.arguments import Args, Machine
from ..values.asking import texts_in
from ..values.external import Model
from ..values.lists import ListValue
from ..values.thing import DATA, Abstract, Thing
from ..values.unions import join, join_all


def _method_caller(_machine: Machine, args: Args, _at: int) -> Abstract:
    return _Caller(args)


class _Caller(Thing):
    """`operator.methodcaller`."""

    __slots__ = ("args",)

    def __init__(self, args: Args) -> None:
        self.args = args

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        target, name = args.get(0, "obj", DATA), self.args.get(0, "name", DATA)
        names, passed = texts_in(name), self.args.after(1)
        if names is None:
            return join(DATA, machine.call(machine.any_attribute(target, name, at), passed, at))
        return join_all([DATA, *(machine.invoke(target, each, passed, at) for each in names)])


class _Getter(Thing):
    """`operator.attrgetter`, `operator.itemgetter`."""

    __slots__ = ("get", "names")

    def __init__(self, get: Callable[[Machine, Abstract, Abstract, int], Abstract], names: list[Abstract]) -> None:
        self.get = get
        self.names = names

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        target = args.get(0, "obj", DATA)
        found = [self.get(machine, target, name, at) for name in self.names]
        return found[0] if len(found) == 1 else ListValue(found)


def _by_path(machine: Machine, target: Abstract, path: Abstract, at: int) -> Abstract:
    """`attrgetter('a.b')`."""
    paths = texts_in(path)
    if paths is None:
        return machine.any_attribute(target, path, at)
    return join_all(reduce(lambda found, word: machine.attribute(found, word, at), each.split("."), target) for each in paths)


def _attribute_getter(_machine: Machine, args: Args, _at: int) -> Abstract:
    return _Getter(_by_path, args.positional)


def _item_getter(_machine: Machine, args: Args, _at: int) -> Abstract:
    return _Getter(lambda machine, target, key, at: machine.item(target, key, at), args.positional)


def _call(machine: Machine, args: Args, at: int) -> Abstract:
    """`operator.call(f, x)`."""
    return machine.call(args.get(0, "obj", DATA), args.after(1), at)


def _method(name: str) -> Model:
    """`operator.setitem(x, key, value)`: `x.__setitem__(key, value)`."""
    return lambda machine, args, at: machine.invoke(args.get(0, "a", DATA), name, args.after(1), at)


FUNCTIONS: Final[dict[str, Model]] = {
    "operator.call": _call,
    "operator.methodcaller": _method_caller,
    "operator.attrgetter": _attribute_getter,
    "operator.itemgetter": _item_getter,
    **{
        f"operator.{name}": _method(f"__{name}__")
        for name in ("setitem", "delitem", "getitem", "iadd", "ior", "isub", "imul", "iand", "ixor")
    },
    **{f"operator.{name}": _method(f"__{name.strip('_')}__") for name in ("add", "or_", "and_", "sub", "xor", "mul")},
    "operator.concat": _method("__add__"),
    "operator.iconcat": _method("__iadd__"),
}
