"""Joins runbooks and the roles that they run as, as far as the sources say."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..derive.automations import names_of_start, starts_of
from ..derive.derivation import Derivation
from ..runbook.model import Runbook
from ..runbook.parameters import ROLE_PARAMETERS
from ..runbook.references import resolve
from ..values.patterns import Pattern, Slot
from ..values.place import Place
from ..values.placeholders import ACCOUNT, PARTITION, REGION, has_placeholder, readable
from ..values.value import Text, Value
from .model import FoundPerson, FoundRole, FoundRunbook, Starter
from .permitted_starts import permitted

_ROLE: Final = re.compile(r"arn:(?P<partition>[^:]*):iam::(?P<account>[^:]*):role/(?P<name>.*)", re.DOTALL)
_DOCUMENT: Final = re.compile(r"arn:[^:]*:ssm:[^:]*:[^:]*:(?:document|automation-definition)/(?P<name>[^:]*)")
# Writes a role's ARN as in a template, with placeholders for what only a deployment knows.
_AS_WRITTEN: Final = Place(partition=PARTITION, account=ACCOUNT, regions=(REGION,), role_arn="", keeps_placeholders=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A runbook, a role that it runs as, and what links them.

    Attributes:
        runbook: the runbook's name.
        role: index of the role among those found.
        through: what links them, in words.
        as_caller: whether it is the role of what starts the runbook, which Automation does not assume.
    """

    runbook: str
    role: int
    through: str
    as_caller: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unjoined:
    """A runbook whose role is not in the sources.

    Attributes:
        runbook: the runbook's name.
        reason: why its role is unknown, or that it is elsewhere.
    """

    runbook: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Which runbooks and roles belong together.

    Attributes:
        links: in the order of the runbooks.
        unjoined: runbooks without any role here.
    """

    links: tuple[Link, ...]
    unjoined: tuple[Unjoined, ...]


def join(
    origins: Sequence[FoundRunbook],
    derivation: Derivation,
    roles: Sequence[FoundRole],
    starts: Iterable[Starter],
    people: Iterable[FoundPerson] = (),
) -> Joined:
    """Find the roles that runbooks run as: those that their documents name, that what starts them passes, that other runbooks pass.

    Args:
        origins: how each runbook of the derivation was found.
        derivation: of all the runbooks.
        roles: that were found with them.
        starts: what starts runbooks.
        people: the users and groups that were found with them.
    """
    index = RoleIndex([role.identity.arn for role in roles])
    named = roles_named(origins, derivation, starts, permitted(roles, people, lambda arn: bool(index.find(arn))))
    found = {name: _linked(claims, index) for name, claims in named.items()}
    links = tuple(
        Link(runbook=runbook.name, role=role, through=claim.through, as_caller=claim.as_caller)
        for runbook in derivation.runbooks
        for role, claim in found[runbook.name].items()
    )
    unjoined = tuple(
        Unjoined(runbook=runbook.name, reason=why_not(runbook, named[runbook.name].values(), "the sources"))
        for runbook in derivation.runbooks
        if not found[runbook.name]
    )
    return Joined(links=links, unjoined=unjoined)


def _linked(claims: Mapping[str, Claim], index: RoleIndex) -> dict[int, Claim]:
    linked: dict[int, Claim] = {}
    for claim in claims.values():
        for role in index.find(claim.text):
            linked.setdefault(role, claim)
    return linked


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A reference from a runbook to a role, wherever that role is.

    Attributes:
        text: the role's ARN, as written.
        through: what links them, in words.
        own: whether it is this runbook's role; else that of the runbook that starts it.
        as_caller: whether it is the role of what starts the runbook, which Automation does not assume.
    """

    text: str
    through: str
    own: bool = True
    as_caller: bool = False


def roles_named(
    origins: Sequence[FoundRunbook], derivation: Derivation, starts: Iterable[Starter], perhaps: Iterable[Starter] = ()
) -> Mapping[str, Mapping[str, Claim]]:
    """The name of each runbook of the derivation -> the references to roles that it runs as, by their texts.

    Args:
        origins: how each runbook of the derivation was found.
        derivation: of all the runbooks.
        starts: what starts runbooks.
        perhaps: what may start them, which counts only for runbooks whose role nothing else names.
    """
    joiner = _Joiner(origins, derivation)
    for start in starts:
        joiner.started(start, joiner.runbooks)
    joiner.nest()
    left = frozenset(name for name, claims in joiner.named.items() if not claims)
    for start in perhaps:
        joiner.started(start, left)
    joiner.nest()
    return joiner.named


class RoleIndex:
    """Roles by their texts in references."""

    def __init__(self, arns: Iterable[str]) -> None:
        self._arns: dict[str, list[int]] = {}
        self._names: dict[str, list[tuple[int, re.Match[str]]]] = {}
        for index, arn in enumerate(arns):
            self._arns.setdefault(arn, []).append(index)
            if (match := _ROLE.fullmatch(arn)) is not None:
                self._names.setdefault(match["name"], []).append((index, match))

    def find(self, text: str) -> list[int]:
        """The roles that a text is the ARN of; an unknown account or partition matches any."""
        match = _ROLE.fullmatch(text)
        if match is None:
            return self._arns.get(text, [])
        return [index for index, own in self._names.get(match["name"], ()) if _same_place(match, own)]


def _same_place(match: re.Match[str], own: re.Match[str]) -> bool:
    return (match["account"] == own["account"] or _open(match["account"]) or _open(own["account"])) and (
        match["partition"] == own["partition"] or _open(match["partition"])
    )


