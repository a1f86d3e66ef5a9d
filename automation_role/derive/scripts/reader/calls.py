"""Calls, and the functions that `def` and `lambda` make."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Final

from ....findings import BY_HAND
from ....values.value import Text
from ..libraries.foreign_code import run_foreign
from ..values.arguments import NO_ARGS, Args
from ..values.asking import foreign_name, gone_through, is_unknown, plainly, texts_in
from ..values.classes import ClassValue
from ..values.containers import CLOCK, non_data_in
from ..values.dicts import DictValue
from ..values.frames import Frame
from ..values.functions import Function
from ..values.modules import Names
from ..values.scalars import as_thing
from ..values.signatures import FunctionNode, signature_of
from ..values.supers import Super
from ..values.thing import BOTTOM, DATA, REPORTED, Abstract
from ..values.unions import join, join_all, members, things
from .assignments import Assignments


class Calls(Assignments):
    """Reads calls and functions."""

    __slots__ = ()

    def call(self, node: ast.Call) -> Abstract:
        if type(node.func) is ast.Attribute:
            return self._call_method(node, node.func)
        target = self.value(node.func)
        read = _READING_VARIABLES.get(foreign_name(target))
        if read is not None and (special := read(self, node)) is not BOTTOM:
            return special
        args, started = self.args(node), next(CLOCK)
        return self._placed(node, started, self.machine.call(target, args, self.frame.line(node)))

    def _call_method(self, node: ast.Call, method: ast.Attribute) -> Abstract:
        """`x.name(…)`."""
        target, name, machine, at = self.value(method.value), method.attr, self.machine, self.frame.line(node)
        args = self.args(node)
        if target is DATA and name != "setdefault" and not machine.has_scattered:  # mostly
            if args is NO_ARGS:
                return DATA
            if name.startswith(machine.libraries.methods_opening_urls):
                machine.report_urls(args, at)
            machine.put_away(args.values())
            return machine.escape(args, at, DATA)
        receiver = as_thing(target)
        receiver.receives(args)
        if receiver.is_by_place and self._is_certain(method.value, receiver):
            exact = receiver.strong_update(machine, name, args)
            if exact is not BOTTOM:
                return exact
        started = next(CLOCK)
        return self._placed(node, started, machine.invoke(target, name, args, at))

    def _placed(self, node: ast.Call, started: int, made: Abstract) -> Abstract:
        """The result of a call; a new container gets the identity of its place in the code."""
        return made if made is DATA else as_thing(made).placed(self.frame, self.machine, node, started)

    def args(self, node: ast.Call) -> Args:
        """The arguments of a call."""
        if not (node.args or node.keywords):
            return NO_ARGS
        args = Args()
        for each in node.args:
            given = each.value if type(each) is ast.Starred else each
            if type(given) is ast.GeneratorExp:
                given.is_consumed = True  # type: ignore[attr-defined]  # at once, as nearly all that are written there
            value = self.value(given)
            if given is not each:
                known = gone_through(value, self.machine) if args.rest is BOTTOM else None
                if known is not None:
                    args.positional += known
                else:
                    args.rest = join_all([args.rest, *self.machine.elements(value, self.frame.line(each))])
            elif args.rest is BOTTOM:
                args.positional.append(value)
            else:
                args.rest = join(args.rest, value)
        for keyword in node.keywords:
            value = self.value(keyword.value)
            if keyword.arg is not None:
                args.keywords[keyword.arg] = value
            else:
                self._spread(args, value)
        return args

    def _spread(self, args: Args, value: Abstract) -> None:
        """`**value`."""
        mappings = [each for each in members(value) if each is not None]
        perhaps: set[str] = set()
        for one in mappings:
            each: DictValue | None = as_thing(one).mapping()
            if each is None:
                inside = () if is_unknown(one) else non_data_in([self.machine.item(plainly(one), DATA, 0)])
                args.extra = join_all([args.extra, one if is_unknown(one) else DATA, *inside])
                continue
            if each.is_open:
                args.extra = join(args.extra, DATA if each.rest is BOTTOM else each.rest)
            for key, held_there in each.members.items():
                name = str(key)
                under = held_there if key in each.sure else join(held_there, each.rest)
                sure = len(mappings) == 1 and key in each.sure
                args.keywords[name] = under if sure or name not in args.keywords else join(args.keywords[name], under)
                if not sure:
                    perhaps.add(name)
        args.perhaps |= perhaps

    def of_vars(self, node: ast.Call) -> Abstract:
        """`vars()`."""
        return BOTTOM if node.args else self.of_locals(node)

    def of_locals(self, _node: ast.Call) -> Abstract:
        """`locals()`."""
        return DictValue(self.env or {})

    def of_globals(self, _node: ast.Call) -> Abstract:
        """`globals()`."""
        return Names(self.frame.module)

    def of_eval(self, node: ast.Call) -> Abstract:
        """`eval(text)`."""
        return self._run_text("eval", node)

    def of_exec(self, node: ast.Call) -> Abstract:
        """`exec(text)`."""
        return self._run_text("exec", node)

    def _run_text(self, name: str, node: ast.Call) -> Abstract:
        if not node.args:
            return BOTTOM
        args = self.args(node)
        given = [args.get(1, "globals", None), args.get(2, "locals", None)]
        return self._made_code(name, args.get(0, "source", DATA), [each for each in given if each is not None], self.frame.line(node))

    def _made_code(self, name: str, code: Abstract, spaces: list[Abstract], at: int) -> Abstract:
        texts = texts_in(code)
        if texts is None and any(isinstance(each, Text) for each in members(code)):
            self.machine.report(
                "unreadableScript", at, f"the script runs code that it generates at run time ({name}); add what that needs {BY_HAND}"
            )
            return REPORTED
        if texts is None:
            return run_foreign(self.machine, at, f"runs code that is not in the runbook ({name})")
        if not spaces:
            return self.made_code(texts, at)
        inner = self.__class__(self.machine, Frame(self.frame.module), {})
        for space in spaces:
            for each in members(space):
                names: DictValue | None = as_thing(each).mapping()
                if names is not None:
                    inner.env = {**(inner.env or {}), **{str(key): value for key, value in names.members.items()}}
                elif each is not None:  # what its names are is not known
                    inner.frame.foreign_names = True
        before = dict(inner.env or {})
        found = inner.made_code(texts, at)
        for key, value in (inner.env or {}).items():
            for space in things(spaces[-1]) if value is not before.get(key, BOTTOM) else ():
                space.store_item(self.machine, key, value)
        return found

    def of_super(self, node: ast.Call) -> Abstract:
        """`super()`, and `super(Class, self)`."""
        frame: Frame | None = self.frame
        while frame is not None and (frame.function is None or frame.function.owner is None):
            frame = frame.parent
        if frame is None or frame.function is None or frame.function.owner is None:
            return DATA
        if len(node.args) == 2:
            target = self.value(node.args[1])
        else:
            signature = signature_of(frame.function.node)
            name = signature.names[0] if signature.names else ""
            target = (self.env or {}).get(name, BOTTOM) if frame is self.frame else frame.seen(name)
        return Super(frame.function.owner, target) if isinstance(frame.function.owner, ClassValue) else DATA

    def made(self, node: FunctionNode) -> Function:
        """The function that a `def` or `lambda` creates."""
        self.capture_all()
        given = node.args
        placed = [*given.posonlyargs, *given.args]
        defaults = {
            each.arg: self.value(default) for each, default in zip(placed[len(placed) - len(given.defaults) :], given.defaults, strict=True)
        }
        for each, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
            if default is not None:
                defaults[each.arg] = self.value(default)
        if self.frame.methods is None or self.frame.parent is None:
            return Function(node, self.frame, defaults)
        method = Function(node, self.frame.parent, defaults)
        self.frame.methods.append(method)
        return method

    def lambda_(self, node: ast.Lambda) -> Abstract:
        return self.made(node)


# Built-in functions that read the variables around their call; `BOTTOM` from one of them: it is called as any other.
_READING_VARIABLES: Final[dict[str, Callable[[Calls, ast.Call], Abstract]]] = {
    "builtins.super": Calls.of_super,
    "builtins.locals": Calls.of_locals,
    "builtins.vars": Calls.of_vars,
    "builtins.globals": Calls.of_globals,
    "builtins.eval": Calls.of_eval,
    "builtins.exec": Calls.of_exec,
}
