"""Classes of a script and their instances, and what Python itself calls of them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Sequence
from typing import Final, cast

from .asking import in_order, name_may_be, special, unwrapped
from .attributes import Attributed
from .bound_methods import BoundMethod
from .containers import CLOCK, Container, bagged
from .dicts import DictValue
from .domain import BOTTOM, DATA, OPAQUE, Abstract, Args, Machine, Thing, join, join_all, members, texts_in
from .enums import EnumKind
from .external import external
from .fields import Factory
from .functions import Dispatcher, Function, Method, Partial, PartialMethod, Wrapper
from .lists import ListValue
from .mro import linearized
from .work import walked

_FEW: Final = 16  # bases that cost nothing worth counting


class ClassValue(Attributed):
    """A class of the script.

    Attributes:
        attrs: what its body defines; `sure` and `rest` as in `Attributed`.
        node: its syntax; `None` for one that a call makes (`namedtuple`, `type`).
        bases: its base classes that the script defines, too.
        foreign: its base classes that the script does not define (`threading.Thread`).
        is_error: it is made of one of Python's exceptions, which keep what they are made with as `args`.
        fields: names of the fields, in order, when calling it fills them (data classes, named tuples).
        mro: the class and those it comes from, the nearest first.
        enum: what makes it an `Enum`.
        meta: its metaclass, if the script defines that.
        holds: what its instances are like, when its class is made of `dict`, `list` or the like.
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
        self.members: dict[str, InstanceValue] = {}
        self.holds: Callable[[], DictValue | ListValue] | None = next((base.holds for base in bases if base.holds is not None), None)
        self.enum: EnumKind | None = next((base.enum for base in bases if base.enum is not None), None)
        self.meta: ClassValue | None = next((base.meta for base in bases if base.meta is not None), None)

    def behind(self) -> Sequence[Container]:
        return self.mro if self.meta is None else [*self.mro, *self.meta.mro]

    def find(self, name: str, after: ClassValue | None = None) -> Abstract:
        """What a name is in the class; `BOTTOM` when it has none."""
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
        """Whether it is made of a class that neither the script nor the language itself defines."""
        return any(not name.startswith(language) for name in self.foreign)

    @property
    def has_members(self) -> bool:
        """Whether it is an `Enum` whose members aren't texts or numbers: none is equal to its value, and all count as true."""
        return self.enum is not None and self.enum.has_members and len(set(self.foreign)) == 1

    def member(self, name: str, value: Abstract) -> InstanceValue:
        """A member of such an `Enum`, the same one each time."""
        known = self.members.get(name)
        if known is None:
            known = self.members[name] = InstanceValue(self, {"value": value, "_value_": value, "name": name, "_name_": name})
        return known

    def attribute(self, machine: Machine, name: str, at: int) -> Abstract:
        self.look()
        found = self.find(name)
        if isinstance(found, Wrapper):
            if found.kind == "contextmanager":
                return found
            return Method(found.function, self) if found.kind == "classmethod" else found.function
        if found is BOTTOM and name == "__match_args__":
            return ListValue(self.fields or ())
        if found is not BOTTOM:
            return self.member(name, found) if self.has_members and _is_member(name, found) else _got(machine, found, None, self, at)
        if name in {"__dict__", "__members__"}:
            return DictValue(self.attrs)
        if name in {"__name__", "__qualname__"}:
            return self.name
        if name in {"_make", "__subclasses__"}:
            return BoundMethod(self, name)
        of_meta = self.meta.find(name) if self.meta is not None else BOTTOM
        if of_meta is not BOTTOM:
            return Method(of_meta, self) if isinstance(of_meta, Function) else of_meta
        computed = self.meta.find("__getattr__") if self.meta is not None else BOTTOM
        if computed is not BOTTOM:
            return machine.call(computed, Args([self, name]), at)
        return DATA if self.enum is not None or self.foreign else OPAQUE

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        if name == "_make" and self.find(name) is BOTTOM:
            values = args.get(0, "iterable", DATA)
            known = in_order(values)
            return self.call(machine, Args(rest=join_all(machine.elements(values, at))) if known is None else Args(list(known)), at)
        if name == "__subclasses__" and self.find(name) is BOTTOM:
            return ListValue([each for each in machine.classes if self in each.bases])
        return super().invoke(machine, name, args, at)

    def known_names(self) -> list[str]:
        return [name for each in self.mro for name in each.attrs]

    def any_attribute(self, machine: Machine, name: Abstract, at: int) -> list[Abstract]:
        names = dict.fromkeys([*self.known_names(), *([] if self.meta is None else self.meta.known_names())])
        return [*(self.attribute(machine, key, at) for key in names if name_may_be(name, key)), *self.under_any_name()]

    def under_any_name(self) -> list[Abstract]:
        """What the class may have under names that are not known."""
        for each in self.mro:
            each.look()
        return [each.rest for each in self.mro if each.rest is not BOTTOM]

    def given_away(self, machine: Machine, args: Args, at: int, _nested: int = 0) -> None:
        if self.is_overriding(machine, args) and machine.is_first_to_get(self):
            for each in members(self.call(machine, args, at)):
                if isinstance(each, InstanceValue):
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
        return [self.member(name, value) if self.has_members else value for name, value in plain] or [DATA]

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        caller = self.meta.find("__call__") if self.meta is not None else BOTTOM
        if caller is not BOTTOM:
            return machine.call(caller, args.before(self), at)
        return self.made(machine, args, at)

    def made(self, machine: Machine, args: Args, at: int) -> Abstract:
        """What `type.__call__` gives: a new instance."""
        if self.enum is not None:
            return join_all([*self.elements(machine, at), DATA if self.enum.combines else BOTTOM])
        made: Abstract = machine.instance(self, at)
        maker = self.find("__new__")
        if maker is not BOTTOM:
            made = machine.call(unwrapped(maker), args.before(self), at)
        for each in members(made):
            if isinstance(each, InstanceValue):
                each.start(machine, args, at)
        return made


