"""Functions that `functools` makes of others: `partial`, `partialmethod`, `singledispatch`."""

from __future__ import annotations

from typing import cast

from .arguments import Args, Machine
from .asking import got
from .dicts import DictValue
from .functions import Function, Method
from .lists import ListValue
from .thing import OPAQUE, Abstract, Thing
from .unions import join, join_all


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
