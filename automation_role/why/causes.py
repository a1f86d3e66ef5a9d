"""What refused the call: first by the message, then by the role's policies; if neither says, the command that settles it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..check.coverage import request_of
from ..check.subjects import Subject
from ..check.trust import admission
from ..iam.decision import Decision, Outcome, decide
from ..iam.logic import Undecided
from ..policy.trust import SSM
from ..values.placeholders import readable
from .candidates import Candidate, action_of
from .failure import Failure, Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of cause.

    Attributes:
        means: what refuses the call.
        where: what to change to allow the call.
    """

    means: str
    where: str


# id -> what it means and what to change. The ids are a contract: documentation and JSON have them.
CAUSES: Final[Mapping[str, Kind]] = {
    "roleLacks": Kind(means="no policy of the role allows it", where="the role's policies"),
    "roleDenies": Kind(means="a policy of the role denies it", where="the statement that denies it"),
    "boundary": Kind(means="the role's permissions boundary does not allow it, or denies it", where="the permissions boundary"),
    "session": Kind(means="a session policy of whoever assumed the role does not allow it, or denies it", where="the session policy"),
    "serviceControl": Kind(
        means="a service control policy of the organization does not allow it, or denies it",
        where="the organization's service control policies",
    ),
    "resourceControl": Kind(
        means="a resource control policy of the resource's organization denies it", where="the organization's resource control policies"
    ),
    "vpcEndpoint": Kind(means="the policy of the VPC endpoint does not allow it, or denies it", where="the VPC endpoint's policy"),
    "resourcePolicy": Kind(means="the resource's own policy does not allow it, or denies it", where="the resource's policy"),
    "key": Kind(
        means="the KMS key does not exist, is in another Region, or can't be used by the role",
        where="the role's policies and the key's policy",
    ),
    "trust": Kind(means="the role can't be assumed", where="the role's trust policy"),
    "starter": Kind(
        means="whoever starts the automation lacks a permission; the runbook's role is not the reason",
        where="the policies of whoever starts it",
    ),
    "otherRole": Kind(means="another role made the call, not the one that runs the automation", where="that role's policies"),
    "notPermission": Kind(means="the call failed for another reason; no permission is missing", where="the call"),
    "untold": Kind(means="the message does not say what refused it", where="the policy that the command under `ask` finds"),
}

