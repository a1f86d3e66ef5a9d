"""`itertools`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..values.containers import ListValue
from ..values.domain import DATA, NOTHING, Abstract, Args, join_all
from ..values.external import Model
from .common import any_order, elements, filtered, zipped

if TYPE_CHECKING:
    from ..reader.machine import Machine


def _chained(machine: Machine, args: Args, at: int) -> Abstract:
    return ListValue([], join_all(each for one in args.values() for each in machine.elements(one, at)))


def _chained_inside(machine: Machine, args: Args, at: int) -> Abstract:
    return ListValue([], join_all(each for one in elements(machine, args, at) for each in machine.elements(one, at)))


def star_mapped(machine: Machine, args: Args, at: int) -> Abstract:
    """`starmap(function, iterable)`."""
    function = args.get(0, "func", DATA)
    found = []
    for each in machine.elements(args.get(1, "iterable", DATA), at):
        given = each.items if isinstance(each, ListValue) else machine.elements(each, at)
        found.append(machine.call(function, Args(list(given)), at))
    return ListValue([], join_all(found))


def _grouped(machine: Machine, args: Args, at: int) -> Abstract:
    """`itertools.groupby(iterable, key)`."""
    whole = join_all(elements(machine, args, at))
    key = args.get(1, "key")
    return ListValue([], ListValue([whole if key is NOTHING else machine.callback(key, [whole], at), ListValue([], whole)]))


FUNCTIONS: Final[dict[str, Model]] = {
    "itertools.groupby": _grouped,
    "itertools.zip_longest": zipped,
    "itertools.product": zipped,
    "itertools.filterfalse": filtered,
    "itertools.takewhile": filtered,
    "itertools.dropwhile": filtered,
    "itertools.starmap": star_mapped,
    "itertools.chain": _chained,
    "itertools.chain.from_iterable": _chained_inside,
    **{f"itertools.{name}": any_order for name in ("cycle", "islice", "tee", "repeat", "compress")},
}
