"""`dataclasses`, and the decorators of `attrs` and `pydantic` that do the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ..values.arguments import Args, Machine
from ..values.classes import ClassValue
from ..values.dicts import DictValue
from ..values.external import Model, external
from ..values.fields import Factory
from ..values.instances import InstanceValue
from ..values.lists import ListValue
from ..values.thing import BOTTOM, DATA, Abstract
from ..values.unions import join_all, members, things
from .collections import named_tuple


def _field(_machine: Machine, args: Args, _at: int) -> Abstract:
    default = args.keywords.get("default", BOTTOM)
    factory = args.keywords.get("default_factory", BOTTOM)
    is_given = args.keywords.get("init") is not False
    return default if factory is BOTTOM and is_given else Factory(factory, default, is_given=is_given)


def _decorator(name: str) -> Callable[[Machine, Args, int], Abstract]:
    """`@dataclass(frozen=True)` is what `@dataclass` is."""
    return lambda _machine, args, _at: args.positional[0] if args.positional else external(name)


def _replaced(machine: Machine, args: Args, at: int) -> Abstract:
    given = args.after(1)
    return join_all(each.replaced(machine, given, at) for each in things(args.get(0, "obj", DATA)) or [DATA])


def _as_dict(machine: Machine, args: Args, at: int) -> Abstract:
    """`asdict(x)`; what is inside becomes dicts, too."""
    target = args.get(0, "obj", DATA)
    several = [each for each in things(target) if each.fields is not None]
    found = [DictValue({field: each.attribute(machine, field, at) for field in each.fields or ()}) for each in several]
    return join_all(found if len(found) == len(members(target)) else [*found, machine.escape(args, at, DATA)])


def _as_tuple(machine: Machine, args: Args, at: int) -> Abstract:
    return ListValue(machine.elements(args.get(0, "obj", DATA), at))


def _fields(_machine: Machine, args: Args, _at: int) -> Abstract:
    """`fields(x)`: their names matter."""
    several = [each.fields for each in things(args.get(0, "class_or_instance", DATA)) if each.fields is not None]
    if len(several) != 1:
        return DATA
    return ListValue([InstanceValue(ClassValue("Field", {}), {"name": name}) for name in several[0]])


FIELD_DECORATORS: Final = frozenset(
    {
        *("dataclasses.dataclass", "pydantic.dataclasses.dataclass"),
        *(f"attr.{name}" for name in ("s", "attrs", "dataclass", "define", "mutable", "frozen")),
        *(f"attrs.{name}" for name in ("define", "mutable", "frozen")),
    }
)
FIELD_BASES: Final = frozenset({"typing.NamedTuple"})
FUNCTIONS: Final[dict[str, Model]] = {
    **{name: _decorator(name) for name in FIELD_DECORATORS},
    "dataclasses.field": _field,
    "dataclasses.replace": _replaced,
    "dataclasses.make_dataclass": named_tuple,
    "dataclasses.asdict": _as_dict,
    "dataclasses.astuple": _as_tuple,
    "dataclasses.fields": _fields,
}
