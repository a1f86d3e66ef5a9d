"""Classes of a script: what they have under a name, and what calling them gives."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Final

from .arguments import Args, Machine
from .asking import got, in_order, unwrapped
from .attributes import Attributed
from .bound_methods import BoundMethod
from .containers import CLOCK, Container
from .decorators import Wrapper
from .dicts import DictValue
from .enums import EnumKind
from .fields import Factory
from .functions import Function, Method, Native, ending_in
from .lists import ListValue
from .mro import linearized
from .strings import name_may_be
from .thing import BOTTOM, DATA, OPAQUE, Abstract, Thing
from .unions import join, join_all, things
from .work import walked

_FEW: Final = 16  # bases that cost nothing worth counting


class ClassValue(Attributed):
    """A class of the script.

    Attributes:
        attrs: what its body defines; `sure` and `rest` as in `Attributed`.
        node: its syntax; `None` for one that a call makes (`namedtuple`, `type`).
        bases: its base classes that the script defines, too.
        foreign: its base classes that the script does not define (`threading.Thread`).
        is_error: it is derived from one of Python's exceptions, which keep their arguments as `args`.
        fields: names of the fields, in order, when calling it fills them (data classes, named tuples).
        mro: the method resolution order, the class first.
        enum: what makes it an `Enum`.
        meta: its metaclass, if the script defines that.
        holds: the container that its instances are, if it is derived from `dict`, `list` or the like.
    """

    __slots__ = (
        "bases",
        "enum",
        "fields",
        "foreign",
        "holds",
        "is_error",
        "members",
        "meta",
        "mro",
        "name",
        "node",
    )

    def __init__(
        self,
        name: str,
        attrs: dict[str, Abstract],
        bases: tuple[ClassValue, ...] = (),
        foreign: tuple[str, ...] = (),
        node: ast.ClassDef | None = None,
    ) -> None:
        super().__init__(attrs)
        self.node = node
        self.name = name
        self.bases = bases
        self.foreign: tuple[str, ...] = foreign + tuple(each for base in bases for each in base.foreign)
        self.fields: tuple[str, ...] | None = next((base.fields for base in bases if base.fields is not None), None)
        self.mro: list[ClassValue] = linearized(self, self.bases, [each.mro for each in self.bases])
        walked(len(self.mro))
        self.is_error: bool = any(base.is_error for base in bases)
        self.members: dict[str, Thing] = {}
        self.holds: Callable[[], DictValue | ListValue] | None = next((base.holds for base in bases if base.holds is not None), None)
        self.enum: EnumKind | None = next((base.enum for base in bases if base.enum is not None), None)
        self.meta: ClassValue | None = next((base.meta for base in bases if base.meta is not None), None)

    @property
    def code(self) -> ast.AST | None:  # type: ignore[override]
        return self.node

    def define(self, given: Args) -> None:
        """It has what a call passes as its namespace (`type(name, bases, namespace)`)."""
        self.attrs.update(given.keywords)
        self.sure.update(given.keywords.keys() - given.perhaps)
        self.rest = given.extra

    def behind(self) -> Sequence[Container]:
        return self.mro if self.meta is None else [*self.mro, *self.meta.mro]

    def find(self, name: str, after: ClassValue | None = None) -> Abstract:
        """The attribute of this name in the class or its bases; `BOTTOM` if there is none."""
        line = self.mro
        if len(line) > _FEW:
            walked(len(line))
        found: Abstract = BOTTOM
        now = next(CLOCK)
        for each in line[line.index(after) + 1 :] if after is not None and after in line else line:
            each.read = now
            if name in each.attrs:
                found = join(found, each.attrs[name])
                if name in each.sure:
                    return found
            if each.rest is not BOTTOM and not name.startswith("__"):
                found = join(found, each.rest)
        return found

    def is_foreign_to(self, language: tuple[str, ...]) -> bool:
        """Whether it is derived from a class that neither the script nor the language itself defines."""
        return any(not name.startswith(language) for name in self.foreign)

    @property
    def has_members(self) -> bool:
        """Whether it is an `Enum` whose members aren't read as their values: they aren't texts or numbers, or its `__new__` makes them."""
        return self.enum is not None and (self.find("__new__") is not BOTTOM or (self.enum.has_members and len(set(self.foreign)) == 1))

    def is_argument(self, field: str) -> bool:
        """Whether a field is an argument of the class."""
        found = self.find(field)
        return not isinstance(found, Factory) or found.is_given

    def attribute(self, machine: Machine, name: str, at: int) -> Abstract:
        self.look()
        found = self.find(name)
        if found is BOTTOM and name == "__match_args__":
            return ListValue(self.fields or ())
        if found is not BOTTOM:
            is_member = self.has_members and _is_member(name, found)
            return machine.member(self, self._first_named(name, found), found) if is_member else got(found, machine, None, self, at)
        if name in {"__dict__", "__members__"}:
            return DictValue(self.attrs)
        if name in {"__name__", "__qualname__"} and self.name:
            return self.name if name == "__name__" else ending_in(self.name)
        if name in {"_make", "__subclasses__"}:
            return BoundMethod(self, name)
        of_meta = self.meta.find(name) if self.meta is not None else BOTTOM
        if of_meta is not BOTTOM:
            return got(of_meta, machine, self, self, at)
        computed = self.meta.find("__getattr__") if self.meta is not None else BOTTOM
        if computed is not BOTTOM:
            return machine.call(computed, Args([self, name]), at)
        return DATA if self.enum is not None or self.foreign else OPAQUE

    def inherited(self, machine: Machine, name: str, after: ClassValue, at: int) -> Abstract:
        if self.meta is not None and after in self.meta.mro:
            of_meta = self.meta.find(name, after=after)
            otherwise = Native(self.made) if name == "__call__" else DATA
            return otherwise if of_meta is BOTTOM else Method(of_meta, self)
        found = self.find(name, after=after)
        return Native(self.new) if found is BOTTOM and name == "__new__" else got(found, machine, None, self, at)

    def new(self, machine: Machine, _args: Args, _at: int) -> Abstract:
        """The result of `object.__new__`; of `type.__new__`, if it is a metaclass."""
        is_meta = "builtins.type" in self.foreign and machine.class_made is not None
        made: Abstract = machine.class_made if is_meta else machine.bare_instance(self)
        return made

    def _first_named(self, name: str, value: Abstract) -> str:
        """The first name of an `Enum`'s value: the others are other names for that member."""
        if isinstance(value, Thing):
            return name
        return next((each for each, held in self.attrs.items() if type(held) is type(value) and held == value), name)

    def store(self, machine: Machine, name: str, value: Abstract) -> None:
        if name == "__bases__":
            machine.rewritten(name)
        super().store(machine, name, value)

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        if name == "_make" and self.find(name) is BOTTOM:
            values = args.get(0, "iterable", DATA)
            known = in_order(values)
            return self.call(machine, Args(rest=join_all(machine.elements(values, at))) if known is None else Args(list(known)), at)
        if name == "__subclasses__" and self.find(name) is BOTTOM:
            return ListValue([each for each in machine.classes if self in each.bases])
        return super().invoke(machine, name, args, at)

    def functions(self) -> list[tuple[str, Function]]:
        """The functions that its body defines, by name."""
        return [(name, value) for name, value in self.attrs.items() if isinstance(value, Function)]

    def known_names(self) -> list[str]:
        return [name for each in self.mro for name in each.attrs]

    def any_attribute(self, machine: Machine, name: Abstract, at: int) -> list[Abstract]:
        names = dict.fromkeys([*self.known_names(), *([] if self.meta is None else self.meta.known_names())])
        return [*(self.attribute(machine, key, at) for key in names if name_may_be(name, key)), *self.under_any_name()]

    def under_any_name(self) -> list[Abstract]:
        """What the class may have under unknown names."""
        for each in self.mro:
            each.look()
        return [each.rest for each in self.mro if each.rest is not BOTTOM]

    def escaped(self, machine: Machine, args: Args, at: int, _nested: int = 0) -> None:
        if self.is_overriding(machine, args) and machine.is_first_to_get(self):
            for each in things(self.call(machine, args, at)):
                each.all_called(machine, at)

    def is_overriding(self, machine: Machine, args: Args) -> bool:
        """Whether code that gets one of its instances may call what it overrides (`logging.Handler`)."""
        return args.extra is not DATA or self.is_foreign_to(machine.libraries.language)

    def item(self, machine: Machine, key: Abstract, at: int) -> Abstract:
        getter = self.meta.find("__getitem__") if self.meta is not None else BOTTOM
        if getter is BOTTOM:
            getter = self.find("__class_getitem__")
        if getter is not BOTTOM:
            return machine.call(unwrapped(getter), Args([self, key]), at)
        if self.enum is None:
            return self  # Generic[T]
        return self.attribute(machine, key, at) if isinstance(key, str) else join_all(self.elements(machine, at))

    def elements(self, machine: Machine, at: int) -> list[Abstract]:
        iterator = self.meta.find("__iter__") if self.meta is not None else BOTTOM
        if iterator is not BOTTOM:
            return machine.elements(machine.call(iterator, Args([self]), at), at)
        plain = [(name, value) for name, value in self.attrs.items() if _is_member(name, value)]
        return [machine.member(self, name, value) if self.has_members else value for name, value in plain] or [DATA]

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        caller = self.meta.find("__call__") if self.meta is not None else BOTTOM
        if caller is not BOTTOM:
            return machine.call(caller, args.before(self), at)
        return self.made(machine, args, at)

    def raised(self, machine: Machine, at: int) -> Abstract:
        return self.call(machine, Args(), at)

    def made(self, machine: Machine, args: Args, at: int) -> Abstract:
        """The result of `type.__call__`: a new instance."""
        if self.enum is not None:
            missing = self.find("_missing_")
            other = BOTTOM if missing is BOTTOM else machine.call(got(missing, machine, None, self, at), args, at)
            return join_all([*self.elements(machine, at), other, DATA if self.enum.combines else BOTTOM])
        made: Abstract = machine.instance(self, at)
        maker = self.find("__new__")
        if maker is not BOTTOM:
            made = machine.call(unwrapped(maker), args.before(self), at)
        for each in things(made):
            each.start(machine, args, at)
        return made


