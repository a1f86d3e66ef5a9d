"""Conditions: whether they hold, and what is known about variables where they do."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, Final, Protocol

from ..values.arguments import Machine
from ..values.asking import all_in, choices, is_scalar, is_unknown, truth
from ..values.scalars import as_thing
from ..values.thing import BOTTOM, DATA, Abstract
from ..values.unions import join, join_all, members

Env = dict[str, Abstract]


class Evaluator(Protocol):
    """What reads the expressions in a condition."""

    @property
    def machine(self) -> Machine:
        """What reads the script."""

    def value(self, node: ast.expr) -> Abstract:
        """The value of an expression."""


_OPPOSITE: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {ast.NotEq: ast.Eq, ast.NotIn: ast.In, ast.IsNot: ast.Is}


def compared(kind: type[ast.cmpop], left: Abstract, right: Abstract) -> bool | None:
    """The result of a comparison, if it is known."""
    if kind in _OPPOSITE:
        known = compared(_OPPOSITE[kind], left, right)
        return None if known is None else not known
    compare = _KNOWN.get(kind)
    return None if compare is None else compare(left, right)


def _is_in(left: Abstract, right: Abstract) -> bool | None:
    some, items = choices(left), all_in(right)
    if some is None or items is None:
        return None
    held = [choices(each) for each in items]
    if any(each is None or len(each) != 1 for each in held):
        return None
    return _only({one in [each[0] for each in held if each is not None] for one in some})


def _is(left: Abstract, right: Abstract) -> bool | None:
    if right is not None:
        return _is_equal(left, right)
    several = members(left)
    if left is DATA or left is BOTTOM or any(map(is_unknown, several)):
        return None
    return _only({each is None for each in several})


def _is_equal(left: Abstract, right: Abstract) -> bool | None:
    same = as_thing(left).same(right)
    if same is not None:
        return same
    some, others = choices(left), choices(right)
    if some is None or others is None or (len(some) > 1 and len(others) > 1):
        return None
    return _only({one == other for one in some for other in others})


def _only(answers: set[bool]) -> bool | None:
    return answers.pop() if len(answers) == 1 else None


_KNOWN: Final[dict[type[ast.cmpop], Callable[[Abstract, Abstract], bool | None]]] = {ast.Eq: _is_equal, ast.In: _is_in, ast.Is: _is}


# -- what follows for the variables


def refined(reader: Evaluator, test: ast.expr, env: Env | None, *, holds: bool) -> Env | None:
    """The variables where a condition holds (or does not): `if service in ("ec2", "rds")` says what `service` may be.

    A new set of variables when something was learnt, else the same.
    """
    learn = _LEARNT.get(type(test))
    return env if env is None or learn is None else learn(reader, test, env, holds=holds)


def _not(reader: Evaluator, test: ast.UnaryOp, env: Env, *, holds: bool) -> Env | None:
    return refined(reader, test.operand, env, holds=not holds) if type(test.op) is ast.Not else env


def _several(reader: Evaluator, test: ast.BoolOp, env: Env, *, holds: bool) -> Env | None:
    if (type(test.op) is ast.And) is not holds:
        return _either(reader, test, env, holds=holds)
    all_hold: Env | None = env
    for each in test.values:
        all_hold = refined(reader, each, all_hold, holds=holds)
    return all_hold


def _either(reader: Evaluator, test: ast.BoolOp, env: Env, *, holds: bool) -> Env:
    """One of several conditions holds: if each is about the same variable, it is one of their values; else nothing is known."""
    several: list[Env] = []
    for each in test.values:
        some = refined(reader, each, env, holds=holds)
        if some is None or some is env:
            return env
        several.append(some)
    learnt = [name for name, value in env.items() if all(some[name] is not value for some in several)]
    return {**env, **{name: join_all([some[name] for some in several]) for name in learnt}} if learnt else env


def _with(env: Env, name: str, new: Abstract) -> Env:
    return env if new is env[name] or new is BOTTOM else {**env, name: new}


def _true(_reader: Evaluator, test: ast.Name | ast.NamedExpr, env: Env, *, holds: bool) -> Env:
    """The alternatives of a variable that are true, or false."""
    name = test.id if isinstance(test, ast.Name) else test.target.id
    alternatives = members(env.get(name, BOTTOM))
    if len(alternatives) < 2:
        return env
    kept = [member for member in alternatives if truth(member) is not (not holds)]
    return env if len(kept) == len(alternatives) else _with(env, name, join_all(kept))


def _compared(reader: Evaluator, test: ast.Compare, env: Env, *, holds: bool) -> Env:
    target = test.left.target if type(test.left) is ast.NamedExpr else test.left
    if type(target) is not ast.Name or target.id not in env or len(test.ops) > 1:
        return env
    kind = type(test.ops[0])
    if kind in _OPPOSITE:
        kind, holds = _OPPOSITE[kind], not holds
    if kind not in {ast.Eq, ast.In, ast.Is}:
        return env
    right = _cheap(reader, test.comparators[0])
    options = _held(right, exact=not holds) if kind is ast.In else choices(right)
    if kind is ast.Is and right is not None:
        return env
    if options is None or (not holds and kind is ast.Eq and len(options) != 1):
        return env
    return _with(env, target.id, _among(env[target.id], options, holds=holds))


_LEARNT: Final[dict[type[ast.expr], Callable[..., Env | None]]] = {
    ast.UnaryOp: _not,
    ast.BoolOp: _several,
    ast.Name: _true,
    ast.NamedExpr: _true,
    ast.Compare: _compared,
}


def _cheap(reader: Evaluator, node: ast.expr) -> Abstract:
    """The value of an expression that calls nothing."""
    if isinstance(node, (ast.Constant, ast.Name)):
        return reader.value(node)
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)) and all(isinstance(each, (ast.Constant, ast.Name)) for each in node.elts):
        return reader.value(node)
    return DATA


def _held(value: Abstract, *, exact: bool) -> tuple[Any, ...] | None:
    """The members of a container, if they are known; `exact`: if all of them certainly exist."""
    held = as_thing(value).contained(exact=exact)
    if held is None:
        return None
    found: list[Any] = []
    for each in held:
        some = choices(each)
        if some is None or (exact and len(some) != 1):
            return None
        found += some
    return tuple(found)


def _among(value: Abstract, options: tuple[Any, ...], *, holds: bool) -> Abstract:
    """The alternatives of a value that are among these, or are not."""
    found: Abstract = BOTTOM
    for member in members(value):
        known = choices(member)
        if known is not None:
            found = join_all([found, *(each for each in known if (each in options) is holds)])
        elif options == (None,) and holds and not (is_scalar(member) or is_unknown(member)):
            continue
        elif not holds or not is_scalar(member):
            found = join(found, member)
        else:
            found = join_all([found, *options])
    return found
