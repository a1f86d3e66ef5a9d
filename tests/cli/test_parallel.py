"""Many runbooks are derived in two processes: the answer is the same, and nothing is left behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

RUNBOOKS = Path(__file__).parents[1] / "corpus" / "runbooks"
# In a Python of its own: the tests' own process has threads, and so starts no other.
SAME = """
import os, sys
from pathlib import Path
from automation_role import Runbook
import gc
from automation_role.derive import cache, parallel
from automation_role.derive.derivation import derive
from automation_role.derive.scripts import script
from automation_role.values.place import Place

runbooks = [Runbook.from_file(each) for each in sorted(Path(sys.argv[1]).iterdir())]
assert len(runbooks) >= 40
alone = derive(runbooks)
known = dict(script.KNOWN)
cache.KNOWN.clear()
script.KNOWN.clear()
fork, read, here = os.fork, script._read, []
os.sched_getaffinity = lambda process: {0, 1}
"""


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", SAME + code, str(RUNBOOKS)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a second process")
def test_a_second_process_does_half_and_the_answer_is_the_same() -> None:
    said = run("""
script._read = lambda each: here.append(each) or read(each)
together = parallel.derive_many(runbooks)
assert 0 < len(here) < len(known), (len(here), len(known))
assert together == alone
assert [each.to_json(Place()) for each in (together.policy(), alone.policy())] == [alone.policy().to_json(Place())] * 2
assert gc.get_freeze_count() == 0
try:
    os.waitpid(-1, 0)
except ChildProcessError:
    print("nothing is left")
""")
    assert said == "nothing is left\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a second process")
def test_what_both_halves_start_is_derived_once_and_in_the_same_order() -> None:
    said = run("""
started = ["AWS-StopEC2Instance", "AWS-StartEC2Instance", "AWS-StopEC2Instance", "AWS-RestartEC2Instance", "AWS-StartEC2Instance"]
def starting(name, other):
    step = {"name": "go", "action": "aws:executeAutomation", "inputs": {"DocumentName": other, "RuntimeParameters": {"InstanceId": ["i-1"]}}}
    return Runbook.from_mapping({"schemaVersion": "0.3", "mainSteps": [step]}, name=name)
runbooks = [starting(f"r{index}", other) for index, other in enumerate(started)]
assert parallel.derive_many(runbooks) == derive(runbooks)
print(*[each.name for each in derive(runbooks).runbooks[len(started):]])
""")
    assert said == "AWS-StopEC2Instance AWS-StartEC2Instance AWS-RestartEC2Instance\n"


@pytest.mark.parametrize(
    ("trouble", "why"),
    [
        ("def fork():\n    raise BlockingIOError", "no more processes"),
        ("def fork():\n    process = os_fork()\n    return process or os._exit(1)", "it ends early"),
        ("import threading\nthreading.active_count = lambda: 2\nfork = None", "a thread may hold a lock"),
        ("os.sched_getaffinity = lambda process: {0}\nfork = None", "there is one processor"),
    ],
)
def test_one_process_does_it_all_where(trouble: str, why: str) -> None:
    assert why
    said = run(f"""
os_fork = os.fork
{trouble}
os.fork = fork
assert parallel.derive_many(runbooks) == alone
""")
    assert said == ""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a second process")
def test_ctrl_c_leaves_no_process_and_no_trace() -> None:
    said = run("""
import time
def slow(runbooks, indexes):
    if os.getpid() != own:
        time.sleep(60)
    raise KeyboardInterrupt
own = os.getpid()
parallel._needs = slow
try:
    parallel.derive_many(runbooks)
except KeyboardInterrupt:
    try:
        os.waitpid(-1, 0)
    except ChildProcessError:
        print("nothing is left")
""")
    assert said == "nothing is left\n"
