"""What one line says: the rest of Python's own libraries."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..values.containers import DictValue, ListValue
from ..values.domain import DATA, Abstract, Args, Thing, join_all, members
from ..values.external import Model
from .common import any_order, empty_list, first, one_of

if TYPE_CHECKING:
    from ..reader.machine import Machine


def _pushed(name: str) -> Callable[[Machine, Args, int], Abstract]:
    """`heapq.heappush(heap, item)`: puts an argument into the first one."""

    def push(machine: Machine, args: Args, _at: int) -> Abstract:
        for each in members(args.get(0, "heap", DATA)):
            if isinstance(each, ListValue):
                each.add(machine, args.get(1, name, DATA))
        return join_all([args.get(0, "heap", DATA), DATA])

    return push


def _copied(_machine: Machine, args: Args, _at: int) -> Abstract:
    target = args.get(0, "x", DATA)
    if isinstance(target, DictValue):
        return target.copy()
    return ListValue(target.items, target.rest) if isinstance(target, ListValue) else target


def _from_json(machine: Machine, args: Args, _at: int) -> Abstract:
    text = args.get(0, "s", DATA)
    if not isinstance(text, str):
        return DATA
    machine.spend(len(text) // 16)
    try:
        return _plain(json.loads(text))
    except (ValueError, RecursionError):
        return DATA


def _plain(value: Any) -> Abstract:
    if isinstance(value, dict):
        return DictValue({key: _plain(each) for key, each in value.items()})
    if isinstance(value, list):
        return ListValue([_plain(each) for each in value])
    return value if value is None or isinstance(value, (str, int, float)) else DATA


def _entered(machine: Machine, args: Args, at: int) -> Abstract:
    value = args.get(0, "cm", DATA)
    return value.entered(machine, at) if isinstance(value, Thing) else value


FUNCTIONS: Final[dict[str, Model]] = {
    "contextvars.ContextVar": empty_list,
    **dict.fromkeys(
        ("contextlib.closing", "contextlib.nullcontext", "contextlib.aclosing", "types.MappingProxyType", "weakref.proxy"), first
    ),
    "copy.copy": _copied,
    "copy.deepcopy": _copied,
    "typing.cast": lambda _machine, args, _at: args.get(1, "val", DATA),
    "random.choice": one_of,
    "random.sample": any_order,
    "random.choices": any_order,
    "heapq.heappop": one_of,
    **{f"heapq.{name}": _pushed("item") for name in ("heappush", "heappushpop", "heapreplace")},
    **{f"bisect.{name}": _pushed("x") for name in ("insort", "insort_left", "insort_right")},
    "json.loads": _from_json,
}
METHODS: Final[dict[str, Model]] = {
    "enter_context": _entered,
    "enter_async_context": _entered,
}
VALUES: Final[dict[str, Abstract]] = dict.fromkeys(("typing.TYPE_CHECKING", "sys.argv", "os.environ", "sys.platform", "sys.path"), DATA)
