"""API operation -> permissions: which IAM actions authorize it, and what follows from its inputs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..catalog import operations as catalog
from ..catalog.operations import Details
from ..findings import BY_HAND, Finding
from ..values.arns import plain
from ..values.calls import ApiCall, Condition, Permission
from ..values.patterns import Pattern
from .arn_forms import account_wide, wildcard
from .chosen_actions import shown_kinds
from .command_targets import narrowed_to_targets
from .conditions import proven_by_inputs
from .follows import follows
from .inputs import given, texts
from .passing import pass_roles
from .regions import in_regions
from .resources import resources_of
from .tagging_api import retagged
from .type_arns import invalid_arns


def permissions_of(call: ApiCall) -> tuple[tuple[Permission, ...], tuple[Finding, ...]]:
    """The permissions that one API call needs, and findings about what could not be derived.

    The operation may have any spelling that runbooks use (`DescribeInstances`, `describe_instances`).
    """
    service = catalog.service(call.service)
    if service is None:
        nearest = catalog.nearest_service(call.service, call.operation)
        hint = f"; did you mean {nearest!r}?" if nearest is not None else ";"
        return (), (call.origin.finding("unknownService", f"service {call.service!r} is not in the catalog{hint} {_EXTRA}"),)
    operation = service.operation(call.operation)
    if operation is None:
        nearest = service.nearest(call.operation)
        hint = f"; did you mean {nearest!r}? if" if nearest is not None else "; if"
        said = f"{service.name} has no operation {call.operation!r} in the catalog{hint} it is newer than the catalog, {_EXTRA}"
        return (), (call.origin.finding("unknownOperation", said),)
    actions = service.actions_of(operation)
    if actions is None:
        said = f"the catalog does not know which IAM actions {service.name} {operation} needs; {_EXTRA}"
        return (), (call.origin.finding("unmappedOperation", said),)
    details = service.details(operation)
    found = [
        *_own(call, details, operation, actions),
        *_tags(call, details, operation, actions),
        *follows(call, details, actions),
        *retagged(call, operation),
    ]
    found.extend(pass_roles(call, details.passes))
    found.extend(_invalid_arn_findings(call, details))
    permissions = tuple(in_regions(each, call) for each in found if isinstance(each, Permission))
    return permissions, tuple(each for each in found if isinstance(each, Finding))


def invalid_arns_in(call: ApiCall) -> Iterator[tuple[str, Pattern]]:
    """See `type_arns.invalid_arns`; for any spelling of the call."""
    service = catalog.service(call.service)
    operation = service.operation(call.operation) if service is not None else None
    if service is not None and operation is not None:
        yield from invalid_arns(call, service.details(operation))


_EXTRA: Final = f"add what the step needs {BY_HAND}"


def _own(call: ApiCall, details: Details, operation: str, actions: tuple[str, ...]) -> Iterator[Permission | Finding]:
    """The actions that the operation itself is authorized by."""
    kinds = shown_kinds(service=call.service, operation=operation, actions=actions, inputs=call.inputs)
    for action in actions if kinds is None else kinds:
        if kinds is not None and kinds[action]:
            yield Permission(action=action, resources=kinds[action], origins=(call.origin,))
            continue
        targets = catalog.targets_input(action)
        created_by = operation if len(actions) > 1 and "Tag" in action else ""  # CreateDistributionWithTags tags the distribution
        for need in _permission(call, details, action, created_by=created_by, conditions=proven_by_inputs(call, details)):
            if targets is not None and isinstance(need, Permission):
                yield from narrowed_to_targets(call.inputs.get(targets), need)
            else:
                yield need


def _invalid_arn_findings(call: ApiCall, details: Details) -> Iterator[Finding]:
    """Values in the runbook that must be ARNs but are not; bound values were refused before (`derive`)."""
    for member, text in invalid_arns(call, details):
        said = plain(text).text
        what = f"{said!r}" if said is not None else "a string"
        yield call.origin.finding(
            "noArn",
            f"{member} of {call.service} {call.operation} is {what}, which is not an ARN, so any resource of the type is allowed; "
            "write the whole ARN",
        )


def _permission(
    call: ApiCall,
    details: Details,
    action: str,
    *,
    like: tuple[str, ...] = (),
    created_by: str = "",
    on: tuple[str, ...] = (),
    conditions: tuple[Condition, ...] = (),
) -> Iterator[Permission | Finding]:
    found = resources_of(call, details, action, like=like, created_by=created_by, on=on)
    yield Permission(
        action=action,
        resources=found.resources,
        conditions=conditions,
        origins=(call.origin,),
        perhaps=found.perhaps,
        either=found.either,
    )
    if found.many:
        yield call.origin.finding("manyResourceTypes", f"{found.many}, so all of the account's resources are allowed")


# -- tags --------------------------------------------------------------------------------------------------------------------


def _tags(call: ApiCall, details: Details, operation: str, actions: tuple[str, ...]) -> Iterator[Permission | Finding]:
    """Tags on a new resource are also authorized by the action that tags."""
    tags = details.tags
    if tags is None or not given(call.inputs, tags.member):
        return
    if tags.action == "ec2:CreateTags":
        yield _ec2_tags(call, operation, tags.member)
    else:
        yield from _permission(call, details, tags.action, like=actions, created_by=operation, on=tags.on)


def _ec2_tags(call: ApiCall, operation: str, member: str) -> Permission:
    """In EC2, the inputs say for which of the created types the tags are; a condition says by which action.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html
    """
    types = {kind.name: kind.arn for kind in catalog.resource_types("ec2:CreateTags")}
    kinds = [text.text for text in texts(call.inputs, f"{member}.ResourceType")]
    known = kinds and all(kind in types for kind in kinds)
    resources = (
        tuple(wildcard(types[kind]) for kind in dict.fromkeys(kinds) if kind is not None)
        if known
        else account_wide("ec2:CreateTags", catalog.resource_types("ec2:CreateTags"))
    )
    condition = ("StringEquals", "ec2:CreateAction", (Pattern.literal(operation),))
    return Permission(action="ec2:CreateTags", resources=resources, conditions=(condition,), origins=(call.origin,))
