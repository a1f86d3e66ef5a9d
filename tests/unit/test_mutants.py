"""The table of `make mutants` fits the code: each text that it replaces is there exactly once."""

from __future__ import annotations

from tools.mutants import ROOT, table


def test_every_mutant_can_be_applied() -> None:
    assert [mutant.problem for mutant in table() if mutant.problem] == []


def test_there_are_mutants_of_every_room_that_decides() -> None:
    rooms = {mutant.file.split("/")[1] for mutant in table()}
    assert {"runbook", "derive", "policy", "iam", "check", "explain", "start", "sources", "cdk"} <= rooms
    assert len(table()) >= 30
    assert all((ROOT / test.split("::")[0]).exists() for mutant in table() for test in mutant.tests)
