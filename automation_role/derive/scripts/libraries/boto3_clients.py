"""boto3's clients, paginators and waiters, and what their methods do."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from ....catalog import operations as catalog
from ....findings import BY_HAND
from ....values.arns import account_of
from ....values.patterns import Pattern, Slot
from ....values.value import Text
from ..values.arguments import Args, Machine
from ..values.asking import foreign_name, texts_in
from ..values.bound_methods import BoundMethod
from ..values.credentials import OWN, Callers, Credentials, credentials_of
from ..values.dicts import DictValue
from ..values.strings import text_of
from ..values.thing import BOTTOM, DATA, REPORTED, Abstract, EqualByParts, Thing
from ..values.unions import join_all, members
from ..values.writing import written
from .boto3_client_class import ClassOf
from .boto3_paginators import Paginator, Waiter
from .operation_names import like_an_operation
from .os import OWN_REGION
from .s3_transfers import S3_METHODS, inputs_in

_ATTRIBUTES: Final = frozenset({"meta", "exceptions", "waiter_names"})  # of every client, besides its methods
# Operations that return another identity's credentials -> the input that names that identity, if there is one.
_ASSUMING: Final = {
    ("sts", "AssumeRole"): "RoleArn",
    ("sts", "AssumeRoleWithSAML"): "RoleArn",
    ("sts", "AssumeRoleWithWebIdentity"): "RoleArn",
    ("sts", "AssumeRoot"): "",
    ("sts", "GetFederationToken"): "",
    ("cognito-identity", "GetCredentialsForIdentity"): "CustomRoleArn",
    ("sso", "GetRoleCredentials"): "",
}


# Methods that sign a token to log in with, without a call -> the action that logging in needs.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
# https://docs.aws.amazon.com/aurora-dsql/latest/userguide/authentication-authorization.html
_TOKENS: Final[dict[tuple[str | None, str], str]] = {
    ("rds", "generate_db_auth_token"): "rds-db:connect",
    ("dsql", "generate_db_connect_auth_token"): "dsql:DbConnect",
    ("dsql", "generate_db_connect_admin_auth_token"): "dsql:DbConnectAdmin",
}
# The account, partition and Region in which the automation runs, and the session of its role.
_OWN_ACCOUNT: Final = Text((Pattern((Slot.ACCOUNT,)),))
OWN_PARTITION: Final = Text((Pattern((Slot.PARTITION,)),))
_OWN_SESSION: Final = Text((Pattern.of("arn:{P}:sts::{A}:assumed-role/*"),))


def _identity(caller: Pattern | None) -> dict[str, Abstract]:
    """The response of `GetCallerIdentity`."""
    if caller is None:
        return {"Account": _OWN_ACCOUNT, "Arn": _OWN_SESSION, "UserId": DATA, "ResponseMetadata": DATA}
    account = account_of(caller)
    return {"Account": DATA if account is None else text_of((account,)), "Arn": DATA, "UserId": DATA, "ResponseMetadata": DATA}


def region_name(region: Abstract) -> Abstract:
    """The name of a client's Region."""
    return join_all(OWN_REGION if each is None else each for each in members(region))


def regions_of(region: Abstract) -> tuple[Pattern, ...]:
    """The Regions that a client may call; none when it is the one in which the automation runs."""
    if region is None:  # as nearly always
        return ()
    found: list[Pattern] = []
    for each in members(region_name(region)):
        found += written(each)
    return () if set(found) <= set(OWN_REGION.options) else tuple(dict.fromkeys(found))


class Client(EqualByParts):
    """A client of a service.

    Attributes:
        service: botocore's name of it; `None` when only the running script knows.
        callers: whose credentials it may have.
        made_at: the line that makes it, when the service is not known; else 0.
        region: the Region that it calls; `None`: the one in which the automation runs.
    """

    __slots__ = ("callers", "made_at", "region", "service")
    is_aws = True
    has_items = False

    def __init__(self, service: str | None, callers: Callers = OWN, made_at: int = 0, region: Abstract = None) -> None:
        self.service = service
        self.callers = callers
        self.made_at = made_at
        self.region = region

    def parts(self) -> tuple[object, ...]:
        return (self.service, self.callers, self.made_at, self.region)

    def __repr__(self) -> str:
        return f"Client({self.service})"

    def attribute(self, machine: Machine, name: str, at: int) -> Abstract:
        if name == "__class__":
            return ClassOf(self)
        if name == "meta":
            return Meta(self)
        if _is_inside(name) and name not in CLIENT_METHODS:
            return _used_inside(machine, name, at)
        return DATA if name in _ATTRIBUTES else BoundMethod(self, name)

    def any_attribute(self, machine: Machine, name: Abstract, at: int) -> list[Abstract]:
        return [dynamic_operation(machine, self, "calls an operation of", name, at)]

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        method = CLIENT_METHODS.get(name) or _ADDED.get(self.service, {}).get(name)
        if method is not None:
            return method(self, machine, args, at)
        if (self.service, name) in _TOKENS:
            action = _TOKENS[self.service, name]
            for caller in self.callers:
                what = f"the script signs a token to log in to a database ({name}), which needs {action} on the database's user"
                machine.report("otherAwsAccess", at, f"{what}; add it {BY_HAND}", caller)
            return DATA
        if _is_inside(name):
            return _used_inside(machine, name, at)
        if name.startswith("_"):
            return DATA
        complete = args.extra is BOTTOM and args.rest is BOTTOM
        if args.perhaps:  # without an input that may not be passed, the call may be about more
            sure = {key: value for key, value in args.keywords.items() if key not in args.perhaps}
            self.make(machine, name, sure, at, complete=complete)
        return self.make(machine, name, args.keywords, at, complete=complete)

    def make(self, machine: Machine, name: str, inputs: dict[str, Abstract], at: int, *, complete: bool = True) -> Abstract:
        """Make an API call, by its name in Python or the API's own."""
        return join_all([self._made(caller, machine, name, inputs, at, complete=complete) for caller in self.callers])

    def _made(
        self, caller: Pattern | None, machine: Machine, name: str, inputs: dict[str, Abstract], at: int, *, complete: bool
    ) -> Abstract:
        if self.service is None:
            if name and not like_an_operation(name):
                return DATA
            what = f"a client for a service whose name is a runtime value, and calls {name!r}"
            if not name:
                what = "a client for a service and calls an operation, and both names are runtime values"
            fix = f"add what it needs {BY_HAND}, or set allowedValues for the parameter"
            machine.report("dynamicService", self.made_at, f"the script creates {what}; {fix}", caller)
            return DATA
        service = catalog.service(self.service)
        operation = service.operation(name) if service is not None else None
        made = (service.name if service else self.service, operation or name)
        machine.record(made[0], made[1], inputs, at, complete=complete, regions=regions_of(self.region), caller=caller)
        if made == ("sts", "GetCallerIdentity"):
            return DictValue(_identity(caller))
        if made == ("sts", "GetSessionToken"):
            return Credentials((caller,))
        role = _ASSUMING.get(made)
        return DATA if role is None else credentials_of(inputs.get(role, DATA))

    def has_method(self, name: str) -> bool | None:
        return self.has(name)

    def has(self, name: str) -> bool:
        if self.service is None:
            return like_an_operation(name) or name in CLIENT_METHODS or name in _ATTRIBUTES
        if name in CLIENT_METHODS or name in _ATTRIBUTES or (self.service, name) in _TOKENS or name in _ADDED.get(self.service, {}):
            return True
        service = catalog.service(self.service)
        return service is None or service.operation(name) is not None


