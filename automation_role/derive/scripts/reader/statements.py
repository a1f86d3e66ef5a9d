"""Reading statements, in order: branches are joined, loops are read until nothing more is learnt, what cannot be reached is left out."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from operator import is_
from typing import Any, Final, cast

from ..values.classes import ClassValue, InstanceValue
from ..values.containers import Container
from ..values.dicts import DictValue
from ..values.domain import BOTTOM, DATA, REPORTED, Abstract, Args, Thing, UnknownValue, is_scalar, join, join_all, members, truth
from ..values.external import External, external, names_of
from ..values.frames import Frame
from ..values.functions import Entering, Function, FunctionNode, Wrapper, decorated, signature_of
from ..values.lists import Generator, ListValue, SetValue
from ..values.modules import ModuleValue
from ..values.work import WORK
from .bindings import bound_names
from .conditions import compared, refined
from .expressions import OPERATORS, Expressions, unrolled
from .imports import parsed
from .limits import MAX_LEVELS
from .machine import Interpreter

Env = dict[str, Abstract]
_MAX_PASSES: Final = 6  # readings of a loop's body
_WORK_OF_PARSING: Final = 50  # a text that is code, in expressions read


class Reader(Expressions):
    """Reads the statements of one frame."""

    __slots__ = ("loops",)

    def __init__(self, machine: Interpreter, frame: Frame, env: Env) -> None:
        super().__init__(machine, frame, env)
        self.loops: list[tuple[list[Env], list[Env]]] = []  # the variables at each `continue` and `break` of the loops around

    def block(self, statements: list[ast.stmt]) -> None:
        """Read statements one after the other, as far as they are reached."""
        machine = self.machine
        if machine.levels > MAX_LEVELS and statements:
            machine.too_deep(self.frame.line(statements[0]))
            return
        machine.levels += 1
        for each in statements:
            if self.env is None:
                break
            machine.steps += 1
            machine.spend(1)
            if machine.guarded:
                machine.where = object()
            read = _READ.get(type(each), Reader.unknown)
            if type(each) not in _COMPOUND:
                read(self, each)
                continue
            around, exits = machine.where, machine.exits
            read(self, each)
            # What follows is sure to be reached when all that is in the statement leads to its end.
            machine.where = around if machine.exits == exits else object()
        machine.levels -= 1

    def reached(self) -> list[Env]:
        """The variables here; none where the code cannot be reached."""
        return [] if self.env is None else [self.env]

    def function(self, node: FunctionNode) -> Abstract:
        if isinstance(node, ast.Lambda):
            result = self.value(node.body)
        else:
            self.block(node.body)
            result = self.frame.returned if self.env is None else join(self.frame.returned, None)
        return Generator(self.frame.yielded, result) if signature_of(node).is_generator else result

    def made_code(self, texts: Iterable[str]) -> Abstract:
        found: Abstract = BOTTOM
        for text in texts:
            self.machine.spend(_WORK_OF_PARSING + len(text) // 8)
            try:
                body = parsed(text).body
            except SyntaxError:
                continue
            if len(body) == 1 and isinstance(body[0], ast.Expr):
                found = join(found, self.value(body[0].value))
            else:
                self.block(body)
        return DATA if found is BOTTOM else found

    def unknown(self, node: ast.AST) -> None:
        super().unknown(node)
        for name in bound_names([node]):
            self.bind(name, REPORTED)

    # -- simple statements

    def assignment(self, node: ast.Assign) -> None:
        value = self.value(node.value)
        for target in node.targets:
            self.assign(target, value)

    def annotated_assignment(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            value = self.value(node.value)
            self.assign(
                node.target, self.machine.annotated(node.annotation, self.frame, value) if isinstance(value, UnknownValue) else value
            )

    def augmented(self, node: ast.AugAssign) -> None:
        old = self.value(node.target)
        value = self.value(node.value)
        at = self.frame.line(node)
        word = f"__i{OPERATORS.get(type(node.op), '')}__"
        others: list[Abstract] = []
        for each in members(old):
            if isinstance(each, (ListValue, DictValue)):  # in place, for all who hold it
                certain = each is old and self._is_certain(node.target, old)
                if not certain or each.surely(self.machine, word, Args([value])) is BOTTOM:
                    self.machine.invoke(each, word, Args([value]), at)
                others.append(each)
            else:
                others.append(self._binary(node.op, each, value, at))
        if len(others) != 1 or others[0] is not old:
            self.assign(node.target, join_all(others))

    def expression(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            return
        self.value(node.value)
        if _never_returns(node.value):
            self.env = None

    def returning(self, node: ast.Return) -> None:
        value = self.value(node.value) if node.value is not None else None
        self.frame.returned = join(self.frame.returned, value)
        self.machine.exits += 1
        self.env = None

    def raising(self, node: ast.Raise) -> None:
        if node.exc is not None:
            self.machine.throw(self.value(node.exc), self.frame.line(node))
        if node.cause is not None:
            self.value(node.cause)
        self.machine.exits += 1
        self.env = None

    def asserting(self, node: ast.Assert) -> None:
        known = truth(self.value(node.test))
        before = self.env
        if node.msg is not None and known is not True:
            self.value(node.msg)
        self.env = refined(self, node.test, before, holds=True)

    def deleting(self, node: ast.Delete) -> None:
        for each in node.targets:
            if isinstance(each, ast.Name) and self.env is not None:
                self.env.pop(each.id, None)
            elif isinstance(each, ast.Subscript):
                whole, key = self.value(each.value), self.value(each.slice)
                place = self.bounds(each.slice) if isinstance(each.slice, ast.Slice) else key
                if self._is_certain(each.value, whole) and isinstance(whole, (DictValue, ListValue)) and place is not None:
                    given = Args([cast("Abstract", place)])  # a slice is no value of a script's variable, but for this
                    if whole.surely(self.machine, "__delitem__", given) is not BOTTOM:
                        continue
                for one in members(whole):
                    if isinstance(one, Thing):
                        self.machine.invoke(one, "__delitem__", Args([key]), self.frame.line(each))
            elif isinstance(each, ast.Attribute):
                for one in members(self.value(each.value)):
                    if isinstance(one, (InstanceValue, ClassValue)):
                        one.forget(self.machine, each.attr)

    def ending_pass(self, node: ast.Break | ast.Continue) -> None:
        if self.loops and self.env is not None:
            self.loops[-1][isinstance(node, ast.Break)].append(self.env)
        self.machine.exits += 1
        self.env = None

    def declaring_global(self, node: ast.Global) -> None:
        for name in node.names:
            self.frame.global_names[name] = self.frame.module

    def declaring_nonlocal(self, node: ast.Nonlocal) -> None:
        for name in node.names:
            frame = self.frame.parent
            while frame is not None and name not in frame.captured:
                frame = frame.parent
            if frame is not None:
                self.frame.global_names[name] = frame
                frame.global_names.setdefault(name, frame)  # from now on its own variable is what functions inside make of it

    def importing(self, node: ast.Import) -> None:
        for each in node.names:
            at = self.frame.line(node)
            whole = self.machine.module(each.name, "", at)
            if each.asname is None and "." in each.name:
                root = each.name.partition(".")[0]
                self.bind(root, self.machine.module(root, "", at))
            else:
                self.bind(each.asname or each.name, whole)

    def importing_from(self, node: ast.ImportFrom) -> None:
        at = self.frame.line(node)
        name = "." * node.level + (node.module or "")
        path = self.frame.module.captured.get("__name__")
        whole = self.machine.module(name, path.rpartition("/")[0] if isinstance(path, str) else "", at)
        for each in node.names:
            if each.name != "*":
                self.bind(each.asname or each.name, self.machine.attribute(whole, each.name, at))
            elif isinstance(whole, ModuleValue):
                for known, value in whole.frame.captured.items():
                    self.bind(known, value)
            elif isinstance(whole, External) and whole.is_known:
                for known, value in names_of(self.machine, whole.name).items():
                    self.bind(known, value)
            else:
                self.frame.module.foreign_names = True

    # -- branches

    def branch(self, node: ast.If) -> None:
        ends: list[Env] = []
        machine = self.machine
        around, exits = machine.where, machine.exits
        stored: list[list[tuple[Container, str]]] = []
        at: ast.If | None = node
        while at is not None and self.env is not None:
            known = truth(self.value(at.test))
            before = self.env
            if known is not True:
                machine.where = object()
            if known is not False:
                self.env = dict(before) if known is True else self._where(at.test, before, holds=True)
                stored.append(self._arm(at.body))
                if self.env is not None:
                    ends.append(self.env)
                else:
                    stored.pop()
                if known is not True:
                    machine.where = object()
            self.env = None if known is True else refined(self, at.test, before, holds=False)
            following = at.orelse
            at = following[0] if len(following) == 1 and isinstance(following[0], ast.If) else None
            if at is None and self.env is not None:
                stored.append(self._arm(following))
                if self.env is None:
                    stored.pop()
        if self.env is not None:
            ends.append(self.env)
        self.env = joined(ends)
        if machine.exits == exits:
            machine.where = around
            machine.stored_in_all(stored)

    def _arm(self, statements: list[ast.stmt]) -> list[tuple[Container, str]]:
        """Read an arm of an `if`: what it stores by name, in what was made before."""
        stored: list[tuple[Container, str]] = []
        self.machine.arms.append((self.machine.where, stored))
        self.block(statements)
        self.machine.arms.pop()
        return stored

    def _where(self, test: ast.expr, env: Env, *, holds: bool) -> Env:
        """Variables of its own, where a condition holds or does not."""
        where = refined(self, test, env, holds=holds)
        return dict(env) if where is None or where is env else where

    def matching(self, node: ast.Match) -> None:
        subject = self.value(node.subject)
        ends: list[Env] = []
        for case in node.cases:
            if self.env is None:
                break
            before = dict(self.env)
            self.machine.where = object()
            known = self._matches(case.pattern, subject)
            if known is False:
                continue
            self.env = self._matched(node.subject, case.pattern, self.env)
            guard = truth(self.value(case.guard)) if case.guard is not None else True
            if guard is not False:
                self.block(case.body)
                if self.env is not None:
                    ends.append(self.env)
            self.env = None if known is True and guard is True else before
        if self.env is not None:
            ends.append(self.env)
        self.env = joined(ends)

    def _matched(self, subject: ast.expr, pattern: ast.pattern, env: Env) -> Env:
        """What `case "ec2" | "rds":` says of the variable that is matched."""
        values = pattern.patterns if isinstance(pattern, ast.MatchOr) else [pattern]
        known = [each.value for each in values if isinstance(each, ast.MatchValue)]
        if len(known) != len(values) or not isinstance(subject, ast.Name):
            return env
        return self._where(ast.Compare(subject, [ast.In()], [ast.Tuple(known, ast.Load())]), env, holds=True)

    def _matches(self, pattern: ast.pattern, subject: Abstract) -> bool | None:
        """Whether a pattern fits, if that is known; binds its names."""
        if isinstance(pattern, ast.MatchValue):
            return compared(ast.Eq(), subject, self.value(pattern.value))
        if isinstance(pattern, ast.MatchSingleton):
            return None
        if isinstance(pattern, ast.MatchAs):
            known = True if pattern.pattern is None else self._matches(pattern.pattern, subject)
            if pattern.name is not None and known is not False:
                self.bind(pattern.name, subject)
            return known
        if isinstance(pattern, ast.MatchOr):
            return self._matches_one(pattern.patterns, subject)
        if isinstance(pattern, ast.MatchStar):
            if pattern.name is not None:
                self.bind(pattern.name, subject)
            return None
        for inner, part in self._parts(pattern, subject):
            if part is BOTTOM or (self._matches(inner, part) is False and isinstance(pattern, ast.MatchSequence)):
                return False
        if isinstance(pattern, ast.MatchMapping) and pattern.rest is not None:
            self.bind(pattern.rest, join_all(each.copy() if isinstance(each, DictValue) else each for each in members(subject)))
        return None

    def _parts(self, pattern: ast.pattern, subject: Abstract) -> Iterator[tuple[ast.pattern, Abstract]]:
        """The patterns inside one, each with what it is held against."""
        at = self.frame.line(pattern)
        if isinstance(pattern, ast.MatchMapping):
            for key, inner in zip(pattern.keys, pattern.patterns, strict=True):
                yield inner, self.machine.item(subject, self.value(key), at)
        elif isinstance(pattern, ast.MatchClass):
            fields = self.machine.elements(self.machine.attribute(self.value(pattern.cls), "__match_args__", at), at)
            names = [*fields, *[None] * len(pattern.patterns)]  # `case str(text)` is about the whole
            for name, inner in (
                *zip(names, pattern.patterns, strict=False),
                *zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True),
            ):
                yield inner, self.machine.attribute(subject, name, at) if isinstance(name, str) else subject
        elif isinstance(pattern, ast.MatchSequence):
            yield from zip(pattern.patterns, self._items(pattern.patterns, subject, at), strict=True)

    def _items(self, patterns: list[ast.pattern], subject: Abstract, at: int) -> list[Abstract]:
        """What each pattern of a sequence is held against."""
        star = next((place for place, each in enumerate(patterns) if isinstance(each, ast.MatchStar)), None)
        several: list[list[Abstract]] = []
        for each in members(subject):
            if isinstance(each, ListValue) and each.rest is BOTTOM and not isinstance(each, SetValue):
                items = each.items
                if len(items) == len(patterns) and star is None:
                    several.append(items)
                elif star is not None and len(items) >= len(patterns) - 1:
                    end = len(items) - (len(patterns) - star - 1)
                    several.append([*items[:star], ListValue(items[star:end]), *items[end:]])
            else:
                whole = join_all(self.machine.elements(each, at))
                several.append([ListValue([], whole) if place == star else whole for place in range(len(patterns))])
        return [join_all(one[place] for one in several) for place in range(len(patterns))]

    def _matches_one(self, patterns: list[ast.pattern], subject: Abstract) -> bool | None:
        """Whether one of several patterns fits; its names are bound to what each of those says that may fit."""
        before, ends = dict(self.env or {}), []
        answers: list[bool | None] = []
        for each in patterns:
            self.env = dict(before)
            answers.append(self._matches(each, subject))
            if answers[-1] is not False:
                ends.append(self.env)
            if answers[-1] is True:
                break
        self.env = joined(ends) if ends else before
        return True if True in answers else None if None in answers else False

    # -- loops

    def for_loop(self, node: ast.For | ast.AsyncFor) -> None:
        around = self.machine.rounds
        elements = unrolled(self.machine, self.machine.elements(self.value(node.iter), self.frame.line(node.iter)))
        left: list[Env] = []
        one_by_one = len(elements) > 1
        for each in elements:
            left += self._passes(node, partial(self.assign, node.target, each), again=not one_by_one)
        self.machine.rounds = around
        self._after(node, left)

    def while_loop(self, node: ast.While) -> None:
        endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
        left = self._passes(node, partial(self.value, node.test), again=True)
        if endless:
            self.env = None
        self._after(node, left)

    def _after(self, node: ast.For | ast.AsyncFor | ast.While, left: list[Env]) -> None:
        """`else`, which a `break` passes by; then the ways out of the loop meet."""
        self.machine.where = object()
        if self.env is not None and node.orelse:
            self.block(node.orelse)
        self.env = joined(left if self.env is None else [self.env, *left])

    def _passes(self, node: ast.For | ast.AsyncFor | ast.While, start: Callable[[], object], *, again: bool) -> list[Env]:
        """Read a loop's body, again as long as something new comes round; the variables at each `break`."""
        if again:
            self._widen(node)
        left: list[Env] = []
        for _ in range(_MAX_PASSES):
            if self.env is None:
                break
            entry = dict(self.env)
            self.machine.where = object()
            self.machine.clock += 1
            started, around = self.machine.clock, self.machine.variables_seen()
            self.loops.append(([], left))
            start()
            self.block(node.body)
            continued, _left = self.loops.pop()
            whole = self.env = dict(joined([entry, *continued, *self.reached()]) or {})
            if not again or (
                self.machine.changed_at < started
                and self.machine.are_as_seen(around)
                and all(name not in entry or _alike(entry[name], whole[name]) for name in _assigned(node))
            ):
                break
        return left

    def _widen(self, node: ast.For | ast.AsyncFor | ast.While) -> None:
        """A plain variable that the loop's body changes may have any value when the body starts."""
        if self.env is None:
            return
        for name in _assigned(node):
            if name in self.env and name not in self.frame.global_names:
                value = self.env[name]
                if is_scalar(value):
                    self.env[name] = DATA
                elif any(is_scalar(member) for member in members(value)):
                    self.env[name] = join(value, DATA)

    # -- exceptions and contexts

    def trying(self, node: ast.Try | ast.TryStar) -> None:
        states = self._states(node.body)
        self.machine.where = object()
        if self.env is not None:
            self.block(node.orelse)
        ends = [] if self.env is None else [self.env]
        failed = joined(states)
        for handler in node.handlers:
            self.machine.where = object()
            self.env = dict(failed or {})
            kinds = BOTTOM if handler.type is None else self.value(handler.type)
            if handler.name is not None:
                self.bind(handler.name, self.machine.caught(kinds))
            self.block(handler.body)
            if self.env is not None:
                ends.append(self.env)
        if not node.finalbody:
            self.env = joined(ends)
            return
        dead = not ends
        self.machine.where = object()
        self.env = joined([*ends, *states])
        self.block(node.finalbody)
        if dead:
            self.env = None

    def _states(self, statements: list[ast.stmt]) -> list[Env]:
        """Read statements of which any may fail: the variables before and after each."""
        states: list[Env] = [dict(self.env or {})]
        self.machine.guarded += 1
        for each in statements:
            if self.env is None:
                break
            self.block([each])
            states += [dict(env) for env in self.reached() if not _same(env, states[-1])]
            WORK.walked(len(states[-1]))
        self.machine.guarded -= 1
        return states

    def with_(self, node: ast.With | ast.AsyncWith) -> None:
        suppresses = False
        under: list[Entering] = []
        for each in node.items:
            value = self.value(each.context_expr)
            under += [one for one in members(value) if isinstance(one, Entering)]
            suppresses = suppresses or _may_suppress(value)
            entered = value.entered(self.machine, self.frame.line(each.context_expr)) if isinstance(value, Thing) else value
            if each.optional_vars is not None:
                self.assign(each.optional_vars, entered)
        if suppresses:
            self.env = joined(self._states(node.body))
        else:
            self.block(node.body)
        for one in reversed(under):
            one.left(self.machine, self.frame.line(node))

    # -- definitions

    def defining(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        value: Abstract = self.made(node)
        for each in reversed(node.decorator_list):
            value = decorated(self.machine, self.value(each), value, self.frame.line(node))
        self.bind(node.name, value)

    def class_(self, node: ast.ClassDef) -> None:
        bases = [self.value(each) for each in node.bases]
        given = {each.arg: self.value(each.value) for each in node.keywords if each.arg is not None}
        meta = given.pop("metaclass", BOTTOM)
        self.capture_all()
        inner = Reader(self.machine, Frame(self.frame, self.frame.function), {})
        methods: list[Function] = []
        inner.frame.methods = methods
        inner.block(node.body)
        known = self.machine.libraries
        made = ClassValue(
            node.name,
            inner.env or {},
            tuple(each for base in bases for each in members(base) if isinstance(each, ClassValue)),
            tuple(
                each.name for base in bases for each in members(base) if isinstance(each, External) and each.name not in known.plain_bases
            )
            + tuple("?" for base in bases if isinstance(base, UnknownValue)),
            node,
        )
        made.holds = next((known.bases[name] for name in made.foreign if name in known.bases), None)
        made.sure = set(made.attrs) & _surely_bound(node.body)
        made.is_error = made.is_error or any(_is_error(each) for base in bases for each in members(base))
        if "enum.StrEnum" in made.foreign:
            made.attrs = {name: name.lower() if value is _AUTO else value for name, value in made.attrs.items()}
        self.machine.classes.append(made)
        for method in methods:
            method.owner = made
        fields = tuple(each.target.id for each in node.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name))
        if any(isinstance(each, External) and each.name in known.field_bases for each in bases):
            made.fields = fields
        if isinstance(meta, ClassValue):
            made.meta = meta
        if made.meta is not None:
            self._made_by_meta(made, bases, given, self.frame.line(node))
        starter = made.find("__init_subclass__", after=made)
        if starter is not BOTTOM:
            self.machine.call(starter.function if isinstance(starter, Wrapper) else starter, Args([made], given), self.frame.line(node))
        value: Abstract = made
        for each in reversed(node.decorator_list):
            decorator = self.value(each)
            if isinstance(decorator, External) and decorator.name in known.field_decorators:
                made.fields = (made.fields or ()) + fields
            else:
                value = decorated(self.machine, decorator, value, self.frame.line(node))
        self.bind(node.name, value)

    def _made_by_meta(self, made: ClassValue, bases: list[Abstract], given: dict[str, Abstract], at: int) -> None:
        """A metaclass of the script makes the class: what its methods do with it is done."""
        meta = made.meta
        if meta is None:
            return
        held: list[Abstract] = [made.name, ListValue(bases), DictValue(made.attrs)]
        around, self.machine.class_made = self.machine.class_made, made
        for name, first in (("__new__", meta), ("__init__", made)):
            method = meta.find(name)
            if method is not BOTTOM:
                self.machine.call(method.function if isinstance(method, Wrapper) else method, Args([first, *held], dict(given)), at)
        self.machine.class_made = around


