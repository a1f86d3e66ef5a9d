"""What the libraries that scripts use do with clients, functions and containers; what they do with data does not matter.

One file per library. What a script may use of a library is one entry in one of the file's tables: a function in `FUNCTIONS`, a method of objects
that the library makes in `METHODS`, another name in `VALUES`, a decorator in `DECORATORS` or `FIELD_DECORATORS`, a base class in `BASES`,
`PLAIN_BASES` or `FIELD_BASES`. `Libraries` says what each means.
"""

from __future__ import annotations

from typing import Any, Final

from ..values.domain import Libraries
from . import (
    asyncio,
    boto3,
    builtins,
    collections,
    concurrency,
    dataclasses,
    functools,
    importlib,
    itertools,
    operator,
    os,
    stdlib,
    subprocess,
)

_FILES: Final = (
    asyncio,
    boto3,
    builtins,
    collections,
    concurrency,
    dataclasses,
    functools,
    importlib,
    itertools,
    operator,
    os,
    stdlib,
    subprocess,
)


def _all(table: str) -> dict[str, Any]:
    return {name: value for each in _FILES for name, value in getattr(each, table, {}).items()}


def _names(table: str) -> frozenset[str]:
    return frozenset(name for each in _FILES for name in getattr(each, table, ()))


_DECORATORS: Final[dict[str, str]] = _all("DECORATORS")
LIBRARIES: Final = Libraries(
    # `c = property(get, set)` in a class is what decorators are short for.
    functions={**{name: builtins.wrapper(kind) for name, kind in _DECORATORS.items() if kind not in {"call", "keep"}}, **_all("FUNCTIONS")},
    methods=_all("METHODS"),
    values=_all("VALUES"),
    decorators=_DECORATORS,
    field_decorators=_names("FIELD_DECORATORS"),
    field_bases=_names("FIELD_BASES"),
    bases=_all("BASES"),
    plain_bases=_names("PLAIN_BASES"),
    stateful=tuple(sorted(_names("STATEFUL"))),
)
