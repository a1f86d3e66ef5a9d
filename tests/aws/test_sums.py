"""Policies of thirty names, as they were when the facts were made from their documents: what a machine without the documents can check.

A change in what is derived changes them, and `UPDATE_SUMS=1 python -m pytest tests/aws/test_sums.py` records them again; a change that nobody
meant is a fault in the facts.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from automation_role import Runbook
from automation_role.catalog import aws_runbooks
from automation_role.derive.derivation import derive
from automation_role.values.place import Place

SUMS = Path(__file__).with_name("sums.json")
NAMES = aws_runbooks.names()[::16][:30]


def sum_of(runbook: Runbook) -> str:
    """Of the policy, with no values and with an ARN for every parameter that takes any text."""
    free = [each for each in runbook.parameters.values() if each.type == "String" and not (each.allowed_values or each.allowed_pattern)]
    values = {each.name: f"arn:aws:x:eu-central-1:111122223333:thing/{each.name}" for each in free}
    policies = [derive([each]).policy().to_json(Place()) for each in (runbook, runbook.given(parameters=values))]
    return hashlib.sha256(json.dumps(policies, sort_keys=True).encode()).hexdigest()[:16]


def test_thirty_names_have_the_policies_that_were_recorded():
    sums = {name: sum_of(Runbook.aws(name)) for name in NAMES}
    if os.environ.get("UPDATE_SUMS"):
        SUMS.write_text(json.dumps(sums, indent=2) + "\n")
    known = json.loads(SUMS.read_text())
    assert len(known) == 30
    changed = [name for name in NAMES if known.get(name) != sums[name]]
    assert changed == [], "what is derived for these changed; if it was meant: UPDATE_SUMS=1 python -m pytest tests/aws/test_sums.py"


def test_the_sums_are_those_of_the_documents(documents: dict[str, Path]):
    for name in NAMES:
        assert sum_of(Runbook.from_file(documents[name])) == json.loads(SUMS.read_text())[name], name
