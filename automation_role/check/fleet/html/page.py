"""The whole page about a fleet: a table of the roles, a row for each account, and what was found about each role."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import Template
from typing import Final

from ...._version import __version__
from ....explain.html.frame import frame, packaged
from ....explain.html.markup import Content, Html, join, tag
from ....explain.visible import count_of
from ..report import AccountReport, FleetReport, Result, RoleAnswer
from . import cards
from .cards import id_of_account, id_of_role

# Accounts that a row names.
_ACCOUNTS: Final = 200


def page(report: FleetReport, *, strict: bool = False) -> str:
    """The report as one HTML page: no network, no other file, the same bytes for the same report.

    Args:
        report: what `check --fleet` found.
        strict: whether what is unused, allowed in part or could not be checked counts, too.
    """
    title = f"{count_of(len(report.accounts), 'account')}, {count_of(len(report.places), 'runbook')}"
    sources = {name: where.source for name, where in report.places.items()}
    body = Template(packaged(__package__, "fleet.html")).substitute(
        version=__version__,
        heading=tag("h1", title),
        summary=join(_verdict(report, strict=strict), _counts(report)),
        contents=_contents(report),
        roles=_roles(report, strict=strict),
        accounts=_accounts(report, strict=strict),
        unjoined=join(_unjoined(report)),
        idle=join(_idle(report)),
        unread=join(_unread(report)),
        cards=join([cards.card(place, one, sources) for place, one in enumerate(report.results[: cards.MOST])]),
        more=join(_more(len(report.results) - cards.MOST, "role")),
    )
    return frame(title, Html(body), package=__package__, name="fleet")


def _verdict(report: FleetReport, *, strict: bool) -> Html:
    checked = sum(len(one.accounts) for one in report.results)
    bad = [one for one in report.results if not one.answer.fits(strict=strict)]
    if not bad:
        said = f"Every role that runbooks run as fits: {count_of(checked, 'role')}." if checked else "No role was checked."
        unread = " Not everything could be read: see below." if report.unread or report.invalid else ""
        return tag("p", f"{said}{unread}", class_="verdict")
    number = sum(len(one.accounts) for one in bad)
    accounts = len({account for one in bad for account in one.accounts})
    said = f" of {checked:,} {'does' if number == 1 else 'do'} not fit their runbooks, in {count_of(accounts, 'account')}."
    return tag("p", tag("strong", tag("a", count_of(number, "role"), href="#roles")), said, class_="verdict gap")


def _counts(report: FleetReport) -> Html:
    def in_accounts(which: Sequence[Result]) -> int:
        return sum(len(one.accounts) for one in which)

    results = report.results
    counts = [
        ("accounts", len(report.accounts)),
        ("roles", sum(account.roles for account in report.accounts)),
        ("run runbooks", in_accounts(results)),
        ("lack something", in_accounts([one for one in results if one.answer.lacks])),
        ("open trust", in_accounts([one for one in results if one.answer.open_trust])),
        ("risky", in_accounts([one for one in results if one.answer.risks])),
        ("no runbook", sum(map(len, report.idle.values()))),
    ]
    return tag("dl", [tag("div", tag("dt", said), tag("dd", count)) for said, count in counts], class_="counts")


def _contents(report: FleetReport) -> Html:
    sections = [
        ("#roles", "Roles", len(report.results)),
        ("#accounts", "Accounts", len(report.accounts)),
        ("#unjoined", "Runbooks without a role", len(report.unjoined)),
        ("#idle", "Roles without a runbook", len(report.idle)),
        ("#unread", "Not read", len(report.unread) + len(report.invalid)),
        ("#details", "Details", min(len(report.results), cards.MOST)),
    ]
    links = [tag("li", tag("a", f"{said} ({number:,})", href=href)) for href, said, number in sections if number]
    return tag("ul", links, role="list")


# -- the tables --------------------------------------------------------------------------------------------------------------------------


def _table(caption: str, heads: Sequence[tuple[str, str]], rows: Sequence[Html]) -> Html:
    """A table. Each head is its text and the class of its column: columns with `wide` are hidden on narrow screens."""
    head = tag("tr", [tag("th", said, scope="col", class_=kind or None) for said, kind in heads])
    return tag("table", tag("caption", caption), tag("thead", head), tag("tbody", rows))


def _cell(content: Content, kind: str = "") -> Html:
    return tag("td", content, class_=kind or None)


_WIDE: Final = "number wide"


def _number(number: int, kind: str = "", class_: str = _WIDE) -> Html:
    """A cell with a number, empty for 0; with a kind, as a badge."""
    shown: Content = tag("span", number, class_=f"badge {kind}") if kind and number else number or None
    return _cell(shown, class_)


def _roles(report: FleetReport, *, strict: bool) -> Html:
    heads = [
        ("Role", ""),
        ("Accounts", "number"),
        ("Runbooks", _WIDE),
        ("Fits", "flag wide"),
        ("Lacks", _WIDE),
        ("In part", _WIDE),
        ("Trust", "flag wide"),
        ("Risks", _WIDE),
        ("Unused actions", _WIDE),
        ("Gaps", _WIDE),
    ]
    rows = []
    for place, one in enumerate(report.results):
        answer = one.answer
        name: Content = tag("a", answer.role, href=f"#{id_of_role(place)}") if place < cards.MOST else answer.role
        rows.append(
            tag(
                "tr",
                tag("th", name, tag("span", cards.badges(answer), class_="narrow"), scope="row"),
                _number(len(one.accounts), class_="number"),
                _number(len(answer.pairs)),
                _cell(_fits(answer.fits(strict=strict)), "flag wide"),
                _number(answer.lacks, "gap"),
                _number(answer.partly),
                _cell(tag("span", "open", class_="badge gap") if answer.open_trust else None, "flag wide"),
                _number(answer.risks, "gap"),
                _number(answer.unused),
                _number(answer.gaps),
                data_row=id_of_role(place),
                data_is=_tags(answer, strict=strict),
                data_text=None if place < cards.MOST else f"{answer.role} {' '.join(one.accounts)}",
            )
        )
    caption = (
        "Each row is a role that is the same in that many accounts. Lacking ones come first, then open trust, other risks, the widest."
    )
    return _table(caption, heads, rows)


def _fits(fits: bool) -> Html:  # noqa: FBT001
    return tag("span", "yes" if fits else "no", class_=None if fits else "no")


def _tags(answer: RoleAnswer, *, strict: bool) -> str:
    """What the page's filter knows of a role."""
    tags = {"bad": not answer.fits(strict=strict), "lacks": bool(answer.lacks), "open": answer.open_trust, "risky": bool(answer.risks)}
    return " ".join(name for name, holds in tags.items() if holds)


