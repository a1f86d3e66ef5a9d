"""Binds the parameters of runbooks to the values of their executions."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ..errors import RunbookError
from ..runbook.model import Runbook
from ..runbook.parameters import Parameter
from .executions import Execution
from .failure import Failure

_ROLE: Final = re.compile(r"arn:[a-z-]+:iam::[0-9]{12}:role/\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The runbooks and the failures, matched by their executions.

    Attributes:
        runbooks: with their values.
        failures: each with the name of its runbook.
        role_arn: the role that the executions ran as; `None` when unknown or when there are several.
        notes: what could not be bound, and why.
    """

    runbooks: tuple[Runbook, ...]
    failures: tuple[Failure, ...]
    role_arn: str | None
    notes: tuple[str, ...]


def bound(runbooks: Sequence[Runbook], executions: Sequence[Execution], failures: Sequence[Failure]) -> Matched:
    """Bind the values of executions to the parameters of their runbooks; what the user bound stays.

    An execution belongs to the runbook of its name; if none has it, to the only runbook.
    """
    names = {runbook.name for runbook in runbooks}
    alone = runbooks[0].name if len(runbooks) == 1 else None
    mine = {one.id: one.document if one.document in names else alone for one in executions if not one.parent or one.document in names}
    notes: list[str] = []
    given: list[Runbook] = []
    roles: dict[str, None] = {}
    for runbook in runbooks:
        theirs = [one for one in executions if mine.get(one.id) == runbook.name]
        for one in theirs:
            values = one.parameters.get(runbook.assume_role_parameter or "", ())
            roles.update(dict.fromkeys(value for value in values if _ROLE.fullmatch(value)))
        given.append(_bound(runbook, theirs[0], notes) if len(theirs) == 1 else runbook)
    reported = tuple(replace(one, runbook=one.runbook if one.runbook in names else alone or "") for one in failures)
    return Matched(
        runbooks=tuple(given), failures=reported, role_arn=next(iter(roles)) if len(roles) == 1 else None, notes=tuple(dict.fromkeys(notes))
    )


def _bound(runbook: Runbook, execution: Execution, notes: list[str]) -> Runbook:
    values: dict[str, Any] = dict(runbook.bindings)
    for name, texts in execution.parameters.items():
        parameter = runbook.parameters.get(name)
        if parameter is None or name in values or name == runbook.assume_role_parameter:
            continue
        value = _value(parameter, texts)
        try:
            runbook.given(parameters={name: value}, attachments=runbook.attachments)
        except RunbookError as error:
            notes.append(f"{error.problems[0].message}; the execution's value was not used")
            continue
        values[name] = value
    return runbook.given(parameters=values, attachments=runbook.attachments) if values else runbook


def _value(parameter: Parameter, texts: Sequence[str]) -> Any:
    """An execution's texts, converted to the parameter's type."""
    if parameter.type in ("StringMap", "MapList"):
        try:
            items = [json.loads(text) for text in texts]
        except (ValueError, RecursionError):
            return list(texts)
        return items if parameter.is_list else items[0] if items else {}
    return list(texts) if parameter.is_list else texts[0] if len(texts) == 1 else list(texts)
