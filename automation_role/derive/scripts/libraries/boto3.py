"""Functions of boto3 and botocore: what creates clients, resources, sessions and waiters."""

from __future__ import annotations

from typing import Final

from ....findings import BY_HAND
from ..values.arguments import Args, Machine
from ..values.asking import texts_in
from ..values.credentials import OWN
from ..values.dicts import DictValue
from ..values.external import External, Model
from ..values.thing import DATA, OPAQUE, REPORTED, Abstract
from ..values.unions import join_all, members
from .boto3_clients import Client, dynamic_operation
from .boto3_paginators import Waiter
from .boto3_sessions import (
    DefaultSession,
    Session,
    callers_given,
    make_client,
    make_resource,
    make_session,
    of_profile,
    region_given,
    session_of,
    use_by_default,
)


def _client(machine: Machine, args: Args, at: int) -> Abstract:
    return make_client(machine, args, at, Session(machine.default_callers, machine.default_region))


def _resource(machine: Machine, args: Args, at: int) -> Abstract:
    return make_resource(machine, args, at, Session(machine.default_callers, machine.default_region))


def _default_session(machine: Machine, args: Args, _at: int) -> Abstract:
    callers, region = callers_given(args, 0, of_profile(args, OWN)), region_given(args, 3, machine.region_of_environment)
    use_by_default(machine, Session(callers, region), surely=machine.is_sure)
    return None


def _set_default_session(machine: Machine, args: Args, _at: int) -> Abstract:
    """`boto3.DEFAULT_SESSION = session`."""
    for each in members(args.positional[0]):
        if each is None:
            use_by_default(machine, Session(OWN, machine.region_of_environment), surely=False)
        else:
            use_by_default(machine, session_of(each, machine), surely=False)
    return None


def _s3_transfer(_machine: Machine, args: Args, _at: int) -> Abstract:
    """`S3Transfer(client)` has the client's own methods for files."""
    return args.get(0, "client", OPAQUE)


def _transfer_manager(machine: Machine, _args: Args, at: int) -> Abstract:
    machine.report("otherAwsAccess", at, f"the script uses s3transfer directly, which is not read; add what it needs {BY_HAND}")
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


_DEFAULT: Final = DefaultSession()
FUNCTIONS: Final[dict[str, Model]] = {
    "boto3.s3.transfer.S3Transfer": _s3_transfer,
    **dict.fromkeys(("boto3.s3.transfer.create_transfer_manager", "s3transfer.manager.TransferManager"), _transfer_manager),
    **dict.fromkeys(("s3transfer.TransferManager", "s3transfer.S3Transfer"), _transfer_manager),
    **dict.fromkeys(
        ("botocore.config.Config", "botocore.client.Config"),
        lambda _machine, args, _at: DictValue(args.keywords, rest=args.extra),
    ),
    "botocore.waiter.WaiterModel": lambda _machine, args, _at: args.get(0, "waiter_config", DATA),
    "botocore.waiter.create_waiter_with_client": _made_waiter,
    "boto3.client": _client,
    "boto3.resource": _resource,
    "boto3.setup_default_session": _default_session,
    "boto3.DEFAULT_SESSION=": _set_default_session,
    **dict.fromkeys(("boto3.Session", "boto3.session.Session"), make_session),
    "boto3._get_default_session": lambda _machine, _args, _at: _DEFAULT,
    **dict.fromkeys(("botocore.session.Session", "botocore.session.get_session"), make_session),
}


VALUES: Final[dict[str, Abstract]] = {
    "boto3.DEFAULT_SESSION": _DEFAULT,
    "boto3.exceptions": DATA,
    "botocore.exceptions": DATA,
    "botocore.config": External("botocore.config"),
}
