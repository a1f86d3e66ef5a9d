"""What the three constructs check alike: accounts, the organization, names of roles."""

from __future__ import annotations

from collections.abc import Iterator

from .. import limits
from ..errors import AutomationRoleError
from ..target_locations import ORGANIZATION, account_problem
from ..values import is_opaque


def account(where: str, what: str, given: str | None) -> Iterator[str]:
    """A line if it is no account id."""
    if given is not None and (problem := account_problem(given)):
        yield f"{where}: {what} is {problem}"


def organization(where: str, given: str | None) -> Iterator[str]:
    """A line if it is no organization's id."""
    if given is not None and not is_opaque(given) and not ORGANIZATION.fullmatch(given):
        yield f"{where}: organization_id is {given!r} → an id such as 'o-a1b2c3d4e5'"


def role_name(where: str, what: str, given: str | None) -> Iterator[str]:
    """A line if it is no name of a role; in a condition on ARNs, a `*` in it would let in every role."""
    try:
        limits.check_name(given)
    except AutomationRoleError:
        yield f"{where}: {what} is {given!r} → a role's name, 1 to 64 letters, digits and +=,.@_-; without its path"
