"""What Python does with an instance by its class's special methods: `x(…)`, `x[key]`, `for`, `with`, `await`."""

from __future__ import annotations

from collections.abc import Sequence

from .arguments import Args, Machine
from .asking import under
from .attributes import Attributed
from .classes import ClassValue
from .dicts import DictValue
from .lists import ListValue, TupleValue
from .thing import BOTTOM, DATA, Abstract, Thing
from .unions import join, join_all, things


class SpecialMethods(Attributed):
    """An instance of a class of the script, as far as Python's own syntax is about it.

    Attributes:
        attrs: its own attributes.
        held: its members, if its class is derived from `dict`, `list` or the like.
    """

    __slots__ = ("held", "made_of")
    made_of: ClassValue

    def __init__(self, made_of: ClassValue, attrs: dict[str, Abstract]) -> None:
        super().__init__(attrs)
        self.made_of = made_of
        self.held: DictValue | ListValue | None = made_of.holds() if made_of.holds is not None else None

    def special(self, name: str) -> Abstract:
        return self.made_of.find(name)

    def is_of(self, classes: Sequence[ClassValue]) -> bool:
        return any(each in self.made_of.mro for each in classes)

    def sliced(self, machine: Machine, place: slice | None, at: int) -> Abstract:
        if self.special("__getitem__") is not BOTTOM:
            return machine.item(self, DATA, at)
        return machine.sliced(self._in_places(machine, at), place, at)

    def _in_places(self, machine: Machine, at: int) -> Abstract:
        """The tuple, list or dict that Python has in mind when it asks for an item."""
        if self.made_of.fields is not None:
            return TupleValue([self.attribute(machine, field, at) for field in self.made_of.fields])
        return DATA if self.held is None else self.held

    def plainly(self) -> Abstract:
        return self if self.held is None else self.held

    def got(self, machine: Machine, instance: Thing | None, made_of: Thing, at: int) -> Abstract:
        getter = self.special("__get__")
        return self if getter is BOTTOM else machine.call(getter, Args([self, instance, made_of]), at)

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        return machine.call(self.attribute(machine, "__call__", at), args, at)

    def item(self, machine: Machine, key: Abstract, at: int) -> Abstract:
        getter = self.made_of.find("__getitem__")
        if getter is not BOTTOM:
            return machine.call(getter, Args([self, key]), at)
        missing = self.made_of.find("__missing__") if self.held is not None else BOTTOM
        if missing is BOTTOM:
            return machine.item(self._in_places(machine, at), key, at)
        made = machine.call(missing, Args([self, key]), at)
        return join(under(self.held, key, BOTTOM), made)

    def elements(self, machine: Machine, at: int) -> list[Abstract]:
        if self.made_of.fields is not None and self.made_of.find("__iter__") is BOTTOM:
            return [self.attribute(machine, field, at) for field in self.made_of.fields] or [DATA]
        iterator = self._first_of("__iter__", "__aiter__")
        if iterator is BOTTOM and self.held is not None:
            return self.held.elements(machine, at)
        given: Abstract = self if iterator is BOTTOM else machine.call(iterator, Args([self]), at)
        following = self._first_of("__next__", "__anext__") if given is self else BOTTOM
        if following is not BOTTOM:
            return [machine.repeated(lambda: machine.call(following, Args([self]), at), at)]
        return [machine.repeated(lambda: self.item(machine, DATA, at), at)] if given is self else machine.elements(given, at)

    def _first_of(self, *names: str) -> Abstract:
        """The method of the first of these names that its class has."""
        return next((found for name in names if (found := self.made_of.find(name)) is not BOTTOM), BOTTOM)

    def awaited(self, machine: Machine, at: int) -> Abstract:
        method = self.made_of.find("__await__")
        if method is BOTTOM:
            return self
        return join_all([self, *(each.returned for each in things(machine.call(method, Args([self]), at)))])

    def suppresses(self) -> bool:
        return self.made_of.find("__exit__") is not BOTTOM

    def entered(self, machine: Machine, at: int) -> Abstract:
        enter = self._first_of("__enter__", "__aenter__")
        return self if enter is BOTTOM else machine.call(enter, Args([self]), at)

    def left(self, machine: Machine, at: int) -> None:
        leave = self._first_of("__exit__", "__aexit__")
        if leave is not BOTTOM:
            machine.call(leave, Args([self, DATA, DATA, DATA]), at)

    def store_item(self, machine: Machine, key: Abstract, value: Abstract) -> None:
        setter = self.made_of.find("__setitem__")
        if setter is not BOTTOM:
            machine.call(setter, Args([self, key, value]), 0)
        elif self.held is not None:
            self.held.store_item(machine, key, value)
