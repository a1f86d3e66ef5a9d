"""A runbook's document inside another file, with that file's lines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from ..errors import Problem
from .document import Document, read
from .syntax import DocumentError, Duplicate, KeyPath

_FIRST: Final = 1


def of_data(data: Any, lines: Mapping[KeyPath, int], blocks: Mapping[KeyPath, int]) -> Document:
    """A document that is written as data.

    Args:
        data: plain data.
        lines: path in the document -> line in the file; `()` is the whole document.
        blocks: path of a text -> the file's line of its first line, if its lines are lines of the file.
    """
    text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    return Document("JSON", data, text, (), _yaml_lines=lines, _block_lines=blocks)


def of_text(text: str, source: str, *, line: int, first: int | None) -> Document:
    """A document that is written as a text.

    Args:
        text: YAML or JSON.
        source: the file.
        line: where the text is in the file.
        first: the file's line of its first line, if its lines are lines of the file.

    Raises:
        DocumentError: it is neither; its problems have the file's lines.
    """

    def placed(own: int | None) -> int:
        return line if first is None or own is None else first + own - _FIRST

    try:
        document = read(text, source)
    except DocumentError as error:
        raise DocumentError([_placed(problem, placed(problem.line)) for problem in error.problems]) from None
    lines = {path: placed(own) for path, own in document.lines.items()}
    inner = {path: own for path in lines if (own := document.first_line_of_text(path)) is not None}
    return replace(
        document,
        duplicates=tuple(Duplicate(each.key, placed(each.first), placed(each.line)) for each in document.duplicates),
        _yaml_lines={**lines, (): line},
        _block_lines={} if first is None else {path: placed(own) for path, own in inner.items()},
        _json=None,
    )


def _placed(problem: Problem, line: int) -> Problem:
    return problem._replace(line=line)
