"""Calls to Regions other than the one in which the automation runs: their resources are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..values.calls import ApiCall, Permission
from ..values.patterns import Pattern, Slot
from ..values.value import Text, Value


def in_regions(permission: Permission, call: ApiCall) -> Permission:
    """A permission of a call, on resources of the Regions that are called.

    If an input has an ARN of the automation's own Region, resources of that Region stay allowed, too.
    """
    if not call.regions:
        return permission
    own = _holds_region(call.inputs)
    resources, perhaps, either = (
        tuple(dict.fromkeys(each for pattern in patterns for each in _moved(pattern, call.regions, own=own)))
        for patterns in (permission.resources, permission.perhaps, permission.either)
    )
    return permission._replace(resources=resources, perhaps=perhaps, either=either)


def _moved(pattern: Pattern, regions: tuple[Pattern, ...], *, own: bool) -> Iterator[Pattern]:
    parts = pattern.parts
    # `arn:{P}:ec2:{R}:…`: the Region is the fourth field.
    if len(parts) < 4 or parts[0] != "arn:" or parts[3] is not Slot.REGION:
        yield pattern
        return
    for region in regions:
        yield Pattern((*parts[:3], *region.parts, *parts[4:]))
    if own:
        yield pattern


def _holds_region(value: Value) -> bool:
    if isinstance(value, Text):
        return any(Slot.REGION in option.parts for option in value.options)
    if isinstance(value, Mapping):
        return any(_holds_region(each) for each in value.values())
    return isinstance(value, tuple) and any(_holds_region(each) for each in value)
