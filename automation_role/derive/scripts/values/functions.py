"""Functions of a script, and their results."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from ....values.patterns import ANY, Pattern
from ....values.value import Text
from .arguments import Args, Machine
from .asking import foreign_name, got, identity, is_scalar, is_unknown
from .containers import MOST_LOOKED_INTO, Container, containers_in
from .dicts import DictValue
from .lists import ListValue, TupleValue
from .thing import BOTTOM, DATA, OPAQUE, Abstract, EqualByParts, Thing
from .unions import join, join_all

if TYPE_CHECKING:
    from .frames import Frame

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Signature:
    """The parameters of a function, read once."""

    __slots__ = ("annotations", "is_generator", "is_suspended", "keyword_only", "names", "others", "rest")

    def __init__(self, node: FunctionNode) -> None:
        given = node.args
        placed = [*given.posonlyargs, *given.args]
        self.names = tuple(each.arg for each in placed)
        self.keyword_only = tuple(each.arg for each in given.kwonlyargs)
        self.is_generator: bool = getattr(node, "yields", False)
        self.is_suspended = self.is_generator or isinstance(node, ast.AsyncFunctionDef)  # others run before it has ended
        self.rest = given.vararg.arg if given.vararg else None
        self.others = given.kwarg.arg if given.kwarg else None
        self.annotations = {each.arg: each.annotation for each in (*placed, *given.kwonlyargs) if each.annotation is not None}


def mark_generators(tree: ast.AST, text: str) -> None:
    """Mark the functions of a script that are generators; only what is in a line with `yield` is looked at."""
    lines = [number for number, line in enumerate(_LINE_END.split(text), 1) if "yield" in line]
    waiting: list[tuple[ast.AST, ast.AST]] = [(tree, tree)]
    while waiting:
        node, function = waiting.pop()
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            function.yields = True  # type: ignore[attr-defined]
        inside = node if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) else function
        waiting += [(each, inside) for each in ast.iter_child_nodes(node) if _has_line_of(lines, each)]


_LINE_END: Final = re.compile(r"\r\n|\r|\n")  # Python's: `str.splitlines` has more


def _has_line_of(lines: Sequence[int], node: Any) -> bool:
    first = getattr(node, "lineno", None)
    if first is None:  # `ast.arguments` and the like
        return True
    at = bisect_left(lines, first)
    return at < len(lines) and lines[at] <= node.end_lineno


def signature_of(node: FunctionNode) -> Signature:
    """The parameters of a function, kept with its syntax."""
    found: Signature | None = getattr(node, "parameters", None)
    if found is None:
        found = Signature(node)
        node.parameters = found  # type: ignore[union-attr]
    return found


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


class Partial(Thing):
    """`functools.partial`."""

    __slots__ = ("args", "target")

    def __init__(self, target: Abstract, args: Args) -> None:
        self.target = target
        self.args = args

    def attribute(self, _machine: Machine, name: str, _at: int) -> Abstract:
        if name == "func":
            return self.target
        if name == "args":
            return ListValue(self.args.positional, self.args.rest)
        return _KeywordsOfPartial(self) if name == "keywords" else OPAQUE

    def escaped(self, machine: Machine, args: Args, at: int, _nested: int = 0) -> None:
        machine.later(self, args, at)

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        first = self.args
        return machine.call(
            self.target,
            Args(
                [*first.positional, *args.positional],
                {**first.keywords, **args.keywords},
                join(first.rest, args.rest),
                join(first.extra, args.extra),
                first.perhaps | args.perhaps,
            ),
            at,
        )


class _KeywordsOfPartial(DictValue):
    """`p.keywords`: what is put in there is passed from then on."""

    __slots__ = ()

    def __init__(self, of: Partial) -> None:
        super().__init__(of.args.keywords, rest=of.args.extra)
        self.sure -= of.args.perhaps
        self._members = cast("dict[str | int, Abstract]", of.args.keywords)


class PartialMethod(Partial):
    """`functools.partialmethod`: in a class, a method of which some arguments after `self` are passed."""

    __slots__ = ()

    def got(self, machine: Machine, instance: Thing | None, made_of: Thing, at: int) -> Abstract:
        return self if instance is None else Partial(got(self.target, machine, instance, made_of, at), self.args)


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


class Dispatcher(Thing):
    """A function under `functools.singledispatch`: the type of its first argument decides which of its functions runs."""

    __slots__ = ("functions",)

    def __init__(self, function: Abstract) -> None:
        self.functions = [function]

    def attribute(self, machine: Machine, name: str, at: int) -> Abstract:
        return _Register(self) if name == "register" else super().attribute(machine, name, at)

    def got(self, _machine: Machine, instance: Thing | None, _made_of: Thing, _at: int) -> Abstract:
        return self if instance is None else Method(self, instance)

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        return join_all(machine.call(each, args, at) for each in self.functions)


class _Register(Thing):
    """`dispatcher.register(type)(function)`, `.register(type, function)`, `.register(function)`."""

    __slots__ = ("dispatcher",)

    def __init__(self, dispatcher: Dispatcher) -> None:
        self.dispatcher = dispatcher

    def call(self, machine: Machine, args: Args, _at: int) -> Abstract:
        function = next((each for each in args.positional if isinstance(each, (Function, Method, Partial))), None)
        if function is None:
            return self
        if function not in self.dispatcher.functions:
            self.dispatcher.functions.append(function)
            machine.oldest_changed = 0
        return function


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


def ending_in(name: str) -> Abstract:
    """The `__qualname__` of what has a name: the names of what it is in stand before it."""
    return Text((Pattern((ANY,)) + Pattern.literal(name),))


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
