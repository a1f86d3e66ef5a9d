"""The rest of Python's own libraries: what needs only a line or a small function."""

from __future__ import annotations

import html
import json
import string
import textwrap
from collections.abc import Callable
from functools import partial
from typing import Any, Final
from urllib import parse

from ..values.arguments import Args, Machine
from ..values.asking import in_order, special, texts_in
from ..values.bound_methods import BoundMethod as Attribute
from ..values.containers import Container
from ..values.dicts import DictValue
from ..values.external import Model, external
from ..values.lists import ListValue, SetValue
from ..values.partials import Partial
from ..values.scalars import as_thing
from ..values.texts import computed
from ..values.thing import BOTTOM, DATA, OPAQUE, Abstract, Thing
from ..values.unions import Union, join, join_all, members, things
from ..values.writing import concatenated
from .common import any_order, first, one_of


def _pushed(name: str) -> Callable[[Machine, Args, int], Abstract]:
    """`heapq.heappush(heap, item)`: puts an argument into the first one."""

    def push(machine: Machine, args: Args, _at: int) -> Abstract:
        for each in things(args.get(0, "heap", DATA)):
            each.blur(machine)
            each.add(machine, args.get(1, name, DATA))
        return join_all([DATA, *machine.elements(args.get(0, "heap", DATA), 0)])

    return push


def _copied(machine: Machine, args: Args, _at: int) -> Abstract:
    return as_thing(args.get(0, "x", DATA)).copied(machine)


def _copied_deeply(machine: Machine, args: Args, _at: int) -> Abstract:
    """`copy.deepcopy(x)`: what it holds is copied, too."""
    return _deep_copy(machine, args.get(0, "x", DATA), {})


def _deep_copy(machine: Machine, value: Abstract, known: dict[int, Abstract]) -> Abstract:
    if not isinstance(value, Container) and not isinstance(value, Union):
        return value
    if id(value) not in known:
        machine.spend(1)
        known[id(value)] = value  # until its copy is there
        if isinstance(value, Union):
            known[id(value)] = join_all(_deep_copy(machine, each, known) for each in value.members)
        else:
            twin = known[id(value)] = value.copied(machine)
            if isinstance(twin, Container) and twin is not value:
                twin.replace_inside(lambda each: _deep_copy(machine, each, known))
    return known[id(value)]


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


def _opaque(_machine: Machine, _args: Args, _at: int) -> Abstract:
    return OPAQUE


def _weak(machine: Machine, args: Args, at: int) -> Abstract:
    """`weakref.ref(x, callback)`: calling it gives `x`."""
    machine.escape(args.after(1), at, DATA)
    return Partial(external("typing.cast"), Args([None, args.get(0, "ob", DATA)]))


def _in_json(machine: Machine, args: Args, at: int) -> Abstract:
    """`json.dumps(x)`, when all of `x` is known."""
    machine.escape(args, at, DATA)
    given = {
        name: value for name, value in args.keywords.items() if name in {"indent", "sort_keys"} and isinstance(value, (int, type(None)))
    }
    if args.keywords != given or args.extra is not BOTTOM:
        return DATA
    try:
        return json.dumps(_known(machine, args.get(0, "obj", DATA)), **given)  # type: ignore[arg-type]
    except (TypeError, ValueError, RecursionError):
        return DATA


def _known(machine: Machine, value: Abstract, depth: int = 0) -> Any:
    """Plain data of which all is known.

    Raises:
        ValueError: it is not.
    """
    if depth < 12:
        if value is None or isinstance(value, (str, int, float)):
            return value
        machine.depend_on(value)
        if isinstance(value, DictValue) and value.is_exact:
            return {key: _known(machine, each, depth + 1) for key, each in value.members.items()}
        items = in_order(value)
        if items is not None:
            return [_known(machine, each, depth + 1) for each in items]
    raise ValueError


def _from_json(machine: Machine, args: Args, at: int) -> Abstract:
    found = computed(_loaded, args.get(0, "s", DATA))
    if not args.keywords:
        return found
    # `object_hook`, `parse_float`, `cls`: what becomes of each part, these say.
    return join_all([DATA, *(machine.escape(Args([found, each]), at, DATA) for each in args.keywords.values())])


def _loaded(text: str) -> object:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError from error


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


def _template(_machine: Machine, args: Args, _at: int) -> Abstract:
    return StringTemplate(args.get(0, "template", DATA))


