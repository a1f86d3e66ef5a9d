"""YAML or JSON text -> plain data that remembers its lines.

Strict and safe: no tags, no duplicate keys, no aliases that multiply, and scalars stay the text that Automation sees.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple, TypeAlias

import yaml

from ..errors import Problem, quoted

Path: TypeAlias = tuple[str | int, ...]

# A document of 64 KB has far less of either; a small one with more was written to hurt (an alias bomb, a thousand brackets).
_MAX_DEPTH: Final = 100
_MAX_VALUES: Final = 200_000


class DocumentError(Exception):
    """The text is no document; `problems` says why."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


@dataclass(frozen=True)
class Document:
    """A document's data and where in the text each part of it is.

    Attributes:
        format: `JSON` or `YAML`.
        data: plain dictionaries, lists, strings, numbers, truth values.
        problems: what is wrong in it although it could be read (duplicate keys).
    """

    format: str
    data: Any
    text: str
    problems: tuple[Problem, ...]
    _yaml_lines: Mapping[Path, int] | None = None
    _block_lines: Mapping[Path, int] | None = None
    _outline: Mapping[Path, int] = field(default_factory=dict)  # of JSON: the lines of the top two levels (steps, parameters)

    @cached_property
    def lines(self) -> Mapping[Path, int]:
        """Path of keys and indices -> line, counted from 1; of a mapping's value, the line of its key."""
        return self._yaml_lines if self._yaml_lines is not None else {(): 1, **_read_levels(self.text, _MAX_DEPTH + 1).outline()}

    def line(self, path: Path) -> int:
        """The line of what is at this path, or of the nearest thing around it that is there."""
        if path in self._outline:
            return self._outline[path]
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def first_line_of_text(self, path: Path) -> int | None:
        """The line of a text's first line, when its lines are lines of the file (a block of YAML's)."""
        return (self._block_lines or {}).get(path)


def read(text: str, source: str) -> Document:
    """Read a document: as JSON when it begins like an object, else as YAML.

    Raises:
        DocumentError: it is neither.
    """
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise DocumentError([Problem(source=source, line=None, message="is empty → a runbook in YAML or JSON")])
    if text.lstrip().startswith("{"):
        return _read_json(text, source)
    return _read_yaml(text, source)


# -- JSON --------------------------------------------------------------------------------------------------------------------------


def _read_json(text: str, source: str) -> Document:
    reader = _JsonReader(text, levels=2)
    try:
        data = reader.whole()
    except json.JSONDecodeError as error:
        try:  # YAML takes what begins with a brace, too
            return _read_yaml(text, source)
        except DocumentError:
            message = f"is no JSON: {error.msg[0].lower()}{error.msg[1:].removesuffix(' at')} at column {error.colno} → correct it"
            raise DocumentError([Problem(source=source, line=error.lineno, message=message)]) from None
    except ValueError as error:  # NaN, Infinity, or a number of thousands of digits
        raise DocumentError(
            [Problem(source=source, line=None, message=f"is no JSON: {_one_line(error)} is no value of it → correct it")]
        ) from None
    except RecursionError:
        raise _too_deep(source) from None
    if _is_deep(data):  # how deep Python itself reads JSON differs between its versions
        raise _too_deep(source)
    duplicates = _read_levels(text, _MAX_DEPTH + 1).duplicates if reader.has_duplicates else []
    lines = _lines_of(text, (at for _, at in duplicates))
    problems = tuple(_duplicate(source, line, key) for (key, _), line in zip(duplicates, lines, strict=True))
    return Document("JSON", data, text, problems, _outline=reader.outline())


def _is_deep(data: Any) -> bool:
    level = [data]
    for _ in range(_MAX_DEPTH + 1):
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


def json_places(text: str, levels: int) -> Mapping[Path, Span]:
    """Where everything of the first levels of a valid JSON text is, by its path."""
    return _read_levels(text, levels).places


def _read_levels(text: str, levels: int) -> _JsonReader:
    reader = _JsonReader(text, levels)
    reader.whole()
    return reader


_SPACE: Final = re.compile(r"[ \t\n\r]*")