def _surely_bound(body: list[ast.stmt]) -> frozenset[str]:
    """Names that the statements of a class's body bind, those in branches left out."""
    found: set[str] = set()
    for each in body:
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(each.name)
        elif isinstance(each, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Import, ast.ImportFrom)):
            found |= bound_names([each])
    return frozenset(found)


_AUTO: Final = external("enum.auto()")


def _is_error(base: Abstract) -> bool:
    """Whether it is one of Python's exceptions."""
    kind = getattr(builtins, base.name.removeprefix("builtins."), None) if isinstance(base, External) else None
    return isinstance(kind, type) and issubclass(kind, BaseException)


def _may_suppress(value: Abstract) -> bool:
    """Whether a context manager may swallow what is raised inside (`contextlib.suppress`, an `__exit__` of the script's own)."""
    return any(
        (isinstance(each, External) and each.name.startswith("contextlib."))
        or (isinstance(each, InstanceValue) and each.made_of.find("__exit__") is not BOTTOM)
        or isinstance(each, Entering)
        for each in members(value)
    )


def _same(one: Env, other: Env) -> bool:
    """Whether the variables are the very same ones."""
    return one.keys() == other.keys() and all(map(is_, one.values(), (other[name] for name in one)))


def joined(envs: list[Env]) -> Env | None:
    """The variables where several ways through the code meet."""
    if not envs:
        return None
    if len(envs) == 1:
        return envs[0]
    whole = dict(envs[0])
    WORK.walked(len(whole) * len(envs))
    for env in envs[1:]:
        for name, value in env.items():
            old = whole.get(name, BOTTOM)
            if old is not value:
                whole[name] = join(old, value)
    return whole


