"""What stands for an account and a Region that nobody said, and how a person reads it."""

from __future__ import annotations

import re
from typing import Final

# Texts like no other: a policy is about them by a wildcard, or by saying `AWS::AccountId`. (Twelve characters, as accounts have.)
ACCOUNT: Final = "‹ACCOUNT-ID›"
REGION: Final = "‹REGION›"
ROLE: Final = "‹ROLE›"
POLICY: Final = "‹POLICY›"
OTHER: Final = "‹OTHER›"  # some account, role or service that nobody named

_NOT_KNOWN: Final = re.compile("⟨\\?([^⟨⟩]*)⟩")
_NAME: Final = re.compile("⟨([^⟨⟩]*)⟩")


def any_of_them(text: str) -> str:
    """A text with `*` for the account and the Region that nobody said, as the other commands write what is needed."""
    return text.replace(ACCOUNT, "*").replace(REGION, "*")


def words(text: str) -> str:
    """A text of a template as a template has it: `${Bucket}` for the name that CloudFormation makes up."""
    text = text.replace(ACCOUNT, "${AWS::AccountId}").replace(REGION, "${AWS::Region}")
    return _NAME.sub(r"${\1}", _NOT_KNOWN.sub(r"<\1: not known>", text))