class _JsonReader:
    """Reads a JSON text, at the decoder's speed, and notes where its first levels are.

    Attributes:
        places: path -> place.
        duplicates: keys that their object has before, and where they are: of these levels alone.
        has_duplicates: whether there are any, on whatever level.
    """

    def __init__(self, text: str, levels: int) -> None:
        self.places: dict[Path, Span] = {}
        self.duplicates: list[tuple[str, int]] = []
        self.has_duplicates = False
        self._text, self._levels = text, levels
        self._decoder = json.JSONDecoder(object_pairs_hook=self._object, parse_constant=_no_constant)

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

    def outline(self) -> dict[Path, int]:
        """Path -> line."""
        found = sorted(self.places.items(), key=lambda item: item[1])
        lines = _lines_of(self._text, (place.begins for _, place in found))
        return {path: line for (path, _), line in zip(found, lines, strict=True)}

    def _value(self, at: int, path: Path) -> tuple[Any, int]:
        """The value that begins here, and where it ends."""
        opens = self._text[at]
        if opens not in "{[" or len(path) == self._levels:
            return self._decoder.raw_decode(self._text, at)
        members: list[tuple[str | int, Any]] = []
        taken: set[str] = set()
        closes = "}" if opens == "{" else "]"
        at = self._space(at + 1)
        while self._text[at] != closes or members:
            begins = at
            key: str | int = len(members)
            if opens == "{":
                key, at = self._key(at)
                if key in taken:
                    self.duplicates.append((key, begins))
                taken.add(key)
            value, ends = self._value(at, (*path, key))
            self.places[(*path, key)] = Span(begins, at, ends)
            members.append((key, value))
            at = self._space(ends)
            if self._text[at] == closes:
                break
            at = self._after(",", at)
        return self._object(members) if opens == "{" else [value for _, value in members], at + 1

    def _key(self, at: int) -> tuple[str, int]:
        if self._text[at] != '"':
            raise ValueError(at)
        key, at = self._decoder.raw_decode(self._text, at)
        return key, self._after(":", self._space(at))

    def _object(self, members: list[tuple[Any, Any]]) -> dict[Any, Any]:
        made = dict(members)
        if len(made) != len(members):
            self.has_duplicates = True
        return made

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


# -- YAML --------------------------------------------------------------------------------------------------------------------------

