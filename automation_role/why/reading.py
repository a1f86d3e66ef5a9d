"""Reads a failure, recognized by content: a text, executions of automations, CloudTrail events, a decoded authorization message."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ..errors import AutomationRoleError
from .failure import Failure, Layer, execution_in
from .shapes import REFUSALS
from .text import MOST, failures_in, within

LONGEST: Final = 4 * 1024 * 1024
"""At most this many characters of an input are read."""
_DOCUMENTS: Final = 1_000  # at most this many JSON documents in one input
_TEXTS: Final = 20_000  # at most this many texts in a JSON document of unknown kind
_DEEP: Final = 60

_FAILED: Final = frozenset({"Failed", "TimedOut", "Cancelled", "Rejected", "CompletedWithFailure"})
# CloudTrail appends the version to operation names of old APIs: `CreateFunction20150331v2`.
_DATED: Final = re.compile(r"(\d{8}|\d{4}_\d\d_\d\d)(v\d+)?\Z")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What an input reports.

    Attributes:
        failures: in order, each once.
        executions: the automations that it is about.
        more: how many further failures were not read.
    """

    failures: tuple[Failure, ...]
    executions: tuple[Execution, ...] = ()
    more: int = 0


def read(text: str, source: str = "<stdin>") -> Reported:
    """The failures of an input.

    Raises:
        AutomationRoleError: it has none, or is too long.
    """
    if len(text) > LONGEST:
        raise AutomationRoleError(f"{source}: over {LONGEST // 1024 // 1024} MB → the part of the log around the failure")
    if not text.strip():
        raise AutomationRoleError(f"{source}: is empty → an error's text, the JSON of an automation execution, or a CloudTrail event")
    documents = list(_documents(text))
    if documents:
        reported = _of_documents(documents)
    else:
        failures, more = failures_in(text)
        reported = Reported(failures=failures, more=more)
    if not reported.failures:
        raise AutomationRoleError(
            f"{source}: no failure is recognized in it → an error's text (User … is not authorized to perform …), the JSON of "
            "`aws ssm get-automation-execution`, or a CloudTrail event"
        )
    return reported


def _documents(text: str) -> Iterator[Any]:
    """The JSON documents of a text that has only those: one, or several in sequence."""
    at, decoder = 0, json.JSONDecoder()
    text = text.strip().removeprefix("\ufeff")
    if text[:1] not in ("{", "["):
        return
    found: list[Any] = []
    while at < len(text) and len(found) < _DOCUMENTS:
        try:
            document, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        found.append(document)
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
    yield from found


def _of_documents(documents: Sequence[Any]) -> Reported:
    executions: list[Execution] = []
    failures: list[Failure] = []
    more = 0
    for document in _flat(documents):
        kind = next((kind for kind in _KINDS if kind.key in document), None) if isinstance(document, Mapping) else None
        if kind is None:
            found, left = failures_in("\n".join(_texts(document)))
            failures += found
            more += left
            continue
        failures += kind.failures(document)
        executions += [_execution(document)] if kind.key == "StepExecutions" else []
    return _once(failures, executions, more)


def _once(failures: Sequence[Failure], executions: Sequence[Execution], more: int) -> Reported:
    """Each failure once; if a child execution failed, only the failure of the child."""
    parents = {one.parent for one in executions if one.parent}
    reported = [failure for failure in failures if failure.layer is not Layer.NONE or failure.execution not in parents]
    once = {failure.key(): failure for failure in reversed(reported or list(failures))}
    every = list(reversed(once.values()))
    return Reported(failures=tuple(every[:MOST]), executions=tuple(executions), more=more + max(0, len(every) - MOST))


def _flat(documents: Sequence[Any]) -> Iterator[Any]:
    """The documents inside others: an execution, the records of a trail, an event of EventBridge."""
    for document in documents:
        if isinstance(document, list):
            yield from (
                _flat(document) if all(isinstance(one, (Mapping, list)) for one in document) and len(document) < LONGEST else [document]
            )
            continue
        if not isinstance(document, Mapping):
            yield document
            continue
        inner = next((document[key] for key in _AROUND if key in document), None)
        if isinstance(inner, str):
            inner = _parsed(inner)
        if isinstance(inner, (list, Mapping)):
            yield from _flat(inner if isinstance(inner, list) else [inner])
        else:
            yield document


