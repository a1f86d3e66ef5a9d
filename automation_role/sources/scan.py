"""Reads paths; a file's content says which format it has."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from ..catalog import aws_runbooks
from ..errors import AutomationRoleError, Problem, did_you_mean
from ..runbook.document import claims_to_be_a_runbook
from ..template.text import TemplateTextError, parse
from ..values.arns import is_aws_owned
from . import document
from .files import ENDINGS, STDIN, TERRAFORM, File, FileText, UnreadableError, listing, text_of
from .formats import ACCOUNT, FORMATS, RUNBOOK
from .model import Shared, Situation, SourceFile

_ROLES: Final = '"RoleDetailList"'


class Scan(NamedTuple):
    """What was found in some paths.

    Attributes:
        sources: the files with runbooks or roles, in order.
        skipped: files in directories that have neither.
        terraform: `.tf` files, which say less than a plan.
        inside: directory that the user named -> the files in it.
        found: the files that the user did not name, only found in a directory: such a file may have neither a runbook nor a role.
    """

    sources: tuple[SourceFile, ...]
    skipped: tuple[str, ...]
    terraform: tuple[str, ...]
    inside: Mapping[str, Sequence[str]]
    found: frozenset[str]


def scan(
    paths: Sequence[str],
    situation: Situation,
    problems: list[Problem],
    *,
    only: str | None = None,
    assemblies: bool = False,
    progress: Callable[[Sequence[File]], Iterator[File]] = iter,
    dumps: Callable[[str, Any], None] | None = None,
) -> Scan:
    """Read some paths.

    Args:
        paths: files, directories, `-`.
        situation: where what is found is deployed.
        problems: receives the directories that cannot be read.
        only: a name of `FORMATS`, or `RUNBOOK`: the format of every file.
        assemblies: whether to read CDK's output inside a directory.
        progress: yields the files, and shows how many are done.
        dumps: receives the dumps of accounts, path and data, instead of `sources`; `None`: they are among the sources.
    """
    listed = listing(paths, problems, assemblies=assemblies)
    read: list[tuple[FileText, str] | SourceFile] = []
    skipped: list[str] = []
    for file in progress(listed.files):
        if (owned := _aws_owned(file.path)) is not None:
            read.append(owned)
            continue
        try:
            recognized = _recognized(file, only)
        except UnreadableError as error:
            read.append(SourceFile(path=file.path, kind=RUNBOOK, problem=error.problem))
            continue
        if recognized is None:
            skipped.append(file.path)
        elif dumps is not None and recognized[1] == ACCOUNT:
            dumps(recognized[0].path, recognized[0].data)
        else:
            read.append(recognized)
    scopes = scopes_of([one[0].path for one in read if not isinstance(one, SourceFile) and one[1] != RUNBOOK])
    shared = Shared()
    sources = [one if isinstance(one, SourceFile) else _read(*one, situation, scopes, shared) for one in read]
    found = frozenset(file.path for file in listed.files if file.directory is not None)
    return Scan(tuple(sources), tuple(skipped), listed.terraform, listed.inside, found)


def _read(text: FileText, kind: str, situation: Situation, scopes: Mapping[str, str], shared: Shared) -> SourceFile:
    if kind == RUNBOOK:
        return document.source(text.path, text.text, text.document)
    try:
        return FORMATS[kind].reader.read(text, situation, scopes[text.path], shared)
    except UnreadableError as error:
        return SourceFile(path=text.path, kind=kind, problem=error.problem)


def check_template_parameters(situation: Situation, sources: Sequence[SourceFile]) -> None:
    """Check that each value for a template's parameter is for one of these templates.

    Raises:
        AutomationRoleError: one is not.
    """
    declared = [name for source in sources for name in source.declared]
    for name in situation.parameters:
        if not name.startswith("AWS::") and name not in declared:
            known = ", ".join(dict.fromkeys(declared)) or "the templates have none"
            raise AutomationRoleError(f"--template-parameter {name!r} → {known}{did_you_mean(name, declared)}")


def _aws_owned(path: str) -> SourceFile | None:
    """An AWS-owned runbook, if a text is its name and not a file."""
    return document.aws_owned(path) if _is_name(path) and (is_aws_owned(path) or path in aws_runbooks.names()) else None


def _is_name(path: str) -> bool:
    """Whether a text is neither a file nor written like one."""
    is_path = os.path.basename(path) != path or path.lower().endswith(ENDINGS)  # noqa: PTH119  (no path, perhaps)
    return not is_path and path not in ("", STDIN) and not os.path.lexists(path)


def _recognized(file: File, only: str | None) -> tuple[FileText, str] | None:
    """A file's text and kind; `None` for a file in a directory that has no known kind."""
    if file.path.endswith(TERRAFORM):
        message = "is a Terraform configuration, which says less than its plan → pass the plan: terraform plan -out plan && terraform show -json plan > plan.json"
        raise UnreadableError(Problem(source=file.path, line=None, message=message))
    if _is_name(file.path) and (near := did_you_mean(file.path, aws_runbooks.names())):
        raise UnreadableError(Problem(source=file.path, line=None, message=f"cannot be read: no such file or directory{near}"))
    text = text_of(file.path)
    path = "<stdin>" if file.path == STDIN else file.path
    named = file.directory is None
    marked = [name for name, kind in FORMATS.items() if kind.may_be(text)]
    if not named and not marked and "mainSteps" not in text and "schemaVersion" not in text:
        return None
    if only not in (None, RUNBOOK):
        return _of_format(path, text, only), only
    if not named and not marked and (read := document.read_if_valid(text, path)) is not None:  # as most files of a directory
        return (FileText(path, text, read.data, read), RUNBOOK) if claims_to_be_a_runbook(text, read.data) else None
    data, why = _parsed(text) if marked or not named else (None, None)
    if only is None:
        for name in marked:
            if FORMATS[name].reader.fits(data):
                return FileText(path, text, data), name
        if why is not None and _ROLES in text:  # a part of an account's dump must not count as something else
            raise UnreadableError(
                Problem(source=path, line=why.line, message=f"is not valid JSON ({why.problem}) → {FORMATS[ACCOUNT].words}")
            )
    if not named and not claims_to_be_a_runbook(text, data):
        return None
    return FileText(path, text, data), RUNBOOK


def _of_format(path: str, text: str, only: str) -> FileText:
    """A file of the only format that is asked for.

    Raises:
        UnreadableError: it is not of that format.
    """
    data, why = _parsed(text)
    if why is not None:
        raise UnreadableError(
            Problem(source=path, line=why.line, message=f"is neither JSON nor YAML ({why.problem}) → {FORMATS[only].words}")
        )
    if not FORMATS[only].reader.fits(data):
        message = f"is not {FORMATS[only].words} → a file of that format, or leave --from out"
        raise UnreadableError(Problem(source=path, line=None, message=message))
    return FileText(path, text, data)


def _parsed(text: str) -> tuple[Any, TemplateTextError | None]:
    try:
        return parse(text), None
    except TemplateTextError as error:
        return None, error


def scopes_of(paths: Sequence[str]) -> dict[str, str]:
    """What distinguishes the names of each file from those of the others: nothing, its name, or its path."""
    if len(paths) == 1:
        return {paths[0]: ""}
    stems = [Path(path).name.partition(".")[0] for path in paths]
    longer = [str(Path(path).with_suffix("")).replace("/", ".").replace(":", ".") for path in paths]
    taken = Counter(stems)
    return {path: stem if taken[stem] == 1 else long for path, stem, long in zip(paths, stems, longer, strict=True)}
