"""Unions: one of several values; and the join, which makes them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Final

from ....values.value import UNKNOWN, Text, Value
from .asking import choices, got, identity, is_plain, truth, under, widened
from .strings import patterns, text_of
from .thing import BOTTOM, DATA, OPAQUE, Abstract, AnyMachine, EqualByParts, Lowering, Thing, UnknownValue
from .work import walked

_MAX_ALTERNATIVES: Final = 6  # more numbers than this are not distinguished

_MAX_CONTAINERS: Final = 24  # the same for containers
_MEMBERS_A_STEP: Final = 4  # alternatives that cost as much as reading one more statement


class Union(EqualByParts):
    """One of several values."""

    __slots__ = ("_identity", "_versioned", "members")

    def __init__(self, members: tuple[Abstract, ...]) -> None:
        self.members = members
        self._identity: Hashable = None
        self._versioned: tuple[Thing, ...] | None = None

    def as_input(self, lowering: Lowering) -> Value:
        given = [member for member in self.members if member is not None]
        if len(given) == 1:
            return lowering.value(given[0])
        if len([each for each in things(self) if each.is_by_place]) < len(given):
            return UNKNOWN
        several = [each for each in map(lowering.value, given) if isinstance(each, tuple)]  # lists
        return tuple([each for one in several for each in one]) if len(several) == len(given) else UNKNOWN

    def consists_of(self) -> tuple[Abstract, ...]:
        return self.members

    def outline(self) -> tuple[Hashable, Sequence[Abstract]]:
        return len(self.members), self.members

    def is_plain(self) -> bool:
        return all(map(is_plain, self.members))

    def widened(self) -> Abstract:
        return join_all([widened(member) for member in self.members])

    def hold(self) -> None:
        for each in things(self):
            each.hold()

    def consumed(self, machine: AnyMachine) -> None:
        for each in things(self):
            each.consumed(machine)

    @property
    def versioned(self) -> tuple[Thing, ...]:
        """Its containers."""
        if self._versioned is None:
            self._versioned = tuple(each for each in things(self) if each.is_versioned)
        return self._versioned

    def sliced(self, machine: AnyMachine, place: slice | None, at: int) -> Abstract:
        return join_all([machine.sliced(member, place, at) for member in self.members])

    @property
    def has_instances(self) -> bool:  # type: ignore[override]
        return any(each.has_instances for each in things(self))

    def identity(self) -> Hashable:
        if self._identity is None:
            self._identity = tuple([identity(member) for member in self.members])
        return self._identity

    def __repr__(self) -> str:
        return f"Union{self.members!r}"

    def parts(self) -> tuple[object, ...]:
        return self.members

    def choices(self) -> tuple[Any, ...] | None:
        several = [choices(member) for member in self.members]
        return None if None in several else tuple([each for some in several for each in some or ()])

    def truth(self) -> bool | None:
        known = {truth(member) for member in self.members}
        return known.pop() if len(known) == 1 else None

    def got(self, machine: AnyMachine, instance: Thing | None, made_of: Thing, at: int) -> Abstract:
        return join_all([got(member, machine, instance, made_of, at) for member in self.members])

    def lookup(self, key: Abstract, default: Abstract) -> Abstract:
        return join_all([under(member, key, default) for member in self.members])

    def attribute(self, machine: AnyMachine, name: str, at: int) -> Abstract:
        return join_all([machine.attribute(member, name, at) for member in machine.with_method(self.members, name)])

    def invoke(self, machine: AnyMachine, name: str, args: Any, at: int) -> Abstract:
        machine.steps += len(self.members) // _MEMBERS_A_STEP
        return join_all([machine.invoke(member, name, args, at) for member in machine.with_method(self.members, name)])

    def call(self, machine: AnyMachine, args: Any, at: int) -> Abstract:
        return join_all([machine.call(member, args, at) for member in self.members])

    def item(self, machine: AnyMachine, key: Abstract, at: int) -> Abstract:
        machine.steps += len(self.members) // _MEMBERS_A_STEP
        have = [member for member in self.members if member is not None and not (isinstance(member, Thing) and member.lacks(key))]
        return join_all([machine.item(member, key, at) for member in have or self.members])

    def elements(self, machine: AnyMachine, at: int) -> list[Abstract]:
        found: list[Abstract] = []
        for member in self.members:
            if getattr(member, "is_filled", True) and getattr(member, "has_items", True):
                found += machine.elements(member, at)
        return found or [DATA if any(getattr(each, "has_items", True) for each in self.members) else OPAQUE]

    def escaped(self, machine: AnyMachine, args: Any, at: int, nested: int = 0) -> None:
        args.pass_inside(self.members, machine, at, nested)

    def suppresses(self) -> bool:
        return any(each.suppresses() for each in things(self))

    def entered(self, machine: AnyMachine, at: int) -> Abstract:
        return self._of_each(lambda each: each.entered(machine, at))

    def awaited(self, machine: AnyMachine, at: int) -> Abstract:
        return self._of_each(lambda each: each.awaited(machine, at))

    def raised(self, machine: AnyMachine, at: int) -> Abstract:
        return self._of_each(lambda each: each.raised(machine, at))

    def exceptions(self) -> Sequence[Abstract]:
        return [one for each in things(self) for one in each.exceptions()]

    def _of_each(self, ask: Callable[[Thing], Abstract]) -> Abstract:
        """What each of them answers; texts and numbers stand for themselves."""
        return join_all([ask(each) if isinstance(each, Thing) else each for each in self.members])

    def store(self, machine: AnyMachine, name: str, value: Abstract) -> None:
        for member in things(self):
            member.store(machine, name, value)

    def store_item(self, machine: AnyMachine, key: Abstract, value: Abstract) -> None:
        for member in things(self):
            member.store_item(machine, key, value)


def join(one: Abstract, other: Abstract) -> Abstract:
    """A value that may be either: the join of two."""
    if one is other or other is BOTTOM:
        return one
    if one is BOTTOM:
        return other
    if one is DATA and not isinstance(other, Thing):
        return DATA
    if other is DATA and not isinstance(one, Thing):
        return DATA
    if type(one) is type(other):
        if one == other:
            return one
    elif type(one) is Union and (other if isinstance(other, Thing) else DATA) in one.members:  # mostly something that it may be already
        return one
    return _union_of([one, other])


def join_all(values: Iterable[Abstract]) -> Abstract:
    """A value that may be any of them: the join of all."""
    several: list[Abstract] | None = None
    first: Abstract = BOTTOM
    for value in values:  # mostly all are the same one
        if value is first or value is BOTTOM:
            continue
        if several is not None:
            several.append(value)
        elif first is BOTTOM:
            first = value
        else:
            several = [first, value]
    return first if several is None else _union_of(several)


def _union_of(values: list[Abstract]) -> Abstract:
    found: dict[Hashable, Abstract] = {}
    texts: dict[str | Text, None] = {}
    for value in values:
        for each in value.members if type(value) is Union else (value,):
            kind = type(each)
            if kind is str or kind is Text:
                texts[each] = None  # type: ignore[index]
            elif isinstance(each, Thing):
                found[each] = each
            else:
                found[kind, each] = each
    if texts:
        text = _one_text(list(texts))
        found[text if isinstance(text, Thing) else (str, text)] = text
    if len(found) == 1:
        return next(iter(found.values()))
    members = list(found.values())
    if DATA in found or len(members) > _MAX_ALTERNATIVES:
        members = _merged(members, has_data=DATA in found)
    return members[0] if len(members) == 1 else Union(tuple(members))


def _one_text(texts: list[str | Text]) -> str | Text | UnknownValue:
    """A text that may be any of these."""
    if len(texts) == 1:
        return texts[0]
    return text_of(tuple(dict.fromkeys(pattern for each in texts for pattern in patterns(each))))


def _merged(members: list[Abstract], *, has_data: bool) -> list[Abstract]:
    """Fewer alternatives: all plain data becomes one value, and one bag stands for many containers."""
    walked(len(members))
    containers: list[Thing] = []
    scalars: list[Abstract] = []
    others: list[Abstract] = []
    for each in members:
        if not isinstance(each, Thing):
            scalars.append(each)
        elif each.is_container:
            containers.append(each)
        elif each is not DATA:
            others.append(each)
    if has_data or len(scalars) > _MAX_ALTERNATIVES:
        scalars = [DATA]
    few = containers[0].fewer(containers, few=_MAX_CONTAINERS, beside_data=DATA in scalars) if containers else []
    return [*others, *few, *scalars]


def members(value: Abstract) -> tuple[Abstract, ...]:
    """Its alternatives."""
    return value.members if isinstance(value, Union) else () if value is BOTTOM else (value,)


def things(value: Abstract) -> list[Thing]:
    """Those of its alternatives that are more than texts and numbers."""
    return [each for each in members(value) if isinstance(each, Thing)]


def truthy(value: Abstract) -> Abstract:
    """What is left of it in `value or …`."""
    return join_all(member for member in members(value) if truth(member) is not False)
