"""Plain data: what stands for a value that Python has computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from .dicts import DictValue
from .lists import ListValue
from .thing import DATA, Abstract


def plain(value: object) -> Abstract:
    """What stands for a value; `DATA` for a kind that is not distinguished."""
    make = _KINDS.get(type(value))
    return DATA if make is None else make(value)


def _same(value: Any) -> Any:
    return value


def _listed(value: Any) -> Abstract:
    return ListValue([plain(each) for each in value])


def _mapped(value: Any) -> Abstract:
    return DictValue({key: plain(each) for key, each in value.items()})


_KINDS: Final[dict[type, Callable[[Any], Abstract]]] = {
    **dict.fromkeys((str, bool, int, float, type(None)), _same),
    **dict.fromkeys((list, tuple), _listed),
    dict: _mapped,
}
