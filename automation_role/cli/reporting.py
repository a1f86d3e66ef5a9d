"""Reports a derivation: its findings, its versions of AWS-owned runbooks, and how exact it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from ..catalog import aws_runbooks
from ..derive.derivation import Derivation
from ..explain.needs import Breadth, breadth
from ..explain.visible import count_of
from ..findings import FINDINGS, INFORMATION, Finding, kind
from ..policy.policy import Policy
from ..runbook.lint import Lint
from ..runbook.model import Runbook
from ..values.place import Place
from . import console, linting

if TYPE_CHECKING:
    from ..runbook.facts import Facts


def report_findings(findings: Iterable[Finding], runbooks: Iterable[Runbook]) -> None:
    """A warning for each, with the runbook's file and line; a note for what is information."""
    sources = {runbook.name: runbook.source for runbook in runbooks}
    for finding in findings:
        step = f"step {finding.step!r}: " if finding.step else ""
        tell = console.note if finding.id in INFORMATION else console.warning
        tell(f"{sources.get(finding.runbook, finding.runbook)}:{finding.line}: {step}{finding.message} [{finding.id}]")


def in_alerts(form: str, findings: Iterable[Finding], lints: Iterable[Lint], runbooks: Sequence[Runbook]) -> str:
    """The findings and what the lint rules report, as alerts for pipelines: `sarif` or `github`."""
    from ..explain.alerts import alerts_of

    alerts = [*alerts_of(findings, runbooks), *linting.alerts(lints, runbooks)]
    return console.in_alerts(form, alerts, {**FINDINGS, **linting.MEANINGS})


def report_versions(runbooks: Iterable[Runbook]) -> None:
    """The versions of the AWS-owned runbooks whose facts were used."""
    known = [f"{runbook.name}{_version(runbook.facts)}" for runbook in runbooks if runbook.facts is not None]
    if known:
        shown = ", ".join(known[:_SHOWN]) + (f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else "")
        console.note(f"AWS-owned runbooks as of {aws_runbooks.source().date}: {shown}")


def _version(facts: Facts) -> str:
    return f" version {facts.version} of {facts.date}" if facts.version else " (no longer listed by AWS)"


_SHOWN: Final = 5


def summary(derivation: Derivation, context: Place, policy: Policy | None = None) -> str:
    """What is exact and what is not, in one line.

    Args:
        derivation: what was derived.
        context: where the role is.
        policy: the derivation's, if it was put together already.
    """
    order = list(Breadth).index
    widths: dict[str, Breadth] = {}
    for statement in (policy if policy is not None else derivation.policy()).statements:
        width = max((breadth(resource, context) for resource in statement.resources), key=order)
        widths.update((action, max(widths.get(action, Breadth.NAMED), width, key=order)) for action in statement.actions)
    meant = {
        Breadth.NAMED: "on named resources",
        Breadth.TYPE: "with wildcards for runtime values",
        Breadth.ALL: "on * (IAM offers nothing narrower)",
    }
    exact = ", ".join(f"{count} {said}" for width, said in meant.items() if (count := list(widths.values()).count(width)))
    kinds = Counter(kind(finding.id) for finding in derivation.findings)
    called = (("wider", "wider than needed"), ("other", "other"), ("information", "for information"))
    head = f"{count_of(len(derivation.runbooks), 'runbook')}, {count_of(len(derivation.steps), 'step')}: {count_of(len(widths), 'action')}"
    return "; ".join(
        [
            f"{head}, {exact}" if exact else head,
            *(f"{words}: {count_of(kinds[name], 'finding')}" for name, words in called if kinds[name]),
            f"{count_of(kinds['gap'], 'gap')}: the policy may lack permissions" if kinds["gap"] else "no gaps",
        ]
    )
