"""Lists, tuples, sets, queues, generators and futures in a script: which elements are known."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Final

from ....values.value import UNKNOWN, Value
from .arguments import Args, Machine
from .bound_methods import BoundMethod
from .containers import CLOCK, FEW, READING, Container
from .exact_lists import EXACTLY
from .external import external
from .thing import BOTTOM, DATA, OPAQUE, Abstract, EqualByParts, Lowering
from .unions import join, join_all, members
from .work import walked

_MAX_ITEMS: Final = 512  # a longer list is known by what its elements may be, not by their order


class Slice(EqualByParts):
    """`slice(start, stop, step)`, also as it stands in `x[start:stop:step]`; `place` is `None` when it is not known."""

    __slots__ = ("place",)

    def __init__(self, place: slice | None) -> None:
        self.place = place

    def parts(self) -> tuple[object, ...]:
        return (str(self.place),)  # Python 3.11 has no hash of a `slice`


class ListValue(Container):
    """A list, tuple, queue, generator: `items` in their places, then any number of `rest`."""

    __slots__ = ("_items", "_rest")
    is_container = True
    is_by_place = True
    is_in_place = True
    kind = "list"

    def __init__(self, items: Iterable[Abstract] = (), rest: Abstract = BOTTOM) -> None:
        super().__init__()
        self._items = list(items)
        self._rest = rest
        if len(self._items) > FEW:
            walked(len(self._items))
        if len(self._items) > _MAX_ITEMS:
            self._rest, self._items = join_all([*self._items, rest]), []

    @property
    def items(self) -> list[Abstract]:
        """The elements with known places."""
        self.read = next(CLOCK)
        return self._items

    @property
    def rest(self) -> Abstract:
        """What any further elements may be."""
        self.read = next(CLOCK)
        return self._rest

    def supplies(self) -> Sequence[Any]:
        """Where its elements come from, for kinds that are read when they are consumed."""
        return ()

    def look_again(self) -> None:
        """Take note of what has changed in what it is made of, for kinds that are read when they are consumed."""

    def inside(self) -> Iterable[Abstract]:
        return (*self.items, self._rest)

    def exceptions(self) -> Sequence[Abstract]:
        return (*self.items, self._rest)

    def outline(self) -> tuple[Hashable, Sequence[Abstract]]:
        return (len(self._items), self.is_many), (*self._items, self._rest)

    def escaped(self, machine: Machine, args: Args, at: int, nested: int = 0) -> None:
        args.pass_inside((*self.items, self._rest), machine, at, nested)

    @property
    def is_filled(self) -> bool:
        return bool(self.items) or self._rest is not BOTTOM

    def whole(self) -> Abstract:
        """A value that may be any of its elements."""
        return join_all([*self.items, self._rest])

    def as_input(self, lowering: Lowering) -> Value:
        found = lowering.inside(self, (*self.items, *members(self._rest)))
        return UNKNOWN if found is None else found

    def sequence(self, machine: Machine, _at: int) -> tuple[list[Abstract], list[Abstract]]:
        found = list(self.items), list(members(self.rest))
        self.consumed(machine)
        return found

    def all_in(self) -> list[Abstract] | None:
        return self.items if self.rest is BOTTOM else None

    def in_order(self) -> list[Abstract] | None:
        return self.all_in()

    def like(self, elements: Abstract) -> ListValue:
        """Any number of these in unknown order, in a list, or in a set if it is one."""
        return ListValue([], elements)

    def operated(self, machine: Machine, word: str, left: Abstract, right: Abstract, at: int) -> Abstract:
        if word == "add":
            made = ListValue if self.is_in_place else TupleValue
            if not isinstance(left, ListValue) or not isinstance(right, ListValue):
                return made([], join_all([*machine.elements(left, at), *machine.elements(right, at)]))
            if left.rest is BOTTOM:
                return made([*left.items, *right.items], right.rest)
            return made(left.items, join_all([left.rest, *right.items, right.rest]))
        if self is not left or word not in _MAKING:
            return BOTTOM
        return self.like(join_all([self.whole(), *(each.whole() for each in members(right) if isinstance(each, ListValue))]))

    def sliced(self, _machine: Machine, place: slice | None, _at: int) -> ListValue:
        exact = place is not None and self.rest is BOTTOM
        return ListValue(self.items[place]) if exact and place is not None else ListValue([], self.whole())

    def blur(self, machine: Machine) -> None:
        """Forget the places: after a change, any element may be anywhere, or gone."""
        if self._items:
            self._rest, self._items = join_all([*self._items, self._rest]), []
            self.changed(machine)

    def strong_update(self, machine: Machine, name: str, args: Args) -> Abstract:
        """Strong update: the result of a method that certainly runs and whose change is known exactly; else `BOTTOM`, and nothing is changed."""
        method = EXACTLY.get(name)
        if method is None or type(self) is not ListValue or self._rest is not BOTTOM or args.rest is not BOTTOM or args.keywords:
            return BOTTOM
        items = list(self._items)
        try:
            result = method(items, *args.positional)
        except (TypeError, ValueError, IndexError):
            return BOTTOM
        if len(items) > _MAX_ITEMS or result is BOTTOM:
            return BOTTOM
        self._items = items
        self.changed(machine)
        if result is not None:  # one of them
            self.look()
        return result

    def settle(self, machine: Machine, key: Abstract, value: Abstract) -> None:
        if isinstance(key, int) and self._rest is BOTTOM and -len(self._items) <= key < len(self._items):
            self._items[key] = value
            self.changed(machine)

    def attribute(self, _machine: Machine, name: str, _at: int) -> Abstract:
        if name == "data":  # of a `UserList`
            return self
        return external(f"builtins.{self.kind}") if name == "__class__" else BoundMethod(self, name)

    def store(self, machine: Machine, name: str, value: Abstract) -> None:
        if name == "data":
            self.blur(machine)
            self.add(machine, join_all(machine.elements(value, 0)))

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        method = _LIST_METHODS.get(name)
        if method is not None:
            return method(self, machine, args, at)
        if name in READING:
            return DATA
        return self.call_unknown(machine, args, at)

    def take_in(self, machine: Machine, value: Abstract) -> None:
        self.add(machine, value)

    def disturb(self, machine: Machine) -> None:
        self.blur(machine)

    def replace_inside(self, work: Callable[[Abstract], Abstract]) -> None:
        self._items = [work(each) for each in self._items]
        self._rest = work(self._rest)

    def copied(self, _machine: Machine) -> Abstract:
        return self.copy()

    def copy(self) -> ListValue:
        """A new list with the same elements."""
        return ListValue(self.items, self._rest)

    def add(self, machine: Machine, value: Abstract) -> None:
        """`append`, which may or may not happen, and any number of times."""
        new = join(self._rest, value)
        if new is not self._rest and new != self._rest:
            self._rest = new
            self.changed(machine)

    def merged_into(self, target: Any, machine: Machine, at: int, *, surely: bool) -> None:
        exact = self.rest is BOTTOM
        for pair in machine.elements(self, at):
            first, second = machine.unpacked(pair, 2, at)
            target.put(machine, first, second)
            if surely and exact:
                target.settle(machine, first, second)

    def begin(self, machine: Machine, args: Args, at: int) -> None:
        """Python calls `list.__init__`, or that of the like."""
        self.invoke(machine, "update", args, at)

    def merge(self, machine: Machine, other: ListValue) -> None:
        items, rest = other.items, other.rest
        if len(items) == len(self._items):
            for place, value in enumerate(items):
                self.store_item(machine, place, value)
        else:
            self.blur(machine)
            rest = other.whole()
        if rest is not BOTTOM:
            self.add(machine, rest)

    def item(self, machine: Machine, key: Abstract, at: int) -> Abstract:
        items, rest = self.items, self._rest
        if isinstance(key, Slice):
            return self.sliced(machine, key.place, at)
        if isinstance(key, int) and not isinstance(key, bool):
            if 0 <= key < len(items) or (key < 0 and -key <= len(items) and rest is BOTTOM):
                return items[key]
            if key >= len(items) and rest is not BOTTOM:
                return rest
        whole = self.whole()
        return DATA if whole is BOTTOM else whole

    def store_item(self, machine: Machine, key: Abstract, value: Abstract) -> None:
        if isinstance(key, int) and 0 <= key < len(self._items):
            new = join(self._items[key], value)
            if new != self._items[key]:
                self._items[key] = new
                self.changed(machine)
        else:
            self.blur(machine)
            several = machine.elements(value, 0) if isinstance(key, Slice) else [value]
            self.add(machine, join_all(several))

    def elements(self, _machine: Machine, _at: int) -> list[Abstract]:
        return [*self.items, *members(self._rest)] or [DATA]


ListValue.alike = ListValue


_MAKING: Final = frozenset({"or", "and", "xor", "sub", "mul"})  # operators that make a set of a set, or a list of a list


class TupleValue(ListValue):
    """A tuple: nothing changes it."""

    __slots__ = ()
    kind = "tuple"
    is_in_place = False

    def sliced(self, machine: Machine, place: slice | None, at: int) -> TupleValue:
        found = super().sliced(machine, place, at)
        return TupleValue(found.items, found.rest)

    def copy(self) -> TupleValue:
        return TupleValue(self.items, self.rest)

    def like(self, elements: Abstract) -> TupleValue:
        return TupleValue([], elements)


class SetValue(ListValue):
    """A set: `items` are in it, in no order, and perhaps some of `rest`."""

    __slots__ = ()
    kind = "set"

    def sequence(self, machine: Machine, at: int) -> tuple[list[Abstract], list[Abstract]]:
        return [], machine.elements(self, at)

    def in_order(self) -> list[Abstract] | None:
        return None if len(self.items) > 1 else self.all_in()

    def like(self, elements: Abstract) -> SetValue:
        return SetValue([], elements)

    def copy(self) -> SetValue:
        return SetValue(self.items, self.rest)


def _list_add(target: ListValue, machine: Machine, args: Args, _at: int) -> Abstract:
    for value in args.positional[-1:] or args.values():
        target.add(machine, value)
    return None


def _list_insert(target: ListValue, machine: Machine, args: Args, at: int) -> Abstract:
    target.blur(machine)
    return _list_add(target, machine, args, at)


def _list_extend(target: ListValue, machine: Machine, args: Args, at: int) -> Abstract:
    for value in args.values():
        for each in machine.elements(value, at):
            target.add(machine, each)
    return target


def _list_extended(target: ListValue, machine: Machine, args: Args, at: int) -> Abstract:
    made = target.copy()
    return _list_extend(made, machine, args, at)


def _list_extend_before(target: ListValue, machine: Machine, args: Args, at: int) -> Abstract:
    target.blur(machine)
    return _list_extend(target, machine, args, at)


def _list_move(target: ListValue, machine: Machine, args: Args, at: int) -> Abstract:
    """Elements may change their places, or be removed."""
    target.blur(machine)
    if "key" in args.keywords:
        machine.callback(args.keywords["key"], [target.rest], at)
    return None


def _list_moved(target: ListValue, machine: Machine, _args: Args, _at: int) -> Abstract:
    target.blur(machine)
    return target


def _list_take(target: ListValue, machine: Machine, args: Args, at: int) -> Abstract:
    target.blur(machine)
    if args.positional or args.keywords:
        return join_all([target.rest, machine.escape(args, at, DATA)])
    return DATA if target.rest is BOTTOM else target.rest


def _list_some(target: ListValue, _machine: Machine, _args: Args, _at: int) -> Abstract:
    return target.like(target.whole())


def _list_item(target: ListValue, machine: Machine, args: Args, at: int) -> Abstract:
    return target.item(machine, args.get(0, "key", DATA), at)


def _list_set(target: ListValue, machine: Machine, args: Args, _at: int) -> Abstract:
    target.store_item(machine, args.get(0, "key", DATA), args.get(1, "value", DATA))
    return None


def _list_itself(target: ListValue, _machine: Machine, _args: Args, _at: int) -> Abstract:
    return target


def _thrown_in(target: ListValue, machine: Machine, args: Args, at: int) -> Abstract:
    """`generator.throw(error)`: it goes on with that."""
    for value in args.values():
        machine.throw(value, at)
    return join_all([OPAQUE, *machine.elements(target, at)])


_LIST_METHODS: Final[dict[str, Callable[[ListValue, Machine, Args, int], Abstract]]] = {
    **dict.fromkeys(("append", "add", "put", "put_nowait", "set", "set_result"), _list_add),
    **dict.fromkeys(("appendleft", "insert"), _list_insert),
    **dict.fromkeys(("extend", "update", "__iadd__", "__ior__"), _list_extend),
    **dict.fromkeys(("union", "symmetric_difference", "__add__", "__radd__", "__or__", "__ror__", "__xor__", "__rxor__"), _list_extended),
    **dict.fromkeys(("extendleft", "symmetric_difference_update", "__ixor__"), _list_extend_before),
    **dict.fromkeys(("sort", "reverse", "remove", "discard", "clear", "rotate", "__delitem__"), _list_move),
    **dict.fromkeys(("difference_update", "intersection_update"), _list_move),
    **dict.fromkeys(("__isub__", "__iand__", "__imul__"), _list_moved),
    **dict.fromkeys(("pop", "popleft", "get", "get_nowait", "__next__", "send", "asend", "__anext__", "result"), _list_take),
    **dict.fromkeys(("intersection", "difference", "__and__", "__rand__", "__sub__", "__rsub__", "__mul__", "__rmul__"), _list_some),
    "__getitem__": _list_item,
    "__setitem__": _list_set,
    "copy": lambda target, _machine, _args, _at: target.copy(),
    **dict.fromkeys(("__iter__", "__aiter__", "__enter__"), _list_itself),
    "__reversed__": _list_some,
    **dict.fromkeys(("throw", "athrow"), _thrown_in),
}


class Future(ListValue):
    """The work of an executor or an event loop: its only element is the result."""

    __slots__ = ()

    def __init__(self, result: Abstract) -> None:
        super().__init__([], result)

    def copy(self) -> Future:
        return Future(self.rest)

    def awaited(self, _machine: Machine, _at: int) -> Abstract:
        return self.rest

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        if name == "add_done_callback":
            return machine.callback(args.get(0, "fn", DATA), [self], at)
        if name == "result":  # with a timeout
            args = Args()
        return super().invoke(machine, name, args, at)
