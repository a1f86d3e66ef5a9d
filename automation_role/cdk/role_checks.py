"""At synthesis: does a role still fit IAM's quotas after its constructor, and can't it widen itself?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import jsii
from aws_cdk import Annotations
from aws_cdk import aws_iam as iam
from constructs import Construct, IValidation

from ..policy.policy import Policy
from ..policy.self_change import deny_self_change
from ..runbook.model import Runbook
from .attaching_policies import scan
from .render import here
from .role_plan import unknown_answers
from .role_policies import RolePolicies
from .self_change import guarded


@jsii.implements(IValidation)
class RoleChecks:
    """The checks of one role. CDK calls `validate` at synthesis, and fails with the errors that it returns.

    Args:
        construct: the construct of the role.
        role: the role itself.
        policies: its policies.
        answered: the (runbook, step) pairs whose findings the user has answered.

    Attributes:
        runbooks: the runbooks that its permissions were derived from.
    """

    def __init__(self, construct: Construct, role: iam.Role, policies: RolePolicies, *, answered: Collection[tuple[str, str]]) -> None:
        self._construct, self._role, self._policies, self._answered = construct, role, policies, answered
        self._watched, self._guards = False, False
        self.runbooks: Sequence[Runbook] = ()

    def watch(self) -> None:
        """Have CDK check the role; only one that may have grown, since it costs milliseconds."""
        if not self._watched:
            self._watched = True
            scan(self._construct)
            self._construct.node.add_validation(self)

    def guard(self, managed: Sequence[iam.IManagedPolicy], boundary: iam.IManagedPolicy | None, *, later: bool) -> None:
        """Deny the role the usual ways to widen itself.

        Args:
            managed: the managed policies that it was created with.
            boundary: its own permissions boundary.
            later: as for `guarded`.
        """
        statement = deny_self_change(guarded(self._role, managed, boundary, later=later))
        self._policies.put_growing("DenySelfChange", Policy((statement,)), here())
        self._guards = True
        self.watch()

    def validate(self) -> list[str]:
        """Called by CDK: everything that exceeds a quota, and answers for runbooks that were never added."""
        if self._guards:
            for warning in self._unguarded():
                Annotations.of(self._construct).add_warning_v2("automation-role:unguardedPolicy", warning)
        problems = [*self._policies.problems(), *unknown_answers(self.runbooks, self._answered)]
        return [f"{self._construct.node.path}: {problem}" for problem in problems]

    def _unguarded(self) -> Iterator[str]:
        for path in self._policies.unguarded():
            yield (
                f"managed policy {path.removesuffix('/Resource')!r} attaches itself to this role, so deny_self_change does not keep the role "
                f"from changing it; attach it with managed_policies=[...] or .role.add_managed_policy(...)"
            )
