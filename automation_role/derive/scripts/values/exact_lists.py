"""Changes of a list of which all elements are known, as Python makes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from .asking import in_order
from .thing import BOTTOM, Abstract


def _exactly_extended(items: list[Abstract], other: Abstract) -> Abstract:
    known = in_order(other)
    if known is None:
        return BOTTOM
    items += known
    return None


def exactly_sorted(items: list[Abstract]) -> Abstract:
    """Sort known texts in place; `BOTTOM` if there is something else among them."""
    texts = [each for each in items if isinstance(each, str)]
    if len(texts) != len(items):
        return BOTTOM
    items.sort(key=str)
    return None


def _exactly_deleted(items: list[Abstract], key: Any) -> Abstract:
    del items[key]
    return None


# Changes of a list of which all elements are known, as Python makes them.
EXACTLY: Final[dict[str, Callable[..., Abstract]]] = {
    "append": list.append,
    "insert": list.insert,
    "appendleft": lambda items, value: items.insert(0, value),
    "extend": _exactly_extended,
    "__iadd__": _exactly_extended,
    "pop": list.pop,
    "popleft": lambda items: items.pop(0),
    "clear": list.clear,
    "reverse": list.reverse,
    "sort": exactly_sorted,
    "__delitem__": _exactly_deleted,
}
