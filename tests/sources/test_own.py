"""The project's own apps and examples, checked as a user would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sources.conftest import Run

ROOT = Path(__file__).resolve().parents[2]


def test_the_examples_are_checked_as_they_are(run: Run):
    ran = run("check", str(ROOT / "examples"), "--format", "json")
    assert ran.code == 0
    assert ran.json["withoutRole"]


@pytest.mark.slow
@pytest.mark.parametrize("app", [".", "examples/patching", "examples/organization"])
def test_what_an_app_of_ours_synthesizes_fits(run: Run, tmp_path: Path, app: str):
    out = tmp_path / "cdk.out"
    context = (ROOT / app / "cdk.json").read_text()
    environment = {
        **os.environ,
        "CDK_OUTDIR": str(out),
        "CDK_VALIDATION": "false",
        "CDK_CONTEXT_JSON": json.dumps(json.loads(context).get("context", {})),
        "PYTHONPATH": str(ROOT),
    }
    subprocess.run([sys.executable, "app.py"], cwd=ROOT / app, env=environment, check=True, capture_output=True)
    ran = run("check", str(out), "--format", "json")
    assert (ran.code, ran.missing()) == (0, [])
    assert ran.pairs()
    assert all(fits for _, _, fits in ran.pairs())
    # The sample's role passes another one on purpose, which no runbook of it needs.
    assert {one["pattern"] for role in ran.json["roles"] for one in role["unused"]} <= {"iam:PassRole"}
