"""Operations on texts: methods of `str`, `%`, `format` and f-strings, computed as in Python if all their operands are known."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from ....values.patterns import Part, Pattern, Slot
from ....values.value import Text
from .arguments import Args, Machine
from .asking import choices, gone_through, in_order, special, texts_in, under
from .lists import ListValue
from .plain import plain
from .strings import text_of
from .thing import BOTTOM, DATA, Abstract
from .unions import join_all, members
from .work import wrote
from .writing import MAX_SIZE, concatenated

_MOST: Final = 64  # values of one text, that are distinguished


def known(value: Abstract) -> list[Any] | None:
    """All texts and numbers that a value may be, if they are known."""
    found = choices(value) or ()
    return list(found) if found and all(isinstance(each, (str, int)) for each in found) else None


def computed(function: Callable[..., object], *values: Abstract) -> Abstract:
    """The results of a function of texts and numbers, for all that they may be; unknown if one of them is."""
    several: list[tuple[Any, ...]] = [()]
    for value in values:
        options = known(value)
        if options is None or len(several) * len(options) > _MOST:
            return DATA
        several = [(*one, each) for one in several for each in options]
        wrote(sum(len(str(each)) for each in options))
    found: list[Abstract] = []
    for one in several:
        try:
            made = function(*one)
        except (TypeError, ValueError, OverflowError, MemoryError, IndexError, KeyError):
            continue  # the script ends there
        found.append(plain(made))
    return join_all(found) if found else DATA


def formatted(value: Abstract, spec: Abstract, conversion: str = "") -> Abstract:
    """`f"{value!conversion:spec}"`."""
    if spec in {"", "s"} and conversion in {"", "s"} and not (spec == "s" and isinstance(value, int)):
        return value
    convert: Callable[[Any], Any] = _CONVERSIONS.get(conversion, lambda one: one)

    def write(one: Any, width: str) -> str:
        if sum(int(number) for number in re.findall(r"\d+", width)) > MAX_SIZE:
            raise ValueError(width)
        return format(convert(one), width)

    return computed(write, value, spec)


_CONVERSIONS: Final[dict[str, Callable[[Any], Any]]] = {"r": repr, "a": ascii, "s": str}


def text_method(text: str | Text, name: str, args: Args, machine: Machine, at: int) -> Abstract:
    """A method of `str`: computed if all its operands are known and it has no effect beside its result."""
    if name == "join":
        return _joined(text, args.get(0, "iterable", DATA), machine, at)
    if name in {"format", "format_map"} and isinstance(text, str):
        given = args
        if name == "format_map":
            held = args.get(0, "mapping", DATA)
            given = Args([], own_items(machine, held, _FIELD.findall(text), at), BOTTOM, held)
        found = _formatted(text, given, machine, at)
        machine.escape(args, at, DATA)
        return found
    given_values = args.positional
    if name not in _PURE or args.keywords or args.rest is not BOTTOM:
        machine.escape(args, at, DATA)
        return DATA
    if name in _GROWING and any(isinstance(each, int) and each > MAX_SIZE for each in given_values):
        return DATA
    if name == "replace" and not _stays_small(text, given_values):
        return DATA
    if name == "split" and isinstance(text, Text) and text.literals is None and len(given_values) == 1 and given_values[0] in _IN_NO_SLOT:
        return join_all(_pieces(option, str(given_values[0])) for option in text.options)
    return computed(getattr(str, name), text, *given_values)


_IN_NO_SLOT: Final = frozenset({":", "/"})  # no partition, Region or account has them
_PLAIN_SLOTS: Final = frozenset({Slot.PARTITION, Slot.REGION, Slot.ACCOUNT})


def _pieces(text: Pattern, separator: str) -> Abstract:
    """The pieces of a text with holes: those before the first hole that may hold the separator, then any."""
    pieces: list[list[Part]] = [[]]
    for part in text.parts:
        if isinstance(part, str):
            first, *others = part.split(separator)
            pieces[-1].append(first)
            pieces += [[each] for each in others]
        elif part in _PLAIN_SLOTS:
            pieces[-1].append(part)
        else:
            return ListValue([text_of((Pattern(tuple(each)),)) for each in pieces[:-1]], DATA)
    return ListValue([text_of((Pattern(tuple(each)),)) for each in pieces])


def _stays_small(text: str | Text, given: Sequence[Abstract]) -> bool:
    wholes, olds, news = known(text), *(known(each) for each in (*given[:2], "", "")[:2])
    if wholes is None or olds is None or news is None:
        return True
    return max(len(str(each)) for each in wholes) * max(1, *(len(str(each)) for each in news)) <= MAX_SIZE


def _joined(text: str | Text, listed: Abstract, machine: Machine, at: int) -> Abstract:
    """`text.join(listed)`: exact for a list whose elements are known, else any number of these."""
    found: list[Abstract] = []
    for each in members(listed):
        several = gone_through(each, machine)
        if several is not None:
            pieces = [part for place, piece in enumerate(several) for part in ((text, piece) if place else (piece,))]
            found.append(concatenated(pieces) if pieces else "")
        else:
            machine.elements(each, at)
            return DATA
    return join_all(found) if found else DATA


_PURE: Final = frozenset(
    {
        *("lower", "upper", "title", "capitalize", "casefold", "strip", "lstrip", "rstrip", "removeprefix", "removesuffix", "replace"),
        *(
            "split",
            "rsplit",
            "partition",
            "rpartition",
            "splitlines",
            "startswith",
            "endswith",
            "swapcase",
            "zfill",
            "ljust",
            "rjust",
            "center",
        ),
        *("find", "rfind", "index", "rindex", "count", "isdigit", "isalpha", "isalnum", "isnumeric", "isupper", "islower", "isspace"),
        *("isidentifier", "expandtabs"),
    }
)
_GROWING: Final = frozenset({"zfill", "ljust", "rjust", "center", "expandtabs"})


def _formatted(text: str, args: Args, machine: Machine, at: int) -> Abstract:
    """`text.format(…)`."""
    wrote(24 * len(text))
    pieces: list[Abstract] = []
    auto = 0
    try:
        for literal, field, spec, conversion in string.Formatter().parse(text):
            pieces.append(literal)
            if field is None:
                continue
            first, rest = _split(field)
            place = first or str(auto)
            auto += not first
            value = _given(args, place)
            for is_attribute, name in rest:
                value = machine.attribute(value, str(name), at) if is_attribute else machine.item(value, name, at)
            width: Abstract = spec or ""
            if "{" in str(spec):
                width = _formatted(str(spec).replace("{}", "{" + str(auto) + "}", 1), args, machine, at)
                auto += "{}" in str(spec)
            pieces.append(formatted(value, width, conversion or ""))
    except ValueError:
        return DATA
    return concatenated(pieces)


def _given(args: Args, place: str) -> Abstract:
    if place.isdigit():
        return args.get(int(place), "", DATA)
    if place in args.keywords:
        return args.keywords[place]
    return under(args.extra, place, DATA)


def _split(field: str) -> tuple[str, list[tuple[bool, str | int]]]:
    """`0.name[key]` taken apart."""
    first = re.match(r"[^.\[]*", field)
    rest = [
        (bool(attribute), attribute or (int(key) if key.isdigit() else key))
        for attribute, key in re.findall(r"\.([^.\[]+)|\[([^\]]+)\]", field)
    ]
    return first[0] if first else "", rest


_FIELD: Final = re.compile(r"\{(\w+)")


def own_items(machine: Machine, mapping: Abstract, keys: Iterable[str], at: int) -> dict[str, Abstract]:
    """What an instance gives for keys by methods of its own (`__getitem__`, `__missing__`); nothing for other mappings."""
    own = any(special(each, name) is not BOTTOM for each in members(mapping) for name in ("__getitem__", "__missing__"))
    return {key: machine.item(mapping, key, at) for key in keys} if own else {}


_PERCENT: Final = re.compile(r"%(?:\((?P<name>[^)]*)\))?(?P<spec>[-#0 +]*(?:\*|\d+)?(?:\.(?:\*|\d+))?)[hlL]?(?P<kind>[a-zA-Z%])")


def keys_in(text: str) -> list[str]:
    """The names in a text of which `text % mapping` puts in the values."""
    return [found["name"] for found in _PERCENT.finditer(text) if found["name"] is not None]


def percent(left: str, right: Abstract) -> Abstract:
    """`left % right`."""
    wrote(4 * len(left))
    pieces: list[Abstract] = []
    several = in_order(right)
    exact = several is not None or not isinstance(right, ListValue)
    given = [right] if several is None else list(several)
    end = 0
    for found in _PERCENT.finditer(left):
        if "%" in left[end : found.start()] or "*" in found["spec"]:
            return DATA
        pieces.append(left[end : found.start()])
        end = found.end()
        if found["kind"] == "%":
            pieces.append("%")
            continue
        value: Abstract = DATA
        if found["name"] is not None:
            value = under(right, found["name"], DATA)
        elif given and exact:
            value = given.pop(0)
        elif exact:
            return DATA  # too few: an error
        pieces.append(_by_percent(value, f"%{found['spec']}{found['kind']}"))
    if "%" in left[end:]:
        return DATA
    return concatenated([*pieces, left[end:]])


def _by_percent(value: Abstract, code: str) -> Abstract:
    if code == "%s":
        return value
    if sum(int(number) for number in re.findall(r"\d+", code)) > MAX_SIZE:
        return DATA
    return computed(lambda one: code % one, value)


def texts_of(value: Abstract) -> Abstract:
    """`str(value)`."""
    options = texts_in(value)
    return text_of([Pattern.literal(each) for each in options]) if options else concatenated([value])
