"""Dicts, lists, tuples and sets in a script: which members are known.

They are changed in place, and only ever widened: one of these may stand for several values of the running script.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING, Final

from ....values.patterns import Pattern
from ....values.value import UNKNOWN, Text, Value
from .domain import ASSUMED, DATA, MAX_SIZE, NOTHING, Abstract, Args, Thing, Union, concatenated, join, join_all, members, text_of, texts_in
from .work import WORK

if TYPE_CHECKING:
    from ..reader.machine import Machine

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
    """

    __slots__ = ("born", "holds_things", "read", "version")
    is_container = False  # whether it is nothing but its members

    def __init__(self) -> None:
        self.born = next(BORN)
        self.version = 0
        self.read = 0
        self.holds_things = False

    def inside(self) -> Iterable[Abstract]:
        """Its members, in no places."""
        return ()

    @property
    def is_filled(self) -> bool:
        """Whether anything is known to be in it."""
        return True

    def changed(self, machine: Machine) -> None:
        self.version += 1
        machine.changed_at = max(machine.changed_at, self.read)


class DictValue(Container):
    """A dict: `members` by their known keys; `rest` what is under keys that are not known."""

    __slots__ = ("is_open", "keys", "members", "rest")
    is_container = True

    def inside(self) -> Iterable[Abstract]:
        return (*self.members.values(), self.rest, self.keys)

    def __init__(
        self, known: Mapping[str, Abstract] | Mapping[str | int, Abstract] | None = None, *, rest: Abstract = NOTHING, is_open: bool = False
    ) -> None:
        super().__init__()
        self.members: dict[str | int, Abstract] = dict(known.items()) if known else {}
        if len(self.members) > _FEW:
            WORK.walked(len(self.members))
        self.rest = rest
        self.is_open = is_open or rest is not NOTHING
        self.keys: Abstract = NOTHING  # keys that are no text, such as futures

    @property
    def is_filled(self) -> bool:
        return bool(self.members) or self.is_open

    def attribute(self, _machine: Machine, name: str, _at: int) -> Abstract:
        return Bound(self, name)

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        method = _DICT_METHODS.get(name)
        if method is not None:
            self.read = machine.clock
            return method(self, machine, args, at)
        machine.hand_over(args, at, DATA)
        return DATA

    def lookup(self, key: Abstract, default: Abstract = NOTHING) -> Abstract:
        """What may be under a key; `default` when there is nothing."""
        known = (key,) if isinstance(key, (str, int)) else texts_in(key)
        if known is None:
            shapes = key.options if isinstance(key, Text) else None
            if shapes is not None and _too_many(shapes, self.members):
                shapes = None
            may_be = [
                value
                for name, value in self.members.items()
                if shapes is None or (isinstance(name, str) and any(shape.covers(Pattern.literal(name)) for shape in shapes))
            ]
            return join(join_all([*may_be, self.rest]), default)
        found: Abstract = NOTHING
        for each in known:
            value = self.members.get(each, NOTHING)
            if value is NOTHING:
                value = join(self.rest, default)
            found = join(found, value)
        return found

    def lacks(self, key: Abstract) -> bool:
        return isinstance(key, str) and not self.is_open and key not in self.members

    def item(self, machine: Machine, key: Abstract, _at: int) -> Abstract:
        self.read = machine.clock
        found = self.lookup(key)
        return DATA if found is NOTHING else found

    def put(self, machine: Machine, key: Abstract, value: Abstract) -> None:
        """`d[key] = value`, which may or may not happen."""
        known = (key,) if isinstance(key, (str, int)) else texts_in(key)
        if known is None or (len(known) > 1 and not isinstance(value, Thing)):
            self.keys = join(self.keys, key)
            self.open(machine, value)
            return
        for each in known:
            old = self.members.get(each, NOTHING)
            new = join(old, value)
            if new is not old and new != old:
                self.members[each] = new
                self.changed(machine)

    def open(self, machine: Machine, value: Abstract) -> None:
        """It may have `value` under any key."""
        new = join(self.rest, value)
        if not self.is_open or (new is not self.rest and new != self.rest):
            self.rest, self.is_open = new, True
            self.changed(machine)

    def store_item(self, machine: Machine, key: Abstract, value: Abstract) -> None:
        self.put(machine, key, value)

    def elements(self, machine: Machine, _at: int) -> list[Abstract]:
        self.read = machine.clock
        unknown = join(self.keys, DATA) if self.is_open and self.keys is NOTHING else self.keys
        known: list[Abstract] = [*self.members]
        return [*known, *members(unknown)] or [DATA]

    def pairs(self) -> list[Abstract]:
        """What `items()` gives."""
        known: list[Abstract] = [ListValue([key, value]) for key, value in self.members.items()]
        if self.is_open or not known:
            keys = self.keys if self.keys is not NOTHING else DATA
            known.append(ListValue([keys, DATA if self.rest is NOTHING else self.rest]))
        return known

    def held(self) -> list[Abstract]:
        """What `values()` gives."""
        found = [*self.members.values(), *members(self.rest)]
        return found or [DATA]

    def update(self, machine: Machine, other: Abstract, at: int) -> None:
        """Take in the members of another mapping, or of a list of pairs."""
        for each in members(other):
            if isinstance(each, DictValue):
                machine.spend(len(each.members) // 4)
                for key, value in each.members.items():
                    self.put(machine, key, value)
                if each.is_open:
                    self.keys = join(self.keys, each.keys)
                    self.open(machine, each.rest)
            elif isinstance(each, ListValue):
                for pair in each.elements(machine, at):
                    first, second = machine.unpacked(pair, 2, at)
                    self.put(machine, first, second)
            elif each is not None:
                self.open(machine, each if isinstance(each, Thing) else DATA)

    def absorb(self, machine: Machine, other: Container) -> bool:
        """Be the other one, too, if it is of the same kind."""
        if isinstance(other, DictValue) and other is not self:
            self.update(machine, other, 0)
        return isinstance(other, DictValue)

    def copy(self) -> DictValue:
        """A dict of its own with the same members."""
        twin = DictValue(self.members, rest=self.rest, is_open=self.is_open)
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


def _dict_get(target: DictValue, _machine: Machine, args: Args, _at: int) -> Abstract:
    return target.lookup(args.get(0, "key", DATA), args.get(1, "default", None))


def _dict_setdefault(target: DictValue, machine: Machine, args: Args, _at: int) -> Abstract:
    target.put(machine, args.get(0, "key", DATA), args.get(1, "default", None))
    return target.lookup(args.get(0, "key", DATA))


def _dict_update(target: DictValue, machine: Machine, args: Args, at: int) -> Abstract:
    for each in args.positional:
        target.update(machine, each, at)
    for key, value in args.keywords.items():
        target.put(machine, key, value)
    if args.extra is not NOTHING:
        target.open(machine, args.extra)
    return None


def _dict_pop(target: DictValue, _machine: Machine, args: Args, _at: int) -> Abstract:
    found = target.lookup(args.get(0, "key", DATA), args.get(1, "default"))
    return DATA if found is NOTHING else found


_DICT_METHODS: Final[dict[str, Callable[[DictValue, Machine, Args, int], Abstract]]] = {
    "get": _dict_get,
    "setdefault": _dict_setdefault,
    "update": _dict_update,
    "pop": _dict_pop,
    "popitem": lambda target, _machine, _args, _at: ListValue([DATA, join_all(target.held())]),
    "keys": lambda target, machine, _args, at: ListValue(target.elements(machine, at)),
    "values": lambda target, _machine, _args, _at: ListValue(target.held()),
    "items": lambda target, _machine, _args, _at: ListValue(target.pairs()),
    "copy": lambda target, _machine, _args, _at: target.copy(),
    "clear": lambda _target, _machine, _args, _at: None,
    "move_to_end": lambda _target, _machine, _args, _at: None,
}


class ListValue(Container):
    """A list, tuple, set, queue, generator: `items` in their places, then any number of `rest`."""

    __slots__ = ("items", "rest")
    is_container = True

    def inside(self) -> Iterable[Abstract]:
        return (*self.items, self.rest)

    def __init__(self, items: Iterable[Abstract] = (), rest: Abstract = NOTHING) -> None:
        super().__init__()
        self.items = list(items)
        self.rest = rest
        if len(self.items) > _FEW:
            WORK.walked(len(self.items))
        if len(self.items) > _MAX_ITEMS:
            self.blur()

    @property
    def is_filled(self) -> bool:
        return bool(self.items) or self.rest is not NOTHING

    def blur(self) -> None:
        """Forget the places."""
        self.rest = join_all([*self.items, self.rest])
        self.items = []

    def attribute(self, _machine: Machine, name: str, _at: int) -> Abstract:
        return Bound(self, name)

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        if name in _ADDING:
            for value in args.positional[-1:] or args.values():
                self.add(machine, value)
            return None
        if name in _EXTENDING:
            for value in args.values():
                for each in machine.elements(value, at):
                    self.add(machine, each)
            return self
        if name in _MOVING:
            self.blur()
            machine.callback(args.keywords.get("key", NOTHING), [self.rest], at)
            return None
        if name in _TAKING:
            self.read = machine.clock
            self.blur()
            return DATA if self.rest is NOTHING else self.rest
        if name in _SAME:
            return self
        machine.hand_over(args, at, DATA)
        return ListValue([ListValue([self])]) if name == "__class__" else DATA

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
        if len(other.items) == len(self.items):
            for place, value in enumerate(other.items):
                self.store_item(machine, place, value)
        else:
            self.blur()
            other = ListValue([], join_all([*other.items, other.rest]))
        if other.rest is not NOTHING:
            self.add(machine, other.rest)
        return True

    def item(self, machine: Machine, key: Abstract, _at: int) -> Abstract:
        self.read = machine.clock
        if isinstance(key, int) and not isinstance(key, bool):
            if 0 <= key < len(self.items) or (key < 0 and -key <= len(self.items) and self.rest is NOTHING):
                return self.items[key]
            if key >= len(self.items) and self.rest is not NOTHING:
                return self.rest
        whole = join_all([*self.items, self.rest])
        return DATA if whole is NOTHING else whole

    def store_item(self, machine: Machine, key: Abstract, value: Abstract) -> None:
        if isinstance(key, int) and 0 <= key < len(self.items):
            new = join(self.items[key], value)
            if new != self.items[key]:
                self.items[key] = new
                self.changed(machine)
        else:
            self.blur()
            self.add(machine, value)

    def elements(self, machine: Machine, _at: int) -> list[Abstract]:
        self.read = machine.clock
        return [*self.items, *members(self.rest)] or [DATA]


_ADDING: Final = frozenset({"append", "add", "appendleft", "insert", "put", "put_nowait", "set"})
_EXTENDING: Final = frozenset({"extend", "update", "extendleft", "union", "__iadd__", "symmetric_difference"})
_MOVING: Final = frozenset({"sort", "reverse", "remove", "discard", "clear", "rotate"})
_TAKING: Final = frozenset({"pop", "popleft", "get", "get_nowait", "__next__", "send", "result"})
_SAME: Final = frozenset({"copy", "intersection", "difference", "__iter__", "__enter__"})


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


def is_plain(value: Abstract) -> bool:
    """Whether it is surely plain data, whatever its shape; what is not never will be."""
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
        if not isinstance(value, Thing) or value is DATA or value is NOTHING or value is ASSUMED:
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


def merged(containers: Sequence[Container], *, few: int, beside_data: bool) -> list[Abstract]:
    """Containers that are alternatives of each other: themselves when they are few, else one that stands for all.

    Args:
        containers: the alternatives.
        few: how many are kept apart.
        beside_data: plain data is an alternative, too; it takes in containers of plain data, but for empty ones, which will be filled.
    """
    kept = [each for each in containers if not (beside_data and each.is_filled and is_plain(each))]
    if len(kept) <= few:
        return list(kept)
    held = things_in(kept)
    if not held:
        return [DATA]
    for each in kept:
        if isinstance(each, Bag) and len(members(each.held)) == len(held):
            return [each]
    return [Bag(join_all(held))]


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


class Bound(Thing):
    """`x.name`, kept to be called later."""

    __slots__ = ("name", "target")

    def __init__(self, target: Abstract, name: str) -> None:
        self.target = target
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bound) and self.name == other.name and self.target == other.target

    def __hash__(self) -> int:
        return hash((self.name, self.target))

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        return machine.invoke(self.target, self.name, args, at)

    def attribute(self, machine: Machine, name: str, at: int) -> Abstract:
        return self.target if name == "__self__" else self.name if name == "__name__" else super().attribute(machine, name, at)


