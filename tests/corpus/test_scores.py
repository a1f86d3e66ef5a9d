"""Derived against documented permissions, and every document of a folder; the numbers may only get better.

Needs AUTOMATION_ROLE_CORPUS, a folder of Automation documents, one JSON file each; the first test also needs AUTOMATION_ROLE_TRUTH, the
permissions that AWS documents for some of them: {name: {"actions": […], "evident": […]}}.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from automation_role.catalog import aws_runbooks
from automation_role.catalog.iam_actions import action_exists
from automation_role.derive.derivation import Derivation, derive
from automation_role.runbook.model import Runbook
from tools.score import Scores, compare, too_wide

CORPUS, TRUTH = (os.environ.get(f"AUTOMATION_ROLE_{name}", "") for name in ("CORPUS", "TRUTH"))

pytestmark = pytest.mark.skipif(not CORPUS, reason="AUTOMATION_ROLE_CORPUS names no folder of Automation documents")


@pytest.fixture(scope="module")
def documents() -> dict[str, Path]:
    paths = sorted(Path(CORPUS).glob("*.json"))
    return {path.stem: path for path in paths if json.loads(path.read_text()).get("schemaVersion") == "0.3"}


@pytest.fixture(scope="module")
def scores(documents: dict[str, Path]) -> Scores:
    if not TRUTH:
        pytest.skip("AUTOMATION_ROLE_TRUTH names no file of documented permissions")
    return compare(lambda name: Runbook.from_file(documents[name]), documents, json.loads(Path(TRUTH).read_text()))


@pytest.fixture(scope="module")
def derivations(documents: dict[str, Path]) -> dict[str, Derivation]:
    return {name: derive([Runbook.from_file(path)]) for name, path in documents.items()}


def test_what_content_shows_is_derived_except_for_what_was_read_by_hand(scores: Scores):
    assert [line for line, why in scores.misses if not why] == []
    assert len(scores.misses) <= 2


def test_what_is_derived_is_documented_except_for_what_was_read_by_hand(scores: Scores):
    assert [line for line, why in scores.extras if not why] == []


def test_names_score_as_their_documents_do(scores: Scores):
    assert compare(Runbook.aws, aws_runbooks.names(), json.loads(Path(TRUTH).read_text())) == scores


def test_every_document_can_be_derived(derivations: dict[str, Derivation]):
    assert len(derivations) > 0


def test_every_action_exists_and_none_is_on_everything_that_iam_can_narrow(derivations: dict[str, Derivation]):
    for name, derivation in derivations.items():
        for permission in derivation.permissions:
            assert action_exists(permission.action), name
        assert too_wide(derivation) == [], name


def test_operations_that_are_not_known_are_those_that_do_not_exist(derivations: dict[str, Derivation]):
    told = {"unknownService", "unknownOperation", "unmappedOperation"}
    found = {(name, finding.step) for name, derivation in derivations.items() for finding in derivation.findings if finding.id in told}
    assert found <= {
        ("AWS-OrchestrateUnmanagedEC2Actions", "ExecuteChildDocument"),  # a client for `ssm-next`, which is no public service
        ("AWSDocs-IncreaseAppAvailability", "createLoadBalancer"),  # CreateLoadBalancer is elb's, and asked of ec2
        ("AWSDocs-IncreaseAppAvailability", "deleteLoadBalancer"),
    }
