"""Reads the steps whose calls depend on their inputs: one function for each action type, named in `runbook.actions`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from ..catalog import operations as catalog
from ..findings import BY_HAND
from ..runbook.model import Step
from ..values.calls import ApiCall, ChangedStack
from ..values.patterns import ANY, Pattern
from ..values.value import UNKNOWN, Text, Value
from .stack_changes import changed_by_call
from .step_context import AsRole, Needs, StepContext, is_given, literals

# -- any API -----------------------------------------------------------------------------------------------------------------------

# Inputs of the step itself; everything else is an input of the operation.
_OF_THE_STEP: Final = frozenset({"Service", "Api", "PropertySelector", "DesiredValues"})


def _api(context: StepContext) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-executeAwsApi.html."""
    services, operations = _texts(context, "Service"), _texts(context, "Api")
    if services is None or operations is None:
        unknown = [name for name, known in (("Service", services), ("Api", operations)) if known is None]
        missing = [name for name in unknown if not is_given(context.input(name))]
        if missing:
            message = f"the step has no {' and no '.join(missing)}, so its permissions were not derived; add what is missing"
        else:
            message = f"{' and '.join(unknown)} of this step is a runtime value, so its permissions were not derived; add them {BY_HAND}"
        yield context.finding("unreadableStep", message)
        return
    inputs = {name: value for name, value in context.inputs().items() if name not in _OF_THE_STEP}
    for service in services:
        for operation in operations:
            call = context.call(service.strip().lower(), _as_named(service, operation.strip()), inputs)
            yield call
            yield from changed_by_call(call, context.step.inputs.get("TemplateBody"))


def _as_named(service: str, operation: str) -> str:
    """An operation by its own name, whatever the step's spelling; as written if the service does not have it."""
    known = catalog.service(service)
    return (known.operation(operation) if known is not None else None) or operation


def _texts(context: StepContext, name: str) -> tuple[str, ...] | None:
    return literals(context.input(name))


# -- instances and images ----------------------------------------------------------------------------------------------------------

_STATES: Final = {"running": "StartInstances", "stopped": "StopInstances", "terminated": "TerminateInstances"}
_ANY_STATE: Final = "running, stopped or terminated"


def _change_instance_state(context: StepContext) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-changestate.html."""
    instances = context.sent("InstanceIds")
    if str(context.step.inputs.get("CheckStateOnly", False)).strip().lower() != "true":
        desired = literals(context.input("DesiredState"))
        for state in desired if desired is not None else _STATES:  # a runtime value: any of them
            if state.lower() in _STATES:
                yield context.call("ec2", _STATES[state.lower()], instances)
            else:
                message = f"DesiredState {state!r} is not {_ANY_STATE}, so the permission to reach it was not derived; correct it, or add it {BY_HAND}"
                yield context.finding("unreadableStep", message)
    yield context.call("ec2", "DescribeInstanceStatus", instances)


def _run_instances(context: StepContext) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-runinstance.html."""
    inputs = {name: value for name, value in context.inputs().items() if not name.startswith("IamInstanceProfile")}
    profile = context.sent(Arn="IamInstanceProfileArn", Name="IamInstanceProfileName")
    if profile:
        inputs["IamInstanceProfile"] = profile
    yield context.call("ec2", "RunInstances", inputs)
    yield context.call("ec2", "DescribeInstanceStatus")


