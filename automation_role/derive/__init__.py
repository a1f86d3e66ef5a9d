"""Runbook -> permissions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..findings import Finding
from ..policy import Policy
from ..runbook import Runbook, Step
from .calls import ApiCall, Permission

# CONTRACT ONLY, TO BE FILLED IN (derive).


@dataclass(frozen=True, slots=True, kw_only=True)
class StepNeeds:
    """What one step calls and needs. Permissions that a nested automation needs are under that runbook's own steps."""

    runbook: str
    step: Step
    calls: tuple[ApiCall, ...]
    permissions: tuple[Permission, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """What the runbooks need, step by step, and what could not be derived."""

    runbooks: tuple[Runbook, ...]
    steps: tuple[StepNeeds, ...]
    findings: tuple[Finding, ...]

    def policy(self) -> Policy:
        """All the permissions, merged."""
        raise NotImplementedError


def derive(runbooks: Sequence[Runbook], *, role_known: bool = False) -> Derivation:
    """Derive what the role that runs these runbooks needs.

    Args:
        runbooks: all that run as this role; a nested automation is followed when its runbook is among them.
        role_known: whether the `Context` that writes the policy has the role's ARN; else handing the role on is a finding.
    """
    raise NotImplementedError
