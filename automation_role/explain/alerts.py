"""Alerts for pipelines, independent of the format (SARIF, GitHub's workflow commands)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from ..findings import Finding, gaps
from ..runbook.model import Runbook


class Level(StrEnum):
    """How much an alert matters, in SARIF's words."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert, and where it is.

    Attributes:
        rule: the id of a finding, a risk, or another report of `check`.
        level: how much it matters.
        message: what is wrong, and what to do.
        source: the file; empty when it is about no file.
        line: the line in the file, counted from 1; 0 when it is about the whole file.
        about: what the alert is about (runbook, step, action); does not change when lines move.
    """

    rule: str
    level: Level
    message: str
    source: str = ""
    line: int = 0
    about: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Identifies an alert: the same if only its line moves in the next version of the file."""
        return hashlib.sha256("\x1f".join([self.rule, self.source, *self.about]).encode(errors="backslashreplace")).hexdigest()[:32]


class Located(Protocol):
    """What is reported at a step: a finding, a lint, or what `check` could not check."""

    @property
    def id(self) -> str:
        """The rule."""

    @property
    def runbook(self) -> str:
        """The runbook's name."""

    @property
    def step(self) -> str:
        """The step's name; empty when it is about the whole runbook."""

    @property
    def line(self) -> int:
        """The line in the runbook's file."""

    @property
    def message(self) -> str:
        """What is wrong, and what to do."""


def alert_at(one: Located, level: Level, source: str, *, about: str = "") -> Alert:
    """The alert about what is reported at a step.

    Args:
        one: what is reported.
        level: how much it matters.
        source: the file.
        about: what it is about if not the runbook.
    """
    message = f"step '{one.step}': {one.message}" if one.step else one.message
    where = (one.runbook or about, one.step, one.message)
    return Alert(rule=one.id, level=level, message=message, source=source, line=one.line, about=where)


def alerts_of(findings: Iterable[Finding], runbooks: Iterable[Runbook]) -> Iterator[Alert]:
    """An alert for each finding: a warning where the policy may lack something, else a note."""
    findings = tuple(findings)
    sources: Mapping[str, str] = {runbook.name: runbook.source for runbook in runbooks}
    missing = frozenset(gaps(findings))
    for finding in findings:
        yield alert_at(finding, Level.WARNING if finding in missing else Level.NOTE, sources.get(finding.runbook, ""))
