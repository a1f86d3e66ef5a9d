"""What a check of a fleet found, as tables. Loads rich, as `terminal` does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from ..check.fleet.report import AccountReport, FleetReport, Result
from ..explain.visible import count_of
from .check_table import missing_and_risky
from .terminal import columns, drawn, plain, spaced

# Roles, accounts and runbooks that a table lists; accounts that a row names; roles with details. `--format json` has all.
_ROWS: Final = 40
_ACCOUNTS: Final = 3
_DETAILS: Final = 10
_MISSING: Final = 8  # of a role


def table(report: FleetReport, *, strict: bool, to_file: bool = False) -> str:
    """A row for each role that differs, what matters most first; a row for each account; what has no counterpart; the details."""
    drawings: list[RenderableType] = []
    if report.results:
        drawings.append(_results(report, strict=strict))
    drawings.append(_accounts(report, strict=strict))
    if report.unjoined:
        rows = columns("runbook", "accounts", "role")
        for one in report.unjoined[:_ROWS]:
            rows.add_row(plain(str(report.places[one.runbook])), plain(_named(one.accounts) or "-"), plain(one.reason))
        drawings.append(_titled("runbooks without a role", "bold yellow", rows, len(report.unjoined)))
    if report.idle:
        rows = columns("role", "accounts")
        for role, accounts in list(report.idle.items())[:_ROWS]:
            rows.add_row(plain(role), plain(_named(accounts)))
        drawings.append(_titled("roles that Automation can assume and no runbook here runs as", "bold", rows, len(report.idle)))
    sources = {name: place.source for name, place in report.places.items()}
    drawings += _details([one for one in report.results if not one.answer.fits()], sources)
    return drawn(spaced(drawings), to_file=to_file)


def _titled(title: str, style: str, rows: RenderableType, count: int) -> RenderableType:
    return Group(plain(title, style), rows, *_more(count, _ROWS))


def _more(count: int, shown: int) -> list[RenderableType]:
    return [plain(f"and {count - shown:,} more: --format json or html has them", "dim")] if count > shown else []


def _named(accounts: Sequence[str]) -> str:
    more = len(accounts) - _ACCOUNTS
    return ", ".join(accounts[:_ACCOUNTS]) + (f" and {more:,} more" if more > 0 else "")


def _count(number: int, style: str = "") -> Text:
    return plain(f"{number:,}" if number else "-", style if number else "dim")


def _fits(fits: bool) -> Text:  # noqa: FBT001
    return plain("yes" if fits else "no", "green" if fits else "red")


def _results(report: FleetReport, *, strict: bool) -> RenderableType:
    rows = columns("role", "accounts", "runbooks", "fits", "lacks", "in part", "trust", "risky", "unused", "gaps")
    for one in report.results[:_ROWS]:
        answer = one.answer
        rows.add_row(
            plain(answer.role),
            plain(one.accounts[0] if len(one.accounts) == 1 else f"{len(one.accounts):,}"),
            _count(len(answer.pairs)),
            _fits(answer.fits(strict=strict)),
            _count(answer.lacks, "red"),
            _count(answer.partly),
            plain("open", "red") if answer.open_trust else plain("-", "dim"),
            _count(answer.risks, "red"),
            _count(answer.unused),
            _count(answer.gaps),
        )
    return Group(rows, *_more(len(report.results), _ROWS))


def _accounts(report: FleetReport, *, strict: bool) -> RenderableType:
    """A row for the accounts whose roles are the same; those that do not fit first."""
    same: dict[tuple[object, ...], list[AccountReport]] = {}
    for account in report.accounts:
        same.setdefault((account.roles, account.results, account.idle), []).append(account)
    groups = sorted(same.values(), key=lambda group: (report.account_fits(group[0], strict=strict), -len(group), group[0].id))
    rows = columns("accounts", "fits", "roles", "checked", "lacking", "open trust", "risky", "widest")
    for group in groups[:_ROWS]:
        first = group[0]
        answers = [report.results[index].answer for index in first.results]
        widest = max(answers, key=lambda answer: answer.unused, default=None)
        rows.add_row(
            plain(_named([account.id for account in group])),
            _fits(report.account_fits(first, strict=strict)) if answers else plain("-", "dim"),
            _count(first.roles),
            _count(len(answers)),
            _count(sum(bool(answer.lacks) for answer in answers), "red"),
            _count(sum(answer.open_trust for answer in answers), "red"),
            _count(sum(bool(answer.risks) for answer in answers), "red"),
            plain(f"{widest.role}: {widest.unused:,} unused" if widest is not None and widest.unused else "-"),
        )
    return Group(plain(count_of(len(report.accounts), "account"), "bold"), rows, *_more(len(groups), _ROWS))


def _details(results: Sequence[Result], sources: Mapping[str, str]) -> Iterator[RenderableType]:
    for one in results[:_DETAILS]:
        yield plain(f"role {one.answer.role}  {_named(one.accounts)}", "bold underline")
        yield from missing_and_risky(one.answer.missing[:_MISSING], one.answer.risky, sources)
        yield from _more(len(one.answer.missing), _MISSING)
    yield from _more(len(results), _DETAILS)
