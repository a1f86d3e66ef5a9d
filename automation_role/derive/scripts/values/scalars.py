"""Texts, numbers and `None` as things: what they answer to what every value is asked.

They stand for themselves, so that they are compared and computed as Python does it; `as_thing` makes one of these when they are asked.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final, cast

from ....values.value import Text
from . import asking
from .arguments import Args, Machine
from .bound_methods import BoundMethod
from .instances import InstanceValue
from .texts import percent, text_method
from .thing import BOTTOM, DATA, Abstract, Thing
from .writing import concatenated

_MAX_NUMBER: Final = 1 << 62  # a larger one is not known

_NUMBERS: Final[dict[str, Callable[[Any, Any], Any]]] = {"add": operator.add, "sub": operator.sub}


class Scalar(Thing):
    """A number, or `None`."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def identity(self) -> Hashable:
        return asking.identity(self.value)

    def truth(self) -> bool | None:
        return asking.truth(self.value)

    def choices(self) -> tuple[Any, ...] | None:
        return asking.choices(self.value)

    def is_plain(self) -> bool:
        return True

    def widened(self) -> Abstract:
        return DATA

    def merged_into(self, target: Any, machine: Machine, _at: int, *, surely: bool) -> None:  # noqa: ARG002  # as for `Thing`
        if self.value is not None:
            target.open(machine, DATA)

    def plainly(self) -> Abstract:
        return self._itself()

    def unwrapped(self) -> Abstract:
        return self._itself()

    def copied(self, _machine: Machine) -> Abstract:
        return self._itself()

    def got(self, _machine: Machine, _instance: Thing | None, _made_of: Thing, _at: int) -> Abstract:
        return self._itself()

    def replaced(self, _machine: Machine, _args: Args, _at: int) -> Abstract:
        return self._itself()

    def awaited(self, _machine: Machine, _at: int) -> Abstract:
        return self._itself()

    def raised(self, _machine: Machine, _at: int) -> Abstract:
        return self._itself()

    def placed(self, _frame: Any, _machine: Machine, _node: ast.AST, _since: int) -> Abstract:
        return self._itself()

    def exceptions(self) -> Sequence[Abstract]:
        return (self._itself(),)

    def entered(self, _machine: Machine, _at: int) -> Abstract:
        return self._itself()

    def _itself(self) -> Abstract:
        found: Abstract = self.value
        return found

    def attribute(self, machine: Machine, name: str, at: int) -> Abstract:
        member = self._member(machine, name)
        return self._own_attribute(name) if member is None else member.attribute(machine, name, at)

    def _own_attribute(self, name: str) -> Abstract:
        return self._itself() if name == "value" and self.value is not None else DATA

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        member = self._member(machine, name)
        return self._own_method(machine, name, args, at) if member is None else member.invoke(machine, name, args, at)

    def _own_method(self, machine: Machine, _name: str, args: Args, at: int) -> Abstract:
        machine.escape(args, at, DATA)
        return DATA

    def _member(self, machine: Machine, name: str) -> InstanceValue | None:
        """Members of an `Enum` are read as their values: one that has a method is an instance for as long as that is called."""
        if self.value is None or name == "value" or hasattr(str, name):
            return None
        made_of = next((each for each in machine.classes if each.enum is not None and each.find(name) is not BOTTOM), None)
        return None if made_of is None else InstanceValue(made_of, {"value": self.value, "_value_": self.value})

    def any_attribute(self, _machine: Machine, _name: Abstract, _at: int) -> list[Abstract]:
        return [DATA]

    def item(self, _machine: Machine, _key: Abstract, _at: int) -> Abstract:
        return DATA

    def sliced(self, _machine: Machine, _place: slice | None, _at: int) -> Abstract:
        return DATA

    def elements(self, _machine: Machine, _at: int) -> list[Abstract]:
        return [DATA]

    def store(self, machine: Machine, name: str, value: Abstract) -> None:
        """Python has no such attribute: the script ends there."""

    def store_item(self, machine: Machine, key: Abstract, value: Abstract) -> None:
        """As for `store`."""

    def negated(self) -> Abstract:
        try:
            found: Abstract = -self.value
        except TypeError:
            return DATA
        return found

    def operated(self, _machine: Machine, word: str, left: Abstract, right: Abstract, _at: int) -> Abstract:
        if not (asking.is_scalar(left) and asking.is_scalar(right)):
            return BOTTOM
        work = _NUMBERS.get(word)
        if work is None or left is DATA or right is DATA:
            return DATA
        try:
            found: Any = work(left, right)
        except TypeError:  # not of numbers: the script ends there
            return DATA
        return DATA if abs(found) >= _MAX_NUMBER else cast("Abstract", found)


class Texts(Scalar):
    """A `Text`: one of several strings, or one with holes."""

    __slots__ = ()

    def _own_attribute(self, name: str) -> Abstract:
        return self._itself() if name in {"value", "_value_"} else BoundMethod(self._itself(), name)

    def _own_method(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        return text_method(self.value, name, args, machine, at)

    def operated(self, machine: Machine, word: str, left: Abstract, right: Abstract, at: int) -> Abstract:
        return concatenated([left, right]) if word == "add" else super().operated(machine, word, left, right, at)


class String(Texts):
    """A string."""

    __slots__ = ()

    def item(self, _machine: Machine, key: Abstract, _at: int) -> Abstract:
        try:
            found: Abstract = self.value[key]
        except (TypeError, IndexError):
            return DATA
        return found

    def sliced(self, _machine: Machine, place: slice | None, _at: int) -> Abstract:
        text: str = self.value
        return DATA if place is None else text[place]

    def operated(self, machine: Machine, word: str, left: Abstract, right: Abstract, at: int) -> Abstract:
        text: str = self.value
        if word == "mod" and left is text:
            return percent(text, right)
        return super().operated(machine, word, left, right, at)


_KINDS: Final[dict[type, type[Scalar]]] = {str: String, Text: Texts}


def as_thing(value: Abstract) -> Thing:
    """The value itself, or what answers for a text, a number or `None`."""
    return value if isinstance(value, Thing) else _KINDS.get(type(value), Scalar)(value)
