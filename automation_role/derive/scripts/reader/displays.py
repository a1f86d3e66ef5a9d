"""Displays: texts, lists, dicts, sets and comprehensions that are written in place."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING, Final

from ..values.arguments import Args
from ..values.asking import gone_through, has_instances, hold, in_order, special, truth
from ..values.dicts import DictValue
from ..values.lists import ListValue, SetValue, TupleValue
from ..values.scalars import as_thing
from ..values.texts import formatted
from ..values.thing import BOTTOM, DATA, Abstract
from ..values.unions import join, join_all, members, things
from ..values.writing import concatenated

if TYPE_CHECKING:
    from .machine import Interpreter

from ..values.frames import Frame
from .assignments import Assignments
from .bindings import assigned_inside

_MAX_UNROLLED: Final = 40  # elements of a literal list that a loop is read for one by one

_MAX_SCALARS_UNROLLED: Final = 8  # the same for plain strings and numbers

_MAX_ROUNDS: Final = 1024  # readings of the body of nested loops, element by element


class Displays(Assignments):
    """Reads displays and comprehensions."""

    __slots__ = ()

    def joined(self, node: ast.JoinedStr) -> Abstract:
        return concatenated([self.value(each) for each in node.values])

    def formatted(self, node: ast.FormattedValue) -> Abstract:
        value = self.value(node.value)
        spec = self.value(node.format_spec) if node.format_spec is not None else ""
        self._written(value, self.frame.line(node))
        return formatted(value, spec, chr(node.conversion) if node.conversion > 0 else "")

    def _written(self, value: Abstract, at: int) -> None:
        """The text of an instance, by its own methods."""
        for each in members(value) if has_instances(value) else ():
            if (method := special(each, "__format__")) is not BOTTOM:
                self.machine.call(method, Args([each, DATA]), at)

    def listed(self, node: ast.List | ast.Tuple | ast.Set) -> Abstract:
        items: list[Abstract] = []
        rest: Abstract = BOTTOM
        for each in node.elts:
            if type(each) is ast.Starred:
                value = self.value(each.value)
                known = gone_through(value, self.machine) if rest is BOTTOM else None
                if known is not None:
                    items += known
                else:
                    rest = join_all([rest, *self.machine.elements(value, self.frame.line(each))])
            else:
                value = self.value(each)
                hold(value)
                if rest is BOTTOM:
                    items.append(value)
                else:
                    rest = join(rest, value)
        made = _DISPLAYED[type(node)](items, rest)
        return self.frame.site(self.machine, node, made)

    def dict_(self, node: ast.Dict) -> Abstract:
        made = DictValue()
        for key, each in zip(node.keys, node.values, strict=True):
            if key is None:
                made.update(self.machine, self.value(each), self.frame.line(each), surely=True)
                continue
            name = self.value(key)
            value = self.value(each)
            hold(value)
            if isinstance(name, (str, int)):
                made.settle(self.machine, name, value)
            else:
                made.put(self.machine, name, value)
        return self.frame.site(self.machine, node, made)

    def generator(self, node: ast.GeneratorExp) -> Abstract:
        """A generator that is kept: its code runs when it is consumed, except for its first iterable."""
        if getattr(node, "is_consumed", False) or assigned_inside(node):
            return self.comprehension(node)
        self.capture_all()
        first = self.value(node.generators[0].iter)
        inner = self.__class__(self.machine, Frame(self.frame, self.frame.function), {})

        def read() -> Abstract:
            inner.env = {}
            made, row = ListValue(), _Row()
            self.machine.repeated(partial(inner.comprehend, node, 0, made, first, row), self.frame.line(node))
            return made if row.values is None else ListValue(row.values)

        made = self.machine.lazily(read, first, around=self.frame)
        return as_thing(made).placed(self.frame, self.machine, node, 0)

    def comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Abstract:
        before, around = self.env, self.machine.where
        self.machine.where = object()
        self.env = dict(before or {})
        made: ListValue | DictValue = _MADE.get(type(node), ListValue)()
        row = _Row()
        self.machine.repeated(partial(self.comprehend, node, 0, made, row=row), self.frame.line(node))
        if row.values is not None and type(made) is ListValue:
            made = ListValue(row.values)
        inner, self.env = self.env, before
        self.machine.where = around
        for name in assigned_inside(node):
            self.bind(name, join((before or {}).get(name, BOTTOM), (inner or {}).get(name, BOTTOM)))
        return self.frame.site(self.machine, node, made)

    def comprehend(
        self,
        node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
        depth: int,
        made: ListValue | DictValue,
        first: Abstract = BOTTOM,
        row: _Row | None = None,
    ) -> Abstract:
        """Put the results of a comprehension into a new container, from its generator at this depth on; those of the first one into a row."""
        if depth == len(node.generators):
            if isinstance(node, ast.DictComp):
                key = self.value(node.key)
                made.store_item(self.machine, key, self.value(node.value))
                return BOTTOM
            value = self.value(node.elt)
            made.add(self.machine, value)
            return value
        self.machine.spend(1)
        generator = node.generators[depth]
        at = self.frame.line(generator.iter)
        around = self.machine.rounds
        iterated = self.value(generator.iter) if first is BOTTOM else first
        several = unrolled(self.machine, self.machine.elements(iterated, at))
        known = in_order(iterated) if row is not None else None
        is_exact = known is not None and len(known) == len(several) and len(node.generators) == 1
        found: list[Abstract] = []
        for each in several:
            self.assign(generator.target, each)
            is_in = self._all_hold(generator.ifs)
            is_exact = is_exact and is_in is not None
            if is_in is not False:
                found.append(self.comprehend(node, depth + 1, made))
        self.machine.rounds = around
        if row is not None:
            row.passed(found if is_exact and BOTTOM not in found else None)
        return BOTTOM

    def _all_hold(self, tests: list[ast.expr]) -> bool | None:
        """Whether all conditions hold; `None` if that is not known."""
        answer: bool | None = True
        for test in tests:
            holds = truth(self.value(test))
            if holds is False:
                return False
            answer = answer and holds
        return answer


class _Row:
    """What a comprehension gives, in order, if that is known.

    Attributes:
        values: its results: for each, what any pass over the code has found.
    """

    __slots__ = ("_is_lost", "values")

    def __init__(self) -> None:
        self.values: list[Abstract] | None = None
        self._is_lost = False

    def passed(self, found: list[Abstract] | None) -> None:
        """Take note of what a pass has found; `None` if it doesn't know the order."""
        if self._is_lost or found is None or (self.values is not None and len(found) != len(self.values)):
            self.values, self._is_lost = None, True
        else:
            self.values = found if self.values is None else list(map(join, self.values, found))


_DISPLAYED: Final[dict[type[ast.expr], type[ListValue]]] = {ast.List: ListValue, ast.Tuple: TupleValue, ast.Set: SetValue}
_MADE: Final[dict[type[ast.expr], type[ListValue | DictValue]]] = {ast.SetComp: SetValue, ast.DictComp: DictValue}


def unrolled(machine: Interpreter, elements: list[Abstract]) -> list[Abstract]:
    """The values that a loop is read with: each element separately if they are few, else all of them at once.

    As long as the loop's body is read, `machine.rounds` says how often.
    """
    limit = _MAX_SCALARS_UNROLLED if not any(map(things, elements)) else _MAX_UNROLLED
    if len(elements) > limit or len(elements) * machine.rounds > _MAX_ROUNDS:
        return [join_all(elements)]
    machine.rounds *= max(1, len(elements))
    return elements
