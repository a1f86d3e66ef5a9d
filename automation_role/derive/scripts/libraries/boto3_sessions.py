"""Sessions of boto3 and botocore, and the clients and resources that they create."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ....findings import BY_HAND
from ....values.value import Text
from ..values.arguments import Args, Machine
from ..values.asking import is_scalar, texts_in, under
from ..values.bound_methods import BoundMethod
from ..values.credentials import OF_UNKNOWN_ORIGIN, OWN, Callers, Credentials, callers_in, credentials_in, together
from ..values.thing import BOTTOM, DATA, OPAQUE, REPORTED, Abstract, EqualByParts, Thing
from ..values.unions import join_all, members
from .boto3_clients import OWN_PARTITION, Client, region_name
from .boto3_resources import AwsResource
from .os import credentials_read

# Where a client's credentials are in `client(…)`, `resource(…)`, and in `Session(…)`.
# https://boto3.amazonaws.com/v1/documentation/api/latest/reference/core/session.html
_SECRETS: Final = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")


class AnySession(Thing):
    """A session: one of the script's, or whatever boto3's default one is at the time."""

    __slots__ = ()
    is_aws = True

    def now(self, machine: Machine) -> Session:
        """The session that it is now."""
        raise NotImplementedError

    def has(self, name: str) -> bool:
        return name in _MAKERS

    def attribute(self, machine: Machine, name: str, _at: int) -> Abstract:
        if name == "region_name":
            return region_name(self.now(machine).region)
        if name == "_session":  # botocore's session, which boto3's is built on
            return self
        return BoundMethod(self, name) if name in _MAKERS or name in _METHODS else DATA

    def any_attribute(self, machine: Machine, _name: Abstract, at: int) -> list[Abstract]:
        what = "the script uses a part of boto3 whose name is a runtime value, so it may create a client for any service"
        machine.report("dynamicService", at, f"{what}; add what it needs {BY_HAND}")
        return [REPORTED]


class Session(EqualByParts, AnySession):
    """A boto3 or botocore session; `callers` and `region` as in `Client`."""

    __slots__ = ("callers", "region")

    def __init__(self, callers: Callers = OWN, region: Abstract = None) -> None:
        self.callers = callers
        self.region = region

    def parts(self) -> tuple[object, ...]:
        return (self.callers, self.region)

    def now(self, _machine: Machine) -> Session:
        return self

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
            self._use(machine, callers_given(args, 0, self.callers, ("access_key", "secret_key", "token")))
            return None
        if name in {"set_config_variable", "register_component"}:  # a profile, a provider of credentials: whose these are is unknown
            named = texts_in(args.get(0, "logical_name", args.get(-1, "name", DATA)))
            if named is None or _OF_CREDENTIALS.intersection(named):
                self._use(machine, (OF_UNKNOWN_ORIGIN,) if named is not None else together([self.callers, (OF_UNKNOWN_ORIGIN,)]))
            return None
        return _MAKERS[name](machine, args, at, self) if name in _MAKERS else DATA

    def store(self, machine: Machine, name: str, value: Abstract) -> None:
        """`session._credentials = …` is how scripts pass botocore credentials that renew themselves."""
        held = callers_in(value)
        if name == "_credentials" and held:
            self._use(machine, together(held))

    def _use(self, machine: Machine, callers: Callers) -> None:
        if callers != self.callers:
            self.callers = callers
            machine.session_changed()


class DefaultSession(AnySession):
    """`boto3.DEFAULT_SESSION`: whatever it is when it is used."""

    __slots__ = ()

    def now(self, machine: Machine) -> Session:
        machine.depend_on_session()
        return Session(machine.default_callers, machine.default_region)

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        session = self.now(machine)
        found = session.invoke(machine, name, args, at)
        use_by_default(machine, session)
        return found

    def store(self, machine: Machine, name: str, value: Abstract) -> None:
        session = self.now(machine)
        session.store(machine, name, value)
        use_by_default(machine, session)


def use_by_default(machine: Machine, session: Session, *, surely: bool = True) -> None:
    """Clients that are not made from a session have this one's credentials and Region from now on."""
    callers, region = session.callers, session.region
    if not surely:
        callers, region = together([machine.default_callers, callers]), join_all([machine.default_region, region])
    if (callers, region) != (machine.default_callers, machine.default_region):
        machine.default_callers, machine.default_region = callers, region
        machine.session_changed()


def session_of(value: Abstract, machine: Machine) -> Session:
    """The session that a value is now; of anything else, nothing is known."""
    return value.now(machine) if isinstance(value, AnySession) else Session((OF_UNKNOWN_ORIGIN,), DATA)


_METHODS: Final = frozenset(  # besides those that create clients
    {"get_credentials", "get_component", "get_partition_for_region", "set_credentials", "set_config_variable", "register_component"}
)
# https://botocore.amazonaws.com/v1/documentation/api/latest/reference/config.html
_OF_CREDENTIALS: Final = frozenset({"profile", "config_file", "credentials_file", "credential_provider"})


def region_given(args: Args, place: int, session: Abstract) -> Abstract:
    """The Region of a new client or session; without an argument, that of what creates it."""
    given = args.get(place, "region_name")
    config = args.get(-1, "config")
    if given is BOTTOM or given is None:
        given = under(config, "region_name", None)
    if given is BOTTOM:
        return session
    return join_all(session if each is None else each if is_scalar(each) else DATA for each in members(given))


def callers_given(args: Args, first: int, session: Callers, names: tuple[str, str, str] = _SECRETS) -> Callers:
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
    if not found or (OF_UNKNOWN_ORIGIN,) in callers_in(args.get(first, names[0])):
        found.append((OF_UNKNOWN_ORIGIN,))
    if None in given[0] or names[0] in args.perhaps:
        found.append(session)
    return together(found)


def _clients(machine: Machine, args: Args, at: int, session: Session) -> list[Client]:
    """The clients that `client(…)` or `resource(…)` may make: one for each service that it may name, or one of an unknown service."""
    machine.activity += 1
    machine.depend_on_session()
    callers = callers_given(args, 6, session.callers)
    region = region_given(args, 1, session.region)
    names = texts_in(args.get(0, "service_name", OPAQUE))
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
    around = [session_of(each, machine) for each in members(args.get(4, "botocore_session")) if each is not None]
    callers = together([each.callers for each in around]) if around else OWN
    region = join_all(each.region for each in around) if around else machine.region_of_environment
    return Session(callers_given(args, 0, of_profile(args, callers)), region_given(args, 3, region))


def of_profile(args: Args, session: Callers) -> Callers:
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
