"""Checks a role of an account's dump; equal roles are checked only once."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any, Final, TypeVar

from ...errors import AutomationRoleError
from ...sources.account import arn_of, found_role, policies_of
from ...sources.model import Situation
from ...values.place import Place
from ..files import can_be_assumed, subject
from ..fit import check
from ..pairs import unused_actions
from ..report import Certainty, Missing, RoleReport
from ..subjects import Subject
from ..subjects import documents as all_of
from .duties import Duty
from .report import Allowed, RoleAnswer, RunbookPair
from .sharing import STAND_IN, Sharing

T = TypeVar("T")
# The ID of its account in an answer, as templates write it.
_ITS_ACCOUNT: Final = "${AWS::AccountId}"
# The parts of a role in a dump that decide about it.
_PARTS: Final = ("RoleName", "Arn", "AssumeRolePolicyDocument", "RolePolicyList", "AttachedManagedPolicies", "PermissionsBoundary", "Tags")


@dataclass(slots=True)
class Roles:
    """Answers about roles.

    Attributes:
        context: where the automations run.
        situation: what else is known.
        accepted: ids of `RISKS` that the user accepts.
        sharing: tells which accounts' roles are the same.
        bundled: the managed policies of AWS that no dump has, whose bundled texts were used.
    """

    context: Place
    situation: Situation
    accepted: Collection[str]
    sharing: Sharing
    bundled: set[str] = field(default_factory=set)
    _answers: dict[tuple[bytes, int], RoleAnswer | str] = field(default_factory=dict)
    _idle: dict[bytes, bool | str] = field(default_factory=dict)
    _equal: dict[RoleAnswer, RoleAnswer] = field(default_factory=dict)
    _missing: dict[Missing, Missing] = field(default_factory=dict)

    def answer(self, path: str, role: Mapping[str, Any], documents: Mapping[str, Any], duty: Duty) -> RoleAnswer:
        """What was found about a role.

        Args:
            path: the dump it is from.
            role: an entry of its `RoleDetailList`.
            documents: the account's managed policies, by ARN.
            duty: what it is for; the same object for the same runbooks.

        Raises:
            AutomationRoleError: a policy of it cannot be read.
        """
        account, text, shared = self._text(path, role, documents)
        key = (_digest(shared or text), id(duty))
        if key not in self._answers:
            self._answers[key] = self._answer(shared or text, STAND_IN if shared is not None else account, duty)
        return _or_raise(self._answers[key])

    def is_idle(self, path: str, role: Mapping[str, Any], documents: Mapping[str, Any]) -> bool:
        """Whether Automation can assume a role.

        Raises:
            AutomationRoleError: a policy of it cannot be read.
        """
        _, text, shared = self._text(path, role, documents)
        key = _digest(shared or text)
        if key not in self._idle:
            try:
                self._idle[key] = can_be_assumed(self._subject(shared or text))
            except AutomationRoleError as error:
                self._idle[key] = str(error)
        return _or_raise(self._idle[key])

    def name(self, path: str, role: Mapping[str, Any]) -> str:
        """A role's name, the same in each account."""
        arn = arn_of(path, role)
        return str(role.get("RoleName", arn.rpartition("/")[2])).replace(arn.split(":")[4], _ITS_ACCOUNT)

    def _text(self, path: str, role: Mapping[str, Any], documents: Mapping[str, Any]) -> tuple[str, str, str | None]:
        """A role's account, the text of everything that decides about it, and that text without the account, which equal roles share."""
        attached, boundary = policies_of(role)
        named = {arn: documents[arn] for arn in (*attached, *filter(None, [boundary])) if arn in documents}
        text = json.dumps([{part: role[part] for part in _PARTS if part in role}, named], ensure_ascii=False)
        account = arn_of(path, role).split(":")[4]
        return account, text, self.sharing.shared(text, account)

    def _subject(self, text: str) -> Subject:
        role, documents = json.loads(text)
        found = found_role("", role, {**documents, **self.situation.managed_policies}, self.situation)
        one = subject(found, self.context, self.situation)
        self.bundled.update(document.name for document in all_of(one.identity) if document.by_aws)
        return one

    def _answer(self, text: str, account: str, duty: Duty) -> RoleAnswer | str:
        try:
            one = self._subject(text)
        except AutomationRoleError as error:
            return str(error)
        report: RoleReport = check(one, duty.derivation, accepted=self.accepted, runs=bool(duty.runbooks))
        answer = RoleAnswer(
            role=report.role,
            arn=one.identity.arn,
            pairs=_pairs(duty, report),
            missing=report.missing,
            risky=report.risky,
            blind=tuple(blind for blind in report.blind if not blind.runbook),
            allowed=tuple(_allowed(report)),
            unused=unused_actions(report),
        )
        answer = _written(answer, account)
        missing = tuple(self._missing.setdefault(each, each) for each in answer.missing)  # once in memory
        return self._equal.setdefault(answer, replace(answer, missing=missing))


def _digest(text: str) -> bytes:
    return blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()


def _or_raise(known: T | str) -> T:
    if isinstance(known, str):
        raise AutomationRoleError(known)
    return known


def _pairs(duty: Duty, report: RoleReport) -> tuple[RunbookPair, ...]:
    missing: dict[str, Counter[Certainty]] = defaultdict(Counter)
    for one in report.missing:
        for runbook in {origin.runbook for origin in one.origins}:
            missing[runbook][one.certainty] += 1
    gaps = Counter(blind.runbook for blind in report.blind)
    return tuple(
        RunbookPair(
            runbook=runbook,
            through=through,
            missing=tuple((certainty, missing[runbook][certainty]) for certainty in Certainty if missing[runbook][certainty]),
            gaps=gaps[runbook],
        )
        for runbook, through in (*duty.runbooks.items(), *duty.assuming.items())
    )


def _allowed(report: RoleReport) -> Iterator[Allowed]:
    for one in (*report.unused, *report.unjudged):
        yield Allowed(
            policy=one.policy,
            statement=one.statement,
            pattern=one.pattern,
            unused=len(one.actions),
            used=len(one.used),
            needed_when=one.needed_when,
        )


def _written(answer: RoleAnswer, account: str) -> RoleAnswer:
    """An answer without the account's ID, so that it fits each account; the names of runbooks are unchanged."""

    def write(text: str) -> str:
        return text.replace(account, _ITS_ACCOUNT)

    def write_missing(one: Missing) -> Missing:
        return replace(
            one,
            resources=tuple(map(write, one.resources)),
            conditions=tuple((key, write(value)) for key, value in one.conditions),
            reason=write(one.reason),
            policy=None if one.policy is None else write(one.policy),
        )

    return replace(
        answer,
        role=write(answer.role),
        arn=write(answer.arn),
        missing=tuple(map(write_missing, answer.missing)),
        risky=tuple(replace(one, policy=write(one.policy), message=write(one.message)) for one in answer.risky),
        blind=tuple(replace(one, message=write(one.message)) for one in answer.blind),
        allowed=tuple(replace(one, policy=write(one.policy)) for one in answer.allowed),
    )
