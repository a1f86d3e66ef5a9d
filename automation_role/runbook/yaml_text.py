"""Parses YAML text into plain data, with the lines of its parts: as YAML 1.2, strictly and safely."""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

from ..errors import Problem, quoted
from .syntax import MAX_DEPTH, MAX_VALUES, DocumentError, Duplicate, KeyPath, one_line, too_deep

Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""PyYAML's safe loader: the C one where there is one."""

# Automation reads YAML as YAML 1.2 does: `no`, `0123` and dates are texts. https://yaml.org/spec/1.2.2/#103-core-schema
_SCALAR_TAGS: Final = tuple(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value"))
_NULL: Final = re.compile(r"|~|null|Null|NULL")
_BOOL: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT: Final = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT: Final = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+([eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)")


def read_yaml(text: str, source: str) -> tuple[YamlReader, Any]:
    """The reader, which has lines and problems, and the data of a YAML text.

    Raises:
        DocumentError: it cannot be read.
    """
    try:
        _check_depth(text, source)
        node = yaml.compose(text, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        raise DocumentError([_no_yaml(error, source)]) from None
    except yaml.reader.ReaderError as error:
        message = f"is not valid YAML: it has the character U+{error.character:04X} → remove it"
        raise DocumentError(
            [Problem(source=source, line=text.count("\n", 0, text.find(chr(error.character))) + 1, message=message)]
        ) from None
    except (yaml.YAMLError, ValueError) as error:
        raise DocumentError([Problem(source=source, line=None, message=f"is not valid YAML: {one_line(error)} → correct it")]) from None
    except RecursionError:
        raise too_deep(source) from None
    if node is None:
        raise DocumentError([Problem(source=source, line=None, message="has nothing but comments → a runbook in YAML or JSON")])
    reader = YamlReader(source)
    data = reader.value(node, ())
    if reader.unreadable:
        raise DocumentError(reader.problems)
    return reader, data


# libyaml's message -> its most common cause in runbooks.
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
    said = one_line(error.problem or error.context)
    if said.startswith("but "):  # the end of a sentence that begins in the context
        said = f"{one_line(error.context)} {said}"
    # Something that is never closed is reported where it begins.
    mark = error.context_mark if "end of stream" in said and error.context_mark else error.problem_mark or error.context_mark
    advice = next((advice for part, advice in _ADVICE if part in said), "correct it")
    return Problem(source=source, line=mark.line + 1 if mark else None, message=f"is not valid YAML: {said} → {advice}")


def _check_depth(text: str, source: str) -> None:
    """Checks the depth before composing: ten thousand nested lists would overflow the C stack."""
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
            if depth > MAX_DEPTH:
                raise too_deep(source, event.start_mark.line + 1)  # type: ignore[union-attr]  # every event of a text has one
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1


class YamlReader:
    """Turns PyYAML's nodes into plain data, and records lines and problems."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines: dict[KeyPath, int] = {(): 1}
        self.blocks: dict[KeyPath, int] = {}
        self.problems: list[Problem] = []
        self.duplicates: list[Duplicate] = []
        self.unreadable = False
        self._count = 0

    def value(self, node: yaml.Node, path: KeyPath) -> Any:
        """The data of a node; a part that cannot be read is `None`, with a problem."""
        self._count += 1
        if self._count > MAX_VALUES:
            if not self.unreadable:
                self._refuse(node, f"has over {MAX_VALUES:,} values once its aliases are expanded → write the document out")
            return None
        if len(path) > MAX_DEPTH:
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

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        self._check_tag(node, "map")
        made: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if self.unreadable:
                break
            if not isinstance(key_node, yaml.ScalarNode):
                braces = isinstance(key_node, yaml.MappingNode) and key_node.flow_style and node.flow_style
                message = "has {{ }} without quotes → '{{ … }}'" if braces else "has a key that is not text → a plain name"
                self._refuse(key_node, message)
                continue
            key = key_node.value
            if key == "<<" and not key_node.style:
                self._refuse(key_node, "has a merge key '<<', which is not YAML 1.2 → write its keys out")
                continue
            if key in made:
                self.duplicates.append(Duplicate(key, self.lines[*path, key], key_node.start_mark.line + 1))
            self.lines[(*path, key)] = key_node.start_mark.line + 1
            made[key] = self.value(value_node, (*path, key))
        return made

    def _scalar(self, node: yaml.ScalarNode, path: KeyPath) -> Any:
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