class StringTemplate(Thing):
    """`string.Template`."""

    __slots__ = ("text",)

    def __init__(self, text: Abstract) -> None:
        self.text = text

    def attribute(self, _machine: Machine, name: str, _at: int) -> Abstract:
        return self.text if name == "template" else Attribute(self, name)

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        machine.escape(args, at, DATA)
        texts = texts_in(self.text)
        if texts is None or name not in {"substitute", "safe_substitute"}:
            return DATA
        given = DictValue()
        for each in args.positional:
            given.update(machine, each, at, surely=True)
        given.update(machine, DictValue(args.keywords, rest=args.extra), at, surely=True)
        return join_all(_substituted(text, given, leaves_unknown=name == "safe_substitute") for text in texts)


def _substituted(text: str, given: DictValue, *, leaves_unknown: bool) -> Abstract:
    pieces: list[Abstract] = []
    end = 0
    for found in string.Template.pattern.finditer(text):
        pieces.append(text[end : found.start()])
        end = found.end()
        word = found["named"] or found["braced"]
        left = found[0] if leaves_unknown else BOTTOM
        value = "$" if found["escaped"] is not None else given.lookup(word, left) if word else found[0]
        pieces.append(DATA if value is BOTTOM else value)
    return concatenated([*pieces, text[end:]])


FUNCTIONS: Final[dict[str, Model]] = {
    "contextvars.ContextVar": lambda _machine, args, _at: ListValue([], args.get(-1, "default")),
    **dict.fromkeys(("contextvars.copy_context", "contextvars.Context"), lambda _machine, _args, _at: _CONTEXT),
    **dict.fromkeys(("contextlib.nullcontext", "types.MappingProxyType", "weakref.proxy"), first),
    **{f"contextlib.{name}": partial(_closing, method=method) for name, method in (("closing", "close"), ("aclosing", "aclose"))},
    "copy.copy": _copied,
    "copy.deepcopy": _copied_deeply,
    "typing.cast": lambda _machine, args, _at: args.get(1, "val", DATA),
    "random.choice": one_of,
    "random.shuffle": _mixed,
    "random.sample": any_order,
    "random.choices": any_order,
    "heapq.heappop": _popped,
    "heapq.heapify": _mixed,
    "heapq.merge": _merged,
    **{f"heapq.{name}": _smallest for name in ("nsmallest", "nlargest")},
    **{f"heapq.{name}": _pushed("item") for name in ("heappush", "heappushpop", "heapreplace")},
    **{f"bisect.{name}": _pushed("x") for name in ("insort", "insort_left", "insort_right")},
    "json.loads": _from_json,
    "json.dumps": _in_json,
    **dict.fromkeys(("weakref.ref", "weakref.WeakMethod"), _weak),
    **dict.fromkeys(("types.CellType", "ctypes.py_object"), _held),
    # What looks into the running script itself.
    **dict.fromkeys(
        ("sys._getframe", "inspect.currentframe", "inspect.stack", "inspect.signature", "gc.get_objects", "ctypes.cast"), _opaque
    ),
    "string.Template": _template,
}
PURE: Final[dict[str, Callable[..., object]]] = {
    "textwrap.dedent": textwrap.dedent,
    "html.escape": html.escape,
    "html.unescape": html.unescape,
    **{f"urllib.parse.{each.__name__}": each for each in (parse.quote, parse.quote_plus, parse.unquote, parse.unquote_plus, parse.urljoin)},
}
METHODS: Final[dict[str, Model]] = {
    "enter_context": _entered,
    "enter_async_context": _entered,
    **dict.fromkeys(("push", "push_async_exit"), _left_later),
}
VALUES: Final[dict[str, Abstract]] = dict.fromkeys(("typing.TYPE_CHECKING", "sys.argv", "sys.platform", "sys.path"), DATA)
DECORATORS: Final = {
    "abc.abstractproperty": "property",
    "abc.abstractclassmethod": "classmethod",
    "abc.abstractstaticmethod": "staticmethod",
    "contextlib.contextmanager": "contextmanager",
    "contextlib.asynccontextmanager": "contextmanager",
    "atexit.register": "keep",
}
BASES: Final = {
    **dict.fromkeys(("weakref.WeakValueDictionary", "weakref.WeakKeyDictionary"), DictValue),
    "weakref.WeakSet": SetValue,
}
PLAIN_BASES: Final = frozenset({"abc.ABC", "typing.Generic", "typing.Protocol", "typing.NamedTuple", "typing.TypedDict"})
STATEFUL: Final = ("contextlib.", "sched.")
LANGUAGE: Final = ("abc.", "typing.")
