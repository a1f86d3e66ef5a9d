"""What a role is allowed, attached as policies: what its runbooks need, what it can pass and invoke, and what the user adds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from aws_cdk import aws_iam as iam

from ..derive.derivation import AssumedRole
from ..policy import access
from ..policy.policy import Policy
from ..policy.quotas import INLINE_QUOTA
from ..policy.statement import Statement
from ..values.given import given
from ..values.place import Place
from ..values.tokens import is_opaque
from .role_arguments import Inline
from .role_checks import RoleChecks
from .role_findings import RoleFindings
from .role_plan import Plan
from .role_policies import RolePolicies
from .types import AnyRole


class RolePermissions:
    """What a role is allowed.

    Args:
        policies: attaches them.
        findings: reports what could not be derived.
        checks: checks at synthesis what may have grown.
        place: where the role acts.
        place_of_role: the same with the role's ARN, which CDK is asked for only if a policy names the role.

    Attributes:
        assumed: what the roles need that the runbooks' scripts assume.
    """

    def __init__(
        self,
        policies: RolePolicies,
        findings: RoleFindings,
        checks: RoleChecks,
        *,
        place: Place,
        place_of_role: Callable[[], Place],
    ) -> None:
        self._policies, self._findings, self._checks = policies, findings, checks
        self._here, self._with_role = place, place_of_role
        self._passed: dict[str, tuple[AnyRole, list[str]]] = {}
        self._invoked: list[str] = []
        self.assumed: Sequence[AssumedRole] = ()

    def put(self, policy_id: str, *statements: Statement) -> None:
        """Attach statements, replacing those of the same id."""
        policy = Policy(statements)
        self._policies.put(policy_id, policy, self._place(policy))
        if self._policies.several() and self._policies.known_size() > INLINE_QUOTA:
            self._checks.watch()

    def put_managed(self, prefix: str, policies: Iterable[Policy]) -> None:
        """Attach managed policies, replacing those with the same prefix."""
        self._policies.put_managed(prefix, [(policy, self._place(policy)) for policy in policies])

    def put_given(
        self, inline_policies: Mapping[str, Inline], extra_statements: Mapping[tuple[str, str], Sequence[iam.PolicyStatement]]
    ) -> None:
        """Attach the user's own policies, and the statements that close findings."""
        for at, (name, policy) in enumerate(inline_policies.items()):
            # A name that only CloudFormation knows cannot be in a logical ID.
            self._policies.put_given(f"InlinePolicy{at}" if is_opaque(name) else f"Inline{name}", name, policy)
        if known := [statement for statements in extra_statements.values() for statement in statements]:
            self._policies.put_given("ExtraStatements", "ExtraStatements", iam.PolicyDocument(statements=known))

    def pass_role(self, path: str, role: AnyRole, services: Iterable[str]) -> None:
        """Allow to pass a role, by its construct's path, to services."""
        _, named = self._passed.setdefault(path, (role, []))
        named.extend(service for service in services if service not in named)
        self.put("PassRoles", *(access.pass_role(to, role=given(passed.role_arn)) for passed, to in self._passed.values()))

    def invoke(self, arns: Iterable[str]) -> None:
        """Allow to invoke functions."""
        self._invoked.extend(arn for arn in arns if arn not in self._invoked)
        self.put("InvokeFunctions", access.invoke(self._invoked))

    def attach(self, plan: Plan | None) -> None:
        """Attach what is derived, or the guide's default, replacing what was attached before."""
        if plan is None:
            self.put("PassItself", access.pass_role())
            return
        self._checks.runbooks, self.assumed = plan.runbooks, plan.assumed
        self.put("Derived", *plan.packed.inline.statements)
        self.put_managed("DerivedManaged", plan.packed.managed)
        self._findings.report(plan)

    def _place(self, policy: Policy) -> Place:
        """The place that fills a policy's slots, with the role's ARN only if the policy names the role."""
        return self._with_role() if policy.names_role() else self._here
