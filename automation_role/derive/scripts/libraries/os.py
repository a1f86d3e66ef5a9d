"""`os`: the environment, which says the Region, and paths."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from typing import Final

from ....findings import BY_HAND
from ....values.patterns import ANY, Bound, Hole, Pattern, Slot
from ....values.value import Text
from ..values.arguments import Args, Machine
from ..values.asking import texts_in
from ..values.bound_methods import BoundMethod as Attribute
from ..values.credentials import OWN, Credentials
from ..values.dicts import DictValue
from ..values.external import Model
from ..values.strings import text_of
from ..values.thing import BOTTOM, DATA, Abstract, UnknownValue
from ..values.unions import join, join_all, members
from ..values.writing import written

OWN_REGION: Final = Text((Pattern((Slot.REGION,)),))  # the Region in which the automation runs
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
_REGIONS: Final = frozenset({"AWS_REGION", "AWS_DEFAULT_REGION"})
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html
_SECRETS: Final = frozenset({"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"})
_KEYS: Final = _SECRETS | {"AWS_ACCESS_KEY_ID"}
# What else says whose credentials boto3 uses.
# https://boto3.amazonaws.com/v1/documentation/api/latest/guide/configuration.html
_WHOSE: Final = _KEYS | {
    *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"),
    *("AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
}


def credentials_read(machine: Machine, at: int) -> None:
    """Whoever has the role's credentials can call AWS without boto3."""
    what = "the script reads the role's credentials, and what it does with them is not read"
    machine.report("otherAwsAccess", at, f"{what}; add what it needs {BY_HAND}")


class Environment(UnknownValue):
    """`os.environ`: plain data, except for the Region."""

    __slots__ = ()

    def attribute(self, _machine: Machine, name: str, _at: int) -> Abstract:
        return Attribute(self, name)

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        if name == "copy":
            return _COPIED
        if name in {"setdefault", "__setitem__"}:
            self.store_item(machine, args.get(0, "key", DATA), args.get(1, "default", DATA))
        if name in {"get", "pop", "setdefault", "__getitem__"}:
            default = args.get(1, "default", None if name == "get" else BOTTOM)
            return join(self.item(machine, args.get(0, "key", DATA), at), default)
        if name in {"update", "__ior__"}:
            given = DictValue(args.keywords)
            for each in args.positional:
                given.update(machine, each, at)
            for key, value in given.members.items():
                self.store_item(machine, key, value)
            if given.is_open:
                self.store_item(machine, DATA, given.rest)
            return self if name == "__ior__" else None
        machine.escape(args, at, DATA)
        return DATA

    def item(self, machine: Machine, key: Abstract, at: int) -> Abstract:
        names = texts_in(key)
        if _SECRETS.intersection(names or ()):
            credentials_read(machine, at)
        if names is not None and _KEYS.issuperset(names):
            return Credentials(OWN)
        if names is None or not _REGIONS.issuperset(names):
            return DATA
        return join_all(OWN_REGION if each is None else each for each in members(machine.region_of_environment))

    def elements(self, _machine: Machine, _at: int) -> list[Abstract]:
        return [DATA]

    def store(self, _machine: Machine, _name: str, _value: Abstract) -> None:
        pass

    def store_item(self, machine: Machine, key: Abstract, value: Abstract) -> None:
        """Clients without a Region call the one that is set here, and new sessions use the credentials."""
        names = texts_in(key) or ()
        if _REGIONS.intersection(names):
            regions = join(machine.default_region, value), join(machine.region_of_environment, value)
            if regions != (machine.default_region, machine.region_of_environment):
                machine.default_region, machine.region_of_environment = regions
                machine.session_changed()
        if texts_in(key) is None or _WHOSE.intersection(names):
            at = machine.first_line
            machine.report(
                "otherAwsAccess",
                at,
                f"the script sets the credentials or the profile of its environment, so later calls may be made as another role; add what they need {BY_HAND}",
            )


class _Copied(Environment):
    """`os.environ.copy()`, `dict(os.environ)`: what is stored there changes nothing else."""

    __slots__ = ()

    def store_item(self, _machine: Machine, _key: Abstract, _value: Abstract) -> None:
        pass


def _variable(machine: Machine, args: Args, at: int) -> Abstract:
    """`os.getenv(name, default)`."""
    return _ENVIRONMENT.invoke(machine, "get", args, at)


def _path_joined(_machine: Machine, args: Args, _at: int) -> Abstract:
    """`os.path.join(…)`, as Linux does it, on which scripts run: a part that begins with a slash starts again."""
    if args.rest is not BOTTOM or not args.positional:
        return DATA
    paths = [Pattern(())]
    for part in args.positional:
        paths = [longer for path in paths for each in written(part) for longer in _path_with(path, each)]
        if len(paths) > _MOST_PATHS:
            return DATA
    return text_of(list(dict.fromkeys(paths)))


_MOST_PATHS: Final = 32


def _path_with(path: Pattern, part: Pattern) -> Iterator[Pattern]:
    """A path with a part behind it: all that it may be."""
    slash = Pattern.literal("/")
    if part.beginning.startswith("/") or not path.parts:
        yield part
        return
    yield path + part if path.ending.endswith("/") else path + slash + part
    if path.is_any:
        yield part  # the path may be empty
    first = part.parts[0] if part.parts else ""
    if isinstance(first, (Hole, Bound)):  # the part may begin with a slash
        yield slash + part if first is ANY else part


_ENVIRONMENT: Final = Environment("os.environ")
_COPIED: Final = _Copied("os.environ.copy()")


def _put(machine: Machine, args: Args, _at: int) -> Abstract:
    """`os.putenv(name, value)`, for programs that the script starts."""
    _ENVIRONMENT.store_item(machine, args.get(0, "key", DATA), args.get(1, "value", DATA))
    return None


def _replace(machine: Machine, args: Args, at: int) -> Abstract:
    """`os.environ = {…}`."""
    return _ENVIRONMENT.invoke(machine, "update", args, at)


def _loaded(machine: Machine, _args: Args, _at: int) -> Abstract:
    """`load_dotenv()` sets any variables."""
    _ENVIRONMENT.store_item(machine, DATA, DATA)
    return DATA


FUNCTIONS: Final[dict[str, Model]] = {
    "os.environ=": _replace,
    "unittest.mock.patch.dict": lambda machine, args, at: machine.invoke(args.get(0, "in_dict", DATA), "update", args.after(1), at),
    "dotenv.load_dotenv": _loaded,
    "os.putenv": _put,
    **dict.fromkeys(("os.getenv", "os.getenvb"), _variable),
    "os.path.join": _path_joined,
}
PURE: Final[dict[str, Callable[..., object]]] = {
    f"os.path.{each.__name__}": each
    for each in (posixpath.basename, posixpath.dirname, posixpath.split, posixpath.splitext, posixpath.normpath)
}
VALUES: Final[dict[str, Abstract]] = {"os.environ": _ENVIRONMENT, "os.environb": _ENVIRONMENT}
