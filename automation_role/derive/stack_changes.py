"""API calls by which CloudFormation or Cloud Control works on resources with the caller's permissions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ..catalog import operations as catalog
from ..findings import BY_HAND, Finding
from ..values.arns import plain
from ..values.calls import CREATING, ApiCall, ChangedStack
from ..values.value import UNKNOWN, Text
from .inputs import given, texts

# Operations that change a stack -> the input for the role that CloudFormation uses instead.
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
_CHANGES: Final[Mapping[str, str]] = {
    "ContinueUpdateRollback": "RoleARN",
    "CreateStack": "RoleARN",
    "DeleteStack": "RoleARN",
    "ExecuteChangeSet": "",
    "RollbackStack": "RoleARN",
    "UpdateStack": "RoleARN",
}
# An update replaces, creates and deletes resources, too.
_UPDATING: Final = (*CREATING, "update")
# Cloud Control's operations -> the handler that runs. Source: https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/security.html
_HANDLERS: Final[Mapping[str, str]] = {
    "CreateResource": "create",
    "DeleteResource": "delete",
    "GetResource": "read",
    "ListResources": "list",
    "UpdateResource": "update",
}


def changed_by_call(call: ApiCall, body: Any = None) -> Iterator[ChangedStack | Finding]:
    """What an API call that works on resources with the caller's permissions needs for them, and what could not be derived.

    Args:
        call: any call; only those to CloudFormation and Cloud Control need something.
        body: the template, if it is not among the call's inputs.
    """
    service = catalog.service(call.service) if call.service in {"cloudformation", "cloudcontrol"} else None
    operation = service.operation(call.operation) if service is not None else None
    if operation is None:
        return
    if call.service == "cloudcontrol":
        if operation in _HANDLERS and not given(call.inputs, "RoleArn"):
            yield _resource(call, operation, _HANDLERS[operation])
    elif operation in _CHANGES and not (_CHANGES[operation] and given(call.inputs, _CHANGES[operation])):
        yield _stack(call, operation, body)


def _stack(call: ApiCall, operation: str, body: Any) -> ChangedStack | Finding:
    text = call.inputs.get("TemplateBody")
    known = text.literals if isinstance(text, Text) else None
    template = known[0] if known is not None and len(known) == 1 else body
    if template is not None and operation == "CreateStack":
        inputs = {name: call.inputs[name] for name in ("StackName", "Parameters") if name in call.inputs}
        return ChangedStack(template=template, inputs=inputs, origin=call.origin)
    if template is not None:
        return ChangedStack(template=template, inputs={"Parameters": UNKNOWN}, handlers=_UPDATING, origin=call.origin)
    remedy = f"set {_CHANGES[operation]}, or add" if _CHANGES[operation] else "add"
    message = (
        f"{call.service} {operation} changes resources with this role's permissions, unless the stack has its own role; what the "
        f"resources need was not derived; {remedy} it {BY_HAND}"
    )
    return call.origin.finding("templateNotInline", message)


def _resource(call: ApiCall, operation: str, handler: str) -> ChangedStack | Finding:
    """A resource of Cloud Control, as the only one of a template."""
    kinds = [text.text for text in texts(call.inputs, "TypeName")]
    if len(kinds) != 1 or kinds[0] is None:
        message = (
            f"{call.service} {operation} works with this role's permissions on a resource whose type is a runtime value; what it needs was "
            f"not derived; set RoleArn, or add it {BY_HAND}"
        )
        return call.origin.finding("templateNotInline", message)
    state = _desired(call) if operation == "CreateResource" else None
    resource: dict[str, Any] = {"Type": kinds[0], "Properties": _named(call, kinds[0]) if state is None else state}
    if state is None:
        resource["Fn::Transform"] = None  # it may have any property
    return ChangedStack(template={"Resources": {"Resource": resource}}, inputs={}, handlers=(handler,), origin=call.origin)


def _desired(call: ApiCall) -> dict[str, Any] | None:
    states = texts(call.inputs, "DesiredState")
    try:
        state = json.loads(states[0].text) if len(states) == 1 and states[0].text is not None else None
    except (ValueError, RecursionError):
        return None
    return state if isinstance(state, dict) else None


def _named(call: ApiCall, kind: str) -> dict[str, str]:
    """What the identifier says of an existing resource: its name, if that is what identifies the type (not an ARN, a URL or several)."""
    from .stack_types import NAMING  # few runbooks use Cloud Control

    names = [plain(text).text for text in texts(call.inputs, "Identifier")]
    name, naming = names[0] if len(names) == 1 else None, NAMING.get(kind)
    return {naming.given: name} if naming is not None and naming.given and name and not {":", "|"}.intersection(name) else {}
