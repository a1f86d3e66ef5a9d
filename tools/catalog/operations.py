"""What an API operation needs: its IAM actions, what names their resources, what follows from its inputs."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from .apis import inputs
from .iam import Iam
from .names import fills
from .roles import READS, role_inputs

# Tags that a call gives to what it works on, not those that it looks for, takes away, or copies from elsewhere.
_TAGS = re.compile(r"(?i)(?<!remove)(?:tags|taglist|tagslist|tagspecifications|tagset)$")
_TAG_RESOURCE = "TagResource"
_SURELY_ROLE = re.compile(r"(?i:arns?$)|(?:[sS]ervice|[eE]xecution)Role$")


class Operations:
    """Maps operations to actions, and counts."""

    def __init__(self, exceptions: dict[str, Any], iam: Iam) -> None:
        self._exceptions = exceptions
        self._iam = iam
        self.counts: Counter[str] = Counter()
        self._unknown: dict[str, list[str]] = {}
        for follow in exceptions["follow"]:
            for action in follow["actions"]:
                self._checked(action, f"follow of {follow['service']}")

    def prefix(self, service: str) -> str:
        """IAM's prefix of an API."""
        return str(self._exceptions["prefixes"].get(service, service))

    def other_types(self, service: str) -> list[str]:
        """Resource types of its actions that are another API's."""
        return list(self._exceptions["other_types"].get(service, ()))

    def of(self, service: str, model: dict[str, Any]) -> dict[str, Any]:
        """What differs from the rule, operation by operation."""
        made: dict[str, Any] = {
            "actions": {},
            "unknown": [],
            "fills": {},
            "paths": {},
            "passes": {},
            "tags": {},
            "follows": {},
            "anything": {},
        }
        for operation in sorted(model["operations"]):
            actions = self._actions(service, operation, model)
            self._count(service, operation, actions)
            if actions is None:
                made["unknown"].append(operation)
                continue
            if actions != [f"{self.prefix(service)}:{operation}"]:
                made["actions"][operation] = actions
            found = {
                "fills": self._fills(service, operation, model, actions),
                "paths": _path(model, operation) if self._by_verb(service, actions) else None,
                "passes": self._passes(service, operation, model),
                "tags": self._tags(service, operation, model),
                "follows": self._follows(service, operation, model),
                "anything": self._exceptions["anything"].get(service, {}).get(operation),
            }
            for key, value in found.items():
                if value:
                    made[key][operation] = value
        for kind in ("ids", "choices"):
            given = self._exceptions[kind].get(service)
            if given is not None:
                made[kind] = {each: {k: v for k, v in given.items() if k != "operations"} for each in given["operations"]}
        return made

    def arns(self, prefix: str) -> dict[str, Any]:
        """What `exceptions.toml` says of a prefix's ARNs."""
        found: dict[str, Any] = {}
        for table in ("arns", "aws_owned"):
            for key, formats in self._exceptions[table].items():
                of, _, kind = key.partition(".")
                if of == prefix:
                    found.setdefault(table, {})[kind] = formats
        if prefix in self._exceptions["only_by_arn"]:
            found["only_by_arn"] = self._exceptions["only_by_arn"][prefix]
        if prefix in self._exceptions["small_letters"]["prefixes"]:
            found["small_letters"] = True
        return found

    def _checked(self, action: str, where: str) -> str:
        found = self._iam.action(action)
        if found is None:
            message = f"exceptions.toml: {where}: IAM has no action {action!r}; correct it"
            raise SystemExit(message)
        return found

    def _actions(self, service: str, operation: str, model: dict[str, Any]) -> list[str] | None:
        none = self._exceptions["none"].get(service, ())
        if operation in none or "*" in none:
            return []
        given = self._exceptions["operations"].get(service, {}).get(operation)
        if given is not None:
            return [self._checked(each if ":" in each else f"{self.prefix(service)}:{each}", f"{service}.{operation}") for each in given]
        same = self._iam.action(f"{self.prefix(service)}:{operation}")
        if same is not None:
            return [same]
        if service in self._exceptions["http_verbs"]["services"]:
            return [self._checked(f"{self.prefix(service)}:{model['operations'][operation]['http']['method']}", operation)]
        return None

    def _by_verb(self, service: str, actions: list[str]) -> bool:
        return service in self._exceptions["http_verbs"]["services"] and actions[0].rpartition(":")[2].isupper()

    def _fills(self, service: str, operation: str, model: dict[str, Any], actions: list[str]) -> dict[str, str]:
        names = self._exceptions["names"]
        hints = names.get(names["same"].get(service, service), {})
        types = {each: self._iam.types(each) for each in actions}
        following = {action for _, needed, _ in self._follows(service, operation, model) for action in needed}
        return fills(operation, inputs(model, operation), types, hints, following)

    def _passes(self, service: str, operation: str, model: dict[str, Any]) -> dict[str, str]:
        told = self._exceptions["pass"]
        if service in told["not"]["services"]:
            return {}
        closer = told["closer"].get(service, {})
        found: dict[str, str] = {}
        for path in (*role_inputs(model, operation), *told["also"].get(service, {}).get(operation, ())):
            last = path.rpartition(".")[2]
            keys = (f"{operation}:{path}", f"{operation}:{last}", path, last)
            to = next((closer[key] for key in keys if key in closer), told["to"].get(service, "?"))
            if to and (to != "?" or _SURELY_ROLE.search(last)):
                found[path] = to.removesuffix("?")
                self.counts["roles" if to != "?" else "roles to unknown services"] += 1
        return found

    def _tags(self, service: str, operation: str, model: dict[str, Any]) -> list[str]:
        told = self._exceptions["tags"]
        given = told.get(service, _TAG_RESOURCE)
        if isinstance(given, dict):
            given = given.get(operation, "")
        action = f"{self.prefix(service)}:{given}"
        reads = READS.match(operation) or "Tag" in operation or operation in told["not"].get(service, ())
        if not given or reads or (given == _TAG_RESOURCE and self._iam.action(action) is None):
            return []
        members = [
            member
            for member, shape in inputs(model, operation).items()
            if _TAGS.search(member) and (member == "tags" or shape["type"] in {"list", "map", "structure"})
        ]
        return [self._checked(action, f"tags.{service}"), members[0]] if members else []

    def _follows(self, service: str, operation: str, model: dict[str, Any]) -> list[list[Any]]:
        same = self._exceptions["names"]["same"].get(service, service)
        return [
            [each.get("when", ""), each["actions"], each["on"]]
            for each in self._exceptions["follow"]
            if each["service"] in {service, same if same == "rds" else service} and operation in each["operations"]
            if "when" not in each
            or any(re.split(r"[. ]", path.lstrip("!"))[0] in inputs(model, operation) for path in each["when"].split("|"))
        ]

    def _count(self, service: str, operation: str, actions: list[str] | None) -> None:
        if actions is None:
            self._unknown.setdefault(service, []).append(operation)
            self.counts["unknown"] += 1
        elif actions == [f"{self.prefix(service)}:{operation}"]:
            self.counts["same"] += 1
        else:
            self.counts["other" if actions else "none"] += 1

    def report(self) -> list[str]:
        """How many operations are mapped how."""
        counts = self.counts
        total = sum(counts[each] for each in ("same", "other", "none", "unknown"))
        mapped = f"{counts['same']} have an action of their own name, {counts['other']} have others, {counts['none']} need none"
        return [
            f"{total} operations: {mapped}, {counts['unknown']} are unknown in {len(self._unknown)} services",
            f"{counts['roles']} inputs hand a role to a known service, {counts['roles to unknown services']} to one that is not known",
            *(f"  {service}: {', '.join(names)}" for service, names in sorted(self._unknown.items())),
        ]


def _path(model: dict[str, Any], operation: str) -> str:
    """The path of a request, with the inputs that fill it: `/restapis/{restApiId}`; version 2's ARNs are without the `/v2`."""
    uri = model["operations"][operation]["http"]["requestUri"].split("?")[0].removeprefix("/v2")
    shape = model["operations"][operation].get("input", {}).get("shape")
    members = model["shapes"][shape].get("members", {}) if shape else {}
    at = {target.get("locationName", name): name for name, target in members.items() if target.get("location") == "uri"}
    return re.sub(r"\{(\w+)\+?\}", lambda hole: "{" + at[hole[1]] + "}", uri)
