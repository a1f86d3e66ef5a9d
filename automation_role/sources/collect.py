"""Collects what was found: runbooks with different names, and the values that the user set."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import AutomationRoleError, Problem, RunbookError, did_you_mean, quoted
from ..runbook.document import Document
from ..runbook.embedded import of_data
from ..runbook.model import Runbook
from ..runbook.parameters import Parameter
from .files import ENDINGS, File
from .formats import RUNBOOK
from .model import FoundPerson, FoundRole, FoundRunbook, Situation, Starter
from .scan import Scan, scan


class Collected(NamedTuple):
    """The content of some paths.

    Attributes:
        runbooks: in the order given, those of a directory by their paths.
        origins: for each runbook, how it was found.
        scanned: the files, which may have roles, too.
    """

    runbooks: tuple[Runbook, ...]
    origins: tuple[FoundRunbook, ...]
    scanned: Scan

    def roles(self, unread: list[Problem]) -> Iterator[FoundRole]:
        """The roles.

        Args:
            unread: receives the files in directories whose policies cannot be read.

        Raises:
            AutomationRoleError: the policies of a file that was named cannot be read.
        """
        for source in self.scanned.sources:
            try:
                yield from list(source.roles())
            except AutomationRoleError as error:
                if source.path not in self.scanned.found:
                    raise
                message = str(error).removeprefix(f"{source.path}: ")
                unread.append(Problem(source=source.path, line=None, message=f"its roles were not read: {message}"))

    def starts(self) -> Iterator[Starter]:
        """What starts runbooks."""
        for source in self.scanned.sources:
            yield from source.starts()

    def people(self) -> Iterator[FoundPerson]:
        """The users and groups."""
        for source in self.scanned.sources:
            yield from source.people()


@dataclass(kw_only=True)
class Collector:
    """Reads paths, and records what to report about them.

    Attributes:
        situation: where what is found is deployed.
        parameters: values for the runbooks' parameters, as texts: name -> value.
        attachments: name of an attachment -> its file.
        only: the format that every file has; `None`: each is recognized.
        roles: whether to look for roles, too: then a file without a runbook is fine, and CDK's output in a directory is read.
        progress: yields the files, and shows how many are done.
        dumps: takes the dumps of accounts, path and data; `None`: they are looked into like all the rest.
        skipped: files in directories that have neither.
        terraform: Terraform's own files in directories.
        problems: all errors.
        invalid: takes the errors of files and directories that were not named, only found in a directory, and the others are read; `None`:
            these are `problems`, too.
    """

    situation: Situation
    parameters: Mapping[str, str] = field(default_factory=dict)
    attachments: Mapping[str, Path] = field(default_factory=dict)
    only: str | None = None
    roles: bool = False
    progress: Callable[[Sequence[File]], Iterator[File]] = iter
    dumps: Callable[[str, Any], None] | None = None
    skipped: list[str] = field(default_factory=list)
    terraform: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    invalid: list[Problem] | None = None

    def collect(self, sets: Sequence[Sequence[str]]) -> list[Collected]:
        """The content of each set of paths; use it only when there are no `problems`.

        Raises:
            AutomationRoleError: a value or an attachment fits none of the runbooks.
        """
        scans = [self._scan(paths) for paths in sets]
        for scanned in scans:
            self._refuse_same_names(scanned)
        origins = [_named(self._at_their_files(list(self._runbooks(scanned)), scanned)) for scanned in scans]
        read = [[(one, self._runbook(one, scanned)) for one in found] for found, scanned in zip(origins, scans, strict=True)]
        valid = [[(one, runbook) for one, runbook in found if runbook is not None] for found in read]
        everything = [runbook for found in valid for _, runbook in found]
        order = {source.path: index for index, source in enumerate(source for scanned in scans for source in scanned.sources)}
        self.problems.sort(key=lambda problem: order.get(problem.source, len(order)))
        if not self.problems:
            _check_known("--parameter", self.parameters, sorted({name for runbook in everything for name in runbook.parameters}))
            _check_known("--attachment", self.attachments, sorted({name for runbook in everything for name in runbook.files}))
        found = []
        for scanned, theirs in zip(scans, valid, strict=True):
            bound = [] if self.problems else [self._bound(runbook, one) for one, runbook in theirs]
            runbooks = tuple(one for one in bound if one is not None)
            found.append(Collected(runbooks=runbooks, origins=tuple(one for one, _ in theirs), scanned=scanned))
        return found

    def _scan(self, paths: Sequence[str]) -> Scan:
        problems: list[Problem] = []
        scanned = scan(paths, self.situation, problems, only=self.only, assemblies=self.roles, progress=self.progress, dumps=self.dumps)
        for problem in problems:  # a directory that cannot be read
            (self.problems if self.invalid is None or problem.source in paths else self.invalid).append(problem)
        self.skipped += scanned.skipped
        self.terraform += scanned.terraform
        return scanned

    def _refuse_same_names(self, scanned: Scan) -> None:
        """Refuse `a.yml` and `a.yaml`, if the user named both: a start would name the same document. In a directory, each has its path as its name."""
        names: dict[Path, str] = {}
        for source in (each for each in scanned.sources if each.kind == RUNBOOK and each.path not in scanned.found):
            path = Path(source.path)
            first = names.setdefault(path.parent / path.stem, source.path)
            if first != source.path:
                message = f"has the name of another runbook, {quoted(path.stem)} ({first}) → a different file name for each; rename one"
                self.problems.append(Problem(source=source.path, line=None, message=message))

    def _runbooks(self, scanned: Scan) -> Iterator[FoundRunbook]:
        """The runbooks of all files; a path that was named and has none is a problem."""
        for source in scanned.sources:
            found = list(source.runbooks())
            yield from found
            if source.problem is not None:
                self._problems(source.path, scanned).append(source.problem)
            elif not found and not self.roles and source.path in scanned.found:
                self.skipped.append(source.path)
            elif not found and not self.roles:
                message = "has no Automation document → an AWS::SSM::Document of DocumentType Automation, or another file"
                self.problems.append(Problem(source=source.path, line=None, message=message))
        skipped = set(self.skipped)
        for directory, files in scanned.inside.items():
            if skipped.issuperset(files) and not any(Path(problem.source).is_relative_to(directory) for problem in self.problems):
                message = f"contains no runbook → {', '.join(ENDINGS)} files; name a runbook"
                self.problems.append(Problem(source=directory, line=None, message=message))

    def _at_their_files(self, runbooks: list[FoundRunbook], scanned: Scan) -> list[FoundRunbook]:
        """The runbooks, each once: if an app or a plan took one from a file here, its place is that file, with its lines there.

        Only where roles are looked for: else the file says as much as the template.
        """
        files = {source.path for source in scanned.sources if source.kind == RUNBOOK}
        own = [(one.document, one) for one in runbooks if one.document is not None and one.place.source in files]
        if not self.roles or not own or len(own) == len(runbooks):
            return runbooks
        plain = {_steps(document): one for document, one in own}
        found, taken = [], set()
        for one in runbooks:
            same = plain.get(_steps(one.document)) if one.document is not None and one.place.source not in files else None
            if same is None:
                found.append(one)
            else:
                taken.add(same.place.source)
                place = one.place._replace(source=same.place.source, line=1)
                found.append(
                    one._replace(document=_with_lines_of(same.document, one.document), place=place, labels=(*one.labels, *same.labels))
                )
        return [one for one in found if one.place.path or one.place.source not in taken]

    def _runbook(self, found: FoundRunbook, scanned: Scan) -> Runbook | None:
        try:
            return found.runbook()
        except RunbookError as error:
            self._problems(found.place.source, scanned).extend(error.problems)
            return None

    def _problems(self, path: str, scanned: Scan) -> list[Problem]:
        """The list that takes the problems of a file."""
        return self.problems if self.invalid is None or path not in scanned.found else self.invalid

    def _bound(self, runbook: Runbook, found: FoundRunbook) -> Runbook | None:
        """The runbook with the values and attachments that are its own."""
        values = {name: text for name, text in self.parameters.items() if name in runbook.parameters}
        attachments = {name: path for name, path in self.attachments.items() if name in runbook.files}
        if not values and not attachments:
            return runbook
        try:
            parsed = {name: _value(runbook.parameters[name], text, runbook.source) for name, text in values.items()}
            return found.runbook(parsed, attachments)
        except RunbookError as error:
            self.problems += error.problems
            return None


def _named(runbooks: Iterable[FoundRunbook]) -> list[FoundRunbook]:
    """The runbooks under different names: if several have the same name, each is named by its file, or by its file and its place in it."""
    named = list(runbooks)
    for longer in (_by_file, lambda found: found.place.source, lambda found: f"{found.place.source}:{found.place.path}"):
        taken = Counter(found.name for found in named)
        named = [found.renamed(longer(found)) if taken[found.name] > 1 else found for found in named]
    return named


def _steps(document: Document) -> str:
    """The steps, by which a runbook is recognized: an app may change its role and the defaults of its parameters."""
    return json.dumps(document.data.get("mainSteps") if isinstance(document.data, dict) else None, sort_keys=True, default=str)


def _with_lines_of(file: Document | None, document: Document | None) -> Document | None:
    """A document of a template whose steps are those of a file, with their lines there."""
    if file is None or document is None:
        return document
    blocks = {path: line for path in file.lines if (line := file.first_line_of_text(path)) is not None}
    return of_data(document.data, file.lines, blocks)


def _by_file(found: FoundRunbook) -> str:
    return found.place.path or str(Path(found.place.source).with_suffix(""))


def _check_known(option: str, given: Mapping[str, object], known: Sequence[str]) -> None:
    if unknown := [name for name in given if name not in known]:
        near = "".join(dict.fromkeys(did_you_mean(name, known) for name in unknown))
        raise AutomationRoleError(f"{option} {', '.join(map(repr, unknown))} → {', '.join(known) or 'the runbooks have none'}{near}")


def _value(parameter: Parameter, text: str, source: str) -> Any:
    """A value converted to its parameter's type: lists as A,B or as JSON, mappings as JSON, everything else as text.

    Raises:
        RunbookError: it is not JSON where it must be.
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
    # The reader checks the rest; None would count as a runtime value.
    if not items or all(isinstance(item, (str, int, float, dict)) for item in items):
        return value
    message = f"parameters: {parameter.name!r} is {text!r} → its type is {parameter.type}; pass JSON"
    raise RunbookError([Problem(source=source, line=parameter.line, message=message)])
