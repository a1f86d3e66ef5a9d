"""Which names code binds: the one place that says so, for whatever Python's grammar has."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Final

# Code in these has names of its own: only what it is called is bound around it. A constant has no code in it.
_CLOSED: Final = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.Constant})
_PLAIN: Final = frozenset({str, int, type(None)})  # names, and where in the text a node is
_COMPREHENSIONS: Final = frozenset({ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp})


def bound_names(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Names that running these may bind in the frame that they are in.

    A name is bound where Python's grammar has it as a target (`Store`, `Del`), or in a field of its own: `name` of a definition, an
    exception handler or a pattern, `rest` of a mapping pattern, `asname` of an import.
    """
    return frozenset(_bound(nodes))


def _bound(nodes: Iterable[ast.AST]) -> Iterator[str]:
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        kind = type(node)
        if kind is ast.Name:
            if type(node.ctx) is not ast.Load:  # type: ignore[attr-defined]
                yield node.id  # type: ignore[attr-defined]
            continue
        if isinstance(node, ast.alias):
            yield node.asname or node.name.partition(".")[0]
            continue
        held = vars(node)  # all fields at once: most nodes have no name, and asking each for one takes longer than the rest
        for field in ("name", "rest"):
            name = held.get(field)
            if isinstance(name, str):
                yield name
        if kind in _CLOSED:
            continue
        if kind in _COMPREHENSIONS:
            waiting += [each.target for each in ast.walk(node) if isinstance(each, ast.NamedExpr)]
            continue
        for inner in held.values():
            if type(inner) is list:
                waiting += [each for each in inner if isinstance(each, ast.AST)]
            elif type(inner) not in _PLAIN and isinstance(inner, ast.AST) and inner._fields:  # operators and contexts have none
                waiting.append(inner)


def assigned_inside(node: ast.AST) -> set[str]:
    """Names that `(x := …)` somewhere inside assigns to variables around."""
    found: set[str] | None = getattr(node, "named_inside", None)
    if found is None:
        found = {each.target.id for each in ast.walk(node) if isinstance(each, ast.NamedExpr)}
        node.named_inside = found  # type: ignore[attr-defined]
    return found
