"""Defaults that Automation reads from Parameter Store: `default: "{{ ssm:NAME }}"`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..findings import Finding
from .braces import expressions_in
from .parameters import Parameter


def stored_defaults(runbook: str, parameters: Mapping[str, Parameter], bindings: Mapping[str, Any]) -> Iterator[Finding]:
    """Report `default: "{{ ssm:NAME }}"`, which Automation reads unless the start sets another value.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-variables.html
    """
    for parameter in parameters.values():
        stored = stored_in(parameter)
        if stored and parameter.name not in bindings:
            message = (
                f"the default of parameter {parameter.name!r} is read from Parameter Store ({', '.join(map(repr, stored))}), which needs "
                "ssm:GetParameters, for the role or for whoever starts the automation; AWS does not document which; allow it for both, or set the parameter"
            )
            yield Finding(id="parameterStoreDefault", runbook=runbook, step="", line=parameter.line, message=message)


def stored_in(parameter: Parameter) -> tuple[str, ...]:
    """The names in Parameter Store that a default is read from."""
    defaults = parameter.default if isinstance(parameter.default, list) else [parameter.default]
    references = [each for text in defaults if isinstance(text, str) for each in expressions_in(text)]
    return tuple(each.removeprefix("ssm:") for each in references if each.startswith("ssm:"))
