"""boto3 as scripts use it: sessions, clients, paginators, waiters, and what calling their methods does."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from ....catalog import operations as catalog
from ....findings import BY_HAND
from ....values.value import Text
from ..values.containers import Bound, DictValue
from ..values.domain import ASSUMED, DATA, NOTHING, OPAQUE, TOLD, Abstract, Args, Thing, join, join_all, members, texts_in
from ..values.external import External, Model
from ..values.functions import Function, Method
from .operation_names import like_an_operation

if TYPE_CHECKING:
    from ..reader.machine import Machine

# Where a client's credentials are in `client(…)`, `resource(…)`, and in `Session(…)`.
# https://boto3.amazonaws.com/v1/documentation/api/latest/reference/core/session.html
_SECRETS: Final = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
_ATTRIBUTES: Final = frozenset({"meta", "exceptions", "waiter_names"})  # of every client, beside its methods
# STS operations that give credentials of somebody else than the caller.
_ASSUMING: Final = frozenset(
    {"assume_role", "assume_role_with_saml", "assume_role_with_web_identity", "assume_root", "get_federation_token"}
)


class Client(Thing):
    """A client of a service.

    Attributes:
        service: botocore's name of it; `None` when only the running script knows.
        other: the line in which it was given another role's credentials; 0 when it has this role's.
        made_at: the line that makes it, when the service is not known; else 0.
    """

    __slots__ = ("made_at", "other", "service")
    is_aws = True

    def __init__(self, service: str | None, other: int = 0, made_at: int = 0) -> None:
        self.service = service
        self.other = other
        self.made_at = made_at

    def __repr__(self) -> str:
        return f"Client({self.service})"

    def __eq__(self, that: object) -> bool:
        return isinstance(that, Client) and (self.service, self.other, self.made_at) == (that.service, that.other, that.made_at)

    def __hash__(self) -> int:
        return hash((self.service, self.other, self.made_at))

    def attribute(self, _machine: Machine, name: str, _at: int) -> Abstract:
        return Meta(self) if name == "meta" else DATA if name in _ATTRIBUTES else Bound(self, name)

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        method = CLIENT_METHODS.get(name)
        if method is None and self.service == "s3":
            method = S3_METHODS.get(name)
        if method is not None:
            return method(self, machine, args, at)
        if name.startswith("_"):
            return DATA
        return self.make(machine, name, args.keywords, at, complete=args.extra is NOTHING and args.rest is NOTHING)

    def make(self, machine: Machine, name: str, inputs: dict[str, Abstract], at: int, *, complete: bool = True) -> Abstract:
        """Make an API call, by its name in Python or the API's own."""
        if self.other:
            machine.tell(
                "otherRoleCalls",
                self.other,
                "the script makes API calls with the credentials of a role that it assumes; what that role needs is not derived here",
            )
            return ASSUMED if name in _ASSUMING else DATA
        if self.service is None:
            if name and not like_an_operation(name):
                return DATA
            called = f"{name!r} of it" if name else "it by a name that is known no sooner"
            machine.tell(
                "dynamicService",
                self.made_at,
                f"the script makes a client for a service that is only known while it runs, and calls {called}; "
                f"add what it needs {BY_HAND}, or give the parameter allowedValues",
            )
            return DATA
        service = catalog.service(self.service)
        operation = service.operation(name) if service is not None else None
        machine.record(service.name if service else self.service, operation.name if operation else name, inputs, at, complete=complete)
        return ASSUMED if name in _ASSUMING and self.service == "sts" else DATA

    def has(self, name: str) -> bool:
        """Whether it has a method of a name."""
        if self.service is None:
            return like_an_operation(name) or name in CLIENT_METHODS or name in _ATTRIBUTES
        if name in CLIENT_METHODS or name in _ATTRIBUTES or (self.service == "s3" and name in S3_METHODS):
            return True
        service = catalog.service(self.service)
        return service is None or service.operation(name) is not None


