"""`contextlib`: context managers, and stacks of them that are left later."""

from __future__ import annotations

from functools import partial
from typing import Final

from ..values.arguments import Args, Machine
from ..values.asking import special
from ..values.external import Model
from ..values.scalars import as_thing
from ..values.thing import BOTTOM, DATA, Abstract
from ..values.unions import members
from .common import first


def _entered(machine: Machine, args: Args, at: int) -> Abstract:
    value = args.get(0, "cm", DATA)
    found = as_thing(value).entered(machine, at)
    _leave_later(machine, value, at)
    return found


def _left_later(machine: Machine, args: Args, at: int) -> Abstract:
    """`stack.push(x)`: calls its `__exit__`, or a function, when the stack is left."""
    value = args.get(0, "exit", DATA)
    _leave_later(machine, value, at)
    machine.escape(args, at, DATA)
    return value


def _leave_later(machine: Machine, value: Abstract, at: int) -> None:
    for each in members(value):
        for name in ("__exit__", "__aexit__"):
            if (method := special(each, name)) is not BOTTOM:
                machine.later(method, Args([each, DATA, DATA, DATA]), at)


def _closing(machine: Machine, args: Args, at: int, *, method: str) -> Abstract:
    """`contextlib.closing(x)`: calls `x.close()` in the end."""
    value = args.get(0, "thing", DATA)
    for each in members(value):
        if (close := special(each, method)) is not BOTTOM:
            machine.later(close, Args([each]), at)
    return value


FUNCTIONS: Final[dict[str, Model]] = {
    "contextlib.nullcontext": first,
    "contextlib.closing": partial(_closing, method="close"),
    "contextlib.aclosing": partial(_closing, method="aclose"),
}
METHODS: Final[dict[str, Model]] = {
    **dict.fromkeys(("enter_context", "enter_async_context"), _entered),
    **dict.fromkeys(("push", "push_async_exit"), _left_later),
}
DECORATORS: Final = dict.fromkeys(("contextlib.contextmanager", "contextlib.asynccontextmanager"), "contextmanager")
STATEFUL: Final = ("contextlib.",)
