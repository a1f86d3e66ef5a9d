"""What each `aws:` action type needs: one entry each in one table.

An entry turns a step's inputs into API calls; which permissions a call needs is the catalog's to say, for all of them alike.
Source, a page each: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from ..findings import BY_HAND, Finding
from ..runbook.model import Runbook, Step
from ..runbook.references import resolve
from ..start.target_locations import EXECUTION_ROLE
from ..values.calls import ApiCall, Origin, Permission
from ..values.patterns import ANY, UNKNOWN, Pattern, Text, Value
from .stacks import changed_by_call, created_by_stack

Needs: TypeAlias = ApiCall | Permission | Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A step, its inputs, resolved when they are asked for, and how to say what it needs."""

    runbook: Runbook
    step: Step

    @property
    def origin(self) -> Origin:
        """Who asks."""
        return Origin(self.runbook.name, self.step.name, self.step.line)

    def input(self, name: str) -> Value:
        """An input by its name; Automation takes no other spelling."""
        return resolve(self.step.inputs.get(name), self.runbook)

    def inputs(self) -> dict[str, Value]:
        """All inputs but those that are read by themselves."""
        return {name: self.input(name) for name in self.step.inputs if name not in _READ_BY_ITSELF}

    def sent(self, *names: str, **renamed: str) -> dict[str, Value]:
        """The inputs that a call hands on: those given, by the operation's own names (`member="Input"` where they differ)."""
        given = {member: self.input(name) for member, name in {**{name: name for name in names}, **renamed}.items()}
        return {member: value for member, value in given.items() if value is not None}

    def call(self, service: str, operation: str, inputs: Mapping[str, Value] | None = None) -> ApiCall:
        """A call of this step."""
        return ApiCall(service=service, operation=operation, inputs=inputs or {}, origin=self.origin)

    def finding(self, finding_id: str, message: str) -> Finding:
        """A blind spot of this step."""
        return Finding(id=finding_id, runbook=self.runbook.name, step=self.step.name, line=self.step.line, message=message)


def needs_of_step(step: Step, runbook: Runbook) -> Iterator[Needs]:
    """The calls that a step makes, permissions it needs besides, and what is not known; inner steps of a loop are their own.

    An action that is not in the table was told by the reader (`unknownAction`).
    """
    action = ACTIONS.get(step.action)
    if action is not None:
        yield from action(Asked(runbook=runbook, step=step))


_READ_BY_ITSELF: Final = frozenset({"Script", "InputPayload", "TemplateBody", "Steps"})


def literals(value: Value) -> tuple[str, ...] | None:
    """The texts that an input may be when all of them are known."""
    return value.literals if isinstance(value, Text) else None


# -- any API -----------------------------------------------------------------------------------------------------------------------

# What the step itself reads; everything else is an input of the operation.
_OF_THE_STEP: Final = frozenset({"Service", "Api", "PropertySelector", "DesiredValues"})


def _api(asked: Asked) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-executeAwsApi.html."""
    services, operations = _texts(asked, "Service"), _texts(asked, "Api")
    if services is None or operations is None:
        which = " and ".join(name for name, known in (("Service", services), ("Api", operations)) if known is None)
        message = f"{which} of this step is only known while it runs, so its permissions were not derived; add them {BY_HAND}"
        yield asked.finding("unreadableStep", message)
        return
    inputs = {name: value for name, value in asked.inputs().items() if name not in _OF_THE_STEP}
    for service in services:
        for operation in operations:
            call = asked.call(service.strip().lower(), operation.strip(), inputs)
            yield call
            yield from changed_by_call(call, asked.step.inputs.get("TemplateBody"))


def _texts(asked: Asked, name: str) -> tuple[str, ...] | None:
    return literals(asked.input(name))


# -- instances and images ----------------------------------------------------------------------------------------------------------

_STATES: Final = {"running": "StartInstances", "stopped": "StopInstances", "terminated": "TerminateInstances"}


def _change_instance_state(asked: Asked) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-changestate.html."""
    instances = asked.sent("InstanceIds")
    if str(asked.step.inputs.get("CheckStateOnly", False)).strip().lower() != "true":
        desired = literals(asked.input("DesiredState"))
        for state in desired if desired is not None else _STATES:  # only known at run time: whichever it may be
            if state.lower() in _STATES:
                yield asked.call("ec2", _STATES[state.lower()], instances)
    yield asked.call("ec2", "DescribeInstanceStatus", instances)


