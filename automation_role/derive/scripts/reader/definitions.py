"""`def` and `class`: functions and classes of the script."""

from __future__ import annotations

import ast
import builtins
from typing import Final

from ..values.arguments import Args
from ..values.asking import foreign_name, has_instances, is_unknown, special, unwrapped
from ..values.classes import ClassValue, called_by_python
from ..values.decorators import decorated
from ..values.dicts import DictValue
from ..values.external import external
from ..values.frames import Frame
from ..values.functions import Function
from ..values.lists import ListValue
from ..values.thing import BOTTOM, Abstract
from ..values.unions import members, things
from .bindings import COMPOUND, bound_names
from .expressions import Expressions

_AUTO: Final = external("enum.auto()")


class Definitions(Expressions):
    """Reads definitions."""

    __slots__ = ()

    def defining(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        value: Abstract = self.made(node)
        arguments = node.args
        for argument in (*arguments.posonlyargs, *arguments.args, arguments.vararg, *arguments.kwonlyargs, arguments.kwarg):
            if argument is not None:
                self.annotation(argument.annotation)
        self.annotation(node.returns)
        for each in reversed(node.decorator_list):
            value = decorated(self.machine, self.value(each), value, self.frame.line(node))
        self.bind(node.name, value)

    def annotation(self, node: ast.expr | None) -> None:
        """Read an annotation that calls something: up to Python 3.13, it is evaluated where the function or the module's variable is defined."""
        if (
            node is not None
            and not isinstance(node, (ast.Name, ast.Attribute, ast.Constant))
            and any(isinstance(each, ast.Call) for each in ast.walk(node))
        ):
            self.value(node)

    def class_(self, node: ast.ClassDef) -> None:
        bases = [self.value(each) for each in node.bases]
        given = {each.arg: self.value(each.value) for each in node.keywords if each.arg is not None}
        meta = given.pop("metaclass", BOTTOM)
        self.capture_all()
        inner = self.__class__(self.machine, Frame(self.frame, self.frame.function), {})
        methods: list[Function] = []
        inner.frame.methods = methods
        inner.block(node.body)
        known = self.machine.libraries
        made = ClassValue(
            node.name,
            inner.env or {},
            tuple(each for base in bases for each in members(base) if isinstance(each, ClassValue)),
            (
                *(name for base in bases for each in members(base) if (name := foreign_name(each)) and name not in known.plain_bases),
                *("?" for base in bases if is_unknown(base)),
            ),
            node,
        )
        made.holds = next((known.bases[name] for name in made.foreign if name in known.bases), None)
        made.enum = next((known.enums[name] for name in made.foreign if name in known.enums), None)
        made.sure = set(made.attrs) & _surely_bound(node.body)
        made.is_error = made.is_error or any(_is_error(each) for base in bases for each in members(base))
        if made.enum is not None and made.enum.auto_is_name:
            made.attrs = {name: name.lower() if value is _AUTO else value for name, value in made.attrs.items()}
        self.machine.classes.append(made)
        for method in methods:
            method.owner = made
        self._named(made, self.frame.line(node))
        fields = tuple(each.target.id for each in node.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name))
        if any(foreign_name(each) in known.field_bases for each in bases):
            made.fields = fields
        if isinstance(meta, ClassValue):
            made.meta = meta
        elif meta is not BOTTOM:  # anything that can be called will do
            self.machine.call(meta, Args([node.name, ListValue(bases), DictValue(dict(made.attrs))], given), self.frame.line(node))
        if made.meta is not None:
            self._made_by_meta(made, bases, given, self.frame.line(node))
        starter = made.find("__init_subclass__", after=made)
        if starter is not BOTTOM:
            self.machine.call(unwrapped(starter), Args([made], given), self.frame.line(node))
        value: Abstract = made
        for each in reversed(node.decorator_list):
            decorator = self.value(each)
            if foreign_name(decorator) in known.field_decorators:
                made.fields = (made.fields or ()) + fields
            else:
                value = decorated(self.machine, decorator, value, self.frame.line(node))
        self.bind(node.name, value)

    def _named(self, made: ClassValue, at: int) -> None:
        """Each value in a class's body gets its name there."""
        for name, value in list(made.attrs.items()):
            for each in members(value):
                if (method := special(each, "__set_name__")) is not BOTTOM:
                    self.machine.call(method, Args([each, made, name]), at)

    def _made_by_meta(self, made: ClassValue, bases: list[Abstract], given: dict[str, Abstract], at: int) -> None:
        """A metaclass of the script creates the class: its methods run."""
        meta = made.meta
        if meta is None:
            return
        held: list[Abstract] = [made.name, ListValue(bases), DictValue(made.attrs)]
        around, self.machine.class_made = self.machine.class_made, made
        for name, first in (("__prepare__", meta), ("__new__", meta), ("__init__", made)):
            method = meta.find(name)
            if method is not BOTTOM:
                result = self.machine.call(unwrapped(method), Args([first, *held], dict(given)), at)
                if name == "__prepare__":  # it gives what the names of the body are put into
                    for each in things(result) if has_instances(result) else ():
                        for key, value in list(made.attrs.items()):
                            each.store_item(self.machine, key, value)
        called_by_python(self.machine, meta, made, at)
        self.machine.class_made = around


def _surely_bound(body: list[ast.stmt]) -> frozenset[str]:
    """Names that the statements of a class's body bind, those in branches left out."""
    return bound_names(each for each in body if type(each) not in COMPOUND)


def _is_error(base: Abstract) -> bool:
    """Whether it is one of Python's exceptions."""
    kind = getattr(builtins, foreign_name(base).removeprefix("builtins."), None)
    return isinstance(kind, type) and issubclass(kind, BaseException)
