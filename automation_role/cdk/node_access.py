"""JustInTimeNodeAccess: grants for just-in-time node access, which is approved by an automation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aws_cdk import aws_iam as iam
from constructs import Construct

from ..errors import AutomationRoleError
from ..policy import node_access
from ..values.kinds import has
from .arguments import checked, once
from .construct_errors import located
from .granting import grant, named
from .render import here


class JustInTimeNodeAccess:
    """Grants for just-in-time node access: who can request a session on a node, and who can approve the request.

    No role is passed: a request is approved by an automation that runs with the requester's permissions. Just-in-time node access itself,
    and its approval policies, are set up in the console. The console also needs read-only actions, which the page below lists.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-just-in-time-node-access-setting-up.html
    """

    @staticmethod
    @checked()
    def grant_request(grantee: iam.IGrantable, *, nodes: Sequence[str] | None = None) -> iam.Grant:
        """Let a role request access to nodes, use what was approved, and cancel its requests.

        Adds `ssm:StartAccessRequest` on the nodes, `ssm:GetAccessToken` and what a request needs. A session then uses the credentials of the
        request: without `ssm:StartSession`, no node can be reached in another way.

        Args:
            grantee: a role. Systems Manager accepts requests only with the credentials of an assumed role.
            nodes: IDs of EC2 instances (`i-…`) and of hybrid nodes (`mi-…`) of the role's own account. A CDK token is the ID of an EC2
                instance. Left out: every node of the account. IAM sees no tags of the nodes here; approval policies do.

        Returns:
            The grant; its `success` is `False` if nothing could be added.

        Raises:
            AutomationRoleError: the grantee is a user or a group or cannot hold policies, or a node is not an ID.

        Sources:
            https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-just-in-time-node-access-setting-up.html
            https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartAccessRequest.html
        """
        scope = _scope(grantee)
        principal: object = grantee.grant_principal
        if any(has(principal, name) for name in ("user_name", "group_name")):
            raise AutomationRoleError(
                f"{scope.node.path}: a user's own credentials cannot request node access → a role; grant it to a role that the user can assume"
            )
        with located(scope.node.path):
            statements = node_access.request(None if nodes is None else once(nodes))
        return grant(scope, None, grantee, statements, here())

    @staticmethod
    @checked()
    def grant_approve(grantee: iam.IGrantable) -> iam.Grant:
        """Let a user, group or role find requests of the account, and approve, reject and revoke them.

        Adds `ssm:SendAutomationSignal` only on automations of such requests, by the tag that Systems Manager gives them. IAM does not see which
        signal is sent. The approval policy says who is asked.

        Args:
            grantee: a user, group or role.

        Returns:
            The grant; its `success` is `False` if nothing could be added.

        Raises:
            AutomationRoleError: the grantee cannot hold policies.

        Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-just-in-time-node-access-approve-deny-requests.html
        """
        return grant(_scope(grantee), None, grantee, node_access.approve(), here())


def _scope(grantee: iam.IGrantable) -> Construct:
    """The construct that messages name and that warnings are added to."""
    candidates: tuple[Any, ...] = (grantee, grantee.grant_principal)
    for each in candidates:
        if getattr(each, "node", None) is not None:
            scope: Construct = each
            return scope
    raise AutomationRoleError(f"{named(grantee)} is not a grantee → a construct that can hold a policy, such as an iam.Role")
