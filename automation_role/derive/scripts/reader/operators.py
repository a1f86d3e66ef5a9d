"""Operators, comparisons and conditions in expressions."""

from __future__ import annotations

import ast
from typing import Final

from ..values.arguments import Args
from ..values.asking import foreign_name, has_instances, in_order, is_scalar, is_unknown, plainly, special, truth
from ..values.containers import Container, non_data_in
from ..values.dicts import DictValue
from ..values.lists import ListValue
from ..values.scalars import as_thing
from ..values.texts import keys_in, own_items, percent
from ..values.thing import BOTTOM, DATA, Abstract
from ..values.unions import join, join_all, members, truthy
from .assignments import Assignments
from .bindings import assigned_inside
from .conditions import compared, refined

OPERATORS: Final[dict[type[ast.operator], str]] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.MatMult: "matmul",
    ast.Div: "truediv",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.LShift: "lshift",
    ast.RShift: "rshift",
    ast.BitOr: "or",
    ast.BitAnd: "and",
    ast.BitXor: "xor",
}

_UNARY: Final[dict[type[ast.unaryop], str]] = {ast.USub: "__neg__", ast.UAdd: "__pos__", ast.Invert: "__invert__"}

# The method of one operand, and the method of the other one if the first returns `NotImplemented`.
_COMPARED: Final[dict[type[ast.cmpop], tuple[str, str]]] = {
    ast.Eq: ("__eq__", "__eq__"),
    ast.NotEq: ("__ne__", "__ne__"),
    ast.Lt: ("__lt__", "__gt__"),
    ast.LtE: ("__le__", "__ge__"),
    ast.Gt: ("__gt__", "__lt__"),
    ast.GtE: ("__ge__", "__le__"),
    ast.In: ("", "__contains__"),
    ast.NotIn: ("", "__contains__"),
}

_CONTAINED: Final = frozenset({ast.In, ast.NotIn})  # comparisons that go through the right side
_IN_PLACE: Final = frozenset({"add", "mul", "or", "and", "sub", "xor"})  # operators by which lists, dicts and sets change themselves


