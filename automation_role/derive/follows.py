"""Further permissions that an input of a call requires: for the key, version or bucket that it names, or the service-linked role that it creates.

Which input requires what is data: `[[follow]]` of `tools/exceptions.toml`, with the source of each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from ..catalog import operations as catalog
from ..catalog.operations import Details, Follow
from ..findings import BY_HAND, Finding
from ..values.calls import ApiCall, Condition, Permission
from ..values.patterns import Pattern
from .arn_forms import ANYTHING, wildcard
from .inputs import is_on, may_hide, shown
from .resources import named, resources_of
from .s3_urls import bucket_of_domain, bucket_of_url, object_of_url


def follows(call: ApiCall, details: Details, actions: tuple[str, ...]) -> Iterator[Permission | Finding]:
    """The further permissions that a call's inputs require.

    Args:
        call: the call.
        details: what its inputs mean.
        actions: the actions that the call itself is authorized by.
    """
    may_need: dict[str, None] = {}
    sure: set[str] = set()
    for each in details.follows:
        if each.on.startswith(ENCRYPTED):
            continue  # derive/encrypted.py: once a step
        shown_to_be = not each.when or is_on(call.inputs, each.when)
        if shown_to_be and each.on != _PERHAPS:
            sure.update(each.actions)
            for action in each.actions:
                yield _permission(call, details, each, action, actions)
        elif shown_to_be or may_be_on(call, each.when):
            may_need.update(dict.fromkeys(each.actions))
    if perhaps := [action for action in may_need if action not in sure]:
        message = (
            f"some uses of {call.service} {call.operation} also need {', '.join(perhaps)}, and the runbook does not show whether this is one; "
            f"if it is, add what it needs {BY_HAND}"
        )
        yield call.origin.finding("mayAlsoNeed", message)


# Written instead of the resource: it is not certain that the actions are needed.
_PERHAPS: Final = "?"
# Written before what a customer managed key may encrypt: the actions are needed on that key.
ENCRYPTED: Final = "encrypted:"


def may_be_on(call: ApiCall, when: str) -> bool:
    """Whether a wholly unknown input may be set: the input around it is unknown, or the call has inputs that could not be read."""
    parts = [part for part in when.split(" and ") if not is_on(call.inputs, part)]
    return all(not part.startswith("!") and any(_is_hidden(call, path) for path in part.split("|")) for part in parts)


def _is_hidden(call: ApiCall, said: str) -> bool:
    path = re.split(r" (?:may have|has) ", said)[0]
    top = path.split(".")[0]
    return may_hide(call.inputs, path) or (not call.complete and top not in call.inputs)


def _permission(call: ApiCall, details: Details, follow: Follow, action: str, like: tuple[str, ...]) -> Permission:
    kind, _, path = follow.on.partition(":")
    resources: tuple[Pattern, ...]
    conditions: tuple[Condition, ...] = ()
    if kind in _BY_ADDRESS:
        resources = tuple(dict.fromkeys(_BY_ADDRESS[kind](action, text) for text in _meant(call, follow.when, path)))
    elif kind == "service-role":
        resources, conditions = _service_linked_role(action, path)
        return Permission(action=action, resources=resources, conditions=conditions, origins=(call.origin,), perhaps=resources)
    elif path:
        resources = named(action, kind, *(_meant(call, follow.when, each) for each in path.split("/")))
        conditions = _always(action)
    elif kind == "*":
        types = tuple(each for each in catalog.resource_types(action) if not each.only_by_arn)
        resources = tuple(dict.fromkeys(wildcard(each.arn) for each in types)) or (ANYTHING,)
    else:
        found = resources_of(call, details, action, like=like)
        return Permission(action=action, resources=found.resources, origins=(call.origin,), perhaps=found.perhaps, either=found.either)
    return Permission(action=action, resources=resources, conditions=conditions, origins=(call.origin,))


def _meant(call: ApiCall, when: str, path: str) -> tuple[Pattern, ...]:
    """The texts at a path; for a condition `PATH has TEXT`, only those that have it."""
    found = shown(call.inputs, path)
    of, has, piece = when.partition(" has ")
    return (
        tuple(text for text in found if any(isinstance(part, str) and piece in part for part in text.parts))
        if has and of == path
        else found
    )


def _service_linked_role(action: str, services: str) -> tuple[tuple[Pattern, ...], tuple[Condition, ...]]:
    """The service-linked roles of these services; each may only be created for its service.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
    """
    names = services.split("|")
    resources = tuple(Pattern.of(f"arn:{{P}}:iam::{{A}}:role/aws-service-role/{name}/*") for name in names)
    created = ("StringEquals", "iam:AWSServiceName", tuple(map(Pattern.literal, names)))
    return resources, (created,) if action == "iam:CreateServiceLinkedRole" else ()


def _below(action: str, url: Pattern) -> Pattern:
    """The objects below `s3://BUCKET/PREFIX`, or the bucket for actions on buckets."""
    bucket, objects = bucket_of_url(url)
    return objects if any(kind.name == "object" for kind in catalog.resource_types(action)) else bucket


_BY_ADDRESS: Final[Mapping[str, Callable[[str, Pattern], Pattern]]] = {
    "url": lambda _, url: object_of_url(url),
    "below": _below,
    "domain": lambda _, domain: bucket_of_domain(domain),
}


def _always(action: str) -> tuple[Condition, ...]:
    """The condition that an action always has when it follows from an input: a grant on a key is only allowed to the service that is called."""
    found = catalog.following_condition(action)
    return ((found[0], found[1], (Pattern.literal(found[2]),)),) if found is not None else ()
