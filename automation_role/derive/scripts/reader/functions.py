"""Reads the functions of a script: once for the same arguments, as long as their dependencies don't change."""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Any, Final, Protocol

from ..values.asking import foreign_name
from ..values.classes import ClassValue
from ..values.containers import CLOCK, Container, containers_in, is_plain, non_data_in
from ..values.dicts import DictValue
from ..values.domain import BOTTOM, DATA, OPAQUE, REPORTED, Abstract, Args, Thing, Union, identity, join, join_all, members, things
from ..values.frames import Frame, Summary, content_of
from ..values.functions import Function, FunctionNode, widened
from ..values.instances import InstanceValue
from ..values.lazy import Generator, Lazy, Supply
from ..values.lists import ListValue
from ..values.work import walked
from .limits import MAX_CALLS, MAX_LEVELS_OF_CALLS, MAX_PASSES
from .places import Places

_MAX_PLAIN_READINGS: Final = 8  # readings of one function with different arguments, if it creates nothing of boto3
_MAX_READINGS: Final = 64  # the same, if it does
_MAX_STEPS_OF_FUNCTION: Final = 1_500  # statements read in calls of one function, before its arguments are no longer distinguished
_MAX_STEPS_OF_PLAIN: Final = 500  # the same, if it creates nothing of boto3
_MAX_STEPS: Final = 10_000  # statements read in one script, before arguments are no longer distinguished
_MAX_RECURSIVE: Final = 8  # readings of a function that calls itself, until its result is settled
_MAX_AGAIN: Final = 32  # readings of one function with the same arguments, because something that it sees has changed


_WORK_OF_CALL: Final = 2  # of one that is not read
_MAX_LATER: Final = 256  # calls that may happen at any time
_ANYWHERE: Final = ""  # what is scattered under no name
_RECORDS: Final = "()"  # instances that hold no client
# `copy` of plain data is not S3's `copy`, although a client of S3 may be somewhere in the data. The same on every Python (see the tests).
OF_PLAIN_DATA: Final = frozenset(("__buffer__", *(name for kind in (str, bytes, int, float, list, tuple, dict, set) for name in dir(kind))))
_MAX_ROUNDS: Final = 256  # readings of what was put off, and of what runs at any time


class _Later:
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


class Reads(Protocol):
    """What reads code with the variables of one frame."""

    def __init__(self, machine: Any, frame: Frame, env: dict[str, Abstract]) -> None: ...

    def block(self, statements: list[ast.stmt]) -> None:
        """Read statements."""

    def function(self, node: FunctionNode) -> Abstract:
        """Read a function's body, and return the result of calling it."""

    def value(self, node: ast.expr) -> Abstract:
        """The value of an expression."""


