"""Runbooks to make pages of: one with all there is to show, one with texts that mean harm, and very large ones."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from automation_role import Runbook
from automation_role.derive.derivation import derive
from automation_role.explain.model import Explanation, explain
from automation_role.values.place import Place

ROOT = Path(__file__).parent.parent.parent
CONTEXT = Place(partition="aws", account="123456789012", regions=("eu-central-1",))


def explained(*runbooks: Runbook, context: Place = CONTEXT) -> Explanation:
    return explain(derive(runbooks, role_known=context.role_arn is not None), context)


def api(name: str, service: str, operation: str, **more: Any) -> dict[str, Any]:
    step: dict[str, Any] = {key: more.pop(key) for key in ("nextStep", "isEnd", "onFailure", "onCancel") if key in more}
    return {"name": name, "action": "aws:executeAwsApi", "inputs": {"Service": service, "Api": operation, **more}, **step}


def branch(name: str, *choices: tuple[str, str], default: str) -> dict[str, Any]:
    said = [{"NextStep": target, "Variable": "{{ Os }}", "StringEquals": value} for value, target in choices]
    return {"name": name, "action": "aws:branch", "inputs": {"Choices": said, "Default": default}}


def runbook(*steps: dict[str, Any], name: str = "Sample", **top: Any) -> Runbook:
    return Runbook.from_mapping({"schemaVersion": "0.3", **top, "mainSteps": list(steps)}, name=name)


SCRIPT = """\
import boto3

def handler(events, context):
    boto3.client("s3").list_buckets()
    sqs = boto3.client("sqs")
    sqs.list_queues()
    sqs.list_queues()
    boto3.client(events["service"]).describe_something()
"""


def everything() -> Runbook:
    """Branches, a loop, a failure's way, a script with a gap, a role passed that is not known, a step that nothing leads to."""
    return runbook(
        branch("choose", ("Linux", "script"), ("Windows", "start"), default="each"),
        {
            "name": "script",
            "action": "aws:executeScript",
            "inputs": {"Runtime": "python3.11", "Handler": "handler", "Script": SCRIPT},
            "onFailure": "step:tell",
        },
        api("start", "ec2", "StartInstances", InstanceIds=["{{ Instance }}"], isEnd=True),
        {
            "name": "each",
            "action": "aws:loop",
            "inputs": {
                "Iterators": ["a", "b"],
                "IteratorDataType": "String",
                "Steps": [
                    api("read", "s3", "GetObject", Bucket="company-settings", Key="{{ each.CurrentIteratorValue }}"),
                    branch("enough", ("yes", "Break"), default="read"),
                ],
            },
        },
        api("make", "ecs", "RegisterTaskDefinition", taskRoleArn="{{ Role }}", isEnd=True),
        api("lost", "sqs", "ListQueues", nextStep="tell"),
        api("tell", "sns", "Publish", TopicArn="arn:aws:sns:eu-central-1:123456789012:news", Message="done"),
        name="Everything",
        description="Shows all there is to show.\nIn two lines.",
        assumeRole="{{ Role }}",
        parameters={name: {"type": "String"} for name in ("Os", "Instance", "Role")},
    )


def restart() -> Runbook:
    """A sample runbook of this project."""
    return Runbook.from_file(ROOT / "runbooks" / "restart-instance.yaml")


def plain() -> Runbook:
    """A sample runbook of this project without the step that starts the instance, and so without findings."""
    text = (ROOT / "runbooks" / "restart-instance.yaml").read_text(encoding="utf-8")
    return Runbook.from_text(re.sub(r"(?ms)^  - name: start$.*?^(?=  - name)", "", text), name="restart-instance")


HARM = "</script><script>window.harm = 1</script><img src=x onerror='window.harm=1'>\"'&amp;&<!--"


def harmful() -> Runbook:
    """A runbook whose every free text tries to leave its place."""
    return runbook(
        {
            "name": "choose",
            "action": "aws:branch",
            "inputs": {"Choices": [{"NextStep": "put", "Variable": HARM, "StringEquals": HARM}], "Default": "put"},
        },
        api("put", "s3", "PutObject", Bucket=HARM, Key=HARM),
        api("odd", HARM, HARM),
        {"name": "kind", "action": f"aws:{HARM}", "inputs": {}},
        name=f"Harm {HARM}",
        description=f"{HARM}\n\u202eturned\x1b[31m",
        assumeRole=HARM,
    )


def large(steps: int) -> Runbook:
    """As many steps, a tenth of them in loops, with a branch or a gap now and then."""
    kinds = (
        lambda name: api(name, "ec2", "DescribeInstances", InstanceIds=["{{ Instance }}"]),
        lambda name: api(name, "s3", "GetObject", Bucket=f"bucket-{name.lower()}", Key="settings/all.json"),
        lambda name: {
            "name": name,
            "action": "aws:changeInstanceState",
            "inputs": {"InstanceIds": ["{{ Instance }}"], "DesiredState": "running"},
        },
        lambda name: api(name, "dynamodb", "PutItem", TableName=f"table-{name.lower()}", onFailure="step:done"),
        lambda name: {
            "name": name,
            "action": "aws:executeScript",
            "inputs": {"Runtime": "python3.11", "Handler": "handler", "Script": SCRIPT},
        },
        lambda name: api(name, "sns", "Publish", TopicArn=f"arn:aws:sns:eu-central-1:123456789012:{name}"),
        lambda name: api(name, "lambda", "Invoke", FunctionName=f"function-{name}"),
        lambda name: {"name": name, "action": "aws:sleep", "inputs": {"Duration": "PT1M"}},
    )
    made: list[dict[str, Any]] = []
    count = 1  # `done`
    while count < steps:
        number = len(made) + 1
        if number % 40 == 0 and count + 4 <= steps:
            inner = [kinds[(number + i) % len(kinds)](f"inLoop{number}x{i}") for i in range(3)]
            made.append(
                {
                    "name": f"loop{number}",
                    "action": "aws:loop",
                    "inputs": {"Iterators": ["a"], "IteratorDataType": "String", "Steps": inner},
                }
            )
            count += 4
        elif number % 15 == 0:
            made.append(branch(f"choose{number}", ("Linux", f"step{number - 3}" if number % 2 else "done"), default="done"))
            count += 1
        else:
            made.append(kinds[number * 7 % 13 % len(kinds)](f"step{number}"))
            count += 1
    done = api("done", "sqs", "ListQueues")
    return runbook(*made, done, name="VeryLarge", parameters={name: {"type": "String"} for name in ("Os", "Instance")})
