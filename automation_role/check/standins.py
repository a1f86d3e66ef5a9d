"""What stands for an account and a Region that nobody gave, and how a person reads it."""

from __future__ import annotations

from typing import Final

from ..values.placeholders import ACCOUNT, REGION

# Texts that equal no other: a policy is about them only by a wildcard, or by saying `AWS::AccountId`.
ROLE: Final = "‹ROLE›"
POLICY: Final = "‹POLICY›"
OTHER: Final = "‹OTHER›"  # some account, role or service that nobody named


def any_of_them(text: str) -> str:
    """A text with `*` for the account and the Region that nobody gave, as the other commands write what is needed."""
    return text.replace(ACCOUNT, "*").replace(REGION, "*")
