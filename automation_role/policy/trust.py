"""The trust policy: who can assume the role, and for whose automations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..errors import AutomationRoleError, did_you_mean
from ..values.patterns import Pattern
from ..values.tokens import is_opaque
from .statement import Statement

if TYPE_CHECKING:
    from ..values.calls import Condition

SSM: Final = "ssm.amazonaws.com"  # the same in every partition


@dataclass(frozen=True, slots=True, kw_only=True)
class Sends:
    """What AWS documents that a service sends about the resource it acts for, when it assumes a role.

    Attributes:
        arn: the pattern of its `aws:SourceArn`; `None`: it does not send it.
        account: whether it sends `aws:SourceAccount`.
        source: the page, under https://docs.aws.amazon.com/.
    """

    arn: str | None
    account: bool
    source: str


SERVICES: Final[Mapping[str, Sends]] = {
    SSM: Sends(
        arn="arn:{P}:ssm:*:{A}:automation-execution/*",
        account=True,
        source="systems-manager/latest/userguide/automation-setup-iam.html",
    ),
    "codebuild.amazonaws.com": Sends(
        arn="arn:{P}:codebuild:*:{A}:project/*",
        account=True,
        source="codebuild/latest/userguide/cross-service-confused-deputy-prevention.html",
    ),
    "config.amazonaws.com": Sends(
        arn="arn:{P}:config:*:{A}:*",
        account=True,
        source="config/latest/developerguide/iamrole-permissions.html",
    ),
    "ecs-tasks.amazonaws.com": Sends(
        arn="arn:{P}:ecs:*:{A}:*",
        account=True,
        source="AmazonECS/latest/developerguide/task-iam-roles.html",
    ),
    "events.amazonaws.com": Sends(
        arn="arn:{P}:events:*:{A}:rule/*",
        account=True,
        source="eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html",
    ),
    "fis.amazonaws.com": Sends(
        arn="arn:{P}:fis:*:{A}:experiment/*",
        account=True,
        source="fis/latest/userguide/getting-started-iam-service-role.html",
    ),
    "pipes.amazonaws.com": Sends(
        arn="arn:{P}:pipes:*:{A}:pipe/*",
        account=True,
        source="eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html",
    ),
    # The ARN of the schedule's group, never of the schedule.
    "scheduler.amazonaws.com": Sends(
        arn="arn:{P}:scheduler:*:{A}:schedule-group/*",
        account=True,
        source="scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html",
    ),
    "ssm-incidents.amazonaws.com": Sends(
        arn="arn:{P}:ssm-incidents:*:{A}:incident-record/*",
        account=False,  # the page's trust policy has only the ARN
        source="incident-manager/latest/userguide/cross-service-confused-deputy-prevention.html",
    ),
    "states.amazonaws.com": Sends(
        arn="arn:{P}:states:*:{A}:stateMachine:*",
        account=True,
        source="step-functions/latest/dg/procedure-create-iam-role.html",
    ),
    # Documented for registry extensions (another principal) and StackSets, not for the service role of a stack.
    "cloudformation.amazonaws.com": Sends(
        arn=None,
        account=False,
        source="AWSCloudFormation/latest/UserGuide/cross-service-confused-deputy-prevention.html",
    ),
    "ec2.amazonaws.com": Sends(arn=None, account=False, source="AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html"),
    "lambda.amazonaws.com": Sends(arn=None, account=False, source="lambda/latest/dg/lambda-intro-execution-role.html"),
}


def trust(service: str, *, restrict: bool = True) -> Statement:
    """The statement that lets a service assume the role.

    Args:
        service: service principal, such as `events.amazonaws.com`.
        restrict: only for resources of the role's own account, if the service says for which resource it acts.
    """
    return Statement(
        actions=("sts:AssumeRole",),
        principals=(("Service", (Pattern.literal(service),)),),
        conditions=_conditions(service) if restrict else (),
    )


def _conditions(service: str) -> tuple[Condition, ...]:
    sends = SERVICES.get(service)
    conditions: list[Condition] = []
    if sends is not None and sends.arn is not None:
        conditions.append(("ArnLike", "aws:SourceArn", (Pattern.of(sends.arn),)))
    if sends is not None and sends.account:
        conditions.append(("StringEquals", "aws:SourceAccount", (Pattern.of("{A}"),)))
    return tuple(conditions)


# What happens when a service does not send the resource that it acts for.
_WHO: Final[Mapping[str, str]] = {
    "cloudformation.amazonaws.com": "every stack that is passed this role acts",
    "ec2.amazonaws.com": "whatever runs on an instance with this role in its profile acts",
    "lambda.amazonaws.com": "every function that is passed this role acts",
}


def unrestricted(service: str) -> str | None:
    """The warning that a trusted service cannot be restricted to this account's automations; `None` when it can."""
    if _conditions(service):
        return None
    why = (
        "sends no aws:SourceArn or aws:SourceAccount" if service in SERVICES else "is not known to send aws:SourceArn or aws:SourceAccount"
    )
    who = _WHO.get(service, "whatever it is passed to acts")
    return (
        f"trusted service {service!r} {why}, so its trust has no condition: {who} with all of the role's permissions; "
        f"leave it out of trusted_services unless it is needed"
    )


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services
_PRINCIPAL = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|amazon\.com|c2s\.ic\.gov|sc2s\.sgov\.gov)")


def check_service(service: str) -> None:
    """Refuse an invalid service principal.

    Raises:
        AutomationRoleError: it is invalid; the message offers the nearest known one.
    """
    if not isinstance(service, str):
        raise AutomationRoleError(
            f"a {type(service).__name__} is not a service principal → a name such as 'events.amazonaws.com'; write the full name"
        )
    if is_opaque(service) or _PRINCIPAL.fullmatch(service):
        return
    near = did_you_mean(service if "." in service else f"{service}.amazonaws.com", SERVICES) if len(service) > 1 else ""
    raise AutomationRoleError(
        f"{service!r} is not a service principal → a name such as 'events.amazonaws.com'{near or '; write the full name'}"
    )


def names_service(policy: Any, service: str) -> bool:
    """Whether a statement of a trust policy in a template may let a service assume the role; true if it can't be read."""
    said = policy.get("Statement", ()) if isinstance(policy, Mapping) else None
    statements = said if isinstance(said, (list, tuple)) else [said]
    return any(
        not isinstance(each, Mapping) or (each.get("Effect") == "Allow" and _names(each.get("Principal"), service)) for each in statements
    )


def _names(principal: Any, service: str) -> bool:
    """Whether a principal is the service (in any Region's spelling), everybody, or known only to CloudFormation."""
    names = principal.get("Service", ()) if isinstance(principal, Mapping) else principal
    listed = names if isinstance(names, (list, tuple)) else [names]
    if isinstance(principal, Mapping) and principal.get("AWS") == "*":
        return True
    return any(not isinstance(name, str) or name == "*" or name.partition(".")[0] == service.partition(".")[0] for name in listed)
