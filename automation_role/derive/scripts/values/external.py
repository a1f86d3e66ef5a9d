"""What a script takes from elsewhere, by its full name: `json.dumps`, `boto3.client`, `helpers.retry`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final

from .domain import DATA, NOTHING, TOLD, Abstract, Args, Machine, Thing, join

Model = Callable[["Machine", Args, int], Abstract]

# What calling something does, by its full name, where that is more than computing data. Filled by the modules that know.
MODELS: Final[dict[str, Model]] = {}
# The same for methods of objects whose class is not the script's (`executor.submit`).
METHODS: Final[dict[str, Model]] = {}
# What a name without a call is (`boto3.DEFAULT_SESSION`).
VALUES: Final[dict[str, Abstract]] = {}

# Classes whose methods can be called by the class's name, with the object first.
CLASSES: Final = frozenset(
    {
        *(f"builtins.{name}" for name in ("list", "dict", "set", "frozenset", "tuple", "str")),
        *(f"collections.{name}" for name in ("deque", "OrderedDict", "defaultdict", "Counter", "ChainMap", "UserDict", "UserList")),
    }
)

# Packages that do nothing with AWS by themselves, beside Python's own: what boto3 brings along, and what scripts install most.
_HARMLESS: Final = frozenset(
    {
        *(
            "boto3",
            "botocore",
            "s3transfer",
            "jmespath",
            "dateutil",
            "urllib3",
            "six",
            "requests",
            "certifi",
            "idna",
            "chardet",
            "charset_normalizer",
        ),
        *(
            "yaml",
            "simplejson",
            "ujson",
            "orjson",
            "pytz",
            "tzdata",
            "numpy",
            "pandas",
            "psycopg2",
            "pymysql",
            "mysql",
            "pymssql",
            "pyodbc",
            "redis",
        ),
        *(
            "paramiko",
            "cryptography",
            "Crypto",
            "OpenSSL",
            "jinja2",
            "markdown",
            "tabulate",
            "prettytable",
            "netaddr",
            "dns",
            "ldap3",
            "bs4",
            "lxml",
        ),
        *(
            "openpyxl",
            "xlsxwriter",
            "xmltodict",
            "jsonschema",
            "jsonpath_ng",
            "packaging",
            "semver",
            "setuptools",
            "pip",
            "pkg_resources",
            "attr",
        ),
        *(
            "attrs",
            "pydantic",
            "typing_extensions",
            "mypy_extensions",
            "tenacity",
            "backoff",
            "retry",
            "retrying",
            "cachetools",
            "rich",
            "click",
        ),
        *(
            "colorama",
            "tqdm",
            "winrm",
            "pexpect",
            "psutil",
            "httpx",
            "aiohttp",
            "kubernetes",
            "google",
            "azure",
            "slack_sdk",
            "jwt",
            "elasticsearch",
        ),
        *(
            "pymongo",
            "matplotlib",
            "croniter",
            "humanize",
            "deepdiff",
            "toml",
            "tomli",
            "dotenv",
            "mypy_boto3",
            "types_boto3",
            "cfnresponse",
        ),
    }
)
# Packages that call AWS by themselves, or sign requests to it.
OTHER_SDKS: Final = frozenset(
    {
        *("aioboto3", "aiobotocore", "awscli", "awswrangler", "s3fs", "sagemaker", "pyathena", "redshift_connector", "aws_requests_auth"),
        *("requests_aws4auth", "aws_lambda_powertools", "aws_encryption_sdk", "smart_open", "opensearchpy", "boto", "awscrt", "awsiot"),
        *("aws_secretsmanager_caching", "ec2_metadata", "s3path", "cloudpathlib", "pynamodb", "dynamodb_json", "crhelper"),
    }
)


def is_harmless(name: str) -> bool:
    """Whether a module is Python's own, boto3's, or one that is known to do nothing with AWS."""
    root = name.partition(".")[0]
    return root in sys.stdlib_module_names or root in _HARMLESS or root.startswith(("mypy_boto3_", "types_boto3_"))


class External(Thing):
    """Something that the script does not define; with `()` behind its name, the object that calling it gave."""

    __slots__ = ("is_known", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_known = is_harmless(name)

    def __repr__(self) -> str:
        return self.name

    def attribute(self, machine: Machine, name: str, _at: int) -> Abstract:
        full = f"{self.name}.{name}"
        found = machine.strewn(name, NOTHING)
        if self.name.endswith("()") and found is not NOTHING:
            return found
        return join(VALUES[full] if full in VALUES else external(full), found)

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        if self.name.endswith("()") and name in METHODS:
            return METHODS[name](machine, args, at)
        return machine.call(self.attribute(machine, name, at), args, at)

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        model = MODELS.get(self.name)
        if model is not None:
            around, machine.where = machine.where, object()  # a library calls what it is given never, once or many times
            made = model(machine, args, at)
            machine.where = around
            return made
        owner, _, method = self.name.rpartition(".")
        if owner in CLASSES and args.positional:  # `list.append(x, y)`
            return machine.invoke(args.positional[0], method, args.after(1), at)
        if not self.is_known:
            return machine.hand_over(args, at, TOLD)
        if self.name.startswith(_DATA_FRAMES):
            machine.tell_urls(args, at)
        if self.name.startswith("logging.") and self.name.rpartition(".")[2] in _LOGGING:
            return DATA
        back = machine.hand_over(args, at, DATA)
        return external(f"{self.name}()") if self.name.startswith(_STATEFUL) else back

    def store(self, machine: Machine, name: str, value: Abstract) -> None:
        machine.strew(name, value)

    def item(self, machine: Machine, key: Abstract, _at: int) -> Abstract:
        found = machine.strewn(key, NOTHING) if isinstance(key, str) else NOTHING
        return join(found, DATA if self.is_known else TOLD)

    def elements(self, _machine: Machine, _at: int) -> list[Abstract]:
        return [DATA if self.is_known else TOLD]


# Libraries that open `s3://…` by themselves, with the role's credentials.
_DATA_FRAMES: Final = ("pandas.", "numpy.", "openpyxl.")

# What of `logging` writes its arguments, and calls none of them.
_LOGGING: Final = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log"})
# Modules whose objects are given functions to call later.
_STATEFUL: Final = (
    "concurrent.futures.",
    "multiprocessing.",
    "asyncio.",
    "contextlib.",
    "functools.wraps",
    "enum.auto",
    "threading.",
    "sched.",
    "logging.getLogger",
)

_INTERNED: Final[dict[str, External]] = {}


def external(name: str) -> External:
    """The one `External` of a name."""
    found = _INTERNED.get(name)
    if found is None:
        found = External(name)
        if len(_INTERNED) < 8192:
            _INTERNED[name] = found
    return found


def names_of(module: str) -> dict[str, Abstract]:
    """What `from module import *` gives, as far as it matters."""
    prefix = f"{module}."
    inside = {full.removeprefix(prefix): full for full in (*MODELS, *VALUES) if full.startswith(prefix)}
    return {name: VALUES.get(full) or external(full) for name, full in inside.items() if name.isidentifier()}


# Decorators that change what a function is to its class.
WRAPPERS: Final = {
    "builtins.property": "property",
    "functools.cached_property": "property",
    "builtins.staticmethod": "staticmethod",
    "builtins.classmethod": "classmethod",
    "abc.abstractproperty": "property",
    "contextlib.contextmanager": "contextmanager",
    "contextlib.asynccontextmanager": "contextmanager",
}
CALLERS: Final = frozenset({"atexit.register"})
# Decorators that make a class's annotated names what calling it fills.
FIELD_DECORATORS: Final = frozenset(
    {
        *("dataclasses.dataclass", "pydantic.dataclasses.dataclass"),
        *(f"attr.{name}" for name in ("s", "attrs", "dataclass", "define", "mutable", "frozen")),
        *(f"attrs.{name}" for name in ("define", "mutable", "frozen")),
    }
)
