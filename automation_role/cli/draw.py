"""Trees and tables for people, coloured on a terminal. Loads rich, as `terminal` does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from ..derive.derivation import Derivation
from ..explain.compare import Change, Differences
from ..explain.model import ExplainedCall, ExplainedRole, ExplainedRunbook, ExplainedStep, Explanation
from ..explain.needs import Breadth, ExplainedPermission, needs_of
from ..explain.visible import visible
from ..findings import Finding
from ..values.place import Place
from .terminal import columns, comma, drawn, plain, spaced

_STYLES: Final = {Breadth.NAMED: "green", Breadth.TYPE: "yellow", Breadth.ALL: "magenta"}


def tree(explanation: Explanation, *, to_file: bool = False) -> str:
    """Every runbook, step by step: calls, permissions, gaps; then the same of each role that scripts assume."""
    return drawn([*map(_runbook, explanation.runbooks), *map(_assumed, explanation.assumed)], to_file=to_file)


def _assumed(role: ExplainedRole) -> Tree:
    root = Tree(Text.assemble(("as ", "dim"), (visible(role.name), "bold"), ("  assumed by scripts", "dim")), guide_style="dim")
    for runbook in role.needs.runbooks:
        root.add(_runbook(runbook))
    return root


def policy_table(derivation: Derivation, context: Place, *, to_file: bool = False) -> str:
    """A row for each action: its resources, conditions, and the steps that need it."""
    asked: dict[str, dict[str, None]] = defaultdict(dict)
    many = len(derivation.runbooks) > 1
    for needs in derivation.steps:
        for permission in needs.permissions:
            asked[permission.action][f"{needs.runbook}: {needs.step.name}" if many else needs.step.name] = None
    table = columns("action", "resources", "steps")
    for need in needs_of(derivation.permissions, context):
        table.add_row(plain(need.action, "bold"), _where(need), plain("\n".join(asked[need.action])))
    return drawn([table], to_file=to_file)


def differences_table(differences: Differences, *, to_file: bool = False) -> str:
    """What is needed in addition, and what no longer; one line when nothing changed."""
    if not differences:
        return "no difference\n"
    drawings: list[RenderableType] = []
    many = not differences.single
    for sign, style, title, was_or_is, changes in (
        ("+", "green", "needs more", "was:", differences.more),
        ("-", "red", "no longer needs", "is:", differences.no_longer),
    ):
        if changes:
            drawings.append(_changes(sign, style, title, was_or_is, changes, many=many))
    for sign, style, title, findings in (
        ("+", "yellow", "could not be derived, new", differences.new_findings),
        ("-", "green", "could not be derived, no longer there", differences.gone_findings),
    ):
        if findings:
            drawings.append(Group(plain(title, "bold"), *(_finding(each, style, f"{sign} ", many=many) for each in findings)))
    return drawn(spaced(drawings), to_file=to_file)


def _changes(sign: str, style: str, title: str, was_or_is: str, changes: Iterable[Change], *, many: bool) -> RenderableType:
    table = columns("", "action", "resources", "steps")
    for change in changes:
        steps = "\n".join(f"{runbook}: {step}" if many else step for runbook, step, _ in change.steps)
        where = [_where(change.need), *(_otherwise(was_or_is, need) for need in change.other)]
        table.add_row(plain(sign, style), plain(change.need.action, style), Text("\n").join(where), plain(steps))
    return Group(plain(title, "bold"), table)


def _otherwise(lead: str, need: ExplainedPermission) -> Text:
    """How the other version needs the same action."""
    return plain(f"{lead} " + ", ".join([*(resource.text for resource in need.resources), *_conditions(need.conditions)]), "dim")


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
        node.add(Text.assemble(("calls ", "dim"), *comma(_call(call, step.step.line) for call in step.calls)))
    for need in step.needs:
        _need(need, node)
    for finding in step.findings:
        node.add(_finding(finding))
    if not (step.calls or step.needs or step.findings or step.steps):
        node.add(plain("needs nothing", "dim"))
    for inner in step.steps:
        _step(inner, node)


def _call(call: ExplainedCall, line: int) -> str:
    """A call, with its lines if it is in a script."""
    lines = [str(each) for each in call.lines if each != line]
    where = f" (line {', '.join(lines)})" if lines else ""
    return f"{call.service}.{call.operation}{where}"


def _need(need: ExplainedPermission, above: Tree) -> None:
    if len(need.resources) == 1:
        label = Text.assemble((visible(need.action), "cyan"), "  ", plain(need.resources[0].text, _STYLES[need.resources[0].breadth]))
        node = above.add(label)
    else:
        node = above.add(plain(need.action, "cyan"))
        for resource in need.resources:
            node.add(plain(resource.text, _STYLES[resource.breadth]))
    for condition in _conditions(need.conditions):
        node.add(plain(condition, "dim"))
    if need.documented:
        node.add(plain("documented by AWS, not derived", "dim"))


def _finding(finding: Finding, style: str = "bold red", sign: str = "", *, many: bool = False) -> Text:
    """A finding. With a sign, also its step, which in a tree is above it, and its runbook if there are several."""
    where = [finding.runbook] * many + [finding.step] * bool(sign and finding.step) + [f"line {finding.line}"]
    return Text.assemble((visible(f"{sign}{', '.join(where)}: {finding.message} "), style), (f"[{finding.id}]", "dim"))


def _where(need: ExplainedPermission) -> Text:
    lines = [plain(resource.text, _STYLES[resource.breadth]) for resource in need.resources]
    documented = [plain("documented by AWS, not derived", "dim")] if need.documented else []
    return Text("\n").join([*lines, *(plain(condition, "dim") for condition in _conditions(need.conditions)), *documented])


def _conditions(conditions: Mapping[str, Any]) -> Iterator[str]:
    for operator, keys in conditions.items():
        for key, value in keys.items():
            yield f"if {key} {operator} {value if isinstance(value, str) else ', '.join(value)}"
