"""Accounts as `aws iam get-account-authorization-details` prints them, and runbooks that run in them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.check.conftest import Ran, allow, policy

ONE, TWO, THREE = "111122223333", "444455556666", "777788889999"
OF_EACH = "arn:aws:iam::{{ global:ACCOUNT_ID }}:role/Ops"
Fleet = Callable[..., Ran]


def trust(account: str | None, service: str = "ssm.amazonaws.com") -> dict[str, Any]:
    """A trust policy; `None`: for any account."""
    condition = {"Condition": {"StringEquals": {"aws:SourceAccount": account}}} if account is not None else {}
    return policy({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole", **condition})


def role(account: str, name: str = "Ops", *statements: Any, attached: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """A role of an account."""
    inline = [{"PolicyName": "Own", "PolicyDocument": policy(*statements)}] if statements else []
    return {
        "Path": "/",
        "RoleName": name,
        "RoleId": "AROAEXAMPLE",
        "Arn": f"arn:aws:iam::{account}:role/{name}",
        "CreateDate": "2025-03-04T05:06:07+00:00",
        "AssumeRolePolicyDocument": trust(account),
        "InstanceProfileList": [],
        "RolePolicyList": inline,
        "AttachedManagedPolicies": [{"PolicyName": each.rpartition("/")[2], "PolicyArn": each} for each in attached],
        "Tags": [],
        "RoleLastUsed": {},
        **more,
    }


def managed(arn: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """A managed policy of an account, its older version first."""
    old = {"VersionId": "v1", "IsDefaultVersion": False, "Document": policy(allow("*"))}
    new = {"VersionId": "v2", "IsDefaultVersion": True, "Document": document}
    return {"PolicyName": arn.rpartition("/")[2], "Arn": arn, "DefaultVersionId": "v2", "PolicyVersionList": [old, new]}


def dump(*roles: Mapping[str, Any], policies: tuple[Mapping[str, Any], ...] = (), **more: Any) -> dict[str, Any]:
    """An account, whole or a page of it."""
    return {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": list(roles), "Policies": list(policies), **more}


def call(service: str, api: str, **inputs: Any) -> dict[str, Any]:
    """A step's call."""
    return {"Service": service, "Api": api, **inputs}


LOOK = call("ec2", "DescribeInstances")


def runbook(*calls: Mapping[str, Any], role: str | None = OF_EACH, **parameters: Any) -> dict[str, Any]:
    """A runbook that makes these calls."""
    steps = [{"name": f"step{at}", "action": "aws:executeAwsApi", "inputs": inputs} for at, inputs in enumerate(calls or (LOOK,))]
    given = {name: {"type": "String", **one} for name, one in parameters.items()}
    return {
        "schemaVersion": "0.3",
        **({"assumeRole": role} if role else {}),
        **({"parameters": given} if given else {}),
        "mainSteps": steps,
    }


def write(folder: Path, files: Mapping[str, Any]) -> None:
    """Write files; data is written as JSON."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content if isinstance(content, str) else json.dumps(content, indent=1))
