"""What CloudFormation needs to create and delete each type of resource, from the schemas that cfn-lint ships."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from .attributes import arns_of
from .effects import Effects
from .iam import Iam


class ResourceTypes:
    """The permissions of the `create` and `delete` handlers, by type: `AWS::EC2::Instance`."""

    def __init__(self, iam: Iam, none: list[str], effects: Effects) -> None:
        self.by_service: dict[str, dict[str, list[str]]] = {}
        self.arns: dict[str, dict[str, Any]] = {}
        self.unknown_types: list[str] = []
        self.unknown_actions: dict[str, None] = {}
        self._iam = iam
        for path in sorted((files("cfnlint") / "data" / "schemas" / "resources").iterdir(), key=lambda path: path.name):
            if not path.name.endswith(".json"):
                continue
            schema = json.loads(path.read_text())
            name, handlers = schema["typeName"], schema.get("handlers", {})
            if arns := arns_of(schema, iam):
                self.arns[name] = arns
            if not handlers and name not in none:
                self.unknown_types.append(name)
                continue
            if not handlers:
                effects.had("types", "none", name)
            said = [each for kind in ("create", "delete") for each in handlers.get(kind, {}).get("permissions", [])]
            _, service, rest = name.split("::", 2)
            self.by_service.setdefault(service.lower(), {})[rest] = sorted({action for each in said for action in self._actions(each)})

    def _actions(self, said: str) -> Iterator[str]:
        """An action as IAM writes it; an action that IAM does not have is left out, since it can't be granted."""
        action = self._iam.action(said)
        if action is not None:
            yield action
        elif "*" in said:
            yield from self._iam.matching(said)
        else:
            self.unknown_actions[said] = None

    def report(self) -> str:
        """How many types are known."""
        known = sum(map(len, self.by_service.values()))
        return (
            f"{known} CloudFormation types with their handlers' permissions, {len(self.unknown_types)} without; "
            f"{len(self.unknown_actions)} names in them that IAM does not have"
        )
