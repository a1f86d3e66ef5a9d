"""Parts that steps and permissions share: facts, resources, conditions, findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from ...findings import Finding
from ...findings import kind as effect_on_policy
from ..needs import Breadth, ExplainedPermission, ExplainedResource
from .markup import Content, Html, join, tag

# Breadth -> its label; a named resource has none.
_BREADTHS: Final = {Breadth.TYPE: "any that fits", Breadth.ALL: "everything"}
# Kind of a finding -> its label; the kind is also its class in the style sheet.
KINDS: Final = {"gap": "Gap", "wider": "Wider than needed", "other": "Note"}


def kind_of(finding: Finding) -> str:
    """The kind of a finding in the page, where information is one of the notes."""
    found = effect_on_policy(finding.id)
    return "other" if found == "information" else found


def facts(rows: Iterable[tuple[str, Content]]) -> Html | None:
    """A list of labelled facts, without empty rows; `None` when all are empty."""
    shown = [[tag("dt", label), tag("dd", content)] for label, content in rows if content]
    return tag("dl", shown, class_="facts") if shown else None


def listed(items: Iterable[Content], class_: str) -> Html | None:
    """A list without bullets; `None` when it would be empty."""
    shown = [tag("li", item) for item in items]
    return tag("ul", shown, class_=class_, role="list") if shown else None  # role: Safari ignores lists without bullets


def need(shown: ExplainedPermission, name: Content = None) -> Html:
    """A permission's resources and conditions, after its name."""
    where = join(
        listed((_resource(resource) for resource in shown.resources), "resources"),
        listed(([tag("span", "only if ", class_="quiet"), tag("code", each)] for each in _conditions(shown.conditions)), "conditions"),
        tag("p", f"documented by AWS, not derived: {shown.documented}", class_="quiet") if shown.documented else None,
    )
    return join(name, tag("div", where, class_="where"))


def finding(shown: Finding, lead: Content = None) -> Html:
    """What could not be derived, in a box of its kind."""
    kind = kind_of(shown)
    return tag(
        "div",
        tag("p", tag("strong", KINDS[kind], class_="kind"), " ", lead, tag("span", f"line {shown.line}", class_="quiet")),
        tag("p", shown.message, " ", tag("code", shown.id)),
        class_=f"finding {kind}",
    )


def badges(findings: Iterable[Finding]) -> Html:
    """`2 gaps`, `1 wider than needed`: how many findings of each kind there are."""
    kinds = [kind_of(each) for each in findings]
    return join([tag("span", _count(kind, kinds.count(kind)), class_=f"badge {kind}") for kind in KINDS if kind in kinds])


def _count(kind: str, number: int) -> str:
    word = KINDS[kind].lower()
    return f"{number:,} {word}" if kind == "wider" or number == 1 else f"{number:,} {word}s"


def _resource(resource: ExplainedResource) -> Html:
    breadth = _BREADTHS.get(resource.breadth)
    return join(
        tag("code", resource.text),
        [" ", tag("span", breadth, class_=f"breadth {resource.breadth}")] if breadth else None,
    )


def _conditions(conditions: Mapping[str, Any]) -> Iterator[str]:
    for operator, keys in conditions.items():
        for key, value in keys.items():
            yield f"{key} {operator} {value if isinstance(value, str) else ', '.join(value)}"
