"""The smallest change that allows the call: as IAM JSON, in CDK, in Terraform."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..catalog.iam_actions import resource_types
from ..check.report import Missing
from ..derive.derivation import Derivation
from ..policy.access import pass_role, start
from ..policy.policy import Policy
from ..policy.runbook_names import is_startable
from ..policy.trust import SSM, trust
from ..values.calls import Permission
from ..values.patterns import Pattern
from ..values.place import Place
from .candidates import Candidate, action_of
from .causes import CAUSES, Cause
from .failure import Failure

_BY_ROLE: Final = frozenset({"roleLacks", "boundary", "session", "serviceControl", "vpcEndpoint", "untold"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """What to change.

    Attributes:
        where: what to change: the role's policies, its boundary, the resource's policy…
        message: what to do, in words.
        statements: the statements that allow the call, as IAM JSON; empty when no statement helps, or it is unknown.
        later: the statements that allow the rest of the run, as IAM JSON.
        cdk: the same for a CDK app; empty when there is nothing to write.
        terraform: the same for Terraform.
    """

    where: str
    message: str
    statements: tuple[Mapping[str, Any], ...] = ()
    later: tuple[Mapping[str, Any], ...] = ()
    cdk: str = ""
    terraform: str = ""


def fix_of(
    failure: Failure, cause: Cause, at: Sequence[Candidate], *, derivation: Derivation, rest: Iterable[Missing], place: Place
) -> Fix:
    """The smallest fix.

    Args:
        failure: what the message says.
        cause: what refused it.
        at: the steps that could have made the call.
        derivation: of the runbooks, for what the rest of the run needs.
        rest: what else the role lacks.
        place: where the role is.
    """
    where = CAUSES[cause.id].where
    if cause.id == "notPermission":
        return Fix(where=where, message="no policy helps; read the error")
    if cause.id == "trust":
        return _trusting(failure, where, place)
    if cause.id == "starter":
        return _starting(failure, where, derivation, place)
    if cause.id in ("resourcePolicy", "key"):
        return _beside(failure, cause, where, place)
    if cause.id in ("roleDenies", "resourceControl", "otherRole") or failure.denies:
        return Fix(where=where, message=_DENIED.get(cause.id, "change the statement that denies it; no allow outweighs a deny"))
    allowing = _allowing(failure, at, place)
    later = _statements(_permissions(derivation, rest), place)
    if not allowing:
        return Fix(where=where, message=_unknown(failure), later=later)
    return Fix(
        where=where,
        message=_said(cause, at, failure),
        statements=allowing,
        later=later,
        cdk=_cdk(allowing, later, at, failure) if cause.id in ("roleLacks", "untold") else "",
        terraform=_terraform((*allowing, *later)) if cause.id in ("roleLacks", "untold") else "",
    )


_DENIED: Final[Mapping[str, str]] = {
    "roleDenies": "take the action out of the statement, or exclude this resource from it; no allow outweighs a deny",
    "resourceControl": "ask whoever runs the resource's organization; nothing in the role's policies outweighs them",
    "otherRole": "allow it there; the automation's role does not need it",
}


def _said(cause: Cause, at: Sequence[Candidate], failure: Failure) -> str:
    if cause.id in ("boundary", "serviceControl", "vpcEndpoint", "session"):
        return "add the statement; the role's own policies must allow the call, too"
    if at and at[0].fits:
        return "deploy the policy that is derived from these runbooks, or add this statement (-p NAME=VALUE narrows it)"
    bound = sorted({name for one in at for name in _bindings(one)})
    if bound:
        return f"the derived policy allows it only on the value that {', '.join(bound)} is bound to; bind the value that the automation is started with, or add the statement"
    return "add the statement" if action_of(failure) else "add what the step's calls need"


def _bindings(one: Candidate) -> Iterator[str]:
    """The parameters whose bound values are in what was derived for the call."""
    texts = [text for p in one.permissions for pattern in p.resources for text in Place().write(pattern)]
    for name, value in one.runbook.bindings.items():
        if isinstance(value, str) and any(value in text for text in texts):
            yield name


def _unknown(failure: Failure) -> str:
    if action_of(failure) == "iam:PassRole":
        return "allow iam:PassRole on the role that is passed, with the condition iam:PassedToService; the message does not name the service that it is passed to"
    return "the message does not say enough to write a statement; run the command under `ask` first"


# -- statements of the role ----------------------------------------------------------------------------------------------------------


def _allowing(failure: Failure, at: Sequence[Candidate], place: Place) -> tuple[Mapping[str, Any], ...]:
    """What was derived for the call; where that does not cover the resource, the resource that the failure names."""
    permissions = [permission for one in at for permission in one.permissions]
    action = action_of(failure)
    if action == "iam:PassRole":
        # The passed role is in the message; only the step says to which service.
        conditions = [p for p in permissions if p.conditions]
        if not failure.resource.startswith("arn:") or not conditions:
            return ()
        return _statements([conditions[0]._replace(resources=(Pattern.literal(failure.resource),))], place)
    if any(one.fits for one in at):
        return _statements(permissions, place)
    if not action or ":" not in action:
        return _statements(permissions, place)
    on = failure.resource if failure.resource.startswith("arn:") and resource_types(action) else "*"
    return ({"Sid": _sid(action), "Effect": "Allow", "Action": [action], "Resource": [on]},)


def _permissions(derivation: Derivation, lacks: Iterable[Missing]) -> list[Permission]:
    """The statements for some missing permissions."""
    wanted = {(one.action, origin) for one in lacks for origin in one.origins}
    return [p for p in derivation.permissions if any((p.action, origin) in wanted for origin in p.origins)]


def _statements(permissions: Iterable[Permission], place: Place) -> tuple[Mapping[str, Any], ...]:
    return tuple(statement.to_json(place) for statement in Policy.of(permissions).statements)


def _sid(action: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in action.replace("-", ":").split(":"))


# -- other policies ------------------------------------------------------------------------------------------------------------------


def _trusting(failure: Failure, where: str, place: Place) -> Fix:
    if not failure.starting:
        return Fix(where=where, message="name the principal of the service that the role is passed to")
    account = place.account if place.account != "*" else failure.resource_account
    passing = "whoever starts the automation needs iam:PassRole on the role (in CDK: grant_start_automation)"
    if not account:  # the statement is about one account's automations
        return Fix(where=where, message=f"let it trust {SSM} (with --account, the statement is printed here); {passing}")
    written = trust(SSM).to_json(
        place._replace(account=account, partition=place.partition if place.partition != "*" else failure.partition)
    )
    return Fix(where=where, message=f"add this statement; {passing}", statements=(written,))


def _starting(failure: Failure, where: str, derivation: Derivation, place: Place) -> Fix:
    """What whoever starts the automation needs: to start it, and to pass its role."""
    action = action_of(failure)
    if action not in ("", "iam:PassRole", "ssm:StartAutomationExecution"):
        return Fix(
            where=where,
            message=f"allow {action}",
            statements=({"Effect": "Allow", "Action": [action], "Resource": ["*"]},),
        )
    refused = failure.resource.rpartition("/")[2].partition(":")[0] or failure.runbook
    named = [refused] if action == "ssm:StartAutomationExecution" and refused else [runbook.name for runbook in derivation.runbooks]
    names = [name for name in named if is_startable(name)]  # a file's name need not be one that Systems Manager accepts
    role = Pattern.literal(failure.resource) if action == "iam:PassRole" and failure.resource.startswith("arn:") else None
    starts = [statement.to_json(place) for statement in start(names)] if names else []
    passes = [pass_role(role=role).to_json(place)] if role is not None else [pass_role().to_json(place)] if place.role_arn else []
    return Fix(
        where=where,
        message=f"allow {'passing the role' if action == 'iam:PassRole' else 'starting the runbook, and passing its role'} (in CDK: grant_start_automation)",
        statements=tuple(passes if action == "iam:PassRole" else [*starts, *passes]),
        cdk=f"role.grant_start_automation(grantee, {', '.join(map(json.dumps, names))})" if names else "",
    )


def _beside(failure: Failure, cause: Cause, where: str, place: Place) -> Fix:
    """The policy of a resource or key, which names the role."""
    action = action_of(failure)
    if failure.denies:
        return Fix(where=where, message="change the statement that denies it; no allow outweighs a deny")
    if "lakeFormation" in failure.shapes:
        return Fix(where=where, message="grant it in Lake Formation (aws lakeformation grant-permissions); no IAM policy replaces that")
    if not action:
        return Fix(where=where, message="allow the step's call")
    role = place.role_arn or (f"arn:{failure.partition}:iam::{failure.account}:role/{failure.role}" if failure.role else None)
    if role is None:
        return Fix(
            where=where, message=f"allow {action} for the role that runs the automation (with --role-arn, the statement is printed here)"
        )
    statement: dict[str, Any] = {"Sid": _sid(action), "Effect": "Allow", "Principal": {"AWS": role}, "Action": [action]}
    on_key = cause.id == "key" or action.startswith("kms:")
    statement["Resource"] = "*" if on_key or not failure.resource.startswith("arn:") else failure.resource
    owner = f" (account {failure.resource_account})" if failure.resource_account and failure.resource_account != failure.account else ""
    message = f"add the statement to the policy of {failure.resource or 'the key' if on_key else failure.resource or 'the resource'}{owner}"
    also = f"; the role's policies need {action} on the key, too (no runbook names the key: in CDK, extra_statements)" if on_key else ""
    return Fix(where=where, message=message + also, statements=(statement,))


# -- code ----------------------------------------------------------------------------------------------------------------------------


def _cdk(statements: Sequence[Mapping[str, Any]], later: Sequence[Mapping[str, Any]], at: Sequence[Candidate], failure: Failure) -> str:
    """`iam.PolicyStatement`s; under the step's name when the derivation does not have them (those of `later` it has)."""
    written = [_policy_statement(statement) for statement in statements]
    if at and not at[0].fits and failure.action:
        key = f"({json.dumps(at[0].runbook.name)}, {json.dumps(at[0].step.name)})"
        inner = "".join(f"        {one.replace(chr(10), chr(10) + '        ')},\n" for one in written)
        return f"extra_statements={{\n    {key}: [\n{inner}    ],\n}},"
    written += [_policy_statement(statement) for statement in later]
    return "\n".join(f"role.role.add_to_policy(\n    {one.replace(chr(10), chr(10) + '    ')}\n)" for one in written)


