"""What of a script runs later: when it is consumed, or at any time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Final

from ..values.arguments import Args
from ..values.asking import identity
from ..values.containers import Container
from ..values.frames import Frame
from ..values.lazy import Lazy, Supply
from ..values.lists import ListValue
from ..values.thing import Abstract
from ..values.unions import members
from .dependencies import Dependencies

_MAX_LATER: Final = 256  # calls that may happen at any time


class LaterCall:
    """A call at any time from now on: in a thread, by a library, of a coroutine.

    Attributes:
        seen: what it has seen, each in the version that it had.
    """

    __slots__ = ("args", "at", "seen", "target")

    def __init__(self, target: Abstract, args: Args, at: int, seen: Mapping[Container | Frame, int] = {}) -> None:
        self.target = target
        self.args = args
        self.at = at
        self.seen = seen

    @property
    def is_stale(self) -> bool:
        """Whether something has changed since."""
        return any(each.version != version for each, version in self.seen.items())


class Later(Dependencies):
    """What is read when it is consumed, and the calls that may happen at any time."""

    def __init__(self) -> None:
        super().__init__()
        self._later: dict[Hashable, LaterCall] = {}

    def lazily(self, read: Callable[[], Abstract], *given: Abstract, around: Frame | None = None) -> Abstract:
        """The result of reading something when it is consumed: of these arguments, with the variables around it."""
        found, seen = self.seeing(read)
        if not isinstance(found, ListValue):
            return found
        for value in given:
            seen.update({each: each.version for each in members(value) if isinstance(each, Container)})
        while around is not None:
            seen[around] = around.version
            around = around.parent
        if found in given:  # `iter(iterator)`
            return found
        made = found if isinstance(found, Lazy) else Lazy(found.items, found.rest)
        made.is_iterator = True
        made.comes_from(Supply(self, read, seen))
        return made

    def later(self, target: Abstract, args: Args, at: int) -> Abstract:
        """The result of `target(…)`, which is called at any time from now on: it may see every later change."""
        call = LaterCall(target, args, at)
        found = self._read_later(call)
        self.oldest_changed = 0
        key = (identity(target), at, *map(identity, args.values()))
        if key in self._later or len(self._later) < _MAX_LATER:
            self._later[key] = call
        else:
            self.too_deep(at)
        return found

    def _read_later(self, call: LaterCall) -> Abstract:
        found, call.seen = self.seeing(lambda: self.call(call.target, call.args, call.at))
        for each in call.seen:
            each.becomes_many()
        return found
