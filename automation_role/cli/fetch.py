"""`automation-role fetch`: AWS-owned, shared and own runbooks, from the account to files."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from ..errors import AutomationRoleError, Problem, RunbookError
from ..runbook.model import Runbook
from . import aws, words

# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateDocument.html: a name is never a path
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{3,128}")
_ARN: Final = re.compile(r"arn:[a-z-]+:ssm:(?P<region>[a-z0-9-]+):([0-9]{12})?:document/(?P<name>[A-Za-z0-9_.-]{3,128})")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A document as it was asked for."""

    asked: str
    name: str
    region: str | None


@dataclass(frozen=True, slots=True)
class _Fetched:
    """A runbook's text as the service has it."""

    name: str
    text: str
    form: str
    attachments: tuple[str, ...]


@click.command("fetch", short_help="Write runbooks of your account to files, by NAME or ARN.")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("-o", "--output", default=".", metavar="DIR", help="Where to write; - writes one runbook to standard output.  [default: .]")
@click.option("--format", "form", type=click.Choice(["json", "yaml"]), help="What is written; left out: as the document was.")
@click.option("--document-version", "version", metavar="VERSION", help="A number, or $LATEST; left out: the document's default version.")
@click.option("--force", is_flag=True, help="Replace files that are there and differ.")
@click.option("--region", metavar="REGION", help="Left out: that of the ARN, else the one of your AWS settings.")
@click.option("--profile", metavar="PROFILE", help="A profile of your AWS settings.")
def command(
    *, names: Sequence[str], output: str, form: str | None, version: str | None, force: bool, region: str | None, profile: str | None
) -> None:
    """Write runbooks of your account to files, by NAME or ARN: your own, AWS's (AWS-…), or shared with you.

    Prints the files' paths: NAME.yaml or NAME.json. When one cannot be had, none is written. Needs automation-role[aws], and permission
    for ssm:GetDocument; to know how a document was written, for ssm:DescribeDocument.
    """
    if not output:
        raise AutomationRoleError("--output '' → a directory, or -")
    wanted = _wanted(names, region)
    if output == "-" and len(wanted) > 1:
        raise AutomationRoleError(f"--output - for {len(wanted)} runbooks → for one; give a directory")
    service = _Service(region, profile)
    fetched, problems = [], []
    with words.Progress("fetching", len(wanted)) as progress:
        for each in progress.over(wanted):
            try:
                fetched.append(service.runbook(each, form, version))
            except _NotThisOne as why:
                problems.append(Problem(source=each.asked, line=None, message=str(why)))
    if output == "-":
        _refuse(problems)
        words.answer(fetched[0].text)
    else:
        files = {Path(output, f"{each.name}.{each.form}"): each.text for each in fetched}
        _refuse([*problems, *_in_the_way(files, force=force)])
        _write(Path(output), files)
        words.answer("".join(f"{path}\n" for path in files))
    for runbook in fetched:
        _tell(runbook)


def _wanted(names: Sequence[str], region: str | None) -> list[_Wanted]:
    """What is asked for, each document once.

    Raises:
        RunbookError: all that are no names, or would be the same file.
    """
    wanted: dict[str, _Wanted] = {}
    problems = []
    for asked in dict.fromkeys(names):
        match = _ARN.fullmatch(asked)
        name = match["name"] if match else asked
        if not _NAME.fullmatch(name):
            message = "is no name of a document → AWS-RestartEC2Instance, or arn:aws:ssm:REGION:ACCOUNT:document/NAME"
        elif match and region is not None and match["region"] != region:
            message = f"is in {match['region']} → --region is {region!r}; leave it out"
        elif name in wanted:
            message = f"would be the same file as {wanted[name].asked} → fetch them into two directories"
        else:
            wanted[name] = _Wanted(asked, name, match["region"] if match else None)
            continue
        problems.append(Problem(source=asked, line=None, message=message))
    _refuse(problems)
    return list(wanted.values())


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise RunbookError(problems)


# -- the account ---------------------------------------------------------------------------------------------------------------------


class _NotThisOne(Exception):  # noqa: N818  (no error of the command: the others are asked for, too)
    """Why a document cannot be had."""