def has_method(value: Abstract, name: str) -> bool | None:
    """Whether a client has a method of a name; `None` for what is no client."""
    return value.has(name) if isinstance(value, Client) else None


class Meta(Thing):
    """`client.meta`, `resource.meta`."""

    __slots__ = ("client",)

    def __init__(self, client: Client) -> None:
        self.client = client

    def attribute(self, _machine: Machine, name: str, _at: int) -> Abstract:
        return self.client if name == "client" else DATA


class Session(Thing):
    """A boto3 or botocore session; `other` as in `Client`."""

    __slots__ = ("other",)

    def __init__(self, other: int = 0) -> None:
        self.other = other

    def __eq__(self, that: object) -> bool:
        return isinstance(that, Session) and self.other == that.other

    def __hash__(self) -> int:
        return hash(("Session", self.other))

    def attribute(self, _machine: Machine, name: str, _at: int) -> Abstract:
        return Bound(self, name) if name in _MAKERS else DATA

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        return _MAKERS[name](machine, args, at, self.other) if name in _MAKERS else DATA

    def store(self, machine: Machine, name: str, value: Abstract) -> None:
        """`session._credentials = …` is how botocore is given credentials that renew themselves."""
        if name == "_credentials" and _is_assumed(value) and self is not VALUES["boto3.DEFAULT_SESSION"]:
            self.other = machine.first_line

    is_aws = True


class Paginator(Thing):
    """What `get_paginator` gives."""

    __slots__ = ("client", "operation")
    is_aws = True

    def __init__(self, client: Client, operation: str) -> None:
        self.client = client
        self.operation = operation

    def __eq__(self, that: object) -> bool:
        return isinstance(that, Paginator) and (self.client, self.operation) == (that.client, that.operation)

    def __hash__(self) -> int:
        return hash((self.client, self.operation))

    def attribute(self, _machine: Machine, name: str, _at: int) -> Abstract:
        return Bound(self, name) if name == "paginate" else DATA

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        if name != "paginate":
            return DATA
        inputs = {key: value for key, value in args.keywords.items() if key != "PaginationConfig"}
        return self.client.make(machine, self.operation, inputs, at, complete=args.extra is NOTHING)


class Waiter(Thing):
    """What `get_waiter` gives."""

    __slots__ = ("client", "name")
    is_aws = True

    def __init__(self, client: Client, name: str) -> None:
        self.client = client
        self.name = name

    def __eq__(self, that: object) -> bool:
        return isinstance(that, Waiter) and (self.client, self.name) == (that.client, that.name)

    def __hash__(self) -> int:
        return hash((self.client, self.name))

    def attribute(self, _machine: Machine, name: str, _at: int) -> Abstract:
        return Bound(self, name) if name == "wait" else DATA

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        if name != "wait":
            return DATA
        service = catalog.service(self.client.service) if self.client.service is not None else None
        operation = service.waiters.get(self.name, self.name) if service is not None else self.name
        inputs = {key: value for key, value in args.keywords.items() if key != "WaiterConfig"}
        self.client.make(machine, operation, inputs, at, complete=args.extra is NOTHING)
        return None


def dynamic_operation(machine: Machine, client: Client, what: str, name: Abstract, at: int) -> Abstract:
    """Say that an operation's name is only known while the script runs."""
    if client.other or client.service is None:
        client.make(machine, "", {}, at)
        return DATA
    known = [f"those like {pattern!r}" for pattern in _shapes(name)]
    machine.tell(
        "dynamicOperation",
        at,
        f"the script {what} {client.service!r} by a name that is only known while it runs{' (' + ', '.join(known) + ')' if known else ''}; "
        f"add what it needs {BY_HAND}",
    )
    return TOLD


def _shapes(name: Abstract) -> list[str]:
    if not isinstance(name, Text):
        return []
    return ["".join(part if isinstance(part, str) else "*" for part in option.parts) for option in name.options]


