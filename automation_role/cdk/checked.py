"""The arguments of `AutomationRole`, checked before anything is built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs

from ..errors import AutomationRoleError
from ..policy import checks, quotas
from ..policy import script_logs as written
from ..policy.policy import Policy
from ..policy.statement import Statement
from ..policy.trust import SSM, check_service, trust
from ..runbook.model import Runbook
from ..values.tokens import is_opaque_list
from . import arguments
from .render import here
from .types import AnyRole

Inline: TypeAlias = iam.PolicyDocument | Mapping[str, Any]
"""A policy as CDK's `iam.PolicyDocument`, or in IAM's JSON."""


def services(trusted: Sequence[str], *, restrict: bool) -> tuple[str, ...]:
    """The services that can assume the role, Systems Manager first."""
    if is_opaque_list(trusted):
        raise AutomationRoleError(
            "trusted_services is a list whose items are known only at deployment → known services, since each has its own conditions; pass each one separately"
        )
    every = (SSM, *(service for service in arguments.once(trusted) if service != SSM))
    for service in every:
        check_service(service)
    if trusted:
        refuse(quotas.over_trust(Policy(tuple(trust(service, restrict=restrict) for service in every)).size(here())))
    return every


def passed_roles(given: Mapping[str, Sequence[AnyRole]]) -> dict[str, tuple[AnyRole, ...]]:
    """The roles that the role can pass, each once per service."""
    for service, roles in given.items():
        check_service(service)
        arguments.single(pass_roles=roles)
    return {service: arguments.once(roles) for service, roles in given.items()}


def properties(*, role_name: str | None, description: str | None, path: str | None, session: Duration | None) -> None:
    """Check the properties that go to the role's resource unchanged."""
    checks.check_name(role_name)
    checks.check_description(description)
    checks.check_path(path)
    checks.check_session(None if session is None or session.is_unresolved() else session.to_seconds())


def managed_policies(
    given: Sequence[iam.IManagedPolicy], boundary: iam.IManagedPolicy | None, *, automation: bool, invoke_all: bool
) -> tuple[tuple[iam.IManagedPolicy, ...], list[iam.IManagedPolicy]]:
    """The user's managed policies, and all that are attached, including AWS's own if requested."""
    arguments.single(permissions_boundary=boundary, managed_policies=given)
    own = arguments.once(given)
    names = [
        *(["service-role/AmazonSSMAutomationRole"] if automation else []),
        *(["service-role/AWSLambdaRole"] if invoke_all else []),
    ]
    attached = [*own, *map(iam.ManagedPolicy.from_aws_managed_policy_name, names)]
    refuse(quotas.over_managed(len(attached)))
    return own, attached


def inline_size(policies: Mapping[str, Inline]) -> int:
    """Characters of the user's inline policies; each is checked for what IAM allows."""
    taken = sum(_size(name, policy) for name, policy in policies.items())
    refuse(quotas.over_inline(taken))
    return taken


def _size(name: str, policy: Inline) -> int:
    checks.check_policy_name(name)
    if isinstance(policy, iam.PolicyDocument):
        return quotas.size(policy.to_json() or {})
    checks.check_document(name, policy)
    return quotas.size(policy)


def script_logs(given: bool | str | logs.ILogGroup) -> tuple[Statement, ...]:  # noqa: FBT001 - as given
    """The statements that let the role write the logs of scripts; none when it does not."""
    if given is False:
        return ()
    if given is True:
        return written.script_logs(written.DEFAULT_GROUP)
    return written.script_logs(given if isinstance(given, str) else given.log_group_name)


def answers(statements: Mapping[tuple[str, str], Any], runbooks: Sequence[Runbook | str] | None) -> tuple[tuple[str, str], ...]:
    """The steps whose findings `extra_statements` answer."""
    if statements and runbooks is None:
        raise AutomationRoleError("extra_statements without runbooks → statements for steps of runbooks; also pass runbooks=[...]")
    return tuple(statements)


def refuse(problem: str | None) -> None:
    """Raise a problem, if there is one."""
    if problem is not None:
        raise AutomationRoleError(problem)
