"""Who may assume what, from where: every attempt is in the table that this prints, in both variants and all partitions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.organization.modelled import (
    CENTRAL,
    EXECUTION,
    ORGANIZATION,
    OTHER_ORGANIZATION,
    OUTSIDER,
    PLACES,
    TARGETS,
    Place,
    central,
    execution,
    intruder,
    target,
)

SSM = "ssm.amazonaws.com"


@dataclass(frozen=True)
class Attempt:
    """One attempt, once for each column of its table."""

    table: str
    columns: tuple[str, ...]
    who: str
    must: tuple[bool, ...]
    decisions: tuple[Any, ...]

    def cells(self) -> list[str]:
        made = [bool(decision) for decision in self.decisions]
        return [f"{'may' if did else 'may not'}{'' if did == must else ' WRONG'}" for did, must in zip(made, self.must, strict=True)]


def attempts(*, organization: bool, place: Place) -> Iterator[Attempt]:
    centre = central(organization=organization, place=place)
    administration = centre.role("Administration")
    accounts = {account: target(account, organization=organization, place=place) for account in TARGETS}
    roles = {account: its.role("Execution") for account, its in accounts.items()}

    # -- the execution role of each target
    callers: list[tuple[str, bool, Any]] = [
        ("the administration role", True, administration),
        ("another role of the central account", False, centre.principal("Other")),
        ("a role there whose name goes on after the administration role's", False, centre.principal("Longer")),
        ("a role there whose name ends before it", False, centre.principal("Shorter")),
        ("a role there of its name, under a path", False, intruder(account=CENTRAL, organization=ORGANIZATION, path="/x/", place=place)),
        ("a user there of its name", False, centre.principal("User")),
        ("the operators", False, centre.principal("Operators")),
        ("a role of an outsider", False, intruder("Intruder", place=place)),
        ("a role of its name of an outsider", False, intruder(place=place)),
        ("a role of its name of an outsider in the organization", False, intruder(organization=ORGANIZATION, place=place)),
        ("EC2", False, "ec2.amazonaws.com"),
        ("Automation, without a source", False, SSM),
    ]
    if organization:
        left = central(organization=True, place=place, its_organization=OTHER_ORGANIZATION).role("Administration")
        callers.append(("the administration role, its account in another organization", False, left))
    assumes = "who assumes the execution role of"
    for who, must, caller in callers:
        tried = tuple(role.may_be_assumed_by(caller) for role in roles.values())
        yield Attempt(assumes, TARGETS, who, (must,) * len(TARGETS), tried)
    own = tuple(roles[account].may_be_assumed_by(its.principal("Local")) for account, its in accounts.items())
    yield Attempt(assumes, TARGETS, "a role of that account", (False,) * len(TARGETS), own)
    others = (*TARGETS[1:], TARGETS[0])
    next_ones = tuple(roles[account].may_be_assumed_by(roles[other]) for account, other in zip(TARGETS, others, strict=True))
    yield Attempt(assumes, TARGETS, "the execution role of another target", (False,) * len(TARGETS), next_ones)
    for who, must, source in (
        ("Automation, for that account", True, lambda account: execution(account, place=place)),
        ("Automation, for the central account", False, lambda _: execution(CENTRAL, place=place)),
        ("Automation, for an outsider", False, lambda _: execution(OUTSIDER, place=place)),
        ("Automation, for an outsider, about an execution of that account", False, lambda a: execution(OUTSIDER, recorded=a, place=place)),
        ("Automation, for that account, about an execution of an outsider", False, lambda a: execution(a, recorded=OUTSIDER, place=place)),
        ("another feature of Systems Manager, for that account", False, lambda a: execution(a, "opsitem/oi-1", place=place)),
    ):
        tried = tuple(role.may_be_assumed_by(SSM, context=source(account)) for account, role in roles.items())
        yield Attempt(assumes, TARGETS, who, (must,) * len(TARGETS), tried)

    # -- what it may do: hand itself to Automation, and start its runbook in its own account
    yields = "what the execution role does in"
    for what, must, may in (
        ("passes itself to Systems Manager", True, lambda role, _: role.may_pass("Execution", to=SSM)),
        ("passes itself to EC2", False, lambda role, _: role.may_pass("Execution", to="ec2.amazonaws.com")),
        ("passes another role of the account to Systems Manager", False, lambda role, _: role.may_pass("Local", to=SSM)),
        ("starts its runbook", True, lambda role, _: role.may_start("restart-instance", role="Execution")),
        ("starts its runbook as another role", False, lambda role, _: role.may_start("restart-instance", role="Local")),
        ("starts another runbook", False, lambda role, _: role.may_start("AWS-StopEC2Instance", role="Execution")),
        ("assumes the administration role", False, lambda role, _: role.may("sts:AssumeRole", resource=administration.arn)),
        ("assumes the next target's", False, lambda role, n: role.may("sts:AssumeRole", resource=place.role(n, EXECUTION))),
    ):
        tried = tuple(may(roles[account], other) for account, other in zip(TARGETS, others, strict=True))
        yield Attempt(yields, TARGETS, what, (must,) * len(TARGETS), tried)

    # -- the administration role
    at = (CENTRAL,)
    for who, must, caller, said in (
        ("Automation, for the central account", True, SSM, execution(CENTRAL, place=place)),
        ("Automation, for it, about an execution recorded elsewhere", True, SSM, execution(CENTRAL, recorded=TARGETS[0], place=place)),
        ("Automation, for a target", False, SSM, execution(TARGETS[0], place=place)),
        ("Automation, for an outsider", False, SSM, execution(OUTSIDER, place=place)),
        ("Automation, for an outsider, about an execution of the central account", False, SSM,
         execution(OUTSIDER, recorded=CENTRAL, place=place)),
        ("Automation, without a source", False, SSM, None),
        ("another feature of Systems Manager, for the central account", False, SSM, execution(CENTRAL, "opsitem/oi-1", place=place)),
        ("Lambda", False, "lambda.amazonaws.com", None),
        ("the operators", False, centre.principal("Operators"), None),
        ("a role of the central account that may do everything", False, centre.principal("Other"), None),
        ("the execution role of a target", False, roles[TARGETS[0]], None),
        ("a role of an outsider", False, intruder(place=place), None),
    ):  # fmt: skip
        tried = (administration.may_be_assumed_by(caller, context=said),)
        yield Attempt("who assumes the administration role of", at, who, (must,), tried)

    # -- from the start to the target: the operators, what the administration role assumes, whether it is let in
    everywhere = (*TARGETS, OUTSIDER)
    # The outsider's account trusts the central one as the targets do: it is the central account's side that must hold.
    lured = target(OUTSIDER, organization=False, place=place).role("Execution")
    organizations = {account: {"aws:ResourceOrgID": OTHER_ORGANIZATION if account == OUTSIDER else ORGANIZATION} for account in everywhere}
    operators = centre.principal("Operators")
    for runbook, given in (("restart-instance", True), ("AWS-StopEC2Instance", False)):
        ways = tuple(
            operators.may_start(runbook, role="Administration")
            and administration.may("sts:AssumeRole", resource=place.role(account, EXECUTION), context=organizations[account])
            and roles.get(account, lured).may_be_assumed_by(administration)
            for account in everywhere
        )
        yield Attempt("what the operators start in", everywhere, runbook, (*(given,) * len(TARGETS), False), ways)
    for name, given in ((EXECUTION, True), (f"{EXECUTION}-2", False), (EXECUTION[:-1], False), (f"x/{EXECUTION}", False), ("Local", False)):
        tried = tuple(
            administration.may("sts:AssumeRole", resource=place.role(account, name), context=organizations[account])
            for account in everywhere
        )
        yield Attempt("what the administration role assumes in", everywhere, name, (*(given,) * len(TARGETS), False), tried)
    for what, must, decision in (
        ("the administration role to Systems Manager", True, operators.may_pass("Administration", to=SSM)),
        ("the administration role to EC2", False, operators.may_pass("Administration", to="ec2.amazonaws.com")),
        ("another role to Systems Manager", False, operators.may_pass("Other", to=SSM)),
    ):
        yield Attempt("what the operators hand on in", at, what, (must,), (decision,))


@pytest.mark.parametrize("organization", [False, True], ids=["plain", "organization"])
def test_every_attempt_to_assume_a_role_ends_as_it_must(organization: bool, record_property: Callable[[str, object], None]) -> None:
    tried = {place.partition: list(attempts(organization=organization, place=place)) for place in PLACES}
    lines = [f"{'organization' if organization else 'plain'} variant, in {', '.join(tried)}"]
    table = ""
    for same in zip(*tried.values(), strict=True):
        first = same[0]
        if table != first.table:
            table = first.table
            lines += ["", f"{table:74}{''.join(f'{column:14}' for column in first.columns)}".rstrip()]
        cells = zip(*(each.cells() for each in same), strict=True)
        shown = ["/".join(dict.fromkeys(each)) for each in cells]  # the same in every partition, or it is wrong
        lines.append(f"  {first.who:72}{''.join(f'{cell:14}' for cell in shown)}".rstrip())
    record_property("table", "\n".join(lines))  # for reading: tests/conftest.py prints it
    assert [line for line in lines if "WRONG" in line] == []


def test_an_attempt_that_ends_otherwise_is_marked() -> None:
    assert Attempt("", TARGETS[:2], "", (True, False), (True, True)).cells() == ["may", "may WRONG"]
