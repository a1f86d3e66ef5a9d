"""What a check found, as tables. Loads rich, as `terminal` does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from ..check.pairs import JoinedReport, pair_fits, unused_actions
from ..check.report import Blind, Certainty, Missing, Report, Risk, RoleReport, Unused
from ..values.calls import Origin
from .terminal import columns, drawn, plain, spaced

_SHOWN: Final = 6  # at most this many actions of a wildcard, and steps of a need; `--format json` has all
_CERTAINTIES: Final = (
    (Certainty.FAILS, "red", "missing: these calls will fail"),
    (Certainty.UNDECIDED, "red", "not decided: these calls may fail"),
    (Certainty.PARTLY, "yellow", "allowed in part: only on some resources, or under conditions"),
)


def table(report: Report, *, to_file: bool = False) -> str:
    """Every role: what is missing, risky, unused or unchecked."""
    sources = {runbook.name: runbook.source for runbook in report.runbooks}
    drawings: list[RenderableType] = []
    for role in report.roles:
        if len(report.roles) > 1:
            drawings.append(plain(f"role {role.role}", "bold underline"))
        found = list(_sections(role, sources))
        drawings += found or [plain("nothing is missing, risky or unused", "green")]
    return drawn(spaced(drawings), to_file=to_file)


def joined_table(joined: JoinedReport, *, strict: bool, to_file: bool = False) -> str:
    """A row for each joined runbook and role, what has no counterpart, and the details of every role."""
    drawings: list[RenderableType] = []
    if joined.pairs:
        drawings.append(_pairs(joined, strict=strict))
    if joined.unjoined:
        rows = columns("runbook", "role")
        for one in joined.unjoined:
            rows.add_row(plain(str(joined.places[one.runbook])), plain(one.reason))
        drawings.append(Group(plain("runbooks whose role is not in these files", "bold yellow"), rows))
    if joined.unused:
        rows = columns("role", "where")
        for label, place in joined.unused:
            rows.add_row(plain(label), plain(str(place)))
        drawings.append(Group(plain("roles that Automation can assume and no runbook here runs as", "bold"), rows))
    sources = {runbook.name: runbook.source for runbook in joined.report.runbooks}
    for role, place in zip(joined.report.roles, joined.role_places, strict=True):
        if found := list(_sections(role, sources)):
            drawings += [plain(f"role {role.role}  {place}", "bold underline"), *found]
    if not drawings:
        drawings.append(plain("no runbooks, and no roles that Automation can assume"))
    return drawn(spaced(drawings), to_file=to_file)


def _pairs(joined: JoinedReport, *, strict: bool) -> RenderableType:
    rows = columns("runbook", "role", "fits", "lacks", "in part", "unused", "risky", "gaps")
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
            plain(f"{pair.runbook}\n{joined.places[pair.runbook]}"),
            plain(f"{role.role}\n{pair.through}"),
            plain("yes" if fits else "no", "green" if fits else "red"),
            *(plain(f"{count:,}" if count else "-", "dim" if not count else "") for count in counts),
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
        yield _unused(role.unused, complete=not role.blind)
    if role.unjudged:
        yield _unjudged(role.unjudged)
    if role.blind:
        yield _blind(role.blind, sources)


def _missing(title: str, style: str, lacks: Iterable[Missing], sources: Mapping[str, str]) -> RenderableType:
    rows = columns("step", "needs", "resource and reason")
    for one in lacks:
        on = [*one.resources, *(f"if {key} = {value}" for key, value in one.conditions)]
        why = Text("\n").join([plain("\n".join(on)), plain(one.reason, "dim")])
        rows.add_row(_steps(one.origins, sources), plain(one.action, style), why)
    return Group(plain(title, f"bold {style}"), rows)


def _steps(origins: Iterable[Origin], sources: Mapping[str, str]) -> Text:
    lines = list(dict.fromkeys(f"{sources.get(one.runbook, one.runbook)}:{one.line} {one.step}" for one in origins))
    more = [f"and {len(lines) - _SHOWN:,} more"] if len(lines) > _SHOWN else []
    return plain("\n".join([*lines[:_SHOWN], *more]))


def _risky(risky: Iterable[Risk]) -> RenderableType:
    rows = columns("risk", "where", "what")
    for risk in risky:
        where = ": ".join(filter(None, (risk.policy, risk.statement)))
        style = "dim" if risk.accepted else "red"
        rows.add_row(plain(f"{risk.id} (accepted)" if risk.accepted else risk.id, style), plain(where), plain(risk.message))
    return Group(plain("risky", "bold red"), rows)


def _unused(unused: Iterable[Unused], *, complete: bool) -> RenderableType:
    """A row for each statement, with a line for each of its entries."""
    rows = columns("where", "allows, but no step needs")
    entries: dict[str, list[str]] = defaultdict(list)
    for one in unused:
        entries[f"{one.policy}: {one.statement}"] += _never(one)
    for where, lines in entries.items():
        rows.add_row(plain(where), plain("\n".join(lines), "yellow"))
    title = "unused: allowed and never needed" if complete else "unused: allowed and not needed by what could be checked"
    return Group(plain(title, "bold yellow"), rows)


def _unjudged(unjudged: Iterable[Unused]) -> RenderableType:
    rows = columns("where", "allows", "which is needed")
    for one in unjudged:
        rows.add_row(plain(f"{one.policy}: {one.statement}"), plain(one.pattern), plain(one.needed_when, "dim"))
    return Group(plain("not judged: no runbook shows whether it is needed", "bold"), rows)


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
    rows = columns("where", "could not be checked")
    for one in blind:
        where = f"{sources.get(one.runbook, one.runbook)}:{one.line} {one.step}".rstrip() if one.runbook else "the role"
        rows.add_row(plain(where), Text.assemble(plain(f"{one.message} "), (f"[{one.id}]", "dim")))
    return Group(plain("not checked", "bold magenta"), rows)
