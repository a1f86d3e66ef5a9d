"""What each step needs and why, and what could not be derived: the data behind `automation-role explain`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ..derive.derivation import AssumedRole, Derivation, roles_by_name
from ..derive.step_needs import StepNeeds
from ..findings import Finding
from ..runbook.model import Runbook, Step
from ..values.place import Place
from .needs import ExplainedPermission, needs_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedCall:
    """An API operation that a step calls, and on which lines."""

    service: str
    operation: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedStep:
    """A step with what it calls, what it needs, and what could not be derived; `steps` are those inside a loop."""

    step: Step
    calls: tuple[ExplainedCall, ...]
    needs: tuple[ExplainedPermission, ...]
    findings: tuple[Finding, ...]
    steps: tuple[ExplainedStep, ...]

    def to_json(self) -> dict[str, Any]:
        """As `explain --format json` has it."""
        return {
            "name": self.step.name,
            "action": self.step.action,
            "line": self.step.line,
            "calls": [{"service": call.service, "operation": call.operation} for call in self.calls],
            "permissions": [need.to_json() for need in self.needs],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedRunbook:
    """A runbook, its steps, and the findings about the whole of it."""

    runbook: Runbook
    steps: tuple[ExplainedStep, ...]
    findings: tuple[Finding, ...]

    @property
    def origin(self) -> str:
        """Where it was read from; for an AWS-owned one by name, its version."""
        facts = self.runbook.facts
        if facts is None:
            return self.runbook.source
        return f"AWS-owned, version {facts.version} of {facts.date}" if facts.version else "AWS-owned, no longer listed"

    def all_steps(self) -> Iterator[ExplainedStep]:
        """Every step, including those inside loops, in the order of the document."""
        return _flat(self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The runbooks, step by step.

    Attributes:
        needs: what they need together, each action once for each set of conditions.
        findings: by runbook, in the order of its lines.
        assumed: the roles that scripts assume.
    """

    runbooks: tuple[ExplainedRunbook, ...]
    needs: tuple[ExplainedPermission, ...]
    findings: tuple[Finding, ...]
    assumed: tuple[ExplainedRole, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """What `explain --format json` prints; `assumedRoles` only where there are any."""
        shown = {
            "runbooks": [
                {"name": each.runbook.name, "source": each.runbook.source, "steps": [step.to_json() for step in each.all_steps()]}
                for each in self.runbooks
            ],
            "findings": [finding_to_json(finding) for finding in self.findings],
        }
        return {**shown, "assumedRoles": [{"role": each.name, **each.needs.to_json()} for each in self.assumed]} if self.assumed else shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedRole:
    """A role that scripts assume: its ARN as people read it, and the steps that use its credentials, with what they need."""

    name: str
    needs: Explanation


def finding_to_json(finding: Finding) -> dict[str, Any]:
    """A finding as the command's JSON has it."""
    return {
        "id": finding.id,
        "runbook": finding.runbook,
        "step": finding.step,
        "line": finding.line,
        "message": finding.message,
    }


def explain(derivation: Derivation, context: Place) -> Explanation:
    """Explain what each step calls and needs.

    Args:
        derivation: what was derived; its runbooks have different names.
        context: where the role is; fills in the ARNs.
    """
    return _explained(derivation, context, lambda runbook: runbook.steps)


def _of_role(name: str, role: AssumedRole, context: Place) -> ExplainedRole:
    """Only the steps that use the role's credentials, one after the other."""
    asked = {(needs.runbook, needs.step.name) for needs in role.needs.steps}

    def steps(runbook: Runbook) -> Iterable[Step]:
        return [step._replace(steps=()) for step in runbook.all_steps() if (runbook.name, step.name) in asked]

    return ExplainedRole(name=name, needs=_explained(role.needs, role.place(context), steps))


def _explained(derivation: Derivation, context: Place, steps_of: Callable[[Runbook], Iterable[Step]]) -> Explanation:
    order = {runbook.name: index for index, runbook in enumerate(derivation.runbooks)}
    findings = sorted(dict.fromkeys(derivation.findings), key=lambda finding: (order.get(finding.runbook, len(order)), finding.line))
    findings_of: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        findings_of[finding.runbook, finding.step].append(finding)
    needed = {(needs.runbook, needs.step.name): needs for needs in derivation.steps}

    def step(runbook: Runbook, at: Step) -> ExplainedStep:
        key = (runbook.name, at.name)
        needs = needed.get(key)
        return ExplainedStep(
            step=at,
            calls=_calls(needs) if needs else (),
            needs=needs_of(needs.permissions, context) if needs else (),
            findings=tuple(findings_of.get(key, ())),
            steps=tuple(step(runbook, inner) for inner in at.steps),
        )

    return Explanation(
        runbooks=tuple(
            ExplainedRunbook(
                runbook=runbook,
                steps=tuple(step(runbook, at) for at in steps_of(runbook)),
                findings=tuple(findings_of.get((runbook.name, ""), ())),
            )
            for runbook in derivation.runbooks
        ),
        needs=needs_of((permission for needs in derivation.steps for permission in needs.permissions), context),
        findings=tuple(findings),
        assumed=tuple(_of_role(name, role, context) for name, role in roles_by_name(derivation.assumed_roles, context).items()),
    )


def _calls(needs: StepNeeds) -> tuple[ExplainedCall, ...]:
    lines: dict[tuple[str, str], set[int]] = defaultdict(set)
    for call in needs.calls:
        lines[call.service, call.operation].add(call.origin.line)
    return tuple(ExplainedCall(service=service, operation=operation, lines=tuple(sorted(at))) for (service, operation), at in lines.items())


def _flat(steps: Iterable[ExplainedStep]) -> Iterator[ExplainedStep]:
    for step in steps:
        yield step
        yield from _flat(step.steps)
