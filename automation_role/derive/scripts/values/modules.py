"""Modules whose text is here: the script itself, and what it imports from an attachment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from .arguments import Machine
from .dicts import DictValue
from .frames import Frame
from .strings import name_may_be
from .thing import BOTTOM, OPAQUE, Abstract, Thing


class Names(DictValue):
    """`globals()`: the module's variables themselves."""

    __slots__ = ("of",)

    def __init__(self, of: Frame) -> None:
        super().__init__()
        self._members = cast("dict[str | int, Abstract]", of.captured)
        self.of = of

    def changed(self, machine: Machine) -> None:
        super().changed(machine)
        self.of.version += 1
        machine.oldest_changed = min(machine.oldest_changed, self.of.born)


class ModuleValue(Thing):
    """A module of the script's own, from its attachment."""

    __slots__ = ("frame",)

    def __init__(self, frame: Frame) -> None:
        self.frame = frame

    def attribute(self, machine: Machine, name: str, at: int) -> Abstract:
        if name == "__dict__":
            return Names(self.frame)
        found = self.frame.captured.get(name, BOTTOM)
        if found is BOTTOM:
            package = self.frame.package
            if self.frame.path.endswith("__init__.py") and machine.has_module(f".{name}", package):
                return machine.module(f".{name}", package, at)
        return OPAQUE if found is BOTTOM else found

    def exported(self, _machine: Machine) -> Mapping[str, Abstract]:
        return self.frame.captured

    def known_names(self) -> list[str]:
        return list(self.frame.captured)

    def any_attribute(self, _machine: Machine, name: Abstract, _at: int) -> list[Abstract]:
        return [value for key, value in self.frame.captured.items() if name_may_be(name, key)]

    def store(self, machine: Machine, name: str, value: Abstract) -> None:
        self.frame.capture(machine, name, value)
