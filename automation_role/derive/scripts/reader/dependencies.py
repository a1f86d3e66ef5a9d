"""What the function that is read has seen: its summary holds as long as none of it changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..values.asking import foreign_name
from ..values.containers import CLOCK, Container
from ..values.frames import Frame
from ..values.scalars import as_thing
from ..values.thing import BOTTOM, DATA, OPAQUE, REPORTED, Abstract
from ..values.unions import Union, join, join_all, things
from ..values.work import walked
from .limits import MAX_PASSES
from .scattered import Scattered


class Dependencies(Scattered):
    """What was seen, in which version, and what has changed since.

    Attributes:
        changed_at: the latest time at which something was looked at that changed afterwards.
    """

    def __init__(self) -> None:
        super().__init__()
        self.changed_at = -1
        self._thrown = Frame(None)  # what the script raises
        self._resumed = Frame(None)  # its version counts how often a generator resumed after others had what it yielded
        self._sessions = Frame(None)  # its version counts changes of boto3's sessions: their credentials and Regions
        self._seen = self._nothing_seen()  # what the function that is read has seen so far, and in which version first

    def _nothing_seen(self) -> dict[Container | Frame, int]:
        return {self._scattered: self._scattered.version}

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

    def saw_all(self, seen: Mapping[Container | Frame, int]) -> None:
        """Note that what is read now has seen these."""
        now, before = next(CLOCK), self._seen
        for each, version in seen.items():
            each.read = now
            if each not in before:
                before[each] = version

    def seeing(self, read: Callable[[], Abstract]) -> tuple[Abstract, dict[Container | Frame, int]]:
        """The result of reading something, and what it has seen, each in its current version."""
        around, self._seen = self._seen, self._nothing_seen()
        where, self.where = self.where, object()
        found = read()
        seen, self._seen, self.where = self._seen, around, where
        self.saw_all(seen)
        return found, {each: each.version for each in seen}

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
        for each in things(as_thing(value).raised(self, at)):
            if not each.is_unknown and not each.foreign_name:
                self._thrown.capture(self, "", each)

    def caught(self, kinds: Abstract) -> Abstract:
        """What `except kinds as error` may hold of what the script raises."""
        self._seen.setdefault(self._thrown, self._thrown.version)
        wanted = as_thing(kinds).exceptions()
        # Python's own may be the base of one; an error of boto3 (`client.exceptions.…` is plain data) isn't one that the script defines.
        any_of_them = any(each is OPAQUE or each is REPORTED or foreign_name(each).startswith("builtins.") for each in wanted)
        # What a generator returns is in the exception that ends it.
        ended = any(foreign_name(each) in {"builtins.StopIteration", "builtins.StopAsyncIteration"} for each in wanted)
        return join_all(
            [
                OPAQUE if ended else DATA,
                *(each for each in things(self._thrown.captured.get("", BOTTOM)) if any_of_them or each.is_of(wanted)),
            ]
        )
