"""A card for each role that differs: what was found about it, in all accounts where it is the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ....explain.html.markup import Content, Html, join, tag
from ....explain.visible import count_of
from ...report import Certainty, Missing
from ..report import Result, RoleAnswer, RunbookPair

# Roles with a card of their own; the table has all of them.
MOST: Final = 500
# How many items of each kind a card shows at once, and how many more behind a click; `--format json` has all.
_SHOWN: Final = 5
_FOLDED: Final = 40
_STEPS: Final = 3
_CERTAINTIES: Final = {Certainty.FAILS: "missing", Certainty.UNDECIDED: "not decided", Certainty.PARTLY: "allowed in part"}


def id_of_role(place: int) -> str:
    """The id of a role's card, by its place in the report."""
    return f"role-{place + 1}"


def id_of_account(account: str) -> str:
    """The id of an account's row."""
    return f"account-{account}"


def card(place: int, result: Result, sources: Mapping[str, str]) -> Html:
    """A role's card; `sources`: a runbook's name -> its file."""
    answer = result.answer
    return tag(
        "li",
        tag("h3", tag("span", answer.role, class_="name"), badges(answer)),
        tag("p", tag("code", answer.arn)),
        accounts(result.accounts, len(result.accounts), link=True),
        _listed("Lacks", [_missing(one, sources) for one in answer.missing]),
        _listed(
            "Risks",
            [
                [tag("code", one.id), " (accepted)" if one.accepted else "", ": ", _where(one.policy, one.statement), one.message]
                for one in answer.risky
            ],
        ),
        _listed("Not checked", [[tag("code", one.id), ": ", one.message] for one in answer.blind]),
        _listed(
            f"Allowed and never needed: {count_of(answer.unused, 'action')}",
            [
                [_where(one.policy, one.statement), tag("code", one.pattern), f": {one.unused:,} of {one.unused + one.used:,}"]
                for one in sorted(answer.allowed, key=lambda one: -one.unused)
                if not one.needed_when
            ],
            shown=1,
        ),
        _listed(
            "Not judged: no runbook shows whether it is needed",
            [
                [_where(one.policy, one.statement), tag("code", one.pattern), ": ", one.needed_when]
                for one in answer.allowed
                if one.needed_when
            ],
            shown=1,
        ),
        _runbooks(answer),
        id=id_of_role(place),
        class_="step",
        tabindex="-1",
        data_find="role",
    )


def badges(answer: RoleAnswer) -> Html:
    """What is wrong with a role, in a few words."""
    said = [
        (f"lacks {answer.lacks:,}", "gap", answer.lacks),
        ("open trust", "gap", answer.open_trust),
        (count_of(answer.risks, "risk"), "gap", answer.risks and not answer.open_trust),
        (f"{answer.unused:,} unused", "wider", answer.unused),
        (count_of(answer.gaps, "gap"), "other", answer.gaps),
    ]
    return join([tag("span", text, class_=f"badge {kind}") for text, kind, holds in said if holds])


def accounts(which: Sequence[str], most: int, *, link: bool = False) -> Html:
    """The accounts, folded when they are several."""
    shown = [tag("a", one, href=f"#{id_of_account(one)}") if link else one for one in which[:most]]
    more = f", and {len(which) - most:,} more" if len(which) > most else ""
    listed = [[", ", one] if index else one for index, one in enumerate(shown)]
    if len(which) == 1:
        return tag("p", "Account ", listed)
    return tag("details", tag("summary", count_of(len(which), "account")), tag("p", listed, more, class_="number"))


def _where(policy: str, statement: str) -> Content:
    said = ": ".join(filter(None, (policy, statement)))
    return [tag("span", said, class_="quiet"), " "] if said else None


def _missing(one: Missing, sources: Mapping[str, str]) -> Content:
    steps = list(dict.fromkeys(f"{sources.get(origin.runbook, origin.runbook)}:{origin.line} {origin.step}" for origin in one.origins))
    more = f" and {count_of(len(steps) - _STEPS, 'more step')}" if len(steps) > _STEPS else ""
    conditions = [f" if {key} = {value}" for key, value in one.conditions]
    return [
        tag("code", one.action),
        "" if one.certainty is Certainty.FAILS else f" ({_CERTAINTIES[one.certainty]})",
        " on ",
        [[", " if index else "", tag("code", each)] for index, each in enumerate(one.resources)],
        conditions,
        tag("p", one.reason, class_="quiet"),
        tag("p", ", ".join(steps[:_STEPS]), more, class_="quiet"),
    ]


def _listed(title: str, items: Sequence[Content], *, shown: int = _SHOWN) -> Html | None:
    """Some at once, more folded, and how many are left out."""
    if not items:
        return None
    return join(tag("h4", title), _items(items[:shown]), _folded(items[shown:]))


def _items(items: Iterable[Content]) -> Html:
    return tag("ul", [tag("li", item) for item in items], class_="plain", role="list")


def _folded(items: Sequence[Content]) -> Html | None:
    if not items:
        return None
    left = len(items) - _FOLDED
    said = tag("p", f"and {left:,} more: --format json has them", class_="quiet") if left > 0 else None
    return tag("details", tag("summary", f"{len(items):,} more"), _items(items[:_FOLDED]), said)


def _runbooks(answer: RoleAnswer) -> Html:
    """The runbooks, those that lack something first."""
    bad = [pair for pair in answer.pairs if pair.missing or pair.gaps]
    fine = [pair for pair in answer.pairs if not (pair.missing or pair.gaps)]
    heading = tag("h4", count_of(len(answer.pairs), "runbook"))
    listed = [_pair(pair) for pair in sorted(bad, key=lambda pair: (-pair.lacks, -pair.partly, -pair.gaps))]
    fitting = ", ".join(pair.runbook for pair in fine[:_FOLDED]) + (f" and {len(fine) - _FOLDED:,} more" if len(fine) > _FOLDED else "")
    lacks_nothing = (
        tag("details", tag("summary", f"{count_of(len(fine), 'runbook')}: nothing missing"), tag("p", fitting)) if fine else None
    )
    return join(heading, _items(listed[:_SHOWN]) if listed else None, _folded(listed[_SHOWN:]), lacks_nothing)


def _pair(pair: RunbookPair) -> Content:
    counts = [
        *(f"{count:,} {_CERTAINTIES[certainty]}" for certainty, count in pair.missing),
        *([count_of(pair.gaps, "gap")] if pair.gaps else []),
    ]
    return [pair.runbook, ": ", ", ".join(counts), " ", tag("span", pair.through, class_="quiet")]
