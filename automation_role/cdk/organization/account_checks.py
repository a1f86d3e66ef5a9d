"""Checks that the three constructs share: accounts, the organization, role names."""

from __future__ import annotations

from collections.abc import Iterator

from ...policy import checks
from ...start.target_locations import ORGANIZATION, account_problem, fits


def account(where: str, what: str, given: object) -> Iterator[str]:
    """A problem if it is not an account ID."""
    if problem := account_problem(given):
        yield f"{where}: {what} is {problem}"


def organization(where: str, given: object) -> Iterator[str]:
    """A problem if it is not an organization ID."""
    if given is not None and not fits(given, ORGANIZATION):
        yield f"{where}: organization_id is {given!r} → an id such as 'o-a1b2c3d4e5'"


def role_name(where: str, what: str, given: object) -> Iterator[str]:
    """A problem if it is not a role name; in a condition on ARNs, a `*` in it would match every role."""
    if not fits(given, checks.ROLE_NAME):
        yield f"{where}: {what} is {given!r} → a role's name, 1 to 64 letters, digits and +=,.@_-; without its path"
