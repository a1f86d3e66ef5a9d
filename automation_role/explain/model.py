"""What each step needs and why, and what could not be derived: the data behind `automation-role explain`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from ..derive.derivation import Derivation, StepNeeds
from ..findings import INFORMATION, Finding
from ..policy.policy import Policy
from ..policy.statement import Statement
from ..runbook.model import Runbook, Step
from ..values.calls import Permission
from ..values.patterns import ANY, Bound, Part, Pattern, Slot
from ..values.place import Place
from ..values.placeholders import has_placeholder

# What a finding means for the policy. Of all others, the policy lacks what was not derived.
WIDER: Final = frozenset(
    {"unknownReference", "thisRoleUnknown", "passedRoleUnknown", "noArn", "manyResourceTypes"}
)  # it allows more than is needed
OTHER: Final = frozenset({"documentTooLarge", "otherRoleCalls"}) | INFORMATION  # it is the same with and without


class Breadth(StrEnum):
    """How much a resource in a policy covers."""

    NAMED = "named"
    """What the runbook names; Region, account and partition aside."""
    TYPE = "type"
    """Any of its type, or any whose name fits: the rest is known only while the automation runs."""
    ALL = "all"
    """Everything, `*`: IAM offers nothing narrower."""


@dataclass(frozen=True, slots=True)
class ExplainedResource:
    """A resource as the policy has it."""

    text: str
    breadth: Breadth


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedCall:
    """An API operation that a step calls, and on which lines."""

    service: str
    operation: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedPermission:
    """A permission: an IAM action on resources, under conditions (IAM's JSON), and the lines that ask for it.

    Attributes:
        documented: AWS's page that lists the action, where it was not derived.
    """

    action: str
    resources: tuple[ExplainedResource, ...]
    conditions: Mapping[str, Any]
    lines: tuple[int, ...] = ()
    documented: str = ""

    def to_json(self) -> dict[str, Any]:
        """As `explain --format json` has it."""
        shown = {"action": self.action, "resources": [resource.text for resource in self.resources], "conditions": dict(self.conditions)}
        return {**shown, "documented": self.documented} if self.documented else shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedStep:
    """A step with what it calls, what it needs, and what of it was not derived; `steps` are those inside a loop."""

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
        """Where it was read from; of an AWS-owned one that is known by name, which version it is."""
        facts = self.runbook.facts
        if facts is None:
            return self.runbook.source
        return f"AWS-owned, version {facts.version} of {facts.date}" if facts.version else "AWS-owned, no longer listed"

    def all_steps(self) -> Iterator[ExplainedStep]:
        """Every step, those inside loops too, in the order of the document."""
        return _flat(self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The runbooks, step by step.

    Attributes:
        needs: what they need together, each action once for each set of conditions.
        findings: by runbook, in the order of its lines.
    """

    runbooks: tuple[ExplainedRunbook, ...]
    needs: tuple[ExplainedPermission, ...]
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        """What `explain --format json` prints."""
        return {
            "runbooks": [
                {"name": each.runbook.name, "source": each.runbook.source, "steps": [step.to_json() for step in each.all_steps()]}
                for each in self.runbooks
            ],
            "findings": [finding_to_json(finding) for finding in self.findings],
        }


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
    """Say of each step what it calls and needs.

    Args:
        derivation: what was derived; its runbooks have names that differ.
        context: where the role lives, which fills the ARNs.
    """
    order = {runbook.name: index for index, runbook in enumerate(derivation.runbooks)}
    findings = sorted(dict.fromkeys(derivation.findings), key=lambda finding: (order.get(finding.runbook, len(order)), finding.line))
    told: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        told[finding.runbook, finding.step].append(finding)
    needed = {(needs.runbook, needs.step.name): needs for needs in derivation.steps}

    def step(runbook: Runbook, at: Step) -> ExplainedStep:
        key = (runbook.name, at.name)
        needs = needed.get(key)
        return ExplainedStep(
            step=at,
            calls=_calls(needs) if needs else (),
            needs=needs_of(needs.permissions, context) if needs else (),
            findings=tuple(told.get(key, ())),
            steps=tuple(step(runbook, inner) for inner in at.steps),
        )

    return Explanation(
        runbooks=tuple(
            ExplainedRunbook(
                runbook=runbook,
                steps=tuple(step(runbook, at) for at in runbook.steps),
                findings=tuple(told.get((runbook.name, ""), ())),
            )
            for runbook in derivation.runbooks
        ),
        needs=needs_of((permission for needs in derivation.steps for permission in needs.permissions), context),
        findings=tuple(findings),
    )


def needs_of(permissions: Iterable[Permission], context: Place) -> tuple[ExplainedPermission, ...]:
    """The permissions, each action once for each set of conditions, in the order of the actions' names."""
    permissions = tuple(permissions)
    lines: dict[str, set[int]] = defaultdict(set)
    for permission in permissions:
        lines[permission.action].update(origin.line for origin in permission.origins)
    pages = {permission.action: permission.documented for permission in permissions if permission.documented}
    derived = {permission.action for permission in permissions if not permission.documented}
    return tuple(
        sorted(
            (
                ExplainedPermission(
                    action=action,
                    resources=_resources(statement, context),
                    conditions=statement.to_json(context).get("Condition", {}),
                    lines=tuple(sorted(lines[action])),
                    documented="" if action in derived else pages.get(action, ""),
                )
                for statement in Policy.of(permissions).statements
                for action in statement.actions
            ),
            key=lambda need: need.action,
        )
    )


def _calls(needs: StepNeeds) -> tuple[ExplainedCall, ...]:
    lines: dict[tuple[str, str], set[int]] = defaultdict(set)
    for call in needs.calls:
        lines[call.service, call.operation].add(call.origin.line)
    return tuple(ExplainedCall(service=service, operation=operation, lines=tuple(sorted(at))) for (service, operation), at in lines.items())


def _resources(statement: Statement, context: Place) -> tuple[ExplainedResource, ...]:
    found = {text: ExplainedResource(text, breadth(pattern, context)) for pattern in statement.resources for text in context.write(pattern)}
    return tuple(found.values())


def breadth(resource: Pattern, context: Place) -> Breadth:
    """How much a resource covers."""
    if resource.is_any:
        return Breadth.ALL
    unknown_role = Slot.ROLE in resource.parts and context.role_arn is None
    unknown_name = not context.keeps_placeholders and any(map(_is_placeholder, resource.parts))
    return Breadth.TYPE if unknown_role or unknown_name or ANY in resource.parts else Breadth.NAMED


def _is_placeholder(part: Part) -> bool:
    """Whether only a deployment knows a part of a resource's name."""
    text = part.value if isinstance(part, Bound) else part
    return isinstance(text, str) and has_placeholder(text)


def breadth_of(need: ExplainedPermission) -> Breadth:
    """How much the widest resource of a permission covers."""
    found = {resource.breadth for resource in need.resources}
    return next((kind for kind in (Breadth.ALL, Breadth.TYPE) if kind in found), Breadth.NAMED)


def gaps(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings for which the policy may lack something."""
    return tuple(finding for finding in findings if finding.id not in WIDER | OTHER)


def _flat(steps: Iterable[ExplainedStep]) -> Iterator[ExplainedStep]:
    for step in steps:
        yield step
        yield from _flat(step.steps)
