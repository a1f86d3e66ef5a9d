"""What starts a runbook in a template: one row a resource type.

Sources:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-association.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-config-remediationconfiguration.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-maintenancewindowtask.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-events-rule-target.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedule.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Starts:
    """A runbook that is started, what it is passed, and the role that starts it; empty: not this template's."""

    runbook: str
    parameters: Mapping[str, tuple[str, ...]]
    caller: str = ""


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str))


def _parameters(value: Any) -> dict[str, tuple[str, ...]]:
    return {str(name): _texts(one) for name, one in value.items()} if isinstance(value, Mapping) else {}


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _in_json(value: Any) -> Mapping[str, Any]:
    """An input that is JSON in a text."""
    try:
        data = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, Mapping) else {}


def _association(properties: Mapping[str, Any]) -> Iterator[Starts]:
    if isinstance(properties.get("Name"), str):
        yield Starts(properties["Name"], _parameters(properties.get("Parameters")))


def _remediation(properties: Mapping[str, Any]) -> Iterator[Starts]:
    if not isinstance(properties.get("TargetId"), str):
        return
    given = properties.get("Parameters")
    parameters: dict[str, tuple[str, ...]] = {}
    for name, value in given.items() if isinstance(given, Mapping) else ():
        static = value.get("StaticValue") if isinstance(value, Mapping) else None
        parameters[str(name)] = _texts(static.get("Values", static.get("Value"))) if isinstance(static, Mapping) else ()
    yield Starts(properties["TargetId"], parameters)


def _window_task(properties: Mapping[str, Any]) -> Iterator[Starts]:
    if properties.get("TaskType") != "AUTOMATION" or not isinstance(properties.get("TaskArn"), str):
        return
    invocation = properties.get("TaskInvocationParameters")
    automation = invocation.get("MaintenanceWindowAutomationParameters") if isinstance(invocation, Mapping) else None
    parameters = _parameters(automation.get("Parameters")) if isinstance(automation, Mapping) else {}
    caller = properties.get("ServiceRoleArn")
    yield Starts(properties["TaskArn"], parameters, caller if isinstance(caller, str) else "")


def _rule(properties: Mapping[str, Any]) -> Iterator[Starts]:
    for target in _mappings(properties.get("Targets")):
        arn = target.get("Arn")
        if isinstance(arn, str) and ":automation-definition/" in arn:
            caller = target.get("RoleArn")
            yield Starts(arn, _parameters(_in_json(target.get("Input"))), caller if isinstance(caller, str) else "")


def _schedule(properties: Mapping[str, Any]) -> Iterator[Starts]:
    target = properties.get("Target")
    if not isinstance(target, Mapping) or not str(target.get("Arn", "")).endswith(":aws-sdk:ssm:startAutomationExecution"):
        return
    given = _in_json(target.get("Input"))
    caller = target.get("RoleArn")
    if isinstance(given.get("DocumentName"), str):
        yield Starts(given["DocumentName"], _parameters(given.get("Parameters")), caller if isinstance(caller, str) else "")


STARTERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Iterator[Starts]]]] = {
    "AWS::SSM::Association": _association,
    "AWS::Config::RemediationConfiguration": _remediation,
    "AWS::SSM::MaintenanceWindowTask": _window_task,
    "AWS::Events::Rule": _rule,
    "AWS::Scheduler::Schedule": _schedule,
}
