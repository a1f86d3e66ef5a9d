"""What others may do with an automation's role: the same for a role made here and for one made elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Protocol, TypeAlias, Union
from weakref import WeakKeyDictionary

import jsii
from aws_cdk import Annotations, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from constructs import Construct, Dependable, IConstruct, IValidation

from ..errors import AutomationRoleError
from ..policy import access
from ..policy.quotas import over_grant
from ..policy.statement import Statement
from ..runbook.model import Runbook
from ..values.place import Place
from ..values.tokens import is_opaque
from .render import CUSTOMIZE_ROLES, here

RunbookReference: TypeAlias = Union[str, Runbook, ssm.CfnDocument, "HasDocument"]
"""A runbook by its name, its ARN, its `Runbook`, its `AutomationRunbook` or its `AWS::SSM::Document`."""


class HasDocument(Protocol):
    """What deploys a runbook as an `AWS::SSM::Document`."""

    @property
    def document_name(self) -> str:
        """The document's name, as CloudFormation knows it."""


def document_reference(runbook: RunbookReference) -> str:
    """The name or ARN by which a runbook is started.

    Args:
        runbook: its name, ARN, `Runbook`, `AutomationRunbook` or `ssm.CfnDocument`.

    Raises:
        AutomationRoleError: it is none of these.
    """
    if isinstance(runbook, str):
        return runbook
    if isinstance(runbook, Runbook):
        return runbook.name
    if isinstance(runbook, ssm.CfnDocument):
        return runbook.ref
    name = getattr(runbook, "document_name", None)
    if isinstance(name, str):
        return name
    raise AutomationRoleError(
        f"{_name(runbook) if hasattr(runbook, 'node') else repr(runbook)} is no runbook → its name, ARN, Runbook, AutomationRunbook or ssm.CfnDocument; "
        + ("give several one after another, not as a list" if isinstance(runbook, (list, tuple)) else "give one of these")
    )


class IAutomationRole(Protocol):
    """A role that runs automations, made by `AutomationRole` or elsewhere (`AutomationRole.from_role`, `.from_role_arn`)."""

    @property
    def role(self) -> iam.IRole:
        """The role itself."""

    @property
    def role_arn(self) -> str:
        """The role's ARN: the value of a runbook's `AutomationAssumeRole`."""

    @property
    def role_name(self) -> str:
        """The role's name, without its path."""

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """What is granted to this role goes to the role itself."""

    def grant_pass_role(self, grantee: iam.IGrantable) -> iam.Grant:
        """See `AutomationRole.grant_pass_role`."""

    def grant_start_automation(self, grantee: iam.IGrantable, *runbooks: RunbookReference, version: str | None = None) -> iam.Grant:
        """See `AutomationRole.grant_start_automation`."""

    def grant_operate(self, grantee: iam.IGrantable) -> iam.Grant:
        """See `AutomationRole.grant_operate`."""

    def grant_full_access(self, identity: iam.IIdentity) -> iam.Grant:
        """See `AutomationRole.grant_full_access`."""


