"""Python's built-in functions and classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from ..values.classes import ClassValue, InstanceValue
from ..values.containers import DictValue, ListValue
from ..values.domain import DATA, NO_ARGS, Abstract, Args, Thing, concatenated, join, join_all, members, texts_in
from ..values.external import WRAPPERS, Model
from ..values.functions import Wrapper
from .common import any_order, as_dict, as_list, elements, filtered, mapped, names_in, one_of, zipped
from .importlib import imported

if TYPE_CHECKING:
    from ..reader.machine import Machine


def _iterated(machine: Machine, args: Args, at: int) -> Abstract:
    """`iter(x)`; `iter(function, last)` calls it until it gives that."""
    return ListValue([], machine.call(args.positional[0], NO_ARGS, at)) if len(args.positional) == 2 else as_list(machine, args, at)


def _enumerated(machine: Machine, args: Args, at: int) -> Abstract:
    return ListValue([ListValue([DATA, each]) for each in elements(machine, args, at)])


def _get_attribute(machine: Machine, args: Args, at: int) -> Abstract:
    """`getattr(x, name)`: for every name that it may be."""
    target, name = args.get(0, "object", DATA), args.get(1, "name", DATA)
    if target is DATA:
        return DATA
    texts = texts_in(name)
    default = args.get(2, "default")
    if texts is not None:
        return join_all([default, *(machine.attribute(target, text, at) for text in texts)])
    return join(default, machine.any_attribute(target, name, at))


def _set_attribute(machine: Machine, args: Args, _at: int) -> Abstract:
    target, name = args.get(0, "object", DATA), texts_in(args.get(1, "name", DATA))
    if isinstance(target, Thing):
        for text in name or ():
            target.store(machine, text, args.get(2, "value", DATA))
    return None


def _type_of(_machine: Machine, args: Args, _at: int) -> Abstract:
    """`type(x)`; `type(name, bases, members)` makes a class."""
    if len(args.positional) == 3:
        held = args.positional[2]
        known = {str(key): value for key, value in held.members.items()} if isinstance(held, DictValue) else {}
        return ClassValue("type", known, tuple(each for each in machine_elements(args.positional[1]) if isinstance(each, ClassValue)))
    return join_all(each.made_of if isinstance(each, InstanceValue) else DATA for each in members(args.get(0, "object", DATA)))


def machine_elements(value: Abstract) -> list[Abstract]:
    """The known elements of a list."""
    return value.items if isinstance(value, ListValue) else []


def _as_text(_machine: Machine, args: Args, _at: int) -> Abstract:
    return concatenated([args.get(0, "object", "")])


def _data(_machine: Machine, _args: Args, _at: int) -> Abstract:
    return DATA


def _listed_attributes(machine: Machine, args: Args, at: int) -> Abstract:
    return machine.attribute(args.get(0, "object", DATA), "__dict__", at)


def _directory(_machine: Machine, args: Args, _at: int) -> Abstract:
    """`dir(x)`."""
    names = names_in(args.get(0, "object", DATA))
    return DATA if names is None else ListValue(sorted(set(names)))


def _dict_of_keys(machine: Machine, args: Args, at: int) -> Abstract:
    """`dict.fromkeys(iterable, value)`."""
    made = DictValue()
    for each in elements(machine, args, at):
        made.put(machine, each, args.get(1, "value", None))
    return made


def _wrapper(kind: str) -> Callable[[Machine, Args, int], Abstract]:
    """`c = property(get, set)` in a class, which decorators are short for."""
    return lambda _machine, args, _at: Wrapper(kind, args.get(0, "fget", DATA), args.get(1, "fset"))


FUNCTIONS: Final[dict[str, Model]] = {
    **{name: _wrapper(kind) for name, kind in WRAPPERS.items()},
    "builtins.dict.fromkeys": _dict_of_keys,
    **{f"builtins.{name}": as_list for name in ("list", "tuple", "set", "frozenset", "aiter")},
    "builtins.iter": _iterated,
    **{f"builtins.{name}": any_order for name in ("sorted", "reversed")},
    **{f"builtins.{name}": one_of for name in ("max", "min", "next", "anext")},
    **{
        f"builtins.{name}": _data
        for name in ("len", "repr", "isinstance", "issubclass", "hasattr", "callable", "id", "hash", "int", "float", "bool")
    },
    **{
        f"builtins.{name}": _data
        for name in ("abs", "round", "range", "ord", "chr", "hex", "open", "input", "bytes", "bytearray", "sum", "print")
    },
    "builtins.str": _as_text,
    "builtins.dict": as_dict,
    "builtins.enumerate": _enumerated,
    "builtins.zip": zipped,
    "builtins.map": mapped,
    "builtins.filter": filtered,
    "builtins.getattr": _get_attribute,
    "builtins.setattr": _set_attribute,
    "builtins.object.__setattr__": _set_attribute,
    "builtins.object.__getattribute__": _get_attribute,
    "builtins.type": _type_of,
    "builtins.vars": _listed_attributes,
    "builtins.dir": _directory,
    "builtins.__import__": imported,
}
