"""What the types of `boto3.resource` call: read from the generated files beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ._files import read


class ResourceCall(NamedTuple):
    """What calling a boto3 resource's action, collection, attribute or waiter does: the operation, its inputs, what comes back.

    Attributes:
        operation: the operation's name (`RevokeSecurityGroupIngress`).
        inputs: input member -> the resource's identifier that fills it (`{"GroupId": "Id"}`).
        returns: the resource type that comes back (`Instance`), `None` when it is plain data.
        is_loaded: its attributes come with it; else reading one calls its `load`.
    """

    operation: str
    inputs: Mapping[str, str]
    returns: str | None
    is_loaded: bool


class Resource(NamedTuple):
    """A boto3 resource type (`ec2.SecurityGroup`), by the names scripts use (snake_case).

    Attributes:
        identifiers: its identifiers in constructor order, as the model names them (`BucketName`; boto3 has them as `bucket_name`).
        load: what reading an attribute (or `load()`, `reload()`) calls, if anything.
        attributes: names of the attributes whose reading calls `load`.
        actions: method name -> call (`revoke_ingress`); batch actions of collections are in here under the same name.
        collections: attribute name -> call (`instances`), returning resources.
        waiters: method name (`wait_until_running`) -> call.
        references: attribute or factory name -> resource type it gives without a call (`Instance`, `vpc`).
    """

    identifiers: tuple[str, ...]
    load: ResourceCall | None
    attributes: frozenset[str]
    actions: Mapping[str, ResourceCall]
    collections: Mapping[str, ResourceCall]
    waiters: Mapping[str, ResourceCall]
    references: Mapping[str, str]


def resources(service: str) -> Mapping[str, Resource]:
    """The types of a service's `boto3.resource`; '' is the service resource itself; empty when boto3 has none."""
    return {name: _resource(data) for name, data in (read(f"boto3/{service}.json") or {}).items()}


def _resource(data: Mapping[str, Any]) -> Resource:
    return Resource(
        identifiers=tuple(data.get("identifiers", ())),
        load=_call(data["load"]) if "load" in data else None,
        attributes=frozenset(data.get("attributes", ())),
        actions={name: _call(call) for name, call in data.get("actions", {}).items()},
        collections={name: _call(call) for name, call in data.get("collections", {}).items()},
        waiters={name: _call(call) for name, call in data.get("waiters", {}).items()},
        references=data.get("references", {}),
    )


def _call(data: list[Any]) -> ResourceCall:
    return ResourceCall(operation=data[0], inputs=data[1], returns=data[2] if len(data) > 2 else None, is_loaded=len(data) < 4)
