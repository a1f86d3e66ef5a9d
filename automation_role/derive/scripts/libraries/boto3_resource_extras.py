"""What boto3 adds to resources by hand: transfers of files, tags, batches of items.

https://boto3.amazonaws.com/v1/documentation/api/latest/reference/customizations/index.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol, TypeAlias

from ..values.arguments import Args, Machine
from ..values.dicts import DictValue
from ..values.lists import ListValue
from ..values.thing import BOTTOM, DATA, Abstract
from .s3_transfers import S3_METHODS, Caller


class Extended(Protocol):
    """A resource."""

    @property
    def client(self) -> Caller:
        """What makes its calls."""

    @property
    def kind(self) -> str:
        """Its type (`Instance`)."""

    @property
    def identifiers(self) -> tuple[Abstract, ...]:
        """What is known of its identifiers, in their order."""

    def named(self) -> dict[str, Abstract]:
        """Its identifiers by name, as far as they are known."""


Extra: TypeAlias = Callable[[Extended, Machine, Args, int], Abstract]


def _place(resource: Extended, args: Args, key: int) -> dict[str, Abstract]:
    """Bucket and key of a transfer of a bucket or an object."""
    own = resource.identifiers
    return {
        "Bucket": own[0] if own else BOTTOM,
        "Key": own[1] if resource.kind != "Bucket" and len(own) > 1 else args.get(key, "Key") if resource.kind == "Bucket" else BOTTOM,
    }


def _transfer(method: str, key_place: int) -> Extra:
    def transfer(resource: Extended, machine: Machine, args: Args, at: int) -> Abstract:
        given = {name: value for name, value in _place(resource, args, key_place).items() if value is not BOTTOM}
        given["ExtraArgs"] = args.get(2 if resource.kind == "Bucket" else 1, "ExtraArgs", None)
        if method == "copy":
            given["CopySource"] = args.get(0, "CopySource", DATA)
        return S3_METHODS[method](resource.client, machine, Args([], given), at)

    return transfer


def _tags(operation: str) -> Extra:
    def change(resource: Extended, machine: Machine, args: Args, at: int) -> Abstract:
        own = list(resource.named().values())[:1]
        inputs: dict[str, Abstract] = {"Resources": ListValue(own), **args.keywords} if own else dict(args.keywords)
        resource.client.make(machine, operation, inputs, at, complete=args.extra is BOTTOM)
        return DATA

    return change


def _batch_writer(table: Extended, machine: Machine, _args: Args, at: int) -> Abstract:
    items = DictValue()
    items.put(machine, table.identifiers[0] if table.identifiers else DATA, DATA)
    table.client.make(machine, "batch_write_item", {"RequestItems": items}, at, complete=not items.is_open)
    return DATA


_S3_TRANSFERS: Final[dict[str, Extra]] = {
    "upload_file": _transfer("upload_file", 1),
    "upload_fileobj": _transfer("upload_fileobj", 1),
    "download_file": _transfer("download_file", 0),
    "download_fileobj": _transfer("download_fileobj", 0),
    "copy": _transfer("copy", 1),
}
_EXTRA: Final[dict[tuple[str, str], dict[str, Extra]]] = {
    ("s3", "Bucket"): _S3_TRANSFERS,
    ("s3", "Object"): _S3_TRANSFERS,
    ("s3", "ObjectSummary"): _S3_TRANSFERS,
    ("dynamodb", "Table"): {"batch_writer": _batch_writer},
    ("ec2", ""): {"create_tags": _tags("create_tags"), "delete_tags": _tags("delete_tags")},
    ("ec2", "Instance"): {"delete_tags": _tags("delete_tags")},
}


def extra(resource: Extended, name: str) -> Extra | None:
    """What boto3 adds to a resource under a name; `None` for what it doesn't."""
    return _EXTRA.get((resource.client.service or "", resource.kind), {}).get(name)
