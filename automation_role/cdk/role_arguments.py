"""The arguments of `AutomationRole`, checked before anything is built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
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


class Asked(NamedTuple):
    """What the arguments ask for, besides the runbooks' own permissions.

    Attributes:
        services: those that can assume the role.
        passed: the roles that it can pass, by service.
        invoked: the functions that it can invoke.
        managed: the user's managed policies.
        attached: all managed policies, including AWS's own.
        logs: the statements that let it write the logs of scripts.
        inline_size: characters of its inline policies, those for logs included.
    """

    services: tuple[str, ...]
    passed: dict[str, tuple[AnyRole, ...]]
    invoked: tuple[lambda_.IFunction, ...]
    managed: tuple[iam.IManagedPolicy, ...]
    attached: list[iam.IManagedPolicy]
    logs: tuple[Statement, ...]
    inline_size: int


def permissions(
    *,
    trusted_services: Sequence[str],
    restrict: bool,
    pass_roles: Mapping[str, Sequence[AnyRole]],
    invoke_functions: Sequence[lambda_.IFunction],
    managed_policies: Sequence[iam.IManagedPolicy],
    boundary: iam.IManagedPolicy | None,
    automation: bool,
    invoke_all: bool,
    inline_policies: Mapping[str, Inline],
    script_logs: bool | str | logs.ILogGroup,
) -> Asked:
    """What the arguments of the same names ask for.

    Raises:
        AutomationRoleError: one of them is invalid, or exceeds IAM's quotas.
    """
    services = _services(trusted_services, restrict=restrict)
    passed = _passed_roles(pass_roles)
    arguments.single(invoke_functions=invoke_functions)
    managed, attached = _managed_policies(managed_policies, boundary, automation=automation, invoke_all=invoke_all)
    written_logs = _script_logs(script_logs)
    return Asked(
        services=services,
        passed=passed,
        invoked=arguments.once(invoke_functions),
        managed=managed,
        attached=attached,
        logs=written_logs,
        inline_size=_inline_size(inline_policies) + (Policy(written_logs).size(here()) if written_logs else 0),
    )


def _services(trusted: Sequence[str], *, restrict: bool) -> tuple[str, ...]:
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


def _passed_roles(given: Mapping[str, Sequence[AnyRole]]) -> dict[str, tuple[AnyRole, ...]]:
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


def _managed_policies(
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


def _inline_size(policies: Mapping[str, Inline]) -> int:
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


def _script_logs(given: bool | str | logs.ILogGroup) -> tuple[Statement, ...]:  # noqa: FBT001 - as given
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
