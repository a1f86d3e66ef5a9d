"""A runbook as it is started: by its name, its ARN, or the construct that deploys it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from aws_cdk import Stack
from aws_cdk import aws_ssm as ssm

from ..errors import AutomationRoleError, RunbookError
from ..runbook.model import Runbook
from ..values.kinds import shown
from ..values.tokens import KnownToken, is_opaque
from .tokens import known_token


class HasDocument(Protocol):
    """A construct that deploys a runbook as an `AWS::SSM::Document`."""

    @property
    def document_name(self) -> str:
        """The document's name as a CloudFormation reference."""


RunbookReference: TypeAlias = str | Runbook | ssm.CfnDocument | HasDocument
"""A runbook by its name, its ARN, its `Runbook`, its `AutomationRunbook` or its `AWS::SSM::Document`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedDocument:
    """A document that is started.

    Attributes:
        reference: its name or ARN.
        runbook: the runbook in it, where it is known.
        doubt: a warning if it is unknown whether the reference is a name or an ARN; else `None`.
    """

    reference: str
    runbook: Runbook | None
    doubt: str | None = None


def document_of(runbook: RunbookReference) -> StartedDocument:
    """The document that is started.

    Args:
        runbook: its name, ARN, `Runbook`, `AutomationRunbook` or `ssm.CfnDocument`.

    Raises:
        AutomationRoleError: it is none of these, a document of another type, or a token of an ARN.
    """
    if isinstance(runbook, str):
        return StartedDocument(reference=runbook, runbook=None, doubt=_doubt(runbook))
    if isinstance(runbook, Runbook):
        return StartedDocument(reference=runbook.name, runbook=runbook)
    if isinstance(runbook, ssm.CfnDocument):
        if runbook.document_type not in {None, "Automation"}:
            raise AutomationRoleError(
                f"document {runbook.node.path!r} is of type {runbook.document_type!r} → Automation starts documents of type 'Automation'"
            )
        return StartedDocument(reference=runbook.ref, runbook=_content(runbook))
    reference = getattr(runbook, "document_reference", None) or getattr(runbook, "document_name", None)
    if isinstance(reference, str):
        known = getattr(runbook, "runbook", None)
        return StartedDocument(reference=reference, runbook=known if isinstance(known, Runbook) else None)
    raise AutomationRoleError(
        f"{shown(runbook)} is not a runbook → its name, ARN, Runbook, AutomationRunbook or ssm.CfnDocument; "
        + ("pass several as separate arguments, not as a list" if isinstance(runbook, (list, tuple)) else "pass one of these")
    )


_ONE_TOKEN: Final = re.compile(r"\$\{Token\[[^\]]*\]\}")


def _doubt(text: str) -> str | None:
    """Warn about a token that may be a name or an ARN: with the wrong guess, the grant is on a document that does not exist."""
    if not _ONE_TOKEN.fullmatch(text) or isinstance(text, KnownToken):
        return None
    known = known_token(text)
    if known is not None and known.form:
        raise AutomationRoleError(
            f"runbook {text!r} is an ARN that only CloudFormation knows → a name; write AutomationRunbook.from_document_arn(scope, id, arn)"
        )
    if known is not None:
        return None
    return (
        f"runbook {text!r} is a token whose value is known only at deployment, so it is treated as a document's name: if it is an ARN, nothing can be started; "
        f"write AutomationRunbook.from_document_name(scope, id, name) or .from_document_arn(scope, id, arn)"
    )


def as_name(reference: str) -> str:
    """A checked reference: a token in it is a name."""
    return KnownToken(reference, "") if is_opaque(reference) else reference


def _content(document: ssm.CfnDocument) -> Runbook | None:
    """The runbook in a document, if its content is plain data."""
    content = Stack.of(document).resolve(document.content)
    try:
        if isinstance(content, str):
            return Runbook.from_text(content, name=document.node.id, source=document.node.path)
        return Runbook.from_mapping(content, name=document.node.id) if isinstance(content, Mapping) else None
    except RunbookError:  # with CloudFormation references in it, it cannot be read
        return None
