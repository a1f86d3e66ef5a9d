"""`itertools`."""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest
from typing import Final

from ..values.arguments import Args, Machine
from ..values.external import Model
from ..values.lists import ListValue
from ..values.thing import BOTTOM, DATA, Abstract
from ..values.unions import join, join_all
from .common import any_order, arguments, elements, filtered, listed
from .functools import reduced


def _chained(machine: Machine, args: Args, at: int) -> Abstract:
    return ListValue([], join_all(each for one in args.values() for each in machine.elements(one, at)))


def _chained_inside(machine: Machine, args: Args, at: int) -> Abstract:
    return ListValue([], join_all(each for one in elements(machine, args, at) for each in machine.elements(one, at)))


def star_mapped(machine: Machine, args: Args, at: int) -> Abstract:
    """`starmap(function, iterable)`."""
    function = args.get(0, "func", DATA)
    several = machine.elements(args.get(1, "iterable", DATA), at)
    return ListValue([], join_all(machine.call(function, arguments(machine, each, at), at) for each in several))


def _combined(count: str) -> Callable[[Machine, Args, int], Abstract]:
    """Tuples of elements of all the arguments, of any length (`product` has one place for each iterable)."""

    def combine(machine: Machine, args: Args, at: int) -> Abstract:
        several = [join_all(machine.elements(each, at)) for each in args.positional]
        if count:  # of one iterable, as often as `r` says
            several = several[:1]
            number = args.get(1, count, DATA)
        else:
            number = args.keywords.get("repeat", 1)
        if not isinstance(number, int) or not 0 < number * max(1, len(several)) <= 64:
            return ListValue([], ListValue([], join_all([*several, args.rest])))
        return ListValue([], ListValue(several * number))

    return combine


def _longest(machine: Machine, args: Args, at: int) -> Abstract:
    fill = args.keywords.get("fillvalue", None)
    several = [listed(machine, each, at) for each in args.positional]
    if all(each.rest is BOTTOM for each in several):
        return ListValue(ListValue(each) for each in zip_longest(*(one.items for one in several), fillvalue=fill))
    return ListValue([], ListValue([join(each.whole(), fill) for each in several]))


def _repeated(_machine: Machine, args: Args, _at: int) -> Abstract:
    return ListValue([], args.get(0, "object", DATA))


def _accumulated(machine: Machine, args: Args, at: int) -> Abstract:
    return ListValue(
        [], reduced(machine, args.get(1, "func", BOTTOM), elements(machine, args, at), args.keywords.get("initial", BOTTOM), at)
    )


def _paired(machine: Machine, args: Args, at: int) -> Abstract:
    whole = join_all(elements(machine, args, at))
    return ListValue([], ListValue([whole, whole]))


def _teed(machine: Machine, args: Args, at: int) -> Abstract:
    return ListValue([], any_order(machine, Args(args.positional[:1]), at))


def _compressed(machine: Machine, args: Args, at: int) -> Abstract:
    return any_order(machine, Args(args.positional[:1]), at)


def _grouped(machine: Machine, args: Args, at: int) -> Abstract:
    """`itertools.groupby(iterable, key)`."""
    whole = join_all(elements(machine, args, at))
    key = args.get(1, "key")
    return ListValue([], ListValue([whole if key is BOTTOM else machine.callback(key, [whole], at), ListValue([], whole)]))


FUNCTIONS: Final[dict[str, Model]] = {
    "itertools.groupby": _grouped,
    "itertools.zip_longest": _longest,
    "itertools.product": _combined(""),
    **{f"itertools.{name}": _combined("r") for name in ("permutations", "combinations", "combinations_with_replacement")},
    "itertools.repeat": _repeated,
    "itertools.accumulate": _accumulated,
    "itertools.pairwise": _paired,
    "itertools.batched": _teed,  # tuples of elements: each may have any of them
    "itertools.tee": _teed,
    "itertools.compress": _compressed,
    "itertools.filterfalse": filtered,
    "itertools.takewhile": filtered,
    "itertools.dropwhile": filtered,
    "itertools.starmap": star_mapped,
    "itertools.chain": _chained,
    "itertools.chain.from_iterable": _chained_inside,
    **{f"itertools.{name}": any_order for name in ("cycle", "islice")},
}
LAZY: Final = frozenset(FUNCTIONS)