def _policy_statement(statement: Mapping[str, Any]) -> str:
    lines = [f"    sid={json.dumps(statement['Sid'])},"] if statement.get("Sid") else []
    lines += [f"    actions={json.dumps(_listed(statement['Action']))},", f"    resources={json.dumps(_listed(statement['Resource']))},"]
    if "Condition" in statement:
        lines.append(f"    conditions={json.dumps(statement['Condition'])},")
    return "iam.PolicyStatement(\n" + "\n".join(lines) + "\n)"


def _terraform(statements: Iterable[Mapping[str, Any]]) -> str:
    """A data source, for an `aws_iam_role_policy` of the role.

    Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document (`&{}` for policy variables)
    """
    lines = ['data "aws_iam_policy_document" "automation" {']
    for statement in statements:
        lines.append("  statement {")
        if statement.get("Sid"):
            lines.append(f"    sid       = {_hcl(statement['Sid'])}")
        lines.append(f"    actions   = {_hcl_list(statement['Action'])}")
        lines.append(f"    resources = {_hcl_list(statement['Resource'])}")
        for test, keys in statement.get("Condition", {}).items():
            for key, values in keys.items():
                lines += [
                    "    condition {",
                    f"      test     = {_hcl(test)}",
                    f"      variable = {_hcl(key)}",
                    f"      values   = {_hcl_list(values)}",
                    "    }",
                ]
        lines.append("  }")
    return "\n".join([*lines, "}"])


def _hcl(text: str) -> str:
    return json.dumps(text.replace("${", "&{"), ensure_ascii=False)


def _hcl_list(values: Any) -> str:
    return f"[{', '.join(map(_hcl, _listed(values)))}]"


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
