"""The roles of a plan, with all that Terraform attaches to them.

Sources:
    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role
    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policies_exclusive
    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policy_attachments_exclusive
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...errors import AutomationRoleError
from ...values.placeholders import has_placeholder, not_known
from ..model import FoundRole, Location, Shared, Situation
from ..roles import identity
from .plan import PlannedResource, mappings
from .values import Values


def roles(path: str, values: Values, situation: Situation, shared: Shared) -> Iterator[FoundRole]:
    """Each `aws_iam_role` with the policies that are attached to it.

    Raises:
        AutomationRoleError: IAM would not accept a policy.
    """
    for policy in values.plan.of_type("aws_iam_policy"):
        shared.managed[values.arn(policy)] = values.document(policy, "policy")
    documents = {**shared.managed, **situation.managed_policies}
    for role in values.plan.of_type("aws_iam_role"):
        attached = tuple(dict.fromkeys(_attached(role, values)))
        boundary = values.text(role, "permissions_boundary") if values.has(role, "permissions_boundary") else None
        tags = role.values.get("tags_all") or role.values.get("tags")
        try:
            found = identity(
                label=role.address,
                arn=values.arn(role),
                trust=values.document(role, "assume_role_policy"),
                inline=list(_inline(role, values).items()),
                attached=attached,
                boundary=boundary,
                tags={str(key): str(value) for key, value in tags.items()} if isinstance(tags, Mapping) else {},
                documents=documents,
                keys=situation.keys,
            )
        except AutomationRoleError as error:
            raise AutomationRoleError(f"{path}: {error}") from None
        managed = (*attached, *([boundary] if boundary is not None else []))
        yield FoundRole(
            identity=found,
            place=Location(source=path, path=role.address),
            partition=values.partition,
            managed=tuple(dict.fromkeys(managed)),
        )


def _inline(role: PlannedResource, values: Values) -> dict[str, Any]:
    """The role's inline policies: name -> document."""
    found: dict[str, Any] = {}
    for policy in values.plan.of_type("aws_iam_role_policy"):
        its = values.means(policy, "role", role)
        if its is not False:
            found[_name(policy)] = values.document(policy, "policy") if its else _doubtful(policy, "role", values)
    # Of an existing role, the blocks also have the policies that other resources attached: they are in the state before.
    others = {_name(policy) for policy in _deleted(role, values, "aws_iam_role_policy")}
    unknown = role.unknown.get("inline_policy")
    for number, block in enumerate(mappings(role.values.get("inline_policy"))):
        name = str(block.get("name") or f"inline_policy {number + 1}")
        to_come = mappings(unknown)[number : number + 1]
        if block.get("policy"):
            if name not in others:
                found.setdefault(name, block["policy"])
        elif to_come and to_come[0].get("policy"):  # else there is none: AWS's provider writes an empty block
            found.setdefault(name, not_known(values.why(role, "inline_policy")))
    if role.unknown.get("inline_policy") is True and "inline_policy" in values.plan.arguments(role):
        found["inline_policy"] = not_known(values.why(role, "inline_policy"))
    return _only(found, _exclusive(role, values, "aws_iam_role_policies_exclusive", "policy_names"), role)


_PERHAPS_REMOVED = "a policy that an exclusive list, whose role is a runtime value, may remove"
_PERHAPS_UNLISTED = "a policy that an exclusive list, in which a name is a runtime value, may remove"


def _only(found: dict[str, Any], exclusive: tuple[list[str], bool] | None, role: PlannedResource) -> dict[str, Any]:
    """The policies that remain after Terraform removes those that aren't listed."""
    if exclusive is None:
        return found
    listed, sure = exclusive
    outside = not_known(f"an inline policy of {role.address} that is not in the plan")
    open_names = [name for name in listed if has_placeholder(name)]
    if sure and not open_names:
        return {name: found.get(name, outside) for name in listed}
    removed = not_known(_PERHAPS_REMOVED if not sure else _PERHAPS_UNLISTED)
    kept = {name: document if name in listed else removed for name, document in found.items()}
    return kept | (dict.fromkeys((name for name in listed if name not in found), outside) if sure else {})


def _deleted(role: PlannedResource, values: Values, kind: str) -> Iterator[PlannedResource]:
    """The resources of the role that apply deletes."""
    return (one for one in values.plan.deleted if one.type == kind and one.values.get("role") == values.name(role))


def _attached(role: PlannedResource, values: Values) -> Iterator[str]:
    """The managed policies, attached in any way that Terraform has."""
    exclusive = _exclusive(role, values, "aws_iam_role_policy_attachments_exclusive", "policy_arns")
    if exclusive is None:
        yield from _attachments(role, values)
        return
    listed, sure = exclusive
    if sure:
        yield from listed
    else:
        yield from (arn if arn in listed else not_known(_PERHAPS_REMOVED) for arn in _attachments(role, values))


def _attachments(role: PlannedResource, values: Values) -> Iterator[str]:
    detached = {one.values.get("policy_arn") for one in _deleted(role, values, "aws_iam_role_policy_attachment")}
    yield from (arn for arn in values.texts(role, "managed_policy_arns") if arn not in detached)
    for kind, argument in (("aws_iam_role_policy_attachment", "role"), ("aws_iam_policy_attachment", "roles")):
        for attachment in values.plan.of_type(kind):
            its = values.means(attachment, argument, role)
            if its is not False:
                yield values.text(attachment, "policy_arn") if its else _doubtful(attachment, argument, values)


def _exclusive(role: PlannedResource, values: Values, kind: str, argument: str) -> tuple[list[str], bool] | None:
    """The list of a resource that removes all other policies of a role, and whether it certainly is about this role; `None`: there is none."""
    perhaps: tuple[list[str], bool] | None = None
    for one in values.plan.of_type(kind):
        its = values.means(one, "role_name", role)
        if its:
            return values.texts(one, argument), True
        if its is None:
            perhaps = values.texts(one, argument), False
    return perhaps


def _doubtful(policy: PlannedResource, argument: str, values: Values) -> str:
    """The placeholder of a policy that may be attached to a role."""
    return not_known(f"whether {policy.address} is attached to it: {values.why(policy, argument)}")


def _name(policy: PlannedResource) -> str:
    name = policy.values.get("name")
    return name if isinstance(name, str) else policy.address