# Service -> what boto3 adds to its client by hand.
_ADDED: Final[dict[str | None, dict[str, Callable[[Client, Machine, Args, int], Abstract]]]] = {"s3": {**S3_METHODS}}

# Undocumented attributes of a client that only describe its settings.
_INSIDE_DATA: Final = frozenset({"_client_config", "_service_model", "_exceptions", "_PY_TO_OP_NAME", "_loader"})


def _is_inside(name: str) -> bool:
    """Whether it is an undocumented attribute of a client that may hold credentials or send requests (`_request_signer`, `_endpoint`)."""
    return name.startswith("_") and not name.startswith("__") and name not in _INSIDE_DATA


def _used_inside(machine: Machine, name: str, at: int) -> Abstract:
    what = f"the script uses {name!r} of a boto3 client, through which it can make calls that are not read"
    machine.report("otherAwsAccess", at, f"{what}; add what it needs {BY_HAND}")
    return REPORTED


class Meta(Thing):
    """`client.meta`, `resource.meta`."""

    __slots__ = ("client",)

    def __init__(self, client: Client) -> None:
        self.client = client

    def attribute(self, _machine: Machine, name: str, _at: int) -> Abstract:
        if name == "region_name":
            return region_name(self.client.region)
        return self.client if name == "client" else OWN_PARTITION if name == "partition" else DATA


def dynamic_operation(machine: Machine, client: Client, what: str, name: Abstract, at: int) -> Abstract:
    """Report that an operation's name is a runtime value."""
    if client.service is None:
        client.make(machine, "", {}, at)
        return DATA
    known = [f"those like {pattern!r}" for pattern in _shapes(name)]
    for caller in client.callers:
        machine.report(
            "dynamicOperation",
            at,
            f"the script {what} {client.service!r} whose name is a runtime value{' (' + ', '.join(known) + ')' if known else ''}; "
            f"add what it needs {BY_HAND}",
            caller,
        )
    return REPORTED


def _shapes(name: Abstract) -> list[str]:
    return [option.shown() for option in written(name) if not option.is_any]


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
    inputs, complete = inputs_in(args.get(1, "Params", None))
    for name in names:
        client.make(machine, name, inputs, at, complete=complete)
    return DATA


def _presigned_post(client: Client, machine: Machine, args: Args, at: int) -> Abstract:
    return client.make(machine, "put_object", {"Bucket": args.get(0, "Bucket"), "Key": args.get(1, "Key")}, at)


def _api_call(client: Client, machine: Machine, args: Args, at: int) -> Abstract:
    names = texts_in(args.get(0, "operation_name", DATA))
    if names is None:
        return dynamic_operation(machine, client, "calls an operation of", args.get(0, "operation_name", DATA), at)
    inputs, complete = inputs_in(args.get(1, "api_params", None))
    return join_all(client.make(machine, name, inputs, at, complete=complete) for name in names)


def _quiet(_client: Client, machine: Machine, args: Args, at: int) -> Abstract:
    machine.escape(args, at, DATA)
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


_ANNOTATED: Final = re.compile(r"(?:mypy_boto3|types_boto3)_(\w+?)(?:\.client)?\.(\w+)Client\Z")


def of_annotation(value: Abstract) -> Abstract | None:
    """What an annotation of the type stubs says (`mypy_boto3_ec2.EC2Client`); `None` when it says nothing."""
    found = _ANNOTATED.match(foreign_name(value))
    if found is None:
        return None
    name = found[1].rstrip("_").replace("_", "-")
    return Client(name) if catalog.service(name) is not None else None
