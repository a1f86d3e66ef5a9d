"""Instances of a script's classes: how they start, and their attributes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Final

from . import own_mappings
from .arguments import Args, Machine
from .asking import got, in_order, texts_in, unwrapped
from .attributes import Variables
from .bound_methods import BoundMethod
from .classes import ClassValue, called_by_python
from .containers import Container, bagged, non_data_in
from .decorators import Wrapper
from .dicts import DictValue
from .external import external
from .fields import Factory
from .functions import Native
from .lists import ListValue
from .partials import Partial
from .special_methods import SpecialMethods
from .strings import name_may_be
from .thing import BOTTOM, DATA, OPAQUE, Abstract
from .unions import join, join_all, members, things

_GIVEN: Final = "()"  # the attribute, which no code can name, with what a class that is not the script's was created with


class InstanceValue(SpecialMethods):
    """An instance of a class of the script: its attributes, and how it starts."""

    __slots__ = ()
    has_instances = True

    def __init__(self, made_of: ClassValue, attrs: dict[str, Abstract] | None = None) -> None:
        super().__init__(made_of, attrs if attrs is not None else {})

    @property
    def fields(self) -> tuple[str, ...] | None:  # type: ignore[override]
        return self.made_of.fields

    def behind(self) -> Sequence[Container]:
        return self.made_of.behind()

    def inherited(self, machine: Machine, name: str, after: ClassValue, at: int) -> Abstract:
        found = self.made_of.find(name, after=after)
        if found is not BOTTOM:
            return self.bound(found, machine, at)
        if name in {"__setattr__", "__getattribute__"}:
            return Partial(external(f"builtins.object.{name}"), Args([self]))
        if name == "__new__":
            return Native(self.made_of.new)
        if self.held is not None:
            return BoundMethod(self.held, "update" if name == "__init__" else name)
        return Native(self.start_foreign) if name == "__init__" and self.made_of.foreign else DATA

    def hidden(self) -> Iterable[Abstract]:
        return (self, *self.attrs.values())

    def replace_inside(self, work: Callable[[Abstract], Abstract]) -> None:
        for name, value in self.attrs.items():
            self.attrs[name] = work(value)
        self.rest = work(self.rest)
        if self.held is not None:
            self.held.replace_inside(work)

    def copied(self, machine: Machine) -> Abstract:
        own = [self.made_of.find(name) for name in ("__copy__", "__deepcopy__")]
        made = [machine.call(each, Args([self], rest=DATA), machine.first_line) for each in own if each is not BOTTOM]
        return join_all(made if len(made) == len(own) else [*made, self.twin(machine, Args())])

    def merged_into(self, target: DictValue, machine: Machine, at: int, *, surely: bool) -> None:
        if self.held is None:
            super().merged_into(target, machine, at, surely=surely)
        else:
            self.held.merged_into(target, machine, at, surely=surely)

    def outline(self) -> tuple[Hashable, Sequence[Abstract]]:
        held: Abstract = BOTTOM if self.held is None else self.held
        return (self.made_of, tuple(self.attrs), frozenset(self.sure), self.is_many), (*self.attrs.values(), self.rest, held)

    def same(self, other: Abstract) -> bool | None:
        """Each member of an `Enum` exists only once."""
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
        elif self.asks_itself:
            own_mappings.update(self, machine, args, at)
        elif self.held is not None:
            self.held.begin(machine, args, at)
        elif made_of.foreign:
            self.start_foreign(machine, args, at)
        called_by_python(machine, made_of, self, at)

    @property
    def asks_itself(self) -> bool:
        """Whether it is a mapping whose other methods use the `__getitem__` and `__setitem__` that its class has, as those of `dict` do not."""
        own = any(self.special(name) is not BOTTOM for name in ("__getitem__", "__setitem__"))
        return own and "collections.UserDict" in self.made_of.foreign and self.held is not None

    def start_member(self, machine: Machine, value: Abstract) -> None:
        """It is a new member of an `Enum`: its class's `__new__` and `__init__` get the value, a tuple as several arguments."""
        parts, at = in_order(value), machine.first_line
        args = Args([value] if parts is None else list(parts))
        maker, starter = self.made_of.find("__new__"), self.made_of.find("__init__")
        made = BOTTOM if maker is BOTTOM else machine.call(unwrapped(maker), args.before(self.made_of), at)
        for each in members(made):
            for name, held in each.attrs.items() if isinstance(each, InstanceValue) else ():
                self.store_plainly(machine, name, held)
        if starter is not BOTTOM:
            machine.call(starter, args.before(self), at)
        self.store_plainly(machine, "value", self.attrs["_value_"])

    def start_foreign(self, machine: Machine, args: Args, at: int) -> None:
        """`__init__` of a base class that is not the script's: what calling that class does (`subprocess.Popen`), else it has the arguments."""
        known = [each for each in self.made_of.foreign if each in machine.libraries.functions]
        for each in known:
            machine.call(external(each), args, at)
        if not known:
            machine.escape(args, at, DATA)
            if held := non_data_in(args.values()):
                self.store_plainly(machine, _GIVEN, join_all(held))

    def _fill(self, machine: Machine, args: Args, at: int) -> None:
        """The fields of a data class or named tuple."""
        place = 0
        for field in self.made_of.fields or ():
            default = self.made_of.find(field)
            is_given = self.made_of.is_argument(field)
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
        if name in self.sure and not self._descriptors(name, "__set__"):
            return own
        if name == "__class__":
            return self.made_of
        if name == "__dict__":
            return Variables(self)
        if not name.startswith("__"):
            own = join(own, self.rest)
        found = self.made_of.find(name)
        if found is not BOTTOM:
            return join(own, self.bound(found, machine, at))
        if own is BOTTOM and self.held is not None and name == "data":
            return self.held
        fallback = self.made_of.find("__getattr__")
        if fallback is not BOTTOM:
            return join(own, machine.call(fallback, Args([self, name]), at))
        if own is not BOTTOM:
            return own
        return BoundMethod(self, name) if self.made_of.foreign or self.made_of.fields is not None or name in _OF_OBJECTS else OPAQUE

    def bound(self, found: Abstract, machine: Machine, at: int) -> Abstract:
        """What its class has under a name, as its own."""
        return got(found, machine, self, self.made_of, at)

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        target = self.attribute(machine, name, at)
        if target != BoundMethod(self, name):
            return machine.call(target, args, at)
        method = _OF_OBJECTS.get(name) or (_OF_FIELDS.get(name) if self.made_of.fields is not None else None)
        if method is not None:
            return method(self, machine, args, at)
        if self.asks_itself and name in own_mappings.METHODS:
            return own_mappings.METHODS[name](self, machine, args, at)
        if self.held is not None:
            return self.held.invoke(machine, name, args, at)
        # A method of a class that is not the script's: it may call any of ours.
        found = join(machine.escape(args, at, DATA), self.all_called(machine, at))
        return join_all([found, *bagged([found])])

    def replaced(self, machine: Machine, args: Args, at: int) -> Abstract:
        fields = {name: self.attribute(machine, name, at) for name in self.made_of.fields or () if self.made_of.is_argument(name)}
        if any(self.made_of.find(each) is not BOTTOM for each in ("__post_init__", "__init__", "__new__")):
            return machine.call(self.made_of, Args([], {**fields, **args.keywords}, BOTTOM, args.extra), at)
        return self.twin(machine, args)

    def twin(self, machine: Machine, args: Args) -> InstanceValue:
        """A copy with some attributes replaced."""
        twin = InstanceValue(self.made_of, {**self.attrs, **args.keywords})
        twin.sure = {*self.sure, *args.keywords}
        twin.rest = self.rest
        twin.held = None if self.held is None else self.held.copy()
        if args.extra is not BOTTOM:
            twin.open(machine, args.extra)
        return twin

    def all_called(self, machine: Machine, at: int) -> Abstract:
        """It has escaped: every method may be called, and any of their results may come back."""
        found: Abstract = DATA
        around, machine.where = machine.where, object()
        for each in self.made_of.mro:
            for name, value in each.functions():
                if name != "__init__":
                    found = join(found, machine.later(value, Args([self], rest=DATA), at))
        machine.where = around
        return found

    def store(self, machine: Machine, name: str, value: Abstract) -> None:
        setter = self.made_of.find("__setattr__")
        if setter is BOTTOM:
            self.store_plainly(machine, name, value)
        else:
            machine.call(setter, Args([self, name, value]), 0)

    def store_plainly(self, machine: Machine, name: str, value: Abstract) -> None:
        if name == "__dict__":
            Variables(self).update(machine, value, 0)
            return
        if name == "__class__":  # from now on it may have what the other class has
            for each in members(value):
                for known in each.known_names() if isinstance(each, ClassValue) else ():
                    super().store(machine, known, join_all(self.bound(one, machine, 0) for one in members(each.find(known))))  # type: ignore[union-attr]
            self.forget(machine)
            return
        setters = self._descriptors(name, "__set__")
        for setter, first in setters:
            machine.call(setter, Args([*first, self, value]), 0)
        if not setters:
            super().store(machine, name, value)

    def store_any(self, machine: Machine, name: Abstract, value: Abstract, *, plainly: bool = False) -> None:
        setter = self.made_of.find("__setattr__")
        if plainly or setter is BOTTOM:
            self.open(machine, value, name)
        else:
            machine.call(setter, Args([self, name, value]), 0)

    def _descriptors(self, name: str, method: str) -> list[tuple[Abstract, list[Abstract]]]:
        """The functions that storing or deleting an attribute calls, each with its first arguments: a property's setter, a descriptor's `__set__`."""
        found = [each.descriptor(method) for each in things(self.made_of.find(name))]
        return [each for each in found if each[0] is not BOTTOM]

    def has(self, name: str) -> bool:
        return name in self.attrs or self.made_of.find(name) is not BOTTOM

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

    def escaped(self, machine: Machine, args: Args, at: int, _nested: int = 0) -> None:
        if self.made_of.find("__call__") is not BOTTOM:
            self.call(machine, args, at)
        for name in _OF_FILES.intersection(self.made_of.known_names()):
            machine.later(self.made_of.find(name), Args([self], rest=DATA), at)
        if self.made_of.is_overriding(machine, args) and machine.is_first_to_get(self):
            self.all_called(machine, at)

    def stored_by_all(self, machine: Machine, key: Any) -> None:
        if key in self.attrs and key not in self.sure:
            self.sure.add(key)
            self.changed(machine)

    def forget(self, machine: Machine, name: str = "") -> None:
        """One of its own attributes, or any of them, may have been deleted."""
        for deleter, first in self._descriptors(name, "__delete__") if name else ():
            machine.call(deleter, Args([*first, self]), machine.first_line)
        self.is_many = self.is_many or not name
        super().forget(machine, name)

    def settle(self, machine: Machine, key: Abstract, value: Abstract) -> None:
        if not isinstance(key, str) or isinstance(self.made_of.find(key), Wrapper):
            return
        if self.made_of.find("__setattr__") is BOTTOM and not self._descriptors(key, "__set__"):
            super().settle(machine, key, value)

    def leads_to_aws(self, machine: Machine) -> bool:
        return any(each.is_aws for each in things(join_all(non_data_in(self.attrs.values(), machine))))

    def mapping(self) -> DictValue | None:
        if self.made_of.name == "SimpleNamespace":
            return Variables(self)
        return None if self.held is None else self.held.mapping()


def _as_dict(of: InstanceValue, machine: Machine, _args: Args, at: int) -> Abstract:
    return DictValue({field: of.attribute(machine, field, at) for field in of.made_of.fields or ()})


def _replaced(of: InstanceValue, machine: Machine, args: Args, at: int) -> Abstract:
    return of.replaced(machine, args, at)


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


# What libraries call of anything that is passed to them as a file, a lock, or a filter of logs.
_OF_FILES: Final = frozenset(
    {"read", "readline", "readlines", "readinto", "write", "writelines", "flush", "close", "seek", "acquire", "release", "filter"}
)
_OF_OBJECTS: Final = {
    "__getattribute__": _get_attribute,
    "__setattr__": _set_attribute,
    "__delattr__": _delete_attribute,
    "__init__": _start,
}

# Methods of named tuples.
_OF_FIELDS: Final[dict[str, Callable[[InstanceValue, Machine, Args, int], Abstract]]] = {"_asdict": _as_dict, "_replace": _replaced}
