"""The Python files of a runbook's attachments: read from the archive, never written to disk, never more than they may be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

_MAX_FILE: Final = 4 * 1024 * 1024  # bytes of one Python file
_MAX_TOTAL: Final = 64 * 1024 * 1024  # bytes of all Python files of an archive
_MAX_FILES: Final = 20_000


class AttachmentError(Exception):
    """An attachment cannot be read; the message says why."""


class Sources:
    """The script's own modules, by path."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = dict(sorted(files.items()))

    def source(self, name: str, package: str) -> tuple[str, str] | None:
        """The path and text of a module.

        Args:
            name: as imported: `helpers.common`, with a dot in front for each level of a relative import.
            package: path of the directory of the module that imports it.
        """
        level = len(name) - len(name.lstrip("."))
        parts = [part for part in name.lstrip(".").split(".") if part]
        if level:
            base = [part for part in package.split("/") if part]
            parts = [*base[: len(base) - level + 1], *parts]
            return self._at("/".join(parts))
        return (
            self._at("/".join(parts)) or self._ending("/".join(parts)) or (self.source(".".join(parts[1:]), "") if len(parts) > 1 else None)
        )

    def _at(self, path: str) -> tuple[str, str] | None:
        for each in (f"{path}.py", f"{path}/__init__.py" if path else "__init__.py"):
            if each in self.files:
                return each, self.files[each]
        return None

    def _ending(self, path: str) -> tuple[str, str] | None:
        """The one module whose path ends like this: scripts put directories of the archive on `sys.path`."""
        if not path:
            return None
        found = [each for each in self.files if each.endswith((f"/{path}.py", f"/{path}/__init__.py"))]
        return (found[0], self.files[found[0]]) if found else None


def read(path: Path, name: str) -> dict[str, str]:
    """The Python files of an attachment, by their paths in it.

    Args:
        path: the archive, or a single Python file.
        name: the attachment's name in the runbook; a file's module is called so.

    Raises:
        AttachmentError: it cannot be read, or is larger than an attachment may be.
    """
    import zipfile  # loads slowly, and few runbooks have attachments

    try:
        if zipfile.is_zipfile(path):
            return _unzipped(path)
        if path.suffix == ".py" or name.endswith(".py"):
            if path.stat().st_size > _MAX_FILE:
                raise AttachmentError(f"a Python file of more than {_MAX_FILE:,} bytes")
            return {Path(name).name if name.endswith(".py") else path.name: path.read_bytes().decode("utf-8", "replace")}
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise AttachmentError(str(error) or type(error).__name__) from error
    raise AttachmentError("neither a zip archive nor a Python file")


def _unzipped(path: Path) -> dict[str, str]:
    import zipfile

    files: dict[str, str] = {}
    total = 0
    with zipfile.ZipFile(path) as archive:
        entries = [entry for entry in archive.infolist() if entry.filename.endswith(".py")]
        if len(entries) > _MAX_FILES:
            raise AttachmentError(f"more than {_MAX_FILES:,} Python files")
        for entry in entries:
            with archive.open(entry) as opened:
                content = opened.read(_MAX_FILE + 1)
            total += len(content)
            if len(content) > _MAX_FILE or total > _MAX_TOTAL:
                raise AttachmentError(f"a Python file of more than {_MAX_FILE:,} bytes, or more than {_MAX_TOTAL:,} in all")
            files[entry.filename.removeprefix("./")] = content.decode("utf-8", "replace")
    return files
