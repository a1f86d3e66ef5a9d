"""Derives permissions from runbooks: what all their steps need, put together, and the derivation that this returns."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..errors import Problem, RunbookError, quoted
from ..findings import Finding
from ..policy.policy import Policy
from ..runbook.model import Runbook, Step
from ..values.calls import ApiCall, Origin, Permission
from ..values.patterns import Bound, Pattern, Slot
from ..values.place import Place
from ..values.tokens import is_opaque
from .assumed_roles import findings_as, name_of, place_of
from .documented import documented_for
from .operations import invalid_arns_in
from .step_needs import Needed, NeedsByRole, StepNeeds, needs_of_runbook


class Derivation(NamedTuple):
    """What the runbooks need, step by step, and what could not be derived.

    Attributes:
        runbooks: those that were passed, and the AWS-owned ones that they start.
        steps: what each step needs from the role that runs the runbooks.
        findings: what could not be derived, each once.
        assumed_roles: what scripts need from the roles that they assume, by the roles' ARNs.
    """

    runbooks: tuple[Runbook, ...]
    steps: tuple[StepNeeds, ...]
    findings: tuple[Finding, ...]
    assumed_roles: tuple[AssumedRole, ...] = ()

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """Every permission of every step, in order."""
        return tuple(permission for needs in self.steps for permission in needs.permissions)

    def policy(self) -> Policy:
        """All the permissions, merged."""
        return Policy.of(self.permissions)

    def with_needs_of(self, other: Derivation) -> Derivation:
        """The needs of both, for one role; of the roles that scripts assume, this one's."""
        return self._replace(
            runbooks=tuple({runbook.name: runbook for runbook in (*self.runbooks, *other.runbooks)}.values()),
            steps=(*self.steps, *other.steps),
            findings=tuple(dict.fromkeys((*self.findings, *other.findings))),
        )

    def only(self, runbooks: Container[str]) -> Derivation:
        """The derivation of only these runbooks, by their names."""
        return self._replace(
            runbooks=tuple(runbook for runbook in self.runbooks if runbook.name in runbooks),
            steps=tuple(step for step in self.steps if step.runbook in runbooks),
            findings=tuple(finding for finding in self.findings if finding.runbook in runbooks),
            assumed_roles=tuple(role._replace(needs=needs) for role in self.assumed_roles if (needs := role.needs.only(runbooks)).runbooks),
        )


class AssumedRole(NamedTuple):
    """A role that scripts assume.

    Attributes:
        role: its ARN, as far as it is known.
        needs: the steps that use its credentials, what they need from it, and what could not be derived.
    """

    role: Pattern
    needs: Derivation

    def name(self, place: Place) -> str:
        """Its ARN for people; `place` is where the role is that assumes it."""
        return name_of(self.role, place)

    def place(self, place: Place) -> Place:
        """Where it is, to write its own policy; `place` as in `name`."""
        return place_of(self.role, place)

    def policy(self) -> Policy:
        """Everything that it needs, merged."""
        return self.needs.policy()

    def with_needs_of(self, other: AssumedRole) -> AssumedRole:
        """This role, with the needs of another role added."""
        return AssumedRole(role=self.role, needs=self.needs.with_needs_of(other.needs))


def roles_by_name(roles: Iterable[AssumedRole], place: Place) -> dict[str, AssumedRole]:
    """Assumed roles by their names at a place: those of the same name are one."""
    found: dict[str, AssumedRole] = {}
    for role in roles:
        name = role.name(place)
        found[name] = found[name].with_needs_of(role) if name in found else role
    return found


