"""RUNBOOK… -> runbooks: files, directories, standard input; all that is wrong with all of them at once."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from ..derive.derivation import Derivation, derive
from ..errors import AutomationRoleError, Problem, RunbookError, did_you_mean
from ..runbook.document import read as read_document
from ..runbook.model import Runbook
from ..runbook.parameters import Parameter
from ..runbook.syntax import DocumentError
from ..values.arns import is_aws_owned
from ..values.place import Place
from . import words
from .options import Given

_ENDINGS: Final = (".yaml", ".yml", ".json")
# Directories below the one that was named in which nobody keeps runbooks; and those whose names begin with a full stop.
_PASSED_BY: Final = frozenset({"cdk.out", "node_modules", "__pycache__"})
# What is read of standard input, and of files that may be something else; the reader itself refuses less than this.
_MAX_INPUT: Final = 8 * 1024 * 1024
# So many runbooks that deriving takes a while.
_MANY: Final = 100
# Files that are passed by, in one note.
_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class _File:
    """A file to read, and the directory it was found in, which the user named: such a file need not be a runbook."""

    path: str
    directory: str | None = None


def derive_from(paths: Sequence[str], given: Given, context: Place) -> Derivation:
    """Read the runbooks and derive what they need.

    Raises:
        RunbookError: what is wrong with all of them.
        AutomationRoleError: a value or an attachment is for none of them.
    """
    return _derive(read([paths], given)[0], context)


def derive_both(old: str, new: str, given: Given, context: Place) -> tuple[Derivation, Derivation]:
    """Read two versions and derive what each needs; a value or an attachment may be for one of them alone.

    Raises:
        RunbookError: what is wrong with both of them.
        AutomationRoleError: a value or an attachment is for none of them.
    """
    before, after = (_derive(runbooks, context) for runbooks in read([[old], [new]], given))
    return before, after


def _derive(runbooks: Sequence[Runbook], context: Place) -> Derivation:
    with words.patience(f"deriving what {len(runbooks)} runbooks need", asked=len(runbooks) >= _MANY):
        return derive(runbooks, role_known=context.role_arn is not None)


def read(sets: Sequence[Sequence[str]], given: Given) -> list[list[Runbook]]:
    """For each set of paths its runbooks, in the order given, those of a directory by their paths.

    Raises:
        RunbookError: what is wrong with all of them.
        AutomationRoleError: a value or an attachment is for none of them.
    """
    problems: list[Problem] = []
    passed_by: list[str] = []
    read = [_named(_all(paths, problems, passed_by)) for paths in sets]
    if passed_by:
        shown = ", ".join(passed_by[:_SHOWN]) + (f" and {len(passed_by) - _SHOWN:,} more" if len(passed_by) > _SHOWN else "")
        words.note(f"passed by, being no runbooks: {shown}")
    if not problems:
        everything = [runbook for runbooks in read for runbook in runbooks]
        _check_known("--parameter", given.parameters, sorted({name for runbook in everything for name in runbook.parameters}))
        _check_known("--attachment", given.attachments, sorted({name for runbook in everything for name in runbook.files}))
        read = [_bound(runbooks, given, problems) for runbooks in read]
    if problems:
        raise RunbookError(list(dict.fromkeys(problems)))
    return read


# -- files ---------------------------------------------------------------------------------------------------------------------------


def _all(paths: Sequence[str], problems: list[Problem], passed_by: list[str]) -> list[Runbook]:
    """The runbooks of some paths; what is wrong with them goes to `problems`, files that are no runbooks to `passed_by`."""
    inside = {path: list(_walk(path, problems)) for path in dict.fromkeys(paths) if path != "-" and os.path.isdir(path)}  # noqa: PTH112
    files = _files(paths, inside)
    found: dict[str, Runbook] = {}
    with words.Progress("reading", len(files)) as progress:
        for file in progress.over(files):
            try:
                found[file.path] = _read(file.path)
            except RunbookError as error:
                if file.directory is None or _claims_to_be_a_runbook(file.path):
                    problems.extend(error.problems)
                else:
                    passed_by.append(file.path)
    for path, there in inside.items():
        if all(file in passed_by for file in there) and not any(Path(problem.source).is_relative_to(path) for problem in problems):
            message = f"has no runbook in it → {', '.join(_ENDINGS)} files; name a runbook"
            problems.append(Problem(source=path, line=None, message=message))
    return list(found.values())


def _files(paths: Sequence[str], inside: Mapping[str, Sequence[str]]) -> list[_File]:
    """Every file once, by what it really is; one that is named outranks one that is found."""
    found = [_File(path) for path in paths if path not in inside]
    found += [_File(each, path) for path, files in inside.items() for each in files]
    once: dict[str, _File] = {}
    for file in found:
        once.setdefault(file.path if file.path == "-" else os.path.realpath(file.path), file)
    order = {path: index for index, path in reversed([*enumerate(paths)])}
    return sorted(once.values(), key=lambda file: order[file.directory or file.path])


def _walk(directory: str, problems: list[Problem]) -> Iterator[str]:
    """The files in a directory that may be runbooks: no pipes or devices, which one waits for, but links that lead nowhere."""

    def unreadable(error: OSError) -> None:
        why = (error.strerror or str(error)).lower()
        problems.append(Problem(source=str(error.filename or directory), line=None, message=f"cannot be read: {why}"))

    for folder, folders, files in os.walk(directory, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _PASSED_BY)
        for name in sorted(files):
            path = Path(folder, name)
            if name.lower().endswith(_ENDINGS) and not name.startswith(".") and (path.is_file() or not path.exists()):
                yield str(path)


def _read(path: str) -> Runbook:
    if not path:
        raise RunbookError([Problem(source="''", line=None, message="is no path → a file, a directory, or -")])
    if path != "-":
        return Runbook.aws(path) if is_aws_owned(path) and not os.path.lexists(path) and not _is_a_path(path) else Runbook.from_file(path)
    try:
        text = sys.stdin.buffer.read(_MAX_INPUT).decode() if sys.stdin is not None else ""
    except UnicodeDecodeError:
        raise RunbookError([Problem(source="<stdin>", line=None, message="is no text in UTF-8 → a runbook in YAML or JSON")]) from None
    return Runbook.from_text(text, name="stdin", source="<stdin>")


def _is_a_path(text: str) -> bool:
    """Whether a text that names no file here can only mean one: no document's name has a slash or ends in `.json`."""
    return os.path.basename(text) != text or text.lower().endswith(_ENDINGS)  # noqa: PTH119  (no path, perhaps)


