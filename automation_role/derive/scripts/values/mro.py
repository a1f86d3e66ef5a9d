"""The method resolution order of classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import TypeVar

ClassT = TypeVar("ClassT", bound=Hashable)


def linearized(made: ClassT, bases: Sequence[ClassT], orders: Sequence[Sequence[ClassT]]) -> list[ClassT]:
    """C3 linearization, as in Python (https://docs.python.org/3/howto/mro.html); where Python finds none, the first base goes first.

    Args:
        made: the class.
        bases: its base classes.
        orders: the linearization of each of them.
    """
    if len(bases) < 2:
        return [made, *(orders[0] if orders else ())]
    lines = [[*order[::-1]] for order in orders]  # the next one last
    lines.append([*bases[::-1]])
    found: dict[ClassT, None] = {made: None}
    behind = Counter(each for line in lines for each in line[:-1])  # how often a class waits behind another
    while lines := [line for line in lines if line]:
        following = next((line[-1] for line in lines if not behind[line[-1]]), lines[0][-1])
        found[following] = None
        for line in lines:
            while line and line[-1] in found:
                line.pop()
                if line:
                    behind[line[-1]] -= 1
    return list(found)
