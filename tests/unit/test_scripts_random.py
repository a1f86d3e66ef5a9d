"""Scripts made at random over texts, conditions and containers: what a run calls was derived, its inputs inside what was derived.

Many more: python tests/unit/random_scripts.py 10000
"""

from __future__ import annotations

import pytest

from tests.unit.random_scripts import misses_of


@pytest.mark.parametrize("part", [0, 1, *(pytest.param(part, marks=pytest.mark.slow) for part in (2, 3))])  # `make check` has a minute
def test_whatever_a_run_calls_was_derived_with_its_inputs(part: int) -> None:
    for seed in range(part, 300, 4):
        script, misses, read = misses_of(seed, runs=3)
        assert not misses, f"{misses[0]}\n{script}\n{read.calls}"
