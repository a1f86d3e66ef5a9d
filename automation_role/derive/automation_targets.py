"""An automation that is started on many targets: the calls that look them up, and the roles that are assumed in other accounts.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/running-automations-scale.html and
    https://docs.aws.amazon.com/systems-manager/latest/userguide/running-automations-multiple-accounts-regions.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ..values.calls import ApiCall, Origin, Permission
from ..values.patterns import ANY, Pattern
from ..values.value import UNKNOWN, Text, Value
from .step_context import literals

# Beginning of a target's key -> the operation that finds the targets.
_FINDING_TARGETS: Final[Mapping[str, tuple[str, str]]] = {
    "tag:": ("resourcegroupstaggingapi", "GetResources"),
    "ResourceGroup": ("resource-groups", "ListGroupResources"),
    "AWS::EC2::Instance": ("ec2", "DescribeInstances"),
    "InstanceIds": ("ec2", "DescribeInstances"),
}


def finding_targets(targets: Value, origin: Origin) -> Iterator[ApiCall]:
    """The calls that find the targets; all of them if the keys are unknown."""
    if targets is None:
        return
    keys = _target_keys(targets)
    for kind, (service, operation) in _FINDING_TARGETS.items():
        if keys is None or any(key.startswith(kind) for key in keys):
            yield ApiCall(service=service, operation=operation, origin=origin)


def _target_keys(targets: Value) -> list[str] | None:
    if not isinstance(targets, tuple):
        return None
    keys: list[str] = []
    for target in targets:
        key = target.get("Key") if isinstance(target, Mapping) else UNKNOWN
        if not isinstance(key, Text) or any(not option.parts or not isinstance(option.parts[0], str) for option in key.options):
            return None
        keys.extend(str(option.parts[0]) for option in key.options)
    return keys


def in_locations(locations: Value, origin: Origin) -> Iterator[ApiCall | Permission]:
    """The execution roles that are assumed in other accounts, and the call that lists the accounts of organizational units."""
    if locations is None:
        return
    from ..start.target_locations import EXECUTION_ROLE  # few automations start others elsewhere

    each = [location if isinstance(location, Mapping) else {} for location in locations] if isinstance(locations, tuple) else [{}]
    for location in each:
        name = location.get("ExecutionRoleName", Text.literal(EXECUTION_ROLE) if location else UNKNOWN)
        names = name.options if isinstance(name, Text) else (Pattern((ANY,)),)
        accounts = _accounts(location)
        units = not all(account.isdigit() for account in accounts)  # or an unknown value, which may be one
        arns = tuple(
            Pattern.of(f"arn:{{P}}:iam::{account}:role/") + option for account in (("*",) if units else accounts) for option in names
        )
        yield Permission(action="sts:AssumeRole", resources=arns, origins=(origin,))
        if units:
            yield ApiCall(service="organizations", operation="ListAccountsForParent", origin=origin)


def _accounts(location: Mapping[str, Value]) -> list[str]:
    accounts = location.get("Accounts")
    if not isinstance(accounts, tuple) or not accounts:
        return ["unknown"]
    # YAML reads an account without quotes as a number.
    each = [(f"{account:012}",) if isinstance(account, int) else literals(account) for account in accounts]
    return [text for texts in each for text in texts or ("unknown",)]
