"""IAM action + known inputs -> the ARNs that it can be narrowed to."""

from __future__ import annotations

import re
from typing import Final

from .. import catalog
from ..catalog import Service
from ..values import Pattern
from .calls import ApiCall

ANYTHING: Final = Pattern.of("*")
# A statement with more ARNs than this would take a good part of what IAM lets a role have.
_MOST: Final = 20


def resources_of(service: Service, operation: str, action: str, call: ApiCall) -> tuple[tuple[Pattern, ...], str]:
    """The resources that an action needs, and what to say when they are more than can be listed."""
    types = catalog.resource_types(action)
    if not types:
        return (ANYTHING,), ""
    found = tuple(dict.fromkeys(wildcard(each.arn) for each in types))
    if len(found) > _MOST:
        return account_wide(action, types), f"{action} has {len(types)} resource types, and which one is meant is not known"
    return found, ""


def wildcard(arn: str) -> Pattern:
    """Every resource of a type, of the role's account where the ARN has one."""
    return Pattern.of(re.sub(r"\{(?![PRA]\})\w+\}", "*", arn))


def account_wide(action: str, types: tuple[catalog.ResourceType, ...]) -> tuple[Pattern, ...]:
    """The service's resources of the account, and of no account where a type has none."""
    return tuple(dict.fromkeys(Pattern.of(":".join([*each.arn.split(":", 5)[:5], "*"])) for each in types))