_BY_LAYER: Final[Mapping[Layer, str]] = {
    Layer.BOUNDARY: "boundary",
    Layer.SESSION: "session",
    Layer.SERVICE_CONTROL: "serviceControl",
    Layer.RESOURCE_CONTROL: "resourceControl",
    Layer.RESOURCE: "resourcePolicy",
    Layer.ENDPOINT: "vpcEndpoint",
    Layer.KEY: "key",
    Layer.OTHER_ROLE: "otherRole",
    Layer.NONE: "notPermission",
}
_STARTS: Final = frozenset({"ssm:StartAutomationExecution", "ssm:StartChangeRequestExecution", "iam:PassRole", "tag:GetResources"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a call was refused.

    Attributes:
        id: one of `CAUSES`.
        message: in words.
        certain: whether the message or the role's policies prove it; else it is the most likely.
        settle: commands that find out more, for a person to run.
    """

    id: str
    message: str
    certain: bool
    settle: tuple[str, ...] = ()


def cause_of(failure: Failure, at: Sequence[Candidate], subject: Subject | None, role: str) -> Cause:
    """What refused a call.

    Args:
        failure: what the message says.
        at: the steps that could have made the call.
        subject: the role, if its policies are available.
        role: name of the role that runs the automation; empty when unknown.
    """
    if failure.layer is Layer.NONE:
        crosses = "crossAccountPass" in failure.shapes
        detail = (
            "a role can be passed only within its own account" if crosses else f"{failure.code or 'the error'} is not about permissions"
        )
        return _cause("notPermission", detail, certain=True)
    if failure.layer is Layer.TRUST:
        return _trust(failure, subject)
    if failure.layer is Layer.OTHER_ROLE:
        return _cause("otherRole", "the resource's own role lacks the permission, not the automation's", certain=True)
    if _is_start(failure, at, role):
        who = failure.principal or "who starts the automation"
        return _cause("starter", f"{who} lacks {action_of(failure) or 'a permission'}", certain=bool(failure.principal))
    if failure.layer is Layer.KEY:
        return _key(failure)
    if role and failure.role and failure.role != role:
        who = "an automation that runs as it" if failure.by_automation else "it"
        return _cause("otherRole", f"role {failure.role!r}: {who} made the call; the role that you provided is {role!r}", certain=True)
    if action_of(failure) == "sts:AssumeRole" and failure.layer in (Layer.UNTOLD, Layer.RESOURCE):
        return _assuming(failure)
    if failure.layer in _BY_LAYER:
        return _named(failure)
    return _of_role(failure, at, subject)


def lacks(at: Sequence[Candidate]) -> Cause:
    """The role's policies lack what these calls need; the message does not name an action."""
    names = ", ".join(sorted({p.action for one in at for p in one.permissions}))
    return _cause("roleLacks", f"of what the call could need, it lacks {names}", certain=len(at) == 1)


def _cause(id_: str, detail: str = "", *, certain: bool, settle: Sequence[str] = ()) -> Cause:
    means, joined = CAUSES[id_].means, "; " if id_ == "untold" else ": "
    return Cause(id=id_, message=f"{means}{joined}{detail}" if detail else means, certain=certain, settle=tuple(settle))


def _is_start(failure: Failure, at: Sequence[Candidate], role: str) -> bool:
    """Whether whoever starts the automation was refused, before any step."""
    if failure.by_automation or failure.step:
        return False
    if failure.starting:
        return True
    if action_of(failure) == "iam:PassRole" and failure.operation and not failure.operation.startswith("Start"):
        return False  # in another call, the role is passed
    other = failure.user or bool(role and failure.role and failure.role != role) or not at
    return action_of(failure) in _STARTS and other


def _trust(failure: Failure, subject: Subject | None) -> Cause:
    name = failure.resource.rpartition("/")[2] or (subject.identity.name if subject is not None else "ROLE")
    settle = [f"aws iam get-role --role-name {_shell(name)} --query Role.AssumeRolePolicyDocument"]
    if not failure.starting:
        return _cause(
            "trust",
            f"a service was passed {failure.resource or 'a role'} and can't assume it, because its trust policy does not name that service",
            certain=True,
            settle=settle,
        )
    if subject is not None and subject.identity.trust is not None:
        decision = admission(subject.identity, subject.accounts, subject.context.regions)
        if decision.outcome is Outcome.DENIED:
            return _cause("trust", readable(decision.reason), certain=True)
        if decision.outcome is Outcome.ALLOWED:
            detail = (
                f"the trust policy that you provided trusts {SSM}; so the deployed one differs, this account has no such role, or whoever "
                "starts the automation lacks iam:PassRole on it"
            )
            return _cause("trust", detail, certain=False, settle=settle)
    detail = f"the role must be in the account that starts the automation and trust {SSM} there, and whoever starts the automation needs iam:PassRole on it"
    return _cause("trust", detail, certain=False, settle=settle)


def _key(failure: Failure) -> Cause:
    settle = [
        f"aws kms describe-key --key-id {_shell(failure.resource or 'KEY')}",
        f"aws kms get-key-policy --key-id {_shell(failure.resource or 'KEY')}",
    ]
    return _cause("key", "the message does not name the key; the settings of the encrypted resource do", certain=True, settle=settle)


def _assuming(failure: Failure) -> Cause:
    name = failure.resource.rpartition("/")[2]
    return _cause(
        "trust" if failure.layer is Layer.RESOURCE else "untold",
        f"to assume {failure.resource or 'a role'}, {f'role {failure.role!r}' if failure.role else 'the caller'} needs sts:AssumeRole in its own "
        "policies, and the trust policy of the assumed role must allow it, too",
        certain=failure.layer is Layer.RESOURCE,
        settle=[f"aws iam get-role --role-name {_shell(name)} --query Role.AssumeRolePolicyDocument"] if name else [],
    )


def _named(failure: Failure) -> Cause:
    """What the message itself names."""
    of = f" of {failure.resource}" if failure.layer is Layer.RESOURCE and failure.resource else ""
    which = failure.policy or f"the {failure.layer.value} policy{of}"
    detail = f"{which} {'denies' if failure.denies else 'does not allow'} {action_of(failure) or 'it'}"
    if "lakeFormation" in failure.shapes:
        detail = "Lake Formation did not grant it"
    settle = (
        [f"aws organizations describe-policy --policy-id {_shell(failure.policy.rpartition('/')[2])}"]
        if ":organizations:" in failure.policy
        else []
    )
    return _cause(_BY_LAYER[failure.layer], detail, certain=True, settle=settle)


def _of_role(failure: Failure, at: Sequence[Candidate], subject: Subject | None) -> Cause:
    """The answer of the role's policies to an identity-based refusal, and to one that does not name a policy."""
    action = action_of(failure)
    by_identity = failure.layer is Layer.IDENTITY
    decision = _decision(subject, failure, at) if subject is not None and action else None
    if decision is not None and decision.outcome is Outcome.DENIED:
        by_boundary = subject is not None and subject.identity.boundary is not None and _is_boundary(decision, subject)
        if not (by_identity and by_boundary):
            id_ = "boundary" if by_boundary else "roleDenies" if decision.policy is not None else "roleLacks"
            return _cause(id_, readable(decision.reason).removeprefix("no statement allows it").removeprefix("; "), certain=True)
    if by_identity:
        return _cause("roleDenies" if failure.denies else "roleLacks", _deployed(decision), certain=True, settle=_read_role(failure))
    if decision is not None and decision.outcome is Outcome.ALLOWED:
        detail = (
            f"the role that you provided allows it ({readable(decision.reason)}); so the deployed role differs, or another policy refuses: "
            "the organization's, the resource's, a session's or a VPC endpoint's"
        )
        return _cause("untold", detail, certain=False, settle=_simulate(failure))
    if failure.encoded:
        return _cause("untold", "it is encoded, so decode it first", certain=False, settle=[_DECODE])
    if failure.denies:
        return _cause("untold", "only that some policy denies it explicitly", certain=False, settle=_simulate(failure))
    if not action:
        needs = sorted({p.action for one in at for p in one.permissions} or {f"{s} {o}" for one in at for s, o in one.calls})
        detail = (
            f"it does not even name the action; the step's calls need {', '.join(needs)}"
            if needs
            else "it names neither the action nor a call"
        )
        return _cause("untold", detail, certain=False, settle=_simulate(failure, [name for name in needs if ":" in name]))
    detail = "most likely, since the message does not say whose policies refused it"
    if failure.resource_account and failure.account and failure.resource_account != failure.account:
        detail = f"the resource is in account {failure.resource_account}, so the role's policies and the resource's own policy must both allow it"
    return _cause("roleLacks", detail, certain=False, settle=_simulate(failure))


_DECODE: Final = "aws sts decode-authorization-message --encoded-message MESSAGE --query DecodedMessage --output text"


def _decision(subject: Subject, failure: Failure, at: Sequence[Candidate]) -> Decision | None:
    """The role's answer to the request, with the condition keys that the step's call sends (`iam:PassedToService`)."""
    conditions = next((p.conditions for one in at for p in one.permissions if p.conditions), ())
    sent = [(key, subject.context.write(values[0])[0]) for _, key, values in conditions if values]
    request = request_of(action_of(failure), failure.resource or "*", sent)
    return decide(subject.identity, request) if not isinstance(request, Undecided) else None


def _is_boundary(decision: Decision, subject: Subject) -> bool:
    name = subject.identity.boundary.name if subject.identity.boundary is not None else ""
    return decision.policy == name or (decision.policy is None and f"permissions boundary {name!r}" in decision.reason)


def _deployed(decision: Decision | None) -> str:
    if decision is None or decision.outcome is not Outcome.ALLOWED:
        return ""
    return f"the role that you provided allows it ({readable(decision.reason)}), so the deployed one differs; deploy it"


def _read_role(failure: Failure) -> list[str]:
    if not failure.role:
        return []
    name = _shell(failure.role)
    return [f"aws iam list-role-policies --role-name {name}", f"aws iam list-attached-role-policies --role-name {name}"]


def _simulate(failure: Failure, actions: Sequence[str] = ()) -> list[str]:
    """IAM's own simulator, which sees service control policies and boundaries too."""
    names = [action_of(failure)] if failure.action else list(actions)
    if not names:
        return []
    role = f"arn:{failure.partition or 'aws'}:iam::{failure.account or 'ACCOUNT'}:role/{failure.role or 'ROLE'}"
    on = f" --resource-arns {_shell(failure.resource)}" if failure.resource.startswith("arn:") else ""
    return [f"aws iam simulate-principal-policy --policy-source-arn {_shell(role)} --action-names {' '.join(map(_shell, names))}{on}"]


def _shell(text: str) -> str:
    """One word of a shell command, quoted if necessary."""
    return shlex.quote(text)
