"""Roles of different accounts that differ only in the account's ID: checked once.

A role that was rolled out has the same policies in every account, with that account's ID in them. IAM compares texts: if an ID is replaced by
another one everywhere, the answer is the same, with the other ID in it. This is not true if only a part of the ID is compared (beside a
wildcard); such a role is checked with its own ID.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

# No real account's ID. (LocalStack has it: a role that names it is checked with its own ID.)
STAND_IN: Final = "000000000000"
# Digits beside a wildcard: they may be a part of an ID.
_BESIDE: Final = re.compile(r"(?<![0-9])[0-9]+(?=[*?])|(?<=[*?])[0-9]+")
_LONG: Final = re.compile(r"[0-9]{12,}")


class Sharing:
    """Replaces an account's ID with one that stands for any account.

    Args:
        compared: all texts that policies are compared with, beside a role's own: what runbooks need, and policies for every role.
    """

    def __init__(self, compared: Iterable[str]) -> None:
        self._named: set[str] = set()  # IDs that runbooks name: they mean that account
        self._parts: set[str] = set()
        for text in compared:
            self._named.update(_LONG.findall(text))
            self._parts.update(_BESIDE.findall(text))

    def shared(self, text: str, account: str) -> str | None:
        """A role's text with `STAND_IN` for its account; `None`: it cannot be replaced."""
        if STAND_IN in text or any(account in named or STAND_IN in named for named in self._named):
            return None
        if any(part in account or part in STAND_IN for part in self._parts.union(_BESIDE.findall(text))):
            return None
        if any(account in digits and account != digits for digits in _LONG.findall(text)):
            return None
        return text.replace(account, STAND_IN)
