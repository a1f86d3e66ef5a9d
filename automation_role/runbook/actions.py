"""THE table of `aws:` action types: one entry each, with everything that depends on the type.

`schema` reads which types exist and where their jumps are, `undeclared` which inputs hold text in other languages, `flow` which step follows,
`prefixes_by_use` which inputs are identifiers, `derive` which calls a step makes. A new action type is one entry here; if data can't declare its
calls, the entry names a reading in `derive.readings`.

Source, a page each: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from .syntax import KeyPath

_GUIDE: Final = "https://docs.aws.amazon.com/systems-manager/latest/userguide/"


class Call(NamedTuple):
    """One API call that every step of a type makes.

    Attributes:
        service: botocore's name for the service.
        operation: the operation's name.
        sends: the operation's input -> the step's input that fills it; nothing is sent when the step does not have it.
        finds: inputs of the operation that Automation fills with runtime values.
        when: the call is made only if the step has this input, and it is not empty; empty: always.
    """

    service: str
    operation: str
    sends: Mapping[str, str] = {}
    finds: tuple[str, ...] = ()
    when: str = ""


class Jumps(NamedTuple):
    """Inputs of a step that say which step comes next.

    Attributes:
        choices: a list of mappings, each a condition.
        target: the key of each choice that names its step.
        default: the input that names the step when no choice matches.
    """

    choices: str
    target: str
    default: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionType:
    """One `aws:` action type.

    Exactly one of `calls`, `reading` and `inside` says what it calls.

    Attributes:
        page: its page of AWS's guide.
        calls: the API calls that it always makes.
        reading: the name of the function in `derive.readings` that reads its inputs, when `calls` cannot say what it calls.
        inside: it acts only inside Automation, and calls no API as the role.
        foreign: inputs that hold text of another language (a program, a template), whose `{{ }}` may be that language's own.
        steps: the input that holds steps.
        jumps: the inputs that name the next step.
        takes: inputs that hold identifiers of EC2 -> how those begin.
        gives: outputs that it always has -> the form of their values, in the words of `[outputs]` in `tools/exceptions.toml`.

    Raises:
        ValueError: none, or more than one, of the three is set.
    """

    page: str
    calls: tuple[Call, ...] = ()
    reading: str = ""
    inside: bool = False
    foreign: frozenset[str] = frozenset()
    steps: str = ""
    jumps: Jumps | None = None
    takes: Mapping[str, str] = field(default_factory=dict)
    gives: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if [bool(self.calls), bool(self.reading), self.inside].count(True) != 1:
            message = f"the action type of {self.page} must say in one way what it calls: calls, a reading, or inside"
            raise ValueError(message)


def _call(service: str, operation: str, *same: str, finds: tuple[str, ...] = (), when: str = "", **renamed: str) -> Call:
    """A call with these inputs of the step, under the same name or as `Member="Input"`."""
    return Call(service=service, operation=operation, sends={**{name: name for name in same}, **renamed}, finds=finds, when=when)


def _type(page: str, *calls: Call, reading: str = "", inside: bool = False, foreign: tuple[str, ...] = (), **more: Any) -> ActionType:
    page = f"{_GUIDE}automation-action-{page}.html"
    return ActionType(page=page, calls=calls, reading=reading, inside=inside, foreign=frozenset(foreign), **more)


# Inputs of any API operation that are in other languages: a template, a program that an instance starts with.
_OF_ANY_API: Final = ("Script", "TemplateBody", "UserData")

ACTIONS: Final[Mapping[str, ActionType]] = {
    "aws:approve": _type("approve", _call("sns", "Publish", when="NotificationArn", TopicArn="NotificationArn")),
    "aws:assertAwsResourceProperty": _type("assertAwsResourceProperty", reading="api", foreign=_OF_ANY_API),
    "aws:branch": _type("branch", inside=True, jumps=Jumps(choices="Choices", target="NextStep", default="Default")),
    "aws:changeInstanceState": _type("changestate", reading="change_instance_state", takes={"InstanceIds": "i-"}),
    "aws:copyImage": _type(
        "copyimage",
        _call("ec2", "CopyImage", "SourceImageId", "SourceRegion", "Encrypted", "KmsKeyId", Name="ImageName"),
        _call("ec2", "DescribeImages"),
        takes={"SourceImageId": "ami-"},
        gives={"ImageId": "ami-*"},
    ),
    "aws:createImage": _type(
        "create",
        _call("ec2", "CreateImage", "InstanceId", "NoReboot", "BlockDeviceMappings", Name="ImageName"),
        _call("ec2", "DescribeImages"),
        takes={"InstanceId": "i-"},
        gives={"ImageId": "ami-*"},
    ),
    "aws:createStack": _type(
        "createstack",
        reading="create_stack",
        foreign=("TemplateBody",),
        gives={"StackId": "arn:{P}:cloudformation:{R}:{A}:stack/{StackName}/*"},
    ),
    "aws:createTags": _type("createtag", reading="create_tags"),
    "aws:deleteImage": _type(
        "delete",
        _call("ec2", "DescribeImages"),
        _call("ec2", "DeregisterImage", "ImageId"),
        _call("ec2", "DeleteSnapshot", finds=("SnapshotId",)),  # the image's own snapshots
        takes={"ImageId": "ami-"},
    ),
    "aws:deleteStack": _type("deletestack", reading="delete_stack"),
    "aws:executeAutomation": _type(  # derive.automations derives what its targets and roles need from the call
        "executeAutomation",
        _call(
            *("ssm", "StartAutomationExecution", "DocumentName", "DocumentVersion", "Targets", "TargetLocations", "Tags"),
            Parameters="RuntimeParameters",
        ),
        _call("ssm", "GetAutomationExecution"),
    ),
    "aws:executeAwsApi": _type("executeAwsApi", reading="api", foreign=_OF_ANY_API),
    "aws:executeScript": _type("executeScript", reading="execute_script", foreign=("Script",)),
    "aws:executeStateMachine": _type(
        "executeStateMachine", reading="execute_state_machine", gives={"executionArn": "{stateMachineArn|:stateMachine:|:execution:}:*"}
    ),
    # AWS's runbook with this step lists the four calls in the description of its AutomationAssumeRole. Only the account knows which role the
    # connector names.
    "aws:installDistributorPackageOnAzure": _type(
        "installDistributorPackageOnAzure",
        _call("ssm", "GetCloudConnector", CloudConnectorId="CloudConnector"),
        _call("ssm", "GetDocument", Name="PackageName"),
        _call("sts", "AssumeRole"),
        _call("sts", "GetWebIdentityToken"),
    ),
    "aws:invokeLambdaFunction": _type("lamb", _call("lambda", "Invoke", "FunctionName", "Qualifier")),
    "aws:invokeWebhook": _type("invokewebhook", reading="invoke_webhook"),
    "aws:loop": _type("loop", inside=True, steps="Steps"),
    "aws:pause": _type("pause", inside=True),
    # Polling: the three calls besides SendCommand that AWS's own published assume roles for runCommand steps have. What the command writes to
    # S3 and CloudWatch Logs is written by the node, not by the role.
    "aws:runCommand": _type(
        "runcommand",
        _call(
            *("ssm", "SendCommand", "DocumentName", "DocumentVersion", "InstanceIds", "Targets"),
            *("ServiceRoleArn", "OutputS3BucketName", "NotificationConfig"),
        ),
        _call("ssm", "ListCommands"),
        _call("ssm", "ListCommandInvocations"),
        _call("ssm", "DescribeInstanceInformation"),
        foreign=("Parameters",),
    ),
    "aws:runInstances": _type("runinstance", reading="run_instances", foreign=("UserData",), gives={"InstanceIds": "i-*"}),
    "aws:sleep": _type("sleep", inside=True),
    "aws:updateVariable": _type("update-variable", inside=True),
    "aws:waitForAwsResourceProperty": _type("waitForAwsResourceProperty", reading="api", foreign=_OF_ANY_API),
}


def foreign_inputs(action: str) -> frozenset[str]:
    """The inputs of an action type in which a `{{ }}` may not be Automation's; also those with steps, which are read separately."""
    found = ACTIONS.get(action)
    return frozenset(_OF_ANY_API) if found is None else found.foreign | {found.steps}


def inner_steps(action: object, inputs: Mapping[str, Any]) -> tuple[str, Any] | None:
    """The input of a step that holds steps, and its content, whatever that is; `None` for types without."""
    found = ACTIONS.get(action) if isinstance(action, str) else None
    return (found.steps, inputs.get(found.steps)) if found is not None and found.steps else None


def jump_inputs(action: str) -> tuple[str, ...]:
    """The inputs of an action type that name the next step."""
    found = ACTIONS.get(action)
    return (found.jumps.choices, found.jumps.default) if found is not None and found.jumps is not None else ()


def jumps(action: object, inputs: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str, Mapping[str, Any] | None]]:
    """The jumps in a step's inputs: the path, the target step's name, the choice (`None`: no choice matches)."""
    found = ACTIONS.get(action) if isinstance(action, str) else None
    if found is None or found.jumps is None:
        return
    names = found.jumps
    choices = inputs.get(names.choices)
    for index, choice in enumerate(choices if isinstance(choices, list) else []):
        if isinstance(choice, dict) and isinstance(choice.get(names.target), str):
            yield (names.choices, index, names.target), choice[names.target], choice
    if isinstance(inputs.get(names.default), str):
        yield (names.default,), inputs[names.default], None
