"""Reading and deriving load no CDK, no jsii, no boto3; and the package itself loads almost nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import automation_role

PACKAGE = Path(automation_role.__file__).parent
ROOT = PACKAGE.parent

# The half that declares: what imports aws_cdk, directly or not.
DECLARES = {
    "_arguments",
    "_guard",
    "_render",
    "_tokens",
    "automation_runbook",
    "grants",
    "organization",
    "role",
    "testing",
    "pytest_plugin",
    "snapshots",
}
HEAVY = ("aws_cdk", "jsii", "constructs", "boto3", "botocore")

PURE = sorted(
    ".".join((PACKAGE / path).relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if path.relative_to(PACKAGE).parts[0].removesuffix(".py") not in DECLARES | {"triggers"}
)


def loaded(code: str) -> set[str]:
    """The heavy modules that a fresh Python has loaded after this code."""
    report = f"import sys\n{code}\nprint(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", report], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_pure_half_loads_no_cdk_and_no_boto3():
    assert loaded("import importlib\n" + "\n".join(f"importlib.import_module({name!r})" for name in PURE)) == set()


@pytest.mark.parametrize("name", ["Runbook", "Findings"])
def test_a_pure_public_name_loads_none_either(name):
    assert loaded(f"from automation_role import {name}") == set()


def test_the_construct_loads_the_cdk():
    assert {"aws_cdk", "jsii"} <= loaded("from automation_role import AutomationRole")


def test_every_public_name_is_there():
    missing = [name for name in automation_role.__all__ if getattr(automation_role, name, None) is None]
    assert missing == []
    assert set(automation_role.__all__) <= set(dir(automation_role))


def test_any_other_name_is_told_as_python_tells_it():
    with pytest.raises(AttributeError, match="module 'automation_role' has no attribute 'Nothing'"):
        _ = automation_role.Nothing
