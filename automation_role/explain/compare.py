"""What a new version of the runbooks needs in addition, or no longer: the data behind `automation-role diff`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from ..derive.derivation import Derivation
from ..findings import Finding
from ..policy.policy import Policy
from ..values.arns import plain
from ..values.calls import Condition, Permission
from ..values.patterns import ANY, Pattern, Slot
from ..values.place import Place
from .model import finding_to_json
from .needs import ExplainedPermission, needs_of

# Any partition and account will do: both sides of a comparison use the same.
_ANY_ROLE: Final = Pattern.of("arn:*:iam::*:role/*")

_Allowed: TypeAlias = dict[tuple[str, tuple[Condition, ...]], tuple[Pattern, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A permission that only one version needs.

    Attributes:
        need: the permission, only on the resources that the other version does not allow.
        steps: the steps that need it: (runbook, step, line).
        other: the same action in the other version, on other resources or under other conditions.
    """

    need: ExplainedPermission
    steps: tuple[tuple[str, str, int], ...]
    other: tuple[ExplainedPermission, ...]

    def to_json(self) -> dict[str, Any]:
        """As `diff --format json` has it."""
        return self.need.to_json() | {
            "steps": [{"runbook": runbook, "step": step, "line": line} for runbook, step, line in self.steps],
            "otherVersion": [
                {name: part for name, part in need.to_json().items() if name in ("resources", "conditions")} for need in self.other
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """What changed: permissions, and what could not be derived.

    Attributes:
        single: whether each version is a single runbook; its name doesn't matter then.
    """

    single: bool
    more: tuple[Change, ...]
    no_longer: tuple[Change, ...]
    new_findings: tuple[Finding, ...]
    gone_findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        """What `diff --format json` prints."""
        return {
            "more": [change.to_json() for change in self.more],
            "noLonger": [change.to_json() for change in self.no_longer],
            "findings": {
                "more": [finding_to_json(finding) for finding in self.new_findings],
                "noLonger": [finding_to_json(finding) for finding in self.gone_findings],
            },
        }

    def __bool__(self) -> bool:
        return bool(self.more or self.no_longer or self.new_findings or self.gone_findings)


def compare(old: Derivation, new: Derivation, context: Place) -> Differences:
    """Compare what two versions need.

    A permission that the other version needs on wider resources, or without the condition, is not an addition: if a permission becomes
    narrower, its old form is no longer needed, and its new form is not reported.

    Args:
        old: the version that runs today.
        new: the version that will replace it; single runbooks are compared even if their names differ.
        context: where the role is; fills in the ARNs.
    """
    single = len(old.runbooks) == len(new.runbooks) == 1
    return Differences(
        single=single,
        more=tuple(_changes(new, old, context)),
        no_longer=tuple(_changes(old, new, context)),
        new_findings=_only(new.findings, old.findings, single=single),
        gone_findings=_only(old.findings, new.findings, single=single),
    )


def _changes(one: Derivation, other: Derivation, context: Place) -> Iterator[Change]:
    """What one version needs that the other does not allow."""
    asked: dict[tuple[str, tuple[Condition, ...]], list[tuple[tuple[str, str, int], tuple[Pattern, ...]]]] = defaultdict(list)
    for needs in one.steps:
        for permission in map(_plain, needs.permissions):
            asked[permission.action, permission.conditions].append(
                ((needs.runbook, needs.step.name, needs.step.line), permission.resources)
            )
    allowed, there = _allowed(one), _allowed(other)
    others = _by_action(there, context)
    for (action, conditions), resources in sorted(allowed.items(), key=lambda each: each[0][0]):
        wide = there.get((action, conditions), ()) + there.get((action, ()), ())
        only = tuple(resource for resource in resources if not _covered(resource, wide, context))
        if only:
            steps = (step for step, wanted in asked[action, conditions] if any(_covered(each, only, context) for each in wanted))
            permission = Permission(action=action, resources=only, conditions=conditions, origins=())
            (need,) = needs_of([permission], context)
            yield Change(need=need, steps=tuple(dict.fromkeys(steps)), other=others.get(action, ()))


def _covered(resource: Pattern, wide: Sequence[Pattern], context: Place) -> bool:
    """Whether the other version allows this resource, too."""
    written = [each for pattern in wide for each in _filled(pattern, context)]
    return all(any(each.covers(one) for each in written) for one in _filled(resource, context))


def _filled(pattern: Pattern, context: Place) -> Iterator[Pattern]:
    """The pattern as the policy has it, one for each Region; unknown parts of the role's place stay unknown."""
    for region in context.regions if Slot.REGION in pattern.parts else ("*",):
        values = {
            Slot.PARTITION: _known(context.partition),
            Slot.ACCOUNT: _known(context.account),
            Slot.REGION: _known(region),
            Slot.ROLE: Pattern.literal(context.role_arn) if context.role_arn is not None else _ANY_ROLE,
        }
        filled = Pattern(())
        for part in pattern.parts:
            filled += values[part] if isinstance(part, Slot) else Pattern((part,))
        yield filled


def _known(text: str) -> Pattern:
    return Pattern((ANY,)) if text == "*" else Pattern.literal(text)


def _by_action(allowed: _Allowed, context: Place) -> dict[str, tuple[ExplainedPermission, ...]]:
    permissions = (
        Permission(action=action, resources=resources, conditions=conditions, origins=())
        for (action, conditions), resources in allowed.items()
    )
    found: dict[str, tuple[ExplainedPermission, ...]] = {}
    for need in needs_of(permissions, context):
        found[need.action] = (*found.get(need.action, ()), need)
    return found


def _allowed(derivation: Derivation) -> _Allowed:
    """(action, conditions) -> resources."""
    return {
        (action, statement.conditions): statement.resources
        for statement in Policy.of(map(_plain, derivation.permissions)).statements
        for action in statement.actions
    }


def _plain(permission: Permission) -> Permission:
    """A permission with texts instead of bound values: the runbooks of the two versions may have different names."""
    conditions = (
        (operator, key, tuple(sorted(dict.fromkeys(map(plain, values)), key=Pattern.sort_key)))
        for operator, key, values in permission.conditions
    )
    return Permission(
        action=permission.action,
        resources=tuple(map(plain, permission.resources)),
        conditions=tuple(sorted(conditions, key=lambda condition: condition[:2])),
        origins=permission.origins,
    )


def _only(one: Sequence[Finding], other: Sequence[Finding], *, single: bool) -> tuple[Finding, ...]:
    """The findings that only one version has, even if their lines moved."""

    def key(finding: Finding) -> tuple[str, ...]:
        return ("" if single else finding.runbook, finding.step, finding.id, finding.message)

    left = Counter(key(finding) for finding in other)
    only = []
    for finding in one:
        if left[key(finding)]:
            left[key(finding)] -= 1
        else:
            only.append(finding)
    return tuple(only)
