"""The dependent actions of AWS's Service Authorization Reference: each is derived from an input, or information, or somebody said why not."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from automation_role.catalog import operations as catalog

DEPENDENT: dict[str, list[str]] = json.loads((Path(__file__).parents[2] / "tools" / "dependent_actions.json").read_text(encoding="utf-8"))


def test_no_dependent_action_of_an_operation_is_silent() -> None:
    counts: Counter[str] = Counter()
    silent: set[str] = set()
    known_for_rds: set[str] = set()
    for name in catalog.services():
        service = catalog.service(name)
        assert service is not None
        for operation in service.operations:
            own = service.actions_of(operation) or ()
            details = service.details(operation)
            sure = {
                action for each in details.follows if each.on != "?" and not each.on.startswith("encrypted:") for action in each.actions
            }
            sure |= {"iam:PassRole"} if details.passes else set()
            sure |= {details.tags.action} if details.tags is not None else set()
            may = {action for each in details.follows for action in each.actions}
            for action in {each for of in own for each in DEPENDENT.get(of, ())} - set(own):
                kind = "derived" if action in sure else "information" if action in may else "silent"
                counts[kind] += 1
                if kind != "silent" and name == "rds":
                    known_for_rds.add(f"{operation} {action}")
                if kind == "silent":
                    silent.add(f"{name}.{operation} {action}")
    # An input of RDS that these two APIs do not have asks for the action: an entry says so.
    relatives = {each for each in silent if each.startswith(("docdb.", "neptune."))}
    assert silent == relatives
    assert {each.partition(".")[2] for each in relatives} <= known_for_rds
    assert counts["derived"] > 1_000
    assert counts["information"] < 3_000
