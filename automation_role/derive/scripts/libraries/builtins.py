"""Python's built-in functions and classes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from ..values.arguments import NO_ARGS, Args, Machine
from ..values.asking import foreign_name, in_order, special, texts_in, truth
from ..values.classes import ClassValue
from ..values.decorators import Wrapper
from ..values.dicts import DictValue, keywords_of
from ..values.exact_lists import exactly_sorted
from ..values.external import Model
from ..values.instances import InstanceValue
from ..values.lazy import Lazy
from ..values.lists import ListValue, SetValue, Slice, TupleValue
from ..values.scalars import as_thing
from ..values.texts import computed
from ..values.thing import BOTTOM, DATA, Abstract, Thing
from ..values.unions import join, join_all, members, things
from ..values.writing import concatenated
from .common import any_order, as_list, filtered, listed, mapped, name_of, one_of, zipped
from .importlib import imported


def _iterated(machine: Machine, args: Args, at: int) -> Abstract:
    """`iter(x)`; `iter(function, last)` calls it until it returns `last`."""
    source = args.get(0, "object", DATA)
    if len(args.positional) == 2:
        return ListValue([], machine.call(source, NO_ARGS, at))
    return source if isinstance(source, Lazy) and source.is_iterator else as_list(machine, args, at)


def _enumerated(machine: Machine, args: Args, at: int) -> Abstract:
    source = listed(machine, args.get(0, "iterable", DATA), at)
    count = len(source.items)
    numbers = in_order(computed(lambda start: list(range(start, start + count)), args.get(1, "start", 0))) or [DATA] * count
    return ListValue(
        [ListValue([number, each]) for number, each in zip(numbers, source.items, strict=True)],
        BOTTOM if source.rest is BOTTOM else join_all(ListValue([DATA, each]) for each in members(source.rest)),
    )


def _reversed(machine: Machine, args: Args, at: int) -> Abstract:
    value = args.get(0, "sequence", DATA)
    own = [machine.call(method, Args([each]), at) for each in members(value) if (method := special(each, "__reversed__")) is not BOTTOM]
    if own:
        return ListValue([], join_all(element for each in (*own, value) for element in machine.elements(each, at)))
    source = listed(machine, args.get(0, "sequence", DATA), at)
    return ListValue(source.items[::-1]) if source.rest is BOTTOM else ListValue([], source.whole())


def _sorted(machine: Machine, args: Args, at: int) -> Abstract:
    source = listed(machine, args.get(0, "iterable", DATA), at)
    items = list(source.items)
    if not args.keywords and source.rest is BOTTOM and exactly_sorted(items) is None:
        return ListValue(items)
    return any_order(machine, args, at)


def _as_bool(_machine: Machine, args: Args, _at: int) -> Abstract:
    found = truth(args.get(0, "x", False))
    return DATA if found is None else found


def _as_int(_machine: Machine, args: Args, _at: int) -> Abstract:
    return computed(int, *args.positional) if args.positional and not args.keywords else DATA


def _get_plainly(machine: Machine, args: Args, at: int) -> Abstract:
    """`object.__getattribute__(x, name)`, which asks no method of the class."""
    target, name = args.get(0, "object", DATA), args.get(1, "name", DATA)
    names = texts_in(name)
    if names is None or not isinstance(target, InstanceValue):
        return _get_attribute(machine, args, at)
    return join_all(target.attribute_plainly(machine, each, at) for each in names)


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


def _slice(_machine: Machine, args: Args, _at: int) -> Abstract:
    given = args.positional
    known = [each for each in given if each is None or (isinstance(each, int) and not isinstance(each, bool))]
    exact = len(known) == len(given) in {1, 2, 3} and args.rest is BOTTOM and known[2:] != [0]
    return Slice(slice(*known) if exact else None)


def _set_attribute(machine: Machine, args: Args, _at: int, *, plainly: bool = False) -> Abstract:
    target, key, value = args.get(0, "object", DATA), args.get(1, "name", DATA), args.get(2, "value", DATA)
    names = texts_in(key)
    for each in things(target):
        if names is None:
            each.store_any(machine, key, value, plainly=plainly)
        for name in names or ():
            store = each.store_plainly if plainly else each.store
            store(machine, name, value)
    return None


def _delete_attribute(machine: Machine, args: Args, _at: int) -> Abstract:
    names = texts_in(args.get(1, "name", DATA))
    for each in things(args.get(0, "object", DATA)):
        for name in names or ("",):
            each.forget_attribute(machine, name)
    return None


def _type_of(machine: Machine, args: Args, at: int) -> Abstract:
    """`type(x)`; `type(name, bases, members)` makes a class."""
    if len(args.positional) == 3:
        bases, _ = as_thing(args.positional[1]).sequence(machine, at)
        foreign = tuple(filter(None, map(foreign_name, bases)))
        foreign = tuple(name for name in foreign if name not in machine.libraries.plain_bases)
        made = ClassValue(name_of(args.positional[0]), {}, tuple(each for each in bases if isinstance(each, ClassValue)), foreign)
        made.holds = next((machine.libraries.bases[name] for name in foreign if name in machine.libraries.bases), made.holds)
        made.define(keywords_of(args.positional[2]))
        return made
    return join_all(
        machine.attribute(each, "__class__", at) if isinstance(each, Thing) else DATA for each in members(args.get(0, "object", DATA))
    )


def _new_class(machine: Machine, args: Args, at: int) -> Abstract:
    """`types.new_class(name, bases, kwds, exec_body)`."""
    held = DictValue()
    machine.callback(args.get(3, "exec_body"), [held], at)
    return _type_of(machine, Args([args.get(0, "name", DATA), args.get(1, "bases", ListValue()), held]), at)


def _as_text(machine: Machine, args: Args, at: int) -> Abstract:
    value = args.get(0, "object", "")
    for each in members(value):
        if (method := special(each, "__str__")) is not BOTTOM:
            machine.call(method, Args([each]), at)
    return concatenated([value])


def _new_instance(machine: Machine, args: Args, at: int) -> Abstract:
    """`object.__new__(cls)`, `str.__new__(cls, text)`."""
    made = [InstanceValue(each) if isinstance(each, ClassValue) else DATA for each in members(args.get(0, "cls", DATA))]
    machine.escape(args.after(1), at, DATA)
    return join_all(made)


_DATA_CLASSES: Final = ("str", "int", "float", "bytes", "tuple", "list", "dict", "set", "frozenset")


def _data(_machine: Machine, _args: Args, _at: int) -> Abstract:
    return DATA


def _listed_attributes(machine: Machine, args: Args, at: int) -> Abstract:
    return machine.attribute(args.get(0, "object", DATA), "__dict__", at)


def _directory(machine: Machine, args: Args, at: int) -> Abstract:
    """`dir(x)`."""
    target = args.get(0, "object", DATA)
    own = [machine.call(method, Args([each]), at) for each in members(target) if (method := special(each, "__dir__")) is not BOTTOM]
    if own:
        return ListValue([], join_all(element for each in own for element in machine.elements(each, at)))
    names = as_thing(target).known_names()
    return DATA if names is None else ListValue(sorted(set(names)))


def _dict_of_keys(machine: Machine, args: Args, at: int) -> Abstract:
    """`dict.fromkeys(iterable, value)`."""
    made = DictValue()
    source = listed(machine, args.get(0, "iterable", DATA), at)
    for each in source.elements(machine, at):
        made.put(machine, each, args.get(1, "value", None))
        if source.rest is BOTTOM:
            made.settle(machine, each, args.get(1, "value", None))
    return made


def wrapper(kind: str) -> Callable[[Machine, Args, int], Abstract]:
    """`c = property(get, set)` in a class, which decorators are short for."""
    return lambda _machine, args, _at: Wrapper(kind, args.get(0, "fget", DATA), args.get(1, "fset"), args.get(2, "fdel"))


FUNCTIONS: Final[dict[str, Model]] = {
    "builtins.dict.fromkeys": _dict_of_keys,
    "builtins.aiter": as_list,
    "builtins.iter": _iterated,
    "builtins.sorted": _sorted,
    "builtins.reversed": _reversed,
    "builtins.bool": _as_bool,
    "builtins.int": _as_int,
    "builtins.delattr": _delete_attribute,
    "builtins.object.__delattr__": _delete_attribute,
    **{f"builtins.{name}": one_of for name in ("max", "min", "next", "anext")},
    **{f"builtins.{name}": _data for name in ("len", "repr", "isinstance", "issubclass", "hasattr", "callable", "id", "hash", "float")},
    **{f"builtins.{name}": _data for name in ("abs", "round", "range", "ord", "chr", "hex", "open", "input", "bytes", "bytearray", "sum")},
    "builtins.print": lambda machine, args, at: machine.escape(Args([args.keywords.get("file", DATA)]), at, DATA),
    "builtins.slice": _slice,
    "builtins.str": _as_text,
    "builtins.enumerate": _enumerated,
    "builtins.zip": zipped,
    "builtins.map": mapped,
    "builtins.filter": filtered,
    **dict.fromkeys(("builtins.getattr", "inspect.getattr_static"), _get_attribute),
    "builtins.setattr": _set_attribute,
    "builtins.object.__setattr__": partial(_set_attribute, plainly=True),
    "builtins.type.__setattr__": partial(_set_attribute, plainly=True),
    **dict.fromkeys(("builtins.object.__getattribute__", "builtins.type.__getattribute__"), _get_plainly),
    "builtins.type": _type_of,
    "types.new_class": _new_class,
    **{f"builtins.{name}.__new__": _new_instance for name in ("object", *_DATA_CLASSES)},
    "builtins.type.__new__": lambda machine, _args, _at: DATA if machine.class_made is None else machine.class_made,
    "builtins.vars": _listed_attributes,
    "builtins.dir": _directory,
    "builtins.__import__": imported,
}
LAZY: Final = frozenset(f"builtins.{name}" for name in ("map", "filter", "zip", "enumerate", "iter", "reversed"))
DECORATORS: Final = {f"builtins.{kind}": kind for kind in ("property", "staticmethod", "classmethod")}
BASES: Final = {
    "builtins.dict": DictValue,
    "builtins.list": ListValue,
    "builtins.tuple": TupleValue,
    "builtins.set": SetValue,
    "builtins.frozenset": SetValue,
}
PLAIN_BASES: Final = frozenset(
    f"builtins.{name}" for name in ("object", "Exception", "BaseException", "ValueError", "RuntimeError", "TypeError", "KeyError")
)
LANGUAGE: Final = ("builtins.",)
