"""Where a central start runs: accounts, organizational units and Regions, checked before anything is deployed.

Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_TargetLocation.html
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeGuard

from ..errors import AutomationRoleError
from ..runbook.model import Runbook
from ..values.kinds import check_fields
from ..values.tokens import is_opaque, is_opaque_list
from .request import check_rate

EXECUTION_ROLE: Final = "AWS-SystemsManager-AutomationExecutionRole"
"""The name of the role that Automation uses in a target account when a start names none."""

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
    """A start's accounts, units or Regions are invalid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetLocation:
    """Accounts and Regions where a central start runs its automation, each through the execution role there.

    Attributes:
        regions: 1 to 50 Regions.
        accounts: account ids of 12 digits.
        organizational_units: ids of units (`ou-…`) or of the root (`r-…`). With `accounts`, at most 50 together, at least one.
        execution_role_name: the role in each account. Left out: `AWS-SystemsManager-AutomationExecutionRole`.
        exclude_accounts: accounts of the units that are left out, at most 5,000.
        include_child_organization_units: whether the units below these are included. Left out: ``False``.
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
        check_fields(self, error=TargetLocationError)
        problems = list(self._problems())
        if problems:
            raise TargetLocationError("\n".join(problems))
        check_rate("TargetLocation", max_concurrency=self.max_concurrency, max_errors=self.max_errors)

    def _problems(self) -> Iterable[str]:
        yield from account_problems("accounts", self.accounts)
        yield from account_problems("exclude_accounts", self.exclude_accounts)
        yield from unit_problems(self.organizational_units)
        yield from list_problems("TargetLocation", "regions", self.regions, region_problem)
        yield from self._numbers_and_pairs()
        name = self.execution_role_name
        if name is not None and not fits(name, _ROLE_NAME):
            yield f"TargetLocation: execution_role_name is {name!r} → a role's name of at most 64 characters"

    def _numbers_and_pairs(self) -> Iterable[str]:
        where = len(self.accounts) + len(self.organizational_units)
        if not 1 <= where <= _EACH:
            todo = "use several TargetLocations" if where else "pass accounts or organizational_units"
            yield f"TargetLocation: {where} accounts and organizational units → 1 to {_EACH}; {todo}"
        if not 1 <= len(self.regions) <= _EACH:
            yield f"TargetLocation: {len(self.regions)} Regions → 1 to {_EACH}; use several TargetLocations"
        if len(self.exclude_accounts) > _EXCLUDED:
            yield f"TargetLocation: {len(self.exclude_accounts):,} excluded accounts → at most {_EXCLUDED:,}; target smaller units"
        for account in in_both(self.accounts, self.exclude_accounts):
            yield f"TargetLocation: account {account!r} is in accounts and in exclude_accounts → one of them; remove it from the other"
        if not self.organizational_units:
            for narrowing in ("exclude_accounts", "include_child_organization_units"):
                if getattr(self, narrowing):
                    yield f"TargetLocation: {narrowing} without organizational_units → it applies only to units; leave it out, or pass units"

    def to_json(self) -> dict[str, Any]:
        """As StartAutomationExecution expects it."""
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


def fits(given: object, form: re.Pattern[str]) -> bool:
    """Whether it is a text of this form, or a CDK token."""
    return isinstance(given, str) and (is_opaque(given) or form.fullmatch(given) is not None)


def account_problem(given: object) -> str | None:
    """The problem of an invalid account ID, if it is one."""
    if fits(given, ACCOUNT):
        return None
    if not isinstance(given, str):  # a number has lost its leading zeros
        return f"{given!r} → an account id of 12 digits, as a string"
    return f"{given!r}{f' ({len(given)} digits)' if given.isdigit() else ''} → an account id of 12 digits"


def unit_problem(given: object) -> str | None:
    """The problem of an invalid ID of an organizational unit or root, if it is one."""
    return None if fits(given, _UNIT) else f"{given!r} → an id such as 'ou-ab12-cdefgh34', or the root's, 'r-ab12'"


def region_problem(given: object) -> str | None:
    """The problem of an invalid Region, if it is one."""
    return None if fits(given, REGION) else f"{given!r} → a Region such as 'eu-west-1'"


def list_problems(where: str, what: str, given: object, problem: Callable[[object], str | None]) -> Iterable[str]:
    """A problem if it is not a list, and one for each item that is invalid or occurs twice."""
    if isinstance(given, str):
        yield f"{where}: {what} is the string {given!r} → a list; write {what}=[{given!r}]"
    elif not isinstance(given, Sequence):
        yield f"{where}: {what} is of type {type(given).__name__} → a list; write {what}=[...]"
    else:
        yield from (f"{where}: {what} has {said}" for each in given if (said := problem(each)))
        times = Counter(each for each in given if isinstance(each, str))
        yield from (f"{where}: {what} has {each!r} twice → each once; remove one" for each in times if times[each] > 1)


def in_arns(where: str, what: str, given: object) -> Iterable[str]:
    """A problem if it is a list token: its items are unknown, so no ARNs can be built from them."""
    if is_list(given) and is_opaque_list(given):
        yield f"{where}: {what} is a list whose items are known only at deployment → known items, since they go into ARNs; pass each item separately, with Fn.select"


def is_list(given: object) -> TypeGuard[Sequence[object]]:
    """Whether it is a list rather than one text; a set has no order, so the template would change each time."""
    return isinstance(given, Sequence) and not isinstance(given, str)


def in_both(some: Sequence[object], others: Sequence[object]) -> list[str]:
    """The items that two lists have in common."""
    if not (is_list(some) and is_list(others)):
        return []
    return sorted({each for each in some if isinstance(each, str) and each in others})


def account_problems(what: str, accounts: object, *, where: str = "TargetLocation") -> Iterable[str]:
    """A problem for each invalid account ID, and for each that occurs twice."""
    return list_problems(where, what, accounts, account_problem)


def unit_problems(units: object, *, where: str = "TargetLocation") -> Iterable[str]:
    """A problem for each invalid ID of an organizational unit or root, and for each that occurs twice."""
    return list_problems(where, "organizational_units", units, unit_problem)


def approvals(runbook: Runbook) -> Iterable[str]:
    """The warning about a runbook that waits for approval.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-approve.html
    """
    for step in runbook.all_steps():
        if step.action == "aws:approve":
            yield (
                f"runbook {runbook.name!r}, step {step.name!r} (line {step.line}): aws:approve does not work in automations across several "
                f"accounts and Regions; approve in a runbook of the central account that starts this one"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Which accounts an administration role can reach.

    Attributes:
        execution_role_name: the role that it can assume in each account.
        accounts: where; `None`: in every account of its organization.
        units: whether it can look up the accounts of organizational units.
    """

    execution_role_name: str
    accounts: Sequence[str] | None
    units: bool


