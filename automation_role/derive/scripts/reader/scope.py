"""The variables at one point of the code: what names are, and what assignments make of them."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..values.containers import Container
from ..values.dicts import DictValue
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
        if isinstance(target, ast.Name):
            self.bind(target.id, value)
        elif isinstance(target, ast.Attribute):
            whole = self.value(target.value)
            if isinstance(whole, Thing):
                whole.store(self.machine, target.attr, value)
                self._settle(target.value, whole, target.attr, value)
        elif isinstance(target, ast.Subscript):
            whole = self.value(target.value)
            key = self.value(target.slice)
            if isinstance(target.slice, ast.Slice):
                value = join_all(self.machine.elements(value, self.frame.line(target)))
            if isinstance(whole, Thing):
                whole.store_item(self.machine, key, value)
                if isinstance(whole, (DictValue, ListValue)):
                    self._settle(target.value, whole, key, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            self._unpack(target.elts, value)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, value)

    def _settle(self, node: ast.expr, target: Abstract, key: Abstract, value: Abstract) -> None:
        """What is stored under a variable's own name in the code that made the value is there from then on, and nothing else is."""
        if not isinstance(target, Container):
            return
        if self._is_certain(node, target):
            target.settle(self.machine, key, value)
        elif isinstance(node, ast.Name) and self.env is not None and self.env.get(node.id) is target and isinstance(key, str):
            self.machine.stored_in_arm(target, key)

    def _is_certain(self, node: ast.expr, target: Abstract) -> bool:
        """Whether a change of `node`'s value, which is `target`, surely happens, and to nothing else."""
        return isinstance(node, ast.Name) and self.env is not None and self.env.get(node.id) is target and self.machine.is_certain(target)

    def _unpack(self, targets: list[ast.expr], value: Abstract) -> None:
        at = self.frame.line(targets[0]) if targets else 0
        starred = next((place for place, each in enumerate(targets) if isinstance(each, ast.Starred)), None)
        if starred is None:
            for target, part in zip(targets, self.machine.unpacked(value, len(targets), at), strict=True):
                self.assign(target, part)
            return
        if isinstance(value, ListValue) and value.rest is BOTTOM and len(value.items) >= len(targets) - 1:
            tail = len(targets) - starred - 1
            end = len(value.items) - tail
            parts = [*value.items[:starred], ListValue(value.items[starred:end]), *value.items[end:]]
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
