"""How values read inside a text, and the text that is put together of several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ....values.patterns import ANY, Pattern
from ....values.value import Text
from .domain import _MAX_TEXTS, DATA, Abstract, Union, patterns, text_of
from .work import walked, wrote

MAX_SIZE: Final = 1 << 16  # characters and holes of a text, in all that it may be; a longer one is an unknown text

_ANYTHING: Final = (Pattern((ANY,)),)


def written(value: Abstract) -> tuple[Pattern, ...]:
    """How it reads inside a string."""
    if isinstance(value, (str, Text)):
        return patterns(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return (Pattern.literal(str(value)),)
    if isinstance(value, Union):
        texts = [member for member in value.members if isinstance(member, (str, Text))]
        if len(texts) == len([member for member in value.members if member is not None]):
            return tuple(pattern for text in texts for pattern in patterns(text))
    return _ANYTHING


def _size(piece: Abstract) -> int:
    if isinstance(piece, str):
        return len(piece)
    if isinstance(piece, Text):
        return sum(len(part) if isinstance(part, str) else 1 for option in piece.options for part in option.parts)
    return 1


def concatenated(pieces: Sequence[Abstract]) -> Abstract:
    """The text made of these pieces, one after the other."""
    size = sum(map(_size, pieces))
    if size > MAX_SIZE:
        return DATA
    wrote(size)
    if all(isinstance(piece, str) for piece in pieces):
        return "".join(piece for piece in pieces if isinstance(piece, str))
    options: list[list[Pattern]] = [[]]
    for piece in pieces:
        some = written(piece)
        if len(options) * len(some) > _MAX_TEXTS:
            some = _ANYTHING
        if len(some) == 1:
            for option in options:
                option.append(some[0])
        else:
            options = [[*option, each] for option in options for each in some]
    walked(len(options) * len(pieces))
    return text_of(list(dict.fromkeys(Pattern(tuple([part for each in option for part in each.parts])) for option in options)))
