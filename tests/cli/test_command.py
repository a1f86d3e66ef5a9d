"""What holds for every command: exit codes, streams, one line for what is wrong."""

from __future__ import annotations

import json
import os
import pty
import re
import socket
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from automation_role import __version__
from automation_role.cli import main, terminal
from automation_role.cli.commands import COMMANDS
from tests.cli.conftest import GAP, LOOK, TELL, Run, refused

ROOT = Path(__file__).resolve().parents[2]
START = "import sys; from automation_role.cli import main; sys.exit(main())"


def process(*arguments: str, redirect: str = "", **options: str) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own, under a shell that redirects its streams."""
    line = f'exec "$0" -c "$1" "${{@:2}}" {redirect}'
    return subprocess.run(
        ["bash", "-c", line, sys.executable, START, *arguments],
        cwd=ROOT,
        env=os.environ | options,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["polcy"], f"command 'polcy' → {', '.join(COMMANDS)}; did you mean 'policy'? see automation-role --help"),
        (["--verbose"], "no such option '--verbose'; did you mean '--version'? see automation-role --help"),
        (["policy"], "missing argument 'RUNBOOK...'; see automation-role policy --help"),
        (
            ["policy", "--format", "xml", "a.yaml"],
            "invalid value for '--format': 'xml' is not one of 'json', 'yaml', 'table', 'sarif', 'github'; see automation-role policy --help",
        ),
        (["policy", "a.yaml", "--region"], "option '--region' requires an argument"),
        (["diff", "a.yaml"], "missing argument 'NEW'; see automation-role diff --help"),
        (["diff", "a", "b", "c"], "got unexpected extra argument (c); see automation-role diff --help"),
    ],
)
def test_bad_usage_is_reported_in_a_line(run: Run, arguments: list[str], message: str) -> None:
    refused(run(*arguments), message)


@pytest.mark.parametrize("arguments", [[], ["--debug"]])
def test_without_a_command_it_prints_the_help_on_standard_error(run: Run, arguments: list[str]) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err == run("--help").out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--partition", "aws-gov"], "--partition 'aws-gov' → aws, aws-cn, aws-us-gov, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f, aws-eusc"),
        (["--account", "1234"], "--account '1234' → 12 digits"),
        (["--account", "١٢٣٤٥٦٧٨٩٠١٢"], "--account '١٢٣٤٥٦٧٨٩٠١٢' → 12 digits"),
        (["--region", "Frankfurt"], "--region 'Frankfurt' → a Region's name like eu-central-1; repeat --region for each"),
        (["--region", "eu-west-1,eu-west-2"], "--region 'eu-west-1,eu-west-2' → a Region's name like eu-central-1; repeat --region for"),
        (["--role-arn", "Automation"], "--role-arn 'Automation' → a role's ARN like arn:aws:iam::123456789012:role/Automation"),
        (["--role-arn", "arn:gcp:iam::123456789012:role/R"], "--role-arn 'arn:gcp:iam::123456789012:role/R' → a role's ARN like arn:aws:"),
        (
            ["--role-arn", "arn:aws:iam::123456789012:role/R", "--account", "999999999999"],
            "--account 999999999999 and --role-arn arn:aws:iam::123456789012:role/R → one account, not 999999999999 and 123456789012; correct",
        ),
        (
            ["--role-arn", "arn:aws:iam::123456789012:role/R", "--region", "cn-north-1"],
            "--role-arn arn:aws:iam::123456789012:role/R and --region cn-north-1 → one partition, not aws and aws-cn; correct one of them",
        ),
        (
            ["--region", "us-gov-west-1", "--region", "eu-west-1"],
            "--region us-gov-west-1 and --region eu-west-1 → one partition, not aws-us-gov and aws; correct one of them",
        ),
        (["-p", "Id"], "--parameter 'Id' → NAME=VALUE"),
        (["-p", "=x"], "--parameter '=x' → NAME=VALUE"),
        (["-p", "Id=1", "-p", "Id=2"], "--parameter 'Id' is set twice → once"),
        (["-p", "Id=1"], "--parameter 'Id' → the runbooks have none"),
        (["-p", "Id=1", "-p", "To=2"], "--parameter 'Id', 'To' → the runbooks have none"),
        (["--attachment", "a.zip=a.zip"], "--attachment 'a.zip' → the runbooks have none"),
    ],
)
@pytest.mark.parametrize("command", ["policy", "explain"])
def test_bad_options_are_reported_in_a_line(run: Run, command: str, options: list[str], message: str) -> None:
    done = run(command, "-", *options, stdin=LOOK.encode())
    assert (done.code, done.out, len(done.said)) == (2, "", 1)
    assert done.err.startswith(f"automation-role: error: {message}")


def test_help_and_version_go_to_stdout(run: Run) -> None:
    assert run("--version").out == f"automation-role {__version__}\n"
    overview = run("--help")
    assert (overview.code, overview.err) == (0, "")
    for command in COMMANDS:
        assert f"\n  {command} " in overview.out
        told = run(command, "-h")
        assert (told.code, told.err, told.out.startswith(f"Usage: automation-role {command} ")) == (0, "", True)


@pytest.mark.usefixtures("models")
def test_only_the_commands_that_say_so_call_aws(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    (folder / "look.yaml").write_text(LOOK)
    (folder / "own.json").write_text('{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}}')
    denied = b"User: arn:aws:sts::111122223333:assumed-role/A/b is not authorized to perform: ec2:DescribeInstances on resource: *"
    for offline in (
        ["policy", "look.yaml", "AWS-RestartEC2Instance"],
        ["explain", "look.yaml"],
        ["diff", "look.yaml", "AWS-StopEC2Instance"],
        ["check", "look.yaml", "--policy", "own.json"],
        ["check", "AWS-StopEC2Instance", "--policy", "AmazonSSMAutomationRole"],
        ["why", "look.yaml"],
        ["list", "restart"],
    ):
        assert run(*offline, stdin=denied).code == 0, offline
    for online in (
        ["fetch", "Mine", "--region", "eu-west-1"],
        ["drift", "AWS-StopEC2Instance", "--region", "eu-west-1"],
        ["policy", "AWS-StopEC2Instance", "--check-version", "--region", "eu-west-1"],
        ["why", "look.yaml", "--execution", "0fb16b2c-9d1e-4b6e-8d53-0d3e0f6d7a11", "--region", "eu-west-1"],
    ):
        assert "a connection" in run(*online).err, online


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "check"])
def test_the_pages_have_every_option(command: str) -> None:
    page = "".join(path.read_text() for path in sorted((ROOT / "docs").glob("*.md")))
    options = [option.opts for option in import_module(f"automation_role.cli.{command}").command.params if option.name != "help"]
    assert [opts for opts in options if opts[0].startswith("-") and not any(f"`{opt}" in page or f" {opt} " in page for opt in opts)] == []


def test_information_is_a_note_and_no_reason_for_strict_to_fail(run: Run) -> None:
    document = """{schemaVersion: '0.3', mainSteps: [{name: ask, action: 'aws:executeAwsApi', inputs: {Service: athena, Api: StartQueryExecution, QueryString: q}}]}"""
    done = run("policy", "-", "--strict", stdin=document.encode())
    assert done.code == 0
    assert "note: <stdin>:1: step 'ask': some uses of athena StartQueryExecution also need glue:GetDatabase" in done.err
    assert "; for information: 2 findings; no gaps" in done.err
    assert run("explain", "-", "--strict", stdin=document.encode()).code == 0


@pytest.mark.parametrize("command", [["policy"], ["explain"], ["explain", "--format", "json"], ["diff", "-"]])
def test_findings_are_exit_1_when_strict_and_0_otherwise(run: Run, folder: Path, command: list[str]) -> None:
    (folder / "gap.yaml").write_text(GAP)
    (folder / "look.yaml").write_text(LOOK)
    assert run(*command, "gap.yaml", stdin=LOOK.encode()).code == 0
    strict = run(*command, "gap.yaml", "--strict", stdin=LOOK.encode())
    assert strict.code == 1
    assert "[unknownAction]" in strict.out + strict.err or '"unknownAction"' in strict.out
    assert run(*command, "look.yaml", "--strict", stdin=GAP.encode()).code == 0


def test_what_should_not_happen_is_a_line_too_and_a_traceback_only_when_asked_for(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("one\ntwo")

    monkeypatch.setattr("automation_role.cli.reading.derive", broken)
    refused(
        run("policy", "-", stdin=LOOK.encode()),
        "internal error (ZeroDivisionError: one two); please report it with the output of --debug",
    )
    with pytest.raises(ZeroDivisionError):
        run("--debug", "policy", "-", stdin=LOOK.encode())


def test_ctrl_c_is_quiet_and_what_shells_expect(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("automation_role.cli.reading.derive", interrupted)
    done = run("policy", "-", stdin=LOOK.encode())
    assert (done.code, done.out, done.err.strip()) == (130, "", "")


@pytest.mark.parametrize("loaded", ["click", "yaml", "automation_role.cli.commands", "automation_role.derive.derivation"])
def test_ctrl_c_is_quiet_while_all_is_still_being_loaded(loaded: str) -> None:
    finder = f"type('Interrupted', (), {{'find_spec': lambda self, name, *_: signal.raise_signal(signal.SIGINT) if name == {loaded!r} else None}})()"
    code = f"import signal, sys; sys.meta_path.insert(0, {finder}); from automation_role.cli import main; sys.exit(main(['policy', '-']))"
    done = subprocess.run([sys.executable, "-c", code], input=LOOK, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.strip()) == (130, "", "")


def test_a_document_cannot_steer_the_terminal(run: Run) -> None:
    name = "a\\u009b31m\\u202e\\e]0;x\\a"
    gap = GAP.replace("aws:inventedLater", f'"aws:{name}"')
    for command in (["explain"], ["explain", "--format", "json"], ["policy"], ["diff", "/dev/null"]):
        done = run(*command, "-", stdin=gap.encode())
        assert not set("\x1b\x07\x9b\u202e") & set(done.out + done.err)


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_nor_can_what_a_policy_quotes(run: Run, form: str) -> None:
    done = run("policy", "-", "-p", f"Topic={TOPIC_WITH_C1}", "--format", form, stdin=TELL_ANYWHERE.encode())
    assert done.code == 0
    assert not set("\x9b\u202e") & set(done.out + done.err)


TOPIC_WITH_C1 = "bucket\x9b31m\u202e"
TELL_ANYWHERE = """\
schemaVersion: "0.3"
parameters:
  Topic:
    type: String
