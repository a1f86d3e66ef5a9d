"""Reading statements, in order: branches are joined, loops are read until nothing more is learnt, what cannot be reached is left out."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from operator import is_
from typing import Any, Final, cast

from ....findings import BY_HAND
from ..values.asking import foreign_name, is_unknown, special
from ..values.containers import Container
from ..values.domain import BOTTOM, DATA, REPORTED, Abstract, Args, Thing, join, join_all, members, things, truth
from ..values.external import names_of
from ..values.functions import Entering, FunctionNode, signature_of
from ..values.lazy import Generator
from ..values.modules import ModuleValue
from ..values.work import walked
from .bindings import bound_names
from .conditions import refined
from .definitions import Definitions
from .imports import parsed
from .limits import MAX_LEVELS
from .loops import Loops
from .operators import OPERATORS
from .patterns import Patterns
from .scope import Env, joined

_WORK_OF_PARSING: Final = 50  # a text that is code, in expressions read


class Reader(Loops, Patterns, Definitions):
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
            if kind not in _COMPOUND:
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
        word = f"__i{OPERATORS.get(type(node.op), '')}__"
        others: list[Abstract] = []
        for each in members(old):
            if isinstance(each, Thing) and each.is_by_place:  # in place, for all who hold it
                certain = each is old and self._is_certain(node.target, old)
                if not certain or each.surely(self.machine, word, Args([value])) is BOTTOM:
                    self.machine.invoke(each, word, Args([value]), at)
                others.append(each)
            else:
                others.append(self._binary(node.op, each, value, at, in_place=True))
        if not isinstance(old, Thing) or not old.is_by_place or len(others) != 1 or others[0] is not old:  # unknown data may be other data
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
            self._delete(each)

    def _delete(self, target: ast.expr) -> None:
        delete = _DELETE.get(type(target))
        if delete is not None:
            delete(self, target)

    def delete_name(self, target: ast.Name) -> None:
        if self.env is not None:
            self.env.pop(target.id, None)

    def delete_item(self, target: ast.Subscript) -> None:
        whole, key = self.value(target.value), self.value(target.slice)
        place = self.bounds(target.slice) if isinstance(target.slice, ast.Slice) else key
        if place is not None and isinstance(whole, Thing) and whole.is_by_place and self._is_certain(target.value, whole):
            given = Args([cast("Abstract", place)])  # elsewhere, a slice isn't the value of a variable
            if whole.surely(self.machine, "__delitem__", given) is not BOTTOM:
                return
        for one in things(whole):
            self.machine.invoke(one, "__delitem__", Args([key]), self.frame.line(target))

    def delete_attribute(self, target: ast.Attribute) -> None:
        for one in things(self.value(target.value)):
            one.forget_attribute(self.machine, target.attr)

    def delete_all(self, target: ast.Tuple | ast.List) -> None:
        for each in target.elts:
            self._delete(each)

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
                frame.global_names.setdefault(name, frame)  # from now on its own variable is what functions inside make of it

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
        path = self.frame.module.captured.get("__name__")
        whole = self.machine.module(name, path.rpartition("/")[0] if isinstance(path, str) else "", at)
        for each in node.names:
            if each.name != "*":
                self.bind(each.asname or each.name, self.machine.attribute(whole, each.name, at))
            elif isinstance(whole, ModuleValue):
                for known, value in whole.frame.captured.items():
                    self.bind(known, value)
            elif (module := foreign_name(whole)) and self.machine.libraries.is_harmless(module):
                for known, value in names_of(self.machine, module).items():
                    self.bind(known, value)
            else:
                self.frame.module.foreign_names = True

    def branch(self, node: ast.If) -> None:
        ends: list[Env] = []
        machine = self.machine
        around, exits = machine.where, machine.exits
        stored: list[list[tuple[Container, str]]] = []
        at: ast.If | None = node
        while at is not None and self.env is not None:
            known = truth(self.value(at.test))
            before = self.env
            if known is not True:
                machine.where = object()
            if known is not False:
                self.env = dict(before) if known is True else self._where(at.test, before, holds=True)
                stored.append(self._arm(at.body))
                if self.env is not None:
                    ends.append(self.env)
                else:
                    stored.pop()
                if known is not True:
                    machine.where = object()
            self.env = None if known is True else refined(self, at.test, before, holds=False)
            following = at.orelse
            at = following[0] if len(following) == 1 and isinstance(following[0], ast.If) else None
            if at is None and self.env is not None:
                stored.append(self._arm(following))
                if self.env is None:
                    stored.pop()
        if self.env is not None:
            ends.append(self.env)
        self.env = joined(ends)
        if machine.exits == exits:
            machine.where = around
            machine.stored_in_all(stored)

    def _arm(self, statements: list[ast.stmt]) -> list[tuple[Container, str]]:
        """Read an arm of an `if`: what it stores by name, in what was made before."""
        stored: list[tuple[Container, str]] = []
        self.machine.arms.append((self.machine.where, stored))
        self.block(statements)
        self.machine.arms.pop()
        return stored

    def trying(self, node: ast.Try | ast.TryStar) -> None:
        states = self._states(node.body)
        self.machine.where = object()
        if self.env is not None:
            self.block(node.orelse)
        ends = [] if self.env is None else [self.env]
        failed = joined(states)
        for handler in node.handlers:
            self.machine.where = object()
            self.env = dict(failed or {})
            kinds = BOTTOM if handler.type is None else self.value(handler.type)
            if handler.name is not None:
                self.bind(handler.name, self.machine.caught(kinds))
            self.block(handler.body)
            if self.env is not None:
                ends.append(self.env)
        if not node.finalbody:
            self.env = joined(ends)
            return
        dead = not ends
        self.machine.where = object()
        self.env = joined([*ends, *states])
        self.block(node.finalbody)
        if dead:
            self.env = None

    def _states(self, statements: list[ast.stmt]) -> list[Env]:
        """Read statements of which any may fail: the variables before and after each."""
        states: list[Env] = [dict(self.env or {})]
        self.machine.guarded += 1
        for each in statements:
            if self.env is None:
                break
            self.block([each])
            states += [dict(env) for env in self.reached() if not _same(env, states[-1])]
            walked(len(states[-1]))
        self.machine.guarded -= 1
        return states

    def with_(self, node: ast.With | ast.AsyncWith) -> None:
        suppresses = False
        under: list[Entering] = []
        for each in node.items:
            value = self.value(each.context_expr)
            under += [one for one in members(value) if isinstance(one, Entering)]
            suppresses = suppresses or _may_suppress(value)
            entered = value.entered(self.machine, self.frame.line(each.context_expr)) if isinstance(value, Thing) else value
            if each.optional_vars is not None:
                self.assign(each.optional_vars, entered)
        if suppresses:
            self.env = joined(self._states(node.body))
        else:
            self.block(node.body)
        for one in reversed(under):
            one.left(self.machine, self.frame.line(node))


def _may_suppress(value: Abstract) -> bool:
    """Whether a context manager may swallow what is raised inside (`contextlib.suppress`, an `__exit__` of the script's own)."""
    return any(
        foreign_name(each).startswith("contextlib.") or special(each, "__exit__") is not BOTTOM or isinstance(each, Entering)
        for each in members(value)
    )


def _same(one: Env, other: Env) -> bool:
    """Whether the variables are the very same ones."""
    return one.keys() == other.keys() and all(map(is_, one.values(), (other[name] for name in one)))


def _never_returns(node: ast.expr) -> bool:
    """Whether it is `sys.exit()`, `exit()`, `quit()`."""
    match node:
        case ast.Call(func=ast.Name(id="exit" | "quit")):
            return True
        case ast.Call(func=ast.Attribute(attr="exit" | "_exit", value=ast.Name(id="sys" | "os"))):
            return True
    return False


def _nothing(_reader: Reader, _node: ast.stmt) -> None:
    pass


_DELETE: Final[dict[type[ast.expr], Callable[[Reader, Any], None]]] = {
    ast.Name: Reader.delete_name,
    ast.Subscript: Reader.delete_item,
    ast.Attribute: Reader.delete_attribute,
    ast.Tuple: Reader.delete_all,
    ast.List: Reader.delete_all,
}
_COMPOUND: Final = frozenset({ast.If, ast.Match, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, ast.With, ast.AsyncWith})


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
