"""What every AWS API operation needs, from the generated files next to this one: one small file a service, loaded on first use."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

from ._files import read
from .details import Choice, Details, Follow, Held, Passed, Tags
from .iam_actions import (
    ResourceType,
    action_exists,
    actions,
    canonical_action,
    following_condition,
    nearest_action,
    prefixes,
    resource_type,
    resource_types,
    takes_aws_owned,
    targets_input,
)
from .misspelt import ALIKE, meant, plain_name

if TYPE_CHECKING:
    from .boto3_resources import Resource

__all__ = [
    "Choice",
    "Details",
    "Follow",
    "Held",
    "Passed",
    "ResourceType",
    "Service",
    "Tags",
    "action_exists",
    "actions",
    "canonical_action",
    "certain_actions",
    "following_condition",
    "handler_actions",
    "nearest_action",
    "nearest_service",
    "prefixes",
    "python_name",
    "resource_type",
    "resource_types",
    "service",
    "services",
    "services_with",
    "takes_aws_owned",
    "targets_input",
]


class Service:
    """One API as boto3 knows it.

    Attributes:
        name: botocore's name (`elbv2`).
        prefix: IAM's prefix (`elasticloadbalancing`).
        paginators: names of the operations that can be paginated.
        waiters: waiter's name -> the operation it polls (`instance_running` -> `DescribeInstances`).
    """

    def __init__(self, name: str, data: Mapping[str, Any]) -> None:
        self._data = data
        self._details: dict[str, Details] = {}
        self.name = name
        self.prefix: str = data["prefix"]
        self.paginators: frozenset[str] = frozenset(data.get("paginators", ()))
        self.waiters: Mapping[str, str] = data.get("waiters", {})

    def __repr__(self) -> str:
        return f"Service({self.name!r})"

    @cached_property
    def operations(self) -> frozenset[str]:
        """The names of its operations: `DescribeInstances`."""
        return frozenset(self._data["operations"])

    @cached_property
    def resources(self) -> Mapping[str, Resource]:
        """The types of `boto3.resource`; '' is the service resource itself; empty when boto3 has none."""
        from .boto3_resources import resources  # which only scripts use

        return resources(self.name)

    def operation(self, spelling: str) -> str | None:
        """The name of the operation that any spelling means: `DescribeInstances`, `describe_instances`, `describeInstances`."""
        return spelling if spelling in self.operations else self._by_spelling.get(plain_name(spelling))

    def nearest(self, spelling: str) -> str | None:
        """The operation that a misspelt name probably means: a very similar name that begins with the same verb."""
        return meant(spelling, self._data["operations"])

    def output_forms(self, operation: str, path: Sequence[str]) -> tuple[str, ...]:
        """The forms that an output's values have, by the words of its path (`("Volumes", "VolumeId")`); empty when none is known.

        In the words of `[outputs]` in `tools/exceptions.toml`.
        """
        known = self._data.get("outputs", {})
        keys = (f"{operation}.{path[-1]}", *(f"{each}.{path[-1]}" for each in path[-2:-1]), path[-1])
        return tuple(next((known[key] for key in keys if key in known), ()))

    def actions_of(self, operation: str) -> tuple[str, ...] | None:
        """The IAM actions that an operation is authorized by; empty when it needs none, `None` when unknown."""
        if operation in self._data.get("unknown", ()):
            return None
        other = self._data.get("actions", {}).get(operation)
        return tuple(other) if other is not None else (f"{self.prefix}:{operation}",)

    def details(self, operation: str) -> Details:
        """What an operation's inputs mean for IAM."""
        found = self._details.get(operation)
        if found is None:
            found = self._details[operation] = self._detailed(operation)
        return found

    def _detailed(self, operation: str) -> Details:
        of = self._of
        choice, ids, tags = of("choices", operation), of("ids", operation), of("tags", operation)
        return Details(
            fills=of("fills", operation) or {},
            path=of("paths", operation) or "",
            choice=Choice(choice["input"], choice["name"], choice["types"], tuple(choice.get("beside", ()))) if choice else None,
            ids=(ids["input"], ids["types"]) if ids else None,
            passes={path: Passed(*to) for path, to in (of("passes", operation) or {}).items()},
            tags=Tags(tags[0], tags[1], tuple(tags[2:])) if tags else None,
            follows=tuple(Follow(when, tuple(actions), on) for when, actions, on in of("follows", operation) or ()),
            conditions=tuple(Held(*each) for each in of("conditions", operation) or ()),
            anything=of("anything", operation) or "",
            other_types=frozenset(self._data.get("other_types", ())),
        )

    def _of(self, kind: str, operation: str) -> Any:
        return self._data.get(kind, {}).get(operation)

    @cached_property
    def _by_spelling(self) -> dict[str, str]:
        return {plain_name(name): name for name in self._data["operations"]}


