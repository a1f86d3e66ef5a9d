"""Assignments: what `=`, `for` and `with` do with their targets, and what `del` deletes."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, Final, cast

from ..values.arguments import Args
from ..values.asking import gone_through, hold
from ..values.lists import ListValue
from ..values.scalars import as_thing
from ..values.thing import BOTTOM, Abstract, Thing
from ..values.unions import join_all, things
from .scope import Scope


class Assignments(Scope):
    """Changes variables, and what they hold."""

    __slots__ = ()

    def assign(self, target: ast.expr, value: Abstract) -> None:
        """`target = value` for any kind of target."""
        if type(target) is ast.Name:
            self.bind(target.id, value)
        elif (assign := _ASSIGN.get(type(target))) is not None:
            hold(value)
            assign(self, target, value)

    def assign_attribute(self, target: ast.Attribute, value: Abstract) -> None:
        whole = as_thing(self.value(target.value))
        whole.store(self.machine, target.attr, value)
        self._settle(target.value, whole, target.attr, value)

    def assign_item(self, target: ast.Subscript, value: Abstract) -> None:
        whole = as_thing(self.value(target.value))
        key = self.value(target.slice)
        if type(target.slice) is ast.Slice:
            value = join_all(self.machine.elements(value, self.frame.line(target)))
        whole.store_item(self.machine, key, value)
        if whole.is_by_place:
            self._settle(target.value, whole, key, value)

    def assign_starred(self, target: ast.Starred, value: Abstract) -> None:
        self.assign(target.value, value)

    def _settle(self, node: ast.expr, target: Thing, key: Abstract, value: Abstract) -> None:
        """Strong update: what is stored by the variable's own name, in the code that created the value, replaces what was there."""
        if self._is_certain(node, target):
            target.settle(self.machine, key, value)
        elif self._is_variable(node, target):
            self.machine.stored_in_arm(target, key)

    def _is_variable(self, node: ast.expr, value: Abstract) -> bool:
        """Whether an expression is the name of a variable with this value."""
        return type(node) is ast.Name and self.env is not None and self.env.get(node.id) is value

    def _is_certain(self, node: ast.expr, target: Thing) -> bool:
        """Whether a change of `node`'s value, which is `target`, surely happens, and to nothing else."""
        return self._is_variable(node, target) and self.machine.is_certain(target)

    def unpack(self, node: ast.Tuple | ast.List, value: Abstract) -> None:
        targets = node.elts
        at = self.frame.line(targets[0]) if targets else 0
        starred = next((place for place, each in enumerate(targets) if type(each) is ast.Starred), None)
        if starred is None:
            for target, part in zip(targets, self.machine.unpacked(value, len(targets), at), strict=True):
                self.assign(target, part)
            return
        items = gone_through(value, self.machine)
        if items is not None and len(items) >= len(targets) - 1:
            end = len(items) - (len(targets) - starred - 1)
            parts = [*items[:starred], ListValue(items[starred:end]), *items[end:]]
        else:
            whole = join_all(self.machine.elements(value, at))
            parts = [ListValue([], whole) if place == starred else whole for place in range(len(targets))]
        for target, part in zip(targets, parts, strict=True):
            self.assign(target, part)

    def bounds(self, node: ast.Slice) -> slice | None:
        """A slice of which all is known."""
        given = [None if each is None else self.value(each) for each in (node.lower, node.upper, node.step)]
        known = [each if isinstance(each, int) else None for each in given]
        return slice(*known) if known == given and known[2] != 0 else None

    def delete(self, target: ast.expr) -> None:
        delete = _DELETE.get(type(target))
        if delete is not None:
            delete(self, target)

    def delete_name(self, target: ast.Name) -> None:
        if self.env is not None:
            self.env.pop(target.id, None)

    def delete_item(self, target: ast.Subscript) -> None:
        whole, key = as_thing(self.value(target.value)), self.value(target.slice)
        place = self.bounds(target.slice) if isinstance(target.slice, ast.Slice) else key
        if place is not None and whole.is_by_place and self._is_certain(target.value, whole):
            given = Args([cast("Abstract", place)])  # elsewhere, a slice isn't the value of a variable
            if whole.strong_update(self.machine, "__delitem__", given) is not BOTTOM:
                return
        for one in things(whole):
            self.machine.invoke(one, "__delitem__", Args([key]), self.frame.line(target))

    def delete_attribute(self, target: ast.Attribute) -> None:
        for one in things(self.value(target.value)):
            one.forget_attribute(self.machine, target.attr)

    def delete_all(self, target: ast.Tuple | ast.List) -> None:
        for each in target.elts:
            self.delete(each)


_ASSIGN: Final[dict[type[ast.expr], Callable[[Assignments, Any, Abstract], None]]] = {
    ast.Attribute: Assignments.assign_attribute,
    ast.Subscript: Assignments.assign_item,
    ast.Tuple: Assignments.unpack,
    ast.List: Assignments.unpack,
    ast.Starred: Assignments.assign_starred,
}
_DELETE: Final[dict[type[ast.expr], Callable[[Assignments, Any], None]]] = {
    ast.Name: Assignments.delete_name,
    ast.Subscript: Assignments.delete_item,
    ast.Attribute: Assignments.delete_attribute,
    ast.Tuple: Assignments.delete_all,
    ast.List: Assignments.delete_all,
}
