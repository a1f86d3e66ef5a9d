"""What a script takes from elsewhere, by its full name: `json.dumps`, `boto3.client`, `helpers.retry`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final

from .domain import BOTTOM, DATA, REPORTED, Abstract, Args, Machine, Thing, join

Model = Callable[["Machine", Args, int], Abstract]

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
        found = machine.scattered(name, BOTTOM)
        if self.name.endswith("()") and found is not BOTTOM:
            return found
        return join(machine.libraries.values[full] if full in machine.libraries.values else external(full), found)

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        if self.name.endswith("()") and name in machine.libraries.methods:
            return machine.libraries.methods[name](machine, args, at)
        return machine.call(self.attribute(machine, name, at), args, at)

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        model = machine.libraries.functions.get(self.name)
        if model is not None:
            around, machine.where = machine.where, object()  # a library calls what it is given never, once or many times
            made = model(machine, args, at)
            machine.where = around
            return made
        owner, _, method = self.name.rpartition(".")
        if args.positional and (owner == "builtins.str" or owner in machine.libraries.bases):  # `list.append(x, y)`
            return machine.invoke(args.positional[0], method, args.after(1), at)
        if not self.is_known:
            return machine.escape(args, at, REPORTED)
        if self.name.startswith(_DATA_FRAMES):
            machine.tell_urls(args, at)
        if self.name.startswith("logging.") and self.name.rpartition(".")[2] in _LOGGING:
            return DATA
        back = machine.escape(args, at, DATA)
        return external(f"{self.name}()") if self.name.startswith(machine.libraries.stateful) else back

    def store(self, machine: Machine, name: str, value: Abstract) -> None:
        machine.scatter(name, value)

    def item(self, machine: Machine, key: Abstract, _at: int) -> Abstract:
        found = machine.scattered(key, BOTTOM) if isinstance(key, str) else BOTTOM
        return join(found, DATA if self.is_known else REPORTED)

    def elements(self, _machine: Machine, _at: int) -> list[Abstract]:
        return [DATA if self.is_known else REPORTED]


# Libraries that open `s3://…` by themselves, with the role's credentials.
_DATA_FRAMES: Final = ("pandas.", "numpy.", "openpyxl.")

# What of `logging` writes its arguments, and calls none of them.
_LOGGING: Final = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log"})
_INTERNED: Final[dict[str, External]] = {}


def external(name: str) -> External:
    """The one `External` of a name."""
    found = _INTERNED.get(name)
    if found is None:
        found = External(name)
        if len(_INTERNED) < 8192:
            _INTERNED[name] = found
    return found


def names_of(machine: Machine, module: str) -> dict[str, Abstract]:
    """What `from module import *` binds, as far as it matters."""
    prefix = f"{module}."
    known = machine.libraries
    inside = {full.removeprefix(prefix): full for full in (*known.functions, *known.values) if full.startswith(prefix)}
    return {name: known.values.get(full) or external(full) for name, full in inside.items() if name.isidentifier()}
