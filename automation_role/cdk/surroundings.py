"""Where constructs are created, asked once for each scope: every answer is a call into Node.js."""

from __future__ import annotations

from functools import cached_property
from typing import Final
from weakref import WeakKeyDictionary

from aws_cdk import Stack
from constructs import Construct

# Set by `iam.Role.customize_roles`: roles are created by hand, and CDK writes what they need into a report.
# https://docs.aws.amazon.com/cdk/v2/guide/define-iam-l2.html
CUSTOMIZE_ROLES: Final = "@aws-cdk/iam:customizeRoles"


class Surroundings:
    """What a scope says about the constructs in it."""

    def __init__(self, scope: Construct) -> None:
        self._scope = scope

    @cached_property
    def path(self) -> str:
        """The scope's path."""
        return self._scope.node.path

    @cached_property
    def stack(self) -> Stack:
        """Its stack."""
        return Stack.of(self._scope)

    @cached_property
    def reported(self) -> bool:
        """Whether roles are created by hand; context cannot be set once there is a child."""
        return self._scope.node.try_get_context(CUSTOMIZE_ROLES) is not None

    @cached_property
    def in_china(self) -> bool:
        """Whether the stack is known to be in a Region of `aws-cn`; an environment-agnostic stack is not."""
        return self.stack.region.startswith("cn-")


_KNOWN: Final[WeakKeyDictionary[Construct, Surroundings]] = WeakKeyDictionary()


def surroundings(scope: Construct) -> Surroundings:
    """The surroundings of what is created in a scope."""
    if scope not in _KNOWN:
        _KNOWN[scope] = Surroundings(scope)
    return _KNOWN[scope]
