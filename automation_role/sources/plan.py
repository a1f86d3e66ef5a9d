"""The resources of a Terraform plan or state, with placeholders for values that are only known after apply.

Such a value is absent from a plan. Where the configuration sets it to one attribute of one other resource, it is followed: a role's name, a
policy's ARN. A value that cannot be followed becomes a placeholder that says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from ..values.placeholders import ACCOUNT, REGION, name_of, not_known
from .found import Situation

_ARN: Final = re.compile(r"arn:(aws[a-z-]*):[^:]*:([^:]*):([0-9]{12}):")
_INDEX: Final = re.compile(r"\[[^\]]*\]$")
_DEEPEST: Final = 20

# type -> the argument that names it, and its ARN with {P}artition, {R}egion, {A}ccount, {PATH} and {N}ame.
# https://docs.aws.amazon.com/service-authorization/latest/reference/
_KNOWN: Final[Mapping[str, tuple[str, str]]] = {
    "aws_iam_role": ("name", "arn:{P}:iam::{A}:role{PATH}{N}"),
    "aws_iam_policy": ("name", "arn:{P}:iam::{A}:policy{PATH}{N}"),
    "aws_ssm_document": ("name", "arn:{P}:ssm:{R}:{A}:document/{N}"),
    "aws_s3_bucket": ("bucket", "arn:{P}:s3:::{N}"),
    "aws_sns_topic": ("name", "arn:{P}:sns:{R}:{A}:{N}"),
    "aws_sqs_queue": ("name", "arn:{P}:sqs:{R}:{A}:{N}"),
    "aws_lambda_function": ("function_name", "arn:{P}:lambda:{R}:{A}:function:{N}"),
    "aws_dynamodb_table": ("name", "arn:{P}:dynamodb:{R}:{A}:table/{N}"),
    "aws_sfn_state_machine": ("name", "arn:{P}:states:{R}:{A}:stateMachine:{N}"),
    "aws_cloudwatch_log_group": ("name", "arn:{P}:logs:{R}:{A}:log-group:{N}"),
    "aws_ecs_cluster": ("name", "arn:{P}:ecs:{R}:{A}:cluster/{N}"),
    "aws_kms_key": ("", "arn:{P}:kms:{R}:{A}:key/{N}"),
}
# What a policy document's statement calls its lists.
_ELEMENTS: Final = {"actions": "Action", "not_actions": "NotAction", "resources": "Resource", "not_resources": "NotResource"}


@dataclass(frozen=True, slots=True)
class PlannedResource:
    """A resource, or what a data source reads.

    Attributes:
        address: `module.m.aws_iam_role.r["a"]`.
        module: the address of the module it is in; empty for the root.
        type: `aws_iam_role`.
        values: its known arguments and attributes.
    """

    address: str
    module: str
    type: str
    values: Mapping[str, Any]


class TerraformPlan:
    """A plan or a state."""

    def __init__(self, data: Mapping[str, Any], situation: Situation) -> None:
        self._data = data
        self._situation = situation

    @cached_property
    def resources(self) -> tuple[PlannedResource, ...]:
        """All resources, those of child modules and of data sources, too."""
        found: dict[str, PlannedResource] = {}
        prior = self._data.get("prior_state")
        for values in (
            prior.get("values") if isinstance(prior, Mapping) else None,
            self._data.get("values"),
            self._data.get("planned_values"),
        ):
            root = values.get("root_module") if isinstance(values, Mapping) else None
            for resource in _in_module(root, 0):
                # A plan has the data sources that were read in its prior state.
                found[resource.address] = resource
        for change in _mappings(self._data.get("resource_changes")):  # only data sources that are read during apply are here
            address, after = change.get("address"), change.get("change")
            values = after.get("after") if isinstance(after, Mapping) else None
            if isinstance(address, str) and address not in found and isinstance(values, Mapping):
                found[address] = PlannedResource(address, str(change.get("module_address", "")), str(change.get("type")), values)
        gone = {
            str(change.get("address"))
            for change in _mappings(self._data.get("resource_changes"))
            if isinstance(change.get("change"), Mapping) and change["change"].get("actions") == ["delete"]
        }
        return tuple(resource for address, resource in found.items() if address not in gone)

    def of_type(self, kind: str) -> Iterator[PlannedResource]:
        """The managed resources of a type."""
        return (one for one in self.resources if one.type == kind and not _last(one.address).startswith("data."))

    @cached_property
    def _by_address(self) -> Mapping[str, PlannedResource]:
        return {resource.address: resource for resource in self.resources}

    @cached_property
    def partition(self) -> str:
        """The partition that its ARNs name, when they name only one; else the biggest."""
        named = {match[1] for match in _ARN.finditer(self._text)}
        return self._situation.partition or (named.pop() if len(named) == 1 else "aws")

    @cached_property
    def _text(self) -> str:
        return json.dumps([resource.values.get("arn") for resource in self.resources], default=str)

    # -- values --------------------------------------------------------------------------------------------------------------------

    def has(self, resource: PlannedResource, attribute: str) -> bool:
        """Whether an argument is set, also to a value that is only known after apply."""
        return bool(resource.values.get(attribute)) or (
            resource.values.get(attribute) is None and self._is_unknown(resource, attribute) and bool(self._references(resource, attribute))
        )

    def text(self, resource: PlannedResource, attribute: str) -> str:
        """A value, or the placeholder of one that is only known after apply."""
        value = resource.values.get(attribute)
        if isinstance(value, str):
            return value
        if attribute == "arn":
            return self.arn(resource)
        # A document only contains what it refers to, so its value is not that.
        followed = self._followed(resource, attribute, 0) if attribute != "content" else None
        return followed if followed is not None else not_known(self.why(resource, attribute))

    def why(self, resource: PlannedResource, attribute: str) -> str:
        """Why a value is unknown, in words."""
        references = self._references(resource, attribute)
        hangs = f", because it depends on {', '.join(dict.fromkeys(references))}" if references else ""
        return f"{attribute} of {resource.address}, which is only known after apply{hangs}"

    def name(self, resource: PlannedResource) -> str:
        """A resource's name, or its placeholder."""
        argument, _ = _KNOWN.get(resource.type, ("name", ""))
        value = resource.values.get(argument) if argument else None
        return value if isinstance(value, str) else name_of(resource.address)

    def arn(self, resource: PlannedResource) -> str:
        """A resource's ARN, as far as it is known."""
        value = resource.values.get("arn")
        if isinstance(value, str):
            return value
        _, form = _KNOWN.get(resource.type, ("", ""))
        if not form:
            return not_known(f"the ARN of {resource.address}")
        holes = {
            "{P}": self.partition,
            "{R}": self._situation.region or REGION,
            "{A}": self._situation.account or ACCOUNT,
            "{PATH}": resource.values.get("path") or "/",
            "{N}": self.name(resource),
        }
        return re.sub(r"\{[A-Z]+\}", lambda hole: str(holes[hole[0]]), form)

    def means(self, resource: PlannedResource, attribute: str, target: PlannedResource) -> bool:
        """Whether an argument names another resource: by its name, or by a reference to it."""
        value = resource.values.get(attribute)
        own = self.name(target)
        if isinstance(value, str):
            return value == own
        if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
            return own in value
        return any(found is target for found, _ in self._referenced(resource, attribute, 0))

    def _followed(self, resource: PlannedResource, attribute: str, depth: int) -> str | None:
        """What the configuration sets a value to, when that is one attribute of one resource."""
        referenced = list(self._referenced(resource, attribute, depth))
        if len(referenced) != 1:
            return None
        target, of = referenced[0]
        if of == "arn" or (of == "id" and target.type in ("aws_iam_policy", "aws_sns_topic")):
            return self.arn(target)
        if of in ("name", "id", "bucket", "function_name"):
            return self.name(target)
        value = target.values.get(of)
        if isinstance(value, str):
            return value
        if target.type == "aws_iam_policy_document" and of in ("json", "minified_json"):
            return self._document(target)
        return self._followed(target, of, depth + 1) if depth < _DEEPEST else None

    def _document(self, data: PlannedResource) -> str | None:
        """A policy that a data source writes during apply: its known statements."""
        statements = data.values.get("statement")
        if not isinstance(statements, list):
            return None
        blocks = self._expressions(data).get("statement")
        written = []
        for index, statement in enumerate(_mappings(statements)):
            block = blocks[index] if isinstance(blocks, list) and index < len(blocks) else {}
            one: dict[str, Any] = {"Effect": statement.get("effect") or "Allow"}
            if isinstance(statement.get("sid"), str) and statement["sid"]:
                one["Sid"] = statement["sid"]
            for argument, element in _ELEMENTS.items():
                if (values := self._values(data, statement, _mapping(block), argument)) is not None:
                    one[element] = values
            if principals := _mappings(statement.get("principals")):
                one["Principal"] = {str(each.get("type")): _texts(each.get("identifiers")) for each in principals}
            conditions: dict[str, dict[str, Any]] = {}
            for each in _mappings(statement.get("condition")):
                values = [
                    value if isinstance(value, str) else not_known(f"a value in {data.address}") for value in each.get("values") or [None]
                ]
                conditions.setdefault(str(each.get("test")), {})[str(each.get("variable"))] = values
            written.append({**one, **({"Condition": conditions} if conditions else {})})
        return json.dumps({"Version": "2012-10-17", "Statement": written})

    def _values(self, data: PlannedResource, statement: Mapping[str, Any], block: Mapping[str, Any], argument: str) -> list[str] | None:
        """A list of a statement; for a value that depends on a resource, its ARN is known, but not what may follow it."""
        values = statement.get(argument)
        known = _texts(values)
        references = [each for each in _texts(_mapping(block.get(argument)).get("references")) if each.count(".") > 1]
        if not references or (isinstance(values, list) and values and len(known) == len(values)):
            return known or None
        found = list(known)
        for reference in references:
            for module, address, of in self._resolved(data.module, reference, 0):
                target = self._instance(module, address, data)
                arn = self.arn(target) if target is not None and of == "arn" else ""
                found.append(arn + not_known(f"what {data.address} makes of {reference}, which is only known after apply"))
        return found or [not_known(f"{argument} of {data.address}, which is only known after apply")]

    def _referenced(self, resource: PlannedResource, attribute: str, depth: int) -> Iterator[tuple[PlannedResource, str]]:
        """The resources, with their attributes, that an argument is set from."""
        seen: dict[tuple[str, str], PlannedResource] = {}
        for reference in self._references(resource, attribute):
            for module, address, of in self._resolved(resource.module, reference, depth):
                target = self._instance(module, address, resource)
                if target is not None and of:
                    seen.setdefault((target.address, of), target)
        yield from ((target, of) for (_, of), target in seen.items())

    def _resolved(self, module: str, reference: str, depth: int) -> Iterator[tuple[str, str, str]]:
        """(module, address, attribute) of a reference: through a module's variables and outputs to a resource."""
        if depth > _DEEPEST:
            return
        parts = reference.split(".")
        if parts[0] == "var" and module and len(parts) > 1:
            call = self._call(module)
            expression = _mapping(_mapping(call).get("expressions")).get(parts[1])
            for each in _texts(_mapping(expression).get("references")):
                yield from self._resolved(_parent(module), each, depth + 1)
        elif parts[0] == "module" and len(parts) > 2:
            child = f"{module}.module.{parts[1]}".removeprefix(".")
            outputs = _mapping(self._module(child).get("outputs"))
            expression = _mapping(_mapping(outputs.get(_INDEX.sub("", parts[2]))).get("expression"))
            for each in _texts(expression.get("references")):
                yield from self._resolved(child, each, depth + 1)
        elif parts[0] == "data" and len(parts) > 3:
            yield module, ".".join(parts[:3]), parts[3]
        elif parts[0] not in ("each", "count", "local", "path", "self", "terraform") and len(parts) > 2:
            yield module, ".".join(parts[:2]), parts[2]

    def _instance(self, module: str, address: str, referrer: PlannedResource) -> PlannedResource | None:
        """The instance that a reference means: the only one, or the one with the same index as what refers to it."""
        full = f"{module}.{address}".removeprefix(".")
        if full in self._by_address:
            return self._by_address[full]
        base = _INDEX.sub("", full)
        instances = [one for one in self.resources if _unindexed(one.address) == _unindexed(base)]
        index = _INDEX.search(referrer.address)
        same = [one for one in instances if index is not None and one.address.endswith(index[0])]
        chosen = instances if len(instances) == 1 else same
        return chosen[0] if len(chosen) == 1 else None

    # -- configuration -------------------------------------------------------------------------------------------------------------

    def _is_unknown(self, resource: PlannedResource, attribute: str) -> bool:
        change = next((one for one in _mappings(self._data.get("resource_changes")) if one.get("address") == resource.address), None)
        return bool(_mapping(_mapping(_mapping(change).get("change")).get("after_unknown")).get(attribute))

    def _references(self, resource: PlannedResource, attribute: str) -> list[str]:
        """What the configuration of an argument refers to, each with its attribute."""
        references = list(_all_references(self._expressions(resource).get(attribute), 0))
        # `aws_iam_role.r.arn` comes with `aws_iam_role.r`, which adds nothing.
        return [each for each in references if not any(other.startswith(f"{each}.") for other in references)]

    def _expressions(self, resource: PlannedResource) -> Mapping[str, Any]:
        """What the configuration sets a resource's arguments to."""
        own = _unindexed(resource.address.removeprefix(resource.module).removeprefix("."))
        for one in _mappings(self._module(resource.module).get("resources")):
            if one.get("address") == own:
                return _mapping(one.get("expressions"))
        return {}

    def _module(self, address: str) -> Mapping[str, Any]:
        """The configuration of a module."""
        module = _mapping(_mapping(self._data.get("configuration")).get("root_module"))
        for name in _names(address):
            module = _mapping(_mapping(_mapping(module.get("module_calls")).get(name)).get("module"))
        return module

    def _call(self, address: str) -> Mapping[str, Any]:
        names = _names(address)
        return _mapping(_mapping(self._module(_parent(address)).get("module_calls")).get(names[-1])) if names else {}


