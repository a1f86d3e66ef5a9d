"""What could not be derived: every blind spot is a finding that the user sees."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Findings(StrEnum):
    """What a construct does about what could not be derived."""

    WARN = "warn"
    """Each becomes a CDK warning that can be acknowledged."""
    ERROR = "error"
    """Each becomes a CDK error: synthesis fails until it is answered."""


# How a finding says that a person adds what it could not: into the policy, or to the construct, where that closes the finding.
BY_HAND: Final = "by hand (in CDK: extra_statements)"

# id -> what it means, as documentation and `--help` print it. The ids are a contract: people acknowledge warnings by them.
FINDINGS: dict[str, str] = {
    "unknownAction": "the step's action type is not one this version knows; its permissions were not derived",
    "unknownReference": "a `{{ }}` names no parameter, variable or step of the runbook: what it stands for is taken as unknown",
    "parameterStoreDefault": "a parameter's default is read from Parameter Store; which identity has to be allowed that is not known, and it was not derived",
    "documentTooLarge": "the document is over the 64 KB that CreateDocument takes",
    "unknownService": "the service named in the step or script does not exist in the catalog",
    "unknownOperation": "the service has no such API operation",
    "unmappedOperation": "it is not known which IAM actions the operation needs",
    "unreadableScript": "the script, or a part of it, cannot be read (syntax error, no such handler, a module that is not there, code made while it runs)",
    "attachedScript": "the script is in an attachment that was not given",
    "powershellScript": "a PowerShell script uses AWS cmdlets, which are not read",
    "otherRoleCalls": "a script makes API calls with another role's credentials, which are not this role's to have",
    "otherAwsAccess": "a script reaches AWS by other means than boto3 (the aws command, signed requests, another SDK), which are not read",
    "dynamicService": "a script makes a client for a service that is only known while it runs",
    "dynamicOperation": "a script calls an operation whose name is only known while it runs",
    "unreadableStep": "an input that decides which permissions are needed is only known while the automation runs",
    "nestedRunbook": "another runbook is started that was not given; its permissions were not derived",
    "thisRoleUnknown": "the role hands itself on, and its ARN was not given: any role of the account may be passed",
    "passedRoleUnknown": "a role is handed on that is only known while the automation runs: any role of the account may be passed",
    "passedToUnknown": "a role is handed to a service that is not known; the permission to pass it was not derived",
    "noArn": "an input that takes nothing but an ARN is given none: any resource of the type is allowed",
    "manyResourceTypes": "the action has too many resource types to list: the service's resources in the account are allowed",
    "templateNotInline": "a stack is changed without a role by a template that is not in the runbook",
    "templateTypeUnknown": "a stack's template has a resource type whose permissions are not known",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that could not be turned into a permission, or only into a wider one than needed.

    Attributes:
        id: one of `FINDINGS`.
        runbook: the runbook's name.
        step: the step's name; empty when it is about the whole runbook.
        line: line in the runbook's file, counted from 1.
        message: what is missing, and what to do.
    """

    id: str
    runbook: str
    step: str
    line: int
    message: str
