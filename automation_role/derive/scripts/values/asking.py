"""What is asked of any value, texts and numbers included: kinds that know more than others say it themselves, in a method of the same name."""

from __future__ import annotations

from ....values.patterns import Pattern
from ....values.value import Text
from .domain import BOTTOM, DATA, Abstract, Machine, Thing, Union, join_all, members, truth


def special(value: Abstract, name: str) -> Abstract:
    """What the class that the script defines for a value has under one of Python's special names (`__add__`); `BOTTOM` for all others."""
    return value.special(name) if isinstance(value, Thing) else BOTTOM


def has_instances(value: Abstract) -> bool:
    """Whether it may be an instance of a class that the script defines, which may say itself what an operator gives."""
    return value is not DATA and isinstance(value, Thing) and value.has_instances


def plainly(value: Abstract) -> Abstract:
    """What Python's own operators and functions see of a value: of an instance of a class that is made of `dict` or `list`, that."""
    return value.plainly() if isinstance(value, Thing) else value


def got(value: Abstract, machine: Machine, instance: Thing | None, made_of: Thing, at: int) -> Abstract:
    """What a class has under a name, as an attribute of an instance (`None`: of the class): a function is a method, a property is its value."""
    return join_all([each.got(machine, instance, made_of, at) if isinstance(each, Thing) else each for each in members(value)])


def unwrapped(value: Abstract) -> Abstract:
    """The function under `staticmethod` and the like."""
    return value.unwrapped() if isinstance(value, Thing) else value


def gone_through(value: Abstract, machine: Machine) -> list[Abstract] | None:
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


def under(value: Abstract, key: str, otherwise: Abstract) -> Abstract:
    """What dicts have under a key, in all that a value may be; `otherwise` for what isn't a dict, or hasn't it."""
    return join_all([each.lookup(key, otherwise) if isinstance(each, Thing) else otherwise for each in members(value)] or [otherwise])


def truthy(value: Abstract) -> Abstract:
    """What is left of it in `value or …`."""
    return join_all(member for member in value.members if truth(member) is not False) if isinstance(value, Union) else value


def name_may_be(name: Abstract, key: str) -> bool:
    """Whether a name that is not known may be this one; without a shape, it is none of Python's own."""
    if not isinstance(name, Text):
        return not key.startswith("__")
    return any(shape.covers(Pattern.literal(key)) for shape in name.options)
