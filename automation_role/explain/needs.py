"""What a policy allows, for people: each action with its resources, how much these cover, and the lines that need it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from ..policy.policy import Policy
from ..policy.statement import Statement
from ..values.calls import Permission
from ..values.patterns import ANY, Bound, Part, Pattern, Slot
from ..values.place import Place
from ..values.placeholders import has_placeholder


class Breadth(StrEnum):
    """How much a resource of a policy covers."""

    NAMED = "named"
    """What the runbook names, in any Region, account and partition."""
    TYPE = "type"
    """Any of its type, or any whose name matches: the rest is a runtime value."""
    ALL = "all"
    """Everything, `*`: IAM offers nothing narrower."""


class ExplainedResource(NamedTuple):
    """A resource as the policy has it."""

    text: str
    breadth: Breadth


class ExplainedPermission(NamedTuple):
    """A permission: an IAM action on resources, under conditions (as IAM JSON), and the lines that need it.

    Attributes:
        documented: AWS's page that lists the action, where it was not derived.
    """

    action: str
    resources: tuple[ExplainedResource, ...]
    conditions: Mapping[str, Any]
    lines: tuple[int, ...] = ()
    documented: str = ""

    def to_json(self) -> dict[str, Any]:
        """As `explain --format json` has it."""
        shown = {"action": self.action, "resources": [resource.text for resource in self.resources], "conditions": dict(self.conditions)}
        return {**shown, "documented": self.documented} if self.documented else shown


def needs_of(permissions: Iterable[Permission], context: Place) -> tuple[ExplainedPermission, ...]:
    """The permissions, each action once for each set of conditions, in the order of the actions' names."""
    permissions = tuple(permissions)
    lines: dict[str, set[int]] = defaultdict(set)
    for permission in permissions:
        lines[permission.action].update(origin.line for origin in permission.origins)
    pages = {permission.action: permission.documented for permission in permissions if permission.documented}
    derived = {permission.action for permission in permissions if not permission.documented}
    return tuple(
        sorted(
            (
                ExplainedPermission(
                    action=action,
                    resources=_resources(statement, context),
                    conditions=statement.to_json(context).get("Condition", {}),
                    lines=tuple(sorted(lines[action])),
                    documented="" if action in derived else pages.get(action, ""),
                )
                for statement in Policy.of(permissions).statements
                for action in statement.actions
            ),
            key=lambda need: need.action,
        )
    )


def _resources(statement: Statement, context: Place) -> tuple[ExplainedResource, ...]:
    found = {text: ExplainedResource(text, breadth(pattern, context)) for pattern in statement.resources for text in context.write(pattern)}
    return tuple(found.values())


def breadth(resource: Pattern, context: Place) -> Breadth:
    """How much a resource covers."""
    if resource.is_any:
        return Breadth.ALL
    unknown_role = Slot.ROLE in resource.parts and context.role_arn is None
    unknown_name = not context.keeps_placeholders and any(map(_is_placeholder, resource.parts))
    return Breadth.TYPE if unknown_role or unknown_name or ANY in resource.parts else Breadth.NAMED


def _is_placeholder(part: Part) -> bool:
    """Whether only a deployment knows a part of a resource's name."""
    text = part.value if isinstance(part, Bound) else part
    return isinstance(text, str) and has_placeholder(text)


def breadth_of(need: ExplainedPermission) -> Breadth:
    """How much the widest resource of a permission covers."""
    found = {resource.breadth for resource in need.resources}
    return next((kind for kind in (Breadth.ALL, Breadth.TYPE) if kind in found), Breadth.NAMED)
