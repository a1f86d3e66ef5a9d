"""A runbook that reads its own execution to start itself again: it reads its own name and parameters.

`GetAutomationExecution` of `{{ automation:EXECUTION_ID }}` returns the document and the parameters of the execution, its role among them. If the
same step starts an automation and its document or parameters are unknown, they are these.

Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AutomationExecution.html (DocumentName, Parameters),
    https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-variables.html (automation:EXECUTION_ID)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ..runbook.model import Runbook, Step
from ..runbook.references import resolve
from ..values.calls import ApiCall
from ..values.value import Text, Value
from .step_context import Needs

_READS: Final = ("ssm", "GetAutomationExecution")
_STARTS: Final = ("ssm", "StartAutomationExecution")
_OWN: Final = re.compile(r"\{\{\s*automation:EXECUTION_ID\s*\}\}")


def restarting(needs: Iterable[Needs], step: Step, runbook: Runbook) -> Iterator[Needs]:
    """The needs of a step; if it reads its own execution, a start with an unknown document or parameters has the runbook's own."""
    found = tuple(needs)
    if not any(isinstance(each, ApiCall) and _is(each, _STARTS) for each in found) or not _reads_own(step, runbook, found):
        yield from found
        return
    for each in found:
        yield _again(each, runbook) if isinstance(each, ApiCall) and _is(each, _STARTS) else each


def _is(call: ApiCall, operation: tuple[str, str]) -> bool:
    return (call.service, call.operation) == operation


def _again(start: ApiCall, runbook: Runbook) -> ApiCall:
    inputs = dict(start.inputs)
    document = inputs.get("DocumentName")
    if not isinstance(document, Text) or any(option.is_any for option in document.options):
        inputs["DocumentName"] = Text.literal(runbook.name)
    if not isinstance(inputs.get("Parameters"), Mapping) and ("Parameters" in inputs or not start.complete):
        role = runbook.assume_role_parameter  # nothing depends on the others
        own: dict[str, Value] = {} if role is None else {role: resolve(f"{{{{ {role} }}}}", runbook)}
        inputs["Parameters"] = own
    return start._replace(inputs=inputs)


def _reads_own(step: Step, runbook: Runbook, needs: tuple[Needs, ...]) -> bool:
    """Whether a step reads its own execution, or uses what an earlier API step has read of it."""
    if any(isinstance(each, ApiCall) and _is(each, _READS) for each in needs) and _mentions(step.inputs, _OWN):
        return True
    reading = [re.escape(each.name) for each in runbook.all_steps() if _is_reading(each)]
    return bool(reading) and _mentions(step.inputs, re.compile(rf"\{{\{{\s*(?:{'|'.join(reading)})\."))


def _is_reading(step: Step) -> bool:
    said = str(step.inputs.get("Api", "")).replace("_", "").lower()
    return said == _READS[1].lower() and _OWN.search(str(step.inputs.get("AutomationExecutionId"))) is not None


def _mentions(value: object, expression: re.Pattern[str]) -> bool:
    if isinstance(value, Mapping):
        return any(_mentions(each, expression) for name, each in value.items() if name != "Script")
    if isinstance(value, (list, tuple)):
        return any(_mentions(each, expression) for each in value)
    return isinstance(value, str) and expression.search(value) is not None
