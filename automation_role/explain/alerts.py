"""What a pipeline is alerted of, one value for all formats: SARIF and GitHub's workflow commands."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ..findings import Finding, gaps
from ..runbook.model import Runbook


class Level(StrEnum):
    """How much an alert matters, in SARIF's words."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something to look at, and where.

    Attributes:
        rule: the id of a finding, a risk, or what `check` reports.
        level: how much it matters.
        message: what is wrong, and what to do.
        source: the file; empty when it is about no file.
        line: the line in the file, counted from 1; 0 when it is about the whole file.
        about: what it is about beside the rule, which stays the same when lines move: runbook, step, action.
    """

    rule: str
    level: Level
    message: str
    source: str = ""
    line: int = 0
    about: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """The same for the same alert in the next version of the file, wherever its line is."""
        return hashlib.sha256("\x1f".join([self.rule, self.source, *self.about]).encode(errors="backslashreplace")).hexdigest()[:32]


def alerts_of(findings: Iterable[Finding], runbooks: Iterable[Runbook]) -> Iterator[Alert]:
    """An alert for each finding: a warning where the policy may lack something, else a note."""
    findings = tuple(findings)
    sources: Mapping[str, str] = {runbook.name: runbook.source for runbook in runbooks}
    missing = frozenset(gaps(findings))
    for finding in findings:
        yield Alert(
            rule=finding.id,
            level=Level.WARNING if finding in missing else Level.NOTE,
            message=f"step '{finding.step}': {finding.message}" if finding.step else finding.message,
            source=sources.get(finding.runbook, ""),
            line=finding.line,
            about=(finding.runbook, finding.step, finding.message),
        )
