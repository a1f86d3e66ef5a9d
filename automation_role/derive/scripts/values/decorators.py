"""What decorators make of functions: properties, class methods, context managers."""

from __future__ import annotations

from .arguments import Args, Machine
from .asking import foreign_name, is_scalar, is_unknown
from .containers import MOST_LOOKED_INTO, Container, containers_in
from .functions import Function, Method
from .thing import BOTTOM, DATA, Abstract, EqualByParts, Thing
from .unions import join_all


class Wrapper(Thing):
    """A function that a decorator marked: `property`, `staticmethod`, `classmethod`."""

    __slots__ = ("deleter", "function", "kind", "setter")

    def __init__(self, kind: str, function: Abstract, setter: Abstract = BOTTOM, deleter: Abstract = BOTTOM) -> None:
        self.kind = kind
        self.function = function
        self.setter = setter
        self.deleter = deleter

    def descriptor(self, name: str) -> tuple[Abstract, list[Abstract]]:
        return self.setter if name == "__set__" else self.deleter, []

    def unwrapped(self) -> Abstract:
        return self.function

    def got(self, machine: Machine, instance: Thing | None, made_of: Thing, at: int) -> Abstract:
        if self.kind == "classmethod":
            return Method(self.function, made_of)
        if self.kind == "contextmanager":
            return self if instance is None else Wrapper(self.kind, Method(self.function, instance))
        if self.kind == "property":
            return self if instance is None else machine.call(self.function, Args([instance]), at)
        return self.function

    def attribute(self, _machine: Machine, name: str, _at: int) -> Abstract:
        if name in {"fset", "fdel"}:
            return self.setter if name == "fset" else self.deleter
        return _Setter(self, name) if name in {"setter", "deleter", "getter"} else self.function

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        made = machine.call(self.function, args, at)
        return Entering(made, self.function, args) if self.kind == "contextmanager" else made


class Entering(EqualByParts):
    """The result of a function under `@contextmanager`: `with` binds what it yields."""

    __slots__ = ("args", "function", "versions", "yields")

    def __init__(self, yields: Abstract, function: Abstract, args: Args) -> None:
        self.yields = yields
        self.function = function
        self.args = args
        self.versions: dict[Container, int] = {}

    def parts(self) -> tuple[object, ...]:
        return (id(self.yields),)

    def suppresses(self) -> bool:
        return True

    def entered(self, machine: Machine, at: int) -> Abstract:
        found = machine.elements(self.yields, at)
        self.versions = {each: each.version for each in containers_in(found)}
        return join_all(found)

    def left(self, machine: Machine, at: int) -> None:
        """The `with` block has ended: the function continues, and sees what was done to the value that it yielded."""
        if any(each.version != version for each, version in self.versions.items()) or len(self.versions) >= MOST_LOOKED_INTO:
            machine.resume()
        machine.call(self.function, self.args, at)

    def call(self, _machine: Machine, args: Args, _at: int) -> Abstract:
        return args.get(0, "func", DATA)  # used as a decorator


class _Setter(Thing):
    """`@x.setter`."""

    __slots__ = ("kind", "wrapper")

    def __init__(self, wrapper: Wrapper, kind: str) -> None:
        self.wrapper = wrapper
        self.kind = kind

    def call(self, _machine: Machine, args: Args, _at: int) -> Abstract:
        kept, given = self.wrapper, args.get(0, "fset", DATA)
        return Wrapper(
            kept.kind,
            given if self.kind == "getter" else kept.function,
            given if self.kind == "setter" else kept.setter,
            given if self.kind == "deleter" else kept.deleter,
        )


def decorated(machine: Machine, decorator: Abstract, function: Abstract, at: int) -> Abstract:
    """The result of a decorator on a function or class; a decorator that isn't part of the script leaves it unchanged."""
    if name := foreign_name(decorator):
        kind = machine.libraries.decorators.get(name)
        if kind == "call":
            return machine.call(decorator, Args([function]), at)
        if kind == "keep" or (kind is None and "()." in name):  # `@stack.callback`: that object may call it
            machine.escape(Args([function]), at, DATA)
        if name == "functools.wraps()" and isinstance(function, Function):
            function.store(machine, "__name__", DATA)  # that of another function
        return function if kind is None or kind == "keep" else Wrapper(kind, function)
    if is_scalar(decorator) or is_unknown(decorator):
        return function
    made = machine.call(decorator, Args([function]), at)
    return function if is_unknown(made) or made is None else made
