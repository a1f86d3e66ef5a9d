"""A runbook's parameter, and which values fit it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from ..errors import did_you_mean, quoted
from ..values.tokens import is_opaque, is_opaque_list, is_opaque_number

BASE_TYPES: Final = ("String", "StringList", "Integer", "Boolean", "StringMap", "MapList")
# The pickers of the console, `AWS::EC2::Instance::Id` or `List<AWS::EC2::Instance::Id>`: Automation treats them as texts.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/populating-input-parameters.html
_PICKER = re.compile(r"(List<)?AWS(::[A-Za-z0-9]+){2,3}(?(1)>)")
# Parameters that take a runbook's role, in lower case: of the 485 AWS-owned runbooks with a role, 483 have the first one, the others the second.
ROLE_PARAMETERS: Final = ("automationassumerole", "assumerole")


class Parameter(NamedTuple):
    """A parameter or variable of a runbook.

    Attributes:
        default: as written; also `None` without a default (`has_default`).
        line: line in the file, counted from 1.
        begins: how its values begin, as the facts of an AWS-owned runbook have it (`prefixes_by_use`).
    """

    name: str
    type: str
    line: int
    default: Any = None
    has_default: bool = False
    allowed_values: tuple[Any, ...] | None = None
    allowed_pattern: str | None = None
    description: str | None = None
    begins: tuple[str, ...] = ()

    @property
    def is_list(self) -> bool:
        """Whether its value is a list."""
        return self.type in ("StringList", "MapList") or self.type.startswith("List<")

    @property
    def is_text(self) -> bool:
        """Whether its value is a text."""
        return self.type == "String" or self.type.startswith("AWS::")


def is_type(name: str) -> bool:
    """Whether this is a valid type of parameters."""
    return name in BASE_TYPES or _PICKER.fullmatch(name) is not None


def text_of(value: Any) -> Any:
    """A value as Automation expects it, a text; what isn't plain data (a CDK token) is returned unchanged."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, Mapping):
        return json.dumps(value, separators=(",", ":"))
    return value


def value_problem(parameter: Parameter, value: Any, placeholder: re.Pattern[str] | None = None) -> str | None:
    """The problem with a value for a parameter, in the words of an error; `None`: none, or it is a runtime value."""
    many = parameter.is_list
    items = list(value) if isinstance(value, (list, tuple)) else [value]
    if not many and (len(items) != 1 or (isinstance(value, (list, tuple)) and is_opaque_list(value))):
        given = f"a list of {len(items)}" if len(items) != 1 else "a list whose items are known only at deployment"
        return f"{given} → its type is {parameter.type}, which accepts one value; pass one"
    if (nested := next((item for item in items if isinstance(item, (list, tuple))), None)) is not None:
        return f"{quoted(value)} → an item is a value, not a list; write {quoted(list(nested))}"
    if any(_unknown(item, placeholder) for item in items):
        return None
    if many and not isinstance(value, (list, tuple)):
        return f"{quoted(value)} → its type is {parameter.type}; pass a list"
    allowed = None if parameter.allowed_values is None else [text_of(each) for each in parameter.allowed_values]
    for item in items:
        if (wrong := _shape_problem(parameter.type, item)) is not None:
            return f"{quoted(item)} → {wrong}"
        text = text_of(item)
        if allowed is not None and not _is_one_of(text, allowed, parameter.type):
            return f"{quoted(item)} → allowedValues are {', '.join(map(str, allowed))}{did_you_mean(str(text), map(str, allowed))}"
        if parameter.allowed_pattern is not None and not _may_match(parameter.allowed_pattern, str(text)):
            return f"{quoted(item)} → allowedPattern is {parameter.allowed_pattern!r}; pass a value that matches"
    return None


def _may_match(pattern: str, text: str) -> bool:
    from .matching import matches  # most runbooks are read without values

    return matches(pattern, text) is not False


def _is_one_of(text: Any, allowed: Sequence[Any], kind: str) -> bool:
    """Whether a text is allowed; `True` and `true` are the same Boolean."""
    if kind == "Boolean":
        return str(text).lower() in [str(each).lower() for each in allowed]
    return text in allowed


def _unknown(item: Any, placeholder: re.Pattern[str] | None) -> bool:
    if isinstance(item, str):
        return is_opaque(item) or (placeholder is not None and placeholder.search(item) is not None)
    if isinstance(item, Mapping):
        return any(_unknown(value, placeholder) for value in item.values())
    return is_opaque_number(item) or not isinstance(item, (bool, int, float))


def _shape_problem(kind: str, item: Any) -> str | None:
    text = text_of(item)
    if kind == "Boolean" and text not in ("true", "false"):
        return "a Boolean is true or false"
    if kind == "Integer" and not re.fullmatch(r"-?[0-9]+", str(text)):
        return "an Integer is a whole number"
    if kind in ("StringMap", "MapList") and not isinstance(item, Mapping):
        return f"a {kind} is a mapping" if kind == "StringMap" else "a MapList is a list of mappings"
    if kind not in ("StringMap", "MapList") and isinstance(item, Mapping):
        return f"a {kind} is not a mapping"
    return None
