"""An AWS-owned runbook by its name, from the catalog's facts, without its document.

A fact is a name, a type, an allowed value, a line, a jump. What a step needs is stored as `derive.serialized` writes it, and is opaque here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from ..catalog import aws_runbooks
from ..errors import Problem, RunbookError, did_you_mean, quoted
from ..findings import Finding
from .actions import jump_inputs
from .bindings import check_bindings
from .model import Runbook, Step
from .parameter_store import stored_defaults, stored_in
from .parameters import Parameter
from .prefixes_by_use import beginnings_by_use
from .prefixes_declared import beginning


class Facts(NamedTuple):
    """The facts about an AWS-owned runbook, instead of its document.

    Attributes:
        version: the document's version; empty if AWS no longer lists it.
        date: when AWS created that version, `2025-03-04`; empty when unknown.
        needs: step -> what it needs, as `derive.serialized` writes it.
    """

    version: str
    date: str
    needs: Mapping[str, Any]


def to_json(runbook: Runbook, *, version: str, date: str, digest: str, needs: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a runbook that was read from its document.

    Args:
        runbook: with no values bound.
        version: as in `Facts`.
        date: as in `Facts`.
        digest: identifies the document.
        needs: step -> what it needs, as `derive.serialized` writes it.
    """
    return _without_empty(
        {
            "name": runbook.name,
            "version": version,
            "date": date,
            "digest": digest,
            "role": runbook.assume_role,
            "role_parameter": runbook.assume_role_parameter,
            "parameters": [_parameter_to_json(each, runbook) for each in runbook.parameters.values()],
            "files": list(runbook.files),
            "findings": [[each.id, each.step, each.line, each.message] for each in runbook.findings if each.id != "parameterStoreDefault"],
            "steps": [_step_to_json(each, needs) for each in runbook.steps],
        }
    )


def from_json(data: Mapping[str, Any], bindings: Mapping[str, Any]) -> Runbook:
    """The runbook of these facts; the values are not checked."""
    name = data["name"]
    needs: dict[str, Any] = {}
    steps = tuple(_step(each, needs) for each in data["steps"])
    parameters = {each["name"]: _parameter(each) for each in data.get("parameters", ())}
    findings = tuple(
        Finding(id=each, runbook=name, step=step, line=line, message=message) for each, step, line, message in data.get("findings", ())
    )
    return Runbook(
        name=name,
        source=name,
        text="",
        format="JSON",
        description=None,
        parameters=parameters,
        variables={},
        steps=steps,
        files=tuple(data.get("files", ())),
        assume_role=data.get("role"),
        assume_role_parameter=data.get("role_parameter"),
        bindings=dict(bindings),
        attachments={},
        findings=(*findings, *stored_defaults(name, parameters, bindings)),
        facts=Facts(version=data.get("version", ""), date=data.get("date", ""), needs=needs),
    )


def runbook(name: str, parameters: Mapping[str, Any]) -> Runbook:
    """See `Runbook.aws`."""
    return _bound(name, parameters) if parameters else _unbound(name)


@lru_cache(maxsize=256)  # many runbooks start the same ones
def _unbound(name: str) -> Runbook:
    return _bound(name, {})


def _bound(name: str, parameters: Mapping[str, Any]) -> Runbook:
    data = aws_runbooks.facts(name)
    if data is None:
        near = did_you_mean(name, aws_runbooks.names()) or "; `automation-role list WORD` prints the names"
        message = f"is not an AWS-owned runbook that this version knows → one of {len(aws_runbooks.names())} names{near}"
        raise RunbookError([Problem(source=quoted(name), line=None, message=message)])
    found = from_json(data, parameters)
    check_bindings(found.source, found.parameters, dict.fromkeys(found.files), parameters, {})
    return found


# -- parameters ----------------------------------------------------------------------------------------------------------------------


def _parameter_to_json(parameter: Parameter, runbook: Runbook) -> dict[str, Any]:
    """A default only if something depends on it: most are prose."""
    begins = beginnings_by_use(parameter, runbook) if parameter.allowed_values is None and beginning(parameter) is None else ()
    is_needed = stored_in(parameter) or (parameter.allowed_values is None and (begins or beginning(parameter) is not None))
    known = {"name": parameter.name, "type": parameter.type, "line": parameter.line, "optional": parameter.has_default}
    declared = {"values": list(parameter.allowed_values or ()), "pattern": parameter.allowed_pattern, "begins": list(begins)}
    return _without_empty({**known, **declared}) | ({"default": parameter.default} if is_needed and parameter.has_default else {})


def _parameter(data: Mapping[str, Any]) -> Parameter:
    values = data.get("values")
    return Parameter(
        name=data["name"],
        type=data["type"],
        default=data.get("default"),
        has_default=data.get("optional", False),
        allowed_values=tuple(values) if values else None,
        allowed_pattern=data.get("pattern"),
        line=data["line"],
        begins=tuple(data.get("begins", ())),
    )


# -- steps ---------------------------------------------------------------------------------------------------------------------------


def _step_to_json(step: Step, needs: Mapping[str, Any]) -> dict[str, Any]:
    # The inputs that name the next step. The others are not stored: the step's needs were derived from them.
    flow = {name: step.inputs[name] for name in jump_inputs(step.action) if name in step.inputs}
    return _without_empty(
        {
            "name": step.name,
            "action": step.action,
            "line": step.line,
            "flow": flow,
            "failure": step.on_failure,
            "cancel": step.on_cancel,
            "next": step.next_step,
            "end": step.is_end,
            "needs": needs.get(step.name),
            "steps": [_step_to_json(each, needs) for each in step.steps],
        }
    )


def _step(data: Mapping[str, Any], needs: dict[str, Any]) -> Step:
    """The step; what it needs goes to `needs`."""
    name = data["name"]
    if "needs" in data:
        needs[name] = data["needs"]
    return Step(
        name=name,
        action=data["action"],
        inputs=data.get("flow", {}),
        line=data["line"],
        steps=tuple(_step(each, needs) for each in data.get("steps", ())),
        on_failure=data.get("failure"),
        on_cancel=data.get("cancel"),
        next_step=data.get("next"),
        is_end=data.get("end", False),
    )


def _without_empty(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value not in (None, False, "", [], {})}
