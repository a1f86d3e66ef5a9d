"""The steps of a runbook, in order: what each calls and needs, what could not be derived, and which step follows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...findings import to_answer
from ...runbook.flow import Transition
from ..model import ExplainedCall
from .markup import Content, Html, join, tag
from .parts import badges, facts, finding, listed, need
from .picture import picture
from .place import PlacedRunbook, PlacedStep, link_to, link_to_action

_DEEPEST_HEADING: Final = 6


def runbook(placed: PlacedRunbook) -> Html:
    """A runbook: its facts, the findings about the whole runbook, its steps."""
    known = placed.explained.runbook
    given = ([tag("code", name), " = ", tag("code", _written(value))] for name, value in sorted(known.bindings.items()))
    return tag(
        "section",
        tag("h2", "Steps of ", known.name, id=f"{placed.id}-title"),
        [tag("p", line, dir="auto") for line in (known.description or "").splitlines() if line.strip()],
        facts(
            [
                ("File" if known.facts is None else "From", tag("code", placed.explained.origin)),
                ("Runs as", tag("code", known.assume_role) if known.assume_role else None),
                ("With", listed(given, "given")),
            ]
        ),
        [finding(each) for each in placed.explained.findings],
        picture(placed),
        tag("ol", [_step(step, placed, 3) for step in placed.steps], class_="steps", role="list"),
        id=placed.id,
        class_="runbook",
        tabindex="-1",
        aria_labelledby=f"{placed.id}-title",
        data_group=True,
    )


def contents(placed: PlacedRunbook) -> Html:
    """The runbook's steps in the table of contents."""

    def entry(step: PlacedStep) -> Html:
        inner = tag("ol", map(entry, step.steps), role="list") if step.steps else None
        return tag("li", link_to(step), badges(step.explained.findings), inner, data_for=step.id)

    return tag("ol", map(entry, placed.steps), role="list")


def _step(step: PlacedStep, runbook: PlacedRunbook, level: int) -> Html:
    explained = step.explained
    about = explained.step
    return tag(
        "li",
        tag(
            f"h{min(level, _DEEPEST_HEADING)}",
            tag("span", step.number, class_="number"),
            " ",
            tag("span", about.name, class_="name"),
            badges(explained.findings),
        ),
        tag("p", tag("code", about.action), tag("span", f" line {about.line}", class_="quiet"), class_="about"),
        [finding(each) for each in explained.findings],
        facts(
            [
                ("Calls", listed((call(each, about.line) for each in explained.calls), "calls")),
                ("Needs", listed((need(each, link_to_action(each.action)) for each in explained.needs), "needs") or _nothing(step)),
                ("Then", listed((_transition(transition, runbook) for transition in step.onwards), "ways")),
                ("From", listed(_inwards(step, runbook), "ways")),
            ]
        ),
        tag("ol", [_step(inner, runbook, level + 1) for inner in step.steps], class_="steps", role="list") if step.steps else None,
        id=step.id,
        class_="step",
        tabindex="-1",
        data_find="step",
        data_findings=True if to_answer(explained.findings) else None,
    )


def _nothing(step: PlacedStep) -> Html | None:
    """For a step that needs nothing; not for one whose needs are unknown."""
    return tag("span", "nothing", class_="quiet") if not step.explained.findings and not step.steps else None


def call(shown: ExplainedCall, line: int) -> Content:
    """A call, with its lines if it is in a script."""
    lines = [str(each) for each in shown.lines if each != line]
    where = f" line{'s' if len(lines) > 1 else ''} {', '.join(lines)}" if lines else ""
    return join(tag("code", f"{shown.service}.{shown.operation}"), tag("span", where, class_="quiet") if where else None)


def _transition(transition: Transition, runbook: PlacedRunbook) -> Html:
    target = runbook.by_name.get(transition.target) if transition.target is not None else None
    return join(_when(transition), link_to(target) if target is not None else tag("span", transition.target or transition.words))


def _inwards(step: PlacedStep, runbook: PlacedRunbook) -> Iterator[Html]:
    if not step.reached:
        yield tag("span", "no step leads here by name", class_="quiet")
    for source, transition in step.inwards:
        yield join(link_to(runbook.by_name[source]), f", {transition.when}" if transition.when else None)


def _when(transition: Transition) -> Html | None:
    return tag("span", transition.when, ": ", class_="when") if transition.when else None


def _written(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
