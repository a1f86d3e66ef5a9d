"""Fills a parameter's default into a runbook's text; everything else, including comments and line breaks, is unchanged."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

from ..errors import AutomationRoleError
from .json_text import json_places
from .syntax import KeyPath
from .yaml_text import Loader


def with_default(text: str, text_format: str, parameter: str, value: str) -> str:
    """The text of a runbook in which a parameter has this default.

    Args:
        text: the runbook, already checked.
        text_format: `JSON` or `YAML`.
        parameter: name of a parameter that it declares.
        value: the default; may be a CDK token.

    Raises:
        AutomationRoleError: the parameter's default is written as a YAML alias.
    """
    quoted = json.dumps(value, ensure_ascii=False)  # a JSON string is a YAML string
    if text_format == "JSON":
        return _json_with_default(text, parameter, quoted)
    declaration = _entry(_entry(yaml.compose(text, Loader=Loader), "parameters"), parameter)
    for key, default in declaration.value:
        if key.value == "default":
            if default.start_mark.index < key.end_mark.index:
                raise AutomationRoleError(f"the default of parameter {parameter!r} is a YAML alias → a value; write it out")
            if (name := _anchor(text[default.start_mark.index :])) is not None and _is_used(text, name):
                raise AutomationRoleError(
                    f"the default of parameter {parameter!r} has a YAML anchor, which *{name} repeats → a value; write it out in both places"
                )
            start = default.start_mark.index
            end = start + len(text[start : default.end_mark.index].rstrip())  # a block ends where the next key begins
            space = " " if text[start - 1] == ":" else ""
            return f"{text[:start]}{space}{quoted}{text[end:]}"
    first = declaration.value[0][0].start_mark
    after = ", " if declaration.flow_style else "\n" + " " * first.column
    return f"{text[: first.index]}default: {quoted}{after}{text[first.index :]}"


def _json_with_default(text: str, parameter: str, quoted: str) -> str:
    declaration: KeyPath = ("parameters", parameter)
    places = json_places(text, levels=3)
    default = places.get((*declaration, "default"))
    if default is not None:
        return f"{text[: default.value]}{quoted}{text[default.ends :]}"
    first = min(place for path, place in places.items() if path[:-1] == declaration)  # a parameter has at least a type
    between = text[places[declaration].value + 1 : first.begins]
    return f'{text[: first.begins]}"default": {quoted},{between or " "}{text[first.begins :]}'


def _anchor(text: str) -> str | None:
    """The name of the anchor that a node begins with."""
    found = re.match(r"&(\S+)", text)
    return None if found is None else found[1]


def _is_used(text: str, anchor: str) -> bool:
    """Whether an alias refers to the node with this anchor: then removing the node would break the YAML."""
    events = yaml.parse(text, Loader=Loader)
    return any(isinstance(event, yaml.AliasEvent) and event.anchor == anchor for event in events)


def _entry(mapping: Any, name: str) -> Any:
    return next(value for key, value in mapping.value if key.value == name)
