"""What else will fail: the permissions that the role lacks for the rest of the run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from ..check.missing import missing
from ..check.report import Missing
from ..check.subjects import Subject
from ..derive.derivation import Derivation
from ..runbook.flow import transitions
from ..runbook.model import Step
from ..values.calls import ApiCall, Origin
from ..values.value import Text
from .candidates import Candidate

Where = tuple[str, str]  # runbook, step
Onwards = dict[Where, dict[Where, None]]  # step -> those after it, each once: runbooks that start each other would list them without end


def later(
    derivation: Derivation, subject: Subject, at: Sequence[Candidate], action: str
) -> tuple[tuple[Missing, ...], tuple[Missing, ...]]:
    """What the role lacks besides the failed call: for the rest of the run, and for runs that take other branches.

    Args:
        derivation: of all the runbooks.
        subject: the role.
        at: where it failed; empty: before any step.
        action: the IAM action that was refused; empty when unknown.
    """
    lacks = missing(subject, derivation)[0]
    order = list(_reached(derivation, at)) if at else [(needs.runbook, needs.step.name) for needs in derivation.steps]
    place = {where: index for index, where in enumerate(order)}
    here = {(one.runbook.name, one.step.name): one.line for one in at}
    rest: list[Missing] = []
    other: list[Missing] = []
    for one in lacks:
        if action and one.action.lower() == action.lower() and any((o.runbook, o.step) in here for o in one.origins):
            continue
        (rest if any(_comes(origin, place, here) for origin in one.origins) else other).append(one)
    rest.sort(key=lambda one: min((place.get((o.runbook, o.step), len(order)), o.line) for o in one.origins))
    return tuple(rest), tuple(other)


def _comes(origin: Origin, place: Mapping[Where, int], here: Mapping[Where, int]) -> bool:
    """Whether a call comes after the failure: in a later step, or further down in the failed one."""
    where = origin.runbook, origin.step
    return where in place and (where not in here or origin.line >= here[where])


def _reached(derivation: Derivation, at: Sequence[Candidate]) -> Iterator[Where]:
    """The failed steps, and every step that a run can reach from there; nearest first."""
    onwards = _graph(derivation)
    todo = [(one.runbook.name, one.step.name) for one in at]
    seen = dict.fromkeys(todo)
    for where in todo:
        yield where
        for following in onwards.get(where, ()):
            if following not in seen:
                seen[following] = None
                todo.append(following)


def _graph(derivation: Derivation) -> Mapping[Where, Iterable[Where]]:
    """Which steps come after which: in the runbook, in a loop, in a runbook that is started, and after it."""
    onwards: Onwards = defaultdict(dict)
    for runbook in derivation.runbooks:
        _chain(runbook.name, runbook.steps, (), onwards)
    steps = {runbook.name: [step.name for step in runbook.all_steps()] for runbook in derivation.runbooks}
    for needs in derivation.steps:
        where = needs.runbook, needs.step.name
        for name in _started(needs.calls):
            if name in steps:
                following = onwards[where]
                onwards[where] = dict.fromkeys(chain(((name, step) for step in steps[name]), following))
                for step in steps[name]:
                    onwards[name, step] |= following
    return onwards


def _chain(runbook: str, steps: Sequence[Step], after: Iterable[Where], onwards: Onwards) -> None:
    """The steps that can follow each of these; inside a loop also those after the loop (`after`), and the next iteration."""
    for index, step in enumerate(steps):
        following = steps[index + 1] if index + 1 < len(steps) else None
        where = runbook, step.name
        targets = (transition.target for transition in transitions(step, following, in_loop=bool(after)))
        outside = [*((runbook, target) for target in targets if target is not None), *after]
        inside = [(runbook, each.name) for each in step.steps]
        onwards[where] = dict.fromkeys([*inside, *outside])
        if step.steps:
            _chain(runbook, step.steps, onwards[where], onwards)


def _started(calls: Iterable[ApiCall]) -> Iterator[str]:
    """The runbooks that a step's calls start, when their names are known."""
    for call in calls:
        if (call.service, call.operation) == ("ssm", "StartAutomationExecution"):
            name = call.inputs.get("DocumentName")
            for literal in (name.literals if isinstance(name, Text) else None) or ():
                yield literal.rpartition("/")[2].partition(":")[0]
