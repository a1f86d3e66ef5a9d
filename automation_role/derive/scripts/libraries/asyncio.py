"""`asyncio`."""

from __future__ import annotations

from typing import Final

from ..values.arguments import Args, Machine
from ..values.external import Model
from ..values.lists import Future, ListValue, awaited
from ..values.thing import DATA, Abstract
from .common import as_list, empty_list
from .concurrency import submitted


def _gathered(_machine: Machine, args: Args, _at: int) -> Abstract:
    return ListValue([awaited(each) for each in args.positional], awaited(args.rest))


def awaited_first(_machine: Machine, args: Args, _at: int) -> Abstract:
    """The result of the first argument, a coroutine."""
    return awaited(args.get(0, "main", DATA))


def task(_machine: Machine, args: Args, _at: int) -> Abstract:
    """`asyncio.create_task(coroutine)`."""
    return Future(awaited(args.get(0, "coro", DATA)))


FUNCTIONS: Final[dict[str, Model]] = {
    **dict.fromkeys(("asyncio.run", "asyncio.wait_for", "asyncio.shield"), awaited_first),
    **dict.fromkeys(("asyncio.create_task", "asyncio.ensure_future", "asyncio.run_coroutine_threadsafe"), task),
    "asyncio.gather": _gathered,
    "asyncio.to_thread": lambda machine, args, at: machine.call(args.get(0, "func", DATA), args.after(1), at),
    "asyncio.as_completed": as_list,
    **{f"asyncio.{name}": empty_list for name in ("Queue", "LifoQueue", "PriorityQueue")},
    "asyncio.wait": lambda machine, args, at: ListValue([as_list(machine, args, at), as_list(machine, args, at)]),
}
METHODS: Final[dict[str, Model]] = {
    "run_in_executor": lambda machine, args, at: submitted(machine, args.after(1), at),
    "run_until_complete": awaited_first,
    "create_task": task,
}
BASES: Final = dict.fromkeys(("asyncio.Queue", "asyncio.LifoQueue", "asyncio.PriorityQueue"), ListValue)
STATEFUL: Final = ("asyncio.",)