class Functions(Places):
    """The summaries of functions, and their dependencies.

    Attributes:
        depth: calls within calls.
        steps: statements read.
        changed_at: the latest time at which something was looked at that changed afterwards.
        has_scattered: whether anything was stored in something unknown. Asked all the time, so every function counts as having seen what was.
    """

    def __init__(self, reader: type[Reads]) -> None:
        super().__init__()
        self.reader = reader
        self.depth = 0
        self.steps = 0
        self.changed_at = -1
        self.summaries: dict[Hashable, Summary] = {}
        self._twins: dict[Hashable, Summary] = {}  # by what is in containers that are arguments
        self._scattered = Frame(None)
        self.has_scattered = False
        self._thrown = Frame(None)  # what the script raises
        self._resumed = Frame(None)  # its version counts how often a generator resumed after others had what it yielded
        self._sessions = Frame(None)  # its version counts changes of boto3's sessions: their credentials and Regions
        self._seen = self._nothing_seen()  # what the function that is read has seen so far, and in which version first
        self._readings: dict[FunctionNode, int] = {}
        self._spent: dict[FunctionNode, int] = {}
        self._plain: dict[FunctionNode, bool] = {}
        self._merged: dict[FunctionNode, list[Abstract]] = {}
        self._later: dict[Hashable, _Later] = {}
        self._records: set[ClassValue] = set()  # the classes of instances without clients that were put into plain data

    def _nothing_seen(self) -> dict[Container | Frame, int]:
        return {self._scattered: self._scattered.version}

    def scatter(self, name: str, value: Abstract) -> None:
        """A value was stored under a name in something unknown (`context.ec2 = …`): it may be read under that name anywhere."""
        if not isinstance(value, Thing) or value.is_unknown or (isinstance(value, Container) and value.is_filled and is_plain(value)):
            return
        self._scatter(name, value)

    def _scatter(self, name: str, value: Abstract) -> None:
        self._scattered.capture(self, name, value)
        self.has_scattered = True

    def scattered(self, name: str, otherwise: Abstract) -> Abstract:
        """What may be stored under a name in something unknown."""
        found = self._scattered.captured.get(name, BOTTOM) if self.has_scattered else BOTTOM
        if found is BOTTOM:
            return otherwise
        return found if otherwise is OPAQUE or otherwise is REPORTED else join(otherwise, found)

    def put_away(self, args: Args) -> None:
        """Values were put into plain data in a way that is not modelled (`data["clients"].append(x)`): they may be anywhere in it."""
        for each in things(join_all(non_data_in(args.values(), self))):
            inside = non_data_in(each.attrs.values(), self) if isinstance(each, InstanceValue) else [each]
            if any(isinstance(held, Thing) and held.is_aws for held in inside):
                self._scatter(_ANYWHERE, each)
            # An instance that holds no client is mostly a record, put into plain data with many others: one of a class stands for all.
            elif isinstance(each, InstanceValue) and each.made_of not in self._records:
                self._records.add(each.made_of)
                self._scatter(_RECORDS, each)

    def _anywhere(self) -> list[Thing]:
        return list(things(self._scattered.captured.get(_ANYWHERE, BOTTOM))) if self.has_scattered else []

    def found_with(self, name: str) -> list[Abstract]:
        """What was put into plain data and has an attribute of this name; names that plain data has mean these."""
        return [each for each in self._anywhere() if name not in OF_PLAIN_DATA and each.has(name)]

    def record_with(self, name: str) -> list[Abstract]:
        """The instances without clients that were put into plain data and have a method of this name."""
        found = things(self._scattered.captured.get(_RECORDS, BOTTOM)) if self.has_scattered and name not in OF_PLAIN_DATA else ()
        return [each for each in found if isinstance(each, InstanceValue) and isinstance(each.made_of.find(name), Function)]

    def resume(self) -> None:
        """A generator is resumed: its summary may change, because something was done to what it has yielded."""
        self._resumed.version += 1
        self.oldest_changed = 0

    def depend_on_session(self) -> None:
        """A client was created: the summary depends on the session's credentials and Region."""
        self._sessions.read = next(CLOCK)
        self._seen.setdefault(self._sessions, self._sessions.version)

    def session_changed(self) -> None:
        """A session has other credentials or another Region from now on."""
        self._sessions.version += 1
        self.oldest_changed = 0
        self.changed_at = max(self.changed_at, self._sessions.read)

    def throw(self, value: Abstract, at: int) -> None:
        """`raise value`: a handler may find something in the exception."""
        for each in members(value):
            made = each.call(self, Args(), at) if isinstance(each, ClassValue) else each
            if isinstance(made, Thing) and not made.is_unknown and not made.foreign_name:
                self._thrown.capture(self, "", made)

    def caught(self, kinds: Abstract) -> Abstract:
        """What `except kinds as error` may hold of what the script raises."""
        self._seen.setdefault(self._thrown, self._thrown.version)
        wanted = [each for kind in members(kinds) for each in (kind.inside() if isinstance(kind, ListValue) else (kind,))]
        own = [each for each in wanted if isinstance(each, ClassValue)]
        # Python's own may be the base of one; an error of boto3 (`client.exceptions.…` is plain data) isn't one that the script defines.
        any_of_them = any(each is OPAQUE or each is REPORTED or foreign_name(each).startswith("builtins.") for each in wanted)
        # What a generator returns is in the exception that ends it.
        ended = any(foreign_name(each) in {"builtins.StopIteration", "builtins.StopAsyncIteration"} for each in wanted)
        return join_all(
            [
                OPAQUE if ended else DATA,
                *(
                    each
                    for each in members(self._thrown.captured.get("", BOTTOM))
                    if any_of_them or (isinstance(each, Thing) and each.is_of(own))
                ),
            ]
        )

    def depend_on(self, value: Abstract) -> Abstract:
        """The function that is being read has read a value: its summary depends on the members."""
        if value is DATA:  # mostly
            return value
        if isinstance(value, Container):
            seen = self._seen
            if value not in seen:
                seen[value] = value.version
                for each in value.behind():
                    if each not in seen:
                        seen[each] = each.version
        elif type(value) is Union:
            walked(len(value.members))
            for member in value.versioned:
                self.depend_on(member)
        return value

    def variables_seen(self) -> dict[Frame, int]:
        """The frames of modules and functions whose variables functions have read, each in its current version."""
        walked(len(self._seen))
        return {each: each.version for each in self._seen if type(each) is Frame}

    def are_as_seen(self, before: Mapping[Frame, int]) -> bool:
        """Whether no function has changed its `global` and `nonlocal` names since."""
        return all(each.version == before.get(each, first) for each, first in self._seen.items() if type(each) is Frame)

    def repeated(self, read: Callable[[], Abstract], at: int) -> Abstract:
        """The result of something that happens any number of times, each time with what the last time has left behind."""
        found: Abstract = BOTTOM
        for _ in range(MAX_PASSES):
            started, before = next(CLOCK), self.variables_seen()
            found = join(found, read())
            if self.changed_at < started and self.are_as_seen(before):
                return found
        return join(found, self.too_deep(at))

    def seeing(self, read: Callable[[], Abstract]) -> tuple[Abstract, dict[Container | Frame, int]]:
        """The result of reading something, and what it has seen, each in its current version."""
        around, self._seen = self._seen, self._nothing_seen()
        where, self.where = self.where, object()
        found = read()
        seen, self._seen, self.where = self._seen, around, where
        self.saw_all(seen)
        return found, {each: each.version for each in seen}

    def saw_all(self, seen: Mapping[Container | Frame, int]) -> None:
        """Note that what is read now has seen these."""
        now, before = next(CLOCK), self._seen
        for each, version in seen.items():
            each.read = now
            if each not in before:
                before[each] = version

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
        call = _Later(target, args, at)
        found = self._read_later(call)
        self.oldest_changed = 0
        key = (identity(target), at, *map(identity, args.values()))
        if key in self._later or len(self._later) < _MAX_LATER:
            self._later[key] = call
        else:
            self.too_deep(at)
        return found

    def _read_later(self, call: _Later) -> Abstract:
        found, call.seen = self.seeing(lambda: self.call(call.target, call.args, call.at))
        for each in call.seen:
            if isinstance(each, Container):
                each.is_many = True  # what it is from now on, it may be in addition to what it was
        return found

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
            limited = self._limited(function, variables)
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
        """The key of the arguments by what is in their lists and dicts, instead of which these are; and these, none if there are none to compare."""
        if function.signature.is_suspended or not any(each.is_by_place for value in variables.values() for each in things(value)):
            return None, []
        inside = [(value, content_of(value)) for value in variables.values()]
        key = (function, *[identity(value) if content is None else content for value, content in inside])
        return key, containers_in([value for value, content in inside if content is not None])

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
            if isinstance(each, Container):
                each.is_many = True
        if isinstance(given, Generator):
            given.comes_from_only(Supply(self, partial(self.run, function, args), summary.dependencies))
        else:
            self._later.setdefault((function, *map(identity, args.values())), _Later(function, args, self.first_line, summary.dependencies))

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
        before, steps, oldest = self.activity, self.steps, self.oldest_changed
        self.spend(len(variables))
        summary = self.summaries.setdefault(key, Summary())
        summary.is_running = True
        around, self._seen = self._seen, self._nothing_seen()
        self.oldest_changed = summary.born = next(CLOCK)
        for value in variables.values():
            self.depend_on(value)
            if isinstance(value, (Lazy, Union)):
                value.hold()
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
            settled = result == summary.result or (isinstance(result, (DictValue, ListValue)) and summary.result is not BOTTOM)
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
        if isinstance(summary.result, Generator):
            summary.dependencies[self._resumed] = self._resumed.version
        self._seen = around
        for each, version in summary.dependencies.items():
            if each not in around:
                around[each] = version
        self._spent[function.node] = self._spent.get(function.node, 0) + self.steps - steps
        self._plain[function.node] = self._plain.get(function.node, True) and before == self.activity
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

    def _limited(self, function: Function, variables: dict[str, Abstract]) -> dict[str, Abstract]:
        """The arguments, distinguished less and less the more often a function is read."""
        node = function.node
        readings = self._readings[node] = self._readings.get(node, 0) + 1
        spent = self._spent.get(node, 0)
        plain = self._plain.get(node, True)
        limit, most = (_MAX_PLAIN_READINGS, _MAX_STEPS_OF_PLAIN) if plain else (_MAX_READINGS, _MAX_STEPS_OF_FUNCTION)
        if readings <= limit and spent <= most and self.steps < _MAX_STEPS:
            return variables
        coarse = {name: widened(value) for name, value in variables.items()}
        if readings <= 2 * limit and spent <= 2 * most and self.steps < _MAX_STEPS:
            return coarse
        merged = self._merged.setdefault(node, [BOTTOM] * len(coarse))
        for place, value in enumerate(coarse.values()):
            if readings <= 8 * _MAX_READINGS:
                merged[place] = join(merged[place], value)
        return dict(zip(coarse, merged, strict=True))

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
