"""Values as Automation handles them: selectors, conditions, texts where numbers are wanted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Document: TypeAlias = Mapping[str, Any]


def select(data: Any, selector: str) -> Any:
    """What is at a path, `$.Tags[0].Value`; with `[*]`, all there are, a list. `None`: nothing."""
    found, many = [data], False
    for name, index in re.findall(r"\.([\w:-]+)|\[([0-9]+|\*)\]", selector):
        many = many or index == "*"
        found = [inner for each in found for inner in _inside(each, name, index)]
    return found if many else next(iter(found), None)


def _inside(data: Any, name: str, index: str) -> list[Any]:
    if name:
        return [data[name]] if isinstance(data, Mapping) and name in data else []
    if not isinstance(data, list):
        return []
    return data if index == "*" else data[int(index) : int(index) + 1]


def text(value: Any) -> str:
    """A value as Automation writes it into a text."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value)


_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "BooleanEquals": lambda have, want: text(have) == text(want),
    "Contains": lambda have, want: want in have,
    "EndsWith": lambda have, want: have.endswith(want),
    "EqualsIgnoreCase": lambda have, want: have.lower() == want.lower(),
    "NumericEquals": lambda have, want: float(have) == float(want),
    "NumericGreater": lambda have, want: float(have) > float(want),
    "NumericGreaterOrEquals": lambda have, want: float(have) >= float(want),
    "NumericLesser": lambda have, want: float(have) < float(want),
    "NumericLesserOrEquals": lambda have, want: float(have) <= float(want),
    "StartsWith": lambda have, want: have.startswith(want),
    "StringEquals": lambda have, want: have == want,
}


def holds(choice: Document) -> bool:
    """Whether a branch's or loop's condition holds."""
    if "And" in choice:
        return all(map(holds, choice["And"]))
    if "Or" in choice:
        return any(map(holds, choice["Or"]))
    if "Not" in choice:
        return not holds(choice["Not"])
    return all(_COMPARE[operator](choice["Variable"], want) for operator, want in choice.items() if operator in _COMPARE)


def fitted(value: Any, shape: Any) -> Any:
    """An input as its operation takes it: Automation has texts where boto3 wants numbers."""
    if shape.type_name == "structure" and isinstance(value, Mapping):
        return {name: fitted(item, shape.members[name]) if name in shape.members else item for name, item in value.items()}
    if shape.type_name == "map" and isinstance(value, Mapping):
        return {name: fitted(item, shape.value) for name, item in value.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [fitted(item, shape.member) for item in value]
    if shape.type_name == "string" and not isinstance(value, str):
        return text(value)
    if shape.type_name in ("integer", "long") and isinstance(value, str):
        return int(value)
    if shape.type_name == "boolean" and isinstance(value, str):
        return value.lower() == "true"
    return value


def plain(value: Any) -> Any:
    """What JSON has no word for: times, bytes, streams."""
    if hasattr(value, "read"):
        value = value.read()
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
