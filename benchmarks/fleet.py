"""Makes an organization for `check --fleet`: as many accounts as are asked for, of 50 roles each, and 500 runbooks. The same ones each time.

Ten roles of an account run 50 runbooks each, and most accounts have them as they were rolled out; in one of ten accounts a role differs (a
statement is gone, one more is there, another trust policy, a key of its own), and one role of every account names keys that no other account
has. The other 40 roles are such as accounts have: of functions, of instances, roles that once ran runbooks.

    python benchmarks/fleet.py FOLDER [--accounts 400]
"""

from __future__ import annotations

import argparse
import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from automation_role.derive.derivation import derive
from automation_role.iam.managed import kept
from automation_role.runbook.model import Runbook
from automation_role.values.place import Place

RUNBOOKS: Final = 500
AREAS: Final = ("Patching", "Images", "Storage", "Databases", "Network", "Identity", "Logs", "Queues", "Functions", "Backups")
# Calls of each area: service, operation, inputs.
CALLS: Final[tuple[tuple[tuple[str, str, dict[str, Any]], ...], ...]] = (
    (("ec2", "DescribeInstances", {}), ("ec2", "StopInstances", {"InstanceIds": ["{{ Id }}"]}), ("ssm", "DescribeInstanceInformation", {})),
    (("ec2", "CreateImage", {"InstanceId": "{{ Id }}", "Name": "n"}), ("ec2", "DeregisterImage", {"ImageId": "{{ Id }}"})),
    (
        ("s3", "ListObjectsV2", {"Bucket": "{{ Id }}"}),
        ("s3", "DeleteObject", {"Bucket": "data-{{ global:ACCOUNT_ID }}", "Key": "{{ Id }}"}),
    ),
    (("rds", "StopDBInstance", {"DBInstanceIdentifier": "{{ Id }}"}), ("dynamodb", "UpdateTable", {"TableName": "{{ Id }}"})),
    (("ec2", "RevokeSecurityGroupIngress", {"GroupId": "{{ Id }}"}), ("ec2", "DeleteRoute", {"RouteTableId": "{{ Id }}"})),
    (("iam", "UpdateAccessKey", {"UserName": "{{ Id }}", "AccessKeyId": "k", "Status": "Inactive"}), ("iam", "ListUsers", {})),
    (
        ("logs", "PutRetentionPolicy", {"logGroupName": "{{ Id }}", "retentionInDays": 30}),
        ("kinesis", "DeleteStream", {"StreamName": "{{ Id }}"}),
    ),
    (("sqs", "PurgeQueue", {"QueueUrl": "{{ Id }}"}), ("sns", "Publish", {"TopicArn": "{{ Id }}", "Message": "m"})),
    (
        ("lambda", "PutFunctionConcurrency", {"FunctionName": "{{ Id }}", "ReservedConcurrentExecutions": 0}),
        ("lambda", "GetFunction", {"FunctionName": "{{ Id }}"}),
    ),
    (("kms", "EnableKeyRotation", {"KeyId": "{{ Id }}"}), ("backup", "StopBackupJob", {"BackupJobId": "{{ Id }}"})),
)
_ANY: Final = "<account>"
_OTHER_SERVICES: Final = ("lambda", "ec2", "ecs-tasks", "config", "cloudformation", "states", "codebuild", "events")


def runbook(number: int) -> dict[str, Any]:
    """A runbook of an area, two to five steps: its calls, some on a resource of this runbook alone."""
    area = number % len(AREAS)
    steps = []
    for at, (service, api, inputs) in enumerate(CALLS[area]):
        own = {name: f"thing-{number}" if value == "{{ Id }}" and (number + at) % 2 else value for name, value in inputs.items()}
        steps.append({"name": f"call{at}", "action": "aws:executeAwsApi", "inputs": {"Service": service, "Api": api, **own}})
    if number % 4 == 0:
        script = f"import boto3\ndef handler(events, context):\n    boto3.client('ec2').describe_tags(MaxResults={5 + number})\n"
        inputs = {"Runtime": "python3.11", "Handler": "handler", "Script": script}
        steps.append({"name": "script", "action": "aws:executeScript", "inputs": inputs})
    if number % 5 == 0:
        inputs = {"InstanceIds": ["{{ Id }}"], "DesiredState": "running"}
        steps.append({"name": "start", "action": "aws:changeInstanceState", "inputs": inputs})
    return {
        "schemaVersion": "0.3",
        "assumeRole": f"arn:aws:iam::{{{{ global:ACCOUNT_ID }}}}:role/Automation{AREAS[area]}",
        "parameters": {"Id": {"type": "String"}},
        "mainSteps": steps,
    }


def account_id(number: int) -> str:
    """12 digits, as accounts have."""
    return f"{100_000_000_000 + number * 2_017_483_647:012d}"


def trust(service: str, *, held: bool = True) -> dict[str, Any]:
    """A trust policy for a service."""
    condition = {"Condition": {"StringEquals": {"aws:SourceAccount": _ANY}}} if held else {}
    statement = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole", **condition}
    return {"Version": "2012-10-17", "Statement": [statement]}


