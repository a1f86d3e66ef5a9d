"""Shared by the readers of JSON and YAML: paths, limits, and common errors."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from ..errors import Problem

KeyPath: TypeAlias = tuple[str | int, ...]

# A document of 64 KB has far fewer of either; a small one with more is an attack (an alias bomb, a thousand brackets).
MAX_DEPTH: Final = 100
MAX_VALUES: Final = 200_000
# At most this much of a file is read; a larger one is not a runbook.
MAX_FILE: Final = 4 * 1024 * 1024
# What is said of a file with more than the document in it.
OF_GET_DOCUMENT: Final = "the output of `aws ssm get-document` → only the text of its Content; get it with --query Content --output text"


class DocumentError(Exception):
    """The text isn't a valid document; `problems` says why."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class Duplicate(NamedTuple):
    """A key that occurs twice in its mapping, and its lines; the last one counts."""

    key: str
    first: int
    line: int


def content_of(path: Path, most: int) -> bytes:
    """The bytes of a file, and only one more than `most` of a larger one.

    Raises:
        OSError: it cannot be read.
        ValueError: there is a null character in the path.
    """
    with path.open("rb") as file:
        content = file.read(_FIRST)
        return content if len(content) < _FIRST else content + file.read(most + 1 - _FIRST)


_FIRST: Final = 64 * 1024  # nearly all files are smaller; Python sets memory aside for as much as is asked for


def too_deep(source: str, line: int | None = None) -> DocumentError:
    """The error for a text that is nested too deep."""
    return DocumentError([Problem(source=source, line=line, message=f"is nested deeper than {MAX_DEPTH} levels → at most that many")])


def one_line(said: object) -> str:
    """A library's message on one line."""
    return " ".join(str(said).split())
