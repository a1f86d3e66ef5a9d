"""Numbers and links of steps and permissions in the page, and the transitions between steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from ...runbook.flow import Transition
from ..flow import flow_of
from ..model import ExplainedRunbook, ExplainedStep, Explanation
from .markup import Html, tag


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedStep:
    """A step in the page.

    Attributes:
        id: of its element: `step-1-stop`, the runbook's number and the step's name.
        number: `3`, or `3.1` inside a loop.
        runbook: its runbook's name, where there are several; else empty.
        onwards: the transitions from it.
        inwards: the transitions to it; empty if the only one is from the step above it, as a reader expects.
        reached: whether any transition leads to it.
    """

    id: str
    number: str
    runbook: str
    explained: ExplainedStep
    onwards: tuple[Transition, ...]
    inwards: tuple[tuple[str, Transition], ...]
    reached: bool
    steps: tuple[PlacedStep, ...]

    @property
    def name(self) -> str:
        """The step's name."""
        return self.explained.step.name


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedRunbook:
    """A runbook in the page; `by_name` has all its steps."""

    id: str
    explained: ExplainedRunbook
    steps: tuple[PlacedStep, ...]
    by_name: Mapping[str, PlacedStep]


def place(explanation: Explanation) -> tuple[PlacedRunbook, ...]:
    """Every runbook and step with its place in the page."""
    several = len(explanation.runbooks) > 1
    return tuple(
        _runbook(runbook, number, runbook.runbook.name if several else "") for number, runbook in enumerate(explanation.runbooks, 1)
    )


def link_to(step: PlacedStep, *, with_runbook: bool = False) -> Html:
    """A link to a step: its number and name."""
    lead = f"{step.runbook}: " if with_runbook and step.runbook else ""
    return tag("a", lead, tag("span", step.number, class_="number"), " ", step.name, href=_href(step.id))


def link_to_action(action: str) -> Html:
    """A link to a permission."""
    return tag("a", tag("code", action), href=_href(id_of(action)))


def id_of(action: str) -> str:
    """The id of a permission's element: `permission-ec2-StartInstances`."""
    return "permission-" + "-".join(action.replace(":", "-").split())


def _href(target: str) -> str:
    return "#" + quote(target)


def _runbook(runbook: ExplainedRunbook, number: int, name: str) -> PlacedRunbook:
    flow = flow_of(runbook)
    by_name: dict[str, PlacedStep] = {}

    def steps(explained: Sequence[ExplainedStep], lead: str) -> tuple[PlacedStep, ...]:
        return tuple(step(each, f"{lead}{index}", explained[index - 2] if index > 1 else None) for index, each in enumerate(explained, 1))

    def step(explained: ExplainedStep, at: str, above: ExplainedStep | None) -> PlacedStep:
        own = explained.step.name
        inwards = flow.inwards.get(own, ())
        expected = above is not None and [(source, transition.when) for source, transition in inwards] == [(above.step.name, "")]
        placed = PlacedStep(
            id=f"step-{number}-{own}",
            number=at,
            runbook=name,
            explained=explained,
            onwards=flow.onwards[own],
            inwards=() if expected else tuple(inwards),
            reached=above is None or bool(inwards),
            steps=steps(explained.steps, f"{at}."),
        )
        by_name[own] = placed
        return placed

    return PlacedRunbook(id=f"runbook-{number}", explained=runbook, steps=steps(runbook.steps, ""), by_name=by_name)
