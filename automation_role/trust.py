"""Who may assume the role, and only for whose automations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .derive.calls import Condition
from .errors import AutomationRoleError, did_you_mean
from .policy import Statement
from .values import Pattern, is_opaque

SSM: Final = "ssm.amazonaws.com"  # in every partition

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: characters, white space not counted
TRUST_QUOTA: Final = 2_048


@dataclass(frozen=True, slots=True, kw_only=True)
class Sends:
    """What a service says about the resource it acts for, when it assumes a role.

    Attributes:
        account: whether it sends `aws:SourceAccount`.
        arn: what its `aws:SourceArn` is like; `None`: it sends none, or none that is the same in every use.
        source: the page that says so.
    """

    account: bool
    arn: str | None
    source: str


_GUIDE = "https://docs.aws.amazon.com/"

SERVICES: Final[Mapping[str, Sends]] = {
    SSM: Sends(
        account=True,
        arn="arn:{P}:ssm:*:{A}:automation-execution/*",
        source=_GUIDE + "systems-manager/latest/userguide/automation-setup-iam.html",
    ),
    "ec2.amazonaws.com": Sends(account=False, arn=None, source=_GUIDE + "IAM/latest/UserGuide/confused-deputy.html"),
}


def trust(service: str, *, restrict: bool = True) -> Statement:
    """The statement that lets a service assume the role.

    Args:
        service: service principal, such as `events.amazonaws.com`.
        restrict: only for resources of the role's own account, as far as the service says whose resource it acts for.
    """
    return Statement(
        actions=("sts:AssumeRole",),
        principals=(("Service", (Pattern.literal(service),)),),
        conditions=_conditions(SERVICES.get(service)) if restrict else (),
    )


def _conditions(sends: Sends | None) -> tuple[Condition, ...]:
    conditions: list[Condition] = []
    if sends is not None and sends.arn is not None:
        conditions.append(("ArnLike", "aws:SourceArn", (Pattern.of(sends.arn),)))
    if sends is not None and sends.account:
        conditions.append(("StringEquals", "aws:SourceAccount", (Pattern.of("{A}"),)))
    return tuple(conditions)


def unrestricted(service: str) -> str | None:
    """Why trusting this service cannot be restricted to the account, and what that means; `None` when it can."""
    sends = SERVICES.get(service)
    if sends is not None and (sends.account or sends.arn is not None):
        return None
    what = (
        "does not say for whose resource it assumes a role"
        if sends is not None
        else "is not known to say for whose resource it assumes a role"
    )
    whom = (
        "everything that runs on an instance with this role in its profile"
        if service == "ec2.amazonaws.com"
        else "whoever may hand it this role"
    )
    return (
        f"{service!r} may assume this role without a condition, for it {what}: {whom} has all of the role's permissions; "
        f"leave it out of trusted_services unless it is needed"
    )


# A service principal: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services
_PRINCIPAL = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?")


def check_principal(service: str) -> None:
    """Refuse what cannot be a service principal.

    Raises:
        AutomationRoleError: it is none; the message offers the nearest that is known.
    """
    if is_opaque(service) or _PRINCIPAL.fullmatch(service):
        return
    near = did_you_mean(service if "." in service else f"{service}.amazonaws.com", SERVICES)
    raise AutomationRoleError(f"{service!r} is no service principal → such as 'events.amazonaws.com'{near}")
