"""boto3's resource types (`ec2.Instance`), as its factory creates them: their names in Python, and the operation that each calls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boto3
import boto3.session
from boto3.resources.model import Action, ResourceModel
from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import ServiceModel

SERVICES = tuple(sorted(boto3.session.Session().get_available_resources()))


def types_of(service: str, waiters: dict[str, str]) -> dict[str, Any]:
    """Every type of a service; '' is the service resource itself."""
    loader = Loader(extra_search_paths=[str(Path(boto3.__file__).parent / "data")])
    data = loader.load_service_model(service, "resources-1")
    model = ServiceModel(loader.load_service_model(service, "service-2"), service)
    definitions = data["resources"]
    found = {"": _type(ResourceModel(service, data["service"], definitions), model, waiters)}
    for name, definition in sorted(definitions.items()):
        found[name] = _type(ResourceModel(name, definition, definitions), model, waiters)
    batch = {name: definition.get("batchActions", {}) for name, definition in definitions.items()}
    for name, actions in batch.items():
        for action, definition in sorted(actions.items()):
            found[name]["actions"].setdefault(xform_name(action), _call(Action(action, definition, definitions)))
    _by_hand(service, found)
    return {name: _lean(kind) for name, kind in found.items()}


def _type(resource: ResourceModel, model: ServiceModel, waiters: dict[str, str]) -> dict[str, Any]:
    shape = model.shape_for(resource.shape) if resource.shape else None
    resource.load_rename_map(shape)
    raw = resource._definition  # noqa: SLF001  # the model has the identifiers' names only in snake_case
    related = {each.name: each.resource.type for each in (*resource.references, *resource.subresources)}
    return {
        "identifiers": [identifier["name"] for identifier in raw.get("identifiers", [])],
        "load": _call(resource.load) if resource.load is not None else None,
        "attributes": sorted(resource.get_attributes(shape)) if shape is not None else [],
        "actions": {action.name: _call(action) for action in resource.actions},
        "collections": {each.name: _call(each) for each in resource.collections},
        "waiters": {each.name: [waiters[xform_name(each.waiter_name)], _inputs(each.params)] for each in resource.waiters},
        "references": related,
    }


def _call(action: Any) -> list[Any]:
    call: list[Any] = [action.request.operation, _inputs(action.request.params)]
    if action.resource is None:
        return call
    # Without a path into the response, boto3 builds the resource only from identifiers (boto3/resources/response.py, ResourceHandler).
    return [*call, action.resource.type] if action.resource.path else [*call, action.resource.type, False]


def _inputs(params: list[Any]) -> dict[str, str]:
    """The top-level members that an identifier fills; the others (parts of a filter, constants) say nothing about resources."""
    filled: dict[str, str] = {}
    for each in params:
        member = each.target.removesuffix("[0]").removesuffix("[]")
        if each.source == "identifier" and "." not in member and "[" not in member:
            filled[member] = each.name
    return dict(sorted(filled.items()))


def _by_hand(service: str, found: dict[str, Any]) -> None:
    """What boto3 adds in code.

    Sources: boto3/s3/inject.py (inject_bucket_methods: `load` lists the buckets; inject_object_summary_methods: `load` asks HeadObject),
    boto3/ec2/createtags.py and deletetags.py. `derive/scripts` handles transfers and `batch_writer`.
    """
    if service == "s3":
        found["Bucket"]["load"] = ["ListBuckets", {}]
        found["ObjectSummary"]["load"] = ["HeadObject", {"Bucket": "BucketName", "Key": "Key"}]
    if service == "ec2":
        found[""]["actions"]["create_tags"] = ["CreateTags", {}, "Tag"]
        found["Instance"]["actions"]["delete_tags"] = ["DeleteTags", {"Resources": "Id"}]


def _lean(kind: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in kind.items() if value}
