"""What is read when it is consumed, and sees what there is then: generators, `map` and `zip`, views of dicts."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Final

from .arguments import Machine
from .containers import Container
from .lists import ListValue
from .thing import BOTTOM, Abstract
from .unions import join, join_all

_MOST_SOURCES: Final = 8  # places that one value may come from


class Supply:
    """Where elements come from.

    Attributes:
        read: gives them again.
        seen: what they were made of, each in the version that it had.
        is_live: they are what is there now, as in a view of a dict; else some of them may have been taken before.
    """

    __slots__ = ("is_live", "machine", "read", "seen")

    def __init__(self, machine: Machine, read: Callable[[], Abstract], seen: Mapping[Any, int], *, is_live: bool = False) -> None:
        self.machine = machine
        self.read = read
        self.seen = seen
        self.is_live = is_live


class Lazy(ListValue):
    """Elements that are read when they are consumed: again, when what they were made of has changed.

    Attributes:
        is_iterator: what has gone through it has taken its elements; `is_held`: and somebody else may go through it as well.
    """

    __slots__ = ("_is_read", "is_held", "is_iterator", "sources")

    def __init__(
        self, items: Iterable[Abstract] = (), rest: Abstract = BOTTOM, sources: Iterable[Supply] = (), *, is_iterator: bool = False
    ) -> None:
        super().__init__(items, rest)
        self.sources = list(sources)
        self._is_read = False
        self.is_iterator = is_iterator
        self.is_held = False

    def hold(self) -> None:
        self.is_held = True

    def consumed(self, machine: Machine) -> None:
        if self.is_iterator and self.is_held:
            self.blur(machine)

    def copy(self) -> Lazy:
        twin = Lazy(self.items, self._rest, self.sources, is_iterator=self.is_iterator)
        twin.is_held = self.is_held
        return twin

    @property
    def items(self) -> list[Abstract]:
        """The elements with known places."""
        self.look_again()
        return super().items

    @property
    def rest(self) -> Abstract:
        """What any further elements may be."""
        self.look_again()
        return super().rest

    def look_again(self) -> None:
        """Read the elements again if something has changed."""
        for source in () if self._is_read else self.sources:
            if any(each.version != version for each, version in source.seen.items()):
                self._is_read = True
                found, seen = source.machine.seeing(source.read)
                source.seen = {**{each: each.version for each in source.seen}, **seen}
                self._is_read = False
                source.machine.spend(len(self._items))
                self.take(source.machine, found, is_live=source.is_live and len(self.sources) == 1)
            source.machine.saw_all(source.seen)

    def take(self, machine: Machine, found: Abstract, *, is_live: bool) -> None:
        """It may have these elements as well, or has only these."""
        items, rest = (found.items, found.rest) if isinstance(found, ListValue) else ([], found)
        if items == self._items or is_live:
            new = rest if is_live else join(self._rest, rest)
        else:
            new, items = join_all([*self._items, self._rest, *items, rest]), []
        if (items, new) != (self._items, self._rest):
            self._items, self._rest = items, new
            self.changed(machine)

    def comes_from_only(self, source: Supply) -> None:
        """It is read there."""
        self.sources = [source]

    def comes_from(self, source: Supply) -> None:
        """It is read there, too."""
        self.sources = [*self.sources[1 - _MOST_SOURCES :], source]

    def supplies(self) -> Sequence[Supply]:
        return self.sources

    def merge(self, machine: Machine, other: ListValue) -> None:
        self.sources = [*self.sources, *other.supplies()][-_MOST_SOURCES:]
        super().merge(machine, other)


class Generator(Lazy):
    """What a function with `yield` gives; `returned` is what it returns, which is what `yield from` gives."""

    __slots__ = ("_returned",)

    def __init__(self, yielded: Abstract, returned: Abstract, sources: Iterable[Supply] = ()) -> None:
        super().__init__([], yielded, sources)
        self._returned = returned

    @property
    def returned(self) -> Abstract:
        """What `yield from` gives."""
        self.look_again()
        return self._returned

    def outline(self) -> tuple[Hashable, Sequence[Abstract]]:
        shape, held = super().outline()
        return shape, (*held, self._returned)

    def copy(self) -> Generator:
        return Generator(self._rest, self._returned, self.sources)

    def take(self, machine: Machine, found: Abstract, *, is_live: bool) -> None:
        super().take(machine, found, is_live=is_live)
        if isinstance(found, Generator):
            self._returned = join(self._returned, found.returned)

    def merge(self, machine: Machine, other: ListValue) -> None:
        self._returned = join(self._returned, other.returned)
        super().merge(machine, other)


def view_of(target: Container, machine: Machine, read: Callable[[], ListValue]) -> Lazy:
    """What a view of a dict shows: what is there whenever somebody looks."""
    made = read()
    return Lazy(made.items, made.rest, [Supply(machine, read, {target: target.version}, is_live=True)])
