"""What `dataclasses.field(…)` says of a field."""

from __future__ import annotations

from .arguments import NO_ARGS, Machine
from .thing import BOTTOM, Abstract, Thing


class Factory(Thing):
    """`dataclasses.field(default_factory=…)`, or `field(init=False)`, which isn't an argument."""

    __slots__ = ("default", "is_given", "made_by")

    def __init__(self, made_by: Abstract, default: Abstract = BOTTOM, *, is_given: bool = True) -> None:
        self.made_by = made_by
        self.default = default
        self.is_given = is_given

    def first(self, machine: Machine, at: int) -> Abstract:
        """The field's value without an argument."""
        return self.default if self.made_by is BOTTOM else machine.call(self.made_by, NO_ARGS, at)
