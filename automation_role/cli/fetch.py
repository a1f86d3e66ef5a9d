"""`automation-role fetch`: AWS-owned, shared and own runbooks, from the account to files."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from ..errors import AutomationRoleError, Problem, RunbookError
from ..runbook.model import Runbook
from . import completion, console
from .documents import AccountDocument, AccountDocuments, NotThisOneError

# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateDocument.html: a name is never a path
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{3,128}")
_ARN: Final = re.compile(r"arn:[a-z-]+:ssm:(?P<region>[a-z0-9-]+):([0-9]{12})?:document/(?P<name>[A-Za-z0-9_.-]{3,128})")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A requested document."""

    asked: str
    name: str
    region: str | None


@click.command("fetch", short_help="Write runbooks of your account to files, by NAME or ARN.")
@click.argument("names", metavar="NAME...", nargs=-1, shell_complete=completion.names)
@click.option(
    "--all-aws", is_flag=True, help="Also fetch every AWS-owned Automation runbook, and write their versions to list-documents.json."
)
@click.option("--all-owned", "all_owned", is_flag=True, help="Also fetch every runbook that the account owns in the Region.")
@click.option("-o", "--output", default=".", metavar="DIR", help="Where to write; - writes one runbook to standard output.  [default: .]")
@click.option("--format", "form", type=click.Choice(["json", "yaml"]), help="The files' format. Default: the document's own.")
@click.option("--document-version", "version", metavar="VERSION", help="A number, or $LATEST. Default: the document's default version.")
@click.option("--force", is_flag=True, help="Overwrite existing files that differ.")
@click.option("--region", metavar="REGION", help="Default: the ARN's Region, else the one of your AWS settings.")
@click.option("--profile", metavar="PROFILE", help="A profile of your AWS settings.")
def command(
    *,
    names: Sequence[str],
    all_aws: bool,
    all_owned: bool,
    output: str,
    form: str | None,
    version: str | None,
    force: bool,
    region: str | None,
    profile: str | None,
) -> None:
    """Write runbooks of your account to files, by NAME or ARN: your own, AWS's (AWS-…), or shared with you.

    Prints the files' paths: NAME.yaml or NAME.json. If any of them can't be fetched, nothing is written. Needs automation-role[aws], and permission
    for ssm:GetDocument; to know how a document was written, for ssm:DescribeDocument; for --all-owned, for ssm:ListDocuments.
    """
    if not output:
        raise AutomationRoleError("--output '' → a directory, or -")
    if not (names or all_aws or all_owned):
        raise AutomationRoleError("no name → NAME..., --all-owned or --all-aws")
    wanted = _wanted(names, region)
    if output == "-" and (all_aws or all_owned or len(wanted) > 1):
        raise AutomationRoleError(f"--output - for {'all' if all_aws or all_owned else len(wanted)} runbooks → one; pass a directory")
    service = AccountDocuments("fetch", region, profile)
    listed = service.aws_owned() if all_aws else []
    owned = service.owned() if all_owned else []
    wanted += [_Wanted(each["Name"], each["Name"], None) for each in (*owned, *listed) if each["Name"] not in {one.name for one in wanted}]
    if not wanted:
        raise AutomationRoleError("--all-owned: the account has no runbook of its own in the Region → another --region, or names")
    fetched, problems = [], []
    with console.Progress("fetching", len(wanted)) as progress:
        for each in progress.over(wanted):
            try:
                fetched.append(service.runbook(each.name, asked=each.asked, region=each.region, form=form, version=version))
            except NotThisOneError as why:
                problems.append(Problem(source=each.asked, line=None, message=str(why)))
    if output == "-":
        _refuse(problems)
        console.answer(fetched[0].text)
    else:
        files = {Path(output, f"{each.name}.{each.form}"): each.text for each in fetched}
        if all_aws:
            files[Path(output, "list-documents.json")] = json.dumps({"DocumentIdentifiers": listed}, indent=2, default=str) + "\n"
        _refuse([*problems, *_in_the_way(files, force=force)])
        _write(Path(output), files)
        console.answer("".join(f"{path}\n" for path in files))
    for runbook in fetched:
        _report(runbook)


def _wanted(names: Sequence[str], region: str | None) -> list[_Wanted]:
    """The requested documents, each once.

    Raises:
        RunbookError: it has every invalid name, and all names that would be the same file.
    """
    wanted: dict[str, _Wanted] = {}
    problems = []
    for asked in dict.fromkeys(names):
        match = _ARN.fullmatch(asked)
        name = match["name"] if match else asked
        if not _NAME.fullmatch(name):
            message = "is not a valid document name → AWS-RestartEC2Instance, or arn:aws:ssm:REGION:ACCOUNT:document/NAME"
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


# -- files ---------------------------------------------------------------------------------------------------------------------------


def _in_the_way(files: dict[Path, str], *, force: bool) -> list[Problem]:
    """The files that exist already, with other content."""
    problems = []
    for path, text in files.items():
        message = None
        if path.is_dir():
            message = "is a directory → a file of that name; write elsewhere with --output"
        elif not force and os.path.lexists(path) and not _has(path, text):
            message = "exists and differs → --force overwrites it"
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
        raise AutomationRoleError(f"{directory}: the directory cannot be created: {(error.strerror or str(error)).lower()}") from None
    for path, text in files.items():
        if not _has(path, text):
            console.write(path, text)


def _report(fetched: AccountDocument) -> None:
    """Notes about a fetched runbook: its attachments, and what this version cannot read."""
    for name in fetched.attachments:
        console.note(f"{fetched.name}: has the attachment {name!r}, which was not fetched; pass it to the other commands with --attachment")
    try:
        Runbook.from_text(fetched.text, name=fetched.name, source=fetched.name)
    except RunbookError as error:
        for problem in error.problems:
            console.warning(str(problem))