mainSteps:
  - name: tell
    action: aws:executeAwsApi
    inputs: {Service: s3, Api: GetBucketLogging, Bucket: "{{ Topic }}"}
"""


@pytest.mark.parametrize(
    "command",
    [
        ["policy", "look.yaml", "--format", "table"],
        ["policy", "look.yaml", "--trust", "--account", "111122223333"],
        ["explain", "look.yaml"],
        ["diff", "look.yaml", "tell.yaml"],
        ["check", "look.yaml", "--policy", "AmazonSSMAutomationRole"],
        ["check", "."],
    ],
)
def test_an_answer_in_a_file_is_the_one_on_standard_output_without_colours(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    (folder / "look.yaml").write_text(LOOK)
    (folder / "tell.yaml").write_text(TELL)
    plain = run(*command)
    monkeypatch.setattr(terminal, "colourful", lambda _: True)
    coloured = run(*command)
    written = run(*command, "-o", "answer.txt")
    assert (written.code, written.out) == (plain.code, "")
    assert (folder / "answer.txt").read_text() == plain.out
    assert ("\x1b[" in coloured.out) == ("--trust" not in command)
    assert run(*command, "-o", "-").out == coloured.out


@pytest.mark.parametrize("command", ["policy", "explain", "diff", "check"])
def test_an_error_leaves_the_file_as_it_was(run: Run, folder: Path, command: str) -> None:
    (folder / "answer.txt").write_text("before")
    (folder / "look.yaml").write_text(LOOK)
    assert run(command, "look.yaml", "nowhere.yaml", "-o", "answer.txt").code == 2
    assert (folder / "answer.txt").read_text() == "before"


# -- processes -----------------------------------------------------------------------------------------------------------------------


def test_the_command_as_a_process() -> None:
    done = process("policy", "runbooks/restart-instance.yaml")
    assert done.returncode == 0
    assert done.stdout.startswith("{")
    assert done.stderr.splitlines()[-1].startswith("automation-role: note: 1 runbook, 4 steps")


def test_a_reader_that_closes_the_pipe_is_not_an_error() -> None:
    line = f'"{sys.executable}" -c "$0" explain --format json runbooks runbooks runbooks | head -c 1; echo " ${{PIPESTATUS[0]}}"'
    done = subprocess.run(["bash", "-c", line, START], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout in {"{ 141\n", "{ 0\n"}  # all that is printed may already be in the pipe when its reader goes
    assert "Traceback" not in done.stderr
    assert "Broken" not in done.stderr


def test_a_reader_that_was_never_there() -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([sys.executable, "-c", START, "explain", "runbooks"], cwd=ROOT, stdout=write, stderr=subprocess.PIPE, text=True)  # noqa: PLW1510
    os.close(write)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_the_answer_is_printed_even_when_no_message_can_be() -> None:
    done = process("policy", "runbooks", redirect="2>/dev/full")
    assert (done.returncode, done.stderr, json.loads(done.stdout)["Version"]) == (0, "", "2012-10-17")
    assert process("policy", "nowhere", redirect="2>/dev/full").returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_reported_in_a_line() -> None:
    done = process("policy", "runbooks", redirect=">/dev/full")
    assert (done.returncode, done.stderr) == (
        2,
        "automation-role: error: standard output: cannot be written: no space left on device\n",
    )


def test_closed_streams_cause_no_traceback() -> None:
    done = process("policy", "runbooks", redirect=">&-")
    assert (done.returncode, done.stderr) == (2, "automation-role: error: standard output is closed → a file, a pipe or a terminal\n")
    done = process("policy", "runbooks", redirect="2>&-")
    assert (done.returncode, done.stderr, done.stdout[:1]) == (0, "", "{")
    done = process("policy", "-", redirect="<&-")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "automation-role: error: <stdin>: is empty → a runbook in YAML or JSON\n"


def on_terminal(*arguments: str, **options: str) -> str:
    """What the command writes to a terminal."""
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "COLUMNS", "COLORTERM"}}
    command = [sys.executable, "-c", START, *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=theirs, stderr=theirs, env=environment | {"TERM": "xterm"} | options) as started:
        os.close(theirs)
        written = b""
        try:
            while chunk := os.read(ours, 65536):
                written += chunk
        except OSError:  # Linux: its other side is closed
            pass
        started.wait(60)
    os.close(ours)
    return written.decode()


def test_colour_is_for_terminals() -> None:
    assert "\x1b[1m" in on_terminal("explain", "runbooks")
    assert not re.search(
        r"\x1b\[[\d;]*m", on_terminal("explain", "runbooks", NO_COLOR="1")
    )  # a slow machine also shows progress, and erases it
    assert "\x1b[" not in on_terminal("explain", "runbooks", TERM="dumb")
    piped = process("explain", "runbooks", TERM="xterm")
    assert "\x1b[" not in piped.stdout + piped.stderr


def test_main_takes_arguments_and_gives_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", str(ROOT / "runbooks")]) == 0
    assert capsys.readouterr().out.endswith("}\n")
    assert main(("policy", "nowhere.yaml")) == 2
