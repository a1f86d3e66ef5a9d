"""The values between a runbook and its policy: who asks, which API call, which permission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from .patterns import Pattern
from .value import Value


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """Which line of which step asked for something."""

    runbook: str
    step: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiCall:
    """One API operation that a step makes.

    Attributes:
        service: botocore's name of the service, lower case (`ec2`, `elbv2`).
        operation: the operation's own name (`StartInstances`); as written when there is none of that name.
        inputs: what is known of its inputs, by the operation's own member names.
        complete: whether `inputs` has every input that is sent (`False`: a script passes more than could be read).
        regions: the Regions in which it may be made, when that is not the one in which the automation runs.
        origin: who makes the call.
    """

    service: str
    operation: str
    inputs: Mapping[str, Value] = field(default_factory=dict)
    complete: bool = True
    regions: tuple[Pattern, ...] = ()
    origin: Origin


# (operator, key, values), sorted: ("StringEquals", "iam:PassedToService", (Pattern.literal("ec2.amazonaws.com"),))
Condition: TypeAlias = tuple[str, str, tuple[Pattern, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One IAM action on resources, under conditions, and who asked for it.

    Attributes:
        action: the IAM action.
        resources: all that it is needed on.
        conditions: what the inputs prove of the request.
        origins: who asked for it.
        perhaps: of `resources`, those that IAM asks about only when the call uses one, which no input shows.
        documented: AWS's page that lists it, for one that was not derived; empty for all others.
        either: of `resources`, those of which it is one or another, as an input says that is known only while the automation runs.
    """

    action: str
    resources: tuple[Pattern, ...]
    conditions: tuple[Condition, ...] = ()
    origins: tuple[Origin, ...]
    perhaps: tuple[Pattern, ...] = ()
    either: tuple[Pattern, ...] = ()
    documented: str = ""

    def asked_by(self, *origins: Origin) -> Permission:
        """The same, asked for by others."""
        return Permission(
            action=self.action,
            resources=self.resources,
            conditions=self.conditions,
            origins=origins,
            perhaps=self.perhaps,
            either=self.either,
            documented=self.documented,
        )
