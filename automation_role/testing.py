"""For your own tests: what can these users and roles do, in this synthesized template?

    auth = Authorization(Template.from_stack(stack))
    assert auth.principal("Operators").may_start("RestartInstance", role="AutomationRole")
    assert not auth.principal("Operators").may_pass("OtherRole", to="ssm.amazonaws.com")

Works offline, from a synthesized template or a file. See `automation_role.iam` for what is modelled. A decision that
depends on something else raises `UndecidedError`, which names it, when it is used as true or false.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .catalog.actions import action_exists, nearest_action
from .check.coverage import account_of, needs
from .check.fit import Certainty, lack_of
from .derive.derivation import derive
from .errors import AutomationRoleError, did_you_mean
from .iam.conditions import Context, Hidden
from .iam.documents import Request
from .iam.identities import Decision, Identity, Outcome, UndecidedError, Values, decide, given_context
from .iam.text import literal
from .iam.trust import ServicePrincipal, Stranger, may_assume
from .policy.trust import check_service
from .runbook.model import Runbook
from .template.resource_policies import guarded
from .template.snapshots import stable
from .template.template import Source, Template, construct_name, load
from .values.place import Place

__all__ = ["Authorization", "Decision", "Outcome", "Principal", "Role", "UndecidedError", "stable"]

_SSM = "ssm.amazonaws.com"
# The names that AWS reserves for its own documents (CreateDocument, Name).
_AWS_OWNED = re.compile(r"aws|amazon|amzn", re.IGNORECASE)


class Authorization:
    """What the users, roles and groups of a template can do.

    Args:
        template: an `aws_cdk.assertions.Template`, a template as data, or the path of a JSON or YAML file.
        account: the account it is deployed in: 12 digits.
        region: the Region it is deployed in.
        partition: `aws`, `aws-cn`, `aws-us-gov`, …
        parameters: values of the template's parameters, and of pseudo parameters (`{"AWS::StackName": "Prod"}`). A parameter without a
            value or a default is unknown.
        managed_policies: documents of managed policies that are not in the template, by ARN or name. The AWS managed policies of
            Systems Manager are known (partition `aws`, from the file `iam/managed_policies.json`).
        organization_id: the organization of the account; `""`: it is in none. Left out: unknown.
        context: condition keys that every request has (`{"aws:SecureTransport": True}`); a question's own come on top.
        imports: values of other stacks' exports, by the export's name (`Fn::ImportValue`). One that is left out is unknown.

    Raises:
        TemplateError: the template cannot be read.
        PolicyDocumentError: IAM would reject a policy in it.
    """

    def __init__(
        self,
        template: Source,
        *,
        account: str = "111122223333",
        region: str = "us-east-1",
        partition: str = "aws",
        parameters: Mapping[str, str] | None = None,
        managed_policies: Mapping[str, Any] | None = None,
        organization_id: str | None = None,
        context: Values | None = None,
        imports: Mapping[str, str] | None = None,
    ) -> None:
        organization: Values = {} if organization_id is None else {"aws:PrincipalOrgID": organization_id or None}
        self.account = account
        self.region = region
        self.partition = partition
        self._organization_id = organization_id
        self._template = Template(
            load(template),
            account=account,
            region=region,
            partition=partition,
            parameters=parameters or {},
            managed_policies=managed_policies or {},
            context=given_context({**organization, **(context or {})}),
            imports=imports,
            strict=True,
        )
        self._guarded = tuple(guarded(self._template.resolver))

    def principal(self, name: str) -> Principal:
        """A user, role or group of the template.

        Args:
            name: its logical id, the id of its construct, or its name in IAM.

        Raises:
            AutomationRoleError: there is none, or more than one.
        """
        return Principal(self, self._identity(name, ("user", "role", "group")))

    def role(self, name: str) -> Role:
        """A role of the template (`name` as for `principal`)."""
        return Role(self, self._identity(name, ("role",)))

    def roles(self) -> tuple[Role, ...]:
        """All roles of the template, in its order."""
        return tuple(Role(self, identity) for identity in self._template.identities.values() if identity.kind == "role")

    def name_of(self, resource: str) -> str:
        """The name of any resource of the template, by its logical id or construct id.

        If CloudFormation generates the name, a placeholder that is the same wherever the name is used: in a question's `resource`,
        in the value that a runbook's parameter is bound to.
        """
        return self._template.resolver.physical_name(self._logical_id(resource))

    def arn_of(self, resource: str) -> str:
        """The ARN of any resource of the template, by its logical id or construct id (see `name_of`)."""
        logical_id = self._logical_id(resource)
        for attribute in ("Arn", "PolicyArn", "TopicArn", "DBInstanceArn", "Id"):
            arn = self._template.resolver.attribute(logical_id, attribute)
            if arn.startswith("arn:"):
                return arn
        if self._template.resolver.resources[logical_id]["Type"] == "AWS::SSM::Document":
            return self._document(self.name_of(resource), "document")
        raise AutomationRoleError(f"{resource!r}: the ARN of this type of resource is not known → write it out")

    # -- how -----------------------------------------------------------------------------------------------------------------------

    def _identity(self, name: str, kinds: Sequence[str]) -> Identity:
        identities = {key: one for key, one in self._template.identities.items() if one.kind in kinds}
        by_name = [key for key, one in identities.items() if one.name == name]
        found = by_name if by_name and name not in identities else _candidates(name, identities)
        return identities[_only(name, found, identities, " or ".join(kinds))]

    def _logical_id(self, name: str) -> str:
        resources = self._template.resolver.resources
        return _only(name, _candidates(name, resources), resources, "resource")

    def _document(self, name: str, kind: str) -> str:
        account = "" if _AWS_OWNED.match(name) else self.account
        return f"arn:{self.partition}:ssm:{self.region}:{account}:{kind}/{name}"

    def _request(self, action: str, resource: str, context: Values | None) -> Request:
        request = Request.of(action, resource, {})
        own: dict[str, tuple[Any, ...] | Hidden] = {}
        account = account_of(request.resource)
        if account is not None:
            own["aws:resourceaccount"] = (literal(account),)
            if account == self.account and self._organization_id is not None:
                own["aws:resourceorgid"] = (literal(self._organization_id),) if self._organization_id else ()
        return Request(request.action, request.resource, {**own, **given_context(context or {})})

    def _decide(self, identity: Identity, request: Request) -> Decision:
        decision = decide(identity, request)
        concerned = [one.by for one in self._guarded if one.concerns(request.resource)]
        explicit = decision.outcome is Outcome.DENIED and decision.policy is not None
        if not concerned or explicit:
            return decision
        reason = f"{concerned[0]} also applies to this resource, and resource policies are not modelled (without it: {decision.reason})"
        return Decision(question=decision.question, outcome=Outcome.UNDECIDED, reason=reason)


def _candidates(name: str, logical_ids: Mapping[str, Any]) -> list[str]:
    """By logical id, by it without CDK's hash, by its beginning."""
    for found in (
        [one for one in logical_ids if one == name],
        [one for one in logical_ids if construct_name(one) == name],
        [one for one in logical_ids if one.startswith(name)],
    ):
        if found:
            return found
    return []


