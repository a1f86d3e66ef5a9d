"""Trees and tables for people, coloured on a terminal. Loads rich, which takes longer than everything else."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from ..derive.derivation import Derivation
from ..explain.compare import Change, Differences
from ..explain.model import ExplainedCall, ExplainedRole, ExplainedRunbook, ExplainedStep, Explanation
from ..explain.needs import Breadth, ExplainedPermission, needs_of
from ..explain.visible import visible
from ..findings import Finding
from ..values.place import Place
from .console import colourful

# Without a terminal, lines have any length.
_UNWRAPPED: Final = 100_000
# A narrower terminal breaks the lines itself: narrower columns would have no room for a word.
_NARROWEST: Final = 40
_STYLES: Final = {Breadth.NAMED: "green", Breadth.TYPE: "yellow", Breadth.ALL: "magenta"}


def tree(explanation: Explanation, *, to_file: bool = False) -> str:
    """Every runbook, step by step: calls, permissions, gaps; then the same of each role that scripts assume."""
    return _drawn([*map(_runbook, explanation.runbooks), *map(_assumed, explanation.assumed)], to_file=to_file)


def _assumed(role: ExplainedRole) -> Tree:
    root = Tree(Text.assemble(("as ", "dim"), (visible(role.name), "bold"), ("  assumed by scripts", "dim")), guide_style="dim")
    for runbook in role.needs.runbooks:
        root.add(_runbook(runbook))
    return root


def policy_table(derivation: Derivation, context: Place) -> str:
    """A row for each action: its resources, conditions, and the steps that need it."""
    asked: dict[str, dict[str, None]] = defaultdict(dict)
    many = len(derivation.runbooks) > 1
    for needs in derivation.steps:
        for permission in needs.permissions:
            asked[permission.action][f"{needs.runbook}: {needs.step.name}" if many else needs.step.name] = None
    table = _table("action", "resources", "steps")
    for need in needs_of(derivation.permissions, context):
        table.add_row(_plain(need.action, "bold"), _where(need), _plain("\n".join(asked[need.action])))
    return _drawn([table])


def differences_table(differences: Differences) -> str:
    """What is needed in addition, and what no longer; one line when nothing changed."""
    if not differences:
        return "no difference\n"
    drawn: list[RenderableType] = []
    many = not differences.single
    for sign, style, title, was_or_is, changes in (
        ("+", "green", "needs more", "was:", differences.more),
        ("-", "red", "no longer needs", "is:", differences.no_longer),
    ):
        if changes:
            drawn.append(_changes(sign, style, title, was_or_is, changes, many=many))
    for sign, style, title, findings in (
        ("+", "yellow", "could not be derived, new", differences.new_findings),
        ("-", "green", "could not be derived, no longer there", differences.gone_findings),
    ):
        if findings:
            drawn.append(Group(_plain(title, "bold"), *(_finding(each, style, f"{sign} ", many=many) for each in findings)))
    spaced = [each for drawing in drawn for each in (drawing, Text())]
    return _drawn(spaced[:-1])


def _changes(sign: str, style: str, title: str, was_or_is: str, changes: Iterable[Change], *, many: bool) -> RenderableType:
    table = _table("", "action", "resources", "steps")
    for change in changes:
        steps = "\n".join(f"{runbook}: {step}" if many else step for runbook, step, _ in change.steps)
        where = [_where(change.need), *(_otherwise(was_or_is, need) for need in change.other)]
        table.add_row(_plain(sign, style), _plain(change.need.action, style), Text("\n").join(where), _plain(steps))
    return Group(_plain(title, "bold"), table)


def _otherwise(lead: str, need: ExplainedPermission) -> Text:
    """How the other version needs the same action."""
    return _plain(f"{lead} " + ", ".join([*(resource.text for resource in need.resources), *_conditions(need.conditions)]), "dim")


def _runbook(runbook: ExplainedRunbook) -> Tree:
    label = Text.assemble((visible(runbook.runbook.name), "bold"), "  ", (visible(runbook.origin), "dim"))
    root = Tree(label, guide_style="dim")
    for finding in runbook.findings:
        root.add(_finding(finding))
    for step in runbook.steps:
        _step(step, root)
    return root


def _step(step: ExplainedStep, above: Tree) -> None:
    node = above.add(Text.assemble((visible(step.step.name), "bold"), (f"  {visible(step.step.action)}, line {step.step.line}", "dim")))
    if step.calls:
        node.add(Text.assemble(("calls ", "dim"), *_comma(_call(call, step.step.line) for call in step.calls)))
    for need in step.needs:
        _need(need, node)
    for finding in step.findings:
        node.add(_finding(finding))
    if not (step.calls or step.needs or step.findings or step.steps):
        node.add(_plain("needs nothing", "dim"))
    for inner in step.steps:
        _step(inner, node)


def _call(call: ExplainedCall, line: int) -> str:
    """A call, with its lines if it is in a script."""
    lines = [str(each) for each in call.lines if each != line]
    where = f" (line {', '.join(lines)})" if lines else ""
    return f"{call.service}.{call.operation}{where}"


def _need(need: ExplainedPermission, above: Tree) -> None:
    if len(need.resources) == 1:
        label = Text.assemble((visible(need.action), "cyan"), "  ", _plain(need.resources[0].text, _STYLES[need.resources[0].breadth]))
        node = above.add(label)
    else:
        node = above.add(_plain(need.action, "cyan"))
        for resource in need.resources:
            node.add(_plain(resource.text, _STYLES[resource.breadth]))
    for condition in _conditions(need.conditions):
        node.add(_plain(condition, "dim"))
    if need.documented:
        node.add(_plain("documented by AWS, not derived", "dim"))


def _finding(finding: Finding, style: str = "bold red", sign: str = "", *, many: bool = False) -> Text:
    """A finding. With a sign, also its step, which in a tree is above it, and its runbook if there are several."""
    where = [finding.runbook] * many + [finding.step] * bool(sign and finding.step) + [f"line {finding.line}"]
    return Text.assemble((visible(f"{sign}{', '.join(where)}: {finding.message} "), style), (f"[{finding.id}]", "dim"))


def _where(need: ExplainedPermission) -> Text:
    lines = [_plain(resource.text, _STYLES[resource.breadth]) for resource in need.resources]
    documented = [_plain("documented by AWS, not derived", "dim")] if need.documented else []
    return Text("\n").join([*lines, *(_plain(condition, "dim") for condition in _conditions(need.conditions)), *documented])


def _conditions(conditions: Mapping[str, Any]) -> Iterator[str]:
    for operator, keys in conditions.items():
        for key, value in keys.items():
            yield f"if {key} {operator} {value if isinstance(value, str) else ', '.join(value)}"


# -- rich ----------------------------------------------------------------------------------------------------------------------------


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _plain(text: str, style: str = "") -> Text:
    """A text without markup, as it is; we break its lines ourselves."""
    return Text("\n".join(map(visible, text.split("\n"))), style)


def _comma(texts: Iterable[str]) -> Iterator[str]:
    for index, text in enumerate(texts):
        yield f", {visible(text)}" if index else visible(text)


def _drawn(drawings: Iterable[RenderableType], *, to_file: bool = False) -> str:
    """What rich draws, as text: coloured on a terminal, as wide as the terminal or COLUMNS; without spaces at the ends of lines."""
    colour = colourful(sys.stdout) and not to_file
    sized = not to_file and (sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdecimal())
    console = Console(
        file=io.StringIO(),
        width=max(_NARROWEST, shutil.get_terminal_size().columns) if sized else _UNWRAPPED,
        force_terminal=colour,
        no_color=not colour,
        highlight=False,
        markup=False,
        emoji=False,
    )
    with console.capture() as captured:
        for drawing in drawings:
            console.print(drawing)
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())
