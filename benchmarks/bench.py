"""`make bench`: how long the road takes, in whole processes, on this machine.

Prints one table. The runbooks it needs it makes itself; with AUTOMATION_ROLE_CORPUS=FOLDER, a folder of Automation documents (JSON), the
first lines are measured on those too. Speed is shown here, never asserted by a test.

    python benchmarks/bench.py [--runs 5]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import fleet  # type: ignore[import-not-found]  # beside this file

HERE = Path(__file__).parent
ROOT = HERE.parent

DERIVE = """
import sys
from pathlib import Path
from automation_role.derive.derivation import derive
from automation_role.runbook.model import Runbook
from automation_role.values.place import Place
given = Path(sys.argv[1])
runbooks = [Runbook.from_file(path) for path in (sorted(given.iterdir()) if given.is_dir() else [given])]
for runbook in runbooks:
    derive([runbook]).policy().to_json(Place())
"""

# The command on one processor, where it takes no second process.
ALONE = """
import os, sys
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {0})
from automation_role.cli import main
sys.exit(main())
"""
COMMAND = str(Path(sys.executable).parent / "automation-role")
CONSTRUCTS = (HERE / "hundred_roles.py").as_posix()
GRANTS = (HERE / "thousand_grants.py").as_posix()


def script(number: int) -> str:
    """A handler in the style of AWS's own: a helper, a paginator, a loop."""
    return f"""
import boto3

def pages(client, name):
    for page in client.get_paginator(name).paginate():
        yield page

def handler(events, context):
    ec2 = boto3.client("ec2")
    found = [i for page in pages(ec2, "describe_instances") for r in page["Reservations"] for i in r["Instances"]]
    for instance in found[:{number}]:
        ec2.create_tags(Resources=[instance["InstanceId"]], Tags=[{{"Key": "Seen", "Value": events["Value"]}}])
    boto3.resource("s3").Bucket(events["Bucket"]).objects.filter(Prefix="x").delete()
    return {{"count": len(found)}}
"""


def runbook(steps: int) -> dict[str, Any]:
    """A valid runbook of that many steps: API calls, scripts, waits, state changes in turn."""
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("aws:executeAwsApi", {"Service": "ec2", "Api": "DescribeInstances", "InstanceIds": ["{{ InstanceId }}"]}),
        ("aws:executeScript", {"Runtime": "python3.11", "Handler": "handler", "InputPayload": {"Value": "1", "Bucket": "{{ Bucket }}"}}),
        ("aws:changeInstanceState", {"InstanceIds": ["{{ InstanceId }}"], "DesiredState": "stopped"}),
        ("aws:executeAwsApi", {"Service": "rds", "Api": "StopDBInstance", "DBInstanceIdentifier": "database-1"}),
        (
            "aws:runCommand",
            {"DocumentName": "AWS-RunShellScript", "InstanceIds": ["{{ InstanceId }}"], "Parameters": {"commands": ["uptime"]}},
        ),
    ]
    made = []
    for i in range(steps):
        action, inputs = kinds[i % len(kinds)]
        made.append({"name": f"step{i}", "action": action, "inputs": {**inputs, **({"Script": script(i)} if "Handler" in inputs else {})}})
    return {
        "schemaVersion": "0.3",
        "assumeRole": "{{ AutomationAssumeRole }}",
        "parameters": {name: {"type": "String"} for name in ("AutomationAssumeRole", "InstanceId", "Bucket")},
        "mainSteps": made,
    }


def process(command: list[str], runs: int, *, code: int = 0) -> tuple[float, float]:
    """Median seconds and the largest memory in MB of a command, run that often as a whole process after one run that is not counted.

    `code`: the exit code that it has to have.
    """
    seconds, memory = [], 0.0
    for _ in range(runs + 1):
        start = time.perf_counter()
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment()) as child:
            assert child.stderr is not None
            said = child.stderr.read()
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        seconds.append(time.perf_counter() - start)
        memory = max(memory, usage.ru_maxrss / 1024)
        if child.returncode != code:
            sys.exit(f"{command[:3]}: exit {child.returncode}: {said.decode()[-2000:]}")
    return statistics.median(seconds[1:]), memory


def environment() -> dict[str, str]:
    """Ours, with Node.js from the same environment first on PATH, and with bytecode kept: what pip installs has it."""
    ours = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**ours, "CDK_VALIDATION": "false", "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def row(what: str, figure: str, goal: str = "") -> None:
    print(f"{what:<74} {figure:>24}  {goal}", flush=True)


