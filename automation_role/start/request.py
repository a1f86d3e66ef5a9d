"""One start of an automation: checks its parameters and rate control, whatever starts it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ..errors import AutomationRoleError, did_you_mean, quoted
from ..runbook.bindings import kind_problem
from ..runbook.model import Runbook
from ..runbook.parameters import Parameter, text_of, value_problem
from ..values.tokens import is_opaque, is_opaque_number

# The role's parameter when the runbook is unknown: 483 of the 485 AWS-owned runbooks with a role use this name, AWS Config
# (PutRemediationConfigurations) accepts no other for automatic starts, and State Manager's page mentions no other.
ROLE_PARAMETER: Final = "AutomationAssumeRole"

# API models of StartAutomationExecution, CreateAssociation and RegisterTaskWithMaintenanceWindow.
_NAME = re.compile(r"[a-zA-Z0-9_.-]{3,128}")
_CONCURRENCY = re.compile(r"[1-9][0-9]*|[1-9][0-9]?%|100%")
_ERRORS = re.compile(r"0|[1-9][0-9]*|[0-9]%|[1-9][0-9]%|100%")
_RATE_LENGTH: Final = 7
_PARAMETERS: Final = 200
_PARAMETER_NAME: Final = 50
_PARAMETER_VALUES: Final = 50
_PARAMETER_VALUE: Final = 512


class StartError(AutomationRoleError):
    """A start that the runbook or Automation would not accept."""


def check_rate(where: str, *, max_concurrency: str | None, max_errors: str | None) -> None:
    """Refuse a rate that is neither a number nor a percentage.

    Raises:
        StartError: it is not accepted.
    """
    for name, given, pattern, allowed in (
        ("max_concurrency", max_concurrency, _CONCURRENCY, "a number from 1 or a percentage ('10' or '10%')"),
        ("max_errors", max_errors, _ERRORS, "a number or a percentage ('0' or '10%')"),
    ):
        if given is not None and not _is_rate(given, pattern):
            raise StartError(f"{where}: {name} is {given!r} → {allowed}; leave it out for AWS's default")


def _is_rate(given: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(given, str) and (is_opaque(given) or (pattern.fullmatch(given) is not None and len(given) <= _RATE_LENGTH))


def check_number(where: str, name: str, given: object, *, least: int, most: int, default: str) -> None:
    """Refuse a number that AWS does not accept.

    Raises:
        StartError: it is not accepted.
    """
    if given is not None and not is_number(given, least, most):
        raise StartError(f"{where}: {name} is {given!r} → {least} to {most:,}; leave it out for {default}")


def is_number(given: object, least: int, most: float) -> bool:
    """Whether it is an integer in this range, not a boolean; or a CDK token."""
    return is_opaque_number(given) or (isinstance(given, int) and least <= given <= most)


def check_name(where: str, what: str, given: object) -> None:
    """Refuse a name that Systems Manager does not accept.

    Raises:
        StartError: it is not accepted.
    """
    if given is not None and not (isinstance(given, str) and (is_opaque(given) or _NAME.fullmatch(given))):
        raise StartError(f"{where}: {what} is {given!r} → 3 to 128 letters, digits and _.-; use another")


def checked_parameters(
    where: str,
    runbook: Runbook | None,
    given: Mapping[str, Any],
    *,
    filled: Sequence[str] = (),
    placeholder: re.Pattern[str] | None = None,
) -> dict[str, Any]:
    """The parameters of a start as Automation expects them: each a list of strings.

    Args:
        where: construct path, for the message.
        runbook: the runbook, to check against; `None`: only its name is known, so only the shape is checked.
        given: name -> value: a string, number or boolean, a list of them, a mapping (for `StringMap`), a list of mappings (for `MapList`).
            A value with a CDK token is not checked.
        filled: parameters that the trigger fills in itself (the role, the target).
        placeholder: texts that the trigger's service replaces at run time (`{{TARGET_ID}}`): they are not checked.

    Raises:
        StartError: everything that is wrong, a line each.
    """
    wrong = {name: said for name, value in given.items() if (said := kind_problem(name, value)) is not None}
    problems = [f"{where}: parameter {name!r} is {said}" for name, said in wrong.items()]
    if runbook is not None:
        problems += [
            f"{where}: runbook {runbook.name!r} has no parameter {name!r} → {_names(runbook.parameters)}{did_you_mean(name, runbook.parameters)}"
            for name in given
            if name not in runbook.parameters
        ]
        problems += [
            f"{where}: runbook {runbook.name!r} requires parameter {name!r}, which is missing; add it to parameters"
            for name, parameter in runbook.parameters.items()
            if not parameter.has_default and name not in given and name not in filled
        ]
        for name, value in given.items():
            if name in runbook.parameters and name not in wrong:
                problem = value_problem(runbook.parameters[name], value, placeholder) or _unbound(runbook, name, value, placeholder)
                problems += [f"{where}: parameter {name!r} of runbook {runbook.name!r} is {problem}"] if problem else []
    kept = {name: value for name, value in given.items() if name not in wrong}
    problems += [f"{where}: {problem}" for problem in _over(kept, filled, placeholder)]
    problems += [
        f"{where}: parameter {name!r} is set → it is filled in here; leave it out of parameters" for name in given if name in filled
    ]
    if problems:
        raise StartError("\n".join(problems))
    return {name: _listed(value) for name, value in given.items()}


def _unbound(runbook: Runbook, name: str, value: Any, placeholder: re.Pattern[str] | None) -> str | None:
    """The error for a value that differs from the one that the runbook was read with; `None`: it does not differ, or is unknown."""
    given, bound = (_listed(each) for each in (value, runbook.bindings.get(name, value)))
    texts = [*given, *bound]
    if not all(isinstance(text, str) and not is_opaque(text) and not (placeholder and placeholder.search(text)) for text in texts):
        return None
    other = [text for text in given if text not in bound]
    if not other:
        return None
    return f"{other[0]!r} → the runbook was read with parameters={{{name!r}: …}} for {', '.join(map(repr, bound))}, and its role can act only on that; pass that value"


def _over(given: Mapping[str, Any], filled: Sequence[str], placeholder: re.Pattern[str] | None) -> Iterator[str]:
    """The problems with parameters that StartAutomationExecution does not accept, whatever starts the automation.

    Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartAutomationExecution.html
    """
    count = len({*given, *filled})
    if count > _PARAMETERS:
        yield f"{count} parameters → Automation accepts at most {_PARAMETERS}, including the role's; add defaults to the runbook"
    for name in (*given, *filled):
        if is_opaque(name) or not (1 <= len(name) <= _PARAMETER_NAME and name.strip() == name):
            yield f"parameter {quoted(name)} → a name of 1 to {_PARAMETER_NAME} characters that is known at synthesis; pass the runbook's"
    for name, value in given.items():
        texts = _listed(value)
        if len(texts) > _PARAMETER_VALUES:
            yield f"parameter {name!r} has {len(texts)} values → Automation accepts at most {_PARAMETER_VALUES}; pass fewer"
        for text in texts:
            known = isinstance(text, str) and not is_opaque(text) and not (placeholder and placeholder.search(text))
            if known and not 1 <= len(text) <= _PARAMETER_VALUE:
                instead = "shorten it" if text else "leave it out for the runbook's default"
                yield f"parameter {name!r} has a value of {len(text):,} characters → Automation accepts 1 to {_PARAMETER_VALUE}; {instead}"


def _names(parameters: Mapping[str, Parameter]) -> str:
    return ", ".join(parameters) or "it has none"


def _listed(value: Any) -> list[Any]:
    items = value if isinstance(value, (list, tuple)) else [value]
    return [text_of(item) for item in items]
