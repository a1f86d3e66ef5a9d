"""Runbook -> permissions: the road, walked once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..errors import Problem, RunbookError, quoted
from ..findings import Finding
from ..policy.policy import Policy
from ..runbook.model import Runbook, Step
from ..values.calls import ApiCall, Condition, Permission
from ..values.patterns import Bound, Pattern, Slot
from ..values.tokens import is_opaque
from .automations import children, needs_of_start
from .documented import documented_for
from .operations import given_no_arns
from .remembered import permissions_of
from .saved import needs_of_saved
from .steps import needs_of_step


@dataclass(frozen=True, slots=True, kw_only=True)
class StepNeeds:
    """What one step calls and needs. What a nested automation needs is under that runbook's own steps."""

    runbook: str
    step: Step
    calls: tuple[ApiCall, ...]
    permissions: tuple[Permission, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """What the runbooks need, step by step, and what could not be derived."""

    runbooks: tuple[Runbook, ...]
    steps: tuple[StepNeeds, ...]
    findings: tuple[Finding, ...]

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """Every permission of every step, in their order."""
        return tuple(permission for needs in self.steps for permission in needs.permissions)

    def policy(self) -> Policy:
        """All the permissions, merged."""
        return Policy.of(self.permissions)


def derive(runbooks: Sequence[Runbook], *, role_known: bool = False) -> Derivation:
    """Derive what the role that runs these runbooks needs.

    Every step counts, whichever way a run may go: branches, failures and cancellation only decide which of them run.

    Args:
        runbooks: all that run as this role; a nested automation is followed when its runbook is among them, or AWS-owned.
        role_known: whether the `Place` that writes the policy has the role's ARN; else handing the role on is a finding.

    Raises:
        RunbookError: values bound to parameters that stand where nothing but an ARN may; all of them.
    """
    by_name = {runbook.name: runbook for runbook in runbooks}
    steps: list[StepNeeds] = []
    findings: list[Finding] = []
    problems: list[Problem] = []
    for runbook in (everything := [*runbooks]):  # which grows: AWS-owned runbooks that others start are added at its end
        first, told = len(steps), [*runbook.findings]
        for step in runbook.all_steps():
            calls: list[ApiCall] = []
            permissions: list[Permission] = []
            for need in needs_of_step(step, runbook) if runbook.facts is None else needs_of_saved(step, runbook):
                for child in children(need, by_name) if isinstance(need, ApiCall) else ():
                    by_name[child.name] = child
                    everything.append(child)
                for each in _expand(need, by_name):
                    if isinstance(each, ApiCall):
                        calls.append(each)
                        problems.extend(_bound_no_arns(each, by_name) if runbook.bindings else ())
                    elif isinstance(each, Permission):
                        permissions.append(each)
                    else:
                        told.append(each)
            merged = _merged(permissions)
            if not role_known and any(
                Slot.ROLE in resource.parts for p in merged if p.action == "iam:PassRole" for resource in p.resources
            ):
                told.append(_role_not_given(runbook, step))
            steps.append(StepNeeds(runbook=runbook.name, step=step, calls=tuple(calls), permissions=merged))
        documented, answered = documented_for(runbook, [each for needs in steps[first:] for each in needs.permissions], told)
        findings.extend(answered)
        if documented:
            asking = next(at for at in range(first, len(steps)) if steps[at].step.name == documented[0].origins[0].step)
            steps[asking] = replace(steps[asking], permissions=(*steps[asking].permissions, *documented))
    if problems:
        raise RunbookError(list(dict.fromkeys(problems)))
    return Derivation(runbooks=tuple(everything), steps=tuple(steps), findings=tuple(_ordered(findings, everything)))


def _expand(need: ApiCall | Permission | Finding, by_name: dict[str, Runbook]) -> Iterator[ApiCall | Permission | Finding]:
    """A call, what it needs, and what it starts."""
    yield need
    if isinstance(need, ApiCall):
        permissions, findings = permissions_of(need)
        yield from permissions
        yield from findings
        for each in needs_of_start(need, by_name):
            yield from _expand(each, by_name)


def _bound_no_arns(call: ApiCall, by_name: dict[str, Runbook]) -> Iterator[Problem]:
    """What is wrong with the values that a user gave for parameters that hold ARNs."""
    for member, text in given_no_arns(call):
        first = text.parts[0] if text.parts else None
        runbook = by_name.get(first.runbook) if isinstance(first, Bound) else None
        if isinstance(first, Bound) and runbook is not None and first.parameter:
            value = quoted(first.value) if not is_opaque(first.value) else "the name of a resource"
            message = (
                f"parameters: {first.parameter!r} is {value} → an ARN, because step {call.origin.step!r} passes it to "
                f"{call.service} {call.operation} as {member}; pass the whole ARN"
            )
            yield Problem(source=runbook.source, line=runbook.parameters[first.parameter].line, message=message)


def _merged(permissions: Iterable[Permission]) -> tuple[Permission, ...]:
    """The same permission once, with everybody who asked for it, in the order first asked."""
    several: dict[tuple[str, tuple[Pattern, ...], tuple[Condition, ...]], list[Permission]] = {}
    for permission in permissions:
        several.setdefault((permission.action, permission.resources, permission.conditions), []).append(permission)
    return tuple(_one(same) if len(same) > 1 else same[0] for same in several.values())


def _one(same: Sequence[Permission]) -> Permission:
    first = same[0]
    return replace(
        first,
        origins=tuple(dict.fromkeys(origin for each in same for origin in each.origins)),
        perhaps=tuple(pattern for pattern in first.perhaps if all(pattern in each.perhaps for each in same)),
        either=tuple(pattern for pattern in first.either if all(pattern in each.either for each in same)),
    )


def _role_not_given(runbook: Runbook, step: Step) -> Finding:
    message = "the role passes itself and its ARN was not provided, so it can pass any role of the account; provide it (--role-arn)"
    return Finding(id="thisRoleUnknown", runbook=runbook.name, step=step.name, line=step.line, message=message)


def _ordered(findings: Iterable[Finding], runbooks: Sequence[Runbook]) -> list[Finding]:
    """Each finding once, in the order of the runbooks and their lines."""
    place = {runbook.name: index for index, runbook in enumerate(runbooks)}
    return sorted(dict.fromkeys(findings), key=lambda f: (place.get(f.runbook, len(place)), f.line, f.step, f.id, f.message))
