"""The flow of runbooks as a Mermaid flowchart, for pull requests and wikis.

Source: https://mermaid.js.org/syntax/flowchart.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ..findings import gaps
from ..runbook.flow import ON_FAILURE, WHEN_CANCELLED, Transition
from .flow import flow_of
from .model import ExplainedRunbook, ExplainedStep, Explanation
from .visible import count_of, visible

# Any character but letters, digits and plain punctuation is written as its number, so that no text can break out of its quotes.
_SPECIAL: Final = re.compile(r"[^\w .,:/*=+-]", re.ASCII)
_LONGEST: Final = 60
_ARROWS: Final = {ON_FAILURE: "-.->", WHEN_CANCELLED: "-.->"}


def mermaid(explanation: Explanation) -> str:
    """The flow of every runbook, a subgraph each where there are several; ends in a newline."""
    several = len(explanation.runbooks) > 1
    lines = ["flowchart TD"]
    for number, runbook in enumerate(explanation.runbooks, 1):
        inner = list(_runbook(runbook, f"r{number}s" if several else "s"))
        lines.extend([f'subgraph r{number}["{_text(runbook.runbook.name)}"]', *inner, "end"] if several else inner)
    lines.append("classDef gap stroke:#b3261e,stroke-width:3px")
    return "\n".join(lines) + "\n"


def _runbook(runbook: ExplainedRunbook, lead: str) -> Iterator[str]:
    ids = {step.step.name: f"{lead}{number}" for number, step in enumerate(runbook.all_steps(), 1)}
    for step in runbook.steps:
        yield from _node(step, ids)
    flow = flow_of(runbook)
    for step in runbook.all_steps():
        if step.steps:
            yield f"{ids[step.step.name]} --> {ids[step.steps[0].step.name]}"
        for index, transition in enumerate(flow.onwards[step.step.name]):
            yield from _edge(ids[step.step.name], transition, ids, index)


def _node(step: ExplainedStep, ids: dict[str, str]) -> Iterator[str]:
    """A step's box; a loop's steps in a subgraph after it."""
    at = ids[step.step.name]
    actions = len({need.action for need in step.needs})
    missing = len(gaps(step.findings))
    said = [step.step.name, step.step.action]
    if actions:
        said.append(count_of(actions, "action"))
    if missing:
        said.append(count_of(missing, "gap"))
    yield f'{at}["{"<br>".join(map(_text, said))}"]{":::gap" if missing else ""}'
    if step.steps:
        yield f'subgraph {at}loop["loop {_text(step.step.name)}"]'
        for inner in step.steps:
            yield from _node(inner, ids)
        yield "end"


def _edge(source: str, transition: Transition, ids: dict[str, str], index: int) -> Iterator[str]:
    arrow = _ARROWS.get(transition.when, "-->")
    label = f'|"{_text(transition.when)}"|' if transition.when else ""
    if transition.target in ids:
        yield f"{source} {arrow}{label} {ids[transition.target]}"
    else:
        yield f'{source} {arrow}{label} {source}e{index}(["{_text(transition.target or transition.words)}"])'


def _text(said: str) -> str:
    """A text for a label: shortened, with Mermaid's special characters as numbers."""
    said = visible(said)
    said = said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"
    return _SPECIAL.sub(lambda match: f"#{ord(match[0])};", said)
