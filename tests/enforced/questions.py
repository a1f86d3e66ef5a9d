"""What AWS asks IAM about a call, for calls of which the emulator asks nothing, or something else.

Written down from the service authorization reference, one call after the other, not taken from the package's own catalog:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .conftest import ACCOUNT, REGION
from .executor import Call


@dataclass(frozen=True, slots=True)
class Question:
    """May the role do this, on this, in this context?"""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


def questions(calls: Iterable[Call]) -> list[Question]:
    """All that AWS asks about these calls, of those that are known here."""
    return [question for call in calls for question in _ASKED.get((call.service, call.operation), lambda _: [])(call.inputs)]


def arn(service: str, resource: str, *, account: str = ACCOUNT) -> str:
    """An ARN in the emulator's account and Region."""
    return f"arn:aws:{service}:{REGION}:{account}:{resource}"


def passing(role: str, service: str) -> Question:
    """Handing on a role: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html."""
    return Question("iam:PassRole", role, {"iam:PassedToService": service})


_KINDS = {"ami": "image", "eni": "network-interface", "i": "instance", "sg": "security-group", "snap": "snapshot", "vol": "volume"}


def ec2(resource: str) -> str:
    """The ARN of an EC2 resource by its id; images and snapshots have no account in theirs."""
    kind = _KINDS[resource.partition("-")[0]]
    return arn("ec2", f"{kind}/{resource}", account="" if kind in ("image", "snapshot") else ACCOUNT)


def _run_instances(inputs: Mapping[str, Any]) -> list[Question]:
    """On everything that takes part; what is made has no name yet. The role is the one in the instance profile (see `cases`)."""
    made = [arn("ec2", f"{kind}/new") for kind in ("instance", "network-interface", "volume")]
    used = [ec2(inputs["ImageId"]), arn("ec2", f"subnet/{inputs['SubnetId']}"), arn("ec2", "security-group/sg-of-the-vpc")]
    role = f"arn:aws:iam::{ACCOUNT}:role/of-{inputs['IamInstanceProfile']['Name']}"
    return [*(Question("ec2:RunInstances", resource) for resource in (*made, *used)), passing(role, "ec2.amazonaws.com")]


def _create_snapshot(inputs: Mapping[str, Any]) -> list[Question]:
    """On the volume and on the snapshot, which has no name yet; only this call adds tags."""
    made = arn("ec2", "snapshot/new", account="")
    tags = [Question("ec2:CreateTags", made, {"ec2:CreateAction": "CreateSnapshot"})] if "TagSpecifications" in inputs else []
    return [Question("ec2:CreateSnapshot", ec2(inputs["VolumeId"])), Question("ec2:CreateSnapshot", made), *tags]


def _start(inputs: Mapping[str, Any]) -> list[Question]:
    """On the document and on the execution that comes of it, which has no name yet; and the role that is passed."""
    action, name = "ssm:StartAutomationExecution", inputs["DocumentName"]
    on = [arn("ssm", f"document/{name}"), arn("ssm", "automation-execution/*")]
    roles = inputs["Parameters"].get("AutomationAssumeRole", [])
    return [*(Question(action, each) for each in on), *(passing(role, "ssm.amazonaws.com") for role in roles)]


_ASKED: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], list[Question]]] = {
    ("cloudwatch", "DeleteAlarms"): lambda inputs: [
        Question("cloudwatch:DeleteAlarms", arn("cloudwatch", f"alarm:{name}")) for name in inputs["AlarmNames"]
    ],
    ("cloudwatch", "DisableAlarmActions"): lambda inputs: [
        Question("cloudwatch:DisableAlarmActions", arn("cloudwatch", f"alarm:{name}")) for name in inputs["AlarmNames"]
    ],
    ("ec2", "CreateSnapshot"): _create_snapshot,
    ("ec2", "CreateTags"): lambda inputs: [Question("ec2:CreateTags", ec2(each)) for each in inputs["Resources"]],
    ("ec2", "DeleteSnapshot"): lambda inputs: [Question("ec2:DeleteSnapshot", ec2(inputs["SnapshotId"]))],
    ("ec2", "DeregisterImage"): lambda inputs: [Question("ec2:DeregisterImage", ec2(inputs["ImageId"]))],
    ("ec2", "RunInstances"): _run_instances,
    ("ecr", "DescribeRepositories"): lambda inputs: [
        Question("ecr:DescribeRepositories", arn("ecr", f"repository/{name}")) for name in inputs["repositoryNames"]
    ],
    ("iam", "AttachRolePolicy"): lambda inputs: [
        Question("iam:AttachRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/{inputs['RoleName']}", {"iam:PolicyARN": inputs["PolicyArn"]})
    ],
    ("lambda", "CreateFunction"): lambda inputs: [
        Question("lambda:CreateFunction", arn("lambda", f"function:{inputs['FunctionName']}")),
        passing(inputs["Role"], "lambda.amazonaws.com"),
    ],
    ("ssm", "GetAutomationExecution"): lambda inputs: [
        Question("ssm:GetAutomationExecution", arn("ssm", f"automation-execution/{inputs['AutomationExecutionId']}"))
    ],
    ("ssm", "StartAutomationExecution"): _start,
}
