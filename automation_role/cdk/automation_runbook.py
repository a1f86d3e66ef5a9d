"""AutomationRunbook: a runbook as a document in Systems Manager."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from ..errors import AutomationRoleError
from ..policy import quotas
from ..runbook.edits import with_default
from ..runbook.model import MAX_DOCUMENT, Runbook
from ..values.arns import wildcard
from ..values.kinds import has
from ..values.tokens import is_opaque
from . import arguments as _arguments
from .attachments import as_assets, check_sources, uploaded
from .execution_events import ExecutionEvents
from .granting import check_same_account
from .startable_role import StartableRole
from .types import AnyRole, IAutomationRole
from .unique_names import check_once

# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateDocument.html
_NAME: Final = re.compile(r"[a-zA-Z0-9_.-]{3,128}")
# AWS-owned documents have no account in their ARNs.
_ARN: Final = re.compile(rf"arn:[a-z-]+:ssm:[a-z0-9-]+:([0-9]{{12}})?:document/{_NAME.pattern}")
_RESERVED: Final = re.compile(r"aws|amazon|amzn", re.IGNORECASE)
_TARGET_TYPE: Final = re.compile(r"/[\w.:/-]{0,199}", re.ASCII)
_VERSION_NAME: Final = re.compile(r"[a-zA-Z0-9_.-]{1,128}")


class AutomationRunbook(ExecutionEvents):
    """Deploy a runbook as an `AWS::SSM::Document`.

    A changed runbook becomes a new version of the document, and its default. cfn-lint cannot read a document that is a string, so metadata
    on the resource turns off its check E3051, only there.

    Args:
        scope: the construct that this one is created in.
        construct_id: its name there; the document's logical ID is derived from it.
        runbook: the runbook; it is deployed as written, with its comments.
        document_name: the document's name, 3 to 128 letters, digits and `_.-`, without AWS's reserved prefixes. Left out: the runbook's
            name, which the grants use for a `Runbook`.
        role: the role that becomes the default of the runbook's assume-role parameter, so that a start need not pass it. Left out: the
            runbook keeps its own default.
        target_type: kind of resource the runbook can run on, such as `/AWS::EC2::Instance`. Left out: none.
        version_name: a name for the version that is deployed; CloudFormation rejects one that was used before. Left out: none.
        attachments: where the files are that the runbook lists under `files`. Left out: the files that it was read with
            (`Runbook.from_file(path, attachments={…})`) are uploaded as assets, into a bootstrapped account.

    Raises:
        AutomationRoleError: an invalid document name, missing attachments, a document that is too large, or a role
            for a runbook that has no assume-role parameter.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ssm-document.html
    """

    @_arguments.checked()
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        runbook: Runbook,
        *,
        document_name: str | None = None,
        role: IAutomationRole | AnyRole | None = None,
        target_type: str | None = None,
        version_name: str | None = None,
        attachments: Sequence[ssm.CfnDocument.AttachmentsSourceProperty] = (),
    ) -> None:
        where = f"{scope.node.path}/{construct_id}"
        try:
            name = _name(runbook, document_name)
            files = {} if attachments else uploaded(runbook)
            _check(runbook, name, attachments, given=bool(attachments or files))
            _check_texts(target_type, version_name)
            if role is not None:
                _check_role(where, role, scope)
            text = runbook.text if role is None else with_default(runbook.text, runbook.format, _parameter(runbook), role.role_arn)
            _check_size(runbook, text)
            check_once(scope, "document_name", name, where)
        except AutomationRoleError as error:
            message = str(error)
            raise AutomationRoleError(message if message.startswith(f"{where}: ") else f"{where}: {message}") from None

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
            attachments=[*attachments, *as_assets(self, files)] or None,
            content={},
        )
        # A string keeps its comments and the lines of its scripts; CDK's own property takes only an object.
        self.document.add_property_override("Content", text)
        # cfn-lint 1.58 does not read a document that is a string ("a string or stream input is required").
        self.document.add_metadata("cfn-lint", {"config": {"ignore_checks": ["E3051"]}})
        if isinstance(role, StartableRole):
            role.check_start(self, runbook, elsewhere=True)

    @classmethod
    @_arguments.checked()
    def from_document_name(cls, scope: Construct, construct_id: str, document_name: str) -> ImportedRunbook:
        """An existing document of this account, by its name, which may be a CDK token.

        Args:
            scope: the construct that the result is created in.
            construct_id: its name there.
            document_name: the document's name; a CDK token is treated as a name.

        Raises:
            AutomationRoleError: it is not a valid document name.
        """
        if not (is_opaque(document_name) or _NAME.fullmatch(document_name)):
            raise AutomationRoleError(
                f"{scope.node.path}/{construct_id}: {document_name!r} is not a document's name → 3 to 128 letters, digits and _.-; "
                f"for an ARN write from_document_arn(...)"
            )
        return ImportedRunbook(scope, construct_id, document_name, None)

    @classmethod
    @_arguments.checked()
    def from_document_arn(cls, scope: Construct, construct_id: str, document_arn: str) -> ImportedRunbook:
        """An existing document of this account or shared by another, by its ARN, which may be a CDK token.

        Args:
            scope: the construct that the result is created in.
            construct_id: its name there.
            document_arn: `arn:…:document/NAME`; a CDK token is treated as an ARN.

        Raises:
            AutomationRoleError: it is not the ARN of a document.
        """
        if wildcard(document_arn) or not (is_opaque(document_arn) or _ARN.fullmatch(document_arn)):
            raise AutomationRoleError(
                f"{scope.node.path}/{construct_id}: {document_arn!r} is not the ARN of a document → such as "
                f"'arn:aws:ssm:eu-central-1:111122223333:document/Restart'; for a name write from_document_name(...)"
            )
        parts = Stack.of(scope).split_arn(document_arn, ArnFormat.SLASH_RESOURCE_NAME)
        return ImportedRunbook(scope, construct_id, str(parts.resource_name), document_arn)

    @property
    def document_name(self) -> str:
        """The document's name as a reference: whatever uses it is deployed after the document."""
        return self.document.ref

    @property
    def document_arn(self) -> str:
        """The document's ARN."""
        return Stack.of(self).format_arn(service="ssm", resource="document", resource_name=self.document.ref)


