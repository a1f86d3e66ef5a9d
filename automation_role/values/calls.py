"""The values between a runbook and its policy: the origin, the API call, the stack, the permission."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from ..findings import Finding
from .patterns import Pattern
from .value import Value


class Origin(NamedTuple):
    """The line of the step that something comes from."""

    runbook: str
    step: str
    line: int

    def finding(self, finding_id: str, message: str) -> Finding:
        """A finding about it."""
        return Finding(id=finding_id, runbook=self.runbook, step=self.step, line=self.line, message=message)


class ApiCall(NamedTuple):
    """One API operation that a step makes.

    Attributes:
        service: botocore's name for the service, lower case (`ec2`, `elbv2`).
        operation: the operation's own name (`StartInstances`); as written if it does not exist.
        inputs: its known inputs, by the operation's own member names.
        complete: whether `inputs` has every input that is sent (`False`: a script passes more than could be read).
        regions: the Regions to which it may go, if not the one in which the automation runs.
        origin: who makes the call.
    """

    service: str
    operation: str
    origin: Origin
    inputs: Mapping[str, Value] = {}
    complete: bool = True
    regions: tuple[Pattern, ...] = ()


CREATING: Final = ("create", "delete")
"""The handlers that run when a stack is created: if that fails, what was created is deleted."""


class ChangedStack(NamedTuple):
    """A stack that is created or changed with the rights of the role that calls.

    Attributes:
        template: its template: data, or its text; `None`: there is none in the runbook.
        inputs: `StackName` and `Parameters` as CreateStack takes them.
        handlers: which handlers of its resources' types run: `create`, `delete`, `update`, `read`, `list`.
        origin: who asks for it.
    """

    template: Any
    inputs: Mapping[str, Value]
    origin: Origin
    handlers: tuple[str, ...] = CREATING


# (operator, key, values), sorted: ("StringEquals", "iam:PassedToService", (Pattern.literal("ec2.amazonaws.com"),))
Condition: TypeAlias = tuple[str, str, tuple[Pattern, ...]]


class Permission(NamedTuple):
    """One IAM action on resources, under conditions, and the steps that need it.

    Attributes:
        action: the IAM action.
        resources: all the resources that it is needed on.
        conditions: what the inputs prove about the request.
        origins: where it comes from.
        perhaps: those of `resources` that IAM checks only when the call uses one, and no input shows whether it does.
        documented: AWS's page that lists it, if it was not derived; else empty.
        either: alternatives among `resources`: only one is used; an input that is a runtime value decides which.
    """

    action: str
    resources: tuple[Pattern, ...]
    origins: tuple[Origin, ...]
    conditions: tuple[Condition, ...] = ()
    perhaps: tuple[Pattern, ...] = ()
    either: tuple[Pattern, ...] = ()
    documented: str = ""

    def asked_by(self, *origins: Origin) -> Permission:
        """The same permission, needed by these origins."""
        return Permission(self.action, self.resources, origins, self.conditions, self.perhaps, self.either, self.documented)
