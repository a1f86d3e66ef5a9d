"""The rest of Python's own libraries: what needs only a line or a small function."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Final
from urllib import parse

from ..values.arguments import Args, Machine
from ..values.bound_methods import BoundMethod as Attribute
from ..values.dicts import DictValue
from ..values.external import Model
from ..values.lists import ListValue
from ..values.thing import DATA, OPAQUE, Abstract, Thing
from ..values.unions import join, join_all
from .common import first


def _loaded_late(function: str) -> Callable[..., object]:
    """A function of Python's, whose module is only loaded for a script that calls it: the table of HTML's entities takes a millisecond."""
    module, _, name = function.rpartition(".")

    def load_and_call(*args: object, **keywords: object) -> object:
        called: Callable[..., object] = getattr(import_module(module), name)
        return called(*args, **keywords)

    return load_and_call


def _opaque(_machine: Machine, _args: Args, _at: int) -> Abstract:
    return OPAQUE


def _held(_machine: Machine, args: Args, _at: int) -> Abstract:
    """A box, whose content may be read under any name."""
    return Attribute(ListValue([], args.get(0, "contents", DATA)), "contents")


class _Context(Thing):
    """`contextvars.copy_context()`: what the variables hold, by variable."""

    __slots__ = ()

    def item(self, machine: Machine, key: Abstract, at: int) -> Abstract:
        return join_all([OPAQUE, *machine.elements(key, at)])

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        if name == "get":
            return join(self.item(machine, args.get(0, "var", DATA), at), args.get(1, "default", None))
        return machine.call(args.get(0, "callable", DATA), args.after(1), at) if name == "run" else OPAQUE


_CONTEXT: Final = _Context()


FUNCTIONS: Final[dict[str, Model]] = {
    "contextvars.ContextVar": lambda _machine, args, _at: ListValue([], args.get(-1, "default")),
    **dict.fromkeys(("contextvars.copy_context", "contextvars.Context"), lambda _machine, _args, _at: _CONTEXT),
    "types.MappingProxyType": first,
    "typing.cast": lambda _machine, args, _at: args.get(1, "val", DATA),
    **dict.fromkeys(("types.CellType", "ctypes.py_object"), _held),
    # What looks into the running script itself.
    **dict.fromkeys(
        ("sys._getframe", "inspect.currentframe", "inspect.stack", "inspect.signature", "gc.get_objects", "ctypes.cast"), _opaque
    ),
}
PURE: Final[dict[str, Callable[..., object]]] = {
    **{name: _loaded_late(name) for name in ("textwrap.dedent", "html.escape", "html.unescape")},
    **{f"urllib.parse.{each.__name__}": each for each in (parse.quote, parse.quote_plus, parse.unquote, parse.unquote_plus, parse.urljoin)},
}
VALUES: Final[dict[str, Abstract]] = dict.fromkeys(("typing.TYPE_CHECKING", "sys.argv", "sys.platform", "sys.path"), DATA)
DECORATORS: Final = {
    "abc.abstractproperty": "property",
    "abc.abstractclassmethod": "classmethod",
    "abc.abstractstaticmethod": "staticmethod",
    "atexit.register": "keep",
}
BASES: Final = dict.fromkeys(("typing.TypedDict", "typing_extensions.TypedDict"), DictValue)
PLAIN_BASES: Final = frozenset({"abc.ABC", "typing.Generic", "typing.Protocol", "typing.NamedTuple"})
STATEFUL: Final = ("sched.",)
LANGUAGE: Final = ("abc.", "typing.")