def _is_member(name: str, value: Abstract) -> bool:
    return not name.startswith("_") and not isinstance(value, (Function, Wrapper))


_READ_WHERE_USED: Final = frozenset(
    f"__{name}__"
    for name in (
        *("new", "init", "post_init", "call", "init_subclass", "class_getitem", "set_name", "prepare", "mro_entries", "subclasshook"),
        *("getattr", "getattribute", "setattr", "get", "set", "getitem", "setitem", "missing", "iter", "next", "aiter", "anext"),
        *("enter", "exit", "aenter", "aexit", "await"),
        *(
            f"{side}{name}"
            for side in ("", "r", "i")
            for name in ("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "or", "and", "xor")
        ),
    )
)


_GIVING_CODE: Final = frozenset({"__reduce__", "__reduce_ex__"})  # `pickle` calls the function that they give


def called_by_python(machine: Machine, made_of: ClassValue, target: Abstract, at: int) -> None:
    """Call the methods of a class that Python may call by itself for something that is made of it."""
    for each in made_of.mro:
        walked(len(each.attrs))
        for name, value in each.functions():
            if _is_called_by_python(name):
                given = machine.call(value, Args([target], rest=DATA), at)
                if name in _GIVING_CODE:
                    machine.escape(Args([given]), at, DATA)


def methods_of_python(made_of: ClassValue) -> dict[str, Function]:
    """The methods of a class under special names that are read where they are used (`__add__`, `__getitem__`)."""
    found = {name: made_of.find(name) for each in made_of.mro for name in each.attrs if name in _READ_WHERE_USED}
    return {name: value for name, value in found.items() if isinstance(value, Function)}


def _is_called_by_python(name: str) -> bool:
    """Whether Python calls this method by itself: much code leads to it (`__str__`, `__hash__`, `__deepcopy__`, `__reduce__`)."""
    return name.startswith("__") and name.endswith("__") and name not in _READ_WHERE_USED
