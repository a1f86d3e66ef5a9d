"""The statement that denies a role the usual ways to widen itself."""

from __future__ import annotations

from collections.abc import Iterable

from ..values.given import given
from .statement import Statement


def deny_self_change(guarded: Iterable[str]) -> Statement:
    """Deny widening itself: changing its policies, trust policy or permissions boundary, or creating itself again.

    Args:
        guarded: ARNs of the role, of its managed policies and of its boundary. Each action acts on one of these.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_iam.html
    """
    return Statement(
        effect="Deny",
        actions=(
            "iam:AttachRolePolicy",
            "iam:CreatePolicyVersion",
            "iam:CreateRole",
            "iam:DeletePolicy",
            "iam:DeletePolicyVersion",
            "iam:DeleteRole",
            "iam:DeleteRolePermissionsBoundary",
            "iam:DeleteRolePolicy",
            "iam:DetachRolePolicy",
            "iam:PutRolePermissionsBoundary",
            "iam:PutRolePolicy",
            "iam:SetDefaultPolicyVersion",
            "iam:TagRole",  # other policies may allow by the role's tags
            "iam:UntagRole",
            "iam:UpdateAssumeRolePolicy",
            "iam:UpdateRole",
        ),
        resources=tuple(map(given, guarded)),
    )
