"""`json`."""

from __future__ import annotations

import json
from typing import Any, Final

from ..values.arguments import Args, Machine
from ..values.asking import in_order
from ..values.dicts import DictValue
from ..values.external import Model
from ..values.texts import computed
from ..values.thing import BOTTOM, DATA, Abstract
from ..values.unions import join_all


def _in_json(machine: Machine, args: Args, at: int) -> Abstract:
    """`json.dumps(x)`, when all of `x` is known."""
    machine.escape(args, at, DATA)
    given = {
        name: value for name, value in args.keywords.items() if name in {"indent", "sort_keys"} and isinstance(value, (int, type(None)))
    }
    if args.keywords != given or args.extra is not BOTTOM:
        return DATA
    try:
        return json.dumps(_known(machine, args.get(0, "obj", DATA)), **given)  # type: ignore[arg-type]
    except (TypeError, ValueError, RecursionError):
        return DATA


def _known(machine: Machine, value: Abstract, depth: int = 0) -> Any:
    """Plain data of which all is known.

    Raises:
        ValueError: it is not.
    """
    if depth < 12:
        if value is None or isinstance(value, (str, int, float)):
            return value
        machine.depend_on(value)
        if isinstance(value, DictValue) and value.is_exact:
            return {key: _known(machine, each, depth + 1) for key, each in value.members.items()}
        items = in_order(value)
        if items is not None:
            return [_known(machine, each, depth + 1) for each in items]
    raise ValueError


def _from_json(machine: Machine, args: Args, at: int) -> Abstract:
    found = computed(_loaded, args.get(0, "s", DATA))
    if not args.keywords:
        return found
    # `object_hook`, `parse_float`, `cls`: what becomes of each part, these say.
    return join_all([DATA, *(machine.escape(Args([found, each]), at, DATA) for each in args.keywords.values())])


def _loaded(text: str) -> object:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError from error


FUNCTIONS: Final[dict[str, Model]] = {"json.loads": _from_json, "json.dumps": _in_json}
