"""Whether a role with the derived policy could widen itself, by the rules of `check`, and which steps need that."""

from __future__ import annotations

from typing import Final

from ..derive.derivation import Derivation
from ..derive.step_needs import StepNeeds
from ..policy.policy import Policy

# The actions by which a role widens itself: on itself, and on a policy of its own. iam:PassRole has its own finding.
WIDENING: Final = ("iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary", "iam:UpdateAssumeRolePolicy")
REWRITING: Final = ("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion")
# At most this many steps are named; a directory of runbooks may have many.
_SHOWN: Final = 5


def widening(derivation: Derivation, role_arn: str | None = None) -> str | None:
    """The warning about a role that could widen itself with these permissions; `None` when it could not."""
    steps = [
        f"step {needs.step.name!r} of {needs.runbook!r} ({', '.join(able)})"
        for needs in derivation.steps
        if (able := _able(needs, role_arn))
    ]
    if not steps:
        return None
    more = f" and {len(steps) - _SHOWN} more" if len(steps) > _SHOWN else ""
    return (
        f"the role can widen its own permissions: {', '.join(steps[:_SHOWN])}{more} → bind the parameter that says which role "
        "or policy, give a stack a RoleARN, or restrict the role with a permissions boundary or a deny (in CDK: permissions_boundary, "
        "deny_self_change)"
    )


def _able(needs: StepNeeds, role_arn: str | None) -> tuple[str, ...]:
    """The actions of a step that allow this."""
    able = [each for each in needs.permissions if each.action in WIDENING or each.action in REWRITING]
    if not able:
        return ()
    from .risks import may_widen  # loading the policy engine takes longer than everything else
    from .subjects import of_derived

    return may_widen(of_derived(Policy.of(able), role_arn))
