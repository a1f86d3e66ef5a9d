"""Reads statements in order: branches are joined, loops are read to a fixpoint, unreachable code is skipped."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any, Final

from ....findings import BY_HAND
from ..values.arguments import Args
from ..values.asking import is_unknown, truth
from ..values.lazy import Generator
from ..values.scalars import as_thing
from ..values.signatures import FunctionNode, signature_of
from ..values.thing import BOTTOM, DATA, REPORTED, Abstract
from ..values.unions import join, join_all, members
from .bindings import COMPOUND, bound_names
from .branches import Branches
from .conditions import refined
from .definitions import Definitions
from .imports import parsed
from .limits import MAX_LEVELS
from .operators import OPERATORS

_WORK_OF_PARSING: Final = 50  # a text that is code, in expressions read


class Reader(Branches, Definitions):
    """Reads the statements of one frame."""

    __slots__ = ()

    def block(self, statements: list[ast.stmt]) -> None:
        """Read statements one after the other, as far as they are reached."""
        machine = self.machine
        if machine.levels > MAX_LEVELS and statements:
            machine.too_deep(self.frame.line(statements[0]))
            return
        machine.levels += 1
        for each in statements:
            if self.env is None:
                break
            machine.steps += 1
            machine.spend(1)
            if machine.guarded:
                machine.where = object()
            kind = type(each)
            read = _READ.get(kind, Reader.unknown)
            if kind not in COMPOUND:
                read(self, each)
                continue
            around, exits = machine.where, machine.exits
            read(self, each)
            # What follows is sure to be reached when all that is in the statement leads to its end.
            machine.where = around if machine.exits == exits else object()
        machine.levels -= 1

    def function(self, node: FunctionNode) -> Abstract:
        if isinstance(node, ast.Lambda):
            result = self.value(node.body)
        else:
            self.block(node.body)
            result = self.frame.returned if self.env is None else join(self.frame.returned, None)
        return Generator(self.frame.yielded, result) if signature_of(node).is_generator else result

    def made_code(self, texts: Iterable[str], at: int) -> Abstract:
        found: Abstract = BOTTOM
        line = at - self.frame.first + 1
        for text in texts:
            self.machine.spend(_WORK_OF_PARSING + len(text) // 8)
            try:
                body = parsed(text, line).body
            except SyntaxError:
                self.machine.report("unreadableScript", at, f"the script runs a string that isn't Python; add what it needs {BY_HAND}")
                continue
            if len(body) == 1 and isinstance(body[0], ast.Expr):
                found = join(found, self.value(body[0].value))
            else:
                self.block(body)
        return DATA if found is BOTTOM else found

    def unknown(self, node: ast.AST) -> None:
        super().unknown(node)
        for name in bound_names([node]):
            self.bind(name, REPORTED)

    def assignment(self, node: ast.Assign) -> None:
        value = self.value(node.value)
        for target in node.targets:
            self.assign(target, value)

    def annotated_assignment(self, node: ast.AnnAssign) -> None:
        if self.frame.function is None or self.frame.methods is not None:
            self.annotation(node.annotation)  # those of a function's variables are never evaluated
        if node.value is not None:
            value = self.value(node.value)
            self.assign(node.target, self.machine.annotated(node.annotation, self.frame, value) if is_unknown(value) else value)

    def augmented(self, node: ast.AugAssign) -> None:
        old = self.value(node.target)
        value = self.value(node.value)
        at = self.frame.line(node)
        word = OPERATORS.get(type(node.op), "")
        method = f"__i{word}__"
        others: list[Abstract] = []
        for each in members(old):
            whole = as_thing(each)
            if whole.is_in_place:
                certain = each is old and self._is_certain(node.target, whole)
                if not certain or whole.strong_update(self.machine, method, Args([value])) is BOTTOM:
                    self.machine.invoke(each, method, Args([value]), at)
                others.append(each)
            else:
                others.append(self._binary(word, each, value, at, in_place=True))
        if not as_thing(old).is_in_place or others != [old]:  # unknown data may be other data
            self.assign(node.target, join_all(others))

    def expression(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            return
        self.value(node.value)
        if _never_returns(node.value):
            self.env = None

    def returning(self, node: ast.Return) -> None:
        value = self.value(node.value) if node.value is not None else None
        self.frame.returned = join(self.frame.returned, value)
        self.machine.exits += 1
        self.env = None

    def raising(self, node: ast.Raise) -> None:
        if node.exc is not None:
            self.machine.throw(self.value(node.exc), self.frame.line(node))
        if node.cause is not None:
            self.value(node.cause)
        self.machine.exits += 1
        self.env = None

    def asserting(self, node: ast.Assert) -> None:
        known = truth(self.value(node.test))
        before = self.env
        if node.msg is not None and known is not True:
            self.value(node.msg)
        self.env = refined(self, node.test, before, holds=True)

    def deleting(self, node: ast.Delete) -> None:
        for each in node.targets:
            self.delete(each)

    def declaring_global(self, node: ast.Global) -> None:
        for name in node.names:
            self.frame.global_names[name] = self.frame.module

    def declaring_nonlocal(self, node: ast.Nonlocal) -> None:
        for name in node.names:
            frame = self.frame.parent
            while frame is not None and name not in frame.captured:
                frame = frame.parent
            if frame is not None:
                self.frame.global_names[name] = frame
                frame.global_names.setdefault(name, frame)  # from now on, functions inside decide what its own variable is

    def importing(self, node: ast.Import) -> None:
        for each in node.names:
            at = self.frame.line(node)
            whole = self.machine.module(each.name, "", at)
            if each.asname is None and "." in each.name:
                root = each.name.partition(".")[0]
                self.bind(root, self.machine.module(root, "", at))
            else:
                self.bind(each.asname or each.name, whole)

    def importing_from(self, node: ast.ImportFrom) -> None:
        at = self.frame.line(node)
        name = "." * node.level + (node.module or "")
        whole = self.machine.module(name, self.frame.package, at)
        for each in node.names:
            if each.name != "*":
                self.bind(each.asname or each.name, self.machine.attribute(whole, each.name, at))
            elif (exported := as_thing(whole).exported(self.machine)) is None:
                self.frame.module.foreign_names = True
            else:
                for known, value in exported.items():
                    self.bind(known, value)


def _never_returns(node: ast.expr) -> bool:
    """Whether it is `sys.exit()`, `exit()`, `quit()`."""
    function = node.func if isinstance(node, ast.Call) else None
    if isinstance(function, ast.Name):
        return function.id in {"exit", "quit"}
    whole = function.value if isinstance(function, ast.Attribute) and function.attr in {"exit", "_exit"} else None
    return isinstance(whole, ast.Name) and whole.id in {"sys", "os"}


def _nothing(_reader: Reader, _node: ast.stmt) -> None:
    pass


_READ: Final[dict[type[ast.stmt], Callable[[Reader, Any], None]]] = {
    ast.Expr: Reader.expression,
    ast.Assign: Reader.assignment,
    ast.AnnAssign: Reader.annotated_assignment,
    ast.AugAssign: Reader.augmented,
    ast.Return: Reader.returning,
    ast.Raise: Reader.raising,
    ast.Assert: Reader.asserting,
    ast.Delete: Reader.deleting,
    ast.Pass: _nothing,
    ast.Break: Reader.ending_pass,
    ast.Continue: Reader.ending_pass,
    ast.Global: Reader.declaring_global,
    ast.Nonlocal: Reader.declaring_nonlocal,
    ast.Import: Reader.importing,
    ast.ImportFrom: Reader.importing_from,
    ast.If: Reader.branch,
    ast.Match: Reader.matching,
    ast.For: Reader.for_loop,
    ast.AsyncFor: Reader.for_loop,
    ast.While: Reader.while_loop,
    ast.Try: Reader.trying,
    ast.TryStar: Reader.trying,
    ast.With: Reader.with_,
    ast.AsyncWith: Reader.with_,
    ast.FunctionDef: Reader.defining,
    ast.AsyncFunctionDef: Reader.defining,
    ast.ClassDef: Reader.class_,
}