def _claims_to_be_a_runbook(path: str) -> bool:
    """Whether a file that is none means to be one: it has a runbook's steps and is not another kind of document.

    Of a file that is not even YAML or JSON, its text decides.
    """
    try:
        with Path(path).open("rb") as file:
            content = file.read(_MAX_INPUT)
    except OSError:
        return True
    if b"mainSteps" not in content and b"schemaVersion" not in content:
        return False
    try:
        data: Any = read_document(content.decode(errors="replace"), path).data
    except DocumentError:
        return b"mainSteps" in content
    version = str(data.get("schemaVersion")) if isinstance(data, dict) else ""
    return isinstance(data, dict) and (version == "0.3" or ("mainSteps" in data and version not in ("1.0", "1.2", "2.0", "2.2")))


# -- names, values -------------------------------------------------------------------------------------------------------------------


def _named(runbooks: Sequence[Runbook]) -> list[Runbook]:
    """The runbooks under names that differ: where files of several directories have the same one, it is their path."""
    for longer in (lambda source: str(Path(source).with_suffix("")), str):
        taken = Counter(runbook.name for runbook in runbooks)
        runbooks = [_renamed(runbook, longer(runbook.source)) if taken[runbook.name] > 1 else runbook for runbook in runbooks]
    return list(runbooks)


def _renamed(runbook: Runbook, name: str) -> Runbook:
    return replace(runbook, name=name, findings=tuple(replace(finding, runbook=name) for finding in runbook.findings))


def _bound(runbooks: Sequence[Runbook], given: Given, problems: list[Problem]) -> list[Runbook]:
    """The runbooks with the values and attachments that are theirs."""
    bound = []
    for runbook in runbooks:
        values = {name: text for name, text in given.parameters.items() if name in runbook.parameters}
        attachments = {name: path for name, path in given.attachments.items() if name in runbook.files}
        if not values and not attachments:
            bound.append(runbook)
            continue
        try:
            parsed = {name: _value(runbook.parameters[name], text, runbook.source) for name, text in values.items()}
            bound.append(runbook.given(parameters=parsed, attachments=attachments))
        except RunbookError as error:
            problems.extend(error.problems)
    return bound


def _check_known(option: str, given: Mapping[str, object], known: Sequence[str]) -> None:
    if unknown := [name for name in given if name not in known]:
        near = "".join(dict.fromkeys(did_you_mean(name, known) for name in unknown))
        raise AutomationRoleError(f"{option} {', '.join(map(repr, unknown))} → the runbooks have {', '.join(known) or 'none'}{near}")


def _value(parameter: Parameter, text: str, source: str) -> Any:
    """A value as its parameter's type takes it: lists as A,B or as JSON, mappings as JSON, all else as text.

    Raises:
        RunbookError: it is no JSON where it must be.
    """
    if parameter.type not in ("StringMap", "MapList") and not parameter.is_list:
        return text
    if parameter.is_list and parameter.type != "MapList" and not text.lstrip().startswith("["):
        return [item.strip() for item in text.split(",")]
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    items = value if isinstance(value, list) else [value]
    # Of what is in them, the reader judges the rest; None it would take for something that only a running automation knows.
    if not items or all(isinstance(item, (str, int, float, dict)) for item in items):
        return value
    message = f"parameters: {parameter.name!r} is {text!r} → it is a {parameter.type}; give JSON"
    raise RunbookError([Problem(source=source, line=parameter.line, message=message)])
