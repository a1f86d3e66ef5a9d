"""What all the steps need together: an entry for each IAM action, with the steps that need it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from ..model import Explanation
from ..needs import ExplainedPermission
from ..visible import count_of
from .markup import Html, tag
from .parts import facts, listed, need
from .place import PlacedRunbook, PlacedStep, id_of, link_to

# At most this many steps of an action are listed; the rest is collapsed.
_LISTED: Final = 12


def permissions(explanation: Explanation, placed: Iterable[PlacedRunbook]) -> Html:
    """Every permission, by service."""
    asked: dict[str, list[PlacedStep]] = defaultdict(list)
    for step in (step for runbook in placed for step in _all(runbook.steps)):
        for action in dict.fromkeys(each.action for each in step.explained.needs):
            asked[action].append(step)
    services: dict[str, dict[str, list[ExplainedPermission]]] = defaultdict(lambda: defaultdict(list))
    for each in explanation.needs:
        services[each.action.partition(":")[0]][each.action].append(each)
    return tag(
        "section",
        tag("h2", "Permissions", id="permissions-title"),
        None if services else tag("p", "None: these steps need no permissions that could be derived."),
        [_service(service, actions, asked) for service, actions in services.items()],
        id="permissions",
        tabindex="-1",
        aria_labelledby="permissions-title",
        data_group=True,
    )


def _service(service: str, actions: Mapping[str, Sequence[ExplainedPermission]], asked: Mapping[str, Sequence[PlacedStep]]) -> Html:
    return tag(
        "div",
        tag("h3", service),
        tag("ul", [_action(action, needs, asked.get(action, ())) for action, needs in actions.items()], class_="permissions", role="list"),
        data_group=True,
    )


def _action(action: str, needs: Sequence[ExplainedPermission], steps: Sequence[PlacedStep]) -> Html:
    links = [link_to(step, with_runbook=True) for step in steps]
    return tag(
        "li",
        tag("h4", tag("code", action)),
        facts(
            [
                *(("On", need(each)) for each in needs),
                ("For", [listed(links[:_LISTED], "by"), _rest(links[_LISTED:])]),
            ]
        ),
        id=id_of(action),
        class_="permission",
        tabindex="-1",
        data_find="permission",
    )


def _rest(links: Sequence[Html]) -> Html | None:
    if not links:
        return None
    return tag("details", tag("summary", count_of(len(links), "more step")), listed(links, "by"))


def _all(steps: Iterable[PlacedStep]) -> Iterator[PlacedStep]:
    for step in steps:
        yield step
        yield from _all(step.steps)