def names_an_account(text: str) -> bool:
    """Whether a role's ARN says in which account the role is; else it is one of that name in each account."""
    match = _ROLE.fullmatch(text)
    return match is None or not _open(match["account"])


class _Joiner:
    def __init__(self, origins: Sequence[FoundRunbook], derivation: Derivation) -> None:
        self.runbooks = {runbook.name: runbook for runbook in derivation.runbooks}
        self.derivation = derivation
        self.labels: dict[str, list[str]] = {}
        for origin in origins:
            for label in dict.fromkeys((*origin.labels, origin.name)):
                self.labels.setdefault(label, []).append(origin.name)
        self.named: dict[str, dict[str, Claim]] = {name: {} for name in self.runbooks}
        for runbook in derivation.runbooks:
            for text in _own(runbook):
                self._claim(runbook.name, text, "its assumeRole")

    def _claim(self, runbook: str, text: str, through: str, *, as_caller: bool = False) -> None:
        """Record that a runbook runs as the role that a text names."""
        known = self.named[runbook].get(text)
        if text and (known is None or not known.own):
            through = known.through if known is not None else through
            self.named[runbook][text] = Claim(text=text, through=through, as_caller=as_caller)

    def started(self, start: Starter, among: Container[str]) -> None:
        """Record a start of one of these runbooks: with the role that the start passes, else as the role that starts it."""
        match = _DOCUMENT.match(start.runbook)
        name = match["name"] if match else start.runbook
        for runbook in self.labels.get(name, ()):
            if runbook not in self.runbooks or runbook not in among:
                continue
            passed = _passed(self.runbooks[runbook], start)
            for text in passed:
                self._claim(runbook, text, f"passed by {start.place.path}")
            if self.runbooks[runbook].assume_role is None and start.caller and not passed:
                self._claim(runbook, start.caller, f"started by {start.place.path}", as_caller=True)

    def nest(self) -> None:
        """Record the starts by other runbooks: with the role that the step passes, else as the parent's own role."""
        calls = list(self._calls())
        before = -1
        while before != (before := sum(map(len, self.named.values()))):
            for parent, child, value, through in calls:
                if value is None:
                    for text, claim in self.named[parent].items():
                        self.named[child].setdefault(text, Claim(text=text, through=through, own=False, as_caller=claim.as_caller))
                else:
                    self._claim(child, value, through)

    def _calls(self) -> Iterator[tuple[str, str, str | None, str]]:
        """(parent, child, the role that is passed, in words); `None`: the parent's own role."""
        for needs in self.derivation.steps:
            for start in (start for call in needs.calls for start in starts_of(call)):
                for name in names_of_start(start.get("DocumentName")) or ():
                    child = self.runbooks.get(name)
                    if child is not None and child.name != needs.runbook:
                        through = f"passed by step {needs.step.name!r} of {needs.runbook}"
                        for value in _passed_on(child, start.get("Parameters")):
                            yield needs.runbook, child.name, value, through


def why_not(runbook: Runbook, claims: Iterable[Claim], among: str) -> str:
    """Why a runbook has no role among those that were found."""
    if any(finding.id == "unreadDocument" for finding in runbook.findings):
        return "its content is only known once it is deployed, so its role is unknown"
    elsewhere = [f"{claim.through} is {readable(claim.text)}, which is not in {among}" for claim in claims if claim.own]
    if elsewhere:
        return "; ".join(elsewhere)
    if runbook.assume_role_parameter is not None:
        return f"whoever starts it passes its role ({runbook.assume_role_parameter})"
    if runbook.assume_role is not None:
        return f"its assumeRole is {runbook.assume_role}"
    return "it has no assumeRole, so it runs as whoever starts it"


def _own(runbook: Runbook) -> tuple[str, ...]:
    """The role that a document names itself, literally or as its parameter's value or default."""
    if runbook.assume_role is None:
        return ()
    named = runbook.assume_role_parameter
    if named is None:
        return _texts(resolve(runbook.assume_role, runbook))
    value = runbook.bindings.get(named, runbook.parameters[named].default)
    values = value if isinstance(value, (list, tuple)) else [value]
    return tuple(text for one in values if isinstance(one, str) and one for text in _texts(resolve(one, runbook)))


def _texts(value: Value) -> tuple[str, ...]:
    return tuple(text for option in value.options for text in _AS_WRITTEN.write(option)) if isinstance(value, Text) else ()


def _passed(runbook: Runbook, start: Starter) -> tuple[str, ...]:
    """The role among what a start passes."""
    for name, texts in start.parameters.items():
        if name == runbook.assume_role_parameter or (runbook.assume_role_parameter is None and name.lower() in ROLE_PARAMETERS):
            return tuple(texts)
    return (start.role,) if start.role and runbook.assume_role_parameter is not None else ()


def _passed_on(child: Runbook, parameters: Value) -> Iterator[str | None]:
    """The roles that a runbook passes to the one it starts; `None`: its own."""
    given = parameters if isinstance(parameters, Mapping) else {}
    value = given.get(child.assume_role_parameter) if child.assume_role_parameter is not None else None
    for one in value if isinstance(value, tuple) else (value,):
        if isinstance(one, Text):
            for option in one.options:
                if option == Pattern((Slot.ROLE,)):
                    yield None
                else:
                    yield from _texts(Text((option,)))
        elif one is None and child.assume_role is None:  # without its own role, it runs as the role that starts it
            yield None


def _open(text: str) -> bool:
    return text in (ACCOUNT, PARTITION) or has_placeholder(text)
