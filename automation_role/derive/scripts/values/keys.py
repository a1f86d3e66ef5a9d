"""Keys of dicts: which of the known ones a key may be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from ....values.patterns import Pattern
from .asking import texts_in
from .strings import may_be, patterns
from .thing import Abstract
from .work import wrote

_MAX_SHAPE: Final = 1_024  # characters and holes of a key that is compared with the keys of a dict


def too_many(shapes: Sequence[Pattern], names: Iterable[str | int]) -> bool:
    """Whether it takes too long to find the names that fit; counts the work."""
    atoms = max((len(shape.shown()) for shape in shapes), default=0)
    characters = sum(len(str(name)) for name in names)
    if atoms > _MAX_SHAPE:
        return True
    wrote(len(shapes) * atoms * characters)
    return False


MAX_KEYS: Final = 16  # of one `d[key] = value`, that are distinguished


def keys_of(key: Abstract) -> tuple[str | int, ...] | None:
    """All keys that it may be, when they are known."""
    return (key,) if isinstance(key, (str, int)) else texts_in(key)


def key_may_be(key: Abstract, name: str | int) -> bool:
    """Whether an unknown key may be this one."""
    shapes = patterns(key)
    return not shapes or (isinstance(name, str) and may_be(shapes, name))
