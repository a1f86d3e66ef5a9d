"""What a script stores in something unknown: it may be read from there anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..values.arguments import Args
from ..values.asking import is_scalar, is_unknown, texts_in
from ..values.classes import ClassValue
from ..values.containers import non_data_in
from ..values.frames import Frame
from ..values.functions import Function
from ..values.scalars import as_thing
from ..values.thing import BOTTOM, DATA, OPAQUE, REPORTED, Abstract, Thing, UnknownValue
from ..values.unions import join, join_all, things
from .places import Places

_ANYWHERE: Final = ""  # what is scattered under no name
_RECORDS: Final = "()"  # instances that hold no client
# `copy` of plain data is not S3's `copy`, although a client of S3 may be somewhere in the data. The same on every Python (see the tests).
OF_PLAIN_DATA: Final = frozenset(("__buffer__", *(name for kind in (str, bytes, int, float, list, tuple, dict, set) for name in dir(kind))))


class Scattered(Places):
    """What was stored in something unknown.

    Attributes:
        has_scattered: whether anything was. Asked all the time, so every function counts as having seen what was (`Dependencies`).
    """

    def __init__(self) -> None:
        super().__init__()
        self._scattered = Frame(None)
        self.has_scattered = False
        self._records: set[ClassValue] = set()  # the classes of instances without clients that were put into plain data
        self._asked: set[str] = set()  # names of methods that these were asked for

    def scatter(self, name: str, value: Abstract) -> None:
        """A value was stored under a name in something unknown (`context.ec2 = …`): it may be read under that name anywhere."""
        if not (is_scalar(value) or is_unknown(value) or as_thing(value).is_only_data()):
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

    def scattered_under(self, key: Abstract, otherwise: Abstract) -> Abstract:
        """The same of a key, for all that it may be."""
        names = texts_in(key) if self.has_scattered else None
        return otherwise if names is None else join_all([self.scattered(name, otherwise) for name in names])

    def put_away(self, values: Sequence[Abstract]) -> None:
        """Values were put into plain data in a way that is not modelled (`data["clients"].append(x)`): they may be anywhere in it."""
        for each in things(join_all(non_data_in(values, self))):
            if each.leads_to_aws(self):
                self._scatter(_ANYWHERE, each)
            # An instance that holds no client is mostly a record, put into plain data with many others: one of a class stands for all.
            elif each.made_of is not None and each.made_of not in self._records:
                self._records.add(each.made_of)
                self._scatter_record(each)

    def _scatter_record(self, record: Thing) -> None:
        """What has asked for one of its methods is read again; other code goes on as before, since no other instance is taken for the data."""
        nothing_new = self.has_scattered and not any(_has_method(record, name) for name in self._asked)
        version = self._scattered.version
        self._scatter(_RECORDS, record)
        if nothing_new:
            self._scattered.version = version

    def _anywhere(self) -> list[Thing]:
        return list(things(self._scattered.captured.get(_ANYWHERE, BOTTOM))) if self.has_scattered else []

    def found_with(self, name: str) -> list[Abstract]:
        """What was put into plain data and has an attribute of this name; names that plain data has mean these."""
        return [each for each in self._anywhere() if name not in OF_PLAIN_DATA and each.has(name)]

    def _record_with(self, name: str) -> list[Abstract]:
        """The instances without clients that were put into plain data and have a method of this name."""
        if not self.has_scattered or name in OF_PLAIN_DATA:
            return []
        self._asked.add(name)
        records = things(self._scattered.captured.get(_RECORDS, BOTTOM))
        return [each for each in records if _has_method(each, name)]

    def attribute_of_unknown(self, target: UnknownValue, name: str, at: int) -> Abstract:
        """The value of `target.name`, of an unknown value."""
        if not self.has_scattered:
            return target
        found = self.scattered(name, target)
        hidden = [self.attribute(each, name, at) for each in self.found_with(name)] if target is DATA else ()
        return join_all([found, *hidden]) if hidden else found

    def invoke_unknown(self, target: UnknownValue, name: str, args: Args, at: int) -> Abstract:
        """The result of `target.name(…)`, of an unknown value."""
        if target is DATA:
            hidden = [self.invoke(each, name, args, at) for each in (*self.found_with(name), *self._record_with(name))]
            if hidden:
                return join_all([DATA, *hidden])
            self.put_away(args.values())
        found = self.scattered(name, BOTTOM)
        if name == "setdefault":
            self.store_in_unknown(target, args.get(0, "key", DATA), args.get(1, "default", None))
        if found is BOTTOM and name in {"get", "pop", "setdefault"}:
            found = self.scattered_under(args.get(0, "key", DATA), BOTTOM)
            if found is not BOTTOM:
                return join_all([target if target is DATA else BOTTOM, found, args.get(1, "default")])
        if found is not BOTTOM:
            return self.call(found, args, at)
        if name.startswith(self.libraries.methods_opening_urls):
            self.report_urls(args, at)
        if target is OPAQUE:
            self.unknown_receiver(name, args, at)
        return self.escape(args, at, DATA if target is DATA else target)

    def store_in_unknown(self, target: UnknownValue, key: Abstract, value: Abstract) -> None:
        """`target[key] = value`, of an unknown value."""
        names = texts_in(key)
        for name in names or ():
            self.scatter(name, value)
        if target is DATA:  # it may be read with another key, or by going through the data
            self.put_away([value])


def _has_method(record: Thing, name: str) -> bool:
    return isinstance(record.made_of.find(name), Function)
