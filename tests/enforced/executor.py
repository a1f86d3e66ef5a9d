"""Runs a runbook: its steps, in their order, with boto3 and the credentials that it is given. For tests.

It knows nothing of the package that it tests, not even its reader.

What only Systems Manager has is left out or stood in for: nobody waits, everything is approved at once, and a nested automation is run
here, after its start was asked for with the role's credentials (an emulator that has no Automation still says whether it may be).

Source, a page for each action: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from .conftest import Emulator, Keys
from .script_runner import record
from .values import Document, fitted, holds, plain, select, text

RUNNER = Path(__file__).with_name("script_runner.py")
# What an emulator says to an operation that it does not have; it has then already let it through.
UNKNOWN = "InvalidAction"
EXECUTION = "00000000-0000-0000-0000-000000000000"
_ATTEMPTS, _POLLS = 5, 200
_REFUSED = re.compile(r"is not authorized to perform: (\S+)")
_REFERENCE = re.compile(r"\{\{\s*([\w.:-]+)\s*\}\}")


class StepFailedError(Exception):
    """A step failed; the message says why."""


@dataclass(frozen=True, slots=True)
class Call:
    """An API call that was made.

    Attributes:
        runbook: of the step that made it.
        error: the message of the error that came back.
    """

    runbook: str
    step: str
    service: str
    operation: str
    inputs: Mapping[str, Any]
    error: str | None

    @property
    def refused(self) -> str | None:
        """The IAM action for want of which it was refused."""
        found = _REFUSED.search(self.error or "")
        return found[1] if found else None


@dataclass(slots=True)
class Run:
    """What happened.

    Attributes:
        status: `Success` or `Failed`.
        steps: (runbook, step) in the order in which they began.
        calls: all of them, those of scripts too.
        reason: of the failure.
    """

    status: str = "Success"
    steps: list[tuple[str, str]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    reason: str = ""

    @property
    def refusal(self) -> Call | None:
        """The first call that was refused."""
        return next((call for call in self.calls if call.refused), None)


def run(emulator: Emulator, keys: Keys, runbooks: Mapping[str, str], name: str, parameters: Mapping[str, Any]) -> Run:
    """Run a runbook as whoever has these keys.

    Args:
        emulator: where.
        keys: of the role.
        runbooks: name -> text in YAML, of all that may be started.
        name: the one that is started.
        parameters: name -> value; the others have the runbook's defaults.
    """
    happened = Run()
    try:
        _Automation(emulator, keys, {each: yaml.safe_load(document) for each, document in runbooks.items()}, happened).run(name, parameters)
    except StepFailedError as error:
        happened.status, happened.reason = "Failed", str(error)
    return happened


@dataclass(frozen=True, slots=True)
class _Scripts:
    """The process that runs the scripts; it ends with this one."""

    process: subprocess.Popen[str]

    def run(self, given: Mapping[str, Any]) -> Any:
        """Run a script; what `script_runner` answers."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(json.dumps(given), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())


