"""Shared by several libraries: iterating, collecting into lists and dicts, calling a function with collected arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ..values.arguments import NO_ARGS, Args, Machine
from ..values.asking import gone_through, texts_in
from ..values.containers import Container
from ..values.dicts import DictValue, keywords_of
from ..values.external import Model
from ..values.lists import ListValue, SetValue, TupleValue
from ..values.scalars import as_thing
from ..values.texts import computed
from ..values.thing import BOTTOM, DATA, Abstract
from ..values.unions import Union, join_all, members


def name_of(value: Abstract) -> str:
    """A name that is passed as a text; empty if it is not known, or is one of several."""
    texts = texts_in(value) or ()
    return texts[0] if len(texts) == 1 else ""


def arguments(machine: Machine, value: Abstract, at: int) -> Args:
    """The arguments that `*value` passes."""
    known = gone_through(value, machine)
    return Args(rest=join_all(machine.elements(value, at))) if known is None else Args(known)


def elements(machine: Machine, args: Args, at: int) -> list[Abstract]:
    """The elements of the first argument."""
    return machine.elements(args.get(0, "iterable", ListValue()), at)


def as_list(machine: Machine, args: Args, at: int) -> Abstract:
    """A list of the first argument's elements."""
    source = args.get(0, "iterable")
    return ListValue() if source is BOTTOM else listed(machine, source, at)


def as_tuple(machine: Machine, args: Args, at: int) -> Abstract:
    """A tuple of the first argument's elements."""
    made = listed(machine, args.get(0, "iterable", ListValue()), at)
    return TupleValue(made.items, made.rest)


def listed(machine: Machine, source: Abstract, at: int) -> ListValue:
    """A list of a value's elements, in order as far as it is known."""
    items, others = as_thing(source).sequence(machine, at)
    return ListValue(items, join_all(others))


def as_set(machine: Machine, args: Args, at: int) -> Abstract:
    """A set of the first argument's elements."""
    source = args.get(0, "iterable")
    if source is BOTTOM:
        return SetValue()
    if isinstance(source, SetValue):
        return source.copy()
    made = listed(machine, source, at)
    return SetValue(made.items, made.rest)


def any_order(machine: Machine, args: Args, at: int) -> Abstract:
    """A list of the first argument's elements in any order; `key` is called."""
    whole = join_all(elements(machine, args, at))
    machine.callback(args.keywords.get("key", BOTTOM), [whole], at)
    return ListValue([], whole)


def as_dict(machine: Machine, args: Args, at: int) -> Abstract:
    """A dict of the arguments, as `dict(…)` makes it."""
    made = DictValue()
    for each in args.positional:
        if each is machine.libraries.values["os.environ"] and not args.keywords:
            return machine.invoke(each, "copy", NO_ARGS, at)
        made.update(machine, each, at, surely=True)
    if args.extra is not BOTTOM:
        made.open(machine, args.extra)
    for key, value in args.keywords.items():
        made.put(machine, key, value)
        if key not in args.perhaps:
            made.settle(machine, key, value)
    return made


def chained_dicts(_machine: Machine, args: Args, _at: int) -> Abstract:
    """`ChainMap(…)` is all of its dicts: what is put into it is in one of them, and what is put into those is in it."""
    several = tuple(dict.fromkeys(each for value in args.positional for each in members(value)))
    return several[0] if len(several) == 1 else Union(several) if several else DictValue()


def one_of(machine: Machine, args: Args, at: int) -> Abstract:
    """`max(a, b)`, `max(iterable)`, `random.choice(iterable)`, `next(iterator, default)`."""
    machine.callback(args.keywords.get("key", BOTTOM), [join_all(elements(machine, args, at))], at)
    return join_all([*elements(machine, args, at), *args.positional[1:], args.keywords.get("default", BOTTOM)])


def first(_machine: Machine, args: Args, _at: int) -> Abstract:
    """The first argument itself."""
    return args.get(0, "obj", DATA)


def zipped(machine: Machine, args: Args, at: int) -> Abstract:
    """Lists of elements that stand side by side, as `zip` makes them."""
    several = [listed(machine, each, at) for each in args.positional]
    if several and all(each.rest is BOTTOM for each in several):
        return ListValue(ListValue(each) for each in zip(*(one.items for one in several), strict=False))
    return ListValue([], ListValue([join_all(one.elements(machine, at)) for one in several]))


def mapped(machine: Machine, args: Args, at: int) -> Abstract:
    """`map(function, …)`: what the function returns for each element."""
    several = [listed(machine, each, at) for each in args.positional[1:]]
    function = args.get(0, "func", DATA)
    if len(several) == 1 and several[0].rest is BOTTOM and len(several[0].items) <= 16:
        return ListValue([machine.call(function, Args([each]), at) for each in several[0].items])
    return ListValue([], machine.call(function, Args([join_all(each.elements(machine, at)) for each in several]), at))


def filtered(machine: Machine, args: Args, at: int) -> Abstract:
    """The elements that a function may keep."""
    whole = join_all(machine.elements(args.get(1, "iterable", DATA), at))
    machine.callback(args.get(0, "function", BOTTOM), [whole], at)
    return ListValue([], whole)


def started(machine: Machine, function: Abstract, positional: Abstract, keywords: Abstract, at: int) -> Abstract:
    """Call a function at any time from now on, with arguments that are themselves in a list and a dict."""
    given = Args() if positional is BOTTOM else arguments(machine, positional, at)
    if keywords is not BOTTOM:
        named = keywords_of(keywords)
        given.keywords, given.extra, given.perhaps = named.keywords, named.extra, named.perhaps
    return machine.later(function, given, at)


def pure(function: Callable[..., object]) -> Model:
    """A function of texts and numbers that has no effect beside its result."""

    def compute(machine: Machine, args: Args, at: int) -> Abstract:
        if args.keywords or args.rest is not BOTTOM or args.extra is not BOTTOM:
            return machine.escape(args, at, DATA)
        return computed(function, *args.positional)

    return compute


# What calling a container class makes, by what its instances are.
MADE: Final[dict[Callable[[], Container], Model]] = {DictValue: as_dict, ListValue: as_list, TupleValue: as_tuple, SetValue: as_set}


def empty_list(_machine: Machine, _args: Args, _at: int) -> Abstract:
    """An empty list."""
    return ListValue()
