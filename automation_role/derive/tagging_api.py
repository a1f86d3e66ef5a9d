"""Tagging by the Resource Groups Tagging API, which the service that owns the resource must authorize, too.

Source: https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_TagResources.html, API_UntagResources.html (minimum permissions)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ..catalog import operations as catalog
from ..catalog.iam_actions import tagging_actions
from ..findings import BY_HAND, Finding
from ..values.calls import ApiCall, Permission
from ..values.patterns import ANY, Pattern
from .inputs import UNKNOWN_TEXT, shown

_OPERATIONS: Final = ("TagResources", "UntagResources")
_SERVICE: Final = 2  # the field of an ARN


def retagged(call: ApiCall, operation: str) -> Iterator[Permission | Finding]:
    """What a call of `TagResources` or `UntagResources` needs from the services whose resources it names; nothing for other calls."""
    if call.service != "resourcegroupstaggingapi" or operation not in _OPERATIONS:
        return
    at = _OPERATIONS.index(operation)
    found: dict[str, dict[Pattern, None]] = {}
    unknown = False
    for arn in shown(call.inputs, "ResourceARNList") or (UNKNOWN_TEXT,):
        action = _action(arn, at)
        if action is None:
            unknown = True
        else:
            found.setdefault(action, {})[arn] = None
    for action, resources in found.items():
        yield Permission(action=action, resources=tuple(resources), origins=(call.origin,))
    if unknown:
        message = (
            f"{call.service} {operation} {'untags' if at else 'tags'} a resource whose service, or that service's tagging action, is unknown; the permission "
            f"to {'untag' if at else 'tag'} it was not derived; add it {BY_HAND}"
        )
        yield call.origin.finding("unreadableStep", message)


def _action(arn: Pattern, at: int) -> str | None:
    """The action of the ARN's service that tags (0) or untags (1)."""
    fields = _fields(arn)
    if fields is None:
        return None
    prefix, resource = fields
    for pair in tagging_actions(prefix):
        action = pair[at]
        if action and (not resource or not catalog.resource_types(action) or _fits(action, arn)):
            return action
    return None


def _fields(arn: Pattern) -> tuple[str, str] | None:
    """The service of an ARN, and the known part of its resource."""
    text = arn.shown()
    fields = text.split(":", 5)
    return (fields[_SERVICE], fields[-1]) if fields[0] == "arn" and len(fields) > _SERVICE + 1 and "*" not in fields[_SERVICE] else None


def _fits(action: str, arn: Pattern) -> bool:
    """Whether the ARN is of a type that the action accepts, or may be."""
    return ANY in arn.parts or any(Pattern.of(_any(kind.arn)).covers(arn) for kind in catalog.resource_types(action))


def _any(arn: str) -> str:
    return re.sub(r"\{\w+\}", "*", arn)
