"""`match`: which patterns may fit, and what they bind."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, Final

from ..values.asking import in_order, truth
from ..values.lists import ListValue
from ..values.scalars import as_thing
from ..values.thing import BOTTOM, Abstract
from ..values.unions import join_all, members
from .conditions import compared, refined
from .expressions import Expressions
from .scope import Env, joined


class Patterns(Expressions):
    """Reads `match` statements."""

    __slots__ = ()

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

    def _where(self, test: ast.expr, env: Env, *, holds: bool) -> Env:
        """A copy of the variables, where a condition holds or does not."""
        where = refined(self, test, env, holds=holds)
        return dict(env) if where is None or where is env else where

    def _matched(self, subject: ast.expr, pattern: ast.pattern, env: Env) -> Env:
        """What `case "ec2" | "rds":` says about the variable that is matched."""
        values = pattern.patterns if isinstance(pattern, ast.MatchOr) else [pattern]
        known = [each.value for each in values if isinstance(each, ast.MatchValue)]
        if len(known) != len(values) or not isinstance(subject, ast.Name):
            return env
        return self._where(ast.Compare(subject, [ast.In()], [ast.Tuple(known, ast.Load())]), env, holds=True)

    def _matches(self, pattern: ast.pattern, subject: Abstract) -> bool | None:
        """Whether a pattern fits, if that is known; binds its names."""
        fits = _FITS.get(type(pattern))
        if fits is None:
            self.unknown(pattern)
            return None
        return fits(self, pattern, subject)

    def fits_value(self, pattern: ast.MatchValue, subject: Abstract) -> bool | None:
        return compared(ast.Eq, subject, self.value(pattern.value))

    def fits_singleton(self, _pattern: ast.MatchSingleton, _subject: Abstract) -> bool | None:
        return None

    def fits_as(self, pattern: ast.MatchAs, subject: Abstract) -> bool | None:
        known = True if pattern.pattern is None else self._matches(pattern.pattern, subject)
        if pattern.name is not None and known is not False:
            self.bind(pattern.name, subject)
        return known

    def fits_star(self, pattern: ast.MatchStar, subject: Abstract) -> bool | None:
        if pattern.name is not None:
            self.bind(pattern.name, subject)
        return None

    def fits_mapping(self, pattern: ast.MatchMapping, subject: Abstract) -> bool | None:
        for key, inner in zip(pattern.keys, pattern.patterns, strict=True):
            self._matches(inner, self.machine.item(subject, self.value(key), self.frame.line(pattern)))
        if pattern.rest is not None:
            self.bind(pattern.rest, join_all(as_thing(each).copied(self.machine) for each in members(subject)))
        return None

    def fits_class(self, pattern: ast.MatchClass, subject: Abstract) -> bool | None:
        at = self.frame.line(pattern)
        fields = self.machine.elements(self.machine.attribute(self.value(pattern.cls), "__match_args__", at), at)
        names = [*fields, *[None] * len(pattern.patterns)]  # `case str(text)` is about the whole
        given = zip(names, pattern.patterns, strict=False)
        for name, inner in (*given, *zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True)):
            self._matches(inner, self.machine.attribute(subject, name, at) if isinstance(name, str) else subject)
        return None

    def fits_sequence(self, pattern: ast.MatchSequence, subject: Abstract) -> bool | None:
        for inner, part in zip(pattern.patterns, self._items(pattern.patterns, subject, self.frame.line(pattern)), strict=True):
            if part is BOTTOM or self._matches(inner, part) is False:
                return False
        return None

    def _items(self, patterns: list[ast.pattern], subject: Abstract, at: int) -> list[Abstract]:
        """The value that each pattern of a sequence is matched with."""
        star = next((place for place, each in enumerate(patterns) if type(each) is ast.MatchStar), None)
        several: list[list[Abstract]] = []
        for each in members(subject):
            items = in_order(each)
            if items is not None:
                if len(items) == len(patterns) and star is None:
                    several.append(items)
                elif star is not None and len(items) >= len(patterns) - 1:
                    end = len(items) - (len(patterns) - star - 1)
                    several.append([*items[:star], ListValue(items[star:end]), *items[end:]])
            else:
                whole = join_all(self.machine.elements(each, at))
                several.append([ListValue([], whole) if place == star else whole for place in range(len(patterns))])
        return [join_all(one[place] for one in several) for place in range(len(patterns))]

    def fits_one(self, pattern: ast.MatchOr, subject: Abstract) -> bool | None:
        """Whether one of several patterns fits; its names are bound to what each of those says that may fit."""
        before, ends = dict(self.env or {}), []
        answers: list[bool | None] = []
        for each in pattern.patterns:
            self.env = dict(before)
            answers.append(self._matches(each, subject))
            if answers[-1] is not False:
                ends.append(self.env)
            if answers[-1] is True:
                break
        self.env = joined(ends) if ends else before
        return True if True in answers else None if None in answers else False


_FITS: Final[dict[type[ast.pattern], Callable[[Patterns, Any, Abstract], bool | None]]] = {
    ast.MatchValue: Patterns.fits_value,
    ast.MatchSingleton: Patterns.fits_singleton,
    ast.MatchAs: Patterns.fits_as,
    ast.MatchOr: Patterns.fits_one,
    ast.MatchStar: Patterns.fits_star,
    ast.MatchMapping: Patterns.fits_mapping,
    ast.MatchClass: Patterns.fits_class,
    ast.MatchSequence: Patterns.fits_sequence,
}
