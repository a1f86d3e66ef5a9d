"""Parses JSON text into plain data, with the positions of its parts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from ..errors import Problem
from .syntax import MAX_DEPTH, DocumentError, Duplicate, KeyPath, one_line, too_deep


def read_json(text: str, source: str) -> tuple[JsonReader, Any, tuple[Duplicate, ...]]:
    """The reader, the data, and the keys that occur twice in a mapping.

    Raises:
        json.JSONDecodeError: it is not JSON, but may be YAML.
        DocumentError: it cannot be read in any format.
    """
    reader = JsonReader(text, levels=2)
    try:
        data = reader.whole()
    except json.JSONDecodeError:
        raise
    except ValueError as error:  # NaN, Infinity, or a number with thousands of digits
        raise DocumentError(
            [Problem(source=source, line=None, message=f"is not valid JSON: {one_line(error)} is not a JSON value → correct it")]
        ) from None
    except RecursionError:
        raise too_deep(source) from None
    if _is_deep(data):  # Python's own limit of depth differs between versions
        raise too_deep(source)
    duplicates = read_levels(text, MAX_DEPTH + 1).duplicates if reader.has_duplicates else []
    return reader, data, tuple(Duplicate(key, reader.line_at(first), reader.line_at(second)) for key, first, second in duplicates)


def not_json(error: json.JSONDecodeError, source: str) -> DocumentError:
    """The error for a text that is neither JSON nor YAML."""
    message = f"is not valid JSON: {error.msg[0].lower()}{error.msg[1:].removesuffix(' at')} at column {error.colno} → correct it"
    return DocumentError([Problem(source=source, line=error.lineno, message=message)])


_NESTING: Final = frozenset({dict, list})


def _is_deep(data: Any) -> bool:
    level = [data]
    for _ in range(MAX_DEPTH + 1):
        level = [inner for each in level for inner in (each.values() if type(each) is dict else each) if type(inner) in _NESTING]
        if not level:
            return False
    return True


class Span(NamedTuple):
    """The position of a member of an object or list: where it begins, and where its value begins and ends."""

    begins: int
    value: int
    ends: int


def json_places(text: str, levels: int) -> Mapping[KeyPath, Span]:
    """The position of everything in the first levels of a valid JSON text, by its path."""
    return {path: Span(*place) for path, place in read_levels(text, levels).places.items()}


def read_levels(text: str, levels: int) -> JsonReader:
    """A reader that has read a valid JSON text."""
    reader = JsonReader(text, levels)
    reader.whole()
    return reader


_SPACE: Final = re.compile(r"[ \t\n\r]*")
_COLON: Final = re.compile(r"[ \t\n\r]*:[ \t\n\r]*")
_AFTER: Final = re.compile(r"[ \t\n\r]*([]},])[ \t\n\r]*")  # a member of an object or list


class _Objects:
    """Creates the objects. Separate from the reader: its decoder refers to a method of this class, and would otherwise form a cycle with the reader."""

    def __init__(self) -> None:
        self.has_duplicates = False

    def decoder(self) -> json.JSONDecoder:
        return json.JSONDecoder(object_pairs_hook=self.made, parse_constant=_no_constant)

    def made(self, members: list[tuple[Any, Any]]) -> dict[Any, Any]:
        made = dict(members)
        if len(made) != len(members):
            self.has_duplicates = True
        return made


class JsonReader:
    """Reads a JSON text at the decoder's speed, and records the positions of its first levels; those of others are found on demand.

    Attributes:
        places: path -> the fields of its `Span`, in a tuple: Python's collector looks into a named tuple again and again.
        duplicates: keys that occur before in their object, with both positions; only in these levels.
    """

    def __init__(self, text: str, levels: int) -> None:
        self.places: dict[KeyPath, tuple[int, int, int]] = {}
        self.duplicates: list[tuple[str, int, int]] = []
        self._text, self._levels = text, levels
        self._opened: set[KeyPath] = set()
        self._counted = 0, 1
        self._objects = _Objects()
        self._scan: Callable[[str, int], tuple[Any, int]] = self._objects.decoder().scan_once  # type: ignore[attr-defined]  # as `raw_decode` does

    @property
    def has_duplicates(self) -> bool:
        """Whether any object has a key twice."""
        return self._objects.has_duplicates

    def whole(self) -> Any:
        """The data.

        Raises:
            ValueError: it is not JSON.
        """
        try:
            data, end = self._value(_found(_SPACE, self._text, 0).end(), (), self._levels)
            if _found(_SPACE, self._text, end).end() == len(self._text):
                return data
        except (IndexError, StopIteration, ValueError):
            pass
        return self._objects.decoder().decode(self._text)  # which reports what is wrong

    def line(self, path: KeyPath) -> int:
        """The line of what is at a path of a valid text, or of the nearest thing around it that exists."""
        if path in self.places:
            return self.line_at(self.places[path][0])
        begins = 0
        for depth in range(1, len(path) + 1):
            here, above = path[:depth], path[: depth - 1]
            if here not in self.places and above in self.places and above not in self._opened:
                self._opened.add(above)
                self._value(self.places[above][1], above, depth)
            if here not in self.places:
                break
            begins = self.places[here][0]
        return self.line_at(begins)

    def line_at(self, position: int) -> int:
        """The line of a position, counted from the last one that was asked for: they are mostly near to each other."""
        at, line = self._counted
        line += self._text.count("\n", at, position) if at <= position else -self._text.count("\n", position, at)
        self._counted = position, line
        return line

    def _value(self, at: int, path: KeyPath, levels: int) -> tuple[Any, int]:
        """The value that begins here, and its end."""
        text = self._text
        opens = text[at]
        if opens not in "{[":
            return self._scan(text, at)
        deepest = len(path) + 1 == levels
        at = _found(_SPACE, text, at + 1).end()
        mark, closes = ",", "}" if opens == "{" else "]"
        if text[at] == closes:
            return {} if opens == "{" else [], at + 1
        members: list[tuple[str | int, Any]] = []
        taken: dict[str | int, int] = {}
        while mark == ",":
            begins = at
            key: str | int = len(members)
            if opens == "{":
                key, at = self._key(at)
                if key in taken:
                    self.duplicates.append((key, taken[key], begins))
                taken[key] = begins
            here = (*path, key)
            value, ends = self._scan(text, at) if deepest else self._value(at, here, levels)
            self.places[here] = (begins, at, ends)
            members.append((key, value))
            after = _found(_AFTER, text, ends)
            mark, at = after[1], after.end()
        if mark != closes:
            raise ValueError(ends)
        return self._objects.made(members) if opens == "{" else [value for _, value in members], after.end(1)

    def _key(self, at: int) -> tuple[str, int]:
        if self._text[at] != '"':
            raise ValueError(at)
        key, at = self._scan(self._text, at)
        return key, _found(_COLON, self._text, at).end()


def _found(what: re.Pattern[str], text: str, at: int) -> re.Match[str]:
    found = what.match(text, at)
    if found is None:
        raise ValueError(at)
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)
