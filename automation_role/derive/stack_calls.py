"""What the API calls of a resource type's handlers imply: which service a role is passed to, what is tagged, which service-linked role is created.

A handler's schema only lists actions. Each is named after an API operation, and the catalog knows what follows from that operation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from ..catalog import operations as catalog
from ..catalog.operations import Details, ResourceType
from .which_types import types_of

_LINKED: Final = "service-role:"
_CREATES: Final = re.compile(r"(Allocate|Create|Import|Put|Register|Request|Restore|Run)[A-Z]")


@cache
def passed_to(kind: str, name: str) -> str:
    """The service that a resource passes the role to that a property has; `a|b`: either; empty: unknown.

    Args:
        kind: `AWS::Batch::ComputeEnvironment`.
        name: of the property, or of the list or mapping that it is in: `ServiceRole`.
    """
    told = [(_plain(_last(path)), to.service) for details in _calls(kind) for path, to in details.passes.items()]
    same = dict.fromkeys(service for member, service in told if member == _plain(name))
    found = same or dict.fromkeys(service for _, service in told)
    return next(iter(found)) if len(found) == 1 else ""


@cache
def is_passed(kind: str, name: str) -> bool:
    """Whether the calls of a type's handlers pass the role in an input with a property's name; not what has a role in it."""
    return any(_plain(_last(path)) == _plain(name) and not to.holder for details in _calls(kind) for path, to in details.passes.items())


@cache
def tagged_types(kind: str, action: str) -> tuple[ResourceType, ...]:
    """Which types of resources a handler tags with an action: the one that it creates, as far as that is known."""
    own = _own_actions(kind)
    creating = [each for each in own if _CREATES.match(each.partition(":")[2])]
    types = catalog.resource_types(action)
    if len(creating) != 1 or creating[0].partition(":")[0] != action.partition(":")[0]:
        return types
    also = tuple(each for each in types if each.name in _ALSO_TAGGED.get(kind, ()))
    return (*types_of(action, tuple(creating), creating[0].partition(":")[2]), *also)


# What a resource creates that gets its tags, too. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-instance.html
# (PropagateTagsToVolumeOnCreation)
_ALSO_TAGGED: Final[Mapping[str, tuple[str, ...]]] = {"AWS::EC2::Instance": ("volume",)}


@cache
def linked_services(kind: str) -> tuple[str, ...]:
    """The services whose service-linked roles a handler may create; empty: unknown."""
    follows = (each for details in _calls(kind) for each in details.follows if "iam:CreateServiceLinkedRole" in each.actions)
    return tuple(
        sorted({service for each in follows for service in each.on.removeprefix(_LINKED).split("|") if each.on.startswith(_LINKED)})
    )


def _calls(kind: str) -> Iterator[Details]:
    """What is known of the operations that a type's own handlers call."""
    for action in _own_actions(kind):
        prefix, _, name = action.partition(":")
        for api in catalog.services_with(prefix):
            service = catalog.service(api)
            if service is not None and name in service.operations:
                yield service.details(name)


def _own_actions(kind: str) -> tuple[str, ...]:
    """The actions that no resource of the type can be created without; if none is known, those of the type's service."""
    certain = sorted(catalog.certain_actions(kind))
    if certain:
        return tuple(certain)
    service = kind.partition("::")[2].partition("::")[0].lower()
    return tuple(each for each in catalog.handler_actions(kind, ("create",)) or () if each.partition(":")[0].replace("-", "") == service)


def _last(path: str) -> str:
    """The last word of a path that is not a mapping's key."""
    return next(word for word in reversed(path.partition(" where ")[0].split(".")) if word != "*")


def _plain(name: str) -> str:
    return _END.sub("", name.lower())


_END: Final = re.compile(r"(?:arn|name)?s?$")
