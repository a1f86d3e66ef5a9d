"""Whether a role with the derived policy could widen itself: as `check` judges it, and which steps ask for that."""

from __future__ import annotations

from typing import Final

from ..derive.derivation import Derivation, StepNeeds
from ..policy.policy import Policy

# All that widens a role is of IAM, and what hands it on says so by itself. Most runbooks have nothing else of IAM's.
_IAM: Final = "iam:"
_HANDS_ON: Final = "iam:PassRole"


# Steps that are named; a directory of runbooks may have many.
_SHOWN: Final = 5


def widening(derivation: Derivation, role_arn: str | None = None) -> str | None:
    """What to say of a role that could give itself more permissions than these; `None` when it could not."""
    told = [
        f"step {needs.step.name!r} of {needs.runbook!r} ({', '.join(able)})"
        for needs in derivation.steps
        if (able := _able(needs, role_arn))
    ]
    if not told:
        return None
    more = f" and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
    return (
        f"the role can widen its own permissions: {', '.join(told[:_SHOWN])}{more} → bind the parameter that says which role "
        "or policy, give a stack a RoleARN, or restrict the role with a permissions boundary or a deny (in CDK: permissions_boundary, "
        "deny_self_change)"
    )


def _able(needs: StepNeeds, role_arn: str | None) -> tuple[str, ...]:
    """The actions that let a single step do so."""
    if not any(each.action.startswith(_IAM) and each.action != _HANDS_ON for each in needs.permissions):
        return ()
    from .fit import may_widen, of_derived  # the judge takes longer to load than all the rest

    return may_widen(of_derived(Policy.of(needs.permissions), role_arn))
