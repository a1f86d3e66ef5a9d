"""The test suite in `examples/testing`: green as it is, red when a grant is gone.

Its snapshot is written anew by `python -m pytest -c /dev/null --rootdir . --snapshot-update` in its folder.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "testing"

pytestmark = pytest.mark.slow


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A copy, outside of this repository and its settings."""
    return shutil.copytree(EXAMPLE, tmp_path / "suite", ignore=shutil.ignore_patterns("__pycache__", ".*"))


def ran(suite: Path) -> tuple[int, str, set[str]]:
    """How pytest ended, what it said, and which tests failed."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short"],
        cwd=suite,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    return done.returncode, done.stdout, set(re.findall(r"^FAILED test_operations\.py::(\w+)", done.stdout, re.MULTILINE))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def test_it_runs_green(suite):
    code, told, failed = ran(suite)
    assert (code, failed) == (0, set()), told


def test_it_goes_red_when_a_grant_is_removed(suite):
    change(suite / "operations.py", "        role.grant_start_automation(operators, document)\n", "")
    code, told, failed = ran(suite)
    assert code == 1
    assert failed == {"test_operators_start_the_runbook_as_its_role", "test_the_template_is_what_was_reviewed"}, told
    assert "denied: group 'Operators" in told
    assert "iam:PassRole" in told
