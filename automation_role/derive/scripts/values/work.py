"""Work that values do in addition to reading expressions: walking through what they hold, and joining many; `reader.limits` says how much is allowed."""

from __future__ import annotations

import threading
from typing import Final

_MEMBERS_A_UNIT: Final = 16  # members that cost as much to walk through as reading one expression
_CHARACTERS_A_UNIT: Final = 256  # the same for characters of a text


class _Work(threading.local):
    """Units of work since the thread began; a reader counts from the number at its start."""

    units = 0


WORK: Final = _Work()


def walked(count: int) -> None:
    """Count members that were looked at."""
    if count >= _MEMBERS_A_UNIT:
        WORK.units += count // _MEMBERS_A_UNIT


def wrote(characters: int) -> None:
    """Count characters that were read or written."""
    if characters >= _CHARACTERS_A_UNIT:
        WORK.units += characters // _CHARACTERS_A_UNIT
