"""The flow of a whole runbook: the transitions from each step, and those to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..runbook.flow import Transition, transitions
from .model import ExplainedRunbook, ExplainedStep


@dataclass(frozen=True, slots=True)
class Flow:
    """A runbook's transitions, by the step that they leave and by the step that they lead to."""

    onwards: Mapping[str, tuple[Transition, ...]]
    inwards: Mapping[str, Sequence[tuple[str, Transition]]]


def flow_of(runbook: ExplainedRunbook) -> Flow:
    """The flow of a runbook, its loops included."""
    onwards: dict[str, tuple[Transition, ...]] = {}
    inwards: dict[str, list[tuple[str, Transition]]] = defaultdict(list)

    def walk(steps: Sequence[ExplainedStep], *, in_loop: bool) -> None:
        for index, each in enumerate(steps):
            following = steps[index + 1].step if index + 1 < len(steps) else None
            onwards[each.step.name] = transitions(each.step, following, in_loop=in_loop)
            for transition in onwards[each.step.name]:
                if transition.target is not None:
                    inwards[transition.target].append((each.step.name, transition))
            walk(each.steps, in_loop=True)

    walk(runbook.steps, in_loop=False)
    return Flow(onwards, inwards)
