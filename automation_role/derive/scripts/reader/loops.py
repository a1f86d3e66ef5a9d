"""Loops: read until a fixpoint is reached."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial

from ..values.asking import is_scalar
from ..values.containers import CLOCK, are_twins
from ..values.dicts import DictValue
from ..values.frames import Frame
from ..values.lists import ListValue
from ..values.thing import BOTTOM, DATA, Abstract
from ..values.unions import join, join_all, members, things
from .bindings import bound_inside
from .displays import unrolled
from .expressions import Expressions
from .limits import MAX_PASSES
from .machine import Interpreter
from .scope import Env, joined


class Loops(Expressions):
    """Reads loops.

    Attributes:
        loops: the variables at each `continue` and `break` of the loops around.
    """

    __slots__ = ("loops",)

    def __init__(self, machine: Interpreter, frame: Frame, env: Env) -> None:
        super().__init__(machine, frame, env)
        self.loops: list[tuple[list[Env], list[Env]]] = []  # the variables at each `continue` and `break` of the loops around

    def reached(self) -> list[Env]:
        """The variables here; none where the code cannot be reached."""
        return [] if self.env is None else [self.env]

    def ending_pass(self, node: ast.Break | ast.Continue) -> None:
        if self.loops and self.env is not None:
            self.loops[-1][isinstance(node, ast.Break)].append(self.env)
        self.machine.exits += 1
        self.env = None

    def for_loop(self, node: ast.For | ast.AsyncFor) -> None:
        around = self.machine.rounds
        iterated = self.value(node.iter)
        ordered = _in_order(iterated)
        elements = unrolled(self.machine, self.machine.elements(iterated, self.frame.line(node.iter)))
        left: list[Env] = []
        lists = [each for each in members(iterated) if isinstance(each, ListValue)]
        before = [each.version for each in lists]
        one_by_one = len(elements) > 1
        entry, started = dict(self.env or {}), next(CLOCK)
        for each in elements:
            left += self._passes(node, partial(self.assign, node.target, each), again=not one_by_one)
        for each in lists:
            each.look_again()
        if before != [each.version for each in lists]:  # the body puts something into what it goes through
            left += self._passes(node, partial(self._any_of, node, lists), again=True)
        elif one_by_one and not ordered and self._carries(node, entry, started):
            left += self._passes(node, lambda: self.assign(node.target, join_all(elements)), again=True)
        self.machine.rounds = around
        self._after(node, left)

    def _carries(self, node: ast.For | ast.AsyncFor, entry: Env, started: int) -> bool:
        """Whether an iteration leaves something behind that another one may read."""
        now = self.env or {}
        return self.machine.changed_at >= started or any(
            name in entry and now.get(name, entry[name]) is not entry[name] for name in bound_inside(node)
        )

    def _any_of(self, node: ast.For | ast.AsyncFor, lists: list[ListValue]) -> None:
        at = self.frame.line(node.iter)
        self.assign(node.target, join_all(one for each in lists for one in self.machine.elements(each, at)))

    def while_loop(self, node: ast.While) -> None:
        endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
        left = self._passes(node, partial(self.value, node.test), again=True)
        if endless:
            self.env = None
        self._after(node, left)

    def _after(self, node: ast.For | ast.AsyncFor | ast.While, left: list[Env]) -> None:
        """`else`, which a `break` skips; then all exits of the loop are joined."""
        self.machine.where = object()
        if self.env is not None and node.orelse:
            self.block(node.orelse)
        self.env = joined(left if self.env is None else [self.env, *left])

    def _passes(self, node: ast.For | ast.AsyncFor | ast.While, start: Callable[[], object], *, again: bool) -> list[Env]:
        """Read a loop's body until nothing new reaches its start, and return the variables at each `break`."""
        if again:
            self._widen(node)
        left: list[Env] = []
        for _ in range(MAX_PASSES):
            if self.env is None:
                break
            entry = dict(self.env)
            self.machine.where = object()
            started, around = next(CLOCK), self.machine.variables_seen()
            self.loops.append(([], left))
            start()
            self.block(node.body)
            continued, _left = self.loops.pop()
            whole = self.env = dict(joined([entry, *continued, *self.reached()]) or {})
            if not again or (
                self.machine.changed_at < started
                and self.machine.are_as_seen(around)
                and all(_alike(entry[name], whole[name]) if name in entry else name not in self.unbound for name in bound_inside(node))
            ):
                break
        else:  # what would come round next is not known
            self.machine.too_deep(self.frame.line(node))
        return left

    def _widen(self, node: ast.For | ast.AsyncFor | ast.While) -> None:
        """Widen: a plain variable that the loop's body changes may have any value when the body starts."""
        if self.env is None:
            return
        for name in bound_inside(node):
            if name in self.env and name not in self.frame.global_names:
                value = self.env[name]
                if is_scalar(value):
                    self.env[name] = DATA
                elif any(is_scalar(member) for member in members(value)):
                    self.env[name] = join(value, DATA)


def _in_order(iterated: Abstract) -> bool:
    """Whether the elements come in the order, and as often, as the reader has them."""
    return isinstance(iterated, (ListValue, DictValue)) and iterated.rest is BOTTOM


def _alike(one: Abstract, other: Abstract) -> bool:
    """Whether a loop can ignore the difference between two values."""
    return one is other or (type(one) is type(other) and one == other) or other is DATA or _same_code(one, other) or _only_twins(one, other)


def _only_twins(one: Abstract, other: Abstract) -> bool:
    """Whether all that is new are containers like those that were there: the next pass does with them what this one did."""
    known = members(one)
    return all(any(are_twins(each, old) for old in known) for each in members(other))


def _same_code(one: Abstract, other: Abstract) -> bool:
    """Whether both are what the same `def`s and `class`es made, each time they were read."""
    before, after = ({each.code for each in things(value)} for value in (one, other))
    return before == after and None not in before and all(len(things(value)) == len(members(value)) for value in (one, other))
