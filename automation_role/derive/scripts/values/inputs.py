"""The inputs of a step, and those of an API call: from what is known before a run to values of a script, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from ....values.value import UNKNOWN, Text, Value
from .arguments import Machine
from .containers import Container
from .dicts import DictValue
from .lists import ListValue
from .strings import text_of
from .thing import DATA, Abstract, Lowering, Thing
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


class _Lowering(Lowering):
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
        return value.as_input(self) if isinstance(value, Thing) else value

    def inside(self, of: Container, held: Iterable[Abstract]) -> tuple[Value, ...] | None:
        """What a container holds; `None` when it contains itself, or is nested too deeply."""
        if of in self.around or self.left < 0 or len(self.around) > _MAX_DEPTH:
            return None
        self.machine.depend_on(of)
        self.around.append(of)
        found = tuple([self.value(each) for each in held])
        self.around.pop()
        return found
