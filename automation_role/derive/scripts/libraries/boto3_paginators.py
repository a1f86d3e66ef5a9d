"""boto3's paginators and waiters."""

from __future__ import annotations

from ....catalog import operations as catalog
from ..values.arguments import Args, Machine
from ..values.bound_methods import BoundMethod
from ..values.thing import BOTTOM, DATA, Abstract, EqualByParts
from .s3_transfers import Caller


class Paginator(EqualByParts):
    """The result of `get_paginator`."""

    __slots__ = ("client", "operation")
    is_aws = True
    leads = ("paginate",)

    def __init__(self, client: Caller, operation: str) -> None:
        self.client = client
        self.operation = operation

    def parts(self) -> tuple[object, ...]:
        return (self.client, self.operation)

    def attribute(self, _machine: Machine, name: str, _at: int) -> Abstract:
        return BoundMethod(self, name) if name == "paginate" else DATA

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        if name != "paginate":
            return DATA
        inputs = {key: value for key, value in args.keywords.items() if key != "PaginationConfig"}
        return self.client.make(machine, self.operation, inputs, at, complete=args.extra is BOTTOM)


class Waiter(EqualByParts):
    """The result of `get_waiter`."""

    __slots__ = ("client", "name")
    is_aws = True
    leads = ("wait",)

    def __init__(self, client: Caller, name: str) -> None:
        self.client = client
        self.name = name

    def parts(self) -> tuple[object, ...]:
        return (self.client, self.name)

    def attribute(self, _machine: Machine, name: str, _at: int) -> Abstract:
        return BoundMethod(self, name) if name == "wait" else DATA

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        if name != "wait":
            return DATA
        service = catalog.service(self.client.service) if self.client.service is not None else None
        operation = service.waiters.get(self.name, self.name) if service is not None else self.name
        inputs = {key: value for key, value in args.keywords.items() if key != "WaiterConfig"}
        self.client.make(machine, operation, inputs, at, complete=args.extra is BOTTOM)
        return None
