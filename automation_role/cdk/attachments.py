"""A runbook's attachments as assets: the files that were analyzed are the files that are deployed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from aws_cdk import aws_s3_assets as assets
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from ..errors import AutomationRoleError
from ..runbook import document
from ..runbook.attachments import listed_files, sha256
from ..runbook.model import Runbook


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
