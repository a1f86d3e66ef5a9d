"""Which entries of `exceptions.toml` changed something in the catalog: an entry without effect is a mistake, and the build fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

Entry: TypeAlias = tuple[str, ...]


class Effects:
    """The entries of `exceptions.toml`, and which of them had an effect; the code that uses an entry reports it (`had`)."""

    def __init__(self, exceptions: dict[str, Any]) -> None:
        self._entries = tuple(dict.fromkeys(_entries(exceptions)))
        self._had: set[Entry] = set()

    def had(self, *entry: str) -> None:
        """Record that this entry had an effect."""
        self._had.add(entry)

    def none(self) -> list[str]:
        """The entries without effect, as they are written."""
        return [" ".join(entry) for entry in self._entries if entry not in self._had]


def _entries(exceptions: dict[str, Any]) -> Iterator[Entry]:
    for table, said in exceptions.items():
        of_table: Callable[[str, Any], Iterator[Entry]] = _OF.get(table, _keys)
        yield from of_table(table, said)


def _keys(table: str, said: dict[str, Any]) -> Iterator[Entry]:
    """Each key of a table; for a key with a list, each item."""
    for key, value in said.items():
        if isinstance(value, list):
            yield from ((table, key, str(each)) for each in value)
        elif isinstance(value, dict):
            yield from _keys_below((table, key), value)
        else:
            yield (table, key)


def _keys_below(above: Entry, said: dict[str, Any]) -> Iterator[Entry]:
    for key, value in said.items():
        if isinstance(value, dict):
            yield from _keys_below((*above, key), value)
        elif isinstance(value, list) and above[0] != "operations":
            yield from ((*above, key, str(each)) for each in value)
        else:
            yield (*above, key)


def _names(table: str, said: dict[str, Any]) -> Iterator[Entry]:
    """Each input of each hint."""
    for service, hints in said.items():
        for key, hint in hints.items():
            if service == "same":
                yield (table, service, key)
            else:
                yield from ((table, service, key, each) for each in re.split(r"[|!]", hint.partition("?")[0]))


def _follow(table: str, said: list[dict[str, Any]]) -> Iterator[Entry]:
    for at, each in enumerate(said):
        yield from ((table, str(at), each["service"], operation) for operation in each["operations"])


_OF: Final[Mapping[str, Callable[[str, Any], Iterator[Entry]]]] = {"names": _names, "follow": _follow, "condition": _follow}
