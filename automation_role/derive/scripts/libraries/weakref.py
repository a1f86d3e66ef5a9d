"""`weakref`."""

from __future__ import annotations

from typing import Final

from ..values.arguments import Args, Machine
from ..values.dicts import DictValue
from ..values.external import Model, external
from ..values.lists import SetValue
from ..values.partials import Partial
from ..values.thing import DATA, Abstract
from .common import first


def _weak(machine: Machine, args: Args, at: int) -> Abstract:
    """`weakref.ref(x, callback)`: calling it gives `x`."""
    machine.escape(args.after(1), at, DATA)
    return Partial(external("typing.cast"), Args([None, args.get(0, "ob", DATA)]))


FUNCTIONS: Final[dict[str, Model]] = {
    "weakref.proxy": first,
    **dict.fromkeys(("weakref.ref", "weakref.WeakMethod"), _weak),
}
BASES: Final = {
    **dict.fromkeys(("weakref.WeakValueDictionary", "weakref.WeakKeyDictionary"), DictValue),
    "weakref.WeakSet": SetValue,
}
