"""Checks the values and attachments that a user passes for a runbook, and reports what a missing value means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import Problem, RunbookError, did_you_mean
from ..findings import Finding
from .braces import references_in
from .parameters import Parameter, value_problem
from .supplied import attachment_problems, kind_problem


def check_given(
    source: str,
    parameters: Mapping[str, Parameter],
    files: Mapping[str, str | None],
    bindings: Mapping[str, Any],
    attachments: Mapping[str, str | Path],
) -> None:
    """Check that the user's values and attachments fit the runbook.

    Raises:
        RunbookError: some do not; it has them all.
    """
    problems = []
    for name, value in bindings.items():
        if name not in parameters:
            message = f"parameters: {name!r} → the runbook has {', '.join(parameters) or 'none'}{did_you_mean(name, parameters)}"
            problems.append(Problem(source=source, line=None, message=message))
        elif (wrong := kind_problem(name, value) or value_problem(parameters[name], value)) is not None:
            problems.append(Problem(source=source, line=parameters[name].line, message=f"parameters: {name!r} is {wrong}"))
    problems += [Problem(source=source, line=None, message=wrong) for wrong in attachment_problems(files, attachments)]
    if problems:
        raise RunbookError(problems)


def stored_defaults(runbook: str, parameters: Mapping[str, Parameter], bindings: Mapping[str, Any]) -> Iterator[Finding]:
    """Report `default: "{{ ssm:NAME }}"`, which Automation reads unless the start sets another value.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-variables.html
    """
    for parameter in parameters.values():
        stored = stored_in(parameter)
        if stored and parameter.name not in bindings:
            message = (
                f"the default of parameter {parameter.name!r} is read from Parameter Store ({', '.join(map(repr, stored))}), which needs "
                "ssm:GetParameters, of the role or of whoever starts the automation; allow it, or set the parameter"
            )
            yield Finding(id="parameterStoreDefault", runbook=runbook, step="", line=parameter.line, message=message)


def stored_in(parameter: Parameter) -> tuple[str, ...]:
    """The names in Parameter Store that a default is read from."""
    defaults = parameter.default if isinstance(parameter.default, list) else [parameter.default]
    references = [each.expression for text in defaults if isinstance(text, str) for each in references_in(text)]
    return tuple(each.removeprefix("ssm:") for each in references if each.startswith("ssm:"))
