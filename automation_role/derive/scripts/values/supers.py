"""`super()` in the methods of a script's classes: what comes after a class in the method resolution order."""

from __future__ import annotations

from typing import Final

from .arguments import Args, Machine
from .asking import got
from .bound_methods import BoundMethod
from .classes import ClassValue
from .external import external
from .functions import Method, Partial
from .instances import InstanceValue
from .thing import BOTTOM, DATA, Abstract, Thing
from .unions import join, members

_PLAIN_NAMES: Final = {"__init__": "update"}


class Super(Thing):
    """`super()` in a method."""

    __slots__ = ("after", "target")

    def __init__(self, after: ClassValue, target: Abstract) -> None:
        self.after = after
        self.target = target

    def attribute(self, machine: Machine, name: str, at: int) -> Abstract:
        found: Abstract = BOTTOM
        for target in members(self.target):
            made_of = target.made_of if isinstance(target, InstanceValue) else target
            if not isinstance(made_of, ClassValue):
                continue
            if isinstance(target, ClassValue) and target.meta is not None and self.after in target.meta.mro:
                of_meta = target.meta.find(name, after=self.after)
                otherwise = Partial(_MAKE, Args([target])) if name == "__call__" else DATA
                found = join(found, otherwise if of_meta is BOTTOM else Method(of_meta, target))
                continue
            each = made_of.find(name, after=self.after)
            if name == "__new__" and each is BOTTOM:
                each = Partial(_NEW, Args([made_of]))
            elif isinstance(target, InstanceValue) and each is BOTTOM and name in {"__setattr__", "__getattribute__"}:
                each = Partial(external(f"builtins.object.{name}"), Args([target]))
            elif isinstance(target, InstanceValue) and each is BOTTOM and target.held is not None:
                each = BoundMethod(target.held, _PLAIN_NAMES.get(name, name))
            elif isinstance(target, InstanceValue) and each is BOTTOM and name == "__init__" and made_of.foreign:
                each = Partial(_START, Args([target]))
            elif isinstance(target, InstanceValue):
                each = DATA if each is BOTTOM else target.bound(each, machine, at)
            else:
                each = got(each, machine, None, made_of, at)
            found = join(found, each)
        return DATA if found is BOTTOM else found


class _New(Thing):
    """`object.__new__`."""

    __slots__ = ()

    def call(self, machine: Machine, args: Args, _at: int) -> Abstract:
        made_of = args.get(0, "cls", DATA)
        if not isinstance(made_of, ClassValue):
            return DATA
        if "builtins.type" in made_of.foreign and machine.class_made is not None:
            made: Abstract = machine.class_made
            return made
        return InstanceValue(made_of)


class _Start(Thing):
    """`__init__` of a base class that is not the script's."""

    __slots__ = ()

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        target = args.get(0, "self", DATA)
        if isinstance(target, InstanceValue):
            target.start_foreign(machine, args.after(1), at)
        return None


class _Make(Thing):
    """`type.__call__`."""

    __slots__ = ()

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        made_of = args.get(0, "cls", DATA)
        return made_of.made(machine, args.after(1), at) if isinstance(made_of, ClassValue) else DATA


_NEW: Final = _New()

_START: Final = _Start()
_MAKE: Final = _Make()
