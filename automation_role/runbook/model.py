"""`Runbook` and `Step`: a checked document with line numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..errors import Problem, RunbookError
from ..findings import Finding
from ..values.kinds import checked
from ..values.value import Value
from . import directory, document, schema
from .parameters import Parameter
from .syntax import MAX_FILE, DocumentError, content_of

if TYPE_CHECKING:
    from .facts import Facts

# https://docs.aws.amazon.com/general/latest/gr/ssm.html: what CreateDocument accepts
MAX_DOCUMENT: Final = 64 * 1024


class Output(NamedTuple):
    """What a step puts out under a name: what its selector finds in the response; `kind` is Automation's (`StringList`)."""

    name: str
    selector: str
    kind: str


class Step(NamedTuple):
    """One step; the steps inside an `aws:loop` are its `steps`.

    Attributes:
        inputs: as written, plain data, with `{{ }}`.
        line: the line of the step in the file, counted from 1.
        script_line: the file's line of the first line of `inputs.Script`, if its lines are lines of the file; else `None`.
        outputs: those that its document declares.
    """

    name: str
    action: str
    inputs: Mapping[str, Any]
    line: int
    script_line: int | None = None
    steps: tuple[Step, ...] = ()
    on_failure: str | None = None
    on_cancel: str | None = None
    next_step: str | None = None
    is_end: bool = False
    is_critical: bool | None = None
    outputs: tuple[Output, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Runbook:
    """An Automation runbook (schema 0.3), read and checked.

    Attributes:
        name: what the user passed, else the file's name without its extension.
        source: path as given, `<text>`, `<mapping>` or `<stdin>`.
        text: the document as it will be uploaded.
        format: `YAML` or `JSON`.
        files: names of its attachments.
        assume_role: as written.
        assume_role_parameter: the parameter that `assume_role` refers to.
        bindings: parameter -> value that the user set; CDK tokens are opaque.
        attachments: attachment name -> the zip that the user passed.
        findings: about the document itself (`duplicateKey`, `unknownAction`, `unknownReference`, `parameterStoreDefault`, `documentTooLarge`).
        read: its document, with its lines in its file, which may contain more than the runbook.
        facts: of an AWS-owned runbook by name, instead of its document; `None`: its document was read.
        known: what was found of its `{{ }}` so far (`references`).
        by_name: its steps, those inside loops too, by their names, in the order of the document.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-documents.html
    """

    name: str
    source: str
    text: str
    format: str
    description: str | None
    parameters: Mapping[str, Parameter]
    variables: Mapping[str, Parameter]
    steps: tuple[Step, ...]
    files: tuple[str, ...]
    assume_role: str | None
    assume_role_parameter: str | None
    bindings: Mapping[str, Any]
    attachments: Mapping[str, Path]
    findings: tuple[Finding, ...]
    facts: Facts | None = None
    read: document.Document | None = field(default=None, repr=False, compare=False)
    known: dict[str, Value] = field(default_factory=dict, init=False, repr=False, compare=False)
    by_name: Mapping[str, Step] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Steps are looked up for each `{{ step.Output }}`."""
        object.__setattr__(self, "by_name", {step.name: step for step in _flat(self.steps)})

    def __repr__(self) -> str:
        """Only the name: a whole document would bury the message that names it."""
        return f"Runbook(name={self.name!r}, source={self.source!r})"

    @classmethod
    @checked()
    def from_file(
        cls,
        path: str | Path,
        *,
        name: str | None = None,
        parameters: Mapping[str, Any] = {},
        attachments: Mapping[str, str | Path] = {},
    ) -> Runbook:
        """Read a runbook from a YAML or JSON file.

        Args:
            path: the file.
            name: the document's name in Systems Manager. Left out: the file's name without its extension.
            parameters: parameter -> value, to narrow what is derived to that value: a string, a number, a list, or a CDK token.
            attachments: name of an attachment -> the zip (or single script) on this machine, so that scripts in it can be read.

        Raises:
            RunbookError: the file cannot be read, isn't a runbook, or a value does not fit its parameter; it has every problem.
        """
        source, file = str(path), Path(path)
        try:
            content = content_of(file, MAX_FILE)
            text = content.decode()
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise RunbookError([Problem(source=source, line=line, message="is not UTF-8 text → a runbook in YAML or JSON")]) from None
        except (OSError, ValueError) as error:  # ValueError: a null character in the path
            why = getattr(error, "strerror", None) or str(error)
            raise RunbookError([Problem(source=source, line=None, message=f"cannot be read: {why[0].lower()}{why[1:]}")]) from None
        read = _document(text, source)
        return cls.from_document(read, name=name or file.stem, source=source, parameters=parameters, attachments=attachments)

    @classmethod
    @checked()
    def from_directory(cls, path: str | Path) -> tuple[Runbook, ...]:
        """Read all runbooks of a directory and the directories in it.

        Skips files that are not runbooks, hidden ones, `node_modules`, `__pycache__` and `cdk.out`.

        Args:
            path: the directory. Each file's name without its extension is the document's name in Systems Manager. For values of parameters or
                attachments, read a file with `from_file`.

        Returns:
            The runbooks, sorted by the paths of their files.

        Raises:
            RunbookError: there is none, two have the same name, or files cannot be read or are not valid runbooks; it has every problem.
        """
        problems: list[Problem] = []
        found: list[Runbook] = []
        names: dict[str, list[str]] = {}
        for source, read in directory.documents_in(path, problems):
            names.setdefault(Path(source).stem, []).append(source)
            try:
                found.append(cls.from_document(read, name=Path(source).stem, source=source))
            except RunbookError as error:
                problems += error.problems
        directory.check_found(path, names, problems)
        return tuple(found)

    @classmethod
    @checked()
    def from_text(
        cls,
        text: str,
        *,
        name: str,
        source: str = "<text>",
        parameters: Mapping[str, Any] = {},
        attachments: Mapping[str, str | Path] = {},
    ) -> Runbook:
        """Read a runbook from its text, YAML or JSON.

        Args:
            text: the document.
            name: its name in Systems Manager.
            source: its name in problems and findings.
            parameters: as for `from_file`.
            attachments: as for `from_file`.

        Raises:
            RunbookError: as for `from_file`.
        """
        return cls.from_document(_document(text, source), name=name, source=source, parameters=parameters, attachments=attachments)

    @classmethod
    def from_document(
        cls,
        read: document.Document,
        *,
        name: str,
        source: str,
        parameters: Mapping[str, Any] = {},
        attachments: Mapping[str, str | Path] = {},
    ) -> Runbook:
        """Check a document and turn it into a runbook: see `from_text`."""
        problems = schema.check(read, source)
        if problems:
            raise RunbookError(problems)
        from .builder import build  # which imports this module

        return build(read, name, source, parameters, attachments)

    @classmethod
    @checked()
    def from_mapping(
        cls,
        document: Mapping[str, Any],
        *,
        name: str,
        parameters: Mapping[str, Any] = {},
        attachments: Mapping[str, str | Path] = {},
    ) -> Runbook:
        """Read a runbook from plain data, such as `json.load` returns.

        Args:
            document: the document.
            name: its name in Systems Manager.
            parameters: as for `from_file`.
            attachments: as for `from_file`.

        Raises:
            RunbookError: as for `from_file`; lines are those of the document written as indented JSON.
        """
        try:
            text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        except (TypeError, ValueError, RecursionError) as error:
            message = f"is not plain data: {' '.join(str(error).split())} → strings, numbers, lists and mappings"
            raise RunbookError([Problem(source="<mapping>", line=None, message=message)]) from None
        return cls.from_text(text, name=name, source="<mapping>", parameters=parameters, attachments=attachments)

    @classmethod
    @checked()
    def aws(cls, name: str, *, parameters: Mapping[str, Any] = {}) -> Runbook:
        """An AWS-owned runbook by its name, offline: the derived permissions are those of its document at the date of the facts.

        The package has facts of every AWS-owned runbook and no document: `AutomationRunbook` cannot deploy such a runbook, and scripts in
        its attachments stay unread. See docs/aws-runbooks.md.

        Args:
            name: `AWS-RestartEC2Instance`.
            parameters: as for `from_file`.

        Raises:
            RunbookError: the name is not that of a known AWS-owned runbook, or a value does not fit its parameter.
        """
        from . import facts  # which imports this module

        return facts.runbook(name, parameters)

    @checked()
    def given(self, *, parameters: Mapping[str, Any] = {}, attachments: Mapping[str, str | Path] = {}) -> Runbook:
        """The same runbook with other values for its parameters, and other attachments.

        Args:
            parameters: as for `from_file`; they replace all earlier ones.
            attachments: as for `from_file`; they replace all earlier ones.

        Raises:
            RunbookError: a value does not fit its parameter, or an attachment does not fit the runbook.
        """
        if self.read is not None:
            return Runbook.from_document(self.read, name=self.name, source=self.source, parameters=parameters, attachments=attachments)
        if self.facts is None:
            return Runbook.from_text(self.text, name=self.name, source=self.source, parameters=parameters, attachments=attachments)
        if attachments:
            message = "attachments: the package has facts about this runbook, not its document, so it can't read them → pass the document's file (automation-role fetch NAME)"
            raise RunbookError([Problem(source=self.source, line=None, message=message)])
        return Runbook.aws(self.name, parameters=parameters)

    def all_steps(self) -> tuple[Step, ...]:
        """Every step, including those inside loops, in the order of the document."""
        return tuple(self.by_name.values())  # each step has a name of its own


def _document(text: str, source: str) -> document.Document:
    """The document of a text.

    Raises:
        RunbookError: it is too large, or not a document.
    """
    if len(text) > MAX_FILE:
        message = f"is over {MAX_FILE // 1024 // 1024} MB → a runbook is at most {MAX_DOCUMENT // 1024} KB"
        raise RunbookError([Problem(source=source, line=None, message=message)])
    try:
        return document.read(text, source)
    except DocumentError as error:
        raise RunbookError(error.problems) from None


def _flat(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield step
        yield from _flat(step.steps)