def _run_instances(asked: Asked) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-runinstance.html."""
    inputs = {name: value for name, value in asked.inputs().items() if not name.startswith("IamInstanceProfile")}
    profile = asked.sent(Arn="IamInstanceProfileArn", Name="IamInstanceProfileName")
    if profile:
        inputs["IamInstanceProfile"] = profile
    yield asked.call("ec2", "RunInstances", inputs)
    yield asked.call("ec2", "DescribeInstanceStatus")
    image = asked.input("ImageId")
    if isinstance(image, Text):
        for option in image.options:
            name = option.text
            if name is not None and name.startswith("resolve:ssm:"):
                yield asked.call("ssm", "GetParameters", {"Names": (Text.literal(name.removeprefix("resolve:ssm:")),)})


def _copy_image(asked: Asked) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-copyimage.html."""
    yield asked.call("ec2", "CopyImage", asked.sent("SourceImageId", "SourceRegion", "Encrypted", "KmsKeyId", Name="ImageName"))
    yield asked.call("ec2", "DescribeImages")


def _create_image(asked: Asked) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-create.html."""
    yield asked.call("ec2", "CreateImage", asked.sent("InstanceId", "NoReboot", "BlockDeviceMappings", Name="ImageName"))
    yield asked.call("ec2", "DescribeImages")


def _delete_image(asked: Asked) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-delete.html."""
    yield asked.call("ec2", "DescribeImages")
    yield asked.call("ec2", "DeregisterImage", asked.sent("ImageId"))
    yield asked.call("ec2", "DeleteSnapshot", {"SnapshotId": UNKNOWN})  # the image's own, unknown beforehand


def _create_tags(asked: Asked) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-createtag.html."""
    kinds = literals(asked.input("ResourceType")) if asked.input("ResourceType") is not None else ("EC2",)
    for kind in kinds if kinds is not None else ("EC2", "ManagedInstance", "MaintenanceWindow", "Parameter"):
        if kind == "EC2":
            yield asked.call("ec2", "CreateTags", asked.sent("Tags", Resources="ResourceIds"))
            yield asked.call("ec2", "DescribeTags")
        else:
            tagged = {"ResourceType": Text.literal(kind), "ResourceId": asked.input("ResourceIds") or UNKNOWN}
            yield asked.call("ssm", "AddTagsToResource", tagged)
            yield asked.call("ssm", "ListTagsForResource", tagged)


# -- stacks ------------------------------------------------------------------------------------------------------------------------


def _create_stack(asked: Asked) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-createstack.html."""
    yield asked.call("cloudformation", "CreateStack", asked.sent("StackName", "RoleARN", "Tags", "NotificationARNs", "ResourceTypes"))
    yield asked.call("cloudformation", "DescribeStacks", asked.sent("StackName"))
    for name in ("TemplateURL", "StackPolicyURL"):
        if asked.input(name) is not None:
            yield asked.call("s3", "GetObject", _object_of(asked.input(name)))
    if not _given(asked.input("RoleARN")):
        yield from created_by_stack(asked.step.inputs.get("TemplateBody"), asked.origin)