class Operators(Assignments):
    """Reads expressions with operators."""

    __slots__ = ()

    def bool_op(self, node: ast.BoolOp) -> Abstract:
        found: Abstract = BOTTOM
        stops = type(node.op) is ast.Or
        around = self.machine.where
        for each in node.values:
            value = self.value(each)
            known = truth(value)
            if known is None:
                self.machine.where = object()
            if known is stops or each is node.values[-1]:
                self.machine.where = around
            if known is None:
                found = join(found, value if not stops else truthy(value))
            elif known is stops:
                return join(found, value)
            elif each is node.values[-1]:
                found = join(found, value)
        return found

    def bin_op(self, node: ast.BinOp) -> Abstract:
        chain = [node.right]
        left: ast.expr = node.left
        while type(node.op) is ast.Add and isinstance(left, ast.BinOp) and type(left.op) is ast.Add:
            chain.append(left.right)
            left = left.left
        value = self.value(left)
        for right in reversed(chain):
            other = self.value(right)
            if type(node.op) is ast.Mod and isinstance(value, str) and type(right) is not ast.Tuple:
                other = _as_one(other)
            value = self._binary(OPERATORS.get(type(node.op), ""), value, other, self.frame.line(node))
        return value

    def _binary(self, word: str, left: Abstract, right: Abstract, at: int, *, in_place: bool = False) -> Abstract:
        """The result of an operator (`add`): by the methods of the script's own classes (`__add__`), else as Python's own kinds define it."""
        if not has_instances(left) and not has_instances(right):  # as nearly always
            return self._plainly(word, left, right, at)
        for side, other in ((left, right), (right, left)):
            alternatives = members(side)
            if len(alternatives) > 1 and has_instances(side):
                pairs = [(each, other) if side is left else (other, each) for each in alternatives]
                return join_all([self._binary(word, *pair, at, in_place=in_place) for pair in pairs])
        asked = [(left, f"__{word}__", right), (right, f"__r{word}__", left)]
        found: Abstract = BOTTOM
        for target, name, other in [(left, f"__i{word}__", right), *asked] if in_place else asked:
            if (method := special(target, name)) is not BOTTOM:
                given = self.machine.call(method, Args([target, other]), at)
                found = join_all([found, *(each for each in members(given) if not _is_not_implemented(each))])
                if not any(map(_is_not_implemented, members(given))):
                    return found
        if found is not BOTTOM:
            return join(found, DATA)
        own = plainly(left)
        if in_place and own is not left and word in _IN_PLACE:
            self.machine.invoke(own, f"__i{word}__", Args([right]), at)
            return left
        if word == "mod" and isinstance(left, str) and (held := own_items(self.machine, right, keys_in(left), at)):
            return percent(left, DictValue(held))
        return self._plainly(word, own, plainly(right), at)

    def _plainly(self, word: str, left: Abstract, right: Abstract, at: int) -> Abstract:
        """An operator on Python's own kinds of values."""
        for side in (left, right):
            made = as_thing(side).operated(self.machine, word, left, right, at)
            if made is not BOTTOM:
                return made
        return self._either(left, right, at)

    def _either(self, left: Abstract, right: Abstract, at: int) -> Abstract:
        """One of several containers, or what is not known to have this operator: any of what they hold, in a container or by itself."""
        some = non_data_in([left, right])
        both = [*members(left), *members(right)]
        several = [each for one in both if isinstance(one, ListValue) for each in self.machine.elements(one, at)]
        dicts = [held for each in both if (held := as_thing(each).mapping()) is not None]
        unknown = [each for each in both if is_unknown(each)]
        found: list[Abstract] = [ListValue([], join_all([*several, *unknown]))] if several else []
        if dicts:
            whole = DictValue()
            if unknown:
                whole.open(self.machine, join_all(unknown))
            for one in dicts:
                whole.update(self.machine, one, at)
            found.append(whole)
        if all(any(not isinstance(each, Container) for each in members(side)) for side in (left, right)):
            found.append(DATA)  # what neither is a container of
        return join_all([*found, *some] or [DATA])

    def unary_op(self, node: ast.UnaryOp) -> Abstract:
        value = self.value(node.operand)
        if type(node.op) is ast.Not:
            known = truth(value)
            return DATA if known is None else not known
        name = _UNARY[type(node.op)]
        own = [
            self.machine.call(method, Args([each]), self.frame.line(node))
            for each in members(value)
            if (method := special(each, name)) is not BOTTOM
        ]
        if own:
            return join_all(own)
        return as_thing(value).negated() if type(node.op) is ast.USub else DATA

    def compare(self, node: ast.Compare) -> Abstract:
        left = self.value(node.left)
        found: Abstract = BOTTOM
        around = self.machine.where
        for op, each in zip(node.ops, node.comparators, strict=True):
            right = self.value(each)
            if left is DATA and is_scalar(right):  # as mostly
                found = join(found, DATA)
            else:
                own = self._compared(op, left, right, self.frame.line(node))
                known = compared(type(op), left, right) if own is BOTTOM else None
                if type(op) in _CONTAINED:
                    as_thing(right).consumed(self.machine)
                found = join(found, own if own is not BOTTOM else DATA if known is None else known)
            left = right
            self.machine.where = object()
        self.machine.where = around
        return found

    def _compared(self, op: ast.cmpop, left: Abstract, right: Abstract, at: int) -> Abstract:
        """The result of the methods of the script's own classes (`__eq__`, `__contains__`)."""
        if not has_instances(left) and not has_instances(right):  # as nearly always
            return BOTTOM
        of_left, of_right = _COMPARED.get(type(op), ("", ""))
        several = [each for each in ((left, of_left, right), (right, of_right, left)) if each[1]]
        return join_all(
            self.machine.call(method, Args([each, other]), at)
            for target, name, other in several
            for each in members(target)
            if (method := special(each, name)) is not BOTTOM
        )

    def if_exp(self, node: ast.IfExp) -> Abstract:
        known = truth(self.value(node.test))
        if known is not None:
            return self.value(node.body if known else node.orelse)
        before = self.env
        found: Abstract = BOTTOM
        around = self.machine.where
        ends: list[dict[str, Abstract]] = []
        for holds, branch in ((True, node.body), (False, node.orelse)):
            self.machine.where = object()
            self.env = dict(refined(self, node.test, before, holds=holds) or {})
            found = join(found, self.value(branch))
            ends.append(self.env)
        self.machine.where = around
        self.env = before
        for name in assigned_inside(node):
            self.bind(name, join_all(end.get(name, BOTTOM) for end in ends))
        return found


def _as_one(value: Abstract) -> Abstract:
    """What `text % value` is made with: the only element of a tuple, or all of a list, which it may be as well."""
    return DATA if any(len(in_order(each) or ()) == 1 for each in members(value)) else value


def _is_not_implemented(value: Abstract) -> bool:
    """Whether a method's result means that the other operand's method is called (`NotImplemented`)."""
    return foreign_name(value) == "builtins.NotImplemented"