def text_method(text: str | Text, name: str, args: Args, machine: Machine, at: int) -> Abstract:
    """A method of `str`: done when all that it needs is known and it is one that changes nothing but the text."""
    if name == "format":
        return _formatted(text, args)
    if name == "join":
        pieces = machine.elements(args.get(0, "iterable", DATA), at) if isinstance(text, str) else [DATA]
        listed = args.get(0, "iterable", DATA)
        if isinstance(listed, ListValue) and listed.rest is NOTHING and isinstance(text, str):
            return (
                concatenated([part for at_, piece in enumerate(pieces) for part in ((text, piece) if at_ else (piece,))])
                if listed.items
                else ""
            )
        return DATA
    given = args.positional
    if name not in _PURE or args.keywords or args.rest is not NOTHING or not all(isinstance(each, (str, int)) for each in given):
        machine.hand_over(args, at, DATA)
        return DATA
    options = texts_in(text)
    if options is None:
        return DATA
    found: list[Abstract] = []
    WORK.wrote(sum(map(len, options)))
    for option in options:
        if name == "replace" and len(given) > 1 and option.count(str(given[0])) * len(str(given[1])) > MAX_SIZE:
            return DATA
        try:
            made = getattr(option, name)(*given)
        except (TypeError, ValueError, OverflowError, MemoryError):
            return DATA
        found.append(ListValue(made) if isinstance(made, (list, tuple)) else made)
    return join_all(found)


_PURE: Final = frozenset(
    {
        *("lower", "upper", "title", "capitalize", "casefold", "strip", "lstrip", "rstrip", "removeprefix", "removesuffix", "replace"),
        *("split", "rsplit", "partition", "rpartition", "splitlines", "startswith", "endswith", "swapcase"),
    }
)


def _formatted(text: str | Text, args: Args) -> Abstract:
    import string

    if not isinstance(text, str):
        return DATA
    WORK.wrote(8 * len(text))
    pieces: list[Abstract] = []
    auto = 0
    try:
        for literal, field, _spec, _conversion in string.Formatter().parse(text):
            pieces.append(literal)
            if field is None:
                continue
            place = field or str(auto)
            auto += not field
            pieces.append(args.get(int(place), "", DATA) if place.isdigit() else args.keywords.get(place, DATA))
    except ValueError:
        return DATA
    return concatenated(pieces)
