"""A policy: merged from permissions, written as IAM JSON, split to fit IAM's quotas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from ..values.patterns import Slot
from ..values.place import Place
from .merge import merged
from .pack import size_of, spread
from .quotas import INLINE_QUOTA, MANAGED_COUNT
from .sids import with_sids
from .statement import VERSION, Statement

if TYPE_CHECKING:
    from ..values.calls import Permission


class Packed(NamedTuple):
    """A policy split to fit IAM's quotas; `inline` may be empty."""

    inline: Policy
    managed: tuple[Policy, ...]


class Policy(NamedTuple):
    """Statements in a deterministic order."""

    statements: tuple[Statement, ...]

    @classmethod
    def of(cls, permissions: Iterable[Permission]) -> Policy:
        """The permissions, merged into few statements that allow exactly the same.

        Statements stay within one service and have unique, readable `Sid`s.
        """
        return cls(with_sids(merged(permissions)))

    def names_role(self) -> bool:
        """Whether a statement names the role that runs the automations, and so needs its ARN."""
        patterns = (pattern for statement in self.statements for pattern in statement.patterns())
        return any(Slot.ROLE in pattern.parts for pattern in patterns)

    def to_json(self, place: Place) -> dict[str, Any]:
        """The policy document as IAM JSON."""
        return {"Version": VERSION, "Statement": [statement.to_json(place) for statement in self.statements]}

    def size(self, place: Place) -> int:
        """Characters as IAM counts them, with CDK tokens at their longest."""
        return size_of(self.statements, place)

    def pack(self, place: Place, *, inline: int = INLINE_QUOTA, managed: int = MANAGED_COUNT) -> Packed:
        """Spread the statements over one inline policy and as many managed ones as needed.

        Args:
            place: where the role is; sizes do not depend on the text of its tokens.
            inline: characters still free in the role's inline policies.
            managed: managed policies that may still be attached.

        Raises:
            PolicySizeError: they do not fit.
        """
        first, *others = spread(self.statements, place, inline=inline, managed=managed)
        return Packed(inline=Policy(first), managed=tuple(Policy(statements) for statements in others if statements))
