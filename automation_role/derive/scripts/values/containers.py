"""Dicts, lists, tuples and sets in a script: which members are known.

They are changed in place, and only ever widened: one of these may stand for several values of the running script.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Final

from ....values.patterns import Pattern
from ....values.value import UNKNOWN, Text, Value
from .domain import (
    ASSUMED,
    BOTTOM,
    DATA,
    OPAQUE,
    Abstract,
    Args,
    Machine,
    Thing,
    Union,
    UnknownValue,
    join,
    join_all,
    members,
    text_of,
    texts_in,
)
from .external import external
from .work import WORK

BORN: Final = count(1)
_FEW: Final = 16  # members that cost nothing worth counting
_MAX_ITEMS: Final = 512  # a longer list is known by what its elements may be, not by their order
_MAX_DEPTH: Final = 12  # containers nested deeper than this are unknown to API calls
_MAX_SHAPE: Final = 1_024  # characters and holes of a key that is compared with the keys of a dict
_MEMBERS_OF_INPUTS_A_UNIT: Final = 4  # members that cost as much to write down as reading one expression
_MAX_INPUT: Final = 4_096  # members of one input of an API call; further containers in it are unknown


class Container(Thing):
    """A value with members.

    Attributes:
        born: counts containers in the order in which they are made.
        version: counts changes, so that what was concluded from the members is not used after they changed.
        read: when its members were last looked at, on the machine's clock of loops.
        holds_things: it was seen to hold more than plain data.
        where: where in the code it was made, if that is known: what changes it there, by its own name, surely happens (`Machine.is_certain`).
        is_many: it stands for several that one place of the code makes, so that no change is about all that it stands for.
    """

    __slots__ = ("born", "holds_things", "is_many", "read", "version", "where")

    def __init__(self) -> None:
        self.born = next(BORN)
        self.version = 0
        self.read = 0
        self.holds_things = False
        self.where: object = None
        self.is_many = False

    def inside(self) -> Iterable[Abstract]:
        """Its members, in no places."""
        return ()

    @property
    def is_filled(self) -> bool:
        """Whether anything is known to be in it."""
        return True

    def fewer(self, several: Sequence[Container], *, few: int, beside_data: bool) -> list[Abstract]:
        """Themselves when they are few, else one bag that stands for all.

        Args:
            several: the alternatives.
            few: how many are kept apart.
            beside_data: plain data is an alternative, too; it takes in containers of plain data, but for empty ones, which will be filled.
        """
        kept = [each for each in several if not (beside_data and each.is_filled and is_plain(each))]
        if len(kept) <= few:
            return list(kept)
        held = things_in(kept)
        if not held:
            return [DATA]
        for each in kept:
            if isinstance(each, Bag) and len(members(each.held)) == len(held):
                return [each]
        return [Bag(join_all(held))]

    def changed(self, machine: Machine) -> None:
        self.version += 1
        machine.changed_at = max(machine.changed_at, self.read)

    def settle(self, _machine: Machine, _key: Abstract, _value: Abstract) -> None:
        """What was just stored was surely stored, in place of what was there."""

    def stored_by_all(self, _machine: Machine, _key: str) -> None:
        """Every way that the code went has stored something under a key."""


class DictValue(Container):
    """A dict: `members` by their known keys; `rest` what may be under any key.

    Attributes:
        sure: the known keys that are surely there, and under which is nothing but what `members` says. Under the others may be what `rest`
            says, or nothing. When all keys are sure, they are in their order.
    """

    __slots__ = ("has_order", "is_open", "keys", "members", "rest", "sure")
    is_container = True

    def inside(self) -> Iterable[Abstract]:
        return (*self.members.values(), self.rest, self.keys)

    def __init__(
        self, known: Mapping[str, Abstract] | Mapping[str | int, Abstract] | None = None, *, rest: Abstract = BOTTOM, is_open: bool = False
    ) -> None:
        super().__init__()
        self.members: dict[str | int, Abstract] = dict(known.items()) if known else {}
        if len(self.members) > _FEW:
            WORK.walked(len(self.members))
        self.sure: set[str | int] = set(self.members)
        self.has_order = True
        self.rest = rest
        self.is_open = is_open or rest is not BOTTOM
        self.keys: Abstract = BOTTOM  # keys that are no text, such as futures

    @property
    def is_filled(self) -> bool:
        return bool(self.members) or self.is_open

    @property
    def is_exact(self) -> bool:
        """Whether all its keys are known, and their order."""
        return self.has_order and not self.is_open and self.keys is BOTTOM and len(self.sure) == len(self.members)

    def attribute(self, _machine: Machine, name: str, _at: int) -> Abstract:
        return external("builtins.dict") if name == "__class__" else BoundMethod(self, name)

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        method = _DICT_METHODS.get(name)
        if method is not None:
            self.read = machine.clock
            return method(self, machine, args, at)
        if name in _READING:
            return DATA
        # A method that is not known may put in what it is given, take out what is there, and return any of it.
        back = machine.escape(args, at, DATA)
        if args.positional or args.keywords:
            self.open(machine, join_all([DATA, *things_in([back])]))
        self.forget(machine)
        return join_all([back, self, *bagged([self])])

    def lookup(self, key: Abstract, default: Abstract = BOTTOM) -> Abstract:
        """What may be under a key; `default` when there is nothing."""
        known = (key,) if isinstance(key, (str, int)) else texts_in(key)
        if known is None:
            exact = not isinstance(key, Text) or not _too_many(key.options, self.members)
            may_be = [value for name, value in self.members.items() if not exact or key_may_be(key, name)]
            return join(join_all([*may_be, self.rest]), default)
        found: Abstract = BOTTOM
        for each in known:
            value = self.members.get(each, BOTTOM)
            if value is BOTTOM or each not in self.sure:
                value = join_all([value, self.rest, default])
            found = join(found, value)
        return found

    def lacks(self, key: Abstract) -> bool:
        return isinstance(key, str) and not self.is_open and key not in self.members

    def item(self, machine: Machine, key: Abstract, _at: int) -> Abstract:
        self.read = machine.clock
        found = self.lookup(key)
        return DATA if found is BOTTOM else found

    def put(self, machine: Machine, key: Abstract, value: Abstract) -> None:
        """`d[key] = value`, which may or may not happen."""
        known = (key,) if isinstance(key, (str, int)) else texts_in(key)
        if known is None or (len(known) > _MAX_KEYS and not isinstance(value, Thing)):
            self.keys = join(self.keys, key)
            self.open(machine, value, key)
            return
        for each in known:
            old = self.members.get(each, BOTTOM)
            new = join(old, value)
            if new is not old and new != old:
                self.members[each] = new
                self.changed(machine)

    def settle(self, machine: Machine, key: Abstract, value: Abstract) -> None:
        if not isinstance(key, (str, int)):
            return
        if key not in self.sure:
            self.members.pop(key, None)  # which is its last key then
            self.sure.add(key)
            self.changed(machine)
        old = self.members.get(key, BOTTOM)
        self.members[key] = value
        if old is not value and old != value:
            self.changed(machine)

    def surely(self, machine: Machine, name: str, args: Args) -> Abstract:
        """What a method that surely runs gives, when the change that it makes is exactly known; else `BOTTOM`."""
        key = args.positional[0] if args.positional else BOTTOM
        if args.rest is not BOTTOM or args.extra is not BOTTOM or args.perhaps:
            return BOTTOM
        if name in {"update", "__ior__"} and (key is BOTTOM or isinstance(key, DictValue)):
            for each in (key, DictValue(args.keywords)):
                self.update(machine, each, 0, surely=True)
            return None
        if name == "clear":
            self.members.clear()
            self.sure.clear()
            self.rest, self.keys, self.is_open = BOTTOM, BOTTOM, False
            self.changed(machine)
            return None
        if not isinstance(key, (str, int)):
            return BOTTOM
        if name in {"pop", "__delitem__"} and (key in self.sure or (self.is_exact and len(args.positional) > 1)):
            self.sure.discard(key)
            self.changed(machine)
            return self.members.pop(key, args.positional[1] if len(args.positional) > 1 else DATA)
        if name == "setdefault" and (key in self.sure or self.is_exact):
            self.settle(machine, key, self.members.get(key, args.get(1, "default", None)))
            return self.members[key]
        return BOTTOM

    def stored_by_all(self, machine: Machine, key: str) -> None:
        if key in self.members and key not in self.sure:
            self.sure.add(key)
            self.has_order = False
            self.changed(machine)

    def open(self, machine: Machine, value: Abstract, key: Abstract = BOTTOM) -> None:
        """It may have `value` under any key (that `key` may be)."""
        new = join(self.rest, value)
        if not self.is_open or (new is not self.rest and new != self.rest):
            self.rest, self.is_open = new, True
            self.changed(machine)
        for name, held in list(self.members.items()):
            if key is BOTTOM or key_may_be(key, name):
                either = join(held, value)
                if either is not held and either != held:
                    self.members[name] = either
                    self.changed(machine)

    def forget(self, machine: Machine, key: Abstract = BOTTOM) -> None:
        """What is under a key, or any key, may no longer be there."""
        known = None if key is BOTTOM else (key,) if isinstance(key, (str, int)) else texts_in(key)
        left = {
            name for name in self.sure if not (known is None and (key is BOTTOM or key_may_be(key, name))) and not (known and name in known)
        }
        machine.forgotten(self)
        if len(left) != len(self.sure):
            self.sure.intersection_update(left)
            self.changed(machine)

    def store_item(self, machine: Machine, key: Abstract, value: Abstract) -> None:
        self.put(machine, key, value)

    def elements(self, machine: Machine, _at: int) -> list[Abstract]:
        self.read = machine.clock
        unknown = join(self.keys, DATA) if self.is_open and self.keys is BOTTOM else self.keys
        known: list[Abstract] = [*self.members]
        return [*known, *members(unknown)] or [DATA]

    def listed(self, values: list[Abstract]) -> ListValue:
        """A list of what stands in the order of its keys, if that is known."""
        return ListValue(values) if self.is_exact else ListValue([], join_all(values))

    def pairs(self) -> list[Abstract]:
        """What `items()` gives."""
        known: list[Abstract] = [
            ListValue([key, join_all([value, BOTTOM if key in self.sure else self.rest])]) for key, value in self.members.items()
        ]
        if self.is_open or not known:
            keys = self.keys if self.keys is not BOTTOM else DATA
            known.append(ListValue([keys, DATA if self.rest is BOTTOM else self.rest]))
        return known

    def held(self) -> list[Abstract]:
        """What `values()` gives."""
        found = [*self.members.values(), *members(self.rest)]
        return found or [DATA]

    def update(self, machine: Machine, other: Abstract, at: int, *, surely: bool = False) -> None:
        """Take in the members of another mapping, or of a list of pairs; `surely`: it happens, and is about this one dict."""
        several = members(other)
        for one in several:
            held_inside = getattr(one, "held", None)  # of an instance of a class that is made of `dict`
            each = held_inside if isinstance(held_inside, DictValue) else one
            if isinstance(each, DictValue):
                machine.spend(len(each.members) // 4)
                self._take(machine, each, surely=surely and len(several) == 1)
            elif isinstance(each, ListValue):
                for pair in each.elements(machine, at):
                    first, second = machine.unpacked(pair, 2, at)
                    self.put(machine, first, second)
                    if surely and len(several) == 1 and each.rest is BOTTOM:
                        self.settle(machine, first, second)
            elif each is not None:
                held = things_in([machine.item(each, DATA, at)]) if isinstance(each, Thing) and not isinstance(each, UnknownValue) else ()
                self.open(machine, join_all([each if isinstance(each, UnknownValue) else DATA, *held]))

    def _take(self, machine: Machine, other: DictValue, *, surely: bool) -> None:
        self.has_order = self.has_order and other.has_order
        if other.is_open:
            self.open(machine, DATA if other.rest is BOTTOM else other.rest)
        for key, value in list(other.members.items()):
            self.put(machine, key, value if key in other.sure else join(value, other.rest))
            if surely and key in other.sure:
                self.settle(machine, key, value)
        if other.keys is not BOTTOM:
            self.keys = join(self.keys, other.keys)

    def absorb(self, machine: Machine, other: Container) -> bool:
        """Be the other one, too, if it is of the same kind."""
        if isinstance(other, DictValue) and other is not self:
            self.is_many = True
            self.has_order = self.has_order and other.has_order
            machine.forgotten(self)
            if self.sure - other.sure:
                self.sure &= other.sure
                self.changed(machine)
            self.update(machine, other, 0)
        return isinstance(other, DictValue)

    def copy(self) -> DictValue:
        """A dict of its own with the same members."""
        twin = DictValue(self.members, rest=self.rest, is_open=self.is_open)
        twin.sure = set(self.sure)
        twin.has_order = self.has_order
        twin.keys = self.keys
        return twin


def _too_many(shapes: Sequence[Pattern], names: Iterable[str | int]) -> bool:
    """Whether it takes too long to find the names that fit; counts the work."""
    atoms = max(sum(len(part) if isinstance(part, str) else 1 for part in shape.parts) for shape in shapes)
    characters = sum(len(name) for name in names if isinstance(name, str))
    if atoms > _MAX_SHAPE:
        return True
    WORK.wrote(len(shapes) * atoms * characters)
    return False


_MAX_KEYS: Final = 16  # of one `d[key] = value`, that are told apart


def key_may_be(key: Abstract, name: str | int) -> bool:
    """Whether an unknown key may be this one."""
    if not isinstance(key, Text):
        return True
    return isinstance(name, str) and any(shape.covers(Pattern.literal(name)) for shape in key.options)


def _dict_get(target: DictValue, _machine: Machine, args: Args, _at: int) -> Abstract:
    return target.lookup(args.get(0, "key", DATA), args.get(1, "default", None))


def _dict_item(target: DictValue, machine: Machine, args: Args, at: int) -> Abstract:
    return target.item(machine, args.get(0, "key", DATA), at)


def _dict_setdefault(target: DictValue, machine: Machine, args: Args, _at: int) -> Abstract:
    key = args.get(0, "key", DATA)
    if not (isinstance(key, (str, int)) and key in target.sure):
        target.put(machine, key, args.get(1, "default", None))
    return target.lookup(key)


def _dict_set(target: DictValue, machine: Machine, args: Args, _at: int) -> Abstract:
    target.put(machine, args.get(0, "key", DATA), args.get(1, "value", DATA))
    return None


def _dict_update(target: DictValue, machine: Machine, args: Args, at: int) -> Abstract:
    for each in args.positional:
        target.update(machine, each, at)
    for key, value in args.keywords.items():
        target.put(machine, key, value)
    if args.extra is not BOTTOM:
        target.open(machine, args.extra)
    return None


def _dict_updated(target: DictValue, machine: Machine, args: Args, at: int) -> Abstract:
    made = target.copy()
    _dict_update(made, machine, args, at)
    return made


def _dict_updated_itself(target: DictValue, machine: Machine, args: Args, at: int) -> Abstract:
    _dict_update(target, machine, args, at)
    return target


def _dict_pop(target: DictValue, machine: Machine, args: Args, _at: int) -> Abstract:
    found = target.lookup(args.get(0, "key", DATA), args.get(1, "default"))
    target.forget(machine, args.get(0, "key", DATA))
    return DATA if found is BOTTOM else found


def _dict_popitem(target: DictValue, machine: Machine, _args: Args, at: int) -> Abstract:
    found = ListValue([join_all(target.elements(machine, at)), join_all(target.held())])
    target.forget(machine)
    return found


def _dict_clear(target: DictValue, machine: Machine, _args: Args, _at: int) -> Abstract:
    target.forget(machine)
    return None


def _dict_delete(target: DictValue, machine: Machine, args: Args, _at: int) -> Abstract:
    target.forget(machine, args.get(0, "key", DATA))
    return None


_DICT_METHODS: Final[dict[str, Callable[[DictValue, Machine, Args, int], Abstract]]] = {
    "get": _dict_get,
    "setdefault": _dict_setdefault,
    "update": _dict_update,
    "pop": _dict_pop,
    "popitem": _dict_popitem,
    "keys": lambda target, machine, _args, at: target.listed(target.elements(machine, at)),
    "values": lambda target, _machine, _args, _at: target.listed(target.held()),
    "items": lambda target, _machine, _args, _at: target.listed(target.pairs()),
    "copy": lambda target, _machine, _args, _at: target.copy(),
    "clear": _dict_clear,
    "move_to_end": _dict_clear,
    "__getitem__": _dict_item,
    "__setitem__": _dict_set,
    "__delitem__": _dict_delete,
    "__missing__": lambda target, _machine, _args, _at: target.rest,
    "__or__": _dict_updated,
    "__ror__": _dict_updated,
    "__ior__": _dict_updated_itself,
    "__iter__": lambda target, machine, _args, at: target.listed(target.elements(machine, at)),
    "__enter__": lambda target, _machine, _args, _at: target,
}
# Methods of containers that only look.
_READING: Final = frozenset(
    {
        *("index", "count", "qsize", "empty", "full", "isdisjoint", "issubset", "issuperset", "task_done", "join", "total", "close"),
        *(
            f"__{name}__"
            for name in ("len", "contains", "eq", "ne", "lt", "le", "gt", "ge", "bool", "str", "repr", "hash", "sizeof", "init")
        ),
        *("done", "cancelled", "running", "cancel", "exception", "locked"),
    }
)


class ListValue(Container):
    """A list, tuple, queue, generator: `items` in their places, then any number of `rest`."""

    __slots__ = ("items", "rest")
    is_container = True
    kind = "list"

    def inside(self) -> Iterable[Abstract]:
        return (*self.items, self.rest)

    def __init__(self, items: Iterable[Abstract] = (), rest: Abstract = BOTTOM) -> None:
        super().__init__()
        self.items = list(items)
        self.rest = rest
        if len(self.items) > _FEW:
            WORK.walked(len(self.items))
        if len(self.items) > _MAX_ITEMS:
            self.rest, self.items = join_all([*self.items, self.rest]), []

    @property
    def is_filled(self) -> bool:
        return bool(self.items) or self.rest is not BOTTOM

    def whole(self) -> Abstract:
        """Any of its elements."""
        return join_all([*self.items, self.rest])

    def blur(self, machine: Machine) -> None:
        """Forget the places: after a change, any element may be anywhere, or gone."""
        if self.items:
            self.rest, self.items = self.whole(), []
            self.changed(machine)

    def surely(self, machine: Machine, name: str, args: Args) -> Abstract:
        """What a method that surely runs gives, when the change that it makes is exactly known; else `BOTTOM`."""
        method = _EXACTLY.get(name)
        if method is None or type(self) is not ListValue or self.rest is not BOTTOM or args.rest is not BOTTOM or args.keywords:
            return BOTTOM
        items = list(self.items)
        try:
            result = method(items, *args.positional)
        except (TypeError, ValueError, IndexError):
            return BOTTOM
        if len(items) > _MAX_ITEMS or result is BOTTOM:
            return BOTTOM
        self.items = items
        self.changed(machine)
        return result

    def settle(self, machine: Machine, key: Abstract, value: Abstract) -> None:
        if isinstance(key, int) and self.rest is BOTTOM and -len(self.items) <= key < len(self.items):
            self.items[key] = value
            self.changed(machine)

    def attribute(self, _machine: Machine, name: str, _at: int) -> Abstract:
        return external(f"builtins.{self.kind}") if name == "__class__" else BoundMethod(self, name)

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        self.read = machine.clock
        method = _LIST_METHODS.get(name)
        if method is not None:
            return method(self, machine, args, at)
        if name in _READING:
            return DATA
        # A method that is not known may put in what it is given, take out what is there, and return any of it.
        back = machine.escape(args, at, DATA)
        if args.positional or args.keywords:
            self.add(machine, join_all([DATA, *things_in([back])]))
        self.blur(machine)
        return join_all([back, self, *bagged([self])])

    def copy(self) -> ListValue:
        """A list of its own with the same elements."""
        return ListValue(self.items, self.rest)

    def add(self, machine: Machine, value: Abstract) -> None:
        """`append`, which may or may not happen, and any number of times."""
        new = join(self.rest, value)
        if new is not self.rest and new != self.rest:
            self.rest = new
            self.changed(machine)

    def absorb(self, machine: Machine, other: Container) -> bool:
        """Be the other one, too, if it is of the same kind."""
        if not isinstance(other, ListValue) or other is self:
            return isinstance(other, ListValue)
        self.is_many = True
        if len(other.items) == len(self.items):
            for place, value in enumerate(other.items):
                self.store_item(machine, place, value)
        else:
            self.blur(machine)
            other = ListValue([], other.whole())
        if other.rest is not BOTTOM:
            self.add(machine, other.rest)
        return True

    def item(self, machine: Machine, key: Abstract, _at: int) -> Abstract:
        self.read = machine.clock
        if isinstance(key, int) and not isinstance(key, bool):
            if 0 <= key < len(self.items) or (key < 0 and -key <= len(self.items) and self.rest is BOTTOM):
                return self.items[key]
            if key >= len(self.items) and self.rest is not BOTTOM:
                return self.rest
        whole = self.whole()
        return DATA if whole is BOTTOM else whole

    def store_item(self, machine: Machine, key: Abstract, value: Abstract) -> None:
        if isinstance(key, int) and 0 <= key < len(self.items):
            new = join(self.items[key], value)
            if new != self.items[key]:
                self.items[key] = new
                self.changed(machine)
        else:
            self.blur(machine)
            self.add(machine, value)

    def elements(self, machine: Machine, _at: int) -> list[Abstract]:
        self.read = machine.clock
        return [*self.items, *members(self.rest)] or [DATA]


def _exactly_extended(items: list[Abstract], other: Abstract) -> Abstract:
    if not isinstance(other, ListValue) or isinstance(other, SetValue) or other.rest is not BOTTOM:
        return BOTTOM
    items += other.items
    return None


def _exactly_sorted(items: list[Abstract]) -> Abstract:
    texts = [each for each in items if isinstance(each, str)]
    if len(texts) != len(items):
        return BOTTOM
    items.sort(key=str)
    return None


def _exactly_deleted(items: list[Abstract], key: Any) -> Abstract:
    del items[key]
    return None


# Changes of a list of which all elements are known, as Python makes them.
_EXACTLY: Final[dict[str, Callable[..., Abstract]]] = {
    "append": list.append,
    "insert": list.insert,
    "appendleft": lambda items, value: items.insert(0, value),
    "extend": _exactly_extended,
    "__iadd__": _exactly_extended,
    "pop": list.pop,
    "popleft": lambda items: items.pop(0),
    "clear": list.clear,
    "reverse": list.reverse,
    "sort": _exactly_sorted,
    "__delitem__": _exactly_deleted,
}


class SetValue(ListValue):
    """A set: `items` are in it, in no order, and perhaps some of `rest`."""

    __slots__ = ()
    kind = "set"

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
    """Elements change their places, or go."""
    target.blur(machine)
    machine.callback(args.keywords.get("key", BOTTOM), [target.rest], at)
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
    return target.__class__([], target.whole()) if isinstance(target, SetValue) else ListValue([], target.whole())


def _list_item(target: ListValue, machine: Machine, args: Args, at: int) -> Abstract:
    return target.item(machine, args.get(0, "key", DATA), at)


def _list_set(target: ListValue, machine: Machine, args: Args, _at: int) -> Abstract:
    target.store_item(machine, args.get(0, "key", DATA), args.get(1, "value", DATA))
    return None


def _list_itself(target: ListValue, _machine: Machine, _args: Args, _at: int) -> Abstract:
    return target


def _thrown_in(_target: ListValue, machine: Machine, args: Args, at: int) -> Abstract:
    """`generator.throw(error)`."""
    for value in args.values():
        machine.throw(value, at)
    return OPAQUE


_LIST_METHODS: Final[dict[str, Callable[[ListValue, Machine, Args, int], Abstract]]] = {
    **dict.fromkeys(("append", "add", "put", "put_nowait", "set", "set_result"), _list_add),
    **dict.fromkeys(("appendleft", "insert"), _list_insert),
    **dict.fromkeys(("extend", "update", "__iadd__", "__ior__", "symmetric_difference_update"), _list_extend),
    **dict.fromkeys(("union", "symmetric_difference", "__add__", "__radd__", "__or__", "__ror__", "__xor__", "__rxor__"), _list_extended),
    "extendleft": _list_extend_before,
    **dict.fromkeys(("sort", "reverse", "remove", "discard", "clear", "rotate", "__delitem__"), _list_move),
    **dict.fromkeys(("difference_update", "intersection_update"), _list_move),
    **dict.fromkeys(("__isub__", "__iand__", "__imul__", "__ixor__"), _list_moved),
    **dict.fromkeys(("pop", "popleft", "get", "get_nowait", "__next__", "send", "asend", "__anext__", "result"), _list_take),
    **dict.fromkeys(("intersection", "difference", "__and__", "__rand__", "__sub__", "__rsub__", "__mul__", "__rmul__"), _list_some),
    "__getitem__": _list_item,
    "__setitem__": _list_set,
    "copy": lambda target, _machine, _args, _at: target.copy(),
    **dict.fromkeys(("__iter__", "__aiter__", "__enter__"), _list_itself),
    "__reversed__": _list_some,
    **dict.fromkeys(("throw", "athrow"), _thrown_in),
}


class Generator(ListValue):
    """What a function with `yield` gives; `returned` is what it returns, which is what `yield from` gives."""

    __slots__ = ("returned",)

    def __init__(self, yielded: Abstract, returned: Abstract) -> None:
        super().__init__([], yielded)
        self.returned = returned

    def copy(self) -> Generator:
        return Generator(self.rest, self.returned)

    def absorb(self, machine: Machine, other: Container) -> bool:
        if isinstance(other, Generator):
            self.returned = join(self.returned, other.returned)
        return super().absorb(machine, other)


class Future(ListValue):
    """What an executor or an event loop was given to do: its one element is what comes of it."""

    __slots__ = ()

    def __init__(self, result: Abstract) -> None:
        super().__init__([], result)

    def copy(self) -> Future:
        return Future(self.rest)

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        if name == "add_done_callback":
            return machine.callback(args.get(0, "fn", DATA), [self], at)
        if name == "result":  # with a timeout
            args = Args()
        return super().invoke(machine, name, args, at)


def awaited(value: Abstract) -> Abstract:
    """What `await value` gives."""
    return join_all(each.rest if isinstance(each, Future) else each for each in members(value))


class Bag(Container):
    """Many containers as one: what may be found in them, at any depth."""

    __slots__ = ("held",)
    is_container = True

    def __init__(self, held: Abstract) -> None:
        super().__init__()
        self.held = held

    def inside(self) -> Iterable[Abstract]:
        return (self.held,)

    @property
    def is_filled(self) -> bool:
        return True

    def add(self, machine: Machine, value: Abstract) -> None:
        new = join_all([self.held, *things_in([value])])
        if new != self.held:
            self.held = new
            self.changed(machine)

    def _any(self, machine: Machine) -> Abstract:
        self.read = machine.clock
        return join_all([self, self.held, DATA])

    def attribute(self, machine: Machine, _name: str, _at: int) -> Abstract:
        return self._any(machine)

    def call(self, machine: Machine, args: Args, _at: int) -> Abstract:
        for value in args.values():
            self.add(machine, value)
        return self._any(machine)

    def item(self, machine: Machine, _key: Abstract, _at: int) -> Abstract:
        return self._any(machine)

    def elements(self, machine: Machine, _at: int) -> list[Abstract]:
        return [self._any(machine)]

    def store_item(self, machine: Machine, _key: Abstract, value: Abstract) -> None:
        self.add(machine, value)


def things_in(values: Iterable[Abstract]) -> list[Abstract]:
    """What is no plain data, in these and in everything that they hold."""
    return list(_things(values))[::-1]


def bagged(values: Iterable[Abstract]) -> list[Abstract]:
    """What is no plain data in these, by itself and in a container that is not known."""
    held = things_in(values)
    return [Bag(join_all(held)), *held] if held else []


def is_plain(value: Abstract) -> bool:
    """Whether it is surely plain data, whatever its shape; what is not never will be."""
    if not isinstance(value, Thing):
        return True
    if isinstance(value, Container) and value.holds_things:
        return False
    plain = next(_things([value]), None) is None
    if not plain and isinstance(value, Container):
        value.holds_things = True
    return plain


def _things(values: Iterable[Abstract]) -> Iterator[Abstract]:
    found: set[Abstract] = set()
    seen: set[int] = set()
    waiting = list(values)
    walked = 0
    while waiting:
        value = waiting.pop()
        walked += 1
        if not isinstance(value, Thing) or value is DATA or value is BOTTOM or value is ASSUMED:
            continue
        if isinstance(value, Union):
            waiting += value.members
        elif isinstance(value, Container) and value.is_container:
            if id(value) not in seen:
                seen.add(id(value))
                waiting += value.inside()
        elif value not in found:
            found.add(value)
            yield value
    WORK.walked(walked)


def lift(value: Value) -> Abstract:
    """What a script sees of a step's input."""
    if isinstance(value, Text):
        return text_of(value.options)
    if isinstance(value, Mapping):
        return DictValue({key: lift(each) for key, each in value.items()})
    if isinstance(value, tuple):
        return ListValue([lift(each) for each in value])
    return DATA if value is UNKNOWN else value


