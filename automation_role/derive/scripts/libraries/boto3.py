"""boto3 and botocore: sessions, and the functions that create clients and resources."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ....findings import BY_HAND
from ....values.value import Text
from ..values.arguments import Args, Machine
from ..values.asking import texts_in, under
from ..values.bound_methods import BoundMethod
from ..values.credentials import OF_UNKNOWN_ORIGIN, OWN, Callers, Credentials, credentials_in, together
from ..values.dicts import DictValue
from ..values.external import External, Model
from ..values.functions import Function, Method
from ..values.thing import BOTTOM, DATA, OPAQUE, REPORTED, Abstract, EqualByParts, Thing
from ..values.unions import join_all, members
from .boto3_clients import OWN_PARTITION, Client, dynamic_operation, region_name
from .boto3_paginators import Waiter
from .boto3_resources import AwsResource
from .os import credentials_read

# Where a client's credentials are in `client(…)`, `resource(…)`, and in `Session(…)`.
# https://boto3.amazonaws.com/v1/documentation/api/latest/reference/core/session.html
_SECRETS: Final = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")


class Session(EqualByParts):
    """A boto3 or botocore session; `callers` and `region` as in `Client`."""

    __slots__ = ("callers", "region")

    def __init__(self, callers: Callers = OWN, region: Abstract = None) -> None:
        self.callers = callers
        self.region = region

    def parts(self) -> tuple[object, ...]:
        return (self.callers, self.region)

    def attribute(self, _machine: Machine, name: str, _at: int) -> Abstract:
        if name == "region_name":
            return region_name(self.region)
        if name == "_session":  # botocore's session, which boto3's is built on
            return self
        return BoundMethod(self, name) if name in _MAKERS or name in _METHODS else DATA

    def any_attribute(self, machine: Machine, _name: Abstract, at: int) -> list[Abstract]:
        return [_unknown_maker(machine, at)]

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        if name == "get_partition_for_region":
            return OWN_PARTITION
        if name in {"get_credentials", "get_component"}:  # `get_component("credential_provider").load_credentials()`
            if name == "get_component" and args.get(0, "name", "credential_provider") != "credential_provider":
                return DATA
            if None in self.callers:
                credentials_read(machine, at)
            return Credentials(self.callers)
        if name == "set_credentials":
            self._use(machine, _callers(args, 0, self.callers, ("access_key", "secret_key", "token")))
            return None
        if name in {"set_config_variable", "register_component"}:  # a profile, a provider of credentials: whose these are is unknown
            named = texts_in(args.get(0, "logical_name", args.get(-1, "name", DATA)))
            if named is None or _OF_CREDENTIALS.intersection(named):
                self._use(machine, (OF_UNKNOWN_ORIGIN,) if named is not None else together([self.callers, (OF_UNKNOWN_ORIGIN,)]))
            return None
        return _MAKERS[name](machine, args, at, self) if name in _MAKERS else DATA

    def store(self, machine: Machine, name: str, value: Abstract) -> None:
        """`session._credentials = …` is how scripts pass botocore credentials that renew themselves."""
        held = [each.callers if isinstance(each, Credentials) else (OF_UNKNOWN_ORIGIN,) for each in members(value) if each is not None]
        if name == "_credentials" and held:
            self._use(machine, together(held))

    def _use(self, machine: Machine, callers: Callers) -> None:
        if callers != self.callers:
            self.callers = callers
            machine.session_changed()

    is_aws = True

    def has(self, name: str) -> bool:
        return name in _MAKERS


class _DefaultSession(Thing):
    """`boto3.DEFAULT_SESSION`: whatever it is when it is used."""

    __slots__ = ()
    is_aws = True

    def now(self, machine: Machine) -> Session:
        """The session that it is now."""
        machine.depend_on_session()
        return Session(machine.default_callers, machine.default_region)

    def has(self, name: str) -> bool:
        return name in _MAKERS

    def attribute(self, machine: Machine, name: str, at: int) -> Abstract:
        found = self.now(machine).attribute(machine, name, at)
        if isinstance(found, BoundMethod):
            return BoundMethod(self, name)
        return self if isinstance(found, Session) else found

    def any_attribute(self, machine: Machine, _name: Abstract, at: int) -> list[Abstract]:
        return [_unknown_maker(machine, at)]

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        session = self.now(machine)
        found = session.invoke(machine, name, args, at)
        _use_by_default(machine, session)
        return found

    def store(self, machine: Machine, name: str, value: Abstract) -> None:
        session = self.now(machine)
        session.store(machine, name, value)
        _use_by_default(machine, session)


def _use_by_default(machine: Machine, session: Session, *, surely: bool = True) -> None:
    """Clients that are not made from a session have this one's credentials and Region from now on."""
    callers, region = session.callers, session.region
    if not surely:
        callers, region = together([machine.default_callers, callers]), join_all([machine.default_region, region])
    if (callers, region) != (machine.default_callers, machine.default_region):
        machine.default_callers, machine.default_region = callers, region
        machine.session_changed()


