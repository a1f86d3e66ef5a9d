"""API operation -> permissions: which IAM actions authorize it, and what follows from its inputs."""

from __future__ import annotations

from .. import catalog
from ..errors import did_you_mean
from ..findings import Finding
from .calls import ApiCall, Permission
from .resources import resources_of


def permissions_of(call: ApiCall) -> tuple[tuple[Permission, ...], tuple[Finding, ...]]:
    """What one API call needs, and what of it could not be derived.

    The operation may be spelt in any way that runbooks spell it (`DescribeInstances`, `describe_instances`).
    """
    service = catalog.service(call.service)
    if service is None:
        near = did_you_mean(call.service, catalog.services())
        return (), (_finding(call, "unknownService", f"service {call.service!r} is not in the catalog{near}; {_EXTRA}"),)
    operation = service.operation(call.operation)
    if operation is None:
        nearest = service.nearest(call.operation)
        hint = f"; did you mean {nearest!r}? if" if nearest is not None else "; if"
        said = f"{service.name} has no operation {call.operation!r} in the catalog{hint} it is newer than the catalog, {_EXTRA}"
        return (), (_finding(call, "unknownOperation", said),)
    actions = service.actions_of(operation.name)
    if actions is None:
        said = f"it is not known which IAM actions {service.name} {operation.name} needs; {_EXTRA}"
        return (), (_finding(call, "unmappedOperation", said),)
    permissions: list[Permission] = []
    findings: list[Finding] = []
    for action in actions:
        resources, many = resources_of(service, operation.name, action, call)
        permissions.append(Permission(action=action, resources=resources, origins=(call.origin,)))
        if many:
            findings.append(_finding(call, "manyResourceTypes", many))
    return tuple(permissions), tuple(findings)


_EXTRA = "say what the step needs with extra_statements"


def _finding(call: ApiCall, kind: str, message: str) -> Finding:
    return Finding(id=kind, runbook=call.origin.runbook, step=call.origin.step, line=call.origin.line, message=message)
