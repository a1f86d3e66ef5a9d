"""A role created elsewhere: `AutomationRole.from_role` and `.from_role_arn`."""

from __future__ import annotations

import re
from typing import Final

import jsii
from aws_cdk import aws_iam as iam
from constructs import Construct

from ..errors import AutomationRoleError
from ..values.arns import wildcard
from ..values.tokens import is_opaque
from .grants import AutomationRoleBase
from .types import AnyRole

_ROLE_ARN: Final = re.compile(r"arn:[a-z-]+:iam::\d{12}:role/([!-~]+/)?[\w+=,.@-]{1,64}")


def check_role_arn(where: str, arn: str) -> None:
    """Reject what is not the ARN of one role; a CDK token passes.

    Raises:
        AutomationRoleError: one is not accepted.
    """
    if wildcard(arn) or (not is_opaque(arn) and not _ROLE_ARN.fullmatch(arn)):
        raise AutomationRoleError(
            f"{where}: {arn!r} is not the ARN of one role → such as 'arn:aws:iam::111122223333:role/Automation'; look it up in IAM"
        )


@jsii.implements(iam.IGrantable)
class ImportedAutomationRole(AutomationRoleBase):
    """A role created elsewhere, with the grants of `AutomationRole`."""

    def __init__(self, scope: Construct, construct_id: str, role: AnyRole | str) -> None:
        super().__init__(scope, construct_id)
        self._role = iam.Role.from_role_arn(self, "Resource", role) if isinstance(role, str) else role

    @property
    def role(self) -> AnyRole:
        """The role itself."""
        return self._role
