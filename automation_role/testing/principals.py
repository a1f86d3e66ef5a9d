"""Who can do what: the questions about a user, a role or a group."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..check.coverage import needs
from ..check.missing import lack_of
from ..check.report import Certainty
from ..derive.derivation import derive
from ..errors import AutomationRoleError
from ..iam.conditions import Context, Hidden
from ..iam.context import Values, given_context
from ..iam.decision import Decision, Outcome
from ..iam.identities import Identity
from ..iam.statements import Request
from ..iam.trust import ServicePrincipal, Stranger, may_assume
from ..policy.access import check_tags
from ..policy.checks import check_regions
from ..policy.trust import SSM
from ..runbook.model import Runbook
from ..values.kinds import checked
from ..values.place import Place
from .deployment import Deployment, Home
from .questions import check_action, check_keys, check_principal, check_resource

_SERVICE: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?")
_CALLER: Final = re.compile(r"arn:[a-z-]+:(iam::[0-9]{12}:((user|role)/[^*?]+|root)|sts::[0-9]{12}:(assumed-role|federated-user)/[^*?]+)")


@dataclass(frozen=True, slots=True, repr=False)
class Principal:
    """A user, role or group, and what it can do."""

    _deployment: Deployment
    _home: Home
    _identity: Identity

    @property
    def arn(self) -> str:
        """Its ARN."""
        return self._identity.arn

    def __repr__(self) -> str:
        return f"<{self._identity}>"

    @checked()
    def may(self, action: str, *, resource: str = "*", context: Values | None = None) -> Decision:
        """Whether its policies allow an action.

        Args:
            action: `ssm:StartAutomationExecution`.
            resource: the ARN that is acted on; a `*` in it asks about every such resource. Left out: any.
            context: the request's condition keys. A key that you leave out is not in the request, except the keys that IAM adds to
                every request: they are unknown, unless they follow from the template.

        Raises:
            AutomationRoleError: IAM has no such action, or the resource is not an ARN: the answer would always be no, and
                a test that expects no would pass by accident.
        """
        check_action(action)
        check_resource(action, resource)
        check_keys(context or {}, self._deployment.documents)
        return self._deployment.decide(self._identity, self._deployment.request(action, resource, context))

    @checked()
    def may_pass(self, role: str | Role, *, to: str = SSM, context: Values | None = None) -> Decision:
        """Whether it can pass a role to a service (`iam:PassRole` with `iam:PassedToService`).

        Args:
            role: a role (as for `Authorization.role`), or an ARN.
            to: the service principal.
            context: further condition keys, such as `iam:AssociatedResourceArn`.

        Raises:
            AutomationRoleError: there is no such role, or `to` is not a service principal.
        """
        check_principal(to)
        if isinstance(role, str):
            arn = role if role.startswith("arn:") else self._deployment.identity(role, ("role",))[1].arn
        else:
            arn = role.arn
        decision = self.may("iam:PassRole", resource=arn, context={"iam:PassedToService": to, **(context or {})})
        account = arn.split(":")[4]
        if account.isdecimal() and account != self._identity.account:
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
            reason = f"a role can be passed only within its own account, and this one is in {account}"
            return Decision(question=decision.question, outcome=Outcome.DENIED, reason=reason)
        return decision

    @checked()
    def may_start(
        self,
        runbook: str | Runbook,
        *,
        role: str | Role | None = None,
        version: str | None = None,
        tags: Mapping[str, str] | None = None,
        context: Values | None = None,
    ) -> Decision:
        """Whether it may start an automation: all that `StartAutomationExecution` authorizes, together.

        That is `ssm:StartAutomationExecution` on the document and on the executions that it creates, `iam:PassRole` for Systems Manager
        when it runs as a role, `ssm:AddTagsToResource` when it is tagged. A permission on the `automation-definition` ARN is not
        needed since July 2025, but an explicit deny there counts.

        Args:
            runbook: a `Runbook`, an `AWS::SSM::Document` of the templates by its logical ID or construct path, a document's name, or its
                ARN.
            role: the role it runs as (as for `Authorization.role`), or an ARN. Left out: it runs with the starter's own permissions.
            version: the version that is started. Left out: the document's default version, whose number is unknown.
            tags: the tags that the execution gets.
            context: further condition keys of all these requests.

        Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-identity-based-policies.html
        """
        start, given = "ssm:StartAutomationExecution", context or {}
        check_tags(tags or {})
        document, version = self._deployment.document(runbook, self._home, version)
        partition, region = document.split(":")[1], document.split(":")[3] or self._home.region
        definition = re.sub(r":document/", ":automation-definition/", document, count=1) + f":{version or '*'}"
        executions = f"arn:{partition}:ssm:{region}:{self._home.account}:automation-execution/*"
        tagged = {f"aws:RequestTag/{key}": value for key, value in (tags or {}).items()}
        if tags:
            tagged["aws:TagKeys"] = list(tags)  # type: ignore[assignment]
        own: Values = {**tagged, **given}
        parts = [self._start(document, version, own), self.may(start, resource=executions, context=own)]
        if tags:
            parts.append(self.may("ssm:AddTagsToResource", resource=executions, context=own))
        if role is not None:
            parts.append(self.may_pass(role, to=SSM, context=given))
        on_definition = self.may(start, resource=definition, context=own)
        if on_definition.outcome is Outcome.DENIED and on_definition.policy is not None:
            parts.append(on_definition)
        names = f"version {version} of " if version else ""
        question = f"{self._identity}: start {names}{document.rpartition('/')[2]}" + (f" as {role}" if role is not None else "")
        return Decision.all(question, parts, "; ".join(dict.fromkeys(part.reason for part in parts)))

    def _start(self, document: str, version: str | None, context: Values) -> Decision:
        request = self._deployment.request("ssm:StartAutomationExecution", document, {"ssm:DocumentVersion": version, **context})
        if version is None and "ssm:DocumentVersion" not in context:
            hidden: Context = {"ssm:documentversion": Hidden("ssm:DocumentVersion", certain=True, ask="ask about one, version=…")}
            request = Request(request.action, request.resource, {**request.context, **hidden})
        return self._deployment.decide(self._identity, request)


@dataclass(frozen=True, slots=True, repr=False)
class Role(Principal):
    """A role: what it can do, which runbooks it can run, and who can assume it."""

    def __str__(self) -> str:
        return self._identity.label

    @checked()
    def may_run(self, *runbooks: Runbook, regions: Sequence[str] | None = None) -> Decision:
        """Whether the role's own policies allow everything that is derived from these runbooks.

        Stricter than `automation-role check`, which reports what is *allowed in part* but does not fail: here that is denied. Examples: a role
        for one instance where the runbook takes any, a resource that IAM checks only when the call uses one, and one type of resource
        where the call can use another. Bind the runbook's parameters to the values that you mean. A condition on a key that the
        requests may have, such as `aws:ResourceTag/Stop`, is decided by the `context` of the `Authorization`.

        Resource policies, and what could not be derived (`derive(…).findings`), are not checked here.

        Args:
            runbooks: all that run as this role; nested automations are followed among them.
            regions: the Regions they act in. Left out: the Region of its stack; `["*"]`: any.

        Raises:
            AutomationRoleError: an argument is not a `Runbook`.
        """
        if not runbooks:
            raise AutomationRoleError("may_run without a runbook → at least one Runbook; without one, the answer would always be true")
        check_regions(None if regions == ["*"] else regions)
        place = Place(
            partition=self._home.partition,
            account=self._home.account,
            regions=tuple(regions) if regions is not None else (self._home.region,),
            role_arn=self.arn,
        )
        found = needs(self._identity, derive(runbooks, role_known=True), place)
        question = f"{self._identity}: run {', '.join(runbook.name for runbook in runbooks)}"
        parts = []
        for need in found:
            first = need.origins[0]
            step = f"step {first.step!r} of {first.runbook!r} (line {first.line})"
            decision, lack = need.decision, lack_of(self._identity, need, found)
            # In part is not enough to run on whatever resource the automation meets.
            partly = lack is not None and lack.certainty is Certainty.PARTLY and decision.outcome is not Outcome.UNDECIDED
            parts.append(
                Decision(
                    question=f"{step} needs {need.action} on {need.resource}",
                    outcome=Outcome.DENIED if partly else decision.outcome,
                    reason=f"allowed in part: {lack.reason}" if lack is not None and partly else decision.reason,
                    policy=decision.policy,
                    statement=decision.statement,
                )
            )
        return Decision.all(question, parts, f"all {len(parts)} permissions that the runbooks need are allowed")

    @checked()
    def may_be_assumed_by(self, caller: str | Principal, *, context: Values | None = None) -> Decision:
        """Whether a caller can assume this role.

        Args:
            caller: a service principal (`ssm.amazonaws.com`), the ARN of a user or role, or a `Principal`, also of another
                `Authorization`. With only an ARN, the caller's own policies are unknown.
            context: the request's condition keys: what a service says of the resource it acts for (`aws:SourceAccount`,
                `aws:SourceArn`), `sts:ExternalId`, …

        Raises:
            AutomationRoleError: `caller` is none of these.
        """
        check_keys(context or {}, self._deployment.documents)
        if isinstance(caller, Principal):
            who: Identity | ServicePrincipal | Stranger = caller._identity  # noqa: SLF001
        elif caller.startswith("arn:"):
            if not _CALLER.fullmatch(caller):
                raise AutomationRoleError(
                    f"caller {caller!r} → the ARN of one user, role or role session, such as 'arn:aws:iam::111122223333:role/Operators'; correct it"
                )
            who = Stranger(caller)
        elif _SERVICE.fullmatch(caller):
            check_principal(caller)
            who = ServicePrincipal(caller)
        else:
            raise AutomationRoleError(f"caller {caller!r} → a service principal such as 'ssm.amazonaws.com', an ARN, or a Principal")
        return may_assume(self._identity, who, given_context(context or {}))
