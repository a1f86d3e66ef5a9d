"""What a change needs, as Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ..findings import Finding
from .compare import Change, Differences
from .visible import count_of, visible

_SPECIAL: Final = r"\`*_{}[]<>#|~&"


def markdown(differences: Differences) -> str:
    """A summary sentence, then a table for each kind of change; ends in a newline."""
    return "\n".join([_sentence(differences), *_tables(differences)]) + "\n"


def _sentence(differences: Differences) -> str:
    if not differences:
        return "This change needs the same permissions."
    more, less = len(differences.more), len(differences.no_longer)
    parts = [f"needs {count_of(more, 'more permission')}" if more else "needs no more permissions"]
    if less:
        parts.append(f"no longer needs {less}")
    new = len(differences.new_findings)
    if new:
        parts.append(f"adds {count_of(new, 'finding')}")
    return f"This change {', '.join(parts[:-1])}{' and ' if len(parts) > 1 else ''}{parts[-1]}."


def _tables(differences: Differences) -> Iterator[str]:
    for title, changes in (("Needed in addition", differences.more), ("No longer needed", differences.no_longer)):
        if changes:
            yield from ["", f"**{title}**", "", "| action | resources | steps |", "| --- | --- | --- |"]
            yield from (_row(change, single=differences.single) for change in changes)
    for title, findings in (("New findings", differences.new_findings), ("Findings that no longer apply", differences.gone_findings)):
        if findings:
            yield from ["", f"**{title}**", "", *(_finding(each) for each in findings)]


def _row(change: Change, *, single: bool) -> str:
    need = change.need
    where = [_code(resource.text) for resource in need.resources]
    where += [_code(f"{operator} {key}") for operator, keys in need.conditions.items() for key in keys]
    steps = ", ".join(f"{_text(step if single else f'{runbook}: {step}')} (line {line})" for runbook, step, line in change.steps)
    return f"| {_code(need.action)} | {'<br>'.join(where)} | {steps} |"


def _finding(finding: Finding) -> str:
    step = f" {_text(finding.step)}," if finding.step else ""
    return f"- {_code(finding.id)}:{step} line {finding.line}: {_text(finding.message)}"


def _code(said: str) -> str:
    """A text between enough backticks to enclose its own, without bars, which would end a table's cell."""
    said = visible(said).replace("|", "\\|")
    fence = "`" * (1 + max(map(len, _runs(said)), default=0))
    pad = " " if said.startswith("`") or said.endswith("`") else ""
    return f"{fence}{pad}{said}{pad}{fence}"


def _runs(said: str) -> Iterable[Sequence[str]]:
    return [run for run in "".join(letter if letter == "`" else " " for letter in said).split() if run]


def _text(said: str) -> str:
    return "".join(f"\\{letter}" if letter in _SPECIAL else letter for letter in visible(said))
