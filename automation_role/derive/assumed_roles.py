"""A role that scripts assume: its account, what it needs for the calls with its credentials, and what is reported about them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from ..findings import BY_HAND, Finding, to_answer
from ..values.arns import account_of, partition_of
from ..values.calls import ApiCall, ChangedStack, Permission
from ..values.patterns import ANY, Bound, Part, Pattern, Slot
from ..values.place import Place
from ..values.placeholders import has_placeholder
from ..values.tokens import is_opaque
from ..values.value import UNKNOWN, Text, Value
from .automations import names_of_start, needs_of_start, starts_of
from .cache import permissions_of
from .step_context import OwnNeed

C = TypeVar("C", ApiCall, ChangedStack)

UNKNOWN_ROLE: Final = "*"
"""The name of an unknown role."""


def needs_of_assumed(role: Pattern, need: OwnNeed) -> Iterator[ApiCall | Permission | Finding]:
    """A call as an assumed role, and what it needs; anything else unchanged.

    An automation that it starts runs in that role's account, so no runbook is followed.
    """
    if isinstance(need, ChangedStack):
        from .stacks import needs_of_stack  # few runbooks create a stack

        for made in needs_of_stack(_seen_from(role, need)):
            yield from needs_of_assumed(role, made)
        return
    if not isinstance(need, ApiCall):
        yield need._replace(message=need.message.replace(BY_HAND, "to that role")) if isinstance(need, Finding) else need
        return
    call = _seen_from(role, need)
    yield call
    permissions, findings = permissions_of(call)
    started = [each for each in needs_of_start(call, {}) if not (isinstance(each, Finding) and each.id == "nestedRunbook")]
    for each in (*permissions, *findings, *started):
        yield from needs_of_assumed(role, each)
    for start in starts_of(call):
        names = names_of_start(start.get("DocumentName"))
        what = "a runbook that is a runtime value" if names is None else f"runbook {' or '.join(map(repr, names))}"
        message = f"{what} is started with the credentials of that role; if it runs as that role, what it needs was not derived: derive its policy separately"
        yield call.origin.finding("nestedRunbook", message)


def _seen_from(role: Pattern, call: C) -> C:
    """The call or the stack, without the automation's own account and role in its inputs: as the other role, these mean the other account."""
    own: frozenset[Part] = frozenset({Slot.ROLE}) if account_of(role) == _THIS_ACCOUNT else frozenset({Slot.ROLE, Slot.ACCOUNT})
    return call._replace(inputs={name: _without(own, value) for name, value in call.inputs.items()})


_THIS_ACCOUNT: Final = Pattern((Slot.ACCOUNT,))


def _without(slots: frozenset[Part], value: Value) -> Value:
    if isinstance(value, Text):
        options = [Pattern(tuple(ANY if part in slots else part for part in option.parts)) for option in value.options]
        return UNKNOWN if any(option.is_any for option in options) else Text(tuple(dict.fromkeys(options)))
    if isinstance(value, Mapping):
        return {name: _without(slots, each) for name, each in value.items()}
    return tuple(_without(slots, each) for each in value) if isinstance(value, tuple) else value


def findings_as(role: Pattern, runbook: str, step: str, calls: Iterable[ApiCall], findings: Sequence[Finding]) -> Iterator[Finding]:
    """The findings about a step whose script assumes a role, from the calls with its credentials and the findings about them."""
    name = name_of(role, Place())
    who = "a role that is a runtime value" if name == UNKNOWN_ROLE else f"role {name}"
    line = min([*(call.origin.line for call in calls), *(each.line for each in findings)])

    def finding(finding_id: str, message: str) -> Finding:
        return Finding(id=finding_id, runbook=runbook, step=step, line=line, message=message)

    yield finding(
        "otherRoleCalls",
        f"the script assumes {who} and makes API calls with its credentials; what that role needs is in a policy of its own "
        "(automation-role policy --assumed; in CDK: derived.assumed_roles)",
    )
    gaps = to_answer(findings)
    if gaps:
        more = f", and {len(gaps) - 1} more" if len(gaps) > 1 else ""
        yield finding("otherRoleGaps", f"the policy of {who} may lack permissions: line {gaps[0].line}: {gaps[0].message}{more}")


def name_of(role: Pattern, place: Place) -> str:
    """A role's ARN for people: `{{ Parameter }}` for a parameter of the start, `*` for other runtime values."""
    (text,) = place._replace(regions=("*",)).write(Pattern(tuple(_shown(part) for part in role.parts)))
    return text


def _shown(part: Part) -> Part:
    return f"{{{{ {part.parameter} }}}}" if isinstance(part, Bound) and part.parameter and has_placeholder(part.value) else part


def place_of(role: Pattern, place: Place) -> Place:
    """Where an assumed role is: the partition and account in its ARN, else those of the role that assumes it."""
    partition, account = _written(partition_of(role), place), _written(account_of(role), place)
    return place._replace(
        partition=partition if partition.startswith("aws") or is_opaque(partition) else place.partition,
        account=account if re.fullmatch("[0-9]{12}", account) or is_opaque(account) else "*",
        role_arn=None,
    )


def _written(field: Pattern | None, place: Place) -> str:
    return place.write(field)[0] if field is not None else "*"
