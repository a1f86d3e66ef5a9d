"""What the documentation of AWS's APIs says of permissions is derived, or somebody has read it and said why not."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.slow
def test_every_sentence_on_permissions_is_derived_or_reviewed():
    done = subprocess.run([sys.executable, ROOT / "tools" / "sweep.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr
    assert "every sentence is derived or reviewed" in done.stdout


def test_every_review_has_a_reason():
    entries = tomllib.loads((ROOT / "tools" / "reviewed.toml").read_text(encoding="utf-8"))["reviewed"]
    assert [each for each in entries if len(each["reason"].split()) < 5 or each.keys() - {"reason", "says", "operations"}] == []
