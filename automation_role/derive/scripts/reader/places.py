"""Where in the code the reader is: a change there certainly applies to what was created there."""

from __future__ import annotations

from typing import Any, TypeAlias

from ..values.arguments import Args
from ..values.containers import Container
from ..values.frames import Frame
from ..values.functions import Function
from ..values.thing import Thing
from .results import Results

Stored: TypeAlias = list[tuple[Thing, Any]]  # what a branch of the code has stored something in, and under which key


class Places(Results):
    """Where the reader is.

    Attributes:
        where: the part of the code that is read: another one wherever it is not sure that the rest is reached.
        guarded: how many `try` are around, generators and coroutines included, any statement of which may be the last one.
        exits: counts `return`, `raise`, `break` and `continue`.
        reading: the function that is read; `None` in a module.
        arms: of each `if` around: where it is, and what it has stored by name.
        deferred: functions that are read when everything else was.
        captured_from: the variables of functions that functions inside see.
    """

    def __init__(self) -> None:
        super().__init__()
        self.where: object = object()
        self.library_called_at = self._trunk = self.where  # the script's own code, outside of everything that may not be reached
        self.guarded = 0
        self.exits = 0
        self.reading: Frame | None = None
        self.arms: list[tuple[object, Stored]] = []
        self.deferred: list[tuple[Function, Args]] = []
        self.captured_from: list[Frame] = []
        self.oldest_changed = 0

    @property
    def is_sure(self) -> bool:
        """Whether the library that is called is called whenever the script runs, and all that is read afterwards runs after it."""
        return self.library_called_at is self._trunk

    def created_here(self, made: Container) -> None:
        """A container was created in the part of the code that is being read."""
        made.where = (self.where, self.reading)

    def is_certain(self, target: Thing) -> bool:
        """Whether a change surely happens each time that the container is created, and applies to everything that it stands for."""
        return self._is_one(target) and target.where[0] is self.where

    def _is_one(self, target: Thing) -> bool:
        if target.is_many or target.where is None or self.deferred:
            return False
        reading: Frame | None = target.where[1]
        return reading is None or not reading.is_over

    def stored_in_arm(self, target: Thing, key: Any) -> None:
        """Something was stored in a branch of an `if`: what every branch stores exists after it."""
        if self.arms and self.arms[-1][0] is self.where and self._is_one(target):
            self.arms[-1][1].append((target, key))
            self.oldest_changed = min(self.oldest_changed, target.born)

    def forgotten(self, target: Container) -> None:
        """What branches have stored in it may have been removed."""
        self.oldest_changed = min(self.oldest_changed, target.born)
        for _, stored in self.arms:
            stored[:] = [each for each in stored if each[0] is not target]

    def stored_in_all(self, arms: list[Stored]) -> None:
        """After an `if` with an arm for every case, of those that lead to its end: what was stored in all is there."""
        for target, key in arms[0] if arms else ():
            if all((target, key) in each for each in arms[1:]):
                if self.is_certain(target):
                    target.stored_by_all(self, key)
                else:
                    self.stored_in_arm(target, key)
