"""API calls by which CloudFormation or Cloud Control changes resources with the caller's permissions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ..catalog import operations as catalog
from ..findings import BY_HAND, Finding
from ..values.calls import ApiCall, ChangedStack
from ..values.value import UNKNOWN, Text
from .inputs import given

# Operations that change a stack -> the input for the role that CloudFormation uses instead.
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html,
#     https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/security.html
_CHANGES: Final[Mapping[str, Mapping[str, str]]] = {
    "cloudformation": {
        "ContinueUpdateRollback": "RoleARN",
        "CreateStack": "RoleARN",
        "DeleteStack": "RoleARN",
        "ExecuteChangeSet": "",
        "RollbackStack": "RoleARN",
        "UpdateStack": "RoleARN",
    },
    "cloudcontrol": {"CreateResource": "RoleArn", "DeleteResource": "RoleArn", "UpdateResource": "RoleArn"},
}


def changed_by_call(call: ApiCall, body: Any = None) -> Iterator[ChangedStack | Finding]:
    """What an API call that changes a stack needs for the stack's resources, and what could not be derived.

    Args:
        call: any call; only those that change a stack need something.
        body: the template, if it is not among the call's inputs.
    """
    service = catalog.service(call.service)
    operation = service.operation(call.operation) if service is not None else None
    role = _CHANGES.get(call.service, {}).get(operation.name) if operation is not None else None
    if operation is None or role is None or (role and given(call.inputs, role)):
        return
    text = call.inputs.get("TemplateBody")
    known = text.literals if isinstance(text, Text) else None
    template = known[0] if known is not None and len(known) == 1 else body
    if template is not None:
        inputs = {name: call.inputs[name] for name in ("StackName", "Parameters") if name in call.inputs}
        known_inputs = inputs if operation.name == "CreateStack" else {"Parameters": UNKNOWN}
        yield ChangedStack(template=template, inputs=known_inputs, origin=call.origin)
        return
    remedy = f"set {role}, or add" if role else "add"
    message = (
        f"{call.service} {operation.name} changes resources with this role's permissions, unless the stack has its own role; what the "
        f"resources need was not derived; {remedy} it {BY_HAND}"
    )
    origin = call.origin
    yield Finding(id="templateNotInline", runbook=origin.runbook, step=origin.step, line=origin.line, message=message)