# -- making clients


def _service_names(value: Abstract) -> tuple[str, ...] | None:
    return texts_in(value)


def _other_role(args: Args, first: int, at: int, session: int) -> int:
    """The line, if the credentials that are given are surely another role's; those of the session, when none are."""
    given = [args.get(first + place, name) for place, name in enumerate(_SECRETS)]
    known = [each for each in given if each is not NOTHING and each is not None]
    if any(_is_assumed(each) for each in known):
        return at
    return 0 if known else session


def _is_assumed(value: Abstract) -> bool:
    some = [member for member in members(value) if member is not None]
    return bool(some) and all(member is ASSUMED for member in some)


def make_client(machine: Machine, args: Args, at: int, session: int) -> Abstract:
    """`client(…)`."""
    machine.activity += 1
    other = _other_role(args, 6, at, session)
    names = _service_names(args.get(0, "service_name", OPAQUE))
    if names is None:
        return Client(None, other, at)
    return join_all(Client(name, other) for name in names)


def make_resource(machine: Machine, args: Args, at: int, session: int) -> Abstract:
    """`resource(…)`."""
    from .boto3_resources import AwsResource

    machine.activity += 1
    other = _other_role(args, 6, at, session)
    names = _service_names(args.get(0, "service_name", OPAQUE))
    if names is None:
        return Client(None, other, at)
    return join_all(AwsResource(Client(name, other), "", ()) for name in names)


def make_session(machine: Machine, args: Args, at: int, session: int = 0) -> Abstract:
    """`Session(…)`."""
    machine.activity += 1
    given = args.get(5, "botocore_session")
    inner = [each.other for each in members(given) if isinstance(each, Session)]
    return Session(_other_role(args, 0, at, inner[0] if inner else session))


_MAKERS: Final[dict[str, Callable[[Machine, Args, int, int], Abstract]]] = {
    "client": make_client,
    "resource": make_resource,
    "create_client": make_client,
}


def _default_session(machine: Machine, args: Args, at: int) -> Abstract:
    machine.default_session = _other_role(args, 0, at, 0)
    return None


# -- methods that every client has


def _get_paginator(client: Client, machine: Machine, args: Args, at: int) -> Abstract:
    names = texts_in(args.get(0, "operation_name", DATA))
    if names is None:
        return dynamic_operation(machine, client, "pages through an operation of", args.get(0, "operation_name", DATA), at)
    return join_all(Paginator(client, name) for name in names)


def _get_waiter(client: Client, machine: Machine, args: Args, at: int) -> Abstract:
    names = texts_in(args.get(0, "waiter_name", DATA))
    if names is None:
        return dynamic_operation(machine, client, "waits with a waiter of", args.get(0, "waiter_name", DATA), at)
    return join_all(Waiter(client, name) for name in names)


def _presigned_url(client: Client, machine: Machine, args: Args, at: int) -> Abstract:
    names = texts_in(args.get(0, "ClientMethod", DATA))
    if names is None:
        dynamic_operation(machine, client, "signs a URL for an operation of", args.get(0, "ClientMethod", DATA), at)
        return DATA
    inputs, complete = _spread(args.get(1, "Params", None))
    for name in names:
        client.make(machine, name, inputs, at, complete=complete)
    return DATA


def _presigned_post(client: Client, machine: Machine, args: Args, at: int) -> Abstract:
    return client.make(machine, "put_object", {"Bucket": args.get(0, "Bucket"), "Key": args.get(1, "Key")}, at)


def _api_call(client: Client, machine: Machine, args: Args, at: int) -> Abstract:
    names = texts_in(args.get(0, "operation_name", DATA))
    if names is None:
        return dynamic_operation(machine, client, "calls", args.get(0, "operation_name", DATA), at)
    inputs, complete = _spread(args.get(1, "api_params", None))
    return join_all(client.make(machine, name, inputs, at, complete=complete) for name in names)


