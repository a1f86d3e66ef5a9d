"""What is asked of any value, texts and numbers included: kinds that know more than others say it themselves, in a method of the same name."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from ....values.value import Text
from .thing import BOTTOM, DATA, Abstract, AnyMachine, Thing


def identity(value: Abstract) -> Hashable:
    """A key that distinguishes arguments."""
    return value.identity() if isinstance(value, Thing) else (type(value), value)


def choices(value: Abstract) -> tuple[Any, ...] | None:
    """All texts and numbers that a value may be, if they are known."""
    if isinstance(value, Thing):
        return value.choices()
    return value.literals if isinstance(value, Text) else (value,)


def texts_in(value: Abstract) -> tuple[str, ...] | None:
    """Every string that it may be, apart from `None`, if all are known; else `None`."""
    some = (value,) if type(value) is str else choices(value)
    texts = tuple([each for each in some or () if each is not None])
    return texts if texts and all(isinstance(each, str) for each in texts) else None


def truth(value: Abstract) -> bool | None:
    """Whether it is true as a condition, if that is known."""
    if isinstance(value, Thing):
        return value.truth()
    return None if isinstance(value, Text) else bool(value)


def special(value: Abstract, name: str) -> Abstract:
    """What the class that the script defines for a value has under one of Python's special names (`__add__`); `BOTTOM` for all others."""
    return value.special(name) if isinstance(value, Thing) else BOTTOM


def has_instances(value: Abstract) -> bool:
    """Whether it may be an instance of a class that the script defines, which may say itself what an operator gives."""
    return value is not DATA and isinstance(value, Thing) and value.has_instances


def hold(value: Abstract) -> None:
    """Something else than the expression that created it has it from now on."""
    if isinstance(value, Thing):
        value.hold()


def plainly(value: Abstract) -> Abstract:
    """What Python's own operators and functions see of a value: of an instance of a class that is made of `dict` or `list`, that."""
    return value.plainly() if isinstance(value, Thing) else value


def got(value: Abstract, machine: AnyMachine, instance: Thing | None, made_of: Thing, at: int) -> Abstract:
    """What a class has under a name, as an attribute of an instance (`None`: of the class): a function is a method, a property is its value."""
    return value.got(machine, instance, made_of, at) if isinstance(value, Thing) else value


def unwrapped(value: Abstract) -> Abstract:
    """The function under `staticmethod` and the like."""
    return value.unwrapped() if isinstance(value, Thing) else value


def gone_through(value: Abstract, machine: AnyMachine) -> list[Abstract] | None:
    """The elements, when all are known, and their order; from an iterator, they are taken."""
    found = in_order(value)
    if found is not None:
        found = list(found)
        value.consumed(machine)  # type: ignore[union-attr]
    return found


def in_order(value: Abstract) -> list[Abstract] | None:
    """The elements, when all are known, and their order."""
    return value.in_order() if isinstance(value, Thing) else None


def all_in(value: Abstract) -> list[Abstract] | None:
    """The elements, when all are known, in whatever order."""
    return value.all_in() if isinstance(value, Thing) else None


def foreign_name(value: Abstract) -> str:
    """The full name of what the script takes from elsewhere (`json.dumps`); empty for everything else."""
    return value.foreign_name if isinstance(value, Thing) else ""


def is_unknown(value: Abstract) -> bool:
    """Whether only its kind is known."""
    return isinstance(value, Thing) and value.is_unknown


def is_scalar(value: Abstract) -> bool:
    """Whether it is plain data without members."""
    return not isinstance(value, Thing) or value is DATA


def is_plain(value: Abstract) -> bool:
    """Whether it is certainly plain data of any shape; a value that isn't never becomes plain."""
    return value.is_plain() if isinstance(value, Thing) else True


def widened(value: Abstract) -> Abstract:
    """The value with all that is known of plain data forgotten."""
    return value.widened() if isinstance(value, Thing) else DATA


def outline(value: Abstract) -> tuple[Hashable, Sequence[Abstract]] | None:
    """Its shape and its members by place, for a kind that may have twins."""
    return value.outline() if isinstance(value, Thing) else None


def under(value: Abstract, key: Abstract, otherwise: Abstract) -> Abstract:
    """What dicts have under a key, in all that a value may be; `otherwise` for what isn't a dict, or hasn't it."""
    return value.lookup(key, otherwise) if isinstance(value, Thing) else otherwise
