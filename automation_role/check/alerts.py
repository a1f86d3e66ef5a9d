"""What a check found, as alerts for pipelines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ..errors import Problem
from ..explain.alerts import Alert, Level, alert_at
from ..findings import FINDINGS
from .report import RISKS, Certainty, Missing, Report, RoleReport

# What `check` reports beside findings and risks: id -> what it means.
_CHECKED: Final = {
    "missingPermission": "the role does not allow a call that a step makes; the step will fail",
    "undecidedPermission": "whether the role allows a call cannot be decided from what was read",
    "partlyAllowed": "the role allows a call only on some resources, or under conditions",
    "unusedPermission": "the role allows actions that no step needs",
    "invalidRunbook": "a file in a directory is meant to be a runbook and is not a valid one, so it was not checked",
    "unknownPolicy": "a statement of the role could not be read; it may allow more, or deny",
    "unknownTrust": "whether Automation can assume the role cannot be decided from what was read",
}
# id -> what it means, for every alert that `alerts_of_report` makes.
RULES: Final[Mapping[str, str]] = {**FINDINGS, **RISKS, **_CHECKED}

# How sure it is -> the alert's id, its level, and what the role does.
_RULE_OF: Final = {
    Certainty.FAILS: ("missingPermission", Level.ERROR, "does not allow it"),
    Certainty.UNDECIDED: ("undecidedPermission", Level.WARNING, "may not allow it"),
    Certainty.PARTLY: ("partlyAllowed", Level.NOTE, "allows it only in part"),
}


def alerts_of_problems(problems: Iterable[Problem]) -> Iterator[Alert]:
    """What is wrong with files that were not checked."""
    for one in problems:
        yield Alert(
            rule="invalidRunbook", level=Level.ERROR, message=one.message, source=one.source, line=one.line or 0, about=(one.message,)
        )


def alerts_of_report(report: Report) -> Iterator[Alert]:
    """Everything that a check found: missing permissions at the steps that need them, the rest at the role."""
    sources = {runbook.name: runbook.source for runbook in report.runbooks}
    for role in report.roles:
        for one in role.missing:
            yield from _missing(one, role, sources)
        for risk in role.risky:
            level = Level.NOTE if risk.accepted else Level.ERROR
            where = " ".join(filter(None, [risk.policy, risk.statement]))
            message = f"{role.role}: {risk.message}"
            yield Alert(rule=risk.id, level=level, message=message, source=role.source, about=(role.role, where))
        for unused in role.unused:
            where = unused.policy if unused.policy == role.role else f"{role.role}: {unused.policy}"
            message = f"{where}, {unused.statement} allows {unused.pattern}, which no step needs"
            about = (role.role, unused.policy, unused.statement, unused.pattern)
            yield Alert(rule="unusedPermission", level=Level.NOTE, message=message, source=role.source, about=about)
        for blind in role.blind:
            yield alert_at(blind, Level.WARNING, sources.get(blind.runbook, role.source), about=role.role)


def _missing(one: Missing, role: RoleReport, sources: Mapping[str, str]) -> Iterator[Alert]:
    rule, level, answer = _RULE_OF[one.certainty]
    for origin in one.origins:
        yield Alert(
            rule=rule,
            level=level,
            message=f"step '{origin.step}' needs {one.action} on {', '.join(one.resources)}; {role.role} {answer}: {one.reason}",
            source=sources.get(origin.runbook, ""),
            line=origin.line,
            about=(role.role, origin.runbook, origin.step, one.action),
        )
