"""What is remembered of calls has a bound (`derive/cache.py`)."""

from __future__ import annotations

from typing import Any

import pytest

from automation_role.derive import cache
from automation_role.values.calls import ApiCall, Origin
from automation_role.values.patterns import Pattern
from automation_role.values.value import Text

_MOST = 5


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> dict[Any, Any]:
    """An empty cache with room for a few operations, and a few calls of each."""
    known: dict[Any, Any] = {}
    monkeypatch.setattr(cache, "KNOWN", known)
    monkeypatch.setattr(cache, "_MOST", _MOST)
    return known


def _needed(number: int, region: str = "*") -> str:
    call = ApiCall(
        service="ssm",
        operation="GetParameter",
        inputs={"Name": Text((Pattern.literal(f"/p{number}"),))},
        complete=True,
        regions=(Pattern.literal(region),),
        origin=Origin("runbook", "step", 1),
    )
    permissions, _ = cache.permissions_of(call)
    return str(permissions)


def test_calls_of_one_operation_are_forgotten_when_they_are_many(known: dict[Any, Any]) -> None:
    for number in range(4 * _MOST):
        assert f"parameter/p{number}" in _needed(number)
        assert sum(len(same) for of_operation in known.values() for same in of_operation.values()) <= _MOST
    assert len(known) == 1


def test_operations_are_forgotten_when_they_are_many(known: dict[Any, Any]) -> None:
    for number in range(4 * _MOST):
        assert f"parameter/p{number}" in _needed(number, region=f"eu-west-{number}")
        assert len(known) <= _MOST
    assert known