class _Service:
    """Systems Manager, in as many Regions as are asked for."""

    def __init__(self, region: str | None, profile: str | None) -> None:
        self._session, self._exceptions = aws.session("fetch", profile)
        self._region = region
        self._clients: dict[str | None, Any] = {}

    def runbook(self, wanted: _Wanted, form: str | None, version: str | None) -> _Fetched:
        """A document's text.

        Raises:
            _NotThisOne: it cannot be had, or is no runbook.
            AutomationRoleError: none can be had: no credentials, no Region, no network.
        """
        asked = {"Name": wanted.asked} | ({"DocumentVersion": version} if version is not None else {})
        try:
            client = self._client(wanted.region)
            written = form.upper() if form is not None else self._form(client, asked)
            found = client.get_document(**asked, **({"DocumentFormat": written} if written is not None else {}))
        except self._exceptions.ClientError as error:
            raise self._refused(error, client.meta.region_name) from None
        except self._exceptions.BotoCoreError as error:
            raise aws.refused(error, self._exceptions) from None
        if found.get("DocumentType") != "Automation":
            raise _NotThisOne(f"is a document of type {found.get('DocumentType')!r} → an Automation runbook")
        if not found.get("Content"):
            raise _NotThisOne(f"has no content; its status is {found.get('Status')!r} → 'Active'")
        attachments = tuple(str(each.get("Name")) for each in found.get("AttachmentsContent") or ())
        text = found["Content"] if found["Content"].endswith("\n") else found["Content"] + "\n"
        return _Fetched(wanted.name, text, "json" if found.get("DocumentFormat") == "JSON" else "yaml", attachments)

    def _client(self, region: str | None) -> Any:
        region = region or self._region
        if region not in self._clients:
            self._clients[region] = aws.client(self._session, region)
        return self._clients[region]

    def _form(self, client: Any, asked: Mapping[str, str]) -> str | None:
        """The form in which a document was written; GetDocument gives JSON unless another is asked for.

        Who may not ask for it takes what GetDocument gives, and has it tell whatever else is wrong.
        """
        try:
            form: str | None = client.describe_document(**asked)["Document"].get("DocumentFormat")
        except self._exceptions.ClientError:
            return None
        return form if form in ("JSON", "YAML") else None

    def _refused(self, error: Any, region: str) -> Exception:
        """What the service says in our words."""
        code, said = aws.code_of(error), aws.said_by(error)
        if code in aws.CREDENTIALS:
            return aws.refused(error, self._exceptions)
        if code == "InvalidDocument":
            return _NotThisOne(f"is not in {region}, or is not shared with this account → a document that `aws ssm list-documents` has")
        if code == "InvalidDocumentVersion":
            return _NotThisOne("has no such version → a number, $LATEST or $DEFAULT")
        if code.startswith("AccessDenied"):
            return _NotThisOne(f"may not be read: {said or code} → ssm:GetDocument on it")
        return _NotThisOne(f"cannot be had: {code}: {said}")


# -- files ---------------------------------------------------------------------------------------------------------------------------


def _in_the_way(files: dict[Path, str], *, force: bool) -> list[Problem]:
    """What is there already and differs."""
    problems = []
    for path, text in files.items():
        message = None
        if path.is_dir():
            message = "is a directory → a file of that name; write elsewhere with --output"
        elif not force and os.path.lexists(path) and not _has(path, text):
            message = "is there already, and differs → --force replaces it"
        if message is not None:
            problems.append(Problem(source=str(path), line=None, message=message))
    return problems


def _has(path: Path, text: str) -> bool:
    try:
        return path.read_bytes() == text.encode(errors="backslashreplace")
    except OSError:
        return False


def _write(directory: Path, files: dict[Path, str]) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AutomationRoleError(f"{directory}: cannot be made a directory: {(error.strerror or str(error)).lower()}") from None
    for path, text in files.items():
        if not _has(path, text):
            words.write(path, text)


def _tell(fetched: _Fetched) -> None:
    """What to know of a runbook that was fetched: attachments, and what this version cannot read of it."""
    for name in fetched.attachments:
        words.note(f"{fetched.name}: has the attachment {name!r}, which is not fetched; give it to the other commands with --attachment")
    try:
        Runbook.from_text(fetched.text, name=fetched.name, source=fetched.name)
    except RunbookError as error:
        for problem in error.problems:
            words.warning(str(problem))