def role(name: str, trusted: dict[str, Any], inline: dict[str, Any], attached: list[str], number: int) -> dict[str, Any]:
    """A role as `get-account-authorization-details` prints it."""
    return {
        "Path": "/",
        "RoleName": name,
        "RoleId": f"AROA{number:017d}",
        "Arn": f"arn:aws:iam::{_ANY}:role/{name}",
        "CreateDate": "2025-03-04T05:06:07+00:00",
        "AssumeRolePolicyDocument": trusted,
        "InstanceProfileList": [],
        "RolePolicyList": [{"PolicyName": each, "PolicyDocument": document} for each, document in inline.items()],
        "AttachedManagedPolicies": [{"PolicyName": each.rpartition("/")[2], "PolicyArn": each} for each in attached],
        "Tags": [{"Key": "Stack", "Value": name}],
        "RoleLastUsed": {},
    }


def policy(*actions: str, on: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    """A policy of one statement."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": on, **more}]}


def managed(arn: str, document: dict[str, Any]) -> dict[str, Any]:
    """A managed policy as `get-account-authorization-details` prints it."""
    version = {"VersionId": "v1", "IsDefaultVersion": True, "CreateDate": "2025-03-04T05:06:07+00:00", "Document": document}
    return {"PolicyName": arn.rpartition("/")[2], "Arn": arn, "DefaultVersionId": "v1", "PolicyVersionList": [version]}


class Organization:
    """The runbooks, and accounts one after the other."""

    def __init__(self) -> None:
        self.runbooks = [runbook(number) for number in range(RUNBOOKS)]
        self.needed = [self._needed(area) for area in range(len(AREAS))]

    def _needed(self, area: int) -> dict[str, Any]:
        theirs = [Runbook.from_mapping(one, name=f"{number}") for number, one in enumerate(self.runbooks) if number % len(AREAS) == area]
        found: dict[str, Any] = derive(theirs, role_known=True).policy().to_json(Place(partition="aws", account=_ANY))
        return found

    def account(self, number: int) -> dict[str, Any]:
        """The authorization details of an account."""
        account = account_id(number)
        ours = f"arn:aws:iam::{_ANY}:policy/AutomationBase"
        policies = [managed(ours, policy("ssm:DescribeAutomationExecutions", "ssm:GetAutomationExecution"))]
        kept_policies = kept()["policies"]
        of_aws = ("AdministratorAccess", "service-role/AmazonSSMAutomationRole", "AmazonSSMReadOnlyAccess")
        policies += [managed(f"arn:aws:iam::aws:policy/{name}", kept_policies[name]["document"]) for name in of_aws]
        roles = [self._area(area, number, ours) for area in range(len(AREAS))]
        roles += [role(f"OldAutomation{spare}", trust("ssm"), {"Own": policy("ec2:*")}, [], spare) for spare in range(3)]
        for other in range(50 - len(roles)):
            service = _OTHER_SERVICES[other % len(_OTHER_SERVICES)]
            document = policy(
                "logs:CreateLogStream", "logs:PutLogEvents", "s3:GetObject", on=[f"arn:aws:s3:::assets-{_ANY}/{other}/*", "*"]
            )
            roles.append(role(f"app-{other:02}-{service}-role", trust(service, held=False), {"Own": document}, [], other))
        details = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles, "Policies": policies}
        data: dict[str, Any] = json.loads(json.dumps(details).replace(_ANY, account))
        return data

    def _area(self, area: int, number: int, base: str) -> dict[str, Any]:
        document = copy.deepcopy(self.needed[area])
        trusted, attached = trust("ssm"), [base]
        drift = (number * 7 + area * 3) % 50
        if drift == 0:
            del document["Statement"][number % len(document["Statement"])]
        elif drift == 1:
            document["Statement"].append({"Sid": "Extra", "Effect": "Allow", "Action": ["ec2:*", "s3:*"], "Resource": "*"})
        elif drift == 2:
            trusted = trust("ssm", held=False)
        elif drift == 3:
            attached.append("arn:aws:iam::aws:policy/AdministratorAccess")
        elif drift == 4 or area == len(AREAS) - 1:
            keys = [f"arn:aws:kms:eu-central-1:{_ANY}:key/{number:08x}-1111-2222-3333-{each:012x}" for each in range(3)]
            document["Statement"].append({"Sid": "Keys", "Effect": "Allow", "Action": ["kms:Decrypt", "kms:DescribeKey"], "Resource": keys})
        return role(f"Automation{AREAS[area]}", trusted, {"Own": document}, attached, area)


def write(folder: Path, accounts: int) -> None:
    """Write runbooks, and each account's details; every twentieth in two pages."""
    organization = Organization()
    for name in ("runbooks", "accounts"):
        (folder / name).mkdir(parents=True)
    for number, one in enumerate(organization.runbooks):
        (folder / "runbooks" / f"runbook-{number:03}.json").write_text(json.dumps(one, indent=1))
    for number in range(accounts):
        for name, page in pages(account_id(number), organization.account(number), in_two=number % 20 == 0):
            (folder / "accounts" / name).write_text(json.dumps(page, indent=4))


def pages(account: str, details: dict[str, Any], *, in_two: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """The files of an account; of pages, the last has the managed policies, as AWS's do."""
    if not in_two:
        yield f"{account}.json", details
        return
    yield f"{account}-1.json", {**details, "Policies": [], "IsTruncated": True}
    yield f"{account}-2.json", {**details, "RoleDetailList": []}


def main() -> None:
    """Write an organization."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--accounts", type=int, default=400)
    given = arguments.parse_args()
    write(given.folder, given.accounts)


if __name__ == "__main__":
    main()
