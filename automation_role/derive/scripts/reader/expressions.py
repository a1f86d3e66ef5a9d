"""Reading expressions: what they give, and which calls they make on the way."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from ....findings import BY_HAND
from ....values.value import Text
from ..values.classes import ClassValue, InstanceValue, Variables
from ..values.containers import BORN, Container, things_in
from ..values.dicts import DictValue
from ..values.domain import (
    BOTTOM,
    DATA,
    NO_ARGS,
    OPAQUE,
    REPORTED,
    Abstract,
    Args,
    Thing,
    Union,
    UnknownValue,
    join,
    join_all,
    members,
    texts_in,
    truth,
    truthy,
)
from ..values.functions import Function, FunctionNode, Names, signature_of
from ..values.lists import Generator, ListValue, SetValue, awaited
from ..values.supers import Super
from ..values.texts import formatted, percent
from ..values.writing import concatenated
from .conditions import compared, refined
from .limits import MAX_LEVELS

if TYPE_CHECKING:
    from ..values.frames import Frame
    from .machine import Interpreter

_MAX_UNROLLED: Final = 40  # elements of a literal list that a loop is read for one by one
_MAX_SCALARS_UNROLLED: Final = 8  # the same for plain strings and numbers
_MAX_COMPREHENDED: Final = 3  # readings of a comprehension that changes what it looks at
_MAX_ROUNDS: Final = 1024  # of loops in loops that are read one by one


class Expressions:
    """Reads expressions in one frame.

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
        kind = type(node)
        if kind is ast.Name:
            return self.name(node)  # type: ignore[arg-type]  # most of all expressions: read at once
        machine = self.machine
        machine.work += 1
        if machine.levels > MAX_LEVELS:
            return machine.too_deep(self.frame.line(node))
        machine.levels += 1
        found = _READ.get(kind, Expressions.unknown)(self, node)
        machine.levels -= 1
        return found

    def unknown(self, node: ast.AST) -> Abstract:
        """What this reader has no handler for, as newer Pythons may bring: reported, and what is inside is read."""
        at = self.frame.first + getattr(node, "lineno", 1) - 1 if self.frame.is_exact else self.frame.first
        self.machine.report(
            "unreadableScript", at, f"the script has syntax that is not followed ({type(node).__name__}); add what it needs {BY_HAND}"
        )
        self.inside(node)
        return REPORTED

    def inside(self, node: ast.AST) -> None:
        """Read the expressions and statements in a part of the syntax."""
        for each in ast.iter_child_nodes(node):
            if isinstance(each, ast.expr):
                self.value(each)
            elif isinstance(each, ast.stmt):
                self.block([each])
            else:
                self.inside(each)

    def block(self, statements: list[ast.stmt]) -> None:
        """Read statements one after the other, as far as they are reached."""
        raise NotImplementedError

    # -- names

    def name(self, node: ast.Name) -> Abstract:
        name = node.id
        if self.env is not None and name in self.env and name not in self.frame.global_names:
            return self.env[name]
        return self.outer(name)

    def outer(self, name: str) -> Abstract:
        """What a name is that is not a variable of this frame."""
        where: Frame | None = self.frame.global_names.get(name) or self.frame
        found = where.seen(name) if where is not None else BOTTOM
        if found is BOTTOM:
            found = self.machine.builtin(name)
        if found is BOTTOM:
            return REPORTED if self.frame.module.foreign_names else OPAQUE
        return self.machine.saw(found)

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

    def named(self, node: ast.NamedExpr) -> Abstract:
        value = self.value(node.value)
        self.assign(node.target, value)
        return value

    # -- parts of values

    def attribute(self, node: ast.Attribute) -> Abstract:
        return self.machine.attribute(self.value(node.value), node.attr, self.frame.line(node))

    def subscript(self, node: ast.Subscript) -> Abstract:
        whole = self.value(node.value)
        if isinstance(node.slice, ast.Slice):
            return self._sliced(whole, node.slice, self.frame.line(node))
        key = self.value(node.slice)
        return self.machine.item(whole, key, self.frame.line(node))

    def bounds(self, node: ast.Slice) -> slice | None:
        """A slice of which all is known."""
        given = [None if each is None else self.value(each) for each in (node.lower, node.upper, node.step)]
        known = [each if isinstance(each, int) else None for each in given]
        return slice(*known) if known == given and known[2] != 0 else None

    def _sliced(self, whole: Abstract, node: ast.Slice, at: int) -> Abstract:
        bounds = [None if each is None else self.value(each) for each in (node.lower, node.upper, node.step)]
        whole_numbers = [each if isinstance(each, int) else None for each in bounds]
        known = whole_numbers == bounds and bounds[2] != 0
        if isinstance(whole, ListValue):
            return (
                ListValue(whole.items[slice(*whole_numbers)])
                if known and whole.rest is BOTTOM
                else ListValue([], join_all(whole.elements(self.machine, at)))
            )
        if isinstance(whole, str):
            return whole[slice(*whole_numbers)] if known else DATA
        if isinstance(whole, (Text, int, float)) or whole is None:
            return DATA
        return whole

    # -- calls

    def call(self, node: ast.Call) -> Abstract:
        function = node.func
        at = self.frame.line(node)
        if isinstance(function, ast.Attribute):
            target = self.value(function.value)
            args = self.args(node)
            if self._is_certain(function.value, target) and isinstance(target, (DictValue, ListValue)):
                exact = target.surely(self.machine, function.attr, args)
                if exact is not BOTTOM:
                    return exact
            if target is DATA and function.attr != "setdefault" and not self.machine.has_scattered:
                if function.attr.startswith(("to_", "read_")):  # a data frame's
                    self.machine.tell_urls(args, at)
                return self.machine.escape(args, at, DATA) if node.args or node.keywords else DATA
            return self._made_by(node, next(BORN), self.machine.invoke(target, function.attr, args, at))
        target = self.value(function)
        if (
            isinstance(function, ast.Name)
            and function.id in {"super", "locals", "globals", "vars", "eval", "exec"}
            and isinstance(target, Thing)
        ):
            special = self._special(function.id, node, at)
            if special is not BOTTOM:
                return special
        args = self.args(node)
        return self._made_by(node, next(BORN), self.machine.call(target, args, at))

    def _made_by(self, node: ast.Call, before: int, value: Abstract) -> Abstract:
        """What a call gives, by its place when it is a new container."""
        if isinstance(value, (DictValue, ListValue)) and value.born > before:
            return self.frame.site(self.machine, node, value)
        return value

    def args(self, node: ast.Call) -> Args:
        """What a call is given."""
        if not node.args and not node.keywords:
            return NO_ARGS
        args = Args()
        for each in node.args:
            if isinstance(each, ast.Starred):
                value = self.value(each.value)
                if isinstance(value, ListValue) and value.rest is BOTTOM and args.rest is BOTTOM:
                    args.positional += value.items
                else:
                    args.rest = join_all([args.rest, *self.machine.elements(value, self.frame.line(each))])
            elif args.rest is BOTTOM:
                args.positional.append(self.value(each))
            else:
                args.rest = join(args.rest, self.value(each))
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
            held = one.held if isinstance(one, InstanceValue) and one.held is not None else one
            each = Variables(one) if held is one and isinstance(one, InstanceValue) and one.made_of.name == "SimpleNamespace" else held
            if not isinstance(each, DictValue):
                inside = (
                    things_in([self.machine.item(each, DATA, 0)]) if isinstance(each, Thing) and not isinstance(each, UnknownValue) else ()
                )
                args.extra = join_all([args.extra, each if isinstance(each, UnknownValue) else DATA, *inside])
                continue
            each.read = self.machine.clock
            if each.is_open:
                args.extra = join(args.extra, DATA if each.rest is BOTTOM else each.rest)
            for key, held_there in each.members.items():
                name = str(key)
                under = held_there if key in each.sure else join(held_there, each.rest)
                args.keywords[name] = join(args.keywords[name], under) if len(mappings) > 1 and name in args.keywords else under
                if len(mappings) > 1 or key not in each.sure:
                    perhaps.add(name)
        args.perhaps |= perhaps

    def _special(self, name: str, node: ast.Call, at: int) -> Abstract:
        """Built-in functions that look at the variables around their call."""
        if name == "super":
            return self._super(node)
        if name in {"locals", "vars"} and not node.args:
            return DictValue(self.env or {})
        if name == "globals":
            return Names(self.frame.module)
        if name in {"eval", "exec"} and node.args:
            return self._made_code(name, self.value(node.args[0]), at)
        return BOTTOM

    def _made_code(self, name: str, code: Abstract, at: int) -> Abstract:
        texts = texts_in(code)
        if texts is None:
            self.machine.report(
                "unreadableScript", at, f"the script runs code that it makes at run time ({name}); add what that needs {BY_HAND}"
            )
            return REPORTED
        return self.made_code(texts)

    def made_code(self, texts: Iterable[str]) -> Abstract:
        """`eval` and `exec` of texts that are known."""
        raise NotImplementedError

    def _super(self, node: ast.Call) -> Abstract:
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

    # -- functions

    def function(self, node: FunctionNode) -> Abstract:
        """Read a function's body; what calling it gives."""
        raise NotImplementedError

    def made(self, node: FunctionNode) -> Function:
        """The function that a `def` or `lambda` makes."""
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

    def capture_all(self) -> None:
        """From here on functions see this frame's variables."""
        if not self.frame.capturing and self.frame.methods is None:
            self.frame.capturing = True
            for name, value in (self.env or {}).items():
                self.frame.capture(name, value)

    def lambda_(self, node: ast.Lambda) -> Abstract:
        return self.made(node)

    def yield_(self, node: ast.Yield) -> Abstract:
        value = self.value(node.value) if node.value is not None else None
        self.frame.yielded = join(self.frame.yielded, value)
        return OPAQUE  # what `send` sends

    def yield_from(self, node: ast.YieldFrom) -> Abstract:
        value = self.value(node.value)
        self.frame.yielded = join_all([self.frame.yielded, *self.machine.elements(value, self.frame.line(node))])
        return join_all(each.returned if isinstance(each, Generator) else DATA for each in members(value))

    # -- operators

    def bool_op(self, node: ast.BoolOp) -> Abstract:
        found: Abstract = BOTTOM
        stops = isinstance(node.op, ast.Or)
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
        while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add) and isinstance(node.op, ast.Add):
            chain.append(left.right)
            left = left.left
        value = self.value(left)
        for right in reversed(chain):
            value = self._binary(node.op, value, self.value(right), self.frame.line(node))
        return value

    def _binary(self, op: ast.operator, left: Abstract, right: Abstract, at: int) -> Abstract:
        word = OPERATORS.get(type(op), "")
        for target, name, other in ((left, f"__{word}__", right), (left, f"__i{word}__", right), (right, f"__r{word}__", left)):
            if isinstance(target, InstanceValue) and (method := target.made_of.find(name)) is not BOTTOM:
                return self.machine.call(method, Args([target, other]), at)
        left, right = (each.held if isinstance(each, InstanceValue) and each.held is not None else each for each in (left, right))
        return self._plainly(op, left, right, at)

    def _plainly(self, op: ast.operator, left: Abstract, right: Abstract, at: int) -> Abstract:
        """An operator on Python's own kinds of values."""
        if isinstance(op, ast.Add):
            if isinstance(left, (str, Text)) or isinstance(right, (str, Text)):
                return concatenated([left, right])
            if isinstance(left, ListValue) and isinstance(right, ListValue):
                if left.rest is BOTTOM:
                    return ListValue([*left.items, *right.items], right.rest)
                return ListValue(left.items, join_all([left.rest, *right.items, right.rest]))
            if isinstance(left, ListValue) or isinstance(right, ListValue):
                return ListValue([], join_all([*self.machine.elements(left, at), *self.machine.elements(right, at)]))
        if isinstance(op, ast.Mod) and isinstance(left, str):
            return percent(left, right)
        if isinstance(op, ast.BitOr) and isinstance(left, DictValue):
            whole = left.copy()
            whole.update(self.machine, right, at, surely=True)
            return whole
        if isinstance(left, ListValue) and isinstance(op, (ast.BitOr, ast.BitAnd, ast.BitXor, ast.Sub, ast.Mult)):
            held = [left.whole(), *(each.whole() for each in members(right) if isinstance(each, ListValue))]
            return (SetValue if isinstance(left, SetValue) else ListValue)([], join_all(held))
        return self._either(op, left, right, at)

    def _either(self, op: ast.operator, left: Abstract, right: Abstract, at: int) -> Abstract:
        if not isinstance(left, Thing) and not isinstance(right, Thing):
            return _number(op, left, right)
        some = things_in([left, right])
        if not some and not any(isinstance(each, Container) for each in (*members(left), *members(right))):
            return _number(op, left, right)
        # One of several containers, or what is not known to have this operator: any of what they hold, in a container or by itself.
        several = [
            each
            for side in (left, right)
            for one in members(side)
            for each in (self.machine.elements(one, at) if isinstance(one, ListValue) else ())
        ]
        dicts = [each for each in (*members(left), *members(right)) if isinstance(each, DictValue)]
        found: list[Abstract] = [ListValue([], join_all(several))] if several else []
        if dicts:
            whole = DictValue()
            for one in dicts:
                whole.update(self.machine, one, at)
            found.append(whole)
        return join_all([*found, *some] or [DATA])

    def unary_op(self, node: ast.UnaryOp) -> Abstract:
        value = self.value(node.operand)
        if isinstance(node.op, ast.Not):
            known = truth(value)
            return DATA if known is None else not known
        name = _UNARY[type(node.op)]
        own = [
            self.machine.call(method, Args([each]), self.frame.line(node))
            for each in members(value)
            if isinstance(each, InstanceValue) and (method := each.made_of.find(name)) is not BOTTOM
        ]
        if own:
            return join_all(own)
        if isinstance(node.op, ast.USub) and isinstance(value, (int, float)):
            return -value
        return DATA

    def compare(self, node: ast.Compare) -> Abstract:
        left = self.value(node.left)
        found: Abstract = BOTTOM
        around = self.machine.where
        for op, each in zip(node.ops, node.comparators, strict=True):
            right = self.value(each)
            own = self._compared(op, left, right, self.frame.line(node))
            known = compared(op, left, right) if own is BOTTOM else None
            found = join(found, own if own is not BOTTOM else DATA if known is None else known)
            left = right
            self.machine.where = object()
        self.machine.where = around
        return found if len(node.ops) == 1 or found is not True else True

    def _compared(self, op: ast.cmpop, left: Abstract, right: Abstract, at: int) -> Abstract:
        """What the methods of the script's own classes say (`__eq__`, `__contains__`)."""
        if not isinstance(left, (InstanceValue, Union)) and not isinstance(right, (InstanceValue, Union)):
            return BOTTOM
        if isinstance(op, (ast.In, ast.NotIn)):
            several: tuple[tuple[Abstract, str, Abstract], ...] = ((right, "__contains__", left),)
        elif type(op) in _COMPARED:
            names = _COMPARED[type(op)]
            several = ((left, names[0], right), (right, names[1], left))
        else:
            return BOTTOM
        return join_all(
            self.machine.call(method, Args([each, other]), at)
            for target, name, other in several
            for each in members(target)
            if isinstance(each, InstanceValue) and (method := each.made_of.find(name)) is not BOTTOM
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
        for name in _named_in(node):
            self.bind(name, join_all(end.get(name, BOTTOM) for end in ends))
        return found

    # -- displays

    def joined(self, node: ast.JoinedStr) -> Abstract:
        return concatenated([self.value(each) for each in node.values])

    def formatted(self, node: ast.FormattedValue) -> Abstract:
        value = self.value(node.value)
        spec = self.value(node.format_spec) if node.format_spec is not None else ""
        self._written(value, self.frame.line(node))
        return formatted(value, spec, chr(node.conversion) if node.conversion > 0 else "")

    def _written(self, value: Abstract, at: int) -> None:
        """Python asks an instance how it reads."""
        for each in members(value):
            if isinstance(each, InstanceValue) and (method := each.made_of.find("__format__")) is not BOTTOM:
                self.machine.call(method, Args([each, DATA]), at)

    def listed(self, node: ast.List | ast.Tuple | ast.Set) -> Abstract:
        items: list[Abstract] = []
        rest: Abstract = BOTTOM
        for each in node.elts:
            if isinstance(each, ast.Starred):
                value = self.value(each.value)
                if isinstance(value, ListValue) and value.rest is BOTTOM and rest is BOTTOM:
                    items += value.items
                else:
                    rest = join_all([rest, *self.machine.elements(value, self.frame.line(each))])
            elif rest is BOTTOM:
                items.append(self.value(each))
            else:
                rest = join(rest, self.value(each))
        return self.frame.site(self.machine, node, (SetValue if isinstance(node, ast.Set) else ListValue)(items, rest))

    def dict_(self, node: ast.Dict) -> Abstract:
        made = DictValue()
        for key, each in zip(node.keys, node.values, strict=True):
            if key is None:
                made.update(self.machine, self.value(each), self.frame.line(each), surely=True)
                continue
            name = self.value(key)
            value = self.value(each)
            if isinstance(name, (str, int)):
                made.settle(self.machine, name, value)
            else:
                made.put(self.machine, name, value)
        return self.frame.site(self.machine, node, made)

    def comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Abstract:
        before, around = self.env, self.machine.where
        self.machine.where = object()
        self.env = dict(before or {})
        kind = SetValue if isinstance(node, ast.SetComp) else ListValue
        made: ListValue | DictValue = DictValue() if isinstance(node, ast.DictComp) else kind()
        for _ in range(_MAX_COMPREHENDED):
            self.machine.clock += 1
            started = self.machine.clock
            self._comprehend(node, 0, made)
            if self.machine.changed_at < started:
                break
        inner, self.env = self.env, before
        self.machine.where = around
        for name in _named_in(node):
            self.bind(name, join((before or {}).get(name, BOTTOM), (inner or {}).get(name, BOTTOM)))
        return self.frame.site(self.machine, node, made)

    def _comprehend(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, depth: int, made: ListValue | DictValue
    ) -> None:
        if depth == len(node.generators):
            if isinstance(node, ast.DictComp) and isinstance(made, DictValue):
                key = self.value(node.key)
                made.put(self.machine, key, self.value(node.value))
            elif isinstance(made, ListValue) and not isinstance(node, ast.DictComp):
                made.add(self.machine, self.value(node.elt))
            return
        self.machine.spend(1)
        generator = node.generators[depth]
        at = self.frame.line(generator.iter)
        around = self.machine.rounds
        for each in unrolled(self.machine, self.machine.elements(self.value(generator.iter), at)):
            self.assign(generator.target, each)
            if all(truth(self.value(test)) is not False for test in generator.ifs):
                self._comprehend(node, depth + 1, made)
        self.machine.rounds = around


def unrolled(machine: Interpreter, elements: list[Abstract]) -> list[Abstract]:
    """What a loop is read for: each element by itself when they are few, else all of them at once.

    As long as the loop's body is read, `machine.rounds` says how often.
    """
    limit = _MAX_SCALARS_UNROLLED if all(not isinstance(each, Thing) for each in elements) else _MAX_UNROLLED
    if len(elements) > limit or len(elements) * machine.rounds > _MAX_ROUNDS:
        return [join_all(elements)]
    machine.rounds *= max(1, len(elements))
    return elements


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
# What an object is asked, and what the other one is asked when that does not know.
_COMPARED: Final[dict[type[ast.cmpop], tuple[str, str]]] = {
    ast.Eq: ("__eq__", "__eq__"),
    ast.NotEq: ("__ne__", "__ne__"),
    ast.Lt: ("__lt__", "__gt__"),
    ast.LtE: ("__le__", "__ge__"),
    ast.Gt: ("__gt__", "__lt__"),
    ast.GtE: ("__ge__", "__le__"),
}
_NUMBERS: Final[dict[type[ast.operator], Callable[[Any, Any], Any]]] = {ast.Add: operator.add, ast.Sub: operator.sub}


def _named_in(node: ast.AST) -> set[str]:
    """Names that `(x := …)` somewhere inside assigns to variables around."""
    found: set[str] | None = getattr(node, "named_inside", None)
    if found is None:
        found = {each.target.id for each in ast.walk(node) if isinstance(each, ast.NamedExpr)}
        node.named_inside = found  # type: ignore[attr-defined]
    return found


def _number(op: ast.operator, left: Abstract, right: Abstract) -> Abstract:
    work = _NUMBERS.get(type(op))
    if work is None or not isinstance(left, int) or not isinstance(right, int):
        return DATA
    return work(left, right) if abs(left) < 1 << 62 and abs(right) < 1 << 62 else DATA


def _constant(_reader: Expressions, node: ast.Constant) -> Abstract:
    value = node.value
    return value if value is None or isinstance(value, (str, int, float)) else DATA


def _awaited(reader: Expressions, node: ast.Await) -> Abstract:
    return awaited(reader.value(node.value))


def _slice(reader: Expressions, node: ast.Slice) -> Abstract:
    for each in (node.lower, node.upper, node.step):
        if each is not None:
            reader.value(each)
    return DATA


def _starred(reader: Expressions, node: ast.Starred) -> Abstract:
    return join_all(reader.machine.elements(reader.value(node.value), reader.frame.line(node)))


_READ: Final[dict[type[ast.expr], Callable[[Expressions, Any], Abstract]]] = {
    ast.Constant: _constant,
    ast.Attribute: Expressions.attribute,
    ast.Call: Expressions.call,
    ast.Subscript: Expressions.subscript,
    ast.JoinedStr: Expressions.joined,
    ast.FormattedValue: Expressions.formatted,
    ast.Dict: Expressions.dict_,
    ast.List: Expressions.listed,
    ast.Tuple: Expressions.listed,
    ast.Set: Expressions.listed,
    ast.BinOp: Expressions.bin_op,
    ast.BoolOp: Expressions.bool_op,
    ast.Compare: Expressions.compare,
    ast.UnaryOp: Expressions.unary_op,
    ast.IfExp: Expressions.if_exp,
    ast.Lambda: Expressions.lambda_,
    ast.ListComp: Expressions.comprehension,
    ast.SetComp: Expressions.comprehension,
    ast.GeneratorExp: Expressions.comprehension,
    ast.DictComp: Expressions.comprehension,
    ast.Await: _awaited,
    ast.Yield: Expressions.yield_,
    ast.YieldFrom: Expressions.yield_from,
    ast.NamedExpr: Expressions.named,
    ast.Starred: _starred,
    ast.Slice: _slice,
}