# The keys under which the AWS CLI, CloudTrail and EventBridge nest a document.
_AROUND: Final = ("AutomationExecution", "Records", "Events", "CloudTrailEvent", "detail", "DecodedMessage")


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _texts(document: Any) -> Iterator[str]:
    """Every text in a document of unknown kind, nearest to the root first."""
    todo, count = [(document, 0)], 0
    while todo and count < _TEXTS:
        value, depth = todo.pop(0) if count == 0 else todo.pop()
        count += 1
        if isinstance(value, str):
            yield value
        elif depth < _DEEP and isinstance(value, (Mapping, list)):
            items = list(value.values()) if isinstance(value, Mapping) else value
            todo += [(item, depth + 1) for item in reversed(items)]


# -- executions --------------------------------------------------------------------------------------------------------------------


def _execution(document: Mapping[str, Any]) -> Execution:
    """https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AutomationExecution.html."""
    steps = document.get("StepExecutions")
    parameters = document.get("Parameters")
    return Execution(
        id=_text(document.get("AutomationExecutionId")),
        parent=_text(document.get("ParentAutomationExecutionId")),
        document=_text(document.get("DocumentName")).rpartition("/")[2].partition(":")[0],
        parameters={
            str(name): tuple(str(one) for one in values)
            for name, values in (parameters.items() if isinstance(parameters, Mapping) else ())
            if isinstance(values, list)
        },
        message=_text(document.get("FailureMessage")),
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
        name=_text(step.get("StepName")),
        action=_text(step.get("Action")),
        status=_text(step.get("StepStatus")),
        message="\n".join(dict.fromkeys(one for one in said if isinstance(one, str) and one)),
        inputs=inputs if isinstance(inputs, Mapping) else {},
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _of_execution(document: Mapping[str, Any]) -> list[Failure]:
    execution = _execution(document)
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


# -- CloudTrail --------------------------------------------------------------------------------------------------------------------


def _of_event(document: Mapping[str, Any]) -> list[Failure]:
    """https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html."""
    code, message = _text(document.get("errorCode")), _text(document.get("errorMessage"))
    if not code:
        return []
    identity = document.get("userIdentity")
    identity = identity if isinstance(identity, Mapping) else {}
    principal = _text(identity.get("arn"))
    source, agent = _text(document.get("eventSource")), _text(identity.get("invokedBy"))
    refused = code in REFUSALS or code.endswith(("AccessDenied", "AccessDeniedException", "UnauthorizedOperation"))
    found = failures_in(message)[0][:1]
    one = (
        found[0]
        if found
        else Failure(text=f"{code}: {message}".rstrip(": "), shapes=("cloudTrail",), layer=Layer.UNTOLD if refused else Layer.NONE)
    )
    parameters = document.get("requestParameters")
    return [
        within(
            replace(one, shapes=tuple(dict.fromkeys((*one.shapes, "cloudTrail"))), service=source.partition(".")[0] or one.service),
            code=code,
            principal=principal,
            operation=_DATED.sub("", _text(document.get("eventName"))),
            execution=execution_in(principal),
            inputs=parameters if isinstance(parameters, Mapping) else {},
            region=_text(document.get("awsRegion")),
            through="cloudformation" if agent.startswith("cloudformation.") else "",
        )
    ]


# -- EC2's decoded message ---------------------------------------------------------------------------------------------------------


def _of_decoded(document: Mapping[str, Any]) -> list[Failure]:
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html."""
    context = document.get("context")
    context = context if isinstance(context, Mapping) else {}
    principal = context.get("principal")
    action, resource = _text(context.get("action")), _text(context.get("resource"))
    if document.get("allowed") is True or not action:
        return []
    arn = _text(principal.get("arn")) if isinstance(principal, Mapping) else ""
    denied = document.get("explicitDeny") is True
    return [
        Failure(
            text=f"decoded authorization message: {action} on {resource or '*'} is not allowed{' (explicit deny)' if denied else ''}",
            shapes=("decodedMessage",),
            denies=denied,
            principal=arn,
            action=action,
            resource=resource,
            operation=action.partition(":")[2],
            execution=execution_in(arn),
        )
    ]


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of JSON document: the key that only it has, and its failures."""

    key: str
    failures: Callable[[Mapping[str, Any]], list[Failure]]


_KINDS: Final = (_Kind("StepExecutions", _of_execution), _Kind("eventName", _of_event), _Kind("explicitDeny", _of_decoded))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
