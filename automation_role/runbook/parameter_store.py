"""Defaults that Automation reads from Parameter Store: `default: "{{ ssm:NAME }}"`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from ..findings import Finding
from .braces import expressions_in
from .parameters import Parameter


def stored_defaults(runbook: str, parameters: Mapping[str, Parameter], bindings: Mapping[str, Any]) -> Iterator[Finding]:
    """Report `default: "{{ ssm:NAME }}"`, which Automation reads unless the start sets another value: all of a runbook at once.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-variables.html
    """
    stored = [(each, names) for each in parameters.values() if each.name not in bindings and (names := stored_in(each))]
    if not stored:
        return
    read = ", ".join(repr(name) for name in dict.fromkeys(chain.from_iterable(names for _, names in stored)))
    of = ", ".join(repr(each.name) for each, _ in stored)
    subject = f"the default of parameter {of} is" if len(stored) == 1 else f"the defaults of parameters {of} are"
    message = (
        f"{subject} read from Parameter Store ({read}), which needs ssm:GetParameters, for the role or for whoever starts the automation; "
        f"AWS does not document which; allow it for both, or set the {'parameter' if len(stored) == 1 else 'parameters'}"
    )
    yield Finding(id="parameterStoreDefault", runbook=runbook, step="", line=stored[0][0].line, message=message)


def stored_in(parameter: Parameter) -> tuple[str, ...]:
    """The names in Parameter Store that a default is read from."""
    defaults = parameter.default if isinstance(parameter.default, list) else [parameter.default]
    references = [each for text in defaults if isinstance(text, str) for each in expressions_in(text)]
    return tuple(each.removeprefix("ssm:") for each in references if each.startswith("ssm:"))
