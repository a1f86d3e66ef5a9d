"""What a script's variables may hold, as far as it matters for the API calls that it makes.

A script is read by an abstract interpreter: it walks the code once, in order, with these in place of values. Strings, numbers, `None` and
`Text` (several texts, or a text with holes) stand for themselves; everything else is a `Thing`.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import Any, Final, Protocol, TypeAlias

from ....values.patterns import Pattern
from ....values.value import UNKNOWN, Text, Value
from .reading import Reading
from .work import walked

_MAX_TEXTS: Final = 64  # more texts than this for one variable are an unknown text

_MAX_ALTERNATIVES: Final = 6  # more numbers than this are not distinguished

_MAX_CONTAINERS: Final = 24  # the same for containers

_MAX_GIVEN: Final = 4  # depth to which functions in escaped containers may be called
_MEMBERS_A_STEP: Final = 4  # alternatives that cost as much as reading one more statement


class Lowering(Protocol):
    """What writes down one input of an API call (`inputs.lower`)."""

    def value(self, value: Abstract) -> Value:
        """What is known of a value."""

    def inside(self, of: Any, held: Iterable[Abstract]) -> tuple[Value, ...] | None:
        """What a container holds; `None` when that cannot be written down."""


class Thing:
    """Anything that is not plain text or a number; a kind that can do more overrides what it can."""

    __slots__ = ()
    is_container = False  # whether it consists only of its members

    code: ast.AST | None = None  # the `def`, `lambda` or `class` that made it
    is_unknown = False  # whether nothing is known except its kind
    is_instance = False  # whether it is an instance of a class of the script; `has_instances`: or may be one
    has_instances = False
    is_by_place = False  # whether those that one expression makes are distinguished (`Frame.site`)
    foreign_name = ""  # its full name, when the script takes it from elsewhere
    is_fixed = False  # whether `x += …` makes another one: a tuple
    is_versioned = False  # whether it can change, and says so: a `Container`
    is_aws = False  # whether calling a method of it is an API call
    leads: Collection[str] = ()  # its methods that make calls, or return what can
    has_items = True  # whether `x[key]` and `for each in x` can be meant

    def fewer(self, several: Sequence[Any], *, few: int, beside_data: bool) -> list[Abstract]:  # noqa: ARG002  # for kinds that can
        """Fewer values that stand for several alternatives of its kind."""
        return list(several)

    def has(self, name: str) -> bool:
        """Whether it has an attribute of a name through which a call may be made."""
        return name in self.leads

    def as_input(self, _lowering: Lowering) -> Value:
        """What is known of it as an input of an API call."""
        return UNKNOWN

    def identity(self) -> Hashable:
        """A key that distinguishes it from other arguments."""
        return self

    def operated(self, _machine: Machine, _word: str, _left: Abstract, _right: Abstract, _at: int) -> Abstract:
        """The result of an operator (`add`) with this as one operand; `BOTTOM` if its kind doesn't define it."""
        return BOTTOM

    def sliced(self, _machine: Machine, _place: slice | None, _at: int) -> Abstract:
        """The value of `x[place]`; `None` for an unknown slice."""
        return self

    def copied(self, _machine: Machine) -> Abstract:
        """The result of `copy.copy(x)`."""
        return self

    def blur(self, _machine: Machine) -> None:
        """Elements may change their places, or be removed."""

    def add(self, _machine: Machine, _value: Abstract) -> None:
        """An element is added, at an unknown place."""

    def is_of(self, _classes: Sequence[Any]) -> bool:
        """Whether it is an instance of one of some classes of the script."""
        return False

    def forget_attribute(self, _machine: Machine, _name: str) -> None:
        """`del x.name`."""

    def special(self, _name: str) -> Abstract:
        """What an instance's class, if the script defines it, has under one of Python's special names; else `BOTTOM`."""
        return BOTTOM

    def plainly(self) -> Abstract:
        """The value that Python's own operators and functions see."""
        return self

    def got(self, _machine: Machine, _instance: Thing | None, _made_of: Thing, _at: int) -> Abstract:
        """What it is as an attribute of an instance (`None`: of the class itself) when the class has it: Python's `__get__`."""
        return self

    def unwrapped(self) -> Abstract:
        """The function that a decorator marked."""
        return self

    def hold(self) -> None:
        """Something else than the expression that created it has it from now on: a variable, a list, a function."""

    def consumed(self, machine: Machine) -> None:
        """Something has gone through its elements: those of an iterator may be gone."""

    def in_order(self) -> list[Abstract] | None:
        """Its elements in order, if all of them and their order are known."""
        return None

    def all_in(self) -> list[Abstract] | None:
        """Its elements in any order, if all of them are known."""
        return None

    def lookup(self, _key: Abstract, default: Abstract) -> Abstract:
        """What a dict has under a key; `default` if it has nothing there, or it isn't a dict."""
        return default

    def strong_update(self, _machine: Machine, _name: str, _args: Args) -> Abstract:
        """Strong update: the result of a method that certainly runs and whose change is known exactly; else `BOTTOM`, and nothing is changed."""
        return BOTTOM

    def truth(self) -> bool | None:
        """Whether it is true as a condition, if that is known."""
        return None

    def choices(self) -> tuple[Any, ...] | None:
        """All texts and numbers that it may be, if they are known."""
        return None

    def same(self, _other: Thing) -> bool | None:
        """Whether it is the other one, if that is known."""
        return None

    def attribute(self, _machine: Machine, _name: str, _at: int) -> Abstract:
        """The value of `x.name`."""
        return DATA

    def any_attribute(self, _machine: Machine, _name: Abstract, _at: int) -> list[Abstract]:
        """The value of `getattr(x, name)` when the name is unknown, or only its shape is known."""
        return [OPAQUE]

    def known_names(self) -> list[str] | None:
        """The names of its attributes, if they are known."""
        return None

    def escaped(self, machine: Machine, args: Args, at: int, nested: int = 0) -> None:
        """It has escaped to code that is not part of the script, which may call it, or what it holds, with these arguments."""

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        """The result of `x.name(…)`."""
        return machine.call(self.attribute(machine, name, at), args, at)

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        """The result of `x(…)`."""
        return machine.escape(args, at, DATA)

    def item(self, _machine: Machine, _key: Abstract, _at: int) -> Abstract:
        """The value of `x[key]`. If this kind has no items, the value isn't what the reader believes it to be, so the result is anything."""
        return OPAQUE

    def lacks(self, _key: Abstract) -> bool:
        """Whether there is certainly no `x[key]`."""
        return not self.has_items

    def elements(self, _machine: Machine, _at: int) -> list[Abstract]:
        """The elements of an iteration, one by one as far as they are known; anything, as for `item`."""
        return [OPAQUE]

    def entered(self, _machine: Machine, _at: int) -> Abstract:
        """The value that `with x as y` binds."""
        return self

    def left(self, machine: Machine, at: int) -> None:
        """The `with` block of it has ended."""

    def store(self, machine: Machine, _name: str, value: Abstract) -> None:
        """`x.name = value`."""
        machine.put_away(Args([value]))

    def store_item(self, machine: Machine, _key: Abstract, value: Abstract) -> None:
        """`x[key] = value`."""
        machine.put_away(Args([value]))


