from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tools.local_aws import ROOT, cdk_environment


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `cdk synth` writes for the sample, with aws-cdk-lib's own validation on."""
    output = tmp_path_factory.mktemp("cdk.out")
    environment = cdk_environment()
    environment.pop("CDK_VALIDATION", None)
    done = subprocess.run(
        ["cdk", "synth", "--quiet", "--no-notices", "--no-version-reporting", "--output", output],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "warning" not in done.stderr.lower()
    return output


@pytest.fixture(scope="session")
def template(assembly: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((assembly / "AutomationSample.template.json").read_text())
    return found
