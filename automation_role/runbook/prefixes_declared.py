"""What a parameter's declaration says about its values: how they must begin."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from ..values.patterns import ANY, Pattern
from ..values.value import Text, Value
from .parameters import Parameter, text_of

# The console's pickers; only those for identifiers imply a beginning.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/populating-input-parameters.html
_PICKERS: Final = {"AWS::EC2::Instance::Id": ("i-",), "List<AWS::EC2::Instance::Id>": ("i-",)}
_SPECIAL: Final = frozenset(".[({*+?|^$\\")
_QUANTIFIERS: Final = frozenset("*?{")


def beginning(parameter: Parameter) -> Value | None:
    """The texts that a parameter's value may be, with a known beginning: `i-*`; `None` when nothing is known.

    Automation refuses a start with a value that its `allowedPattern` does not match; it does not check a default.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-syntax-data-elements-parameters.html
    """
    if parameter.type in {"StringMap", "MapList", "Integer", "Boolean"}:
        return None
    beginnings = _PICKERS.get(parameter.type) or (beginnings_of(parameter.allowed_pattern) if parameter.allowed_pattern else None)
    if beginnings is None:
        return None
    options = [Pattern((begin, ANY)) if begin else Pattern(()) for begin in beginnings]
    defaults = parameter.default if isinstance(parameter.default, list) else [parameter.default]
    options.extend(Pattern.literal(str(text_of(default))) for default in defaults if isinstance(default, str))
    text = Text(tuple(dict.fromkeys(options)))
    return (text,) if parameter.is_list else text


@lru_cache(maxsize=1_024)  # many runbooks share their patterns
def beginnings_of(pattern: str) -> tuple[str, ...] | None:
    """The beginnings of the texts that a regular expression matches, empty for the empty text; `None` when not certain.

    Only literal characters after `^` count, one beginning for each alternative.
    """
    found: list[str] = []
    for alternative in _alternatives(pattern) or [""]:
        if alternative == "^$":
            found.append("")
            continue
        literal = _literal(alternative.removeprefix("^")) if alternative.startswith("^") else ""
        if not literal:
            return None
        found.append(literal)
    return tuple(dict.fromkeys(found))


def _literal(pattern: str) -> str:
    begin = ""
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\" and at + 1 < len(pattern) and not pattern[at + 1].isalnum():
            char, at = pattern[at + 1], at + 1
        elif char in _SPECIAL:
            return begin[:-1] if char in _QUANTIFIERS else begin
        begin += char
        at += 1
    return begin


def _alternatives(pattern: str) -> list[str]:
    """The parts between those `|` that are not in a group or class; none if it is unclear what is in one: `[])]`."""
    parts, depth, inside = [""], 0, False
    for piece in re.findall(r"\\.|.", pattern, re.DOTALL):
        if not inside and piece in "()":
            depth += 1 if piece == "(" else -1
        if piece == "[":
            inside = True
        elif piece == "]":
            inside = False
        if piece == "|" and depth == 0 and not inside:
            parts.append("")
        else:
            parts[-1] += piece
    return parts if depth == 0 and not inside else []
