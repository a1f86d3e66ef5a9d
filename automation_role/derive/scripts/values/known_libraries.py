"""The type of the tables about libraries, as they are passed to the machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .enums import EnumKind

ValueT = TypeVar("ValueT")  # what a variable of a script may hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Libraries(Generic[ValueT]):
    """What is known of the libraries that scripts use, by full name (`json.loads`).

    Attributes:
        functions: what calling something does, where that is more than computing data; with `=` at its end, what storing something there does.
        methods: the same for methods of objects whose class is not the script's (`executor.submit`), by their short name.
        values: what a name is that is not called (`sys.modules`).
        decorators: what a decorator makes of a function: a kind of `Wrapper`; `call` when what it returns is the function from then on, `keep` when
            it may call the function, and leaves it as it is.
        field_decorators: decorators that make a class's annotated names what calling the class fills; `field_bases` are bases that do.
        bases: classes whose instances hold members, and what is like them.
        plain_bases: classes that add nothing to a class made of them.
        lazy: functions that give elements as they are consumed.
        stateful: beginnings of the names of what creates objects to which functions are passed to call later.
        language: beginnings of the names of classes that are part of the language: nobody else calls what is made of them.
        enums: bases that make an `Enum`.
        writing: functions, and methods of what the library makes, that write their arguments and call none of them.
        harmless: packages that do nothing with AWS by themselves, beside boto3, and such modules of others; `harmless_beginnings` of their names.
        sdks: packages that call AWS by themselves, or sign requests to it.
        opening_urls: beginnings of the names of functions that open URLs; `methods_opening_urls` of methods of something unknown.
    """

    functions: Mapping[str, Callable[..., ValueT]]
    methods: Mapping[str, Callable[..., ValueT]]
    values: Mapping[str, ValueT]
    decorators: Mapping[str, str]
    field_decorators: frozenset[str]
    field_bases: frozenset[str]
    bases: Mapping[str, Callable[[], Any]]
    plain_bases: frozenset[str]
    lazy: frozenset[str]
    stateful: tuple[str, ...]
    language: tuple[str, ...]
    enums: Mapping[str, EnumKind]
    writing: frozenset[str]
    harmless: frozenset[str]
    harmless_beginnings: tuple[str, ...]
    sdks: frozenset[str]
    opening_urls: tuple[str, ...]
    methods_opening_urls: tuple[str, ...]

    def is_harmless(self, name: str) -> bool:
        """Whether a module is Python's own, boto3's, or one that is known to do nothing with AWS."""
        root = name.partition(".")[0]
        if root in self.harmless or root.startswith(self.harmless_beginnings):
            return True
        return name in self.harmless or name.rpartition(".")[0] in self.harmless
