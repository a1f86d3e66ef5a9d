"""`functools`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..values.domain import DATA, NOTHING, Abstract, Args, join, join_all
from ..values.external import Model
from ..values.functions import Dispatcher, Partial
from .common import first

if TYPE_CHECKING:
    from ..reader.machine import Machine


def _reduced(machine: Machine, args: Args, at: int) -> Abstract:
    whole = join_all(machine.elements(args.get(1, "iterable", DATA), at))
    start = args.get(2, "initial", whole)
    once = machine.callback(args.get(0, "function", NOTHING), [start, whole], at)
    return join_all([start, once, machine.callback(args.get(0, "function", NOTHING), [join(start, once), whole], at)])


def _partial(_machine: Machine, args: Args, _at: int) -> Abstract:
    return Partial(args.get(0, "func", DATA), args.after(1))


FUNCTIONS: Final[dict[str, Model]] = {
    "functools.partial": _partial,
    "functools.partialmethod": _partial,
    "functools.reduce": _reduced,
    **dict.fromkeys(
        ("functools.singledispatch", "functools.singledispatchmethod"),
        lambda _machine, args, _at: Dispatcher(args.get(0, "func", DATA)),
    ),
    **dict.fromkeys(("functools.lru_cache", "functools.cache"), first),
}
