"""`sts:AssumeRole` on the role of one name in exactly these accounts, spread over the policies that a role can have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ...errors import AutomationRoleError
from ...policy.pack import PolicySizeError
from ...policy.policy import Packed, Policy
from ...policy.quotas import INLINE_QUOTA, MANAGED_COUNT, MANAGED_QUOTA
from ...policy.statement import Statement
from ...values.calls import Condition
from ...values.given import given
from ...values.patterns import Pattern
from ..render import here

_SID: Final = "AssumeExecutionRole"
# Statements have a third of a managed policy's size: small enough to leave little of a policy unused, whatever the number of accounts.
_EACH: Final = MANAGED_QUOTA // 3 - 20


def packed(
    role: str,
    accounts: Sequence[str],
    *,
    conditions: tuple[Condition, ...] = (),
    besides: tuple[Statement, ...] = (),
    inline: int = INLINE_QUOTA,
) -> Packed:
    """The policies that let a role assume `role` in these accounts.

    Args:
        role: the role's name.
        accounts: account ids, or `*` for any that the conditions allow.
        conditions: added to every statement.
        besides: further statements.
        inline: characters that the inline policy may have.

    Raises:
        AutomationRoleError: more accounts than IAM's quotas hold; the message says how many they hold, about.
    """
    name = Pattern.of(":role/") + given(role)
    arns = [Pattern.of("arn:{P}:iam::") + (Pattern.of("*") if account == "*" else given(account)) + name for account in accounts]
    each = _fitting(arns, conditions)
    statements = [
        Statement(
            sid=_SID if at == 0 else f"{_SID}{at // each + 1}",
            actions=("sts:AssumeRole",),
            resources=tuple(arns[at : at + each]),
            conditions=conditions,
        )
        for at in range(0, len(arns), each)
    ]
    try:
        return Policy((*statements, *besides)).pack(here(), inline=inline)
    except PolicySizeError:
        most = each * (MANAGED_COUNT * 3 + inline // (_EACH + 20))
        raise AutomationRoleError(f"{len(accounts):,} accounts → about {most}, which is what IAM's quotas allow one role") from None


def _fitting(arns: Sequence[Pattern], conditions: tuple[Condition, ...]) -> int:
    """How many ARNs fit into a statement."""
    one, two = (
        Policy((Statement(sid=f"{_SID}00", actions=("sts:AssumeRole",), resources=tuple(some), conditions=conditions),)).size(here())
        for some in (arns[:1], arns[:2])
    )
    return len(arns) if one == two else max(1, 1 + (_EACH - one) // (two - one))