def main() -> None:
    """Measure everything once and print it."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--runs", type=int, default=5, help="runs of each process; the median is printed")
    runs = arguments.parse_args().runs
    versions = ", ".join(f"{name} {version(name)}" for name in ("aws-cdk-lib", "jsii", "PyYAML", "click"))
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, env=environment(), check=True).stdout.strip()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, Node {node}, {versions}; median of {runs}\n")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "runbooks"
        folder.mkdir()
        for i in range(500):
            (folder / f"made-{i:03}.json").write_text(json.dumps(runbook(1 + i % 12)))
        derive_all("500 made runbooks", folder, runs)
        if corpus := os.environ.get("AUTOMATION_ROLE_CORPUS"):
            chosen = Path(made) / "corpus"
            chosen.mkdir()
            for path in sorted(Path(corpus).glob("*.json")):
                if json.loads(path.read_text()).get("schemaVersion") == "0.3":
                    (chosen / path.name).symlink_to(path.resolve())
            derive_all(f"{len(list(chosen.iterdir()))} given runbooks", chosen, runs)
        one = folder / "made-004.json"
        for what, words, goal in (
            ("Python, which nothing starts without", [sys.executable, "-c", "pass"], "the floor"),
            (
                "Python with click and PyYAML, which a command for a YAML file needs",
                [sys.executable, "-c", "import click, yaml"],
                "its floor",
            ),
            ("automation-role policy FILE, of 4 steps", [COMMAND, "policy", "runbooks/restart-instance.yaml"], "goal < 0.12 s"),
            ("automation-role policy FILE, of 5 steps with a script", [COMMAND, "policy", str(one)], "goal < 0.15 s"),
            ("automation-role policy AWS-RestartEC2Instance", [COMMAND, "policy", "AWS-RestartEC2Instance"], "goal < 0.12 s"),
        ):
            seconds, memory = process(words, runs)
            row(what, f"{seconds:.3f} s {memory:6.0f} MB", goal)
        for steps in (10, 100, 1_000, 10_000):
            large = Path(made) / f"steps-{steps}.json"
            large.write_text(json.dumps(runbook(steps)))
            seconds, memory = process([sys.executable, "-c", DERIVE, str(large)], max(1, runs // 2))
            row(f"one runbook of {steps:,} steps, whole process", f"{seconds:.3f} s {memory:6.0f} MB", "linear")
    fleets()
    constructs(runs)
    print(f"\nthis process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def derive_all(what: str, folder: Path, runs: int) -> None:
    """Many runbooks: only derived; and by the command, which also prints, on one processor and on all, where it takes a second process."""
    for how, words, goal in (
        ("derived cold in one process", [sys.executable, "-c", DERIVE, str(folder)], "goal < 1.0 s, < 120 MB"),
        ("automation-role policy FOLDER, on one processor", [sys.executable, "-c", ALONE, "policy", str(folder)], ""),
        ("automation-role policy FOLDER, on two", [COMMAND, "policy", str(folder)], "goal: 0.4 s less"),
    ):
        seconds, memory = process(words, runs)
        row(f"{what}, {how}", f"{seconds:.3f} s {memory:6.0f} MB", goal)


def fleets() -> None:
    """`check --fleet` of more and more accounts; how much longer the last takes than the one of half as many."""
    before = 0.0
    for accounts in (100, 200, 400):
        with tempfile.TemporaryDirectory() as made:
            fleet.write(Path(made), accounts)
            command = [COMMAND, "check", "--fleet", made, "--format", "json"]
            seconds, memory = process(command, 1, code=1)  # some of its roles do not fit
        longer = f", {seconds / before:.1f} times as long" if before else ""
        what = f"check --fleet, {accounts} accounts of 50 roles, {fleet.RUNBOOKS} runbooks{longer}"
        row(what, f"{seconds:.3f} s {memory:6.0f} MB", "goal < 60 s, < 600 MB" if accounts == 400 else "linear")
        before = seconds


def constructs(runs: int) -> None:
    """100 `AutomationRole`s against the same template written by hand, alternately, so that both meet the same machine."""
    for runbooks in ("1", "100"):
        said(CONSTRUCTS, "same", runbooks)
        measured: dict[str, list[tuple[float, ...]]] = {"ours": [], "hand": []}
        for _ in range(runs):
            for who, seconds in measured.items():
                seconds.append(tuple(map(float, said(CONSTRUCTS, who, runbooks).split())))
        for place, done in enumerate(("constructed", "constructed and synthesized")):
            # The least of the runs: CPU time only grows by what else the machine does.
            ours, hand = (min(each[place] for each in measured[who]) for who in ("ours", "hand"))
            row(f"100 AutomationRoles of {runbooks} runbooks, read, derived, {done}", f"{ours:.3f} s")
            row("  the same with iam.Role, iam.Policy, iam.PolicyStatement", f"{hand:.3f} s")
            row("  ratio", f"{ours / hand:.2f}", "goal ≤ 0.6" if runbooks == "1" else "goal ≤ 0.8")
    for grants in ("250", "500", "1000"):
        granted, synthesized = map(float, said(GRANTS, grants).split())
        row(f"{int(grants):,} grants on one role, each to a user; with synthesis", f"{granted:.2f} s {synthesized:.2f} s", "linear")


def said(program: str, *arguments: str) -> str:
    """What another program prints, in a process of its own."""
    command = [sys.executable, program, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment(), check=True).stdout


if __name__ == "__main__":
    main()
