"""The inputs that a call's permissions depend on: those that are read while deriving. Only these are saved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from automation_role.derive.automations import needs_of_start
from automation_role.derive.cache import WatchedInputs
from automation_role.derive.encrypted import keys_note
from automation_role.derive.operations import invalid_arns_in, permissions_of
from automation_role.derive.step_context import AsRole, Needs
from automation_role.values.calls import ApiCall


class Read:
    """The inputs of each operation that were read, over all its calls."""

    def __init__(self) -> None:
        self.members: dict[str, set[str]] = defaultdict(set)

    def watch(self, needs: Iterable[Needs]) -> None:
        """Record which inputs of these calls are read."""
        for need in needs:
            call = need.need if isinstance(need, AsRole) else need
            if isinstance(call, ApiCall):
                inputs = WatchedInputs(call.inputs)
                watched = call._replace(inputs=inputs)
                permissions_of(watched)
                list(invalid_arns_in(watched))
                list(needs_of_start(watched, {}))
                list(keys_note([watched]))
                self.members[f"{call.service}.{call.operation}"] |= inputs.read

    def without_unread(self, need: dict[str, Any]) -> dict[str, Any]:
        """A saved need with only these inputs, and without empty parts."""
        if "call" in need:
            members = self.members[need["call"]]
            need = {**need, "inputs": {name: _short(value) for name, value in need["inputs"].items() if name in members}}
        elif "stack" in need:
            need = {**need, "inputs": {name: _short(value) for name, value in need["inputs"].items()}}
        return {name: value for name, value in need.items() if value not in ({}, [], False)}


# A longer text is not a name. It may be a script that is passed to another runbook: it is AWS's, and no permission depends on it.
_LONGEST = 200


def _short(value: Any) -> Any:
    """A saved value in which long texts are unknown."""
    if isinstance(value, dict):
        return {name: _short(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_short(each) for each in value]
    return {} if isinstance(value, str) and (len(value) > _LONGEST or "\n" in value) else value
