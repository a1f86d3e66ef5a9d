"""Names that must be unique: two resources with the same name fail halfway through a deployment."""

from __future__ import annotations

from typing import Final
from weakref import WeakKeyDictionary

from aws_cdk import Stack
from constructs import Construct

from ..errors import AutomationRoleError
from ..values.tokens import is_opaque

_TAKEN: Final[WeakKeyDictionary[Construct, dict[tuple[str, str], str]]] = WeakKeyDictionary()  # by stack: (kind, name) -> path


def check_once(scope: Construct, what: str, name: str | None, where: str, *, instead: str = "rename one of them") -> None:
    """Reject a name that another resource in this stack already has.

    Args:
        scope: the construct that the resource is created in.
        what: the argument that names it.
        name: the name; a CDK token or `None` is never taken.
        where: the path of the new resource.
        instead: what to do.

    Raises:
        AutomationRoleError: it is taken.
    """
    if name is None or is_opaque(name):
        return
    taken = _TAKEN.setdefault(Stack.of(scope), {})
    key = name.lower() if what == "role_name" else name  # IAM's names ignore case
    first = taken.setdefault((what, key), where)
    if first != where and _is_there(scope, first):
        raise AutomationRoleError(f"{what} {name!r} is already used by {first!r} → once in a stack; {instead}")
    taken[what, key] = where


def _is_there(scope: Construct, path: str) -> bool:
    """Whether this path still has a construct: one that failed is gone."""
    at = scope.node.root
    for name in filter(None, path.split("/")):
        child = at.node.try_find_child(name)
        if child is None:
            return False
        at = child
    return True