_METHODS: Final = frozenset(  # besides those that create clients
    {"get_credentials", "get_component", "get_partition_for_region", "set_credentials", "set_config_variable", "register_component"}
)
# https://botocore.amazonaws.com/v1/documentation/api/latest/reference/config.html
_OF_CREDENTIALS: Final = frozenset({"profile", "config_file", "credentials_file", "credential_provider"})


def _unknown_maker(machine: Machine, at: int) -> Abstract:
    """`getattr(session, name)`, which may make a client."""
    what = "the script uses a part of boto3 whose name is a runtime value, so it may create a client for any service"
    machine.report("dynamicService", at, f"{what}; add what it needs {BY_HAND}")
    return REPORTED


def _service_names(value: Abstract) -> tuple[str, ...] | None:
    return texts_in(value)


def _region_given(args: Args, place: int, session: Abstract) -> Abstract:
    """The Region of a new client or session; without an argument, that of what creates it."""
    given = args.get(place, "region_name")
    config = args.get(-1, "config")
    if given is BOTTOM or given is None:
        given = under(config, "region_name", None)
    if given is BOTTOM:
        return session
    return join_all(
        session if each is None else DATA if isinstance(each, Thing) and not isinstance(each, Text) else each for each in members(given)
    )


def _callers(args: Args, first: int, session: Callers, names: tuple[str, str, str] = _SECRETS) -> Callers:
    """Whose credentials are passed; the session's if none are, or may not be."""
    given = [members(args.get(first + place, name)) for place, name in enumerate(names)]
    found = [each.callers for several in given for each in credentials_in(several)]
    passed = [
        each
        for place, (name, several) in enumerate(zip(names, given, strict=True))
        if name in args.keywords or first + place < len(args.positional)  # `**options` may have them, but nothing says so
        for each in several
    ]
    if not found and all(each is None for each in passed):
        return session
    if not found or any(each is not None and not isinstance(each, Credentials) for each in given[0]):
        found.append((OF_UNKNOWN_ORIGIN,))
    if None in given[0] or names[0] in args.perhaps:
        found.append(session)
    return together(found)


def _clients(machine: Machine, args: Args, at: int, session: Session) -> list[Client]:
    """The clients that `client(…)` or `resource(…)` may make: one for each service that it may name, or one of an unknown service."""
    machine.activity += 1
    machine.depend_on_session()
    callers = _callers(args, 6, session.callers)
    region = _region_given(args, 1, session.region)
    names = _service_names(args.get(0, "service_name", OPAQUE))
    if names is None:
        return [Client(None, callers, at, region)]
    return [Client(name, callers, 0, region) for name in names]


def make_client(machine: Machine, args: Args, at: int, session: Session) -> Abstract:
    """`client(…)`."""
    return join_all(_clients(machine, args, at, session))


def make_resource(machine: Machine, args: Args, at: int, session: Session) -> Abstract:
    """`resource(…)`."""
    made = _clients(machine, args, at, session)
    if made[0].service is None:  # a resource's attributes have names that no operation has
        what = "the script creates a resource for a service whose name is a runtime value"
        for caller in made[0].callers:
            machine.report("dynamicService", at, f"{what}; add what it needs {BY_HAND}, or set allowedValues for the parameter", caller)
        return REPORTED
    return join_all(AwsResource(each, "", ()) for each in made)


def make_session(machine: Machine, args: Args, _at: int) -> Abstract:
    """`Session(…)`."""
    machine.activity += 1
    machine.depend_on_session()
    around = [
        each.now(machine)
        if isinstance(each, _DefaultSession)
        else each
        if isinstance(each, Session)
        else Session((OF_UNKNOWN_ORIGIN,), DATA)
        for each in members(args.get(4, "botocore_session"))
        if each is not None
    ]
    callers = together([each.callers for each in around]) if around else OWN
    region = join_all(each.region for each in around) if around else machine.region_of_environment
    return Session(_callers(args, 0, _of_profile(args, callers)), _region_given(args, 3, region))