def _delete_stack(asked: Asked) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-deletestack.html."""
    yield asked.call("cloudformation", "DeleteStack", asked.sent("StackName", "RoleARN"))
    yield asked.call("cloudformation", "DescribeStacks", asked.sent("StackName"))
    if not _given(asked.input("RoleARN")) and not any(_creates(step, asked.step) for step in asked.runbook.all_steps()):
        message = (
            "a stack is deleted that this runbook does not create, without RoleARN: the rights to delete its resources were not derived; "
            f"give RoleARN, or add them {BY_HAND}"
        )
        yield asked.finding("templateNotInline", message)


def _creates(step: Step, deleted: Step) -> bool:
    """Whether a step creates the stack that another one deletes: what that needs includes its deletion."""
    name = deleted.inputs.get("StackName")
    return step.action == "aws:createStack" and (
        step.inputs.get("StackName") == name or (isinstance(name, str) and re.search(rf"\{{\{{\s*{step.name}\.", name) is not None)
    )


def _given(value: Value) -> bool:
    """Whether an input is given: an empty text is none."""
    return value is not None and not (isinstance(value, Text) and value.literals == ("",))


_S3_URL: Final = re.compile(r"https://(?:s3[.-][^/]*/(?P<path_bucket>[^/]+)|(?P<host_bucket>[^/]+?)\.s3[.-][^/]*)/(?P<key>[^?]+)")


def _object_of(url: Value) -> dict[str, Value]:
    known = literals(url)
    match = _S3_URL.fullmatch(known[0]) if known is not None and len(known) == 1 else None
    if match is None:
        return {"Bucket": UNKNOWN, "Key": UNKNOWN}
    return {"Bucket": Text.literal(match["path_bucket"] or match["host_bucket"]), "Key": Text.literal(match["key"])}


# -- other automations, commands, functions ----------------------------------------------------------------------------------------

_CHILD_INPUTS: Final = ("DocumentName", "DocumentVersion", "Targets", "TargetLocations", "Tags")


def _execute_automation(asked: Asked) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-executeAutomation.html."""
    yield asked.call("ssm", "StartAutomationExecution", asked.sent(*_CHILD_INPUTS, Parameters="RuntimeParameters"))
    yield asked.call("ssm", "GetAutomationExecution")
    yield from _targets(asked)
    yield from _target_locations(asked)


# Who finds the targets of a rate-controlled run: https://docs.aws.amazon.com/systems-manager/latest/userguide/running-automations-scale.html
_FINDING_TARGETS: Final[Mapping[str, tuple[str, str]]] = {
    "tag:": ("resourcegroupstaggingapi", "GetResources"),
    "ResourceGroup": ("resource-groups", "ListGroupResources"),
    "AWS::EC2::Instance": ("ec2", "DescribeInstances"),
    "InstanceIds": ("ec2", "DescribeInstances"),
}


def _targets(asked: Asked) -> Iterator[Needs]:
    targets = asked.input("Targets")
    if targets is None:
        return
    keys = _target_keys(targets)
    for kind, (service, operation) in _FINDING_TARGETS.items():
        if keys is None or any(key.startswith(kind) for key in keys):
            yield asked.call(service, operation)


def _target_keys(targets: Value) -> list[str] | None:
    if not isinstance(targets, tuple):
        return None
    keys: list[str] = []
    for target in targets:
        key = target.get("Key") if isinstance(target, Mapping) else UNKNOWN
        if not isinstance(key, Text) or any(not option.parts or not isinstance(option.parts[0], str) for option in key.options):
            return None
        keys.extend(str(option.parts[0]) for option in key.options)
    return keys


def _target_locations(asked: Asked) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/running-automations-multiple-accounts-regions.html."""
    locations = asked.input("TargetLocations")
    if locations is None:
        return
    each = [location if isinstance(location, Mapping) else {} for location in locations] if isinstance(locations, tuple) else [{}]
    for location in each:
        name = location.get("ExecutionRoleName", Text.literal(EXECUTION_ROLE) if location else UNKNOWN)
        names = name.options if isinstance(name, Text) else (Pattern((ANY,)),)
        accounts = _accounts(location)
        units = not all(account.isdigit() for account in accounts)  # or what is not known, and may be one
        arns = tuple(
            Pattern.of(f"arn:{{P}}:iam::{account}:role/") + option for account in (("*",) if units else accounts) for option in names
        )
        yield Permission(action="sts:AssumeRole", resources=arns, origins=(asked.origin,))
        if units:
            yield asked.call("organizations", "ListAccountsForParent")


def _accounts(location: Mapping[str, Value]) -> list[str]:
    accounts = location.get("Accounts")
    if not isinstance(accounts, tuple) or not accounts:
        return ["unknown"]
    # YAML reads an account without quotes as a number.
    each = [(f"{account:012}",) if isinstance(account, int) else literals(account) for account in accounts]
    return [text for texts in each for text in texts or ("unknown",)]


def _run_command(asked: Asked) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-runcommand.html.

    Polling: the four calls that AWS's own published assume roles for runCommand steps have. What the command writes to S3 and
    CloudWatch Logs is the node's to write, not the role's.
    """
    yield asked.call(
        "ssm",
        "SendCommand",
        asked.sent(
            "DocumentName", "DocumentVersion", "InstanceIds", "Targets", "ServiceRoleArn", "OutputS3BucketName", "NotificationConfig"
        ),
    )
    yield asked.call("ssm", "ListCommands")
    yield asked.call("ssm", "ListCommandInvocations")
    yield asked.call("ssm", "DescribeInstanceInformation")


