"""boto3 and botocore: sessions, and what makes clients and resources."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ....findings import BY_HAND
from ....values.value import Text
from ..values.bound_methods import BoundMethod
from ..values.dicts import DictValue
from ..values.domain import ASSUMED, BOTTOM, DATA, OPAQUE, REPORTED, Abstract, Args, Machine, Thing, join_all, members, texts_in
from ..values.external import External, Model
from ..values.functions import Function, Method
from .boto3_clients import OWN_PARTITION, Client, Waiter, dynamic_operation, region_name
from .boto3_resources import AwsResource
from .os import credentials_read

# Where a client's credentials are in `client(…)`, `resource(…)`, and in `Session(…)`.
# https://boto3.amazonaws.com/v1/documentation/api/latest/reference/core/session.html
_SECRETS: Final = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")


class Session(Thing):
    """A boto3 or botocore session; `other` and `region` as in `Client`."""

    __slots__ = ("other", "region")

    def __init__(self, other: int = 0, region: Abstract = None) -> None:
        self.other = other
        self.region = region

    def __eq__(self, that: object) -> bool:
        return isinstance(that, Session) and (self.other, self.region) == (that.other, that.region)

    def __hash__(self) -> int:
        return hash(("Session", self.other, self.region))

    def attribute(self, _machine: Machine, name: str, _at: int) -> Abstract:
        if name == "region_name":
            return region_name(self.region)
        return BoundMethod(self, name) if name in _MAKERS or name in {"get_partition_for_region", "get_credentials"} else DATA

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        if name == "get_partition_for_region":
            return OWN_PARTITION
        if name == "get_credentials":
            if not self.other:
                credentials_read(machine, at)
            return ASSUMED if self.other else DATA
        return _MAKERS[name](machine, args, at, self) if name in _MAKERS else DATA

    def store(self, machine: Machine, name: str, value: Abstract) -> None:
        """`session._credentials = …` is how botocore is given credentials that renew themselves."""
        if name == "_credentials" and _is_assumed(value) and self is not VALUES["boto3.DEFAULT_SESSION"]:
            self.other = machine.first_line

    is_aws = True


def _service_names(value: Abstract) -> tuple[str, ...] | None:
    return texts_in(value)


def _region_given(args: Args, place: int, session: Abstract) -> Abstract:
    """The Region of a client or session that is made; the one of what makes it, when none is given."""
    given = args.get(place, "region_name")
    config = args.get(-1, "config")
    if given is BOTTOM or given is None:
        given = join_all(each.lookup("region_name", None) if isinstance(each, DictValue) else None for each in members(config))
    if given is BOTTOM:
        return session
    return join_all(
        session if each is None else DATA if isinstance(each, Thing) and not isinstance(each, Text) else each for each in members(given)
    )


def _other_role(args: Args, first: int, at: int, session: int) -> int:
    """The line, if the credentials that are given are surely another role's; those of the session, when none are."""
    given = [args.get(first + place, name) for place, name in enumerate(_SECRETS)]
    known = [each for each in given if each is not BOTTOM and each is not None]
    if any(_is_assumed(each) for each in known):
        return at
    return 0 if known else session


def _is_assumed(value: Abstract) -> bool:
    some = [member for member in members(value) if member is not None]
    return bool(some) and all(member is ASSUMED for member in some)


def make_client(machine: Machine, args: Args, at: int, session: Session) -> Abstract:
    """`client(…)`."""
    machine.activity += 1
    other = _other_role(args, 6, at, session.other)
    region = _region_given(args, 1, session.region)
    names = _service_names(args.get(0, "service_name", OPAQUE))
    if names is None:
        return Client(None, other, at, region)
    return join_all(Client(name, other, 0, region) for name in names)


def make_resource(machine: Machine, args: Args, at: int, session: Session) -> Abstract:
    """`resource(…)`."""
    machine.activity += 1
    other = _other_role(args, 6, at, session.other)
    region = _region_given(args, 1, session.region)
    names = _service_names(args.get(0, "service_name", OPAQUE))
    if names is None:
        return Client(None, other, at, region)
    return join_all(AwsResource(Client(name, other, 0, region), "", ()) for name in names)


def make_session(machine: Machine, args: Args, at: int) -> Abstract:
    """`Session(…)`."""
    machine.activity += 1
    inner = [each for each in members(args.get(4, "botocore_session")) if isinstance(each, Session)]
    around = inner[0] if inner else Session(0, machine.default_region)
    return Session(_other_role(args, 0, at, around.other), _region_given(args, 3, around.region))


_MAKERS: Final[dict[str, Callable[[Machine, Args, int, Session], Abstract]]] = {
    "client": make_client,
    "resource": make_resource,
    "create_client": make_client,
}


def _default_session(machine: Machine, args: Args, at: int) -> Abstract:
    machine.default_session = _other_role(args, 0, at, 0)
    machine.default_region = _region_given(args, 3, None)
    return None


def _client(machine: Machine, args: Args, at: int) -> Abstract:
    return make_client(machine, args, at, Session(machine.default_session, machine.default_region))


def _resource(machine: Machine, args: Args, at: int) -> Abstract:
    return make_resource(machine, args, at, Session(machine.default_session, machine.default_region))


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
    machine.report("otherAwsAccess", at, f"the script uses s3transfer by itself, which is not read; add what it needs {BY_HAND}")
    return REPORTED


def _made_waiter(machine: Machine, args: Args, at: int) -> Abstract:
    """`create_waiter_with_client(name, WaiterModel({…}), client)`."""
    definition = machine.item(machine.item(args.get(1, "waiter_model", DATA), "waiters", at), args.get(0, "waiter_name", DATA), at)
    operation = machine.item(definition, "operation", at)
    found: list[Abstract] = []
    for client in members(args.get(2, "client", DATA)):
        if isinstance(client, Client):
            names = texts_in(operation)
            if names is None:
                return dynamic_operation(machine, client, "waits with a waiter of its own for an operation of", operation, at)
            found += [Waiter(client, name) for name in names]
    return join_all(found) if found else OPAQUE


FUNCTIONS: Final[dict[str, Model]] = {
    "boto3.s3.transfer.S3Transfer": _s3_transfer,
    **dict.fromkeys(("boto3.s3.transfer.create_transfer_manager", "s3transfer.manager.TransferManager"), _transfer_manager),
    **dict.fromkeys(("s3transfer.TransferManager", "s3transfer.S3Transfer"), _transfer_manager),
    "botocore.credentials.AssumeRoleCredentialFetcher": _fetcher,
    **{f"botocore.credentials.{name}": _credentials for name in _RENEWED},
    **dict.fromkeys(
        ("botocore.config.Config", "botocore.client.Config"),
        lambda _machine, args, _at: DictValue(args.keywords, rest=args.extra),
    ),
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
