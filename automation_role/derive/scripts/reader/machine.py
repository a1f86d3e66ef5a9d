"""The machine that reads one script: what is asked of a value, the kind of the value answers.

Its state is in layers, each a file and an idea, the lowest first: `results`, `places`, `scattered`, `dependencies`, `later`, `functions`, `imports`;
here are the operations on values that the others call, what escapes from the script, and what is known of its classes and of boto3's sessions.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Final

from ..values.arguments import Args
from ..values.asking import foreign_name, gone_through, in_order, is_scalar, is_unknown, texts_in
from ..values.attributes import Attributed
from ..values.bound_methods import BoundMethod
from ..values.classes import ClassValue, methods_of_python
from ..values.containers import Bag, non_data_in
from ..values.credentials import OWN, Callers
from ..values.functions import Function
from ..values.instances import InstanceValue
from ..values.known_libraries import Libraries
from ..values.partials import Partial
from ..values.scalars import as_thing
from ..values.supers import Super
from ..values.thing import BOTTOM, DATA, Abstract, Thing
from ..values.unions import Union, join, join_all, members, things
from .functions import Reads
from .imports import Imports, Modules
from .limits import MAX_LEVELS

_OF_ALL: Final = frozenset({"__call__", "__getattribute__"})  # attributes of everything that can be called, and of everything
_VALUE: Final = frozenset({"value", "_value_"})
_MAX_INSTANCES: Final = 4  # of a class made in one line, that are distinguished
_MANY_STEPS: Final = 1_000  # statements read in one script, after which they no longer are


class Interpreter(Imports):
    """Reads one script.

    Attributes:
        libraries: what is known of the libraries that the script uses.
        rounds: how often a loop's body is read that is read for each element by itself, with the loops around it.
        default_callers: whose credentials boto3's default session has.
        default_region: the Region of clients without one; `None`: the one in which the automation runs.
        region_of_environment: the same of new sessions.
        classes: every class of the script; `class_made` the one that a metaclass of the script creates now.
    """

    def __init__(
        self, modules: Modules, unknown_modules_are: str, first_line: int, reader: type[Reads], libraries: Libraries[Abstract]
    ) -> None:
        super().__init__(modules, unknown_modules_are, first_line, reader)
        self.libraries = libraries
        self.rounds = 1
        self.default_callers: Callers = OWN
        self.region_of_environment: Abstract = None
        self.default_region: Abstract = None
        self.classes: list[ClassValue] = []
        self.class_made: ClassValue | None = None
        self._handed: dict[int, Thing] = {}  # by identity; kept, since Python uses an identity again
        self._kept: dict[Hashable, Bag] = {}  # what was passed to code that is not here
        self._instances: dict[tuple[ClassValue, int], list[InstanceValue]] = {}

    def forget(self) -> None:
        """Drop everything except the results: functions, containers and the variables around them refer to each other."""
        for frame in (*self.modules_read, *self.captured_from, self._scattered, self._thrown):
            frame.captured.clear()
            frame.sites.clear()
        for summary in self.summaries.values():
            summary.sites.clear()
        for instance in (each for several in self._instances.values() for each in several):
            instance.attrs.clear()
        for each in self.classes:
            each.attrs.clear()
            each.mro.clear()
        found = self.found
        vars(self).clear()
        self.found = found

    def finish(self) -> None:
        """Read what was put off, and then functions that nothing seems to call, although code that is not the script's may call them."""
        super().finish()
        while unread := self._unread():
            for function, args in unread:
                self.callback(Partial(function, args), [], self.first_line)
            super().finish()

    def _unread(self) -> list[tuple[Abstract, Args]]:
        """Special methods of what was created (`sum` calls `__radd__`), and functions that were stored in something unknown."""
        made = {made_of: several[0] for (made_of, _), several in self._instances.items()}
        special = [
            (each, Args([instance], rest=DATA)) for made_of, instance in made.items() for each in methods_of_python(made_of).values()
        ]
        stored = [(each, Args(rest=DATA, extra=DATA)) for value in self._scattered.captured.values() for each in things(value)]
        return [(each, args) for each, args in (*special, *stored) if isinstance(each, Function) and each.node not in self.efforts]

    def call(self, target: Abstract, args: Args, at: int) -> Abstract:
        """The result of `target(…)`."""
        if self.levels > MAX_LEVELS:
            return self.too_deep(at)
        self.levels += 1
        found = as_thing(target).call(self, args, at)
        self.levels -= 1
        return found

    def attribute(self, target: Abstract, name: str, at: int) -> Abstract:
        """The value of `target.name`."""
        if self.levels > MAX_LEVELS:
            return self.too_deep(at)
        self.levels += 1
        if name in _OF_ALL and not _looks_up_all(target):
            found: Abstract = target if name == "__call__" else BoundMethod(target, name)
        else:
            found = as_thing(target).attribute(self, name, at)
            if name in _VALUE and any(each.enum is not None for each in self.classes) and not _looks_up_all(target):
                found = join(found, target)  # members of an `Enum` are read as their values
        self.levels -= 1
        return found if found is DATA else self.depend_on(found)

    def invoke(self, target: Abstract, name: str, args: Args, at: int) -> Abstract:
        """The result of `target.name(…)`."""
        if self.levels > MAX_LEVELS:
            return self.too_deep(at)
        if name in _OF_ALL and not _looks_up_all(target):
            if name == "__call__":
                return self.call(target, args, at)
            if not (foreign_name(target) and len(args.positional) > 1):  # `object.__getattribute__(x, name)`
                return self.by_name(target, args.get(0, "name", DATA), at)
        self.levels += 1
        found = as_thing(target).invoke(self, name, args, at)
        self.levels -= 1
        return found if found is DATA else self.depend_on(found)

    def item(self, target: Abstract, key: Abstract, at: int) -> Abstract:
        """The value of `target[key]`."""
        if self.levels > MAX_LEVELS:
            return self.too_deep(at)
        self.levels += 1
        found = as_thing(target).item(self, key, at)
        self.levels -= 1
        return found if found is DATA else self.depend_on(found)

    def sliced(self, target: Abstract, place: slice | None, at: int) -> Abstract:
        """The value of `target[place]`; `None` for an unknown slice."""
        return as_thing(target).sliced(self, place, at)

    def elements(self, target: Abstract, at: int) -> list[Abstract]:
        """The elements of an iteration, one by one as far as they are known."""
        if self.levels > MAX_LEVELS:
            return [self.too_deep(at)]
        self.levels += 1
        iterated = as_thing(target)
        found = iterated.elements(self, at)
        iterated.consumed(self)
        self.levels -= 1
        self.spend(len(found))
        for each in found:
            if each is not DATA:
                self.depend_on(each)
        return found

    def unpacked(self, value: Abstract, count: int, at: int) -> list[Abstract]:
        """The parts of `a, b = value`."""
        items = in_order(value)
        if items is not None and len(items) == count:
            items = gone_through(value, self) or []
            return [self.depend_on(each) for each in items]
        alternatives = members(value)
        if len(alternatives) > 1:
            several = [self.unpacked(member, count, at) for member in alternatives if member is not None]
            return [join_all(each[place] for each in several) for place in range(count)]
        whole = join_all(self.elements(value, at))
        return [whole] * count

    def with_method(self, several: Sequence[Abstract], name: str) -> list[Abstract]:
        """Those of several values that have a method: an operation that only one of two services has is called on that one."""
        with_method = [(each, as_thing(each).has_method(name)) for each in several if each is not None]
        return [each for can in (True, None) for each, has in with_method if has is can] or [each for each, _ in with_method[:1]]

    def escape(self, args: Args, at: int, given: Abstract) -> Abstract:
        """Pass arguments to code that is not part of the script, and return what it may return.

        Functions among them may be called, with the others and with `given` for what is not known.
        """
        things = [each for each in non_data_in(args.values(), self) if not (is_unknown(each) or foreign_name(each))]
        if not things:
            return given
        self.spend(len(things))
        around, self.where = self.where, object()
        for place, value in enumerate(args.positional):
            if not is_scalar(value):
                others = [each for each in non_data_in([*args.positional[place + 1 :], *args.keywords.values()]) if each is not value]
                named = dict(args.keywords) if others else {}
                as_thing(value).escaped(self, Args([], named, join_all([given, *args.positional[place + 1 :], *others]), given), at)
        for name, value in (*args.keywords.items(), ("", args.rest), ("", args.extra)):
            if not (is_scalar(value) or is_unknown(value)):
                others = non_data_in([*args.positional, *(each for key, each in args.keywords.items() if key != name)])
                as_thing(value).escaped(self, Args([], {}, join_all([given, *others]), given), at)
        self.where = around
        kept = self._kept.setdefault(tuple(things), Bag(join_all(things)))
        return join_all([given, kept, *things])

    def is_first_to_get(self, value: Thing) -> bool:
        """Whether a value has not yet escaped to code that is not part of the script; from now on it has."""
        if id(value) in self._handed:
            return False
        self._handed[id(value)] = value
        return True

    def callback(self, function: Abstract, given: Sequence[Abstract], at: int) -> Abstract:
        """Call a value, if it is a function, with these arguments: never, once or many times."""
        if function is None or function is BOTTOM:
            return DATA
        around, self.where = self.where, object()
        found = self.repeated(lambda: self.call(function, Args(list(given)), at), at)
        self.where = around
        return found

    def by_name(self, target: Abstract, name: Abstract, at: int) -> Abstract:
        """The value of `getattr(target, name)`, for every name that it may be."""
        names = texts_in(name)
        return self.any_attribute(target, name, at) if names is None else join_all(self.attribute(target, each, at) for each in names)

    def any_attribute(self, target: Abstract, name: Abstract, at: int) -> Abstract:
        """The value of `getattr(target, name)` when the name is unknown."""
        found = [one for each in members(target) for one in as_thing(each).any_attribute(self, name, at)]
        return join_all(found)

    def member(self, made_of: ClassValue, name: str, value: Abstract) -> Thing:
        """A member of an `Enum` of the script, the same one each time."""
        if name not in made_of.members:
            made = made_of.members[name] = InstanceValue(made_of, {"value": value, "_value_": value, "name": name, "_name_": name})
            around, self.where = self.where, object()
            made.start_member(self, value)
            self.where = around
        return made_of.members[name]

    def bare_instance(self, made_of: ClassValue) -> InstanceValue:
        """A new instance of a class of the script, by `object.__new__`."""
        return InstanceValue(made_of)

    def instance(self, made_of: ClassValue, at: int) -> InstanceValue:
        """A new instance; if a line creates many, one stands for all."""
        made = self._instances.setdefault((made_of, at), [])
        if len(made) < (_MAX_INSTANCES if self.steps < _MANY_STEPS else 1):
            made.append(InstanceValue(made_of))
            self.created_here(made[-1])
        else:
            made[-1].forget(self)
        return made[-1]


def _looks_up_all(target: Abstract) -> bool:
    """Whether it looks up even what everything has: an instance or a class of the script, whose class may define it, and what may be one."""
    return isinstance(target, (Attributed, Super, Union))