class AutomationRoleBase(Construct):
    """The grants of `AutomationRole`, on any role."""

    _role: iam.IRole
    _regions: tuple[str, ...] = ("*",)
    _in_china = False
    _arn: str | None = None  # read once: each reading is a call into Node.js

    @property
    def role_arn(self) -> str:
        """The role's ARN: the value of a runbook's `AutomationAssumeRole`."""
        if self._arn is None:
            self._arn = self._role.role_arn
        return self._arn

    @property
    def role_name(self) -> str:
        """The role's name, without its path."""
        return self._role.role_name

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The role: what is granted to this construct (`bucket.grant_read(automation_role)`) is granted to it."""
        return self._role

    def grant_pass_role(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let somebody hand this role to Systems Manager, and to nothing else.

        Adds `iam:PassRole` on this role with `iam:PassedToService` = `ssm.amazonaws.com`.

        Args:
            grantee: a user, group or role of the role's own account.

        Returns:
            The grant; its `success` is `False` when nothing could be added.

        Raises:
            AutomationRoleError: the grantee cannot hold policies, or is of another account.

        Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
        """
        return self._grant(grantee, (access.pass_role(),))

    def grant_start_automation(self, grantee: iam.IGrantable, *runbooks: RunbookReference, version: str | None = None) -> iam.Grant:
        """Let somebody start automations of these runbooks as this role.

        Adds `ssm:StartAutomationExecution` on the runbooks (documents, definitions and executions) and `iam:PassRole` on this role
        for Systems Manager: this role and no other.

        Args:
            grantee: a user, group or role of the role's own account.
            runbooks: each by its name, ARN, `Runbook`, `AutomationRunbook` or `ssm.CfnDocument`. AWS's own need only their name; one
                that another account shares needs its ARN.
            version: the one version that may be started: a number as text, as AWS documents it; or `$DEFAULT` or `$LATEST`, of which
                AWS does not say whether IAM is asked for that name or for the number it stands for. Left out: any.

        Returns:
            The grant; its `success` is `False` when nothing could be added.

        Raises:
            AutomationRoleError: no runbook is named, one or the version cannot be, or the grantee cannot hold policies, or is of another
                account.

        Warns:
            automation-role:versionByName: the version is `$DEFAULT` or `$LATEST`.

        Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-identity-based-policies.html
        """
        if not runbooks:
            raise self._error("grant_start_automation names no runbook → at least one; give its name, such as 'AWS-RestartEC2Instance'")
        try:
            start = access.start(map(document_reference, runbooks), version=version)
        except AutomationRoleError as error:
            raise self._error(str(error)) from None
        if version in ("$DEFAULT", "$LATEST"):
            Annotations.of(self).add_warning_v2(
                "automation-role:versionByName",
                f"{_name(grantee)} may start version {version!r} alone, and AWS does not say whether IAM is asked for that name or for the number "
                f"it stands for, so a start may be refused; try one, or give the number",
            )
        return self._grant(grantee, (*start, access.pass_role()))

    def grant_operate(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let somebody list the account's automations, read them, stop them, and signal them (approve, reject, resume).

        IAM knows an automation by the account alone, not by its runbook or role: this is for all automations of the account.

        Args:
            grantee: a user, group or role of the role's own account.

        Returns:
            The grant; its `success` is `False` when nothing could be added.

        Raises:
            AutomationRoleError: the grantee cannot hold policies, or is of another account.

        Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_ssm.html
        """
        return self._grant(grantee, access.operate())

    def grant_full_access(self, identity: iam.IIdentity) -> iam.Grant:
        """Let somebody do everything in Systems Manager, and hand this role to it.

        Attaches `AmazonSSMFullAccess` and adds `iam:PassRole` on this role, as task 4 of the set-up guide has it.

        Args:
            identity: a user, group or role made in this app: CloudFormation cannot attach an AWS managed policy to any other.

        Returns:
            The grant of `iam:PassRole`.

        Raises:
            AutomationRoleError: the identity is imported or immutable, or is of another account.

        Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup.html
        """
        if not isinstance(identity, (iam.Role, iam.LazyRole, iam.User, iam.Group)):
            raise self._error(
                f"{_name(identity)} is not made in this app → AmazonSSMFullAccess is attached to an iam.Role, iam.User or iam.Group that is; "
                f"attach it where the identity is made and use grant_pass_role here"
            )
        grant = self.grant_pass_role(identity)
        identity.add_managed_policy(iam.ManagedPolicy.from_aws_managed_policy_name("AmazonSSMFullAccess"))
        return grant

    # -- how --------------------------------------------------------------------------------------------------------------------

    def _context(self) -> Place:
        return here(role_arn=self.role_arn, regions=self._regions, china=self._in_china)

    def _error(self, message: str) -> AutomationRoleError:
        return AutomationRoleError(f"{self.node.path}: {message}")

    def _grant(self, grantee: iam.IGrantable, statements: Iterable[Statement]) -> iam.Grant:
        principal = getattr(grantee, "grant_principal", None)
        if principal is None:
            raise self._error(f"{_name(grantee)} is no grantee → a user, a group, a role or what has one; give the construct, not its name")
        if isinstance(principal, (iam.PrincipalWithConditions, iam.SessionTagsPrincipal)):
            raise self._error(
                f"{_name(grantee)} narrows a principal, which a grant would forget → a user, a group or a role; grant it to one of these, "
                f"and put the condition into its trust policy"
            )
        self._check_account(grantee, principal, instead="grant it to a role of {!r} that the other account may assume")
        context = self._context()
        written = [statement.to_json(context) for statement in statements]
        grants = [_add(grantee, statement) for statement in written]
        first = grants[0]
        if not first.success:
            raise self._error(
                f"{_name(grantee)} cannot hold a policy → a user, a group or a role of this account; grant it to one of these"
            )
        if not _is_held(first, principal):
            needed = "; ".join(f"{', '.join(statement['Action'])}" for statement in written)
            Annotations.of(self).add_warning_v2(
                "automation-role:immutableGrantee",
                f"{_name(grantee)} is imported or used without policy updates, so nothing was granted to it; "
                f"give it {needed} where it is made, or import it with mutable=True",
            )
            return iam.Grant.drop(grantee, "automation")
        for policy in Dependable.of(first).dependency_roots:
            _measured(policy)
        for grant in grants[1:]:
            first = first.combine(grant)
        return first

    def _check_account(self, grantee: iam.IGrantable, principal: iam.IPrincipal, *, instead: str) -> None:
        theirs, ours = getattr(principal, "principal_account", None), self._role.principal_account
        if theirs and ours and not is_opaque(theirs) and not is_opaque(ours) and theirs != ours:
            raise self._error(
                f"{_name(grantee)} is of account {theirs!r} and this role of {ours!r} → a role is passed inside its own account; "
                f"{instead.format(ours)}"
            )


def _add(grantee: iam.IGrantable, statement: dict[str, Any]) -> iam.Grant:
    return iam.Grant.add_to_principal(
        grantee=grantee, actions=statement["Action"], resource_arns=statement["Resource"], conditions=statement.get("Condition")
    )


def _is_held(grant: iam.Grant, principal: iam.IPrincipal) -> bool:
    """Whether a policy has come of it: CDK calls it a success, too, when an immutable identity drops what it is given.

    Such an identity (a hidden class of CDK's) leaves nothing behind to depend on, where every other one leaves its policy; `iam.Role`
    leaves one at synthesis.
    """
    if isinstance(principal, iam.Role) or Dependable.of(grant).dependency_roots:
        return True
    node = getattr(principal, "node", None)
    return node is not None and node.try_get_context(CUSTOMIZE_ROLES) is not None


@jsii.implements(IValidation)
class _Fits:
    """CDK asks it at synthesis: a policy that was granted to may have grown over what IAM takes of a user, a group or an imported role."""

    def __init__(self, policy: iam.Policy | iam.ManagedPolicy) -> None:
        self._policy = policy

    def validate(self) -> list[str]:
        stack, resource = Stack.of(self._policy), self._policy.node.default_child
        inline = isinstance(resource, iam.CfnPolicy)
        held = {"user": resource.users, "group": resource.groups, "role": resource.roles} if isinstance(resource, iam.CfnPolicy) else {}
        holders = [kind for kind, names in held.items() if stack.resolve(names)]
        if inline and not holders:
            return []
        problem = over_grant(stack.resolve(self._policy.document), holders)
        return [] if problem is None else [f"{self._policy.node.path}: {problem}"]


_MEASURED: Final[WeakKeyDictionary[IConstruct, set[str]]] = WeakKeyDictionary()  # by app: paths of the policies that are asked already


def _measured(policy: IConstruct) -> None:
    """Have CDK ask at synthesis whether a policy fits; those of an `iam.Role` made here, CDK splits by itself."""
    paths = _MEASURED.setdefault(policy.node.root, set())
    if isinstance(policy, (iam.Policy, iam.ManagedPolicy)) and policy.node.path not in paths:
        paths.add(policy.node.path)
        policy.node.add_validation(_Fits(policy))


def _name(grantee: object) -> str:
    node = getattr(grantee, "node", None)
    if node is not None:
        return repr(node.path)
    return repr(grantee) if grantee is None or isinstance(grantee, str) else type(grantee).__name__
