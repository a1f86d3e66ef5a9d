"""What the lint rules look at: a runbook with its document, the steps that a run can reach, and the names that anything reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

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
    def named(self) -> frozenset[str]:
        """What the document's `{{ }}` name (parameters, `step.Output`), and the runbook's own outputs, which have no braces."""
        found: set[str] = set()
        _add_expressions(self.document.data, found)
        outputs = self.document.data.get("outputs")
        return frozenset(found.union(one for one in (outputs if isinstance(outputs, list) else ()) if isinstance(one, str)))

    @cached_property
    def read(self) -> frozenset[str]:
        """The names, and what they begin with: `step.Output.Field[0]` reads `step.Output`."""
        return self.named.union(one[: mark.start()] for one in self.named for mark in _PART.finditer(one))

    @cached_property
    def steps(self) -> Sequence[tuple[Step, Mapping[str, Any], KeyPath]]:
        """Every step with its text and its path."""
        by_name = self.runbook.by_name
        written = _written(self.document.data.get("mainSteps"), ("mainSteps",))
        return [(by_name[data["name"]], data, path) for data, path in written if data.get("name") in by_name]


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


_PART: Final = re.compile(r"[.\[]")


def _add_expressions(value: Any, found: set[str]) -> None:
    if isinstance(value, str):
        found.update(expressions_in(value))
    elif isinstance(value, dict):
        for item in value.values():
            _add_expressions(item, found)
    elif isinstance(value, list):
        for item in value:
            _add_expressions(item, found)
