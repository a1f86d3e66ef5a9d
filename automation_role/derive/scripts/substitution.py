"""`{{ }}` in the text of a script: Automation puts the value there, as in every input of a step, before Python sees the script."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Final

from ...runbook.braces import references_in
from ...runbook.model import Runbook
from ...runbook.references import resolve
from ...values.value import Value


def with_names(text: str, runbook: Runbook) -> tuple[str, dict[str, Value]]:
    """A script with a name in place of each reference, in its lines as before, and what is under the names.

    References to something that the runbook does not have are not changed: `f"{{name}}"` is Python's own.
    """
    written = references_in(text)
    roots = _roots(runbook) if written else frozenset()
    found = [each for each in written if _ROOT.split(each.expression)[0] in roots]
    prefix = "_reference"
    while prefix in text:
        prefix += "_"
    names: dict[str, Value] = {}
    for place, each in reversed(list(enumerate(found))):
        name = f"{prefix}{place}_"
        names[name] = resolve(text[each.start : each.end], runbook)
        text = f"{text[: each.start]}{name}{text[each.end :]}"
    return text, names


def _roots(runbook: Runbook) -> frozenset[str]:
    return frozenset((*runbook.parameters, *runbook.variables, *(step.name for step in runbook.all_steps()), *_ALWAYS))


_ROOT: Final = re.compile(r"[.:\[]")
# https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-variables.html
_ALWAYS: Final = ("global", "automation", "loop")


class Placing(ast.NodeTransformer):
    """Replaces the names inside a script's strings by expressions: `"{{ Service }}"` becomes the text in `Service`."""

    def __init__(self, names: Iterable[str]) -> None:
        self.name = re.compile("(" + "|".join(sorted(names, reverse=True)) + ")")

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        """A string that has names in it is put together when it is read."""
        if not isinstance(node.value, str) or not self.name.search(node.value):
            return node
        return ast.copy_location(ast.JoinedStr(list(self._parts(node))), node)

    def _parts(self, node: ast.Constant) -> Iterator[ast.expr]:
        for place, text in enumerate(self.name.split(str(node.value))):
            if place % 2:
                name = ast.copy_location(ast.Name(text, ast.Load()), node)
                yield ast.copy_location(ast.FormattedValue(name, -1), node)
            elif text:
                yield ast.copy_location(ast.Constant(text), node)