def _alike(one: Abstract, other: Abstract) -> bool:
    """Whether a loop has nothing to learn from the difference."""
    return one is other or (type(one) is type(other) and one == other) or other is DATA or _same_code(one, other)


def _same_code(one: Abstract, other: Abstract) -> bool:
    """Whether both are what the same `def`s and `class`es made, each time they were read."""
    code = [{each.node for each in members(value) if isinstance(each, (Function, ClassValue))} for value in (one, other)]
    return code[0] == code[1] and all(isinstance(each, (Function, ClassValue)) for each in (*members(one), *members(other)))


def _assigned(node: ast.For | ast.AsyncFor | ast.While) -> frozenset[str]:
    """Names of the variables that a pass of a loop binds."""
    found: frozenset[str] | None = getattr(node, "assigned_names", None)
    if found is None:
        found = bound_names([*node.body, node.test if isinstance(node, ast.While) else node.target])
        node.assigned_names = found  # type: ignore[union-attr]
    return found


def _never_returns(node: ast.expr) -> bool:
    """Whether it is `sys.exit()`, `exit()`, `quit()`."""
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr in {"exit", "_exit"} and isinstance(function.value, ast.Name) and function.value.id in {"sys", "os"}
    return isinstance(function, ast.Name) and function.id in {"exit", "quit"}


