"""A runbook as a source: a file, or an AWS-owned one by its name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ..errors import Problem, RunbookError
from ..runbook import document
from ..runbook.document import Document
from ..runbook.model import Runbook
from ..runbook.syntax import DocumentError
from .model import FoundRunbook, Location, SourceFile

# At most this much of a file is read; a larger one is not a runbook.
_MOST: Final = 4 * 1024 * 1024


def read_if_valid(text: str, path: str) -> Document | None:
    """The document of a text, if it is a valid one."""
    try:
        return document.read(text, path) if len(text) <= _MOST else None
    except DocumentError:
        return None


def source(path: str, text: str, read: Document | None) -> SourceFile:
    """A runbook as a source.

    Args:
        path: the file.
        text: its text.
        read: its document, if it was read already.
    """

    def runbooks() -> Iterator[FoundRunbook]:
        name = "stdin" if path == "<stdin>" else Path(path).stem
        place = Location(source=path)
        if len(text) > _MOST:
            problem = Problem(source=path, line=None, message=f"is over {_MOST >> 20} MB → a runbook is at most 64 KB")
            yield FoundRunbook(name=name, labels=(name,), place=place, problems=(problem,))
            return
        try:
            yield FoundRunbook(name=name, labels=(name,), place=place, document=read or document.read(text, path))
        except DocumentError as error:
            yield FoundRunbook(name=name, labels=(name,), place=place, problems=tuple(error.problems))

    return SourceFile(path=path, kind="runbook", runbooks=runbooks)


def aws_owned(name: str) -> SourceFile:
    """An AWS-owned runbook by its name."""

    def runbooks() -> Iterator[FoundRunbook]:
        location = Location(source=name)
        try:
            yield FoundRunbook(name=name, labels=(name,), place=location, made=Runbook.aws(name))
        except RunbookError as error:
            yield FoundRunbook(name=name, labels=(name,), place=location, problems=error.problems)

    return SourceFile(path=name, kind="runbook", runbooks=runbooks)