def _spread(value: Abstract) -> tuple[dict[str, Abstract], bool]:
    """Inputs that are given as a dict."""
    inputs: dict[str, Abstract] = {}
    complete = True
    for each in members(value):
        if isinstance(each, DictValue):
            for key, held in each.members.items():
                inputs[str(key)] = join(inputs.get(str(key), NOTHING), held)
            complete = complete and not each.is_open
        elif each is not None:
            complete = False
    return inputs, complete


def _quiet(_client: Client, machine: Machine, args: Args, at: int) -> Abstract:
    machine.hand_over(args, at, DATA)
    return DATA


CLIENT_METHODS: Final[dict[str, Callable[[Client, Machine, Args, int], Abstract]]] = {
    "get_paginator": _get_paginator,
    "get_waiter": _get_waiter,
    "generate_presigned_url": _presigned_url,
    "generate_presigned_post": _presigned_post,
    "_make_api_call": _api_call,
    "can_paginate": _quiet,
    "close": _quiet,
    "__enter__": lambda client, _machine, _args, _at: client,
    "__class__": _quiet,
}


# -- what boto3 adds to S3's client
# https://boto3.amazonaws.com/v1/documentation/api/latest/reference/customizations/s3.html


def _with_extra(args: Args, place: int, known: dict[str, Abstract]) -> dict[str, Abstract]:
    extra, _complete = _spread(args.get(place, "ExtraArgs", None))
    return {**extra, **{name: value for name, value in known.items() if value is not NOTHING}}


def _upload(first: str, bucket: int) -> Callable[[Client, Machine, Args, int], Abstract]:
    def upload(client: Client, machine: Machine, args: Args, at: int) -> Abstract:
        inputs = _with_extra(args, bucket + 2, {"Bucket": args.get(bucket, "Bucket"), "Key": args.get(bucket + 1, "Key")})
        client.make(machine, "put_object", inputs, at)
        return None

    upload.__doc__ = f"`upload_*({first}, Bucket, Key, ExtraArgs)`"
    return upload


def _download(client: Client, machine: Machine, args: Args, at: int) -> Abstract:
    inputs = _with_extra(args, 3, {"Bucket": args.get(0, "Bucket"), "Key": args.get(1, "Key")})
    client.make(machine, "head_object", inputs, at)
    client.make(machine, "get_object", inputs, at)
    return None


def copied(client: Client, machine: Machine, source: Abstract, inputs: dict[str, Abstract], at: int) -> None:
    """`copy(CopySource, Bucket, Key)`: asks for the source's size, then copies, in parts when it is large."""
    head, complete = _spread(source)
    client.make(
        machine,
        "head_object",
        {key: value for key, value in head.items() if key != "VersionId" or value is not None},
        at,
        complete=complete,
    )
    client.make(machine, "copy_object", {"CopySource": source, **inputs}, at)


def _copy(client: Client, machine: Machine, args: Args, at: int) -> Abstract:
    inputs = _with_extra(args, 3, {"Bucket": args.get(1, "Bucket"), "Key": args.get(2, "Key")})
    copied(client, machine, args.get(0, "CopySource", DATA), inputs, at)
    return None


S3_METHODS: Final[dict[str, Callable[[Client, Machine, Args, int], Abstract]]] = {
    "upload_file": _upload("Filename", 1),
    "upload_fileobj": _upload("Fileobj", 1),
    "download_file": _download,
    "download_fileobj": _download,
    "copy": _copy,
}


# -- names


def _client(machine: Machine, args: Args, at: int) -> Abstract:
    return make_client(machine, args, at, machine.default_session)


def _resource(machine: Machine, args: Args, at: int) -> Abstract:
    return make_resource(machine, args, at, machine.default_session)


def _session(machine: Machine, args: Args, at: int) -> Abstract:
    return make_session(machine, args, at)


