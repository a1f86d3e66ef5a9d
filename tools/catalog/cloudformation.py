"""What CloudFormation's handlers need for each resource type, from cfn-lint's schemas."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Final

from .attributes import arns_of
from .effects import Effects
from .iam import Iam

_HANDLERS: Final = ("create", "delete", "update", "read", "list")
# The handlers whose certain actions are marked.
_MAKING: Final = ("create", "delete")
# Services whose permissions the handlers of other services' types often list, too.
_HELPERS: Final = frozenset({"ec2", "iam", "kms", "logs", "s3", "secretsmanager", "sso", "sts"})
# Marks an action that a handler cannot do without.
CERTAIN: Final = "!"
CREATES_ROLE: Final = "iam:CreateServiceLinkedRole"


class ResourceTypes:
    """The permissions of the handlers, by type (`AWS::EC2::Instance`): `ec2:StopInstances du`, the handlers by their first letters.

    Attributes:
        with_roles: the actions that create a resource whose handler may also create a service-linked role.
    """

    def __init__(self, iam: Iam, none: list[str], effects: Effects) -> None:
        self.by_service: dict[str, dict[str, list[str]]] = {}
        self.arns: dict[str, dict[str, Any]] = {}
        self.unknown_types: list[str] = []
        self.unknown_actions: dict[str, None] = {}
        self.with_roles: set[str] = set()
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
            said = {
                kind: {action for each in handlers.get(kind, {}).get("permissions", []) for action in self._actions(each)}
                for kind in _HANDLERS
            }
            if CREATES_ROLE in said["create"]:
                self.with_roles |= self._certain(schema, said["create"])
            must = {action for kind in _MAKING for action in self._certain(schema, said[kind])}
            _, service, rest = name.split("::", 2)
            by = {action: "".join(kind[0] for kind in _HANDLERS if action in said[kind]) for kind in _HANDLERS for action in said[kind]}
            self.by_service.setdefault(service.lower(), {})[rest] = [
                f"{action} {letters}{CERTAIN if action in must else ''}" for action, letters in sorted(by.items())
            ]

    def _certain(self, schema: dict[str, Any], asked: set[str]) -> set[str]:
        """The actions that a handler always needs.

        A handler lists everything that it may need. It has to change something in its own service, so if only one of its actions can do that,
        it is certain; of several, those named after the type are.
        """
        prefix, name = self._prefix(schema), schema["typeName"].rpartition("::")[2]
        writing = {action for action in asked if action.partition(":")[0] == prefix and self._iam.writes(action)}
        if len(writing) == 1:
            return writing
        named = re.compile(rf"(Create|Delete|Run|Terminate|Register|Deregister|Put){re.escape(name)}s?", re.IGNORECASE)
        return {action for action in writing if named.fullmatch(action.partition(":")[2])}

    def _prefix(self, schema: dict[str, Any]) -> str:
        """The type's own service in IAM: the prefix in its handlers that is named like it, else the most frequent one that is not a helper."""
        handlers = schema.get("handlers", {})
        said: Counter[str] = Counter(
            each.partition(":")[0].lower() for kind in (*_MAKING, "read", "list") for each in handlers.get(kind, {}).get("permissions", [])
        )
        service = re.sub(r"v\d$", "", str(schema["typeName"]).split("::")[1].lower())
        alike = sorted(said, key=lambda prefix: (prefix.replace("-", "") != service, not prefix.startswith(service)))
        if alike and alike[0].replace("-", "").startswith(service):
            return alike[0]
        return next((prefix for prefix, _ in said.most_common() if prefix not in _HELPERS), service)

    def _actions(self, said: str) -> Iterator[str]:
        """An action as IAM writes it; one that IAM does not have can't be granted, so it is only counted."""
        action = self._iam.action(said)
        if action is not None:
            yield action
        elif "*" in said:
            yield from self._iam.matching(said)
        else:
            self.unknown_actions[said] = None

    def report(self) -> str:
        """The line about resource types: how many are known."""
        known = sum(map(len, self.by_service.values()))
        return (
            f"{known} CloudFormation types with their handlers' permissions, {len(self.unknown_types)} without; "
            f"{len(self.unknown_actions)} names in them that IAM does not have"
        )
