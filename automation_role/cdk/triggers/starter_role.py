"""Who starts an automation: the role of the service that does, what it may do, and what it waits for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import jsii
from aws_cdk import Annotations, Aws, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct, IValidation

from ...errors import AutomationRoleError
from ...policy.statement import Statement
from ...policy.trust import names_service
from ...start.request import StartError
from ..granting import check_same_account, check_starter_account
from ..render import here, principals
from ..startable_role import StartableRole
from ..types import AnyRole, IAutomationRole
from .start import Start


def starter_role(scope: Construct, construct_id: str, service: str) -> iam.Role:
    """A role for a service that sends the resource it acts for: only resources of this account."""
    return iam.Role(scope, construct_id, assumed_by=principals([service], restrict=True))


def ssm_role(scope: Construct, construct_id: str) -> iam.Role:
    """A role for State Manager or a maintenance window: Systems Manager of this account, whatever it acts for.

    Its `aws:SourceArn` is not an automation execution, and AWS does not document what it is: only the account is checked.
    """
    return iam.Role(
        scope,
        construct_id,
        assumed_by=iam.ServicePrincipal("ssm.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}),
    )


def check_accounts(
    where: str, role: IAutomationRole, *, scope: Construct | None = None, given: tuple[str, AnyRole | None] = ("", None)
) -> None:
    """Refuse a role in another account than the trigger, because such a role cannot be passed.

    Args:
        where: the trigger, for messages.
        role: the role.
        scope: where automations are started; `None`: unknown yet.
        given: a starter's role of the user's own, with its argument's name.

    Raises:
        StartError: accounts are known, and differ.
    """
    if isinstance(role, StartableRole):
        try:
            check_starter_account(where, *given, role.role)
            if scope is not None:
                check_same_account(where, role.role, scope)
        except AutomationRoleError as error:
            raise StartError(str(error)) from None


@contextmanager
def annotated(starting: Construct) -> Iterator[None]:
    """Report what is refused as an error of CDK at this construct, which fails `cdk synth` with one line.

    CDK calls the targets of rules and schedules, and turns what they raise into a `RuntimeError` with a traceback through Node.js.
    """
    try:
        yield
    except AutomationRoleError as error:
        Annotations.of(starting).add_error(str(error))


def let_start(
    starting: IConstruct, starter: AnyRole, role: IAutomationRole, start: Start, *more: Statement, tags: Mapping[str, str] = {}
) -> None:
    """Let the starter's role start this runbook as this role, and do `more`; `starting` is created after all these grants."""
    if isinstance(role, StartableRole):
        granted = role.let_start(starting, starter, start.document, version=start.one_version, tags=tags)
    else:
        granted = role.grant_start_automation(starter, start.document, version=start.one_version, tags=tags)
    granted.apply_before(starting)
    for statement in more:
        written = statement.to_json(here())
        added = iam.Grant.add_to_principal(
            grantee=starter, actions=written["Action"], resource_arns=written["Resource"], conditions=written.get("Condition")
        )
        added.apply_before(starting)
    after_the_role(starting, role)


def after_the_role(starting: IConstruct, role: IAutomationRole) -> None:
    """Create what starts an automation after the role has its policies: the first run must not be denied.

    An association runs when it is created, a schedule with a rate starts at once, an event may come at any time. The policies of an
    `AutomationRole` are in it; those of a role that was only wrapped (`from_role`) are in the role.

    Sources:
        https://docs.aws.amazon.com/systems-manager/latest/userguide/scheduling-automations-state-manager-associations.html
        https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
    """
    if isinstance(role, Construct):
        starting.node.add_dependency(role)
    if isinstance(role.role, Construct):
        starting.node.add_dependency(role.role)


def check_starter(starting: IConstruct, name: str, given: AnyRole | None, service: str) -> None:
    """Refuse a starter role of the user's own that does not trust the service: at synthesis, when its trust policy is complete.

    The trust policy of an imported role is unknown.
    """
    if isinstance(given, iam.Role):
        starting.node.add_validation(_TrustValidation(starting, name, given, service))


@jsii.implements(IValidation)
class _TrustValidation:
    """CDK calls it at synthesis, and fails with the errors that it returns."""

    def __init__(self, starting: IConstruct, name: str, role: iam.Role, service: str) -> None:
        self._where, self._name, self._role, self._service = starting.node.path, name, role, service

    def validate(self) -> list[str]:
        policy = Stack.of(self._role).resolve(self._role.assume_role_policy)
        if policy is None or names_service(policy, self._service):
            return []
        message = (
            f"{self._where}: {self._name} {self._role.node.path!r} does not trust {self._service} → a role that this service can assume; "
            f"create it with assumed_by=iam.ServicePrincipal({self._service!r}), or leave {self._name} out"
        )
        return [message]
