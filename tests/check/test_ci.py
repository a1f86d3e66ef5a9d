"""The workflow and the hook that users copy: each runs here as it would there, green and red."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.check.conftest import LOOK, STOP, allow, policy, role

ROOT = Path(__file__).resolve().parents[2]
CI = ROOT / "examples" / "ci"
WORKFLOW: dict[str, Any] = yaml.safe_load((CI / "automation-role.yml").read_text())
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
((CONFIGURED,),) = [repo["hooks"] for repo in yaml.safe_load((CI / "pre-commit-config.yaml").read_text())["repos"]]

FITS = role(LOOK, allow("ec2:StopInstances", on="arn:aws:ec2:*:*:instance/*"))
LACKS = role(LOOK)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "runbooks").mkdir()
    (tmp_path / "runbooks" / "stop.yaml").write_text(STOP)
    (tmp_path / "cdk.out").mkdir()
    return tmp_path


def run(command: str, project: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "GITHUB_STEP_SUMMARY": str(project / "summary.md"),
    }
    # As GitHub does: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax (`shell`)
    return subprocess.run(
        ["bash", "-e", "-c", command], cwd=project, env=environment, capture_output=True, text=True, check=False, timeout=100
    )


def ours(workflow: dict[str, Any]) -> list[str]:
    return [
        step["run"] for step in workflow["jobs"]["check"]["steps"] if re.search(r"^\s*automation-role ", step.get("run", ""), re.MULTILINE)
    ]


@pytest.mark.parametrize(("resource", "code"), [(FITS, 0), (LACKS, 1)])
def test_the_workflow_fails_when_the_role_lacks_something(project, resource, code):
    (project / "cdk.out" / "Operations.template.json").write_text(json.dumps({"Resources": {"Role": resource}}))
    check, summary = ours(WORKFLOW)
    done = run(check, project)
    assert done.returncode == code, done.stderr
    assert ("runbooks/stop.yaml:10 stop  ec2:StopInstances" in done.stdout) is bool(code)
    assert run(summary, project).returncode == 0
    assert "ec2:StopInstances" in (project / "summary.md").read_text()


@pytest.mark.parametrize(("resource", "code"), [(FITS, 0), (LACKS, 1)])
def test_the_hook_fails_when_the_role_lacks_something(project, resource, code):
    (project / "template.yaml").write_text(yaml.safe_dump({"Resources": {"Role": resource}}))
    assert CONFIGURED["id"] == HOOK["id"]
    assert HOOK["pass_filenames"] is False
    done = run(f"{HOOK['entry']} {shlex.join(CONFIGURED['args'])}", project)
    assert done.returncode == code, done.stderr


@pytest.mark.parametrize(
    ("path", "runs"),
    [("runbooks/stop.yaml", True), ("runbooks/more/stop.json", True), ("template.yaml", True), ("docs/template.yaml", False)],
)
def test_the_hook_runs_for_runbooks_and_the_template(path, runs):
    assert (re.search(CONFIGURED["files"], path) is not None) is runs


def test_a_policy_that_lacks_something_is_red_too(project):
    (project / "policy.json").write_text(json.dumps(policy(LOOK)))
    assert run("automation-role check runbooks --policy policy.json", project).returncode == 1


ACTION: dict[str, Any] = yaml.safe_load((CI / "action.yml").read_text())
COMPARE, ANNOTATE = (step["run"] for step in ACTION["runs"]["steps"])


@pytest.mark.parametrize(("resource", "code"), [(FITS, 0), (LACKS, 1)])
def test_the_action_marks_what_is_missing_at_its_line(project, resource, code):
    (project / "template.json").write_text(json.dumps({"Resources": {"Role": resource}}))
    done = run(f"PATHS='runbooks/stop.yaml --template template.json'; {ANNOTATE}", project)
    assert done.returncode == code, done.stderr
    assert ("::error file=runbooks/stop.yaml,line=10,title=missingPermission::" in done.stdout) is bool(code)


def test_the_action_says_what_a_change_needs_in_addition(project):
    git = "git -c user.name=x -c user.email=x@example.com -c init.defaultBranch=main"
    assert run(f"{git} init -q && git add . && {git} commit -qm old", project).returncode == 0
    (project / "runbooks" / "stop.yaml").write_text(STOP.replace("StopInstances", "TerminateInstances"))
    done = run(f"RUNNER_TEMP='{project.parent / 'temp'}'; BASE=HEAD; PATHS=runbooks; {COMPARE}", project)
    assert done.returncode == 0, done.stderr
    assert "This change needs 1 more permission and no longer needs 1." in (project / "summary.md").read_text()
