"""How a grant is written: who can hold it, in which account, in pieces that CDK can move between policies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from aws_cdk import Annotations, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct, Dependable, IConstruct

from ..errors import AutomationRoleError
from ..policy.pack import in_pieces
from ..policy.statement import Statement
from ..values.kinds import has, shown
from ..values.place import Place
from ..values.tokens import is_opaque
from .grant_quotas import CHARACTERS, RESOURCES, measure
from .surroundings import CUSTOMIZE_ROLES
from .types import AnyRole


def grant(scope: Construct, role: AnyRole | None, grantee: iam.IGrantable, statements: Iterable[Statement], place: Place) -> iam.Grant:
    """Add statements to a grantee's policies.

    Args:
        scope: the construct with the grants; messages name it, and warnings are added to it.
        role: the role that the statements are about, whose account the grantee must be of; `None`: they are about no role.
        grantee: a user, group or role.
        statements: what it is allowed.
        place: fills their slots.

    Raises:
        AutomationRoleError: the grantee cannot hold policies, or is in another account.
    """
    principal = grantee.grant_principal
    if isinstance(principal, (iam.PrincipalWithConditions, iam.SessionTagsPrincipal)):
        raise _error(
            scope,
            f"{named(grantee)} is a principal with conditions, which a grant would drop → a user, a group or a role; grant it to one of these, "
            f"and put the condition into its trust policy",
        )
    if role is not None:
        check_account(scope, role, grantee, principal, instead="grant it to a role in {!r} that the other account can assume")
    pieces = (piece for each in statements for piece in in_pieces(each, place, characters=CHARACTERS, resources=RESOURCES))
    written = [piece.to_json(place) for piece in pieces]
    grants = [_add(grantee, statement) for statement in written]
    first = grants[0]
    if not first.success:
        raise _error(scope, f"{named(grantee)} cannot hold a policy → a user, a group or a role of this account; grant it to one of these")
    roots = () if isinstance(principal, iam.Role) else Dependable.of(first).dependency_roots
    if not _is_held(principal, roots):
        needed = "; ".join(f"{', '.join(statement['Action'])}" for statement in written)
        Annotations.of(scope).add_warning_v2(
            "automation-role:immutableGrantee",
            f"{named(grantee)} is imported or used without policy updates, so nothing was granted to it; "
            f"allow it {needed} where it is created, or import it with mutable=True",
        )
        return iam.Grant.drop(grantee, "automation")
    measure(principal, roots)
    for each in grants[1:]:
        first = first.combine(each)
    return first


def check_account(scope: Construct, role: AnyRole, grantee: iam.IGrantable, principal: iam.IPrincipal, *, instead: str) -> None:
    """Reject a grantee in another account than the role, or a role that the role would pass.

    Raises:
        AutomationRoleError: both accounts are known, and differ.
    """
    theirs, ours = getattr(principal, "principal_account", None), role.principal_account
    if (differing := _differ(theirs, ours)) is not None:
        raise _error(
            scope,
            f"{named(grantee)} is in account {theirs!r} and this role in {ours!r} → a role can be passed only within its own account; "
            f"{instead.format(differing)}",
        )


def check_same_account(where: str, role: AnyRole, scope: Construct) -> None:
    """Reject a role in another account than the stack that starts automations as it.

    Raises:
        AutomationRoleError: both accounts are known, and differ.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    """
    theirs, ours = role.principal_account, Stack.of(scope).account
    if _differ(theirs, ours) is not None:
        raise AutomationRoleError(
            f"{where}: role {role.node.path!r} is in account {theirs!r} and this stack in {ours!r} → a role can be passed only within its own account; "
            f"use a role in {ours!r}"
        )


def check_starter_account(where: str, name: str, starter: AnyRole | None, role: AnyRole) -> None:
    """Reject a starter's role in another account than the role that it passes.

    Raises:
        AutomationRoleError: both accounts are known, and differ.
    """
    if starter is None:
        return
    theirs, ours = starter.principal_account, role.principal_account
    if _differ(theirs, ours) is not None:
        raise AutomationRoleError(
            f"{where}: {name} {starter.node.path!r} is in account {theirs!r} and the role that it passes in {ours!r} → a role can be passed only "
            f"within its own account; use a role in {ours!r}"
        )


def named(grantee: object) -> str:
    """A grantee as messages show it: a construct by its path."""
    return repr(getattr(grantee, "node").path) if has(grantee, "node") else shown(grantee)  # noqa: B009


def _error(scope: Construct, message: str) -> AutomationRoleError:
    return AutomationRoleError(f"{scope.node.path}: {message}")


def _differ(one: str | None, other: str | None) -> str | None:
    """The other of two accounts, if both are known and differ."""
    return other if one and other and not is_opaque(one) and not is_opaque(other) and one != other else None


def _add(grantee: iam.IGrantable, statement: dict[str, Any]) -> iam.Grant:
    return iam.Grant.add_to_principal(
        grantee=grantee, actions=statement["Action"], resource_arns=statement["Resource"], conditions=statement.get("Condition")
    )


def _is_held(principal: iam.IPrincipal, roots: Sequence[IConstruct]) -> bool:
    """Whether the grant created a policy: CDK reports success even if an immutable identity drops the grant.

    Such an identity (a private class of CDK's) has no policy to depend on; all others have one, `iam.Role` only at synthesis.
    """
    if isinstance(principal, iam.Role) or roots:
        return True
    node = getattr(principal, "node", None)
    return node is not None and node.try_get_context(CUSTOMIZE_ROLES) is not None
