"""What a condition says: whether it holds, and what is known of a variable where it does."""

from __future__ import annotations

import ast
from typing import Any, Protocol

from ....values.value import Text
from ..values.dicts import DictValue
from ..values.domain import BOTTOM, DATA, Abstract, Machine, Thing, Union, UnknownValue, join, join_all, members, truth
from ..values.lists import ListValue

Env = dict[str, Abstract]


class Evaluator(Protocol):
    """What reads the expressions in a condition."""

    @property
    def machine(self) -> Machine:
        """What reads the script."""

    def value(self, node: ast.expr) -> Abstract:
        """What an expression is."""


def _choices(value: Abstract) -> tuple[Any, ...] | None:
    """All that it may be, when that is known."""
    if value is None or isinstance(value, (str, int, float)):
        return (value,)
    if isinstance(value, Text):
        return value.literals
    if isinstance(value, Union):
        found: list[Any] = []
        for member in value.members:
            some = _choices(member)
            if some is None:
                return None
            found += some
        return tuple(found)
    return None


def compared(op: ast.cmpop, left: Abstract, right: Abstract) -> bool | None:
    """What a comparison gives, if that is known."""
    if isinstance(op, (ast.Is, ast.IsNot, ast.Eq, ast.NotEq)) and isinstance(left, Thing) and isinstance(right, Thing):
        same = left.same(right)
        if same is not None:
            return same is isinstance(op, (ast.Is, ast.Eq))
    return _plainly_compared(op, left, right)


def _plainly_compared(op: ast.cmpop, left: Abstract, right: Abstract) -> bool | None:
    some = _choices(left)
    if isinstance(op, (ast.In, ast.NotIn)):
        if some is None or not isinstance(right, ListValue) or right.rest is not BOTTOM:
            return None
        held = [_choices(each) for each in right.items]
        if any(each is None or len(each) != 1 for each in held):
            return None
        answers = {one in [each[0] for each in held if each is not None] for one in some}
    elif isinstance(op, (ast.Is, ast.IsNot)):
        if right is not None and some is not None:
            return _plainly_compared(ast.Eq() if isinstance(op, ast.Is) else ast.NotEq(), left, right)
        if right is not None or left is DATA or (isinstance(left, Thing) and _is_bottomless(left)):
            return None
        answers = {member is None for member in members(left)}
        if any(isinstance(member, Text) for member in members(left)) and None in answers:
            return None
    elif isinstance(op, (ast.Eq, ast.NotEq)):
        others = _choices(right)
        if some is None or others is None or (len(some) > 1 and len(others) > 1):
            return None
        answers = {one == other for one in some for other in others}
    else:
        return None
    if len(answers) != 1:
        return None
    return answers.pop() is not isinstance(op, (ast.NotIn, ast.IsNot, ast.NotEq))


def _is_bottomless(value: Thing) -> bool:
    return any(isinstance(member, UnknownValue) for member in members(value)) or value is BOTTOM


# -- what follows for the variables

_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.NotEq: ast.Eq, ast.NotIn: ast.In, ast.IsNot: ast.Is}


def refined(reader: Evaluator, test: ast.expr, env: Env | None, *, holds: bool) -> Env | None:
    """The variables where a condition holds (or does not): `if service in ("ec2", "rds")` says what `service` may be.

    A new set of variables when something was learnt, else the same.
    """
    if env is None:
        return None
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return refined(reader, test.operand, env, holds=not holds)
    if isinstance(test, ast.BoolOp):
        if isinstance(test.op, ast.And) is holds:
            for each in test.values:
                env = refined(reader, each, env, holds=holds)
            return env
        return _either(reader, test, env, holds=holds)
    if isinstance(test, ast.Name):
        return _with(env, test, lambda value: _having(value, holds=holds))
    if isinstance(test, ast.NamedExpr):
        return _with(env, test.target, lambda value: _having(value, holds=holds))
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _compared(reader, test, env, holds=holds)
    return env


def _either(reader: Evaluator, test: ast.BoolOp, env: Env, *, holds: bool) -> Env:
    """Of several conditions one holds: each says something of the same variable, or nothing is learnt."""
    several = [refined(reader, each, env, holds=holds) for each in test.values]
    whole = dict(env)
    for name, value in env.items():
        each_says = [some[name] for some in several if some is not None and some.get(name, value) is not value]
        if len(each_says) == len(several):
            whole[name] = join_all(each_says)
    return whole


def _with(env: Env, target: ast.expr, narrow: Any) -> Env:
    if not isinstance(target, ast.Name) or target.id not in env:
        return env
    old = env[target.id]
    new = narrow(old)
    if new is old or new is BOTTOM:
        return env
    return {**env, target.id: new}


def _having(value: Abstract, *, holds: bool) -> Abstract:
    """Those of its alternatives that count as true, or as false."""
    if not isinstance(value, Union):
        return value
    kept = [member for member in value.members if truth(member) is not (not holds)]
    return value if len(kept) == len(value.members) else join_all(kept)


def _compared(reader: Evaluator, test: ast.Compare, env: Env, *, holds: bool) -> Env:
    target = test.left.target if isinstance(test.left, ast.NamedExpr) else test.left
    if not isinstance(target, ast.Name) or target.id not in env:
        return env
    kind = type(test.ops[0])
    if kind in _OPPOSITE:
        kind, holds = _OPPOSITE[kind], not holds
    if kind not in {ast.Eq, ast.In, ast.Is}:
        return env
    right = _cheap(reader, test.comparators[0])
    options = _held(right, exact=not holds) if kind is ast.In else _choices(right)
    if kind is ast.Is and right is not None:
        return env
    if options is None or (not holds and kind is ast.Eq and len(options) != 1):
        return env
    return _with(env, target, lambda value: _among(value, options, holds=holds))


def _cheap(reader: Evaluator, node: ast.expr) -> Abstract:
    """The value of what calls nothing."""
    if isinstance(node, (ast.Constant, ast.Name)):
        return reader.value(node)
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)) and all(isinstance(each, (ast.Constant, ast.Name)) for each in node.elts):
        return reader.value(node)
    return DATA


def _held(value: Abstract, *, exact: bool) -> tuple[Any, ...] | None:
    """All that is in a container, when that is known; `exact`: and that all of it is."""
    if isinstance(value, DictValue):
        known = value.is_exact if exact else not value.is_open and value.keys is BOTTOM
        return tuple(value.members) if known else None
    if not isinstance(value, ListValue) or value.rest is not BOTTOM:
        return None
    found: list[Any] = []
    for each in value.items:
        some = _choices(each)
        if some is None or (exact and len(some) != 1):
            return None
        found += some
    return tuple(found)


def _among(value: Abstract, options: tuple[Any, ...], *, holds: bool) -> Abstract:
    """Those of its alternatives that are one of these, or none of these."""
    found: Abstract = BOTTOM
    for member in members(value):
        known = _choices(member)
        if known is not None:
            found = join_all([found, *(each for each in known if (each in options) is holds)])
        elif options == (None,) and holds and isinstance(member, Thing) and not isinstance(member, UnknownValue):
            continue
        elif not holds or (isinstance(member, Thing) and member is not DATA and not isinstance(member, Text)):
            found = join(found, member)
        else:
            found = join_all([found, *options])
    return found
