"""`super()` in the methods of a script's classes: what comes after a class in the method resolution order."""

from __future__ import annotations

from .arguments import Machine
from .classes import ClassValue
from .thing import BOTTOM, DATA, Abstract, Thing
from .unions import join_all, things


class Super(Thing):
    """`super()` in a method."""

    __slots__ = ("after", "target")

    def __init__(self, after: ClassValue, target: Abstract) -> None:
        self.after = after
        self.target = target

    def attribute(self, machine: Machine, name: str, at: int) -> Abstract:
        found = join_all([each.inherited(machine, name, self.after, at) for each in things(self.target)])
        return DATA if found is BOTTOM else found
