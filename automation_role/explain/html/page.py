"""The whole page about runbooks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from string import Template
from typing import Final

from ..._version import __version__
from ...findings import WIDER, Finding, gaps
from ...values.place import Place
from ..model import Explanation
from ..needs import Breadth, breadth_of
from ..visible import count_of
from . import permissions, steps
from .assumed import assumed
from .frame import frame, packaged
from .markup import Content, Html, join, tag
from .parts import KINDS, finding, kind_of
from .place import PlacedRunbook, PlacedStep, link_to, place

# At most this many findings are shown before the steps; the others are collapsed.
_SHOWN: Final = 10


def page(explanation: Explanation, context: Place) -> str:
    """The explanation as one self-contained HTML page; the same explanation always has the same bytes.

    Args:
        explanation: of the runbooks.
        context: where the role is, as in the explanation.
    """
    placed = place(explanation)
    names = [runbook.explained.runbook.name for runbook in placed]
    title = f"What {names[0]} needs" if len(names) == 1 else f"What {len(names)} runbooks need"
    body = Template(packaged(__package__, "page.html")).substitute(
        version=__version__,
        skip=_skip(placed, explanation),
        heading=tag("h1", title),
        summary=join(_verdict(explanation), _counts(explanation, placed), _where(context)),
        contents=_contents(placed, explanation),
        findings=join(_findings(explanation, placed)),
        runbooks=join([steps.runbook(runbook) for runbook in placed]),
        assumed=join(assumed(explanation.assumed)),
        permissions=permissions.permissions(explanation, placed),
    )
    return frame(title, Html(body), package=__package__, name="page")


def _skip(placed: Sequence[PlacedRunbook], explanation: Explanation) -> Html:
    ways = [
        ("Skip to the findings", "#findings") if explanation.findings else None,
        ("Skip to the steps", f"#{placed[0].id}") if placed else None,
        ("Skip to the permissions", "#permissions"),
    ]
    return join([tag("a", said, href=href, class_="skip") for said, href in filter(None, ways)])


def _verdict(explanation: Explanation) -> Html:
    number = len(gaps(explanation.findings))
    if number:
        said = ": part of what the runbooks need was not derived, so the policy may lack it."
        return tag("p", tag("strong", tag("a", count_of(number, "gap"), href="#findings"), said), class_="verdict gap")
    wider = any(each.id in WIDER for each in explanation.findings)
    said = (
        "the policy lacks nothing we know of, but allows more than is needed" if wider else "everything that the runbooks show was derived"
    )
    return tag("p", f"No gaps: {said}.", class_="verdict")


def _counts(explanation: Explanation, placed: Iterable[PlacedRunbook]) -> Html:
    widest: dict[str, Breadth] = {}
    for need in explanation.needs:
        widest[need.action] = max(widest.get(need.action, Breadth.NAMED), breadth_of(need), key=list(Breadth).index)
    widths = list(widest.values())
    number = sum(1 for runbook in placed for _ in runbook.explained.all_steps())
    wider = sum(1 for each in explanation.findings if each.id in WIDER)
    counts = [
        ("steps", number, True),
        ("IAM actions", len(widths), True),
        ("on named resources", widths.count(Breadth.NAMED), bool(widths)),
        ("with wildcards for runtime values", widths.count(Breadth.TYPE), bool(widths)),
        ("on *, where IAM offers nothing narrower", widths.count(Breadth.ALL), bool(widths)),
        ("wider than needed", wider, wider > 0),
    ]
    return tag("dl", [tag("div", tag("dt", said), tag("dd", count)) for said, count, shown in counts if shown], class_="counts")


def _where(context: Place) -> Html:
    said = [
        ("Partition", context.partition),
        ("account", context.account),
        ("Region", ", ".join(context.regions)),
        ("role", context.role_arn or "*"),
    ]
    return tag("p", *_commas([[label, " ", "any" if value == "*" else tag("code", value)] for label, value in said]), ".", class_="quiet")


def _contents(placed: Iterable[PlacedRunbook], explanation: Explanation) -> Html:
    return tag(
        "ul",
        tag("li", tag("a", f"Findings ({len(explanation.findings):,})", href="#findings")) if explanation.findings else None,
        [
            tag(
                "li", tag("a", "Steps of ", runbook.explained.runbook.name, href=f"#{runbook.id}"), steps.contents(runbook), data_group=True
            )
            for runbook in placed
        ],
        tag("li", tag("a", f"Roles that scripts assume ({len(explanation.assumed):,})", href="#assumed")) if explanation.assumed else None,
        tag("li", tag("a", f"Permissions ({len({need.action for need in explanation.needs}):,})", href="#permissions")),
        role="list",
    )


def _findings(explanation: Explanation, placed: Iterable[PlacedRunbook]) -> Html | None:
    """All findings, gaps first. They come before the steps, so that nobody overlooks them."""
    if not explanation.findings:
        return None
    by_name = {runbook.explained.runbook.name: runbook for runbook in placed}

    def lead(runbook: str, step: str) -> Content:
        known = by_name.get(runbook)
        found: PlacedStep | None = known.by_name.get(step) if known is not None else None
        if found is not None:
            return [link_to(found, with_runbook=True), " "]
        return [tag("a", runbook, href=f"#{known.id}"), " "] if known is not None else None

    rows = [
        tag("li", finding(each, lead(each.runbook, each.step)), data_find="finding")
        for each in sorted(explanation.findings, key=_gaps_first)
    ]
    shown, folded = rows[:_SHOWN], rows[_SHOWN:]
    return tag(
        "section",
        tag("h2", "Findings", id="findings-title"),
        tag("ul", shown, class_="findings", role="list"),
        tag("details", tag("summary", f"{len(folded):,} more"), tag("ul", folded, class_="findings", role="list"), data_group=True)
        if folded
        else None,
        id="findings",
        tabindex="-1",
        aria_labelledby="findings-title",
        data_group=True,
    )


def _gaps_first(finding: Finding) -> int:
    return list(KINDS).index(kind_of(finding))


def _commas(items: Sequence[Content]) -> Iterator[Content]:
    for index, item in enumerate(items):
        yield [", ", item] if index else item
