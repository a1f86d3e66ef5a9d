"""Checks the roles of all accounts with the runbooks that run as them."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from ...derive.derivation import Derivation
from ...errors import AutomationRoleError, Problem, RunbookError
from ...iam.conditions import Hidden
from ...iam.text import show
from ...sources.account import arn_of
from ...sources.collect import Collected
from ...sources.dumps import Account, Dumps
from ...sources.model import Situation
from ...values.place import Place
from ..fit import unseen
from ..pairs import places_of
from ..report import Blind
from .duties import Duties
from .report import AccountReport, FleetReport, Result, RoleAnswer
from .roles import Roles
from .sharing import Sharing


def check_fleet(
    found: Collected,
    derivation: Derivation,
    dumps: Dumps,
    context: Place,
    situation: Situation,
    *,
    accepted: Collection[str] = (),
    role: str | None = None,
    invalid: Sequence[Problem] = (),
    progress: Callable[[Iterator[Account], int], Iterator[Account]] = lambda accounts, _: accounts,
) -> FleetReport:
    """Check each role of each account with the runbooks that run as it.

    Only one account is in memory at a time, beside the distinct answers.

    Args:
        found: the runbooks, and what starts them.
        derivation: of these, whose role is known.
        dumps: the accounts.
        context: where the automations run; its account says nothing.
        situation: what else is known.
        accepted: ids of `RISKS` that the user accepts.
        role: the name of the role that a runbook runs as when nothing says which; `None`: such a runbook is not checked.
        invalid: what is wrong with runbooks that were not read.
        progress: yields the accounts, and shows how many of how many are done.

    Raises:
        RunbookError: what is wrong with the dumps.
        AutomationRoleError: no account has a role of that name.
    """
    duties = Duties(found, derivation, role)
    roles = Roles(context, situation, accepted, Sharing(_compared(derivation, context, situation)))
    fleet = _Fleet(duties, roles)
    for account in progress(dumps.accounts(), len(dumps)):
        fleet.add(account)
    if dumps.problems:
        raise RunbookError(list(dict.fromkeys(dumps.problems)))
    if role is not None and not duties.role_exists:
        raise AutomationRoleError(f"--role {role!r}: no account has a role of this name → the name of a role, without its path")
    return replace(fleet.report(found, derivation, dumps.incomplete), invalid=tuple(invalid))


def _compared(derivation: Derivation, context: Place, situation: Situation) -> Iterator[str]:
    """All that the roles' policies are compared with."""
    assumed = (permission for role in derivation.assumed_roles for permission in role.needs.permissions)
    for permission in (*derivation.permissions, *assumed):
        patterns = (*permission.resources, *(pattern for _, _, values in permission.conditions for pattern in values))
        for pattern in patterns:
            yield from context.write(pattern)
    yield json.dumps(situation.managed_policies, default=str)
    yield repr((situation.rails, situation.boundary))
    yield from (show(text) for values in situation.keys.values() if not isinstance(values, Hidden) for text in values)


class _Fleet:
    """What was found so far."""

    def __init__(self, duties: Duties, roles: Roles) -> None:
        self.duties, self.roles = duties, roles
        self.found: dict[int, tuple[RoleAnswer, list[str]]] = {}  # by the answer's id(): equal answers are the same object
        self.accounts: list[tuple[Account, list[RoleAnswer], int, int]] = []
        self.idle: dict[str, list[str]] = {}
        self.unread: dict[Problem, None] = {}

    def add(self, account: Account) -> None:
        """Check the roles of an account."""
        duties = dict(self.duties.of(account.id, [arn_of(path, role) for path, role in account.roles]))
        answers: list[RoleAnswer] = []
        idle = 0
        for place, (path, role) in enumerate(account.roles):
            try:
                if place in duties:
                    answer = self.roles.answer(path, role, account.documents, duties[place])
                    answers.append(answer)
                    self.found.setdefault(id(answer), (answer, []))[1].append(account.id)
                elif self.roles.is_idle(path, role, account.documents):
                    idle += 1
                    self.idle.setdefault(self.roles.name(path, role), []).append(account.id)
            except AutomationRoleError as error:
                self.unread[Problem(source=path, line=None, message=f"was not read: {error}")] = None
        self.accounts.append((replace(account, roles=(), documents={}), answers, len(account.roles), idle))

    def report(self, found: Collected, derivation: Derivation, incomplete: Sequence[Problem]) -> FleetReport:
        """The report: everything that was found, in order."""
        results = sorted(self.found.values(), key=lambda one: (one[0].weight, -len(one[1]), one[0].role, one[0].arn))
        index = {id(answer): place for place, (answer, _) in enumerate(results)}
        gaps: dict[str, list[Blind]] = {}
        for blind in unseen(derivation):
            gaps.setdefault(blind.runbook, []).append(blind)
        return FleetReport(
            places=places_of(found, derivation),
            gaps={name: tuple(theirs) for name, theirs in gaps.items()},
            results=tuple(Result(answer=answer, accounts=tuple(accounts)) for answer, accounts in results),
            accounts=tuple(
                AccountReport(
                    id=account.id,
                    partition=account.partition,
                    sources=account.sources,
                    roles=roles,
                    results=tuple(sorted(index[id(answer)] for answer in answers)),
                    idle=idle,
                )
                for account, answers, roles, idle in self.accounts
            ),
            unjoined=tuple(self.duties.unjoined()),
            idle={name: tuple(self.idle[name]) for name in sorted(self.idle)},
            unread=(*incomplete, *self.unread),
            bundled=tuple(sorted(self.roles.bundled)),
        )
