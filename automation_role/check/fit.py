"""Checks one role: what is missing, unused or risky, and what could not be checked."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from ..derive.derivation import Derivation
from ..findings import OTHER
from ..iam.decision import Outcome
from ..values.placeholders import readable
from .missing import missing
from .report import Blind, RoleReport
from .risks import risks
from .standins import any_of_them
from .subjects import Subject, documents
from .trust import admission
from .unused import unused


def check(subject: Subject, derivation: Derivation, *, accepted: Collection[str] = (), runs: bool = True) -> RoleReport:
    """Compare a role with what was derived.

    Args:
        subject: the role (see `files.of_file`, `policies.of_policies`).
        derivation: of all the runbooks that run as it.
        accepted: ids of `RISKS` that the user accepts; they are still reported.
        runs: whether automations run as it; a role that only scripts assume, or that only starts runbooks, need not trust Automation.
    """
    lacks, asked = missing(subject, derivation)
    context = subject.context
    allowed = unused(subject.identity, asked, scripts=_has_scripts(derivation))
    return RoleReport(
        role=readable(subject.identity.label),
        source=subject.source,
        context=context._replace(account=any_of_them(context.account), regions=tuple(map(any_of_them, context.regions))),
        missing=lacks,
        unused=tuple(one for one in allowed if not one.needed_when),
        unjudged=tuple(one for one in allowed if one.needed_when),
        risky=tuple(replace(risk, accepted=risk.id in accepted) for risk in risks(subject) if runs or risk.id != "trustNotAutomation"),
        blind=(*unseen(derivation), *_unknown_policies(subject), *(_unknown_trust(subject) if runs else ())),
    )


def _has_scripts(derivation: Derivation) -> bool:
    return any(step.action == "aws:executeScript" for runbook in derivation.runbooks for step in runbook.all_steps())


def unseen(derivation: Derivation) -> Iterator[Blind]:
    """What could not be derived from the runbooks."""
    for finding in derivation.findings:
        if finding.id not in OTHER:
            yield Blind(id=finding.id, runbook=finding.runbook, step=finding.step, line=finding.line, message=finding.message)


def _unknown_policies(subject: Subject) -> Iterator[Blind]:
    messages = dict.fromkeys(
        readable(f"{'' if document.name in statement.doubt else f'{document.name}: '}{statement.doubt}; it may allow more, or deny")
        for document in documents(subject.identity)
        for statement in document.statements
        if statement.doubt is not None
    )
    return (Blind(id="unknownPolicy", message=message) for message in messages)


def _unknown_trust(subject: Subject) -> Iterator[Blind]:
    if subject.identity.trust is None:
        return
    decision = admission(subject.identity, subject.accounts, subject.context.regions)
    if decision.outcome is Outcome.UNDECIDED:
        yield Blind(id="unknownTrust", message=readable(f"whether Automation can assume it: {decision.reason}"))
