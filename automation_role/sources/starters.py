"""What starts a runbook in a template: one row a resource type.

Sources:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-association.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-config-remediationconfiguration.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-maintenancewindowtask.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-events-rule-target.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedule.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-stepfunctions-statemachine.html
    https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

# How EventBridge Scheduler and Step Functions write this call.
STARTS_AUTOMATION: Final = ":aws-sdk:ssm:startAutomationExecution"


@dataclass(frozen=True, slots=True)
class Starts:
    """A runbook that is started.

    Attributes:
        runbook: its name or ARN.
        parameters: what it is passed.
        caller: the role that starts it; empty: unknown.
        role: the role that it is passed, when the parameters do not say under which name; empty: they do.
    """

    runbook: str
    parameters: Mapping[str, tuple[str, ...]]
    caller: str = ""
    role: str = ""


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str))


def parameters_in(value: Any) -> dict[str, tuple[str, ...]]:
    """Parameter -> texts, of a mapping of parameters."""
    return {str(name): _texts(one) for name, one in value.items()} if isinstance(value, Mapping) else {}


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def in_json(value: Any) -> Mapping[str, Any]:
    """An input that is JSON in a text, or is data already; empty when it is neither."""
    try:
        data = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, Mapping) else {}


def _association(properties: Mapping[str, Any]) -> Iterator[Starts]:
    if isinstance(properties.get("Name"), str):
        yield Starts(properties["Name"], parameters_in(properties.get("Parameters")))


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
    parameters = parameters_in(automation.get("Parameters")) if isinstance(automation, Mapping) else {}
    caller = properties.get("ServiceRoleArn")
    yield Starts(properties["TaskArn"], parameters, caller if isinstance(caller, str) else "")


def _rule(properties: Mapping[str, Any]) -> Iterator[Starts]:
    for target in _mappings(properties.get("Targets")):
        arn = target.get("Arn")
        if isinstance(arn, str) and ":automation-definition/" in arn:
            caller = target.get("RoleArn")
            yield Starts(arn, parameters_in(in_json(target.get("Input"))), caller if isinstance(caller, str) else "")


def _schedule(properties: Mapping[str, Any]) -> Iterator[Starts]:
    target = properties.get("Target")
    if not isinstance(target, Mapping) or not str(target.get("Arn", "")).endswith(STARTS_AUTOMATION):
        return
    given = in_json(target.get("Input"))
    caller = target.get("RoleArn")
    if isinstance(given.get("DocumentName"), str):
        yield Starts(given["DocumentName"], parameters_in(given.get("Parameters")), caller if isinstance(caller, str) else "")


def _machine(properties: Mapping[str, Any]) -> Iterator[Starts]:
    definition = properties.get("DefinitionString", properties.get("Definition"))
    text = definition if isinstance(definition, str) else json.dumps(definition)
    substitutions = properties.get("DefinitionSubstitutions")
    for name, value in substitutions.items() if isinstance(substitutions, Mapping) else ():
        text = text.replace(f"${{{name}}}", json.dumps(str(value))[1:-1])
    caller = properties.get("RoleArn", properties.get("Role"))
    yield from starts_in_machine(in_json(text), caller if isinstance(caller, str) else "")


def starts_in_machine(definition: Any, caller: str) -> Iterator[Starts]:
    """What a state machine starts; its tasks may be nested, in parallel and map states."""
    todo = [definition]
    while todo:
        value = todo.pop()
        todo += reversed([*value.values()] if isinstance(value, Mapping) else value if isinstance(value, list) else [])
        if isinstance(value, Mapping) and str(value.get("Resource", "")).partition(".")[0].endswith(STARTS_AUTOMATION):
            given = value.get("Parameters", value.get("Arguments"))
            if isinstance(given, Mapping) and isinstance(given.get("DocumentName"), str):
                yield Starts(given["DocumentName"], parameters_in(given.get("Parameters")), caller)


STARTERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Iterator[Starts]]]] = {
    "AWS::SSM::Association": _association,
    "AWS::Config::RemediationConfiguration": _remediation,
    "AWS::SSM::MaintenanceWindowTask": _window_task,
    "AWS::Events::Rule": _rule,
    "AWS::Scheduler::Schedule": _schedule,
    "AWS::StepFunctions::StateMachine": _machine,
    "AWS::Serverless::StateMachine": _machine,
}
