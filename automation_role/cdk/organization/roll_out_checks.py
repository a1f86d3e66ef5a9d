"""Checks that the arguments of a roll-out fit together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from constructs import Construct

from ...errors import did_you_mean
from ...start.request import is_number
from ...start.target_locations import fits, in_both, region_problem
from ..types import AnyRole
from . import account_checks
from .arguments import ExecutionRoleArguments
from .stack_set_role import STACK_SET_EXECUTION_ROLE

# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStackInstances.html
UNITS_QUOTA: Final = 50
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStackSet.html
_NAME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9-]{0,127}")


def places(
    where: str, units: Sequence[str], accounts: Sequence[str], excluded: Sequence[str], *, delegated: bool, retained: bool
) -> Iterator[str]:
    """A problem for each of the units, accounts and options of a service-managed roll-out that doesn't fit the others."""
    if not units and not accounts:
        yield f"{where}: neither organizational_units nor accounts → where to roll out; pass units (service-managed) or accounts (self-managed)"
    if not units and excluded:
        yield f"{where}: exclude_accounts without organizational_units → accounts of units; leave them out of accounts instead"
    if not units and delegated:
        yield f"{where}: delegated_administrator without organizational_units → only a service-managed roll-out has one; pass units"
    if not units and retained:
        yield f"{where}: retain_roles without organizational_units → it applies only to accounts that leave a unit; leave it out"
    if units and accounts and excluded:
        yield f"{where}: both accounts and exclude_accounts → only one of them; leave one out"
    for account in in_both(accounts, excluded):
        yield f"{where}: account {account!r} is in accounts and in exclude_accounts → one of them; remove it from the other"
    if len(units) > UNITS_QUOTA and not isinstance(units, str):
        yield f"{where}: {len(units)} organizational_units → at most {UNITS_QUOTA}; pass their parent unit"


def numbers(where: str, concurrent: object, tolerance: object) -> Iterator[str]:
    """A problem for each percentage that CloudFormation does not accept."""
    if not is_number(concurrent, 1, 100):
        yield f"{where}: max_concurrent_percentage is {concurrent!r} → a whole number, 1 to 100"
    if not is_number(tolerance, 0, 99):
        yield f"{where}: failure_tolerance_percentage is {tolerance!r} → a whole number, 0 to 99"


def roles(
    where: str, administration: AnyRole | None, administration_name: str | None, execution_name: str, *, service_managed: bool
) -> Iterator[str]:
    """A problem for each role of StackSets that is invalid, or doesn't fit the others."""
    if administration_name is not None:
        yield from account_checks.role_name(where, "stack_set_administration_role_name", administration_name)
    yield from account_checks.role_name(where, "stack_set_execution_role_name", execution_name)
    if service_managed and (administration is not None or administration_name is not None or execution_name != STACK_SET_EXECUTION_ROLE):
        yield f"{where}: StackSets roles with organizational_units → AWS Organizations uses its own roles; leave stack_set_…_role… out"
    if administration is not None and administration_name is not None:
        yield f"{where}: both stack_set_administration_role and stack_set_administration_role_name → the role already has a name; leave stack_set_administration_role_name out"


def place(where: str, region: str | None, name: str | None) -> Iterator[str]:
    """A problem for an invalid Region or name of the stack set."""
    if region is not None and (problem := region_problem(region)):
        yield f"{where}: region is {problem}"
    if name is not None and not fits(name, _NAME):
        yield f"{where}: stack_set_name is {name!r} → a letter, then letters, digits and -, at most 128; leave it out to have one generated"


# Arguments of the execution role that the roll-out sets itself.
_OWN: Final = ("self", "scope", "construct_id", "administration_account", "runbooks")


def arguments(where: str, given: Mapping[str, Any]) -> Iterator[str]:
    """A problem for each argument that `AutomationExecutionRole` does not have, or that the roll-out sets itself."""
    allowed = ExecutionRoleArguments.__annotations__
    for name in given:
        if name in _OWN:
            yield f"{where}: execution_role has {name!r} → an argument of the roll-out itself; pass {name}=... to the roll-out"
        elif name not in allowed:
            yield f"{where}: execution_role has {name!r} → an argument of AutomationExecutionRole{did_you_mean(name, allowed)}"


def elsewhere(scope: Construct, where: str, given: Mapping[str, Any], accounts: Sequence[str]) -> Iterator[str]:
    """A problem for each role and policy of one account that the roles of all accounts would use: IAM allows only those of the same account.

    A stack with an account of its own writes that account into what it imports by name.
    """
    around: Mapping[str, str] = scope.node.try_get_context(_BOUNDARY) or {}
    passed = given.get("pass_roles", {}).values()
    named = [
        ("the surrounding app has a permissions boundary", around.get("arn")),
        *_arns("permissions_boundary", [given.get("permissions_boundary")], "managed_policy_arn"),
        *_arns("managed_policies", given.get("managed_policies"), "managed_policy_arn"),
        *(each for roles in passed for each in _arns("pass_roles", roles, "role_arn")),
    ]
    for what, arn in named:
        found = _OF_ONE_ACCOUNT.search(arn or "")
        if found is not None and [*accounts] != [found[1]]:
            yield (
                f"{where}: {what} with {found[2]!r} of account {found[1]!r} → each account's own; "
                f'import it with f"arn:{{Aws.PARTITION}}:iam::{{Aws.ACCOUNT_ID}}:{found[2]}"'
            )


def _arns(what: str, given: object, attribute: str) -> Iterator[tuple[str, str | None]]:
    """The ARNs in an argument, if it has the right type; else the role inside reports it."""
    if isinstance(given, Sequence):
        yield from ((f"execution_role has {what}", getattr(each, attribute, None)) for each in given)


# The context key under which PermissionsBoundary.from_name and from_arn store the boundary of an app, a stage or a stack.
_BOUNDARY: Final = "@aws-cdk/core:permissionsBoundary"
_OF_ONE_ACCOUNT: Final = re.compile(r":iam::([0-9]{12}):(.+)")
