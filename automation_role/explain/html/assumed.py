"""The roles that scripts assume: what each needs, in which steps, and what of it could not be derived."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import ExplainedRole
from .markup import Html, join, tag
from .parts import facts, finding, listed, need
from .steps import call


def assumed(roles: Iterable[ExplainedRole]) -> Html | None:
    """The section about the roles that scripts assume; `None`: there are none."""
    shown = [_role(role) for role in roles]
    return (
        tag(
            "section",
            tag("h2", "Roles that scripts assume", id="assumed-title"),
            tag("p", "API calls with their credentials; each role needs a policy of its own.", class_="quiet"),
            shown,
            id="assumed",
            tabindex="-1",
            aria_labelledby="assumed-title",
            data_group=True,
        )
        if shown
        else None
    )


def _role(role: ExplainedRole) -> Html:
    rows = [(f"{runbook.runbook.name}, {step.step.name}", step) for runbook in role.needs.runbooks for step in runbook.all_steps()]
    return tag(
        "div",
        tag("h3", tag("code", role.name)),
        [finding(each) for each in role.needs.findings],
        [
            join(
                tag("h4", where),
                facts(
                    [
                        ("Calls", listed((call(each, step.step.line) for each in step.calls), "calls")),
                        ("Needs", listed((need(each, tag("code", each.action)) for each in step.needs), "needs")),
                    ]
                ),
            )
            for where, step in rows
        ],
        class_="step",
        data_find="role",
    )
