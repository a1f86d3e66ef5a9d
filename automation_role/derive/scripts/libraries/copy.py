"""`copy`."""

from __future__ import annotations

from typing import Final

from ..values.arguments import Args, Machine
from ..values.containers import Container
from ..values.external import Model
from ..values.scalars import as_thing
from ..values.thing import DATA, Abstract
from ..values.unions import Union, join_all


def _copied(machine: Machine, args: Args, _at: int) -> Abstract:
    return as_thing(args.get(0, "x", DATA)).copied(machine)


def _copied_deeply(machine: Machine, args: Args, _at: int) -> Abstract:
    """`copy.deepcopy(x)`: what it holds is copied, too."""
    return _deep_copy(machine, args.get(0, "x", DATA), {})


def _deep_copy(machine: Machine, value: Abstract, known: dict[int, Abstract]) -> Abstract:
    if not isinstance(value, Container) and not isinstance(value, Union):
        return value
    if id(value) not in known:
        machine.spend(1)
        known[id(value)] = value  # until its copy is there
        if isinstance(value, Union):
            known[id(value)] = join_all(_deep_copy(machine, each, known) for each in value.members)
        else:
            twin = known[id(value)] = value.copied(machine)
            if isinstance(twin, Container) and twin is not value:
                twin.replace_inside(lambda each: _deep_copy(machine, each, known))
    return known[id(value)]


FUNCTIONS: Final[dict[str, Model]] = {"copy.copy": _copied, "copy.deepcopy": _copied_deeply}
