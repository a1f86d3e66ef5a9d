"""JSON text -> plain data, and where in the text its parts are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from ..errors import Problem
from .syntax import MAX_DEPTH, DocumentError, Duplicate, KeyPath, one_line, too_deep


def read_json(text: str, source: str) -> tuple[JsonReader, Any, tuple[Duplicate, ...]]:
    """The reader, the data, and the keys that a JSON text has twice in a mapping.

    Raises:
        json.JSONDecodeError: it is not JSON, though it may be YAML.
        DocumentError: it cannot be read in any format.
    """
    reader = JsonReader(text, levels=2)
    try:
        data = reader.whole()
    except json.JSONDecodeError:
        raise
    except ValueError as error:  # NaN, Infinity, or a number of thousands of digits
        raise DocumentError(
            [Problem(source=source, line=None, message=f"is not valid JSON: {one_line(error)} is not a JSON value → correct it")]
        ) from None
    except RecursionError:
        raise too_deep(source) from None
    if _is_deep(data):  # how deep Python itself reads JSON differs between its versions
        raise too_deep(source)
    duplicates = read_levels(text, MAX_DEPTH + 1).duplicates if reader.has_duplicates else []
    places = sorted({at for _, first, second in duplicates for at in (first, second)})
    lines = dict(zip(places, _lines_of(text, places), strict=True))
    return reader, data, tuple(Duplicate(key, lines[first], lines[second]) for key, first, second in duplicates)


def not_json(error: json.JSONDecodeError, source: str) -> DocumentError:
    """What to say of a text that is neither JSON nor YAML."""
    message = f"is not valid JSON: {error.msg[0].lower()}{error.msg[1:].removesuffix(' at')} at column {error.colno} → correct it"
    return DocumentError([Problem(source=source, line=error.lineno, message=message)])


def _is_deep(data: Any) -> bool:
    level = [data]
    for _ in range(MAX_DEPTH + 1):
        level = [
            inner for each in level for inner in (each.values() if isinstance(each, dict) else each) if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True


class Span(NamedTuple):
    """Where a member of an object or list is in a JSON text: where it begins, where its value begins and ends."""

    begins: int
    value: int
    ends: int


def json_places(text: str, levels: int) -> Mapping[KeyPath, Span]:
    """Where everything of the first levels of a valid JSON text is, by its path."""
    return read_levels(text, levels).places


def read_levels(text: str, levels: int) -> JsonReader:
    """The reader of a valid JSON text, having read it."""
    reader = JsonReader(text, levels)
    reader.whole()
    return reader


_SPACE: Final = re.compile(r"[ \t\n\r]*")


class _Objects:
    """Makes the objects: apart from the reader, whose decoder has a method of this one and would else hold the reader that holds it."""

    def __init__(self) -> None:
        self.has_duplicates = False

    def made(self, members: list[tuple[Any, Any]]) -> dict[Any, Any]:
        made = dict(members)
        if len(made) != len(members):
            self.has_duplicates = True
        return made


class JsonReader:
    """Reads a JSON text, at the decoder's speed, and notes where its first levels are.

    Attributes:
        places: path -> place.
        duplicates: keys that their object has before, where that is, and where they are: only of these levels.
    """

    def __init__(self, text: str, levels: int) -> None:
        self.places: dict[KeyPath, Span] = {}
        self.duplicates: list[tuple[str, int, int]] = []
        self._text, self._levels = text, levels
        self._objects = _Objects()
        self._decoder = json.JSONDecoder(object_pairs_hook=self._objects.made, parse_constant=_no_constant)

    @property
    def has_duplicates(self) -> bool:
        """Whether an object has a key twice, on whatever level."""
        return self._objects.has_duplicates

    def whole(self) -> Any:
        """The data.

        Raises:
            ValueError: it is no JSON.
        """
        try:
            data, end = self._value(self._space(0), ())
            if self._space(end) == len(self._text):
                return data
        except (IndexError, ValueError):
            pass
        return self._decoder.decode(self._text)  # which says what is wrong

    def outline(self) -> dict[KeyPath, int]:
        """KeyPath -> line."""
        found = sorted(self.places.items(), key=lambda item: item[1])
        lines = _lines_of(self._text, (place.begins for _, place in found))
        return {path: line for (path, _), line in zip(found, lines, strict=True)}

    def _value(self, at: int, path: KeyPath) -> tuple[Any, int]:
        """The value that begins here, and where it ends."""
        opens = self._text[at]
        if opens not in "{[" or len(path) == self._levels:
            return self._decoder.raw_decode(self._text, at)
        members: list[tuple[str | int, Any]] = []
        taken: dict[str, int] = {}
        closes = "}" if opens == "{" else "]"
        at = self._space(at + 1)
        while self._text[at] != closes or members:
            begins = at
            key: str | int = len(members)
            if opens == "{":
                key, at = self._key(at)
                if key in taken:
                    self.duplicates.append((key, taken[key], begins))
                taken[key] = begins
            value, ends = self._value(at, (*path, key))
            self.places[(*path, key)] = Span(begins, at, ends)
            members.append((key, value))
            at = self._space(ends)
            if self._text[at] == closes:
                break
            at = self._after(",", at)
        return self._objects.made(members) if opens == "{" else [value for _, value in members], at + 1

    def _key(self, at: int) -> tuple[str, int]:
        if self._text[at] != '"':
            raise ValueError(at)
        key, at = self._decoder.raw_decode(self._text, at)
        return key, self._after(":", self._space(at))

    def _after(self, mark: str, at: int) -> int:
        if self._text[at] != mark:
            raise ValueError(at)
        return self._space(at + 1)

    def _space(self, at: int) -> int:
        return _SPACE.match(self._text, at).end()  # type: ignore[union-attr]  # it matches always


def _lines_of(text: str, places: Iterable[int]) -> Iterator[int]:
    """The lines of places in a text, which come in their order."""
    line, counted = 1, 0
    for at in places:
        line += text.count("\n", counted, at)
        counted = at
        yield line


def _no_constant(name: str) -> Any:
    raise ValueError(name)
