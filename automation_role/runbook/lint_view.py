"""What the lint rules look at: a runbook with its document, the steps that a run can reach, and the names that anything reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from .actions import inner_steps
from .braces import expressions_in
from .document import Document
from .flow import transitions
from .model import Runbook, Step
from .syntax import KeyPath


class LintView:
    """A runbook and its document."""

    def __init__(self, runbook: Runbook, document: Document) -> None:
        self.runbook, self.document = runbook, document

    @cached_property
    def reached(self) -> frozenset[str]:
        """Names of the steps that a run can reach."""
        todo = [self.runbook.steps[0].name] if self.runbook.steps else []
        seen = set(todo)
        for name in todo:
            for target in self.onwards.get(name, ()):
                if target not in seen:
                    seen.add(target)
                    todo.append(target)
        return frozenset(seen)

    @cached_property
    def onwards(self) -> Mapping[str, tuple[str, ...]]:
        """A step's name -> the steps that may come next, including those inside a loop."""
        return dict(_onwards(self.runbook.steps, in_loop=False))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Every text in the document that may refer to a step's output or to a parameter."""
        return tuple(_texts(self.document.data))

    @cached_property
    def named(self) -> frozenset[str]:
        """The names in the document's `{{ }}` (parameters, `step.Output`), and the runbook's own outputs, which have no braces."""
        found = {expression for text in self.texts for expression in expressions_in(text)}
        outputs = self.document.data.get("outputs")
        return frozenset(found | {one for one in (outputs if isinstance(outputs, list) else ()) if isinstance(one, str)})

    def steps(self) -> Iterator[tuple[Step, Mapping[str, Any], KeyPath]]:
        """Every step with its text and its path."""
        by_name = {step.name: step for step in self.runbook.all_steps()}
        for data, path in _written(self.document.data.get("mainSteps"), ("mainSteps",)):
            if data.get("name") in by_name:
                yield by_name[data["name"]], data, path


def _written(steps: Any, path: KeyPath) -> Iterator[tuple[Mapping[str, Any], KeyPath]]:
    for index, data in enumerate(steps if isinstance(steps, list) else ()):
        if isinstance(data, Mapping):
            yield data, (*path, index)
            inputs = data.get("inputs")
            inner = inner_steps(data.get("action"), inputs) if isinstance(inputs, Mapping) else None
            if inner is not None:
                yield from _written(inner[1], (*path, index, "inputs", inner[0]))


def _onwards(steps: tuple[Step, ...], *, in_loop: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
    for index, step in enumerate(steps):
        following = steps[index + 1] if index + 1 < len(steps) else None
        targets = [transition.target for transition in transitions(step, following, in_loop=in_loop) if transition.target is not None]
        yield step.name, (*targets, *(inner.name for inner in step.steps[:1]))
        yield from _onwards(step.steps, in_loop=True)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
