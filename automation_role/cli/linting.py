"""Reports of the rules of `runbook.lint` in the commands; `--ignore`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from ..errors import AutomationRoleError, did_you_mean
from ..runbook.lint import RULES, Lint, Severity, lint
from ..runbook.model import Runbook
from . import console

if TYPE_CHECKING:
    from ..explain.alerts import Alert

F = TypeVar("F", bound=Callable[..., Any])


def ignoring(command: F) -> F:
    """The option `--ignore`: `lints(…)` reads it."""
    return click.option("--ignore", multiple=True, metavar="RULE", help=f"A lint rule to ignore: {', '.join(RULES)}.")(command)


def check_ignored(ignore: Sequence[str]) -> None:
    """Refuse anything but a rule: a finding of the derivation can't be ignored, because the policy may lack something.

    Raises:
        AutomationRoleError: one of them isn't a rule.
    """
    for one in ignore:
        if one not in RULES:
            raise AutomationRoleError(f"--ignore {one!r} → {', '.join(RULES)}{did_you_mean(one, RULES)}")


def lints(runbooks: Iterable[Runbook], ignore: Sequence[str]) -> tuple[Lint, ...]:
    """What the rules report of the runbooks."""
    return tuple(one for runbook in runbooks if runbook.facts is None for one in lint(runbook, ignore=ignore))


def report(found: Iterable[Lint], runbooks: Iterable[Runbook]) -> None:
    """A warning for each; a note for what has no effect."""
    sources = {runbook.name: runbook.source for runbook in runbooks}
    for one in found:
        step = f"step {one.step!r}: " if one.step else ""
        say = console.note if one.severity is Severity.NOTE else console.warning
        say(f"{sources.get(one.runbook, one.runbook)}:{one.line}: {step}{one.message} [{one.id}]")


def to_json(found: Iterable[Lint]) -> list[dict[str, Any]]:
    """As in `--format json`, under `lint`."""
    return [
        {"id": one.id, "severity": one.severity.value, "runbook": one.runbook, "step": one.step, "line": one.line, "message": one.message}
        for one in found
    ]


# id -> what the rule means.
MEANINGS: Final[Mapping[str, str]] = {name: rule.means for name, rule in RULES.items()}


def alerts(found: Iterable[Lint], runbooks: Iterable[Runbook]) -> Iterator[Alert]:
    """What the rules report, as alerts for pipelines; the levels are the rules' severities."""
    from ..explain.alerts import Level, alert_at

    sources = {runbook.name: runbook.source for runbook in runbooks}
    return (alert_at(one, Level(one.severity.value), sources.get(one.runbook, "")) for one in found)


def fails(found: Iterable[Lint]) -> bool:
    """Whether one of them fails `--strict`: only what AWS refuses does."""
    return any(one.severity is Severity.ERROR for one in found)
