"""A role's findings as CDK annotations, replaced when the role gets another runbook."""

from __future__ import annotations

from aws_cdk import Annotations
from constructs import Construct

from ..findings import INFORMATION, Findings
from ..values.tokens import is_opaque
from .plan import Plan, gathered

_SCOPE = "Findings"


class RoleFindings:
    """Reports what could not be derived.

    Args:
        role: the construct of the role.
        told: how findings are reported.
        held_back: whether the role is kept from widening itself, so that this is not worth a word.
    """

    def __init__(self, role: Construct, told: Findings, *, held_back: bool) -> None:
        self._role, self._told, self._held_back = role, told, held_back
        self._scope: Construct | None = None

    def report(self, plan: Plan, policy: Construct | None) -> None:
        """Report the findings, each runbook's in its own scope, where a kind can be acknowledged for only that runbook.

        Args:
            plan: what was derived.
            policy: the construct of the derived policy, which is replaced with what is derived; `None`: nothing was derived into one.
        """
        if self._scope is not None:
            self._role.node.try_remove_child(_SCOPE)
        widening = None if self._held_back else plan.widening
        informing = widening is not None or any(finding.id in INFORMATION for finding in plan.findings)
        answerable = any(finding.id not in INFORMATION for finding in plan.findings)
        self._scope = Construct(self._role, _SCOPE) if answerable or (informing and policy is None) else None
        at = policy if policy is not None else self._scope
        if at is None or not (informing or answerable):
            return
        # Information is about the policy: there is nothing to acknowledge, and each construct takes time. Not add_info_v2: the oldest
        # supported CDK does not have it.
        information = Annotations.of(at)
        if widening is not None:
            information.add_info(f"{widening} [automation-role:selfWidening]")
        scopes: dict[str, Construct] = {}
        for runbook, finding_id, message in gathered(plan.findings):
            if finding_id in INFORMATION:
                information.add_info(f"{message} [automation-role:{finding_id}]")
                continue
            if runbook not in scopes:
                assert self._scope is not None  # noqa: S101  (created for what can be answered)
                scopes[runbook] = Construct(self._scope, f"Runbook{len(scopes) + 1}" if is_opaque(runbook) else runbook)
            annotations = Annotations.of(scopes[runbook])
            if self._told is Findings.ERROR:
                annotations.add_error(f"{message} [{finding_id}]")
            else:
                annotations.add_warning_v2(f"automation-role:{finding_id}", message)
