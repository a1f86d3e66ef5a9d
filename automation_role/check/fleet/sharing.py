"""Roles of different accounts that differ only in the account's ID: checked once.

A role that is rolled out has the same policies in every account, with that account's ID in them. IAM compares texts: if an ID is replaced
by another one in everything that is compared, the answer is the same, with that ID in it. That isn't so where only a part of the ID is
compared; then the role is checked with its own ID.
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
    """Replaces an account's ID by one that stands for every account's.

    Args:
        compared: all texts, beside a role's own, that policies are compared with: what runbooks need, what holds every role.
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
