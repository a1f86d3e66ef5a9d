"""Failures in what AWS records of a refused call: CloudTrail events, and EC2's decoded authorization messages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from .failure import Failure, Layer, execution_in
from .message_shapes import REFUSALS
from .messages import failures_in, string, within

# CloudTrail appends the version to operation names of old APIs: `CreateFunction20150331v2`.
_DATED: Final = re.compile(r"(\d{8}|\d{4}_\d\d_\d\d)(v\d+)?\Z")


def failures_of_event(document: Mapping[str, Any]) -> list[Failure]:
    """The failure that a CloudTrail event records, if it records one.

    Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
    """
    code, message = string(document.get("errorCode")), string(document.get("errorMessage"))
    if not code:
        return []
    identity = document.get("userIdentity")
    identity = identity if isinstance(identity, Mapping) else {}
    principal = string(identity.get("arn"))
    source, agent = string(document.get("eventSource")), string(identity.get("invokedBy"))
    refused = code in REFUSALS or code.endswith(("AccessDenied", "AccessDeniedException", "UnauthorizedOperation"))
    found = failures_in(message)[0][:1]
    one = (
        found[0]
        if found
        else Failure(text=f"{code}: {message}".rstrip(": "), shapes=("cloudTrail",), layer=Layer.UNTOLD if refused else Layer.NONE)
    )
    parameters = document.get("requestParameters")
    return [
        within(
            replace(one, shapes=tuple(dict.fromkeys((*one.shapes, "cloudTrail"))), service=source.partition(".")[0] or one.service),
            code=code,
            principal=principal,
            operation=_DATED.sub("", string(document.get("eventName"))),
            execution=execution_in(principal),
            inputs=parameters if isinstance(parameters, Mapping) else {},
            region=string(document.get("awsRegion")),
            through="cloudformation" if agent.startswith("cloudformation.") else "",
        )
    ]


def failures_of_decoded(document: Mapping[str, Any]) -> list[Failure]:
    """The failure in EC2's decoded authorization message.

    Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
    """
    context = document.get("context")
    context = context if isinstance(context, Mapping) else {}
    principal = context.get("principal")
    action, resource = string(context.get("action")), string(context.get("resource"))
    if document.get("allowed") is True or not action:
        return []
    arn = string(principal.get("arn")) if isinstance(principal, Mapping) else ""
    denied = document.get("explicitDeny") is True
    return [
        Failure(
            text=f"decoded authorization message: {action} on {resource or '*'} is not allowed{' (explicit deny)' if denied else ''}",
            shapes=("decodedMessage",),
            denies=denied,
            principal=arn,
            action=action,
            resource=resource,
            operation=action.partition(":")[2],
            execution=execution_in(arn),
        )
    ]
