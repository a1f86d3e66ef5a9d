"""AutomationRunbook: a runbook as a document in Systems Manager."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from ..errors import AutomationRoleError
from ..runbook.edits import with_default
from ..runbook.model import Runbook
from ..values.tokens import is_opaque
from . import arguments as _arguments
from .grants import IAutomationRole

# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateDocument.html
_NAME: Final = re.compile(r"[a-zA-Z0-9_.-]{3,128}")
_RESERVED: Final = re.compile(r"aws|amazon|amzn", re.IGNORECASE)


class AutomationRunbook(Construct):
    """Deploy a runbook as an `AWS::SSM::Document`.

    A changed runbook becomes a new version of the document, and its default.

    Args:
        scope: the construct that this one is made in.
        construct_id: its name there; the document's logical ID comes of it.
        runbook: the runbook; it is deployed as it is written, with its comments.
        document_name: the document's name, 3 to 128 letters, digits and `_.-`, not beginning as AWS's own do. Left out: the runbook's
            name, under which `Runbook` is accepted by the grants.
        role: the role that becomes the default of the runbook's assume-role parameter, so that a start need not name it. Left out: the
            runbook's own default stays.
        target_type: kind of resource the runbook can run on, such as `/AWS::EC2::Instance`. Left out: none.
        version_name: a name for the version that is deployed; CloudFormation refuses one that was used before. Left out: none.
        attachments: where the files are that the runbook lists under `files`.

    Raises:
        AutomationRoleError: a name that documents cannot have, attachments that are not given, a document that is too large, or a role
            for a runbook that has no assume-role parameter.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ssm-document.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        runbook: Runbook,
        *,
        document_name: str | None = None,
        role: IAutomationRole | iam.IRole | None = None,
        target_type: str | None = None,
        version_name: str | None = None,
        attachments: Sequence[ssm.CfnDocument.AttachmentsSourceProperty] = (),
    ) -> None:
        try:
            _arguments.texts(document_name=document_name, target_type=target_type, version_name=version_name)
            name = _name(runbook, document_name)
            _check(runbook, name, attached=bool(attachments))
            text = runbook.text if role is None else with_default(runbook.text, runbook.format, _parameter(runbook), role.role_arn)
        except AutomationRoleError as error:
            raise AutomationRoleError(f"{scope.node.path}/{construct_id}: {error}") from None

        super().__init__(scope, construct_id)
        self.runbook = runbook
        self.document = ssm.CfnDocument(
            self,
            "Resource",
            name=name,
            document_type="Automation",
            document_format=runbook.format,
            update_method="NewVersion",
            target_type=target_type,
            version_name=version_name,
            attachments=list(attachments) or None,
            content={},
        )
        # As text, to keep its comments and the lines of its scripts; the property of CDK's class takes an object alone.
        self.document.add_property_override("Content", text)

    @property
    def document_name(self) -> str:
        """The document's name, as CloudFormation knows it: what names it waits for the document."""
        return self.document.ref


def _name(runbook: object, given: str | None) -> str:
    if not isinstance(runbook, Runbook):
        raise AutomationRoleError(f"runbook is {runbook!r} → a Runbook; read a file with Runbook.from_file(path)")
    if runbook.facts is not None:
        raise AutomationRoleError(
            f"runbook {runbook.name!r} is AWS-owned, asked for by name → a document to deploy; it is in every account, or read a copy with "
            "Runbook.from_file(path)"
        )
    return runbook.name if given is None else given


def _check(runbook: Runbook, name: str, *, attached: bool) -> None:
    if not is_opaque(name) and not _NAME.fullmatch(name):
        raise AutomationRoleError(f"document_name is {name!r} → 3 to 128 letters, digits and _.-; give another with document_name=...")
    if _RESERVED.match(name):
        raise AutomationRoleError(
            f"document_name is {name!r} → 'aws', 'amazon' and 'amzn' begin AWS's own; give another with document_name=..."
        )
    if too_large := next((finding for finding in runbook.findings if finding.id == "documentTooLarge"), None):
        raise AutomationRoleError(f"runbook {runbook.name!r}: {too_large.message}")
    if runbook.files and not attached:
        raise AutomationRoleError(
            f"runbook {runbook.name!r} lists the files {', '.join(map(repr, runbook.files))} → where each is; "
            f"pass attachments=[ssm.CfnDocument.AttachmentsSourceProperty(key='S3FileUrl', values=['s3://...'], name=...)]"
        )


def _parameter(runbook: Runbook) -> str:
    if runbook.assume_role_parameter is None:
        given = "no assumeRole" if runbook.assume_role is None else f"assumeRole {runbook.assume_role!r}"
        raise AutomationRoleError(
            f"role for runbook {runbook.name!r}, which has {given} → a parameter to fill in; "
            f"write assumeRole: '{{{{ AutomationAssumeRole }}}}' and declare that parameter"
        )
    return runbook.assume_role_parameter
