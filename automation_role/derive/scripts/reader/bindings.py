"""Which names code binds: the only place that knows, for all of Python's grammar."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any, Final

# Code in these has names of its own: only what it is called is bound around it.
_CLOSED: Final = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda})
# Statements with code inside, of which it isn't sure that it runs, or that it runs to its end.
COMPOUND: Final = frozenset({ast.If, ast.Match, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, ast.With, ast.AsyncWith})
_COMPREHENSIONS: Final = frozenset({ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp})


def bound_names(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Names that running these may bind in the frame that they are in.

    A name is bound where Python's grammar has it as a target (`Store`, `Del`), or in a field of its own: `name` of a definition, an
    exception handler or a pattern, `rest` of a mapping pattern, `asname` of an import. Expressions are only looked at where
    `mark_assignments` has found `:=` in them.
    """
    found: set[str] = set()
    waiting: list[Any] = list(nodes)
    while waiting:
        node = waiting.pop()
        kind = type(node)
        if kind is ast.Name:
            found.add(node.id)
            continue
        if kind is ast.alias:
            found.add(node.asname or node.name.partition(".")[0])
            continue
        held = vars(node)  # all fields at once: most nodes have no name, and asking each for one takes longer than the rest
        for field in ("name", "rest"):
            if type(held.get(field)) is str:
                found.add(held[field])
        if kind in _CLOSED:
            continue
        if kind in _COMPREHENSIONS:
            found |= assigned_inside(node)
            continue
        for inner in held.values():
            if type(inner) is list:
                waiting += [each for each in inner if isinstance(each, ast.stmt) or _may_bind(each)]
            elif isinstance(inner, ast.AST) and _may_bind(inner):
                waiting.append(inner)
    return frozenset(found)


def bound_inside(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.For | ast.AsyncFor | ast.While) -> frozenset[str]:
    """Names that running a function's body, or an iteration of a loop, may bind: kept with its syntax."""
    found: frozenset[str] | None = getattr(node, "bound_inside", None)
    if found is None:
        head = (
            ()
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            else (node.test if isinstance(node, ast.While) else node.target,)
        )
        found = node.bound_inside = bound_names((*node.body, *head))  # type: ignore[union-attr]
    return found


def _may_bind(node: object) -> bool:
    """Whether it is a part of a statement, a target, or an expression that assigns."""
    if isinstance(node, ast.expr):
        held = vars(node)
        return "assigns" in held or ("ctx" in held and type(held["ctx"]) is not ast.Load)
    return isinstance(node, ast.AST)


def mark_assignments(tree: ast.AST) -> None:
    """Mark every node of a syntax tree that contains `(x := …)`."""
    around: dict[ast.AST, ast.AST] = {}
    for node in ast.walk(tree):
        around.update(dict.fromkeys(ast.iter_child_nodes(node), node))
        part: Any = node if isinstance(node, ast.NamedExpr) else None
        while part is not None and not hasattr(part, "assigns"):
            part.assigns = True
            part = around.get(part)


def assigned_inside(node: ast.AST) -> frozenset[str]:
    """Names that `(x := …)` somewhere inside assigns to variables around."""
    marked: Any = node
    if not hasattr(node, "assigns"):
        return frozenset()
    if marked.assigns is True:  # not known yet
        marked.assigns = frozenset(each.target.id for each in ast.walk(node) if isinstance(each, ast.NamedExpr))
    names: frozenset[str] = marked.assigns
    return names
