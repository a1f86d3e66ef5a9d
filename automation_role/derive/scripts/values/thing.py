"""What a script's variables may hold, as far as it matters for the API calls that it makes.

A script is read by an abstract interpreter: it walks the code once, in order, with these in place of values. Strings, numbers, `None` and
`Text` (several texts, or a text with holes) stand for themselves; everything else is a `Thing`.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol, TypeAlias

from ....values.value import UNKNOWN, Text, Value
from .reading import Reading


class Lowering(Protocol):
    """What writes down one input of an API call (`inputs.lower`)."""

    def value(self, value: Abstract) -> Value:
        """What is known of a value."""

    def inside(self, of: Any, held: Iterable[Abstract]) -> tuple[Value, ...] | None:
        """What a container holds; `None` when that cannot be written down."""


class Thing:
    """Anything that is not plain text or a number; a kind that can do more overrides what it can."""

    __slots__ = ()
    is_container = False  # whether it consists only of its members

    code: ast.AST | None = None  # the `def`, `lambda` or `class` that made it
    is_unknown = False  # whether nothing is known except its kind
    made_of: Any = None  # the class of the script that it is an instance of
    has_instances = False  # whether it may be such an instance
    is_by_place = False  # whether those that one expression makes are distinguished (`Frame.site`)
    foreign_name = ""  # its full name, when the script takes it from elsewhere
    fields: tuple[str, ...] | None = None  # names of the fields of a data class or named tuple, or of an instance of one
    is_in_place = False  # whether `x += …` changes it, for all who hold it
    is_many = False  # whether it stands for several that one place of the code creates, so no change is about all of them
    where: Any = None  # where in the code it was made, if that is known and matters (`Container`); `born`: when
    born = 0
    is_versioned = False  # whether it can change, and says so: a `Container`
    is_aws = False  # whether calling a method of it is an API call
    leads: Collection[str] = ()  # its methods that make calls, or return what can
    has_items = True  # whether `x[key]` and `for each in x` can be meant

    def fewer(self, several: Sequence[Any], *, few: int, beside_data: bool) -> list[Abstract]:  # noqa: ARG002  # for kinds that can
        """Fewer values that stand for several alternatives of its kind."""
        return list(several)

    def is_only_data(self) -> bool:
        """Whether it is certainly a container of plain data, and not one that is still empty, which something else may be put into."""
        return False

    def leads_to_aws(self, _machine: AnyMachine) -> bool:
        """Whether API calls can be made through it, or through its attributes."""
        return self.is_aws

    def has(self, name: str) -> bool:
        """Whether it has an attribute of a name through which a call may be made."""
        return name in self.leads

    def has_method(self, _name: str) -> bool | None:
        """Whether it has a method of a name, for kinds of which all methods are known: clients."""
        return None

    def as_input(self, _lowering: Lowering) -> Value:
        """What is known of it as an input of an API call."""
        return UNKNOWN

    def consists_of(self) -> Iterable[Abstract] | None:
        """What it consists of; `None` if it is more than its members."""
        return None

    def outline(self) -> tuple[Hashable, Sequence[Abstract]] | None:
        """Its shape and its members by place, for a kind that may have twins."""
        return None

    def is_plain(self) -> bool:
        """Whether it is certainly plain data of any shape; a value that isn't never becomes plain."""
        return False

    def widened(self) -> Abstract:
        """The value with all that is known of plain data forgotten."""
        return self

    def merged_into(self, target: Any, machine: AnyMachine, at: int, *, surely: bool) -> None:  # noqa: ARG002  # for kinds that can
        """Put its members, as those of a mapping or of a list of pairs, into a dict; `surely`: it happens."""
        target.take_unknown(machine, self, at)

    def unknown_attribute(self) -> Abstract:
        """What an attribute of it that is not known may be."""
        return DATA

    def start(self, _machine: AnyMachine, _args: Any, _at: int) -> None:
        """An instance is new: Python calls `__init__`."""

    def all_called(self, _machine: AnyMachine, _at: int) -> Abstract:
        """It has escaped: every method may be called, and any of their results may come back."""
        return DATA

    def identity(self) -> Hashable:
        """A key that distinguishes it from other arguments."""
        return self

    def operated(self, _machine: AnyMachine, _word: str, _left: Abstract, _right: Abstract, _at: int) -> Abstract:
        """The result of an operator (`add`) with this as one operand; `BOTTOM` if its kind doesn't define it."""
        return BOTTOM

    def negated(self) -> Abstract:
        """The value of `-x`."""
        return DATA

    def sliced(self, _machine: AnyMachine, _place: slice | None, _at: int) -> Abstract:
        """The value of `x[place]`; `None` for an unknown slice."""
        return self

    def copied(self, _machine: AnyMachine) -> Abstract:
        """The result of `copy.copy(x)`."""
        return self

    def replaced(self, _machine: AnyMachine, _args: Any, _at: int) -> Abstract:
        """The result of `dataclasses.replace`: of a data class, a new instance with some of the fields replaced."""
        return self

    def settle(self, machine: AnyMachine, key: Abstract, value: Abstract) -> None:
        """Strong update: what was just stored certainly replaces what was there."""

    def placed(self, _frame: Any, _machine: AnyMachine, _node: ast.AST, _since: int) -> Abstract:
        """The result of an expression: a container that it has created since a time is the one of that place of the code (`Frame.site`)."""
        return self

    def mapping(self) -> Any:
        """The dict that `**x` passes, and `exec(code, x)` has its names from; `None` if it isn't known."""
        return None

    def receives(self, args: Any) -> None:
        """A method is called with these arguments: a container may keep them."""

    def stored_by_all(self, machine: AnyMachine, key: Any) -> None:
        """Every branch of the code has stored something under a key."""

    def blur(self, _machine: AnyMachine) -> None:
        """Elements may change their places, or be removed."""

    def add(self, _machine: AnyMachine, _value: Abstract) -> None:
        """An element is added, at an unknown place."""

    def is_of(self, _classes: Sequence[Any]) -> bool:
        """Whether it is an instance of one of some classes of the script."""
        return False

    def forget_attribute(self, _machine: AnyMachine, _name: str) -> None:
        """`del x.name`."""

    def special(self, _name: str) -> Abstract:
        """What an instance's class, if the script defines it, has under one of Python's special names; else `BOTTOM`."""
        return BOTTOM

    def plainly(self) -> Abstract:
        """The value that Python's own operators and functions see."""
        return self

    def got(self, _machine: AnyMachine, _instance: Thing | None, _made_of: Thing, _at: int) -> Abstract:
        """What it is as an attribute of an instance (`None`: of the class itself) when the class has it: Python's `__get__`."""
        return self

    def inherited(self, _machine: AnyMachine, _name: str, _after: Any, _at: int) -> Abstract:
        """What `super()` in a method of a class finds with this as `self` or `cls`: what comes after that class."""
        return BOTTOM

    def descriptor(self, name: str) -> tuple[Abstract, list[Abstract]]:
        """The function that `x.name = value` (`__set__`) or `del x.name` (`__delete__`) calls when the class has this there, and its first arguments."""
        return self.special(name), [self]

    def unwrapped(self) -> Abstract:
        """The function that a decorator marked."""
        return self

    def hold(self) -> None:
        """Something else than the expression that created it has it from now on: a variable, a list, a function."""

    def consumed(self, machine: AnyMachine) -> None:
        """Something has gone through its elements: those of an iterator may be gone."""

    def sequence(self, machine: AnyMachine, at: int) -> tuple[list[Abstract], list[Abstract]]:
        """The elements that `list(x)` has in known places, and what the others may be."""
        return [], machine.elements(self, at)

    def in_order(self) -> list[Abstract] | None:
        """Its elements in order, if all of them and their order are known."""
        return None

    def all_in(self) -> list[Abstract] | None:
        """Its elements in any order, if all of them are known."""
        return None

    def contained(self, *, exact: bool) -> Sequence[Abstract] | None:  # noqa: ARG002  # for dicts
        """What `value in x` compares with, if all of it is known; `exact`: and all of it certainly is in there."""
        return self.all_in()

    def lookup(self, _key: Abstract, default: Abstract) -> Abstract:
        """What a dict has under a key; `default` if it has nothing there, or it isn't a dict."""
        return default

    def strong_update(self, _machine: AnyMachine, _name: str, _args: Any) -> Abstract:
        """Strong update: the result of a method that certainly runs and whose change is known exactly; else `BOTTOM`, and nothing is changed."""
        return BOTTOM

    def truth(self) -> bool | None:
        """Whether it is true as a condition, if that is known."""
        return None

    def choices(self) -> tuple[Any, ...] | None:
        """All texts and numbers that it may be, if they are known."""
        return None

    def same(self, _other: Abstract) -> bool | None:
        """Whether it is the other one, if that is known."""
        return None

    def attribute(self, _machine: AnyMachine, _name: str, _at: int) -> Abstract:
        """The value of `x.name`."""
        return DATA

    def any_attribute(self, _machine: AnyMachine, _name: Abstract, _at: int) -> list[Abstract]:
        """The value of `getattr(x, name)` when the name is unknown, or only its shape is known."""
        return [OPAQUE]

    def exported(self, _machine: AnyMachine) -> Mapping[str, Abstract] | None:
        """The names that `from x import *` binds, as far as they matter; `None` if they are not known."""
        return None

    def known_names(self) -> list[str] | None:
        """The names of its attributes, if they are known."""
        return None

    def escaped(self, machine: AnyMachine, args: Any, at: int, nested: int = 0) -> None:
        """It has escaped to code that is not part of the script, which may call it, or what it holds, with these arguments."""

    def invoke(self, machine: AnyMachine, name: str, args: Any, at: int) -> Abstract:
        """The result of `x.name(…)`."""
        return machine.call(self.attribute(machine, name, at), args, at)

    def call(self, machine: AnyMachine, args: Any, at: int) -> Abstract:
        """The result of `x(…)`."""
        return machine.escape(args, at, DATA)

    def item(self, _machine: AnyMachine, _key: Abstract, _at: int) -> Abstract:
        """The value of `x[key]`. If this kind has no items, the value isn't what the reader believes it to be, so the result is anything."""
        return OPAQUE

    def lacks(self, _key: Abstract) -> bool:
        """Whether there is certainly no `x[key]`."""
        return not self.has_items

    def elements(self, _machine: AnyMachine, _at: int) -> list[Abstract]:
        """The elements of an iteration, one by one as far as they are known; anything, as for `item`."""
        return [OPAQUE]

    def awaited(self, _machine: AnyMachine, _at: int) -> Abstract:
        """The value of `await x`."""
        return self

    @property
    def returned(self) -> Abstract:
        """The value of `yield from x`."""
        return DATA

    def raised(self, _machine: AnyMachine, _at: int) -> Abstract:
        """The exception of `raise x`."""
        return self

    def exceptions(self) -> Sequence[Abstract]:
        """The classes that `except x` names: itself, or those in a tuple."""
        return (self,)

    def suppresses(self) -> bool:
        """Whether it may, as a context manager, swallow what is raised inside."""
        return False

    def entered(self, _machine: AnyMachine, _at: int) -> Abstract:
        """The value that `with x as y` binds."""
        return self

    def left(self, machine: AnyMachine, at: int) -> None:
        """The `with` block of it has ended."""

    def store(self, machine: AnyMachine, _name: str, value: Abstract) -> None:
        """`x.name = value`."""
        machine.put_away([value])

    def store_plainly(self, machine: AnyMachine, name: str, value: Abstract) -> None:
        """`object.__setattr__(x, name, value)`."""
        self.store(machine, name, value)

    def store_any(self, machine: AnyMachine, name: Abstract, value: Abstract, *, plainly: bool = False) -> None:
        """`setattr(x, name, value)` with an unknown name; `plainly`: by `object.__setattr__`."""

    def store_item(self, machine: AnyMachine, _key: Abstract, value: Abstract) -> None:
        """`x[key] = value`."""
        machine.put_away([value])


