"""A user, role or group, with every policy that applies to its requests."""

from __future__ import annotations

from dataclasses import dataclass, field

from .conditions import Context
from .documents import PolicyDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardRail:
    """Policies that grant nothing by themselves, but one of which must allow each request.

    Attributes:
        kind: `permissions boundary`, `service control policy`, `resource control policy`.
        documents: those of one level of an organization.
    """

    kind: str
    documents: tuple[PolicyDocument, ...]

    def __str__(self) -> str:
        return f"the {self.kind} {' or '.join(repr(document.name) for document in self.documents)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A user or role (or a group, as one of its users) with the policies that apply to it.

    Attributes:
        kind: `user`, `role`, `group`.
        label: what people call it.
        name: its name in IAM.
        arn: its ARN.
        account: 12 digits.
        policies: identity policies: its own, and those of its groups.
        boundary: its permissions boundary.
        rails: the levels of its organization's policies.
        trust: for a role: who can assume it.
        context: the condition keys that this principal adds to its requests.
    """

    kind: str
    label: str
    name: str
    arn: str
    account: str
    policies: tuple[PolicyDocument, ...] = ()
    boundary: PolicyDocument | None = None
    rails: tuple[GuardRail, ...] = ()
    trust: PolicyDocument | None = None
    context: Context = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.kind} {self.label!r}"


def rails_of(identity: Identity) -> tuple[GuardRail, ...]:
    """Everything that must allow a request besides an identity's own policies."""
    own = () if identity.boundary is None else (GuardRail(kind="permissions boundary", documents=(identity.boundary,)),)
    return (*own, *identity.rails)