def _only(name: str, found: Sequence[str], of: Mapping[str, Any], kind: str) -> str:
    if len(found) == 1:
        return found[0]
    if found:
        raise AutomationRoleError(f"{name!r}: more than one {kind} of the template matches → one of {', '.join(found)}")
    near = did_you_mean(name, [construct_name(one) for one in of])
    raise AutomationRoleError(f"{name!r}: no {kind} of the template has this name → one of {', '.join(of) or 'none'}{near}")


def _check_question(action: str, resource: str) -> None:
    if not action_exists(action):
        near = nearest_action(action)
        raise AutomationRoleError(
            f"action {action!r} does not exist in IAM → an action such as 'ssm:StartAutomationExecution'"
            + (f"; did you mean {near!r}?" if near is not None else "")
        )
    if resource != "*" and not (resource.startswith("arn:") and resource.count(":") >= _COLONS):
        raise AutomationRoleError(f"resource {resource!r} is not an ARN → an ARN, '*' in it for every such resource, or '*' for any")


_COLONS = 5


@dataclass(frozen=True, slots=True, repr=False)
class Principal:
    """A user, role or group of a template, and what it can do."""

    _authorization: Authorization
    _identity: Identity

    @property
    def arn(self) -> str:
        """Its ARN."""
        return self._identity.arn

    def __repr__(self) -> str:
        return f"<{self._identity}>"

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
        _check_question(action, resource)
        return self._authorization._decide(self._identity, self._authorization._request(action, resource, context))  # noqa: SLF001

    def may_pass(self, role: str | Role, *, to: str = _SSM, context: Values | None = None) -> Decision:
        """Whether it can pass a role to a service (`iam:PassRole` with `iam:PassedToService`).

        Args:
            role: a role of the template (as for `Authorization.role`), or an ARN.
            to: the service principal.
            context: further condition keys, such as `iam:AssociatedResourceArn`.

        Raises:
            AutomationRoleError: there is no such role, or `to` is not a service principal.
        """
        check_service(to)
        arn = role.arn if isinstance(role, Role) else role if role.startswith("arn:") else self._authorization.role(role).arn
        decision = self.may("iam:PassRole", resource=arn, context={"iam:PassedToService": to, **(context or {})})
        account = arn.split(":")[4]
        if account.isdecimal() and account != self._identity.account:
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
            reason = f"a role can be passed only within its own account, and this one is in {account}"
            return Decision(question=decision.question, outcome=Outcome.DENIED, reason=reason)
        return decision

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
            runbook: a `Runbook`, the logical id of an `AWS::SSM::Document` of the template, a document's name, or its ARN.
            role: the role it runs as: of the template, or an ARN. Left out: it runs with the starter's own permissions.
            version: the version that is started. Left out: the document's default version, whose number is unknown.
            tags: the tags that the execution gets.
            context: further condition keys of all these requests.

        Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-identity-based-policies.html
        """
        start, given = "ssm:StartAutomationExecution", context or {}
        auth = self._authorization
        document = self._document(runbook)
        definition = re.sub(r":document/", ":automation-definition/", document, count=1) + f":{version or '*'}"
        executions = f"arn:{auth.partition}:ssm:{auth.region}:{auth.account}:automation-execution/*"
        tagged = {f"aws:RequestTag/{key}": value for key, value in (tags or {}).items()}
        if tags:
            tagged["aws:TagKeys"] = list(tags)  # type: ignore[assignment]
        own: Values = {**tagged, **given}
        parts = [self._start(document, version, own), self.may(start, resource=executions, context=own)]
        if tags:
            parts.append(self.may("ssm:AddTagsToResource", resource=executions, context=own))
        if role is not None:
            parts.append(self.may_pass(role, to=_SSM, context=given))
        on_definition = self.may(start, resource=definition, context=own)
        if on_definition.outcome is Outcome.DENIED and on_definition.policy is not None:
            parts.append(on_definition)
        names = f"version {version} of " if version else ""
        question = f"{self._identity}: start {names}{document.rpartition('/')[2]}" + (f" as {role}" if role is not None else "")
        return Decision.all(question, parts, "; ".join(dict.fromkeys(part.reason for part in parts)))

    def _start(self, document: str, version: str | None, context: Values) -> Decision:
        request = self._authorization._request("ssm:StartAutomationExecution", document, {"ssm:DocumentVersion": version, **context})  # noqa: SLF001
        if version is None and "ssm:DocumentVersion" not in context:
            hidden: Context = {"ssm:documentversion": Hidden("ssm:DocumentVersion", certain=True, ask="ask about one, version=…")}
            request = Request(request.action, request.resource, {**request.context, **hidden})
        return self._authorization._decide(self._identity, request)  # noqa: SLF001

    def _document(self, runbook: str | Runbook) -> str:
        auth = self._authorization
        if isinstance(runbook, Runbook):
            return auth._document(runbook.name, "document")  # noqa: SLF001
        if runbook.startswith("arn:"):
            return runbook
        resources = auth._template.resolver.resources  # noqa: SLF001
        documents = {key: one for key, one in resources.items() if one["Type"] == "AWS::SSM::Document"}
        exact = [key for key in documents if runbook in (key, construct_name(key))]
        name = auth._template.resolver.physical_name(_only(runbook, exact, documents, "document")) if exact else runbook  # noqa: SLF001
        return auth._document(name, "document")  # noqa: SLF001


@dataclass(frozen=True, slots=True, repr=False)
class Role(Principal):
    """A role of a template: what it can do, which runbooks it can run, and who can assume it."""

    def __str__(self) -> str:
        return self._identity.label

    def may_run(self, *runbooks: Runbook, regions: Sequence[str] | None = None) -> Decision:
        """Whether the role's own policies allow everything that is derived from these runbooks.

        Stricter than `automation-role check`, which reports what is *allowed in part* but does not fail: here that is denied. Examples: a role
        for one instance where the runbook takes any, a resource that IAM checks only when the call uses one, and one type of resource
        where the call can use another. Bind the runbook's parameters to the values that you mean. A condition on a key that the
        requests may have, such as `aws:ResourceTag/Stop`, is decided by the `context` of the `Authorization`.

        Resource policies, and what could not be derived (`derive(…).findings`), are not checked here.

        Args:
            runbooks: all that run as this role; nested automations are followed among them.
            regions: the Regions they act in. Left out: the Region of the `Authorization`; `["*"]`: any.

        Raises:
            AutomationRoleError: an argument is not a `Runbook`.
        """
        for runbook in runbooks:
            if not isinstance(runbook, Runbook):
                raise AutomationRoleError(f"may_run got {runbook!r} → a Runbook; read a file with Runbook.from_file(path)")
        if not runbooks:
            raise AutomationRoleError("may_run without a runbook → at least one Runbook; without one, the answer would always be true")
        auth = self._authorization
        place = Place(
            partition=auth.partition,
            account=auth.account,
            regions=tuple(regions) if regions is not None else (auth.region,),
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

    def may_be_assumed_by(self, caller: str | Principal, *, context: Values | None = None) -> Decision:
        """Whether a caller can assume this role.

        Args:
            caller: a service principal (`ssm.amazonaws.com`), the ARN of a user or role, or a `Principal`, of this template or of
                another account's. With only an ARN, the caller's own policies are unknown.
            context: the request's condition keys: what a service says of the resource it acts for (`aws:SourceAccount`,
                `aws:SourceArn`), `sts:ExternalId`, …

        Raises:
            AutomationRoleError: `caller` is none of these.
        """
        if isinstance(caller, Principal):
            who: Identity | ServicePrincipal | Stranger = caller._identity  # noqa: SLF001
        elif caller.startswith("arn:") and caller.count(":") >= 5:
            who = Stranger(caller)
        elif re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?", caller):
            who = ServicePrincipal(caller)
        else:
            raise AutomationRoleError(f"caller {caller!r} → a service principal such as 'ssm.amazonaws.com', an ARN, or a Principal")
        return may_assume(self._identity, who, given_context(context or {}))