class EqualByParts(Thing):
    """A kind whose values are the same one when what they consist of is the same; those of other kinds have an identity."""

    __slots__ = ()

    def parts(self) -> tuple[object, ...]:
        """What it consists of."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, type(self)) and self.parts() == other.parts())

    def __hash__(self) -> int:
        return hash(self.parts())


Abstract: TypeAlias = Thing | Text | str | int | float | None

AnyMachine: TypeAlias = Reading[Abstract, Any]
"""What reads a script, where arguments are not defined yet: they hold values. All others see the `Machine` of `arguments`."""


class UnknownValue(Thing):
    """An unknown value of a known kind."""

    __slots__ = ("name",)
    is_unknown = True

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name

    def attribute(self, machine: AnyMachine, name: str, at: int) -> Abstract:
        return machine.attribute_of_unknown(self, name, at)

    def invoke(self, machine: AnyMachine, name: str, args: Any, at: int) -> Abstract:
        return machine.invoke_unknown(self, name, args, at)

    def any_attribute(self, _machine: AnyMachine, _name: Abstract, _at: int) -> list[Abstract]:
        return [self]

    def is_plain(self) -> bool:
        return self is DATA or self is BOTTOM

    def merged_into(self, target: Any, machine: AnyMachine, _at: int, *, surely: bool) -> None:  # noqa: ARG002  # as above
        target.open(machine, self)

    def call(self, machine: AnyMachine, args: Any, at: int) -> Abstract:
        if self is OPAQUE:
            machine.passed_to_unknown(args, at)
        return machine.escape(args, at, DATA if self is DATA else self)

    def item(self, machine: AnyMachine, key: Abstract, _at: int) -> Abstract:
        return machine.scattered_under(key, self)

    def elements(self, _machine: AnyMachine, _at: int) -> list[Abstract]:
        return [self]

    def store(self, machine: AnyMachine, name: str, value: Abstract) -> None:
        if name == "cell_contents":
            machine.rewritten(name)
        machine.scatter(name, value)
        machine.put_away([value])

    def store_item(self, machine: AnyMachine, key: Abstract, value: Abstract) -> None:
        machine.store_in_unknown(self, key, value)


DATA: Final = UnknownValue("DATA")  # plain data: never a client, never a function

OPAQUE: Final = UnknownValue("OPAQUE")  # anything at all

REPORTED: Final = UnknownValue("REPORTED")  # anything at all, and a finding says why it is not known


BOTTOM: Final = UnknownValue("BOTTOM")  # no value at all: the neutral element of `join`
