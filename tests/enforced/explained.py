"""A refused run, put to `automation-role why`: as the text of the error, and as the execution that Systems Manager would keep of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from automation_role.check.policies import of_policies
from automation_role.derive.derivation import Derivation, derive
from automation_role.runbook.model import Runbook
from automation_role.sources.model import Situation
from automation_role.values.place import Place
from automation_role.why.answer import Answer, answer
from automation_role.why.binding import bound
from automation_role.why.reading import read

from .executor import Run

PARENT, CHILD = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"


def of_message(happened: Run, derivation: Derivation, place: Place) -> Answer:
    """Only from the error's text."""
    assert happened.refusal is not None
    (failure,) = read(str(happened.refusal.error)).failures
    return answer(failure, derivation, [], place)


def of_execution(
    happened: Run, started: str, parameters: Mapping[str, Any], runbooks: tuple[Runbook, ...], place: Place, policy: Path
) -> Answer:
    """From the execution, and the role's policy."""
    refusal = happened.refusal
    assert refusal is not None
    documents = [_document(happened, started, PARENT, parameters)]
    if refusal.runbook != started:
        documents.append({**_document(happened, refusal.runbook, CHILD, {}), "ParentAutomationExecutionId": PARENT})
    told = read(json.dumps(documents))
    found = bound([Runbook.from_file(one.source) for one in runbooks], told.executions, told.failures)
    role = of_policies([str(policy)], None, place, Situation())
    (failure,) = found.failures
    return answer(failure, derive(found.runbooks, role_known=True), [role], place)


def _document(happened: Run, runbook: str, execution: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    refusal = happened.refusal
    assert refusal is not None
    ran = list(dict.fromkeys(step for book, step in happened.steps if book == runbook))
    failed = refusal.step if refusal.runbook == runbook else ran[-1]
    message = str(refusal.error) if refusal.runbook == runbook else f"The automation {CHILD} that it started failed"
    return {
        "AutomationExecutionId": execution,
        "DocumentName": runbook,
        "AutomationExecutionStatus": "Failed",
        "Parameters": {
            name: [str(one) for one in value] if isinstance(value, list) else [str(value)] for name, value in parameters.items()
        },
        "StepExecutions": [
            {"StepName": step, "StepStatus": "Failed" if step == failed else "Success"}
            | ({"FailureMessage": message} if step == failed else {})
            for step in ran
        ],
    }
