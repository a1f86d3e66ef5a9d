"""What `exceptions.toml` says about resource types and single actions."""

from __future__ import annotations

from typing import Any

from .effects import Effects
from .iam import Iam


class TypeExceptions:
    """The tables of `exceptions.toml` that are about a prefix, and not about an API's operations."""

    def __init__(self, exceptions: dict[str, Any], iam: Iam, effects: Effects) -> None:
        self._exceptions, self._iam, self._effects = exceptions, iam, effects

    def of(self, prefix: str) -> dict[str, Any]:
        """What `exceptions.toml` says about a prefix's actions and their resource types."""
        found: dict[str, Any] = {}
        types = self._iam.prefix(prefix)["types"]
        for table in ("arns", "aws_owned", "aws_owned_names", "whole"):
            for key, formats in self._exceptions[table].items():
                of, _, kind = key.partition(".")
                if of == prefix:
                    found.setdefault(table, {})[kind] = formats
                    if kind in types:
                        for each in formats if isinstance(formats, list) else (None,):
                            self._effects.had(*filter(None, (table, key, each)))
        for table, listed in (
            ("only_by_arn", self._exceptions["only_by_arn"].get(prefix, ())),
            *((f"asked_{when}", _of_prefix(prefix, listed, ".")) for when, listed in self._exceptions["asked"].items()),
        ):
            if listed:
                found[table] = list(listed)
            for kind in types.keys() & set(listed):
                self._effects.had(*(("only_by_arn", prefix, kind) if table == "only_by_arn" else ("asked", table[6:], f"{prefix}.{kind}")))
        if prefix in self._exceptions["small_letters"]["prefixes"]:
            found["small_letters"] = True
            self._effects.had("small_letters", "prefixes", prefix)
        begins = {kind: begin for kind, arn in types.items() if (begin := self.begins(kind, arn))}
        return {**found, **({"begins": begins} if begins else {}), **self._of_actions(prefix)}

    def begins(self, kind: str, arn: str) -> list[str]:
        """How the identifiers of a type begin; the prefixes that distinguish EC2's types say this, too."""
        service = arn.split(":")[2]
        told = self._exceptions["begins"].get(f"{service}.{kind}", ())
        for each in told:
            self._effects.had("begins", f"{service}.{kind}", each)
        ids = self._exceptions["ids"].get(service, {}).get("types", {})
        return [*told, *(f"{prefix}-" for prefix, of in ids.items() if of == kind)]

    def _of_actions(self, prefix: str) -> dict[str, Any]:
        """What `exceptions.toml` says about single actions of a prefix."""
        found: dict[str, Any] = {}
        for action, told in self._exceptions["following"].items():
            if action.startswith(f"{prefix}:") and self._iam.has_condition(action, told["key"]):
                found.setdefault("following", {})[action.partition(":")[2]] = [told["operator"], told["key"], told["value"]]
                for key in told:
                    self._effects.had("following", action, key)
        for action, member in self._exceptions["targets"].items():
            if action.startswith(f"{prefix}:") and self._iam.action(action) == action:
                found.setdefault("targets", {})[action.partition(":")[2]] = member
                self._effects.had("targets", action)
        also = _of_prefix(prefix, self._exceptions["aws_owned_also"]["actions"], ":")
        for name in also:
            if self._iam.action(f"{prefix}:{name}") and set(self._exceptions["aws_owned"]) & {
                f"{prefix}.{kind}" for kind in self._iam.types(f"{prefix}:{name}")
            }:
                found.setdefault("aws_owned_also", []).append(name)
                self._effects.had("aws_owned_also", "actions", f"{prefix}:{name}")
        return found


def _of_prefix(prefix: str, listed: list[str], separator: str) -> list[str]:
    """The entries of a prefix (`ec2.volume`, `ec2:StartInstances`), without the prefix."""
    return [each.removeprefix(f"{prefix}{separator}") for each in listed if each.startswith(f"{prefix}{separator}")]