@lru_cache(maxsize=1_024)
def service(name: str) -> Service | None:
    """The service in any letter case (`EC2`), `None` when it does not exist."""
    return _service(name.strip().lower())


@cache
def _service(name: str) -> Service | None:
    if name not in _prefixes():
        return None
    data = read(f"apis/{name}.json")
    return Service(name, data) if data is not None else None


def services() -> tuple[str, ...]:
    """The names of all services, sorted."""
    return tuple(_prefixes())


@cache
def services_with(prefix: str) -> tuple[str, ...]:
    """The names of the services whose actions have a prefix: `elb` and `elbv2` of `elasticloadbalancing`."""
    return tuple(name for name, theirs in _prefixes().items() if theirs == prefix)


def nearest_service(name: str, operation: str) -> str | None:
    """The service that a misspelt name probably means: one that has the operation, or one with a very similar name and a similar operation."""
    import difflib  # needed only for mistakes

    given = name.strip().lower()
    alike = [each for each, prefix in _prefixes().items() if prefix == given or given.startswith(f"{each}-")]
    near = [*difflib.get_close_matches(given, services(), n=_NEAR), *alike]
    known = {each: found for each in near if (found := service(each)) is not None}
    having = [each for each, found in known.items() if found.operation(operation) is not None]
    like = [each for each, found in known.items() if found.nearest(operation) is not None]  # both are misspelt
    return next(iter([*having, *difflib.get_close_matches(given, like, n=1, cutoff=ALIKE)]), None)


_NEAR: Final = 8  # how many similar names are looked at


@cache  # templates repeat their types
def handler_actions(resource_type: str, handlers: tuple[str, ...] = ("create", "delete")) -> tuple[str, ...] | None:
    """What handlers of a resource type (`AWS::S3::Bucket`) may need; `None` when unknown.

    Args:
        resource_type: the type, as a template names it.
        handlers: which of `create`, `delete`, `update`, `read` and `list`.
    """
    found = _of_type(resource_type)
    letters = {each[0] for each in handlers}
    return tuple(action for action, by in map(str.split, found) if letters.intersection(by)) if found is not None else None


@cache  # asked for each of its actions
def certain_actions(resource_type: str) -> frozenset[str]:
    """What no resource of the type can be created or deleted without."""
    return frozenset(each.split()[0] for each in _of_type(resource_type) or () if each.endswith(_CERTAIN))


_CERTAIN: Final = "!"  # as tools/catalog/cloudformation.py marks them


def _of_type(resource_type: str) -> Sequence[str] | None:
    _, _, rest = resource_type.partition("::")
    service, _, kind = rest.partition("::")
    return (read(f"types/{service.lower()}.json") or {}).get(kind) if re.fullmatch(r"AWS::\w+::\w+", resource_type) else None


def python_name(operation: str) -> str:
    """An operation's name in Python, `describe_instances`, except for a few irregular ones."""
    return _CAPITALS.sub(r"_\1", _WORDS.sub(r"\1_\2", operation)).lower()


# A word begins at a capital that a small letter or digit precedes, or that begins a capitalized word: DescribeDBInstances.
_WORDS: Final = re.compile(r"(.)([A-Z][a-z]+)")
_CAPITALS: Final = re.compile(r"(?<=[a-z0-9])([A-Z])")


def _prefixes() -> dict[str, str]:
    return read("services.json") or {}
