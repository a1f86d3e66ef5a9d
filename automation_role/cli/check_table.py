"""What a check found, as tables. Loads rich, as `draw` does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from ..check.fit import Blind, Certainty, Missing, Report, Risk, RoleReport, Unused
from ..check.pairs import JoinedReport, pair_fits, unused_actions
from ..values.calls import Origin
from .draw import _drawn, _plain, _table

_SHOWN: Final = 6  # at most this many actions of a wildcard, and steps of a need; `--format json` has all
_CERTAINTIES: Final = (
    (Certainty.FAILS, "red", "missing: these calls will fail"),
    (Certainty.UNDECIDED, "red", "not decided: these calls may fail"),
    (Certainty.PARTLY, "yellow", "allowed in part: only on some resources, or under conditions"),
)


def table(report: Report) -> str:
    """Every role: what is missing, risky, unused or unchecked."""
    sources = {runbook.name: runbook.source for runbook in report.runbooks}
    drawn: list[RenderableType] = []
    for role in report.roles:
        if len(report.roles) > 1:
            drawn.append(_plain(f"role {role.role}", "bold underline"))
        found = list(_sections(role, sources))
        drawn += found or [_plain("nothing is missing, risky or unused", "green")]
    spaced = [each for drawing in drawn for each in (drawing, Text())]
    return _drawn(spaced[:-1])


def joined_table(joined: JoinedReport, *, strict: bool) -> str:
    """A row for each joined runbook and role, what has no counterpart, and the details of every role."""
    drawn: list[RenderableType] = []
    if joined.pairs:
        drawn.append(_pairs(joined, strict=strict))
    if joined.unjoined:
        rows = _table("runbook", "role")
        for one in joined.unjoined:
            rows.add_row(_plain(str(joined.places[one.runbook])), _plain(one.reason))
        drawn.append(Group(_plain("runbooks whose role is not in these files", "bold yellow"), rows))
    if joined.unused:
        rows = _table("role", "where")
        for label, place in joined.unused:
            rows.add_row(_plain(label), _plain(str(place)))
        drawn.append(Group(_plain("roles that Automation can assume and no runbook here runs as", "bold"), rows))
    sources = {runbook.name: runbook.source for runbook in joined.report.runbooks}
    for role, place in zip(joined.report.roles, joined.role_places, strict=True):
        if found := list(_sections(role, sources)):
            drawn += [_plain(f"role {role.role}  {place}", "bold underline"), *found]
    if not drawn:
        drawn.append(_plain("no runbooks, and no roles that Automation can assume"))
    spaced = [each for drawing in drawn for each in (drawing, Text())]
    return _drawn(spaced[:-1])


def _pairs(joined: JoinedReport, *, strict: bool) -> RenderableType:
    rows = _table("runbook", "role", "fits", "lacks", "in part", "unused", "risky", "gaps")
    for pair in joined.pairs:
        role = joined.report.roles[pair.role]
        fits = pair_fits(pair, role, strict=strict)
        lacks = pair.missing.get(Certainty.FAILS, 0) + pair.missing.get(Certainty.UNDECIDED, 0)
        counts = (
            lacks,
            pair.missing.get(Certainty.PARTLY, 0),
            unused_actions(role),
            sum(not risk.accepted for risk in role.risky),
            pair.gaps,
        )
        rows.add_row(
            _plain(f"{pair.runbook}\n{joined.places[pair.runbook]}"),
            _plain(f"{role.role}\n{pair.through}"),
            _plain("yes" if fits else "no", "green" if fits else "red"),
            *(_plain(f"{count:,}" if count else "-", "dim" if not count else "") for count in counts),
        )
    return rows


def missing_and_risky(missing: Sequence[Missing], risky: Sequence[Risk], sources: Mapping[str, str]) -> Iterator[RenderableType]:
    """What a role lacks, by certainty, and its risks; `sources`: a runbook's name -> its file."""
    for certainty, style, title in _CERTAINTIES:
        lacks = [one for one in missing if one.certainty is certainty]
        if lacks:
            yield _missing(title, style, lacks, sources)
    if risky:
        yield _risky(risky)


