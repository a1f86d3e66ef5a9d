"""What classes and their instances have in common: attributes, of which some certainly exist."""

from __future__ import annotations

from typing import cast

from .arguments import Machine
from .containers import Container
from .dicts import DictValue
from .keys import key_may_be
from .thing import BOTTOM, Abstract
from .unions import join


class Attributed(Container):
    """A value with attributes.

    Attributes:
        attrs: its attributes.
        sure: names that certainly exist, with exactly the value in `attrs`; what the others may also be is `rest`.
    """

    __slots__ = ("attrs", "rest", "sure")

    def __init__(self, attrs: dict[str, Abstract]) -> None:
        super().__init__()
        self.attrs = attrs
        self.sure = set(attrs)
        self.rest: Abstract = BOTTOM

    def store(self, machine: Machine, name: str, value: Abstract) -> None:
        old = self.attrs.get(name, BOTTOM)
        new = join(old, value)
        if new is not old and new != old:
            self.attrs[name] = new
            self.changed(machine)

    def open(self, machine: Machine, value: Abstract, key: Abstract = BOTTOM) -> None:
        """Any attribute, or any that `key` may name, may have been set to a value."""
        new = join(self.rest, value)
        if new is not self.rest and new != self.rest:
            self.rest = new
            self.changed(machine)
        for name, held in list(self.attrs.items()):
            if key is BOTTOM or key_may_be(key, name):
                self.store(machine, name, join(held, value))

    def store_any(self, machine: Machine, name: Abstract, value: Abstract, *, plainly: bool = False) -> None:  # noqa: ARG002  # the same
        self.open(machine, value, name)

    def forget(self, machine: Machine, name: str = "") -> None:
        """An attribute, or any of them, may have been deleted."""
        machine.forgotten(self)
        gone = {each for each in self.sure if not name or each == name}
        if gone:
            self.sure -= gone
            self.changed(machine)

    def forget_attribute(self, machine: Machine, name: str) -> None:
        self.forget(machine, name)

    def settle(self, machine: Machine, key: Abstract, value: Abstract) -> None:
        if not isinstance(key, str):
            return
        old = self.attrs.get(key, BOTTOM)
        if key not in self.sure or (old is not value and old != value):
            self.attrs[key] = value
            self.sure.add(key)
            self.changed(machine)


class Variables(DictValue):
    """`vars(x)`, `x.__dict__`: the attributes themselves."""

    __slots__ = ("of",)

    def __init__(self, of: Attributed) -> None:
        super().__init__()
        self._members = cast("dict[str | int, Abstract]", of.attrs)
        self.sure = cast("set[str | int]", of.sure)
        self._rest = of.rest
        self.is_open = of.rest is not BOTTOM
        self.of = of
        self.born = of.born  # a view of the instance, not a container of its own

    def open(self, machine: Machine, value: Abstract, key: Abstract = BOTTOM) -> None:
        super().open(machine, value, key)
        self.of.open(machine, value, key)

    def changed(self, machine: Machine) -> None:
        super().changed(machine)
        self.of.changed(machine)
