"""`dataclasses`, and the decorators of `attrs` and `pydantic` that do the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from ..values.classes import Factory, InstanceValue
from ..values.domain import DATA, NOTHING, Abstract, Args
from ..values.external import FIELD_DECORATORS, Model, external
from .collections import named_tuple

if TYPE_CHECKING:
    from ..reader.machine import Machine


def _field(_machine: Machine, args: Args, _at: int) -> Abstract:
    if "default_factory" in args.keywords:
        return Factory(args.keywords["default_factory"])
    return args.keywords.get("default", NOTHING)


def _decorator(name: str) -> Callable[[Machine, Args, int], Abstract]:
    """`@dataclass(frozen=True)` is what `@dataclass` is."""
    return lambda _machine, args, _at: args.positional[0] if args.positional else external(name)


def _replaced(_machine: Machine, args: Args, _at: int) -> Abstract:
    target = args.get(0, "obj", DATA)
    return InstanceValue(target.made_of, {**target.attrs, **args.keywords}) if isinstance(target, InstanceValue) else target


FUNCTIONS: Final[dict[str, Model]] = {
    **{name: _decorator(name) for name in FIELD_DECORATORS},
    "dataclasses.field": _field,
    "dataclasses.replace": _replaced,
    "dataclasses.make_dataclass": named_tuple,
}
