"""Consumer code is clean to pyright, which is stricter than mypy about the classes and interfaces of CDK."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import automation_role

ROOT = Path(__file__).parents[2]
PYRIGHT = ROOT / "node_modules" / ".bin" / "pyright"


def test_the_consumer_uses_every_public_name() -> None:
    used = (ROOT / "tests" / "typing" / "pyright_consumer.py").read_text()
    assert [name for name in automation_role.__all__ if name not in used] == []


@pytest.mark.slow
def test_pyright_finds_nothing(tmp_path: Path) -> None:
    if not PYRIGHT.exists():
        pytest.skip("pyright is not set up (make setup)")
    settings = {
        "include": ["consumer.py"],
        "extraPaths": [str(ROOT)],
        "pythonVersion": f"{sys.version_info.major}.{sys.version_info.minor}",
    }
    (tmp_path / "consumer.py").write_text((ROOT / "tests" / "typing" / "pyright_consumer.py").read_text())
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    done = subprocess.run(
        [PYRIGHT, "--project", tmp_path, "--pythonpath", sys.executable, "--outputjson"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] >= 1
    assert [(each["range"]["start"]["line"] + 1, each["message"]) for each in report["generalDiagnostics"]] == []
