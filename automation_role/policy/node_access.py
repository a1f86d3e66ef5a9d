"""What people need for just-in-time node access: those who request a session on a node, and those who approve the request.

A request is an OpsItem. Where a manual approval policy applies, the request starts it as an automation, with the requester's permissions and
without a role. Systems Manager tags that automation, so IAM can tell it from all others.

Sources:
    https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-just-in-time-node-access-setting-up.html
    https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-just-in-time-node-access-approve-deny-requests.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from ..errors import AutomationRoleError
from ..values.arns import AUTOMATION_EXECUTIONS
from ..values.given import given
from ..values.patterns import Pattern
from ..values.tokens import is_opaque
from .statement import Statement

if TYPE_CHECKING:
    from ..values.calls import Condition

_REQUESTS: Final = Pattern.of("arn:{P}:ssm:{R}:{A}:opsitem/*")
_DOCUMENTS: Final = Pattern.of("arn:{P}:ssm:{R}:{A}:document/*")
_APPROVAL_POLICY: Final[Condition] = ("StringEquals", "ssm:DocumentType", (Pattern.literal("ManualApprovalPolicy"),))
_OF_A_REQUEST: Final[Condition] = (
    "StringEquals",
    "aws:ResourceTag/SystemsManagerJustInTimeNodeAccessManaged",
    (Pattern.literal("true"),),
)

# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_InstanceInformation.html
_NODE: Final = re.compile(r"(?P<kind>i|mi)-[0-9a-f]{8,17}")
_KINDS: Final = {"i": Pattern.of("arn:{P}:ec2:{R}:{A}:instance/"), "mi": Pattern.of("arn:{P}:ssm:{R}:{A}:managed-instance/")}


def request(nodes: Iterable[str] | None) -> tuple[Statement, ...]:
    """May request access to nodes, get the credentials of an approved request, and cancel a request that waits for approval.

    AWS's example allows `GetAccessToken` on everything; IAM's reference has the request as its resource, which is narrower.

    Args:
        nodes: IDs; a CDK token is the ID of an EC2 instance. `None`: every node of the account.

    Raises:
        AutomationRoleError: there is no node, or one is not an ID.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_ssm.html
    """
    arns = tuple(kind + Pattern.of("*") for kind in _KINDS.values()) if nodes is None else tuple(_arns(dict.fromkeys(nodes)))
    if not arns:
        raise AutomationRoleError("nodes is empty → IDs such as 'i-0123456789abcdef0'; leave nodes out for every node of the account")
    start = ("ssm:StartAutomationExecution",)
    return (
        Statement(actions=("ssm:StartAccessRequest",), resources=arns),
        Statement(actions=("ssm:CreateOpsItem", "ssm:GetAccessToken", "ssm:GetOpsItem"), resources=(_REQUESTS,)),
        Statement(actions=start, resources=(_DOCUMENTS,), conditions=(_APPROVAL_POLICY,)),
        # An execution has no document type, so in the same statement the condition would deny every start.
        Statement(actions=start, resources=(AUTOMATION_EXECUTIONS,)),
        Statement(actions=("ssm:StopAutomationExecution",), resources=(AUTOMATION_EXECUTIONS,), conditions=(_OF_A_REQUEST,)),
    )


def approve() -> tuple[Statement, ...]:
    """May find and read requests, and approve, reject and revoke them: each is a signal, and IAM does not see which.

    Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendAutomationSignal.html
    """
    return (
        Statement(actions=("ssm:DescribeOpsItems",), resources=(Pattern.of("*"),)),  # IAM has nothing narrower
        Statement(actions=("ssm:GetOpsItem",), resources=(_REQUESTS,)),
        Statement(actions=("ssm:SendAutomationSignal",), resources=(AUTOMATION_EXECUTIONS,), conditions=(_OF_A_REQUEST,)),
    )


def _arns(nodes: Iterable[object]) -> Iterator[Pattern]:
    for node in nodes:
        if isinstance(node, str) and is_opaque(node):
            yield _KINDS["i"] + given(node)
            continue
        form = _NODE.fullmatch(node) if isinstance(node, str) else None
        if form is None:
            raise AutomationRoleError(f"nodes has {node!r} → the ID of a node, such as 'i-0123456789abcdef0' or 'mi-0123456789abcdef0'")
        yield _KINDS[form["kind"]] + Pattern.literal(form[0])