def lower(value: Abstract) -> Value:
    """What is known of an API call's input; what holds itself, or is nested too deeply, is unknown there."""
    lowering = _Lowering()
    found = lowering.value(value)
    WORK.units += (_MAX_INPUT - lowering.left) // _MEMBERS_OF_INPUTS_A_UNIT
    return found


class _Lowering:
    """One input: how much of it was written, and the containers around what is written now."""

    __slots__ = ("around", "left")

    def __init__(self) -> None:
        self.left = _MAX_INPUT
        self.around: list[Container] = []

    def value(self, value: Abstract) -> Value:
        self.left -= 1
        if isinstance(value, str):
            return Text.literal(value)
        if not isinstance(value, Thing):
            return value
        if isinstance(value, Union):
            return self._one_of([member for member in value.members if member is not None])
        if not isinstance(value, (DictValue, ListValue)) or value in self.around:
            return UNKNOWN
        if self.left < 0 or len(self.around) > _MAX_DEPTH:
            return UNKNOWN
        self.around.append(value)
        found = self._dict(value) if isinstance(value, DictValue) else self._list(value)
        self.around.pop()
        return found

    def _dict(self, value: DictValue) -> Value:
        if value.is_open or not all(isinstance(key, str) for key in value.members):
            return UNKNOWN
        return {str(key): self.value(each) for key, each in value.members.items()}

    def _list(self, value: ListValue) -> Value:
        return tuple(self.value(each) for each in (*value.items, *members(value.rest)))

    def _one_of(self, given: list[Abstract]) -> Value:
        if len(given) == 1:
            return self.value(given[0])
        if not all(isinstance(member, ListValue) for member in given):
            return UNKNOWN
        several = [each for each in map(self.value, given) if isinstance(each, tuple)]
        return tuple(each for one in several for each in one) if len(several) == len(given) else UNKNOWN


class BoundMethod(Thing):
    """`x.name`, kept to be called later."""

    __slots__ = ("name", "target")

    def __init__(self, target: Abstract, name: str) -> None:
        self.target = target
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BoundMethod) and self.name == other.name and self.target == other.target

    def __hash__(self) -> int:
        return hash((self.name, self.target))

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        return machine.invoke(self.target, self.name, args, at)

    def attribute(self, machine: Machine, name: str, at: int) -> Abstract:
        return self.target if name == "__self__" else self.name if name == "__name__" else self._inside(machine, at)

    def item(self, machine: Machine, _key: Abstract, at: int) -> Abstract:
        return self._inside(machine, at)

    def elements(self, machine: Machine, at: int) -> list[Abstract]:
        return [self._inside(machine, at)]

    def _inside(self, machine: Machine, _at: int) -> Abstract:
        """What an attribute of a container holds that is not known (`queue.queue`, `chain.maps`): any of what the container holds."""
        if not isinstance(self.target, Container):
            return DATA
        self.target.read = machine.clock
        return join_all([DATA, self.target, *bagged([self.target])])
