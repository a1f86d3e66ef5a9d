"""A role that consists of policy documents: files, or names of managed policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ..errors import AutomationRoleError, did_you_mean
from ..iam.documents import PolicyDocument, PolicyDocumentError
from ..iam.identities import Identity
from ..iam.managed import kept, managed
from ..sources.model import Situation
from ..template.text import TemplateTextError, parse
from ..values.partitions import partition_in
from ..values.place import Place
from ..values.placeholders import ACCOUNT
from .standins import ROLE
from .subjects import Subject, role_keys, settled


def of_policies(policies: Sequence[str], trust: str | None, place: Place, situation: Situation) -> Subject:
    """A role that has these policies.

    Args:
        policies: files, or names or ARNs of managed policies.
        trust: file of its trust policy; `None`: not known.
        place: where it is; `*` for what is unknown.
        situation: what else is known.

    Raises:
        AutomationRoleError: one of them cannot be read, or isn't a policy.
    """
    texts = [_Text.of("--policy", policy, situation.managed_policies) for policy in policies]
    bound = [statement.resources for statement in situation.boundary.statements] if situation.boundary is not None else []
    trusting = PolicyDocument.read(trust, read_policy(trust), trust=True) if trust is not None else None
    partition = place.partition if place.partition != "*" else partition_in([[text.data for text in texts], bound])
    account = place.account if place.account != "*" else ACCOUNT
    arn = place.role_arn or f"arn:{partition}:iam::{account}:role/{ROLE}"
    identity = Identity(
        kind="role",
        label=arn.rpartition("/")[2] if place.role_arn else " + ".join(text.name for text in texts),
        name=arn.rpartition("/")[2],
        arn=arn,
        account=account,
        policies=tuple(text.document for text in texts),
        trust=trusting,
        context={**role_keys(arn, account), **situation.keys},
    )
    return settled(identity, ", ".join(policies), place._replace(partition=partition), None, situation)


def read_boundary(given: str, documents: Mapping[str, Any]) -> PolicyDocument:
    """A permissions boundary: a file, or the name or ARN of a managed policy.

    Raises:
        AutomationRoleError: it cannot be read, or isn't a policy.
    """
    return _Text.of("--boundary", given, documents).document


@dataclass(frozen=True, slots=True)
class _Text:
    """A policy that was passed with --policy."""

    name: str
    data: Any
    document: PolicyDocument

    @classmethod
    def of(cls, option: str, given: str, documents: Mapping[str, Any]) -> _Text:
        """A file, or a managed policy by its ARN, or by its name when it was passed or is bundled."""
        if Path(given).exists():
            data = read_policy(given)
            return cls(given, data, PolicyDocument.read(given, data))
        arn = given if given.startswith("arn:") else _kept_arn(given)
        if arn is None and given in documents:
            arn = given
        if arn is None:
            names = [name.rpartition("/")[2] for name in kept()["policies"]]
            hint = did_you_mean(given, names) or f": {', '.join(names)}"
            raise AutomationRoleError(
                f"{option} {given!r}: no such file → a policy document, the ARN of a managed policy, or the name of a bundled one{hint}"
            )
        return cls(given, None, managed(arn, documents))


def _kept_arn(name: str) -> str | None:
    found = next((one for one in kept()["policies"] if name in (one, one.rpartition("/")[2])), None)
    return f"arn:{kept()['partition']}:iam::aws:policy/{found}" if found is not None else None


# What the AWS CLI and its SDKs print around a document.
_AROUND: Final = (
    *(("PolicyVersion", "Document"), ("PolicyDocument",)),
    *(("Role", "AssumeRolePolicyDocument"), ("AssumeRolePolicyDocument",)),
)


def read_policy(path: str) -> Any:
    """A policy document in JSON or YAML, also as `aws iam get-policy-version`, `get-role-policy`, `get-role` and `list-roles` print it."""
    data = _read(path)
    for keys in _AROUND:
        found = data
        for key in keys:
            found = found.get(key) if isinstance(found, Mapping) else None
        if isinstance(found, Mapping | str):
            return found
    if isinstance(data, Mapping) and "Resources" in data and "Statement" not in data:
        raise PolicyDocumentError(f"{path}: a CloudFormation template → a policy document; or --template {path}")
    return data


def _read(path: str) -> Any:
    """A document in JSON or YAML, as data.

    Raises:
        AutomationRoleError: it cannot be read.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror or "").lower() if isinstance(error, OSError) else "it is not UTF-8"
        raise AutomationRoleError(f"{path}: cannot be read ({reason}) → a policy document, JSON or YAML") from None
    try:
        return parse(text)
    except TemplateTextError as error:
        where = f"{path}:{error.line}" if error.line is not None else path
        raise AutomationRoleError(f"{where}: neither JSON nor YAML ({error.problem})") from None
