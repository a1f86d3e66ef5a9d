"""The shipped facts give what the documents give, for any values of the parameters.

Needs AUTOMATION_ROLE_CORPUS, a folder of Automation documents, one JSON file each. After a change in what is derived of a step:
`make aws-runbooks FOLDER=…`.
"""

from __future__ import annotations

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
    for values in settings(Runbook.aws(name)):
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
    """No values; for all parameters, and for some: ARNs, and names; for each the first of `PLAUSIBLE` that its pattern allows."""
    chance = random.Random(runbook.name)
    yield {}
    fitting = {name: plausible(parameter) for name, parameter in runbook.parameters.items()}
    yield {name: each for name, each in fitting.items() if each is not None}
    for text in ("arn:aws:x:eu-central-1:111122223333:thing/{}", "value-{}"):
        for share in (1, 0.5):
            values = {name: value(parameter, text, chance) for name, parameter in runbook.parameters.items() if chance.random() < share}
            yield {name: each for name, each in values.items() if value_problem(runbook.parameters[name], each) is None}


# What most parameters of AWS-owned runbooks take: identifiers, an account, a Region, a range of addresses, times, a page, a person.
PLAUSIBLE = (
    *(f"{kind}-0123456789abcdef0" for kind in ("i", "vpc", "subnet", "sg", "vol", "ami", "snap", "rtb", "eni")),
    *("111122223333", "eu-central-1", "10.0.0.0/16", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00", "2026-01-01", "7", "true"),
    *(
        "https://example.com/x",
        "s3://bucket/key",
        "someone@example.com",
        "11112222-aaaa-bbbb-cccc-333344445555",
        "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    ),
    *("arn:aws:iam::111122223333:role/Role", "arn:aws:sns:eu-central-1:111122223333:topic", "cluster-1", "Yes"),
    "arn:aws:kms:eu-central-1:111122223333:key/11112222-aaaa-bbbb-cccc-333344445555",
    "a-name",
)


def plausible(parameter: Parameter) -> Any:
    texts = map(str, parameter.allowed_values) if parameter.allowed_values else PLAUSIBLE
    values = ([text] if parameter.is_list else text for text in texts)
    return next((each for each in values if value_problem(parameter, each) is None), None)


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