def _accounts(report: FleetReport, *, strict: bool) -> Html:
    heads = [
        ("Account", ""),
        ("Fits", "flag wide"),
        ("Roles", _WIDE),
        ("Checked", _WIDE),
        ("Not fitting", ""),
        ("Widest", "wide"),
        ("No runbook", _WIDE),
    ]
    order = sorted(report.accounts, key=lambda account: (report.account_fits(account, strict=strict), account.id))
    return _table("Accounts with a role that does not fit come first.", heads, [_account(one, report, strict=strict) for one in order])


def _account(account: AccountReport, report: FleetReport, *, strict: bool) -> Html:
    answers = [(place, report.results[place].answer) for place in account.results]
    bad = [(place, answer) for place, answer in answers if not answer.fits(strict=strict)]
    widest = max((answer for _, answer in answers), key=lambda answer: answer.unused, default=None)
    fits = report.account_fits(account, strict=strict)
    return tag(
        "tr",
        tag("th", tag("code", account.id), scope="row"),
        _cell(_fits(fits) if answers else None, "flag wide"),
        _number(account.roles),
        _number(len(account.results)),
        _cell(tag("ul", [tag("li", _bad(place, answer)) for place, answer in bad], role="list") if bad else None),
        _cell(f"{widest.role}: {widest.unused:,}" if widest is not None and widest.unused else None, "wide"),
        _number(account.idle),
        id=id_of_account(account.id),
        tabindex="-1",
        data_find="account",
        data_is=" ".join(dict.fromkeys(tag for _, answer in answers for tag in _tags(answer, strict=strict).split())),
    )


def _bad(place: int, answer: RoleAnswer) -> Content:
    name: Content = tag("a", answer.role, href=f"#{id_of_role(place)}") if place < cards.MOST else answer.role
    return [name, " ", cards.badges(answer)]


# -- what has no counterpart, and what was not read ---------------------------------------------------------------------------------------


def _section(name: str, title: str, *content: Content) -> Html:
    return tag("section", tag("h2", title, id=f"{name}-title"), *content, id=name, tabindex="-1", aria_labelledby=f"{name}-title")


def _unjoined(report: FleetReport) -> Iterator[Html]:
    if report.unjoined:
        items = [
            tag(
                "li",
                tag("strong", one.runbook),
                " ",
                tag("span", str(report.places[one.runbook]), class_="quiet"),
                tag("p", one.reason),
                _folded(one.accounts),
            )
            for one in report.unjoined
        ]
        yield _section("unjoined", "Runbooks without a role", tag("ul", items, class_="plain", role="list"))


def _idle(report: FleetReport) -> Iterator[Html]:
    if report.idle:
        said = "Automation can assume these roles, and no runbook here runs as one of them."
        items = [tag("li", tag("strong", role), " ", _folded(accounts)) for role, accounts in report.idle.items()]
        yield _section("idle", "Roles without a runbook", tag("p", said), tag("ul", items, class_="plain", role="list"))


def _unread(report: FleetReport) -> Iterator[Html]:
    if report.unread or report.invalid:
        items = [tag("li", tag("div", tag("p", str(one)), class_="finding gap")) for one in (*report.invalid, *report.unread)]
        yield _section("unread", "Not read", tag("ul", items, class_="plain", role="list"))


def _folded(accounts: Sequence[str]) -> Html | None:
    return cards.accounts(accounts, _ACCOUNTS) if accounts else None


def _more(count: int, what: str) -> Iterator[Html]:
    if count > 0:
        yield tag(
            "p",
            f"Details of {count_of(count, f'more {what}')} are left out to keep this page small: --format json has them all.",
            class_="quiet",
        )
