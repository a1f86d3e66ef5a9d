"""`functools`."""

from __future__ import annotations

from typing import Final

from ..values.arguments import Args, Machine
from ..values.containers import non_data_in
from ..values.external import Model
from ..values.partials import Dispatcher, Partial, PartialMethod
from ..values.thing import BOTTOM, DATA, Abstract
from ..values.unions import join, join_all
from .common import first, listed

_MOST_FOLDED: Final = 16  # elements of a list that are reduced one after the other
_ROUNDS: Final = 4  # steps of a reduction; then its result is anything


def reduced(machine: Machine, function: Abstract, given: list[Abstract], start: Abstract, at: int) -> Abstract:
    """Every intermediate value of a reduction, which may go on without end; without a function, it adds."""
    whole = join_all(given)
    found = join(start, whole)
    if function is BOTTOM or function is None:
        return join(found, DATA)
    for _ in range(_ROUNDS):
        following = join(found, machine.callback(function, [found, whole], at))
        if following is found or following == found:
            return found
        found = following
    return join_all([DATA, *non_data_in([found])])


def _reduced(machine: Machine, args: Args, at: int) -> Abstract:
    source = listed(machine, args.get(1, "iterable", DATA), at)
    given = source.elements(machine, at)
    if source.rest is BOTTOM and 0 < len(source.items) <= _MOST_FOLDED:
        first, *others = [*args.positional[2:3], *given]
        for each in others:
            first = machine.callback(args.get(0, "function", BOTTOM), [first, each], at)
        return first
    return reduced(machine, args.get(0, "function", BOTTOM), given, args.get(2, "initial"), at)


def _partial(_machine: Machine, args: Args, _at: int) -> Abstract:
    return Partial(args.get(0, "func", DATA), args.after(1))


def _partial_method(_machine: Machine, args: Args, _at: int) -> Abstract:
    return PartialMethod(args.get(0, "func", DATA), args.after(1))


FUNCTIONS: Final[dict[str, Model]] = {
    "functools.partial": _partial,
    "functools.partialmethod": _partial_method,
    "functools.reduce": _reduced,
    **dict.fromkeys(
        ("functools.singledispatch", "functools.singledispatchmethod"),
        lambda _machine, args, _at: Dispatcher(args.get(0, "func", DATA)),
    ),
    **dict.fromkeys(("functools.lru_cache", "functools.cache"), first),
}
DECORATORS: Final = {
    "functools.cached_property": "property",
    "functools.singledispatch": "call",
    "functools.singledispatchmethod": "call",
}
STATEFUL: Final = ("functools.wraps",)
