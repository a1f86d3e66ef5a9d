"""What a command loads: only what it needs, because loading modules takes most of a command's time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# What judges roles, reads other files than runbooks, starts automations or draws tables; and what only a mistake or a download needs.
OTHERS = {
    "automation_role.cdk",
    "automation_role.derive.scripts",
    "automation_role.derive.parallel",
    "automation_role.derive.stack_types",
    "automation_role.derive.stacks",
    "automation_role.explain.alerts",
    "automation_role.explain.html",
    "automation_role.explain.model",
    "automation_role.iam",
    "automation_role.policy.trust",
    "automation_role.runbook.matching",
    "automation_role.sources.account",
    "automation_role.sources.assembly",
    "automation_role.sources.cloudformation",
    "automation_role.sources.terraform",
    "automation_role.start",
    "automation_role.template.intrinsics",
    "automation_role.template.identities",
    "automation_role.why",
    "aws_cdk",
    "boto3",
    "botocore",
    "concurrent",
    "decimal",
    "difflib",
    "hashlib",
    "jsii",
    "rich",
    "tempfile",
    "zipfile",
}
CALL = """\
schemaVersion: "0.3"
parameters:
  Instance: {type: "AWS::EC2::Instance::Id"}
mainSteps:
  - name: restart
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: RebootInstances, InstanceIds: ["{{ Instance }}"]}
"""


def loaded(*arguments: str) -> set[str]:
    """The modules that the command loads, and the packages they are in."""
    code = "import sys\nfrom automation_role.cli import main\nmain(sys.argv[1:])\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout
    return set(done.stderr.splitlines()[-1].split())


def test_the_policy_of_a_file_loads_what_it_needs(tmp_path):
    runbook = tmp_path / "restart.yaml"
    runbook.write_text(CALL)
    found = loaded("policy", str(runbook))
    assert {"automation_role.derive.derivation", "yaml"} <= found
    assert found & {*OTHERS, "automation_role.runbook.facts"} == set()


def test_a_command_loads_few_dataclasses():
    """Each takes 0.4 ms to create: docs/adr/0026-named-tuples.md."""
    code = (
        "import sys, dataclasses\nfrom automation_role.cli import main\nmain(sys.argv[1:])\n"
        "ours = [module for name, module in sys.modules.items() if name.startswith('automation_role')]\n"
        "found = {each for module in ours for each in vars(module).values() if isinstance(each, type) and dataclasses.is_dataclass(each)}\n"
        "print(*[each.__name__ for each in found], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "policy", "runbooks/restart-instance.yaml"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = done.stderr.splitlines()[-1].split()
    assert "Runbook" in found
    assert len(found) <= 10, f"make the new ones named tuples: {sorted(found)}"


def test_the_policy_of_an_aws_owned_runbook_loads_no_reader_of_documents():
    found = loaded("policy", "AWS-RestartEC2Instance")
    assert "automation_role.runbook.facts" in found
    assert found & {*OTHERS, "yaml"} == set()


def test_the_version_loads_nothing_that_derives():
    found = loaded("--version")
    assert {name for name in found if name.startswith("automation_role.") and "cli" not in name} <= {
        "automation_role._lazy",
        "automation_role._version",
        "automation_role.errors",
        "automation_role.explain",
        "automation_role.explain.visible",
    }


def test_explain_draws_with_rich_and_loads_no_page_no_account_and_no_cdk():
    found = loaded("explain", "runbooks/restart-instance.yaml")
    assert "rich" in found
    assert found & {"automation_role.explain.html", "automation_role.iam", "aws_cdk", "boto3", "botocore", "jsii"} == set()


def test_help_draws_nothing():
    assert loaded("--help") & {"aws_cdk", "boto3", "botocore", "jsii", "rich"} == set()
