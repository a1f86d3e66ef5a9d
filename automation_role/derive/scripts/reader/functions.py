"""Reads the functions of a script: once for the same arguments, as long as their dependencies don't change."""

from __future__ import annotations

import ast
from collections.abc import Hashable, Mapping
from functools import partial
from typing import Any, Final, Protocol

from ..values.arguments import Args
from ..values.asking import hold, identity, widened
from ..values.containers import CLOCK, Container
from ..values.frames import Frame, Summary, content_of
from ..values.functions import Function
from ..values.lazy import Generator, Supply
from ..values.scalars import as_thing
from ..values.signatures import FunctionNode
from ..values.thing import BOTTOM, Abstract
from ..values.unions import join, things
from .later import Later, LaterCall
from .limits import MAX_CALLS, MAX_LEVELS_OF_CALLS

_MAX_PLAIN_READINGS: Final = 8  # readings of one function with different arguments, if it creates nothing of boto3
_MAX_READINGS: Final = 64  # the same, if it does
_MAX_STEPS_OF_FUNCTION: Final = 1_500  # statements read in calls of one function, before its arguments are no longer distinguished
_MAX_STEPS_OF_PLAIN: Final = 500  # the same, if it creates nothing of boto3
_MAX_STEPS: Final = 10_000  # statements read in one script, before arguments are no longer distinguished
_MAX_RECURSIVE: Final = 8  # readings of a function that calls itself, until its result is settled
_MAX_AGAIN: Final = 32  # readings of one function with the same arguments, because something that it sees has changed
_WORK_OF_CALL: Final = 2  # of one that is not read
_WORK_OF_READING: Final = 8  # of one that is read, beside what its body takes
_MAX_ROUNDS: Final = 256  # readings of what was put off, and of what runs at any time


class Reads(Protocol):
    """What reads code with the variables of one frame."""

    def __init__(self, machine: Any, frame: Frame, env: dict[str, Abstract]) -> None: ...

    def block(self, statements: list[ast.stmt]) -> None:
        """Read statements."""

    def function(self, node: FunctionNode) -> Abstract:
        """Read a function's body, and return the result of calling it."""

    def value(self, node: ast.expr) -> Abstract:
        """The value of an expression."""


class Effort:
    """What reading one function has taken so far: the more, the less its arguments are distinguished.

    Attributes:
        readings: with different arguments; `steps` the statements that were read in its calls.
        is_plain: none of them has found anything; `fruitless` how many of the last ones only made calls that add nothing.
    """

    __slots__ = ("_merged", "fruitless", "is_plain", "readings", "steps")

    def __init__(self) -> None:
        self.readings = 0
        self.steps = 0
        self.is_plain = True
        self.fruitless = 0
        self._merged: list[Abstract] | None = None  # each argument, in all of the latest readings

    def took(self, steps: int, *, has_found: bool, has_repeated: bool) -> None:
        """A reading has ended, and has found something, or made calls that add nothing."""
        self.steps += steps
        if has_found:
            self.is_plain, self.fruitless = False, 0
        elif has_repeated:
            self.fruitless += 1

    def limited(self, variables: dict[str, Abstract], *, is_late: bool) -> dict[str, Abstract]:
        """The arguments of one more reading, as far as they are still distinguished; `is_late`: the script has taken much already."""
        self.readings += 1
        plain = self.is_plain or self.fruitless >= _MAX_PLAIN_READINGS
        limit, most = (_MAX_PLAIN_READINGS, _MAX_STEPS_OF_PLAIN) if plain else (_MAX_READINGS, _MAX_STEPS_OF_FUNCTION)
        if self.readings <= limit and self.steps <= most and not is_late:
            return variables
        coarse = {name: widened(value) for name, value in variables.items()}
        if self.readings <= 2 * limit and self.steps <= 2 * most and not is_late:
            return coarse
        if self._merged is None:
            self._merged = [BOTTOM] * len(coarse)
        if self.readings <= 8 * _MAX_READINGS:
            self._merged = list(map(join, self._merged, coarse.values()))
        return dict(zip(coarse, self._merged, strict=True))


