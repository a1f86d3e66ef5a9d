"""The arguments of a call."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

from .reading import Reading
from .thing import BOTTOM, Abstract, AnyMachine, Thing
from .unions import join, join_all

_MAX_NESTED: Final = 4  # depth to which functions in escaped containers may be called


class Args:
    """The arguments of a call: `rest` are the elements of `*unknown`, `extra` the values of `**unknown`.

    `perhaps` are the names in `keywords` that may be missing, or may have a value of `extra`.
    """

    __slots__ = ("extra", "keywords", "perhaps", "positional", "rest")

    def __init__(
        self,
        positional: list[Abstract] | None = None,
        keywords: dict[str, Abstract] | None = None,
        rest: Abstract = BOTTOM,
        extra: Abstract = BOTTOM,
        perhaps: frozenset[str] = frozenset(),
    ) -> None:
        self.positional = positional if positional is not None else []
        self.keywords = keywords if keywords is not None else {}
        self.rest = rest
        self.extra = extra
        self.perhaps = perhaps

    def get(self, index: int, name: str, default: Abstract = BOTTOM) -> Abstract:
        """The argument at a position or with a name; `default` if it is missing."""
        if 0 <= index < len(self.positional):
            return self.positional[index]
        if name in self.keywords:
            value = self.keywords[name]
            return join_all([value, self.extra, default]) if name in self.perhaps else value
        given = join(self.rest if index >= 0 else BOTTOM, self.extra)
        return default if given is BOTTOM else given

    def values(self) -> list[Abstract]:
        """All the arguments."""
        found = [*self.positional, *self.keywords.values()]
        if self.rest is not BOTTOM:
            found.append(self.rest)
        if self.extra is not BOTTOM:
            found.append(self.extra)
        return found

    def after(self, count: int) -> Args:
        """The arguments without the first `count` positional ones."""
        return Args(self.positional[count:], self.keywords, self.rest, self.extra, self.perhaps)

    def before(self, *first: Abstract) -> Args:
        """The arguments with others before the positional ones."""
        return Args([*first, *self.positional], self.keywords, self.rest, self.extra, self.perhaps)

    def pass_inside(self, held: Iterable[Abstract], machine: AnyMachine, at: int, nested: int) -> None:
        """A container has escaped with these arguments: what it holds may be called, too, down to a limited depth."""
        for each in held if nested < _MAX_NESTED else ():
            if isinstance(each, Thing):
                each.escaped(machine, Args(rest=self.extra, extra=self.extra), at, nested + 1)


Machine: TypeAlias = Reading[Abstract, Args]

NO_ARGS: Final = Args()