@cache
def _scripts() -> _Scripts:
    return _Scripts(subprocess.Popen([sys.executable, RUNNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))


@dataclass(slots=True)
class _Automation:
    emulator: Emulator
    keys: Keys
    runbooks: Mapping[str, Document]
    happened: Run
    runbook: str = ""
    step: str = ""
    clients: dict[str, Any] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)  # what `{{ }}` may name

    def run(self, name: str, parameters: Mapping[str, Any]) -> None:
        document = self.runbooks[name]
        self.runbook = name
        self.known = {
            "global:ACCOUNT_ID": self.emulator.account,
            "global:REGION": self.emulator.region,
            "global:AWS_PARTITION": "aws",
            "automation:EXECUTION_ID": EXECUTION,
            **{f"variable:{each}": declared.get("default") for each, declared in document.get("variables", {}).items()},
            **{each: declared.get("default") for each, declared in document.get("parameters", {}).items()},
            **parameters,
        }
        self._walk(document["mainSteps"])

    def _walk(self, steps: Sequence[Document]) -> str | None:
        """Run steps from the first on; where to go on outside of them, if anywhere."""
        order = {step["name"]: index for index, step in enumerate(steps)}
        target: str | None = steps[0]["name"]
        while target is not None:
            if target not in order:
                return target
            index = order[target]
            following = steps[index + 1]["name"] if index + 1 < len(steps) else None
            target = self._do(steps[index], None if steps[index].get("isEnd") else steps[index].get("nextStep", following))
        return None

    def _do(self, step: Document, following: str | None) -> str | None:
        """Run a step; which one comes then."""
        self.step = step["name"]
        self.happened.steps.append((self.runbook, self.step))
        inputs = step.get("inputs", {})
        try:
            if step["action"] == "aws:branch":
                return self._branch(inputs, following)
            if step["action"] == "aws:loop":
                return self._loop(step["name"], inputs) or following
            self._keep(step, _ACTIONS[step["action"]](self, self.value(inputs)))
        except (StepFailedError, ClientError, BotoCoreError) as error:
            after = step.get("onFailure", "Abort")
            if after == "Abort":
                raise StepFailedError(f"{step['name']}: {error}") from error
            return following if after == "Continue" else str(after).removeprefix("step:")
        return following

    # -- values ----------------------------------------------------------------------------------------------------------------

    def value(self, data: Any) -> Any:
        """Plain data with every `{{ }}` put in place."""
        if isinstance(data, Mapping):
            return {key: self.value(item) for key, item in data.items()}
        if isinstance(data, list):
            return [self.value(item) for item in data]
        if not isinstance(data, str):
            return data
        if whole := _REFERENCE.fullmatch(data.strip()):
            return self.known[whole[1]]
        return _REFERENCE.sub(lambda reference: text(self.known[reference[1]]), data)

    def _keep(self, step: Document, answer: dict[str, Any]) -> None:
        """Give the step's outputs their names."""
        self.known |= {f"{step['name']}.{name}": value for name, value in answer.items()}
        for output in step.get("outputs", ()):
            found = select(answer, output["Selector"])
            self.known[f"{step['name']}.{output['Name']}"] = text(found) if output["Type"] == "String" else found

    # -- calls -----------------------------------------------------------------------------------------------------------------

    def call(self, service: str, operation: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Make a call with the role's credentials; its answer as plain data."""
        if service not in self.clients:
            self.clients[service] = self.emulator.new_client(service, self.keys)
            record(self.clients[service].meta.events, self._note)
        client = self.clients[service]
        method = xform_name(operation)
        name = client.meta.method_to_api_mapping[method]
        shape = client.meta.service_model.operation_model(name).input_shape
        answer = getattr(client, method)(**fitted(inputs, shape) if shape else {})
        return dict(json.loads(json.dumps(answer, default=plain)))

    def _note(self, service: str, operation: str, inputs: Mapping[str, Any], error: str | None) -> None:
        self.happened.calls.append(Call(self.runbook, self.step, service, operation, inputs, error))

    def _asked(self, service: str, operation: str, inputs: Mapping[str, Any]) -> None:
        """Make a call that the emulator lets through or refuses, and cannot do."""
        try:
            self.call(service, operation, inputs)
        except ClientError as error:
            if error.response["Error"]["Code"] != UNKNOWN:
                raise

    # -- actions ---------------------------------------------------------------------------------------------------------------

    def _api(self, inputs: dict[str, Any]) -> dict[str, Any]:
        sent = {name: value for name, value in inputs.items() if name not in ("Service", "Api", "PropertySelector", "DesiredValues")}
        return self.call(inputs["Service"], inputs["Api"], sent)

    def _assert(self, inputs: dict[str, Any]) -> dict[str, Any]:
        answer = self._api(inputs)
        found = text(select(answer, inputs["PropertySelector"]))
        if found not in map(text, inputs["DesiredValues"]):
            raise StepFailedError(f"{inputs['PropertySelector']} is {found!r}")
        return answer

    def _wait(self, inputs: dict[str, Any]) -> dict[str, Any]:
        for _ in range(_ATTEMPTS - 1):
            try:
                return self._assert(inputs)
            except StepFailedError:
                continue
        return self._assert(inputs)

    def _script(self, inputs: dict[str, Any]) -> dict[str, Any]:
        environment = {
            "AWS_ACCESS_KEY_ID": self.keys.access,
            "AWS_SECRET_ACCESS_KEY": self.keys.secret,
            "AWS_SESSION_TOKEN": self.keys.token or "",
            "AWS_DEFAULT_REGION": self.emulator.region,
            "AWS_ENDPOINT_URL": self.emulator.url,
            "AWS_MAX_ATTEMPTS": "1",
        }
        given = {"script": inputs["Script"], "handler": inputs["Handler"], "events": inputs.get("InputPayload", {})}
        answer = _scripts().run(given | {"environment": environment})
        for call in answer["calls"]:
            self._note(*call)
        if "failure" in answer:
            raise StepFailedError(answer["failure"])
        return {"Payload": answer["payload"]}

    def _branch(self, inputs: Document, following: str | None) -> str | None:
        for choice in inputs["Choices"]:
            if holds(self.value(choice)):
                return str(choice["NextStep"])
        default: str | None = inputs.get("Default", following)
        return default

    def _loop(self, name: str, inputs: Document) -> str | None:
        """Run the steps inside once for each iterator, or while a condition holds; where to go on when they leave the loop."""
        iterators = self.value(inputs.get("Iterators"))
        for turn in range(len(iterators) if iterators is not None else int(inputs["MaxIterations"])):
            self.known[f"{name}.CurrentIteration"] = turn + 1
            if iterators is not None:
                self.known[f"{name}.CurrentIteratorValue"] = iterators[turn]
            elif not holds(self.value(inputs["LoopCondition"])):
                break
            target = self._walk(inputs["Steps"])
            if target == "Break":
                break
            if target not in (None, "Continue"):
                return target
        return None

    def _stop(self, _: dict[str, Any]) -> dict[str, Any]:
        return {}

    def _approve(self, inputs: dict[str, Any]) -> dict[str, Any]:
        if inputs.get("NotificationArn"):
            self.call("sns", "Publish", {"TopicArn": inputs["NotificationArn"], "Message": inputs.get("Message", "?")})
        return {"ApprovalStatus": "Approved"}

    def _variable(self, inputs: dict[str, Any]) -> dict[str, Any]:
        self.known[inputs["Name"]] = inputs["Value"]
        return {}

    def _change_state(self, inputs: dict[str, Any]) -> dict[str, Any]:
        instances, desired = {"InstanceIds": inputs["InstanceIds"]}, inputs["DesiredState"]
        verb = {"running": "StartInstances", "stopped": "StopInstances", "terminated": "TerminateInstances"}[desired]
        if text(inputs.get("CheckStateOnly", False)) != "true":
            self.call("ec2", verb, instances)
        for _ in range(_ATTEMPTS):
            answer = self.call("ec2", "DescribeInstanceStatus", {**instances, "IncludeAllInstances": True})
            states = {status["InstanceState"]["Name"] for status in answer["InstanceStatuses"]}
            if states <= {desired}:
                return {"InstanceStates": sorted(states)}
        raise StepFailedError(f"the instances are {states}")

    def _run_instances(self, inputs: dict[str, Any]) -> dict[str, Any]:
        sent = {name: value for name, value in inputs.items() if not name.startswith("IamInstanceProfile")}
        profile = {name: inputs[f"IamInstanceProfile{name}"] for name in ("Arn", "Name") if f"IamInstanceProfile{name}" in inputs}
        counts = {"MinCount": sent.pop("MinInstanceCount", 1), "MaxCount": sent.pop("MaxInstanceCount", 1)}
        answer = self.call("ec2", "RunInstances", {**sent, **counts, **({"IamInstanceProfile": profile} if profile else {})})
        found = [instance["InstanceId"] for instance in answer["Instances"]]
        self.call("ec2", "DescribeInstanceStatus", {"InstanceIds": found, "IncludeAllInstances": True})
        return {"InstanceIds": found}

    def _create_tags(self, inputs: dict[str, Any]) -> dict[str, Any]:
        kind, tagged, tags = inputs.get("ResourceType", "EC2"), inputs["ResourceIds"], inputs["Tags"]
        if kind == "EC2":
            self.call("ec2", "CreateTags", {"Resources": tagged, "Tags": tags})
            self.call("ec2", "DescribeTags", {"Filters": [{"Name": "resource-id", "Values": tagged}]})
        else:
            for one in tagged:
                self.call("ssm", "AddTagsToResource", {"ResourceType": kind, "ResourceId": one, "Tags": tags})
                self.call("ssm", "ListTagsForResource", {"ResourceType": kind, "ResourceId": one})
        return {}

    def _delete_image(self, inputs: dict[str, Any]) -> dict[str, Any]:
        (image,) = self.call("ec2", "DescribeImages", {"ImageIds": [inputs["ImageId"]]})["Images"]
        self.call("ec2", "DeregisterImage", {"ImageId": inputs["ImageId"]})
        for device in image["BlockDeviceMappings"]:
            if "SnapshotId" in device.get("Ebs", {}):
                self.call("ec2", "DeleteSnapshot", {"SnapshotId": device["Ebs"]["SnapshotId"]})
        return {}

    def _create_stack(self, inputs: dict[str, Any]) -> dict[str, Any]:
        made = self.call("cloudformation", "CreateStack", inputs)
        self._until("CREATE_COMPLETE", inputs["StackName"])
        return {"StackId": made["StackId"]}

    def _delete_stack(self, inputs: dict[str, Any]) -> dict[str, Any]:
        self.call("cloudformation", "DeleteStack", inputs)
        self._until("DELETE_COMPLETE", inputs["StackName"])
        return {}

    def _until(self, status: str, stack: str) -> None:
        found = ""
        for _ in range(_POLLS):
            try:
                (described,) = self.call("cloudformation", "DescribeStacks", {"StackName": stack})["Stacks"]
            except ClientError as error:
                if error.response["Error"]["Code"] == "ValidationError" and status == "DELETE_COMPLETE":
                    return
                raise
            found = described["StackStatus"]
            if not found.endswith("_IN_PROGRESS"):
                break
            time.sleep(0.02)
        if found != status:
            raise StepFailedError(f"the stack {stack} is {found}")

    def _execute_automation(self, inputs: dict[str, Any]) -> dict[str, Any]:
        name, parameters = inputs["DocumentName"], inputs.get("RuntimeParameters", {})
        sent = {each: value if isinstance(value, list) else [text(value)] for each, value in parameters.items()}
        self._asked("ssm", "StartAutomationExecution", {"DocumentName": name, "Parameters": sent})
        _Automation(self.emulator, self.keys, self.runbooks, self.happened).run(name.rpartition("/")[2], parameters)
        self._asked("ssm", "GetAutomationExecution", {"AutomationExecutionId": EXECUTION})
        return {"ExecutionId": EXECUTION, "Status": "Success"}

    def _invoke(self, inputs: dict[str, Any]) -> dict[str, Any]:
        payload = json.dumps(inputs.pop("InputPayload", {}))
        answer = self.call("lambda", "Invoke", {**inputs, "Payload": payload})
        if "FunctionError" in answer:
            raise StepFailedError(answer["Payload"])
        return answer

    def _state_machine(self, inputs: dict[str, Any]) -> dict[str, Any]:
        started = self.call("stepfunctions", "StartExecution", inputs)
        for _ in range(_POLLS):
            answer = self.call("stepfunctions", "DescribeExecution", {"executionArn": started["executionArn"]})
            if answer["status"] != "RUNNING":
                break
            time.sleep(0.02)
        if answer["status"] != "SUCCEEDED":
            raise StepFailedError(f"the execution is {answer['status']}")
        return answer


_ACTIONS: Mapping[str, Callable[[_Automation, dict[str, Any]], dict[str, Any]]] = {
    "aws:approve": _Automation._approve,
    "aws:assertAwsResourceProperty": _Automation._assert,
    "aws:changeInstanceState": _Automation._change_state,
    "aws:createStack": _Automation._create_stack,
    "aws:createTags": _Automation._create_tags,
    "aws:deleteImage": _Automation._delete_image,
    "aws:deleteStack": _Automation._delete_stack,
    "aws:executeAutomation": _Automation._execute_automation,
    "aws:executeAwsApi": _Automation._api,
    "aws:executeScript": _Automation._script,
    "aws:executeStateMachine": _Automation._state_machine,
    "aws:invokeLambdaFunction": _Automation._invoke,
    "aws:pause": _Automation._stop,
    "aws:runInstances": _Automation._run_instances,
    "aws:sleep": _Automation._stop,
    "aws:updateVariable": _Automation._variable,
    "aws:waitForAwsResourceProperty": _Automation._wait,
}
