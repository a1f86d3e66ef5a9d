"""Dicts in a script: which members are known, and which of them certainly exist."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Final

from ....values.value import UNKNOWN, Value
from .arguments import Args, Machine
from .asking import is_unknown, plainly
from .bound_methods import BoundMethod
from .containers import CLOCK, FEW, READING, Container, non_data_in
from .external import external
from .keys import MAX_KEYS, key_may_be, keys_of, too_many
from .lazy import view_of
from .lists import ListValue
from .strings import patterns
from .thing import BOTTOM, DATA, Abstract, Lowering, Thing
from .unions import join, join_all, members
from .work import walked


class DictValue(Container):
    """A dict: `members` by their known keys; `rest` what may be under any key.

    Attributes:
        sure: the known keys that are surely there, and under which is nothing but what `members` says. Under the others may be what `rest`
            says, or nothing. When all keys are sure, they are in their order.
    """

    __slots__ = ("_keys", "_members", "_rest", "has_order", "is_open", "sure")
    is_container = True
    is_by_place = True
    is_in_place = True

    def inside(self) -> Iterable[Abstract]:
        return (*self.members.values(), self._rest, self._keys)

    def __init__(
        self,
        known: Mapping[str, Abstract] | Mapping[str | int, Abstract] | None = None,
        *,
        rest: Abstract = BOTTOM,
        keys: Abstract = BOTTOM,
        is_open: bool = False,
    ) -> None:
        super().__init__()
        self._members: dict[str | int, Abstract] = dict(known.items()) if known else {}
        if len(self._members) > FEW:
            walked(len(self._members))
        self.sure: set[str | int] = set(self._members)
        self.has_order = True
        self._rest = rest
        self.is_open = is_open or rest is not BOTTOM
        self._keys = keys

    def outline(self) -> tuple[Hashable, Sequence[Abstract]]:
        shape = (tuple(self._members), frozenset(self.sure), self.is_open, self.has_order, self.is_many)
        return shape, (*self._members.values(), self._rest, self._keys)

    @property
    def members(self) -> dict[str | int, Abstract]:
        """The values of the known keys."""
        self.read = next(CLOCK)
        return self._members

    @property
    def rest(self) -> Abstract:
        """What may be under any key."""
        self.read = next(CLOCK)
        return self._rest

    @property
    def keys(self) -> Abstract:
        """Keys that aren't texts, such as futures."""
        self.read = next(CLOCK)
        return self._keys

    def escaped(self, machine: Machine, args: Args, at: int, nested: int = 0) -> None:
        args.pass_inside((*self.members.values(), self._rest), machine, at, nested)

    @property
    def is_filled(self) -> bool:
        return bool(self.members) or self.is_open

    @property
    def is_exact(self) -> bool:
        """Whether all its keys are known, and their order."""
        self.look()
        return self.has_order and not self.is_open and self._keys is BOTTOM and len(self.sure) == len(self._members)

    def attribute(self, machine: Machine, name: str, _at: int) -> Abstract:
        if name == "data":  # of a `UserDict`
            return self
        if name == "maps":  # of a `ChainMap`: what is done to this list changes what is found under any key
            self.open(machine, DATA)
            self.forget(machine)
            return ListValue([], self)
        return external("builtins.dict") if name == "__class__" else BoundMethod(self, name)

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        method = _DICT_METHODS.get(name)
        if method is not None:
            return method(self, machine, args, at)
        if name in READING:
            return DATA
        return self.call_unknown(machine, args, at)

    def take_in(self, machine: Machine, value: Abstract) -> None:
        self.open(machine, value)

    def disturb(self, machine: Machine) -> None:
        self.forget(machine)

    def store(self, machine: Machine, name: str, value: Abstract) -> None:
        if name in {"data", "maps"}:
            self.forget(machine)
            for each in machine.elements(value, 0) if name == "maps" else [value]:
                self.update(machine, each, 0)

    def contained(self, *, exact: bool) -> Sequence[Abstract] | None:
        known = self.is_exact if exact else not self.is_open and self.keys is BOTTOM
        return list(self.members) if known else None

    def lookup(self, key: Abstract, default: Abstract = BOTTOM) -> Abstract:
        """What may be under a key; `default` if there is nothing."""
        self.look()
        known = keys_of(key)
        if known is None:
            exact = not too_many(patterns(key), self._members)
            may_be = [value for name, value in self._members.items() if not exact or key_may_be(key, name)]
            return join(join_all([*may_be, self._rest]), default)
        found: Abstract = BOTTOM
        for each in known:
            value = self._members.get(each, BOTTOM)
            if value is BOTTOM or each not in self.sure:
                value = join_all([value, self._rest, default])
            found = join(found, value)
        return found

    def mapping(self) -> DictValue:
        return self

    def lacks(self, key: Abstract) -> bool:
        return isinstance(key, str) and not self.is_open and key not in self.members

    def item(self, _machine: Machine, key: Abstract, _at: int) -> Abstract:
        found = self.lookup(key)
        return DATA if found is BOTTOM else found

    def operated(self, machine: Machine, word: str, left: Abstract, right: Abstract, at: int) -> Abstract:
        if word != "or" or self is not left:
            return BOTTOM
        whole = self.copy()
        whole.update(machine, right, at, surely=True)
        return whole

    def as_input(self, lowering: Lowering) -> Value:
        if self.is_open or not all(isinstance(key, str) for key in self.members):
            lowering.inside(self, ())
            return UNKNOWN
        found = lowering.inside(self, self.members.values())
        return UNKNOWN if found is None else dict(zip(map(str, self.members), found, strict=True))

    def put(self, machine: Machine, key: Abstract, value: Abstract) -> None:
        """`d[key] = value`, which may or may not happen."""
        known = keys_of(key)
        if known is None or (len(known) > MAX_KEYS and not isinstance(value, Thing)):
            self._keys = join(self._keys, key)
            self.open(machine, value, key)
            return
        for each in known:
            old = self._members.get(each, BOTTOM)
            new = join(old, value)
            if new is not old and new != old:
                self._members[each] = new
                self.changed(machine)

    def settle(self, machine: Machine, key: Abstract, value: Abstract) -> None:
        if not isinstance(key, (str, int)):
            return
        if key not in self.sure:
            if key in self._members and next(reversed(self._members)) != key:  # it may have been there before what is the last key now
                self.has_order = False
            self.sure.add(key)
            self.changed(machine)
        old = self._members.get(key, BOTTOM)
        self._members[key] = value
        if old is not value and old != value:
            self.changed(machine)

    def strong_update(self, machine: Machine, name: str, args: Args) -> Abstract:
        """Strong update: the result of a method that certainly runs and whose change is known exactly; else `BOTTOM`, and nothing is changed."""
        key = args.positional[0] if args.positional else BOTTOM
        if args.rest is not BOTTOM or args.extra is not BOTTOM or args.perhaps:
            return BOTTOM
        if name in {"update", "__ior__"} and (key is BOTTOM or isinstance(key, DictValue)):
            for each in (key, DictValue(args.keywords)):
                self.update(machine, each, 0, surely=True)
            return None
        if name == "clear":
            self._members.clear()
            self.sure.clear()
            self._rest, self._keys, self.is_open, self.has_order = BOTTOM, BOTTOM, False, True
            self.changed(machine)
            return None
        if not isinstance(key, (str, int)):
            return BOTTOM
        if name in {"pop", "__delitem__"} and (key in self.sure or (self.is_exact and len(args.positional) > 1)):
            self.sure.discard(key)
            self.changed(machine)
            return self.members.pop(key, args.positional[1] if len(args.positional) > 1 else DATA)
        if name == "setdefault" and (key in self.sure or self.is_exact):
            self.settle(machine, key, self._members.get(key, args.get(1, "default", None)))
            return self.members[key]
        return BOTTOM

    def stored_by_all(self, machine: Machine, key: Any) -> None:
        if key in self._members and key not in self.sure:
            self.sure.add(key)
            self.has_order = False
            self.changed(machine)

    def open(self, machine: Machine, value: Abstract, key: Abstract = BOTTOM) -> None:
        """It may have `value` under any key, or any that `key` may be."""
        new = join(self._rest, value)
        if not self.is_open or (new is not self._rest and new != self._rest):
            self._rest, self.is_open = new, True
            self.changed(machine)
        for name, held in list(self._members.items()):
            if key is BOTTOM or key_may_be(key, name):
                either = join(held, value)
                if either is not held and either != held:
                    self._members[name] = either
                    self.changed(machine)

    def forget(self, machine: Machine, key: Abstract = BOTTOM) -> None:
        """A key, or any key, may have been removed."""
        known = None if key is BOTTOM else keys_of(key)
        left = {
            name for name in self.sure if not (known is None and (key is BOTTOM or key_may_be(key, name))) and not (known and name in known)
        }
        machine.forgotten(self)
        if len(left) != len(self.sure):
            self.sure.intersection_update(left)
            self.changed(machine)

    def store_item(self, machine: Machine, key: Abstract, value: Abstract) -> None:
        self.put(machine, key, value)

    def elements(self, _machine: Machine, _at: int) -> list[Abstract]:
        self.look()
        unknown = join(self._keys, DATA) if self.is_open and self._keys is BOTTOM else self._keys
        known: list[Abstract] = [*self._members]
        return [*known, *members(unknown)] or [DATA]

    def sequence(self, machine: Machine, at: int) -> tuple[list[Abstract], list[Abstract]]:
        keys = self.elements(machine, at)
        return (keys, []) if self.is_exact else ([], keys)

    def listed(self, values: list[Abstract]) -> ListValue:
        """A list of these values, in the order of its keys if that is known."""
        return ListValue(values) if self.is_exact else ListValue([], join_all(values))

    def pairs(self) -> list[Abstract]:
        """The result of `items()`."""
        known: list[Abstract] = [
            ListValue([key, join_all([value, BOTTOM if key in self.sure else self._rest])]) for key, value in self.members.items()
        ]
        if self.is_open or not known:
            keys = self._keys if self._keys is not BOTTOM else DATA
            known.append(ListValue([keys, DATA if self._rest is BOTTOM else self._rest]))
        return known

    def held(self) -> list[Abstract]:
        """The result of `values()`."""
        found = [*self.members.values(), *members(self._rest)]
        return found or [DATA]

    def update(self, machine: Machine, other: Abstract, at: int, *, surely: bool = False) -> None:
        """Take in the members of another mapping, or of a list of pairs; `surely`: it happens, and is about this one dict."""
        several = members(other)
        for one in several:
            if isinstance(one, Thing):
                one.merged_into(self, machine, at, surely=surely and len(several) == 1)
            elif one is not None:
                self.open(machine, DATA)

    def merged_into(self, target: DictValue, machine: Machine, _at: int, *, surely: bool) -> None:
        machine.spend(len(self.members) // 4)
        target.has_order = target.has_order and self.has_order
        if self.is_open:
            target.open(machine, DATA if self.rest is BOTTOM else self.rest)
        for key, value in list(self.members.items()):
            target.put(machine, key, value if key in self.sure else join(value, self.rest))
            if surely and key in self.sure:
                target.settle(machine, key, value)
        if self.keys is not BOTTOM:
            target._keys = join(target._keys, self.keys)

    def take_unknown(self, machine: Machine, other: Thing, at: int) -> None:
        """Take in the members of something that is not known to be a mapping."""
        self.open(machine, join_all([DATA, *non_data_in([machine.item(other, DATA, at)])]))

    def begin(self, machine: Machine, args: Args, at: int) -> None:
        for each in args.positional:  # `ChainMap` takes several
            self.update(machine, each, at, surely=len(args.positional) == 1)
        self.invoke(machine, "update", Args([], args.keywords, args.rest, args.extra), at)

    def merge(self, machine: Machine, other: DictValue) -> None:
        self.has_order = self.has_order and other.has_order
        machine.forgotten(self)
        if self.sure - other.sure:
            self.sure &= other.sure
            self.changed(machine)
        self.update(machine, other, 0)

    def replace_inside(self, work: Callable[[Abstract], Abstract]) -> None:
        self._members = {key: work(value) for key, value in self._members.items()}
        self._rest, self._keys = work(self._rest), work(self._keys)

    def copied(self, _machine: Machine) -> Abstract:
        return self.copy()

    def copy(self) -> DictValue:
        """A new dict with the same members."""
        twin = DictValue(self.members, rest=self._rest, keys=self._keys, is_open=self.is_open)
        twin.sure = set(self.sure)
        twin.has_order = self.has_order
        return twin


def keywords_of(value: Abstract) -> Args:
    """The arguments that `**value` passes; none for `None`, which stands for a missing one."""
    held = plainly(value)
    if not isinstance(held, DictValue):
        return Args() if value is None else Args(extra=value if is_unknown(value) else DATA)
    given = {str(key): each for key, each in held.members.items()}
    extra = held.rest if held.rest is not BOTTOM or not held.is_open else DATA
    return Args([], given, extra=extra, perhaps=frozenset(key for key in given if key not in held.sure))


DictValue.alike = DictValue


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
    "keys": lambda target, machine, _args, at: view_of(target, machine, lambda: target.listed(target.elements(machine, at))),
    "values": lambda target, machine, _args, _at: view_of(target, machine, lambda: target.listed(target.held())),
    "items": lambda target, machine, _args, _at: view_of(target, machine, lambda: target.listed(target.pairs())),
    "copy": lambda target, _machine, _args, _at: target.copy(),
    "clear": _dict_clear,
    "move_to_end": _dict_clear,
    "__getitem__": _dict_item,
    "__setitem__": _dict_set,
    "__delitem__": _dict_delete,
    "__missing__": lambda target, _machine, _args, _at: target.rest,
    **dict.fromkeys(("__or__", "merge"), _dict_updated),  # `Config.merge` of botocore
    "__ror__": _dict_updated,
    "__ior__": _dict_updated_itself,
    "__iter__": lambda target, machine, _args, at: target.listed(target.elements(machine, at)),
    "__enter__": lambda target, _machine, _args, _at: target,
}