def _is_member(name: str, value: Abstract) -> bool:
    return not name.startswith("_") and not isinstance(value, (Function, Wrapper))


def _got(machine: Machine, found: Abstract, of: Abstract, made_of: ClassValue, at: int) -> Abstract:
    """An attribute of a class, of which a descriptor says what it is."""
    for each in members(found):
        if (getter := special(each, "__get__")) is not BOTTOM:
            found = join(found, machine.call(getter, Args([each, of, made_of]), at))
    return found


class InstanceValue(Attributed):
    """An instance of a class of the script.

    Attributes:
        attrs: its own attributes.
        held: its members, when its class is made of `dict`, `list` or the like.
    """

    __slots__ = ("held", "made_of")
    is_instance = True
    has_instances = True

    def __init__(self, made_of: ClassValue, attrs: dict[str, Abstract] | None = None) -> None:
        super().__init__(attrs if attrs is not None else {})
        self.made_of = made_of
        self.held: DictValue | ListValue | None = made_of.holds() if made_of.holds is not None else None

    def behind(self) -> Sequence[Container]:
        return self.made_of.behind()

    def special(self, name: str) -> Abstract:
        return self.made_of.find(name)

    def is_of(self, classes: Sequence[ClassValue]) -> bool:
        return any(each in self.made_of.mro for each in classes)

    def sliced(self, machine: Machine, place: slice | None, at: int) -> Abstract:
        own = self.special("__getitem__") is BOTTOM and isinstance(self.held, ListValue)  # its class is made of `list`
        return machine.sliced(self.held, place, at) if own else machine.item(self, DATA, at)

    def copied(self, machine: Machine) -> Abstract:
        return self.replaced(machine, Args())

    def plainly(self) -> Abstract:
        return self if self.held is None else self.held

    def outline(self) -> tuple[Hashable, Sequence[Abstract]]:
        held: Abstract = BOTTOM if self.held is None else self.held
        return (self.made_of, tuple(self.attrs), frozenset(self.sure), self.is_many), (*self.attrs.values(), self.rest, held)

    def same(self, other: Thing) -> bool | None:
        """Members of an `Enum` are each only once there."""
        both = isinstance(other, InstanceValue) and self.made_of.has_members and other.made_of.has_members
        return self is other if both else None

    def start(self, machine: Machine, args: Args, at: int) -> None:
        """`__init__`, and the methods that Python calls on its own."""
        made_of = self.made_of
        if made_of.is_error:
            self.store(machine, "args", ListValue(args.positional, args.rest))
        starter = made_of.find("__init__")
        if starter is not BOTTOM:
            machine.call(starter, args.before(self), at)
        elif made_of.fields is not None:
            self._fill(machine, args, at)
            after = made_of.find("__post_init__")
            if after is not BOTTOM:
                machine.call(after, Args([self]), at)
        elif isinstance(self.held, DictValue):
            for each in args.positional:  # `ChainMap` takes several
                self.held.update(machine, each, at, surely=len(args.positional) == 1)
            self.held.invoke(machine, "update", Args([], args.keywords, args.rest, args.extra), at)
        elif self.held is not None:
            self.held.invoke(machine, "update", args, at)
        elif made_of.foreign:
            self.start_foreign(machine, args, at)
        called_by_python(machine, made_of, self, at)

    def start_foreign(self, machine: Machine, args: Args, at: int) -> None:
        """`__init__` of a base class that is not the script's: what calling that class does (`subprocess.Popen`), else it has the arguments."""
        known = [each for each in self.made_of.foreign if each in machine.libraries.functions]
        for each in known:
            machine.call(external(each), args, at)
        if not known:
            machine.escape(args, at, DATA)

    def _fill(self, machine: Machine, args: Args, at: int) -> None:
        """The fields of a data class or named tuple."""
        place = 0
        for field in self.made_of.fields or ():
            default = self.made_of.find(field)
            is_given = not isinstance(default, Factory) or default.is_given
            value = args.get(place, field) if is_given else BOTTOM
            if value is BOTTOM or field in args.perhaps:
                value = join(value, default.first(machine, at) if isinstance(default, Factory) else default)
            place += is_given
            if value is BOTTOM and not is_given:
                continue
            value = OPAQUE if value is BOTTOM else value
            self.store(machine, field, value)
            if not self.is_many:
                self.settle(machine, field, value)

    def truth(self) -> bool | None:
        # Its class, or one that is not the script's, may say something else.
        made_of = self.made_of
        says = made_of.foreign or made_of.find("__bool__") is not BOTTOM or made_of.find("__len__") is not BOTTOM
        return None if says or made_of.fields is not None else True

    def attribute(self, machine: Machine, name: str, at: int) -> Abstract:
        getter = self.made_of.find("__getattribute__")
        if getter is BOTTOM or (name.startswith("__") and name.endswith("__")):  # Python looks up its own in the class
            return self.attribute_plainly(machine, name, at)
        self.look()
        return machine.call(getter, Args([self, name]), at)

    def attribute_plainly(self, machine: Machine, name: str, at: int) -> Abstract:
        """`object.__getattribute__(x, name)`."""
        self.look()
        own = self.attrs.get(name, BOTTOM)
        if name in self.sure and not self._setters(name):
            return own
        if name == "__class__":
            return self.made_of
        if name == "__dict__":
            return Variables(self)
        if not name.startswith("__"):
            own = join(own, self.rest)
        found = self.made_of.find(name)
        if found is not BOTTOM:
            return join_all([own, *(self.bound(each, machine, at) for each in members(found))])
        if own is BOTTOM and self.held is not None and name == "data":
            return self.held
        fallback = self.made_of.find("__getattr__")
        if fallback is not BOTTOM:
            return join(own, machine.call(fallback, Args([self, name]), at))
        if own is not BOTTOM:
            return own
        return BoundMethod(self, name) if self.made_of.foreign or self.made_of.fields is not None or name in _OF_OBJECTS else OPAQUE

    def bound(self, found: Abstract, machine: Machine, at: int) -> Abstract:
        """What its class has under a name, as its own: a function is its method, a property is what it returns."""
        if isinstance(found, Wrapper):
            if found.kind == "property":
                return machine.call(found.function, Args([self]), at)
            if found.kind == "contextmanager":
                return Wrapper(found.kind, Method(found.function, self))
            return Method(found.function, self.made_of) if found.kind == "classmethod" else found.function
        if (getter := special(found, "__get__")) is not BOTTOM:
            return machine.call(getter, Args([found, self, self.made_of]), at)
        if isinstance(found, PartialMethod):
            return Partial(self.bound(found.target, machine, at), found.args)
        return Method(found, self) if isinstance(found, (Function, Dispatcher)) else found

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        target = self.attribute(machine, name, at)
        if isinstance(target, BoundMethod) and target.target is self:
            method = _OF_OBJECTS.get(name) or (_OF_FIELDS.get(name) if self.made_of.fields is not None else None)
            if method is not None:
                return method(self, machine, args, at)
        if self.held is not None and isinstance(target, BoundMethod) and target.target is self:
            return self.held.invoke(machine, name, args, at)
        if (
            isinstance(target, BoundMethod) and target.target is self
        ):  # a method of a class that is not the script's: it may call any of ours
            found = join(machine.escape(args, at, DATA), self.all_called(machine, at))
            return join_all([found, *bagged([found])])
        return machine.call(target, args, at)

    def replaced(self, machine: Machine, args: Args) -> InstanceValue:
        """Another one with some attributes replaced."""
        twin = InstanceValue(self.made_of, {**self.attrs, **args.keywords})
        twin.sure = {*self.sure, *args.keywords}
        twin.rest = self.rest
        twin.held = None if self.held is None else self.held.copy()
        if args.extra is not BOTTOM:
            twin.open(machine, args.extra)
        return twin

    def all_called(self, machine: Machine, at: int) -> Abstract:
        """Somebody unknown has it: every method may be called, and what comes of it may come back."""
        found: Abstract = DATA
        around, machine.where = machine.where, object()
        for each in self.made_of.mro:
            for name, value in list(each.attrs.items()):
                if isinstance(value, Function) and name != "__init__":
                    found = join(found, machine.call(value, Args([self], rest=DATA), at))
        machine.where = around
        return found

    def store(self, machine: Machine, name: str, value: Abstract) -> None:
        setter = self.made_of.find("__setattr__")
        if setter is BOTTOM:
            self.store_plainly(machine, name, value)
        else:
            machine.call(setter, Args([self, name, value]), 0)

    def store_plainly(self, machine: Machine, name: str, value: Abstract) -> None:
        """`object.__setattr__(x, name, value)`."""
        if name == "__dict__":
            Variables(self).update(machine, value, 0)
            return
        if name == "__class__":  # from now on it may have what the other class has
            for each in members(value):
                for known in each.known_names() if isinstance(each, ClassValue) else ():
                    super().store(machine, known, join_all(self.bound(one, machine, 0) for one in members(each.find(known))))  # type: ignore[union-attr]
            self.forget(machine)
            return
        setters = self._setters(name)
        for setter, first in setters:
            machine.call(setter, Args([*first, self, value]), 0)
        if not setters:
            super().store(machine, name, value)

    def store_any(self, machine: Machine, name: Abstract, value: Abstract) -> None:
        """`setattr(x, name, value)` with a name that is not known."""
        setter = self.made_of.find("__setattr__")
        if setter is BOTTOM:
            self.open(machine, value, name)
        else:
            machine.call(setter, Args([self, name, value]), 0)

    def _setters(self, name: str) -> list[tuple[Abstract, list[Abstract]]]:
        """What says what storing an attribute does, each with its first arguments: a property's setter, `__set__` of a descriptor."""
        found: list[tuple[Abstract, list[Abstract]]] = []
        for each in members(self.made_of.find(name)):
            if isinstance(each, Wrapper) and each.setter is not BOTTOM:
                found.append((each.setter, []))
            elif (setter := special(each, "__set__")) is not BOTTOM:
                found.append((setter, [each]))
        return found

    def known_names(self) -> list[str]:
        return [*self.attrs, *self.made_of.known_names()]

    def any_attribute(self, machine: Machine, name: Abstract, at: int) -> list[Abstract]:
        self.look()
        of_class = [self.attribute(machine, key, at) for key in self.made_of.known_names() if name_may_be(name, key)]
        own = [value for key, value in self.attrs.items() if name_may_be(name, key)]
        others = [self.bound(each, machine, at) for each in self.made_of.under_any_name()]
        fallback = self.made_of.find("__getattr__")
        computed = BOTTOM if fallback is BOTTOM else machine.call(fallback, Args([self, name]), at)
        return [*of_class, *own, *others, self.rest, computed]

    def given_away(self, machine: Machine, args: Args, at: int, _nested: int = 0) -> None:
        if self.made_of.find("__call__") is not BOTTOM:
            self.call(machine, args, at)
        if self.made_of.is_overriding(machine, args) and machine.is_first_to_get(self):
            self.all_called(machine, at)

    def stored_by_all(self, machine: Machine, key: str) -> None:
        if key in self.attrs and key not in self.sure:
            self.sure.add(key)
            self.changed(machine)

    def forget(self, machine: Machine, name: str = "") -> None:
        """An attribute of its own, or any, may be gone."""
        for each in members(self.made_of.find(name)) if name else ():
            if isinstance(each, Wrapper) and each.deleter is not BOTTOM:
                machine.call(each.deleter, Args([self]), machine.first_line)
            elif isinstance(each, InstanceValue) and (deleter := each.made_of.find("__delete__")) is not BOTTOM:
                machine.call(deleter, Args([each, self]), machine.first_line)
        self.is_many = self.is_many or not name
        super().forget(machine, name)

    def settle(self, machine: Machine, key: Abstract, value: Abstract) -> None:
        if not isinstance(key, str) or isinstance(self.made_of.find(key), Wrapper):
            return
        if self.made_of.find("__setattr__") is BOTTOM and not self._setters(key):
            super().settle(machine, key, value)

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        return machine.call(self.attribute(machine, "__call__", at), args, at)

    def item(self, machine: Machine, key: Abstract, at: int) -> Abstract:
        getter = self.made_of.find("__getitem__")
        if getter is BOTTOM and isinstance(key, str) and self.made_of.fields is not None:  # `TypedDict`
            return self.attribute(machine, key, at)
        if getter is BOTTOM and isinstance(key, int) and self.made_of.fields is not None and key < len(self.made_of.fields):
            return self.attribute(machine, self.made_of.fields[key], at)
        if getter is BOTTOM and self.held is not None:
            missing = self.made_of.find("__missing__")
            made = BOTTOM if missing is BOTTOM else machine.call(missing, Args([self, key]), at)
            found = self.held.lookup(key, BOTTOM) if isinstance(self.held, DictValue) else self.held.item(machine, key, at)
            return join(found, made) if found is not BOTTOM or made is not BOTTOM else DATA
        return DATA if getter is BOTTOM else machine.call(getter, Args([self, key]), at)

    def elements(self, machine: Machine, at: int) -> list[Abstract]:
        if self.made_of.fields is not None and self.made_of.find("__iter__") is BOTTOM:
            return [self.attribute(machine, field, at) for field in self.made_of.fields] or [DATA]
        iterator = self.made_of.find("__iter__")
        if iterator is BOTTOM and self.held is not None:
            return self.held.elements(machine, at)
        given: Abstract = self if iterator is BOTTOM else machine.call(iterator, Args([self]), at)
        following = self.made_of.find("__next__") if given is self else BOTTOM
        if following is not BOTTOM:
            return [machine.repeated(lambda: machine.call(following, Args([self]), at), at)]
        return [machine.repeated(lambda: self.item(machine, DATA, at), at)] if given is self else machine.elements(given, at)

    def entered(self, machine: Machine, at: int) -> Abstract:
        enter = self.made_of.find("__enter__")
        if enter is BOTTOM:
            enter = self.made_of.find("__aenter__")
        leave = self.made_of.find("__exit__")
        if leave is BOTTOM:
            leave = self.made_of.find("__aexit__")
        given = self if enter is BOTTOM else machine.call(enter, Args([self]), at)
        if leave is not BOTTOM:
            machine.call(leave, Args([self, DATA, DATA, DATA]), at)
        return given

    def store_item(self, machine: Machine, key: Abstract, value: Abstract) -> None:
        setter = self.made_of.find("__setitem__")
        if setter is not BOTTOM:
            machine.call(setter, Args([self, key, value]), 0)
        elif self.held is not None:
            self.held.store_item(machine, key, value)


