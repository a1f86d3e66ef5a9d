"""Placeholders for parameters without a value: the value is unknown, but the parameter's name says which role a script assumes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..runbook.model import Runbook
from ..runbook.references import value_of
from ..values.calls import ApiCall
from ..values.patterns import ANY, Bound, Part, Pattern
from ..values.placeholders import not_known
from ..values.value import UNKNOWN, Text, Value


def with_placeholders(runbook: Runbook) -> Runbook:
    """The runbook with a placeholder for each text parameter that has no value."""
    unset = {name: _placeholder(name) for name, parameter in runbook.parameters.items() if parameter.is_text and _is_unset(name, runbook)}
    return replace(runbook, bindings={**runbook.bindings, **unset})


def _is_unset(name: str, runbook: Runbook) -> bool:
    return name not in runbook.bindings and value_of(name, runbook) is UNKNOWN


def _placeholder(name: str) -> str:
    return not_known(f"parameter {name!r}")


def without_placeholders(call: ApiCall, runbook: Runbook) -> ApiCall:
    """The call with each placeholder replaced: the parameter's value is unknown."""
    inputs = {name: _replaced(value, runbook) for name, value in call.inputs.items()}
    return call._replace(inputs=inputs, regions=_replaced_in(call.regions, runbook))


def _replaced(value: Value, runbook: Runbook) -> Value:
    if isinstance(value, Text):
        options = _replaced_in(value.options, runbook)
        if options is value.options:
            return value
        return UNKNOWN if any(option.is_any for option in options) else Text(options)
    if isinstance(value, Mapping):
        return {name: _replaced(each, runbook) for name, each in value.items()}
    return tuple(_replaced(each, runbook) for each in value) if isinstance(value, tuple) else value


def _replaced_in(patterns: tuple[Pattern, ...], runbook: Runbook) -> tuple[Pattern, ...]:
    if not any(_is_placeholder(part, runbook) for each in patterns for part in each.parts):
        return patterns
    return tuple(dict.fromkeys(Pattern(tuple(ANY if _is_placeholder(part, runbook) else part for part in each.parts)) for each in patterns))


def _is_placeholder(part: Part, runbook: Runbook) -> bool:
    return isinstance(part, Bound) and part.parameter not in runbook.bindings and part.value == _placeholder(part.parameter)
