"""How values are written in a text, and texts that are put together from several values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ....values.patterns import ANY, Part, Pattern
from ....values.value import Text
from .strings import MAX_TEXTS, patterns, text_of
from .thing import DATA, Abstract
from .unions import members
from .work import walked, wrote

MAX_SIZE: Final = 1 << 16  # characters and holes of a text, in all that it may be; a longer one is an unknown text

_ANYTHING: Final = (Pattern((ANY,)),)


def written(value: Abstract) -> tuple[Pattern, ...]:
    """The text of a value inside a string."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (Pattern.literal(str(value)),)
    texts = [patterns(member) for member in members(value) if member is not None]
    return tuple([pattern for text in texts for pattern in text]) if texts and all(texts) else _ANYTHING


def _size(piece: Abstract) -> int:
    if isinstance(piece, Text):
        return sum([len(option.shown()) for option in piece.options])
    return 1


def concatenated(pieces: Sequence[Abstract]) -> Abstract:
    """The text of these pieces, one after the other."""
    size = sum([len(piece) if type(piece) is str else _size(piece) for piece in pieces])
    if size > MAX_SIZE:
        return DATA
    wrote(size)
    texts: list[list[Part]] = [[]]  # the parts of each text that it may be
    for piece in pieces:
        if type(piece) is str:
            for parts in texts:
                parts.append(piece)
            continue
        some = _ANYTHING if piece is DATA else written(piece)
        if len(texts) * len(some) > MAX_TEXTS:
            some = _ANYTHING
        if len(some) == 1:
            for parts in texts:
                parts.extend(some[0].parts)
        else:
            texts = [[*parts, *each.parts] for parts in texts for each in some]
    walked(len(texts) * len(pieces))
    if len(texts) == 1:
        return text_of((Pattern(tuple(texts[0])),))
    return text_of(list(dict.fromkeys([Pattern(tuple(parts)) for parts in texts])))
