"""The shipped facts give what the documents give, for any values of the parameters.

Needs AUTOMATION_ROLE_CORPUS, a folder of Automation documents, one JSON file each. After a change in what is derived of a step:
`make aws-runbooks FOLDER=…`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from automation_role import Runbook
from automation_role.catalog import aws_runbooks
from automation_role.derive.derivation import derive
from automation_role.errors import RunbookError
from automation_role.runbook.parameters import Parameter, value_problem
from automation_role.values.place import Place


@pytest.mark.parametrize("name", aws_runbooks.names())
def test_a_name_gives_what_its_document_gives(name: str, documents: dict[str, Path]):
    if name not in documents:
        pytest.skip("another version of the document is in the folder")
    for values in settings(Runbook.aws(name)) if '"wider": true' not in json.dumps(aws_runbooks.facts(name)) else [{}]:
        by_name, by_file = (shown(read, values) for read in (Runbook.aws(name), Runbook.from_file(documents[name])))
        assert by_name == by_file, values


def shown(runbook: Runbook, values: dict[str, Any]) -> Any:
    """Everything that a user sees of a derivation, or why the values are refused."""
    try:
        derivation = derive([runbook.given(parameters=values)])
    except RunbookError as error:
        return [problem.message for problem in error.problems]
    steps = [
        (
            needs.runbook,
            needs.step.name,
            needs.step.line,
            {(call.service, call.operation, call.origin.line) for call in needs.calls},
            {(permission.action, origin) for permission in needs.permissions for origin in permission.origins},
        )
        for needs in derivation.steps
    ]
    return derivation.policy().to_json(Place()), derivation.findings, steps


def settings(runbook: Runbook) -> Iterator[dict[str, Any]]:
    """No values; for all parameters, and for some: ARNs, and names."""
    chance = random.Random(runbook.name)
    yield {}
    for text in ("arn:aws:x:eu-central-1:111122223333:thing/{}", "value-{}"):
        for share in (1, 0.5):
            values = {name: value(parameter, text, chance) for name, parameter in runbook.parameters.items() if chance.random() < share}
            yield {name: each for name, each in values.items() if value_problem(runbook.parameters[name], each) is None}


def value(parameter: Parameter, text: str, chance: random.Random) -> Any:
    kinds: dict[str, Any] = {
        "Boolean": chance.choice([True, False, "true", "false"]),
        "Integer": chance.choice([7, "7"]),
        "StringMap": {"a": "b"},
        "MapList": [{"a": "b"}],
    }
    if parameter.type in {"StringMap", "MapList"}:
        return kinds[parameter.type]
    one = chance.choice(parameter.allowed_values) if parameter.allowed_values else kinds.get(parameter.type, text.format(parameter.name))
    return [one, f"{one}-2"][: 1 if parameter.allowed_values else chance.choice([1, 2])] if parameter.is_list else one
