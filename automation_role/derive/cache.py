"""Remembers what a call needs, for all steps whose calls have the same in the inputs that it depends on: runbooks repeat each other."""

from __future__ import annotations

from collections.abc import Hashable, ItemsView, Iterator, Mapping, ValuesView
from typing import Final, TypeAlias

from ..findings import Finding
from ..values.calls import ApiCall, Origin, Permission
from ..values.value import Text, Unknown, Value
from . import operations

_Needed: TypeAlias = tuple[tuple[Permission, ...], tuple[Finding, ...]]

_MOST: Final = 1_024  # operations that are remembered, and calls of one; then all of them are forgotten
_NOBODY: Final = Origin("", "", 0)
_LEFT_OUT: Final = object()
# Operation -> the inputs that were read -> what these held -> what such a call needs. Of calls with the same values there, the same is read.
KNOWN: Final[dict[Hashable, dict[tuple[str, ...] | None, dict[Hashable, _Needed]]]] = {}


class WatchedInputs(Mapping[str, Value]):
    """A call's inputs that remember which of them are read.

    Attributes:
        read: their names, whether they are set or not.
        whole: whether all of them were read.
    """

    def __init__(self, inputs: Mapping[str, Value]) -> None:
        self.read: set[str] = set()
        self.whole = False
        self._inputs = inputs

    def __getitem__(self, name: str) -> Value:
        self.read.add(name)
        return self._inputs[name]

    def __contains__(self, name: object) -> bool:
        self.read.add(str(name))
        return name in self._inputs

    def __iter__(self) -> Iterator[str]:
        self.whole = True
        return iter(self._inputs)

    def __len__(self) -> int:
        self.whole = True
        return len(self._inputs)

    def items(self) -> ItemsView[str, Value]:
        """All of them, at once: no name of its own is read."""
        self.whole = True
        return self._inputs.items()

    def values(self) -> ValuesView[Value]:
        """As `items`."""
        self.whole = True
        return self._inputs.values()


def permissions_of(call: ApiCall) -> _Needed:
    """See `operations.permissions_of`."""
    operation = (call.service, call.operation, call.complete, call.regions)
    of_operation = KNOWN.get(operation)
    if of_operation is None:
        if len(KNOWN) >= _MOST:
            KNOWN.clear()
        of_operation = KNOWN[operation] = {}
    for names, known in of_operation.items():
        found = known.get(_key(call.inputs, names))
        if found is not None:
            break
    else:
        inputs = WatchedInputs(call.inputs)
        found = operations.permissions_of(call._replace(origin=_NOBODY, inputs=inputs))
        names = None if inputs.whole else tuple(sorted(inputs.read))
        same = of_operation.setdefault(names, {})
        if len(same) >= _MOST:
            same.clear()
        same[_key(call.inputs, names)] = found
    permissions, findings = found
    origin = call.origin
    return tuple([each.asked_by(origin) for each in permissions]), tuple([origin.finding(each.id, each.message) for each in findings])


def _key(inputs: Mapping[str, Value], names: tuple[str, ...] | None) -> Hashable:
    return frozen(inputs) if names is None else tuple([frozen(inputs[name]) if name in inputs else _LEFT_OUT for name in names])


def frozen(value: Value) -> Hashable:
    """A key for the cache: inputs in order, where `True` differs from 1."""
    if value is None or isinstance(value, (Text, Unknown)):
        return value
    if isinstance(value, tuple):
        return ("list", *map(frozen, value))
    if isinstance(value, (bool, int, float)):
        return (type(value), value)
    return ("mapping", *[part for name, each in value.items() for part in (name, frozen(each))])
