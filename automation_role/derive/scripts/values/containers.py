"""What containers have in common, and a bag, which stands for many of them.

They are changed in place, and only ever widened: one of these may stand for several values of the running script.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import Any, Final

from .arguments import Args, Machine
from .asking import hold, is_plain, outline
from .thing import BOTTOM, DATA, OPAQUE, Abstract, Thing
from .unions import join_all, members
from .work import walked

CLOCK: Final = count(1)  # ticks whenever a container is made or looked at, in all threads
FEW: Final = 16  # members that cost nothing worth counting


class Container(Thing):
    """A value with members.

    Attributes:
        born: when it was made.
        version: counts changes, so that conclusions from the members are dropped when they change.
        read: when its members were last read (see `look`).
        holds_things: it has held something other than plain data.
        where: where in the code it was made, if that is known: what changes it there, by its own name, surely happens (`Machine.is_certain`).
        is_many: it stands for several containers that one place of the code creates, so no change is about all of them.
    """

    __slots__ = ("born", "holds_things", "is_many", "read", "version", "where")
    is_versioned = True
    alike: type[Container]  # what it can be merged with

    def __init__(self) -> None:
        self.born = next(CLOCK)
        self.version = 0
        self.read = 0
        self.holds_things = False
        self.where: tuple[object, Any] | None = None
        self.is_many = False

    def inside(self) -> Iterable[Abstract]:
        """Its members, without their places."""
        return ()

    def consists_of(self) -> Iterable[Abstract] | None:
        return self.inside() if self.is_container else None

    def is_plain(self) -> bool:
        if not self.holds_things and next(_things([self]), None) is not None:
            self.holds_things = True
        return not self.holds_things

    def widened(self) -> Abstract:
        return DATA if self.is_plain() else self

    def absorb(self, machine: Machine, other: Container) -> bool:
        """Merge another container of the same kind into this one; `False` if it is of another kind."""
        if not isinstance(other, self.alike):
            return False
        if other is not self:
            self.is_many = True
            self.merge(machine, other)
        return True

    def merge(self, machine: Machine, other: Any) -> None:
        """It stands for another container as well, of the same kind."""

    def unknown_attribute(self) -> Abstract:
        self.look()
        return join_all([DATA if self.made_of is None else OPAQUE, self, *bagged(self.hidden())])

    def hidden(self) -> Iterable[Abstract]:
        """What an unknown attribute may be, or hold (`queue.queue`, `adapter.extra`)."""
        return (self,)

    def behind(self) -> Sequence[Container]:
        """The values that also define its attributes: the classes of an instance."""
        return ()

    def replace_inside(self, work: Callable[[Abstract], Abstract]) -> None:
        """Replace each of its members, of a container that nobody has seen yet."""

    def is_only_data(self) -> bool:
        return self.is_filled and is_plain(self)

    def placed(self, frame: Any, machine: Machine, node: ast.AST, since: int) -> Abstract:
        return frame.site(machine, node, self) if self.is_by_place and self.born > since else self

    def receives(self, args: Args) -> None:
        for each in args.values():
            hold(each)

    def becomes_many(self) -> None:
        """What it is from now on, it may be in addition to what it was."""
        self.is_many = True

    def look(self) -> None:
        """Note that its members are looked at."""
        self.read = next(CLOCK)

    @property
    def is_filled(self) -> bool:
        """Whether anything is known to be in it."""
        return True

    def take_in(self, machine: Machine, value: Abstract) -> None:
        """A value may be put in, at any place."""

    def disturb(self, machine: Machine) -> None:
        """Any member may be taken out, or to another place."""

    def call_unknown(self, machine: Machine, args: Args, at: int) -> Abstract:
        """Call an unknown method: it may put in its arguments, take out what is there, and return any of it."""
        back = machine.escape(args, at, DATA)
        if args.positional or args.keywords:
            self.take_in(machine, join_all([DATA, *non_data_in([back])]))
        self.disturb(machine)
        return join_all([back, self, *bagged([self])])

    def fewer(self, several: Sequence[Container], *, few: int, beside_data: bool) -> list[Abstract]:
        """The alternatives if they are few, else one bag that stands for all.

        Args:
            several: the alternatives.
            few: how many are kept apart.
            beside_data: plain data is an alternative, too; it includes containers of plain data, except for empty ones, which will be filled.
        """
        kept = [each for each in several if not (beside_data and each.is_only_data())]
        if len(kept) <= few:
            return list(kept)
        held = non_data_in(kept)
        if not held:
            return [DATA]
        for each in kept:
            if each.holds_all(held):
                return [each]
        return [Bag(join_all(held))]

    def holds_all(self, _values: Sequence[Abstract]) -> bool:
        """Whether it stands for containers of all these already: a bag of what it was made of before."""
        return False

    def changed(self, machine: Machine) -> None:
        self.version += 1
        machine.changed_at = max(machine.changed_at, self.read)
        machine.oldest_changed = min(machine.oldest_changed, self.born)


# Methods of containers that only look.
READING: Final = frozenset(
    {
        *("index", "count", "qsize", "empty", "full", "isdisjoint", "issubset", "issuperset", "task_done", "join", "total", "close"),
        *(
            f"__{name}__"
            for name in ("len", "contains", "eq", "ne", "lt", "le", "gt", "ge", "bool", "str", "repr", "hash", "sizeof", "init")
        ),
        *("done", "cancelled", "running", "cancel", "exception", "locked"),
    }
)


class Bag(Container):
    """Many containers as one: what may be in them, at any depth."""

    __slots__ = ("held",)
    is_container = True

    def __init__(self, held: Abstract) -> None:
        super().__init__()
        self.held = held

    def inside(self) -> Iterable[Abstract]:
        self.look()
        return (self.held,)

    @property
    def is_filled(self) -> bool:
        return True

    def add(self, machine: Machine, value: Abstract) -> None:
        new = join_all([self.held, *non_data_in([value])])
        if new != self.held:
            self.held = new
            self.changed(machine)

    def holds_all(self, values: Sequence[Abstract]) -> bool:
        return len(members(self.held)) == len(values)

    def _any(self) -> Abstract:
        self.look()
        return join_all([self, self.held, DATA])

    def attribute(self, _machine: Machine, _name: str, _at: int) -> Abstract:
        return self._any()

    def call(self, machine: Machine, args: Args, _at: int) -> Abstract:
        for value in args.values():
            self.add(machine, value)
        return self._any()

    def item(self, _machine: Machine, _key: Abstract, _at: int) -> Abstract:
        return self._any()

    def elements(self, _machine: Machine, _at: int) -> list[Abstract]:
        return [self._any()]

    def store_item(self, machine: Machine, _key: Abstract, value: Abstract) -> None:
        self.add(machine, value)


_MOST_COMPARED: Final = 64  # containers in containers


def are_twins(one: Abstract, other: Abstract) -> bool:
    """Whether two values differ only in which containers they are, like those that each pass of a loop creates."""
    left = _MOST_COMPARED
    waiting = [(one, other)]
    while waiting:
        first, second = waiting.pop()
        if first is second:
            continue
        if type(first) is not type(second):
            return False
        known, other_known = outline(first), outline(second)
        if known is None or other_known is None:
            if first != second:
                return False
            continue
        left -= 1
        (shape, held), (other_shape, other_held) = known, other_known
        if left < 0 or shape != other_shape:
            return False
        waiting += zip(held, other_held, strict=True)
    return True


def non_data_in(values: Iterable[Abstract], machine: Machine | None = None) -> list[Abstract]:
    """Everything except plain data in these values and in all that they hold; the machine records the dependencies."""
    given = [each for each in values if isinstance(each, Thing) and each is not DATA]  # mostly none
    return list(_things(given, machine))[::-1] if given else []


def bagged(values: Iterable[Abstract]) -> list[Abstract]:
    """Everything except plain data in these values, directly and in an unknown container."""
    held = non_data_in(values)
    return [Bag(join_all(held)), *held] if held else []


MOST_LOOKED_INTO: Final = 64  # containers in others, whose changes are looked for


def containers_in(values: Iterable[Abstract]) -> list[Container]:
    """Some of the containers in these, and in what they hold: all of them if they are fewer than `MOST_LOOKED_INTO`."""
    found: dict[Container, None] = {}
    waiting = list(values)
    while waiting and len(found) < MOST_LOOKED_INTO:
        for each in members(waiting.pop()):
            if isinstance(each, Container) and each not in found:
                found[each] = None
                waiting += each.inside()
    return list(found)


_STEPS_INTO: Final = 4  # what looking into a container costs, in members


def _things(waiting: list[Thing], machine: Machine | None = None) -> Iterator[Abstract]:
    found: set[Abstract] = set()
    seen: set[int] = set()
    steps = len(waiting)
    try:
        while waiting:
            value = waiting.pop()
            if value.is_container:
                if id(value) in seen:
                    continue
                seen.add(id(value))
                if machine is not None:
                    machine.depend_on(value)
            held = value.consists_of()
            if held is None:
                if value is not BOTTOM and value not in found:
                    found.add(value)
                    yield value
                continue
            before = len(waiting)
            waiting += [each for each in held if isinstance(each, Thing) and each is not DATA]
            steps += len(waiting) - before + _STEPS_INTO
    finally:  # also when the first one was enough
        walked(steps)
