"""Texts that stand for names, accounts and Regions that are not known, and how they are shown."""

from __future__ import annotations

from typing import Final

from ..values.placeholders import ACCOUNT, REGION

# Texts that no policy contains: it covers them only by a wildcard, or by `AWS::AccountId`.
ROLE: Final = "‹ROLE›"
POLICY: Final = "‹POLICY›"
OTHER: Final = "‹OTHER›"  # an unnamed account, role or service


def any_of_them(text: str) -> str:
    """A text with `*` for an unknown account and Region, as the other commands write it."""
    return text.replace(ACCOUNT, "*").replace(REGION, "*")
