"""A role's findings as CDK annotations, replaced when the role gets another runbook."""

from __future__ import annotations

from aws_cdk import Annotations
from constructs import Construct

from ..findings import INFORMATION, Findings
from ..values.tokens import is_opaque
from .role_information import inform
from .role_plan import Plan, gathered
from .surroundings import Surroundings

_SCOPE = "Findings"


class RoleFindings:
    """Reports what could not be derived.

    Args:
        role: the construct of the role.
        name: its name in its scope.
        around: its scope.
        mode: as warnings or as errors.
        held_back: whether a permissions boundary or `deny_self_change` stops the role from widening itself; then that it could is not reported.
    """

    def __init__(self, role: Construct, name: str, around: Surroundings, mode: Findings, *, held_back: bool) -> None:
        self._role, self._name, self._around, self._mode, self._held_back = role, name, around, mode, held_back
        self._scope: Construct | None = None

    def report(self, plan: Plan) -> None:
        """Report the findings of a plan, each runbook's in its own scope, where a kind can be acknowledged for only that runbook."""
        if self._scope is not None:
            self._role.node.try_remove_child(_SCOPE)
            self._scope = None
        informing = [] if self._held_back or plan.widening is None else [f"{plan.widening} [automation-role:selfWidening]"]
        scopes: dict[str, Construct] = {}
        for runbook, finding_id, message in gathered(plan.findings):
            if finding_id in INFORMATION:
                informing.append(f"{message} [automation-role:{finding_id}]")
                continue
            if self._scope is None:
                self._scope = Construct(self._role, _SCOPE)
            if runbook not in scopes:
                scopes[runbook] = Construct(self._scope, f"Runbook{len(scopes) + 1}" if is_opaque(runbook) else runbook)
            annotations = Annotations.of(scopes[runbook])
            if self._mode is Findings.ERROR:
                annotations.add_error(f"{message} [{finding_id}]")
            else:
                annotations.add_warning_v2(f"automation-role:{finding_id}", message)
        inform(self._around.stack, f"{self._around.path}/{self._name}", informing)
