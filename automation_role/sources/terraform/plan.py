"""The resources of a plan or a state, and the configuration of each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

_INDEX: Final = re.compile(r"\[(?:\"(?:[^\"\\]|\\.)*\"|[0-9]+)\]")
_MODULE: Final = re.compile(rf"module\.([^.\[]+)((?:{_INDEX.pattern})?)\.?")


@dataclass(frozen=True, slots=True)
class PlannedResource:
    """A resource, or what a data source reads.

    Attributes:
        address: `module.m.aws_iam_role.r["a"]`.
        module: the address of the module it is in; empty for the root.
        type: `aws_iam_role`.
        is_data: whether it is a data source.
        values: its known arguments and attributes.
        unknown: those of its arguments and attributes that are only known after apply, with `true` instead of the value.
    """

    address: str
    module: str
    type: str
    is_data: bool
    values: Mapping[str, Any]
    unknown: Mapping[str, Any] = field(default_factory=dict)

    @property
    def index(self) -> str:
        """The index of an instance: `["a"]`, `[0]`; empty if the resource has only one."""
        return index_of(self.address)


class TerraformPlan:
    """A plan or a state."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data

    @cached_property
    def resources(self) -> Mapping[str, PlannedResource]:
        """Address -> resource, of all that exist after apply, including those of child modules, and data sources."""
        found: dict[str, PlannedResource] = {}
        for values in (mapping(self._data.get("prior_state")).get("values"), self._data.get("values"), self._data.get("planned_values")):
            for resource in self._in_modules(mapping(values).get("root_module")):
                # A plan has the data sources that were read in its prior state.
                found[resource.address] = resource
        for address, change in self._changes.items():
            after = mapping(change.get("change")).get("after")
            if address not in found and isinstance(after, Mapping):  # only data sources that are read during apply are here
                found[address] = self._changed(change, after)
        for deleted in self.deleted:
            found.pop(deleted.address, None)
        return found

    @cached_property
    def deleted(self) -> tuple[PlannedResource, ...]:
        """The resources that apply deletes, as they are now."""
        gone = (change for change in self._changes.values() if mapping(change.get("change")).get("actions") == ["delete"])
        return tuple(self._changed(change, mapping(mapping(change.get("change")).get("before"))) for change in gone)

    def of_type(self, kind: str) -> Iterator[PlannedResource]:
        """The managed resources of a type."""
        return (one for one in self.resources.values() if one.type == kind and not one.is_data)

    @cached_property
    def instances(self) -> Mapping[str, Sequence[PlannedResource]]:
        """Address without any index -> the instances of that resource."""
        found = defaultdict(list)
        for resource in self.resources.values():
            found[unindexed(resource.address)].append(resource)
        return found

    @cached_property
    def _changes(self) -> Mapping[str, Mapping[str, Any]]:
        changes = mappings(self._data.get("resource_changes"))
        return {one["address"]: one for one in changes if isinstance(one.get("address"), str) and "deposed" not in one}

    def _changed(self, change: Mapping[str, Any], values: Mapping[str, Any]) -> PlannedResource:
        unknown = mapping(mapping(change.get("change")).get("after_unknown"))
        is_data = change.get("mode") == "data"
        return PlannedResource(change["address"], str(change.get("module_address", "")), str(change.get("type")), is_data, values, unknown)

    def _in_modules(self, root: Any) -> Iterator[PlannedResource]:
        """The resources of a module and of those in it."""
        todo = [mapping(root)]
        while todo:
            module = todo.pop()
            for one in mappings(module.get("resources")):
                if isinstance(one.get("address"), str) and isinstance(one.get("type"), str):
                    change = mapping(mapping(self._changes.get(one["address"])).get("change"))
                    yield PlannedResource(
                        one["address"],
                        str(module.get("address", "")),
                        one["type"],
                        one.get("mode") == "data",
                        mapping(one.get("values")),
                        mapping(change.get("after_unknown")),
                    )
            todo += reversed(mappings(module.get("child_modules")))

    # -- configuration -------------------------------------------------------------------------------------------------------------

    def configured(self, resource: PlannedResource) -> Mapping[str, Any]:
        """The configuration of a resource; empty in a state."""
        own = unindexed(resource.address.removeprefix(resource.module).removeprefix("."))
        return self._configured(resource.module).get(own, {})

    def arguments(self, resource: PlannedResource) -> Mapping[str, Any]:
        """The expressions that the configuration sets a resource's arguments to."""
        return mapping(self.configured(resource).get("expressions"))

    def _configured(self, module: str) -> Mapping[str, Mapping[str, Any]]:
        names = tuple(name for name, _ in segments(module))
        if names not in self._by_module:
            resources = mappings(self.module(module).get("resources"))
            self._by_module[names] = {str(one.get("address")): one for one in resources}
        return self._by_module[names]

    @cached_property
    def _by_module(self) -> dict[tuple[str, ...], Mapping[str, Mapping[str, Any]]]:
        return {}

    def module(self, address: str) -> Mapping[str, Any]:
        """The configuration of a module; empty when there is none."""
        module = mapping(mapping(self._data.get("configuration")).get("root_module"))
        for name, _ in segments(address):
            module = mapping(mapping(mapping(module.get("module_calls")).get(name)).get("module"))
        return module

    def call(self, address: str) -> Mapping[str, Any]:
        """How a module is called by its parent."""
        calls = mapping(self.module(parent_of(address)).get("module_calls"))
        return mapping(calls.get(segments(address)[-1][0])) if address else {}


def index_of(address: str) -> str:
    """The index at an address's end, empty without one."""
    ends = [match for match in _INDEX.finditer(address) if match.end() == len(address)]
    return ends[-1][0] if ends else ""


def unindexed(address: str) -> str:
    """An address without any index."""
    return _INDEX.sub("", address)


def segments(module: str) -> list[tuple[str, str]]:
    """The modules of an address, each with its index: `module.a["x"].module.b` -> a ["x"], b."""
    return _MODULE.findall(module)


def parent_of(address: str) -> str:
    """The module around a module."""
    last = [match.start() for match in _MODULE.finditer(address)][-1:]
    return address[: last[0]].removesuffix(".") if last else ""


def mapping(value: Any) -> Mapping[str, Any]:
    """The value, when it is a mapping; else an empty one."""
    return value if isinstance(value, Mapping) else {}


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """The mappings in a list."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def texts(value: Any) -> list[str]:
    """The texts in a list."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
