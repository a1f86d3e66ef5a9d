"""Builds a role from a plan or an account: names, ARNs, policy documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ..errors import AutomationRoleError
from ..iam.conditions import Context
from ..iam.context import hidden_context
from ..iam.documents import PolicyDocument
from ..iam.identities import Identity
from ..iam.managed import managed
from ..iam.text import literal, opaques

_COLONS: Final = 5  # of a role's ARN


def identity(
    *,
    label: str,
    arn: str,
    trust: Any,
    inline: Iterable[tuple[str, Any]],
    attached: Iterable[str],
    boundary: str | None,
    tags: Mapping[str, str],
    documents: Mapping[str, Any],
    keys: Context,
) -> Identity:
    """A role.

    Args:
        label: its name in messages.
        arn: its ARN.
        trust: its trust policy; `None`: it has none.
        inline: its inline policies: name, document.
        attached: ARNs of its managed policies.
        boundary: ARN of its permissions boundary.
        tags: its tags.
        documents: managed policies by ARN or name; those of AWS that are kept here count, too.
        keys: condition keys that all its requests have.

    Raises:
        AutomationRoleError: IAM would not accept a policy.
    """
    if arn.count(":") < _COLONS:
        raise AutomationRoleError(f"role {label!r}: its ARN is {arn!r} → arn:aws:iam::111122223333:role/name")
    account = arn.split(":")[4]
    given = {
        "aws:PrincipalArn": arn,
        "aws:PrincipalAccount": account,
        "aws:PrincipalType": "AssumedRole",
        "aws:PrincipalIsAWSService": "false",
        **{f"aws:PrincipalTag/{key}": value for key, value in tags.items()},
    }
    try:
        policies = [_read(f"{label}/{name}", document) for name, document in inline]
        policies += [managed(each, documents) for each in attached]
        return Identity(
            kind="role",
            label=label,
            name=arn.rpartition("/")[2],
            arn=arn,
            account=account,
            policies=tuple(policies),
            boundary=managed(boundary, documents) if boundary else None,
            trust=None if trust is None else PolicyDocument.read(f"{label}/AssumeRolePolicyDocument", trust, trust=True),
            context={**hidden_context(), **{key.lower(): (literal(value),) for key, value in given.items()}, **keys},
        )
    except AutomationRoleError as error:
        raise AutomationRoleError(f"role {label!r}: {error}") from None


def _read(name: str, document: Any) -> PolicyDocument:
    if isinstance(document, str) and opaques(document):
        return PolicyDocument.unreadable(name, opaques(document)[0].reason)
    return PolicyDocument.read(name, document)