_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Automation reads YAML as YAML 1.2 does: `no`, `0123` and dates are texts. https://yaml.org/spec/1.2.2/#103-core-schema
_SCALAR_TAGS: Final = tuple(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value"))
_NULL: Final = re.compile(r"|~|null|Null|NULL")
_BOOL: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT: Final = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT: Final = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+([eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)")


def _read_yaml(text: str, source: str) -> Document:
    try:
        _check_depth(text, source)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        raise DocumentError([_no_yaml(error, source)]) from None
    except yaml.reader.ReaderError as error:
        message = f"is no YAML: it has the character U+{error.character:04X} → remove it"
        raise DocumentError(
            [Problem(source=source, line=text.count("\n", 0, text.find(chr(error.character))) + 1, message=message)]
        ) from None
    except (yaml.YAMLError, ValueError) as error:
        raise DocumentError([Problem(source=source, line=None, message=f"is no YAML: {_one_line(error)} → correct it")]) from None
    except RecursionError:
        raise _too_deep(source) from None
    if node is None:
        raise DocumentError([Problem(source=source, line=None, message="has nothing but comments → a runbook in YAML or JSON")])
    reader = _YamlReader(source)
    data = reader.value(node, ())
    if reader.unreadable:
        raise DocumentError(reader.problems)
    return Document("YAML", data, text, tuple(reader.problems), reader.lines, reader.blocks)


# What libyaml says -> what it comes of most often, in runbooks.
_ADVICE: Final = (
    ("cannot start any token", "indent with spaces, not tabs; put a text that begins with @, ` or % in quotes"),
    ("found a tab character", "indent with spaces, not tabs"),
    ("mapping values are not allowed", "put a text with ': ' in it in quotes, and indent the keys of one mapping alike"),
    ("did not find expected key", "indent the keys of one mapping alike, and put a text that begins with {{ or a quote in quotes"),
    ("did not find expected '-' indicator", "indent the items of one list alike"),
    ("undefined alias", "put a text that begins with * in quotes"),
    ("expected alphabetic or numeric character", "put a text that begins with * or & in quotes"),
    ("unknown escape character", r"write \\ for \, or put the text in single quotes"),
    ("unexpected end of stream", "close the quotes"),
    ("found another document", "one runbook in a file; remove what follows '---'"),
)


def _no_yaml(error: yaml.MarkedYAMLError, source: str) -> Problem:
    said = _one_line(error.problem or error.context)
    if said.startswith("but "):  # the end of a sentence that the context begins
        said = f"{_one_line(error.context)} {said}"
    # What is never closed is told where it begins.
    mark = error.context_mark if "end of stream" in said and error.context_mark else error.problem_mark or error.context_mark
    advice = next((advice for part, advice in _ADVICE if part in said), "correct it")
    return Problem(source=source, line=mark.line + 1 if mark else None, message=f"is no YAML: {said} → {advice}")


def _check_depth(text: str, source: str) -> None:
    """Before composing, which would use up the C stack of a text that opens ten thousand lists."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
            if depth > _MAX_DEPTH:
                raise _too_deep(source, event.start_mark.line + 1)  # type: ignore[union-attr]  # every event of a text has one
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1


class _YamlReader:
    """Turns PyYAML's nodes into plain data, noting lines and problems."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines: dict[Path, int] = {(): 1}
        self.blocks: dict[Path, int] = {}
        self.problems: list[Problem] = []
        self.unreadable = False
        self._count = 0

    def value(self, node: yaml.Node, path: Path) -> Any:
        """The data of a node; a part that cannot be read is `None`, with a problem."""
        self._count += 1
        if self._count > _MAX_VALUES:
            if not self.unreadable:
                self._refuse(node, f"has over {_MAX_VALUES:,} values once its aliases are followed → write the document out")
            return None
        if len(path) > _MAX_DEPTH:
            self._refuse(node, "contains itself through an alias, or is nested too deep → write the document out")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            self._check_tag(node, "seq")
            items = []
            for index, item in enumerate(node.value):
                self.lines.setdefault((*path, index), item.start_mark.line + 1)
                items.append(self.value(item, (*path, index)))
                if self.unreadable:
                    break
            return items
        assert isinstance(node, yaml.ScalarNode)  # noqa: S101  (there is no fourth kind)
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        self._check_tag(node, "map")
        made: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if self.unreadable:
                break
            if not isinstance(key_node, yaml.ScalarNode):
                braces = isinstance(key_node, yaml.MappingNode) and key_node.flow_style and node.flow_style
                told = "has {{ }} without quotes → '{{ … }}'" if braces else "has a key that is no text → a plain name"
                self._refuse(key_node, told)
                continue
            key = key_node.value
            if key == "<<" and not key_node.style:
                self._refuse(key_node, "has a merge key '<<', which is not YAML 1.2 → write its keys out")
                continue
            if key in made:
                self.problems.append(_duplicate(self.source, key_node.start_mark.line + 1, key))
            self.lines[(*path, key)] = key_node.start_mark.line + 1
            made[key] = self.value(value_node, (*path, key))
        return made

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> Any:
        text: str = node.value
        if node.style in ("|", ">"):
            self.blocks[path] = self._first_line(node)
            return text
        if node.tag not in _SCALAR_TAGS:
            self._check_tag(node, "str")
            return None
        return text if node.style or node.tag == _SCALAR_TAGS[0] else _plain(text)

    def _first_line(self, node: yaml.ScalarNode) -> int:
        """A block's first line of content: the line after its indicator (leading blank lines belong to it)."""
        return int(node.start_mark.line) + 2

    def _check_tag(self, node: yaml.Node, kind: str) -> None:
        if node.tag not in (f"tag:yaml.org,2002:{kind}", "!"):
            self._refuse(node, f"has the tag {quoted(node.tag)} → a runbook has none; write the value as plain text")

    def _refuse(self, node: yaml.Node, message: str) -> None:
        self.unreadable = True
        self.problems.append(Problem(source=self.source, line=node.start_mark.line + 1, message=message))


def _plain(text: str) -> Any:
    if _NULL.fullmatch(text):
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


# -- both --------------------------------------------------------------------------------------------------------------------------


def _duplicate(source: str, line: int, key: str) -> Problem:
    return Problem(source=source, line=line, message=f"key {quoted(key)} is there twice → once; remove or rename one of them")


def _too_deep(source: str, line: int | None = None) -> DocumentError:
    return DocumentError(
        [Problem(source=source, line=line, message=f"is nested deeper than {_MAX_DEPTH} levels → a runbook in YAML or JSON")]
    )


def _one_line(said: object) -> str:
    return " ".join(str(said).split())
