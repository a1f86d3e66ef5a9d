"""The inputs of a step, and those of an API call: from what is known before a run to values of a script, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ....values.value import UNKNOWN, Text, Value
from .containers import Container
from .dicts import DictValue
from .domain import DATA, Abstract, Machine, Thing, Union, members, text_of
from .lists import ListValue
from .work import WORK

_MAX_DEPTH: Final = 12  # containers nested deeper than this are unknown to API calls
_MEMBERS_OF_INPUTS_A_UNIT: Final = 4  # members that cost as much to write down as reading one expression


_MAX_INPUT: Final = 4_096  # members of one input of an API call; further containers in it are unknown


def lift(value: Value) -> Abstract:
    """A step's input as the script sees it."""
    if isinstance(value, Text):
        return text_of(value.options)
    if isinstance(value, Mapping):
        return DictValue({key: lift(each) for key, each in value.items()})
    if isinstance(value, tuple):
        return ListValue([lift(each) for each in value])
    return DATA if value is UNKNOWN else value


def lower(value: Abstract, machine: Machine) -> Value:
    """An API call's input as it is known; a value that contains itself, or is nested too deeply, is unknown."""
    lowering = _Lowering(machine)
    found = lowering.value(value)
    WORK.units += (_MAX_INPUT - lowering.left) // _MEMBERS_OF_INPUTS_A_UNIT
    return found


class _Lowering:
    """One input: how much of it was written, and the containers around what is written now."""

    __slots__ = ("around", "left", "machine")

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.left = _MAX_INPUT
        self.around: list[Container] = []

    def value(self, value: Abstract) -> Value:
        self.left -= 1
        if isinstance(value, str):
            return Text.literal(value)
        if not isinstance(value, Thing):
            return value
        if isinstance(value, Union):
            return self._one_of([member for member in value.members if member is not None])
        if not isinstance(value, (DictValue, ListValue)) or value in self.around:
            return UNKNOWN
        if self.left < 0 or len(self.around) > _MAX_DEPTH:
            return UNKNOWN
        self.machine.depend_on(value)
        self.around.append(value)
        found = self._dict(value) if isinstance(value, DictValue) else self._list(value)
        self.around.pop()
        return found

    def _dict(self, value: DictValue) -> Value:
        if value.is_open or not all(isinstance(key, str) for key in value.members):
            return UNKNOWN
        return {str(key): self.value(each) for key, each in value.members.items()}

    def _list(self, value: ListValue) -> Value:
        return tuple(self.value(each) for each in (*value.items, *members(value.rest)))

    def _one_of(self, given: list[Abstract]) -> Value:
        if len(given) == 1:
            return self.value(given[0])
        if not all(isinstance(member, ListValue) for member in given):
            return UNKNOWN
        several = [each for each in map(self.value, given) if isinstance(each, tuple)]
        return tuple(each for one in several for each in one) if len(several) == len(given) else UNKNOWN