def derive(runbooks: Sequence[Runbook], *, role_known: bool = False, ready: Mapping[int, Sequence[NeedsByRole]] = {}) -> Derivation:
    """Derive what the role that runs these runbooks needs.

    Every step counts: branches, failures and cancellation only decide which of them run.

    Args:
        runbooks: all that run as this role; a nested automation is followed when its runbook is among them, or AWS-owned.
        role_known: whether the `Place` that writes the policy has the role's ARN; else passing the role is a finding.
        ready: what `needs_of_runbook` has returned for some of the runbooks already, by their index.

    Raises:
        RunbookError: parameters that must be ARNs are bound to something else; it has all of them.
    """
    by_name = {runbook.name: runbook for runbook in runbooks}
    steps: list[StepNeeds] = []
    findings: list[Finding] = []
    problems: list[Problem] = []
    assumed: dict[Pattern, _Assumed] = {}
    taken = set(by_name)
    everything = [*runbooks]
    for index, runbook in enumerate(everything):  # this list grows: AWS-owned runbooks that others start are appended
        first, reported = len(steps), [*runbook.findings]
        for step, (own, others, started) in zip(
            runbook.all_steps(), ready[index] if index in ready else needs_of_runbook(runbook, by_name), strict=True
        ):
            everything.extend(Runbook.aws(name) for name in started if name not in taken)
            taken.update(started)
            for needed in (own, *others.values()) if runbook.bindings else ():
                problems.extend(problem for call in needed.calls for problem in _bound_invalid_arns(call, by_name))
            for role, needed in others.items():
                assumed.setdefault(role, _Assumed()).add(runbook, step, needed)
                reported.extend(findings_as(role, runbook.name, step.name, needed.calls, needed.findings))
            steps.append(own.of(runbook, step))
            reported.extend(own.findings)
            if not role_known and _passes_itself(steps[-1]):
                reported.append(_role_not_given(runbook, step))
        documented, answered = documented_for(runbook, (each for needs in steps[first:] for each in needs.permissions), reported)
        findings.extend(answered)
        if documented:
            asking = next(at for at in range(first, len(steps)) if steps[at].step.name == documented[0].origins[0].step)
            steps[asking] = steps[asking]._replace(permissions=(*steps[asking].permissions, *documented))
    if problems:
        raise RunbookError(list(dict.fromkeys(problems)))
    return Derivation(
        runbooks=tuple(everything),
        steps=tuple(steps),
        findings=tuple(_ordered(findings, everything)),
        assumed_roles=tuple(assumed[role].role(role) for role in sorted(assumed, key=Pattern.sort_key)),
    )


class _Assumed:
    """Gathers what the steps of all runbooks need from one role that they assume."""

    def __init__(self) -> None:
        self.runbooks: dict[str, Runbook] = {}
        self.steps: list[StepNeeds] = []
        self.findings: list[Finding] = []

    def add(self, runbook: Runbook, step: Step, needed: Needed) -> None:
        self.runbooks[runbook.name] = runbook
        self.steps.append(needed.of(runbook, step))
        self.findings.extend(needed.findings)

    def role(self, role: Pattern) -> AssumedRole:
        runbooks = tuple(self.runbooks.values())
        findings = tuple(_ordered(self.findings, runbooks))
        return AssumedRole(role=role, needs=Derivation(runbooks=runbooks, steps=tuple(self.steps), findings=findings))


def _passes_itself(needs: StepNeeds) -> bool:
    return any(Slot.ROLE in resource.parts for p in needs.permissions if p.action == "iam:PassRole" for resource in p.resources)


def _bound_invalid_arns(call: ApiCall, by_name: Mapping[str, Runbook]) -> Iterator[Problem]:
    """The problems with the values that a user set for parameters that must be ARNs."""
    for member, text in invalid_arns_in(call):
        first = text.parts[0] if text.parts else None
        runbook = by_name.get(first.runbook) if isinstance(first, Bound) else None
        if isinstance(first, Bound) and runbook is not None and first.parameter:
            value = quoted(first.value) if not is_opaque(first.value) else "the name of a resource"
            message = (
                f"parameters: {first.parameter!r} is {value} → an ARN, because step {call.origin.step!r} passes it to "
                f"{call.service} {call.operation} as {member}; pass the whole ARN"
            )
            yield Problem(source=runbook.source, line=runbook.parameters[first.parameter].line, message=message)


def _role_not_given(runbook: Runbook, step: Step) -> Finding:
    message = "the role passes itself and its ARN was not provided, so it can pass any role of the account; provide it (--role-arn)"
    return Origin(runbook.name, step.name, step.line).finding("thisRoleUnknown", message)


def _ordered(findings: Iterable[Finding], runbooks: Sequence[Runbook]) -> list[Finding]:
    """Each finding once, in the order of the runbooks and their lines."""
    place = {runbook.name: index for index, runbook in enumerate(runbooks)}
    return sorted(dict.fromkeys(findings), key=lambda f: (place.get(f.runbook, len(place)), f.line, f.step, f.id, f.message))
