"""Functions of a script, and the methods that its classes make of them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Final

from ....values.patterns import ANY, Pattern
from ....values.value import Text
from .arguments import Args, Machine
from .asking import identity, is_unknown
from .containers import Container
from .dicts import DictValue
from .lists import ListValue, TupleValue
from .signatures import FunctionNode, signature_of
from .thing import BOTTOM, DATA, OPAQUE, Abstract, EqualByParts, Thing
from .unions import join, join_all

if TYPE_CHECKING:
    from .frames import Frame


class Function(Thing):
    """A `def` or `lambda` of the script, with the variables around it."""

    __slots__ = ("defaults", "frame", "node", "owner", "signature")

    def __init__(self, node: FunctionNode, frame: Frame, defaults: dict[str, Abstract]) -> None:
        self.node = node
        self.signature = signature_of(node)
        self.frame = frame
        self.defaults = defaults
        self.owner: Container | None = None  # the class whose method it is

    @property
    def code(self) -> ast.AST:  # type: ignore[override]
        return self.node

    @property
    def name(self) -> str:
        return getattr(self.node, "name", "<lambda>")

    def truth(self) -> bool:
        return True

    def attribute(self, _machine: Machine, name: str, _at: int) -> Abstract:
        own = self.frame.captured.get(f"{self.name}.{name}", BOTTOM)
        if name == "__wrapped__":
            return self
        if name in {"__name__", "__qualname__"}:
            return join(self.name if name == "__name__" else ending_in(self.name), own)
        if own is not BOTTOM:
            return own
        if name in {"__defaults__", "__kwdefaults__"}:
            placed = self.signature.names
            among = {each: value for each, value in self.defaults.items() if (each in placed) is (name == "__defaults__")}
            return ListValue(among.values()) if name == "__defaults__" else _KeywordDefaults(among)
        if name in {"fget", "__func__"}:
            return self
        if name == "__dict__":
            return _AttributesOfFunction(self)
        return DATA if name in _DATA_OF_FUNCTIONS else OPAQUE

    def store(self, machine: Machine, name: str, value: Abstract) -> None:
        if name in {"__code__", "__defaults__", "__kwdefaults__"}:
            machine.rewritten(name)
        self.frame.capture(machine, f"{self.name}.{name}", value)  # a name that no variable has

    def escaped(self, machine: Machine, args: Args, at: int, _nested: int = 0) -> None:
        machine.later(self, args, at)

    def call(self, machine: Machine, args: Args, _at: int) -> Abstract:
        return machine.run(self, args)

    def got(self, _machine: Machine, instance: Thing | None, _made_of: Thing, _at: int) -> Abstract:
        return self if instance is None else Method(self, instance)

    def bound(self, machine: Machine, args: Args) -> dict[str, Abstract]:
        """The variables that the function starts with."""
        signature = self.signature
        variables: dict[str, Abstract] = dict(zip(signature.names, args.positional, strict=False))
        keywords = args.keywords
        if keywords or len(args.positional) < len(signature.names) or signature.keyword_only:
            keywords = dict(keywords)
            for name in signature.names[len(args.positional) :]:
                if name in keywords:
                    value = keywords.pop(name)
                    variables[name] = join_all([value, args.extra, self.defaults.get(name, BOTTOM)]) if name in args.perhaps else value
                else:
                    variables[name] = self._missing(name, join(args.rest, args.extra))
            for name in signature.keyword_only:
                if name in keywords and name not in args.perhaps:
                    variables[name] = keywords.pop(name)
                else:
                    variables[name] = self._missing(name, join(keywords.pop(name, BOTTOM), args.extra))
        if signature.rest is not None:
            variables[signature.rest] = TupleValue(args.positional[len(signature.names) :], args.rest)
        if signature.others is not None:
            others = DictValue(keywords, rest=args.extra)
            others.sure -= args.perhaps
            variables[signature.others] = others
        for name, annotation in signature.annotations.items():
            if is_unknown(variables[name]):
                variables[name] = machine.annotated(annotation, self.frame, variables[name])
        return variables

    def _missing(self, name: str, given: Abstract) -> Abstract:
        value = join(given, self.defaults.get(name, BOTTOM))
        return OPAQUE if value is BOTTOM else value


class _KeywordDefaults(DictValue):
    """`f.__kwdefaults__`."""

    __slots__ = ()

    def changed(self, machine: Machine) -> None:
        super().changed(machine)
        machine.rewritten("__kwdefaults__")


class _AttributesOfFunction(DictValue):
    """`f.__dict__`: what is put in there is an attribute of the function."""

    __slots__ = ("of",)

    def __init__(self, of: Function) -> None:
        prefix = f"{of.name}."
        super().__init__({key.removeprefix(prefix): value for key, value in of.frame.captured.items() if key.startswith(prefix)})
        self.of = of

    def changed(self, machine: Machine) -> None:
        super().changed(machine)
        for name, value in self._members.items():
            self.of.store(machine, str(name), value)


# Of functions, what is plain data.
_DATA_OF_FUNCTIONS: Final = frozenset({"__doc__", "__module__", "__annotations__", "cache_clear", "cache_info"})


class Method(EqualByParts):
    """A function of a class, bound to an instance or to a class."""

    __slots__ = ("function", "target")

    def __init__(self, function: Abstract, target: Abstract) -> None:
        self.function = function
        self.target = target

    def parts(self) -> tuple[object, ...]:
        return (id(self.function), id(self.target))

    def identity(self) -> Hashable:
        return (self, identity(self.target))

    def attribute(self, machine: Machine, name: str, at: int) -> Abstract:
        return self.target if name == "__self__" else machine.attribute(self.function, name, at)

    def escaped(self, machine: Machine, args: Args, at: int, _nested: int = 0) -> None:
        machine.later(self, args, at)

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        return machine.call(self.function, args.before(self.target), at)


class Native(EqualByParts):
    """A function that is Python's own, for one value of the script: what `super()` finds behind the script's classes."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[[Machine, Args, int], Abstract]) -> None:
        self.function = function

    def parts(self) -> tuple[object, ...]:
        return (self.function,)

    def escaped(self, machine: Machine, args: Args, at: int, _nested: int = 0) -> None:
        machine.later(self, args, at)

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        return self.function(machine, args, at)


def ending_in(name: str) -> Abstract:
    """The `__qualname__` of what has a name: the names of what it is in stand before it."""
    return Text((Pattern((ANY,)) + Pattern.literal(name),))