def _as_dict(of: InstanceValue, machine: Machine, _args: Args, at: int) -> Abstract:
    return DictValue({field: of.attribute(machine, field, at) for field in of.made_of.fields or ()})


def _replaced(of: InstanceValue, machine: Machine, args: Args, _at: int) -> Abstract:
    return of.replaced(machine, args)


def _get_attribute(of: InstanceValue, machine: Machine, args: Args, at: int) -> Abstract:
    names = texts_in(args.get(0, "name", DATA))
    return machine.any_attribute(of, DATA, at) if names is None else join_all(of.attribute_plainly(machine, name, at) for name in names)


def _set_attribute(of: InstanceValue, machine: Machine, args: Args, _at: int) -> Abstract:
    name, value = args.get(0, "name", DATA), args.get(1, "value", DATA)
    names = texts_in(name)
    for each in names or ():
        of.store_plainly(machine, each, value)
    if names is None:
        of.open(machine, value, name)
    return None


def _delete_attribute(of: InstanceValue, machine: Machine, args: Args, _at: int) -> Abstract:
    for name in texts_in(args.get(0, "name", DATA)) or ("",):
        of.forget(machine, name)
    return None


def _start(of: InstanceValue, machine: Machine, args: Args, at: int) -> Abstract:
    """`x.__init__(…)` of a class that has none of its own: of a `SimpleNamespace`, a data class, a dict."""
    if of.made_of.name == "SimpleNamespace":
        Variables(of).invoke(machine, "update", args, at)
    else:
        of.start(machine, args, at)
    return None


