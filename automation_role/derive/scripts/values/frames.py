"""The variables of code that is read, and the summaries of functions, which hold until what they depend on changes."""

from __future__ import annotations

import ast
from collections.abc import Hashable, Sequence
from typing import Any, Final, Protocol

from .arguments import Machine
from .asking import identity, is_plain, is_scalar
from .containers import CLOCK, MOST_LOOKED_INTO, Container, containers_in
from .dicts import DictValue
from .lists import ListValue, SetValue, TupleValue
from .thing import BOTTOM, Abstract
from .unions import Union, join

_MAX_MADE: Final = 12  # containers made by one expression in one reading of a function, that are distinguished


class Owned(Protocol):
    """A function of the script, as far as its variables need it: its syntax, and the class whose method it is."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    owner: Container | None


class Frame:
    """The variables of a module, function or class body while it is read.

    Attributes:
        captured: what functions inside it see of its variables: everything that they are ever given.
        version: counts changes of `captured` that a function inside may see; `born` and `read` as in `Container`.
        looked_up: names that functions inside have looked up, there or not: changes of other names don't matter.
        sites: the containers that each expression made, also in earlier readings; `used`: how many of them in this one.
    """

    __slots__ = (
        "_module",
        "born",
        "captured",
        "capturing",
        "first",
        "foreign_names",
        "function",
        "global_names",
        "is_exact",
        "is_over",
        "looked_up",
        "methods",
        "parent",
        "path",
        "read",
        "returned",
        "sites",
        "used",
        "version",
        "yielded",
    )

    def __init__(self, parent: Frame | None, function: Owned | None = None) -> None:
        self.parent = parent
        self.function = function
        self._module: Frame | None = (
            parent.module if parent is not None else None
        )  # not the frame itself: only the garbage collector could free such a cycle
        self.captured: dict[str, Abstract] = {}
        self.capturing = parent is None
        self.looked_up: set[str] = set()
        self.version = 0
        self.read = 0
        self.born = next(CLOCK)
        self.sites: dict[ast.AST, list[DictValue | ListValue]] = {}
        self.used: dict[ast.AST, int] = {}
        self.global_names: dict[str, Frame] = {}
        self.methods: list[Any] | None = None  # a class body: the functions made in it, which do not see its names
        self.returned: Abstract = BOTTOM
        self.yielded: Abstract = BOTTOM
        self.is_over = False  # a function: it has been read, and others may hold what it has made
        self.path = ""  # of a module's file
        self.foreign_names = False  # a module: names came from `from unknown import *`
        self.is_exact: bool = parent.is_exact if parent is not None else False
        self.first: int = parent.first if parent is not None else 0

    @property
    def module(self) -> Frame:
        """The module that it is in, or is."""
        return self if self._module is None else self._module

    @property
    def package(self) -> str:
        """The folder of its module's file."""
        return self.module.path.rpartition("/")[0]

    def line(self, node: ast.expr | ast.stmt | ast.excepthandler | ast.pattern) -> int:
        """The line of the runbook's file."""
        return self.first + node.lineno - 1 if self.is_exact else self.first

    def capture(self, machine: Machine, name: str, value: Abstract) -> None:
        """Let functions inside see a value of a variable."""
        old = self.captured.get(name, BOTTOM)
        new = join(old, value)
        if new is not old and new != old:
            self.captured[name] = new
            machine.oldest_changed = min(machine.oldest_changed, self.born)
            if (
                name in self.looked_up or self.parent is None or "." in name
            ):  # a module's names, and functions' attributes, are read in other ways, too
                self.version += 1

    def becomes_many(self) -> None:
        """As for a container: all that its variables are ever given is in `captured`."""

    def seen(self, name: str) -> Abstract:
        """The value of a name for functions inside; `BOTTOM` if no enclosing frame defines it."""
        frame: Frame | None = self
        while frame is not None:
            frame.looked_up.add(name)
            found = frame.captured.get(name, BOTTOM)
            if found is not BOTTOM:
                return found
            frame = frame.parent
        return BOTTOM

    def site(self, machine: Machine, node: ast.AST, made: DictValue | ListValue) -> DictValue | ListValue:
        """A container that an expression created: each has its own identity, except for those created by one expression in a loop, which may share one.

        When the body is read again with the same arguments, it creates the same containers as before: else each reading would change
        what the next one sees.
        """
        place = self.used[node] = self.used.get(node, -1) + 1
        known = self.sites.setdefault(node, [])
        if place >= len(known) and len(known) < _MAX_MADE:
            known.append(made)
            machine.created_here(made)
            return made
        found = known[min(place, len(known) - 1)]
        return found if found.absorb(machine, made) else made


class Summary:
    """The summary of a function for some arguments.

    Attributes:
        result: its result.
        born: when its reading began: containers born later are its own, a new one each time it is called.
        dependencies: what it has read that existed before, with its version: the summary no longer holds when one has changed.
        again: how often it was read again because a dependency had changed.
        sites: the containers that it has made.
        is_running: its body is being read; `is_recursive` when it is called meanwhile.
        is_pure: reading it has changed nothing that existed before.
    """

    __slots__ = ("again", "born", "dependencies", "is_pure", "is_recursive", "is_running", "result", "sites")

    def __init__(self) -> None:
        self.result: Abstract = BOTTOM
        self.born = 0
        self.dependencies: dict[Container | Frame, int] = {}
        self.sites: dict[ast.AST, list[DictValue | ListValue]] = {}
        self.again = 0
        self.is_running = False
        self.is_recursive = False
        self.is_pure = False

    def given(self) -> Abstract:
        """The result of another call with the same arguments."""
        result = self.result
        return result.copy() if isinstance(result, (DictValue, ListValue)) and result.born > self.born else result

    def for_twins(self, arguments: list[Container]) -> Summary | None:
        """The summary for other containers with the same in them: if the function has done nothing with its own but look at them."""
        own = containers_in([self.result])
        if max(len(arguments), len(own)) >= MOST_LOOKED_INTO or not self.is_pure or not is_plain(self.result):
            return None
        if not {type(each) for each in own} <= _BY_CONTENT or not set(arguments).isdisjoint(own):
            return None
        twin = Summary()
        twin.result, twin.born = self.result, self.born
        twin.dependencies = {each: version for each, version in self.dependencies.items() if each not in arguments}
        return twin


_MOST_INSIDE: Final = 64  # containers in an argument that is compared by what is in it
_MOST_MEMBERS: Final = 16  # of each of them


def content_of(value: Abstract, inside: list[Container]) -> Hashable | None:
    """A key that is the same for plain data that differs only in which lists, sets and dicts it is in; `None` for anything else, or too much of it.

    Args:
        value: the data.
        inside: gets the lists, sets and dicts.
    """
    held: Sequence[Abstract]
    if isinstance(value, Union):
        shape, held = None, value.members
    elif isinstance(value, (ListValue, DictValue)) and type(value) in _BY_CONTENT:
        shape, held = value.outline()
        inside.append(value)
    else:
        return identity(value) if is_scalar(value) or value is BOTTOM else None
    if len(inside) > _MOST_INSIDE or len(held) > _MOST_MEMBERS:
        return None
    key: list[Any] = [type(value), shape]
    for each in held:
        content = content_of(each, inside)
        if content is None:
            return None
        key.append(content)
    return tuple(key)


_BY_CONTENT: Final = frozenset({ListValue, TupleValue, SetValue, DictValue})  # not what is read when it is consumed, nor views
