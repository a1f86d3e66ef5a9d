"""Whether Automation can assume a role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..iam.conditions import Context, Hidden
from ..iam.context import HIDDEN
from ..iam.decision import Decision, Outcome
from ..iam.identities import Identity
from ..iam.text import literal, wild
from ..iam.trust import ServicePrincipal, may_assume
from ..policy.trust import SSM


def admission(role: Identity, accounts: Sequence[str], regions: Sequence[str]) -> Decision:
    """Whether `ssm.amazonaws.com` may assume a role for an automation of one of these accounts, in one of these Regions.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-iam.html
    """
    if role.trust is None:
        return Decision(question=f"{SSM}: {role}", outcome=Outcome.DENIED, reason="it has no trust policy")
    partition = role.arn.split(":")[1]
    # Only the account's owner knows the organization.
    hidden = {key: Hidden(key, certain=False) for key in ("aws:SourceOrgID", "aws:SourceOrgPaths")}
    hidden |= {key: Hidden(key, certain) for key, certain in HIDDEN.items() if not key.startswith("aws:PrincipalOrg")}
    unsaid = {key.lower(): replace(one, ask="AWS does not document what Automation sends") for key, one in hidden.items()}
    decisions = []
    for account in accounts:
        for region in regions:
            arn = f"arn:{partition}:ssm:{region}:{account}:automation-execution/*"
            context: Context = {**unsaid, "aws:sourceaccount": (literal(account),), "aws:sourcearn": (wild(arn),)}
            decisions.append(may_assume(role, ServicePrincipal(SSM), context))
    order = (Outcome.ALLOWED, Outcome.PARTLY, Outcome.UNDECIDED, Outcome.DENIED)
    return min(decisions, key=lambda decision: order.index(decision.outcome))
