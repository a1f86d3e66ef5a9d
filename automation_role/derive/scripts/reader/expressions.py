"""Reads expressions: their values, and the calls that they make."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, Final

from ....findings import BY_HAND
from ..values.lists import Slice
from ..values.scalars import as_thing
from ..values.thing import DATA, OPAQUE, REPORTED, Abstract
from ..values.unions import join, join_all, members
from .calls import Calls
from .displays import Displays
from .limits import MAX_LEVELS
from .operators import Operators


class Expressions(Operators, Calls, Displays):
    """Reads expressions in one frame."""

    __slots__ = ()

    def value(self, node: ast.expr) -> Abstract:
        """The value of an expression."""
        kind = type(node)
        if kind is ast.Name:  # names and constants are most of all expressions: read at once
            name, env = node.id, self.env  # type: ignore[attr-defined]
            return env[name] if env is not None and name in env and name not in self.frame.global_names else self.outer(name)
        machine = self.machine
        machine.work += 1
        if kind is ast.Constant:
            constant = node.value  # type: ignore[attr-defined]
            return constant if type(constant) in _PLAIN else DATA
        if machine.levels > MAX_LEVELS:
            return machine.too_deep(self.frame.line(node))
        machine.levels += 1
        found = _READ.get(kind, Expressions.unknown)(self, node)
        machine.levels -= 1
        return found

    def unknown(self, node: ast.AST) -> Abstract:
        """Syntax without a handler, such as that of a newer Python: it is reported, and what is inside is read."""
        at = self.frame.first + getattr(node, "lineno", 1) - 1 if self.frame.is_exact else self.frame.first
        self.machine.report(
            "unreadableScript", at, f"the script has syntax that is not followed ({type(node).__name__}); add what it needs {BY_HAND}"
        )
        self.inside(node)
        return REPORTED

    def inside(self, node: ast.AST) -> None:
        """Read the expressions and statements in a part of the syntax."""
        for each in ast.iter_child_nodes(node):
            if isinstance(each, ast.expr):
                self.value(each)
            elif isinstance(each, ast.stmt):
                self.block([each])
            else:
                self.inside(each)

    def named(self, node: ast.NamedExpr) -> Abstract:
        value = self.value(node.value)
        self.assign(node.target, value)
        return value

    def attribute(self, node: ast.Attribute) -> Abstract:
        whole, machine = self.value(node.value), self.machine
        if whole is DATA and node.attr != "__getattribute__" and not machine.has_scattered:  # mostly
            return DATA
        return machine.attribute(whole, node.attr, self.frame.line(node))

    def subscript(self, node: ast.Subscript) -> Abstract:
        whole = self.value(node.value)
        if isinstance(node.slice, ast.Slice):
            return self.machine.sliced(whole, self.bounds(node.slice), self.frame.line(node))
        key, machine = self.value(node.slice), self.machine
        if whole is DATA and not machine.has_scattered:  # mostly
            return DATA
        if isinstance(key, Slice):
            return machine.sliced(whole, key.place, self.frame.line(node))
        return machine.item(whole, key, self.frame.line(node))

    def yield_(self, node: ast.Yield) -> Abstract:
        value = self.value(node.value) if node.value is not None else None
        self.frame.yielded = join(self.frame.yielded, value)
        return OPAQUE  # what `send` sends

    def yield_from(self, node: ast.YieldFrom) -> Abstract:
        value = self.value(node.value)
        self.frame.yielded = join_all([self.frame.yielded, *self.machine.elements(value, self.frame.line(node))])
        return join_all(as_thing(each).returned for each in members(value))

    def awaited(self, node: ast.Await) -> Abstract:
        return as_thing(self.value(node.value)).awaited(self.machine, self.frame.line(node))


def _slice(reader: Expressions, node: ast.Slice) -> Abstract:
    for each in (node.lower, node.upper, node.step):
        if each is not None:
            reader.value(each)
    return DATA


def _starred(reader: Expressions, node: ast.Starred) -> Abstract:
    return join_all(reader.machine.elements(reader.value(node.value), reader.frame.line(node)))


_PLAIN: Final = frozenset({str, int, float, bool, type(None)})  # constants that stand for themselves
_READ: Final[dict[type[ast.expr], Callable[[Expressions, Any], Abstract]]] = {
    ast.Attribute: Expressions.attribute,
    ast.Call: Expressions.call,
    ast.Subscript: Expressions.subscript,
    ast.JoinedStr: Expressions.joined,
    ast.FormattedValue: Expressions.formatted,
    ast.Dict: Expressions.dict_,
    ast.List: Expressions.listed,
    ast.Tuple: Expressions.listed,
    ast.Set: Expressions.listed,
    ast.BinOp: Expressions.bin_op,
    ast.BoolOp: Expressions.bool_op,
    ast.Compare: Expressions.compare,
    ast.UnaryOp: Expressions.unary_op,
    ast.IfExp: Expressions.if_exp,
    ast.Lambda: Expressions.lambda_,
    ast.ListComp: Expressions.comprehension,
    ast.SetComp: Expressions.comprehension,
    ast.GeneratorExp: Expressions.generator,
    ast.DictComp: Expressions.comprehension,
    ast.Await: Expressions.awaited,
    ast.Yield: Expressions.yield_,
    ast.YieldFrom: Expressions.yield_from,
    ast.NamedExpr: Expressions.named,
    ast.Starred: _starred,
    ast.Slice: _slice,
}
