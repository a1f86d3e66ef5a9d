"""The nodes that a command runs on: by identifiers or by tags.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command-setting-up.html (restricting access by tags) and
    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Target.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ..values.calls import Condition, Permission
from ..values.patterns import Pattern
from ..values.value import Text, Value
from .inputs import texts

_NODES: Final = (Pattern.of("arn:{P}:ec2:{R}:{A}:instance/*"), Pattern.of("arn:{P}:ssm:{R}:{A}:managed-instance/*"))


def narrowed_to_targets(targets: Value, permission: Permission) -> Iterator[Permission]:
    """A permission on nodes, narrowed to those that literal targets name.

    Args:
        targets: the input of targets, if any.
        permission: what the call needs, on any node if it has targets.
    """
    given = targets if isinstance(targets, tuple) else ()
    chosen = [target for target in given if isinstance(target, Mapping)]
    others = tuple(resource for resource in permission.resources if resource not in _NODES)
    if not chosen or len(chosen) != len(given) or len(others) == len(permission.resources):
        yield permission
        return
    named = [_identifiers(target) for target in chosen]
    tags = [_tag(target) for target in chosen]
    once = len({_key(target) for target in chosen}) == len(chosen)  # a policy has a condition key once for each operator
    if all(ids is not None for ids in named):
        found = tuple(dict.fromkeys(arn for ids in named for arn in ids or ()))
        yield permission._replace(resources=(*others, *found))
    elif once and all(tag is not None for tag in tags):
        yield permission._replace(resources=others)
        yield permission._replace(resources=_NODES, conditions=tuple(sorted((tag for tag in tags if tag is not None), key=str)))
    else:
        yield permission


def _key(target: Mapping[str, Value]) -> str:
    key = target.get("Key")
    known = key.literals if isinstance(key, Text) else None
    return known[0] if known is not None and len(known) == 1 else ""


def _identifiers(target: Mapping[str, Value]) -> tuple[Pattern, ...] | None:
    """`InstanceIds`, if all of them are known; `*` is every node."""
    ids = texts(target, "Values")
    if _key(target).lower() != "instanceids" or not ids or any(each.text in {None, "*"} for each in ids):
        return None
    return tuple(
        Pattern.of("arn:{P}:ssm:{R}:{A}:managed-instance/" if str(each.text).startswith("mi-") else _INSTANCE) + each for each in ids
    )


_INSTANCE: Final = "arn:{P}:ec2:{R}:{A}:instance/"


def _tag(target: Mapping[str, Value]) -> Condition | None:
    """`tag:NAME` with values that are at least partly known."""
    kind, _, name = _key(target).partition(":")
    values = texts(target, "Values")
    if kind != "tag" or not name or not values or any(value.is_any for value in values):
        return None
    return ("StringLike", f"ssm:resourceTag/{name}", values)
