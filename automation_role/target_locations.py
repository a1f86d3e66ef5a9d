"""Where a central start runs: accounts, organizational units and Regions, checked before anything is deployed.

Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_TargetLocation.html
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .errors import AutomationRoleError
from .start import check_rate
from .values import is_opaque

EXECUTION_ROLE: Final = "AWS-SystemsManager-AutomationExecutionRole"
"""The name that Automation takes for the role in a target account when a start names none."""

# The API's own limits.
_LOCATIONS: Final = 100
_EACH: Final = 50
_EXCLUDED: Final = 5_000

ACCOUNT: Final = re.compile(r"[0-9]{12}")
# https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html, API_Root.html
_UNIT: Final = re.compile(r"ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|r-[0-9a-z]{4,32}")
ORGANIZATION: Final = re.compile(r"o-[a-z0-9]{10,32}")
REGION: Final = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]+")
_ROLE_NAME: Final = re.compile(r"[\w+=,.@/-]{1,64}", re.ASCII)


class TargetLocationError(AutomationRoleError):
    """Accounts, units or Regions that a start cannot take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetLocation:
    """Accounts and Regions where a central start runs its automation, each through the execution role there.

    Attributes:
        regions: 1 to 50 Regions.
        accounts: account ids of 12 digits.
        organizational_units: ids of units (`ou-…`) or of the root (`r-…`). With `accounts`, at most 50 together, at least one.
        execution_role_name: the role in each account. Left out: `AWS-SystemsManager-AutomationExecutionRole`.
        exclude_accounts: accounts of the units that are left out, at most 5,000.
        include_child_organization_units: whether units below the units count, too. Left out: ``False``.
        max_concurrency: locations at a time, `"10"` or `"10%"`. Left out: AWS's default, 1.
        max_errors: errors until it stops, `"1"` or `"10%"`. Left out: AWS's default, 0.

    Raises:
        TargetLocationError: everything that is wrong, a line each.
    """

    regions: Sequence[str]
    accounts: Sequence[str] = ()
    organizational_units: Sequence[str] = ()
    execution_role_name: str | None = None
    exclude_accounts: Sequence[str] = ()
    include_child_organization_units: bool = False
    max_concurrency: str | None = None
    max_errors: str | None = None

    def __post_init__(self) -> None:
        """Everything that is wrong with it, at once."""
        problems = list(self._problems())
        if problems:
            raise TargetLocationError("\n".join(problems))
        check_rate("TargetLocation", max_concurrency=self.max_concurrency, max_errors=self.max_errors)

    def _problems(self) -> Iterable[str]:
        yield from account_problems("accounts", self.accounts)
        yield from account_problems("exclude_accounts", self.exclude_accounts)
        yield from unit_problems(self.organizational_units)
        if isinstance(self.regions, str):
            yield _not_listed("TargetLocation", "regions", self.regions)
        lists = (self.accounts, self.exclude_accounts, self.organizational_units, self.regions)
        if not any(isinstance(each, str) for each in lists):
            yield from self._numbers_and_pairs()
        name = self.execution_role_name
        if name is not None and not is_opaque(name) and not _ROLE_NAME.fullmatch(name):
            yield f"TargetLocation: execution_role_name is {name!r} → a role's name of at most 64 characters"

    def _numbers_and_pairs(self) -> Iterable[str]:
        for region in self.regions:
            if not is_opaque(region) and not REGION.fullmatch(region):
                yield f"TargetLocation: regions has {region!r} → a Region such as 'eu-west-1'"
        where = len(self.accounts) + len(self.organizational_units)
        if not 1 <= where <= _EACH:
            yield f"TargetLocation: {where} accounts and organizational units → 1 to {_EACH}; use several TargetLocations"
        if not 1 <= len(self.regions) <= _EACH:
            yield f"TargetLocation: {len(self.regions)} Regions → 1 to {_EACH}; use several TargetLocations"
        if len(self.exclude_accounts) > _EXCLUDED:
            yield f"TargetLocation: {len(self.exclude_accounts):,} excluded accounts → at most {_EXCLUDED:,}; target smaller units"
        for account in sorted(set(self.accounts) & set(self.exclude_accounts)):
            yield f"TargetLocation: account {account!r} is in accounts and in exclude_accounts → one of them; remove it from the other"
        if not self.organizational_units:
            for narrowing in ("exclude_accounts", "include_child_organization_units"):
                if getattr(self, narrowing):
                    yield f"TargetLocation: {narrowing} without organizational_units → it is about units; leave it out, or give units"

    def to_json(self) -> dict[str, Any]:
        """As StartAutomationExecution takes it."""
        fields = {
            "Accounts": [*self.accounts, *self.organizational_units],
            "Regions": list(self.regions),
            "ExecutionRoleName": self.execution_role_name,
            "ExcludeAccounts": list(self.exclude_accounts) or None,
            "IncludeChildOrganizationUnits": self.include_child_organization_units or None,
            "TargetLocationMaxConcurrency": self.max_concurrency,
            "TargetLocationMaxErrors": self.max_errors,
        }
        return {name: value for name, value in fields.items() if value is not None}


def account_problem(given: object) -> str | None:
    """What to say of something that is no account id."""
    if not isinstance(given, str):  # a number has lost its leading zeros
        return f"{given!r} → an account id of 12 digits, as text"
    if is_opaque(given) or ACCOUNT.fullmatch(given):
        return None
    return f"{given!r}{f' ({len(given)} digits)' if given.isdigit() else ''} → an account id of 12 digits"


def account_problems(what: str, accounts: Sequence[str], *, where: str = "TargetLocation") -> Iterable[str]:
    """A line for each that is no account id, or is there twice."""
    if isinstance(accounts, str):
        yield _not_listed(where, what, accounts)
        return
    for account in accounts:
        if problem := account_problem(account):
            yield f"{where}: {what} has {problem}"
    for account in (account for account, times in Counter(accounts).items() if times > 1):
        yield f"{where}: {what} has {account!r} twice → each account once; remove one"


def unit_problems(units: Sequence[str], *, where: str = "TargetLocation") -> Iterable[str]:
    """A line for each that is no id of an organizational unit or root."""
    if isinstance(units, str):
        yield _not_listed(where, "organizational_units", units)
        return
    for unit in units:
        if not is_opaque(unit) and not _UNIT.fullmatch(unit):
            yield f"{where}: organizational_units has {unit!r} → an id such as 'ou-ab12-cdefgh34', or the root's, 'r-ab12'"


def _not_listed(where: str, what: str, given: str) -> str:
    return f"{where}: {what} is the text {given!r} → a list; write {what}=[{given!r}]"


def rendered(locations: Sequence[TargetLocation], *, execution_role_name: str | None = None) -> list[dict[str, Any]]:
    """`TargetLocations` as StartAutomationExecution takes them.

    Args:
        locations: 1 to 100.
        execution_role_name: the role that the administration role may assume; a location that names none means Automation's default.
            `None`: not known.

    Raises:
        TargetLocationError: none, over 100, or a location whose role the administration role may not assume.
    """
    if not 1 <= len(locations) <= _LOCATIONS:
        raise TargetLocationError(f"{len(locations)} target locations → 1 to {_LOCATIONS}; start several automations")
    for location in locations:
        name = location.execution_role_name or EXECUTION_ROLE
        if execution_role_name not in {None, name} and not is_opaque(f"{name}{execution_role_name}"):
            raise TargetLocationError(
                f"a target location runs as {name!r} → the administration role may assume {execution_role_name!r} alone; "
                f"write execution_role_name={execution_role_name!r}"
            )
    return [location.to_json() for location in locations]