class EqualByParts(Thing):
    """A kind whose values are the same one when what they consist of is the same; those of other kinds have an identity."""

    __slots__ = ()

    def parts(self) -> tuple[object, ...]:
        """What it consists of."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, type(self)) and self.parts() == other.parts())

    def __hash__(self) -> int:
        return hash(self.parts())


Abstract: TypeAlias = Thing | Text | str | int | float | None

Machine: TypeAlias = Reading[Abstract, "Args"]


class UnknownValue(Thing):
    """An unknown value of a known kind."""

    __slots__ = ("name",)
    is_unknown = True

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name

    def attribute(self, machine: Machine, name: str, at: int) -> Abstract:
        found = machine.scattered(name, self)
        hidden = [machine.attribute(each, name, at) for each in machine.found_with(name)] if self is DATA else ()
        return join_all([found, *hidden]) if hidden else found

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        if self is DATA:
            hidden = [machine.invoke(each, name, args, at) for each in (*machine.found_with(name), *machine.record_with(name))]
            if hidden:
                return join_all([DATA, *hidden])
            machine.put_away(args)
        found = machine.scattered(name, BOTTOM)
        if name == "setdefault":
            self.store_item(machine, args.get(0, "key", DATA), args.get(1, "default", None))
        if found is BOTTOM and name in {"get", "pop", "setdefault"}:
            found = join_all(machine.scattered(key, BOTTOM) for key in texts_in(args.get(0, "key", DATA)) or ())
            if found is not BOTTOM:
                return join_all([self if self is DATA else BOTTOM, found, args.get(1, "default")])
        if found is not BOTTOM:
            return machine.call(found, args, at)
        if name.startswith(machine.libraries.methods_opening_urls):
            machine.report_urls(args, at)
        if self is OPAQUE:
            machine.unknown_receiver(name, args, at)
        return machine.escape(args, at, DATA if self is DATA else self)

    def any_attribute(self, _machine: Machine, _name: Abstract, _at: int) -> list[Abstract]:
        return [self]

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        if self is OPAQUE:
            machine.passed_to_unknown(args, at)
        return machine.escape(args, at, DATA if self is DATA else self)

    def item(self, machine: Machine, key: Abstract, _at: int) -> Abstract:
        return machine.scattered(key, self) if isinstance(key, str) else self

    def elements(self, _machine: Machine, _at: int) -> list[Abstract]:
        return [self]

    def store(self, machine: Machine, name: str, value: Abstract) -> None:
        if name == "cell_contents":
            machine.rewritten(name)
        machine.scatter(name, value)
        machine.put_away(Args([value]))

    def store_item(self, machine: Machine, key: Abstract, value: Abstract) -> None:
        names = texts_in(key)
        for name in names or ():
            machine.scatter(name, value)
        if names is None and self is DATA:
            machine.put_away(Args([value]))


DATA: Final = UnknownValue("DATA")  # plain data: never a client, never a function

OPAQUE: Final = UnknownValue("OPAQUE")  # anything at all

REPORTED: Final = UnknownValue("REPORTED")  # anything at all, and a finding says why it is not known


BOTTOM: Final = UnknownValue("BOTTOM")  # no value at all: the neutral element of `join`


class Union(Thing):
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
        if not all(isinstance(member, Thing) and member.is_by_place for member in given):
            return UNKNOWN
        several = [each for each in map(lowering.value, given) if isinstance(each, tuple)]  # lists
        return tuple([each for one in several for each in one]) if len(several) == len(given) else UNKNOWN

    def hold(self) -> None:
        for each in things(self):
            each.hold()

    def consumed(self, machine: Machine) -> None:
        for each in things(self):
            each.consumed(machine)

    @property
    def versioned(self) -> tuple[Thing, ...]:
        """Its containers."""
        if self._versioned is None:
            self._versioned = tuple(each for each in things(self) if each.is_versioned)
        return self._versioned

    def sliced(self, machine: Machine, place: slice | None, at: int) -> Abstract:
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

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Union) and self.members == other.members

    def __hash__(self) -> int:
        return hash(self.members)

    def choices(self) -> tuple[Any, ...] | None:
        several = [choices(member) for member in self.members]
        return None if None in several else tuple([each for some in several for each in some or ()])

    def truth(self) -> bool | None:
        known = {truth(member) for member in self.members}
        return known.pop() if len(known) == 1 else None

    def attribute(self, machine: Machine, name: str, at: int) -> Abstract:
        return join_all([machine.attribute(member, name, at) for member in machine.with_method(self.members, name)])

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        machine.steps += len(self.members) // _MEMBERS_A_STEP
        return join_all([machine.invoke(member, name, args, at) for member in machine.with_method(self.members, name)])

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        return join_all([machine.call(member, args, at) for member in self.members])

    def item(self, machine: Machine, key: Abstract, at: int) -> Abstract:
        machine.steps += len(self.members) // _MEMBERS_A_STEP
        have = [member for member in self.members if member is not None and not (isinstance(member, Thing) and member.lacks(key))]
        return join_all([machine.item(member, key, at) for member in have or self.members])

    def elements(self, machine: Machine, at: int) -> list[Abstract]:
        found: list[Abstract] = []
        for member in self.members:
            if getattr(member, "is_filled", True) and getattr(member, "has_items", True):
                found += machine.elements(member, at)
        return found or [DATA if any(getattr(each, "has_items", True) for each in self.members) else OPAQUE]

    def escaped(self, machine: Machine, args: Args, at: int, nested: int = 0) -> None:
        escape_all(self.members, machine, args, at, nested)

    def entered(self, machine: Machine, at: int) -> Abstract:
        return join_all(member.entered(machine, at) if isinstance(member, Thing) else member for member in self.members)

    def store(self, machine: Machine, name: str, value: Abstract) -> None:
        for member in things(self):
            member.store(machine, name, value)

    def store_item(self, machine: Machine, key: Abstract, value: Abstract) -> None:
        for member in things(self):
            member.store_item(machine, key, value)


class Args:
    """The arguments of a call: `rest` are the elements of `*unknown`, `extra` the values of `**unknown`.

    `perhaps` are the names in `keywords` that may be missing, or may have a value of `extra`.
    """

    __slots__ = ("extra", "keywords", "perhaps", "positional", "rest")

    def __init__(
        self,
        positional: list[Abstract] | None = None,
        keywords: dict[str, Abstract] | None = None,
        rest: Abstract = BOTTOM,
        extra: Abstract = BOTTOM,
        perhaps: frozenset[str] = frozenset(),
    ) -> None:
        self.positional = positional if positional is not None else []
        self.keywords = keywords if keywords is not None else {}
        self.rest = rest
        self.extra = extra
        self.perhaps = perhaps

    def get(self, index: int, name: str, default: Abstract = BOTTOM) -> Abstract:
        """The argument at a position or with a name; `default` if it is missing."""
        if 0 <= index < len(self.positional):
            return self.positional[index]
        if name in self.keywords:
            value = self.keywords[name]
            return join_all([value, self.extra, default]) if name in self.perhaps else value
        given = join(self.rest if index >= 0 else BOTTOM, self.extra)
        return default if given is BOTTOM else given

    def values(self) -> list[Abstract]:
        """All the arguments."""
        found = [*self.positional, *self.keywords.values()]
        if self.rest is not BOTTOM:
            found.append(self.rest)
        if self.extra is not BOTTOM:
            found.append(self.extra)
        return found

    def after(self, count: int) -> Args:
        """The arguments without the first `count` positional ones."""
        return Args(self.positional[count:], self.keywords, self.rest, self.extra, self.perhaps)

    def before(self, *first: Abstract) -> Args:
        """The arguments with others before the positional ones."""
        return Args([*first, *self.positional], self.keywords, self.rest, self.extra, self.perhaps)


NO_ARGS: Final = Args()


def identity(value: Abstract) -> Hashable:
    """A key that distinguishes arguments."""
    return value.identity() if isinstance(value, Thing) else (type(value), value)


def choices(value: Abstract) -> tuple[Any, ...] | None:
    """All texts and numbers that a value may be, if they are known."""
    if isinstance(value, Thing):
        return value.choices()
    return value.literals if isinstance(value, Text) else (value,)


def truth(value: Abstract) -> bool | None:
    """Whether it is true as a condition, if that is known."""
    if value is None or isinstance(value, (str, int, float)):
        return bool(value)
    return value.truth() if isinstance(value, Thing) else None


def escape_all(several: Iterable[Abstract], machine: Machine, args: Args, at: int, nested: int) -> None:
    """Containers have escaped: what is in them may be called, down to a limited depth."""
    for each in several if nested < _MAX_GIVEN else ():
        if isinstance(each, Thing):
            each.escaped(machine, Args([], {}, args.extra, args.extra), at, nested + 1)


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


def patterns(value: str | Text) -> tuple[Pattern, ...]:
    """Every text that a value may be."""
    return (Pattern.literal(value),) if isinstance(value, str) else value.options


def text_of(options: Sequence[Pattern]) -> str | Text | UnknownValue:
    """A string that may be any of these."""
    if len(options) == 1:
        text = options[0].text
        return text if text is not None else DATA if options[0].is_any else Text((options[0],))
    return DATA if len(options) > _MAX_TEXTS or any(option.is_any for option in options) else Text(tuple(options))


def texts_in(value: Abstract) -> tuple[str, ...] | None:
    """Every string that it may be, apart from `None`, if all are known; else `None`."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Text):
        return value.literals
    if isinstance(value, Union):
        found: list[str] = []
        for member in value.members:
            if member is None:
                continue
            texts = texts_in(member)
            if texts is None:
                return None
            found += texts
        return tuple(found) or None
    return None


def members(value: Abstract) -> tuple[Abstract, ...]:
    """Its alternatives."""
    return value.members if isinstance(value, Union) else () if value is BOTTOM else (value,)


def things(value: Abstract) -> list[Thing]:
    """Those of its alternatives that are more than texts and numbers."""
    return [each for each in members(value) if isinstance(each, Thing)]
