"""A role that automations are started as, and what starts them needs from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aws_cdk import Annotations, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from ..errors import AutomationRoleError
from ..policy import access
from ..policy.statement import Statement
from ..runbook.model import Runbook
from ..start.request import ROLE_PARAMETER
from ..values.place import Place
from ..values.tokens import is_opaque
from .granting import grant
from .render import here
from .role_fit import ID as ROLE_DOES_NOT_FIT
from .started_documents import as_name
from .types import AnyRole


class StartableRole(Construct):
    """A role that constructs of this app start automations as."""

    _role: AnyRole
    _regions: tuple[str, ...] = ("*",)
    _in_china = False
    _arn: str | None = None  # cached: each read is a call into Node.js

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
        """The role: grants to this construct (`bucket.grant_read(automation_role)`) go to it."""
        return self._role

    def let_start(
        self, starting: IConstruct, starter: AnyRole, document: str, *, version: str | None, tags: Mapping[str, str]
    ) -> iam.Grant:
        """Let a construct of this app start an automation as this role, in the Region of its stack.

        Args:
            starting: the construct that starts it.
            starter: the role that the construct uses.
            document: the document's name or ARN, already checked.
            version: as for `grant_start_automation`.
            tags: as for `grant_start_automation`.

        Warns:
            automation-role:roleDoesNotFit: the stack is in a Region in which the role does not act.
        """
        self.check_region(starting)
        region, narrowed = Stack.of(starting).region, self._regions != ("*",)
        statements = access.start((as_name(document),), version=version, tags=tags)
        context = self._context()._replace(regions=(region,)) if narrowed else self._context()
        return self._grant(starter, (*statements, access.pass_role()), context)

    def check_region(self, starting: IConstruct) -> None:
        """Warn about a construct that starts automations in a Region in which the role does not act.

        Args:
            starting: the construct; its stack's Region counts.
        """
        region = Stack.of(starting).region
        narrowed = self._regions != ("*",)
        if narrowed and not is_opaque(region) and region not in self._regions and not any(map(is_opaque, self._regions)):
            Annotations.of(starting).add_warning_v2(
                ROLE_DOES_NOT_FIT,
                f"automations start in {region!r}, and {self.node.path} acts only in {', '.join(self._regions)} → a Region of the role; "
                f"add {region!r} to its regions, or move this into a stack there",
            )

    def check_start(self, scope: Construct, runbook: Runbook | None, *, elsewhere: bool) -> None:  # noqa: ARG002 - used by subclasses
        """Warn about problems of a runbook that is started as this role, as far as the role is known.

        Args:
            scope: where to warn.
            runbook: the runbook; `None`: unknown.
            elsewhere: whether it may run in other accounts, as another role.
        """
        if runbook is not None and runbook.assume_role_parameter is None:
            Annotations.of(scope).add_warning_v2("automation-role:noRoleParameter", unused_role(runbook, runbook.name))

    # -- inside --------------------------------------------------------------------------------------------------------------------

    def _context(self) -> Place:
        return here(role_arn=self.role_arn, regions=self._regions, china=self._in_china)

    def _error(self, message: str) -> AutomationRoleError:
        return AutomationRoleError(f"{self.node.path}: {message}")

    def _grant(self, grantee: iam.IGrantable, statements: Iterable[Statement], context: Place | None = None) -> iam.Grant:
        return grant(self, self._role, grantee, statements, context or self._context())


def unused_role(runbook: Runbook | None, name: str) -> str:
    """The warning about a role that a runbook does not use."""
    literal = runbook.assume_role if runbook is not None and runbook.assume_role else "whatever starts it"
    return (
        f"runbook {name!r} has no parameter for its role (assumeRole: '{{{{ {ROLE_PARAMETER} }}}}'), so this role "
        f"is not used, and the automation runs as {literal}; add the parameter to the runbook"
    )
