"""Mappings of which a class of the script defines `__getitem__` or `__setitem__`: their other methods use these (`collections.abc.MutableMapping`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .arguments import Args, Machine
from .asking import plainly
from .dicts import DictValue
from .lists import ListValue
from .thing import BOTTOM, DATA, Abstract, Thing
from .unions import join, join_all


def update(of: Thing, machine: Machine, args: Args, at: int) -> Abstract:
    """`x.update(…)`, and what is passed to the class."""
    given = DictValue(args.keywords, rest=args.extra)
    for each in args.positional:
        given.update(machine, each, at)
    for key, value in given.members.items():
        of.store_item(machine, key, value)
    if given.is_open:
        of.store_item(machine, DATA, DATA if given.rest is BOTTOM else given.rest)
    return None


def _get(of: Thing, machine: Machine, args: Args, at: int) -> Abstract:
    return join(of.item(machine, args.get(0, "key", DATA), at), args.get(1, "default", None))


def _set_default(of: Thing, machine: Machine, args: Args, at: int) -> Abstract:
    of.store_item(machine, args.get(0, "key", DATA), args.get(1, "default", None))
    return _get(of, machine, args, at)


def _pop(of: Thing, machine: Machine, args: Args, at: int) -> Abstract:
    found = _get(of, machine, args, at)
    machine.invoke(plainly(of), "pop", args, at)
    return found


def _values(of: Thing, machine: Machine, _args: Args, at: int) -> Abstract:
    return ListValue([], join_all(of.item(machine, key, at) for key in of.elements(machine, at)))


def _items(of: Thing, machine: Machine, _args: Args, at: int) -> Abstract:
    return ListValue([], join_all(ListValue([key, of.item(machine, key, at)]) for key in of.elements(machine, at)))


METHODS: Final[dict[str, Callable[[Thing, Machine, Args, int], Abstract]]] = {
    "update": update,
    "get": _get,
    "setdefault": _set_default,
    "pop": _pop,
    "values": _values,
    "items": _items,
}
