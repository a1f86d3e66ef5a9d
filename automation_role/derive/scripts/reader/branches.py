"""Statements with several ways through them: `if`, `try` and `with`."""

from __future__ import annotations

import ast
from operator import is_

from ..values.asking import truth
from ..values.scalars import as_thing
from ..values.thing import BOTTOM, Thing
from ..values.unions import things
from ..values.work import walked
from .conditions import refined
from .loops import Loops
from .patterns import Patterns
from .places import Stored
from .scope import Env, joined


class Branches(Loops, Patterns):
    """Reads branches, and joins what they leave."""

    __slots__ = ()

    def branch(self, node: ast.If) -> None:
        ends: list[Env] = []
        machine = self.machine
        around, exits = machine.where, machine.exits
        stored: list[Stored] = []
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

    def _arm(self, statements: list[ast.stmt]) -> Stored:
        """Read a branch of an `if`, and return what it stores, by name, in values that were created before."""
        stored: Stored = []
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
        under: list[Thing] = []
        for each in node.items:
            value = self.value(each.context_expr)
            under += things(value)
            suppresses = suppresses or as_thing(value).suppresses()
            entered = as_thing(value).entered(self.machine, self.frame.line(each.context_expr))
            if each.optional_vars is not None:
                self.assign(each.optional_vars, entered)
        if suppresses:
            self.env = joined(self._states(node.body))
        else:
            self.block(node.body)
        for one in reversed(under):
            one.left(self.machine, self.frame.line(node))


def _same(one: Env, other: Env) -> bool:
    """Whether the variables have identical values."""
    return one.keys() == other.keys() and all(map(is_, one.values(), (other[name] for name in one)))
