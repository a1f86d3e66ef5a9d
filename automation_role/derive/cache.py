"""Remembers what a call needs, for all steps that make the same call with the same inputs: runbooks repeat each other."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Final

from ..findings import Finding
from ..values.calls import ApiCall, Origin, Permission
from ..values.value import Text, Unknown, Value
from . import operations

_MOST: Final = 4_096  # at most this many calls are remembered; then all are forgotten
_NOBODY: Final = Origin("", "", 0)
KNOWN: Final[dict[Hashable, tuple[tuple[Permission, ...], tuple[Finding, ...]]]] = {}


def permissions_of(call: ApiCall) -> tuple[tuple[Permission, ...], tuple[Finding, ...]]:
    """See `operations.permissions_of`."""
    key = (call.service, call.operation, call.complete, call.regions, frozen(call.inputs))
    found = KNOWN.get(key)
    if found is None:
        if len(KNOWN) >= _MOST:
            KNOWN.clear()
        found = KNOWN[key] = operations.permissions_of(call._replace(origin=_NOBODY))
    permissions, findings = found
    origin = call.origin
    return (
        tuple([each.asked_by(origin) for each in permissions]),
        tuple(Finding(id=each.id, runbook=origin.runbook, step=origin.step, line=origin.line, message=each.message) for each in findings),
    )


def frozen(value: Value) -> Hashable:
    """A key for the cache: inputs in order, where `True` differs from 1."""
    if isinstance(value, (Text, Unknown)):
        return value
    if isinstance(value, tuple):
        return ("list", *map(frozen, value))
    if isinstance(value, (bool, int, float)):
        return (type(value), value)
    return tuple([(name, frozen(each)) for name, each in value.items()]) if isinstance(value, Mapping) else value
