"""`asyncio`."""

from __future__ import annotations

from typing import Final

from ..values.arguments import Args, Machine
from ..values.external import Model
from ..values.lists import Future, ListValue
from ..values.scalars import as_thing
from ..values.thing import DATA, Abstract
from .common import as_list, empty_list
from .concurrency import submitted


def _gathered(machine: Machine, args: Args, at: int) -> Abstract:
    return ListValue([as_thing(each).awaited(machine, at) for each in args.positional], as_thing(args.rest).awaited(machine, at))


def awaited_first(machine: Machine, args: Args, at: int) -> Abstract:
    """The result of the first argument, a coroutine."""
    return as_thing(args.get(0, "main", DATA)).awaited(machine, at)


def task(machine: Machine, args: Args, at: int) -> Abstract:
    """`asyncio.create_task(coroutine)`."""
    return Future(awaited_first(machine, args, at))


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
