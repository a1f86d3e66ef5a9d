"""What all triggers share: the start, checked and with the role filled in; who may make it; what it waits for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import Annotations, Aws, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from .._render import principals
from ..errors import RunbookError, did_you_mean
from ..grants import IAutomationRole, RunbookReference, document_reference
from ..runbook import Runbook
from ..start import ROLE_PARAMETER, StartError, Targets, check_rate, check_targets, checked_parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What every trigger renders: the document by name or ARN, its parameters with the role among them."""

    document: str
    version: str | None
    parameters: dict[str, Any]


def checked_start(
    scope: Construct,
    where: str,
    runbook: RunbookReference,
    *,
    role: IAutomationRole,
    role_parameter: str | None,
    version: str | None,
    parameters: Mapping[str, Any],
    filled: Sequence[str] = (),
    placeholder: re.Pattern[str] | None = None,
) -> Start:
    """Check a start and fill in the role.

    Raises:
        StartError: a parameter does not fit, or the runbook has no parameter of the name given for the role.
    """
    known = runbook_of(runbook)
    taking = role_parameter or (known.assume_role_parameter if known is not None else ROLE_PARAMETER)
    if known is not None and role_parameter is not None and role_parameter not in known.parameters:
        raise StartError(
            f"{where}: role_parameter {role_parameter!r} is no parameter of runbook {known.name!r} → "
            f"{known.assume_role_parameter!r} takes its role; leave role_parameter out"
        )
    checked = checked_parameters(where, known, parameters, filled=[*filled, *([taking] if taking else [])], placeholder=placeholder)
    if taking is None:
        Annotations.of(scope).add_warning_v2(
            "automation-role:noRoleParameter",
            f"runbook {_name(known, runbook)!r} has no parameter for its role (assumeRole: '{{{{ {ROLE_PARAMETER} }}}}'), so the role given "
            f"here is not used: it runs as {_literal(known)}; add the parameter to the runbook",
        )
    else:
        checked[taking] = [role.role_arn]
    return Start(document=document_reference(runbook), version=version, parameters=checked)


def runbook_of(reference: RunbookReference) -> Runbook | None:
    """The runbook itself, where more of it is known than its name: parameters are checked against it.

    An `ssm.CfnDocument` is read when its content is plain data that is a runbook.
    """
    if isinstance(reference, Runbook):
        return reference
    if isinstance(reference, ssm.CfnDocument):
        return _content(reference)
    return getattr(reference, "runbook", None)


def _content(document: ssm.CfnDocument) -> Runbook | None:
    content = Stack.of(document).resolve(document.content)
    try:
        if isinstance(content, str):
            return Runbook.from_text(content, name=document.node.id, source=document.node.path)
        return Runbook.from_mapping(content, name=document.node.id) if isinstance(content, Mapping) else None
    except RunbookError:  # with references of CloudFormation's in it, it is no runbook yet
        return None


def _name(known: Runbook | None, runbook: RunbookReference) -> str:
    return known.name if known is not None else str(runbook)


def _literal(known: Runbook | None) -> str:
    return known.assume_role if known is not None and known.assume_role else "whatever starts it"


def starter_role(scope: Construct, construct_id: str, service: str) -> iam.Role:
    return iam.Role(scope, construct_id, assumed_by=principals([service], restrict=True))


def seconds(duration: Duration | None) -> int | float | None:
    return None if duration is None else duration.to_seconds()


def filled_by(target_parameter: str | None) -> list[str]:
    return [] if target_parameter is None else [target_parameter]


def check_targeting(
    where: str,
    runbook: RunbookReference,
    targets: Targets | None,
    target_parameter: str | None,
    *,
    allowed: Sequence[str],
    max_concurrency: str | None,
    max_errors: str | None,
) -> None:
    """Targets and the parameter that takes them go together; rates only go with targets.

    Raises:
        StartError: they do not.
    """
    if (targets is None) != (target_parameter is None):
        given, missing = ("targets", "target_parameter") if target_parameter is None else ("target_parameter", "targets")
        raise StartError(f"{where}: {given} without {missing} → Automation takes both or neither; add {missing}")
    known = runbook_of(runbook)
    if known is not None and target_parameter is not None and target_parameter not in known.parameters:
        names = ", ".join(known.parameters)
        near = did_you_mean(target_parameter, known.parameters)
        raise StartError(f"{where}: target_parameter {target_parameter!r} → runbook {known.name!r} has {names}{near}")
    if targets is None and (max_concurrency is not None or max_errors is not None):
        raise StartError(f"{where}: max_concurrency and max_errors without targets → they say how targets are worked through; add targets")
    check_targets(where, targets, allowed=allowed)
    check_rate(where, max_concurrency=max_concurrency, max_errors=max_errors)


def after_the_role(starting: Construct, role: IAutomationRole) -> None:
    """What starts an automation by itself is made after the role has its policies: the first run must not be refused."""
    if isinstance(role, Construct):
        starting.node.add_dependency(role)


def ssm_role(scope: Construct, construct_id: str) -> iam.Role:
    """A role for State Manager or a maintenance window: Systems Manager of this account, whatever it acts for.

    Its `aws:SourceArn` is no automation execution, and no page says what it is: the account alone is asked for.
    """
    return iam.Role(
        scope,
        construct_id,
        assumed_by=iam.ServicePrincipal("ssm.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}),
    )
