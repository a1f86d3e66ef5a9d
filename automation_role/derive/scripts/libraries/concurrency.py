"""`concurrent.futures`, `threading` and `multiprocessing`: functions that run elsewhere, later."""

from __future__ import annotations

from typing import Final

from ..values.arguments import Args, Machine
from ..values.external import Model
from ..values.lists import Future, ListValue
from ..values.thing import BOTTOM, DATA, Abstract
from .common import any_order, empty_list, mapped, started
from .itertools import star_mapped


def submitted(machine: Machine, args: Args, at: int) -> Abstract:
    """`executor.submit(function, …)`: the future holds what the function gives."""
    return Future(machine.later(args.get(0, "fn", DATA), args.after(1), at))


def _applied(machine: Machine, args: Args, at: int) -> Abstract:
    """`pool.apply_async(function, (…), {…}, callback)`."""
    result = started(machine, args.get(0, "func", DATA), args.get(1, "args"), args.get(2, "kwds"), at)
    machine.callback(args.get(3, "callback"), [result], at)
    machine.callback(args.get(4, "error_callback"), [DATA], at)
    return Future(result)


def _mapped_later(machine: Machine, args: Args, at: int, work: Model = mapped) -> Abstract:
    """`pool.map_async(function, iterable, chunksize, callback, error_callback)`."""
    result = work(machine, Args(args.positional[:2]), at)
    machine.callback(args.get(3, "callback"), [result], at)
    machine.callback(args.get(4, "error_callback"), [DATA], at)
    return result


def _thread(machine: Machine, args: Args, at: int) -> Abstract:
    """`Thread(target=…, args=(…), kwargs={…})`."""
    started(machine, args.get(1, "target", DATA), args.get(3, "args"), args.get(4, "kwargs"), at)
    return DATA


def _timer(machine: Machine, args: Args, at: int) -> Abstract:
    started(machine, args.get(1, "function", DATA), args.get(2, "args"), args.get(3, "kwargs"), at)
    return DATA


FUNCTIONS: Final[dict[str, Model]] = {
    **dict.fromkeys(("concurrent.futures.Future", "asyncio.Future"), lambda _machine, _args, _at: Future(BOTTOM)),
    "concurrent.futures.as_completed": any_order,
    "concurrent.futures.wait": lambda machine, args, at: ListValue([any_order(machine, args, at), any_order(machine, args, at)]),
    **{f"multiprocessing.{name}": empty_list for name in ("Queue", "SimpleQueue", "JoinableQueue")},
    "threading.Thread": _thread,
    "multiprocessing.Process": _thread,
    "threading.Timer": _timer,
}
METHODS: Final[dict[str, Model]] = {
    "submit": submitted,
    "map": mapped,
    "imap": mapped,
    "imap_unordered": lambda machine, args, at: any_order(machine, Args([mapped(machine, args, at)]), at),
    "map_async": _mapped_later,
    "starmap": star_mapped,
    "starmap_async": lambda machine, args, at: _mapped_later(machine, args, at, star_mapped),
    "apply": _applied,
    "apply_async": _applied,
    **dict.fromkeys(("callback", "push_async_callback"), submitted),
    "Thread": _thread,
    **dict.fromkeys(("Queue", "SimpleQueue", "JoinableQueue"), empty_list),  # of `multiprocessing.Manager()`, of a context
}
STATEFUL: Final = ("concurrent.futures.", "multiprocessing.", "threading.")
