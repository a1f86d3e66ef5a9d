"""Executions of automations, as `aws ssm get-automation-execution` prints them, and their failures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from .failure import Failure, Layer
from .messages import failures_in, string, within

_FAILED: Final = frozenset({"Failed", "TimedOut", "Cancelled", "Rejected", "CompletedWithFailure"})


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRun:
    """One step of an execution."""

    name: str
    action: str
    status: str
    message: str
    inputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One execution of a runbook, as `aws ssm get-automation-execution` prints it.

    Attributes:
        id: its own.
        parent: id of the execution that started it; empty if none did.
        document: the runbook's name; empty when the input has only steps.
        parameters: name -> values, always lists.
        message: why it failed.
        steps: in the order in which they ran.
    """

    id: str
    parent: str
    document: str
    parameters: Mapping[str, tuple[str, ...]]
    message: str
    steps: tuple[StepRun, ...]


def execution_of(document: Mapping[str, Any]) -> Execution:
    """An execution from its JSON.

    Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AutomationExecution.html
    """
    steps = document.get("StepExecutions")
    parameters = document.get("Parameters")
    return Execution(
        id=string(document.get("AutomationExecutionId")),
        parent=string(document.get("ParentAutomationExecutionId")),
        document=string(document.get("DocumentName")).rpartition("/")[2].partition(":")[0],
        parameters={
            str(name): tuple(str(one) for one in values)
            for name, values in (parameters.items() if isinstance(parameters, Mapping) else ())
            if isinstance(values, list)
        },
        message=string(document.get("FailureMessage")),
        steps=tuple(_step(step) for step in (steps if isinstance(steps, list) else ()) if isinstance(step, Mapping)),
    )


def _step(step: Mapping[str, Any]) -> StepRun:
    details = step.get("FailureDetails")
    inner = details.get("Details") if isinstance(details, Mapping) else None
    said = [
        step.get("FailureMessage"),
        *(value for values in (inner.values() if isinstance(inner, Mapping) else ()) for value in _listed(values)),
    ]
    inputs = step.get("Inputs")
    return StepRun(
        name=string(step.get("StepName")),
        action=string(step.get("Action")),
        status=string(step.get("StepStatus")),
        message="\n".join(dict.fromkeys(one for one in said if isinstance(one, str) and one)),
        inputs=inputs if isinstance(inputs, Mapping) else {},
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def failures_of_execution(document: Mapping[str, Any]) -> list[Failure]:
    """The failures of an execution's steps; if no step failed, its own."""
    execution = execution_of(document)
    failures: list[Failure] = []
    for step in [step for step in execution.steps if step.message] or [step for step in execution.steps if step.status in _FAILED]:
        found = failures_in(step.message)[0] or (Failure(text=step.message or f"step {step.name!r}: {step.status}", layer=Layer.NONE),)
        failures += [
            replace(within(one, runbook=execution.document, execution=execution.id, inputs=step.inputs), step=step.name, starting=False)
            for one in found
        ]
    if not failures and execution.message:
        found = failures_in(execution.message)[0] or (Failure(text=execution.message, layer=Layer.NONE),)
        failures = [replace(within(one, runbook=execution.document, execution=execution.id), starting=not execution.steps) for one in found]
    return failures