def _of_profile(args: Args, session: Callers) -> Callers:
    """The callers of a session that may have a profile: where scripts run there is none, except for one that the script writes."""
    names: list[Abstract] = []
    for place, name in ((5, "profile_name"), (-1, "profile")):
        if name in args.keywords or 0 <= place < len(args.positional):
            names += members(args.get(place, name))
    if all(each is None for each in names):
        return session
    sure = all(isinstance(each, (str, Text)) for each in names) and not args.perhaps
    return (OF_UNKNOWN_ORIGIN,) if sure else together([session, (OF_UNKNOWN_ORIGIN,)])


_MAKERS: Final[dict[str, Callable[[Machine, Args, int, Session], Abstract]]] = {
    "client": make_client,
    "resource": make_resource,
    "create_client": make_client,
}


def _default_session(machine: Machine, args: Args, _at: int) -> Abstract:
    callers, region = _callers(args, 0, _of_profile(args, OWN)), _region_given(args, 3, machine.region_of_environment)
    _use_by_default(machine, Session(callers, region), surely=machine.is_sure)
    return None


def _set_default_session(machine: Machine, args: Args, _at: int) -> Abstract:
    """`boto3.DEFAULT_SESSION = session`."""
    for each in members(args.positional[0]):
        if each is None:
            _use_by_default(machine, Session(OWN, machine.region_of_environment), surely=False)
        elif not isinstance(each, _DefaultSession):
            _use_by_default(machine, each if isinstance(each, Session) else Session((OF_UNKNOWN_ORIGIN,), DATA), surely=False)
    return None


def _client(machine: Machine, args: Args, at: int) -> Abstract:
    return make_client(machine, args, at, Session(machine.default_callers, machine.default_region))


def _resource(machine: Machine, args: Args, at: int) -> Abstract:
    return make_resource(machine, args, at, Session(machine.default_callers, machine.default_region))


def _session(machine: Machine, args: Args, at: int) -> Abstract:
    return make_session(machine, args, at)


def _fetcher(machine: Machine, args: Args, at: int) -> Abstract:
    """`AssumeRoleCredentialFetcher(client_creator, source_credentials, role_arn)` assumes a role when credentials are needed."""
    source = [each.callers for each in credentials_in([args.get(1, "source_credentials", DATA)])]
    inputs = {"RoleArn": args.get(2, "role_arn", DATA)}
    return Client("sts", together(source) or OWN).make(machine, "assume_role", inputs, at, complete=False)


def _web_identity_fetcher(machine: Machine, args: Args, at: int) -> Abstract:
    """`AssumeRoleWithWebIdentityCredentialFetcher(client_creator, token_loader, role_arn)`: needs no credentials of AWS to assume the role."""
    inputs = {"RoleArn": args.get(2, "role_arn", DATA)}
    return Client("sts").make(machine, "assume_role_with_web_identity", inputs, at, complete=False)


_RENEWED: Final = (
    "Credentials",
    "ReadOnlyCredentials",
    "RefreshableCredentials",
    "RefreshableCredentials.create_from_metadata",
    "DeferredRefreshableCredentials",
)


def _credentials(machine: Machine, args: Args, at: int) -> Abstract:
    """`Credentials`, `RefreshableCredentials`: another role's, if its arguments are."""
    given = [machine.call(each, Args(), at) if isinstance(each, (Function, Method)) else each for each in args.values()]
    held = [part for each in given for part in (each.members.values() if isinstance(each, DictValue) else (each,))]
    found = credentials_in(held)
    return join_all(found) if found else Credentials((OF_UNKNOWN_ORIGIN,))


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


_DEFAULT: Final = _DefaultSession()
FUNCTIONS: Final[dict[str, Model]] = {
    "boto3.s3.transfer.S3Transfer": _s3_transfer,
    **dict.fromkeys(("boto3.s3.transfer.create_transfer_manager", "s3transfer.manager.TransferManager"), _transfer_manager),
    **dict.fromkeys(("s3transfer.TransferManager", "s3transfer.S3Transfer"), _transfer_manager),
    "botocore.credentials.AssumeRoleCredentialFetcher": _fetcher,
    "botocore.credentials.AssumeRoleWithWebIdentityCredentialFetcher": _web_identity_fetcher,
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
    "boto3.DEFAULT_SESSION=": _set_default_session,
    **dict.fromkeys(("boto3.Session", "boto3.session.Session"), _session),
    "boto3._get_default_session": lambda _machine, _args, _at: _DEFAULT,
    **dict.fromkeys(("botocore.session.Session", "botocore.session.get_session"), _session),
}


VALUES: Final[dict[str, Abstract]] = {
    "boto3.DEFAULT_SESSION": _DEFAULT,
    "boto3.exceptions": DATA,
    "botocore.exceptions": DATA,
    "botocore.config": External("botocore.config"),
}
