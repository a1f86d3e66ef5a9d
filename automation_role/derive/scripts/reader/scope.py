"""The variables at one point of the code: what names are, and what assignments make of them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from ..values.asking import in_order
from ..values.containers import Container
from ..values.domain import BOTTOM, DATA, OPAQUE, REPORTED, Abstract, Thing, join, join_all
from ..values.functions import FunctionNode
from ..values.lists import ListValue
from ..values.work import walked

if TYPE_CHECKING:
    from ..values.frames import Frame
    from .machine import Interpreter

Env = dict[str, Abstract]


class Scope:
    """Variables of one frame.

    Attributes:
        env: the variables at this point of the code; `None` where the code cannot be reached.
    """

    __slots__ = ("env", "frame", "machine")

    def __init__(self, machine: Interpreter, frame: Frame, env: dict[str, Abstract]) -> None:
        self.machine = machine
        self.frame = frame
        self.env: dict[str, Abstract] | None = env

    def value(self, node: ast.expr) -> Abstract:
        """What an expression is."""
        raise NotImplementedError

    def block(self, statements: list[ast.stmt]) -> None:
        """Read statements one after the other, as far as they are reached."""
        raise NotImplementedError

    def function(self, node: FunctionNode) -> Abstract:
        """Read a function's body; what calling it gives."""
        raise NotImplementedError

    def made_code(self, texts: Iterable[str], at: int) -> Abstract:
        """`eval` and `exec` of texts that are known, in one line of the script."""
        raise NotImplementedError

    def outer(self, name: str) -> Abstract:
        """What a name is that is not a variable of this frame."""
        where: Frame | None = self.frame.global_names.get(name) or self.frame
        found = where.seen(name) if where is not None else BOTTOM
        if found is BOTTOM:
            found = self.machine.builtin(name)
        if found is BOTTOM:
            return REPORTED if self.frame.module.foreign_names else OPAQUE
        return found if found is DATA else self.machine.saw(found)

    def bind(self, name: str, value: Abstract) -> None:
        """`name = value`."""
        owner = self.frame.global_names.get(name)
        if owner is not None:
            owner.capture(name, value)
            return
        if self.env is not None:
            self.env[name] = value
        if self.frame.capturing:
            self.frame.capture(name, value)

    def assign(self, target: ast.expr, value: Abstract) -> None:
        """`target = value` for any kind of target."""
        if type(target) is ast.Name:
            self.bind(target.id, value)
        elif (assign := _ASSIGN.get(type(target))) is not None:
            assign(self, target, value)

    def assign_attribute(self, target: ast.Attribute, value: Abstract) -> None:
        whole = self.value(target.value)
        if isinstance(whole, Thing):
            whole.store(self.machine, target.attr, value)
            self._settle(target.value, whole, target.attr, value)

    def assign_item(self, target: ast.Subscript, value: Abstract) -> None:
        whole = self.value(target.value)
        key = self.value(target.slice)
        if type(target.slice) is ast.Slice:
            value = join_all(self.machine.elements(value, self.frame.line(target)))
        if isinstance(whole, Thing):
            whole.store_item(self.machine, key, value)
            if whole.is_by_place:
                self._settle(target.value, whole, key, value)

    def assign_starred(self, target: ast.Starred, value: Abstract) -> None:
        self.assign(target.value, value)

    def _settle(self, node: ast.expr, target: Thing, key: Abstract, value: Abstract) -> None:
        """What is stored under a variable's own name in the code that made the value is there from then on, and nothing else is."""
        if not isinstance(target, Container):
            return
        if self._is_certain(node, target):
            target.settle(self.machine, key, value)
        elif self._is_variable(node, target) and isinstance(key, str):
            self.machine.stored_in_arm(target, key)

    def _is_variable(self, node: ast.expr, value: Abstract) -> bool:
        """Whether an expression is the name of a variable with this value."""
        return type(node) is ast.Name and self.env is not None and self.env.get(node.id) is value

    def _is_certain(self, node: ast.expr, target: Abstract) -> bool:
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
        items = in_order(value)
        if items is not None and len(items) >= len(targets) - 1:
            end = len(items) - (len(targets) - starred - 1)
            parts = [*items[:starred], ListValue(items[starred:end]), *items[end:]]
        else:
            whole = join_all(self.machine.elements(value, at))
            parts = [ListValue([], whole) if place == starred else whole for place in range(len(targets))]
        for target, part in zip(targets, parts, strict=True):
            self.assign(target, part)

    def capture_all(self) -> None:
        """From here on functions see this frame's variables."""
        if not self.frame.capturing and self.frame.methods is None:
            self.frame.capturing = True
            for name, value in (self.env or {}).items():
                self.frame.capture(name, value)


_ASSIGN: Final[dict[type[ast.expr], Callable[[Scope, Any, Abstract], None]]] = {
    ast.Attribute: Scope.assign_attribute,
    ast.Subscript: Scope.assign_item,
    ast.Tuple: Scope.unpack,
    ast.List: Scope.unpack,
    ast.Starred: Scope.assign_starred,
}


def joined(envs: list[Env]) -> Env | None:
    """The variables where several ways through the code meet."""
    if not envs:
        return None
    if len(envs) == 1:
        return envs[0]
    whole = dict(envs[0])
    walked(len(whole) * len(envs))
    for env in envs[1:]:
        for name, value in env.items():
            old = whole.get(name, BOTTOM)
            if old is not value:
                whole[name] = join(old, value)
    return whole
