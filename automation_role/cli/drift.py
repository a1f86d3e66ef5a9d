"""`automation-role drift`: what AWS changed in its runbooks since the facts of this version."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from ..catalog import aws_runbooks
from ..derive.derivation import derive
from ..errors import Problem, RunbookError
from ..explain.compare import Differences, compare
from ..explain.visible import count_of
from ..runbook.model import Runbook
from ..sources.files import ENDINGS
from ..values.place import Place
from . import completion, console
from .documents import AccountDocument, AccountDocuments, NotThisOneError

# A name inside a template or any other text: in an ARN, in a list, as a property's value.
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{3,128}")
_MOST: Final = 64 * 1024 * 1024  # at most this many characters of a file are searched for names


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What changed in one runbook.

    Attributes:
        was: the version of the facts; empty if AWS did not list it.
        now: the version in the account.
        differences: `None`: its document is the same.
    """

    name: str
    was: str
    now: str
    differences: Differences | None

    @property
    def breaks(self) -> bool:
        """Whether a role with the permissions of the facts would fail."""
        return self.differences is not None and bool(self.differences.more)

    def to_json(self) -> dict[str, Any]:
        """As `drift --format json` has it."""
        changed = self.differences.to_json() if self.differences is not None else {}
        return {"name": self.name, "was": self.was, "now": self.now, "changed": self.differences is not None, **changed}


@click.command("drift", short_help="Print what AWS changed in its runbooks, and which roles it breaks.")
@click.argument("names", metavar="[NAME|FILE]...", nargs=-1, shell_complete=completion.runbooks)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help="The output format.")
@click.option("--region", metavar="REGION", help="Default: the Region of your AWS settings.")
@click.option("--profile", metavar="PROFILE", help="A profile of your AWS settings.")
def command(*, names: Sequence[str], form: str, region: str | None, profile: str | None) -> int:
    """Print what AWS changed in its runbooks since the facts of this version: what they need in addition, or no longer.

    NAME is an AWS-owned runbook. A FILE (a template, a list of roles, any text) stands for all AWS-owned names in it. Left out: every name that is
    known, as far as your account has it. Needs automation-role[aws], and permission for ssm:GetDocument. Exits with 1 when a role that has what was needed before would fail.
    """
    wanted = _wanted(names)
    documents = AccountDocuments("drift", region, profile)
    found, problems = [], []
    with console.Progress("comparing", len(wanted)) as progress:
        for name in progress.over(wanted):
            try:
                found.append(drift_of(name, documents))
            except NotThisOneError as why:
                problems.append(Problem(source=name, line=None, message=str(why)))
    if problems and (names or not found):  # no Region has every runbook
        raise RunbookError(problems)
    changed = [each for each in found if each.differences is not None]
    console.answer(console.in_json([each.to_json() for each in found]) if form == "json" else "".join(map(_drawn, changed)))
    breaking = [each.name for each in changed if each.breaks]
    if problems:
        console.note(f"skipped {len(problems)} that could not be fetched: {', '.join(problem.source for problem in problems)}")
    console.note(
        f"{count_of(len(found), 'runbook')}: unchanged {len(found) - len(changed)}, changed {len(changed)}, needing more {len(breaking)}"
    )
    return 1 if breaking else 0


def drift_of(name: str, documents: AccountDocuments) -> Drift:
    """Compare the facts of an AWS-owned runbook with its document in the account.

    Raises:
        NotThisOneError: the account does not have it.
        AutomationRoleError: the account cannot be asked.
        RunbookError: this version cannot read the document.
    """
    there = documents.runbook(name, form="json")
    known = Runbook.aws(name)
    was = known.facts.version if known.facts is not None else ""
    facts = aws_runbooks.facts(name) or {}
    same = _digest(there) == facts.get("digest")
    return Drift(name=name, was=was, now=there.version, differences=None if same else _differences(known, there))


def _digest(document: AccountDocument) -> str:
    try:
        return aws_runbooks.digest_of(json.loads(document.text))
    except ValueError:
        return ""


def _differences(known: Runbook, there: AccountDocument) -> Differences:
    now = Runbook.from_text(there.text, name=known.name, source=f"{known.name} (version {there.version})")
    return compare(derive([known]), derive([now]), Place())


def _wanted(given: Sequence[str]) -> list[str]:
    """The requested names, each once.

    Raises:
        RunbookError: a name is unknown, or a file has none.
    """
    if not given:
        return list(aws_runbooks.names())
    known = frozenset(aws_runbooks.names())
    found: dict[str, None] = {}
    problems: list[Problem] = []
    for each in given:
        if each in known:
            found[each] = None
        elif Path(each).is_file():
            inside = dict.fromkeys(_names_in(Path(each), known))
            found.update(inside)
            if not inside:
                problems.append(Problem(source=each, line=None, message="names no AWS-owned runbook → a template or a list that names one"))
        elif Path(each).exists() or Path(each).name != each or Path(each).suffix in ENDINGS:
            message = "is a directory → a file" if Path(each).is_dir() else "cannot be read: no such file or directory"
            problems.append(Problem(source=each, line=None, message=message))
        else:
            try:
                Runbook.aws(each)
            except RunbookError as error:
                problems.extend(error.problems)
    if problems:
        raise RunbookError(problems)
    return list(found)


def _names_in(path: Path, known: frozenset[str]) -> Iterator[str]:
    with path.open(encoding="utf-8", errors="replace") as file:
        yield from (name for name in _NAME.findall(file.read(_MOST)) if name in known)


def _drawn(drift: Drift) -> str:
    from .draw import differences_table  # rich takes longer to load than everything else

    assert drift.differences is not None  # noqa: S101  (only those that changed are drawn)
    title = f"{drift.name}: version {drift.was or '?'} → {drift.now}"
    shown = differences_table(drift.differences) if drift.differences else "needs the same\n"
    return f"{title}\n{shown}"
