"""Work that values do by themselves, beside reading expressions: walks through what they hold, and joins of many."""

from __future__ import annotations

import threading
from typing import Final

_MEMBERS_A_UNIT: Final = 16  # members that cost as much to walk through as reading one expression
_CHARACTERS_A_UNIT: Final = 256  # the same for characters of a text


class _Work(threading.local):
    """Units of work since the thread began; a reader counts from what it finds here."""

    units = 0


WORK: Final = _Work()


def walked(count: int) -> None:
    """So many members were looked at."""
    if count >= _MEMBERS_A_UNIT:
        WORK.units += count // _MEMBERS_A_UNIT


def wrote(characters: int) -> None:
    """So many characters were read or written."""
    if characters >= _CHARACTERS_A_UNIT:
        WORK.units += characters // _CHARACTERS_A_UNIT
