"""A runbook's attachments as assets: the files that were analyzed are the files that are deployed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from aws_cdk import aws_s3_assets as assets
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from ..errors import AutomationRoleError, did_you_mean
from ..runbook import document
from ..runbook.attachments import listed_files, sha256
from ..runbook.model import Runbook
from ..values.tokens import is_opaque, is_opaque_list


def uploaded(runbook: Runbook) -> dict[str, Path]:
    """The files to upload, by the attachment's name, if the runbook was read with every file that it lists; otherwise none.

    Raises:
        AutomationRoleError: the document does not list the SHA-256 of a file, which Systems Manager checks.
    """
    if not runbook.files or any(name not in runbook.attachments for name in runbook.files):
        return {}
    listed = listed_files(document.read(runbook.text, runbook.source).data.get("files"))
    for name in runbook.files:
        if listed.get(name) is None:
            raise AutomationRoleError(
                f"runbook {runbook.name!r} lists no sha256 for {name!r} → its checksum, which Systems Manager compares; "
                f"write checksums: {{sha256: {sha256(runbook.attachments[name])}}}"
            )
    return {name: runbook.attachments[name] for name in runbook.files}


# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AttachmentsSource.html, API_CreateDocument.html
_SOURCES: Final = 20
_KEYS: Final = ("AttachmentReference", "S3FileUrl", "SourceUrl")
_VALUE: Final = 1_024


def check_sources(runbook: Runbook, sources: Sequence[ssm.CfnDocument.AttachmentsSourceProperty]) -> None:
    """Refuse sources that are not those of the runbook's files, or that CreateDocument does not accept.

    Raises:
        AutomationRoleError: one is not accepted.
    """
    if sources and not runbook.files:
        raise AutomationRoleError(
            f"attachments for runbook {runbook.name!r}, which lists no files → only files listed under 'files'; list them there, or leave attachments out"
        )
    if len(sources) > _SOURCES:
        raise AutomationRoleError(f"{len(sources)} attachments → CreateDocument accepts at most {_SOURCES}; put several files into one zip")
    named: list[str] = []
    for at, each in enumerate(sources):
        if isinstance(each.key, str) and not is_opaque(each.key) and each.key not in _KEYS:
            raise AutomationRoleError(f"attachments[{at}] has the key {each.key!r} → {', '.join(_KEYS)}{did_you_mean(each.key, _KEYS)}")
        values = each.values or ()
        if len(values) != 1 or not (is_opaque(values[0]) or is_opaque_list(values) or 1 <= len(values[0]) <= _VALUE):
            raise AutomationRoleError(
                f"attachments[{at}] has {len(values)} values → one, such as values=['s3://bucket/file.zip'], of at most {_VALUE:,} characters; pass it"
            )
        if each.name is None and each.key == "S3FileUrl":
            raise AutomationRoleError(f"attachments[{at}] has no name → one of {', '.join(map(repr, runbook.files))}; add name=...")
        if each.name is not None and not is_opaque(each.name):
            if each.name not in runbook.files:
                raise AutomationRoleError(
                    f"attachments has {each.name!r} → runbook {runbook.name!r} lists {', '.join(runbook.files)}{did_you_mean(each.name, runbook.files)}"
                )
            if each.name in named:
                raise AutomationRoleError(f"attachments has {each.name!r} twice → each file once; remove one")
            named.append(each.name)
    missing = [name for name in runbook.files if name not in named]
    # A source without a name, or with a token as its name, may be of any file.
    if missing and sources and len(named) == len(sources):
        raise AutomationRoleError(
            f"attachments lack {', '.join(map(repr, missing))}, which runbook {runbook.name!r} lists → a source for each file; add them"
        )


def as_assets(scope: Construct, files: dict[str, Path]) -> Sequence[ssm.CfnDocument.AttachmentsSourceProperty]:
    """Upload each file with the app's assets, and return where it will be.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ssm-document-attachmentssource.html
    """
    return [
        ssm.CfnDocument.AttachmentsSourceProperty(
            key="S3FileUrl", values=[assets.Asset(scope, f"Attachment{name}", path=str(path)).s3_object_url], name=name
        )
        for name, path in files.items()
    ]
