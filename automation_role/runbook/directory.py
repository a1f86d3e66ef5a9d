"""A directory -> the Automation documents in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ..errors import Problem, RunbookError
from . import document
from .syntax import MAX_FILE, DocumentError, content_of

_ENDINGS: Final = (".yaml", ".yml", ".json")
_SKIPPED: Final = frozenset({"node_modules", "__pycache__", "cdk.out"})  # and hidden ones


def documents_in(folder: str | Path, problems: list[Problem]) -> Iterator[tuple[str, document.Document]]:
    """The files that are meant as runbooks, sorted by their paths, each with its document.

    Args:
        folder: looked through with its folders, except hidden ones, `node_modules`, `__pycache__` and `cdk.out`.
        problems: receives what cannot be read.
    """

    def unreadable(error: OSError) -> None:
        problems.append(Problem(source=str(error.filename or folder), line=None, message=_why(error)))

    for inside, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED)
        for name in sorted(files):
            path = Path(inside, name)
            if name.lower().endswith(_ENDINGS) and not name.startswith(".") and path.is_file():
                yield from _document(path, problems)


def _document(path: Path, problems: list[Problem]) -> Iterator[tuple[str, document.Document]]:
    source = str(path)
    try:
        content = content_of(path, MAX_FILE)
        text = content.decode()
    except OSError as error:
        problems.append(Problem(source=source, line=None, message=_why(error)))
        return
    except UnicodeDecodeError:
        if b"mainSteps" in content:
            problems.append(Problem(source=source, line=None, message="is not UTF-8 text → a runbook in YAML or JSON"))
        return
    if len(content) > MAX_FILE or not document.claims_to_be_a_runbook(text, None):
        return
    try:
        read = document.read(text, source)
    except DocumentError as error:
        problems += error.problems
        return
    if document.claims_to_be_a_runbook(text, read.data):
        yield source, read


def _why(error: OSError) -> str:
    return f"cannot be read: {(error.strerror or str(error)).lower()}"


def check_found(folder: str | Path, names: dict[str, list[str]], problems: list[Problem]) -> None:
    """Check that there is a runbook, and that each has a name of its own.

    Args:
        folder: the directory.
        names: each runbook's name, with the files that have it.
        problems: what is wrong so far.

    Raises:
        RunbookError: all that is wrong.
    """
    for name, files in names.items():
        if len(files) > 1:
            message = f"has the same name as {files[0]}, {name!r} → a different name; rename the file, or read it with Runbook.from_file(path, name=...)"
            problems += [Problem(source=file, line=None, message=message) for file in files[1:]]
    if not names and not problems:
        message = f"contains no runbook → {', '.join(_ENDINGS)} files of schemaVersion 0.3"
        problems.append(Problem(source=str(folder), line=None, message=message))
    if problems:
        raise RunbookError(problems)
