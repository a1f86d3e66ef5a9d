"""The parameters of a script's functions, and which functions are generators."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Signature:
    """The parameters of a function, read once."""

    __slots__ = ("annotations", "is_generator", "is_suspended", "keyword_only", "names", "others", "rest")

    def __init__(self, node: FunctionNode) -> None:
        given = node.args
        placed = [*given.posonlyargs, *given.args]
        self.names = tuple(each.arg for each in placed)
        self.keyword_only = tuple(each.arg for each in given.kwonlyargs)
        self.is_generator: bool = getattr(node, "yields", False)
        self.is_suspended = self.is_generator or isinstance(node, ast.AsyncFunctionDef)  # others run before it has ended
        self.rest = given.vararg.arg if given.vararg else None
        self.others = given.kwarg.arg if given.kwarg else None
        self.annotations = {each.arg: each.annotation for each in (*placed, *given.kwonlyargs) if each.annotation is not None}


def mark_generators(tree: ast.AST, text: str) -> None:
    """Mark the functions of a script that are generators; only what is in a line with `yield` is looked at."""
    lines = [number for number, line in enumerate(_LINE_END.split(text), 1) if "yield" in line]
    waiting: list[tuple[ast.AST, ast.AST]] = [(tree, tree)]
    while waiting:
        node, function = waiting.pop()
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            function.yields = True  # type: ignore[attr-defined]
        inside = node if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) else function
        waiting += [(each, inside) for each in ast.iter_child_nodes(node) if _has_line_of(lines, each)]


_LINE_END: Final = re.compile(r"\r\n|\r|\n")  # Python's: `str.splitlines` has more


def _has_line_of(lines: Sequence[int], node: Any) -> bool:
    first = getattr(node, "lineno", None)
    if first is None:  # `ast.arguments` and the like
        return True
    at = bisect_left(lines, first)
    return at < len(lines) and lines[at] <= node.end_lineno


def signature_of(node: FunctionNode) -> Signature:
    """The parameters of a function, kept with its syntax."""
    found: Signature | None = getattr(node, "parameters", None)
    if found is None:
        found = Signature(node)
        node.parameters = found  # type: ignore[union-attr]
    return found
