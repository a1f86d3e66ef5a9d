"""What boto3 adds to S3's client by hand: transfers of files, in parts when they are large.

https://boto3.amazonaws.com/v1/documentation/api/latest/reference/customizations/s3.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from ..values.arguments import Args, Machine
from ..values.dicts import keywords_of
from ..values.thing import BOTTOM, DATA, Abstract
from ..values.unions import join, members


class Caller(Protocol):
    """What makes the API calls: a client, of a service that may be unknown."""

    @property
    def service(self) -> str | None:
        """Botocore's name of it."""

    def make(self, machine: Machine, name: str, inputs: dict[str, Abstract], at: int, *, complete: bool = True) -> Abstract:
        """Make an API call, by its name in Python."""


def inputs_in(value: Abstract) -> tuple[dict[str, Abstract], bool]:
    """Inputs that are passed as a dict."""
    inputs: dict[str, Abstract] = {}
    complete = True
    for each in members(value):
        given = keywords_of(each)
        for key, held in given.keywords.items():
            inputs[key] = join(inputs.get(key, BOTTOM), held)
        complete = complete and given.extra is BOTTOM
    return inputs, complete


def _with_extra(args: Args, place: int, known: dict[str, Abstract]) -> tuple[dict[str, Abstract], bool]:
    """The inputs with those in `ExtraArgs`, and whether all of these are known."""
    extra, complete = inputs_in(args.get(place, "ExtraArgs", None))
    return {**extra, **{name: value for name, value in known.items() if value is not BOTTOM}}, complete


def _in_parts(client: Caller, machine: Machine, inputs: dict[str, Abstract], at: int, *, complete: bool) -> None:
    """Large files go up in parts. With a KMS key, the parts are also decrypted; without one, nothing more is needed.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
    """
    if not complete or any(inputs.get(name) is not None for name in ("ServerSideEncryption", "SSEKMSKeyId")):
        client.make(machine, "create_multipart_upload", inputs, at, complete=complete)


def _upload(first: str, bucket: int) -> Callable[[Caller, Machine, Args, int], Abstract]:
    def upload(client: Caller, machine: Machine, args: Args, at: int) -> Abstract:
        inputs, complete = _with_extra(args, bucket + 2, {"Bucket": args.get(bucket, "Bucket"), "Key": args.get(bucket + 1, "Key")})
        client.make(machine, "put_object", inputs, at, complete=complete)
        _in_parts(client, machine, inputs, at, complete=complete)
        return None

    upload.__doc__ = f"`upload_*({first}, Bucket, Key, ExtraArgs)`"
    return upload


def _download(client: Caller, machine: Machine, args: Args, at: int) -> Abstract:
    inputs, complete = _with_extra(args, 3, {"Bucket": args.get(0, "Bucket"), "Key": args.get(1, "Key")})
    client.make(machine, "head_object", inputs, at, complete=complete)
    client.make(machine, "get_object", inputs, at, complete=complete)
    return None


def _copy(client: Caller, machine: Machine, args: Args, at: int) -> Abstract:
    """`copy(CopySource, Bucket, Key, ExtraArgs)`: asks for the source's size, then copies, in parts when it is large."""
    source = args.get(0, "CopySource", DATA)
    inputs, all_known = _with_extra(args, 3, {"Bucket": args.get(1, "Bucket"), "Key": args.get(2, "Key")})
    head, complete = inputs_in(source)
    client.make(
        machine,
        "head_object",
        {key: value for key, value in head.items() if key != "VersionId" or value is not None},
        at,
        complete=complete,
    )
    client.make(machine, "copy_object", {"CopySource": source, **inputs}, at, complete=all_known)
    _in_parts(client, machine, inputs, at, complete=all_known)
    return None


S3_METHODS: Final[dict[str, Callable[[Caller, Machine, Args, int], Abstract]]] = {
    "upload_file": _upload("Filename", 1),
    "upload_fileobj": _upload("Fileobj", 1),
    "download_file": _download,
    "download_fileobj": _download,
    "copy": _copy,
}
