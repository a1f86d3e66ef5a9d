"""Which IAM actions an API operation needs: the action of the same name, or what `exceptions.toml` says."""

from __future__ import annotations

from typing import Any

from .iam import Iam


class Operations:
    """Maps operations to actions, and counts."""

    def __init__(self, exceptions: dict[str, Any], iam: Iam) -> None:
        self._exceptions = exceptions
        self._iam = iam
        self._same = self._other = self._none = 0
        self._unknown: dict[str, list[str]] = {}

    def prefix(self, service: str) -> str:
        """IAM's prefix of an API."""
        return str(self._exceptions["prefixes"].get(service, service))

    def of(self, service: str, model: dict[str, Any]) -> dict[str, Any]:
        """What differs from the rule: `actions` (operation -> actions, empty when it needs none), `unknown` operations."""
        others: dict[str, list[str]] = {}
        unknown: list[str] = []
        for operation in sorted(model["operations"]):
            actions = self._actions(service, operation)
            if actions is None:
                unknown.append(operation)
            elif actions != [f"{self.prefix(service)}:{operation}"]:
                others[operation] = actions
                self._other += bool(actions)
                self._none += not actions
            else:
                self._same += 1
        if unknown:
            self._unknown[service] = unknown
        return {"actions": others, "unknown": unknown}

    def _actions(self, service: str, operation: str) -> list[str] | None:
        given = self._exceptions["operations"].get(service, {}).get(operation)
        if operation in self._exceptions["none"].get(service, ()):
            return []
        if given is None:
            same = self._iam.action(f"{self.prefix(service)}:{operation}")
            return [same] if same is not None else None
        actions = [self._iam.action(each if ":" in each else f"{self.prefix(service)}:{each}") for each in given]
        if None in actions:
            message = f"exceptions.toml: operations.{service}.{operation}: {given} → actions that IAM has; correct it"
            raise SystemExit(message)
        return [each for each in actions if each is not None]

    def report(self) -> list[str]:
        """How many operations are mapped how."""
        count = sum(map(len, self._unknown.values()))
        total = self._same + self._other + self._none + count
        return [
            f"{total} operations: {self._same} have an action of their own name, {self._other} have others, {self._none} need none, "
            f"{count} are unknown in {len(self._unknown)} services",
            *(f"  {service}: {', '.join(names)}" for service, names in sorted(self._unknown.items())),
        ]