def _in_module(module: Any, depth: int) -> Iterator[PlannedResource]:
    if not isinstance(module, Mapping) or depth > _DEEPEST:
        return
    for one in _mappings(module.get("resources")):
        if isinstance(one.get("address"), str) and isinstance(one.get("type"), str):
            yield PlannedResource(one["address"], str(module.get("address", "")), one["type"], _mapping(one.get("values")))
    for child in _mappings(module.get("child_modules")):
        yield from _in_module(child, depth + 1)


def _all_references(expression: Any, depth: int) -> Iterator[str]:
    """References of an expression, and of the blocks in it."""
    if depth > _DEEPEST:
        return
    if isinstance(expression, list):
        for one in expression:
            yield from _all_references(one, depth + 1)
    elif isinstance(expression, Mapping):
        if "references" in expression:
            yield from _texts(expression["references"])
        else:
            for one in expression.values():
                yield from _all_references(one, depth + 1)


def _names(address: str) -> list[str]:
    """The modules on the way to one: `module.a["x"].module.b` -> a, b."""
    return re.findall(r"module\.([^.\[]+)", address)


def _parent(address: str) -> str:
    return address.rpartition(".module.")[0] if ".module." in address else ""


def _last(address: str) -> str:
    """An address within its module."""
    return re.sub(r"^(module\.[^.\[]+(\[[^\]]*\])?\.)+", "", address)


def _unindexed(address: str) -> str:
    return re.sub(r"\[[^\]]*\]", "", address)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
