"""Checks the type of what a user passes with a runbook: values for its parameters, files for its attachments.

An invalid value would silently widen the role: it would be unknown, so any resource of the type would be allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ..errors import did_you_mean, quoted

ALLOWED: Final = "a text, number, truth value, list, mapping or CDK token"


def kind_problem(parameter: str, value: object) -> str | None:
    """The problem with the type of a value, in the words of an error; `None`: none.

    CDK constructs and tokens are recognized by their form: only `cdk` imports `aws_cdk`.

    Args:
        parameter: the runbook's parameter; its name suggests which property of a construct is meant.
        value: its value.
    """
    if isinstance(value, (str, bool, int, float)) or _is_token(value):
        return None
    if isinstance(value, Mapping):
        if (wrong := next((key for key in value if not isinstance(key, str)), None)) is not None:
            return f"a mapping with the key {quoted(wrong)} → keys are texts; write it in quotes"
        return next(
            (f"a mapping whose {key!r} is {wrong}" for key, each in value.items() if (wrong := kind_problem(parameter, each))), None
        )
    if isinstance(value, (list, tuple)):
        return next(
            (f"a list whose item {at} is {wrong}" for at, each in enumerate(value, 1) if (wrong := kind_problem(parameter, each))), None
        )
    if value is None:
        return f"None → {ALLOWED}; pass one, or leave {parameter!r} out"
    kind = _PROXY.sub(r"\1", type(value).__name__)  # CDK's imported constructs have a hidden class: `_BucketBaseProxy`
    if not hasattr(type(value), "node"):
        return f"a {kind} → {ALLOWED}; pass one of these"
    named = _property(parameter, value)
    instead = f"pass its {named}" if named else "pass the property that holds its name, id or ARN"
    return f"a {kind}, a construct → {ALLOWED}; {instead}"


def _is_token(value: object) -> bool:
    """Whether a value is an `IResolvable`, and not a construct that also is one."""
    kind = type(value)
    return callable(getattr(kind, "resolve", None)) and hasattr(kind, "creation_stack") and not hasattr(kind, "node")


# Endings of the properties that name a construct, the most likely first.
_ENDINGS: Final = ("_name", "_id", "_arn")
_PROXY: Final = re.compile(r"^_?(.+?)(?:Base)?Proxy$")
_WORD: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def _property(parameter: str, value: object) -> str | None:
    """The property of a construct that fits a parameter's name: `bucket_name` of a `Bucket` for `BucketName`."""
    kind = type(value)
    properties = [name for name in dir(kind) if not name.startswith("_") and isinstance(getattr(kind, name, None), property)]
    if kind.__name__.startswith("Cfn") and "ref" in properties:  # its other properties are its arguments, or nothing
        return "value_as_string" if "value_as_string" in properties else "ref"
    asked = _WORD.sub("_", parameter).lower()
    endings = sorted(_ENDINGS, key=lambda ending: not asked.endswith(ending.strip("_")))
    words = [_WORD.sub("_", base.__name__.strip("_")).lower() for base in kind.__mro__]
    likely = [asked, *(f"{word}{ending}" for ending in endings for word in words)]
    return next((name for name in likely if name in properties), None)


def attachment_problems(files: Mapping[str, str | None], given: Mapping[str, str | Path]) -> Iterator[str]:
    """The problems with the files that a user passes for a runbook's attachments.

    Args:
        files: the runbook's attachments -> the `sha256` that it lists for each, if any.
        given: attachment -> the file on this machine.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-document-script-considerations.html
    """
    for name, path in given.items():
        if name not in files:
            yield f"attachments: {name!r} → the runbook's files are {', '.join(files) or 'none'}{did_you_mean(name, files)}"
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
