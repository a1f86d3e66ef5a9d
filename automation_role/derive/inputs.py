"""The known values of an input, by its path: `Targets.RoleArn`, `RequestItems{}` (a map's keys), `TransactItems.*.TableName`.

`Entries[].EventBusName` is the value of each entry; an entry without it counts as `None`, since the service's default is not among the inputs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from ..values.arns import plain
from ..values.patterns import ANY, Pattern
from ..values.value import UNKNOWN, Text, Unknown, Value

UNKNOWN_TEXT = Pattern((ANY,))


def given(inputs: Mapping[str, Value], path: str) -> tuple[Value, ...]:
    """Every value at a path, through lists; empty when the input is not set, or empty."""
    words, keys = _words(path)
    if len(words[0]) > 1 and words[0] not in inputs and not words[0].endswith("[]"):
        return ()  # as mostly
    return tuple(_at(inputs, words, keys=keys))


@cache  # they are those of the catalog
def _words(path: str) -> tuple[tuple[str, ...], bool]:
    return tuple(path.removesuffix("{}").split(".")), path.endswith("{}")


def shown(inputs: Mapping[str, Value], path: str) -> tuple[Pattern, ...]:
    """Every known text at a path; texts inside an unknown structure are left out."""
    *_, last = path.split(".")
    above = given(inputs, path.removesuffix(f".{last}")) if "." in path else (inputs,)
    return tuple(dict.fromkeys(text for each in above if isinstance(each, Mapping) for text in texts(each, last)))


def may_hide(inputs: Mapping[str, Value], path: str) -> bool:
    """Whether the value at a path may be inside an unknown structure."""
    words = path.split(".")
    return any(isinstance(value, Unknown) for at in range(1, len(words)) for value in given(inputs, ".".join(words[:at])))


def is_on(inputs: Mapping[str, Value], when: str) -> bool:
    """Whether one of these inputs is set, to a value that doesn't mean no.

    Args:
        inputs: all of a call's.
        when: `A|B.C`: one of these. `!A`: when A is not set. `A|B has text`: when the known part of one contains this; `!A has text`: when it
            doesn't. `A may have text`: also when part of A is unknown. `*`: always. `x and y`: both.
    """
    return all(_holds(inputs, each) for each in _terms(when))


class _Term(NamedTuple):
    """A part of a condition: whether it is denied, the paths, and which text (`piece`) one of the values there "has" or "may have"."""

    is_denied: bool
    paths: tuple[str, ...]
    word: str
    piece: str


@cache  # as `_words`
def _terms(when: str) -> tuple[_Term, ...]:
    terms = []
    for each in when.split(" and "):
        paths, word, piece = next((found for word in (" may have ", " has ") if (found := each.partition(word))[1]), (each, "", ""))
        terms.append(_Term(each.startswith("!"), tuple(paths.removeprefix("!").split("|")), word.strip(), piece))
    return tuple(terms)


def _holds(inputs: Mapping[str, Value], term: _Term) -> bool:
    paths, piece = term.paths, term.piece
    if term.word == "may have":
        return any(text.text is None or piece in text.text for each in paths for text in texts(inputs, each))
    if term.word == "has":
        seen = (part for each in paths for text in shown(inputs, each) for part in text.parts)
        return term.is_denied is not any(isinstance(part, str) and piece in part for part in seen)
    if term.is_denied:
        return not any(given(inputs, each) for each in paths)
    return paths == ("*",) or any(text.text is None or text.text.lower() != "false" for each in paths for text in shown(inputs, each))


def texts(inputs: Mapping[str, Value], path: str, left_out: Pattern = UNKNOWN_TEXT) -> tuple[Pattern, ...]:
    """Every text at a path; the unknown text for runtime values.

    Args:
        inputs: all of a call's.
        path: as for `given`.
        left_out: the value for an entry of `A[].B` that has no B.
    """
    found = given(inputs, path)
    return tuple(dict.fromkeys(text for value in found for text in ((left_out,) if value is None else _texts(value)))) if found else ()


def _at(value: Value, words: tuple[str, ...], *, keys: bool) -> Sequence[Value]:
    if value is None:
        return ()
    if isinstance(value, tuple):
        return [each for item in value for each in _at(item, words, keys=keys)]
    if not words:
        if keys and isinstance(value, Mapping):
            return [Text.literal(key) for key in value]
        is_empty = isinstance(value, Text) and not any(option.parts for option in value.options)
        return () if is_empty else (value,)
    if isinstance(value, Mapping):
        word, each, _ = words[0].partition("[]")
        below = _in_each if each else _at
        return [one for key in (value if word == "*" else (word,)) if key in value for one in below(value[key], words[1:], keys=keys)]
    return (UNKNOWN,) if isinstance(value, Unknown) else ()


def _in_each(items: Value, words: tuple[str, ...], *, keys: bool) -> Sequence[Value]:
    return [each for item in (items if isinstance(items, tuple) else (items,)) for each in _at(item, words, keys=keys) or (None,)]


def _texts(value: Value) -> Sequence[Pattern]:
    if isinstance(value, Text):
        return [plain(option) for option in value.options if option.parts]
    if isinstance(value, Mapping) and {"Bucket", "Key"} <= value.keys():  # CopySource, which scripts may write as a mapping
        return [bucket + Pattern.literal("/") + key for bucket in _texts(value["Bucket"]) for key in _texts(value["Key"])]
    if isinstance(value, bool):
        return (Pattern.literal(str(value).lower()),)
    return (Pattern.literal(str(value)),) if isinstance(value, (int, float)) else (UNKNOWN_TEXT,)
