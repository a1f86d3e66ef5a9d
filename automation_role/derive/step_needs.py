"""What each step of one runbook needs, from the role that runs it and from the roles that its script assumes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..findings import Finding
from ..runbook.model import Runbook, Step
from ..values.calls import ApiCall, ChangedStack, Condition, Permission
from ..values.patterns import Pattern
from .assumed_roles import needs_of_assumed
from .automations import children, needs_of_start
from .cache import permissions_of
from .encrypted import keys_note
from .serialized import needs_of_saved
from .step_context import AsRole, OwnNeed
from .steps import needs_of_step


class StepNeeds(NamedTuple):
    """What one step calls and needs. The needs of a nested automation are in its own runbook's steps."""

    runbook: str
    step: Step
    calls: tuple[ApiCall, ...]
    permissions: tuple[Permission, ...]


class NeedsByRole(NamedTuple):
    """What one step needs from each role.

    Attributes:
        own: from the role that runs it.
        others: from each role that its script assumes.
        started: the names of the AWS-owned runbooks that it starts as its own role.
    """

    own: Needed
    others: Mapping[Pattern, Needed]
    started: tuple[str, ...]


def needs_of_runbook(runbook: Runbook, by_name: Mapping[str, Runbook]) -> Iterator[NeedsByRole]:
    """What each step of a runbook needs, in the order of `Runbook.all_steps`.

    Args:
        runbook: the runbook.
        by_name: all that the user has passed; only these, and the AWS-owned ones that it starts itself, count, whatever the others start.
    """
    known = {**by_name, runbook.name: runbook}
    for step in runbook.all_steps():
        own, started = Needed(), []
        others: dict[Pattern, Needed] = {}
        for need in needs_of_step(step, runbook) if runbook.facts is None else needs_of_saved(step, runbook):
            if isinstance(need, AsRole):
                others.setdefault(need.role, Needed()).add(needs_of_assumed(need.role, need.need))
                continue
            for child in children(need, known) if isinstance(need, ApiCall) else ():
                known[child.name] = child
                started.append(child.name)
            own.follow(need, known)
        for needed in (own, *others.values()):
            needed.add(keys_note(needed.calls))
        yield NeedsByRole(own, others, tuple(started))


class Needed:
    """Gathers what one step needs from one role."""

    def __init__(self) -> None:
        self.calls: list[ApiCall] = []
        self.permissions: list[Permission] = []
        self.findings: list[Finding] = []

    def add(self, needs: Iterable[ApiCall | Permission | Finding]) -> None:
        """Add what a call or a part of it needs."""
        for each in needs:
            if isinstance(each, ApiCall):
                self.calls.append(each)
            elif isinstance(each, Permission):
                self.permissions.append(each)
            elif each.id != "mayAlsoNeed" or all(each.message != known.message for known in self.findings):  # a note is said once
                self.findings.append(each)

    def follow(self, need: OwnNeed, by_name: Mapping[str, Runbook]) -> None:
        """Add a call with its needs and those of what it starts; or the needs of a stack."""
        if isinstance(need, ChangedStack):
            from .stacks import needs_of_stack  # few runbooks create a stack

            self.add(needs_of_stack(need))
            return
        self.add((need,))
        if isinstance(need, ApiCall):
            permissions, findings = permissions_of(need)
            self.permissions.extend(permissions)
            self.add(findings)
            for each in needs_of_start(need, by_name):
                self.follow(each, by_name)

    def of(self, runbook: Runbook, step: Step) -> StepNeeds:
        """All that was added, as the needs of a step."""
        return StepNeeds(runbook=runbook.name, step=step, calls=tuple(self.calls), permissions=_merged(self.permissions))


def _merged(permissions: Sequence[Permission]) -> tuple[Permission, ...]:
    """Each permission once, with all its origins, in the order of the first one."""
    if len(permissions) < 2:
        return tuple(permissions)
    several: dict[tuple[str, tuple[Pattern, ...], tuple[Condition, ...]], list[Permission]] = {}
    for permission in permissions:
        several.setdefault((permission.action, permission.resources, permission.conditions), []).append(permission)
    return tuple(_one(same) if len(same) > 1 else same[0] for same in several.values())


def _one(same: Sequence[Permission]) -> Permission:
    first = same[0]
    return first._replace(
        origins=tuple(dict.fromkeys(origin for each in same for origin in each.origins)),
        perhaps=tuple(pattern for pattern in first.perhaps if all(pattern in each.perhaps for each in same)),
        either=tuple(pattern for pattern in first.either if all(pattern in each.either for each in same)),
    )
