"""What botocore knows about an API: operations, their names in Python, paginators, waiters."""

from __future__ import annotations

from typing import Any

from botocore import xform_name
from botocore.exceptions import DataNotFoundError
from botocore.loaders import Loader


class Apis:
    """botocore's models, one at a time: all of them together would take gigabytes."""

    def __init__(self) -> None:
        self.names = tuple(sorted(Loader().list_available_services("service-2")))

    def model(self, service: str) -> dict[str, Any]:
        """The newest version of an API's model."""
        return dict(Loader().load_service_model(service, "service-2"))

    def paginators(self, service: str) -> list[str]:
        """The operations that `get_paginator` accepts."""
        return sorted(_optional(service, "paginators-1").get("pagination", {}))

    def waiters(self, service: str) -> dict[str, str]:
        """A waiter's name in Python -> the operation that it polls."""
        waiters = _optional(service, "waiters-2").get("waiters", {})
        return {xform_name(name): waiter["operation"] for name, waiter in sorted(waiters.items())}


def _optional(service: str, kind: str) -> dict[str, Any]:
    try:
        return dict(Loader().load_service_model(service, kind))
    except DataNotFoundError:
        return {}


def inputs(model: dict[str, Any], operation: str) -> dict[str, Any]:
    """Input members of an operation: name -> shape."""
    shape = model["operations"][operation].get("input", {}).get("shape")
    members = model["shapes"][shape].get("members", {}) if shape else {}
    return {name: model["shapes"][member["shape"]] for name, member in members.items()}


def has_path(model: dict[str, Any], operation: str, path: str) -> bool:
    """Whether an operation has an input at a path, through lists and maps: `Targets.RoleArn`, `Roles.*`, `RequestItems{}`."""
    shape = model["operations"][operation].get("input", {}).get("shape")
    return shape is not None and _has(model, shape, path.removesuffix("{}").replace("[]", "").split("."))


def _has(model: dict[str, Any], shape: str, words: list[str]) -> bool:
    if not words:
        return True
    found = model["shapes"][shape]
    if found["type"] == "list":
        return _has(model, found["member"]["shape"], words)
    if found["type"] == "map":
        return _has(model, found["value"]["shape"], words[1:])
    members = found.get("members", {})
    return any(_has(model, members[name]["shape"], words[1:]) for name in (members if words[0] == "*" else (words[0],)) if name in members)