def _fetcher(machine: Machine, args: Args, at: int) -> Abstract:
    """`AssumeRoleCredentialFetcher(client_creator, source_credentials, role_arn)` assumes a role when credentials are needed."""
    return Client("sts").make(machine, "assume_role", {"RoleArn": args.get(2, "role_arn", DATA)}, at, complete=False)


_RENEWED: Final = ("RefreshableCredentials", "RefreshableCredentials.create_from_metadata", "DeferredRefreshableCredentials")


def _credentials(machine: Machine, args: Args, at: int) -> Abstract:
    """`RefreshableCredentials`: another role's, if what it is made of is."""
    given = [machine.call(each, Args(), at) if isinstance(each, (Function, Method)) else each for each in args.values()]
    held = [part for each in given for part in (each.members.values() if isinstance(each, DictValue) else (each,))]
    return ASSUMED if any(_is_assumed(each) for each in held) else DATA


def _s3_transfer(_machine: Machine, args: Args, _at: int) -> Abstract:
    """`S3Transfer(client)` has the client's own methods for files."""
    return args.get(0, "client", OPAQUE)


def _transfer_manager(machine: Machine, _args: Args, at: int) -> Abstract:
    machine.tell("otherAwsAccess", at, f"the script uses s3transfer by itself, which is not read; add what it needs {BY_HAND}")
    return TOLD


def _made_waiter(machine: Machine, args: Args, at: int) -> Abstract:
    """`create_waiter_with_client(name, WaiterModel({…}), client)`."""
    definition = machine.item(machine.item(args.get(1, "waiter_model", DATA), "waiters", at), args.get(0, "waiter_name", DATA), at)
    operation = machine.item(definition, "operation", at)
    found: list[Abstract] = []
    for client in members(args.get(2, "client", DATA)):
        if isinstance(client, Client):
            names = texts_in(operation)
            if names is None:
                return dynamic_operation(machine, client, "waits with a waiter of its own of", operation, at)
            found += [Waiter(client, name) for name in names]
    return join_all(found) if found else OPAQUE


FUNCTIONS: Final[dict[str, Model]] = {
    "boto3.s3.transfer.S3Transfer": _s3_transfer,
    **dict.fromkeys(("boto3.s3.transfer.create_transfer_manager", "s3transfer.manager.TransferManager"), _transfer_manager),
    **dict.fromkeys(("s3transfer.TransferManager", "s3transfer.S3Transfer"), _transfer_manager),
    "botocore.credentials.AssumeRoleCredentialFetcher": _fetcher,
    **{f"botocore.credentials.{name}": _credentials for name in _RENEWED},
    "botocore.waiter.WaiterModel": lambda _machine, args, _at: args.get(0, "waiter_config", DATA),
    "botocore.waiter.create_waiter_with_client": _made_waiter,
    "boto3.client": _client,
    "boto3.resource": _resource,
    "boto3.setup_default_session": _default_session,
    **dict.fromkeys(("boto3.Session", "boto3.session.Session", "boto3._get_default_session"), _session),
    **dict.fromkeys(("botocore.session.Session", "botocore.session.get_session"), _session),
}
VALUES: Final[dict[str, Abstract]] = {
    "boto3.DEFAULT_SESSION": Session(),
    "boto3.exceptions": DATA,
    "botocore.exceptions": DATA,
    "botocore.config": External("botocore.config"),
}

_ANNOTATED: Final = re.compile(r"(?:mypy_boto3|types_boto3)_(\w+?)(?:\.client)?\.(\w+)Client\Z")


def of_annotation(value: Abstract) -> Abstract | None:
    """What an annotation of the type stubs says (`mypy_boto3_ec2.EC2Client`); `None` when it says nothing."""
    if not isinstance(value, External):
        return None
    found = _ANNOTATED.match(value.name)
    if found is None:
        return None
    name = found[1].rstrip("_").replace("_", "-")
    return Client(name) if catalog.service(name) is not None else None
