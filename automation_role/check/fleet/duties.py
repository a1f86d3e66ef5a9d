"""Which runbooks run as a role of an account, or assume it: determined once for all accounts, from the texts that name roles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...derive.derivation import Derivation
from ...sources.assumed import AssumedRoles, assuming
from ...sources.collect import Collected
from ...sources.join import Claim, RoleIndex, names_an_account, roles_named, why_not
from .report import WithoutRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What a role is for.

    Attributes:
        runbooks: those that run as it, by name: what says so.
        assuming: those whose scripts assume it, by name: what says so.
        derivation: what these need from it.
    """

    runbooks: Mapping[str, str]
    assuming: Mapping[str, str]
    derivation: Derivation


class Duties:
    """The runbooks of roles.

    Args:
        found: the runbooks, and what starts them.
        derivation: of all of them.
        role: the name of the role that a runbook runs as when nothing else says one; `None`: it has none.

    Attributes:
        role_exists: whether an account that was seen has that role.
    """

    def __init__(self, found: Collected, derivation: Derivation, role: str | None) -> None:
        self._derivation = derivation
        self._claims = roles_named(found.origins, derivation, found.starts())
        self._by_text: dict[str, list[tuple[str, Claim]]] = defaultdict(list)
        for runbook, claims in self._claims.items():
            for text, claim in claims.items():
                self._by_text[text].append((runbook, claim))
        self._assumed = AssumedRoles(derivation)
        self._role = role
        self.role_exists = False
        self._open = [runbook for runbook, claims in self._claims.items() if role is not None and not claims]
        # Texts that name a role of every account.
        self._anywhere = {name for name, claims in self._claims.items() if any(not names_an_account(text) for text in claims)}.union(
            self._open
        )
        self._known: dict[tuple[tuple[str, ...], tuple[int, ...]], Duty] = {}
        # Runbook -> the accounts that have its role, and those that lack the role that it names for every account.
        self._with: dict[str, set[str]] = defaultdict(set)
        self._without: dict[str, list[str]] = defaultdict(list)

    def of(self, account: str, arns: Sequence[str]) -> Iterator[tuple[int, Duty]]:
        """The roles of an account that runbooks run as or assume, by their place among the ARNs."""
        index = RoleIndex(arns)
        texts: dict[int, list[str]] = defaultdict(list)
        for text in self._by_text:
            for place in index.find(text):
                texts[place].append(text)
        if self._role is not None:
            for place, arn in enumerate(arns):
                if arn.rpartition("/")[2] == self._role:
                    self.role_exists = True
                    if self._open:
                        texts[place].append("")
        assumed = {place: which for place, arn in enumerate(arns) if (which := self._assumed.matching(arn))}
        duties = {place: self._duty(tuple(texts.get(place, ())), assumed.get(place, ())) for place in sorted({*texts, *assumed})}
        have = {runbook for duty in duties.values() for runbook in duty.runbooks}
        for runbook in have:
            self._with[runbook].add(account)
        for runbook in self._anywhere.difference(have):
            self._without[runbook].append(account)
        yield from duties.items()

    def _duty(self, texts: tuple[str, ...], assumed: tuple[int, ...]) -> Duty:
        known = self._known.get((texts, assumed))
        if known is None:
            named = {runbook: claim.through for text in reversed(texts) for runbook, claim in self._by_text.get(text, ())}
            named |= dict.fromkeys(self._open, "--role") if "" in texts else {}
            order = [runbook.name for runbook in self._derivation.runbooks if runbook.name in named]
            needs, others = self._derivation.only(named), self._assumed.needs(assumed)
            known = self._known[texts, assumed] = Duty(
                runbooks={name: named[name] for name in order},
                assuming=dict(assuming(others)) if others is not None else {},
                derivation=needs.with_needs_of(others) if others is not None else needs,
            )
        return known

    def unjoined(self) -> Iterator[WithoutRole]:
        """The runbooks without a role, after all accounts were seen."""
        for runbook in self._derivation.runbooks:
            without = tuple(self._without[runbook.name])
            claims: Iterable[Claim] = self._claims[runbook.name].values()
            if runbook.name in self._open:
                claims = [Claim(text=str(self._role), through="--role")]
            if without or not self._with[runbook.name]:
                yield WithoutRole(
                    runbook=runbook.name, reason=why_not(runbook, claims, "the account" if without else "the accounts"), accounts=without
                )
