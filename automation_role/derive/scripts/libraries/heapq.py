"""`heapq`, `bisect` and `random`: what puts elements into lists, and takes some out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ..values.arguments import Args, Machine
from ..values.external import Model
from ..values.lists import ListValue
from ..values.thing import DATA, Abstract
from ..values.unions import join_all, things
from .common import any_order, one_of


def _pushed(name: str) -> Callable[[Machine, Args, int], Abstract]:
    """`heapq.heappush(heap, item)`: puts an argument into the first one."""

    def push(machine: Machine, args: Args, _at: int) -> Abstract:
        for each in things(args.get(0, "heap", DATA)):
            each.blur(machine)
            each.add(machine, args.get(1, name, DATA))
        return join_all([DATA, *machine.elements(args.get(0, "heap", DATA), 0)])

    return push


def _mixed(machine: Machine, args: Args, _at: int) -> Abstract:
    """`random.shuffle(x)`: its elements change their places."""
    for each in things(args.get(0, "x", DATA)):
        each.blur(machine)
    return None


def _smallest(machine: Machine, args: Args, at: int) -> Abstract:
    """`heapq.nsmallest(n, iterable)`."""
    return any_order(machine, Args(args.positional[1:2], args.keywords), at)


def _merged(machine: Machine, args: Args, at: int) -> Abstract:
    return ListValue([], join_all(each for one in args.positional for each in machine.elements(one, at)))


def _popped(machine: Machine, args: Args, at: int) -> Abstract:
    _mixed(machine, args, at)
    return one_of(machine, args, at)


FUNCTIONS: Final[dict[str, Model]] = {
    "heapq.heappop": _popped,
    "heapq.heapify": _mixed,
    "heapq.merge": _merged,
    **{f"heapq.{name}": _smallest for name in ("nsmallest", "nlargest")},
    **{f"heapq.{name}": _pushed("item") for name in ("heappush", "heappushpop", "heapreplace")},
    **{f"bisect.{name}": _pushed("x") for name in ("insort", "insort_left", "insort_right")},
    "random.choice": one_of,
    "random.shuffle": _mixed,
    **dict.fromkeys(("random.sample", "random.choices"), any_order),
}
