"""YAML or JSON text -> plain data that remembers its lines.

Strict and safe: no tags, no aliases that multiply, and scalars stay the text that Automation sees.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from ..errors import Problem
from .json_text import JsonReader, not_json, read_json, read_levels
from .syntax import MAX_DEPTH, OF_GET_DOCUMENT, DocumentError, Duplicate, KeyPath


@dataclass(frozen=True)
class Document:
    """A document's data and where in the text each part of it is.

    Attributes:
        format: `JSON` or `YAML`.
        duplicates: keys that occur twice in a mapping.
    """

    format: str
    _data: Any
    text: str
    duplicates: tuple[Duplicate, ...]
    _yaml_lines: Mapping[KeyPath, int] | None = None
    _block_lines: Mapping[KeyPath, int] | None = None
    _json: JsonReader | None = field(default=None, repr=False, compare=False)

    @cached_property
    def data(self) -> Any:
        """Plain dictionaries, lists, strings, numbers, booleans."""
        return json.loads(self.text) if self._data is None and self._json is not None else self._data

    def without_data(self) -> Document:
        """The same document, to be kept with what was built from it: JSON is quick to read again for the few that ask for the data."""
        return self if self._json is None else replace(self, _data=None)

    @cached_property
    def lines(self) -> Mapping[KeyPath, int]:
        """Path of keys and indices -> line, counted from 1; for a mapping's value, the line of its key."""
        if self._yaml_lines is not None:
            return self._yaml_lines
        reader = read_levels(self.text, MAX_DEPTH + 1)
        return {(): 1, **{path: reader.line_at(begins) for path, (begins, _, _) in reader.places.items()}}

    def line(self, path: KeyPath) -> int:
        """The line of the value at this path, or of the nearest existing one around it."""
        if self._json is not None:
            return self._json.line(path)
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def first_line_of_text(self, path: KeyPath) -> int | None:
        """The file's line of a text's first line, if its lines are lines of the file (a YAML block)."""
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
        try:
            reader, data, duplicates = read_json(text, source)
            return Document("JSON", data, text, duplicates, _json=reader)
        except json.JSONDecodeError as error:
            try:  # YAML may begin with a brace, too
                return _of_yaml(text, source)
            except DocumentError:
                raise _with_other_fields(text, source) or not_json(error, source) from None
    try:
        return _of_yaml(text, source)
    except DocumentError as error:
        raise _with_other_fields(text, source) or error from None


def claims_to_be_a_runbook(text: str, data: Any) -> bool:
    """Whether a file is meant as a runbook: it has a runbook's steps and is not another kind of document.

    Args:
        text: the file's.
        data: the same as data; `None` when it is neither YAML nor JSON, so that its text decides.
    """
    if "mainSteps" not in text and "schemaVersion" not in text:
        return False
    if data is None:
        return "mainSteps" in text
    if not isinstance(data, dict):
        return False
    version = str(data.get("schemaVersion"))
    return version == "0.3" or ("mainSteps" in data and version not in ("1.0", "1.2", "2.0", "2.2"))


# The last line that the AWS CLI writes as text: what GetDocument returns besides the content, between tabs.
_OTHER_FIELDS: Final = re.compile(r"\t(?:JSON|TEXT|YAML)\tAutomation\t[^\n]*\s*\Z")


def _with_other_fields(text: str, source: str) -> DocumentError | None:
    """The error for the whole output of the AWS CLI as text."""
    if _OTHER_FIELDS.search(text) is None:
        return None
    return DocumentError([Problem(source=source, line=text.rstrip().count("\n") + 1, message=f"is {OF_GET_DOCUMENT}")])


def _of_yaml(text: str, source: str) -> Document:
    from .yaml_text import read_yaml  # PyYAML takes longer to load than everything else here, and JSON and names don't need it

    reader, data = read_yaml(text, source)
    return Document("YAML", data, text, tuple(reader.duplicates), reader.lines, reader.blocks)
