"""`make demo` as a person runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tools.local_aws import ROOT

# All that a user's machine is asked for.
BARE = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8"}


def test_the_demo_shows_the_role_its_trust_and_access() -> None:
    done = subprocess.run(
        [sys.executable, "tools/demo.py"], cwd=ROOT, env=BARE, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    for shown in (
        "ssm.amazonaws.com may assume it, if",
        "May call ec2:StartInstances and ec2:StopInstances on any ec2 instance in any Region.",
        "configureLogging",
        "Everything in the template was created.",
        "role Operators",
        "user Operator",
        "AutomationRole to ssm.amazonaws.com",
        "restart-instance",
        "configure-bucket-logging",
        "view, stop",
        "role Approvers",
        "view, approve",
        "make deploy",
    ):
        assert shown in done.stdout


def test_a_stopped_demo_leaves_nothing_running(tmp_path: Path) -> None:
    marker = f"demo-{os.getpid()}"
    # Every process that the demo starts inherits this variable, so all of them can be found.
    demo = subprocess.Popen(
        [sys.executable, "tools/demo.py"],
        cwd=ROOT,
        env=BARE | {"TMPDIR": str(tmp_path), "DEMO_MARKER": marker},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(lambda: len(processes(marker)) > 2)  # the demo, the CDK CLI, and what it started
    demo.send_signal(signal.SIGTERM)
    assert demo.wait(timeout=30) == 128 + signal.SIGTERM
    wait_for(lambda: processes(marker) == [])
    assert list(tmp_path.glob("*")) == []


def processes(marker: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and f"DEMO_MARKER={marker}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)
