"""The variables at one point of the code: reading names, and assignments."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from operator import is_
from typing import TYPE_CHECKING

from ..values.asking import hold
from ..values.signatures import FunctionNode
from ..values.thing import BOTTOM, DATA, OPAQUE, REPORTED, Abstract
from ..values.undefined import UndefinedName
from ..values.unions import join
from ..values.work import walked
from .bindings import bound_inside

if TYPE_CHECKING:
    from ..values.frames import Frame
    from .machine import Interpreter

Env = dict[str, Abstract]


class Scope:
    """Variables of one frame.

    Attributes:
        env: the variables at this point of the code; `None` where the code cannot be reached.
        unbound: names that were read before anything had defined them.
    """

    __slots__ = ("env", "frame", "machine", "unbound")

    def __init__(self, machine: Interpreter, frame: Frame, env: dict[str, Abstract]) -> None:
        self.machine = machine
        self.frame = frame
        self.env: dict[str, Abstract] | None = env
        self.unbound: set[str] = set()

    def value(self, node: ast.expr) -> Abstract:
        """The value of an expression."""
        raise NotImplementedError

    def block(self, statements: list[ast.stmt]) -> None:
        """Read statements one after the other, as far as they are reached."""
        raise NotImplementedError

    def function(self, node: FunctionNode) -> Abstract:
        """Read a function's body, and return the result of calling it."""
        raise NotImplementedError

    def made_code(self, texts: Iterable[str], at: int) -> Abstract:
        """`eval` and `exec` of texts that are known, in one line of the script."""
        raise NotImplementedError

    def outer(self, name: str) -> Abstract:
        """The value of a name that is not a variable of this frame."""
        found = self.frame.global_names.get(name, self.frame).seen(name)
        if found is BOTTOM:
            found = self.machine.builtin(name)
        if found is BOTTOM:
            return self._undefined(name)
        return found if found is DATA else self.machine.depend_on(found)

    def _undefined(self, name: str) -> Abstract:
        """The value of a name that nothing has defined yet; if the function binds it further on, it isn't undefined in a loop's next round."""
        self.unbound.add(name)
        if self.frame.module.foreign_names:
            return REPORTED
        node = self.frame.function.node if self.frame.function is not None else None
        return OPAQUE if node is not None and not isinstance(node, ast.Lambda) and name in bound_inside(node) else UndefinedName(name)

    def bind(self, name: str, value: Abstract) -> None:
        """`name = value`."""
        hold(value)
        owner = self.frame.global_names.get(name)
        if owner is not None:
            owner.capture(self.machine, name, value)
            return
        if self.env is not None:
            self.env[name] = value
        if self.frame.capturing:
            self.frame.capture(self.machine, name, value)

    def capture_all(self) -> None:
        """From here on functions see this frame's variables."""
        if not self.frame.capturing and self.frame.methods is None:
            self.frame.capturing = True
            self.machine.captured_from.append(self.frame)
            for name, value in (self.env or {}).items():
                self.frame.capture(self.machine, name, value)


def joined(envs: list[Env]) -> Env | None:
    """The variables where several branches of the code join."""
    if not envs:
        return None
    if len(envs) == 1:
        return envs[0]
    whole = dict(envs[0])
    walked(len(whole) * len(envs))
    for env in envs[1:]:
        if len(env) == len(whole) and all(map(is_, env.values(), whole.values())) and env.keys() == whole.keys():
            continue
        for name, value in env.items():
            old = whole.get(name, BOTTOM)
            if old is not value:
                whole[name] = join(old, value)
    return whole