def rendered(locations: Sequence[TargetLocation], *, reach: Reach | None = None) -> list[dict[str, Any]]:
    """`TargetLocations` as StartAutomationExecution expects them.

    Args:
        locations: 1 to 100.
        reach: what the administration role reaches; a location without a role means Automation's default. `None`: unknown.

    Raises:
        TargetLocationError: none, over 100, or a location that the administration role can't reach.
    """
    if isinstance(locations, TargetLocation) or not all(isinstance(each, TargetLocation) for each in locations):
        raise TargetLocationError("target_locations → a list of TargetLocation; write [TargetLocation(...)]")
    if not 1 <= len(locations) <= _LOCATIONS:
        raise TargetLocationError(f"{len(locations)} target locations → 1 to {_LOCATIONS}; start several automations")
    if reach is not None and (problems := [problem for location in locations for problem in _beyond(location, reach)]):
        raise TargetLocationError("; ".join(dict.fromkeys(problems)))
    return [location.to_json() for location in locations]


def _beyond(location: TargetLocation, reach: Reach) -> Iterable[str]:
    name = location.execution_role_name or EXECUTION_ROLE
    if name != reach.execution_role_name and not is_opaque(f"{name}{reach.execution_role_name}"):
        yield (
            f"a target location runs as {name!r} → the administration role can assume only {reach.execution_role_name!r}; "
            f"write execution_role_name={reach.execution_role_name!r}"
        )
    if reach.accounts is not None and not any(map(is_opaque, reach.accounts)):
        for account in location.accounts:
            if account not in reach.accounts and not is_opaque(account):
                yield f"a target location has account {account!r} → the administration role's target_accounts; add it there"
    if location.organizational_units and not reach.units:
        yield (
            f"a target location has unit {location.organizational_units[0]!r} → accounts, because the administration role can't list the "
            f"accounts of a unit; create it with organization_id and organizational_units=True"
        )
