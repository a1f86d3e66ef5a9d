"""Texts that the user passes, as patterns."""

from __future__ import annotations

from .patterns import Bound, Pattern
from .tokens import is_opaque


def given(text: str) -> Pattern:
    """A text from the user: used literally; a CDK token stays opaque."""
    return Pattern((Bound("", "", text),)) if is_opaque(text) else Pattern.literal(text)
