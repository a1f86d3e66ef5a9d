"""What every AWS API operation needs: read from the generated files beside this one, one small file a service, loaded when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# CONTRACT ONLY, TO BE FILLED IN (catalog): names and shapes below are what derive/ and the tests use.


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An API operation: `DescribeInstances`, in boto3 `describe_instances`."""

    name: str
    python_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceCall:
    """What calling a boto3 resource's action, collection, attribute or waiter does: the operation, its inputs, what comes back.

    Attributes:
        operation: the operation's name (`RevokeSecurityGroupIngress`).
        inputs: input member -> the resource's identifier that fills it (`{"GroupId": "Id"}`).
        returns: the resource type that comes back (`Instance`), `None` when it is plain data.
    """

    operation: str
    inputs: Mapping[str, str]
    returns: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A boto3 resource type (`ec2.SecurityGroup`), by the names scripts use (snake_case).

    Attributes:
        identifiers: its identifiers in constructor order.
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


class Service:
    """One API as boto3 knows it."""

    name: str  # botocore's: 'elbv2'
    prefix: str  # IAM's: 'elasticloadbalancing'
    operations: Mapping[str, Operation]  # by operation name
    paginators: frozenset[str]  # operation names that can be paginated
    waiters: Mapping[str, str]  # 'instance_running' -> 'DescribeInstances'
    resources: Mapping[str, Resource]  # boto3.resource's types; '' is the service resource itself; empty when boto3 has none

    def operation(self, spelling: str) -> Operation | None:
        """The operation in any spelling: `DescribeInstances`, `describe_instances`, `describeInstances`."""
        raise NotImplementedError

    def nearest(self, spelling: str) -> str | None:
        """The nearest operation name to a misspelt one."""
        raise NotImplementedError


def service(name: str) -> Service | None:
    """The service in any letter case (`EC2`), `None` when there is none of that name."""
    raise NotImplementedError


def services() -> tuple[str, ...]:
    """The names of all services, sorted."""
    raise NotImplementedError


def nearest_service(name: str) -> str | None:
    """The nearest service name to a misspelt one."""
    raise NotImplementedError
