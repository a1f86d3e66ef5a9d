"""Findings: what could not be derived, as reported to the user."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple


class Findings(StrEnum):
    """What a construct does about findings."""

    WARN = "warn"
    """Each becomes a CDK warning that can be acknowledged."""
    ERROR = "error"
    """Each becomes a CDK error: synthesis fails until it is answered."""


# How a message asks for a permission that was not derived. With `extra_statements`, the construct drops the finding.
BY_HAND: Final = "by hand (in CDK: extra_statements)"

# How a message asks for a value that a parameter holds.
BIND: Final = "bind the parameter that holds it (-p NAME=VALUE; in CDK: parameters)"

# id -> what it means, as the README and `--help` print it. The ids are a contract: people acknowledge warnings by them.
FINDINGS: dict[str, str] = {
    "unreadDocument": "a document's content in a template or plan is only known once it is deployed; nothing was derived from it",
    "unknownAction": "the step's action type is not in this version's table; its permissions were not derived",
    "duplicateKey": "a mapping of the document has a key twice; the last one is used here, but AWS does not document which one Automation uses",
    "unknownReference": "a `{{ }}` names no parameter, variable or step of the runbook, or a template still has to fill in a `${ }`; its value is treated as unknown",
    "parameterStoreDefault": "a parameter's default is read from Parameter Store; AWS does not document which identity reads it, so no permission was derived",
    "documentTooLarge": "the document is larger than the 64 KB that CreateDocument accepts",
    "unknownService": "the service that the step or script names is not in the catalog",
    "unknownOperation": "the service has no API operation of that name",
    "unmappedOperation": "the catalog does not know which IAM actions the operation needs",
    "unreadableScript": "the script, or a part of it, can't be read (a syntax error, a handler, module or name that is missing, code generated at run time)",
    "attachedScript": "the script is in an attachment that was not provided",
    "powershellScript": "a PowerShell script uses AWS, or a program or code that may use AWS, and is not read",
    "otherRoleCalls": "a script assumes another role and makes API calls with its credentials; that role needs a policy of its own (policy --assumed)",
    "otherRoleGaps": "a script assumes another role, and part of what that role needs could not be derived",
    "otherCredentials": "a script makes API calls with credentials of unknown origin (from a parameter, a secret, a file, a profile); nothing was derived for them",
    "otherAwsAccess": "a script may reach AWS in another way than boto3 (a program, signed requests, another SDK, code that is not in the runbook), which is not read",
    "dynamicService": "a script creates a client for a service whose name is a runtime value",
    "dynamicOperation": "a script calls an operation whose name is a runtime value",
    "unreadableStep": "an input that decides which permissions are needed is missing or a runtime value",
    "nestedRunbook": "the step starts another runbook that was not provided; its permissions were not derived",
    "thisRoleUnknown": "the role passes itself and its ARN was not provided; any role of the account can be passed",
    "passedRoleUnknown": "the step passes a role that is a runtime value; any role of the account can be passed",
    "passedToUnknown": "the step passes a role to an unknown service; the permission to pass it was not derived",
    "noArn": "an input that must be an ARN is set to something else; any resource of the type is allowed",
    "unknownList": "a parameter is bound to a list whose items are only known at deployment; any resource of their type is allowed",
    "manyResourceTypes": "the action has too many resource types to list; all of the service's resources in the account are allowed",
    "mayAlsoNeed": "AWS documents more permissions for some uses of this API call, and the runbook does not show whether this is one of them",
    "templateNotInline": "the step changes a stack without passing a role, and its template is not in the runbook",
    "documentedPermissions": "an AWS-owned runbook's script is not published; the policy has the actions that AWS documents for the runbook",
    "templateTypeUnknown": "the stack's template has a resource type whose permissions are unknown",
}


# These need no answer: `--strict` passes with them, and a construct reports them as information.
INFORMATION: Final = frozenset({"documentedPermissions", "mayAlsoNeed", "otherRoleCalls"})
# What a finding means for the policy. For all others, the policy may lack what was not derived.
WIDER: Final = frozenset(
    {"unknownReference", "thisRoleUnknown", "passedRoleUnknown", "noArn", "unknownList", "manyResourceTypes"}
)  # it allows more than is needed
OTHER: Final = frozenset({"documentTooLarge", "otherRoleGaps"}) | INFORMATION  # no effect on the policy


def kind(finding_id: str) -> str:
    """The kind of a finding, in a word: what it means for the policy."""
    if finding_id in INFORMATION:
        return "information"
    return "wider" if finding_id in WIDER else "other" if finding_id in OTHER else "gap"


def to_answer(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that a person has to look at: all except those for information."""
    return tuple(finding for finding in findings if finding.id not in INFORMATION)


def gaps(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings for which the policy may lack something."""
    return tuple(finding for finding in findings if finding.id not in WIDER | OTHER)


class Finding(NamedTuple):
    """Something that could not be derived, or was derived wider than needed.

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
