"""What a failure says by itself, before it is compared with any runbook."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final


class Layer(StrEnum):
    """Which policy IAM names as the reason, in the words of its messages."""

    UNTOLD = "untold"
    """The message doesn't say."""
    IDENTITY = "identity-based"
    BOUNDARY = "permissions boundary"
    SESSION = "session"
    SERVICE_CONTROL = "service control"
    RESOURCE_CONTROL = "resource control"
    RESOURCE = "resource-based"
    ENDPOINT = "VPC endpoint"
    KEY = "key"
    """A KMS key that does not exist, or that the caller can't use."""
    TRUST = "trust"
    """A role that could not be assumed."""
    OTHER_ROLE = "another role"
    """The role of a resource, such as a function's execution role."""
    NONE = "not a permission"
    """Something other than a missing permission."""


_PRINCIPAL: Final = re.compile(
    r"arn:[a-z-]+:(?:sts|iam)::(?P<account>[0-9]{12}):(?P<kind>assumed-role|role|user|federated-user|root)(?:/(?P<rest>.+))?"
)
_SESSION: Final = re.compile(r"Automation-(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failure, as its text or event describes it.

    Attributes:
        text: the part of the input that has it, on one line.
        shapes: the recognized ids of `shapes.SHAPES`.
        layer: which kind of policy refused it.
        denies: whether a statement denies it (an explicit deny); false when merely no statement allows it.
        code: the error's code (`AccessDenied`, `UnauthorizedOperation`).
        principal: ARN of who made the call.
        action: the IAM action.
        resource: an ARN, `*`, or a URL.
        service: the service's name, as an SDK or CloudTrail calls it.
        operation: the API operation.
        policy: ARN of the policy that denies it.
        encoded: EC2's encoded authorization message.
        lines: lines of a script, from a Python traceback, nearest to the failure last.
        starting: whether it happened when an automation was started, before any step.
        through: what made the call for the automation (`cloudformation`).
        runbook: name of the runbook that ran.
        step: name of the step that failed.
        execution: id of the automation execution.
        inputs: the inputs of the step or request.
        region: where it happened.
    """

    text: str
    shapes: tuple[str, ...] = ()
    layer: Layer = Layer.UNTOLD
    denies: bool = False
    code: str = ""
    principal: str = ""
    action: str = ""
    resource: str = ""
    service: str = ""
    operation: str = ""
    policy: str = ""
    encoded: str = ""
    lines: tuple[int, ...] = ()
    starting: bool = False
    through: str = ""
    runbook: str = ""
    step: str = ""
    execution: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    region: str = ""

    @property
    def account(self) -> str:
        """The caller's account; empty when unknown."""
        found = _PRINCIPAL.fullmatch(self.principal)
        return found["account"] if found else ""

    @property
    def partition(self) -> str:
        """The partition, from the caller's ARN or the resource's; empty when neither has it."""
        for arn in (self.principal, self.resource):
            if arn.startswith("arn:"):
                return arn.split(":", 2)[1]
        return ""

    @property
    def role(self) -> str:
        """The name of the role that made the call; empty when no role did, or it is unknown."""
        found = _PRINCIPAL.fullmatch(self.principal)
        if found is None or found["rest"] is None or found["kind"] not in ("assumed-role", "role"):
            return ""
        parts = found["rest"].split("/")
        return parts[0] if found["kind"] == "assumed-role" else parts[-1]

    @property
    def session(self) -> str:
        """The name of the role's session."""
        found = _PRINCIPAL.fullmatch(self.principal)
        return found["rest"].partition("/")[2] if found and found["kind"] == "assumed-role" and found["rest"] else ""

    @property
    def by_automation(self) -> bool:
        """Whether the caller's session is named as Systems Manager names the sessions of automations."""
        return _SESSION.fullmatch(self.session) is not None

    @property
    def user(self) -> bool:
        """Whether an IAM user or the account's root made the call."""
        found = _PRINCIPAL.fullmatch(self.principal)
        return found is not None and found["kind"] in ("user", "root", "federated-user")

    @property
    def resource_account(self) -> str:
        """The account in the resource's ARN; empty if it has none."""
        parts = self.resource.split(":", 5)
        return parts[4] if len(parts) == 6 and re.fullmatch(r"[0-9]{12}", parts[4]) else ""

    def key(self) -> tuple[object, ...]:
        """What makes two reports the same failure."""
        return (
            self.runbook,
            self.step,
            self.layer,
            self.denies,
            self.action,
            self.resource,
            self.operation,
            self.principal,
            self.encoded,
            self.lines[-1:],
        )


def execution_in(session: str) -> str:
    """The id of the execution in a session's name, if it has one."""
    found = _SESSION.search(session)
    return found["id"] if found else ""