def _create_tags(context: StepContext) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-createtag.html."""
    kinds = literals(context.input("ResourceType")) if context.input("ResourceType") is not None else ("EC2",)
    for kind in kinds if kinds is not None else ("EC2", "ManagedInstance", "MaintenanceWindow", "Parameter"):
        if kind == "EC2":
            yield context.call("ec2", "CreateTags", context.sent("Tags", Resources="ResourceIds"))
            yield context.call("ec2", "DescribeTags")
        else:
            tagged = {"ResourceType": Text.literal(kind), "ResourceId": context.input("ResourceIds") or UNKNOWN}
            yield context.call("ssm", "AddTagsToResource", tagged)
            yield context.call("ssm", "ListTagsForResource", tagged)


# -- stacks ------------------------------------------------------------------------------------------------------------------------


_OF_STACK: Final = ("StackName", "RoleARN", "Tags", "NotificationARNs", "ResourceTypes", "TemplateURL", "StackPolicyURL")


def _create_stack(context: StepContext) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-createstack.html."""
    yield context.call("cloudformation", "CreateStack", context.sent(*_OF_STACK))
    yield context.call("cloudformation", "DescribeStacks", context.sent("StackName"))
    if not is_given(context.input("RoleARN")):
        inputs = context.sent("StackName", "Parameters")
        yield ChangedStack(template=context.step.inputs.get("TemplateBody"), inputs=inputs, origin=context.origin)


def _delete_stack(context: StepContext) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-deletestack.html."""
    yield context.call("cloudformation", "DeleteStack", context.sent("StackName", "RoleARN"))
    yield context.call("cloudformation", "DescribeStacks", context.sent("StackName"))
    if not is_given(context.input("RoleARN")) and not any(_creates(step, context.step) for step in context.runbook.all_steps()):
        message = (
            "the step deletes a stack that this runbook does not create, and sets no RoleARN, so the permissions to delete its resources were "
            f"not derived; set RoleARN, or add them {BY_HAND}"
        )
        yield context.finding("templateNotInline", message)


def _creates(step: Step, deleted: Step) -> bool:
    """Whether a step creates the stack that another one deletes: its needs include the deletion."""
    name = deleted.inputs.get("StackName")
    return step.action == "aws:createStack" and (
        step.inputs.get("StackName") == name or (isinstance(name, str) and re.search(rf"\{{\{{\s*{step.name}\.", name) is not None)
    )


# -- state machines, webhooks, scripts ----------------------------------------------------------------------------------------


def _execute_state_machine(context: StepContext) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-executeStateMachine.html."""
    machine = context.sent("stateMachineArn")
    yield context.call("stepfunctions", "StartExecution", machine)
    execution = _execution_of(machine.get("stateMachineArn"))
    yield context.call("stepfunctions", "DescribeExecution", {"executionArn": execution})
    yield context.call("stepfunctions", "StopExecution", {"executionArn": execution})


def _execution_of(machine: Value) -> Value:
    """An execution's ARN is its state machine's, one word changed, and the execution's name."""
    known = literals(machine)
    if known is None or not all(":stateMachine:" in arn for arn in known):
        return UNKNOWN
    return Text(tuple(Pattern((arn.replace(":stateMachine:", ":execution:") + ":", ANY)) for arn in known))


# https://docs.aws.amazon.com/systems-manager/latest/userguide/creating-webhook-integrations.html
_WEBHOOKS: Final = "/d9d01087-4a3f-49e0-b0b4-d568d7826553/ssm/integrations/webhook/"


def _invoke_webhook(context: StepContext) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-invokewebhook.html."""
    name = context.input("IntegrationName")
    options = name.options if isinstance(name, Text) else (Pattern((ANY,)),)
    yield context.call("ssm", "GetParameter", {"Name": Text(tuple(Pattern.literal(_WEBHOOKS) + option for option in options))})


def _execute_script(context: StepContext) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-executeScript.html."""
    from .scripts import needs_of_script  # a quarter of all the modules here; not needed without scripts

    for need in needs_of_script(context.step, context.runbook):
        yield need
        if isinstance(need, ApiCall):
            yield from changed_by_call(need)
        elif isinstance(need, AsRole) and isinstance(need.need, ApiCall):
            yield from (AsRole(role=need.role, need=each) for each in changed_by_call(need.need))


READINGS: Final[Mapping[str, Callable[[StepContext], Iterator[Needs]]]] = {
    "api": _api,
    "change_instance_state": _change_instance_state,
    "create_stack": _create_stack,
    "create_tags": _create_tags,
    "delete_stack": _delete_stack,
    "execute_script": _execute_script,
    "execute_state_machine": _execute_state_machine,
    "invoke_webhook": _invoke_webhook,
    "run_instances": _run_instances,
}
