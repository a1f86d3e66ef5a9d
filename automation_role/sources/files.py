"""The files to read in some paths, each once."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from ..errors import Problem
from ..runbook.document import Document
from ..runbook.syntax import content_of

STDIN: Final = "-"
ENDINGS: Final = (".yaml", ".yml", ".json", ".template")
TERRAFORM: Final = ".tf"
# Directories that have no runbooks; also those whose names begin with a full stop.
_SKIPPED: Final = frozenset({"node_modules", "__pycache__", "site-packages"})
# A Python environment, whatever its name; https://docs.python.org/3/library/venv.html
_ENVIRONMENT: Final = "pyvenv.cfg"
# At most this many files of one directory are looked at. The biggest public repositories have a tenth of these.
_MOST_FILES: Final = 100_000
_MOST_ENTRIES: Final = 3_000_000
ASSEMBLY: Final = "cdk.out"
# At most this much of a file is read. The dump of an account with thousands of roles has tens of megabytes.
MOST: Final = 128 * 1024 * 1024


class File(NamedTuple):
    """A file to read, and the directory that it was found in, if the user named only that: such a file may have neither a runbook nor a role."""

    path: str
    directory: str | None = None


class FileText(NamedTuple):
    """A file's text, and the same as data; `None` when it is neither YAML nor JSON.

    Attributes:
        document: the same as a runbook's document, if it was read as one already.
    """

    path: str
    text: str
    data: Any
    document: Document | None = None


class Listing(NamedTuple):
    """The files of some paths.

    Attributes:
        files: each file once (links resolved), in order; a file that the user named outranks one in a directory.
        inside: directory that the user named -> the files in it.
        terraform: `.tf` files in them, which are not plans.
    """

    files: tuple[File, ...]
    inside: Mapping[str, Sequence[str]]
    terraform: tuple[str, ...]


def listing(paths: Sequence[str], problems: list[Problem], *, assemblies: bool) -> Listing:
    """The files of some paths.

    Args:
        paths: files, directories, `-`.
        problems: receives the directories that cannot be read.
        assemblies: whether to read CDK's output inside a directory; when named, it is always read.
    """
    terraform: list[str] = []
    directories = [path for path in dict.fromkeys(paths) if path != STDIN and os.path.isdir(path)]  # noqa: PTH112
    inside = {path: list(_walk(path, problems, terraform, assemblies=assemblies)) for path in directories}
    found = [File(path) for path in paths if path not in inside]
    found += [File(each, path) for path, files in inside.items() for each in files]
    once: dict[str, File] = {}
    for file in found:
        once.setdefault(file.path if file.path == STDIN else os.path.realpath(file.path), file)
    order = {path: index for index, path in reversed([*enumerate(paths)])}
    files = sorted(once.values(), key=lambda file: order[file.directory or file.path])
    return Listing(tuple(files), inside, tuple(terraform))


def _walk(directory: str, problems: list[Problem], terraform: list[str], *, assemblies: bool) -> Iterator[str]:
    """The files in a directory that may have content: not pipes or devices, which would block; also broken links, to report them."""

    def unreadable(error: OSError) -> None:
        why = (error.strerror or str(error)).lower()
        problems.append(Problem(source=str(error.filename or directory), line=None, message=f"cannot be read: {why}"))

    entries = found = 0
    for folder, folders, files in os.walk(directory, onerror=unreadable):
        entries += len(folders) + len(files)
        if entries > _MOST_ENTRIES or found > _MOST_FILES:
            message = (
                f"has more than {_MOST_FILES:,} files to look into, or {_MOST_ENTRIES:,} in all → the directories in it that have runbooks"
            )
            problems.append(Problem(source=directory, line=None, message=message))
            return
        if _ENVIRONMENT in files:
            folders.clear()
            continue
        if is_assembly(folder):  # its manifest names all its content
            folders.clear()
            yield str(Path(folder, MANIFEST))
            continue
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and name not in _SKIPPED and (assemblies or name != ASSEMBLY)
        )
        for name in sorted(files):
            path = Path(folder, name)
            if name.startswith(".") or not (path.is_file() or not path.exists()):
                continue
            if name.lower().endswith(ENDINGS):
                found += 1
                yield str(path)
            elif name.endswith(TERRAFORM):
                terraform.append(str(path))


MANIFEST: Final = "manifest.json"


def is_assembly(folder: str) -> bool:
    """Whether a directory is an output of `cdk synth`."""
    return Path(folder, MANIFEST).is_file() and Path(folder, "cdk.out").is_file()


class UnreadableError(Exception):
    """The file cannot be read; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


def text_of(path: str, standard_input: Callable[[], bytes] | None = None) -> str:
    """A file's text.

    Raises:
        UnreadableError: it cannot be read, or isn't text.
    """
    source = "<stdin>" if path == STDIN else path
    if not path:
        raise UnreadableError(Problem(source="''", line=None, message="is not a path → a file, a directory, or -"))
    try:
        content = (standard_input or _stdin)() if path == STDIN else content_of(Path(path), MOST)
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        why = getattr(error, "strerror", None) or str(error)
        raise UnreadableError(Problem(source=source, line=None, message=f"cannot be read: {why[0].lower()}{why[1:]}")) from None
    if len(content) > MOST:
        raise UnreadableError(Problem(source=source, line=None, message=f"is over {MOST >> 20} MB → a smaller file, or pages of it"))
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = None if path == STDIN else content.count(b"\n", 0, error.start) + 1
        raise UnreadableError(Problem(source=source, line=line, message="is not UTF-8 text → a runbook in YAML or JSON")) from None


def _stdin() -> bytes:
    return sys.stdin.buffer.read(MOST + 1) if sys.stdin is not None else b""