_OF_OBJECTS: Final = {
    "__getattribute__": _get_attribute,
    "__setattr__": _set_attribute,
    "__delattr__": _delete_attribute,
    "__init__": _start,
}

# Methods of named tuples.
_OF_FIELDS: Final[dict[str, Callable[[InstanceValue, Machine, Args, int], Abstract]]] = {"_asdict": _as_dict, "_replace": _replaced}

# Methods that Python calls, and so does the reader where the code that makes Python call them is read.
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


def called_by_python(machine: Machine, made_of: ClassValue, target: Abstract, at: int) -> None:
    """Call the methods of a class that Python may call by itself for something that is made of it."""
    for each in made_of.mro:
        walked(len(each.attrs))
        for name, value in list(each.attrs.items()):
            if _is_called_by_python(name) and isinstance(value, Function):
                machine.call(value, Args([target], rest=DATA), at)


def _is_called_by_python(name: str) -> bool:
    """Whether it is a method that Python calls by itself: many things lead to it (`__str__`, `__hash__`, `__deepcopy__`, `__reduce__`)."""
    return name.startswith("__") and name.endswith("__") and name not in _READ_WHERE_USED


class Variables(DictValue):
    """`vars(x)`, `x.__dict__`: the attributes themselves."""

    __slots__ = ("of",)

    def __init__(self, of: InstanceValue) -> None:
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