def _invoke_lambda(asked: Asked) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-lamb.html."""
    yield asked.call("lambda", "Invoke", asked.sent("FunctionName", "Qualifier"))


def _execute_state_machine(asked: Asked) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-executeStateMachine.html."""
    machine = asked.sent("stateMachineArn")
    yield asked.call("stepfunctions", "StartExecution", machine)
    execution = _execution_of(machine.get("stateMachineArn"))
    yield asked.call("stepfunctions", "DescribeExecution", {"executionArn": execution})
    yield asked.call("stepfunctions", "StopExecution", {"executionArn": execution})


def _execution_of(machine: Value) -> Value:
    """An execution's ARN is its state machine's, one word changed, and the execution's name."""
    known = literals(machine)
    if known is None or not all(":stateMachine:" in arn for arn in known):
        return UNKNOWN
    return Text(tuple(Pattern((arn.replace(":stateMachine:", ":execution:") + ":", ANY)) for arn in known))


# https://docs.aws.amazon.com/systems-manager/latest/userguide/creating-webhook-integrations.html
_WEBHOOKS: Final = "/d9d01087-4a3f-49e0-b0b4-d568d7826553/ssm/integrations/webhook/"


def _invoke_webhook(asked: Asked) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-invokewebhook.html."""
    name = asked.input("IntegrationName")
    options = name.options if isinstance(name, Text) else (Pattern((ANY,)),)
    yield asked.call("ssm", "GetParameter", {"Name": Text(tuple(Pattern.literal(_WEBHOOKS) + option for option in options))})


def _approve(asked: Asked) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-approve.html."""
    if _given(asked.input("NotificationArn")):
        yield asked.call("sns", "Publish", asked.sent(TopicArn="NotificationArn"))


def _execute_script(asked: Asked) -> Iterator[Needs]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-executeScript.html."""
    from .scripts import calls_of_script  # a quarter of all the modules here: runbooks without scripts do without

    calls, findings = calls_of_script(asked.step, asked.runbook)
    for call in calls:
        yield call
        yield from changed_by_call(call)
    yield from findings


def _nothing(asked: Asked) -> Iterator[Needs]:  # noqa: ARG001  (every entry has the same shape)
    """The step acts inside Automation alone."""
    yield from ()


ACTIONS: Final[Mapping[str, Callable[[Asked], Iterator[Needs]]]] = {
    "aws:approve": _approve,
    "aws:assertAwsResourceProperty": _api,
    "aws:branch": _nothing,
    "aws:changeInstanceState": _change_instance_state,
    "aws:copyImage": _copy_image,
    "aws:createImage": _create_image,
    "aws:createStack": _create_stack,
    "aws:createTags": _create_tags,
    "aws:deleteImage": _delete_image,
    "aws:deleteStack": _delete_stack,
    "aws:executeAutomation": _execute_automation,
    "aws:executeAwsApi": _api,
    "aws:executeScript": _execute_script,
    "aws:executeStateMachine": _execute_state_machine,
    "aws:invokeLambdaFunction": _invoke_lambda,
    "aws:invokeWebhook": _invoke_webhook,
    "aws:loop": _nothing,
    "aws:pause": _nothing,
    "aws:runCommand": _run_command,
    "aws:runInstances": _run_instances,
    "aws:sleep": _nothing,
    "aws:updateVariable": _nothing,
    "aws:waitForAwsResourceProperty": _api,
}
