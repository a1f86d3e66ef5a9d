"""Reads a failure, recognized by content: a text, executions of automations, CloudTrail events, a decoded authorization message."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..errors import AutomationRoleError
from .events import failures_of_decoded, failures_of_event
from .executions import Execution, execution_of, failures_of_execution
from .failure import Failure, Layer
from .messages import MOST, failures_in

LONGEST: Final = 4 * 1024 * 1024
"""At most this many characters of an input are read."""
_DOCUMENTS: Final = 1_000  # at most this many JSON documents in one input


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
    documents = _documents(text, source)
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


def _documents(text: str, source: str) -> list[Any]:
    """The JSON documents of a text that has only those: one, or several in sequence.

    Raises:
        AutomationRoleError: there are too many.
    """
    at, decoder = 0, json.JSONDecoder()
    text = text.strip().removeprefix("\ufeff")
    if text[:1] not in ("{", "["):
        return []
    found: list[Any] = []
    while at < len(text):
        try:
            document, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return []
        found.append(document)
        if len(found) > _DOCUMENTS:
            raise AutomationRoleError(f"{source}: over {_DOCUMENTS:,} JSON documents → those around the failure")
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
    return found


def _of_documents(documents: Sequence[Any]) -> Reported:
    executions: list[Execution] = []
    failures: list[Failure] = []
    more = 0
    for document in _flat(documents):
        kind = next((kind for kind in _KINDS if kind.key in document), None) if isinstance(document, Mapping) else None
        if kind is None:
            if said := "\n".join(_texts(document)):
                found, left = failures_in(said)
                failures += found
                more += left
            continue
        failures += kind.failures(document)
        executions += [execution_of(document)] if kind.key == "StepExecutions" else []
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
            yield from (_flat(document) if all(isinstance(one, (Mapping, list)) for one in document) else [document])
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
    """Every text in a document of unknown kind, in the document's order."""
    todo = [document]
    while todo:
        value = todo.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, (Mapping, list)):
            todo += reversed(list(value.values()) if isinstance(value, Mapping) else value)


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of JSON document: the key that only it has, and its failures."""

    key: str
    failures: Callable[[Mapping[str, Any]], list[Failure]]


_KINDS: Final = (
    _Kind("StepExecutions", failures_of_execution),
    _Kind("eventName", failures_of_event),
    _Kind("explicitDeny", failures_of_decoded),
)