class ImportedRunbook(ExecutionEvents):
    """A document created elsewhere, which grants and triggers accept as a runbook."""

    def __init__(self, scope: Construct, construct_id: str, name: str, arn: str | None) -> None:
        super().__init__(scope, construct_id)
        self._name, self._arn = name, arn

    @property
    def document_name(self) -> str:
        """The document's name."""
        return self._name

    @property
    def document_arn(self) -> str:
        """The document's ARN."""
        if self._arn is not None:
            return self._arn
        return Stack.of(self).format_arn(service="ssm", resource="document", resource_name=self._name)

    @property
    def document_reference(self) -> str:
        """The name or ARN that starts it; a token's ARN is split, so that the ARN of its automation definition can be built."""
        if self._arn is None or not is_opaque(self._arn):
            return self._name if self._arn is None else self._arn
        parts = Stack.of(self).split_arn(self._arn, ArnFormat.SLASH_RESOURCE_NAME)
        return f"arn:{parts.partition}:ssm:{parts.region}:{parts.account}:document/{parts.resource_name}"


def _name(runbook: Runbook, given: str | None) -> str:
    if runbook.facts is not None:
        raise AutomationRoleError(
            f"runbook {runbook.name!r} is AWS-owned, referenced by name → a runbook to deploy; AWS already has it in every account; for a copy of your own write "
            "Runbook.from_file(path)"
        )
    return runbook.name if given is None else given


def _check(runbook: Runbook, name: str, attachments: Sequence[ssm.CfnDocument.AttachmentsSourceProperty], *, given: bool) -> None:
    if not is_opaque(name) and not _NAME.fullmatch(name):
        raise AutomationRoleError(f"document_name is {name!r} → 3 to 128 letters, digits and _.-; set another with document_name=...")
    if _RESERVED.match(name):
        raise AutomationRoleError(
            f"document_name is {name!r} → a name that does not begin with 'aws', 'amazon' or 'amzn'; set another with document_name=..."
        )
    if too_large := next((finding for finding in runbook.findings if finding.id == "documentTooLarge"), None):
        raise AutomationRoleError(f"runbook {runbook.name!r}: {too_large.message}")
    if runbook.files and not given:
        raise AutomationRoleError(
            f"runbook {runbook.name!r} lists the files {', '.join(map(repr, runbook.files))} → the path of each; "
            f"read it with Runbook.from_file(path, attachments={{...}}), or pass attachments=[ssm.CfnDocument.AttachmentsSourceProperty(key='S3FileUrl', values=['s3://...'], name=...)]"
        )
    check_sources(runbook, attachments)


def _check_texts(target_type: str | None, version_name: str | None) -> None:
    if target_type is not None and not is_opaque(target_type) and not _TARGET_TYPE.fullmatch(target_type):
        raise AutomationRoleError(f"target_type is {target_type!r} → a type after a /, such as '/AWS::EC2::Instance', or '/' for any")
    if version_name is not None and not is_opaque(version_name) and not _VERSION_NAME.fullmatch(version_name):
        raise AutomationRoleError(f"version_name is {version_name!r} → 1 to 128 letters, digits and _.-; use another or leave it out")


def _check_role(where: str, role: IAutomationRole | AnyRole, scope: Construct) -> None:
    inner: Any = getattr(role, "role", None) if has(role, "grant_start_automation") else role
    if wildcard(role.role_arn):
        raise AutomationRoleError(f"role is {role.role_arn!r}, which has a wildcard → the ARN of one role; pass that one")
    check_same_account(where, inner, scope)


def _check_size(runbook: Runbook, text: str) -> None:
    """Reject a document that is too large only with the role filled in, counting the role's ARN at its shortest."""
    size = len(quotas.shortest(text).encode(errors="surrogatepass"))
    if size > MAX_DOCUMENT:
        raise AutomationRoleError(
            f"runbook {runbook.name!r} has {size:,} bytes with the role filled in → CreateDocument accepts at most {MAX_DOCUMENT:,}; "
            f"move scripts into an attachment, or leave role out and pass it at each start"
        )


def _parameter(runbook: Runbook) -> str:
    if runbook.assume_role_parameter is None:
        given = "no assumeRole" if runbook.assume_role is None else f"assumeRole {runbook.assume_role!r}"
        raise AutomationRoleError(
            f"role for runbook {runbook.name!r}, which has {given} → an assume-role parameter; "
            f"write assumeRole: '{{{{ AutomationAssumeRole }}}}' and declare that parameter"
        )
    return runbook.assume_role_parameter
