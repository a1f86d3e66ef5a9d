from __future__ import annotations

import importlib.metadata
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tools.local_aws import ROOT


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout."""
    output = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(output), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = output.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def clean(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python in an environment that has the wheel and what it declares to need, and nothing else.

    What it needs is linked from this environment, not downloaded: half a second instead of a minute.
    """
    environment = tmp_path_factory.mktemp("clean")
    python, packages = installed(wheel, environment)
    for name in sorted(needed("automation-role")):
        for path in importlib.metadata.distribution(name).files or ():
            top = path.parts[0]
            if top != ".." and not (packages / top).exists():
                (packages / top).symlink_to(Path(str(importlib.metadata.distribution(name).locate_file(top))))
    return python


@pytest.fixture(scope="session")
def typed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python in an environment that has the wheel, and all that this one has, at the same paths: mypy knows aws_cdk from its cache."""
    python, packages = installed(wheel, tmp_path_factory.mktemp("typed"))
    (packages / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def installed(wheel: Path, environment: Path) -> tuple[Path, Path]:
    """Create an environment with only the wheel: its Python, and its folder of packages."""
    venv.create(environment, symlinks=True)
    python = environment / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(pip, check=True)
    (packages,) = (environment / "lib").glob("python*/site-packages")
    return python, packages


def needed(name: str) -> set[str]:
    """The distributions that one declares to need, and those that they need, without extras."""
    found: set[str] = set()
    waiting = list(_declared(name))
    while waiting:
        distribution = waiting.pop()
        if distribution not in found:
            found.add(distribution)
            waiting += _declared(distribution)
    return found


def _declared(name: str) -> Iterator[str]:
    for text in importlib.metadata.requires(name) or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement.name.lower()