def _sections(role: RoleReport, sources: Mapping[str, str]) -> Iterator[RenderableType]:
    yield from missing_and_risky(role.missing, role.risky, sources)
    if role.unused:
        yield _unused(role.unused, told_all=not role.blind)
    if role.unjudged:
        yield _unjudged(role.unjudged)
    if role.blind:
        yield _blind(role.blind, sources)


def _missing(title: str, style: str, lacks: Iterable[Missing], sources: Mapping[str, str]) -> RenderableType:
    rows = _table("step", "needs", "on, and why")
    for one in lacks:
        on = [*one.resources, *(f"if {key} = {value}" for key, value in one.conditions)]
        why = Text("\n").join([_plain("\n".join(on)), _plain(one.reason, "dim")])
        rows.add_row(_steps(one.origins, sources), _plain(one.action, style), why)
    return Group(_plain(title, f"bold {style}"), rows)


def _steps(origins: Iterable[Origin], sources: Mapping[str, str]) -> Text:
    lines = list(dict.fromkeys(f"{sources.get(one.runbook, one.runbook)}:{one.line} {one.step}" for one in origins))
    more = [f"and {len(lines) - _SHOWN:,} more"] if len(lines) > _SHOWN else []
    return _plain("\n".join([*lines[:_SHOWN], *more]))


def _risky(risky: Iterable[Risk]) -> RenderableType:
    rows = _table("risk", "where", "what")
    for risk in risky:
        where = ": ".join(filter(None, (risk.policy, risk.statement)))
        style = "dim" if risk.accepted else "red"
        rows.add_row(_plain(f"{risk.id} (accepted)" if risk.accepted else risk.id, style), _plain(where), _plain(risk.message))
    return Group(_plain("risky", "bold red"), rows)


def _unused(unused: Iterable[Unused], *, told_all: bool) -> RenderableType:
    """A row for each statement, with a line for each of its entries."""
    rows = _table("where", "allows, but no step needs")
    entries: dict[str, list[str]] = defaultdict(list)
    for one in unused:
        entries[f"{one.policy}: {one.statement}"] += _never(one)
    for where, lines in entries.items():
        rows.add_row(_plain(where), _plain("\n".join(lines), "yellow"))
    title = "unused: allowed and never needed" if told_all else "unused: allowed and not needed by what could be checked"
    return Group(_plain(title, "bold yellow"), rows)


def _unjudged(unjudged: Iterable[Unused]) -> RenderableType:
    rows = _table("where", "allows", "which is needed")
    for one in unjudged:
        rows.add_row(_plain(f"{one.policy}: {one.statement}"), _plain(one.pattern), _plain(one.needed_when, "dim"))
    return Group(_plain("not judged: no runbook shows whether it is needed", "bold"), rows)


def _never(one: Unused) -> Iterator[str]:
    """Which actions are never used, out of how many, and which of them are needed on other resources."""
    if [action.lower() for action in one.actions] == [one.pattern.lower()]:
        yield f"{one.pattern} (needed, but on other resources)" if one.elsewhere else one.pattern
        return
    every = len(one.actions) + len(one.used)
    listed = ", ".join(one.actions[:_SHOWN]) + (f" and {len(one.actions) - _SHOWN:,} more" if len(one.actions) > _SHOWN else "")
    share = f"{len(one.actions):,} of its {every:,}" if one.used else f"all its {every:,}"
    yield f"{one.pattern}: {share} actions: {listed}"
    if one.used:
        yield f"  needed of it: {', '.join(one.used)}"
    if one.elsewhere:
        yield f"  needed, but on other resources: {', '.join(one.elsewhere)}"


def _blind(blind: Iterable[Blind], sources: Mapping[str, str]) -> RenderableType:
    rows = _table("where", "could not be checked")
    for one in blind:
        where = f"{sources.get(one.runbook, one.runbook)}:{one.line} {one.step}".rstrip() if one.runbook else "the role"
        rows.add_row(_plain(where), Text.assemble(_plain(f"{one.message} "), (f"[{one.id}]", "dim")))
    return Group(_plain("not checked", "bold magenta"), rows)