def _nothing(_reader: Reader, _node: ast.stmt) -> None:
    pass


_COMPOUND: Final = frozenset({ast.If, ast.Match, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, ast.With, ast.AsyncWith})
_READ: Final[dict[type[ast.stmt], Callable[[Reader, Any], None]]] = {
    ast.Expr: Reader.expression,
    ast.Assign: Reader.assignment,
    ast.AnnAssign: Reader.annotated_assignment,
    ast.AugAssign: Reader.augmented,
    ast.Return: Reader.returning,
    ast.Raise: Reader.raising,
    ast.Assert: Reader.asserting,
    ast.Delete: Reader.deleting,
    ast.Pass: _nothing,
    ast.Break: Reader.ending_pass,
    ast.Continue: Reader.ending_pass,
    ast.Global: Reader.declaring_global,
    ast.Nonlocal: Reader.declaring_nonlocal,
    ast.Import: Reader.importing,
    ast.ImportFrom: Reader.importing_from,
    ast.If: Reader.branch,
    ast.Match: Reader.matching,
    ast.For: Reader.for_loop,
    ast.AsyncFor: Reader.for_loop,
    ast.While: Reader.while_loop,
    ast.Try: Reader.trying,
    ast.TryStar: Reader.trying,
    ast.With: Reader.with_,
    ast.AsyncWith: Reader.with_,
    ast.FunctionDef: Reader.defining,
    ast.AsyncFunctionDef: Reader.defining,
    ast.ClassDef: Reader.class_,
}
