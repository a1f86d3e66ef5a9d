"""The files of a runbook's attachments: which it lists, and whether the user's files are these."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import did_you_mean


def attachment_problems(files: Mapping[str, str | None], given: Mapping[str, str | Path]) -> Iterator[str]:
    """The problems with the files that a user passes for a runbook's attachments.

    Args:
        files: the runbook's attachments -> the `sha256` that it lists for each, if any.
        given: attachment -> the file on this machine.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-document-script-considerations.html
    """
    for name, path in given.items():
        if name not in files:
            yield f"attachments: the runbook lists no file {name!r} → {', '.join(files) or 'it lists none'}{did_you_mean(name, files)}"
        elif not Path(path).is_file():
            yield f"attachments: {str(path)!r} is not a file → the attachment {name!r}"
        elif name.endswith(".zip") and not _is_zip(path):
            yield f"attachments: {str(path)!r} is not a zip file → the attachment {name!r}"
        elif (listed := files[name]) is not None and listed.lower() != (found := sha256(path)):
            yield (
                f"attachments: {str(path)!r} has the sha256 {found} → the runbook lists {listed} for {name!r}; "
                f"pass the file that is attached, or correct the runbook's checksum"
            )


def listed_files(section: object) -> dict[str, str | None]:
    """A document's `files`: attachment -> its `sha256`; `None` if it lists none, or an invalid one.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-schemas-features.html
    """
    return {str(name): _checksum(about) for name, about in section.items()} if isinstance(section, Mapping) else {}


def _checksum(about: Any) -> str | None:
    sums = about.get("checksums") if isinstance(about, Mapping) else None
    found = sums.get("sha256") if isinstance(sums, Mapping) else None
    return found if isinstance(found, str) and re.fullmatch(r"[0-9a-fA-F]{64}", found) else None


def sha256(path: str | Path) -> str:
    """A file's SHA-256, in hexadecimal."""
    import hashlib  # few runbooks have attachments

    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_zip(path: str | Path) -> bool:
    import zipfile  # loads slowly, and few runbooks have attachments

    return zipfile.is_zipfile(path)
