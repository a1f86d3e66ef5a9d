"""What the libraries that scripts use do with clients, functions and containers; what they do with data does not matter.

One file per library. What a script may use of a library is one entry in one of the file's tables: a function in `FUNCTIONS`, one of texts and numbers
without effects in `PURE` (Python's own function, which is called), a method of objects that the library makes in `METHODS`, another name in
`VALUES`, a decorator in `DECORATORS` or `FIELD_DECORATORS`, a container class in `BASES`, another base class in `PLAIN_BASES`, `FIELD_BASES` or
`ENUMS`; of packages that are known as a whole, one in `packages.py`. `Libraries` says what each means.
"""

from __future__ import annotations

from typing import Any, Final

from ..values.known_libraries import Libraries
from ..values.thing import Abstract
from . import (
    asyncio,
    boto3,
    boto3_credentials,
    builtins,
    collections,
    common,
    concurrency,
    contextlib,
    copy,
    dataclasses,
    enum,
    foreign_code,
    functools,
    heapq,
    importlib,
    itertools,
    json,
    logging,
    operator,
    os,
    packages,
    stdlib,
    string,
    subprocess,
    weakref,
)

_FILES: Final = (
    asyncio,
    boto3,
    boto3_credentials,
    builtins,
    collections,
    concurrency,
    contextlib,
    copy,
    dataclasses,
    enum,
    foreign_code,
    functools,
    heapq,
    importlib,
    itertools,
    json,
    logging,
    operator,
    os,
    packages,
    stdlib,
    string,
    subprocess,
    weakref,
)


def _all(table: str) -> dict[str, Any]:
    return {name: value for each in _FILES for name, value in getattr(each, table, {}).items()}


def _names(table: str) -> frozenset[str]:
    return frozenset(name for each in _FILES for name in getattr(each, table, ()))


def _beginnings(table: str) -> tuple[str, ...]:
    return tuple(sorted(_names(table)))


_DECORATORS: Final[dict[str, str]] = _all("DECORATORS")
_BASES: Final[dict[str, Any]] = _all("BASES")
LIBRARIES: Final[Libraries[Abstract]] = Libraries(
    functions={
        # `c = property(get, set)` in a class is what decorators are short for.
        **{name: builtins.wrapper(kind) for name, kind in _DECORATORS.items() if kind not in {"call", "keep"}},
        **{name: common.MADE[kind] for name, kind in _BASES.items()},
        **{name: common.pure(function) for name, function in _all("PURE").items()},
        **_all("FUNCTIONS"),
    },
    methods=_all("METHODS"),
    values=_all("VALUES"),
    decorators=_DECORATORS,
    field_decorators=_names("FIELD_DECORATORS"),
    field_bases=_names("FIELD_BASES"),
    bases=_BASES,
    plain_bases=_names("PLAIN_BASES"),
    lazy=_names("LAZY"),
    stateful=_beginnings("STATEFUL"),
    language=_beginnings("LANGUAGE"),
    enums=_all("ENUMS"),
    writing=_names("WRITING"),
    harmless=_names("HARMLESS"),
    harmless_beginnings=_beginnings("HARMLESS_BEGINNINGS"),
    sdks=_names("SDKS"),
    opening_urls=_beginnings("OPENING_URLS"),
    methods_opening_urls=_beginnings("METHODS_OPENING_URLS"),
)
