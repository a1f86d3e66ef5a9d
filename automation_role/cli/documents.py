"""Documents of the user's account: Automation runbooks as Systems Manager has them, for `fetch`, `drift` and `--check-version`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import AutomationRoleError
from ..values.arns import is_aws_owned
from . import aws


@dataclass(frozen=True, slots=True)
class AccountDocument:
    """A runbook's text as the service has it.

    Attributes:
        form: `json` or `yaml`.
        version: the number of its version.
        attachments: their names.
    """

    name: str
    text: str
    form: str
    version: str
    attachments: tuple[str, ...]


class NotThisOneError(Exception):
    """One document cannot be fetched; the others still are."""


class AccountDocuments:
    """The documents of an account, from Systems Manager in all the Regions that are needed."""

    def __init__(self, command: str, region: str | None, profile: str | None) -> None:
        self._session, self._exceptions = aws.session(command, profile)
        self._region = region
        self._clients: dict[str | None, Any] = {}

    def runbook(
        self, name: str, *, asked: str | None = None, region: str | None = None, form: str | None = None, version: str | None = None
    ) -> AccountDocument:
        """A document's text.

        Args:
            name: its name.
            asked: its ARN. Left out: it is fetched by its name.
            region: where it is. Left out: the one for all documents.
            form: `json` or `yaml`. Left out: as it was written.
            version: a number, `$LATEST` or `$DEFAULT`. Left out: the default version.

        Raises:
            NotThisOneError: it cannot be fetched, or isn't a runbook.
            AutomationRoleError: none can be fetched: no credentials, no Region, no network.
        """
        wanted = {"Name": asked or name} | ({"DocumentVersion": version} if version is not None else {})
        try:
            client = self._client(region)
            written = form.upper() if form is not None else self._form(client, wanted)
            found = client.get_document(**wanted, **({"DocumentFormat": written} if written is not None else {}))
        except self._exceptions.ClientError as error:
            raise self._refused(error, client.meta.region_name) from None
        except self._exceptions.BotoCoreError as error:
            raise aws.refused(error, self._exceptions) from None
        if found.get("DocumentType") != "Automation":
            raise NotThisOneError(f"is a document of type {found.get('DocumentType')!r} → an Automation runbook")
        if not found.get("Content"):
            raise NotThisOneError(f"has no content; its status is {found.get('Status')!r} → 'Active'")
        attachments = tuple(str(each.get("Name")) for each in found.get("AttachmentsContent") or ())
        text = found["Content"] if found["Content"].endswith("\n") else found["Content"] + "\n"
        form = "json" if found.get("DocumentFormat") == "JSON" else "yaml"
        return AccountDocument(name, text, form, str(found.get("DocumentVersion", "")), attachments)

    def aws_owned(self) -> list[dict[str, Any]]:
        """Every AWS-owned Automation runbook, by name: its entry in `aws ssm list-documents`.

        Raises:
            AutomationRoleError: AWS cannot be reached, or listing documents is denied.
        """
        return [each for each in self._listed() if is_aws_owned(each["Name"])]

    def owned(self) -> list[dict[str, Any]]:
        """Every Automation runbook of the account itself, by name, as for `aws_owned`.

        Raises:
            AutomationRoleError: as for `aws_owned`.
        """
        return [each for each in self._listed({"Key": "Owner", "Values": ["Self"]}) if not is_aws_owned(each["Name"])]

    def _listed(self, *more: dict[str, Any]) -> list[dict[str, Any]]:
        try:
            filters = [{"Key": "DocumentType", "Values": ["Automation"]}, *more]
            pages = self._client(None).get_paginator("list_documents").paginate(Filters=filters)
            found = [each for page in pages for each in page["DocumentIdentifiers"]]
        except self._exceptions.ClientError as error:
            if aws.code_of(error) in aws.CREDENTIALS:
                raise aws.refused(error, self._exceptions) from None
            raise AutomationRoleError(
                f"documents cannot be listed: {aws.said_by(error) or aws.code_of(error)} → allow ssm:ListDocuments"
            ) from None
        except self._exceptions.BotoCoreError as error:
            raise aws.refused(error, self._exceptions) from None
        return sorted(found, key=lambda each: str(each["Name"]))

    def _client(self, region: str | None) -> Any:
        region = region or self._region
        if region not in self._clients:
            self._clients[region] = aws.client(self._session, region)
        return self._clients[region]

    def _form(self, client: Any, asked: Mapping[str, str]) -> str | None:
        """The format in which a document was written; GetDocument returns JSON by default.

        Without permission for DescribeDocument, the format is GetDocument's, and GetDocument reports any other error.
        """
        try:
            form: str | None = client.describe_document(**asked)["Document"].get("DocumentFormat")
        except self._exceptions.ClientError:
            return None
        return form if form in ("JSON", "YAML") else None

    def _refused(self, error: Any, region: str) -> Exception:
        """The service's error in our words."""
        code, said = aws.code_of(error), aws.said_by(error)
        if code in aws.CREDENTIALS:
            return aws.refused(error, self._exceptions)
        if code == "InvalidDocument":
            return NotThisOneError(f"is not in {region}, or is not shared with this account → a document that `aws ssm list-documents` has")
        if code == "InvalidDocumentVersion":
            return NotThisOneError("has no such version → a number, $LATEST or $DEFAULT")
        if code.startswith("AccessDenied"):
            return NotThisOneError(f"access denied: {said or code} → allow ssm:GetDocument on it")
        return NotThisOneError(f"cannot be fetched: {code}: {said}")
