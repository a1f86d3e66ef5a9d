"""What `aws iam get-account-authorization-details` prints: the roles of an account, whole or in pages.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import AutomationRoleError
from .files import FileText
from .model import FoundRole, Location, Shared, Situation, SourceFile
from .roles import identity


def fits(data: Any) -> bool:
    """Whether data is an account's authorization details."""
    return isinstance(data, Mapping) and (isinstance(data.get("RoleDetailList"), list) or _has_policies(data))


def _has_policies(data: Mapping[str, Any]) -> bool:
    policies = data.get("Policies")
    return isinstance(policies, list) and any(isinstance(one, Mapping) and "PolicyVersionList" in one for one in policies)


def read(file: FileText, situation: Situation, scope: str, shared: Shared) -> SourceFile:  # noqa: ARG001  (every format takes a scope)
    """An account's dump, or one page of it, as a source of roles; the managed policies in it count for all its pages."""
    shared.managed.update(managed_policies(file.data))

    def roles() -> Iterator[FoundRole]:
        documents = {**shared.managed, **situation.managed_policies}
        for role in details(file.data, "RoleDetailList"):
            yield found_role(file.path, role, documents, situation)

    return SourceFile(path=file.path, kind="account", roles=roles)


def details(data: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    """The entries of one of a dump's lists: `RoleDetailList`, `Policies`, …."""
    return _mappings(data.get(kind))


def managed_policies(data: Mapping[str, Any]) -> dict[str, Any]:
    """The managed policies of a dump: ARN -> the document of its default version."""
    found = ((policy.get("Arn"), _default_version(policy)) for policy in details(data, "Policies"))
    return {arn: document for arn, document in found if isinstance(arn, str) and document is not None}


def arn_of(path: str, role: Mapping[str, Any]) -> str:
    """A role's ARN.

    Raises:
        AutomationRoleError: it has none.
    """
    arn = role.get("Arn")
    if not isinstance(arn, str) or arn.count(":") < len(("arn", "partition", "iam", "region", "account")):
        raise AutomationRoleError(f"{path}: a role has the Arn {arn!r} → what get-account-authorization-details prints")
    return arn


def policies_of(role: Mapping[str, Any]) -> tuple[list[str], str | None]:
    """The ARNs of the managed policies that are attached to a role, and of its permissions boundary."""
    boundary = role.get("PermissionsBoundary")
    attached = [str(one.get("PolicyArn")) for one in _mappings(role.get("AttachedManagedPolicies"))]
    return attached, str(boundary.get("PermissionsBoundaryArn")) if isinstance(boundary, Mapping) else None


def found_role(path: str, role: Mapping[str, Any], documents: Mapping[str, Any], situation: Situation) -> FoundRole:
    """A role of a dump.

    Args:
        path: the dump.
        role: an entry of its `RoleDetailList`.
        documents: managed policies by ARN or name.
        situation: what else is known.

    Raises:
        AutomationRoleError: it has no ARN, or a policy that IAM would not accept.
    """
    arn = arn_of(path, role)
    attached, bound = policies_of(role)
    found = identity(
        label=str(role.get("RoleName", arn.rpartition("/")[2])),
        arn=arn,
        trust=role.get("AssumeRolePolicyDocument"),
        inline=[(str(one.get("PolicyName")), one.get("PolicyDocument")) for one in _mappings(role.get("RolePolicyList"))],
        attached=attached,
        boundary=bound,
        tags={str(one.get("Key")): str(one.get("Value", "")) for one in _mappings(role.get("Tags"))},
        documents=documents,
        keys=situation.keys,
    )
    return FoundRole(
        identity=found,
        place=Location(source=path, path=arn),
        partition=arn.split(":")[1],
        managed=tuple(dict.fromkeys([*attached, *([bound] if bound is not None else [])])),
    )


def _default_version(policy: Mapping[str, Any]) -> Any:
    versions = _mappings(policy.get("PolicyVersionList"))
    chosen = [one for one in versions if one.get("IsDefaultVersion") or one.get("VersionId") == policy.get("DefaultVersionId")]
    return (chosen or versions or [{}])[0].get("Document")


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
