"""Runbooks and the roles they run as: which belongs to which, as far as the sources say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..derive.automations import names_of_start, starts_of
from ..derive.derivation import Derivation
from ..runbook.model import Runbook
from ..runbook.references import resolve
from ..values.patterns import Pattern, Slot
from ..values.place import Place
from ..values.placeholders import ACCOUNT, PARTITION, REGION, has_placeholder, readable
from ..values.value import Text, Value
from .found import FoundRole, FoundRunbook, Starter

_ROLE: Final = re.compile(r"arn:(?P<partition>[^:]*):iam::(?P<account>[^:]*):role/(?P<name>.*)", re.DOTALL)
_DOCUMENT: Final = re.compile(r"arn:[^:]*:ssm:[^:]*:[^:]*:(?:document|automation-definition)/(?P<name>[^:]*)")
# 483 of the 485 AWS-owned runbooks with a role take it in the first, the others in the second.
ROLE_NAMES: Final = ("automationassumerole", "assumerole")
# Writes a role's ARN as it stands in a template: what only a deployment knows stays a placeholder.
_AS_WRITTEN: Final = Place(partition=PARTITION, account=ACCOUNT, regions=(REGION,), role_arn="", keeps_placeholders=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A runbook, a role that it runs as, and what says so.

    Attributes:
        runbook: the runbook's name.
        role: index of the role among those found.
        through: what says so, in words.
    """

    runbook: str
    role: int
    through: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unjoined:
    """A runbook whose role is not in the sources.

    Attributes:
        runbook: the runbook's name.
        reason: why it is not known which role it runs as, or that it is elsewhere.
    """

    runbook: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What belongs together.

    Attributes:
        links: in the order of the runbooks.
        unjoined: runbooks without any role here.
    """

    links: tuple[Link, ...]
    unjoined: tuple[Unjoined, ...]


def join(origins: Sequence[FoundRunbook], derivation: Derivation, roles: Sequence[FoundRole], starts: Iterable[Starter]) -> Joined:
    """Find the roles that runbooks run as: those that their documents name, that what starts them passes, that other runbooks pass.

    Args:
        origins: how each runbook of the derivation was found.
        derivation: of all the runbooks.
        roles: that were found with them.
        starts: what starts runbooks.
    """
    joiner = _Joiner(origins, derivation, roles)
    for start in starts:
        joiner.started(start)
    joiner.nest()
    links = tuple(
        Link(runbook=runbook.name, role=role, through=through)
        for runbook in derivation.runbooks
        for role, through in joiner.found[runbook.name].items()
    )
    unjoined = tuple(
        Unjoined(runbook=runbook.name, reason=joiner.why_not(runbook)) for runbook in derivation.runbooks if not joiner.found[runbook.name]
    )
    return Joined(links=links, unjoined=unjoined)


class _Joiner:
    def __init__(self, origins: Sequence[FoundRunbook], derivation: Derivation, roles: Sequence[FoundRole]) -> None:
        self.runbooks = {runbook.name: runbook for runbook in derivation.runbooks}
        self.derivation, self.roles = derivation, roles
        self.labels: dict[str, list[str]] = {}
        for origin in origins:
            for label in dict.fromkeys((*origin.labels, origin.name)):
                self.labels.setdefault(label, []).append(origin.name)
        self.found: dict[str, dict[int, str]] = {name: {} for name in self.runbooks}
        self.elsewhere: dict[str, list[str]] = {name: [] for name in self.runbooks}
        for runbook in derivation.runbooks:
            for text in _own(runbook):
                self._link(runbook.name, text, "its assumeRole")

    def _link(self, runbook: str, text: str, through: str) -> None:
        """Take down that a runbook runs as the role that a text names."""
        found = [index for index, role in enumerate(self.roles) if _names(text, role)]
        for index in found:
            self.found[runbook].setdefault(index, through)
        if not found and text:
            self.elsewhere[runbook].append(f"{through} is {readable(text)}, which is not in the sources")

    def started(self, start: Starter) -> None:
        """What starts a runbook passes it a role, or runs it as its own."""
        match = _DOCUMENT.match(start.runbook)
        name = match["name"] if match else start.runbook
        for runbook in self.labels.get(name, ()):
            if runbook not in self.runbooks:
                continue
            passed = _passed(self.runbooks[runbook], start.parameters)
            for text in passed:
                self._link(runbook, text, f"passed by {start.place.path}")
            if self.runbooks[runbook].assume_role is None and start.caller and not passed:
                self._link(runbook, start.caller, f"started by {start.place.path}")

    def nest(self) -> None:
        """A runbook that starts another one passes it a role, or its own."""
        calls = list(self._calls())
        before = -1
        while before != (before := sum(map(len, self.found.values()))):
            for parent, child, value, through in calls:
                if value is None:
                    for role in self.found[parent]:
                        self.found[child].setdefault(role, through)
                else:
                    self._link(child, value, through)

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

    def why_not(self, runbook: Runbook) -> str:
        """Why a runbook has no role here."""
        if self.elsewhere[runbook.name]:
            return "; ".join(dict.fromkeys(self.elsewhere[runbook.name]))
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


def _passed(runbook: Runbook, parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """The role among what a start passes."""
    for name, texts in parameters.items():
        if name == runbook.assume_role_parameter or (runbook.assume_role_parameter is None and name.lower() in ROLE_NAMES):
            return tuple(texts)
    return ()


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
        elif one is None and child.assume_role is None:  # without a role of its own it runs as what starts it
            yield None


def _names(text: str, role: FoundRole) -> bool:
    """Whether a text is a role's ARN; an account and a partition that nobody said are the role's."""
    match, own = _ROLE.fullmatch(text), _ROLE.fullmatch(role.identity.arn)
    if match is None or own is None:
        return text == role.identity.arn
    return (
        match["name"] == own["name"]
        and (match["account"] == own["account"] or _open(match["account"]) or _open(own["account"]))
        and (match["partition"] == own["partition"] or _open(match["partition"]))
    )


def _open(text: str) -> bool:
    return text in (ACCOUNT, PARTITION) or has_placeholder(text)
