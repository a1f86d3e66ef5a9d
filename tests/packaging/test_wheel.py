"""The wheel holds the package and nothing else, and works where only what it declares is installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest

from automation_role import __version__
from tools.local_aws import ROOT, cdk_environment

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def test_it_holds_the_package_and_nothing_else(names: set[str]) -> None:
    files = {
        str(path.relative_to(ROOT)) for path in (ROOT / "automation_role").rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name for name in names if ".dist-info/" not in name} == files
    assert "automation_role/py.typed" in names
    assert any(name.startswith("automation_role/catalog/") and not name.endswith(".py") for name in names), "the catalog's data"


def test_its_metadata_has_version_licence_and_dependencies(wheel: Path, names: set[str]) -> None:
    info = f"automation_role-{__version__}.dist-info"
    with zipfile.ZipFile(wheel) as archive:
        metadata = HeaderParser().parsestr(archive.read(f"{info}/METADATA").decode())
    assert metadata["Version"] == __version__
    assert metadata["License-Expression"] == "Apache-2.0"
    assert f"{info}/licenses/LICENSE" in names
    needs = {need.split(">")[0].split("=")[0].split("<")[0] for need in metadata.get_all("Requires-Dist", []) if "extra ==" not in need}
    assert {need.lower() for need in needs} == {"aws-cdk-lib", "constructs", "jsii", "pyyaml", "click", "rich"}


def in_clean(clean: Path, *command: str, **environment: str) -> str:
    """Run the clean environment's Python, away from the checkout."""
    done = subprocess.run(
        [clean, *command],
        cwd=clean.parent,
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8", "CDK_VALIDATION": "false", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_imported_without_loading_the_cdk(clean: Path) -> None:
    told = in_clean(
        clean, "-c", "import sys, automation_role as a; print(a.__version__, a.__file__, 'jsii' in sys.modules, 'boto3' in sys.modules)"
    )
    version, file, jsii, boto3 = told.split()
    assert (version, jsii, boto3) == (__version__, "False", "False")
    assert Path(file).is_relative_to(clean.parent.parent)


def test_every_module_can_be_imported_with_only_the_declared_dependencies(clean: Path) -> None:
    # pytest_plugin is loaded by pytest, which is then there.
    told = in_clean(
        clean,
        "-c",
        "import automation_role, importlib, pkgutil\n"
        "names = [m.name for m in pkgutil.walk_packages(automation_role.__path__, 'automation_role.') if not m.name.endswith('pytest_plugin')]\n"
        "[importlib.import_module(name) for name in names]\n"
        "print(all(getattr(automation_role, name) is not None for name in automation_role.__all__), len(names))",
    )
    complete, count = told.split()
    assert complete == "True"
    assert int(count) > 10


def test_the_command_is_installed(clean: Path) -> None:
    done = subprocess.run([clean.parent / "automation-role", "--version"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert __version__ in done.stdout


def test_an_app_elsewhere_synthesizes(clean: Path, tmp_path: Path) -> None:
    in_clean(clean, str(HERE / "consumer" / "app.py"), CDK_OUTDIR=str(tmp_path))
    template = json.loads((tmp_path / "Operations.template.json").read_text())
    roles = [resource["Properties"] for resource in template["Resources"].values() if resource["Type"] == "AWS::IAM::Role"]
    (role,) = [role for role in roles if role.get("RoleName") == "automations"]
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "ssm.amazonaws.com"}

    organization = json.loads((tmp_path / "Organization.template.json").read_text())
    (roll_out,) = [one["Properties"] for one in organization["Resources"].values() if one["Type"] == "AWS::CloudFormation::StackSet"]
    rolled_out = json.loads(roll_out["TemplateBody"])
    for resources in (organization["Resources"], rolled_out["Resources"]):
        assert "AWS-SystemsManager-AutomationExecutionRole" in [one["Properties"].get("RoleName") for one in resources.values()]


def test_code_that_uses_it_is_checked_by_mypy(typed: Path, tmp_path: Path) -> None:
    """`mypy --strict` over consumers of the wheel; what they do wrong on purpose is marked, and an unused mark is an error."""
    cache = ROOT / ".mypy_cache" / "consumer"
    # What mypy knows of aws_cdk from `make types` is two minutes' work.
    for known in set((ROOT / ".mypy_cache").glob("[0-9]*")) if not cache.exists() else ():
        shutil.copytree(known, cache / known.name)
    files = [HERE / "consumer" / "app.py", *sorted((HERE.parent / "typing").glob("*.py"))]
    done = subprocess.run(
        [
            *("mypy", "--strict", "--config-file", ROOT / "pyproject.toml", "--python-executable", typed),
            *("--cache-dir", cache, "--no-explicit-package-bases"),
            *files,
        ],
        cwd=tmp_path,
        env=cdk_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines()[-1].startswith("Success"), done.stdout + done.stderr