class Functions(Later):
    """The summaries of functions.

    Attributes:
        depth: calls within calls.
        steps: statements read.
        efforts: what reading each function has taken; one that is not there was never called.
    """

    def __init__(self, reader: type[Reads]) -> None:
        super().__init__()
        self.reader = reader
        self.depth = 0
        self.steps = 0
        self.summaries: dict[Hashable, Summary] = {}
        self._twins: dict[Hashable, Summary] = {}  # by what is in containers that are arguments
        self.efforts: dict[FunctionNode, Effort] = {}

    def run(self, function: Function, args: Args) -> Abstract:
        """Read a function's body with these arguments, unless it was read with the same before."""
        self.spend(_WORK_OF_CALL)
        variables = function.bound(self, args)
        if self.depth >= MAX_CALLS or self.levels > MAX_LEVELS_OF_CALLS:
            self.deferred.append((function, args))
            self.oldest_changed = 0
            return self.too_deep(self.first_line)
        key = self._key(function, variables)
        known = self.summaries.get(key)
        content, containers = (None, []) if known is not None else self._by_content(function, variables)
        if known is None:
            known = self._twin(content, containers)
        if known is None:
            effort = self.efforts.setdefault(function.node, Effort())
            limited = effort.limited(variables, is_late=self.steps >= _MAX_STEPS)
            if limited is not variables:
                variables, key, containers = limited, self._key(function, limited), []
                known = self.summaries.get(key)
        if known is not None and (known.is_running or self._holds(known)):
            known.is_recursive = known.is_running
            given = known.given()
        else:
            given = self._run(function, variables, key)
            if containers and (twin := self.summaries[key].for_twins(containers)) is not None:
                self._twins[content] = twin
        if function.signature.is_suspended and (known is None or not known.is_running):
            self._suspended(function, args, given, self.summaries[key])
        return given

    def _by_content(self, function: Function, variables: Mapping[str, Abstract]) -> tuple[Hashable, list[Container]]:
        """The key of the arguments by what is in their lists and dicts, instead of which these are; and these, if it is worth comparing."""
        if function.node not in self.efforts or function.signature.is_suspended:  # most functions are read once
            return None, []
        if not any(each.is_by_place for value in variables.values() for each in things(value)):
            return None, []
        key: list[Hashable] = [function]
        containers: list[Container] = []
        for value in variables.values():
            inside: list[Container] = []
            content = content_of(value, inside)
            key.append(identity(value) if content is None else content)
            containers += inside if content is not None else ()
        return tuple(key), containers

    def _twin(self, content: Hashable, containers: list[Container]) -> Summary | None:
        """The summary for arguments that differ only in which containers they are, if it still holds."""
        twin = self._twins.get(content) if containers else None
        if twin is None or any(each.version != version for each, version in twin.dependencies.items()):
            return None
        for each in containers:
            self.depend_on(each)
            each.look()
        return twin

    def _suspended(self, function: Function, args: Args, given: Abstract, summary: Summary) -> None:
        """A generator or a coroutine goes on after others had their turn: what it sees may have changed by then."""
        self.oldest_changed = 0
        for each in summary.dependencies:
            each.becomes_many()
        if isinstance(given, Generator):
            given.comes_from_only(Supply(self, partial(self.run, function, args), summary.dependencies))
        else:
            self._later.setdefault(
                (function, *map(identity, args.values())), LaterCall(function, args, self.first_line, summary.dependencies)
            )

    def _holds(self, known: Summary) -> bool:
        """Whether nothing has changed since; only asked a limited number of times."""
        self.spend(len(known.dependencies) // 4)
        for each, version in known.dependencies.items():
            if each.version != version:
                if known.again < _MAX_AGAIN:
                    known.again += 1
                    return False
                self.too_deep(self.first_line)  # its result is unknown
                break
        self.saw_all(known.dependencies)  # as if the function were read again
        return True

    def _run(self, function: Function, variables: dict[str, Abstract], key: Hashable) -> Abstract:
        before, repeated, steps, oldest = self.activity, self.repeated_calls, self.steps, self.oldest_changed
        self.spend(len(variables) + _WORK_OF_READING)
        summary = self.summaries.setdefault(key, Summary())
        summary.is_running = True
        around, self._seen = self._seen, self._nothing_seen()
        self.oldest_changed = summary.born = next(CLOCK)
        for value in variables.values():
            self.depend_on(value)
            hold(value)
        if function.owner is not None:
            self.depend_on(function.owner)
        around_it: Frame | None = function.frame
        while around_it is not None:
            self._seen[around_it] = around_it.version
            around_it = around_it.parent
        for _ in range(_MAX_RECURSIVE):
            summary.is_recursive = False
            frame = Frame(function.frame, function)
            frame.sites = summary.sites
            result = self._read_body(function, frame, dict(variables))
            settled = result == summary.result or (as_thing(result).is_by_place and summary.result is not BOTTOM)
            summary.result = result
            if not summary.is_recursive or settled:
                break
        else:
            self.too_deep(self.first_line)
        summary.is_running = False
        summary.is_pure = self.oldest_changed >= summary.born
        self.oldest_changed = min(oldest, self.oldest_changed)
        self.spend(len(self._seen) // 4)
        summary.dependencies = {each: version for each, version in self._seen.items() if each.born < summary.born}
        if function.signature.is_generator:
            summary.dependencies[self._resumed] = self._resumed.version
        self._seen = around
        for each, version in summary.dependencies.items():
            if each not in around:
                around[each] = version
        self.efforts[function.node].took(
            self.steps - steps, has_found=before != self.activity, has_repeated=repeated != self.repeated_calls
        )
        return summary.result

    def _read_body(self, function: Function, frame: Frame, variables: dict[str, Abstract]) -> Abstract:
        """Read a function's body once; afterwards the reader is where it was before."""
        around = (self.where, self.guarded, self.exits, self.reading)
        self.reading = frame
        self.depth += 1
        if function.signature.is_suspended:
            self.guarded += 1
            self.where = object()
        try:
            return self.reader(self, frame, variables).function(function.node)
        finally:
            self.depth -= 1
            frame.is_over = True
            frame.returned = frame.yielded = BOTTOM  # what it gave holds the frame, as where it was made
            self.where, self.guarded, self.exits, self.reading = around

    def _key(self, function: Function, variables: Mapping[str, Abstract]) -> Hashable:
        return (function, *[identity(value) for value in variables.values()])

    def finish(self) -> None:
        """Read what was put off, and what runs at any time as long as that sees something new."""
        for _ in range(_MAX_ROUNDS):
            stale = [each for each in self._later.values() if each.is_stale]
            if not self.deferred and not stale:
                return
            self.where = object()
            if self.deferred:
                self.run(*self.deferred.pop())
            for each in stale:
                self._read_later(each)
        self.too_deep(self.first_line)
